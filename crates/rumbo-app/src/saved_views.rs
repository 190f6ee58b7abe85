//! Views of figures, kept under a name.

use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use rumbo_insight::Metric;
use rumbo_insight::saved_views::{self as kept, ViewFields};

use crate::Context;
use crate::wire::{ListSavedViews, RemoveView, SaveView, SavedView, ViewColumns, ViewState};

/// Every view of the workspace; those that this program cannot read any more are passed over.
pub async fn list_saved_views(cx: &Context, req: ListSavedViews) -> Result<Vec<SavedView>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let views = kept::list(&mut tx, scope.workspace).await?;
    let views = views.into_iter().filter_map(known);
    Ok(views
        .filter(|view| req.screen.is_none_or(|screen| screen == view.screen))
        .collect())
}

/// Keeps a view: in place of the one with the id, or as a new one.
///
/// # Errors
/// `InvalidInput` for a name or state that cannot be kept, `Conflict` for a name that is taken,
/// `NotFound`.
pub async fn save_view(cx: &Context, req: SaveView) -> Result<SavedView> {
    columns_exist(&req.state)?;
    let state = serde_json::to_value(&req.state).map_err(Error::internal)?;
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let fields = ViewFields {
        screen: req.screen.as_str(),
        name: &req.name,
        state: &state,
    };
    let view = kept::save(&mut tx, scope, req.id, fields).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::SavedViews]);
    known(view).ok_or_else(|| Error::internal("a view that was just kept cannot be read"))
}

/// Removes a view and answers it, so that it can be kept again.
///
/// # Errors
/// `NotFound`.
pub async fn remove_view(cx: &Context, req: RemoveView) -> Result<SavedView> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let view = kept::remove(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::SavedViews]);
    known(view).ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "The view was of a newer Rumbo. It is removed.",
        )
        .reason(Reason::Gone)
        .param("what", "view")
    })
}

/// A newer Rumbo may have kept what this one does not know.
fn known(view: kept::SavedView) -> Option<SavedView> {
    let screen = serde_json::from_value(view.screen.into()).ok()?;
    let state = serde_json::from_value(view.state).ok()?;
    Some(SavedView {
        id: view.id,
        screen,
        name: view.name,
        state,
        updated_at: view.updated_at,
    })
}

/// Columns are metrics, or what an object lies in.
fn columns_exist(state: &ViewState) -> Result<()> {
    let ViewColumns { shown, pinned, .. } = &state.columns;
    let known = |id: &str| {
        matches!(id, "account_name" | "campaign_name")
            || Metric::ALL
                .into_iter()
                .any(|metric| metric.definition().id == id)
    };
    let Some(strange) = shown.iter().chain(pinned).find(|id| !known(id)) else {
        return Ok(());
    };
    let all: Vec<&str> = Metric::ALL.map(|metric| metric.definition().id).into();
    let all = all.join(", ");
    Err(Error::new(
        Code::InvalidInput,
        format!("There is no column \"{strange}\". There are: {all}."),
    )
    .reason(Reason::FieldUnknown)
    .param("name", strange)
    .param("fields", all)
    .field("columns"))
}
