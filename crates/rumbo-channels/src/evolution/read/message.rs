//! A message of WhatsApp as Evolution passes it on, in the form of the library underneath it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::address_of;
use crate::MediaKind;
use crate::event::{Event, InboundKind, InboundMedia, InboundMessage};

/// Envelopes that hold the message itself.
const ENVELOPES: [&str; 5] = [
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "documentWithCaptionMessage",
    "deviceSentMessage",
];

const FILES: [(&str, InboundKind, MediaKind); 6] = [
    ("imageMessage", InboundKind::Image, MediaKind::Image),
    ("videoMessage", InboundKind::Video, MediaKind::Video),
    ("ptvMessage", InboundKind::Video, MediaKind::Video),
    ("audioMessage", InboundKind::Audio, MediaKind::Audio),
    (
        "documentMessage",
        InboundKind::Document,
        MediaKind::Document,
    ),
    ("stickerMessage", InboundKind::Sticker, MediaKind::Sticker),
];

/// What was read of a message's inside.
#[derive(Default)]
struct Inside {
    kind: Option<InboundKind>,
    body: String,
    media: Option<InboundMedia>,
    payload: Option<String>,
    reply_to: Option<String>,
}

/// When a message was sent, by the clock of the phone.
pub(super) fn sent_at(item: &Value) -> Option<DateTime<Utc>> {
    let seconds = match item.get("messageTimestamp")? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        Value::Object(long) => long.get("low").and_then(Value::as_i64),
        _ => None,
    };
    DateTime::from_timestamp(seconds?, 0)
}

pub(super) fn inbound(item: &Value, sender: &str, now: DateTime<Utc>) -> Option<Event> {
    let key = item.get("key")?;
    let field = |name: &str| {
        key.get(name)
            .or_else(|| item.get(name))
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let id = field("id")?;
    let chat = field("remoteJid")?;
    if chat.ends_with("@broadcast") || chat.ends_with("@newsletter") {
        return None;
    }
    let echo = key.get("fromMe").and_then(Value::as_bool) == Some(true);
    let is_group = chat.ends_with("@g.us");
    // A person may be known by a hidden id (`@lid`); the number then stands beside it, or nowhere.
    let candidates: Vec<&str> = if is_group {
        [
            field("participantAlt"),
            field("participantPn"),
            field("participant"),
        ]
    } else {
        [field("remoteJidAlt"), field("senderPn"), Some(chat)]
    }
    .into_iter()
    .flatten()
    .collect();
    let address = candidates
        .iter()
        .find_map(|jid| address_of(jid))
        .or_else(|| candidates.last().map(|jid| (*jid).to_owned()))?;
    let user_id = candidates
        .iter()
        .chain(std::iter::once(&chat))
        .find(|jid| jid.ends_with("@lid"))
        .map(|jid| (*jid).to_owned());
    let inside = inside(item.get("message").unwrap_or(&Value::Null));
    Some(Event::Message(Box::new(InboundMessage {
        sender: sender.to_owned(),
        id: id.to_owned(),
        address,
        user_id,
        name: (!echo)
            .then(|| field("pushName").map(str::to_owned))
            .flatten(),
        at: sent_at(item).unwrap_or(now),
        kind: inside.kind.unwrap_or(InboundKind::Unsupported),
        body: inside.body,
        media: inside.media,
        payload: inside.payload,
        reply_to: inside.reply_to,
        referral: None,
        group: is_group.then(|| chat.to_owned()),
        echo,
        raw: item.clone(),
    })))
}

fn inside(message: &Value) -> Inside {
    let mut message = message;
    // Envelopes may lie in one another, though not without end.
    for _ in 0..4 {
        match ENVELOPES
            .iter()
            .find_map(|name| message.get(name)?.get("message"))
        {
            Some(inner) => message = inner,
            None => break,
        }
    }
    let text = |pointer: &str| {
        message
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let mut inside = read(message, &text);
    inside.reply_to = inside.reply_to.or_else(|| {
        message
            .as_object()?
            .values()
            .find_map(|part| part.pointer("/contextInfo/stanzaId")?.as_str())
            .map(str::to_owned)
    });
    inside
}

fn read(message: &Value, text: &impl Fn(&str) -> Option<String>) -> Inside {
    let kind = |kind: InboundKind, body: Option<String>| Inside {
        kind: Some(kind),
        body: body.unwrap_or_default(),
        ..Inside::default()
    };
    if let Some(body) = text("/conversation").or_else(|| text("/extendedTextMessage/text")) {
        return kind(InboundKind::Text, Some(body));
    }
    for (name, is, media) in FILES {
        if let Some(file) = message.get(name) {
            let field = |field: &str| file.get(field).and_then(Value::as_str).map(str::to_owned);
            let bytes = match file.get("fileLength") {
                Some(Value::String(text)) => text.parse().ok(),
                Some(Value::Number(number)) => number.as_i64(),
                Some(Value::Object(long)) => long.get("low").and_then(Value::as_i64),
                _ => None,
            };
            return Inside {
                media: Some(InboundMedia {
                    kind: media,
                    id: None,
                    // WhatsApp's own address gives an encrypted file; Evolution's gives the file.
                    url: message
                        .get("mediaUrl")
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                    mime_type: field("mimetype"),
                    file_name: field("fileName").or_else(|| field("title")),
                    bytes,
                }),
                ..kind(is, field("caption"))
            };
        }
    }
    if message.get("reactionMessage").is_some() {
        return Inside {
            reply_to: text("/reactionMessage/key/id"),
            ..kind(InboundKind::Reaction, text("/reactionMessage/text"))
        };
    }
    for name in ["locationMessage", "liveLocationMessage"] {
        if let Some(place) = message.get(name) {
            let words = ["name", "address"]
                .iter()
                .find_map(|field| place.get(field)?.as_str())
                .filter(|words| !words.is_empty())
                .map(str::to_owned)
                .or_else(|| {
                    Some(format!(
                        "{}, {}",
                        place.get("degreesLatitude")?,
                        place.get("degreesLongitude")?
                    ))
                });
            return kind(InboundKind::Location, words);
        }
    }
    if message.get("contactMessage").is_some() || message.get("contactsArrayMessage").is_some() {
        let name = text("/contactMessage/displayName")
            .or_else(|| text("/contactsArrayMessage/displayName"));
        return kind(InboundKind::Contact, name);
    }
    let answers = [
        (
            "/buttonsResponseMessage/selectedDisplayText",
            "/buttonsResponseMessage/selectedButtonId",
        ),
        (
            "/templateButtonReplyMessage/selectedDisplayText",
            "/templateButtonReplyMessage/selectedId",
        ),
        (
            "/listResponseMessage/title",
            "/listResponseMessage/singleSelectReply/selectedRowId",
        ),
    ];
    for (words, payload) in answers {
        if let Some(payload) = text(payload) {
            return Inside {
                payload: Some(payload),
                ..kind(InboundKind::Interactive, text(words))
            };
        }
    }
    if message.get("protocolMessage").is_some() {
        return kind(InboundKind::System, None);
    }
    Inside::default()
}
