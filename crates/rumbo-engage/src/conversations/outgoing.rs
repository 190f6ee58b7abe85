//! The row of a message being sent. It is there before the provider is called, so that nothing goes
//! out that its conversation does not show. Its id is the dispatch's.

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, ContactId, ConversationId, Currency, MessageId, Micros, Result};
use rumbo_channels::{Content, MediaKind};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use crate::outbox::{Dispatch, State};

statements! {
    OPEN_CONVERSATION = "INSERT INTO conversations (workspace_id, id, channel_id, address, contact_id, state, \
        created_at, created_by, updated_at, updated_by, bulk_only) \
        VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $6, $7, $8) \
        ON CONFLICT (workspace_id, channel_id, address) DO UPDATE SET \
        bulk_only = (conversations.bulk_only AND excluded.bulk_only), \
        contact_id = COALESCE(conversations.contact_id, excluded.contact_id) RETURNING id";
    INSERT = "INSERT INTO messages (workspace_id, id, conversation_id, channel_id, direction, kind, body, media, \
        template_id, template_version, parameters, address, automatic, origin, origin_name, dispatch_id, status, \
        occurred_at, queued_at, created_at, created_by, updated_at, updated_by, price_micros, currency, price_listed) \
        VALUES ($1, $2, $3, $4, 'outbound', $5, $6, $7, $8, $9, $10, $11, $12, $13, \
        (SELECT b.name FROM bulk_sends b WHERE b.workspace_id = $1 AND b.id = $14), $15, 'pending', \
        $16, $17, $16, $18, $16, $18, $19, $20, $21) ON CONFLICT DO NOTHING";
    /// A message that another program of ours was told of, before we knew that it is this one.
    ECHO = "SELECT id FROM messages WHERE workspace_id = $1 AND channel_id = $2 AND provider_message_id = $3 \
        AND id <> $4";
    ECHO_STATUSES = "DELETE FROM message_statuses WHERE workspace_id = $1 AND message_id = $2";
    ECHO_GONE = "DELETE FROM messages WHERE workspace_id = $1 AND id = $2";
    TELL = "UPDATE messages SET status = $3, error_code = $4, error_text = $5, \
        provider_message_id = COALESCE(provider_message_id, $6), sent_at = COALESCE(sent_at, $7), \
        delivered_at = COALESCE(delivered_at, $8), read_at = COALESCE(read_at, $9), \
        failed_at = COALESCE(failed_at, $10), updated_at = $11 \
        WHERE workspace_id = $1 AND id = $2";
    STATUS = "INSERT INTO message_statuses (workspace_id, message_id, status, occurred_at, error_code, error_text, \
        created_at) SELECT $1, id, $3, $4, $5, $6, $7 FROM messages WHERE workspace_id = $1 AND id = $2 \
        ON CONFLICT DO NOTHING";
    /// One that was not sent yet stands where it is handed over now.
    AGAIN = "UPDATE messages SET occurred_at = $3, updated_at = $3 WHERE workspace_id = $1 AND id = $2 \
        AND status = 'pending' AND sent_at IS NULL";
    LAST_MESSAGE = "UPDATE conversations SET updated_at = $3, \
        last_message_at = (SELECT occurred_at FROM messages WHERE workspace_id = $1 AND id = $2) \
        WHERE workspace_id = $1 AND id = (SELECT conversation_id FROM messages WHERE workspace_id = $1 AND id = $2) \
        AND (last_message_at IS NULL \
        OR last_message_at < (SELECT occurred_at FROM messages WHERE workspace_id = $1 AND id = $2))";
}

/// The message of a dispatch.
pub fn message_of(dispatch: &Dispatch) -> MessageId {
    MessageId(dispatch.id.0)
}

/// The conversation with an address at a channel; it is opened where there is none. What goes to many
/// (`bulk`) opens one that no list of open ones shows until somebody says a word.
///
/// # Errors
/// When the store cannot be written.
pub async fn open(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    address: &str,
    contact: Option<ContactId>,
    bulk: bool,
) -> Result<ConversationId> {
    let fresh: ConversationId = scope.id();
    on_tx!(tx, |c| sqlx::query_scalar(OPEN_CONVERSATION)
        .bind(scope.workspace)
        .bind(fresh)
        .bind(channel)
        .bind(address)
        .bind(contact)
        .bind(scope.now())
        .bind(scope.actor)
        .bind(bulk)
        .fetch_one(c)
        .await)
    .db()
}

