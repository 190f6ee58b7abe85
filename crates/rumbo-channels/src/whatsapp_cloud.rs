//! WhatsApp by Meta's Cloud API.

use std::path::Path;

use async_trait::async_trait;
use chrono::DateTime;
use rumbo_base::{Clock, Error, Secret};
use rumbo_http::HttpSettings;
use serde_json::{Value, json};

use crate::json::{list, put, text};
use crate::media::largest_file;
use crate::meta::webhook::{read_meta, verify_meta};
use crate::meta::{Failure, Graph, graph_id};
use crate::settings::e164;
use crate::whatsapp::{LONGEST_TEXT, Recipient, body};
use crate::wire::cannot_carry;
use crate::{
    Accepted, Capabilities, Channel, ChannelSettings, Fared, FetchedMedia, Found, InboundMedia,
    MediaFailure, MetaTemplates, Outcome, Outgoing, Polled, Provider, Standing, StatusReport,
    TemplateAccount, Told, Trouble, TroubleKind, WebhookRefusal, WebhookRequest,
};

/// Meta's speed of a number, messages a second: 80, until it raises it to 1,000 by itself; 20 for a
/// number that is used in the phone's app too. `per_second` in the settings says another.
const PER_SECOND: u32 = 80;

/// A number at Meta's Cloud API. Settings: `sender_id` is the phone number id; `graph_version` and
/// `per_second` may be missing. Secrets: `token`; `app_secret` for the proof of every call and for
/// webhooks.
#[derive(Debug)]
pub struct WhatsappCloud {
    graph: Graph,
    /// Those of the account that the token may see.
    templates: MetaTemplates,
    phone_id: String,
    app_secret: Option<Secret>,
    per_second: u32,
}

impl WhatsappCloud {
    /// Opens the channel; nothing is called yet.
    ///
    /// # Errors
    /// `InvalidInput` when something that it cannot do without is missing or unusable.
    pub fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let graph = Graph::new(settings, http, clock)?;
        Ok(Self {
            templates: MetaTemplates::of_token(graph.client()),
            graph,
            phone_id: graph_id(settings)?,
            app_secret: settings.secret_if_any("app_secret"),
            per_second: settings
                .setting("per_second")
                .and_then(|text| text.parse().ok())
                .unwrap_or(PER_SECOND),
        })
    }
}

/// The call's body: the recipient, the content, our id and the message it answers.
fn message(outgoing: &Outgoing<'_>) -> Result<Value, &'static str> {
    let recipient = Recipient::of(outgoing.address).ok_or(
        "The address is no phone number with + and country code. Correct it at the contact.",
    )?;
    let (kind, object) = body(outgoing.content)?;
    let (field, to) = recipient.field();
    let mut message = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        field: to,
        "type": kind,
        kind: object,
        "biz_opaque_callback_data": outgoing.dispatch_id,
    });
    if let Some(id) = outgoing.reply_to {
        put(&mut message, "context", json!({ "message_id": id }));
    }
    Ok(message)
}

fn accepted(answer: &Value) -> Option<Accepted> {
    let message = list(answer, "messages").first()?;
    let made = list(answer, "contacts")
        .first()
        .and_then(|contact| text(contact, "wa_id"));
    Some(Accepted {
        id: text(message, "id")?,
        address: made.map(|wa_id| e164(&wa_id)),
        held: text(message, "message_status").is_some_and(|status| status != "accepted"),
    })
}

