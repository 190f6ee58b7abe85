//! What Evolution tells: events of an instance, one in each call.

mod message;

use chrono::{DateTime, Utc};
use rumbo_base::Secret;
use serde_json::Value;

use super::codes;
use crate::event::{Event, Fared, StatusReport, Told, WebhookRefusal, WebhookRequest};
use crate::settings::{digits, key_of};
use crate::{Trouble, TroubleKind, rule};

/// A person's number out of WhatsApp's form of it: `5491122334455:12@s.whatsapp.net`.
pub(super) fn address_of(jid: &str) -> Option<String> {
    let (user, server) = jid.split_once('@')?;
    let user = user.split(':').next().unwrap_or(user);
    match server {
        "s.whatsapp.net" | "c.us" if user.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("+{}", digits(user)))
        }
        _ => None,
    }
}

/// Words of statuses, as its own names and as the numbers underneath.
fn fared(word: &Value) -> Option<(Fared, String)> {
    let text = match word {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let status = match text.as_str() {
        "ERROR" | "0" => Fared::Failed,
        "PENDING" | "1" => Fared::Accepted,
        "SERVER_ACK" | "2" => Fared::Sent,
        "DELIVERY_ACK" | "3" => Fared::Delivered,
        "READ" | "PLAYED" | "4" | "5" => Fared::Read,
        _ => return None,
    };
    Some((status, text))
}

pub(super) fn webhook(
    request: &WebhookRequest<'_>,
    instance: &str,
) -> Result<Told, WebhookRefusal> {
    let mut body: Value = serde_json::from_slice(request.body)
        .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
    let event = body
        .get("event")
        .and_then(Value::as_str)
        .ok_or_else(|| WebhookRefusal::Unreadable("it names no event".to_owned()))?
        .to_lowercase()
        .replace('_', ".");
    // The key opens the instance: it is kept nowhere but in the vault.
    let key = body.as_object_mut().and_then(|it| it.remove("apikey"));
    let secret = key
        .as_ref()
        .and_then(Value::as_str)
        .filter(|key| !key.is_empty())
        .map(Secret::from);
    let sender = body
        .get("instance")
        .and_then(Value::as_str)
        .unwrap_or(instance)
        .to_owned();
    let mut told = Told {
        key: key_of(request.body),
        secret,
        ..Told::default()
    };
    let data = body.get("data").unwrap_or(&Value::Null);
    let items = data
        .as_array()
        .map_or_else(|| std::slice::from_ref(data), Vec::as_slice);
    for item in items {
        // Its times of events are local ones without a zone: the time of coming is the truer one.
        let event = match event.as_str() {
            "messages.upsert" => message::inbound(item, &sender, request.received_at),
            "send.message" => accepted(item, &sender, request.received_at),
            "messages.update" => status(item, &sender, request.received_at),
            "connection.update" => session(item, &sender, request.received_at),
            "qrcode.updated" => Some(Event::Session {
                sender: sender.clone(),
                connected: false,
                trouble: Some(TroubleKind::NotPaired.into()),
                at: request.received_at,
            }),
            _ => None,
        };
        match event {
            Some(event) => told.events.push(event),
            None => told.unknown.push(item.clone()),
        }
    }
    if told.events.is_empty() {
        told.unknown = vec![body];
    }
    Ok(told)
}

/// A message that was sent through its API, by us or by another program: that it has it is all it says.
fn accepted(item: &Value, sender: &str, at: DateTime<Utc>) -> Option<Event> {
    let id = item.pointer("/key/id")?.as_str()?;
    let address = item.pointer("/key/remoteJid").and_then(Value::as_str);
    Some(Event::Status(StatusReport {
        sender: sender.to_owned(),
        id: id.to_owned(),
        dispatch_id: None,
        address: address.and_then(address_of),
        status: Fared::Accepted,
        at,
        price: None,
        failure: None,
        word: item
            .get("status")
            .and_then(Value::as_str)
            .unwrap_or("PENDING")
            .to_owned(),
    }))
}

fn status(item: &Value, sender: &str, at: DateTime<Utc>) -> Option<Event> {
    let from_me = item
        .get("fromMe")
        .or_else(|| item.pointer("/key/fromMe"))
        .and_then(Value::as_bool);
    // What we read of a person's message is no status of ours.
    if from_me == Some(false) {
        return None;
    }
    let id = ["/keyId", "/key/id"]
        .iter()
        .find_map(|pointer| item.pointer(pointer)?.as_str())?;
    let (status, word) = fared(
        item.get("status")
            .or_else(|| item.pointer("/update/status"))?,
    )?;
    let jid = item
        .get("remoteJid")
        .or_else(|| item.pointer("/key/remoteJid"))
        .and_then(Value::as_str);
    Some(Event::Status(report(id, sender, jid, status, word, at)))
}

fn report(
    id: &str,
    sender: &str,
    jid: Option<&str>,
    status: Fared,
    word: String,
    at: DateTime<Utc>,
) -> StatusReport {
    StatusReport {
        sender: sender.to_owned(),
        id: id.to_owned(),
        dispatch_id: None,
        address: jid.and_then(address_of),
        status,
        at,
        price: None,
        failure: (status == Fared::Failed)
            .then(|| rule::refusal(codes::RULES, "ERROR", String::new())),
        word,
    }
}

/// Whether the session stands, by the word for its state.
pub(super) fn state(state: &str, sender: &str, at: DateTime<Utc>) -> Event {
    Event::Session {
        sender: sender.to_owned(),
        connected: state == "open",
        trouble: (state != "open").then(|| Trouble::with(TroubleKind::SessionLost, state)),
        at,
    }
}

/// What a message of the database tells: that it is there, and of one of ours how it fared; each with
/// when the message was sent.
pub(super) fn listed(
    record: &Value,
    sender: &str,
    now: DateTime<Utc>,
    mut tell: impl FnMut(DateTime<Utc>, Event),
) {
    let sent = message::sent_at(record).unwrap_or(now);
    let from_me = record.pointer("/key/fromMe").and_then(Value::as_bool) == Some(true);
    if let Some(id) = record
        .pointer("/key/id")
        .and_then(Value::as_str)
        .filter(|_| from_me)
    {
        let jid = record.pointer("/key/remoteJid").and_then(Value::as_str);
        let (status, word) = furthest(record);
        // The database says that it came so far, not when.
        tell(
            sent,
            Event::Status(report(id, sender, jid, status, word, now)),
        );
    }
    if let Some(event) = message::inbound(record, sender, now) {
        tell(sent, event);
    }
}

/// The furthest status of a message in the database.
fn furthest(record: &Value) -> (Fared, String) {
    let words = record
        .get("MessageUpdate")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|update| fared(update.get("status")?));
    let own = record.get("status").and_then(fared);
    words
        .chain(own)
        .max_by_key(|(status, _)| *status)
        .unwrap_or((Fared::Accepted, "PENDING".to_owned()))
}

fn session(item: &Value, sender: &str, at: DateTime<Utc>) -> Option<Event> {
    let state = item.get("state")?.as_str()?;
    Some(Event::Session {
        sender: sender.to_owned(),
        connected: state == "open",
        trouble: (state != "open").then(|| {
            let detail = item
                .get("statusReason")
                .filter(|reason| !reason.is_null())
                .map_or_else(|| state.to_owned(), |reason| format!("{state} ({reason})"));
            Trouble::with(TroubleKind::SessionLost, detail)
        }),
        at,
    })
}

/// A message in the answer of a search, with the furthest of its statuses.
pub(super) fn found(
    body: &Value,
    id: &str,
    sender: &str,
    now: DateTime<Utc>,
) -> Option<StatusReport> {
    let record = body
        .pointer("/messages/records")?
        .as_array()?
        .iter()
        .find(|record| record.pointer("/key/id").and_then(Value::as_str) == Some(id))?;
    let (status, word) = furthest(record);
    let jid = record.pointer("/key/remoteJid").and_then(Value::as_str);
    Some(report(id, sender, jid, status, word, now))
}
