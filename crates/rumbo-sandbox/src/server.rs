//! The server: from the wire to an answer and back, with faults in between.

mod answer;
mod log;
mod reply;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::app::App;
use crate::config::{Announcement, SandboxConfig, SandboxError};
use crate::control::{Control, http};
use crate::graph::{Call, Method, Params};
use crate::messages::{self, Carrier, Wire, smtp, telegram};
use crate::meta_messages::files;
use crate::oauth::dialog;
use crate::templates::upload;

pub(crate) use answer::strike;
pub(crate) use reply::Reply;

/// Largest body read, in bytes.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// A running sandbox. Dropping it stops it as well.
pub struct Sandbox {
    control: Control,
    announcement: Announcement,
    graph_url: Url,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    /// The mail server and the courier of webhooks.
    beside: [JoinHandle<()>; 2],
    /// Tells webhooks.
    post: JoinHandle<()>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("graph_url", &self.graph_url.as_str())
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts listening and answers from then on.
    ///
    /// # Errors
    /// The address is taken, or the files to load cannot be read.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let listen = |source| SandboxError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let mail = smtp::listen(address).await.map_err(listen)?;
        let mail_address = mail.local_addr().map_err(listen)?;
        let (courier, webhooks) = messages::courier();
        let origin = format!("http://{address}");
        let app = Arc::new(App::new(&config, origin, courier, Some(mail_address))?);
        let beside = [
            smtp::serve(mail, Arc::clone(&app)),
            messages::carry(webhooks),
        ];
        let announcement = app.announcement();
        let graph_url = announcement.graph()?;
        let router = Router::new().fallback(handle).with_state(Arc::clone(&app));
        let (stop, stopped) = oneshot::channel::<()>();
        let post = tokio::spawn(crate::meta_messages::push::run(Arc::clone(&app)));
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, router)
                .with_graceful_shutdown(async move {
                    // A dropped sender stops it too.
                    stopped.await.unwrap_or_default();
                })
                .await;
            if let Err(error) = served {
                tracing::warn!(%error, "the sandbox stopped listening");
            }
        });
        Ok(Self {
            control: Control { app },
            announcement,
            graph_url,
            stop: Some(stop),
            task,
            beside,
            post,
        })
    }

    /// What clients need to know.
    pub fn announcement(&self) -> Announcement {
        self.announcement.clone()
    }

    /// Stands for `https://graph.facebook.com`.
    pub fn graph_url(&self) -> Url {
        self.graph_url.clone()
    }

    /// The switches.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops listening. Connections that are open are closed.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens when the server has ended by itself: then there is nothing to stop.
            stop.send(()).unwrap_or_default();
        }
        self.post.abort();
        self.task.abort();
        // An aborted task is a stopped server.
        (&mut self.task).await.unwrap_or_default();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.post.abort();
        self.task.abort();
        self.beside.iter().for_each(JoinHandle::abort);
    }
}

