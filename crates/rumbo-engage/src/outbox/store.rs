//! SQL of the outbox.

mod pace;
mod planning;
mod queue;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, ContactId, DispatchId, Result, TemplateId, UserId, WorkspaceId};
use rumbo_channels::Content;
use rumbo_db::{DbResultExt, Statement, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::origin::{Origin, Purpose};
use super::person::hex_list;
use super::state::State;
use super::why::Why;

pub use pace::STATEMENTS as PACE_STATEMENTS;
pub(super) use pace::{hold_pace, hold_sender, use_pace};
pub use planning::STATEMENTS as PLANNING_STATEMENTS;
pub(crate) use planning::alone;
pub(super) use planning::{
    insert, insert_one, limits, people_reserved, people_sent, planned_before, read_address,
};
pub use queue::STATEMENTS as QUEUE_STATEMENTS;
pub(super) use queue::{bulk_state, fill_queue, senders};

macro_rules! columns {
    ($d:literal) => {
        concat!(
            $d,
            "id, ",
            $d,
            "origin, ",
            $d,
            "origin_id, ",
            $d,
            "step, ",
            $d,
            "occurrence, ",
            $d,
            "contact_id, ",
            $d,
            "channel_id, ",
            $d,
            "address, ",
            $d,
            "template_id, ",
            $d,
            "template_version, ",
            $d,
            "purpose, ",
            $d,
            "content, ",
            $d,
            "rendered, ",
            $d,
            "state, ",
            $d,
            "reason, ",
            $d,
            "error_code, ",
            $d,
            "error_text, ",
            $d,
            "due_at, ",
            $d,
            "expires_at, ",
            $d,
            "attempts, ",
            $d,
            "claimed_until, ",
            $d,
            "provider_message_id, ",
            $d,
            "queued_at, ",
            $d,
            "sent_at, ",
            $d,
            "delivered_at, ",
            $d,
            "read_at, ",
            $d,
            "failed_at, ",
            $d,
            "created_at, ",
            $d,
            "created_by, ",
            $d,
            "updated_at"
        )
    };
}
macro_rules! due {
    ($lock:literal) => {
        concat!(
            "SELECT d.id FROM dispatches d WHERE d.workspace_id = $1 AND d.channel_id = $2 AND d.state = 'queued' ",
            "AND d.due_at <= $3 AND NOT EXISTS (SELECT 1 FROM dispatches o WHERE o.workspace_id = $1 ",
            "AND o.contact_id = d.contact_id AND o.created_at > $7 AND o.channel_id = $2 AND o.id <> d.id ",
            "AND (o.state = 'claimed' OR o.sent_at > $4)) ",
            "ORDER BY d.due_at, d.id LIMIT $8",
            $lock
        )
    };
}
macro_rules! take {
    () => {
        "SET state = 'claimed', claimed_by = $5, claimed_until = $6, attempts = attempts + 1, updated_at = $3, \
         updated_by = NULL "
    };
}

statements! {
    GET = concat!("SELECT ", columns!(""), " FROM dispatches WHERE workspace_id = $1 AND id = $2");
    BY_MESSAGE = concat!("SELECT ", columns!(""), " FROM dispatches WHERE workspace_id = $1 AND channel_id = $2 \
        AND provider_message_id = $3");
    /// Back to be sent later, as nothing was sent; `$5` is 1 where the provider was not even called.
    PUT_BACK = "UPDATE dispatches SET state = 'queued', reason = $3, error_code = $6, error_text = $7, due_at = $4, \
        attempts = attempts - $5, claimed_by = NULL, claimed_until = NULL, updated_at = $8 \
        WHERE workspace_id = $1 AND id = $2";
    STAND = "UPDATE dispatches SET state = $3, reason = $4, error_code = $5, error_text = $6, due_at = $7, \
        claimed_by = NULL, claimed_until = NULL, updated_at = $8, updated_by = $9 WHERE workspace_id = $1 AND id = $2";
    /// What a provider told; a time is kept that is there.
    TELL = "UPDATE dispatches SET state = $3, reason = $4, error_code = $5, error_text = $6, \
        provider_message_id = COALESCE(provider_message_id, $7), sent_at = COALESCE(sent_at, $8), \
        delivered_at = COALESCE(delivered_at, $9), read_at = COALESCE(read_at, $10), \
        failed_at = COALESCE(failed_at, $11), claimed_by = NULL, claimed_until = NULL, updated_at = $12, \
        updated_by = $13 WHERE workspace_id = $1 AND id = $2";
    EVENT = "INSERT INTO dispatch_events (workspace_id, id, dispatch_id, state, reason, error_code, source, \
        occurred_at, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    DIED = concat!("SELECT ", columns!(""), " FROM dispatches WHERE workspace_id = $1 AND state = 'claimed' \
        AND claimed_until <= $2 ORDER BY due_at, id LIMIT 1000");
    TO_ASK = concat!("SELECT ", columns!(""), " FROM dispatches WHERE workspace_id = $1 AND state = 'unknown' \
        AND due_at <= $2 ORDER BY due_at, id LIMIT 200");
    ASK_LATER = "UPDATE dispatches SET due_at = $3 WHERE workspace_id = $1 AND id = $2";
    TO_RELEASE = concat!("SELECT ", columns!(""), " FROM dispatches WHERE workspace_id = $1 AND state = 'held' \
        AND due_at <= $2 AND reason <> 'paused' ORDER BY due_at, id LIMIT 1000");
    HOLD_TEMPLATE = "UPDATE dispatches SET state = 'held', reason = 'template_refused', due_at = $3, updated_at = $4 \
        WHERE workspace_id = $1 AND template_id = $2 AND state = 'queued'";
}

/// Takes what is due and not in another sender's hand; who waits because the pair has just had a
/// message is passed over.
const CLAIM: Statement = Statement {
    name: "outbox::store::CLAIM",
    sqlite: concat!(
        "UPDATE dispatches ",
        take!(),
        "WHERE workspace_id = $1 AND id IN (",
        due!(""),
        ") RETURNING ",
        columns!("")
    ),
    postgres: concat!(
        "WITH due AS MATERIALIZED (",
        due!(" FOR UPDATE OF d SKIP LOCKED"),
        ") UPDATE dispatches d ",
        take!(),
        "FROM due WHERE d.workspace_id = $1 AND d.id = due.id RETURNING ",
        columns!("d.")
    ),
};
/// Some dispatches; PostgreSQL keeps others from changing them.
const MANY: Statement = Statement {
    name: "outbox::store::MANY",
    sqlite: concat!(
        "SELECT ",
        columns!(""),
        " FROM dispatches WHERE workspace_id = $1 AND id IN (SELECT unhex(value) FROM json_each($2))"
    ),
    postgres: concat!(
        "SELECT ",
        columns!(""),
        " FROM dispatches WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE"
    ),
};

/// The SQL texts that differ.
pub const DIALECT_STATEMENTS: &[Statement] = &[CLAIM, MANY];

/// A dispatch as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Dispatch {
    pub id: DispatchId,
    #[sqlx(try_from = "String")]
    pub origin: Origin,
    pub origin_id: Uuid,
    pub step: String,
    pub occurrence: String,
    pub contact_id: ContactId,
    pub channel_id: ChannelId,
    pub address: String,
    pub template_id: Option<TemplateId>,
    pub template_version: Option<i64>,
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    #[sqlx(json)]
    pub content: Content,
    pub rendered: String,
    #[sqlx(try_from = "String")]
    pub state: State,
    #[sqlx(try_from = "ReasonText")]
    pub reason: Option<Why>,
    pub error_code: Option<String>,
    pub error_text: Option<String>,
    pub due_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub attempts: i64,
    pub claimed_until: Option<DateTime<Utc>>,
    pub provider_message_id: Option<String>,
    pub queued_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
    pub updated_at: DateTime<Utc>,
}

