//! Messages: what was sent through the sandbox, what becomes of it, and what its webhooks tell.
//!
//! `cloud` is WhatsApp by Meta, `ycloud` the same by YCloud, `pages` Messenger and Instagram; `check`
//! refuses what Meta refuses; `fate` says what becomes of a message; `push` tells the world.

mod channels;
mod check;
pub(crate) mod cloud;
pub(crate) mod control;
mod fate;
pub(crate) mod files;
mod pace;
pub(crate) mod pages;
pub(crate) mod push;
pub(crate) mod ycloud;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::messages::SentMessage;

pub(crate) use fate::Step;

/// Through what a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    WhatsappCloud,
    Ycloud,
    Messenger,
    Instagram,
}

impl Way {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "whatsapp_cloud" => Some(Self::WhatsappCloud),
            "ycloud" => Some(Self::Ycloud),
            "messenger" => Some(Self::Messenger),
            "instagram" => Some(Self::Instagram),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::WhatsappCloud => "whatsapp_cloud",
            Self::Ycloud => "ycloud",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
        }
    }
}

/// A message that the sandbox took: what a provider would have sent on.
#[derive(Debug, Clone, Serialize)]
pub struct AcceptedMessage {
    /// The id that was answered with.
    pub id: String,
    /// WhatsApp's own id; the same as `id` but at YCloud.
    pub wamid: String,
    pub way: Way,
    /// The caller's id of it: `biz_opaque_callback_data`, `externalId`, `metadata`.
    pub our_id: Option<String>,
    /// What the provider calls the sender: phone number id, number, page.
    pub sender: String,
    /// The person, as the call had it.
    pub to: String,
    /// `text`, `image`, `template`, …
    pub kind: String,
    pub template: Option<String>,
    /// As the person reads it.
    pub text: String,
    pub at: DateTime<Utc>,
    #[serde(skip)]
    pub(crate) waba: u64,
    #[serde(skip)]
    pub(crate) wa_id: String,
    #[serde(skip)]
    pub(crate) category: Option<String>,
    /// What becomes of it, and when.
    #[serde(skip)]
    pub(crate) steps: Vec<(DateTime<Utc>, Step)>,
}

impl AcceptedMessage {
    /// In the list of what all providers took.
    pub(crate) fn as_sent(&self) -> SentMessage {
        SentMessage {
            provider: self.way.word(),
            id: self.id.clone(),
            // Messenger gives it back in the echo of a message and nowhere else.
            dispatch_id: self.our_id.clone().filter(|_| self.way != Way::Messenger),
            address: self.to.clone(),
            body: self.text.clone(),
            at: self.at,
            status: "accepted".to_owned(),
            callback: None,
        }
    }
}

/// Everything about messages that changes while the sandbox runs.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    accepted: Vec<AcceptedMessage>,
    by_id: HashMap<String, usize>,
    /// How often each of the caller's ids was taken.
    by_our_id: BTreeMap<String, u32>,
    /// When each person last wrote to each sender.
    wrote: HashMap<(String, String), DateTime<Utc>>,
    /// People who stopped marketing messages of a WhatsApp account.
    stopped: HashSet<(u64, String)>,
    pace: pace::Pace,
    /// WhatsApp accounts whose webhooks the app gets.
    subscribed: BTreeSet<u64>,
    media: HashMap<String, String>,
    /// Files that people sent, by the id that the webhook gave.
    received: HashMap<String, files::Received>,
    pub(crate) post: push::Post,
    serial: u64,
}

impl Messages {
    /// A number never given before.
    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Remembers a message that was taken, and plans what its webhooks will tell.
    fn take(&mut self, message: AcceptedMessage) {
        if let Some(ours) = &message.our_id {
            *self.by_our_id.entry(ours.clone()).or_default() += 1;
        }
        for (due, step) in &message.steps {
            self.post.status(&message, *due, *step);
        }
        self.by_id.insert(message.id.clone(), self.accepted.len());
        self.by_id
            .insert(message.wamid.clone(), self.accepted.len());
        self.accepted.push(message);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&AcceptedMessage> {
        self.accepted.get(*self.by_id.get(id)?)
    }

    /// Whether the person wrote to the sender in the last 24 hours.
    fn window_is_open(&self, sender: &str, person: &str, now: DateTime<Utc>) -> bool {
        self.wrote
            .get(&(sender.to_owned(), person.to_owned()))
            .is_some_and(|wrote| now - *wrote < TimeDelta::hours(24))
    }

    fn has_written(&self, sender: &str, person: &str) -> bool {
        self.wrote
            .contains_key(&(sender.to_owned(), person.to_owned()))
    }

    /// Sends a provider's webhooks to this address, of every WhatsApp account.
    pub(crate) fn receive_at(&mut self, provider: &str, url: &str, accounts: Vec<u64>) {
        if matches!(
            provider,
            "whatsapp_cloud" | "messenger" | "instagram" | "ycloud"
        ) {
            self.post.receive_at(provider, url);
            self.subscribed.extend(accounts);
        }
    }

    /// The person writes to the sender: the window opens.
    fn note_inbound(&mut self, sender: &str, person: &str, now: DateTime<Utc>) {
        self.wrote
            .insert((sender.to_owned(), person.to_owned()), now);
    }
}

/// Sets a field of an object.
pub(crate) fn put(object: &mut Value, field: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value.into());
    }
}

/// The digits of a number, however it is written.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
