//! Meta's Graph, as far as sending and being told need it: one call at a time, never tried again.

pub(crate) mod pages;
pub(crate) mod webhook;
mod whatsapp;

use std::path::Path;

use rumbo_base::{Clock, Code, Entropy, Error, Reason, Secret};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Method, Request};
use rumbo_meta::graph::{DEFAULT_VERSION, GraphClient, GraphSettings, appsecret_proof};
use serde_json::Value;

use crate::json::text;
use crate::media::{Fetch, Key};
use crate::wire::{Answer, Called, answered, ask, call, shown, unclear};
use crate::{
    Accepted, Again, ChannelSettings, FetchedMedia, MediaFailure, NotSent, Outcome, Scope,
    Standing, Trouble, TroubleKind, codes, rule, settings,
};

/// Where Graph is, unless the settings name another place.
const GRAPH: &str = "https://graph.facebook.com";

/// Meta's Graph with one token.
#[derive(Debug)]
pub(crate) struct Graph {
    http: HttpClient,
    version: String,
    bearer: HeaderValue,
    token: Secret,
    app_secret: Option<Secret>,
    /// Of token and app secret, where the app secret is known.
    proof: Option<Secret>,
    /// What no text may show.
    secrets: Vec<Secret>,
}

impl Graph {
    /// Reads `token`, `app_secret` (may be missing) and `graph_version` from the settings.
    pub fn new(
        settings: &ChannelSettings,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<Self, Error> {
        let token = settings.secret("token")?;
        let app_secret = settings.secret_if_any("app_secret");
        let version = settings
            .setting("graph_version")
            .unwrap_or_else(|| DEFAULT_VERSION.to_owned());
        if !is_version(&version) {
            return Err(Error::new(
                Code::InvalidInput,
                "The Graph version looks like v26.0. Correct it in the channel's settings.",
            )
            .field("graph_version")
            .reason(Reason::GraphVersionInvalid)
            .param("value", version)
            .param("example", DEFAULT_VERSION));
        }
        let proof = app_secret
            .as_ref()
            .map(|secret| appsecret_proof(&token, secret));
        let bearer = bearer(&token)?;
        let secrets = [Some(token.clone()), app_secret.clone(), proof.clone()]
            .into_iter()
            .flatten()
            .collect();
        Ok(Self {
            http: settings.client(Some(GRAPH), http, clock)?,
            version,
            bearer,
            token,
            app_secret,
            proof,
            secrets,
        })
    }

    /// The client of everything at Meta that is not sending, with this token. Somebody waits for what
    /// it is asked.
    pub fn client(&self) -> GraphClient {
        let settings = GraphSettings {
            version: self.version.clone(),
            ..GraphSettings::interactive()
        };
        GraphClient::new(self.http.clone(), settings, Entropy::system())
            .with_token(self.token.clone(), self.app_secret.clone())
    }

    fn request(&self, request: Request) -> Request {
        let request = request.header(
            HeaderName::from_static("authorization"),
            self.bearer.clone(),
        );
        match &self.proof {
            Some(proof) => request.query("appsecret_proof", proof.expose().clone()),
            None => request,
        }
    }

    fn path(&self, path: &str) -> String {
        format!("{}/{path}", self.version)
    }

    /// Sends something once and says what became of it. `accepted` finds the id in a good answer.
    pub async fn send(
        &self,
        path: &str,
        body: &Value,
        accepted: impl FnOnce(&Value) -> Option<Accepted>,
    ) -> Outcome {
        let request = self.request(Request::json(Method::POST, self.path(path), body));
        match answered(self.masked(call(&self.http, request).await)) {
            Ok(answer) => self.outcome(&answer, accepted),
            Err(outcome) => outcome,
        }
    }

    /// Transport errors name hosts and never parameters; this is the second lock on that door.
    fn masked(&self, called: Called) -> Called {
        match called {
            Called::NeverLeft(text) => Called::NeverLeft(shown(&text, &self.secrets)),
            Called::Lost(text) => Called::Lost(shown(&text, &self.secrets)),
            answer @ Called::Answer(_) => answer,
        }
    }

    fn outcome(
        &self,
        answer: &Answer,
        accepted: impl FnOnce(&Value) -> Option<Accepted>,
    ) -> Outcome {
        match Failure::of(&answer.body) {
            Some(failure) => failure.outcome(answer, &self.secrets),
            None if answer.is_success() => accepted(&answer.body).map_or_else(
                || unclear(answer.status, "Meta took the call and named no message."),
                Outcome::Accepted,
            ),
            None => unclear(answer.status, ""),
        }
    }

    /// The client, for files at public addresses.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Fetches a file from an address that is open to the token alone.
    pub async fn download(
        &self,
        address: &str,
        most: u64,
        into: &Path,
    ) -> Result<FetchedMedia, MediaFailure> {
        let key = Key {
            name: HeaderName::from_static("authorization"),
            value: self.bearer.clone(),
            hosts: &["fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net"],
        };
        let fetch = Fetch {
            at: &self.http,
            key: Some(&key),
            most,
            into,
        };
        fetch.from(address).await
    }

    /// Asks something. A refusal by Meta is an answer too.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Error> {
        let request = Request::get(self.path(path)).queries(
            query
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned())),
        );
        ask(&self.http, self.request(request)).await
    }

    /// The standing of a sender that could not be read: an answer with a failure, in Meta's words.
    pub fn refused(&self, answer: &Answer) -> Standing {
        let trouble = match Failure::of(&answer.body) {
            Some(failure) => {
                // Every way in which a token is not good has one of these, whatever its subcode.
                let kind = match failure.code {
                    102 | 190 => TroubleKind::CredentialRefused,
                    _ => TroubleKind::Refused,
                };
                Trouble::with(kind, shown(&failure.text, &self.secrets))
            }
            None => Trouble::refused(format!("Meta answered with status {}.", answer.status)),
        };
        Standing {
            connected: false,
            name: None,
            sender: None,
            trouble: Some(trouble),
            pairing_code: None,
        }
    }

    /// A refusal as an error, for lists.
    pub fn failed(&self, answer: &Answer) -> Error {
        let words = Failure::of(&answer.body).map_or_else(String::new, |it| it.text);
        settings::failed("Meta", answer, &shown(&words, &self.secrets))
    }
}

