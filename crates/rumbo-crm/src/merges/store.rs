//! SQL of merges.

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, ContactMergeId, Result, UserId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;
use uuid::Uuid;

use super::record::{Record, RowState, Stamp, Table};
use crate::input::not_found;

macro_rules! columns {
    () => {
        "id, kept_id, kept_name, other_id, other_name, record, merged_at, undone_at"
    };
}
/// Only opportunities and sales are credited, and only sales say where to.
macro_rules! rows_of {
    ($table:literal, $touchpoint:literal, $source:literal) => {
        concat!(
            "SELECT id, contact_id, ",
            $touchpoint,
            " AS touchpoint_id, ",
            $source,
            " AS source, updated_at, updated_by FROM ",
            $table,
            " WHERE workspace_id = $1 AND contact_id IN ($2, $3) ORDER BY id"
        )
    };
    ($table:literal) => {
        rows_of!($table, "NULLIF(id, id)", "CAST(NULL AS TEXT)")
    };
}
macro_rules! move_all {
    ($table:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET contact_id = $3, updated_at = $4, updated_by = $5 WHERE workspace_id = $1 AND contact_id = $2"
        )
    };
}

statements! {
    INSERT = "INSERT INTO contact_merges (workspace_id, id, kept_id, kept_name, other_id, other_name, record, \
        merged_at, merged_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    GET = concat!("SELECT ", columns!(), " FROM contact_merges WHERE workspace_id = $1 AND id = $2");
    ALL = concat!("SELECT ", columns!(), " FROM contact_merges WHERE workspace_id = $1 \
        AND (merged_at, id) < ($2, $3) ORDER BY merged_at DESC, id DESC LIMIT $4");
    OF_CONTACT = concat!("SELECT ", columns!(), " FROM contact_merges WHERE workspace_id = $1 \
        AND (merged_at, id) < ($2, $3) AND (kept_id = $5 OR other_id = $5) \
        ORDER BY merged_at DESC, id DESC LIMIT $4");
    /// The merge by which a contact went.
    GONE_BY = concat!("SELECT ", columns!(), " FROM contact_merges WHERE workspace_id = $1 \
        AND other_id = $2 AND undone_at IS NULL ORDER BY merged_at DESC, id DESC LIMIT 1");
    STANDING = "SELECT other_id, kept_id FROM contact_merges WHERE workspace_id = $1 AND undone_at IS NULL";
    MARK_UNDONE = "UPDATE contact_merges SET undone_at = $3, undone_by = $4 WHERE workspace_id = $1 AND id = $2";
    STAMP = "SELECT created_at, created_by, updated_at, updated_by FROM contacts \
        WHERE workspace_id = $1 AND id = $2";
    SET_STAMP = "UPDATE contacts SET created_at = $3, created_by = $4, updated_at = $5, updated_by = $6 \
        WHERE workspace_id = $1 AND id = $2";
    TOUCHPOINTS = rows_of!("touchpoints");
    OPPORTUNITIES = rows_of!("opportunities", "touchpoint_id", "CAST(NULL AS TEXT)");
    SALES = rows_of!("sales", "touchpoint_id", "attribution_source");
    ORDERS = rows_of!("orders");
    CARTS = rows_of!("carts");
    CONSENTS = rows_of!("contact_consents");
    CONVERSATIONS = rows_of!("conversations");
    DISPATCHES = rows_of!("dispatches");
    MOVE_TOUCHPOINTS = move_all!("touchpoints");
    MOVE_OPPORTUNITIES = move_all!("opportunities");
    MOVE_SALES = move_all!("sales");
    MOVE_ORDERS = move_all!("orders");
    MOVE_CARTS = move_all!("carts");
    MOVE_CONSENTS = move_all!("contact_consents");
    MOVE_CONVERSATIONS = move_all!("conversations");
    /// Both may have been sent the same, which happens to a contact once: theirs is told apart.
    MOVE_DISPATCHES = "UPDATE dispatches SET contact_id = $3, updated_at = $4, updated_by = $5, \
        occurrence = CASE WHEN EXISTS (SELECT 1 FROM dispatches k WHERE k.workspace_id = $1 AND k.contact_id = $3 \
            AND k.origin_id = dispatches.origin_id AND k.step = dispatches.step AND k.occurrence = dispatches.occurrence) \
            THEN occurrence || $6 ELSE occurrence END WHERE workspace_id = $1 AND contact_id = $2";
    UNMARK_DISPATCHES = "UPDATE dispatches SET occurrence = REPLACE(occurrence, $3, '') \
        WHERE workspace_id = $1 AND contact_id = $2 AND occurrence LIKE '%/merged:%'";
    MOVE_IDS = "UPDATE contact_external_ids SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2";
    /// What a contact said until now; `$4` is false for one that was not there.
    KEEP_VERSION = "INSERT INTO contact_versions (workspace_id, id, replaced_at, created_at, present, kind, \
        lead_source, first_seen_at, first_origin, unsold_touches, unsold_touched_at) \
        SELECT workspace_id, id, $3, created_at, $4, kind, lead_source, first_seen_at, first_origin, \
        unsold_touches, unsold_touched_at \
        FROM contacts WHERE workspace_id = $1 AND id = $2 ON CONFLICT DO NOTHING";
    REMOVE = "DELETE FROM contacts WHERE workspace_id = $1 AND id = $2";
    ADD_ALIAS = "INSERT INTO contact_external_ids (workspace_id, platform, external_id, contact_id, created_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
}

/// A merge as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub id: ContactMergeId,
    pub kept_id: ContactId,
    pub kept_name: String,
    pub other_id: ContactId,
    pub other_name: String,
    #[sqlx(json)]
    pub record: Record,
    pub merged_at: DateTime<Utc>,
    pub undone_at: Option<DateTime<Utc>>,
}

