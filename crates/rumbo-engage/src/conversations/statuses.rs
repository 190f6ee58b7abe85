//! How a message fared, in whatever order and however often a provider tells it.

use chrono::{DateTime, SubsecRound as _, Utc};
use rumbo_base::{ChannelId, ConversationId, DispatchId, MessageId, Result};
use rumbo_channels::{Fared, StatusReport};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use super::clock;

/// How far a message has come: what lies behind never takes its place. A failure that is followed
/// by a delivery was none.
macro_rules! rank {
    () => {
        "(CASE status WHEN 'pending' THEN 0 WHEN 'unknown' THEN 1 WHEN 'sent' THEN 2 WHEN 'cancelled' THEN 3 \
         WHEN 'failed' THEN 4 WHEN 'delivered' THEN 5 WHEN 'read' THEN 6 ELSE 9 END)"
    };
}
macro_rules! earliest {
    ($column:literal, $word:literal) => {
        concat!(
            $column,
            " = CASE WHEN $3 = '",
            $word,
            "' AND (",
            $column,
            " IS NULL OR ",
            $column,
            " > $5) THEN $5 ELSE ",
            $column,
            " END, "
        )
    };
}
/// Of several failures the first one is shown.
macro_rules! of_first_failure {
    ($column:literal, $value:literal) => {
        concat!(
            $column,
            " = CASE WHEN $3 = 'failed' AND (failed_at IS NULL OR failed_at > $5 ",
            "OR (failed_at = $5 AND COALESCE(error_code, '') > COALESCE($6, ''))) THEN ",
            $value,
            " ELSE ",
            $column,
            " END, "
        )
    };
}

statements! {
    BY_PROVIDER_ID = "SELECT id, conversation_id, direction, occurred_at FROM messages \
        WHERE workspace_id = $1 AND channel_id = $2 AND provider_message_id = $3";
    BY_DISPATCH = "SELECT id, conversation_id, direction, occurred_at FROM messages \
        WHERE workspace_id = $1 AND dispatch_id = $2 AND channel_id = $3 \
        AND (provider_message_id IS NULL OR provider_message_id = $4)";
    /// The newest are enough: those before them were told the same when they were the newest.
    UP_TO = "SELECT m.provider_message_id, m.dispatch_id FROM messages m JOIN conversations c \
        ON c.workspace_id = $1 AND c.id = m.conversation_id AND c.channel_id = $2 AND c.address = $3 \
        WHERE m.workspace_id = $1 AND m.direction = 'outbound' AND m.provider_message_id IS NOT NULL \
        AND COALESCE((SELECT MIN(s.occurred_at) FROM message_statuses s WHERE s.workspace_id = $1 \
        AND s.message_id = m.id AND s.status = 'sent'), m.occurred_at) <= $4 AND (m.status IN ('pending', 'sent', 'unknown') \
        OR (m.status = 'delivered' AND $5 = 'read')) ORDER BY m.occurred_at DESC LIMIT 500";
    KEEP = "INSERT INTO message_statuses (workspace_id, message_id, status, occurred_at, error_code, error_text, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, message_id, status, occurred_at) DO NOTHING";
    MOVE = concat!(
        "UPDATE messages SET ",
        earliest!("sent_at", "sent"),
        earliest!("delivered_at", "delivered"),
        earliest!("read_at", "read"),
        of_first_failure!("error_code", "$6"),
        of_first_failure!("error_text", "$7"),
        earliest!("failed_at", "failed"),
        "price_micros = CASE WHEN COALESCE($9, '') <> '' AND (price_micros IS NULL OR price_listed OR ",
        rank!(),
        " <= $4) THEN $8 ELSE price_micros END, \
         currency = CASE WHEN COALESCE($9, '') <> '' AND (price_micros IS NULL OR price_listed OR ",
        rank!(),
        " <= $4) THEN $9 ELSE currency END, \
         price_listed = price_listed AND COALESCE($9, '') = '', \
         status = CASE WHEN ",
        rank!(),
        " < $4 THEN $3 ELSE status END, \
         provider_message_id = COALESCE(provider_message_id, $10), updated_at = $11 \
         WHERE workspace_id = $1 AND id = $2"
    );
}

