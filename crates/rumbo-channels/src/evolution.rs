//! A WhatsApp number paired by QR at one's own Evolution API.

pub(crate) mod codes;
mod read;

use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rumbo_base::{Clock, Error, Secret};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Method, Request};
use serde_json::{Value, json};

use crate::asked::Asked;
use crate::event::{Event, Told, WebhookRefusal, WebhookRequest};
use crate::jwt;
use crate::media::{Fetch, PATIENCE, largest_file};
use crate::settings::{digits, failed, key_of, same};
use crate::wire::{Answer, answered, ask, call, cannot_carry, shown, unclear};
use crate::{
    Accepted, Again, Capabilities, Channel, ChannelSettings, Content, FetchedMedia, Found,
    InboundMedia, MediaFailure, MediaKind, MediaSource, Outcome, Outgoing, Polled, Provider, Scope,
    Standing, Trouble, TroubleKind, rule,
};

/// Its tokens live ten minutes, and it tries a webhook again for some more with the same one.
const OLDEST: TimeDelta = TimeDelta::minutes(10);

/// An instance of an Evolution API.
#[derive(Debug)]
pub(crate) struct Evolution {
    http: HttpClient,
    clock: Clock,
    instance: String,
    sender: String,
    token: Secret,
    webhook_secret: Option<Secret>,
}

impl Evolution {
    pub(crate) fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let instance = settings.known_as().to_owned();
        if instance.is_empty() {
            return Err(crate::settings::missing("sender_id"));
        }
        Ok(Self {
            http: settings.client(None, http, clock.clone())?,
            clock,
            instance,
            sender: settings.sender.clone(),
            token: settings.secret("token")?,
            webhook_secret: settings.secret_if_any("webhook_secret"),
        })
    }

    fn signed(&self, request: Request) -> Result<Request, Error> {
        let mut key =
            HeaderValue::try_from(self.token.expose().as_str()).map_err(Error::internal)?;
        key.set_sensitive(true);
        Ok(request.header(HeaderName::from_static("apikey"), key))
    }

    /// The instance's name is one part of the path, whatever is in it.
    fn path(&self, action: &str) -> String {
        format!("{action}/{}", self.instance.replace(['/', '?', '#'], "_"))
    }

    fn words(&self, answer: &Answer) -> String {
        let text = match answer.body.pointer("/response/message") {
            Some(Value::Array(parts)) => parts
                .iter()
                .map(|part| {
                    part.as_str()
                        .map_or_else(|| part.to_string(), str::to_owned)
                })
                .collect::<Vec<_>>()
                .join("; "),
            Some(Value::String(text)) => text.clone(),
            _ => answer
                .text("/message")
                .or_else(|| answer.text("/error"))
                .unwrap_or_default()
                .to_owned(),
        };
        shown(&text, self.secrets())
    }

    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [Some(&self.token), self.webhook_secret.as_ref()]
            .into_iter()
            .flatten()
    }

    fn refused(&self, answer: &Answer) -> Outcome {
        let text = self.words(answer);
        if answer.status >= 500 {
            return unclear(answer.status, &text);
        }
        let code = codes::of(answer.status, &answer.body);
        let mut refusal = rule::refusal(codes::RULES, &code, text);
        if refusal.scope == Scope::Sender
            && let Some(wait) = answer.retry_after
        {
            refusal.again = Again::After(wait);
        }
        Outcome::NotSent(refusal)
    }

    fn body(message: &Outgoing<'_>) -> Result<(&'static str, Value), Outcome> {
        let number = if message.address.contains('@') {
            message.address.to_owned()
        } else {
            digits(message.address)
        };
        let text = |text: &str| {
            (
                "message/sendText",
                json!({ "number": number, "text": text }),
            )
        };
        let (action, mut body) = match message.content {
            Content::Text { body, .. } => text(body),
            Content::Template(template) => text(&template.rendered),
            Content::Media {
                source: MediaSource::Uploaded { .. },
                ..
            } => {
                return Err(cannot_carry(
                    "Evolution fetches files from an address; this one has none.",
                ));
            }
            Content::Media {
                kind,
                source: MediaSource::Link { url },
                caption,
                file_name,
            } => match kind {
                MediaKind::Audio => (
                    "message/sendWhatsAppAudio",
                    json!({ "number": number, "audio": url }),
                ),
                MediaKind::Sticker => (
                    "message/sendSticker",
                    json!({ "number": number, "sticker": url }),
                ),
                MediaKind::Image | MediaKind::Video | MediaKind::Document => {
                    let (word, mime) = match kind {
                        MediaKind::Video => ("video", "video/mp4"),
                        MediaKind::Document => ("document", "application/octet-stream"),
                        _ => ("image", "image/jpeg"),
                    };
                    let name = file_name.clone().unwrap_or_else(|| name_of(url));
                    (
                        "message/sendMedia",
                        json!({
                            "number": number,
                            "mediatype": word,
                            "mimetype": mime_of(&name).unwrap_or(mime),
                            "caption": caption.clone().unwrap_or_default(),
                            "media": url,
                            "fileName": name,
                        }),
                    )
                }
            },
        };
        if let Some(id) = message.reply_to
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("quoted".to_owned(), json!({ "key": { "id": id } }));
        }
        Ok((action, body))
    }
}

