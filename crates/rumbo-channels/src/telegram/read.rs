//! What Telegram tells: updates, by webhook one at a time, by polling many.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::MediaKind;
use crate::event::{
    Event, InboundKind, InboundMedia, InboundMessage, Told, WebhookRefusal, WebhookRequest,
};
use crate::settings::key_of;

/// The id of a message: Telegram numbers messages within a chat only.
pub(super) fn id_of(message: &Value) -> Option<String> {
    let chat = message.pointer("/chat/id")?.as_i64()?;
    let number = message.get("message_id")?.as_i64()?;
    Some(format!("{chat}:{number}"))
}

/// Telegram's number of a message in its chat.
pub(super) fn number_of(id: &str) -> Option<i64> {
    id.rsplit(':').next()?.parse().ok()
}

pub(super) fn webhook(request: &WebhookRequest<'_>, sender: &str) -> Result<Told, WebhookRefusal> {
    let update: Value = serde_json::from_slice(request.body)
        .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
    let number = update
        .get("update_id")
        .and_then(Value::as_i64)
        .ok_or_else(|| WebhookRefusal::Unreadable("it has no update_id".to_owned()))?;
    let mut told = Told {
        key: format!("update:{number}"),
        ..Told::default()
    };
    read(&update, sender, request.received_at, &mut told);
    Ok(told)
}

/// All updates of an answer, and the number to ask from next.
pub(super) fn updates(body: &Value, sender: &str, now: DateTime<Utc>) -> (Told, Option<i64>) {
    let mut told = Told::default();
    let mut last = None;
    for update in body
        .get("result")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(number) = update.get("update_id").and_then(Value::as_i64) {
            last = last.max(Some(number));
        }
        read(update, sender, now, &mut told);
    }
    told.key = last.map_or_else(
        || key_of(body.to_string().as_bytes()),
        |last| format!("updates:{last}"),
    );
    (told, last.map(|last| last.saturating_add(1)))
}

fn read(update: &Value, sender: &str, now: DateTime<Utc>, told: &mut Told) {
    let event = update
        .get("message")
        .and_then(|message| inbound(message, sender, now))
        .or_else(|| {
            update
                .get("callback_query")
                .and_then(|query| pressed(query, sender, now))
        })
        .or_else(|| {
            update
                .get("my_chat_member")
                .and_then(|change| blocked(change, sender, now))
        });
    match event {
        Some(event) => told.events.push(event),
        None => told.unknown.push(update.clone()),
    }
}

fn time(of: Option<&Value>, now: DateTime<Utc>) -> DateTime<Utc> {
    of.and_then(Value::as_i64)
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .unwrap_or(now)
}

fn name(person: &Value) -> Option<String> {
    let part = |field: &str| person.get(field).and_then(Value::as_str);
    let name: Vec<&str> = [part("first_name"), part("last_name")]
        .into_iter()
        .flatten()
        .collect();
    (!name.is_empty()).then(|| name.join(" "))
}

fn id_text(of: Option<&Value>) -> Option<String> {
    of.and_then(Value::as_i64).map(|id| id.to_string())
}

fn inbound(message: &Value, sender: &str, now: DateTime<Utc>) -> Option<Event> {
    let id = id_of(message)?;
    let chat = message.get("chat")?;
    let person = message.get("from").unwrap_or(chat);
    let is_group = chat.get("type").and_then(Value::as_str) != Some("private");
    let text = |field: &str| message.get(field).and_then(Value::as_str);
    let (kind, media, words) = content(message);
    Some(Event::Message(Box::new(InboundMessage {
        sender: sender.to_owned(),
        id,
        address: id_text(if is_group { person } else { chat }.get("id"))?,
        user_id: person
            .get("username")
            .and_then(Value::as_str)
            .map(|name| format!("@{name}")),
        name: name(person),
        at: time(message.get("date"), now),
        kind,
        body: text("text")
            .or_else(|| text("caption"))
            .map(str::to_owned)
            .or(words)
            .unwrap_or_default(),
        media,
        payload: None,
        reply_to: message.get("reply_to_message").and_then(id_of),
        referral: None,
        group: if is_group {
            id_text(chat.get("id"))
        } else {
            None
        },
        echo: person.get("is_bot").and_then(Value::as_bool) == Some(true),
        raw: message.clone(),
    })))
}