async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Reply::html(413, "The request is too large".to_owned()).into_response();
    };
    let path = decode(parts.uri.path());
    let method = parts.method.as_str().to_owned();
    if let Some(switch) = path.strip_prefix("/__sandbox") {
        return http::answer(&app, &method, switch.trim_matches('/'), &body).into_response();
    }
    if let Some((_, session)) = path.split_once("/upload:") {
        let query = parts
            .uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        let offset = parts
            .headers
            .get("file_offset")
            .and_then(|value| value.to_str().ok());
        let session = format!("upload:{session}{query}");
        return upload::answer(&app, &method, &session, offset, &body).into_response();
    }
    let carrier = path
        .trim_start_matches('/')
        .split_once('/')
        .and_then(|(prefix, below)| Some((Carrier::of(prefix)?, below)));
    let verb = method;
    let method = match verb.as_str() {
        // Graph knows none; for faults and the log it is a change like any other.
        "PATCH" if carrier.is_some() => Some(Method::Post),
        other => Method::parse(other),
    };
    let Some(method) = method else {
        return Reply::html(405, "Method not allowed".to_owned()).into_response();
    };
    let content_type = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_owned();
    let mut params = Params::default();
    let mut granted = Vec::new();
    let mut json = serde_json::Value::Null;
    let query = parts.uri.query().unwrap_or("");
    params.add_encoded(query.as_bytes());
    if content_type.starts_with("multipart/form-data") {
        match reply::multipart(&content_type, &body).await {
            Some(fields) => fields
                .into_iter()
                .for_each(|(name, value)| params.set(&name, value)),
            None => return Reply::html(400, "The form cannot be read".to_owned()).into_response(),
        }
    } else if content_type.starts_with("application/json") {
        params.add_json(&body);
        json = serde_json::from_slice(&body).unwrap_or_default();
    } else {
        params.add_encoded(&body);
        granted = url::form_urlencoded::parse(&body)
            .filter(|(name, _)| name == "granted")
            .map(|(_, value)| value.into_owned())
            .collect();
    }
    if let Some((carrier, below)) = carrier {
        let wire = Wire {
            method,
            verb: &verb,
            path: below.split('/').collect(),
            params: params.clone(),
            headers: &parts.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        };
        if carrier == Carrier::Telegram {
            wait_for_news(&app, &wire).await;
        }
        let call = messages::call(method, &path, params);
        return answer::from_carrier(&app, carrier, &call, &wire)
            .into_response()
            .await;
    }
    let bearer = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if path.trim_matches('/') == "whatsapp_business/attachments" && method == Method::Get {
        return files::attachment(&app, &params, bearer).into_response();
    }
    if let Some(reply) = outside_graph(&app, &path, method, &params, &granted) {
        return reply.into_response();
    }
    let mut call = Call::new(method, &path, params);
    call.bearer = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            value
                .strip_prefix("Bearer ")
                .or_else(|| value.strip_prefix("OAuth "))
        })
        .map(str::to_owned);
    call.body = json;
    if path.starts_with("/v2/") {
        call.bearer = parts
            .headers
            .get("x-api-key")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
    }
    // Figures of a large account take a while to work out.
    let answered = tokio::task::spawn_blocking(move || answer::from_wire(&app, &call)).await;
    match answered {
        Ok(outcome) => outcome.into_response().await,
        Err(_) => Reply::html(
            500,
            "The sandbox failed; this is a fault of its own".to_owned(),
        )
        .into_response(),
    }
}

/// Holds a poll of a bot open until something is new or the time it asked for is over.
async fn wait_for_news(app: &App, wire: &Wire<'_>) {
    const STEP: Duration = Duration::from_millis(20);
    let Some(seconds) = telegram::waits(app, wire) else {
        return;
    };
    for _ in 0..seconds.saturating_mul(50) {
        tokio::time::sleep(STEP).await;
        if telegram::waits(app, wire).is_none() {
            return;
        }
    }
}

/// Pages and pictures that are not Graph's.
fn outside_graph(
    app: &Arc<App>,
    path: &str,
    method: Method,
    params: &Params,
    granted: &[String],
) -> Option<Reply> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["dialog", "oauth"] | [_, "dialog", "oauth"] => Some(match method {
            Method::Get => dialog::show(app, params),
            Method::Post | Method::Patch | Method::Delete => dialog::decide(app, params, granted),
        }),
        ["connect", "login_success.html"] => Some(Reply::html(200, dialog::login_success())),
        ["images", file] => Some(reply::picture(app, file)),
        _ => None,
    }
}

fn decode(path: &str) -> String {
    let plus_kept = path.replace('+', "%2B");
    url::form_urlencoded::parse(
        format!("p={}", plus_kept.replace('&', "%26").replace('=', "%3D")).as_bytes(),
    )
    .next()
    .map_or_else(|| path.to_owned(), |(_, value)| value.into_owned())
}

/// A body that holds everything.
fn whole(bytes: Vec<u8>) -> Body {
    Body::from(bytes)
}
