//! The one trait that every provider implements.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rumbo_base::{Error, Secret};

use crate::event::{StatusReport, Told, WebhookRefusal, WebhookRequest};
use crate::{
    Content, FetchedMedia, InboundMedia, MediaFailure, Outcome, Provider, TemplateAccount, Trouble,
};

/// One sender at one provider.
///
/// Every call takes part in the caller's deadline and none retries by itself: what may be tried again
/// is the outbox's business, and a message that was tried twice in here could be sent twice.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Who provides it.
    fn provider(&self) -> Provider;

    /// What it can and how fast.
    fn capabilities(&self) -> Capabilities;

    /// Sends one message. Never panics, never retries; a lost answer is [`Outcome::Unknown`].
    async fn send(&self, message: &Outgoing<'_>) -> Outcome;

    /// What became of a dispatch whose answer was lost, or of a message by its id. [`Found::Cannot`]
    /// where the provider has no such question: then a webhook or a person settles it.
    async fn find(
        &self,
        dispatch_id: &str,
        message_id: Option<&str>,
        address: &str,
    ) -> Result<Found, Error>;

    /// Whether the credential works and the sender may send.
    async fn check(&self) -> Result<Standing, Error>;

    /// Fetches a file that came with a message of this id, and writes it to a place as it comes.
    ///
    /// # Errors
    /// See [`MediaFailure`]: what lies at the place then is no file. [`MediaFailure::Cannot`] where the
    /// provider gives no files.
    async fn fetch_media(
        &self,
        _message_id: &str,
        _media: &InboundMedia,
        _into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        Err(MediaFailure::Cannot)
    }

    /// Who keeps the templates of its account; `None` where the provider has none.
    fn template_account(&self) -> Option<&dyn TemplateAccount> {
        None
    }

    /// Whether a webhook call comes from the provider: its signature over the raw bytes, in constant
    /// time, before anything is parsed.
    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal>;

    /// What a verified webhook call says. Pure: the same bytes tell the same.
    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal>;

    /// What happened since `cursor`, where the provider can be asked; `None` where it cannot.
    async fn poll(&self, cursor: Option<&str>) -> Result<Option<Polled>, Error>;
}

/// One message to one person.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Our id of it, carried through the provider wherever it can be: `biz_opaque_callback_data` at
    /// Meta, `externalId` at YCloud, `client_ref` at Vonage, the `Message-ID` of an e-mail.
    pub dispatch_id: &'a str,
    /// The person's address as the channel writes it.
    pub address: &'a str,
    pub content: &'a Content,
    /// The provider's id of the message it answers.
    pub reply_to: Option<&'a str>,
    /// When it was planned; some providers want a time.
    pub at: DateTime<Utc>,
}

/// What a provider says when it took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The provider's id.
    pub id: String,
    /// The address it made of ours, where it says so (WhatsApp's `wa_id`).
    pub address: Option<String>,
    /// The provider holds it back for now and may drop it later (Meta's quality assessment).
    pub held: bool,
}

/// What became of a dispatch, asked afterwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// The provider has it.
    Here(Box<StatusReport>),
    /// The provider is sure that it never had it: it may be sent.
    NeverArrived,
    /// The provider cannot be asked.
    Cannot,
}

/// What a channel can and how fast it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    pub text: bool,
    pub media: bool,
    pub templates: bool,
    /// Longest text, in UTF-16 units where the provider counts so; `None` without a bound.
    pub longest_text: Option<u32>,
    /// Hours after the person's last message in which free text may be sent.
    pub window_hours: Option<u32>,
    /// Messages a second for the sender.
    pub per_second: u32,
    /// Messages a minute to one person (WhatsApp: one each six seconds).
    pub per_pair_minute: Option<u32>,
    /// Statuses after sending are told (webhook or poll).
    pub statuses: bool,
    /// A read receipt is told.
    pub reads: bool,
    /// Messages can be fetched without an agent.
    pub polls: bool,
}

/// Whether a channel can be used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub connected: bool,
    /// The name people see, where the provider tells it.
    pub name: Option<String>,
    pub sender: Option<String>,
    /// Why it is not connected, or what limits it.
    pub trouble: Option<Trouble>,
    /// A QR code's text to pair the number with (Evolution).
    pub pairing_code: Option<String>,
}

/// What was fetched, and where to go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polled {
    pub told: Told,
    pub cursor: String,
}

/// What opens a channel: a stored row and its secrets.
#[derive(Clone, Debug)]
pub struct ChannelSettings {
    pub provider: Provider,
    /// Another address than the provider's own: the sandbox, a proxy, one's own Evolution.
    pub base_url: Option<String>,
    /// What people see: a number in E.164, a page, a bot, an e-mail address.
    pub sender: String,
    /// What the provider calls it: phone number id, page id, instance; empty where that is the sender.
    pub sender_id: String,
    /// What only this provider needs and is no secret, such as `account` (WhatsApp business account,
    /// Twilio's account SID), `graph_version`, `host`, `port`.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// By name: `token`, `app_secret`, `webhook_secret`, `password`; which ones, the provider says.
    pub secrets: BTreeMap<String, Secret>,
}
