//! Files that people sent, and how long they can be fetched.
//!
//! Meta: the id is good for seven days, and gives an address that is good for five minutes and is open
//! to the token alone. YCloud: the address in the webhook is good for 30 days, with the API key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::graph::{Context, GraphError, Method, Params};
use crate::server::Reply;

/// For how long Meta keeps a file that somebody sent.
const AT_META: TimeDelta = TimeDelta::days(7);
/// For how long the address of one is good.
const ADDRESS: TimeDelta = TimeDelta::minutes(5);
/// For how long YCloud keeps one.
const AT_YCLOUD: TimeDelta = TimeDelta::days(30);

/// A file that somebody sends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileOrder {
    /// `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: String,
    pub mime_type: String,
    pub file_name: Option<String>,
    /// What is in it, as base64.
    pub content: String,
}

/// A file that can be fetched.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    bytes: Vec<u8>,
    mime_type: String,
    at: DateTime<Utc>,
}

impl Received {
    fn hash(&self) -> String {
        STANDARD.encode(Sha256::digest(&self.bytes))
    }
}

/// What a file can be.
pub(crate) const KINDS: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// Keeps a file that somebody sends; gives its part of the webhook, under the name of its kind.
pub(super) fn keep(
    app: &App,
    order: &FileOrder,
    caption: &str,
    at_ycloud: bool,
) -> Result<(String, Value), String> {
    if !KINDS.contains(&order.kind.as_str()) {
        return Err(format!("kind is one of {}.", KINDS.join(", ")));
    }
    let bytes = STANDARD
        .decode(&order.content)
        .map_err(|error| format!("content is no base64: {error}"))?;
    let now = app.clock.now();
    let file = Received {
        bytes,
        mime_type: order.mime_type.clone(),
        at: now,
    };
    let mut messages = app.meta_messages();
    let id = (8_800_000_000_000_000 + messages.next_serial() * 41).to_string();
    let mut part = json!({ "id": id, "mime_type": order.mime_type, "sha256": file.hash() });
    if at_ycloud {
        let link = format!("{}/v2/whatsapp/media/download/{id}", app.origin);
        super::put(&mut part, "link", link);
    }
    if !caption.is_empty() && !matches!(order.kind.as_str(), "audio" | "sticker") {
        super::put(&mut part, "caption", caption);
    }
    if let (Some(name), "document") = (&order.file_name, order.kind.as_str()) {
        super::put(&mut part, "filename", name.clone());
    }
    messages.received.insert(id, file);
    Ok((order.kind.clone(), part))
}

fn find(app: &App, id: &str, kept: TimeDelta) -> Option<Received> {
    let now = app.clock.now();
    let messages = app.meta_messages();
    messages
        .received
        .get(id)
        .filter(|file| now - file.at < kept)
        .cloned()
}

/// `GET /{media}`, if the id is a file's that somebody sent.
pub(crate) fn node(context: &Context<'_>, id: &str) -> Option<Result<Value, GraphError>> {
    let known = context.app.meta_messages().received.contains_key(id);
    if !known || context.call.method != Method::Get {
        return None;
    }
    let allowed = context.session.need(&["whatsapp_business_messaging"]);
    if let Err(error) = allowed {
        return Some(Err(error));
    }
    let Some(file) = find(context.app, id, AT_META) else {
        return Some(Err(GraphError::no_such_object(id, "get")));
    };
    let until = (context.now + ADDRESS).timestamp();
    Some(Ok(json!({
        "messaging_product": "whatsapp",
        "id": id,
        "url": format!("{}/whatsapp_business/attachments/?mid={id}&ext={until}&hash=ATt", context.app.origin),
        "mime_type": file.mime_type,
        "sha256": file.hash(),
        "file_size": file.bytes.len(),
    })))
}

/// `GET /whatsapp_business/attachments/`: the file, for whoever shows a token, while the address is good.
pub(crate) fn attachment(app: &App, params: &Params, bearer: Option<&str>) -> Reply {
    let known = bearer.is_some_and(|token| app.ledger().tokens.contains_key(token));
    if !known {
        return Reply::html(401, "Unauthorized".to_owned());
    }
    let until: i64 = params
        .get("ext")
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    let file = find(app, params.get("mid").unwrap_or(""), AT_META);
    match file.filter(|_| app.clock.now().timestamp() < until) {
        Some(file) => Reply::file(&file.mime_type, file.bytes),
        None => Reply::html(404, "Not found".to_owned()),
    }
}

/// `GET /v2/whatsapp/media/download/{id}` at YCloud.
pub(super) fn download(app: &App, id: &str) -> Option<Reply> {
    find(app, id, AT_YCLOUD).map(|file| Reply::file(&file.mime_type, file.bytes))
}
