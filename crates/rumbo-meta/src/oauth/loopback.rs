//! The loopback redirect (RFC 8252): listens on `localhost` for the one answer, then closes.
//!
//! Meta knows loopback only as `http://localhost:PORT/`, so both families are listened on: a
//! browser may go to `::1` first, and no other program may stand there instead of us.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use rumbo_base::{Clock, Code, Error, Language, Reason, Secret};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use super::landing::Answer;

mod page;

use page::Shown;

/// The exact path of the redirect.
pub const CALLBACK_PATH: &str = "/oauth/meta";

/// Ports tried in order. A list, so that each redirect can be registered at the app.
pub const DEFAULT_PORTS: [u16; 4] = [8765, 8766, 8767, 8768];

/// How often the clock is looked at: it may be wound by hand or jump after sleep.
const TICK: Duration = Duration::from_millis(200);
/// For the last page to reach the browser.
const FAREWELL: Duration = Duration::from_secs(2);

/// The redirect addresses of a list of ports, to be registered letter by letter.
pub fn redirect_uris(ports: &[u16]) -> Vec<String> {
    ports
        .iter()
        .map(|port| format!("http://localhost:{port}{CALLBACK_PATH}"))
        .collect()
}

/// The taken port.
#[derive(Debug)]
pub(super) struct Listener {
    port: u16,
    sockets: Vec<TcpListener>,
}

impl Listener {
    /// Takes the first free port of the list, on both families where the machine has both.
    pub(super) async fn bind(ports: &[u16]) -> Result<Self, Error> {
        for port in ports {
            if let Some(listener) = Self::try_bind(*port).await {
                return Ok(listener);
            }
        }
        let list = ports
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        Err(Error::new(
            Code::PortsTaken,
            format!(
                "The browser cannot come back: the ports {list} are all used by other programs, \
                 perhaps by another Rumbo. Close one, or add a port in the settings and at the \
                 Meta app."
            ),
        )
        .reason(Reason::PortsTaken)
        .param("ports", list))
    }

    async fn try_bind(port: u16) -> Option<Self> {
        let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .await
            .ok()?;
        let port = four.local_addr().ok()?.port();
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
            Ok(six) => Some(Self {
                port,
                sockets: vec![four, six],
            }),
            // Somebody else would get the browser, and the code with it.
            Err(error) if error.kind() == ErrorKind::AddrInUse => None,
            Err(_) => Some(Self {
                port,
                sockets: vec![four],
            }),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn redirect_uri(&self) -> Result<Url, Error> {
        Url::parse(&format!("http://localhost:{}{CALLBACK_PATH}", self.port))
            .map_err(Error::internal)
    }

    /// Serves until one answer was judged or the time is over, shows the person how it went, and
    /// closes. Requests that are no answer get a page and change nothing.
    pub(super) async fn serve(
        self,
        language: Language,
        expires_at: DateTime<Utc>,
        clock: &Clock,
        judge: impl Fn(&Answer) -> Result<Secret, Error> + Send + Sync + 'static,
    ) -> Result<Secret, Error> {
        let (done, mut outcome) = watch::channel(false);
        let desk = Arc::new(Desk {
            host: format!("localhost:{}", self.port),
            language,
            judge: Box::new(judge),
            outcome: Mutex::new(None),
            done,
        });
        let mut servers = JoinSet::new();
        for socket in self.sockets {
            let app = Router::new().fallback(receive).with_state(desk.clone());
            let mut over = outcome.clone();
            servers.spawn(async move {
                let _ = axum::serve(socket, app)
                    .with_graceful_shutdown(async move {
                        let _ = over.wait_for(|over| *over).await;
                    })
                    .await;
            });
        }
        loop {
            // Either ends the wait; a passed tick only means looking at the clock again.
            let answered = tokio::time::timeout(TICK, outcome.wait_for(|over| *over))
                .await
                .is_ok();
            if answered {
                break;
            }
            if clock.now() >= expires_at {
                servers.abort_all();
                return Err(too_late());
            }
        }
        let _ = tokio::time::timeout(FAREWELL, async {
            while servers.join_next().await.is_some() {}
        })
        .await;
        let outcome = desk
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        outcome.unwrap_or_else(|| Err(too_late()))
    }
}

pub(super) fn too_late() -> Error {
    Error::new(
        Code::SignInExpired,
        "Nobody answered in Meta's window in time, so the sign-in was closed. Start the \
         connection again.",
    )
    .reason(Reason::AnswerTooLate)
}

type Judge = Box<dyn Fn(&Answer) -> Result<Secret, Error> + Send + Sync>;

struct Desk {
    host: String,
    language: Language,
    judge: Judge,
    outcome: Mutex<Option<Result<Secret, Error>>>,
    done: watch::Sender<bool>,
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let (status, shown) = desk.receive(&method, &uri, host);
    // The browser must keep no copy, send the address nowhere, and not hold the connection.
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, page::html(shown, desk.language)).into_response()
}

impl Desk {
    fn receive(&self, method: &Method, uri: &Uri, host: &str) -> (StatusCode, Shown) {
        if !host.eq_ignore_ascii_case(&self.host) {
            return (StatusCode::MISDIRECTED_REQUEST, Shown::NothingHere);
        }
        if uri.path() != CALLBACK_PATH {
            return (StatusCode::NOT_FOUND, Shown::NothingHere);
        }
        if *method != Method::GET {
            return (StatusCode::METHOD_NOT_ALLOWED, Shown::NothingHere);
        }
        let answer = Answer::from_query(uri.query().unwrap_or_default());
        if answer.is_empty() {
            return (StatusCode::BAD_REQUEST, Shown::NothingHere);
        }
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if outcome.is_some() || *self.done.borrow() {
            return (StatusCode::GONE, Shown::Over);
        }
        let result = (self.judge)(&answer);
        let shown = match result.as_ref().map_err(Error::code) {
            Ok(_) => (StatusCode::OK, Shown::Done),
            Err(Code::SignInDenied) => (StatusCode::OK, Shown::Denied),
            Err(Code::SignInMismatch) => (StatusCode::FORBIDDEN, Shown::Mismatch),
            Err(_) => (StatusCode::OK, Shown::Refused),
        };
        *outcome = Some(result);
        drop(outcome);
        self.done.send_replace(true);
        shown
    }
}
