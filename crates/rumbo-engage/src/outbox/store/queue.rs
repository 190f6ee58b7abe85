//! SQL of the queue: which senders have something to do, and what bulk sends put before them.

use chrono::{DateTime, Utc};
use rumbo_base::{BulkSendId, ChannelId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use crate::bulk_sends::BulkState;

statements! {
    /// What is planned by bulk sends that run, so much at a time: the queue stays short, and a pause
    /// has little to take back.
    QUEUE_PLANNED = "UPDATE dispatches SET state = 'queued', queued_at = $3, updated_at = $3 WHERE workspace_id = $1 \
        AND id IN (SELECT id FROM dispatches WHERE workspace_id = $1 AND origin_id = $2 AND state = 'planned' \
        AND due_at <= $3 ORDER BY id LIMIT $4)";
    SENDERS = "SELECT c.id FROM channels c WHERE c.workspace_id = $1 AND (EXISTS (SELECT 1 FROM dispatches d \
        WHERE d.workspace_id = $1 AND d.channel_id = c.id AND d.state = 'queued' AND d.due_at <= $2) \
        OR EXISTS (SELECT 1 FROM bulk_sends b WHERE b.workspace_id = $1 AND b.channel_id = c.id \
        AND b.state = 'running')) ORDER BY c.id";
    BULK_STATE = "SELECT state FROM bulk_sends WHERE workspace_id = $1 AND id = $2";
    RUNNING = "SELECT id FROM bulk_sends WHERE workspace_id = $1 AND channel_id = $2 AND state = 'running' \
        ORDER BY started_at, id";
    IN_QUEUE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM dispatches WHERE workspace_id = $1 AND channel_id = $2 \
        AND state = 'queued' AND due_at <= $3 LIMIT 1000) q";
}

/// The channels that something waits for.
pub(in crate::outbox) async fn senders(
    tx: &mut Tx,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<Vec<ChannelId>> {
    on_tx!(tx, |c| sqlx::query_scalar(SENDERS)
        .bind(workspace)
        .bind(now)
        .fetch_all(c)
        .await)
    .db()
}

/// Where a bulk send stands.
pub(in crate::outbox) async fn bulk_state(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: Uuid,
) -> Result<Option<BulkState>> {
    let state: Option<String> = on_tx!(tx, |c| sqlx::query_scalar(BULK_STATE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    state.map(BulkState::try_from).transpose()
}

/// Moves what running bulk sends have planned into the queue of a channel, up to a full queue.
/// Answers how many moved.
pub(in crate::outbox) async fn fill_queue(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    full: i64,
) -> Result<i64> {
    let now = scope.now();
    let waiting: i64 = on_tx!(tx, |c| sqlx::query_scalar(IN_QUEUE)
        .bind(scope.workspace)
        .bind(channel)
        .bind(now)
        .fetch_one(c)
        .await)
    .db()?;
    if waiting >= full / 2 {
        return Ok(0);
    }
    let running: Vec<BulkSendId> = on_tx!(tx, |c| sqlx::query_scalar(RUNNING)
        .bind(scope.workspace)
        .bind(channel)
        .fetch_all(c)
        .await)
    .db()?;
    let mut moved = 0;
    for id in running {
        let room = full - waiting - moved;
        if room <= 0 {
            break;
        }
        let rows = on_tx!(tx, |c| sqlx::query(QUEUE_PLANNED)
            .bind(scope.workspace)
            .bind(id)
            .bind(now)
            .bind(room)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .db()?;
        moved += i64::try_from(rows).unwrap_or(i64::MAX);
    }
    Ok(moved)
}
