//! What providers tell: messages that came in, how messages fared, what became of templates and
//! preferences. The same whether it came by webhook or was fetched.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros, Secret};
use serde::{Deserialize, Serialize};

use crate::MediaKind;

/// A webhook call as it came: nothing was parsed yet.
#[derive(Clone, Debug)]
pub struct WebhookRequest<'a> {
    /// The whole public address it was sent to: Twilio signs it.
    pub url: &'a str,
    pub content_type: &'a str,
    /// Names in lower case.
    pub headers: &'a BTreeMap<String, String>,
    /// Byte for byte: signatures are over these bytes.
    pub body: &'a [u8],
    /// When it came, for signatures with a time in them.
    pub received_at: DateTime<Utc>,
}

/// Why a webhook call is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// The signature is missing: answered with 401.
    #[error("the call has no signature")]
    Unsigned,
    /// The signature is not of these bytes with our secret: answered with 401.
    #[error("the signature does not match")]
    BadSignature,
    /// The signature is of a time too long ago: answered with 401.
    #[error("the signature is too old")]
    Stale,
    /// The body is not what the provider documents: answered with 400. The text says where.
    #[error("the body cannot be read: {0}")]
    Unreadable(String),
}

/// What is known of one call's body, in the order it was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// What makes two calls the same one: the provider's event id, or a hash of the body.
    pub key: String,
    pub events: Vec<Event>,
    /// Parts that no code here understands: kept, never dropped.
    pub unknown: Vec<serde_json::Value>,
    /// A secret of ours that the provider writes into the body: what is kept of the call goes without.
    pub secret: Option<Secret>,
}

/// One thing a provider tells. `sender` is what the provider calls ours (phone number id, page id,
/// bot, number, instance), to find the channel it is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Message(Box<InboundMessage>),
    Status(StatusReport),
    /// Every message to the person until then fared so: Messenger tells what was read by a time and
    /// not by ids.
    UpTo {
        sender: String,
        address: String,
        status: Fared,
        until: DateTime<Utc>,
    },
    Template(TemplateEvent),
    /// The person stopped or resumed marketing messages at the provider itself.
    Preference {
        sender: String,
        address: String,
        marketing: bool,
        at: DateTime<Utc>,
    },
    /// A number paired by QR got or lost its session.
    Session {
        sender: String,
        connected: bool,
        trouble: Option<crate::Trouble>,
        at: DateTime<Utc>,
    },
    /// Somebody filled in an Instant Form: it is fetched by its id.
    Lead {
        page_id: String,
        form_id: Option<String>,
        ad_id: Option<String>,
        leadgen_id: String,
        at: DateTime<Utc>,
    },
}

/// A message in a conversation that we did not send from here: from the person, or (`echo`) from
/// our side by another program, such as the phone's own app.
#[derive(Clone, Debug, PartialEq)]
pub struct InboundMessage {
    pub sender: String,
    /// The provider's id of the message: unique per channel.
    pub id: String,
    /// The person's address as the channel writes it: E.164 with `+`, chat id, page-scoped id, e-mail.
    pub address: String,
    /// Ids by which the provider also knows the person (a WhatsApp `user_id`).
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub at: DateTime<Utc>,
    pub kind: InboundKind,
    /// The text, the caption, the button's text, or a plain rendering (a place's name).
    pub body: String,
    pub media: Option<InboundMedia>,
    /// The payload of a template's quick reply or of an interactive reply.
    pub payload: Option<String>,
    /// The message it answers.
    pub reply_to: Option<String>,
    pub referral: Option<Referral>,
    /// A group it was sent in: kept apart, never answered by automation.
    pub group: Option<String>,
    pub echo: bool,
    /// As the provider sent it, secrets removed.
    pub raw: serde_json::Value,
}

impl InboundMessage {
    /// The message with the files that came with it: one message for each of several, the first of
    /// which carries the words. The others are known by its id and their place.
    pub(crate) fn with_files(self, files: Vec<InboundMedia>) -> Vec<Self> {
        let mut files = files.into_iter();
        let Some(first) = files.next() else {
            return vec![self];
        };
        let more: Vec<Self> = files
            .zip(2..)
            .map(|(file, place)| Self {
                id: format!("{}:{place}", self.id),
                kind: file.kind.into(),
                body: String::new(),
                media: Some(file),
                payload: None,
                referral: None,
                ..self.clone()
            })
            .collect();
        let mut all = vec![Self {
            kind: first.kind.into(),
            media: Some(first),
            ..self
        }];
        all.extend(more);
        all
    }
}

impl From<MediaKind> for InboundKind {
    fn from(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Image => Self::Image,
            MediaKind::Video => Self::Video,
            MediaKind::Audio => Self::Audio,
            MediaKind::Document => Self::Document,
            MediaKind::Sticker => Self::Sticker,
        }
    }
}

/// Kinds of messages, as they are stored.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum InboundKind {
    Text,
    Image,
    Video,
    Audio,
    Document,
    Sticker,
    Reaction,
    Location,
    Contact,
    Interactive,
    System,
    Unsupported,
}

/// A file that came with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboundMedia {
    pub kind: MediaKind,
    /// What the provider fetches it by.
    pub id: Option<String>,
    /// A public address, where the provider gives one that holds no secret.
    pub url: Option<String>,
    pub mime_type: Option<String>,
    pub file_name: Option<String>,
    pub bytes: Option<i64>,
}

/// The ad or post a person came from (click to WhatsApp).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    pub source_type: String,
    pub source_id: Option<String>,
    pub source_url: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub click_id: Option<String>,
}

/// How a message fares, as a provider tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusReport {
    pub sender: String,
    /// The provider's id of the message.
    pub id: String,
    /// Our own id of the dispatch, where the provider carries it.
    pub dispatch_id: Option<String>,
    pub address: Option<String>,
    pub status: Fared,
    pub at: DateTime<Utc>,
    pub price: Option<Price>,
    /// Of a failure: code, words, and what they mean for the address and for others.
    pub failure: Option<crate::NotSent>,
    /// The word the provider used, for the table in `docs/states.md`.
    pub word: String,
}

/// What may have become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fared {
    /// The provider has it and has not passed it on.
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
    /// Withdrawn before it was sent.
    Cancelled,
}

/// What the provider charged, or under which tariff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// `None` where only the category is told (Meta).
    pub amount: Option<(Micros, Currency)>,
    pub category: Option<String>,
    pub billable: Option<bool>,
}

/// What became of a template at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateEvent {
    /// The WhatsApp business account.
    pub account: String,
    pub external_id: Option<String>,
    pub name: String,
    pub language: String,
    pub at: DateTime<Utc>,
    pub change: TemplateChange,
}

/// The change of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateChange {
    /// `reason` as given; `None` for NONE.
    Status {
        status: String,
        reason: Option<String>,
    },
    Quality {
        before: Option<String>,
        after: String,
    },
    Category {
        before: Option<String>,
        after: String,
    },
    /// It will be of another category from then on.
    CategoryAnnounced {
        after: String,
        from: Option<DateTime<Utc>>,
    },
    Components,
}
