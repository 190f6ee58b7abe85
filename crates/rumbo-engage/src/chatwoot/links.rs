//! Which Chatwoot a workspace is linked to, and how that goes.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{
    ChannelId, ChatwootLinkId, Code, ConversationId, Error, Reason, Result, Secret, WorkspaceId,
};
use rumbo_channels::{ChatwootFailure, chatwoot_page};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use rumbo_platform::vault::{SecretScope, Vault};

use super::Hitch;

macro_rules! shown {
    ($rest:expr) => {
        concat!(
            "SELECT id, base_url, account_id, account_name, inbox_id, inbox_name, user_id, user_name, pause_hours, ",
            "signed, active, state, state_reason, state_since, error, error_kind, attempts, due_at, poll_due_at, polled_until, ",
            "told_at, created_at FROM chatwoot_links WHERE workspace_id = $1 ",
            $rest
        )
    };
}

statements! {
    ACTIVE = shown!("AND active = TRUE");
    BY_ID = shown!("AND id = $2");
    SAME = shown!("AND base_url = $2 AND account_id = $3 AND inbox_id = $4");
    ANY_IDS = "SELECT id FROM chatwoot_links WHERE workspace_id = $1";
    INSERT = "INSERT INTO chatwoot_links (workspace_id, id, base_url, account_id, account_name, inbox_id, inbox_name, \
        user_id, user_name, pause_hours, signed, active, state, state_since, attempts, due_at, poll_due_at, \
        polled_until, created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
        FALSE, TRUE, 'connected', $11, 0, $11, $11, $12, $11, $13, $11, $13)";
    UPDATE = "UPDATE chatwoot_links SET account_name = $3, inbox_name = $4, user_id = $5, user_name = $6, \
        pause_hours = $7, active = TRUE, state = 'connected', state_reason = NULL, \
        state_since = CASE WHEN active = TRUE AND state = 'connected' THEN state_since ELSE $8 END, error = NULL, error_kind = NULL, \
        attempts = 0, due_at = $8, poll_due_at = $8, updated_at = $8, updated_by = $9 \
        WHERE workspace_id = $1 AND id = $2";
    DISCONNECT = "UPDATE chatwoot_links SET active = FALSE, signed = FALSE, state = 'disconnected', \
        state_reason = NULL, state_since = $3, error = NULL, error_kind = NULL, updated_at = $3, updated_by = $4 \
        WHERE workspace_id = $1 AND id = $2";
    STOP = "UPDATE chatwoot_links SET state = 'disconnected', state_reason = $3, state_since = $4, updated_at = $4 \
        WHERE workspace_id = $1 AND id = $2 AND state <> 'disconnected'";
    SET_SIGNED = "UPDATE chatwoot_links SET signed = $3, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND id = $2";
    WAIT = "UPDATE chatwoot_links SET attempts = attempts + 1, error = $3, error_kind = $5, due_at = $4 \
        WHERE workspace_id = $1 AND id = $2";
    WORKED = "UPDATE chatwoot_links SET attempts = 0, error = NULL, error_kind = NULL \
        WHERE workspace_id = $1 AND id = $2 AND (attempts > 0 OR error IS NOT NULL)";
    TOLD = "UPDATE chatwoot_links SET told_at = $3, poll_due_at = CASE WHEN $4 = TRUE THEN $3 ELSE poll_due_at END \
        WHERE workspace_id = $1 AND id = $2";
    POLLED = "UPDATE chatwoot_links SET poll_due_at = $3, polled_until = $4 WHERE workspace_id = $1 AND id = $2";
    CHANNELS = "SELECT channel_id FROM chatwoot_channels WHERE workspace_id = $1 AND link_id = $2 ORDER BY channel_id";
    ADD_CHANNEL = "INSERT INTO chatwoot_channels (workspace_id, link_id, channel_id, created_at, created_by) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    REMOVE_CHANNEL = "DELETE FROM chatwoot_channels WHERE workspace_id = $1 AND link_id = $2 AND channel_id = $3";
    FORGET_CHANNEL = "DELETE FROM chatwoot_channels WHERE workspace_id = $1 AND channel_id = $2";
    BACKLOG = "SELECT \
        (SELECT COUNT(*) FROM chatwoot_messages WHERE workspace_id = $1 AND link_id = $2 \
        AND state IN ('waiting', 'posting')) AS waiting, \
        (SELECT COUNT(*) FROM chatwoot_messages WHERE workspace_id = $1 AND link_id = $2 \
        AND state = 'mirrored') AS mirrored, \
        (SELECT COUNT(*) FROM chatwoot_messages WHERE workspace_id = $1 AND link_id = $2 \
        AND state = 'refused') AS refused, \
        (SELECT COUNT(*) FROM chatwoot_replies WHERE workspace_id = $1 AND link_id = $2 \
        AND state = 'waiting') AS replies, \
        (SELECT x.error FROM chatwoot_conversations x WHERE x.workspace_id = $1 AND x.link_id = $2 \
        AND x.error IS NOT NULL ORDER BY x.updated_at DESC LIMIT 1) AS error, \
        (SELECT x.error_kind FROM chatwoot_conversations x WHERE x.workspace_id = $1 AND x.link_id = $2 \
        AND x.error IS NOT NULL ORDER BY x.updated_at DESC LIMIT 1) AS error_kind";
    PLACE = "SELECT l.base_url, l.account_id, c.chatwoot_id FROM chatwoot_conversations c \
        JOIN chatwoot_links l ON l.workspace_id = $1 AND l.id = c.link_id AND l.active = TRUE \
        WHERE c.workspace_id = $1 AND c.conversation_id = $2 AND c.chatwoot_id IS NOT NULL";
}