/// The kind of a message, its file, and words for what has no text.
fn content(message: &Value) -> (InboundKind, Option<InboundMedia>, Option<String>) {
    const FILES: [(&str, InboundKind, MediaKind); 7] = [
        // An animation comes with a document of the same file beside it.
        ("animation", InboundKind::Video, MediaKind::Video),
        ("video", InboundKind::Video, MediaKind::Video),
        ("video_note", InboundKind::Video, MediaKind::Video),
        ("audio", InboundKind::Audio, MediaKind::Audio),
        ("voice", InboundKind::Audio, MediaKind::Audio),
        ("sticker", InboundKind::Sticker, MediaKind::Sticker),
        ("document", InboundKind::Document, MediaKind::Document),
    ];
    // Sizes of a photo come smallest first.
    let photo = message
        .get("photo")
        .and_then(Value::as_array)
        .and_then(|sizes| sizes.last());
    if let Some(photo) = photo {
        return (
            InboundKind::Image,
            Some(file(photo, MediaKind::Image)),
            None,
        );
    }
    for (field, kind, media) in FILES {
        if let Some(found) = message.get(field) {
            let words = found
                .get("emoji")
                .and_then(Value::as_str)
                .map(str::to_owned);
            return (kind, Some(file(found, media)), words);
        }
    }
    if let Some(place) = message.get("venue").or_else(|| message.get("location")) {
        let words = place
            .get("title")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| {
                Some(format!(
                    "{}, {}",
                    place.get("latitude")?,
                    place.get("longitude")?
                ))
            });
        return (InboundKind::Location, None, words);
    }
    if let Some(contact) = message.get("contact") {
        let number = contact.get("phone_number").and_then(Value::as_str);
        let words: Vec<String> = name(contact)
            .into_iter()
            .chain(number.map(str::to_owned))
            .collect();
        return (InboundKind::Contact, None, Some(words.join(" ")));
    }
    if message.get("text").is_some() {
        return (InboundKind::Text, None, None);
    }
    let is_notice = [
        "new_chat_members",
        "left_chat_member",
        "pinned_message",
        "group_chat_created",
    ]
    .iter()
    .any(|field| message.get(field).is_some());
    if is_notice {
        (InboundKind::System, None, None)
    } else {
        (InboundKind::Unsupported, None, None)
    }
}

fn file(found: &Value, kind: MediaKind) -> InboundMedia {
    let text = |field: &str| found.get(field).and_then(Value::as_str).map(str::to_owned);
    InboundMedia {
        kind,
        id: text("file_id"),
        // The address of a file holds the bot's token: it is asked for by its id.
        url: None,
        mime_type: text("mime_type"),
        file_name: text("file_name"),
        bytes: found.get("file_size").and_then(Value::as_i64),
    }
}

/// A button that was pressed.
fn pressed(query: &Value, sender: &str, now: DateTime<Utc>) -> Option<Event> {
    let person = query.get("from")?;
    let id = query.get("id")?.as_str()?;
    let data = query
        .get("data")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some(Event::Message(Box::new(InboundMessage {
        sender: sender.to_owned(),
        id: format!("callback:{id}"),
        address: id_text(person.get("id"))?,
        user_id: person
            .get("username")
            .and_then(Value::as_str)
            .map(|name| format!("@{name}")),
        name: name(person),
        at: now,
        kind: InboundKind::Interactive,
        body: data.to_owned(),
        media: None,
        payload: Some(data.to_owned()),
        reply_to: query.get("message").and_then(id_of),
        referral: None,
        group: None,
        echo: false,
        raw: query.clone(),
    })))
}

/// A person who blocks the bot does not want to be written to; one who starts it again does.
fn blocked(change: &Value, sender: &str, now: DateTime<Utc>) -> Option<Event> {
    let chat = change.get("chat")?;
    if chat.get("type").and_then(Value::as_str) != Some("private") {
        return None;
    }
    let marketing = match change.pointer("/new_chat_member/status")?.as_str()? {
        "kicked" => false,
        "member" => true,
        _ => return None,
    };
    Some(Event::Preference {
        sender: sender.to_owned(),
        address: id_text(chat.get("id"))?,
        marketing,
        at: time(change.get("date"), now),
    })
}
