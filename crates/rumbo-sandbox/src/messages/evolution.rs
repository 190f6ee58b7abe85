//! Evolution API 2.3: one instance, paired or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::attachments::{Attachment, length};
use super::{InboundOrder, ReceivedMessage, SentMessage, Webhook, Wire, secret, sign};
use crate::app::App;
use crate::graph::Method;
use crate::server::Reply;

pub(crate) const INSTANCE: &str = "casa-alba";
pub(crate) const SENDER: &str = "+5491155550100";

/// The one instance there is.
#[derive(Debug, Default)]
pub(crate) struct Instance {
    /// The session dropped: the number has to be paired again.
    pub closed: bool,
    /// Of the webhook's headers.
    jwt_key: Option<String>,
}

pub(crate) fn key(app: &App) -> String {
    secret(app, "evolution", 36)
}

pub(crate) fn error(status: u16, message: Value) -> Reply {
    let word = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        429 => "Too Many Requests",
        _ => "Internal Server Error",
    };
    Reply::json(
        status,
        &json!({ "status": status, "error": word, "response": { "message": message } }),
    )
}

pub(super) fn answer(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    if wire.header("apikey") != key(app) {
        return error(401, json!("Unauthorized"));
    }
    let Some((instance, action)) = wire.path.split_last() else {
        return error(404, json!([]));
    };
    if *instance != INSTANCE {
        return error(
            404,
            json!([format!("The \"{instance}\" instance does not exist")]),
        );
    }
    let closed = app.ledger().messages.evolution.closed;
    match (wire.method, action) {
        (Method::Get, ["instance", "connectionState"]) => {
            let state = if closed { "close" } else { "open" };
            Reply::json(
                200,
                &json!({ "instance": { "instanceName": INSTANCE, "state": state } }),
            )
        }
        (Method::Get, ["instance", "connect"]) if closed => Reply::json(
            200,
            &json!({ "pairingCode": "WZYEH1YY", "code": "2@y8eK+bjtEjUWy9/FOM", "count": 1 }),
        ),
        (Method::Get, ["instance", "connect"]) => Reply::json(
            200,
            &json!({ "instance": { "instanceName": INSTANCE, "state": "open" } }),
        ),
        (Method::Post, ["message", "sendText"]) => send(app, wire, closed, "text", &["text"]),
        (Method::Post, ["message", "sendMedia"]) => send(
            app,
            wire,
            closed,
            "caption",
            &["mediatype", "mimetype", "media", "fileName"],
        ),
        (Method::Post, ["message", "sendWhatsAppAudio"]) => {
            send(app, wire, closed, "audio", &["audio"])
        }
        (Method::Post, ["message", "sendSticker"]) => {
            send(app, wire, closed, "sticker", &["sticker"])
        }
        (Method::Post, ["chat", "findMessages"]) => find(app, wire),
        (Method::Post, ["chat", "getBase64FromMediaMessage"]) => file(app, wire, closed),
        (Method::Post, ["webhook", "set"]) => {
            let webhook = wire.body.get("webhook").unwrap_or(&Value::Null);
            let Some(url) = webhook.get("url").and_then(Value::as_str) else {
                return error(400, json!(["webhook requires property \"url\""]));
            };
            let mut ledger = app.ledger();
            ledger.messages.evolution.jwt_key = webhook
                .pointer("/headers/jwt_key")
                .and_then(Value::as_str)
                .map(str::to_owned);
            ledger
                .messages
                .receivers
                .insert("evolution".to_owned(), url.to_owned());
            Reply::json(201, webhook)
        }
        _ => error(
            404,
            json!([format!(
                "Cannot {} /{}",
                wire.method.text(),
                wire.path.join("/")
            )]),
        ),
    }
}

fn send(app: &Arc<App>, wire: &Wire<'_>, closed: bool, words: &str, required: &[&str]) -> Reply {
    if let Some(missing) = std::iter::once(&"number")
        .chain(required)
        .find(|name| wire.text(name).is_none())
    {
        return error(
            400,
            json!([[format!("instance requires property \"{missing}\"")]]),
        );
    }
    let number = wire.text("number").unwrap_or_default();
    let address = format!("+{number}");
    if app.is_unreachable(&address) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        let jid = format!("{number}@s.whatsapp.net");
        return error(
            400,
            json!([{ "jid": jid, "exists": false, "number": number }]),
        );
    }
    if closed {
        return error(400, json!(["Connection Closed"]));
    }
    let serial = app.ledger().next_serial();
    let sent = SentMessage {
        provider: "evolution",
        id: format!("BAE5{serial:012X}"),
        dispatch_id: None,
        address,
        body: wire.text(words).unwrap_or_default().to_owned(),
        at: app.clock.now(),
        status: "PENDING".to_owned(),
        callback: None,
    };
    let shown = record(&sent);
    app.took(sent);
    Reply::json(201, &shown)
}