/// The last part of an address, without its parameters.
fn name_of(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit('/').next() {
        Some(name) if name.contains('.') && path.matches('/').count() > 2 => name.to_owned(),
        _ => "file".to_owned(),
    }
}

/// What WhatsApp shows rather than offers to download.
fn mime_of(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "3gp" => "video/3gpp",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => return None,
    })
}

#[async_trait]
impl Channel for Evolution {
    fn provider(&self) -> Provider {
        Provider::Evolution
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: true,
            templates: false,
            longest_text: None,
            // A paired number is an ordinary one: it has no window. It is banned for writing to
            // strangers in bulk instead, which is why it goes slowly.
            window_hours: None,
            per_second: 1,
            per_pair_minute: Some(10),
            statuses: true,
            reads: true,
            polls: true,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let (action, body) = match Self::body(message) {
            Ok(made) => made,
            Err(outcome) => return outcome,
        };
        let Ok(request) = self.signed(Request::json(Method::POST, self.path(action), &body)) else {
            return cannot_carry("The key holds a character that cannot be sent.");
        };
        let answer = match answered(call(&self.http, request).await) {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        if !answer.is_success() {
            return self.refused(&answer);
        }
        match answer.text("/key/id") {
            Some(id) => Outcome::Accepted(Accepted {
                id: id.to_owned(),
                address: answer.text("/key/remoteJid").and_then(read::address_of),
                held: false,
            }),
            None => unclear(answer.status, &self.words(&answer)),
        }
    }

    async fn find(
        &self,
        _dispatch_id: &str,
        message_id: Option<&str>,
        _address: &str,
    ) -> Result<Found, Error> {
        // It keeps no id of ours: without its own nothing can be told apart from what was written by
        // hand.
        let Some(id) = message_id else {
            return Ok(Found::Cannot);
        };
        let body =
            json!({ "where": { "key": { "id": id, "fromMe": true } }, "page": 1, "offset": 1 });
        let request = self.signed(Request::json(
            Method::POST,
            self.path("chat/findMessages"),
            &body,
        ))?;
        let answer = ask(&self.http, request).await?;
        if answer.status != 200 {
            return Err(failed("Evolution", &answer, &self.words(&answer)));
        }
        // Only what its database kept is found: a message it does not know may have been sent.
        Ok(
            read::found(&answer.body, id, &self.instance, self.clock.now())
                .map_or(Found::Cannot, |report| Found::Here(Box::new(report))),
        )
    }

    async fn check(&self) -> Result<Standing, Error> {
        let request = self.signed(Request::get(self.path("instance/connectionState")))?;
        let answer = ask(&self.http, request).await?;
        let mut standing = Standing {
            connected: false,
            name: None,
            sender: Some(self.sender.clone()),
            trouble: None,
            pairing_code: None,
        };
        match (answer.status, answer.text("/instance/state")) {
            (200, Some("open")) => standing.connected = true,
            (200, _) => {
                standing.trouble = Some(TroubleKind::NotPaired.into());
                let request = self.signed(Request::get(self.path("instance/connect")))?;
                let answer = ask(&self.http, request).await?;
                standing.pairing_code = answer.text("/code").map(str::to_owned);
            }
            (401 | 403, _) => {
                standing.trouble = Some(TroubleKind::CredentialRefused.into());
            }
            (404, _) => {
                standing.trouble = Some(Trouble::with(TroubleKind::SenderUnknown, &self.instance));
            }
            _ => return Err(failed("Evolution", &answer, &self.words(&answer))),
        }
        Ok(standing)
    }

    /// Evolution keeps the file itself where a store is set up there, and fetches it from WhatsApp else.
    async fn fetch_media(
        &self,
        message_id: &str,
        media: &InboundMedia,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let most = largest_file(Provider::Evolution);
        let fetch = Fetch {
            at: &self.http,
            key: None,
            most,
            into,
        };
        if let Some(address) = media.url.as_deref() {
            return fetch.from(address).await;
        }
        let body = json!({ "message": { "key": { "id": message_id } }, "convertToMp4": false });
        let path = self.path("chat/getBase64FromMediaMessage");
        let request = self.signed(Request::json(Method::POST, path, &body))?;
        // Four characters stand for three bytes, and something stands around them.
        let bound = usize::try_from(most / 3 * 4 + (1 << 20)).unwrap_or(usize::MAX);
        let request = request.bound(bound).timeout(PATIENCE);
        let incoming = self.http.begin(request).await?;
        if (200..300).contains(&incoming.status) {
            return fetch.keep_base64(incoming).await;
        }
        let answer = Answer::of(&incoming.whole().await?);
        let words = self.words(&answer);
        // It answers with 400 whatever is wrong, and says in words what WhatsApp's own server said.
        let gone = ["not found", "status code 404", "status code 410"];
        let is_gone = answer.status == 404
            || (answer.status == 400 && gone.iter().any(|it| words.to_lowercase().contains(it)));
        Err(if is_gone {
            MediaFailure::Gone
        } else {
            failed("Evolution", &answer, &words).into()
        })
    }

    /// Evolution signs nothing: the instance's key travels in the body, and where the webhook was given
    /// a `jwt_key`, a token beside it. That one is asked for when we have it.
    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        if let Some(secret) = &self.webhook_secret {
            let claims = jwt::claims(request, secret)?;
            return jwt::not_older_than(&claims, request.received_at, OLDEST);
        }
        let body: Value =
            serde_json::from_slice(request.body).map_err(|_| WebhookRefusal::BadSignature)?;
        let theirs = body
            .get("apikey")
            .and_then(Value::as_str)
            .filter(|key| !key.is_empty())
            .ok_or(WebhookRefusal::Unsigned)?;
        if same(self.token.expose().as_bytes(), theirs.as_bytes()) {
            Ok(())
        } else {
            Err(WebhookRefusal::BadSignature)
        }
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        read::webhook(request, &self.instance)
    }

