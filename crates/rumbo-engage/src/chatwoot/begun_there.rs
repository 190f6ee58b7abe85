//! Conversations that an agent began in Chatwoot: whom they are with is asked for, and where that is a
//! contact of ours they become the mirror of the contact's conversation. Otherwise what was written is
//! marked as not sent, with the reason beside it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, ContactId, ConversationId, MessageId, Result};
use rumbo_channels::{
    ChannelKind, Chatwoot, ChatwootContact, ChatwootFailure, MessageTold, NewMessage,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::links::{Link, backoff};
use super::replies::{PATIENCE, set_state};
use super::work::{Report, Timing};
use crate::conversations::outgoing;

statements! {
    /// The first answer of each conversation that is none of ours, as far as is known.
    STRANGE = "SELECT r.id, r.chatwoot_id, r.chatwoot_conversation_id AS place, r.hint, r.attempts, r.created_at \
        FROM chatwoot_replies r WHERE r.workspace_id = $1 AND r.link_id = $2 AND r.state = 'waiting' AND r.due_at <= $3 \
        AND NOT EXISTS (SELECT 1 FROM chatwoot_conversations x WHERE x.workspace_id = $1 AND x.link_id = $2 \
        AND x.chatwoot_id = r.chatwoot_conversation_id) ORDER BY r.chatwoot_id LIMIT 100";
    /// Whoever moves the row on has it in hand.
    TAKE = "UPDATE chatwoot_replies SET attempts = attempts + 1, due_at = $4, updated_at = $5 \
        WHERE workspace_id = $1 AND id = $2 AND state = 'waiting' AND attempts = $3";
    NAMED = "SELECT v.id FROM conversations v \
        JOIN chatwoot_channels k ON k.workspace_id = $1 AND k.link_id = $2 AND k.channel_id = v.channel_id \
        WHERE v.workspace_id = $1 AND v.id = $3";
    CONTACT = "SELECT id FROM contacts WHERE workspace_id = $1 AND id = $2";
    BY_PHONE = "SELECT id FROM contacts WHERE workspace_id = $1 AND phone = $2";
    BY_EMAIL = "SELECT id FROM contacts WHERE workspace_id = $1 AND email = $2 ORDER BY id LIMIT 2";
    /// Where the contact wrote last, of what is mirrored.
    WITH = "SELECT v.id FROM conversations v \
        JOIN chatwoot_channels k ON k.workspace_id = $1 AND k.link_id = $2 AND k.channel_id = v.channel_id \
        JOIN channels h ON h.workspace_id = $1 AND h.id = v.channel_id AND h.active = TRUE \
        WHERE v.workspace_id = $1 AND v.contact_id = $3 \
        ORDER BY COALESCE(v.last_inbound_at, v.created_at) DESC, v.id LIMIT 1";
    MIRRORED = "SELECT h.id, h.name, h.kind FROM channels h \
        JOIN chatwoot_channels k ON k.workspace_id = $1 AND k.link_id = $2 AND k.channel_id = h.id \
        WHERE h.workspace_id = $1 AND h.active = TRUE ORDER BY h.name, h.id";
    ADDRESSES = "SELECT phone, email FROM contacts WHERE workspace_id = $1 AND id = $2";
    PLACED = "SELECT chatwoot_id, begun_at, claimed_until FROM chatwoot_conversations \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3";
    /// A message was handed over to where the conversation is, and no answer is known.
    HANDED_OVER = "SELECT COUNT(*) FROM chatwoot_messages WHERE workspace_id = $1 AND link_id = $2 \
        AND conversation_id = $3 AND state = 'posting'";
    /// What is there already stays where it is.
    STAYS = "UPDATE chatwoot_messages SET place = $4 WHERE workspace_id = $1 AND link_id = $2 \
        AND conversation_id = $3 AND chatwoot_id IS NOT NULL AND place IS NULL";
    PLACE = "INSERT INTO chatwoot_conversations (workspace_id, link_id, conversation_id, contact, chatwoot_id, read_until, \
        attempts, due_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7, $7) \
        ON CONFLICT (workspace_id, link_id, conversation_id) DO UPDATE SET contact = $4, chatwoot_id = $5, \
        read_until = $6, updated_at = $7";
}

/// An answer in a conversation that is none of ours, as far as is known.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Strange {
    id: Uuid,
    chatwoot_id: i64,
    place: i64,
    hint: Option<ConversationId>,
    attempts: i64,
    created_at: DateTime<Utc>,
}

