//! SQL of a sender's pace, which all programs that send from it share.

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

statements! {
    /// Writing the row keeps everybody else who is about to claim from this sender waiting, and so tells
    /// what they used up.
    HOLD_PACE = "INSERT INTO channel_paces (workspace_id, channel_id, next_at) VALUES ($1, $2, $3) \
        ON CONFLICT (workspace_id, channel_id) DO UPDATE SET next_at = channel_paces.next_at \
        RETURNING next_at, held_until";
    USE_PACE = "UPDATE channel_paces SET next_at = $3 WHERE workspace_id = $1 AND channel_id = $2";
    HOLD_SENDER = "INSERT INTO channel_paces (workspace_id, channel_id, next_at, held_until) VALUES ($1, $2, $3, $3) \
        ON CONFLICT (workspace_id, channel_id) DO UPDATE SET held_until = excluded.held_until \
        WHERE channel_paces.held_until IS NULL OR channel_paces.held_until < excluded.held_until";
}

/// When the next message of a sender may go, and until when its provider asked to wait. Nobody else
/// claims from it until the transaction ends.
pub(in crate::outbox) async fn hold_pace(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    on_tx!(tx, |c| sqlx::query_as(HOLD_PACE)
        .bind(workspace)
        .bind(channel)
        .bind(now)
        .fetch_one(c)
        .await)
    .db()
}

/// Notes when the next message of a sender may go.
pub(in crate::outbox) async fn use_pace(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: ChannelId,
    next_at: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(USE_PACE)
        .bind(workspace)
        .bind(channel)
        .bind(next_at)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Lets nobody send from a sender until then.
pub(in crate::outbox) async fn hold_sender(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: ChannelId,
    until: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(HOLD_SENDER)
        .bind(workspace)
        .bind(channel)
        .bind(until)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
