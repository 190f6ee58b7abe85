//! What pages and Instagram accounts are told: messages, receipts, clicks, leads.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::webhook::Reader;
use crate::json::{list, milliseconds, seconds, text};
use crate::{
    Event, Fared, InboundKind, InboundMedia, InboundMessage, MediaKind, Referral, StatusReport,
};

/// Reads one change of a page: a form that was filled in, or something that is kept.
pub(super) fn change(
    reader: &mut Reader,
    entry: &str,
    field: &str,
    value: &Value,
    at: DateTime<Utc>,
) {
    let lead = (field == "leadgen")
        .then(|| lead(entry, value, at))
        .flatten();
    match lead {
        Some(event) => reader.events.push(event),
        None => reader.keep(entry, field, value),
    }
}

fn lead(page: &str, value: &Value, at: DateTime<Utc>) -> Option<Event> {
    Some(Event::Lead {
        page_id: text(value, "page_id").unwrap_or_else(|| page.to_owned()),
        form_id: text(value, "form_id"),
        ad_id: text(value, "ad_id"),
        leadgen_id: text(value, "leadgen_id")?,
        at: seconds(value, "created_time").unwrap_or(at),
    })
}

/// Reads one thing that happened in a conversation of a page.
pub(super) fn item(reader: &mut Reader, page: &str, list_name: &str, item: &Value) {
    let before = reader.events.len();
    if let Some(events) = message(page, item) {
        reader.events.extend(events);
    } else if let Some(event) = click(page, item) {
        reader.events.push(event);
    } else if let Some(delivery) = item.get("delivery") {
        receipts(reader, page, item, delivery, Fared::Delivered, "delivered");
    } else if let Some(read) = item.get("read") {
        receipts(reader, page, item, read, Fared::Read, "read");
    }
    if reader.events.len() == before {
        reader.keep(page, list_name, item);
    }
}

fn id_of(item: &Value, who: &str) -> Option<String> {
    item.get(who).and_then(|who| text(who, "id"))
}

fn message(page: &str, item: &Value) -> Option<Vec<Event>> {
    let message = item.get("message")?;
    let id = text(message, "mid")?;
    let at = milliseconds(item, "timestamp")?;
    let echo = message.get("is_echo").and_then(Value::as_bool) == Some(true);
    let (from, to) = (id_of(item, "sender")?, id_of(item, "recipient")?);
    let address = if echo { to } else { from };
    // An echo with our own id in it is a message that was sent from here: it says how that fared.
    let ours = text(message, "metadata").filter(|text| is_dispatch_id(text));
    if let (true, Some(dispatch_id)) = (echo, ours) {
        return Some(vec![Event::Status(StatusReport {
            sender: page.to_owned(),
            id,
            dispatch_id: Some(dispatch_id),
            address: Some(address),
            status: Fared::Sent,
            at,
            price: None,
            failure: None,
            word: "echo".to_owned(),
        })]);
    }
    let gone = message.get("is_deleted").and_then(Value::as_bool) == Some(true)
        || message.get("is_unsupported").and_then(Value::as_bool) == Some(true);
    let files = list(message, "attachments")
        .iter()
        .filter(|_| !gone)
        .filter_map(attachment)
        .collect();
    let body = text(message, "text").unwrap_or_default();
    let kind = if gone || body.is_empty() {
        InboundKind::Unsupported
    } else {
        InboundKind::Text
    };
    let reply = message.get("reply_to");
    let message = InboundMessage {
        sender: page.to_owned(),
        id,
        address,
        user_id: None,
        name: None,
        at,
        kind,
        body,
        media: None,
        payload: message
            .get("quick_reply")
            .and_then(|reply| text(reply, "payload")),
        reply_to: reply.and_then(|reply| text(reply, "mid")),
        referral: message
            .get("referral")
            .or_else(|| item.get("referral"))
            .map(referral),
        group: None,
        echo,
        raw: item.clone(),
    };
    let messages = message.with_files(files).into_iter();
    Some(
        messages
            .map(|message| Event::Message(Box::new(message)))
            .collect(),
    )
}

/// A button of a message (postback) or an advertisement that opened the conversation (referral).
fn click(page: &str, item: &Value) -> Option<Event> {
    let at = milliseconds(item, "timestamp")?;
    let address = id_of(item, "sender")?;
    let postback = item.get("postback").filter(|part| part.is_object());
    let came_by = item.get("referral").filter(|part| part.is_object());
    let (id, kind, body, payload, source) = match (postback, came_by) {
        (Some(postback), _) => (
            text(postback, "mid"),
            InboundKind::Interactive,
            text(postback, "title").unwrap_or_default(),
            text(postback, "payload"),
            postback.get("referral"),
        ),
        (None, Some(source)) => (None, InboundKind::System, String::new(), None, Some(source)),
        (None, None) => return None,
    };
    // A click has no id of its own everywhere: person and millisecond make one.
    let id = id.unwrap_or_else(|| format!("{address}:{}", at.timestamp_millis()));
    Some(Event::Message(Box::new(InboundMessage {
        sender: page.to_owned(),
        id,
        address,
        user_id: None,
        name: None,
        at,
        kind,
        body,
        media: None,
        payload,
        reply_to: None,
        referral: source.map(referral),
        group: None,
        echo: false,
        raw: item.clone(),
    })))
}

fn receipts(
    reader: &mut Reader,
    page: &str,
    item: &Value,
    receipt: &Value,
    status: Fared,
    word: &str,
) {
    let Some(person) = id_of(item, "sender") else {
        return;
    };
    let at = milliseconds(item, "timestamp");
    let until = milliseconds(receipt, "watermark");
    let Some(at) = at.or(until) else { return };
    let mids = list(receipt, "mids")
        .iter()
        .filter_map(crate::json::plain)
        .chain(text(receipt, "mid"));
    let before = reader.events.len();
    for id in mids {
        reader.events.push(Event::Status(StatusReport {
            sender: page.to_owned(),
            id,
            dispatch_id: None,
            address: Some(person.clone()),
            status,
            at,
            price: None,
            failure: None,
            word: word.to_owned(),
        }));
    }
    if let (true, Some(until)) = (reader.events.len() == before, until) {
        reader.events.push(Event::UpTo {
            sender: page.to_owned(),
            address: person,
            status,
            until,
        });
    }
}

fn attachment(attachment: &Value) -> Option<InboundMedia> {
    let kind = match attachment.get("type")?.as_str()? {
        "image" => MediaKind::Image,
        "video" | "ig_reel" | "reel" => MediaKind::Video,
        "audio" => MediaKind::Audio,
        "file" => MediaKind::Document,
        _ => return None,
    };
    let payload = attachment.get("payload").unwrap_or(&Value::Null);
    let is_sticker = payload.get("sticker_id").is_some();
    Some(InboundMedia {
        kind: if is_sticker { MediaKind::Sticker } else { kind },
        id: None,
        url: text(payload, "url"),
        mime_type: None,
        file_name: text(payload, "title"),
        bytes: None,
    })
}

fn referral(part: &Value) -> Referral {
    let about = part.get("ads_context_data").unwrap_or(&Value::Null);
    Referral {
        source_type: text(part, "source").unwrap_or_default().to_lowercase(),
        source_id: text(part, "ad_id"),
        source_url: text(part, "referer_uri").or_else(|| text(part, "source_url")),
        headline: text(about, "ad_title"),
        body: None,
        click_id: text(part, "ref"),
    }
}

/// Whether text is an id of ours: a UUID as it is written.
fn is_dispatch_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
