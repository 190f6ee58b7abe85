//! What Chatwoot tells: the same of a webhook and of an answer.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rumbo_base::{ConversationId, MessageId, Secret};
use serde_json::Value;
use sha2::Sha256;

use super::{ChatwootContact, contact, number, text};
use crate::settings::same;
use crate::{MediaKind, WebhookRefusal, WebhookRequest};

/// Where a conversation carries our own name of it.
pub(super) const OURS: &str = "rumbo_conversation";

/// Before our own name of a message.
const PREFIX: &str = "rumbo:";

/// How far the time of a signature may be from ours.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// What a call of Chatwoot's tells.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatwootEvent {
    /// A message was written, or changed.
    Message(MessageTold),
    /// A conversation was begun, or changed its status.
    Conversation(ConversationTold),
    /// Something that changes nothing here.
    Other,
}

/// A message in Chatwoot.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageTold {
    /// Unique in the installation.
    pub id: i64,
    /// The conversation's number in the account.
    pub conversation: i64,
    /// Absent where the message was asked for by its conversation.
    pub account: Option<i64>,
    pub inbox: Option<i64>,
    /// Our own name, of what was written from here.
    pub ours: Option<MessageId>,
    /// The name it was given by whoever wrote it there.
    pub source_id: Option<String>,
    /// Our own name of a conversation with the person: of this one, or of another that was begun from
    /// here.
    pub hint: Option<ConversationId>,
    pub at: DateTime<Utc>,
    /// What an agent, or an automation, wrote for the person; absent of everything else.
    pub reply: Option<Reply>,
}

/// What was written in Chatwoot for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub body: String,
    pub files: Vec<ReplyFile>,
    pub author: Option<String>,
    /// By somebody, and not by an automation or a bot of Chatwoot's.
    pub by_person: bool,
}

/// A file that goes with it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReplyFile {
    pub kind: MediaKind,
    pub url: String,
}

/// A conversation in Chatwoot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationTold {
    /// Its number in the account.
    pub id: i64,
    pub account: Option<i64>,
    pub inbox: Option<i64>,
    /// Our own name of it, of what was begun from here.
    pub ours: Option<ConversationId>,
    /// Whom it is with, where that is told.
    pub person: Option<ChatwootContact>,
    /// `open`, `resolved`, `pending` or `snoozed`.
    pub status: String,
    /// In seconds.
    pub last_activity_at: i64,
}

impl ChatwootEvent {
    /// The account it is of.
    pub fn account(&self) -> Option<i64> {
        match self {
            Self::Message(message) => message.account,
            Self::Conversation(conversation) => conversation.account,
            Self::Other => None,
        }
    }
}

impl MessageTold {
    /// How a message of ours is called there.
    pub fn source_id_of(message: MessageId) -> String {
        format!("{PREFIX}{message}")
    }
}

/// Checks `X-Chatwoot-Signature`: `sha256=` and the HMAC-SHA256, in hex, of the time in
/// `X-Chatwoot-Timestamp`, a point and the body.
///
/// # Errors
/// Why the call is not taken.
pub fn verify_chatwoot(
    secret: &Secret,
    request: &WebhookRequest<'_>,
) -> Result<(), WebhookRefusal> {
    let header = |name: &str| request.headers.get(name).filter(|text| !text.is_empty());
    let (Some(signature), Some(time)) = (
        header("x-chatwoot-signature"),
        header("x-chatwoot-timestamp"),
    ) else {
        return Err(WebhookRefusal::Unsigned);
    };
    let theirs = signature
        .strip_prefix("sha256=")
        .and_then(|hex| hex::decode(hex).ok())
        .ok_or(WebhookRefusal::BadSignature)?;
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|_| WebhookRefusal::BadSignature)?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(request.body);
    if !same(&mac.finalize().into_bytes(), &theirs) {
        return Err(WebhookRefusal::BadSignature);
    }
    let signed_at = time
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(WebhookRefusal::BadSignature)?;
    if (request.received_at - signed_at).abs() > TOLERANCE {
        return Err(WebhookRefusal::Stale);
    }
    Ok(())
}