/// A reason as it is stored: a word or nothing.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct ReasonText(Option<String>);

impl TryFrom<ReasonText> for Option<Why> {
    type Error = rumbo_base::Error;
    fn try_from(text: ReasonText) -> Result<Self> {
        text.0.map(Why::try_from).transpose()
    }
}

/// One dispatch.
pub(super) async fn get(tx: &mut Tx, workspace: WorkspaceId, id: DispatchId) -> Result<Dispatch> {
    find(tx, workspace, id)
        .await?
        .ok_or_else(|| super::gone("dispatch"))
}

/// One dispatch, if it is there.
pub(super) async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: DispatchId,
) -> Result<Option<Dispatch>> {
    on_tx!(tx, |c| sqlx::query_as(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// Some dispatches, which nobody else changes until the transaction ends.
pub(super) async fn locked(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ids: &[DispatchId],
) -> Result<Vec<Dispatch>> {
    match tx {
        Tx::Sqlite(c) => {
            sqlx::query_as(MANY.sqlite)
                .bind(workspace)
                .bind(hex_list(ids.iter().map(|id| id.0)))
                .fetch_all(&mut **c)
                .await
        }
        Tx::Postgres(c) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
            sqlx::query_as(MANY.postgres)
                .bind(workspace)
                .bind(ids)
                .fetch_all(&mut **c)
                .await
        }
    }
    .db()
}

/// The dispatch that a provider knows by an id.
pub(super) async fn by_message(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: ChannelId,
    message: &str,
) -> Result<Option<Dispatch>> {
    on_tx!(tx, |c| sqlx::query_as(BY_MESSAGE)
        .bind(workspace)
        .bind(channel)
        .bind(message)
        .fetch_optional(c)
        .await)
    .db()
}

/// Who claims, how much, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub channel: ChannelId,
    pub by: Uuid,
    pub now: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Pairs that had a message since wait.
    pub pair_since: Option<DateTime<Utc>>,
    pub most: i64,
}

/// Takes what is due.
pub(super) async fn claim(
    tx: &mut Tx,
    workspace: WorkspaceId,
    claim: &Claim,
) -> Result<Vec<Dispatch>> {
    let sql = tx.pick(CLAIM);
    let mut claimed: Vec<Dispatch> = on_tx!(tx, |c| sqlx::query_as(sql)
        .bind(workspace)
        .bind(claim.channel)
        .bind(claim.now)
        .bind(claim.pair_since)
        .bind(claim.by)
        .bind(claim.until)
        // Without a bound for pairs nothing lies after it, and nobody waits. With one, what was planned
        // so long ago has been sent or given up.
        .bind(claim.pair_since.map(|_| claim.now - TimeDelta::days(30)))
        .bind(claim.most)
        .fetch_all(c)
        .await)
    .db()?;
    // RETURNING gives them in no order.
    claimed.sort_by_key(|dispatch| (dispatch.due_at, dispatch.id));
    Ok(claimed)
}

/// Why and until when a dispatch goes back to the queue.
#[derive(Clone, Debug)]
pub(super) struct PutBack<'a> {
    pub why: Option<Why>,
    pub due_at: DateTime<Utc>,
    /// Whether the provider was called.
    pub called: bool,
    pub error_code: Option<&'a str>,
    pub error_text: Option<&'a str>,
}