/// What a status did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It was kept, and the message moved forward where it was behind.
    Kept(ConversationId),
    /// It was there.
    Same,
    /// It names no message that is here, or not yet.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct Found {
    id: MessageId,
    conversation_id: ConversationId,
    direction: String,
    occurred_at: DateTime<Utc>,
}

/// Keeps a status, and moves the message forward where it was behind. Any order of the same
/// statuses leads to the same message.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_status(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    report: &StatusReport,
) -> Result<Noted> {
    let Some(found) = find(tx, scope, channel, report).await? else {
        return Ok(Noted::Unknown);
    };
    if found.direction == "inbound" {
        return Ok(Noted::Same);
    }
    if matches!(report.status, Fared::Accepted | Fared::Sent) {
        let known = clock::ahead(tx, scope, channel).await?;
        let seen = clock::difference(found.occurred_at, report.at, scope.now());
        clock::learn(tx, scope, channel, known, seen).await?;
    }
    let (word, rank) = word(report.status);
    let at = report.at.min(scope.now()).trunc_subsecs(6);
    let (code, text) = match &report.failure {
        Some(failure) => (failure.code.as_deref(), Some(failure.text.as_str())),
        None => (None, None),
    };
    let kept = on_tx!(tx, |c| sqlx::query(KEEP)
        .bind(scope.workspace)
        .bind(found.id)
        .bind(word)
        .bind(at)
        .bind(code)
        .bind(text)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    if kept == 0 {
        return Ok(Noted::Same);
    }
    let price = report.price.as_ref().and_then(|price| price.amount);
    on_tx!(tx, |c| sqlx::query(MOVE)
        .bind(scope.workspace)
        .bind(found.id)
        .bind(word)
        .bind(rank)
        .bind(at)
        .bind(code)
        .bind(text)
        .bind(price.map(|(amount, _)| amount))
        .bind(price.map(|(_, currency)| currency.to_string()))
        .bind(&report.id)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(Noted::Kept(found.conversation_id))
}

/// What a provider says by telling that everything to a person fared so until then: a report for
/// each message that was behind.
///
/// # Errors
/// When the store cannot be read.
pub async fn reports_up_to(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    address: &str,
    status: Fared,
    until: DateTime<Utc>,
) -> Result<Vec<StatusReport>> {
    let (word, _) = word(status);
    let behind: Vec<(String, Option<DispatchId>)> = on_tx!(tx, |c| sqlx::query_as(UP_TO)
        .bind(scope.workspace)
        .bind(channel)
        .bind(address)
        .bind(until)
        .bind(word)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(behind
        .into_iter()
        .map(|(id, dispatch)| StatusReport {
            sender: String::new(),
            id,
            dispatch_id: dispatch.map(|id| id.to_string()),
            address: Some(address.to_owned()),
            status,
            at: until,
            price: None,
            failure: None,
            word: word.to_owned(),
        })
        .collect())
}

async fn find(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    report: &StatusReport,
) -> Result<Option<Found>> {
    let found: Option<Found> = on_tx!(tx, |c| sqlx::query_as(BY_PROVIDER_ID)
        .bind(scope.workspace)
        .bind(channel)
        .bind(&report.id)
        .fetch_optional(c)
        .await)
    .db()?;
    if found.is_some() {
        return Ok(found);
    }
    // What the provider carries of ours is text that anybody could have put there.
    let dispatch: Option<DispatchId> = report.dispatch_id.as_deref().and_then(|id| id.parse().ok());
    let Some(dispatch) = dispatch else {
        return Ok(None);
    };
    on_tx!(tx, |c| sqlx::query_as(BY_DISPATCH)
        .bind(scope.workspace)
        .bind(dispatch)
        .bind(channel)
        .bind(&report.id)
        .fetch_optional(c)
        .await)
    .db()
}

/// The stored word, and how far it lies: see `rank!`. What the provider only accepted is kept in
/// the history and moves nothing.
fn word(fared: Fared) -> (&'static str, i64) {
    match fared {
        Fared::Accepted => ("accepted", -1),
        Fared::Sent => ("sent", 2),
        Fared::Cancelled => ("cancelled", 3),
        Fared::Failed => ("failed", 4),
        Fared::Delivered => ("delivered", 5),
        Fared::Read => ("read", 6),
    }
}