fn record(sent: &SentMessage) -> Value {
    json!({
        "key": {
            "remoteJid": jid(&sent.address),
            "fromMe": true,
            "id": sent.id,
        },
        "message": { "conversation": sent.body },
        "messageType": "conversation",
        "messageTimestamp": sent.at.timestamp(),
        "status": sent.status,
    })
}

fn jid(address: &str) -> String {
    format!("{}@s.whatsapp.net", address.trim_start_matches('+'))
}

/// Newest first; `offset` is the size of a page.
fn find(app: &App, wire: &Wire<'_>) -> Reply {
    let wanted = wire.body.pointer("/where/key/id").and_then(Value::as_str);
    let chat = wire
        .body
        .pointer("/where/key/remoteJid")
        .and_then(Value::as_str);
    // Both ends or none, as dates; with one of them it looks at neither.
    let end = |name: &str| -> Option<DateTime<Utc>> {
        let text = wire
            .body
            .pointer(&format!("/where/messageTimestamp/{name}"))?;
        text.as_str()?.parse().ok()
    };
    let between = end("gte").zip(end("lte"));
    let number = |name: &str, usual: usize| {
        let given = wire.body.get(name).and_then(Value::as_u64);
        given
            .and_then(|n| usize::try_from(n).ok())
            .filter(|n| *n > 0)
            .unwrap_or(usual)
    };
    let (page, size) = (number("page", 1), number("offset", 50));
    let ledger = app.ledger();
    let sent = ledger
        .messages
        .sent
        .iter()
        .filter(|sent| sent.provider == "evolution");
    let came = ledger
        .messages
        .received
        .iter()
        .filter(|came| came.provider == "evolution");
    let mut all: Vec<(DateTime<Utc>, Value)> = sent
        .map(|sent| {
            let mut record = record(sent);
            if let Some(fields) = record.as_object_mut() {
                fields.remove("status");
                let update = json!([{ "status": sent.status }]);
                fields.insert("MessageUpdate".to_owned(), update);
            }
            (sent.at, record)
        })
        .chain(came.map(|came| (came.at, inbound_record(came))))
        .filter(|(at, _)| between.is_none_or(|(from, to)| *at >= from && *at <= to))
        .filter(|(_, record)| {
            wanted.is_none_or(|id| record.pointer("/key/id").is_some_and(|own| own == id))
                && chat.is_none_or(|chat| {
                    record
                        .pointer("/key/remoteJid")
                        .is_some_and(|own| own == chat)
                })
        })
        .collect();
    drop(ledger);
    all.reverse();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let (total, pages) = (all.len(), all.len().div_ceil(size).max(1));
    let records: Vec<Value> = all
        .into_iter()
        .skip((page - 1) * size)
        .take(size)
        .map(|(_, record)| record)
        .collect();
    Reply::json(
        200,
        &json!({ "messages": {
            "total": total, "pages": pages, "currentPage": page, "records": records,
        }}),
    )
}

/// For how long WhatsApp keeps a file, and Evolution can fetch it from there.
const AT_WHATSAPP: TimeDelta = TimeDelta::days(14);

/// The file of a message, decrypted, as base64.
fn file(app: &App, wire: &Wire<'_>, closed: bool) -> Reply {
    if closed {
        return error(400, json!(["Connection Closed"]));
    }
    let wanted = wire.body.pointer("/message/key/id").and_then(Value::as_str);
    let ledger = app.ledger();
    let found = ledger
        .messages
        .received
        .iter()
        .find(|came| came.provider == "evolution" && Some(came.id.as_str()) == wanted);
    let Some(came) = found else {
        return error(400, json!(["Message not found"]));
    };
    let Some(file) = came.files.first() else {
        return error(400, json!(["The message is not of the media type"]));
    };
    if app.clock.now() - came.at > AT_WHATSAPP {
        return error(
            400,
            json!(["AxiosError: Request failed with status code 410"]),
        );
    }
    Reply::json(
        201,
        &json!({
            "mediaType": content(came).0,
            "fileName": file.file_name.clone().unwrap_or_else(|| format!("{}.{}", came.id, file.ending())),
            "caption": came.text,
            "size": { "fileLength": length(file), "height": null, "width": null },
            "mimetype": file.mime_type,
            "base64": STANDARD.encode(&file.bytes),
            "buffer": null,
        }),
    )
}