/// What Meta calls the sender: digits, which a path of ours is made of.
pub(crate) fn graph_id(channel: &ChannelSettings) -> Result<String, Error> {
    let id = channel.sender_id.trim();
    if id.is_empty() || !id.bytes().all(|it| it.is_ascii_digit()) {
        return Err(settings::missing("sender_id"));
    }
    Ok(id.to_owned())
}

/// A token as it is sent; it never shows in `Debug`.
fn bearer(token: &Secret) -> Result<HeaderValue, Error> {
    let mut header =
        HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
            Error::new(
                Code::InvalidInput,
                "The token holds characters that no token has. Copy it again.",
            )
            .field("token")
            .reason(Reason::TokenMalformed)
        })?;
    header.set_sensitive(true);
    Ok(header)
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| {
            let digits =
                |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
            digits(major) && digits(minor)
        })
}

/// What Meta says went wrong.
pub(crate) struct Failure {
    pub code: i64,
    pub subcode: Option<i64>,
    pub text: String,
}

impl Failure {
    /// The `error` of an answer.
    pub fn of(body: &Value) -> Option<Self> {
        let error = body.get("error")?;
        error.is_object().then(|| Self::read(error))
    }

    /// An error object, as answers and statuses of messages have it.
    pub fn read(error: &Value) -> Self {
        let number = |key: &str| text(error, key).and_then(|text| text.parse::<i64>().ok());
        let said = text(error, "message")
            .or_else(|| text(error, "title"))
            .unwrap_or_default();
        let details = error.pointer("/error_data/details").and_then(Value::as_str);
        Self {
            code: number("code").unwrap_or(0),
            subcode: number("error_subcode"),
            text: match details {
                Some(details) if !said.contains(details) => format!("{said}: {details}"),
                _ => said,
            },
        }
    }

    fn code_text(&self) -> String {
        match self.subcode {
            Some(subcode) => format!("{}/{subcode}", self.code),
            None => self.code.to_string(),
        }
    }

    /// As the reason of a message that is known not to have arrived.
    pub fn not_sent<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) -> NotSent {
        let text = shown(&self.text, secrets);
        match codes::meta(self.code, self.subcode) {
            Some(rule) => NotSent {
                code: Some(self.code_text()),
                ..rule.refusal(text)
            },
            None => rule::refusal(codes::META, &self.code_text(), text),
        }
    }

    fn outcome(&self, answer: &Answer, secrets: &[Secret]) -> Outcome {
        // 0 is a token that cannot be checked, and what stands where there is no code at all.
        let known = self.code != 0 && codes::meta(self.code, self.subcode).is_some();
        // A failure of Meta's own that nothing is written about may follow a sent message.
        if codes::is_unclear(self.code, self.subcode) || (!known && answer.status >= 500) {
            return Outcome::Unknown {
                text: shown(&self.text, secrets),
                code: Some(self.code_text()),
            };
        }
        let mut refusal = self.not_sent(secrets);
        if let (Again::Backoff, Scope::Message | Scope::Pair | Scope::Sender, Some(wait)) =
            (refusal.again, refusal.scope, answer.retry_after)
        {
            refusal.again = Again::After(wait);
        }
        Outcome::NotSent(refusal)
    }
}

#[cfg(test)]
mod tests;
