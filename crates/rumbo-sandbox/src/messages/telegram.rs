//! Telegram's Bot API.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::attachments::Attachment;
use super::{InboundOrder, SentMessage, Webhook, Wire, secret};
use crate::app::App;
use crate::server::Reply;

pub(crate) const SENDER: &str = "@casa_alba_bot";
const BOT_ID: i64 = 110_201_543;

/// The one bot there is.
#[derive(Debug, Default)]
pub(crate) struct Bot {
    /// What `getUpdates` gives: kept until it is confirmed by asking from a later number.
    updates: Vec<Value>,
    /// Chats that there are: a person begins one, the bot never does.
    chats: BTreeSet<i64>,
    /// The secret of `setWebhook`.
    secret_token: Option<String>,
}

pub(crate) fn token(app: &App) -> String {
    format!("{BOT_ID}:AA{}", secret(app, "telegram", 33))
}

pub(crate) fn error(status: u16, description: &str, retry_after: Option<u64>) -> Reply {
    let mut body = json!({ "ok": false, "error_code": status, "description": description });
    if let (Some(seconds), Some(fields)) = (retry_after, body.as_object_mut()) {
        fields.insert("parameters".to_owned(), json!({ "retry_after": seconds }));
    }
    Reply::json(status, &body)
}

fn done(result: &Value) -> Reply {
    Reply::json(200, &json!({ "ok": true, "result": result }))
}

/// Whether a poll may wait: nothing is new, and how many seconds it asked for.
pub(crate) fn waits(app: &App, wire: &Wire<'_>) -> Option<u64> {
    let is_poll = wire.path.last() == Some(&"getUpdates");
    let nothing = {
        let ledger = app.ledger();
        ledger.messages.telegram.updates.is_empty()
            && !ledger.messages.receivers.contains_key("telegram")
    };
    let seconds = wire.body.get("timeout").and_then(Value::as_u64)?;
    (is_poll && nothing).then_some(seconds)
}

pub(super) fn answer(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    if let ["file", bot, path @ ..] = wire.path.as_slice() {
        return download(app, bot, path);
    }
    let [bot, method] = wire.path.as_slice() else {
        return error(404, "Not Found", None);
    };
    if *bot != format!("bot{}", token(app)) {
        return error(401, "Unauthorized", None);
    }
    match *method {
        "getMe" => done(&json!({
            "id": BOT_ID, "is_bot": true, "first_name": "Casa Alba",
            "username": SENDER.trim_start_matches('@'),
        })),
        "sendMessage" => match wire.text("text") {
            None => error(400, "Bad Request: message text is empty", None),
            Some(text) if text.encode_utf16().count() > 4096 => {
                error(400, "Bad Request: message is too long", None)
            }
            Some(text) => send(app, wire, text, json!({ "text": text })),
        },
        "sendPhoto" | "sendVideo" | "sendAudio" | "sendDocument" | "sendSticker" => {
            let field = method.trim_start_matches("send").to_lowercase();
            let Some(file) = wire.text(&field) else {
                return error(
                    400,
                    &format!("Bad Request: there is no {field} in the request"),
                    None,
                );
            };
            if file.contains("://") && !file.starts_with("https://") {
                return error(400, "Bad Request: failed to get HTTP URL content", None);
            }
            let caption = wire.text("caption").unwrap_or_default();
            if caption.encode_utf16().count() > 1024 {
                return error(400, "Bad Request: message caption is too long", None);
            }
            send(
                app,
                wire,
                caption,
                json!({ field: { "file_id": file }, "caption": caption }),
            )
        }
        "setWebhook" => {
            let Some(url) = wire.text("url") else {
                return error(400, "Bad Request: bad webhook: URL is required", None);
            };
            // On this computer, where the sandbox's webhooks go, nothing is encrypted.
            if !url.starts_with("https://") && !is_loopback(url) {
                return error(
                    400,
                    "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
                    None,
                );
            }
            let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            if wire
                .text("secret_token")
                .is_some_and(|secret| secret.len() > 256 || !secret.bytes().all(fine))
            {
                return error(
                    400,
                    "Bad Request: secret token contains unallowed characters",
                    None,
                );
            }
            let mut ledger = app.ledger();
            ledger.messages.telegram.secret_token = wire.text("secret_token").map(str::to_owned);
            ledger
                .messages
                .receivers
                .insert("telegram".to_owned(), url.to_owned());
            done(&true.into())
        }
        "deleteWebhook" => {
            let mut ledger = app.ledger();
            ledger.messages.telegram.secret_token = None;
            ledger.messages.receivers.remove("telegram");
            done(&true.into())
        }
        "getUpdates" => updates(app, wire),
        "getFile" => file(app, wire),
        _ => error(404, "Not Found: method not found", None),
    }
}

