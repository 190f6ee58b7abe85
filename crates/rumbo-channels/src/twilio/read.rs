//! What Twilio tells: callbacks of statuses and messages that came in, both as forms.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros, parse_decimal_micros};
use serde_json::Value;

use super::{DISPATCH, codes};
use crate::event::{
    Event, Fared, InboundKind, InboundMedia, InboundMessage, Price, StatusReport, Told,
    WebhookRefusal, WebhookRequest,
};
use crate::settings::key_of;
use crate::{MediaKind, rule};

/// A message carries so many files at most.
const MOST_FILES: usize = 10;

/// What a word of Twilio's means; `None` for words of messages that come in.
fn fared(word: &str) -> Option<Fared> {
    Some(match word {
        "accepted" | "scheduled" | "queued" | "sending" => Fared::Accepted,
        // A part of the recipients of a group: the message left.
        "sent" | "partially_delivered" => Fared::Sent,
        "delivered" => Fared::Delivered,
        "read" => Fared::Read,
        "undelivered" | "failed" => Fared::Failed,
        "canceled" => Fared::Cancelled,
        _ => return None,
    })
}

pub(super) fn webhook(request: &WebhookRequest<'_>, sender: &str) -> Result<Told, WebhookRefusal> {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(request.body)
        .into_owned()
        .collect();
    let raw = serde_json::json!(&fields);
    let key = key_of(request.body);
    let get = |name: &str| fields.get(name).filter(|text| !text.is_empty());
    let Some(id) = get("MessageSid").or_else(|| get("SmsSid")) else {
        if fields.is_empty() {
            return Err(WebhookRefusal::Unreadable("the form is empty".to_owned()));
        }
        return Ok(Told {
            key,
            unknown: vec![raw],
            ..Told::default()
        });
    };
    let word = get("MessageStatus").or_else(|| get("SmsStatus"));
    if let Some((word, status)) = word.and_then(|word| Some((word, fared(word)?))) {
        let text = get("ErrorMessage").cloned().unwrap_or_default();
        let report = StatusReport {
            sender: get("From").cloned().unwrap_or_else(|| sender.to_owned()),
            id: id.clone(),
            dispatch_id: dispatch_of(request.url),
            address: get("To").cloned(),
            status,
            // A callback says when by nothing: it comes as it happens.
            at: request.received_at,
            price: None,
            failure: (status == Fared::Failed).then(|| {
                let code = get("ErrorCode").map_or("30008", String::as_str);
                rule::refusal(codes::RULES, code, text)
            }),
            word: word.clone(),
        };
        return Ok(Told {
            key,
            events: vec![Event::Status(report)],
            ..Told::default()
        });
    }
    let Some(from) = get("From") else {
        return Ok(Told {
            key,
            unknown: vec![raw],
            ..Told::default()
        });
    };
    let files = (0..MOST_FILES)
        .map_while(|place| {
            let url = get(&format!("MediaUrl{place}"))?.clone();
            let mime_type = get(&format!("MediaContentType{place}")).cloned();
            Some(file(url, mime_type))
        })
        .collect();
    let to = get("To").cloned().unwrap_or_else(|| sender.to_owned());
    let message = InboundMessage {
        sender: to.clone(),
        id: id.clone(),
        address: from.clone(),
        user_id: None,
        name: get("ProfileName").cloned(),
        at: request.received_at,
        kind: InboundKind::Text,
        body: get("Body").cloned().unwrap_or_default(),
        media: None,
        payload: None,
        reply_to: get("OriginalRepliedMessageSid").cloned(),
        referral: None,
        group: None,
        echo: false,
        raw,
    };
    let messages = message.with_files(files).into_iter();
    let mut events: Vec<Event> = messages
        .map(|message| Event::Message(Box::new(message)))
        .collect();
    // Twilio answers the words of its Advanced Opt-Out itself and says so.
    if let Some(word) = get("OptOutType")
        && matches!(word.as_str(), "STOP" | "START")
    {
        events.push(Event::Preference {
            sender: to,
            address: from.clone(),
            marketing: word == "START",
            at: request.received_at,
        });
    }
    Ok(Told {
        key,
        events,
        ..Told::default()
    })
}

