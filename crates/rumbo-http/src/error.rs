//! Why no answer came, by meaning.

use std::error::Error as StdError;
use std::time::Duration;

use rumbo_base::{Code, Error, Reason};
use rustls::CertificateError;

use crate::resolve::NameNotFound;

/// Why a call brought no whole answer. Texts never hold an address with its parameters.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nothing listens there, or there is no route.
    #[error("no connection to {host}: {cause}")]
    Offline { host: String, cause: String },
    /// The name does not resolve: most often there is no network.
    #[error("the name {host} was not found")]
    Name { host: String },
    /// The certificate is not valid at this machine's time: its clock is wrong, or theirs.
    #[error("the certificate of {host} is not valid at this machine's time")]
    CertificateTime { host: String },
    /// No trustworthy encrypted connection.
    #[error("no encrypted connection to {host}: {cause}")]
    Tls { host: String, cause: String },
    /// The connection was not made, or the answer not finished, in time.
    #[error("{host} did not answer in time")]
    Timeout { host: String, connecting: bool },
    /// The answer is larger than allowed; the rest was not read.
    #[error("the answer of {host} is larger than {limit} bytes")]
    BodyTooLarge { host: String, limit: usize },
    /// The connection ended before the answer did.
    #[error("the answer of {host} broke off: {cause}")]
    Truncated { host: String, cause: String },
    /// The call could not be made at all: a fault of ours.
    #[error("the call to {host} could not be made: {cause}")]
    Unusable { host: String, cause: String },
}

impl TransportError {
    /// Whether the machine seems to have no network, rather than the other side a bad day.
    pub fn is_offline(&self) -> bool {
        matches!(
            self,
            Self::Offline { .. }
                | Self::Name { .. }
                | Self::Timeout {
                    connecting: true,
                    ..
                }
        )
    }

    /// Whether the same call may succeed a little later.
    pub fn is_transient(&self) -> bool {
        !matches!(
            self,
            Self::Unusable { .. }
                | Self::Tls { .. }
                | Self::CertificateTime { .. }
                | Self::BodyTooLarge { .. }
        )
    }

    /// Sorts what the HTTP library reports. `reading` says that the answer had begun.
    pub(crate) fn sort(host: &str, error: &reqwest::Error, reading: bool) -> Self {
        let host = host.to_owned();
        if find::<NameNotFound>(error).is_some() {
            return Self::Name { host };
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            let about_time = matches!(
                tls,
                rustls::Error::InvalidCertificate(
                    CertificateError::Expired
                        | CertificateError::ExpiredContext { .. }
                        | CertificateError::NotValidYet
                        | CertificateError::NotValidYetContext { .. }
                )
            );
            return if about_time {
                Self::CertificateTime { host }
            } else {
                Self::Tls {
                    host,
                    cause: tls.to_string(),
                }
            };
        }
        let cause = root_cause(error);
        if error.is_timeout() {
            return Self::Timeout {
                host,
                connecting: error.is_connect(),
            };
        }
        if error.is_connect() {
            return Self::Offline { host, cause };
        }
        if error.is_builder() || error.is_redirect() {
            return Self::Unusable { host, cause };
        }
        if reading || error.is_body() || error.is_decode() || error.is_request() {
            return Self::Truncated { host, cause };
        }
        Self::Unusable { host, cause }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        let (code, reason, message) = match &error {
            TransportError::Offline { host, .. } | TransportError::Name { host } => (
                Code::Offline,
                Reason::HostUnreachable,
                format!("{host} cannot be reached. Check the network connection and try again."),
            ),
            TransportError::Timeout {
                host,
                connecting: true,
            } => (
                Code::Offline,
                Reason::HostUnreachable,
                format!("{host} cannot be reached in time. Check the network and try again."),
            ),
            TransportError::CertificateTime { host } => (
                Code::ClockSkew,
                Reason::CertificateTime,
                format!(
                    "The certificate of {host} is not valid at this computer's date and time. \
                     Set the clock and try again."
                ),
            ),
            TransportError::Tls { host, .. } => (
                Code::Offline,
                Reason::CertificateUntrusted,
                format!(
                    "No safe connection to {host}: its certificate is not trusted here. A proxy \
                     or a virus scanner may stand in between; its certificate has to be installed \
                     in the system."
                ),
            ),
            TransportError::Timeout { host, .. } => (
                Code::MetaUnavailable,
                Reason::HostTooSlow,
                format!("{host} did not answer in time. Try again in a few minutes."),
            ),
            TransportError::BodyTooLarge { host, .. } => (
                Code::TooMuchData,
                Reason::AnswerTooLarge,
                format!("The answer of {host} is too large to read. Ask for fewer days or rows."),
            ),
            TransportError::Truncated { host, .. } => (
                Code::MetaUnavailable,
                Reason::AnswerBroken,
                format!("The answer of {host} broke off half-way. Try again."),
            ),
            TransportError::Unusable { .. } => return Error::internal(error),
        };
        let host = match &error {
            TransportError::Offline { host, .. }
            | TransportError::Name { host }
            | TransportError::CertificateTime { host }
            | TransportError::Tls { host, .. }
            | TransportError::Timeout { host, .. }
            | TransportError::BodyTooLarge { host, .. }
            | TransportError::Truncated { host, .. }
            | TransportError::Unusable { host, .. } => host.clone(),
        };
        let wait = error.is_transient().then_some(Duration::from_secs(30));
        let failure = Error::new(code, message)
            .reason(reason)
            .param("host", host)
            .source(error);
        match wait {
            Some(wait) if code == Code::MetaUnavailable => failure.retry_after(wait),
            _ => failure,
        }
    }
}

/// Looks for a cause of one type in the chain, also inside I/O errors, which hide theirs.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            && let Some(found) = find::<E>(inner)
        {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

/// The innermost cause: the outer ones of the library repeat the address, parameters and all.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    let mut depth = 0;
    while let Some(inner) = cause.source() {
        cause = inner;
        depth += 1;
    }
    if depth == 0 {
        "no further detail".to_owned()
    } else {
        crate::redact_text(&cause.to_string())
    }
}
