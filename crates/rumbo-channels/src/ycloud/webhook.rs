//! YCloud's webhooks: one event a call, signed with its time.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rumbo_base::{Currency, Micros, Secret};
use serde_json::Value;
use sha2::Sha256;

use crate::codes::YCLOUD;
use crate::json::{rfc3339, seconds, text};
use crate::meta::Failure;
use crate::settings::e164;
use crate::whatsapp::{Inside, inside, kept};
use crate::{
    Event, Fared, InboundMessage, NotSent, Price, StatusReport, TemplateChange, TemplateEvent,
    Told, WebhookRefusal, WebhookRequest, rule,
};

/// `t=<seconds>,s=<hex>`, in lower case.
const SIGNATURE: &str = "ycloud-signature";

/// How old a signature may be, and how far ahead: clocks differ.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Whether the endpoint's secret signed these bytes, not long ago.
pub(super) fn verify(secret: &Secret, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
    let header = request
        .headers
        .get(SIGNATURE)
        .ok_or(WebhookRefusal::Unsigned)?;
    let part = |name: &str| {
        header
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let (time, given) = part("t")
        .zip(part("s"))
        .ok_or(WebhookRefusal::BadSignature)?;
    let given = hex::decode(given).map_err(|_| WebhookRefusal::BadSignature)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|_| WebhookRefusal::BadSignature)?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(request.body);
    // Compares in constant time. The age is looked at last: only a right signature's time counts.
    mac.verify_slice(&given)
        .map_err(|_| WebhookRefusal::BadSignature)?;
    let signed = time
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(WebhookRefusal::BadSignature)?;
    if (request.received_at - signed).abs() > TOLERANCE {
        return Err(WebhookRefusal::Stale);
    }
    Ok(())
}

/// What a call tells. Pure.
pub fn read_ycloud(request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
    let body: Value = serde_json::from_slice(request.body)
        .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
    let missing = |what: &str| WebhookRefusal::Unreadable(format!("{what} is missing"));
    let key = text(&body, "id").ok_or_else(|| missing("id"))?;
    let kind = text(&body, "type").ok_or_else(|| missing("type"))?;
    let at = rfc3339(&body, "createTime").unwrap_or(request.received_at);
    let event = match kind.as_str() {
        "whatsapp.message.updated" => body
            .get("whatsappMessage")
            .and_then(|message| report(message, at))
            .map(Event::Status),
        "whatsapp.inbound_message.received" => body
            .get("whatsappInboundMessage")
            .and_then(|message| inbound(message, at, false)),
        "whatsapp.smb.message.created" => body
            .get("whatsappMessage")
            .and_then(|message| inbound(message, at, true)),
        "whatsapp.user.preferences" => body
            .get("whatsappUserPreference")
            .and_then(|it| preference(it, at)),
        "contact.unsubscribe.created" => {
            list_changed(&body, "contactUnsubscribeCreated", false, at)
        }
        "contact.unsubscribe.deleted" => list_changed(&body, "contactUnsubscribeDeleted", true, at),
        kind if kind.starts_with("whatsapp.template.") => body
            .get("whatsappTemplate")
            .and_then(|it| template(kind, it, at))
            .map(Event::Template),
        _ => None,
    };
    let mut told = Told {
        key,
        ..Told::default()
    };
    match event {
        Some(event) => told.events.push(event),
        None => told.unknown.push(body),
    }
    Ok(told)
}

/// A message as YCloud shows it, in a webhook or when asked.
pub(super) fn report(message: &Value, told: DateTime<Utc>) -> Option<StatusReport> {
    let word = text(message, "status")?;
    let (status, time) = match word.as_str() {
        "accepted" => (Fared::Accepted, "createTime"),
        "sent" => (Fared::Sent, "sendTime"),
        "delivered" => (Fared::Delivered, "deliverTime"),
        "read" => (Fared::Read, "readTime"),
        "failed" => (Fared::Failed, "updateTime"),
        _ => return None,
    };
    let person = ["to", "recipientUserId", "recipient"]
        .iter()
        .find_map(|key| text(message, key));
    Some(StatusReport {
        sender: e164(&text(message, "from")?),
        id: text(message, "id")?,
        dispatch_id: text(message, "externalId"),
        address: person.map(|person| e164(&person)),
        status,
        at: rfc3339(message, time)
            .or_else(|| rfc3339(message, "updateTime"))
            .unwrap_or(told),
        price: price(message, status),
        failure: (status == Fared::Failed).then(|| failure(message)),
        word,
    })
}

