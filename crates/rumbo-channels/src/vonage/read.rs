//! What Vonage tells: statuses and messages that came in, as JSON.

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros, parse_decimal_micros};
use serde_json::Value;

use super::codes;
use crate::event::{
    Event, Fared, InboundKind, InboundMedia, InboundMessage, Price, StatusReport, Told,
    WebhookRefusal, WebhookRequest,
};
use crate::settings::{e164, key_of};
use crate::{MediaKind, rule};

fn fared(word: &str) -> Option<Fared> {
    Some(match word {
        "submitted" => Fared::Sent,
        "delivered" => Fared::Delivered,
        "read" => Fared::Read,
        "rejected" | "undeliverable" => Fared::Failed,
        _ => return None,
    })
}

pub(super) fn webhook(request: &WebhookRequest<'_>, sender: &str) -> Result<Told, WebhookRefusal> {
    let body: Value = serde_json::from_slice(request.body)
        .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
    if !body.is_object() {
        return Err(WebhookRefusal::Unreadable(
            "the body is no object".to_owned(),
        ));
    }
    let text = |pointer: &str| {
        body.pointer(pointer)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let at = text("/timestamp")
        .and_then(|at| DateTime::parse_from_rfc3339(at).ok())
        .map_or(request.received_at, |at| at.with_timezone(&Utc));
    let key = key_of(request.body);
    let told = |event: Option<Event>, body: &Value| Told {
        key: key.clone(),
        unknown: if event.is_none() {
            vec![body.clone()]
        } else {
            Vec::new()
        },
        events: event.into_iter().collect(),
        ..Told::default()
    };
    let Some(id) = text("/message_uuid") else {
        return Ok(told(None, &body));
    };
    if let Some(word) = text("/status") {
        let Some(status) = fared(word) else {
            return Ok(told(None, &body));
        };
        let report = StatusReport {
            sender: text("/from").map_or_else(|| sender.to_owned(), ours),
            id: id.to_owned(),
            dispatch_id: text("/client_ref").map(str::to_owned),
            address: text("/to").map(e164),
            status,
            at,
            price: price(&body),
            failure: (status == Fared::Failed).then(|| failure(&body)),
            word: word.to_owned(),
        };
        return Ok(told(Some(Event::Status(report)), &body));
    }
    let (Some(from), Some(kind)) = (text("/from"), text("/message_type")) else {
        return Ok(told(None, &body));
    };
    let (kind, media_kind) = match kind {
        "text" => (InboundKind::Text, None),
        "image" => (InboundKind::Image, Some(MediaKind::Image)),
        "video" => (InboundKind::Video, Some(MediaKind::Video)),
        "audio" => (InboundKind::Audio, Some(MediaKind::Audio)),
        "file" | "vcard" => (InboundKind::Document, Some(MediaKind::Document)),
        _ => (InboundKind::Unsupported, None),
    };
    let word = text("/message_type").unwrap_or_default();
    let media = media_kind.map(|kind| InboundMedia {
        kind,
        id: None,
        url: text(&format!("/{word}/url")).map(str::to_owned),
        mime_type: None,
        file_name: text(&format!("/{word}/name")).map(str::to_owned),
        bytes: None,
    });
    let message = InboundMessage {
        sender: text("/to").map_or_else(|| sender.to_owned(), ours),
        id: id.to_owned(),
        address: e164(from),
        user_id: None,
        name: text("/profile/name").map(str::to_owned),
        at,
        kind,
        body: text("/text")
            .or_else(|| text(&format!("/{word}/caption")))
            .unwrap_or_default()
            .to_owned(),
        media,
        payload: None,
        reply_to: text("/context/message_uuid").map(str::to_owned),
        referral: None,
        group: None,
        echo: false,
        raw: body.clone(),
    };
    Ok(told(Some(Event::Message(Box::new(message))), &body))
}

/// Our own sender as the channel has it: a number with its plus, a name as it is.
fn ours(text: &str) -> String {
    e164(text)
}

fn failure(body: &Value) -> crate::NotSent {
    let error = body.get("error").unwrap_or(&Value::Null);
    let code = codes::of_error(error).unwrap_or_else(|| "unknown".to_owned());
    let words = ["detail", "title"]
        .iter()
        .find_map(|name| error.get(name).and_then(Value::as_str))
        .unwrap_or_default();
    rule::refusal(codes::RULES, &code, crate::wire::shown(words, []))
}

fn price(body: &Value) -> Option<Price> {
    let amount = body.pointer("/usage/price")?;
    let amount = match amount {
        Value::String(text) => parse_decimal_micros(text).ok()?,
        Value::Number(number) => parse_decimal_micros(&number.to_string()).ok()?,
        _ => return None,
    };
    let currency = Currency::of_record(body.pointer("/usage/currency")?.as_str()?).ok()?;
    Some(Price {
        amount: Some((Micros(amount), currency)),
        category: None,
        billable: Some(true),
    })
}
