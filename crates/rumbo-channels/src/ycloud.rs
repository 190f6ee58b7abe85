//! WhatsApp by YCloud, which passes Meta's messages on under names of its own.

mod templates;
mod webhook;

use std::path::Path;

use async_trait::async_trait;
use rumbo_base::{Clock, Code, Error, Reason, Secret};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Method, Request};
use serde_json::{Value, json};

use crate::codes::YCLOUD;
use crate::json::{list, put, text};
use crate::media::{Fetch, Key, largest_file};
use crate::meta::Failure;
use crate::settings::{e164, missing};
use crate::whatsapp::{LONGEST_TEXT, Recipient, body};
use crate::wire::{Answer, answered, ask, call, cannot_carry, shown, unclear};
use crate::{
    Accepted, Again, Capabilities, Channel, ChannelSettings, Event, FetchedMedia, Found,
    InboundMedia, MediaFailure, NotSent, Outcome, Outgoing, Polled, Provider, Scope, Standing,
    TemplateAccount, Told, Trouble, TroubleKind, WebhookRefusal, WebhookRequest, rule,
};

pub use webhook::read_ycloud;

/// Where YCloud is, unless the settings name another place.
const API: &str = "https://api.ycloud.com/v2";

/// Templates of one page.
const PAGE: usize = 100;

/// A number at YCloud. Settings: `sender` is the number in E.164; `per_second` may be missing. Secrets: `token` is the API key,
/// `webhook_secret` that of the webhook endpoint.
#[derive(Debug)]
pub struct Ycloud {
    http: HttpClient,
    key: HeaderValue,
    sender: String,
    per_second: u32,
    webhook_secret: Option<Secret>,
    secrets: Vec<Secret>,
}

impl Ycloud {
    /// Opens the channel; nothing is called yet.
    ///
    /// # Errors
    /// `InvalidInput` when something that it cannot do without is missing or unusable.
    pub fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let token = settings.secret("token")?;
        let mut key = HeaderValue::from_str(token.expose()).map_err(|_| {
            Error::new(
                Code::InvalidInput,
                "The API key holds characters that no key has. Copy it again.",
            )
            .field("token")
            .reason(Reason::ValueNotKept)
        })?;
        key.set_sensitive(true);
        if settings.sender.is_empty() {
            return Err(missing("sender"));
        }
        let webhook_secret = settings.secret_if_any("webhook_secret");
        Ok(Self {
            http: settings.client(Some(API), http, clock)?,
            key,
            sender: e164(&settings.sender),
            // Its limit for calls that are passed on at once.
            per_second: settings
                .setting("per_second")
                .and_then(|text| text.parse().ok())
                .unwrap_or(80),
            secrets: [Some(token), webhook_secret.clone()]
                .into_iter()
                .flatten()
                .collect(),
            webhook_secret,
        })
    }

    fn request(&self, request: Request) -> Request {
        request.header(HeaderName::from_static("x-api-key"), self.key.clone())
    }

    fn message(&self, outgoing: &Outgoing<'_>) -> Result<Value, &'static str> {
        let recipient = Recipient::of(outgoing.address).ok_or(
            "The address is no phone number with + and country code. Correct it at the contact.",
        )?;
        let (kind, object) = body(outgoing.content)?;
        let (field, to) = recipient.field();
        let mut message = json!({
            "from": self.sender,
            field: to,
            "type": kind,
            kind: object,
            "externalId": outgoing.dispatch_id,
        });
        if let Some(id) = outgoing.reply_to {
            put(&mut message, "context", json!({ "message_id": id }));
        }
        Ok(message)
    }

    fn outcome(&self, answer: &Answer) -> Outcome {
        if answer.is_success() {
            return accepted(&answer.body);
        }
        let Some(refused) = self.refusal(answer) else {
            return unclear(answer.status, "");
        };
        let known = refused.code.as_deref().is_some_and(is_known);
        if !known && answer.status >= 500 {
            return Outcome::Unknown {
                text: refused.text,
                code: refused.code,
            };
        }
        Outcome::NotSent(refused)
    }

    /// What an answer refuses; `None` where it says nothing. Where Meta refused, its code decides.
    fn refusal(&self, answer: &Answer) -> Option<NotSent> {
        let error = answer.body.get("error").filter(|error| error.is_object())?;
        let mut refused = match error.get("whatsappApiError").filter(|it| it.is_object()) {
            Some(meta) => Failure::read(meta).not_sent(&self.secrets),
            None => {
                let code = text(error, "code")?;
                let said = text(error, "message").unwrap_or_default();
                rule::refusal(YCLOUD, &code, shown(&said, &self.secrets))
            }
        };
        if let (Again::Backoff, Scope::Message | Scope::Pair | Scope::Sender, Some(wait)) =
            (refused.again, refused.scope, answer.retry_after)
        {
            refused.again = Again::After(wait);
        }
        Some(refused)
    }

    fn standing_of(&self, answer: &Answer) -> Standing {
        let reason = self.refusal(answer).map_or_else(
            || format!("YCloud answered with status {}.", answer.status),
            |refused| refused.text,
        );
        Standing {
            connected: false,
            name: None,
            sender: None,
            trouble: Some(match answer.status {
                401 | 403 => Trouble::with(TroubleKind::CredentialRefused, reason),
                _ => Trouble::refused(reason),
            }),
            pairing_code: None,
        }
    }
}

/// Whether a code of a refusal stands in one of the tables.
fn is_known(code: &str) -> bool {
    let meta = || {
        let (code, subcode) = code.split_once('/').unwrap_or((code, ""));
        let number = code.parse().ok()?;
        crate::codes::meta(number, subcode.parse().ok())
    };
    rule::find(YCLOUD, code).is_some() || meta().is_some()
}

