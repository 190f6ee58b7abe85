//! Sending: what runs the outbox of each workspace, one run of each at a time.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rumbo_base::{ChannelId, Result, WorkspaceId};
use rumbo_channels::Channel;
use rumbo_engage::outbox::{OpenChannels, Report, Timing, run_once};
use rumbo_engage::{bulk_sends, channels};
use rumbo_http::HttpSettings;
use rumbo_platform::{Scope, workspaces};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::outbox::STALE;
use crate::{App, Context};

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(5);

/// How often open views are told while messages go out.
const TELL: Duration = Duration::from_secs(2);

/// Who sends, and what stops them.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    /// Something runs that sends in the background.
    on: AtomicBool,
    stop: CancellationToken,
    wake: Notify,
    busy: Mutex<HashSet<WorkspaceId>>,
}

impl Sending {
    fn begin(&self, workspace: WorkspaceId) -> bool {
        self.busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(workspace)
    }

    fn end(&self, workspace: WorkspaceId) {
        self.busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&workspace);
    }

    fn is_idle(&self) -> bool {
        self.busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    /// Sends nothing new, and waits until what is on its way has an answer: a call that nobody hears
    /// the end of would have to be asked about.
    pub(crate) async fn finish(&self) {
        self.stop.cancel();
        self.wake.notify_waiters();
        let begun = std::time::Instant::now();
        while !self.is_idle() && begun.elapsed() < Duration::from_secs(35) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Opens channels with the secrets of the vault.
struct Opener<'a>(&'a App);

#[async_trait]
impl OpenChannels for Opener<'_> {
    async fn open(&self, scope: &Scope, id: ChannelId) -> Result<Arc<dyn Channel>> {
        channels::open_channel(scope, &self.0.0.vault, HttpSettings::default(), id).await
    }
}

impl App {
    /// Sends what is due in every workspace from now on, until the program is closed.
    pub(crate) fn start_sending(&self) {
        self.0.sending.on.store(true, Ordering::Relaxed);
        let app = self.clone();
        tokio::spawn(async move {
            while !app.0.sending.stop.is_cancelled() {
                if let Err(error) = app.send_everywhere().await {
                    tracing::warn!(error = error.chain(), "sending");
                }
                tokio::select! {
                    () = app.0.sending.wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
    }

    async fn send_everywhere(&self) -> Result<()> {
        let mut tx = self.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        drop(tx);
        for workspace in all.into_iter().filter(|w| w.archived_at.is_none()) {
            let app = self.clone();
            // A long run of one workspace does not hold up another.
            tokio::spawn(async move {
                if let Err(error) = app.send_due(workspace.id).await {
                    tracing::warn!(workspace = workspace.slug, error = error.chain(), "sending");
                }
            });
        }
        Ok(())
    }

    /// Something became due: where this program sends in the background, it does so now.
    pub(crate) fn send_soon(&self, _workspace: WorkspaceId) {
        if self.0.sending.on.load(Ordering::Relaxed) {
            self.0.sending.wake.notify_one();
        }
    }

    /// Sends what is due in a workspace, and says what that came to. `None` where this program is at
    /// it already.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn send_due(&self, workspace: WorkspaceId) -> Result<Option<Report>> {
        let sending = &self.0.sending;
        if !sending.begin(workspace) {
            return Ok(None);
        }
        let done = self.send(workspace).await;
        sending.end(workspace);
        done.map(Some)
    }

    async fn send(&self, workspace: WorkspaceId) -> Result<Report> {
        let scope = self.scope_of(workspace).await?;
        // Nobody in person sends.
        let scope = Scope {
            actor: None,
            ..scope
        };
        bulk_sends::resume_planning(&scope).await?;
        let opener = Opener(self);
        let timing = Timing::default();
        let cx = Context::new(self.clone(), Some(scope.clone()));
        let mut run = std::pin::pin!(run_once(&scope, &opener, &timing, &self.0.sending.stop));
        let mut tell = tokio::time::interval(TELL);
        tell.tick().await;
        let report = loop {
            tokio::select! {
                report = &mut run => break report?,
                _ = tell.tick() => cx.changed(&STALE),
            }
        };
        if !report.is_empty() {
            cx.changed(&STALE);
        }
        Ok(report)
    }
}
