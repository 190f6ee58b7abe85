//! Messenger, and what it shares with Instagram: messages of a page to people who wrote to it.

use std::path::Path;

use async_trait::async_trait;
use rumbo_base::{Clock, Error, Secret};
use rumbo_http::HttpSettings;
use serde_json::{Value, json};

use crate::json::{put, text};
use crate::media::{Fetch, largest_file};
use crate::meta::webhook::{read_meta, verify_meta};
use crate::meta::{Failure, Graph, graph_id};
use crate::wire::cannot_carry;
use crate::{
    Accepted, Capabilities, Channel, ChannelSettings, Content, FetchedMedia, Found, InboundMedia,
    MediaFailure, MediaKind, MediaSource, Outcome, Outgoing, Polled, Provider, Standing, Told,
    WebhookRefusal, WebhookRequest,
};

/// Characters of a Messenger text.
const LONGEST: u32 = 2_000;

/// A Facebook page's Messenger. Settings: `sender_id` is the page's id. Secrets: `token` of the page;
/// `app_secret` for the proof of every call and for webhooks.
#[derive(Debug)]
pub struct Messenger {
    graph: Graph,
    page_id: String,
    app_secret: Option<Secret>,
}

impl Messenger {
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
            page_id: graph_id(settings)?,
            app_secret: settings.secret_if_any("app_secret"),
        })
    }
}

/// The text of a message that is one.
pub(crate) fn words(content: &Content) -> Option<&str> {
    match content {
        Content::Text { body, .. } => Some(body),
        Content::Template(template) => Some(&template.rendered),
        Content::Media { .. } => None,
    }
}

/// The `message` of a call, without our id.
pub(crate) fn message(content: &Content) -> Result<Value, &'static str> {
    match content {
        Content::Text { body, .. } if body.trim().is_empty() => Err("The message has no text."),
        Content::Text { body, .. } => Ok(json!({ "text": body })),
        Content::Media {
            kind,
            source,
            caption,
            ..
        } => {
            if caption.as_ref().is_some_and(|caption| !caption.is_empty()) {
                return Err("A file has no caption here. Send the text as a message of its own.");
            }
            let kind = match kind {
                MediaKind::Image | MediaKind::Sticker => "image",
                MediaKind::Video => "video",
                MediaKind::Audio => "audio",
                MediaKind::Document => "file",
            };
            let payload = match source {
                MediaSource::Link { url } => json!({ "url": url, "is_reusable": false }),
                MediaSource::Uploaded { id } => json!({ "attachment_id": id }),
            };
            Ok(json!({ "attachment": { "type": kind, "payload": payload } }))
        }
        // There are no templates here: the person gets the text that was shown.
        Content::Template(template) => Ok(json!({ "text": template.rendered })),
    }
}

/// The whole call. Without a tag: only answers inside 24 hours, which is what Rumbo sends here.
pub(crate) fn call(outgoing: &Outgoing<'_>, message: Value) -> Value {
    let mut call = json!({
        "recipient": { "id": outgoing.address },
        "messaging_type": "RESPONSE",
        "message": message,
    });
    if let Some(id) = outgoing.reply_to {
        put(&mut call, "reply_to", json!({ "mid": id }));
    }
    call
}

pub(crate) fn accepted(answer: &Value) -> Option<Accepted> {
    Some(Accepted {
        id: text(answer, "message_id")?,
        address: text(answer, "recipient_id"),
        held: false,
    })
}

/// What both can; only the length of a text differs.
pub(crate) fn capabilities(longest_text: u32) -> Capabilities {
    Capabilities {
        text: true,
        media: true,
        templates: false,
        longest_text: Some(longest_text),
        window_hours: Some(24),
        // Meta takes more of plain texts; ten a second is its limit with sound and video.
        per_second: 10,
        per_pair_minute: None,
        statuses: true,
        reads: true,
        polls: false,
    }
}

#[async_trait]
impl Channel for Messenger {
    fn provider(&self) -> Provider {
        Provider::Messenger
    }

    fn capabilities(&self) -> Capabilities {
        capabilities(LONGEST)
    }

    async fn send(&self, outgoing: &Outgoing<'_>) -> Outcome {
        let too_long = words(outgoing.content).is_some_and(|text| {
            u32::try_from(text.encode_utf16().count()).map_or(true, |length| length > LONGEST)
        });
        if too_long {
            return cannot_carry("A Messenger text holds 2,000 characters. Shorten it.");
        }
        match message(outgoing.content) {
            Ok(mut message) => {
                // Comes back in the echo of the message, which settles a lost answer.
                put(&mut message, "metadata", outgoing.dispatch_id);
                let path = format!("{}/messages", self.page_id);
                self.graph
                    .send(&path, &call(outgoing, message), accepted)
                    .await
            }
            Err(reason) => cannot_carry(reason),
        }
    }

    /// Graph lists no messages by our id; the echo of the message carries it.
    async fn find(&self, _: &str, _: Option<&str>, _: &str) -> Result<Found, Error> {
        Ok(Found::Cannot)
    }

    async fn check(&self) -> Result<Standing, Error> {
        let answer = self.graph.get(&self.page_id, &[("fields", "name")]).await?;
        if Failure::of(&answer.body).is_some() || !answer.is_success() {
            return Ok(self.graph.refused(&answer));
        }
        let name = text(&answer.body, "name");
        Ok(Standing {
            connected: true,
            sender: name.clone(),
            name,
            trouble: None,
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
            most: largest_file(Provider::Messenger),
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
