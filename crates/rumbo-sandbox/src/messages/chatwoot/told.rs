//! What Chatwoot's answers and webhooks look like (`app/views/api/v1` and `webhook_data` of its
//! models).

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::super::{Webhook, sign};
use super::{ACCOUNT, ANOTHER_AGENT, ChatwootMessage, Contact, Conversation, INBOX, USER};
use crate::app::App;

pub(super) fn contact(contact: &Contact) -> Value {
    json!({
        "additional_attributes": {},
        "email": contact.email,
        "id": contact.id,
        "name": contact.name,
        "phone_number": contact.phone,
        "blocked": false,
        "identifier": contact.identifier,
        "thumbnail": "",
        "custom_attributes": {},
    })
}

pub(super) fn conversation(it: &Conversation, of: Option<&Contact>) -> Value {
    json!({
        "meta": { "sender": of.map(contact), "channel": channel(it.inbox), "hmac_verified": false },
        "id": it.id,
        "messages": [],
        "account_id": ACCOUNT,
        "additional_attributes": it.additional,
        "can_reply": true,
        "custom_attributes": {},
        "inbox_id": it.inbox,
        "labels": [],
        "muted": false,
        "status": it.status,
        "created_at": it.created_at.timestamp(),
        "timestamp": it.last_activity_at.timestamp(),
        "last_activity_at": it.last_activity_at.timestamp(),
    })
}

fn channel(inbox: i64) -> &'static str {
    if inbox == INBOX {
        "Channel::Api"
    } else {
        "Channel::WebWidget"
    }
}

fn sender(message: &ChatwootMessage) -> Value {
    match message.author.as_deref() {
        Some("Leo") => {
            json!({ "id": ANOTHER_AGENT, "name": "Leo", "available_name": "Leo", "type": "user" })
        }
        Some(_) => {
            json!({ "id": USER, "name": "Marta Ruiz", "available_name": "Marta", "type": "user" })
        }
        None => json!({ "type": "contact" }),
    }
}

fn attachments(message: &ChatwootMessage) -> Vec<Value> {
    message
        .files
        .iter()
        .map(|url| json!({ "id": 1, "message_id": message.id, "file_type": "image", "data_url": url }))
        .collect()
}

/// As the API answers: the type as a number, the time in seconds.
pub(super) fn message(message: &ChatwootMessage) -> Value {
    let mut value = json!({
        "id": message.id,
        "content": message.content,
        "inbox_id": INBOX,
        "conversation_id": message.conversation,
        "message_type": i64::from(message.message_type == "outgoing"),
        "content_type": "text",
        "status": message.status,
        "content_attributes": { "external_error": message.external_error },
        "created_at": message.at.timestamp(),
        "private": message.private,
        "source_id": message.source_id,
        "sender": sender(message),
    });
    if !message.files.is_empty()
        && let Some(fields) = value.as_object_mut()
    {
        fields.insert("attachments".to_owned(), attachments(message).into());
    }
    value
}

/// As webhooks tell: the type as a word, the time as text, with conversation, inbox and account.
pub(super) fn of_message(
    app: &App,
    event: &str,
    message: &ChatwootMessage,
    by_automation: bool,
) -> Webhook {
    let found = app
        .ledger()
        .messages
        .chatwoot
        .find(message.conversation)
        .cloned();
    let inbox = found.as_ref().map_or(INBOX, |it| it.inbox);
    let rule = by_automation.then_some(5);
    let body = json!({
        "event": event,
        "account": { "id": ACCOUNT, "name": "Casa Alba" },
        "additional_attributes": {},
        "content_attributes": { "automation_rule_id": rule, "external_error": message.external_error },
        "content_type": "text",
        "content": message.content,
        "attachments": attachments(message),
        "conversation": found.as_ref().map(pushed),
        "created_at": message.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "id": message.id,
        "inbox": { "id": inbox, "name": "Rumbo" },
        "message_type": message.message_type,
        "private": message.private,
        "sender": if by_automation { Value::Null } else { sender(message) },
        "source_id": message.source_id,
    });
    push(app, &body)
}

pub(super) fn of_conversation(app: &App, event: &str, it: &Conversation) -> Webhook {
    let mut body = pushed(it);
    if let Some(fields) = body.as_object_mut() {
        fields.insert("event".to_owned(), event.into());
        fields.insert(
            "account".to_owned(),
            json!({ "id": ACCOUNT, "name": "Casa Alba" }),
        );
    }
    push(app, &body)
}

/// `Conversations::EventDataPresenter`.
fn pushed(it: &Conversation) -> Value {
    json!({
        "additional_attributes": it.additional,
        "can_reply": true,
        "channel": channel(it.inbox),
        "contact_inbox": { "contact_id": it.contact, "inbox_id": it.inbox, "source_id": it.source_id },
        "id": it.id,
        "inbox_id": it.inbox,
        "messages": [],
        "labels": [],
        "status": it.status,
        "custom_attributes": {},
        "last_activity_at": it.last_activity_at.timestamp(),
        "timestamp": it.last_activity_at.timestamp(),
        "created_at": it.created_at.timestamp(),
    })
}

/// Signed as `Webhooks::Trigger` does it: over the time, a point and the body.
fn push(app: &App, body: &Value) -> Webhook {
    let body = body.to_string();
    let mut headers = BTreeMap::new();
    if !app.ledger().messages.chatwoot.unsigned {
        let time = app.clock.now().timestamp().to_string();
        let key = super::webhook_secret(app);
        let signature = sign::hmac_sha256(key.as_bytes(), format!("{time}.{body}").as_bytes());
        headers.insert(
            "x-chatwoot-signature".to_owned(),
            format!("sha256={}", hex::encode(signature)),
        );
        headers.insert("x-chatwoot-timestamp".to_owned(), time);
        let serial = app.ledger().next_serial();
        headers.insert(
            "x-chatwoot-delivery".to_owned(),
            format!("00000000-0000-4000-8000-{serial:012}"),
        );
    }
    let (url, pushed) = app.receiver("chatwoot");
    app.tell(Webhook {
        provider: "chatwoot",
        url,
        pushed,
        content_type: "application/json",
        headers,
        body,
    })
}
