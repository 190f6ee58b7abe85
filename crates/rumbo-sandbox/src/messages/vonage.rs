//! Vonage's Messages API, text messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::attachments::{self, Attachment};
use super::{InboundOrder, SentMessage, Webhook, Wire, sign};
use crate::app::App;
use crate::graph::Method;
use crate::server::Reply;

pub(crate) const KEY: &str = "a1b2c3d4";
pub(crate) const SENDER: &str = "+447700900000";
/// Fields of a text message, as the specification has them.
const FIELDS: [&str; 10] = [
    "channel",
    "message_type",
    "from",
    "to",
    "text",
    "client_ref",
    "ttl",
    "sms",
    "webhook_url",
    "webhook_version",
];

pub(crate) fn secret(app: &App) -> String {
    super::secret(app, "vonage", 16)
}

pub(crate) fn signature_secret(app: &App) -> String {
    super::secret(app, "vonage signature", 40)
}

pub(crate) fn error(status: u16, code: i64, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "type": format!("https://developer.vonage.com/api-errors/messages#{code}"),
            "title": message,
            "detail": message,
            "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
        }),
    )
}

pub(super) fn answer(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    if wire.basic() != Some((KEY.to_owned(), secret(app))) {
        return Reply::json(
            401,
            &json!({
                "type": "https://developer.nexmo.com/api-errors/#unauthorized",
                "title": "Unauthorized",
                "detail": "You did not provide correct credentials",
                "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
            }),
        );
    }
    match (wire.method, wire.path.as_slice()) {
        (Method::Get, ["account", "get-balance"]) => {
            Reply::json(200, &json!({ "value": 10.28, "autoReload": false }))
        }
        (Method::Post, ["v1", "messages"]) => send(app, wire),
        _ => error(404, 1020, "Not Found"),
    }
}

fn send(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    let Some(fields) = wire.body.as_object() else {
        return error(422, 1010, "The request body is not JSON");
    };
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return error(
            422,
            1020,
            &format!("`{unknown}` is not a field of this message"),
        );
    }
    for (name, wanted) in [("channel", "sms"), ("message_type", "text")] {
        if wire.text(name) != Some(wanted) {
            return error(422, 1020, &format!("`{name}` must be {wanted}"));
        }
    }
    let (Some(to), Some(from), Some(text)) =
        (wire.text("to"), wire.text("from"), wire.text("text"))
    else {
        return error(422, 1010, "`to`, `from` and `text` are required");
    };
    let is_number = |text: &str| {
        (7..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(to) || app.is_unreachable(&format!("+{to}")) {
        return error(422, 1170, "Invalid or Missing MSISDN Param");
    }
    if app.has_stopped(&format!("+{to}")) {
        return error(422, 1240, "Illegal Number");
    }
    if from != SENDER.trim_start_matches('+') {
        return error(422, 1120, "Illegal Sender Address");
    }
    if text.chars().count() > 1000 {
        return error(422, 1090, "Message too long");
    }
    if wire
        .text("client_ref")
        .is_some_and(|reference| reference.len() > 100)
    {
        return error(422, 1020, "`client_ref` is longer than 100 characters");
    }
    let serial = app.ledger().next_serial();
    let id = format!("aaaaaaaa-bbbb-4ccc-8ddd-{serial:012x}");
    app.took(SentMessage {
        provider: "vonage",
        id: id.clone(),
        dispatch_id: wire.text("client_ref").map(str::to_owned),
        address: format!("+{to}"),
        body: text.to_owned(),
        at: app.clock.now(),
        status: "submitted".to_owned(),
        callback: wire.text("webhook_url").map(str::to_owned),
    });
    Reply::json(202, &json!({ "message_uuid": id }))
}

fn webhook(app: &App, url: String, pushed: bool, body: &Value) -> Webhook {
    let body = body.to_string();
    let claims = json!({
        "iat": app.clock.now().timestamp(),
        "jti": format!("{:08x}", app.ledger().next_serial()),
        "iss": "Vonage",
        "payload_hash": sign::sha256_hex(body.as_bytes()),
        "api_key": KEY,
    });
    let token = sign::jwt(signature_secret(app).as_bytes(), &claims);
    app.tell(Webhook {
        provider: "vonage",
        url,
        pushed,
        content_type: "application/json",
        headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {token}"))]),
        body,
    })
}

pub(crate) fn status(app: &App, sent: &SentMessage, word: &str, code: Option<&str>) -> Webhook {
    let (url, pushed) = match &sent.callback {
        Some(url) => (url.clone(), true),
        None => app.receiver("vonage"),
    };
    let mut body = json!({
        "message_uuid": sent.id,
        "to": sent.address.trim_start_matches('+'),
        "from": SENDER.trim_start_matches('+'),
        "timestamp": app.clock.now().to_rfc3339_opts(SecondsFormat::Millis, true),
        "status": word,
        "channel": "sms",
        "usage": { "currency": "EUR", "price": "0.0333" },
    });
    if let Some(fields) = body.as_object_mut() {
        if let Some(dispatch) = &sent.dispatch_id {
            fields.insert("client_ref".to_owned(), dispatch.clone().into());
        }
        if let Some(code) = code {
            fields.insert(
                "error".to_owned(),
                json!({
                    "type": format!("https://developer.vonage.com/api-errors/messages#{code}"),
                    "title": code,
                    "detail": "Absent Subscriber Permanent",
                    "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
                }),
            );
        }
    }
    webhook(app, url, pushed, &body)
}

/// For how long the address of a file is good that nobody secured.
const GOOD_FOR: TimeDelta = TimeDelta::hours(48);

pub(crate) fn inbound(
    app: &App,
    order: &InboundOrder,
    files: Vec<Attachment>,
) -> Result<Webhook, String> {
    let (url, pushed) = app.receiver("vonage");
    let serial = app.ledger().next_serial();
    let (from, text) = (&order.from, &order.text);
    let mut body = json!({
        "channel": "sms",
        "message_uuid": format!("cccccccc-bbbb-4ccc-8ddd-{serial:012x}"),
        "to": SENDER.trim_start_matches('+'),
        "from": from.trim_start_matches('+'),
        "timestamp": app.clock.now().to_rfc3339_opts(SecondsFormat::Millis, true),
        "usage": { "currency": "EUR", "price": "0" },
    });
    let fields = match files.as_slice() {
        [] => json!({
            "message_type": "text",
            "text": text,
            "sms": { "num_messages": "1", "keyword": text.split(' ').next().unwrap_or_default().to_uppercase() },
        }),
        [file] => {
            let word = attachments::word(file);
            json!({
                "channel": "mms",
                "message_type": word,
                word: {
                    "url": attachments::address(app, file.id, GOOD_FOR),
                    "name": file.file_name,
                    "caption": text,
                },
            })
        }
        _ => return Err("A message of Vonage's carries one file.".to_owned()),
    };
    if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
        body.extend(fields);
    }
    Ok(webhook(app, url, pushed, &body))
}
