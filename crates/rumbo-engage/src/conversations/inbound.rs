//! Messages that were not sent from here: of the person, or of our side by another program.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ContactId, ConversationId, MessageId, Result};
use rumbo_channels::{ChannelKind, InboundMessage};
use rumbo_crm::arrivals::{self, AdClick, Arrival};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::clock::{self, Written};
use super::{ChannelRef, expect_file};

statements! {
    KNOWN = "SELECT id FROM messages WHERE workspace_id = $1 AND channel_id = $2 AND provider_message_id = $3";
    FIND = "SELECT id, contact_id, name FROM conversations WHERE workspace_id = $1 AND channel_id = $2 AND address = $3";
    BEGIN = "INSERT INTO conversations (workspace_id, id, channel_id, address, contact_id, name, state, created_at, \
        created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $7, $8) \
        ON CONFLICT (workspace_id, channel_id, address) DO NOTHING";
    /// A message of ours whose answer is still awaited: an echo may be of it.
    BEING_SENT = "SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id = $2 \
        AND occurred_at >= $3 AND direction = 'outbound' AND status = 'pending' AND provider_message_id IS NULL LIMIT 1";
    ADD = "INSERT INTO messages (workspace_id, id, conversation_id, channel_id, direction, kind, body, media, address, \
        automatic, origin, provider_message_id, reply_to, status, raw, occurred_at, sent_at, created_at, \
        created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, FALSE, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17, $18) \
        ON CONFLICT (workspace_id, channel_id, provider_message_id) WHERE provider_message_id IS NOT NULL DO NOTHING";
    /// Somebody wrote: an ended conversation goes on, and there is something to read.
    RECEIVED = "UPDATE conversations SET state = 'open', bulk_only = FALSE, contact_id = COALESCE(contact_id, $6), \
        name = COALESCE(name, $5), \
        last_message_at = CASE WHEN last_message_at IS NULL OR last_message_at < $3 THEN $3 ELSE last_message_at END, \
        last_inbound_at = CASE WHEN last_inbound_at IS NULL OR last_inbound_at < $7 THEN $7 ELSE last_inbound_at END, \
        last_received_at = CASE WHEN last_received_at IS NULL OR last_received_at < $4 THEN $4 ELSE last_received_at END, \
        updated_at = $4 WHERE workspace_id = $1 AND id = $2";
    SENT_ELSEWHERE = "UPDATE conversations SET bulk_only = FALSE, \
        last_message_at = CASE WHEN last_message_at IS NULL OR last_message_at < $3 THEN $3 ELSE last_message_at END, \
        updated_at = $4 WHERE workspace_id = $1 AND id = $2";
}

/// How long an answer of the provider may take, after which an echo is taken for another program's.
const ANSWER_TAKES: TimeDelta = TimeDelta::minutes(5);

/// What became of a message that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is kept.
    New {
        conversation: ConversationId,
        message: MessageId,
        /// Who wrote; `None` in a group.
        contact: Option<ContactId>,
        /// The contact was made for it.
        new_contact: bool,
    },
    /// It was there.
    Known,
    /// It may be the echo of a message of ours whose answer is still awaited: look again.
    Later,
}

#[derive(sqlx::FromRow)]
struct Found {
    id: ConversationId,
    contact_id: Option<ContactId>,
    name: Option<String>,
}

/// Keeps a message that comes now. The same one again changes nothing.
///
/// # Errors
/// When the store cannot be written.
pub async fn receive(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    message: &InboundMessage,
) -> Result<Received> {
    receive_at(tx, scope, channel, message, scope.now()).await
}

/// Keeps a message that reached us then. The same one again changes nothing.
///
/// # Errors
/// When the store cannot be written.
pub async fn receive_at(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    message: &InboundMessage,
    reached: DateTime<Utc>,
) -> Result<Received> {
    if is_known(tx, scope, channel, &message.id).await? {
        return Ok(Received::Known);
    }
    let now = scope.now();
    let ahead = clock::ahead(tx, scope, channel.id).await?;
    let written = clock::written(message.at, ahead, reached.min(now));
    let at = written.at;
    let address = message.group.as_deref().unwrap_or(&message.address);
    let mut found = find(tx, scope, channel, address).await?;
    if message.echo
        && let Some(conversation) = &found
        && is_being_sent(tx, scope, conversation.id, at).await?
    {
        return Ok(Received::Later);
    }
    let missing = found
        .as_ref()
        .is_none_or(|found| found.contact_id.is_none());
    let (contact, new_contact) = match (&message.group, missing) {
        (Some(_), _) => (None, false),
        (None, true) => {
            let (contact, new) =
                arrivals::arrive(tx, scope, &arrival(channel, message, at)).await?;
            (Some(contact), new)
        }
        (None, false) => (found.as_ref().and_then(|found| found.contact_id), false),
    };
    // An echo names the business, not the person.
    let name = message.name.as_deref().filter(|_| !message.echo);
    if found.is_none() {
        begin(tx, scope, channel, address, contact, name).await?;
        found = find(tx, scope, channel, address).await?;
    }
    let Some(conversation) = found else {
        return Err(super::gone());
    };
    // The row and the conversation say the same of when it came: what is read and what is not is told
    // apart by it.
    let came = Came { written, now };
    let id = add(tx, scope, channel, conversation.id, message, came).await?;
    let Some(id) = id else {
        return Ok(Received::Known);
    };
    if message.media.is_some() && !message.echo {
        expect_file(tx, scope, id).await?;
    }
    let name = name.filter(|_| conversation.name.is_none());
    let echo = message.echo;
    moved(tx, scope, conversation.id, echo, came, name, contact).await?;
    if let (Some(contact), Some(referral), false) = (contact, &message.referral, message.echo) {
        let click = AdClick {
            message_id: &message.id,
            medium: channel.kind().word(),
            ad_id: referral
                .source_id
                .as_deref()
                .filter(|_| referral.source_type == "ad"),
            click_id: referral.click_id.as_deref(),
            headline: referral.headline.as_deref(),
            body: referral.body.as_deref(),
            url: referral.source_url.as_deref(),
        };
        arrivals::note_ad_click(tx, scope, contact, at, &click).await?;
    }
    Ok(Received::New {
        conversation: conversation.id,
        message: id,
        contact,
        new_contact,
    })
}

