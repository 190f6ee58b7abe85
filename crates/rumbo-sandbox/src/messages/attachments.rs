//! Files that people send by providers other than WhatsApp's own, and the host that gives them out.
//!
//! Twilio, Vonage, Messenger and Instagram point to a host of files, at signed addresses that end: nobody
//! shows a key there, and whoever does has leaked it. It is this server under another name, `localhost`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Wire;
use crate::app::App;
use crate::meta_messages::files::{FileOrder, KINDS};
use crate::server::Reply;

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attachment {
    /// A number of its own.
    pub id: u64,
    /// `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: String,
    pub mime_type: String,
    pub file_name: Option<String>,
    pub bytes: Vec<u8>,
    /// Until when Telegram's path to it is good: it was asked for.
    pub path_until: Option<DateTime<Utc>>,
}

impl Attachment {
    /// The ending of its name.
    pub fn ending(&self) -> &str {
        match self.mime_type.as_str() {
            "image/jpeg" => "jpg",
            "audio/ogg" => "oga",
            other => other.split_once('/').map_or("bin", |(_, ending)| ending),
        }
    }
}

/// Keeps files that somebody sends.
pub(crate) fn keep(app: &App, orders: &[FileOrder]) -> Result<Vec<Attachment>, String> {
    let mut kept = Vec::new();
    for order in orders {
        if !KINDS.contains(&order.kind.as_str()) {
            return Err(format!("kind is one of {}.", KINDS.join(", ")));
        }
        let bytes = STANDARD
            .decode(&order.content)
            .map_err(|error| format!("content is no base64: {error}"))?;
        let mut ledger = app.ledger();
        let attachment = Attachment {
            id: ledger.next_serial(),
            kind: order.kind.clone(),
            mime_type: order.mime_type.clone(),
            file_name: order.file_name.clone(),
            bytes,
            path_until: None,
        };
        ledger.messages.attachments.push(attachment.clone());
        kept.push(attachment);
    }
    Ok(kept)
}

/// A file by its number.
pub(crate) fn find(app: &App, id: u64) -> Option<Attachment> {
    let ledger = app.ledger();
    let mut all = ledger.messages.attachments.iter();
    all.find(|attachment| attachment.id == id).cloned()
}

/// An address at the host of files that is good for so long.
pub(crate) fn address(app: &App, id: u64, good_for: TimeDelta) -> String {
    let until = (app.clock.now() + good_for).timestamp();
    let host = match url::Url::parse(&app.origin) {
        Ok(mut url) => {
            let named = url.set_host(Some("localhost")).is_ok();
            let text = url.to_string();
            if named { text } else { app.origin.clone() }
        }
        Err(_) => app.origin.clone(),
    };
    let host = host.trim_end_matches('/');
    format!(
        "{host}/cdn/{id}?oe={until:x}&oh={:016x}",
        signature(app, id, until)
    )
}

fn signature(app: &App, id: u64, until: i64) -> u64 {
    app.dice
        .with(701)
        .with(id)
        .with_text(&until.to_string())
        .bits()
}

/// `GET /cdn/{id}`: the file, while its address is good.
pub(crate) fn answer(app: &App, wire: &Wire<'_>) -> Reply {
    let is_signed = |name: &str| !wire.header(name).is_empty();
    let shows_a_key = ["authorization", "apikey", "x-api-key"]
        .into_iter()
        .any(is_signed)
        || wire.params.get("access_token").is_some()
        || wire.params.get("appsecret_proof").is_some();
    if shows_a_key {
        return refused(400, "Only one auth mechanism allowed");
    }
    let id: Option<u64> = wire.path.first().and_then(|id| id.parse().ok());
    let hex = |name: &str| wire.params.get(name).unwrap_or_default();
    let until = i64::from_str_radix(hex("oe"), 16).unwrap_or_default();
    let found = id.and_then(|id| find(app, id));
    let signed = u64::from_str_radix(hex("oh"), 16).ok();
    match found {
        None => refused(404, "Not found"),
        Some(file) if signed != Some(signature(app, file.id, until)) => {
            refused(403, "Bad URL hash")
        }
        Some(_) if app.clock.now().timestamp() >= until => refused(403, "URL signature expired"),
        Some(file) => Reply::file(&file.mime_type, file.bytes),
    }
}

fn refused(status: u16, why: &str) -> Reply {
    Reply::json(status, &json!({ "error": why }))
}

/// The words of an attachment's kind as Meta's pages and Vonage have them.
pub(crate) fn word(file: &Attachment) -> &'static str {
    match file.kind.as_str() {
        "image" | "sticker" => "image",
        "video" => "video",
        "audio" => "audio",
        _ => "file",
    }
}

/// A length as text, as some providers have it.
pub(crate) fn length(file: &Attachment) -> Value {
    file.bytes.len().to_string().into()
}