/// What is to be done about a conversation.
enum With {
    Conversation(ConversationId),
    /// Nobody here, or nothing to write to them by: a word, and the sentence for whoever wrote.
    Nobody(&'static str, String),
    /// Of another workspace, or of a store that is no more: nothing of ours.
    Others,
}

/// Finds out whom conversations are with that were begun in Chatwoot.
pub(super) async fn run(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    timing: &Timing,
) -> Result<(Report, Option<ChatwootFailure>)> {
    let mut report = Report::default();
    let mut tx = scope.read().await?;
    let strange: Vec<Strange> = on_tx!(&mut tx, |c| sqlx::query_as(STRANGE)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(scope.now())
        .fetch_all(c)
        .await)
    .db()?;
    drop(tx);
    // Of each conversation one answer at a time, in the order in which they were written.
    let mut seen = BTreeSet::new();
    for reply in strange {
        if !seen.insert(reply.place) || !take(scope, &reply, timing).await? {
            continue;
        }
        match one(scope, chatwoot, link, &reply).await? {
            Ok(done) => report.add(done),
            Err(failure) => {
                let next = scope.now() + backoff(reply.attempts);
                wait(scope, &reply, next).await?;
                if failure.is_everywhere() {
                    return Ok((report, Some(failure)));
                }
                tracing::warn!(%failure, "a conversation that was begun in Chatwoot");
            }
        }
    }
    Ok((report, None))
}

async fn one(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    reply: &Strange,
) -> Result<std::result::Result<Report, ChatwootFailure>> {
    let told = match chatwoot.conversation(link.account_id, reply.place).await {
        Ok(told) => Some(told),
        // Somebody deleted it meanwhile.
        Err(ChatwootFailure::NotFound(_)) => None,
        Err(failure) => return Ok(Err(failure)),
    };
    let mut tx = scope.write().await?;
    let with = match &told {
        Some(told) if told.inbox.is_none_or(|inbox| inbox == link.inbox_id) => {
            let named = told.ours.or(reply.hint);
            with(&mut tx, scope, link, named, told.person.as_ref()).await?
        }
        _ => With::Others,
    };
    let mut report = Report::default();
    match with {
        With::Conversation(conversation) => {
            let person = told.and_then(|told| told.person).map(|person| person.id);
            let placed = place(&mut tx, scope, link, conversation, person, reply).await?;
            if placed {
                set_state(&mut tx, scope, reply.id, "waiting", None, scope.now()).await?;
                report.begun = 1;
            } else {
                let next = scope.now() + backoff(reply.attempts);
                set_state(&mut tx, scope, reply.id, "waiting", None, next).await?;
            }
            tx.commit().await?;
        }
        With::Others => {
            let now = scope.now();
            let given_up = told.is_none() || now - reply.created_at > PATIENCE;
            let (state, next) = if given_up {
                ("refused", now)
            } else {
                ("waiting", now + backoff(reply.attempts))
            };
            let why = Some("conversation_unknown");
            set_state(&mut tx, scope, reply.id, state, why, next).await?;
            tx.commit().await?;
        }
        With::Nobody(why, sentence) => {
            drop(tx);
            if let Err(failure) = say(scope, chatwoot, link, reply, &sentence).await {
                return Ok(Err(failure));
            }
            let mut tx = scope.write().await?;
            set_state(&mut tx, scope, reply.id, "refused", Some(why), scope.now()).await?;
            tx.commit().await?;
            report.refused = 1;
        }
    }
    Ok(Ok(report))
}

/// Whom a conversation is with, and where the contact's own one is; it is opened where there is none.
async fn with(
    tx: &mut Tx,
    scope: &Scope,
    link: &Link,
    named: Option<ConversationId>,
    person: Option<&ChatwootContact>,
) -> Result<With> {
    if let Some(named) = named {
        let found: Option<ConversationId> = on_tx!(tx, |c| sqlx::query_scalar(NAMED)
            .bind(scope.workspace)
            .bind(link.id)
            .bind(named)
            .fetch_optional(c)
            .await)
        .db()?;
        if let Some(found) = found {
            return Ok(With::Conversation(found));
        }
    }
    let nobody = |why, sentence: &str| {
        Ok(With::Nobody(
            why,
            format!("Rumbo: this was not sent. {sentence}"),
        ))
    };
    let contact = match person {
        Some(person) => contact(tx, scope, person).await?,
        None => None,
    };
    let Some(contact) = contact else {
        return nobody(
            "person_unknown",
            "Nobody with this number or address is a contact in Rumbo. Add the contact there, then write again.",
        );
    };
    let known: Option<ConversationId> = on_tx!(tx, |c| sqlx::query_scalar(WITH)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(contact)
        .fetch_optional(c)
        .await)
    .db()?;
    if let Some(known) = known {
        return Ok(With::Conversation(known));
    }
    let addresses: (Option<String>, Option<String>) = on_tx!(tx, |c| sqlx::query_as(ADDRESSES)
        .bind(scope.workspace)
        .bind(contact)
        .fetch_one(c)
        .await)
    .db()?;
    let mirrored: Vec<(ChannelId, String, ChannelKind)> = on_tx!(tx, |c| sqlx::query_as(MIRRORED)
        .bind(scope.workspace)
        .bind(link.id)
        .fetch_all(c)
        .await)
    .db()?;
    let ways: Vec<(ChannelId, String, String)> = mirrored
        .into_iter()
        .filter_map(|(id, name, kind)| {
            let address = match kind {
                ChannelKind::Whatsapp | ChannelKind::Sms => addresses.0.clone(),
                ChannelKind::Email => addresses.1.clone(),
                // There people have to write first.
                _ => None,
            };
            Some((id, name, address?))
        })
        .collect();
    match ways.as_slice() {
        [] => nobody(
            "no_address",
            "The contact never wrote by a channel that is mirrored here, and has no number or address that one of these could write to.",
        ),
        [(channel, _, address)] => {
            let opened = outgoing::open(tx, scope, *channel, address, Some(contact), false).await?;
            Ok(With::Conversation(opened))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name, _)| name.as_str()).collect();
            let sentence = format!(
                "The contact has not written yet, and could be written to by several channels ({}). Write the first message in Rumbo.",
                names.join(", ")
            );
            nobody("channel_unclear", &sentence)
        }
    }
}

