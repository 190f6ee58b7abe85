//! The Graph client: one call with its pace, retries and failures; pages and batches build on it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use rumbo_base::{Code, Entropy, Error, Reason, Secret};
use rumbo_http::{HttpClient, Method, Request, Response, RetryPolicy, TransportError};
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::error::{ErrorClass, GraphError, MetaError};
use crate::usage::{Usage, UseCase};

mod answer;
mod batch;
mod log;
mod pages;
mod request;
mod upload;

pub use answer::{Answer, Paging};
pub use batch::MAX_BATCH;
pub use log::{CallLog, CallRecord, CallStats, StatsSnapshot, WaitReason, WaitRecord};
pub use pages::{Pages, RowPage};
pub use request::GraphRequest;

/// The version asked for unless a setting says otherwise; the newest on 2026-11-21.
pub const DEFAULT_VERSION: &str = "v26.0";

/// Where the Graph is when no setting says otherwise.
pub const DEFAULT_GRAPH_URL: &str = "https://graph.facebook.com";

/// Clocks that differ by more than this make days and expiries wrong.
pub const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(10);

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct GraphSettings {
    /// Such as `v26.0`.
    pub version: String,
    /// For failures that pass by themselves.
    pub retry: RetryPolicy,
    /// One wait for Meta's limits is never longer than this: beyond it the call fails with
    /// [`MetaError::Wait`] and the caller does something else meanwhile.
    pub max_wait: Duration,
    /// How often a call refused for its rate is tried again.
    pub throttle_tries: u32,
}

impl Default for GraphSettings {
    /// For work in the background.
    fn default() -> Self {
        Self {
            version: DEFAULT_VERSION.to_owned(),
            retry: RetryPolicy::default(),
            max_wait: Duration::from_mins(15),
            throttle_tries: 5,
        }
    }
}

impl GraphSettings {
    /// For a person who waits for the answer: short waits, then the truth.
    pub fn interactive() -> Self {
        Self {
            max_wait: Duration::from_secs(10),
            throttle_tries: 1,
            ..Self::default()
        }
    }
}

/// The token that a client speaks with, and its proof where the app's secret is known.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    token: Secret,
    proof: Option<Secret>,
}

/// A client for the Graph. Cloning shares connections, usage, counters and the call log.
#[derive(Clone, Debug)]
pub struct GraphClient {
    shared: Arc<Shared>,
    access: Option<Access>,
    app_secret: Option<Secret>,
}

#[derive(Debug)]
struct Shared {
    http: HttpClient,
    settings: GraphSettings,
    entropy: Entropy,
    usage: Usage,
    stats: CallStats,
    log: Option<Arc<dyn CallLog>>,
}

impl GraphClient {
    /// A client without a token: for the token calls themselves. `http`'s base is the root of
    /// the Graph, without a version.
    pub fn new(http: HttpClient, settings: GraphSettings, entropy: Entropy) -> Self {
        Self {
            shared: Arc::new(Shared {
                http,
                settings,
                entropy,
                usage: Usage::default(),
                stats: CallStats::default(),
                log: None,
            }),
            access: None,
            app_secret: None,
        }
    }

    /// The same client with a listener for every call and wait, and counters of its own.
    #[must_use]
    pub fn with_log(self, log: Arc<dyn CallLog>) -> Self {
        Self {
            shared: Arc::new(Shared {
                http: self.shared.http.clone(),
                settings: self.shared.settings.clone(),
                entropy: self.shared.entropy.clone(),
                usage: self.shared.usage.clone(),
                stats: CallStats::default(),
                log: Some(log),
            }),
            ..self
        }
    }

    /// The same client speaking with a token. With the app's secret every call also carries
    /// `appsecret_proof`.
    #[must_use]
    pub fn with_token(&self, token: Secret, app_secret: Option<Secret>) -> Self {
        let proof = app_secret
            .as_ref()
            .map(|secret| appsecret_proof(&token, secret));
        Self {
            shared: self.shared.clone(),
            access: Some(Access { token, proof }),
            app_secret,
        }
    }

    /// The same client speaking with another token of the same app, such as a page's.
    #[must_use]
    pub fn with_other_token(&self, token: Secret) -> Self {
        self.with_token(token, self.app_secret.clone())
    }

    /// The version asked for.
    pub fn version(&self) -> &str {
        &self.shared.settings.version
    }

    /// The limits as last seen.
    pub fn usage(&self) -> &Usage {
        &self.shared.usage
    }