/// The type of a message, and its inside.
fn content(came: &ReceivedMessage) -> (&'static str, Value) {
    let Some(file) = came.files.first() else {
        return ("conversation", json!({ "conversation": came.text }));
    };
    let name = match file.kind.as_str() {
        "image" => "imageMessage",
        "video" => "videoMessage",
        "audio" => "audioMessage",
        "sticker" => "stickerMessage",
        _ => "documentMessage",
    };
    let part = json!({
        "url": "https://mmg.whatsapp.net/v/t62.7118-24/encrypted.enc?ccb=11-4",
        "mimetype": file.mime_type,
        "fileLength": length(file),
        "fileName": file.file_name,
        "caption": came.text,
        "mediaKey": "c2VjcmV0IG9mIHdoYXRzYXBw",
    });
    (name, json!({ name: part }))
}

fn inbound_record(came: &ReceivedMessage) -> Value {
    let (kind, message) = content(came);
    json!({
        "key": { "remoteJid": jid(&came.from), "fromMe": false, "id": came.id },
        "pushName": came.name.as_deref().unwrap_or("Ana"),
        "message": message,
        "messageType": kind,
        "messageTimestamp": came.at.timestamp(),
        "instanceId": "3f4a",
        "source": "android",
        "MessageUpdate": [],
    })
}

fn webhook(app: &App, event: &str, data: &Value) -> Webhook {
    let (url, pushed) = app.receiver("evolution");
    let now = app.clock.now();
    let body = json!({
        "event": event,
        "instance": INSTANCE,
        "data": data,
        "destination": url,
        "date_time": now.to_rfc3339_opts(SecondsFormat::Millis, true),
        "sender": jid(SENDER),
        "server_url": format!("{}/evolution", app.origin),
        "apikey": key(app),
    });
    let jwt_key = app.ledger().messages.evolution.jwt_key.clone();
    let mut headers = BTreeMap::new();
    if let Some(jwt_key) = jwt_key {
        let claims = json!({
            "iat": now.timestamp(),
            "exp": now.timestamp() + 600,
            "app": "evolution",
            "action": "webhook",
        });
        let token = sign::jwt(jwt_key.as_bytes(), &claims);
        headers.insert("authorization".to_owned(), format!("Bearer {token}"));
    }
    app.tell(Webhook {
        provider: "evolution",
        url,
        pushed,
        content_type: "application/json",
        headers,
        body: body.to_string(),
    })
}

pub(crate) fn status(app: &App, sent: &SentMessage, word: &str) -> Webhook {
    let data = json!({
        "messageId": format!("cm{}", sent.id.to_lowercase()),
        "keyId": sent.id,
        "remoteJid": jid(&sent.address),
        "fromMe": true,
        "participant": jid(SENDER),
        "status": word,
        "instanceId": "3f4a",
    });
    webhook(app, "messages.update", &data)
}

pub(crate) fn inbound(
    app: &App,
    order: &InboundOrder,
    files: Vec<Attachment>,
) -> Result<Webhook, String> {
    if files.len() > 1 {
        return Err("A message of WhatsApp's carries one file.".to_owned());
    }
    let serial = app.ledger().next_serial();
    let came = app.received("evolution", &format!("3EB0{serial:012X}"), order, files);
    let mut data = inbound_record(&came);
    if let Some(fields) = data.as_object_mut() {
        fields.remove("MessageUpdate");
    }
    Ok(webhook(app, "messages.upsert", &data))
}

/// Ends or restores the session.
pub(crate) fn session(app: &App, open: bool) -> Webhook {
    app.ledger().messages.evolution.closed = !open;
    let (state, reason) = if open { ("open", 200) } else { ("close", 401) };
    webhook(
        app,
        "connection.update",
        &json!({ "instance": INSTANCE, "state": state, "statusReason": reason }),
    )
}