/// A bot is given no file that is larger.
const LARGEST: usize = 20 << 20;

/// For how long a path is good, at least.
const PATH: TimeDelta = TimeDelta::hours(1);

fn file_id(file: &Attachment) -> String {
    format!("AgACAgEAAxkBAAI{:08}", file.id)
}

fn file_path(file: &Attachment) -> String {
    let folder = match file.kind.as_str() {
        "image" => "photos",
        "video" => "videos",
        "audio" => "voice",
        "sticker" => "stickers",
        _ => "documents",
    };
    format!("{folder}/file_{}.{}", file.id, file.ending())
}

/// `getFile`: the path by which a file is fetched, for a while.
fn file(app: &App, wire: &Wire<'_>) -> Reply {
    let wanted = wire.text("file_id").unwrap_or_default();
    let until = app.clock.now() + PATH;
    let mut ledger = app.ledger();
    let found = ledger
        .messages
        .attachments
        .iter_mut()
        .find(|file| file_id(file) == wanted);
    match found {
        None => error(400, "Bad Request: invalid file_id", None),
        Some(file) if file.bytes.len() > LARGEST => {
            error(400, "Bad Request: file is too big", None)
        }
        Some(file) => {
            file.path_until = Some(until);
            done(&json!({
                "file_id": wanted,
                "file_unique_id": format!("AQAD{}", file.id),
                "file_size": file.bytes.len(),
                "file_path": file_path(file),
            }))
        }
    }
}

/// `GET /file/bot<token>/<path>`
fn download(app: &App, bot: &str, path: &[&str]) -> Reply {
    if bot != format!("bot{}", token(app)) {
        return error(401, "Unauthorized", None);
    }
    let (path, now) = (path.join("/"), app.clock.now());
    let ledger = app.ledger();
    let found =
        ledger.messages.attachments.iter().find(|file| {
            file_path(file) == path && file.path_until.is_some_and(|until| now < until)
        });
    match found {
        Some(file) => Reply::file("application/octet-stream", file.bytes.clone()),
        None => error(404, "Not Found", None),
    }
}

/// The part of a message that names its file.
fn attached(file: &Attachment) -> (&'static str, Value) {
    let about = json!({
        "file_id": file_id(file),
        "file_unique_id": format!("AQAD{}", file.id),
        "file_size": file.bytes.len(),
        "mime_type": file.mime_type,
        "file_name": file.file_name,
    });
    match file.kind.as_str() {
        // Smallest first; nobody ever asks for the small one.
        "image" => (
            "photo",
            json!([
                { "file_id": "AgACsmall", "file_unique_id": "s", "file_size": 1, "width": 90, "height": 67 },
                { "file_id": file_id(file), "file_unique_id": format!("AQAD{}", file.id),
                  "file_size": file.bytes.len(), "width": 1280, "height": 960 },
            ]),
        ),
        "video" => ("video", about),
        "audio" => ("voice", about),
        "sticker" => ("sticker", about),
        _ => ("document", about),
    }
}

fn is_loopback(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    })
}

