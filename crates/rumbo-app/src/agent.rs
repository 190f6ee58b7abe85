//! The core running for others to call: webhooks of providers come in here, and everything that runs
//! in the background runs beside it. `rumbo agent` is this without a window.
//!
//! A call is verified over its raw bytes, kept, and answered; what it says is worked on after
//! (`rumbo_engage::webhooks`).

mod calls;
mod doors;
mod inside;
mod leads;
mod list;
mod polling;
mod probe;
mod readers;
mod work;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use rumbo_base::{Code, Error, Reason, Result};
use rumbo_engage::webhooks::Intake;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::App;
use crate::wire::AgentEnvironment;
pub(crate) use doors::chatwoot_path;
use doors::{Doors, META_PATH, YCLOUD_PATH};
pub(crate) use inside::AgentSlot;
pub use inside::set_agent;
pub use list::list_webhooks;
pub use probe::test_webhook;

/// Bytes of a call at most: Meta's limit.
const LARGEST: usize = 3 * 1024 * 1024;

/// How the agent is to run.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address by which providers reach it, where that is another one: a proxy's or a tunnel's.
    pub public_url: Option<Url>,
    /// What kind of installation it is.
    pub environment: AgentEnvironment,
}

/// What whoever started the agent needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentAnnouncement {
    /// Where it listens.
    pub url: String,
    /// The address by which providers reach it.
    pub public_url: String,
    /// Meta's webhook.
    pub meta_webhook: String,
    /// What to enter as Meta's verify token.
    pub meta_verify_token: String,
    /// YCloud's webhook.
    pub ycloud_webhook: String,
    /// `development`, `staging` or `production`.
    pub environment: AgentEnvironment,
    pub version: String,
}

/// An agent that runs.
#[derive(Debug)]
pub struct Agent {
    announcement: AgentAnnouncement,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    working: JoinHandle<()>,
}

/// What a call is answered from.
#[derive(Debug)]
struct Desk {
    app: App,
    intake: Intake,
    doors: Doors,
    public_url: Url,
    refused: calls::Refused,
}

impl Agent {
    /// Takes the address and begins to answer.
    ///
    /// # Errors
    /// `PortsTaken` when the address cannot be had, or as for reading the store.
    pub async fn start(app: &App, config: AgentConfig) -> Result<Self> {
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| taken(config.listen, error))?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let url = Url::parse(&format!("http://{address}")).map_err(Error::internal)?;
        let public_url = config.public_url.unwrap_or_else(|| url.clone());
        let at = |path: &str| {
            let base = public_url.as_str().trim_end_matches('/');
            format!("{base}{path}")
        };
        let announcement = AgentAnnouncement {
            url: url.to_string(),
            public_url: public_url.to_string(),
            meta_webhook: at(META_PATH),
            meta_verify_token: app.webhook_verify_token()?,
            ycloud_webhook: at(YCLOUD_PATH),
            environment: config.environment,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let desk = Arc::new(Desk {
            app: app.clone(),
            intake: Intake::start(app.0.db.clone()),
            doors: Doors::new(app),
            public_url,
            refused: calls::Refused::default(),
        });
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let router = router(desk.clone());
        let serving = tokio::spawn(async move {
            let served = axum::serve(listener, router)
                .with_graceful_shutdown(stopped.cancelled_owned())
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "the agent stopped answering");
            }
        });
        let working = tokio::spawn(work::go_on(app.clone(), desk.intake.clone(), stop.clone()));
        Ok(Self {
            announcement,
            stop,
            serving,
            working,
        })
    }

    /// Where it listens, and what to enter at providers.
    pub fn announcement(&self) -> &AgentAnnouncement {
        &self.announcement
    }

    /// Answers what is under way, and ends. What was kept and not worked on is worked on at the
    /// next start.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in [self.serving, self.working] {
            // A task that failed has said so.
            task.await.ok();
        }
    }
}

fn taken(address: SocketAddr, error: std::io::Error) -> Error {
    Error::new(
        Code::PortsTaken,
        format!(
            "The agent cannot listen on {address}: {error}. Choose another address with --listen."
        ),
    )
    .reason(Reason::PortsTaken)
    .param("ports", address.port())
    .source(error)
}

fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/health", get(calls::health))
        .route(META_PATH, get(calls::challenge).post(calls::meta))
        .route(YCLOUD_PATH, post(calls::ycloud))
        .route("/webhook/chatwoot/{link}", post(calls::chatwoot))
        .route("/webhook/{provider}/{channel}", post(calls::channel))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(desk)
}
