//! The one HTTP client builder: time limits, a bound on every answer, system proxy and system
//! certificates, failures told apart by meaning, redaction, and how often to try again.
//!
//! Nothing here knows Meta. Nothing here logs an address or a header that was not redacted.

mod client;
mod error;
mod redact;
mod resolve;
mod retry;

pub use client::{ClockSkew, HttpClient, HttpSettings, Incoming, Request, Response};
pub use error::TransportError;
pub use redact::{REDACTED, is_sensitive, redact_text, redact_url};
pub use reqwest::Method;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use retry::RetryPolicy;