/// Whether a link can be used, as last known.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    specta::Type,
    sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum LinkState {
    Connected,
    /// Nothing is mirrored until somebody looks after it.
    Disconnected,
}

/// A link to an inbox of a Chatwoot.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    pub id: ChatwootLinkId,
    pub base_url: String,
    pub account_id: i64,
    pub account_name: String,
    pub inbox_id: i64,
    pub inbox_name: String,
    /// Whose access token it is.
    pub user_id: i64,
    pub user_name: String,
    /// How long after an agent's answer rules, sequences and the bot leave the person alone.
    pub pause_hours: i64,
    /// The vault holds the secret that webhooks are signed with.
    pub signed: bool,
    pub active: bool,
    pub state: LinkState,
    pub state_reason: Option<String>,
    pub state_since: DateTime<Utc>,
    /// Why the last try did not work, as it was said, and the word of a [`super::Hitch`].
    pub error: Option<String>,
    pub error_kind: Option<String>,
    pub attempts: i64,
    /// Chatwoot is left alone until then.
    pub due_at: DateTime<Utc>,
    /// When it is asked next what is new.
    pub poll_due_at: DateTime<Utc>,
    /// The last activity of a conversation, in Chatwoot's seconds, up to which everything was read.
    pub polled_until: i64,
    /// When a webhook came last.
    pub told_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// What a person chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFields {
    pub base_url: String,
    pub account: (i64, String),
    pub inbox: (i64, String),
    pub user: (i64, String),
    pub pause_hours: i64,
    pub channels: Vec<ChannelId>,
}

/// How much waits, and how much was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Backlog {
    /// Messages that are not in Chatwoot yet.
    pub waiting: i64,
    pub mirrored: i64,
    /// Messages that Chatwoot does not accept.
    pub refused: i64,
    /// Answers of agents that are not worked on yet.
    pub replies: i64,
    /// What went wrong last with one conversation, as of a [`Link`].
    pub error: Option<String>,
    pub error_kind: Option<String>,
}

/// The most hours that a pause may last: thirty days.
const LONGEST_PAUSE: i64 = 720;

/// Under which name the vault keeps the access token of a link.
pub const TOKEN: &str = "token";

/// Under which name the vault keeps what webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "webhook";

fn secret_name(id: ChatwootLinkId, what: &str) -> String {
    format!("chatwoot/{id}/{what}")
}

