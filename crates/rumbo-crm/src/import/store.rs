//! Saved mappings and the history of imports.

use chrono::{DateTime, Utc};
use rumbo_base::{ImportId, ImportMappingId, Reason, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::{ImportReport, Mapping};
use crate::input::{invalid, not_found, short_text};

statements! {
    LIST = "SELECT id, name, mapping, updated_at FROM import_mappings \
        WHERE workspace_id = $1 AND kind = $2 ORDER BY name";
    BY_NAME = "SELECT id, name, mapping, updated_at FROM import_mappings \
        WHERE workspace_id = $1 AND kind = $2 AND name = $3";
    INSERT = "INSERT INTO import_mappings (workspace_id, id, name, kind, mapping, created_at, created_by, \
        updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)";
    UPDATE = "UPDATE import_mappings SET mapping = $3, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND id = $2";
    RECORD = "INSERT INTO imports (workspace_id, id, kind, file_name, file_sha256, mapping, started_at, \
        finished_at, rows_read, rows_added, rows_changed, rows_unchanged, rows_rejected, created_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    HISTORY = "SELECT id, kind, file_name, file_sha256, started_at, finished_at, rows_read, rows_added, \
        rows_changed, rows_unchanged, rows_rejected FROM imports \
        WHERE workspace_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
}

/// A mapping kept under a name.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SavedMapping {
    pub id: ImportMappingId,
    /// Unique for its kind of file.
    pub name: String,
    #[sqlx(json)]
    pub mapping: Mapping,
    pub updated_at: DateTime<Utc>,
}

/// An import that was done.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ImportRecord {
    pub id: ImportId,
    /// `contacts`, `opportunities`, `sales`, `spend`, or `ads` for imports of ad figures.
    pub kind: String,
    pub file_name: String,
    pub file_sha256: String,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub rows_read: i64,
    pub rows_added: i64,
    pub rows_changed: i64,
    pub rows_unchanged: i64,
    pub rows_rejected: i64,
}

/// The saved mappings for a kind of file (the word of an [`super::ImportKind`], or `ads`), by name.
///
/// # Errors
/// When the store cannot be read.
pub async fn list_mappings(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
) -> Result<Vec<SavedMapping>> {
    on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .bind(kind)
        .fetch_all(c)
        .await)
    .db()
}

/// A saved mapping by its name.
///
/// # Errors
/// `NotFound`.
pub async fn get_mapping(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    name: &str,
) -> Result<SavedMapping> {
    find(tx, workspace, kind, name)
        .await?
        .ok_or_else(|| not_found("mapping"))
}

/// Keeps a mapping under a name, in place of one of the same name.
///
/// # Errors
/// `InvalidInput` for a name that is empty or has more than 120 characters.
pub async fn save_mapping(
    tx: &mut Tx,
    scope: &Scope,
    kind: &str,
    name: &str,
    mapping: &Mapping,
) -> Result<SavedMapping> {
    let name = short_text("name", name, 120)?.ok_or_else(|| {
        invalid(
            "name",
            Reason::ValueMissing,
            "A mapping needs a name to be kept under.",
        )
    })?;
    let stored = find(tx, scope.workspace, kind, &name).await?;
    let now = scope.now();
    match stored {
        Some(stored) if stored.mapping == *mapping => return Ok(stored),
        Some(stored) => {
            on_tx!(tx, |c| sqlx::query(UPDATE)
                .bind(scope.workspace)
                .bind(stored.id)
                .bind(Json(mapping))
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
        }
        None => {
            let id: ImportMappingId = scope.id();
            on_tx!(tx, |c| sqlx::query(INSERT)
                .bind(scope.workspace)
                .bind(id)
                .bind(&name)
                .bind(kind)
                .bind(Json(mapping))
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
        }
    }
    get_mapping(tx, scope.workspace, kind, &name).await
}

/// The imports done last, at most `limit`.
///
/// # Errors
/// When the store cannot be read.
pub async fn history(tx: &mut Tx, workspace: WorkspaceId, limit: u32) -> Result<Vec<ImportRecord>> {
    on_tx!(tx, |c| sqlx::query_as(HISTORY)
        .bind(workspace)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)
    .db()
}

async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    name: &str,
) -> Result<Option<SavedMapping>> {
    on_tx!(tx, |c| sqlx::query_as(BY_NAME)
        .bind(workspace)
        .bind(kind)
        .bind(name)
        .fetch_optional(c)
        .await)
    .db()
}

/// Notes that an import was done.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a column of the history of imports"
)]
pub(super) async fn record(
    tx: &mut Tx,
    scope: &Scope,
    id: ImportId,
    report: &ImportReport,
    mapping: &Mapping,
    file_name: Option<&str>,
    sha256: &str,
    started: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(RECORD)
        .bind(scope.workspace)
        .bind(id)
        .bind(report.kind.as_str())
        .bind(file_name.unwrap_or_default())
        .bind(sha256)
        .bind(Json(mapping))
        .bind(started)
        .bind(scope.now())
        .bind(i64::from(report.rows_read))
        .bind(i64::from(report.added))
        .bind(i64::from(report.changed))
        .bind(i64::from(report.unchanged))
        .bind(i64::from(report.rejected))
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
