//! Instagram's direct messages, by the page the account belongs to.

use std::path::Path;

use async_trait::async_trait;
use rumbo_base::{Clock, Error, Secret};
use rumbo_http::HttpSettings;

use crate::json::text;
use crate::media::{Fetch, largest_file};
use crate::messenger::{accepted, call, capabilities, message, words};
use crate::meta::webhook::{read_meta, verify_meta};
use crate::meta::{Failure, Graph};
use crate::wire::cannot_carry;
use crate::{
    Capabilities, Channel, ChannelSettings, FetchedMedia, Found, InboundMedia, MediaFailure,
    Outcome, Outgoing, Polled, Provider, Standing, Told, TroubleKind, WebhookRefusal,
    WebhookRequest,
};

/// Bytes of a text, as Instagram counts them.
const LONGEST_BYTES: usize = 1_000;

/// An Instagram account. Settings: `sender_id` is the account's id, by which webhooks name it. Secrets:
/// `token` of the page it belongs to; `app_secret` for the proof of every call and for webhooks.
#[derive(Debug)]
pub struct Instagram {
    graph: Graph,
    app_secret: Option<Secret>,
}

impl Instagram {
    /// Opens the channel; nothing is called yet.
    ///
    /// # Errors
    /// `InvalidInput` when something that it cannot do without is missing or unusable.
    pub fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        Ok(Self {
            graph: Graph::new(settings, http, clock)?,
            app_secret: settings.secret_if_any("app_secret"),
        })
    }
}

#[async_trait]
impl Channel for Instagram {
    fn provider(&self) -> Provider {
        Provider::Instagram
    }

    fn capabilities(&self) -> Capabilities {
        // Bytes, not characters: the shorter bound for texts with accents is checked when sending.
        capabilities(1_000)
    }

    async fn send(&self, outgoing: &Outgoing<'_>) -> Outcome {
        if words(outgoing.content).is_some_and(|text| text.len() > LONGEST_BYTES) {
            return cannot_carry(
                "An Instagram text holds 1,000 bytes; accents and emoji take several. Shorten it.",
            );
        }
        match message(outgoing.content) {
            Ok(message) => {
                // The token is the page's, so `me` is the account's page.
                self.graph
                    .send("me/messages", &call(outgoing, message), accepted)
                    .await
            }
            Err(reason) => cannot_carry(reason),
        }
    }

    /// Nothing at Instagram carries our id: a person settles a lost answer.
    async fn find(&self, _: &str, _: Option<&str>, _: &str) -> Result<Found, Error> {
        Ok(Found::Cannot)
    }

    async fn check(&self) -> Result<Standing, Error> {
        let fields = "name,instagram_business_account{id,username}";
        let answer = self.graph.get("me", &[("fields", fields)]).await?;
        if Failure::of(&answer.body).is_some() || !answer.is_success() {
            return Ok(self.graph.refused(&answer));
        }
        let account = answer.body.get("instagram_business_account");
        let username = account.and_then(|account| text(account, "username"));
        Ok(Standing {
            connected: account.is_some(),
            name: text(&answer.body, "name"),
            sender: username.map(|name| format!("@{name}")),
            trouble: account
                .is_none()
                .then(|| TroubleKind::InstagramMissing.into()),
            pairing_code: None,
        })
    }

    async fn fetch_media(
        &self,
        _message_id: &str,
        media: &InboundMedia,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let address = media.url.as_deref().ok_or(MediaFailure::Cannot)?;
        let fetch = Fetch {
            at: self.graph.http(),
            key: None,
            most: largest_file(Provider::Instagram),
            into,
        };
        fetch.from(address).await
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        match &self.app_secret {
            Some(secret) => verify_meta(secret, request),
            None => Err(WebhookRefusal::BadSignature),
        }
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        read_meta(request)
    }

    async fn poll(&self, _: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}