/// Puts a dispatch back.
pub(super) async fn put_back(
    tx: &mut Tx,
    scope: &Scope,
    id: DispatchId,
    back: &PutBack<'_>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(PUT_BACK)
        .bind(scope.workspace)
        .bind(id)
        .bind(back.why.map(Why::word))
        .bind(back.due_at)
        .bind(i64::from(!back.called))
        .bind(back.error_code)
        .bind(back.error_text)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Where a dispatch comes to stand without a provider's word.
#[derive(Clone, Debug)]
pub(super) struct Stand<'a> {
    pub state: State,
    pub why: Option<Why>,
    pub error_code: Option<&'a str>,
    pub error_text: Option<&'a str>,
    pub due_at: DateTime<Utc>,
}

/// Puts a dispatch into a state.
pub(super) async fn stand(
    tx: &mut Tx,
    scope: &Scope,
    id: DispatchId,
    stand: &Stand<'_>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(STAND)
        .bind(scope.workspace)
        .bind(id)
        .bind(stand.state.word())
        .bind(stand.why.map(Why::word))
        .bind(stand.error_code)
        .bind(stand.error_text)
        .bind(stand.due_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// What a provider told of a dispatch.
#[derive(Clone, Debug, Default)]
pub(super) struct Told<'a> {
    pub message_id: Option<&'a str>,
    pub why: Option<Why>,
    pub error_code: Option<&'a str>,
    pub error_text: Option<&'a str>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
}

/// Writes what a provider told.
pub(super) async fn tell(
    tx: &mut Tx,
    scope: &Scope,
    id: DispatchId,
    state: State,
    told: &Told<'_>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(TELL)
        .bind(scope.workspace)
        .bind(id)
        .bind(state.word())
        .bind(told.why.map(Why::word))
        .bind(told.error_code)
        .bind(told.error_text)
        .bind(told.message_id)
        .bind(told.sent_at)
        .bind(told.delivered_at)
        .bind(told.read_at)
        .bind(told.failed_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// A line of a dispatch's history.
#[derive(Clone, Debug)]
pub(super) struct Event<'a> {
    pub dispatch: DispatchId,
    pub state: &'a str,
    pub why: Option<Why>,
    pub error_code: Option<&'a str>,
    /// `sender`, `answer`, `webhook`, `poll` or `person`.
    pub source: &'a str,
    pub at: DateTime<Utc>,
}

/// Writes a line of history.
pub(super) async fn note(tx: &mut Tx, scope: &Scope, event: &Event<'_>) -> Result<()> {
    let now = scope.now();
    let id: Uuid = scope.entropy.uuid(now);
    on_tx!(tx, |c| sqlx::query(EVENT)
        .bind(scope.workspace)
        .bind(id)
        .bind(event.dispatch)
        .bind(event.state)
        .bind(event.why.map(Why::word))
        .bind(event.error_code)
        .bind(event.source)
        .bind(event.at)
        .bind(now)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

macro_rules! listed {
    ($name:ident, $sql:ident, $doc:literal) => {
        #[doc = $doc]
        pub(super) async fn $name(
            tx: &mut Tx,
            workspace: WorkspaceId,
            now: DateTime<Utc>,
        ) -> Result<Vec<Dispatch>> {
            on_tx!(tx, |c| sqlx::query_as($sql)
                .bind(workspace)
                .bind(now)
                .fetch_all(c)
                .await)
            .db()
        }
    };
}
listed!(died, DIED, "What somebody claimed who did not come back.");
listed!(
    to_ask,
    TO_ASK,
    "What is unknown and may be asked about again."
);
listed!(to_release, TO_RELEASE, "What was held until now.");

/// Asks about an unknown dispatch again at another time.
pub(super) async fn ask_later(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: DispatchId,
    at: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(ASK_LATER)
        .bind(workspace)
        .bind(id)
        .bind(at)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Holds everything of a template that the provider refuses.
pub(super) async fn hold_template(
    tx: &mut Tx,
    scope: &Scope,
    template: TemplateId,
    until: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(HOLD_TEMPLATE)
        .bind(scope.workspace)
        .bind(template)
        .bind(until)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// The ids of some dispatches' contacts, for [`super::person::of_list`], each once.
pub(super) fn contacts_of(dispatches: &[Dispatch]) -> Vec<ContactId> {
    let mut ids: Vec<ContactId> = dispatches.iter().map(|d| d.contact_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
