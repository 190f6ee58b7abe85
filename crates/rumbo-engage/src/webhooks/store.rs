//! SQL of webhook deliveries.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, Entropy, Result, Secret, WebhookDeliveryId, WorkspaceId};
use rumbo_channels::{Provider, Told, WebhookRequest};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sha2::{Digest as _, Sha256};

macro_rules! due_of {
    ($state:literal) => {
        concat!(
            "SELECT id, provider, channel_id, content_type, body, attempts, received_at, due_at ",
            "FROM webhook_deliveries WHERE workspace_id = $1 AND state = '",
            $state,
            "' AND due_at <= $2 ORDER BY due_at, id LIMIT $3"
        )
    };
}

statements! {
    /// Each state by itself: in the order of its index, however many there are.
    DUE = concat!(
        "SELECT * FROM (SELECT * FROM (", due_of!("stored"), ") s UNION ALL SELECT * FROM (", due_of!("waiting"),
        ") w) d ORDER BY due_at, id LIMIT $3"
    );
    /// Another program may have taken it meanwhile: then nothing is changed.
    TAKE = "UPDATE webhook_deliveries SET attempts = attempts + 1 \
        WHERE workspace_id = $1 AND id = $2 AND state IN ('stored', 'waiting') AND attempts = $3";
    SETTLE = "UPDATE webhook_deliveries SET state = $3, reason = $4, due_at = $5, processed_at = $6 \
        WHERE workspace_id = $1 AND id = $2";
    LAST = "SELECT provider, channel_id, MAX(received_at) AS received_at, COUNT(*) AS deliveries FROM webhook_deliveries \
        WHERE workspace_id = $1 GROUP BY provider, channel_id";
    WAITING = "SELECT provider, channel_id, state, reason, COUNT(*) AS deliveries FROM webhook_deliveries \
        WHERE workspace_id = $1 AND state IN ('waiting', 'refused') GROUP BY provider, channel_id, state, reason \
        ORDER BY provider, state, reason";
}

/// How long a part may wait for what it names before it is given up: as long as Meta repeats calls.
pub(super) const PATIENCE: TimeDelta = TimeDelta::days(7);

/// A call to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    pub id: WebhookDeliveryId,
    pub provider: Provider,
    /// The channel that the address of the call named.
    pub channel: Option<ChannelId>,
    /// What makes two calls the same one.
    pub key: String,
    pub content_type: String,
    pub body: String,
    /// Why it cannot be read, where it cannot; it is kept all the same.
    pub refused: Option<String>,
    pub received_at: DateTime<Utc>,
    /// How often the same came again before it was kept.
    pub repeats: i64,
}

/// A call that was verified, ready to be kept. `told` is what a reader made of it.
pub fn fresh(
    entropy: &Entropy,
    provider: Provider,
    channel: Option<ChannelId>,
    request: &WebhookRequest<'_>,
    told: &Told,
) -> Option<NewDelivery> {
    // A table of text keeps no zero character, and no provider sends one.
    let body = std::str::from_utf8(request.body)
        .ok()
        .filter(|body| !body.contains('\0'))?;
    let key = if told.key.is_empty() {
        hex::encode(Sha256::digest(request.body))
    } else {
        told.key.clone()
    };
    Some(NewDelivery {
        id: entropy.id(request.received_at),
        provider,
        channel,
        key,
        content_type: request.content_type.to_owned(),
        body: match &told.secret {
            Some(secret) => without(body, secret),
            None => body.to_owned(),
        },
        refused: None,
        received_at: request.received_at,
        repeats: 0,
    })
}

/// A body in JSON without a secret, wherever it is a value, and as it came otherwise.
fn without(body: &str, secret: &Secret) -> String {
    let value = serde_json::Value::from(secret.expose().as_str()).to_string();
    body.replace(&value, "\"\"")
}

