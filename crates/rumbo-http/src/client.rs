//! The client: one base address, time limits, a bound on answers, and the other side's clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue};
use rumbo_base::{Clock, Error};
use url::Url;

use crate::resolve::SystemResolver;
use crate::{TransportError, redact_url};

/// How a client behaves. Start from `HttpSettings::default()`.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// To make the connection.
    pub connect_timeout: Duration,
    /// For the whole call, until the last byte of the answer.
    pub call_timeout: Duration,
    /// Bytes of an answer after decompression; more is refused.
    pub max_body: usize,
    /// What the program calls itself.
    pub user_agent: String,
    /// Whether the system's proxy is used. Never for loopback addresses in any case.
    pub system_proxy: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_mins(1),
            max_body: 64 << 20,
            user_agent: concat!("Rumbo/", env!("CARGO_PKG_VERSION")).to_owned(),
            system_proxy: true,
        }
    }
}

/// A client for one base address. Cloning shares connections.
#[derive(Clone, Debug)]
pub struct HttpClient {
    inner: reqwest::Client,
    base: Url,
    clock: Clock,
    max_body: usize,
    skew: Arc<Mutex<Option<ClockSkew>>>,
}

/// How far the other side's clock is from this machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSkew {
    /// Positive when the other side is ahead, that is, when this machine is slow.
    pub ahead: TimeDelta,
    /// When it was seen, by this machine's clock.
    pub seen: DateTime<Utc>,
}

impl ClockSkew {
    /// Whether the two differ by more than this.
    pub fn exceeds(&self, tolerance: TimeDelta) -> bool {
        self.ahead.abs() > tolerance
    }
}

/// One call. Paths are below the client's base address.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Option<Vec<(String, String)>>,
    pub(crate) body: Option<(HeaderValue, Bytes)>,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Option<Duration>,
    pub(crate) bound: Option<usize>,
}

impl Request {
    /// A call of any method.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            form: None,
            body: None,
            headers: HeaderMap::new(),
            timeout: None,
            bound: None,
        }
    }

    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A `POST` with a form as its body.
    pub fn post_form(path: impl Into<String>, form: Vec<(String, String)>) -> Self {
        Self {
            form: Some(form),
            ..Self::new(Method::POST, path)
        }
    }

    /// A call with a JSON value as its body.
    pub fn json(method: Method, path: impl Into<String>, value: &serde_json::Value) -> Self {
        Self::new(method, path).body(
            HeaderValue::from_static("application/json"),
            value.to_string().into_bytes(),
        )
    }

    /// Sends these bytes, of this type, as they are.
    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, bytes: impl Into<Bytes>) -> Self {
        self.body = Some((content_type, bytes.into()));
        self
    }

    /// Adds a parameter to the address.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds many parameters to the address.
    #[must_use]
    pub fn queries(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        self.query.extend(pairs);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Another limit for this whole call.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Another bound on the answer, in bytes after decompression.
    #[must_use]
    pub fn bound(mut self, bytes: usize) -> Self {
        self.bound = Some(bytes);
        self
    }
}

/// An answer, whole. Its `Debug` shows no header value and no body.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// When it had arrived.
    pub received: DateTime<Utc>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

impl Response {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// An answer whose body is still coming: what is long is taken piece by piece. Its `Debug` shows no
/// header value.
pub struct Incoming {
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
    answer: reqwest::Response,
    host: String,
    clock: Clock,
    taken: usize,
    limit: usize,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({}, {} bytes so far)", self.status, self.taken)
    }
}