/// Every name under which the vault holds something for a workspace's links, also those that were
/// disconnected.
///
/// # Errors
/// When the store cannot be read.
pub async fn secret_names(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<String>> {
    let ids: Vec<ChatwootLinkId> = on_tx!(tx, |c| sqlx::query_scalar(ANY_IDS)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(ids
        .into_iter()
        .flat_map(|id| [secret_name(id, TOKEN), secret_name(id, WEBHOOK_SECRET)])
        .collect())
}

/// The secrets of a link in the vault, by name ([`TOKEN`], [`WEBHOOK_SECRET`]).
pub mod secrets {
    use super::{BTreeMap, ChatwootLinkId, Result, Scope, Secret, SecretScope, Vault, secret_name};

    /// One of them.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub async fn get(
        scope: &Scope,
        vault: &Vault,
        id: ChatwootLinkId,
        what: &str,
    ) -> Result<Option<Secret>> {
        let own = SecretScope::Workspace(scope.workspace);
        vault.get(own, &secret_name(id, what)).await
    }

    /// Keeps some of them; an empty one is forgotten.
    ///
    /// # Errors
    /// When the vault cannot be written.
    pub async fn keep(
        scope: &Scope,
        vault: &Vault,
        id: ChatwootLinkId,
        secrets: BTreeMap<&str, Secret>,
    ) -> Result<()> {
        let own = SecretScope::Workspace(scope.workspace);
        for (what, secret) in secrets {
            if secret.expose().is_empty() {
                vault.delete(own, &secret_name(id, what)).await?;
            } else {
                vault.set(own, &secret_name(id, what), secret).await?;
            }
        }
        Ok(())
    }
}

/// The workspace's link, where there is one.
///
/// # Errors
/// When the store cannot be read.
pub async fn link(tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<Link>> {
    on_tx!(tx, |c| sqlx::query_as(ACTIVE)
        .bind(workspace)
        .fetch_optional(c)
        .await)
    .db()
}

/// One link, also one that was disconnected.
///
/// # Errors
/// `NotFound`.
pub async fn link_of_id(tx: &mut Tx, workspace: WorkspaceId, id: ChatwootLinkId) -> Result<Link> {
    let found: Option<Link> = on_tx!(tx, |c| sqlx::query_as(BY_ID)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    found.ok_or_else(gone)
}

pub(super) fn gone() -> Error {
    Error::new(
        Code::NotFound,
        "This workspace is not linked to Chatwoot. Connect it first.",
    )
    .reason(Reason::Gone)
    .param("what", "chatwoot")
}

/// Links the workspace to an inbox, in place of whatever it was linked to. Linked to the same inbox as
/// before it goes on where it was. Whether it can be reached was seen before.
///
/// # Errors
/// `InvalidInput` for a pause that is out of bounds or a channel that is not there.
pub async fn save(tx: &mut Tx, scope: &Scope, fields: &LinkFields) -> Result<Link> {
    within(fields.pause_hours)?;
    let now = scope.now();
    let same: Option<Link> = on_tx!(tx, |c| sqlx::query_as(SAME)
        .bind(scope.workspace)
        .bind(&fields.base_url)
        .bind(fields.account.0)
        .bind(fields.inbox.0)
        .fetch_optional(c)
        .await)
    .db()?;
    let active = link(tx, scope.workspace).await?;
    if let Some(other) = active.filter(|other| same.as_ref().is_none_or(|same| same.id != other.id))
    {
        disconnect(tx, scope, other.id).await?;
    }
    let id = match same {
        Some(same) => {
            on_tx!(tx, |c| sqlx::query(UPDATE)
                .bind(scope.workspace)
                .bind(same.id)
                .bind(&fields.account.1)
                .bind(&fields.inbox.1)
                .bind(fields.user.0)
                .bind(&fields.user.1)
                .bind(fields.pause_hours)
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            same.id
        }
        None => {
            let id: ChatwootLinkId = scope.id();
            on_tx!(tx, |c| sqlx::query(INSERT)
                .bind(scope.workspace)
                .bind(id)
                .bind(&fields.base_url)
                .bind(fields.account.0)
                .bind(&fields.account.1)
                .bind(fields.inbox.0)
                .bind(&fields.inbox.1)
                .bind(fields.user.0)
                .bind(&fields.user.1)
                .bind(fields.pause_hours)
                .bind(now)
                // What was there before is history.
                .bind(now.timestamp())
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            id
        }
    };
    set_channels(tx, scope, id, &fields.channels).await?;
    link_of_id(tx, scope.workspace, id).await
}

fn within(hours: i64) -> Result<()> {
    if (0..=LONGEST_PAUSE).contains(&hours) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        format!("{hours} is not possible here. Use 0 to {LONGEST_PAUSE}."),
    )
    .field("pause_hours")
    .reason(Reason::NumberOutOfRange)
    .param("value", hours)
    .param("least", 0)
    .param("most", LONGEST_PAUSE))
}

async fn set_channels(
    tx: &mut Tx,
    scope: &Scope,
    id: ChatwootLinkId,
    wanted: &[ChannelId],
) -> Result<()> {
    for channel in wanted {
        // Of this workspace, and there.
        crate::channels::by_id(tx, scope.workspace, *channel).await?;
    }
    let before = chosen_channels(tx, scope.workspace, id).await?;
    for channel in before.iter().filter(|channel| !wanted.contains(channel)) {
        on_tx!(tx, |c| sqlx::query(REMOVE_CHANNEL)
            .bind(scope.workspace)
            .bind(id)
            .bind(channel)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    for channel in wanted {
        on_tx!(tx, |c| sqlx::query(ADD_CHANNEL)
            .bind(scope.workspace)
            .bind(id)
            .bind(channel)
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// The channels whose messages are mirrored.
///
/// # Errors
/// When the store cannot be read.
pub async fn chosen_channels(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ChatwootLinkId,
) -> Result<Vec<ChannelId>> {
    on_tx!(tx, |c| sqlx::query_scalar(CHANNELS)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

/// Mirrors a channel no more: it is removed.
///
/// # Errors
/// When the store cannot be written.
pub async fn forget_channel(tx: &mut Tx, workspace: WorkspaceId, channel: ChannelId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(FORGET_CHANNEL)
        .bind(workspace)
        .bind(channel)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Ends the link. What was mirrored stays in both, and so does the knowledge of what is what. Its
/// secrets are the caller's to forget.
///
/// # Errors
/// When the store cannot be written.
pub async fn disconnect(tx: &mut Tx, scope: &Scope, id: ChatwootLinkId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(DISCONNECT)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes whether the vault holds the secret that webhooks are signed with.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_signed(
    tx: &mut Tx,
    scope: &Scope,
    id: ChatwootLinkId,
    signed: bool,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_SIGNED)
        .bind(scope.workspace)
        .bind(id)
        .bind(signed)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes that Chatwoot called. `ask` where the call itself cannot be believed: Chatwoot is asked at
/// once what is new.
///
/// # Errors
/// When the store cannot be written.
pub async fn told(tx: &mut Tx, scope: &Scope, id: ChatwootLinkId, ask: bool) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(TOLD)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .bind(ask)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Stops the link until somebody looks after it.
pub(super) async fn stop(
    tx: &mut Tx,
    scope: &Scope,
    id: ChatwootLinkId,
    reason: &str,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(STOP)
        .bind(scope.workspace)
        .bind(id)
        .bind(reason)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Leaves Chatwoot alone for a while.
pub(super) async fn wait(
    tx: &mut Tx,
    scope: &Scope,
    id: ChatwootLinkId,
    failure: &ChatwootFailure,
    until: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(WAIT)
        .bind(scope.workspace)
        .bind(id)
        .bind(failure.to_string())
        .bind(until)
        .bind(Hitch::from(failure).word())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes that Chatwoot answers.
pub(super) async fn worked(tx: &mut Tx, scope: &Scope, id: ChatwootLinkId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(WORKED)
        .bind(scope.workspace)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes how far it was asked what is new, and when it is asked next.
pub(super) async fn polled(
    tx: &mut Tx,
    scope: &Scope,
    id: ChatwootLinkId,
    next: DateTime<Utc>,
    until: i64,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(POLLED)
        .bind(scope.workspace)
        .bind(id)
        .bind(next)
        .bind(until)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// How much waits, and how much was done.
///
/// # Errors
/// When the store cannot be read.
pub async fn backlog(tx: &mut Tx, workspace: WorkspaceId, id: ChatwootLinkId) -> Result<Backlog> {
    on_tx!(tx, |c| sqlx::query_as(BACKLOG)
        .bind(workspace)
        .bind(id)
        .fetch_one(c)
        .await)
    .db()
}

/// The page in Chatwoot of a conversation that is there too.
///
/// # Errors
/// When the store cannot be read.
pub async fn place(
    tx: &mut Tx,
    workspace: WorkspaceId,
    conversation: ConversationId,
) -> Result<Option<String>> {
    let found: Option<(String, i64, i64)> = on_tx!(tx, |c| sqlx::query_as(PLACE)
        .bind(workspace)
        .bind(conversation)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(found.map(|(base, account, conversation)| chatwoot_page(&base, account, conversation)))
}

/// How long is waited after so many tries in a row: 2 s, 4 s, … up to an hour.
pub(super) fn backoff(attempts: i64) -> TimeDelta {
    let doubled = u32::try_from(attempts.clamp(0, 11)).unwrap_or(11);
    TimeDelta::seconds((2_i64 << doubled).min(3_600))
}
