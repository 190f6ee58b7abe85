//! Settings at Meta that were not the same at two syncs.

use rumbo_ads::setting_changes::{self as kept, SettingChangeFilter};
use rumbo_base::{CacheTag, Page, Result};
use serde_json::Value;

use crate::Context;
use crate::wire::{
    Attention, ListSettingChanges, MarkSettingChange, MarkedSettingChanges, SettingChange,
};

/// One page of changed settings, the newest first.
///
/// # Errors
/// `NotFound` for an ad account that is not here, `InvalidInput` for a cursor of another list.
pub async fn list_setting_changes(
    cx: &Context,
    req: ListSettingChanges,
) -> Result<Page<SettingChange>> {
    let accounts: Vec<String> = req.account.into_iter().collect();
    let within = crate::dashboard::within(cx, &accounts, None, None).await?;
    let filter = SettingChangeFilter {
        account: within.accounts.first().copied(),
        kind: req.kind.map(Into::into),
        expected_too: req.expected_too,
        since: req.since,
    };
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let page = kept::list(&mut tx, scope.workspace, &filter, &req.page).await?;
    Ok(page.map(row))
}

/// Marks changed settings as meant, or takes the mark away.
///
/// # Errors
/// `NotFound` for one that is not here, `InvalidInput` for none or too many; nothing is marked
/// then.
pub async fn mark_setting_change(
    cx: &Context,
    req: MarkSettingChange,
) -> Result<MarkedSettingChanges> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let marked = kept::mark(&mut tx, scope, &req.ids, req.expected).await?;
    tx.commit().await?;
    if marked.changed > 0 {
        cx.changed(&[CacheTag::AdObjects]);
    }
    Ok(MarkedSettingChanges {
        changed: u32::try_from(marked.changed).unwrap_or(u32::MAX),
        rows: marked.rows.into_iter().map(row).collect(),
    })
}

/// What home says of changes that nobody marked as meant.
pub(crate) async fn attention(cx: &Context) -> Result<Option<Attention>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let told = kept::unexpected(&mut tx, scope.workspace).await?;
    Ok(told.latest.map(|latest| Attention {
        kind: "settings_changed".to_owned(),
        about: None,
        name: None,
        params: [
            ("settings", told.count),
            ("high", told.high),
            ("enhancements", told.enhancements),
        ]
        .map(|(name, number)| (name.to_owned(), number.to_string()))
        .into(),
        at: Some(latest),
    }))
}

fn row(change: kept::SettingChange) -> SettingChange {
    let list = [&change.before, &change.after]
        .into_iter()
        .flatten()
        .any(kept::is_list);
    let (campaign_id, campaign_name) = change.campaign.unzip();
    SettingChange {
        id: change.id,
        run: u32::try_from(change.run).unwrap_or(0),
        seen_at: change.seen_at,
        last_read_at: change.last_read_at,
        account_id: change.account.to_string(),
        account_name: change.account_name,
        level: change.level.into(),
        object_id: change.object.map(|id| id.to_string()),
        external_id: change.external_id,
        name: change.name,
        campaign_id: campaign_id.map(|id| id.to_string()),
        campaign_name,
        shown_by: change.shown_by,
        field: change.field,
        kind: change.kind.into(),
        severity: change.severity.into(),
        list,
        before: texts(change.before),
        after: texts(change.after),
        currency: change.currency.map(|currency| currency.to_string()),
        expected_at: change.expected_at,
        expected_by: change.expected_by,
    }
}

fn texts(value: Option<Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(text).collect(),
        Some(value) => vec![text(&value)],
    }
}

/// What a value is called: audiences and places by their name, everything else as it is written.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("name") {
            Some(Value::String(name)) => name.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}
