//! Views of a screen with figures, kept under a name. They belong to the workspace: everybody in
//! it finds them.

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Error, Reason, Result, SavedViewId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use serde_json::Value;
use sqlx::types::Json;

statements! {
    LIST = "SELECT id, screen, name, state, updated_at FROM saved_views \
            WHERE workspace_id = $1 ORDER BY screen, name, id";
    BY_ID = "SELECT id, screen, name, state, updated_at FROM saved_views \
             WHERE workspace_id = $1 AND id = $2";
    BY_NAME = "SELECT id, screen, name, state, updated_at FROM saved_views \
               WHERE workspace_id = $1 AND screen = $2 AND name = $3";
    INSERT = "INSERT INTO saved_views (workspace_id, id, screen, name, state, created_at, \
              created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)";
    UPDATE = "UPDATE saved_views SET name = $3, state = $4, updated_at = $5, updated_by = $6 \
              WHERE workspace_id = $1 AND id = $2";
    REMOVE = "DELETE FROM saved_views WHERE workspace_id = $1 AND id = $2";
}

/// The longest name of a view, in characters.
pub const LONGEST_NAME: usize = 80;

/// A view under its name.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SavedView {
    pub id: SavedViewId,
    /// Which screen it is of, such as `campaigns`.
    pub screen: String,
    /// Unique on its screen.
    pub name: String,
    /// What the screen shows, as the screen's own type writes it.
    #[sqlx(json)]
    pub state: Value,
    pub updated_at: DateTime<Utc>,
}

/// What is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewFields<'a> {
    pub screen: &'a str,
    pub name: &'a str,
    pub state: &'a Value,
}

/// Every view of the workspace, by screen and name.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<SavedView>> {
    on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// Keeps a view: in place of the one with the id, or as a new one. What is the same already stays
/// untouched.
///
/// # Errors
/// `InvalidInput` for a name that is empty or too long, `Conflict` for one that another view of
/// the screen has, `NotFound` for an id that is gone.
pub async fn save(
    tx: &mut Tx,
    scope: &Scope,
    id: Option<SavedViewId>,
    fields: ViewFields<'_>,
) -> Result<SavedView> {
    let name = fields.name.trim();
    if name.is_empty() {
        return Err(
            Error::new(Code::InvalidInput, "A view needs a name to be kept under.")
                .reason(Reason::ValueMissing)
                .field("name"),
        );
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::new(
            Code::InvalidInput,
            format!("The name is longer than {LONGEST_NAME} characters."),
        )
        .reason(Reason::ValueTooLong)
        .param("longest", LONGEST_NAME)
        .field("name"));
    }
    let stored = match id {
        Some(id) => Some(by_id(tx, scope.workspace, id).await?),
        None => None,
    };
    // A view stays on its screen.
    let screen = stored.as_ref().map_or(fields.screen, |view| &view.screen);
    let same_name: Option<SavedView> = on_tx!(tx, |c| sqlx::query_as(BY_NAME)
        .bind(scope.workspace)
        .bind(screen)
        .bind(name)
        .fetch_optional(c)
        .await)
    .db()?;
    if let Some(other) = same_name
        && Some(other.id) != id
    {
        return Err(Error::new(
            Code::Conflict,
            format!("There is a view \"{name}\" already. Enter another name."),
        )
        .reason(Reason::NameTaken)
        .param("name", name)
        .field("name"));
    }
    let now = scope.now();
    let id = match stored {
        Some(view) if view.name == name && view.state == *fields.state => return Ok(view),
        Some(view) => {
            on_tx!(tx, |c| sqlx::query(UPDATE)
                .bind(scope.workspace)
                .bind(view.id)
                .bind(name)
                .bind(Json(fields.state))
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            view.id
        }
        None => {
            let id: SavedViewId = scope.id();
            on_tx!(tx, |c| sqlx::query(INSERT)
                .bind(scope.workspace)
                .bind(id)
                .bind(screen)
                .bind(name)
                .bind(Json(fields.state))
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            id
        }
    };
    by_id(tx, scope.workspace, id).await
}

/// Removes a view and gives it back, so that it can be kept again.
///
/// # Errors
/// `NotFound`.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: SavedViewId) -> Result<SavedView> {
    let view = by_id(tx, workspace, id).await?;
    on_tx!(tx, |c| sqlx::query(REMOVE)
        .bind(workspace)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(view)
}

async fn by_id(tx: &mut Tx, workspace: WorkspaceId, id: SavedViewId) -> Result<SavedView> {
    let found: Option<SavedView> = on_tx!(tx, |c| sqlx::query_as(BY_ID)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    found.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This view does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "view")
    })
}
