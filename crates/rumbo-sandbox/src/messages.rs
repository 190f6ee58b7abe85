//! What was sent through the providers of messages that the sandbox plays, the people it cannot reach,
//! and the webhooks that tell how messages fared. Each provider has a file of its own below; what they
//! share is here.

pub(crate) mod attachments;
pub(crate) mod chatwoot;
pub(crate) mod evolution;
mod push;
pub(crate) mod sign;
pub(crate) mod smtp;
pub(crate) mod telegram;
pub(crate) mod twilio;
pub(crate) mod vonage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::graph::{Call, Method, Params};
use crate::meta_messages::files::FileOrder;
use crate::server::Reply;

use attachments::Attachment;
pub(crate) use push::{Courier, carry, courier};

/// A message that a provider took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SentMessage {
    /// `twilio`, `vonage`, `telegram`, `evolution`, `smtp`, ….
    pub provider: &'static str,
    /// The provider's id.
    pub id: String,
    /// The caller's own id, where the provider carries one.
    pub dispatch_id: Option<String>,
    pub address: String,
    /// The text, or what stands for it.
    pub body: String,
    pub at: DateTime<Utc>,
    /// The provider's word for where it is.
    pub status: String,
    /// Where its statuses go, if it was sent with an address of its own.
    #[serde(skip)]
    pub(crate) callback: Option<String>,
}

/// A message that somebody wrote to a provider's number: what its list of messages shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReceivedMessage {
    pub provider: &'static str,
    pub id: String,
    pub from: String,
    pub text: String,
    pub name: Option<String>,
    pub at: DateTime<Utc>,
    pub files: Vec<Attachment>,
}

/// A webhook call as the provider makes it, signature and all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Webhook {
    pub provider: &'static str,
    /// Where it is sent to; signatures may cover it.
    pub url: String,
    /// Whether it is really sent there: an address was registered.
    pub pushed: bool,
    pub content_type: &'static str,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Everything of messages that changes while the sandbox runs.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    pub sent: Vec<SentMessage>,
    /// Of the providers that list them.
    pub received: Vec<ReceivedMessage>,
    /// Files that came with messages.
    pub attachments: Vec<Attachment>,
    pub webhooks: Vec<Webhook>,
    /// Where webhooks go, by provider.
    pub receivers: BTreeMap<String, String>,
    /// Addresses that no provider can reach.
    pub unreachable: BTreeSet<String>,
    /// Addresses of people who asked not to be written to.
    pub stopped: BTreeSet<String>,
    pub telegram: telegram::Bot,
    pub evolution: evolution::Instance,
    pub chatwoot: chatwoot::Account,
}

/// Somebody who writes in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundOrder {
    pub provider: String,
    /// The person's address as the provider writes it.
    pub from: String,
    /// What they write; of a file its caption.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub name: Option<String>,
    /// They send files: several by Twilio, Messenger and Instagram, one by the others.
    #[serde(default)]
    pub files: Vec<FileOrder>,
}

/// A change of a message's status.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusOrder {
    /// The provider's id of the message.
    pub id: String,
    /// The provider's word.
    pub status: String,
    /// The provider's code of a failure.
    #[serde(default)]
    pub code: Option<String>,
}

/// A call to a provider, not yet read.
#[derive(Debug)]
pub(crate) struct Wire<'a> {
    pub method: Method,
    /// The method as it came, also one that Graph does not know.
    pub verb: &'a str,
    /// Below the provider's own prefix.
    pub path: Vec<&'a str>,
    pub params: Params,
    pub headers: &'a HeaderMap,
    /// `Null` where it is no JSON.
    pub body: Value,
}

impl Wire<'_> {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// A field of the JSON body as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// The user and password of Basic authentication.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        use base64::Engine as _;
        let encoded = self.header("authorization").strip_prefix("Basic ")?;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(encoded)
            .ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }
}

/// A provider the sandbox plays over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Twilio,
    Vonage,
    Telegram,
    Evolution,
    Chatwoot,
    /// The host that gives out files.
    Files,
}

impl Carrier {
    /// By the first part of the path, which stands for the provider's host.
    pub(crate) fn of(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "twilio" => Self::Twilio,
            "vonage" => Self::Vonage,
            "telegram" => Self::Telegram,
            "evolution" => Self::Evolution,
            "chatwoot" => Self::Chatwoot,
            "cdn" => Self::Files,
            _ => return None,
        })
    }

    pub(crate) fn answer(self, app: &Arc<App>, wire: &Wire<'_>) -> Reply {
        match self {
            Self::Twilio => twilio::answer(app, wire),
            Self::Vonage => vonage::answer(app, wire),
            Self::Telegram => telegram::answer(app, wire),
            Self::Evolution => evolution::answer(app, wire),
            Self::Chatwoot => chatwoot::answer(app, wire),
            Self::Files => attachments::answer(app, wire),
        }
    }

    /// An error of a scripted fault, in the provider's form.
    pub(crate) fn error(self, status: u16, code: i64, message: &str) -> Reply {
        let mut reply = match self {
            Self::Twilio => twilio::error(status, code, message),
            Self::Vonage => vonage::error(status, code, message),
            Self::Telegram => telegram::error(status, message, (status == 429).then_some(7)),
            Self::Evolution => evolution::error(status, json!([message])),
            Self::Chatwoot => chatwoot::error(status, message),
            Self::Files => Reply::json(status, &json!({ "error": message })),
        };
        if status == 429 {
            reply
                .headers
                .push(("retry-after".to_owned(), "7".to_owned()));
        }
        reply
    }
}