/// Writes the row of a message that is about to be sent, and opens its conversation where there is
/// none. Where the row is there already, from an attempt before, it moves to now. `listed` is what it costs by
/// the channel's price list, until the provider tells.
///
/// # Errors
/// When the store cannot be written.
pub async fn pending(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    listed: Option<(Micros, Currency)>,
) -> Result<()> {
    let now = scope.now();
    let by = Scope {
        actor: dispatch.created_by,
        ..scope.clone()
    };
    let (channel, address) = (dispatch.channel_id, dispatch.address.as_str());
    let contact = Some(dispatch.contact_id);
    let conversation = open(
        tx,
        &by,
        channel,
        address,
        contact,
        dispatch.origin.is_to_many(),
    )
    .await?;
    let (kind, media, parameters) = parts(&dispatch.content);
    let added = on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace)
        .bind(message_of(dispatch))
        .bind(conversation)
        .bind(dispatch.channel_id)
        .bind(kind)
        .bind(&dispatch.rendered)
        .bind(media.map(Json))
        .bind(dispatch.template_id)
        .bind(dispatch.template_version)
        .bind(parameters.map(Json))
        .bind(&dispatch.address)
        .bind(dispatch.origin.is_automatic())
        .bind(dispatch.origin.word())
        .bind(dispatch.origin_id)
        .bind(dispatch.id)
        .bind(now)
        .bind(dispatch.queued_at)
        .bind(dispatch.created_by)
        .bind(listed.map(|(price, _)| price))
        .bind(listed.map(|(_, currency)| currency.to_string()))
        .bind(listed.is_some())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    if added > 0 {
        return Ok(());
    }
    on_tx!(tx, |c| sqlx::query(AGAIN)
        .bind(scope.workspace)
        .bind(message_of(dispatch))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Kind, media and parameters of a row, as they are stored.
fn parts(
    content: &Content,
) -> (
    &'static str,
    Option<serde_json::Value>,
    Option<serde_json::Value>,
) {
    match content {
        Content::Text { .. } => ("text", None, None),
        Content::Media { kind, .. } => {
            let kind = match kind {
                MediaKind::Image => "image",
                MediaKind::Video => "video",
                MediaKind::Audio => "audio",
                MediaKind::Document => "document",
                MediaKind::Sticker => "sticker",
            };
            (kind, serde_json::to_value(content).ok(), None)
        }
        Content::Template(template) => (
            "template",
            None,
            serde_json::to_value(&template.parameters).ok(),
        ),
    }
}

/// What became of a message.
#[derive(Clone, Debug, Default)]
pub struct Fate<'a> {
    pub provider_message_id: Option<&'a str>,
    pub error_code: Option<&'a str>,
    pub error_text: Option<&'a str>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
}

/// Writes what became of a dispatch's message, to the state that the dispatch has come to.
///
/// # Errors
/// When the store cannot be written.
pub async fn tell(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    state: State,
    fate: &Fate<'_>,
) -> Result<()> {
    let id = message_of(dispatch);
    let now = scope.now();
    if let Some(told) = fate.provider_message_id {
        let echo: Option<MessageId> = on_tx!(tx, |c| sqlx::query_scalar(ECHO)
            .bind(scope.workspace)
            .bind(dispatch.channel_id)
            .bind(told)
            .bind(id)
            .fetch_optional(c)
            .await)
        .db()?;
        if let Some(echo) = echo {
            crate::chatwoot::is_also(tx, scope, echo, id).await?;
            for sql in [ECHO_STATUSES, ECHO_GONE] {
                on_tx!(tx, |c| sqlx::query(sql)
                    .bind(scope.workspace)
                    .bind(echo)
                    .execute(c)
                    .await
                    .map(|_| ()))
                .db()?;
            }
        }
    }
    on_tx!(tx, |c| sqlx::query(TELL)
        .bind(scope.workspace)
        .bind(id)
        .bind(state.message_status())
        .bind(fate.error_code)
        .bind(fate.error_text)
        .bind(fate.provider_message_id)
        .bind(fate.sent_at)
        .bind(fate.delivered_at)
        .bind(fate.read_at)
        .bind(fate.failed_at)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    if fate.sent_at.is_some() {
        on_tx!(tx, |c| sqlx::query(LAST_MESSAGE)
            .bind(scope.workspace)
            .bind(id)
            .bind(now)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// Keeps a status that was told of a dispatch's message, whatever became of it.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep_status(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    status: &str,
    at: DateTime<Utc>,
    error: (Option<&str>, Option<&str>),
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(STATUS)
        .bind(scope.workspace)
        .bind(message_of(dispatch))
        .bind(status)
        .bind(at)
        .bind(error.0)
        .bind(error.1)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
