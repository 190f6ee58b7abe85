//! Messenger and Instagram: a page answers people who wrote to it.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::check::{only, words};
use super::{AcceptedMessage, Step, Way};
use crate::graph::{Context, GraphError};
use crate::tokens::Holder;

/// The Instagram account of a page.
pub(crate) fn instagram_of(page: u64) -> u64 {
    17_841_400_000_000_000 + page % 1_000_000_000_000
}

/// What may be told outside of the window.
const TAGS: &[&str] = &[
    "ACCOUNT_UPDATE",
    "CONFIRMED_EVENT_UPDATE",
    "CUSTOMER_FEEDBACK",
    "HUMAN_AGENT",
    "POST_PURCHASE_UPDATE",
];

/// `POST /<page>/messages`; the person's id says whether it is Messenger or Instagram.
pub(crate) fn send(context: &Context<'_>, at: usize) -> Result<Value, GraphError> {
    if context.session.holder != Holder::Page(at) {
        return Err(GraphError::new(
            190,
            "(#190) This method must be called with a Page Access Token",
        ));
    }
    let body = context.call.json_body();
    only(
        &body,
        &["recipient", "messaging_type", "message", "reply_to", "tag"],
        "messages",
    )?;
    let page = context.world.pages.get(at).map_or(0, |page| page.id);
    let person = body
        .get("recipient")
        .and_then(Value::as_object)
        .and_then(|recipient| words(recipient, "id"))
        .ok_or_else(|| GraphError::parameter("The parameter recipient is required."))?;
    match words(&body, "messaging_type") {
        Some("RESPONSE" | "UPDATE") => {}
        Some("MESSAGE_TAG") => match words(&body, "tag") {
            Some(tag) if TAGS.contains(&tag) => {}
            _ => {
                return Err(GraphError::parameter(format!(
                    "Param tag must be one of {{{}}}.",
                    TAGS.join(", ")
                )));
            }
        },
        _ => {
            return Err(GraphError::parameter(
                "Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}.",
            ));
        }
    }
    let message = body
        .get("message")
        .and_then(Value::as_object)
        .ok_or_else(|| GraphError::parameter("The parameter message is required."))?;
    let instagram = instagram_of(page).to_string();
    let page = page.to_string();
    let switches = context.app.ledger().switches.clone();
    let unreachable = context.app.is_unreachable(person);
    let mut messages = context.app.meta_messages();
    let (way, sender, permission, longest) = if messages.has_written(&instagram, person) {
        (
            Way::Instagram,
            instagram,
            "instagram_manage_messages",
            1_000,
        )
    } else {
        (Way::Messenger, page, "pages_messaging", 2_000)
    };
    context.session.need(&[permission])?;
    let (kind, text) = content(message, way, longest)?;
    if unreachable || !messages.has_written(&sender, person) {
        return Err(GraphError::parameter("No matching user found").with_subcode(2_018_001));
    }
    if person.ends_with("0551") {
        return Err(
            GraphError::new(551, "(#551) This person isn't available right now.")
                .with_subcode(1_545_041),
        );
    }
    let tagged = words(&body, "messaging_type") == Some("MESSAGE_TAG");
    if !tagged && !messages.window_is_open(&sender, person, context.now) {
        return Err(
            GraphError::new(10, "(#10) This message is sent outside of allowed window.")
                .with_subcode(2_018_278),
        );
    }
    let serial = messages.next_serial();
    let id = format!("m_{}", context.app.dice.with(601).with(serial).text(30));
    let delay = TimeDelta::seconds(switches.status_delay_seconds);
    let steps = [Step::Sent, Step::Delivered, Step::Read];
    let mut due = context.now;
    let steps = steps
        .into_iter()
        .map(|step| {
            let at = due;
            due += delay;
            (at, step)
        })
        .collect();
    let taken = AcceptedMessage {
        id: id.clone(),
        wamid: id.clone(),
        way,
        our_id: words(message, "metadata").map(str::to_owned),
        sender,
        to: person.to_owned(),
        kind: kind.to_owned(),
        template: None,
        text: text.to_owned(),
        at: context.now,
        waba: 0,
        wa_id: person.to_owned(),
        category: None,
        steps,
    };
    messages.take(taken.clone());
    drop(messages);
    context.app.took(taken.as_sent());
    Ok(json!({ "recipient_id": person, "message_id": id }))
}

/// The kind and the text of a message.
fn content(
    message: &Map<String, Value>,
    way: Way,
    longest: usize,
) -> Result<(&str, &str), GraphError> {
    let known: &[&str] = if way == Way::Messenger {
        &["text", "attachment", "metadata", "quick_replies"]
    } else {
        &["text", "attachment"]
    };
    only(message, known, "message")?;
    match (words(message, "text"), message.get("attachment")) {
        (Some(text), None) => {
            let length = if way == Way::Messenger {
                text.encode_utf16().count()
            } else {
                text.len()
            };
            if length > longest {
                return Err(GraphError::parameter(format!(
                    "Length of param message[text] must be less than or equal to {longest}"
                )));
            }
            Ok(("text", text))
        }
        (None, Some(Value::Object(attachment))) => {
            only(attachment, &["type", "payload"], "attachment")?;
            let kind = words(attachment, "type").unwrap_or_default();
            let payload = attachment.get("payload").and_then(Value::as_object);
            let source = payload.and_then(|payload| {
                words(payload, "url").or_else(|| words(payload, "attachment_id"))
            });
            if !matches!(kind, "image" | "video" | "audio" | "file") || source.is_none() {
                return Err(GraphError::parameter(
                    "Param message[attachment] needs a type and a payload with url or attachment_id.",
                ));
            }
            Ok((kind, ""))
        }
        _ => Err(GraphError::parameter(
            "Must send either text or an attachment.",
        )),
    }
}
