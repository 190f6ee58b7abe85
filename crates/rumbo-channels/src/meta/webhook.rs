//! Meta's webhooks: one address of the app is told everything, of WhatsApp, pages and Instagram.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rumbo_base::Secret;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{pages, whatsapp};
use crate::json::{list, milliseconds, seconds, text};
use crate::settings::key_of;
use crate::{Event, Told, WebhookRefusal, WebhookRequest};

/// The header with the signature, in lower case.
const SIGNATURE: &str = "x-hub-signature-256";

/// Whether the app's secret signed these bytes.
pub fn verify_meta(
    app_secret: &Secret,
    request: &WebhookRequest<'_>,
) -> Result<(), WebhookRefusal> {
    let given = request
        .headers
        .get(SIGNATURE)
        .ok_or(WebhookRefusal::Unsigned)?;
    let given = given
        .trim()
        .strip_prefix("sha256=")
        .and_then(|given| hex::decode(given).ok())
        .ok_or(WebhookRefusal::BadSignature)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.expose().as_bytes())
        .map_err(|_| WebhookRefusal::BadSignature)?;
    mac.update(request.body);
    // Compares in constant time.
    mac.verify_slice(&given)
        .map_err(|_| WebhookRefusal::BadSignature)
}

/// What a call tells, whichever of Meta's products it is about. Pure.
pub fn read_meta(request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
    let body: Value = serde_json::from_slice(request.body)
        .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
    let Some(entries) = body.get("entry").and_then(Value::as_array) else {
        return Err(WebhookRefusal::Unreadable("entry is no list".to_owned()));
    };
    let mut reader = Reader {
        object: text(&body, "object").unwrap_or_default(),
        received_at: request.received_at,
        events: Vec::new(),
        unknown: Vec::new(),
    };
    for entry in entries {
        reader.entry(entry);
    }
    Ok(Told {
        key: key_of(request.body),
        events: reader.events,
        unknown: reader.unknown,
        ..Told::default()
    })
}

/// Collects what one call tells.
pub(super) struct Reader {
    /// `whatsapp_business_account`, `page` or `instagram`.
    pub object: String,
    pub received_at: DateTime<Utc>,
    pub events: Vec<Event>,
    pub unknown: Vec<Value>,
}

impl Reader {
    fn entry(&mut self, entry: &Value) {
        let id = text(entry, "id").unwrap_or_default();
        let changes = list(entry, "changes");
        let at = self.time_of(entry);
        for change in changes {
            let field = change.get("field").and_then(Value::as_str).unwrap_or("");
            match (self.object.as_str(), change.get("value")) {
                ("whatsapp_business_account", Some(value)) => {
                    whatsapp::change(self, &id, field, value, at);
                }
                ("page" | "instagram", Some(value)) => pages::change(self, &id, field, value, at),
                _ => self.keep(&id, field, change),
            }
        }
        let mut told = !changes.is_empty();
        for list_name in ["messaging", "standby"] {
            for item in list(entry, list_name) {
                told = true;
                if matches!(self.object.as_str(), "page" | "instagram") {
                    pages::item(self, &id, list_name, item);
                } else {
                    self.keep(&id, list_name, item);
                }
            }
        }
        if !told {
            self.unknown.push(entry.clone());
        }
    }

    /// The time of an entry: seconds for WhatsApp, milliseconds for pages.
    fn time_of(&self, entry: &Value) -> DateTime<Utc> {
        // Ten digits are seconds until the year 2286.
        let long = text(entry, "time").is_some_and(|time| time.len() > 11);
        let read = if long {
            milliseconds(entry, "time")
        } else {
            seconds(entry, "time")
        };
        read.unwrap_or(self.received_at)
    }

    /// Keeps a part that nothing here understands, with where it stood.
    pub fn keep(&mut self, entry: &str, field: &str, part: &Value) {
        self.unknown.push(json!({
            "object": self.object,
            "entry": entry,
            "field": field,
            "value": part,
        }));
    }
}
