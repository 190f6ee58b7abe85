//! The history of syncs and ads imports.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::insights::SliceCounts;

rumbo_db::statements! {
    NEXT = "SELECT COALESCE(MAX(seq), 0) + 1 FROM sync_runs WHERE workspace_id = $1";
    BEGIN = "INSERT INTO sync_runs (workspace_id, seq, kind, trigger, state, since, until, started_at, rows_added, \
        rows_changed, rows_unchanged, calls, waits, waited_ms, errors, report, created_by) \
        VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, $8, $9)";
    INTERRUPTED = "UPDATE sync_runs SET state = 'interrupted' \
        WHERE workspace_id = $1 AND kind = 'sync' AND state = 'running'";
    ROWS = "UPDATE sync_runs SET rows_added = rows_added + $3, rows_changed = rows_changed + $4, \
        rows_unchanged = rows_unchanged + $5 WHERE workspace_id = $1 AND seq = $2";
    FINISH = "UPDATE sync_runs SET state = $3, finished_at = $4, calls = $5, waits = $6, waited_ms = $7, errors = $8, \
        report = $9 WHERE workspace_id = $1 AND seq = $2";
    KEEP_REPORT = "UPDATE sync_runs SET report = $3 WHERE workspace_id = $1 AND seq = $2";
    LIST = "SELECT seq, kind, trigger, state, since, until, started_at, finished_at, rows_added, rows_changed, \
        rows_unchanged, calls, waits, waited_ms, errors, report FROM sync_runs WHERE workspace_id = $1 \
        ORDER BY seq DESC LIMIT $2";
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// Reads from Meta.
    Sync,
    /// Reads an Ads Manager file.
    AdsImport,
}

impl RunKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::AdsImport => "ads_import",
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Everything was read.
    Done,
    /// Some of it was.
    Partly,
    /// Nothing was.
    Failed,
    /// The person stopped it.
    Cancelled,
}

impl RunState {
    /// The word in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One run. The row counts are of ad-days, removed ones among the changed.
#[derive(Clone, Debug, FromRow)]
pub struct RunRow {
    /// Counts up within the workspace; what ad-days and the journal refer to.
    pub seq: i64,
    /// `sync` or `ads_import`.
    pub kind: String,
    /// What started it: `manual`, `schedule`, `wake`, `connect`, `import`, …
    pub trigger: String,
    /// `running`, `done`, `partly`, `failed`, `cancelled` or `interrupted`.
    pub state: String,
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub rows_added: i64,
    pub rows_changed: i64,
    pub rows_unchanged: i64,
    pub calls: i64,
    pub waits: i64,
    pub waited_ms: i64,
    pub errors: i64,
    /// Details by kind of run; see [`crate::sync::RunReport`].
    pub report: Json<serde_json::Value>,
}

/// Figures of the network that a finished run keeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunTraffic {
    pub calls: u64,
    pub waits: u64,
    pub waited_ms: u64,
    pub errors: u64,
}

/// Begins a run and gives its number.
///
/// # Errors
/// As any write.
pub async fn begin(
    tx: &mut Tx,
    scope: &Scope,
    kind: RunKind,
    trigger: &str,
    days: Option<DateRange>,
    report: &serde_json::Value,
) -> Result<i64> {
    let seq: i64 = on_tx!(tx, |c| sqlx::query_scalar(NEXT)
        .bind(scope.workspace)
        .fetch_one(c)
        .await)
    .db()?;
    on_tx!(tx, |c| sqlx::query(BEGIN)
        .bind(scope.workspace)
        .bind(seq)
        .bind(kind.word())
        .bind(trigger)
        .bind(days.map(|days| days.from))
        .bind(days.map(|days| days.to))
        .bind(scope.now())
        .bind(Json(report))
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(seq)
}

/// Marks syncs that never ended: the program was killed. Call it before a sync begins; a data
/// folder has one program at a time.
///
/// # Errors
/// As any write.
pub async fn mark_interrupted(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INTERRUPTED)
        .bind(workspace)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Adds to the row counts of a run, in the transaction that wrote the rows.
///
/// # Errors
/// As any write.
pub async fn add_rows(
    tx: &mut Tx,
    workspace: WorkspaceId,
    seq: i64,
    counts: SliceCounts,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(ROWS)
        .bind(workspace)
        .bind(seq)
        .bind(signed(counts.added))
        .bind(signed(counts.changed.saturating_add(counts.removed)))
        .bind(signed(counts.unchanged))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes what a run that is killed must leave to the next.
pub(crate) async fn keep_report(
    tx: &mut Tx,
    workspace: WorkspaceId,
    seq: i64,
    report: &serde_json::Value,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(KEEP_REPORT)
        .bind(workspace)
        .bind(seq)
        .bind(Json(report))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Ends a run.
///
/// # Errors
/// As any write.
pub async fn finish(
    tx: &mut Tx,
    scope: &Scope,
    seq: i64,
    state: RunState,
    traffic: RunTraffic,
    report: &serde_json::Value,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(FINISH)
        .bind(scope.workspace)
        .bind(seq)
        .bind(state.word())
        .bind(scope.now())
        .bind(signed(traffic.calls))
        .bind(signed(traffic.waits))
        .bind(signed(traffic.waited_ms))
        .bind(signed(traffic.errors))
        .bind(Json(report))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// The latest runs, newest first.
///
/// # Errors
/// As any read.
pub async fn runs(tx: &mut Tx, workspace: WorkspaceId, limit: u32) -> Result<Vec<RunRow>> {
    on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)
    .db()
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