/// A file at an address of Twilio's.
pub(super) fn file(url: String, mime_type: Option<String>) -> InboundMedia {
    InboundMedia {
        kind: media_kind(mime_type.as_deref().unwrap_or_default()),
        id: None,
        url: Some(url),
        mime_type,
        file_name: None,
        bytes: None,
    }
}

fn media_kind(mime: &str) -> MediaKind {
    match mime.split('/').next() {
        Some("image") => MediaKind::Image,
        Some("video") => MediaKind::Video,
        Some("audio") => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

fn dispatch_of(url: &str) -> Option<String> {
    url::Url::parse(url)
        .ok()?
        .query_pairs()
        .find(|(name, _)| name == DISPATCH)
        .map(|(_, value)| value.into_owned())
}

/// Whether a message as the API shows it went out.
pub(super) fn is_ours(body: &Value) -> bool {
    body.get("direction")
        .and_then(Value::as_str)
        .is_some_and(|direction| direction.starts_with("outbound"))
}

fn when(body: &Value, names: &[&str]) -> Option<DateTime<Utc>> {
    names
        .iter()
        .find_map(|name| DateTime::parse_from_rfc2822(body.get(name)?.as_str()?).ok())
        .map(|at| at.with_timezone(&Utc))
}

/// How many files came with a message, as the API shows it.
pub(super) fn files(body: &Value) -> usize {
    body.get("num_media")
        .and_then(Value::as_str)
        .and_then(|count| count.parse().ok())
        .unwrap_or(0)
}

/// A message that came in, as the API shows it: its files are behind a question of their own.
pub(super) fn received(body: &Value, sender: &str, now: DateTime<Utc>) -> Option<InboundMessage> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if text("direction") != Some("inbound") {
        return None;
    }
    let written = text("body").unwrap_or_default();
    Some(InboundMessage {
        sender: text("to").unwrap_or(sender).to_owned(),
        id: text("sid")?.to_owned(),
        address: text("from")?.to_owned(),
        user_id: None,
        name: None,
        at: when(body, &["date_sent", "date_created"]).unwrap_or(now),
        kind: if files(body) > 0 && written.is_empty() {
            InboundKind::Unsupported
        } else {
            InboundKind::Text
        },
        body: written.to_owned(),
        media: None,
        payload: None,
        reply_to: None,
        referral: None,
        group: None,
        echo: false,
        raw: body.clone(),
    })
}

/// A message as the API shows it.
pub(super) fn resource(
    body: &Value,
    sender: &str,
    now: DateTime<Utc>,
    shown: impl Fn(&str) -> String,
) -> StatusReport {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let word = text("status").unwrap_or_default();
    let status = fared(word).unwrap_or(Fared::Accepted);
    let at = when(body, &["date_updated", "date_sent", "date_created"]).unwrap_or(now);
    let price = text("price")
        .zip(text("price_unit"))
        .and_then(|(amount, unit)| {
            let micros = parse_decimal_micros(amount).ok()?.checked_abs()?;
            let currency = Currency::of_record(unit).ok()?;
            Some((Micros(micros), currency))
        });
    StatusReport {
        sender: text("from").unwrap_or(sender).to_owned(),
        id: text("sid").unwrap_or_default().to_owned(),
        dispatch_id: None,
        address: text("to").map(str::to_owned),
        status,
        at,
        price: price.map(|amount| Price {
            amount: Some(amount),
            category: None,
            billable: Some(true),
        }),
        failure: (status == Fared::Failed).then(|| {
            let code = body
                .get("error_code")
                .and_then(Value::as_i64)
                .unwrap_or(30_008)
                .to_string();
            rule::refusal(
                codes::RULES,
                &code,
                shown(text("error_message").unwrap_or_default()),
            )
        }),
        word: word.to_owned(),
    }
}