/// Why a message failed: Meta's code where it is there, YCloud's else.
pub(super) fn failure(message: &Value) -> NotSent {
    if let Some(meta) = message.get("whatsappApiError").filter(|it| it.is_object()) {
        return Failure::read(meta).not_sent([]);
    }
    let code = text(message, "errorCode").unwrap_or_default();
    let said = text(message, "errorMessage").unwrap_or_default();
    let said = crate::wire::shown(&said, []);
    match code.parse::<i64>() {
        // Meta's number without Meta's object.
        Ok(code) => Failure {
            code,
            subcode: None,
            text: said,
        }
        .not_sent([]),
        Err(_) => rule::refusal(YCLOUD, &code, said),
    }
}

/// The price counts once the message was delivered: before that it is YCloud's guess.
fn price(message: &Value, status: Fared) -> Option<Price> {
    let amount = || {
        let currency = text(message, "currency")?.parse::<Currency>().ok()?;
        let number = message.get("totalPrice")?.as_f64()?;
        let micros = Micros::parse(&format!("{number:.6}")).ok()?;
        Some((micros, currency))
    };
    let category = text(message, "pricingCategory");
    let amount = amount().filter(|_| matches!(status, Fared::Delivered | Fared::Read));
    (amount.is_some() || category.is_some()).then_some(Price {
        amount,
        category,
        billable: None,
    })
}

fn inbound(message: &Value, told: DateTime<Utc>, echo: bool) -> Option<Event> {
    let (ours, theirs, theirs_id) = if echo {
        ("from", "to", "toUserId")
    } else {
        ("to", "from", "fromUserId")
    };
    let user_id = text(message, theirs_id);
    let Inside {
        kind,
        body,
        media,
        payload,
        reply_to,
        referral,
    } = inside(message);
    message.get("type")?.as_str()?;
    let profile = message.get("customerProfile");
    Some(Event::Message(Box::new(InboundMessage {
        sender: e164(&text(message, ours)?),
        // Meta's id, which an answer can name; YCloud's own where there is none yet.
        id: text(message, "wamid").or_else(|| text(message, "id"))?,
        address: crate::whatsapp::address(message.get(theirs), user_id.clone())?,
        user_id,
        name: profile.and_then(|profile| text(profile, "name")),
        at: rfc3339(message, "sendTime").unwrap_or(told),
        kind,
        body,
        media,
        payload,
        reply_to,
        referral,
        group: text(message, "groupId"),
        echo,
        raw: kept(message),
    })))
}

fn preference(preference: &Value, told: DateTime<Utc>) -> Option<Event> {
    let marketing = match text(preference, "value")?.as_str() {
        "stop" => false,
        "resume" => true,
        _ => return None,
    };
    Some(Event::Preference {
        sender: e164(&text(preference, "businessPhoneNumber")?),
        address: e164(&text(preference, "contactPhoneNumber")?),
        marketing,
        at: seconds(preference, "timestamp").unwrap_or(told),
    })
}

/// Somebody was put on YCloud's own list, or taken off it: it names no number of ours, because it
/// counts for all of the account's.
fn list_changed(body: &Value, part: &str, marketing: bool, told: DateTime<Utc>) -> Option<Event> {
    let part = body.get(part)?;
    Some(Event::Preference {
        sender: String::new(),
        address: e164(&text(part, "phoneNumber")?),
        marketing,
        at: rfc3339(part, "updateTime").unwrap_or(told),
    })
}

fn template(kind: &str, template: &Value, told: DateTime<Utc>) -> Option<TemplateEvent> {
    let reason = text(template, "reason").filter(|reason| reason != "NONE");
    let change = match kind {
        "whatsapp.template.reviewed" => TemplateChange::Status {
            status: text(template, "statusUpdateEvent").or_else(|| text(template, "status"))?,
            reason,
        },
        "whatsapp.template.quality_updated" => TemplateChange::Quality {
            before: None,
            after: text(template, "qualityRating")?,
        },
        "whatsapp.template.category_updated" => TemplateChange::Category {
            before: text(template, "previousCategory"),
            after: text(template, "category")?,
        },
        _ => return None,
    };
    Some(TemplateEvent {
        account: text(template, "wabaId")?,
        external_id: text(template, "officialTemplateId"),
        name: text(template, "name")?,
        language: text(template, "language")?.replace('-', "_"),
        at: rfc3339(template, "updateTime").unwrap_or(told),
        change,
    })
}

#[cfg(test)]
mod tests;
