//! Text messages by Twilio's Programmable Messaging.

pub(crate) mod codes;
mod read;
mod signature;

use std::path::Path;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use rumbo_base::{Clock, Code, Error, Secret};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Request};
use serde_json::Value;
use url::Url;

use crate::asked::Asked;
use crate::event::{Event, Told, WebhookRefusal, WebhookRequest};
use crate::json::{list, text};
use crate::media::{Fetch, Key, largest_file};
use crate::settings::key_of;
use crate::wire::{Answer, answered, ask, call, cannot_carry, shown, unclear};
use crate::{
    Accepted, Again, Capabilities, Channel, ChannelSettings, Content, FetchedMedia, Found,
    InboundMedia, MediaFailure, MediaSource, Outcome, Outgoing, Polled, Provider, Scope, Standing,
    Trouble, TroubleKind, rule, settings,
};

/// The parameter of a status callback that carries our id of the dispatch.
const DISPATCH: &str = "dispatch";

/// A number or messaging service at Twilio.
#[derive(Debug)]
pub(crate) struct Twilio {
    http: HttpClient,
    clock: Clock,
    account: String,
    sender: String,
    messaging_service: Option<String>,
    status_callback: Option<Url>,
    token: Secret,
}

impl Twilio {
    pub(crate) fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let status_callback = settings
            .setting("status_callback")
            .map(|text| {
                Url::parse(&text).map_err(|_| {
                    Error::new(
                        Code::InvalidInput,
                        format!(
                            "\"{text}\" cannot be used as an address. Write it like https://host."
                        ),
                    )
                    .field("status_callback")
                    .reason(rumbo_base::Reason::AddressInvalid)
                    .param("value", &text)
                })
            })
            .transpose()?;
        Ok(Self {
            http: settings.client(Some("https://api.twilio.com"), http, clock.clone())?,
            clock,
            account: settings.needed("account")?,
            sender: settings.sender.clone(),
            messaging_service: settings.setting("messaging_service"),
            status_callback,
            token: settings.secret("token")?,
        })
    }

    fn basic(&self) -> Result<HeaderValue, Error> {
        let plain = format!("{}:{}", self.account, self.token.expose());
        let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(plain)))
            .map_err(Error::internal)?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn signed(&self, request: Request) -> Result<Request, Error> {
        let name = HeaderName::from_static("authorization");
        Ok(request.header(name, self.basic()?))
    }

    fn below(&self, path: &str) -> String {
        format!("2010-04-01/Accounts/{}{path}", self.account)
    }

    fn words(&self, answer: &Answer) -> String {
        shown(answer.text("/message").unwrap_or_default(), [&self.token])
    }

    /// What an answer that is no success says of a message.
    fn refused(&self, answer: &Answer) -> Outcome {
        let text = self.words(answer);
        let code = answer
            .body
            .get("code")
            .and_then(Value::as_i64)
            .map(|code| code.to_string());
        if answer.status >= 500 {
            return unclear(answer.status, &text);
        }
        let known = code
            .as_deref()
            .and_then(|code| rule::find(codes::RULES, code));
        let mut refusal = match (answer.status, known) {
            (_, Some(rule)) => rule.refusal(text),
            (401 | 403, None) => rule::refusal(codes::RULES, "20003", text),
            (429, None) => rule::refusal(codes::RULES, "20429", text),
            (status, None) => rule::refusal(
                codes::RULES,
                &code.unwrap_or_else(|| status.to_string()),
                text,
            ),
        };
        if let (Again::Backoff, Scope::Sender, Some(wait)) =
            (refusal.again, refusal.scope, answer.retry_after)
        {
            refusal.again = Again::After(wait);
        }
        Outcome::NotSent(refusal)
    }

    fn form(&self, message: &Outgoing<'_>) -> Result<Vec<(String, String)>, Outcome> {
        let mut form = vec![("To".to_owned(), message.address.to_owned())];
        match &self.messaging_service {
            Some(service) => form.push(("MessagingServiceSid".to_owned(), service.clone())),
            None => form.push(("From".to_owned(), self.sender.clone())),
        }
        match message.content {
            Content::Text { body, .. } => form.push(("Body".to_owned(), body.clone())),
            Content::Template(template) => {
                form.push(("Body".to_owned(), template.rendered.clone()));
            }
            Content::Media {
                source: MediaSource::Link { url },
                caption,
                ..
            } => {
                form.push(("MediaUrl".to_owned(), url.clone()));
                if let Some(caption) = caption {
                    form.push(("Body".to_owned(), caption.clone()));
                }
            }
            Content::Media { .. } => {
                return Err(cannot_carry(
                    "Twilio fetches files from a public https address; this one has none.",
                ));
            }
        }
        if let Some(callback) = &self.status_callback {
            let mut callback = callback.clone();
            callback
                .query_pairs_mut()
                .append_pair(DISPATCH, message.dispatch_id);
            form.push(("StatusCallback".to_owned(), callback.to_string()));
        }
        Ok(form)
    }
}

