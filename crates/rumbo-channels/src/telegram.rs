//! A bot at Telegram. Its token is part of every address, so that no address may be logged as it is:
//! `rumbo_http::redact_url` knows the form.

pub(crate) mod codes;
mod read;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use rumbo_base::{Clock, Code, Error, Reason, Secret};
use rumbo_http::{HttpClient, HttpSettings, Method, Request};
use serde_json::{Value, json};

use crate::event::{Told, WebhookRefusal, WebhookRequest};
use crate::media::{Fetch, PATIENCE, largest_file};
use crate::settings::{failed, same};
use crate::wire::{Answer, answered, ask, call, shown, unclear};
use crate::{
    Accepted, Again, Capabilities, Channel, ChannelSettings, Content, FetchedMedia, Found,
    InboundMedia, MediaFailure, MediaKind, MediaSource, Outcome, Outgoing, Polled, Provider,
    Standing, TroubleKind, rule,
};

/// How long Telegram holds a poll open when nothing is new, in seconds.
const HOLD: u64 = 25;
/// What is fetched: messages, and whether people block the bot.
const WANTED: [&str; 3] = ["message", "callback_query", "my_chat_member"];

/// A bot.
#[derive(Debug)]
pub(crate) struct Telegram {
    http: HttpClient,
    sender: String,
    hold: u64,
    token: Secret,
    webhook_secret: Option<Secret>,
}

impl Telegram {
    pub(crate) fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let token = settings.secret("token")?;
        let usable = token
            .expose()
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-'));
        if !usable {
            return Err(Error::new(
                Code::InvalidInput,
                "The bot's token holds a character that no token has. Copy it again from BotFather.",
            )
            .field("token")
            .reason(Reason::ValueNotKept));
        }
        Ok(Self {
            http: settings.client(Some("https://api.telegram.org"), http, clock)?,
            sender: settings.known_as().to_owned(),
            hold: settings
                .setting("hold_seconds")
                .and_then(|text| text.parse().ok())
                .unwrap_or(HOLD)
                .min(50),
            token,
            webhook_secret: settings.secret_if_any("webhook_secret"),
        })
    }

    fn request(&self, method: &str, body: &Value) -> Request {
        Request::json(
            Method::POST,
            format!("bot{}/{method}", self.token.expose()),
            body,
        )
    }

    fn words(&self, answer: &Answer) -> String {
        let secrets = [Some(&self.token), self.webhook_secret.as_ref()];
        shown(
            answer.text("/description").unwrap_or_default(),
            secrets.into_iter().flatten(),
        )
    }

    fn refused(&self, answer: &Answer) -> Outcome {
        let text = self.words(answer);
        if answer.status >= 500 || !answer.body.is_object() {
            return unclear(answer.status, &text);
        }
        let mut refusal = rule::refusal(codes::RULES, &codes::of(answer.status, &text), text);
        let wait = answer
            .body
            .pointer("/parameters/retry_after")
            .and_then(Value::as_u64)
            .map(Duration::from_secs)
            .or(answer.retry_after);
        if answer.status == 429
            && let Some(wait) = wait
        {
            refusal.again = Again::After(wait);
        }
        Outcome::NotSent(refusal)
    }
}

/// The method and the field of a kind of file.
fn method_of(kind: MediaKind) -> (&'static str, &'static str) {
    match kind {
        MediaKind::Image => ("sendPhoto", "photo"),
        MediaKind::Video => ("sendVideo", "video"),
        MediaKind::Audio => ("sendAudio", "audio"),
        MediaKind::Document => ("sendDocument", "document"),
        MediaKind::Sticker => ("sendSticker", "sticker"),
    }
}