pub(super) async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    id: ContactMergeId,
    record: &Record,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace)
        .bind(id)
        .bind(record.kept_after.id)
        .bind(&record.kept_after.name)
        .bind(record.other.id)
        .bind(&record.other.name)
        .bind(Json(record))
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn find(tx: &mut Tx, workspace: WorkspaceId, id: ContactMergeId) -> Result<Row> {
    on_tx!(tx, |c| sqlx::query_as(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .ok_or_else(|| not_found("merge"))
}

pub(super) async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: Option<ContactId>,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Row>> {
    on_tx!(tx, |c| {
        let query = sqlx::query_as(if contact.is_some() { OF_CONTACT } else { ALL })
            .bind(workspace)
            .bind(before.0)
            .bind(before.1)
            .bind(limit);
        match contact {
            Some(contact) => query.bind(contact).fetch_all(c).await,
            None => query.fetch_all(c).await,
        }
    })
    .db()
}

/// The merge by which a contact went, if it did.
pub(super) async fn gone_by(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Option<Row>> {
    on_tx!(tx, |c| sqlx::query_as(GONE_BY)
        .bind(workspace)
        .bind(contact)
        .fetch_optional(c)
        .await)
    .db()
}

/// The contacts that are merged into others.
pub(super) async fn standing(
    tx: &mut Tx,
    workspace: WorkspaceId,
) -> Result<Vec<(ContactId, ContactId)>> {
    on_tx!(tx, |c| sqlx::query_as(STANDING)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

pub(super) async fn mark_undone(tx: &mut Tx, scope: &Scope, id: ContactMergeId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(MARK_UNDONE)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn stamp(tx: &mut Tx, workspace: WorkspaceId, id: ContactId) -> Result<Stamp> {
    on_tx!(tx, |c| sqlx::query_as(STAMP)
        .bind(workspace)
        .bind(id)
        .fetch_one(c)
        .await)
    .db()
}

pub(super) async fn set_stamp(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ContactId,
    stamp: &Stamp,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_STAMP)
        .bind(workspace)
        .bind(id)
        .bind(stamp.created_at)
        .bind(stamp.created_by)
        .bind(stamp.updated_at)
        .bind(stamp.updated_by)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Every row of two contacts.
pub(super) async fn rows(
    tx: &mut Tx,
    workspace: WorkspaceId,
    one: ContactId,
    two: ContactId,
) -> Result<Vec<(Table, RowState)>> {
    let mut rows = Vec::new();
    for (table, sql) in [
        (Table::Touchpoints, TOUCHPOINTS),
        (Table::Opportunities, OPPORTUNITIES),
        (Table::Sales, SALES),
        (Table::Orders, ORDERS),
        (Table::Carts, CARTS),
        (Table::Consents, CONSENTS),
        (Table::Conversations, CONVERSATIONS),
        (Table::Dispatches, DISPATCHES),
    ] {
        let found: Vec<RowState> = on_tx!(tx, |c| sqlx::query_as(sql)
            .bind(workspace)
            .bind(one)
            .bind(two)
            .fetch_all(c)
            .await)
        .db()?;
        rows.extend(found.into_iter().map(|row| (table, row)));
    }
    Ok(rows)
}

/// Gives everything that one contact has to another.
pub(super) async fn move_all(
    tx: &mut Tx,
    scope: &Scope,
    from: ContactId,
    to: ContactId,
) -> Result<()> {
    let (now, actor): (_, Option<UserId>) = (scope.now(), scope.actor);
    for sql in [
        MOVE_TOUCHPOINTS,
        MOVE_OPPORTUNITIES,
        MOVE_SALES,
        MOVE_ORDERS,
        MOVE_CARTS,
        MOVE_CONSENTS,
        MOVE_CONVERSATIONS,
    ] {
        on_tx!(tx, |c| sqlx::query(sql)
            .bind(scope.workspace)
            .bind(from)
            .bind(to)
            .bind(now)
            .bind(actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    on_tx!(tx, |c| sqlx::query(MOVE_DISPATCHES)
        .bind(scope.workspace)
        .bind(from)
        .bind(to)
        .bind(now)
        .bind(actor)
        .bind(merged(from))
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(MOVE_IDS)
        .bind(scope.workspace)
        .bind(from)
        .bind(to)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// What tells the dispatches of a merged contact from the same ones of the kept.
fn merged(from: ContactId) -> String {
    format!("/merged:{from}")
}

/// Takes the mark of a merge from the dispatches that are the contact's own again.
pub(super) async fn unmark(tx: &mut Tx, scope: &Scope, contact: ContactId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UNMARK_DISPATCHES)
        .bind(scope.workspace)
        .bind(contact)
        .bind(merged(contact))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Keeps what a contact says as what it said until now, or that it was not there.
pub(super) async fn keep_version(
    tx: &mut Tx,
    scope: &Scope,
    id: ContactId,
    present: bool,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(KEEP_VERSION)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .bind(present)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn remove_contact(tx: &mut Tx, scope: &Scope, id: ContactId) -> Result<()> {
    keep_version(tx, scope, id, true).await?;
    on_tx!(tx, |c| sqlx::query(REMOVE)
        .bind(scope.workspace)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes a number or address as an id of a contact. Returns whether it was new.
pub(super) async fn add_alias(
    tx: &mut Tx,
    scope: &Scope,
    platform: &str,
    alias: &str,
    contact: ContactId,
) -> Result<bool> {
    on_tx!(tx, |c| sqlx::query(ADD_ALIAS)
        .bind(scope.workspace)
        .bind(platform)
        .bind(alias)
        .bind(contact)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .db()
}
