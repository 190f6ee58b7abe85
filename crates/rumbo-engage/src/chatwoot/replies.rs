//! From Chatwoot to here: what agents write for people. It is stored when it is heard of, made into
//! dispatches after, and what becomes of those is told back.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChatwootLinkId, ContactId, ConversationId, DispatchId, Result};
use rumbo_channels::{
    ChatwootEvent, Content, ConversationTold, MediaKind, MediaSource, MessageTold, ReplyFile,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use rumbo_platform::audit::{self, Deed};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::links::{Link, LinkState};
use super::mirror::{arrived, place_known};
use super::work::Report;
use crate::conversations;
use crate::outbox::{self, OneMessage, Origin, Purpose, State};

statements! {
    KNOWN = "SELECT COUNT(*) FROM chatwoot_messages WHERE workspace_id = $1 AND link_id = $2 AND chatwoot_id = $3";
    KEEP = "INSERT INTO chatwoot_replies (workspace_id, id, link_id, chatwoot_id, chatwoot_conversation_id, hint, body, \
        attachments, author, by_person, written_at, state, attempts, due_at, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', 0, $12, $12, $12) \
        ON CONFLICT (workspace_id, link_id, chatwoot_id) DO NOTHING";
    /// Of each conversation in the order in which they were written.
    DUE = "SELECT id, chatwoot_id, chatwoot_conversation_id, body, attachments, by_person, written_at, attempts \
        FROM chatwoot_replies WHERE workspace_id = $1 AND link_id = $2 AND state = 'waiting' \
        AND due_at <= $3 ORDER BY chatwoot_id LIMIT 200";
    /// Another program may have taken it meanwhile: then nothing is changed.
    TAKE = "UPDATE chatwoot_replies SET attempts = attempts + 1, updated_at = $4 \
        WHERE workspace_id = $1 AND id = $2 AND state = 'waiting' AND attempts = $3";
    SET_STATE = "UPDATE chatwoot_replies SET state = $3, reason = $4, due_at = $5, updated_at = $6 \
        WHERE workspace_id = $1 AND id = $2";
    CONVERSATION = "SELECT x.conversation_id, v.channel_id, v.contact_id, v.address FROM chatwoot_conversations x \
        JOIN conversations v ON v.workspace_id = $1 AND v.id = x.conversation_id \
        WHERE x.workspace_id = $1 AND x.link_id = $2 AND x.chatwoot_id = $3";
    SAME = "INSERT INTO chatwoot_messages (workspace_id, link_id, message_id, conversation_id, origin, reply_id, state, \
        chatwoot_id, status_due, occurred_at, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, 'chatwoot', $5, 'mirrored', $6, FALSE, $7, $8, $8)";
    NOTE = "INSERT INTO chatwoot_messages (workspace_id, link_id, message_id, conversation_id, origin, note, state, \
        status_due, occurred_at, created_at, updated_at) VALUES ($1, $2, $3, $4, 'note', $5, 'waiting', FALSE, $6, $6, $6) \
        ON CONFLICT DO NOTHING";
    REFUSED_NOW = "UPDATE chatwoot_messages SET status_due = TRUE WHERE workspace_id = $1 AND reply_id = $2";
    /// What became of answers that were made into dispatches: each with the dispatch that stands worst.
    PLANNED = "SELECT r.id, d.state, d.reason, d.error_text, x.conversation_id FROM chatwoot_replies r \
        JOIN chatwoot_messages x ON x.workspace_id = $1 AND x.link_id = $2 AND x.reply_id = r.id \
        JOIN dispatches d ON d.workspace_id = $1 AND d.id = x.message_id \
        WHERE r.workspace_id = $1 AND r.link_id = $2 AND r.state = 'planned' ORDER BY r.chatwoot_id, d.id LIMIT 1000";
    OURS = "SELECT x.conversation_id FROM chatwoot_conversations x WHERE x.workspace_id = $1 AND x.link_id = $2 \
        AND x.chatwoot_id = $3";
}

/// How long an answer waits for its conversation to be known.
pub(super) const PATIENCE: TimeDelta = TimeDelta::hours(1);

/// An answer that is older than this when it is worked on is not sent any more: nobody expects it.
const TOO_OLD: TimeDelta = TimeDelta::hours(24);

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An answer for a person: it is stored, and [`super::run_once`] goes on with it.
    Reply,
    /// The conversation was ended there: the person is left alone no longer.
    Resolved(ConversationId),
    /// It was known, was written from here, or is nothing that concerns people.
    Nothing,
}