/// The contact of ours: by our own name, then by number, then by e-mail address where it is one's alone.
async fn contact(
    tx: &mut Tx,
    scope: &Scope,
    person: &ChatwootContact,
) -> Result<Option<ContactId>> {
    let named: Option<ContactId> = person
        .identifier
        .as_deref()
        .and_then(|name| name.strip_prefix("rumbo:"))
        .and_then(|id| id.parse().ok());
    if let Some(named) = named {
        let found: Option<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(CONTACT)
            .bind(scope.workspace)
            .bind(named)
            .fetch_optional(c)
            .await)
        .db()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    if let Some(phone) = &person.phone {
        let found: Option<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(BY_PHONE)
            .bind(scope.workspace)
            .bind(phone)
            .fetch_optional(c)
            .await)
        .db()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let Some(email) = &person.email else {
        return Ok(None);
    };
    let found: Vec<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(BY_EMAIL)
        .bind(scope.workspace)
        .bind(email.to_lowercase())
        .fetch_all(c)
        .await)
    .db()?;
    Ok(match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    })
}

#[derive(sqlx::FromRow)]
struct Placed {
    chatwoot_id: Option<i64>,
    begun_at: Option<DateTime<Utc>>,
    claimed_until: Option<DateTime<Utc>>,
}

/// Makes the conversation there the mirror of ours, in place of the one that was; `false` while
/// something is under way with that.
async fn place(
    tx: &mut Tx,
    scope: &Scope,
    link: &Link,
    conversation: ConversationId,
    person: Option<i64>,
    reply: &Strange,
) -> Result<bool> {
    let placed: Option<Placed> = on_tx!(tx, |c| sqlx::query_as(PLACED)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(conversation)
        .fetch_optional(c)
        .await)
    .db()?;
    if let Some(placed) = placed {
        let now = scope.now();
        let handed_over: i64 = on_tx!(tx, |c| sqlx::query_scalar(HANDED_OVER)
            .bind(scope.workspace)
            .bind(link.id)
            .bind(conversation)
            .fetch_one(c)
            .await)
        .db()?;
        let claimed = placed.claimed_until.is_some_and(|until| until > now);
        if claimed || placed.begun_at.is_some() || handed_over > 0 {
            return Ok(false);
        }
        if let Some(before) = placed.chatwoot_id {
            on_tx!(tx, |c| sqlx::query(STAYS)
                .bind(scope.workspace)
                .bind(link.id)
                .bind(conversation)
                .bind(before)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
        }
    }
    on_tx!(tx, |c| sqlx::query(PLACE)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(conversation)
        .bind(person)
        .bind(reply.place)
        // What was written before this answer is history, and no answer of now.
        .bind(reply.chatwoot_id - 1)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(true)
}

/// Says beside an answer why it was not sent: once, also where this is done again.
async fn say(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    reply: &Strange,
    sentence: &str,
) -> std::result::Result<(), ChatwootFailure> {
    let (account, ours) = (link.account_id, MessageId(reply.id));
    let after = chatwoot
        .messages(account, reply.place, reply.chatwoot_id)
        .await?;
    if !after.iter().any(|message| message.ours == Some(ours)) {
        let note = NewMessage {
            source_id: &MessageTold::source_id_of(ours),
            content: sentence,
            incoming: false,
            private: true,
            at: scope.now(),
        };
        chatwoot.create_message(account, reply.place, &note).await?;
    }
    let told = chatwoot
        .set_status(
            account,
            reply.place,
            reply.chatwoot_id,
            "failed",
            Some(sentence),
        )
        .await;
    match told {
        // One that is not taken is not taken the next time either.
        Ok(()) | Err(ChatwootFailure::Refused(_) | ChatwootFailure::NotFound(_)) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Takes an answer in hand; `false` where another program was first.
async fn take(scope: &Scope, reply: &Strange, timing: &Timing) -> Result<bool> {
    let mut tx = scope.write().await?;
    let taken = on_tx!(&mut tx, |c| sqlx::query(TAKE)
        .bind(scope.workspace)
        .bind(reply.id)
        .bind(reply.attempts)
        .bind(scope.now() + timing.lease)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    tx.commit().await?;
    Ok(taken > 0)
}

async fn wait(scope: &Scope, reply: &Strange, until: DateTime<Utc>) -> Result<()> {
    let mut tx = scope.write().await?;
    set_state(&mut tx, scope, reply.id, "waiting", None, until).await?;
    tx.commit().await
}
