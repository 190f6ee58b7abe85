//! YCloud: the same numbers and templates as at Meta, under YCloud's names.

mod templates;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::check::{only, words};
use super::cloud::{Order, check_context, phone_and_account, take};
use super::{AcceptedMessage, Step, Way, digits, fate, files, put};
use crate::app::App;
use crate::graph::{Call, GraphError, Method};
use crate::server::Reply;
use crate::world::World;

pub(super) use templates::template;

const KINDS: &[&str] = &[
    "text", "template", "image", "video", "audio", "document", "sticker",
];

/// Answers a call below `/v2/`.
pub(crate) fn answer(app: &App, call: &Call) -> Reply {
    if call.bearer.as_deref() != Some(app.ycloud_api_key.as_str()) {
        return refused(401, "UNAUTHORIZED", "The API key is invalid.", None);
    }
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        (Method::Post, ["v2", "whatsapp", "messages"]) => send(app, call, true),
        (Method::Post, ["v2", "whatsapp", "messages", "sendDirectly"]) => send(app, call, false),
        (Method::Get, ["v2", "whatsapp", "messages", id]) => {
            let messages = app.meta_messages();
            match messages
                .find(id)
                .filter(|it| it.way == Way::Ycloud && it.id == *id)
            {
                Some(message) => Reply::json(200, &shown(message, app.clock.now())),
                None => not_found(),
            }
        }
        (Method::Get, ["v2", "whatsapp", "phoneNumbers"]) => page(
            call,
            &numbers(&app.world(), call.params.get("filter.wabaId")),
        ),
        (Method::Get, ["v2", "whatsapp", "media", "download", id]) => {
            files::download(app, id).unwrap_or_else(not_found)
        }
        (method, ["v2", "whatsapp", "templates", rest @ ..]) => {
            templates::answer(app, call, method, rest)
        }
        _ => not_found(),
    }
}

fn not_found() -> Reply {
    refused(
        404,
        "NOT_FOUND",
        "The requested resource does not exist.",
        None,
    )
}

fn invalid(message: &str) -> Reply {
    refused(400, "PARAM_INVALID", message, None)
}

/// An error as YCloud writes it, with Meta's inside where Meta refused.
fn refused(status: u16, code: &str, message: &str, meta: Option<&GraphError>) -> Reply {
    let mut error = json!({
        "status": status,
        "code": code,
        "message": message,
        "requestId": "6720f1a2b3c4d5e6f7a8b9c0",
        "docUrl": "https://docs.ycloud.com/reference/errors",
    });
    if let Some(meta) = meta {
        put(&mut error, "whatsappApiError", of_meta(meta));
    }
    let mut reply = Reply::json(status, &json!({ "error": error }));
    if status == 429 {
        reply
            .headers
            .push(("retry-after".to_owned(), "2".to_owned()));
    }
    reply
}

fn of_meta(error: &GraphError) -> Value {
    let mut value = json!({
        "message": error.message,
        "type": error.kind,
        "code": error.code.to_string(),
        "fbtrace_id": "A",
        "error_data": error.data,
    });
    if let Some(subcode) = error.subcode {
        put(&mut value, "error_subcode", subcode.to_string());
    }
    if let Some((title, text)) = error.for_person {
        put(&mut value, "error_user_title", *title);
        put(&mut value, "error_user_msg", *text);
    }
    value
}

/// A scripted fault in YCloud's form.
pub(crate) fn fault(error: &GraphError) -> Reply {
    let code = match error.status {
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        429 => "TOO_MANY_REQUESTS",
        400..=499 => "PARAM_INVALID",
        _ => "INTERNAL_SERVER_ERROR",
    };
    let meta = (error.code >= 130_000).then_some(error);
    refused(error.status, code, &error.message, meta)
}

/// `POST /v2/whatsapp/messages`, queued, and `…/sendDirectly`, which waits for Meta's answer.
fn send(app: &App, call: &Call, queued: bool) -> Reply {
    let body = call.json_body();
    let Some(kind) = words(&body, "type").filter(|kind| KINDS.contains(kind)) else {
        return invalid("type must be one of the documented types");
    };
    let mut known = vec![
        "from",
        "to",
        "recipient",
        "type",
        "externalId",
        "context",
        kind,
    ];
    if queued {
        known.extend(["filterUnsubscribed", "filterBlocked"]);
    }
    if let Err(error) = only(&body, &known, "body").and_then(|()| check_context(&body)) {
        return invalid(&error.message);
    }
    let world = app.world();
    let from = words(&body, "from").unwrap_or_default();
    let Some(waba) = account_of(&world, from) else {
        return invalid("from is not a WhatsApp phone number of this account");
    };
    if words(&body, "to").is_none() && words(&body, "recipient").is_none() {
        return refused(400, "PARAM_MISSING", "to or recipient is required", None);
    }
    if !from.starts_with('+') || words(&body, "to").is_some_and(|to| !to.starts_with('+')) {
        return invalid("phone numbers must be in E.164 format");
    }
    let taken = take(
        app,
        &world,
        &Order {
            way: Way::Ycloud,
            sender: from.to_owned(),
            waba,
            to: words(&body, "to"),
            recipient: words(&body, "recipient"),
            kind,
            object: body.get(kind),
            our_id: words(&body, "externalId"),
        },
    );
    match taken {
        Ok(message) => Reply::json(200, &accepted(&message)),
        Err(error) if queued => Reply::json(200, &queued_and_failed(app, &body, waba, &error)),
        Err(error) => refused(
            error.status,
            "WHATSAPP_API_ERROR",
            &error.message.clone(),
            Some(&error),
        ),
    }
}