#[async_trait]
impl Channel for WhatsappCloud {
    fn provider(&self) -> Provider {
        Provider::WhatsappCloud
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

    async fn send(&self, outgoing: &Outgoing<'_>) -> Outcome {
        match message(outgoing) {
            Ok(message) => {
                let path = format!("{}/messages", self.phone_id);
                self.graph.send(&path, &message, accepted).await
            }
            Err(reason) => cannot_carry(reason),
        }
    }

    /// By Meta's message history, which knows messages by their own id alone and is not there for
    /// every account: a lost answer is settled by the webhook, which carries our id.
    async fn find(
        &self,
        dispatch_id: &str,
        message_id: Option<&str>,
        _address: &str,
    ) -> Result<Found, Error> {
        let Some(message_id) = message_id else {
            return Ok(Found::Cannot);
        };
        let path = format!("{}/message_history", self.phone_id);
        let query = [
            ("message_id", message_id),
            (
                "fields",
                "id,message_id,events{delivery_status,timestamp,error_description}",
            ),
        ];
        let answer = self.graph.get(&path, &query).await?;
        if Failure::of(&answer.body).is_some() || !answer.is_success() {
            return Ok(Found::Cannot);
        }
        let entry = list(&answer.body, "data")
            .iter()
            .find(|entry| text(entry, "message_id").as_deref() == Some(message_id));
        let events = entry.map(|entry| entry.pointer("/events/data").cloned());
        // No entry says nothing: nobody knows how long and for whom the history is kept.
        let latest = events
            .flatten()
            .iter()
            .flat_map(|events| events.as_array().cloned().unwrap_or_default())
            .filter_map(|event| happened(&event))
            .max_by_key(|event| event.0);
        Ok(match latest {
            Some((status, at, word)) => Found::Here(Box::new(StatusReport {
                sender: self.phone_id.clone(),
                id: message_id.to_owned(),
                dispatch_id: Some(dispatch_id.to_owned()),
                address: None,
                status,
                at,
                price: None,
                failure: None,
                word,
            })),
            None => Found::Cannot,
        })
    }

    async fn check(&self) -> Result<Standing, Error> {
        let fields =
            "display_phone_number,verified_name,quality_rating,status,code_verification_status";
        let answer = self
            .graph
            .get(&self.phone_id, &[("fields", fields)])
            .await?;
        if Failure::of(&answer.body).is_some() || !answer.is_success() {
            return Ok(self.graph.refused(&answer));
        }
        let status = text(&answer.body, "status");
        let connected = status.as_deref().is_none_or(|status| status == "CONNECTED");
        let low = text(&answer.body, "quality_rating").filter(|quality| quality == "RED");
        let trouble = match (connected, low) {
            (false, _) => Some(Trouble::with(
                TroubleKind::SenderInactive,
                status.unwrap_or_default(),
            )),
            (true, Some(_)) => Some(TroubleKind::QualityLow.into()),
            (true, None) => None,
        };
        Ok(Standing {
            connected,
            name: text(&answer.body, "verified_name"),
            sender: text(&answer.body, "display_phone_number"),
            trouble,
            pairing_code: None,
        })
    }

    /// The address that Meta gives for a file lives five minutes and is open to the token alone: it is
    /// asked for each time.
    async fn fetch_media(
        &self,
        _message_id: &str,
        media: &InboundMedia,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let id = media.id.as_deref().ok_or(MediaFailure::Cannot)?;
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(MediaFailure::Cannot);
        }
        let query = [("phone_number_id", self.phone_id.as_str())];
        let answer = self.graph.get(id, &query).await?;
        if let Some(failure) = Failure::of(&answer.body) {
            // 100/33 is what Meta says of what it has no more.
            let gone = failure.code == 100 && matches!(failure.subcode, None | Some(33));
            return Err(if gone {
                MediaFailure::Gone
            } else {
                self.graph.failed(&answer).into()
            });
        }
        let size = answer.body.get("file_size").and_then(Value::as_u64);
        let most = largest_file(Provider::WhatsappCloud);
        if size.is_some_and(|size| size > most) {
            return Err(MediaFailure::TooLarge);
        }
        let address = text(&answer.body, "url").ok_or(MediaFailure::Cannot)?;
        let mut file = self.graph.download(&address, most, into).await?;
        file.mime_type = text(&answer.body, "mime_type").or(file.mime_type);
        Ok(file)
    }

    fn template_account(&self) -> Option<&dyn TemplateAccount> {
        Some(&self.templates)
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

    async fn poll(&self, _cursor: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}

/// One event of the history: how the message fared, when, and Meta's word.
fn happened(event: &Value) -> Option<(Fared, DateTime<chrono::Utc>, String)> {
    let word = text(event, "delivery_status")?;
    let fared = match word.as_str() {
        "SENT" => Fared::Sent,
        "DELIVERED" => Fared::Delivered,
        "READ" => Fared::Read,
        "FAILED" => Fared::Failed,
        _ => return None,
    };
    Some((fared, crate::json::seconds(event, "timestamp")?, word))
}