    /// Whether the session stands, and what its database holds since.
    async fn poll(&self, cursor: Option<&str>) -> Result<Option<Polled>, Error> {
        let now = self.clock.now();
        let asked = Asked::read(cursor, now);
        let request = self.signed(Request::get(self.path("instance/connectionState")))?;
        let answer = ask(&self.http, request).await?;
        let state = match (answer.status, answer.text("/instance/state")) {
            (200, Some(state)) => state.to_owned(),
            _ => return Err(failed("Evolution", &answer, &self.words(&answer))),
        };
        let mut told = Told {
            events: vec![read::state(&state, &self.instance, now)],
            ..Told::default()
        };
        let (mut messages, mut statuses) = (Vec::new(), Vec::new());
        for record in self.listed(&asked, now).await? {
            read::listed(&record, &self.instance, now, |sent, event| {
                let is_news = match &event {
                    Event::Message(message) => {
                        messages.push((message.id.clone(), message.at));
                        asked.is_new(&message.id, message.at)
                    }
                    Event::Status(report) => {
                        let status = format!("{} {}", report.id, report.word);
                        let is_news = asked.is_news(&status);
                        statuses.push((status, sent));
                        is_news
                    }
                    _ => true,
                };
                if is_news {
                    told.events.push(event);
                }
            });
        }
        // The oldest first, as it would have come by webhook.
        told.events.reverse();
        let next = asked.after(now, &messages, &statuses);
        told.key = key_of(next.cursor().as_bytes());
        Ok(Some(Polled {
            told,
            cursor: next.cursor(),
        }))
    }
}

/// Messages in a page of its database, and pages at most.
const PAGE: usize = 100;
const PAGES: usize = 50;

impl Evolution {
    /// What its database holds of the time that may have news, the newest first.
    async fn listed(&self, asked: &Asked, now: DateTime<Utc>) -> Result<Vec<Value>, Error> {
        let since = asked.messages_since().min(Asked::statuses_since(now));
        let stamp = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut found = Vec::new();
        for page in 1..=PAGES {
            // It takes both ends or none.
            let body = json!({
                "where": { "messageTimestamp": {
                    "gte": stamp(since), "lte": stamp(now + TimeDelta::days(1)),
                } },
                "page": page,
                "offset": PAGE,
            });
            let request = self.signed(Request::json(
                Method::POST,
                self.path("chat/findMessages"),
                &body,
            ))?;
            let answer = ask(&self.http, request).await?;
            if answer.status != 200 {
                return Err(failed("Evolution", &answer, &self.words(&answer)));
            }
            let records = answer
                .body
                .pointer("/messages/records")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let full = records.len() >= PAGE;
            found.extend(records);
            if !full {
                break;
            }
        }
        Ok(found)
    }
}