/// In the queue everything is taken, and Meta's refusal comes by webhook.
fn queued_and_failed(app: &App, body: &Map<String, Value>, waba: u64, error: &GraphError) -> Value {
    let now = app.clock.now();
    let mut messages = app.meta_messages();
    let id = format!("{:024x}", 0x6720_0000_0000_u64 + messages.next_serial());
    let mut value = json!({
        "id": id,
        "wabaId": waba.to_string(),
        "from": body.get("from"),
        "to": body.get("to"),
        "type": body.get("type"),
        "externalId": body.get("externalId"),
        "status": "accepted",
        "createTime": time(now),
    });
    let answered = value.clone();
    put(&mut value, "status", "failed");
    put(&mut value, "updateTime", time(now));
    put(&mut value, "errorCode", error.code.to_string());
    put(&mut value, "errorMessage", error.message.clone());
    put(&mut value, "whatsappApiError", of_meta(error));
    messages
        .post
        .event("whatsapp.message.updated", "whatsappMessage", value, now);
    answered
}

/// The account that a number of ours belongs to.
fn account_of(world: &World, number: &str) -> Option<u64> {
    let wanted = digits(number);
    (0..world.phones.len())
        .filter_map(|at| phone_and_account(world, at))
        .find(|(phone, _)| digits(phone.number) == wanted)
        .map(|(_, waba)| waba)
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn base(message: &AcceptedMessage) -> Value {
    let mut value = json!({
        "id": message.id,
        "wamid": message.wamid,
        "wabaId": message.waba.to_string(),
        "from": message.sender,
        "type": message.kind,
        "status": "accepted",
        "createTime": time(message.at),
        "bizType": "whatsapp",
        "pricingCategory": message.category,
        "totalPrice": 0.0618,
        "currency": "USD",
    });
    let key = if message.wa_id.contains('.') {
        "recipient"
    } else {
        "to"
    };
    put(&mut value, key, message.to.clone());
    if let Some(ours) = &message.our_id {
        put(&mut value, "externalId", ours.clone());
    }
    value
}

fn accepted(message: &AcceptedMessage) -> Value {
    base(message)
}

/// A message as it stands at a time.
pub(super) fn shown(message: &AcceptedMessage, at: DateTime<Utc>) -> Value {
    let mut value = base(message);
    for (due, step) in message.steps.iter().filter(|(due, _)| *due <= at) {
        let (status, key) = match step {
            Step::Sent => ("sent", "sendTime"),
            Step::Delivered => ("delivered", "deliverTime"),
            Step::Read => ("read", "readTime"),
            Step::Failed(code) => {
                let (title, _) = fate::words(*code);
                put(&mut value, "errorCode", code.to_string());
                put(&mut value, "errorMessage", title);
                put(
                    &mut value,
                    "whatsappApiError",
                    of_meta(&fate::refusal(*code, None)),
                );
                ("failed", "updateTime")
            }
        };
        put(&mut value, "status", status);
        put(&mut value, key, time(*due));
        put(&mut value, "updateTime", time(*due));
    }
    value
}

fn numbers(world: &World, waba: Option<&str>) -> Vec<Value> {
    (0..world.phones.len())
        .filter_map(|at| phone_and_account(world, at))
        .filter(|(_, account)| waba.is_none_or(|wanted| account.to_string() == wanted))
        .map(|(phone, account)| {
            json!({
                "id": phone.id.to_string(),
                "phoneNumber": format!("+{}", digits(phone.number)),
                "displayPhoneNumber": phone.number,
                "wabaId": account.to_string(),
                "verifiedName": phone.verified_name,
                "qualityRating": phone.quality,
                "codeVerificationStatus": phone.verification,
                "status": "CONNECTED",
                "messagingLimit": "TIER_10K",
            })
        })
        .collect()
}

/// One page of a list: `page` from 1, `limit` up to 100.
fn page(call: &Call, items: &[Value]) -> Reply {
    let number = |name: &str, usual: usize| {
        call.params
            .get(name)
            .map_or(Some(usual), |text| text.parse().ok())
    };
    let (Some(page), Some(limit)) = (number("page", 1), number("limit", 10)) else {
        return invalid("page and limit must be integers");
    };
    if !(1..=100).contains(&page) || !(1..=100).contains(&limit) {
        return invalid("page and limit go from 1 to 100");
    }
    let offset = (page - 1) * limit;
    let rows: Vec<Value> = items.iter().skip(offset).take(limit).cloned().collect();
    let mut answer = json!({
        "items": rows,
        "offset": offset,
        "limit": limit,
        "length": rows.len(),
    });
    if call.params.get("includeTotal") == Some("true") {
        put(&mut answer, "total", items.len());
    }
    Reply::json(200, &answer)
}
