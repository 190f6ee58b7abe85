//! WhatsApp messages as Meta writes them: what is sent, and what comes in. YCloud passes the same
//! through.

use serde_json::{Map, Value, json};

use crate::json::{list, plain, put, text};
use crate::settings::e164;
use crate::{
    ButtonKind, Content, InboundKind, InboundMedia, MediaKind, MediaSource, Referral,
    TemplateParameters, TemplateSend,
};

/// Characters of one text message, in UTF-16 units.
pub(crate) const LONGEST_TEXT: u32 = 4096;

/// Whom a message goes to.
pub(crate) enum Recipient<'a> {
    /// E.164 with its plus: without it the business's own country code is put before the number.
    Phone(&'a str),
    /// Meta's id of a person for this business (`US.1349…`): it has a field of its own, and in `to` it
    /// would be dropped without a word.
    UserId(&'a str),
}

impl<'a> Recipient<'a> {
    /// What an address is; `None` where it is neither.
    pub fn of(address: &'a str) -> Option<Self> {
        if let Some(digits) = address.strip_prefix('+') {
            let fits =
                (7..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
            return fits.then_some(Self::Phone(address));
        }
        let (country, rest) = address.split_once('.')?;
        let fits = country.len() == 2
            && country.bytes().all(|it| it.is_ascii_uppercase())
            && !rest.is_empty()
            && rest
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'.');
        fits.then_some(Self::UserId(address))
    }

    /// The field it goes in, and its value there.
    pub fn field(&self) -> (&'static str, &'a str) {
        match self {
            Self::Phone(number) => ("to", number),
            Self::UserId(id) => ("recipient", id),
        }
    }
}

/// The `type` of a message and its object.
pub(crate) fn body(content: &Content) -> Result<(&'static str, Value), &'static str> {
    match content {
        Content::Text { body, .. } if body.trim().is_empty() => Err("The message has no text."),
        Content::Text { body, .. } => {
            let length = body.encode_utf16().count();
            if u32::try_from(length).map_or(true, |length| length > LONGEST_TEXT) {
                return Err("A WhatsApp message holds 4,096 characters. Shorten the text.");
            }
            Ok(("text", json!({ "body": body, "preview_url": false })))
        }
        Content::Media {
            kind,
            source,
            caption,
            file_name,
        } => media(*kind, source, caption.as_deref(), file_name.as_deref()),
        Content::Template(template) => Ok(("template", self::template(template))),
    }
}

/// The word for a kind of file, also the name of its object.
pub(crate) fn media_word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    }
}

fn source(source: &MediaSource) -> Map<String, Value> {
    let (key, value) = match source {
        MediaSource::Link { url } => ("link", url),
        MediaSource::Uploaded { id } => ("id", id),
    };
    Map::from_iter([(key.to_owned(), value.clone().into())])
}

