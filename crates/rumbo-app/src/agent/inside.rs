//! The agent of a program: the one of `rumbo agent`, or the one that runs beside the window on
//! loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use tokio::sync::Mutex;
use url::Url;

use super::readers::Opened;
use super::{Agent, AgentAnnouncement, AgentConfig};
use crate::state::KeptAgent;
use crate::wire::{SetAgent, Webhooks};
use crate::{App, Context};

/// The agent that runs in this program, if one does.
#[derive(Debug, Default)]
pub(crate) struct AgentSlot {
    running: Mutex<Option<Agent>>,
    /// The program goes on after a command, so that an agent can run in it.
    stays: AtomicBool,
    pub(super) opened: Opened,
}

impl App {
    /// Starts an agent in this program, in place of one that runs.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub async fn start_agent(&self, config: AgentConfig) -> Result<AgentAnnouncement> {
        let mut running = self.0.agent.running.lock().await;
        // The same address may be wanted again.
        if let Some(before) = running.take() {
            before.stop().await;
        }
        let agent = Agent::start(self, config).await?;
        let announcement = agent.announcement().clone();
        *running = Some(agent);
        Ok(announcement)
    }

    /// Ends the agent of this program, if one runs.
    pub async fn stop_agent(&self) {
        if let Some(agent) = self.0.agent.running.lock().await.take() {
            agent.stop().await;
        }
    }

    /// The agent of this program, if one runs.
    pub(crate) async fn agent(&self) -> Option<AgentAnnouncement> {
        let running = self.0.agent.running.lock().await;
        running.as_ref().map(|agent| agent.announcement().clone())
    }

    /// Starts the agent that this machine's person wants beside the window. From now on one that is
    /// switched on is started at once.
    pub(crate) async fn start_kept_agent(&self) {
        self.0.agent.stays.store(true, Ordering::Relaxed);
        let Some(kept) = self.0.state.get().agent else {
            return;
        };
        if self.agent().await.is_some() {
            return;
        }
        let started = match config(&kept) {
            Ok(config) => self.start_agent(config).await,
            Err(error) => Err(error),
        };
        if let Err(error) = started {
            tracing::warn!(error = error.chain(), "the agent beside the window");
        }
    }
}

/// Switches the agent beside the window on, or off, and keeps that. On a command line it is kept
/// alone.
///
/// # Errors
/// `InvalidInput` for an address that is none, `PortsTaken` when the port cannot be had; what was
/// kept before stays then.
pub async fn set_agent(cx: &Context, req: SetAgent) -> Result<Webhooks> {
    let kept = match req.port {
        0 => None,
        port => Some(KeptAgent {
            port,
            public_url: req
                .public_url
                .map(|url| url.trim().to_owned())
                .filter(|url| !url.is_empty()),
            environment: req.environment,
        }),
    };
    let config = kept.as_ref().map(config).transpose()?;
    if cx.app.0.agent.stays.load(Ordering::Relaxed) {
        match config {
            Some(config) => {
                cx.app.start_agent(config).await?;
            }
            None => cx.app.stop_agent().await,
        }
    }
    cx.app.0.state.change(|state| state.agent = kept)?;
    cx.changed_everywhere(&[CacheTag::Channels]);
    super::list_webhooks(cx, crate::wire::ListWebhooks {}).await
}

fn config(kept: &KeptAgent) -> Result<AgentConfig> {
    let public_url = match kept.public_url.as_deref() {
        None => None,
        Some(text) => {
            let url = Url::parse(text).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            Some(url.ok_or_else(|| {
                Error::new(
                    Code::InvalidInput,
                    format!(
                        "\"{text}\" is not an address. Write it like https://hooks.example.com."
                    ),
                )
                .reason(Reason::AddressInvalid)
                .field("public_url")
                .param("value", text)
            })?)
        }
    };
    Ok(AgentConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, kept.port)),
        public_url,
        environment: kept.environment,
    })
}
