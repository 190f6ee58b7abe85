//! Text messages by Vonage's Messages API.

pub(crate) mod codes;
mod read;

use std::path::Path;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use rumbo_base::{Clock, Error, Secret};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Method, Request};
use serde_json::json;

use crate::event::{Told, WebhookRefusal, WebhookRequest};
use crate::jwt;
use crate::media::{Fetch, largest_file};
use crate::settings::{digits, failed, key_of, same};
use crate::wire::{Answer, answered, ask, call, cannot_carry, shown, unclear};
use crate::{
    Accepted, Again, Capabilities, Channel, ChannelSettings, Content, FetchedMedia, Found,
    InboundMedia, MediaFailure, Outcome, Outgoing, Polled, Provider, Scope, Standing, TroubleKind,
    rule,
};

/// Vonage offers a refused webhook again for a day, and a replay is harmless: a signature of yesterday
/// is still taken, for losing a message is worse.
const OLDEST: TimeDelta = TimeDelta::hours(24);

/// A number or name at Vonage.
#[derive(Debug)]
pub(crate) struct Vonage {
    http: HttpClient,
    account: String,
    sender: String,
    status_callback: Option<String>,
    token: Secret,
    webhook_secret: Option<Secret>,
}

impl Vonage {
    pub(crate) fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        Ok(Self {
            http: settings.client(Some("https://api.nexmo.com"), http, clock)?,
            account: settings.needed("account")?,
            sender: settings.sender.clone(),
            status_callback: settings.setting("status_callback"),
            token: settings.secret("token")?,
            webhook_secret: settings.secret_if_any("webhook_secret"),
        })
    }

    fn signed(&self, request: Request) -> Result<Request, Error> {
        let plain = format!("{}:{}", self.account, self.token.expose());
        let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(plain)))
            .map_err(Error::internal)?;
        value.set_sensitive(true);
        Ok(request.header(HeaderName::from_static("authorization"), value))
    }

    /// A name stays a name; a number is sent without its plus.
    fn from(&self) -> String {
        if self.sender.starts_with('+') {
            digits(&self.sender)
        } else {
            self.sender.clone()
        }
    }

    fn words(&self, answer: &Answer) -> String {
        let title = answer.text("/title").unwrap_or_default();
        let detail = answer.text("/detail").unwrap_or_default();
        let secrets = [Some(&self.token), self.webhook_secret.as_ref()];
        shown(
            format!("{title} {detail}").trim(),
            secrets.into_iter().flatten(),
        )
    }

    fn refused(&self, answer: &Answer) -> Outcome {
        let text = self.words(answer);
        if answer.status >= 500 {
            return unclear(answer.status, &text);
        }
        let code = codes::of_error(&answer.body).unwrap_or_else(|| answer.status.to_string());
        let mut refusal = match rule::find(codes::RULES, &code) {
            Some(rule) => rule.refusal(text),
            None => rule::refusal(codes::RULES, &answer.status.to_string(), text),
        };
        if refusal.scope == Scope::Sender
            && let Some(wait) = answer.retry_after
        {
            refusal.again = Again::After(wait);
        }
        Outcome::NotSent(refusal)
    }
}

#[async_trait]
impl Channel for Vonage {
    fn provider(&self) -> Provider {
        Provider::Vonage
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: false,
            templates: false,
            longest_text: Some(1000),
            window_hours: None,
            per_second: 30,
            per_pair_minute: None,
            statuses: true,
            reads: false,
            polls: false,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let text = match message.content {
            Content::Text { body, .. } => body,
            Content::Template(template) => &template.rendered,
            Content::Media { .. } => {
                return cannot_carry(
                    "Text messages by Vonage carry no files. Send a link as text.",
                );
            }
        };
        let mut body = json!({
            "channel": "sms",
            "message_type": "text",
            "from": self.from(),
            "to": digits(message.address),
            "text": text,
            "client_ref": message.dispatch_id,
        });
        if let Some(url) = &self.status_callback
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("webhook_url".to_owned(), url.clone().into());
        }
        let Ok(request) = self.signed(Request::json(Method::POST, "v1/messages", &body)) else {
            return cannot_carry("The key or secret holds a character that cannot be sent.");
        };
        let answer = match answered(call(&self.http, request).await) {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        if !answer.is_success() {
            return self.refused(&answer);
        }
        match answer.text("/message_uuid") {
            Some(id) => Outcome::Accepted(Accepted {
                id: id.to_owned(),
                address: None,
                held: false,
            }),
            None => unclear(answer.status, &self.words(&answer)),
        }
    }

    async fn find(
        &self,
        _dispatch_id: &str,
        _message_id: Option<&str>,
        _address: &str,
    ) -> Result<Found, Error> {
        // The Messages API has no question for one message: its status webhook carries our id.
        Ok(Found::Cannot)
    }

    async fn check(&self) -> Result<Standing, Error> {
        let request = self.signed(Request::get("account/get-balance"))?;
        let answer = ask(&self.http, request).await?;
        let standing = |connected, trouble| Standing {
            connected,
            name: None,
            sender: Some(self.sender.clone()),
            trouble,
            pairing_code: None,
        };
        match answer.status {
            200 => Ok(standing(true, None)),
            401 | 403 => Ok(standing(false, Some(TroubleKind::CredentialRefused.into()))),
            _ => Err(failed("Vonage", &answer, &self.words(&answer))),
        }
    }

    async fn fetch_media(
        &self,
        _message_id: &str,
        media: &InboundMedia,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let address = media.url.as_deref().ok_or(MediaFailure::Cannot)?;
        let fetch = Fetch {
            at: &self.http,
            key: None,
            most: largest_file(Provider::Vonage),
            into,
        };
        fetch.from(address).await
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        let secret = self
            .webhook_secret
            .as_ref()
            .ok_or(WebhookRefusal::Unsigned)?;
        let claims = jwt::claims(request, secret)?;
        let hash = claims
            .get("payload_hash")
            .and_then(serde_json::Value::as_str)
            .ok_or(WebhookRefusal::BadSignature)?
            .to_ascii_lowercase();
        if !same(key_of(request.body).as_bytes(), hash.as_bytes()) {
            return Err(WebhookRefusal::BadSignature);
        }
        jwt::not_older_than(&claims, request.received_at, OLDEST)
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        read::webhook(request, &self.sender)
    }

    async fn poll(&self, _cursor: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}