/// Keeps deliveries. One that is there is counted as told again.
pub(super) async fn keep(
    tx: &mut Tx,
    workspace: WorkspaceId,
    deliveries: Vec<NewDelivery>,
) -> Result<()> {
    const COLUMNS: usize = 13;
    // One statement may not meet the same row twice.
    let mut once: BTreeMap<(&'static str, String), NewDelivery> = BTreeMap::new();
    for delivery in deliveries {
        once.entry((delivery.provider.word(), delivery.key.clone()))
            .and_modify(|kept| kept.repeats += 1)
            .or_insert(delivery);
    }
    let mut rows: Vec<NewDelivery> = once.into_values().collect();
    // In the order in which they came, which the key's is not.
    rows.sort_by_key(|row| row.id);
    for chunk in rows.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO webhook_deliveries (workspace_id, id, provider, channel_id, key, content_type, body, \
                 state, reason, attempts, repeats, due_at, received_at) ",
            );
            insert.push_values(chunk, |mut row, new| {
                row.push_bind(workspace)
                    .push_bind(new.id)
                    .push_bind(new.provider)
                    .push_bind(new.channel)
                    .push_bind(&new.key)
                    .push_bind(&new.content_type)
                    .push_bind(&new.body)
                    .push_bind(if new.refused.is_some() { "refused" } else { "stored" })
                    .push_bind(&new.refused)
                    .push_bind(0_i64)
                    .push_bind(new.repeats)
                    .push_bind(new.received_at)
                    .push_bind(new.received_at);
            });
            insert.push(
                " ON CONFLICT (workspace_id, provider, key) \
                 DO UPDATE SET repeats = webhook_deliveries.repeats + excluded.repeats + 1",
            );
            insert.build().persistent(chunk.len() == 1).execute(c).await.map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// A delivery to be worked on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Due {
    pub id: WebhookDeliveryId,
    pub provider: Provider,
    pub channel_id: Option<ChannelId>,
    pub content_type: String,
    pub body: String,
    pub attempts: i64,
    pub received_at: DateTime<Utc>,
}

pub(super) async fn due(
    tx: &mut Tx,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Due>> {
    on_tx!(tx, |c| sqlx::query_as(DUE)
        .bind(workspace)
        .bind(now)
        .bind(limit)
        .fetch_all(c)
        .await)
    .db()
}

/// Takes a delivery for this transaction; false where another program was first.
pub(super) async fn take(tx: &mut Tx, workspace: WorkspaceId, due: &Due) -> Result<bool> {
    let taken = on_tx!(tx, |c| sqlx::query(TAKE)
        .bind(workspace)
        .bind(due.id)
        .bind(due.attempts)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    Ok(taken > 0)
}

/// How a delivery ends, or goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Processed,
    /// Something it names is not there yet; the word says what.
    Waiting(String),
    /// It is given up.
    Refused(String),
}

pub(super) async fn settle(
    tx: &mut Tx,
    workspace: WorkspaceId,
    due: &Due,
    how: &Settled,
    now: DateTime<Utc>,
) -> Result<()> {
    let (state, reason) = match how {
        Settled::Processed => ("processed", None),
        Settled::Waiting(why) => ("waiting", Some(why.as_str())),
        Settled::Refused(why) => ("refused", Some(why.as_str())),
    };
    // 2 s, 4 s, … up to an hour.
    let wait = 1_i64 << u32::try_from(due.attempts.clamp(0, 11)).unwrap_or(11);
    let due_at = now + TimeDelta::seconds((wait * 2).min(3_600));
    on_tx!(tx, |c| sqlx::query(SETTLE)
        .bind(workspace)
        .bind(due.id)
        .bind(state)
        .bind(reason)
        .bind(due_at)
        .bind((state != "waiting").then_some(now))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// What came last from a provider, or to the address of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDelivery {
    pub provider: Provider,
    pub channel: Option<ChannelId>,
    pub received_at: DateTime<Utc>,
    /// How many there are.
    pub deliveries: i64,
    /// Deliveries that wait for something, or were given up, with the reason of the most.
    pub waiting: i64,
    pub refused: i64,
    pub reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Last {
    provider: Provider,
    channel_id: Option<ChannelId>,
    received_at: DateTime<Utc>,
    deliveries: i64,
}

#[derive(sqlx::FromRow)]
struct Held {
    provider: Provider,
    channel_id: Option<ChannelId>,
    state: String,
    reason: Option<String>,
    deliveries: i64,
}

/// What came last, by provider and by channel where its address names one.
///
/// # Errors
/// When the store cannot be read.
pub async fn last_deliveries(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<LastDelivery>> {
    let last: Vec<Last> = on_tx!(tx, |c| sqlx::query_as(LAST)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    let held: Vec<Held> = on_tx!(tx, |c| sqlx::query_as(WAITING)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(last
        .into_iter()
        .map(|last| {
            let of: Vec<&Held> = held
                .iter()
                .filter(|held| held.provider == last.provider && held.channel_id == last.channel_id)
                .collect();
            let sum = |state: &str| {
                let of_state = of.iter().filter(|held| held.state == state);
                of_state.map(|held| held.deliveries).sum()
            };
            LastDelivery {
                provider: last.provider,
                channel: last.channel_id,
                received_at: last.received_at,
                deliveries: last.deliveries,
                waiting: sum("waiting"),
                refused: sum("refused"),
                reason: of
                    .iter()
                    .max_by_key(|held| held.deliveries)
                    .and_then(|held| held.reason.clone()),
            }
        })
        .collect())
}