/// The call as faults and the log know it: no token in it.
pub(crate) fn call(method: Method, path: &str, params: Params) -> Call {
    let shown: Vec<&str> = path
        .split('/')
        .map(|part| {
            if part.starts_with("bot") && part.contains(':') {
                "bot"
            } else {
                part
            }
        })
        .collect();
    Call::new(method, &shown.join("/"), params)
}

impl App {
    /// Keeps a message that a provider took.
    pub(crate) fn took(&self, message: SentMessage) {
        self.ledger().messages.sent.push(message);
    }

    /// Whether nobody can be reached there.
    pub(crate) fn is_unreachable(&self, address: &str) -> bool {
        self.ledger().messages.unreachable.contains(address)
    }

    /// Whether the person there asked not to be written to.
    pub(crate) fn has_stopped(&self, address: &str) -> bool {
        self.ledger().messages.stopped.contains(address)
    }

    /// Keeps what somebody wrote, for the provider's list.
    pub(crate) fn received(
        &self,
        provider: &'static str,
        id: &str,
        order: &InboundOrder,
        files: Vec<Attachment>,
    ) -> ReceivedMessage {
        let came = ReceivedMessage {
            provider,
            id: id.to_owned(),
            from: order.from.clone(),
            text: order.text.clone(),
            name: order.name.clone(),
            at: self.clock.now(),
            files,
        };
        self.ledger().messages.received.push(came.clone());
        came
    }

    /// Where a provider's webhooks go, and whether anybody registered that.
    pub(crate) fn receiver(&self, provider: &str) -> (String, bool) {
        match self.ledger().messages.receivers.get(provider) {
            Some(url) => (url.clone(), true),
            None => (format!("https://rumbo.example/webhook/{provider}"), false),
        }
    }

    /// Keeps a webhook and sends it on its way.
    pub(crate) fn tell(&self, webhook: Webhook) -> Webhook {
        self.ledger().messages.webhooks.push(webhook.clone());
        if webhook.pushed {
            self.courier.send(webhook.clone());
        }
        webhook
    }

    /// Secrets and names of the providers, for the announcement.
    pub(crate) fn channels(&self) -> BTreeMap<&'static str, Value> {
        let below = |prefix: &str| format!("{}/{prefix}", self.origin);
        BTreeMap::from([
            (
                "twilio",
                json!({
                    "base_url": below("twilio"),
                    "account": twilio::account(self),
                    "token": twilio::token(self),
                    "sender": twilio::SENDER,
                }),
            ),
            (
                "vonage",
                json!({
                    "base_url": below("vonage"),
                    "account": vonage::KEY,
                    "token": vonage::secret(self),
                    "webhook_secret": vonage::signature_secret(self),
                    "sender": vonage::SENDER,
                }),
            ),
            (
                "telegram",
                json!({
                    "base_url": below("telegram"),
                    "token": telegram::token(self),
                    "sender": telegram::SENDER,
                }),
            ),
            (
                "evolution",
                json!({
                    "base_url": below("evolution"),
                    "token": evolution::key(self),
                    "sender": evolution::SENDER,
                    "sender_id": evolution::INSTANCE,
                }),
            ),
            (
                "chatwoot",
                json!({
                    "base_url": below("chatwoot"),
                    "token": chatwoot::token(self),
                    "webhook_secret": chatwoot::webhook_secret(self),
                    "account": chatwoot::ACCOUNT,
                    "inbox": chatwoot::INBOX,
                }),
            ),
            ("whatsapp_cloud", self.whatsapp_cloud()),
            ("ycloud", self.ycloud()),
            ("messenger", self.page_channel(false)),
            ("instagram", self.page_channel(true)),
            (
                "smtp",
                json!({
                    "host": self.smtp.map(|address| address.ip().to_string()),
                    "port": self.smtp.map(|address| address.port()),
                    "user": smtp::USER,
                    "password": smtp::password(self),
                    "sender": smtp::SENDER,
                }),
            ),
        ])
    }
}

/// A secret of the sandbox's: the same seed gives the same one.
pub(crate) fn secret(app: &App, of: &str, length: usize) -> String {
    app.dice.with(700).with_text(of).text(length)
}