#[async_trait]
impl Channel for Twilio {
    fn provider(&self) -> Provider {
        Provider::Twilio
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: true,
            templates: false,
            longest_text: Some(1600),
            window_hours: None,
            // One a second is what a long number may send; more is refused or queued by carriers.
            per_second: 1,
            per_pair_minute: None,
            statuses: self.status_callback.is_some(),
            reads: false,
            polls: true,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let form = match self.form(message) {
            Ok(form) => form,
            Err(outcome) => return outcome,
        };
        let Ok(request) = self.signed(Request::post_form(self.below("/Messages.json"), form))
        else {
            return cannot_carry("The account or token holds a character that cannot be sent.");
        };
        let answer = match answered(call(&self.http, request).await) {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        if !answer.is_success() {
            return self.refused(&answer);
        }
        match answer.text("/sid") {
            Some(sid) => Outcome::Accepted(Accepted {
                id: sid.to_owned(),
                address: answer.text("/to").map(str::to_owned),
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
        // A message is found by Twilio's id alone: its list does not show the callback that carries ours.
        let Some(id) = message_id.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        else {
            return Ok(Found::Cannot);
        };
        let request = self.signed(Request::get(self.below(&format!("/Messages/{id}.json"))))?;
        let answer = ask(&self.http, request).await?;
        match answer.status {
            200 => Ok(Found::Here(Box::new(read::resource(
                &answer.body,
                &self.sender,
                self.clock.now(),
                |text| shown(text, [&self.token]),
            )))),
            404 => Ok(Found::NeverArrived),
            _ => Err(self.failed(&answer)),
        }
    }

    async fn check(&self) -> Result<Standing, Error> {
        let request = self.signed(Request::get(self.below(".json")))?;
        let answer = ask(&self.http, request).await?;
        let standing = |connected, trouble| Standing {
            connected,
            name: answer.text("/friendly_name").map(str::to_owned),
            sender: Some(self.sender.clone()),
            trouble,
            pairing_code: None,
        };
        match (answer.status, answer.text("/status")) {
            (200, Some("active")) => Ok(standing(true, None)),
            (200, Some(status)) => Ok(standing(
                false,
                Some(Trouble::with(TroubleKind::AccountInactive, status)),
            )),
            (401 | 403 | 404, _) => {
                Ok(standing(false, Some(TroubleKind::CredentialRefused.into())))
            }
            _ => Err(self.failed(&answer)),
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
            name: HeaderName::from_static("authorization"),
            value: self.basic()?,
            hosts: &["twilio.com"],
        };
        let fetch = Fetch {
            at: &self.http,
            key: Some(&key),
            most: largest_file(Provider::Twilio),
            into,
        };
        fetch.from(address).await
    }

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        signature::verify(request, self.token.expose())
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        read::webhook(request, &self.sender)
    }

    async fn poll(&self, cursor: Option<&str>) -> Result<Option<Polled>, Error> {
        let now = self.clock.now();
        let asked = Asked::read(cursor, now);
        let came = self.listed("To", asked.messages_since()).await?;
        let sent = self.listed("From", Asked::statuses_since(now)).await?;
        let mut told = Told::default();
        let mut seen = Vec::new();
        for resource in &came {
            let Some(message) = read::received(resource, &self.sender, now) else {
                continue;
            };
            seen.push((message.id.clone(), message.at));
            if !asked.is_new(&message.id, message.at) {
                continue;
            }
            let files = match read::files(resource) {
                0 => Vec::new(),
                _ => self.files(&message.id).await?,
            };
            // The newest comes first here.
            for message in message.with_files(files).into_iter().rev() {
                told.events.push(Event::Message(Box::new(message)));
            }
        }
        let mut statuses = Vec::new();
        for message in sent.iter().filter(|message| read::is_ours(message)) {
            let report = read::resource(message, &self.sender, now, |text| {
                shown(text, [&self.token])
            });
            // What it costs is told later than how it fared.
            let status = format!("{} {} {:?}", report.id, report.word, report.price);
            let is_news = asked.is_news(&status);
            statuses.push((status, report.at));
            if is_news {
                told.events.push(Event::Status(report));
            }
        }
        // The oldest first, as it would have come by webhook.
        told.events.reverse();
        let next = asked.after(now, &seen, &statuses);
        told.key = key_of(next.cursor().as_bytes());
        Ok(Some(Polled {
            told,
            cursor: next.cursor(),
        }))
    }
}

/// Messages in a page of a list, and pages at most.
const PAGE: usize = 200;
const PAGES: usize = 25;

impl Twilio {
    /// Messages of our number since an instant, the newest first.
    async fn listed(&self, end: &str, since: DateTime<Utc>) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        let mut page = Request::get(self.below("/Messages.json"))
            .query(end, &self.sender)
            .query(
                "DateSent>",
                since.to_rfc3339_opts(SecondsFormat::Secs, true),
            )
            .query("PageSize", PAGE.to_string());
        for _ in 0..PAGES {
            let answer = ask(&self.http, self.signed(page)?).await?;
            if answer.status != 200 {
                return Err(self.failed(&answer));
            }
            found.extend_from_slice(list(&answer.body, "messages"));
            // A path with its query, of the same host.
            let Some(next) = answer.text("/next_page_uri") else {
                break;
            };
            let (path, query) = next.split_once('?').unwrap_or((next, ""));
            page = Request::get(path.trim_start_matches('/')).queries(
                url::form_urlencoded::parse(query.as_bytes())
                    .into_owned()
                    .collect::<Vec<_>>(),
            );
        }
        Ok(found)
    }

    /// The files that came with a message: its resource does not name them. None where they were
    /// deleted since.
    async fn files(&self, message: &str) -> Result<Vec<InboundMedia>, Error> {
        let path = self.below(&format!("/Messages/{message}/Media.json"));
        let answer = ask(&self.http, self.signed(Request::get(path))?).await?;
        match answer.status {
            200 => {}
            404 => return Ok(Vec::new()),
            _ => return Err(self.failed(&answer)),
        }
        let base = self.http.base().as_str().trim_end_matches('/');
        Ok(list(&answer.body, "media_list")
            .iter()
            .filter_map(|file| {
                // Without the ending it is the file itself.
                let place = text(file, "uri")?;
                let place = place.trim_start_matches('/').trim_end_matches(".json");
                Some(read::file(
                    format!("{base}/{place}"),
                    text(file, "content_type"),
                ))
            })
            .collect())
    }

    fn failed(&self, answer: &Answer) -> Error {
        settings::failed("Twilio", answer, &self.words(answer))
    }
}
