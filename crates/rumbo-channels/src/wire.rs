//! One call to a provider over HTTP, and what may be said when no answer came.

use std::time::Duration;

use rumbo_base::{Error, Secret};
use rumbo_http::{HttpClient, REDACTED, Request, Response, TransportError, redact_text};
use serde_json::Value;

use crate::{Again, NotSent, Outcome, Scope};

/// Longest text of a provider that is kept, in characters.
const LONGEST: usize = 300;

/// What a call to send came to on the wire.
pub(crate) enum Called {
    /// Whatever the provider answered.
    Answer(Answer),
    /// Nothing left this machine, or nothing listened: the provider cannot have taken it.
    NeverLeft(String),
    /// The call left and no whole answer came: the provider may have taken it.
    Lost(String),
}

/// A whole answer.
pub(crate) struct Answer {
    pub status: u16,
    /// `Null` where the body is no JSON.
    pub body: Value,
    /// What `Retry-After` says, in seconds.
    pub retry_after: Option<Duration>,
}

impl Answer {
    pub fn of(response: &Response) -> Self {
        let retry_after = response
            .header("retry-after")
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        Self {
            status: response.status,
            body: serde_json::from_slice(&response.body).unwrap_or(Value::Null),
            retry_after,
        }
    }

    /// Whether the provider did what it was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }
}

/// Makes a call that sends something.
pub(crate) async fn call(http: &HttpClient, request: Request) -> Called {
    match http.send(request).await {
        Ok(response) => Called::Answer(Answer::of(&response)),
        Err(error) if left(&error) => Called::Lost(error.to_string()),
        Err(error) => Called::NeverLeft(error.to_string()),
    }
}

/// Makes a call that only asks.
pub(crate) async fn ask(http: &HttpClient, request: Request) -> Result<Answer, Error> {
    Ok(Answer::of(&http.send(request).await?))
}

/// Whether the call may have reached the other side.
pub(crate) fn left(error: &TransportError) -> bool {
    match error {
        TransportError::Offline { .. }
        | TransportError::Name { .. }
        | TransportError::CertificateTime { .. }
        | TransportError::Tls { .. }
        | TransportError::Unusable { .. }
        | TransportError::Timeout {
            connecting: true, ..
        } => false,
        TransportError::Timeout { .. }
        | TransportError::BodyTooLarge { .. }
        | TransportError::Truncated { .. } => true,
    }
}

/// The outcome where there was no answer; the answer where there was one.
pub(crate) fn answered(called: Called) -> Result<Answer, Outcome> {
    match called {
        Called::Answer(answer) => Ok(answer),
        Called::NeverLeft(text) => Err(Outcome::NotSent(never_left(text))),
        Called::Lost(text) => Err(Outcome::Unknown { text, code: None }),
    }
}

/// The refusal of a call that never reached the provider: the whole sender waits for the network.
pub(crate) fn never_left(text: String) -> NotSent {
    NotSent {
        code: None,
        text,
        again: Again::Backoff,
        scope: Scope::Sender,
        bounced: false,
        opted_out: false,
    }
}

/// The refusal of a message that this channel cannot carry: nothing was called.
pub(crate) fn cannot_carry(text: &str) -> Outcome {
    Outcome::NotSent(NotSent {
        code: None,
        text: text.to_owned(),
        again: Again::Never,
        scope: Scope::Message,
        bounced: false,
        opted_out: false,
    })
}

/// The outcome of an answer that says nothing of the message: it may have been taken all the same.
pub(crate) fn unclear(status: u16, text: &str) -> Outcome {
    let text = if text.is_empty() {
        format!("The provider answered with status {status} and no reason.")
    } else {
        text.to_owned()
    };
    Outcome::Unknown {
        text,
        code: Some(status.to_string()),
    }
}

/// A provider's words as they may be kept: without our secrets and whatever looks like one, and not
/// without end.
pub(crate) fn shown<'a>(text: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        if !secret.expose().is_empty() {
            text = text.replace(secret.expose().as_str(), REDACTED);
        }
    }
    redact_text(&text).chars().take(LONGEST).collect()
}