impl Incoming {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The next piece of the body, decompressed; `None` at its end.
    ///
    /// # Errors
    /// When the rest does not come, and when there is more than the client's bound.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, TransportError> {
        let piece = self
            .answer
            .chunk()
            .await
            .map_err(|error| TransportError::sort(&self.host, &error, true))?;
        self.taken += piece.as_ref().map_or(0, Bytes::len);
        if self.taken > self.limit {
            return Err(self.too_large());
        }
        Ok(piece)
    }

    /// The whole of it.
    ///
    /// # Errors
    /// As [`Self::piece`].
    pub async fn whole(mut self) -> Result<Response, TransportError> {
        let mut body = BytesMut::with_capacity(self.expected());
        while let Some(piece) = self.piece().await? {
            body.extend_from_slice(&piece);
        }
        tracing::debug!(status = self.status, bytes = body.len(), "answer");
        Ok(Response {
            status: self.status,
            headers: self.headers,
            body: body.freeze(),
            received: self.clock.now(),
        })
    }

    fn expected(&self) -> usize {
        self.answer
            .content_length()
            .map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn too_large(&self) -> TransportError {
        TransportError::BodyTooLarge {
            host: self.host.clone(),
            limit: self.limit,
        }
    }
}

impl HttpClient {
    /// Builds a client for a base address.
    ///
    /// # Errors
    /// `Internal` when the system gives no TLS or no proxy settings that can be read.
    pub fn new(base: Url, settings: HttpSettings, clock: Clock) -> Result<Self, Error> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that builds clients"
        )]
        let mut builder = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.call_timeout)
            .dns_resolver(SystemResolver)
            // An answer that points elsewhere is for the caller to judge: following it would
            // carry parameters with secrets to another host.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        if !settings.system_proxy || is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let inner = builder.build().map_err(Error::internal)?;
        Ok(Self {
            inner,
            base,
            clock,
            max_body: settings.max_body,
            skew: Arc::new(Mutex::new(None)),
        })
    }

    /// The address that paths are below.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The clock that answers are timed by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The difference of the clocks at the last answer that had a date.
    pub fn skew(&self) -> Option<ClockSkew> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a call and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// Only when no whole answer came: see [`TransportError`].
    pub async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.begin(request).await?.whole().await
    }

    /// Sends a call and gives the answer while its body is still coming, whatever its status.
    ///
    /// # Errors
    /// When no answer came, or one that says that it is longer than the client's bound.
    pub async fn begin(&self, request: Request) -> Result<Incoming, TransportError> {
        let host = self.base.host_str().unwrap_or("the server").to_owned();
        let url = self.address(&request)?;
        tracing::debug!(method = %request.method, url = %redact_url(&url), "call");
        let mut call = self
            .inner
            .request(request.method, url)
            .headers(request.headers);
        if let Some(form) = &request.form {
            call = call.form(form);
        }
        if let Some((content_type, bytes)) = request.body {
            call = call.header(CONTENT_TYPE, content_type).body(bytes);
        }
        if let Some(limit) = request.timeout {
            call = call.timeout(limit);
        }
        let limit = request.bound.unwrap_or(self.max_body);
        let sent = self.clock.now();
        let answer = call
            .send()
            .await
            .map_err(|error| TransportError::sort(&host, &error, false))?;
        let headers = answer.headers().clone();
        self.note_skew(&headers, sent);
        let incoming = Incoming {
            status: answer.status().as_u16(),
            headers,
            answer,
            host,
            clock: self.clock.clone(),
            taken: 0,
            limit,
        };
        if incoming.expected() > limit {
            return Err(incoming.too_large());
        }
        Ok(incoming)
    }

    fn address(&self, request: &Request) -> Result<Url, TransportError> {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        let path = request.path.trim_start_matches('/');
        if path.contains(['?', '#']) || path.split('/').any(|part| part == "..") {
            return Err(TransportError::Unusable {
                host: self.base.host_str().unwrap_or_default().to_owned(),
                cause: "the path holds a query, a fragment or a way up".to_owned(),
            });
        }
        url.set_path(&if path.is_empty() {
            format!("{base}/")
        } else {
            format!("{base}/{path}")
        });
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }

    /// The date header has whole seconds and was written between sending and receiving: the
    /// middle of the two is the fairest moment to compare it with.
    fn note_skew(&self, headers: &HeaderMap, sent: DateTime<Utc>) {
        let Some(theirs) = headers
            .get(DATE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        else {
            return;
        };
        let now = self.clock.now();
        let ours = sent + (now - sent) / 2;
        let skew = ClockSkew {
            ahead: theirs.with_timezone(&Utc) - ours,
            seen: now,
        };
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