/// What a webhook call says.
///
/// # Errors
/// `Unreadable` for what Chatwoot does not document.
pub fn read_chatwoot(request: &WebhookRequest<'_>) -> Result<ChatwootEvent, WebhookRefusal> {
    let unreadable = |what: &str| WebhookRefusal::Unreadable(what.to_owned());
    let value: Value = serde_json::from_slice(request.body)
        .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
    let event = value
        .get("event")
        .and_then(Value::as_str)
        .ok_or_else(|| unreadable("there is no event"))?;
    let account = value
        .pointer("/account/id")
        .and_then(Value::as_i64)
        .or_else(|| number(&value, "account_id"));
    match event {
        "message_created" | "message_updated" => {
            let conversation = value.get("conversation").unwrap_or(&Value::Null);
            let id = number(conversation, "id")
                .ok_or_else(|| unreadable("the message has no conversation"))?;
            message(&value, id, account)
                .map(ChatwootEvent::Message)
                .ok_or_else(|| unreadable("the message has no id"))
        }
        "conversation_created" | "conversation_status_changed" | "conversation_updated" => {
            let mut told =
                conversation(&value).ok_or_else(|| unreadable("the conversation has no number"))?;
            told.account = told.account.or(account);
            Ok(ChatwootEvent::Conversation(told))
        }
        _ => Ok(ChatwootEvent::Other),
    }
}

/// A message of a webhook or of an answer: the names are the same, but a webhook has the type as a
/// word, the time as text, and the inbox as an object.
pub(super) fn message(
    value: &Value,
    conversation: i64,
    account: Option<i64>,
) -> Option<MessageTold> {
    let id = number(value, "id")?;
    let kind = match value.get("message_type")? {
        Value::String(word) => word.clone(),
        Value::Number(place) => match place.as_i64()? {
            0 => "incoming",
            1 => "outgoing",
            2 => "activity",
            _ => "template",
        }
        .to_owned(),
        _ => return None,
    };
    let source_id = text(value, "source_id");
    let ours = source_id
        .as_deref()
        .and_then(|name| name.strip_prefix(PREFIX))
        .and_then(|id| id.parse().ok());
    let told = value.get("conversation").unwrap_or(&Value::Null);
    let is_private = value.get("private").and_then(Value::as_bool) == Some(true);
    let is_deleted = value
        .pointer("/content_attributes/deleted")
        .and_then(Value::as_bool)
        == Some(true);
    let is_reply = kind == "outgoing" && !is_private && !is_deleted && source_id.is_none();
    Some(MessageTold {
        id,
        conversation,
        account,
        inbox: value
            .pointer("/inbox/id")
            .and_then(Value::as_i64)
            .or_else(|| number(value, "inbox_id")),
        ours,
        source_id,
        hint: ours_of(told).or_else(|| session_of(told)),
        at: time(value.get("created_at")),
        reply: is_reply.then(|| reply(value)).flatten(),
    })
}

fn reply(value: &Value) -> Option<Reply> {
    let body = text(value, "content").unwrap_or_default().trim().to_owned();
    let files: Vec<ReplyFile> = value
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|file| {
            let kind = match file.get("file_type").and_then(Value::as_str) {
                Some("image") => MediaKind::Image,
                Some("audio") => MediaKind::Audio,
                Some("video") => MediaKind::Video,
                Some("file") => MediaKind::Document,
                // A place, a contact: no file.
                _ => return None,
            };
            Some(ReplyFile {
                kind,
                url: text(file, "data_url")?,
            })
        })
        .collect();
    if body.is_empty() && files.is_empty() {
        return None;
    }
    let sender = value.get("sender").unwrap_or(&Value::Null);
    let by_automation = value
        .pointer("/content_attributes/automation_rule_id")
        .is_some_and(|rule| !rule.is_null());
    Some(Reply {
        body,
        files,
        author: text(sender, "available_name").or_else(|| text(sender, "name")),
        by_person: !by_automation && text(sender, "type").as_deref() == Some("user"),
    })
}

/// A conversation of a webhook or of an answer.
pub(super) fn conversation(value: &Value) -> Option<ConversationTold> {
    Some(ConversationTold {
        id: number(value, "id")?,
        account: number(value, "account_id"),
        inbox: number(value, "inbox_id"),
        ours: ours_of(value),
        person: value.pointer("/meta/sender").and_then(contact),
        status: text(value, "status").unwrap_or_default(),
        last_activity_at: number(value, "last_activity_at")
            .or_else(|| number(value, "timestamp"))
            .unwrap_or_default(),
    })
}

fn ours_of(conversation: &Value) -> Option<ConversationId> {
    conversation
        .pointer("/additional_attributes/rumbo_conversation")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
}

/// What the person is called in the inbox: by us, where we wrote them down there, and else by Chatwoot,
/// which makes up an id.
fn session_of(conversation: &Value) -> Option<ConversationId> {
    conversation
        .pointer("/contact_inbox/source_id")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
}

/// Seconds, or text.
fn time(value: Option<&Value>) -> DateTime<Utc> {
    match value {
        Some(Value::Number(seconds)) => seconds
            .as_i64()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        Some(Value::String(text)) => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|at| at.with_timezone(&Utc)),
        _ => None,
    }
    .unwrap_or(DateTime::UNIX_EPOCH)
}
