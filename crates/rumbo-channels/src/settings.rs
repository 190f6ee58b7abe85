//! Reading a channel's settings, and the small things that every provider does with them.

use rumbo_base::{Clock, Code, Error, Reason, Secret};
use rumbo_http::{HttpClient, HttpSettings};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::ChannelSettings;

impl ChannelSettings {
    /// A secret that the provider cannot do without.
    ///
    /// # Errors
    /// `InvalidInput` that names it.
    pub(crate) fn secret(&self, name: &'static str) -> Result<Secret, Error> {
        self.secrets
            .get(name)
            .filter(|secret| !secret.expose().is_empty())
            .cloned()
            .ok_or_else(|| missing(name))
    }

    /// A secret that may be missing.
    pub(crate) fn secret_if_any(&self, name: &str) -> Option<Secret> {
        self.secrets
            .get(name)
            .filter(|secret| !secret.expose().is_empty())
            .cloned()
    }

    /// A setting as text, where there is one.
    pub(crate) fn setting(&self, name: &str) -> Option<String> {
        match self.settings.get(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A setting that the provider cannot do without.
    ///
    /// # Errors
    /// `InvalidInput` that names it.
    pub(crate) fn needed(&self, name: &'static str) -> Result<String, Error> {
        self.setting(name).ok_or_else(|| missing(name))
    }

    /// What the provider calls the sender: `sender` itself where that is the same.
    pub(crate) fn known_as(&self) -> &str {
        if self.sender_id.is_empty() {
            &self.sender
        } else {
            &self.sender_id
        }
    }

    /// A client for the provider's address, or for another one that stands in for it.
    ///
    /// # Errors
    /// `InvalidInput` where the address is none.
    pub(crate) fn client(
        &self,
        own: Option<&str>,
        http: HttpSettings,
        clock: Clock,
    ) -> Result<HttpClient, Error> {
        let base = self
            .base_url
            .as_deref()
            .or(own)
            .ok_or_else(|| missing("base_url"))?;
        let url = Url::parse(base)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                Error::new(
                    Code::InvalidInput,
                    "The address must begin with https:// and name a server.",
                )
                .field("base_url")
                .reason(Reason::AddressInvalid)
                .param("value", base)
            })?;
        HttpClient::new(url, http, clock)
    }
}

/// The failure of a channel that lacks something.
pub(crate) fn missing(name: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("{name} is missing. Enter it in the channel's settings."),
    )
    .field(name)
    .reason(Reason::ValueMissing)
}

/// The digits of a number, as most providers of SMS and WhatsApp want it.
pub(crate) fn digits(address: &str) -> String {
    address.chars().filter(char::is_ascii_digit).collect()
}

/// E.164 of digits that a provider wrote without the plus.
pub(crate) fn e164(number: &str) -> String {
    let number = number.trim();
    let all_digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits {
        format!("+{number}")
    } else {
        number.to_owned()
    }
}

/// Whether two secrets are the same, in a time that says nothing about where they differ.
pub(crate) fn same(ours: &[u8], theirs: &[u8]) -> bool {
    bool::from(ours.ct_eq(theirs))
}

/// What makes two calls the same one where the provider gives no id: the bytes.
pub(crate) fn key_of(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// The failure of a question that a provider did not answer.
pub(crate) fn failed(provider: &str, answer: &crate::wire::Answer, words: &str) -> Error {
    let said = if words.is_empty() {
        format!("status {}", answer.status)
    } else {
        words.to_owned()
    };
    let error = Error::new(
        Code::MetaUnavailable,
        format!("{provider} did not answer the question: {said}. Try again in a few minutes."),
    )
    .reason(Reason::ProviderFailed)
    .param("provider", provider)
    .param("answer", said);
    match answer.retry_after {
        Some(wait) => error.retry_after(wait),
        None => error,
    }
}