    /// Counters of all calls so far.
    pub fn stats(&self) -> StatsSnapshot {
        self.shared.stats.snapshot()
    }

    /// The HTTP client beneath, for its clock and the measured clock difference.
    pub fn http(&self) -> &HttpClient {
        &self.shared.http
    }

    /// Compares this machine's clock with Meta's, as the last answer told it. Without a tolerance
    /// nothing is compared.
    ///
    /// # Errors
    /// `ClockSkew` when the two differ by more.
    pub fn check_clock(&self, tolerance: Option<TimeDelta>) -> Result<(), Error> {
        let (Some(tolerance), Some(skew)) = (tolerance, self.shared.http.skew()) else {
            return Ok(());
        };
        if !skew.exceeds(tolerance) {
            return Ok(());
        }
        let minutes = skew.ahead.num_minutes();
        let (way, reason) = if minutes > 0 {
            ("slow", Reason::ClockSlow)
        } else {
            ("fast", Reason::ClockFast)
        };
        Err(Error::new(
            Code::ClockSkew,
            format!(
                "This computer's clock is {} minutes {way}, compared with Meta's. Set the date and \
                 time (best automatically), then try again.",
                minutes.abs()
            ),
        )
        .reason(reason)
        .param("minutes", minutes.abs()))
    }

    /// Sends a call and reads its answer as a type.
    ///
    /// # Errors
    /// See [`MetaError`].
    pub async fn call<T: DeserializeOwned>(&self, request: &GraphRequest) -> Result<T, MetaError> {
        self.send(request).await?.parse()
    }

    /// Reads a node or edge as a type.
    ///
    /// # Errors
    /// See [`MetaError`].
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        params: &[(&str, &str)],
    ) -> Result<T, MetaError> {
        self.call(&GraphRequest::get(path).params(params)).await
    }

    /// Posts a form and reads the answer as a type.
    ///
    /// # Errors
    /// See [`MetaError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        params: &[(&str, &str)],
    ) -> Result<T, MetaError> {
        self.call(&GraphRequest::post(path).params(params)).await
    }

    /// An edge, page by page, `limit` rows at a time.
    pub fn pages(&self, request: GraphRequest, limit: u32) -> Pages {
        Pages::new(self.clone(), request, limit)
    }

    /// Sends a call: waits for the pace, tries again what passes by itself, waits out refusals.
    ///
    /// # Errors
    /// See [`MetaError`]. The last failure is returned, never swallowed.
    pub async fn send(&self, request: &GraphRequest) -> Result<Answer, MetaError> {
        let use_case = request.use_case();
        let object = request.object();
        let (mut backoffs, mut refusals) = (0, 0);
        loop {
            self.wait_for_pace(object, &use_case).await?;
            let error = match self.try_once(request, backoffs + refusals).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match error.class() {
                ErrorClass::Transient
                    if error.graph().is_some_and(GraphError::suspects_size)
                        && request.shrinkable =>
                {
                    return Err(error);
                }
                ErrorClass::Transient
                    if is_retryable(&error) && (!request.once || error.is_offline()) =>
                {
                    let policy = &self.shared.settings.retry;
                    let attempt = usize::try_from(backoffs).unwrap_or(usize::MAX);
                    let Some(wait) = policy.wait(attempt, &self.shared.entropy) else {
                        return Err(error);
                    };
                    backoffs += 1;
                    self.pause(WaitReason::Backoff, object, wait, None).await;
                }
                ErrorClass::Throttle => {
                    let now = self.shared.http.clock().now();
                    let wait = self.shared.usage.refused(object, &use_case, now);
                    refusals += 1;
                    if refusals > self.shared.settings.throttle_tries
                        || wait > self.shared.settings.max_wait
                    {
                        return Err(with_wait(error, wait));
                    }
                    self.pause(WaitReason::Refused, object, wait, None).await;
                }
                _ => return Err(error),
            }
        }
    }

    async fn wait_for_pace(
        &self,
        object: Option<&str>,
        use_case: &UseCase,
    ) -> Result<(), MetaError> {
        let now = self.shared.http.clock().now();
        let pace = self.shared.usage.pace(object, use_case, now);
        if pace.wait.is_zero() {
            return Ok(());
        }
        if pace.wait > self.shared.settings.max_wait {
            return Err(MetaError::Wait { wait: pace.wait });
        }
        let reason = if pace.halted {
            WaitReason::Halt
        } else {
            WaitReason::Pace
        };
        self.pause(reason, object, pace.wait, Some(pace.percent))
            .await;
        Ok(())
    }

    async fn pause(
        &self,
        reason: WaitReason,
        object: Option<&str>,
        wait: Duration,
        percent: Option<f64>,
    ) {
        let clock = self.shared.http.clock();
        self.shared.stats.waited(wait);
        if let Some(log) = &self.shared.log {
            log.waiting(&WaitRecord {
                reason,
                object: object.map(ToOwned::to_owned),
                wait,
                until: clock.now() + wait,
                percent,
            });
        }
        clock.sleep(wait).await;
    }

    async fn try_once(&self, request: &GraphRequest, attempt: u32) -> Result<Answer, MetaError> {
        let started = self.shared.http.clock().now();
        let outcome = self.shared.http.send(self.http_request(request)).await;
        let ended = self.shared.http.clock().now();
        let (status, bytes) = match &outcome {
            Ok(response) => (Some(response.status), response.body.len()),
            Err(_) => (None, 0),
        };
        let result = outcome.map_err(MetaError::from).and_then(|response| {
            self.observe(&response, request.object());
            Answer::read(response)
        });
        self.shared
            .stats
            .called(bytes, attempt > 0, result.as_ref().err());
        if let Some(log) = &self.shared.log {
            let error = result.as_ref().err();
            log.called(&CallRecord {
                method: request.method.to_string(),
                path: request.path.clone(),
                status,
                bytes,
                attempt,
                class: error.map(MetaError::class),
                code: error.and_then(MetaError::graph).map(|graph| graph.code),
                subcode: error
                    .and_then(MetaError::graph)
                    .and_then(|graph| graph.subcode),
                trace: error
                    .and_then(MetaError::graph)
                    .and_then(|graph| graph.trace.clone()),
                started,
                ended,
            });
        }
        result
    }

    fn observe(&self, response: &Response, object: Option<&str>) {
        self.shared
            .usage
            .observe(|name| response.header(name), object, response.received);
        if let Some(served) = response.header("facebook-api-version") {
            self.shared
                .stats
                .served(&self.shared.settings.version, served);
        }
        if let Some(warning) = response.header("x-ad-api-version-warning") {
            self.shared.stats.version_warning(warning);
        }
    }

    fn http_request(&self, request: &GraphRequest) -> Request {
        let path = format!("{}/{}", self.shared.settings.version, request.path);
        let mut params = request.params.clone();
        params.extend(self.access_params());
        if request.method == Method::POST {
            Request::post_form(path, params)
        } else {
            Request::new(request.method.clone(), path).queries(params)
        }
    }

    fn access_params(&self) -> Vec<(String, String)> {
        let Some(access) = &self.access else {
            return Vec::new();
        };
        let mut params = vec![("access_token".to_owned(), access.token.expose().clone())];
        if let Some(proof) = &access.proof {
            params.push(("appsecret_proof".to_owned(), proof.expose().clone()));
        }
        params
    }
}