fn media(
    kind: MediaKind,
    from: &MediaSource,
    caption: Option<&str>,
    file_name: Option<&str>,
) -> Result<(&'static str, Value), &'static str> {
    let mut object = source(from);
    if let Some(caption) = caption.filter(|caption| !caption.is_empty()) {
        if matches!(kind, MediaKind::Audio | MediaKind::Sticker) {
            return Err(
                "WhatsApp shows no caption with audio and stickers. Send the text as a message of its own.",
            );
        }
        object.insert("caption".to_owned(), caption.into());
    }
    if let (MediaKind::Document, Some(name)) = (kind, file_name) {
        object.insert("filename".to_owned(), name.into());
    }
    Ok((media_word(kind), object.into()))
}

fn template(template: &TemplateSend) -> Value {
    let mut object = json!({
        "name": template.name,
        "language": { "code": template.language },
    });
    let components = components(&template.parameters);
    if !components.is_empty() {
        put(&mut object, "components", components);
    }
    object
}

fn components(parameters: &TemplateParameters) -> Vec<Value> {
    let words = |name: &str, value: &str| {
        let mut parameter = json!({ "type": "text", "text": value });
        if parameters.named {
            put(&mut parameter, "parameter_name", name);
        }
        parameter
    };
    let mut components = Vec::new();
    let mut header: Vec<Value> = parameters
        .header
        .iter()
        .map(|(name, value)| words(name, value))
        .collect();
    if let Some((kind, from)) = &parameters.header_media {
        let word = media_word(*kind);
        let mut parameter = json!({ "type": word });
        put(&mut parameter, word, source(from));
        header.push(parameter);
    }
    if !header.is_empty() {
        components.push(json!({ "type": "header", "parameters": header }));
    }
    if !parameters.body.is_empty() {
        let body: Vec<Value> = parameters
            .body
            .iter()
            .map(|(name, value)| words(name, value))
            .collect();
        components.push(json!({ "type": "body", "parameters": body }));
    }
    for button in &parameters.buttons {
        let (kind, parameter) = match button.kind {
            ButtonKind::Url => ("url", json!({ "type": "text", "text": button.value })),
            ButtonKind::QuickReply => (
                "quick_reply",
                json!({ "type": "payload", "payload": button.value }),
            ),
            ButtonKind::CopyCode => (
                "copy_code",
                json!({ "type": "coupon_code", "coupon_code": button.value }),
            ),
            ButtonKind::Flow => (
                "flow",
                json!({ "type": "action", "action": { "flow_token": button.value } }),
            ),
        };
        components.push(json!({
            "type": "button",
            "sub_type": kind,
            "index": button.index.to_string(),
            "parameters": [parameter],
        }));
    }
    components
}

/// What a message that came in holds, without who and when.
pub(crate) struct Inside {
    pub kind: InboundKind,
    pub body: String,
    pub media: Option<InboundMedia>,
    pub payload: Option<String>,
    pub reply_to: Option<String>,
    pub referral: Option<Referral>,
}

/// Reads the part of a message that its `type` names. What has no text is empty, never an error:
/// people and providers send what nobody wrote down.
pub(crate) fn inside(message: &Value) -> Inside {
    let kind = message.get("type").and_then(Value::as_str).unwrap_or("");
    let part = message.get(kind).unwrap_or(&Value::Null);
    let mut inside = Inside {
        kind: InboundKind::Unsupported,
        body: String::new(),
        media: None,
        payload: None,
        reply_to: message
            .get("context")
            .and_then(|context| text(context, "id")),
        referral: message.get("referral").and_then(referral),
    };
    match kind {
        "text" => {
            inside.kind = InboundKind::Text;
            inside.body = text(part, "body").unwrap_or_default();
        }
        "image" | "video" | "audio" | "document" | "sticker" => {
            let (kind, file) = match kind {
                "image" => (InboundKind::Image, MediaKind::Image),
                "video" => (InboundKind::Video, MediaKind::Video),
                "audio" => (InboundKind::Audio, MediaKind::Audio),
                "document" => (InboundKind::Document, MediaKind::Document),
                _ => (InboundKind::Sticker, MediaKind::Sticker),
            };
            inside.kind = kind;
            inside.body = text(part, "caption").unwrap_or_default();
            inside.media = Some(InboundMedia {
                kind: file,
                id: text(part, "id"),
                // Meta's `url` is signed for us and short-lived; YCloud's `link` is what it offers.
                url: text(part, "link"),
                mime_type: text(part, "mime_type"),
                file_name: text(part, "filename"),
                bytes: part.get("file_size").and_then(Value::as_i64),
            });
        }
        "location" => {
            inside.kind = InboundKind::Location;
            inside.body = place(part);
        }
        "contacts" => {
            inside.kind = InboundKind::Contact;
            let names: Vec<String> = list(message, "contacts").iter().filter_map(card).collect();
            inside.body = names.join(", ");
        }
        "interactive" => {
            inside.kind = InboundKind::Interactive;
            let kind = part.get("type").and_then(Value::as_str).unwrap_or("");
            let reply = part.get(kind).unwrap_or(&Value::Null);
            inside.body = ["title", "body", "response"]
                .iter()
                .find_map(|key| text(reply, key))
                .unwrap_or_default();
            inside.payload = text(reply, "id").or_else(|| text(reply, "response_json"));
        }
        "button" => {
            inside.kind = InboundKind::Interactive;
            inside.body = text(part, "text").unwrap_or_default();
            inside.payload = text(part, "payload");
        }
        "order" => {
            inside.kind = InboundKind::Interactive;
            inside.body = order(part);
        }
        "reaction" => {
            inside.kind = InboundKind::Reaction;
            inside.body = text(part, "emoji").unwrap_or_default();
            inside.reply_to = text(part, "message_id");
        }
        "system" | "request_welcome" => {
            inside.kind = InboundKind::System;
            inside.body = text(part, "body").unwrap_or_default();
        }
        _ => {}
    }
    inside
}

fn place(part: &Value) -> String {
    let named: Vec<String> = ["name", "address"]
        .iter()
        .filter_map(|key| text(part, key))
        .collect();
    if !named.is_empty() {
        return named.join(", ");
    }
    let at: Vec<String> = ["latitude", "longitude"]
        .iter()
        .filter_map(|key| text(part, key))
        .collect();
    at.join(", ")
}

fn card(contact: &Value) -> Option<String> {
    let name = contact
        .get("name")
        .and_then(|name| text(name, "formatted_name").or_else(|| text(name, "first_name")));
    let phone = list(contact, "phones")
        .iter()
        .find_map(|it| text(it, "phone"));
    match (name, phone) {
        (Some(name), Some(phone)) => Some(format!("{name} ({phone})")),
        (name, phone) => name.or(phone),
    }
}

fn order(part: &Value) -> String {
    let items: Vec<String> = list(part, "product_items")
        .iter()
        .filter_map(|item| {
            let id = text(item, "product_retailer_id")?;
            let quantity = text(item, "quantity").unwrap_or_else(|| "1".to_owned());
            Some(format!("{quantity} × {id}"))
        })
        .collect();
    let said = text(part, "text");
    said.into_iter()
        .chain((!items.is_empty()).then(|| items.join(", ")))
        .collect::<Vec<_>>()
        .join(": ")
}

fn referral(part: &Value) -> Option<Referral> {
    part.is_object().then(|| Referral {
        source_type: text(part, "source_type").unwrap_or_default(),
        source_id: text(part, "source_id"),
        source_url: text(part, "source_url"),
        headline: text(part, "headline"),
        body: text(part, "body"),
        click_id: text(part, "ctwa_clid"),
    })
}

/// The message as it is kept: without addresses that are signed for us.
pub(crate) fn kept(message: &Value) -> Value {
    let mut kept = message.clone();
    for kind in ["image", "video", "audio", "document", "sticker"] {
        if let Some(part) = kept.get_mut(kind).and_then(Value::as_object_mut) {
            part.remove("url");
        }
    }
    kept
}

/// A person's address: the number with its plus, or Meta's id where there is no number.
pub(crate) fn address(number: Option<&Value>, user_id: Option<String>) -> Option<String> {
    match number.and_then(plain) {
        Some(number) => Some(e164(&number)),
        None => user_id,
    }
}

#[cfg(test)]
mod tests;