fn arrival(channel: ChannelRef, message: &InboundMessage, at: DateTime<Utc>) -> Arrival<'_> {
    let kind = channel.kind();
    Arrival {
        kind: kind.word(),
        address: &message.address,
        user_id: message.user_id.as_deref(),
        name: message.name.as_deref().filter(|_| !message.echo),
        is_phone: matches!(kind, ChannelKind::Whatsapp | ChannelKind::Sms),
        is_email: kind == ChannelKind::Email,
        lead_source: if message.referral.is_some() {
            "CLICK_TO_WHATSAPP"
        } else {
            "ORGANIC"
        },
        at,
    }
}

async fn is_known(tx: &mut Tx, scope: &Scope, channel: ChannelRef, id: &str) -> Result<bool> {
    let known: Option<MessageId> = on_tx!(tx, |c| sqlx::query_scalar(KNOWN)
        .bind(scope.workspace)
        .bind(channel.id)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(known.is_some())
}

async fn is_being_sent(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
    at: DateTime<Utc>,
) -> Result<bool> {
    if scope.now() - at > ANSWER_TAKES {
        return Ok(false);
    }
    let pending: Option<MessageId> = on_tx!(tx, |c| sqlx::query_scalar(BEING_SENT)
        .bind(scope.workspace)
        .bind(conversation)
        .bind(scope.now() - ANSWER_TAKES * 2)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(pending.is_some())
}

async fn find(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    address: &str,
) -> Result<Option<Found>> {
    on_tx!(tx, |c| sqlx::query_as(FIND)
        .bind(scope.workspace)
        .bind(channel.id)
        .bind(address)
        .fetch_optional(c)
        .await)
    .db()
}

async fn begin(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    address: &str,
    contact: Option<ContactId>,
    name: Option<&str>,
) -> Result<()> {
    let id: ConversationId = scope.id();
    on_tx!(tx, |c| sqlx::query(BEGIN)
        .bind(scope.workspace)
        .bind(id)
        .bind(channel.id)
        .bind(address)
        .bind(contact)
        .bind(name)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// When a message was written, and when it came here.
#[derive(Clone, Copy)]
struct Came {
    written: Written,
    now: DateTime<Utc>,
}

/// Writes the row; `None` where another program was first.
async fn add(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    conversation: ConversationId,
    message: &InboundMessage,
    came: Came,
) -> Result<Option<MessageId>> {
    let at = came.written.placed;
    let id = clock::id_at(tx, scope, conversation, at).await?;
    let (direction, origin, status, sent_at) = if message.echo {
        ("outbound", "elsewhere", "sent", Some(at))
    } else {
        ("inbound", "contact", "received", None)
    };
    // PostgreSQL keeps no zero character.
    let body = message.body.replace('\0', "");
    let added = on_tx!(tx, |c| sqlx::query(ADD)
        .bind(scope.workspace)
        .bind(id)
        .bind(conversation)
        .bind(channel.id)
        .bind(direction)
        .bind(message.kind)
        .bind(&body)
        .bind(message.media.as_ref().map(Json))
        .bind(&message.address)
        .bind(origin)
        .bind(&message.id)
        .bind(&message.reply_to)
        .bind(status)
        .bind(Json(&message.raw))
        .bind(at)
        .bind(sent_at)
        .bind(came.now)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    Ok((added > 0).then_some(id))
}

async fn moved(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
    echo: bool,
    came: Came,
    name: Option<&str>,
    contact: Option<ContactId>,
) -> Result<()> {
    on_tx!(tx, |c| {
        let query = sqlx::query::<DB>(if echo { SENT_ELSEWHERE } else { RECEIVED })
            .bind(scope.workspace)
            .bind(conversation)
            .bind(came.written.placed)
            .bind(came.now);
        let query = if echo {
            query
        } else {
            query.bind(name).bind(contact).bind(came.written.at)
        };
        query.execute(c).await.map(|_| ())
    })
    .db()
}