/// A refused certificate or an unusable address does not change by trying again.
fn is_retryable(error: &MetaError) -> bool {
    match error {
        MetaError::Transport(error) => TransportError::is_transient(error),
        _ => true,
    }
}

fn with_wait(error: MetaError, wait: Duration) -> MetaError {
    match error {
        MetaError::Graph(mut graph) => {
            graph.wait = Some(wait);
            MetaError::Graph(graph)
        }
        other => other,
    }
}

/// Proves to Meta that the caller knows the app's secret: the hexadecimal HMAC-SHA-256 of the
/// token under the secret.
pub fn appsecret_proof(token: &Secret, app_secret: &Secret) -> Secret {
    // HMAC takes keys of any length, so this cannot fail; an empty proof would be refused.
    let proof = Hmac::<Sha256>::new_from_slice(app_secret.expose().as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(token.expose().as_bytes());
            hex::encode(mac.finalize().into_bytes())
        },
    );
    Secret::new(proof)
}

/// The rows of a `data` array, or any JSON, read as a type.
pub(crate) fn parse_json<'a, T: serde::Deserialize<'a>>(
    bytes: &'a [u8],
    what: &str,
) -> Result<T, MetaError> {
    serde_json::from_slice(bytes).map_err(|error| {
        MetaError::Shape(format!(
            "{what}: {}",
            rumbo_http::redact_text(&error.to_string())
        ))
    })
}

/// A copy of nothing: the body without its owner.
pub(crate) fn part_of(body: &Bytes, part: &str) -> Bytes {
    body.slice_ref(part.as_bytes())
}

#[cfg(test)]
mod tests;