fn updates(app: &App, wire: &Wire<'_>) -> Reply {
    let mut ledger = app.ledger();
    if ledger.messages.receivers.contains_key("telegram") {
        return error(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            None,
        );
    }
    let kept = &mut ledger.messages.telegram.updates;
    if let Some(offset) = wire.body.get("offset").and_then(Value::as_i64) {
        kept.retain(|update| {
            update
                .get("update_id")
                .and_then(Value::as_i64)
                .unwrap_or_default()
                >= offset
        });
    }
    let limit = wire
        .body
        .get("limit")
        .and_then(Value::as_u64)
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(100);
    let page: Vec<Value> = kept.iter().take(limit).cloned().collect();
    done(&page.into())
}

fn send(app: &App, wire: &Wire<'_>, text: &str, content: Value) -> Reply {
    let chat = match wire.body.get("chat_id") {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(name)) if !name.is_empty() => name.clone(),
        _ => return error(400, "Bad Request: chat_id is empty", None),
    };
    let Ok(id) = chat.parse::<i64>() else {
        return error(400, "Bad Request: chat not found", None);
    };
    if !app.ledger().messages.telegram.chats.contains(&id) {
        return error(400, "Bad Request: chat not found", None);
    }
    if app.is_unreachable(&chat) || app.has_stopped(&chat) {
        return error(403, "Forbidden: bot was blocked by the user", None);
    }
    let number = app.ledger().next_serial();
    app.took(SentMessage {
        provider: "telegram",
        id: format!("{chat}:{number}"),
        dispatch_id: None,
        address: chat,
        body: text.to_owned(),
        at: app.clock.now(),
        status: "sent".to_owned(),
        callback: None,
    });
    let mut message = json!({
        "message_id": number,
        "from": { "id": BOT_ID, "is_bot": true, "first_name": "Casa Alba" },
        "chat": { "id": id, "type": "private" },
        "date": app.clock.now().timestamp(),
    });
    if let (Some(fields), Value::Object(content)) = (message.as_object_mut(), content) {
        fields.extend(content);
    }
    done(&message)
}

/// An update, by webhook where one is set and else kept for the next poll.
pub(crate) fn inbound(
    app: &App,
    order: &InboundOrder,
    files: Vec<Attachment>,
) -> Result<Webhook, String> {
    let part = match files.as_slice() {
        [] => json!({ "text": order.text }),
        [file] => {
            let (name, part) = attached(file);
            let mut fields = json!({ name: part });
            if let (Some(fields), false) = (fields.as_object_mut(), order.text.is_empty()) {
                fields.insert("caption".to_owned(), order.text.clone().into());
            }
            fields
        }
        _ => return Err("A message of Telegram's carries one file.".to_owned()),
    };
    let id: i64 = order
        .from
        .parse()
        .map_err(|_| "A chat of Telegram's is a whole number, such as 77112233.".to_owned())?;
    let name = order.name.as_deref().unwrap_or("Ana");
    let mut ledger = app.ledger();
    // Who writes to a bot has let it in again.
    ledger.messages.stopped.remove(&order.from);
    let (update, number) = (ledger.next_serial(), ledger.next_serial());
    let mut message = json!({
        "message_id": number,
        "from": { "id": id, "is_bot": false, "first_name": name, "language_code": "es" },
        "chat": { "id": id, "type": "private", "first_name": name },
        "date": app.clock.now().timestamp(),
    });
    if let (Some(message), Value::Object(part)) = (message.as_object_mut(), part) {
        message.extend(part);
    }
    let body = json!({ "update_id": update, "message": message });
    let bot = &mut ledger.messages.telegram;
    let secret_token = bot.secret_token.clone();
    bot.updates.push(body.clone());
    bot.chats.insert(id);
    drop(ledger);
    let (url, pushed) = app.receiver("telegram");
    if pushed {
        app.ledger().messages.telegram.updates.clear();
    }
    let headers = secret_token
        .map(|secret| ("x-telegram-bot-api-secret-token".to_owned(), secret))
        .into_iter()
        .collect::<BTreeMap<_, _>>();
    Ok(app.tell(Webhook {
        provider: "telegram",
        url,
        pushed,
        content_type: "application/json",
        headers,
        body: body.to_string(),
    }))
}