/// Keeps what Chatwoot tells. The same again changes nothing, whatever the order.
///
/// # Errors
/// When the store cannot be written.
pub async fn hear(tx: &mut Tx, scope: &Scope, link: &Link, event: &ChatwootEvent) -> Result<Heard> {
    if event
        .account()
        .is_some_and(|account| account != link.account_id)
    {
        return Ok(Heard::Nothing);
    }
    match event {
        ChatwootEvent::Message(told) => message(tx, scope, link, told).await,
        ChatwootEvent::Conversation(told) => conversation(tx, scope, link, told).await,
        ChatwootEvent::Other => Ok(Heard::Nothing),
    }
}

pub(super) async fn message(
    tx: &mut Tx,
    scope: &Scope,
    link: &Link,
    told: &MessageTold,
) -> Result<Heard> {
    if told.inbox.is_some_and(|inbox| inbox != link.inbox_id) {
        return Ok(Heard::Nothing);
    }
    if let Some(ours) = told.ours {
        // Written from here; told sooner, perhaps, than the call that wrote it was answered.
        arrived(tx, scope, link.id, ours, told.id).await?;
        return Ok(Heard::Nothing);
    }
    let Some(reply) = &told.reply else {
        return Ok(Heard::Nothing);
    };
    // History of a conversation that was not begun from here.
    if scope.now() - told.at > TOO_OLD && ours(tx, scope, link, told.conversation).await?.is_none()
    {
        return Ok(Heard::Nothing);
    }
    let known: i64 = on_tx!(tx, |c| sqlx::query_scalar(KNOWN)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(told.id)
        .fetch_one(c)
        .await)
    .db()?;
    if known > 0 {
        return Ok(Heard::Nothing);
    }
    let id: Uuid = scope.id();
    let body = reply.body.replace('\0', "");
    let kept = on_tx!(tx, |c| sqlx::query(KEEP)
        .bind(scope.workspace)
        .bind(id)
        .bind(link.id)
        .bind(told.id)
        .bind(told.conversation)
        .bind(told.hint)
        .bind(&body)
        .bind(Json(&reply.files))
        .bind(&reply.author)
        .bind(reply.by_person)
        .bind(told.at)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    Ok(if kept > 0 {
        Heard::Reply
    } else {
        Heard::Nothing
    })
}

pub(super) async fn conversation(
    tx: &mut Tx,
    scope: &Scope,
    link: &Link,
    told: &ConversationTold,
) -> Result<Heard> {
    if told.inbox.is_some_and(|inbox| inbox != link.inbox_id) {
        return Ok(Heard::Nothing);
    }
    if let Some(ours) = told.ours {
        place_known(tx, scope, link.id, ours, told.id).await?;
    }
    if told.status != "resolved" {
        return Ok(Heard::Nothing);
    }
    let Some(ours) = ours(tx, scope, link, told.id).await? else {
        return Ok(Heard::Nothing);
    };
    let resumed = conversations::resume_automation(tx, scope, ours).await?;
    Ok(if resumed {
        Heard::Resolved(ours)
    } else {
        Heard::Nothing
    })
}

/// The conversation of ours that has a number there.
async fn ours(
    tx: &mut Tx,
    scope: &Scope,
    link: &Link,
    place: i64,
) -> Result<Option<ConversationId>> {
    on_tx!(tx, |c| sqlx::query_scalar(OURS)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(place)
        .fetch_optional(c)
        .await)
    .db()
}

#[derive(sqlx::FromRow)]
struct Due {
    id: Uuid,
    chatwoot_id: i64,
    chatwoot_conversation_id: i64,
    body: String,
    #[sqlx(json)]
    attachments: Vec<ReplyFile>,
    by_person: bool,
    written_at: DateTime<Utc>,
    attempts: i64,
}

#[derive(sqlx::FromRow)]
struct Whose {
    conversation_id: ConversationId,
    channel_id: rumbo_base::ChannelId,
    contact_id: Option<ContactId>,
    address: String,
}

/// Makes what agents wrote into dispatches, each answer in one transaction.
pub(super) async fn plan(scope: &Scope, link: &Link) -> Result<Report> {
    let mut tx = scope.read().await?;
    let due: Vec<Due> = on_tx!(&mut tx, |c| sqlx::query_as(DUE)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(scope.now())
        .fetch_all(c)
        .await)
    .db()?;
    drop(tx);
    let mut report = Report::default();
    for due in due {
        let mut tx = scope.write().await?;
        if Box::pin(plan_one(&mut tx, scope, link, &due)).await? {
            report.replies += 1;
        }
        tx.commit().await?;
    }
    Ok(report)
}

async fn plan_one(tx: &mut Tx, scope: &Scope, link: &Link, due: &Due) -> Result<bool> {
    // Whom another conversation is with has to be asked for first.
    let Some(whose) = whose(tx, scope, link, due).await? else {
        return Ok(false);
    };
    let taken = on_tx!(tx, |c| sqlx::query(TAKE)
        .bind(scope.workspace)
        .bind(due.id)
        .bind(due.attempts)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    // The link may have been ended or stopped since the run began.
    let now_linked = super::link_of_id(tx, scope.workspace, link.id).await?;
    if taken == 0 || !now_linked.active || now_linked.state != LinkState::Connected {
        return Ok(false);
    }
    if scope.now() - due.written_at > TOO_OLD {
        let note = "Rumbo: this was not sent. It came here more than a day after it was written.";
        return refuse(
            tx,
            scope,
            link,
            due.id,
            whose.conversation_id,
            "expired",
            note,
        )
        .await
        .map(|()| true);
    }
    let Some(contact_id) = whose.contact_id else {
        let note = "Rumbo: nobody can be answered in a group from here. This was not sent.";
        return refuse(
            tx,
            scope,
            link,
            due.id,
            whose.conversation_id,
            "group",
            note,
        )
        .await
        .map(|()| true);
    };
    let sender = outbox::sender(tx, scope.workspace, whose.channel_id).await?;
    let mut dispatches = Vec::new();
    for (place, (content, rendered)) in contents(due).into_iter().enumerate() {
        let message = OneMessage {
            // Also what an automation of Chatwoot's writes: somebody there decided on it, and our own
            // bot's switches are not about it.
            origin: Origin::Person,
            // The first is known by the answer; the files after it by themselves.
            origin_id: if place == 0 { due.id } else { scope.id() },
            sender: sender.clone(),
            contact_id,
            address: whose.address.clone(),
            content,
            rendered,
            purpose: Purpose::Service,
            template: None,
            expires_at: None,
        };
        let (dispatch, _, _) = outbox::plan_one(tx, scope, message).await?;
        let first = (place == 0).then_some(due.chatwoot_id);
        same(tx, scope, link.id, &whose, due, dispatch, first).await?;
        dispatches.push(dispatch.to_string());
    }
    // Which agent it was is known there, by the message.
    let deed = Deed {
        action: "reply_in_chatwoot",
        object_kind: "conversation",
        object_id: whose.conversation_id.to_string(),
        after: json!({
            "dispatch_ids": dispatches,
            "chatwoot_message": due.chatwoot_id,
            "by_person": due.by_person,
        }),
        ..Deed::default()
    };
    audit::record(tx, scope, &deed).await?;
    if due.by_person {
        let until = due.written_at.max(scope.now()) + TimeDelta::hours(now_linked.pause_hours);
        conversations::pause_automation(tx, scope, whose.conversation_id, until).await?;
    }
    set_state(tx, scope, due.id, "planned", None, scope.now()).await?;
    Ok(true)
}

/// The conversation of ours, by its number there.
async fn whose(tx: &mut Tx, scope: &Scope, link: &Link, due: &Due) -> Result<Option<Whose>> {
    on_tx!(tx, |c| sqlx::query_as(CONVERSATION)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(due.chatwoot_conversation_id)
        .fetch_optional(c)
        .await)
    .db()
}

/// The messages of an answer: its text, and each file.
fn contents(due: &Due) -> Vec<(Content, String)> {
    let mut contents = Vec::new();
    if !due.body.is_empty() {
        let content = Content::Text {
            body: due.body.clone(),
            subject: None,
            html: None,
        };
        contents.push((content, due.body.clone()));
    }
    for file in &due.attachments {
        let name = file
            .url
            .rsplit('/')
            .next()
            .and_then(|name| name.split('?').next())
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        let content = Content::Media {
            kind: file.kind,
            source: MediaSource::Link {
                url: file.url.clone(),
            },
            caption: None,
            file_name: name.clone().filter(|_| file.kind == MediaKind::Document),
        };
        contents.push((content, name.unwrap_or_default()));
    }
    contents
}

/// Notes that a dispatch and a message in Chatwoot are the same.
async fn same(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    whose: &Whose,
    due: &Due,
    dispatch: DispatchId,
    chatwoot_id: Option<i64>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SAME)
        .bind(scope.workspace)
        .bind(link)
        .bind(dispatch.0)
        .bind(whose.conversation_id)
        .bind(due.id)
        .bind(chatwoot_id)
        .bind(due.written_at)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

#[derive(sqlx::FromRow)]
struct Planned {
    id: Uuid,
    #[sqlx(try_from = "String")]
    state: State,
    reason: Option<String>,
    error_text: Option<String>,
    conversation_id: ConversationId,
}

/// Looks what became of answers, and tells agents of those that did not go out.
pub(super) async fn follow(scope: &Scope, link: &Link) -> Result<Report> {
    let mut tx = scope.read().await?;
    let planned: Vec<Planned> = on_tx!(&mut tx, |c| sqlx::query_as(PLANNED)
        .bind(scope.workspace)
        .bind(link.id)
        .fetch_all(c)
        .await)
    .db()?;
    drop(tx);
    let mut report = Report::default();
    for answer in planned.chunk_by(|one, next| one.id == next.id) {
        let lost = answer.iter().find(|dispatch| {
            matches!(
                dispatch.state,
                State::Skipped | State::Failed | State::Bounced | State::Cancelled
            )
        });
        let out = |dispatch: &Planned| {
            matches!(dispatch.state, State::Sent | State::Delivered | State::Read)
        };
        let Some(first) = answer.first() else {
            continue;
        };
        if let Some(lost) = lost {
            let why = lost.reason.as_deref().unwrap_or(lost.state.word());
            let text = match &lost.error_text {
                Some(text) => format!("Rumbo: this was not sent. {} ({text})", sentence(why)),
                None => format!("Rumbo: this was not sent. {}", sentence(why)),
            };
            let mut tx = scope.write().await?;
            refuse(
                &mut tx,
                scope,
                link,
                first.id,
                lost.conversation_id,
                why,
                &text,
            )
            .await?;
            tx.commit().await?;
            report.refused += 1;
        } else if answer.iter().all(out) {
            let mut tx = scope.write().await?;
            set_state(&mut tx, scope, first.id, "done", None, scope.now()).await?;
            tx.commit().await?;
        }
    }
    Ok(report)
}

/// What a reason means, for whoever wrote the answer.
fn sentence(why: &str) -> String {
    let told = match why {
        "window_closed" => {
            "The person has not written for longer than the channel allows free text: send a template from Rumbo."
        }
        "opted_out" => "The person does not want to be written to on this channel.",
        "no_address" | "address_invalid" => {
            "The person has no address on this channel that can be one."
        }
        "address_bounced" => "The address was found never to be reachable.",
        "too_long" => "The text is longer than the channel takes.",
        "not_carried" => "The channel does not carry this kind of message.",
        "expired" => "It could not be sent in time.",
        "withdrawn" => "Somebody withdrew it in Rumbo.",
        "refused" => "The provider refused it.",
        "gave_up" => "It was tried as often as it may be.",
        "paused" | "switched_off" => "Automatic messages are switched off.",
        other => return format!("Reason: {other}."),
    };
    told.to_owned()
}

/// Marks an answer as not sent, and has agents told.
async fn refuse(
    tx: &mut Tx,
    scope: &Scope,
    link: &Link,
    reply: Uuid,
    conversation: ConversationId,
    why: &str,
    note: &str,
) -> Result<()> {
    let now = scope.now();
    set_state(tx, scope, reply, "refused", Some(why), now).await?;
    on_tx!(tx, |c| sqlx::query(NOTE)
        .bind(scope.workspace)
        .bind(link.id)
        .bind(reply)
        .bind(conversation)
        .bind(note)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(REFUSED_NOW)
        .bind(scope.workspace)
        .bind(reply)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn set_state(
    tx: &mut Tx,
    scope: &Scope,
    reply: Uuid,
    state: &str,
    reason: Option<&str>,
    due_at: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_STATE)
        .bind(scope.workspace)
        .bind(reply)
        .bind(state)
        .bind(reason)
        .bind(due_at)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