#[async_trait]
impl Channel for Telegram {
    fn provider(&self) -> Provider {
        Provider::Telegram
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: true,
            templates: false,
            longest_text: Some(4096),
            window_hours: None,
            per_second: 30,
            per_pair_minute: Some(60),
            statuses: false,
            reads: false,
            polls: true,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let chat = message
            .address
            .parse::<i64>()
            .map_or_else(|_| Value::from(message.address), Value::from);
        let (method, mut body) = match message.content {
            Content::Text { body, .. } => ("sendMessage", json!({ "chat_id": chat, "text": body })),
            Content::Template(template) => (
                "sendMessage",
                json!({ "chat_id": chat, "text": template.rendered }),
            ),
            Content::Media {
                kind,
                source,
                caption,
                ..
            } => {
                let (method, field) = method_of(*kind);
                let file = match source {
                    MediaSource::Link { url } => url,
                    MediaSource::Uploaded { id } => id,
                };
                let mut body = json!({ "chat_id": chat, field: file });
                // A sticker has no caption.
                if let Some(caption) = caption.as_ref().filter(|_| *kind != MediaKind::Sticker)
                    && let Some(fields) = body.as_object_mut()
                {
                    fields.insert("caption".to_owned(), caption.clone().into());
                }
                (method, body)
            }
        };
        if let Some(id) = message.reply_to.and_then(read::number_of)
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert(
                "reply_parameters".to_owned(),
                json!({ "message_id": id, "allow_sending_without_reply": true }),
            );
        }
        let answer = match answered(call(&self.http, self.request(method, &body)).await) {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        if !answer.is_success() {
            return self.refused(&answer);
        }
        match read::id_of(answer.body.get("result").unwrap_or(&Value::Null)) {
            Some(id) => Outcome::Accepted(Accepted {
                id,
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
        // A bot cannot read what it sent.
        Ok(Found::Cannot)
    }

    async fn check(&self) -> Result<Standing, Error> {
        let answer = ask(&self.http, self.request("getMe", &json!({}))).await?;
        match answer.status {
            200 => Ok(Standing {
                connected: true,
                name: answer.text("/result/first_name").map(str::to_owned),
                sender: answer
                    .text("/result/username")
                    .map(|name| format!("@{name}")),
                trouble: None,
                pairing_code: None,
            }),
            401 | 404 => Ok(Standing {
                connected: false,
                name: None,
                sender: None,
                trouble: Some(TroubleKind::CredentialRefused.into()),
                pairing_code: None,
            }),
            _ => Err(failed("Telegram", &answer, &self.words(&answer))),
        }
    }

    /// Telegram gives files of up to 20 MB to bots; where one lies is asked each time, because the
    /// address is good for an hour and holds the token.
    async fn fetch_media(
        &self,
        _message_id: &str,
        media: &InboundMedia,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let id = media.id.as_deref().ok_or(MediaFailure::Cannot)?;
        let asked = self.request("getFile", &json!({ "file_id": id }));
        let answer = ask(&self.http, asked).await?;
        if !answer.is_success() {
            let words = self.words(&answer);
            return Err(match answer.status {
                400 if words.contains("too big") => MediaFailure::TooLarge,
                400 | 404 => MediaFailure::Gone,
                _ => failed("Telegram", &answer, &words).into(),
            });
        }
        let path = answer.text("/result/file_path").ok_or(MediaFailure::Gone)?;
        let file = Request::get(format!("file/bot{}/{path}", self.token.expose()));
        let incoming = self.http.begin(file.timeout(PATIENCE)).await?;
        match incoming.status {
            200 => {
                let fetch = Fetch {
                    at: &self.http,
                    key: None,
                    most: largest_file(Provider::Telegram),
                    into,
                };
                let file = fetch.keep(incoming).await?;
                Ok(FetchedMedia {
                    // It says of all of them that they are streams of bytes.
                    mime_type: None,
                    ..file
                })
            }
            404 => Err(MediaFailure::Gone),
            _ => Err(failed("Telegram", &Answer::of(&incoming.whole().await?), "").into()),
        }
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        let ours = self
            .webhook_secret
            .as_ref()
            .ok_or(WebhookRefusal::Unsigned)?;
        let theirs = request
            .headers
            .get("x-telegram-bot-api-secret-token")
            .filter(|text| !text.is_empty())
            .ok_or(WebhookRefusal::Unsigned)?;
        if same(ours.expose().as_bytes(), theirs.as_bytes()) {
            Ok(())
        } else {
            Err(WebhookRefusal::BadSignature)
        }
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        read::webhook(request, &self.sender)
    }

    async fn poll(&self, cursor: Option<&str>) -> Result<Option<Polled>, Error> {
        let mut body = json!({ "timeout": self.hold, "limit": 100, "allowed_updates": WANTED });
        // Asking from a number on tells Telegram that everything before it was kept.
        if let Some(offset) = cursor.and_then(|text| text.parse::<i64>().ok())
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("offset".to_owned(), offset.into());
        }
        let request = self
            .request("getUpdates", &body)
            .timeout(Duration::from_secs(self.hold + 15));
        let answer = ask(&self.http, request).await?;
        match answer.status {
            200 => {
                let clock = self.http.clock().now();
                let (told, next) = read::updates(&answer.body, &self.sender, clock);
                let cursor = next
                    .map(|next| next.to_string())
                    .or_else(|| cursor.map(str::to_owned))
                    .unwrap_or_default();
                Ok(Some(Polled { told, cursor }))
            }
            // Telegram gives the messages of a bot to one reader: the webhook that is set.
            409 => Err(Error::new(
                Code::Conflict,
                "Another program receives this bot's messages: an agent's webhook or a second \
                 reader. Let one of them do it.",
            )
            .reason(Reason::BotReadElsewhere)),
            _ => Err(failed("Telegram", &answer, &self.words(&answer))),
        }
    }
}
