//! Changes of a WhatsApp Business account: messages, statuses, templates, preferences.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Failure;
use super::webhook::Reader;
use crate::json::{list, plain, seconds, text};
use crate::settings::e164;
use crate::whatsapp::{Inside, address, inside, kept};
use crate::{Event, Fared, InboundMessage, Price, StatusReport, TemplateChange, TemplateEvent};

/// Reads one item of a list: the change it stands in, the item, and the sender it is about.
type Read = fn(&Value, &Value, &str) -> Option<Event>;

/// Reads one change. Each item stands for itself: what cannot be read is kept and the rest goes on.
pub(super) fn change(
    reader: &mut Reader,
    account: &str,
    field: &str,
    value: &Value,
    at: DateTime<Utc>,
) {
    let sender = value
        .get("metadata")
        .and_then(|metadata| text(metadata, "phone_number_id"))
        .unwrap_or_default();
    let before = reader.events.len() + reader.unknown.len();
    let readers: [(&str, Read); 4] = [
        ("messages", message),
        ("message_echoes", echo),
        ("statuses", status),
        ("user_preferences", preference),
    ];
    for (key, read) in readers {
        for item in list(value, key) {
            match read(value, item, &sender) {
                Some(event) => reader.events.push(event),
                None => reader.keep(account, field, item),
            }
        }
    }
    if reader.events.len() + reader.unknown.len() > before {
        return;
    }
    match template(account, field, value, at) {
        Some(event) => reader.events.push(Event::Template(event)),
        None => reader.keep(account, field, value),
    }
}

fn message(value: &Value, message: &Value, sender: &str) -> Option<Event> {
    let contacts = list(value, "contacts");
    let from = message.get("from").and_then(plain);
    let known_id = text(message, "from_user_id");
    let contact = contacts
        .iter()
        .find(|contact| {
            let same =
                |key: &str, ours: &Option<String>| ours.is_some() && text(contact, key) == *ours;
            same("wa_id", &from) || same("user_id", &known_id)
        })
        .or_else(|| contacts.first().filter(|_| contacts.len() == 1));
    let user_id = known_id.or_else(|| contact.and_then(|contact| text(contact, "user_id")));
    let name = contact
        .and_then(|contact| contact.get("profile"))
        .and_then(|profile| text(profile, "name"));
    let address = address(message.get("from"), user_id.clone())?;
    inbound(message, sender, address, user_id, name, false)
}

/// A message of our side that the phone's own app sent.
fn echo(_: &Value, message: &Value, sender: &str) -> Option<Event> {
    let user_id = text(message, "to_user_id");
    let address = address(message.get("to"), user_id.clone())?;
    inbound(message, sender, address, user_id, None, true)
}

fn inbound(
    message: &Value,
    sender: &str,
    address: String,
    user_id: Option<String>,
    name: Option<String>,
    echo: bool,
) -> Option<Event> {
    let Inside {
        kind,
        body,
        media,
        payload,
        reply_to,
        referral,
    } = inside(message);
    message.get("type")?.as_str()?;
    Some(Event::Message(Box::new(InboundMessage {
        sender: sender.to_owned(),
        id: text(message, "id")?,
        address,
        user_id,
        name,
        at: seconds(message, "timestamp")?,
        kind,
        body,
        media,
        payload,
        reply_to,
        referral,
        group: text(message, "group_id"),
        echo,
        raw: kept(message),
    })))
}

fn status(_: &Value, status: &Value, sender: &str) -> Option<Event> {
    let word = text(status, "status")?;
    let fared = match word.as_str() {
        "sent" => Fared::Sent,
        "delivered" => Fared::Delivered,
        "read" | "played" => Fared::Read,
        "failed" => Fared::Failed,
        _ => return None,
    };
    let person = if text(status, "recipient_type").as_deref() == Some("group") {
        text(status, "recipient_participant_id")
            .or_else(|| text(status, "recipient_participant_user_id"))
    } else {
        text(status, "recipient_id").or_else(|| text(status, "recipient_user_id"))
    };
    let pricing = status.get("pricing").filter(|pricing| pricing.is_object());
    Some(Event::Status(StatusReport {
        sender: sender.to_owned(),
        id: text(status, "id")?,
        dispatch_id: text(status, "biz_opaque_callback_data"),
        address: person.map(|person| e164(&person)),
        status: fared,
        at: seconds(status, "timestamp")?,
        price: pricing.map(|pricing| Price {
            amount: None,
            category: text(pricing, "category"),
            billable: pricing.get("billable").and_then(Value::as_bool),
        }),
        failure: (fared == Fared::Failed).then(|| {
            let error = list(status, "errors").first().unwrap_or(&Value::Null);
            Failure::read(error).not_sent([])
        }),
        word,
    }))
}

fn preference(_: &Value, preference: &Value, sender: &str) -> Option<Event> {
    if text(preference, "category").is_some_and(|category| category != "marketing_messages") {
        return None;
    }
    let marketing = match text(preference, "value")?.as_str() {
        "stop" => false,
        "resume" => true,
        _ => return None,
    };
    Some(Event::Preference {
        sender: sender.to_owned(),
        address: address(preference.get("wa_id"), text(preference, "user_id"))?,
        marketing,
        at: seconds(preference, "timestamp")?,
    })
}

/// What a change says of a template. Meta's own sample of a quality change comes under the field of
/// status changes, so the keys decide and not the field.
fn template(account: &str, field: &str, value: &Value, at: DateTime<Utc>) -> Option<TemplateEvent> {
    let nothing = |reason: &String| !reason.is_empty() && reason != "NONE";
    let change = if let Some(after) = text(value, "new_quality_score") {
        TemplateChange::Quality {
            before: text(value, "previous_quality_score"),
            after,
        }
    } else if let Some(future) = text(value, "correct_category") {
        TemplateChange::CategoryAnnounced {
            after: future,
            from: seconds(value, "category_update_timestamp"),
        }
    } else if let Some(after) = text(value, "new_category") {
        TemplateChange::Category {
            before: text(value, "previous_category"),
            after,
        }
    } else if let Some(status) = text(value, "event") {
        let title = || value.get("other_info").and_then(|info| text(info, "title"));
        TemplateChange::Status {
            status,
            reason: text(value, "reason").filter(nothing).or_else(title),
        }
    } else if field == "message_template_components_update" {
        TemplateChange::Components
    } else {
        return None;
    };
    Some(TemplateEvent {
        account: account.to_owned(),
        external_id: text(value, "message_template_id"),
        name: text(value, "message_template_name")?,
        // Some of Meta's webhooks write en-US for what its interface calls en_US.
        language: text(value, "message_template_language")?.replace('-', "_"),
        at,
        change,
    })
}