/// A message as YCloud answers with it: taken, or refused by Meta already.
fn accepted(answer: &Value) -> Outcome {
    let Some(id) = text(answer, "id") else {
        return unclear(200, "YCloud took the call and named no message.");
    };
    if text(answer, "status").as_deref() == Some("failed") {
        return Outcome::NotSent(webhook::failure(answer));
    }
    Outcome::Accepted(Accepted {
        id,
        address: text(answer, "to").map(|to| e164(&to)),
        held: false,
    })
}

#[async_trait]
impl Channel for Ycloud {
    fn provider(&self) -> Provider {
        Provider::Ycloud
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: true,
            templates: true,
            longest_text: Some(LONGEST_TEXT),
            window_hours: Some(24),
            per_second: self.per_second,
            per_pair_minute: Some(10),
            statuses: true,
            reads: true,
            polls: false,
        }
    }

    /// Directly and not by YCloud's queue: what Meta refuses is known at once.
    async fn send(&self, outgoing: &Outgoing<'_>) -> Outcome {
        let message = match self.message(outgoing) {
            Ok(message) => message,
            Err(reason) => return cannot_carry(reason),
        };
        let request = Request::json(Method::POST, "whatsapp/messages/sendDirectly", &message);
        match answered(call(&self.http, self.request(request)).await) {
            Ok(answer) => self.outcome(&answer),
            Err(outcome) => outcome,
        }
    }

    /// YCloud finds a message by its own id alone; where the answer with that id was lost, only the
    /// webhook tells, which carries ours.
    async fn find(
        &self,
        _dispatch_id: &str,
        message_id: Option<&str>,
        _address: &str,
    ) -> Result<Found, Error> {
        let Some(message_id) =
            message_id.filter(|id| id.bytes().all(|it| it.is_ascii_alphanumeric()))
        else {
            return Ok(Found::Cannot);
        };
        let request = Request::get(format!("whatsapp/messages/{message_id}"));
        let answer = ask(&self.http, self.request(request)).await?;
        let report = answer
            .is_success()
            .then(|| webhook::report(&answer.body, self.http.clock().now()))
            .flatten();
        Ok(report.map_or(Found::Cannot, |report| Found::Here(Box::new(report))))
    }

    async fn check(&self) -> Result<Standing, Error> {
        let mut page = 1_u32;
        loop {
            let request = Request::get("whatsapp/phoneNumbers")
                .query("page", page.to_string())
                .query("limit", PAGE.to_string());
            let answer = ask(&self.http, self.request(request)).await?;
            if !answer.is_success() {
                return Ok(self.standing_of(&answer));
            }
            let numbers = list(&answer.body, "items");
            let own = numbers
                .iter()
                .find(|number| text(number, "phoneNumber").as_deref() == Some(&self.sender));
            if let Some(number) = own {
                let status = text(number, "status");
                let connected = status.as_deref().is_none_or(|status| status == "CONNECTED");
                return Ok(Standing {
                    connected,
                    name: text(number, "verifiedName"),
                    sender: text(number, "displayPhoneNumber"),
                    trouble: (!connected).then(|| {
                        Trouble::with(TroubleKind::SenderInactive, status.unwrap_or_default())
                    }),
                    pairing_code: None,
                });
            }
            if numbers.len() < PAGE || page >= 100 {
                return Ok(Standing {
                    connected: false,
                    name: None,
                    sender: None,
                    trouble: Some(Trouble::with(TroubleKind::SenderUnknown, &self.sender)),
                    pairing_code: None,
                });
            }
            page += 1;
        }
    }

    async fn fetch_media(
        &self,
        _message_id: &str,
        media: &InboundMedia,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let address = media.url.as_deref().ok_or(MediaFailure::Cannot)?;
        let key = Key {
            name: HeaderName::from_static("x-api-key"),
            value: self.key.clone(),
            hosts: &["ycloud.com"],
        };
        let fetch = Fetch {
            at: &self.http,
            key: Some(&key),
            most: largest_file(Provider::Ycloud),
            into,
        };
        fetch.from(address).await
    }

    fn template_account(&self) -> Option<&dyn TemplateAccount> {
        Some(self)
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        match &self.webhook_secret {
            Some(secret) => webhook::verify(secret, request),
            None => Err(WebhookRefusal::BadSignature),
        }
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        let mut told = read_ycloud(request)?;
        for event in &mut told.events {
            // Its own list of people who unsubscribed names no number of ours.
            if let Event::Preference { sender, .. } = event
                && sender.is_empty()
            {
                sender.clone_from(&self.sender);
            }
        }
        Ok(told)
    }

    async fn poll(&self, _: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}

/// A template under Meta's names; what has none keeps YCloud's.
fn as_meta(template: &Value) -> Value {
    let mut renamed = template.clone();
    if let Some(fields) = renamed.as_object_mut() {
        for (theirs, metas) in [
            ("officialTemplateId", "id"),
            ("subCategory", "sub_category"),
            ("previousCategory", "previous_category"),
            ("messageSendTtlSeconds", "message_send_ttl_seconds"),
            ("reason", "rejected_reason"),
        ] {
            if let Some(value) = fields.remove(theirs) {
                fields.insert(metas.to_owned(), value);
            }
        }
        // Before Meta has it, YCloud knows it by its name alone.
        if !fields.contains_key("id")
            && let (Some(name), Some(language)) = (fields.get("name"), fields.get("language"))
            && let (Some(name), Some(language)) = (name.as_str(), language.as_str())
        {
            let id = format!("{name}/{language}");
            fields.insert("id".to_owned(), id.into());
        }
        if let Some(score) = fields.remove("qualityRating") {
            fields.insert("quality_score".to_owned(), json!({ "score": score }));
        }
    }
    renamed
}
