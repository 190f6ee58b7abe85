//! What runs while the window is open: the scheduled sync, the renewal of sign-ins, the way back
//! from an outage, the packing of what changed in the CRM, the outbox, and the mirror in Chatwoot.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rumbo_base::Result;
use rumbo_platform::workspaces;

use crate::{App, Context, connection, reach, sync, templates};

/// How often the clock is looked at. A machine that slept is noticed by the same look.
const TURN: Duration = Duration::from_secs(30);

impl App {
    /// Starts the background work of every workspace. It ends with the program.
    pub fn start_background(&self) {
        let app = self.clone();
        app.0.network.watch();
        app.start_sending();
        app.start_polling();
        app.start_mirroring();
        tokio::spawn(async move {
            app.start_kept_agent().await;
            let mut last_look = None;
            loop {
                if let Err(error) = app.turn(last_look).await {
                    tracing::warn!(error = error.chain(), "background work");
                }
                let wall = app.0.config.clock.now();
                app.0.config.clock.sleep(TURN).await;
                last_look = Some((wall, TURN));
            }
        });
    }

    /// One turn of the background work. `last_look` is the wall clock at the turn before, and how
    /// long the pause since was meant to be.
    ///
    /// # Errors
    /// When the store cannot be read; one workspace's trouble is in the log and not the others'.
    pub async fn turn(&self, last_look: Option<(DateTime<Utc>, Duration)>) -> Result<()> {
        let mut tx = self.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        drop(tx);
        let back = self.try_again_if_due().await.unwrap_or_else(|error| {
            tracing::warn!(error = error.chain(), "reaching Meta again");
            false
        });
        for workspace in all.iter().filter(|w| w.archived_at.is_none()) {
            let scope = self.scope_of(workspace.id).await?;
            if let Err(error) = rumbo_insight::pack_days(&scope).await {
                tracing::warn!(workspace = workspace.slug, error = error.chain(), "packing");
            }
            let cx = Context::new(self.clone(), Some(scope));
            // One workspace's trouble is not the others'.
            if let Err(error) = connection::renew_if_due(&cx).await {
                tracing::warn!(workspace = workspace.slug, error = error.chain(), "renewal");
            }
            if (back || self.0.network.get().online)
                && let Err(error) = reach::ask_if_due(&cx).await
            {
                tracing::warn!(
                    workspace = workspace.slug,
                    error = error.chain(),
                    "questions"
                );
            }
            if (back || self.0.network.get().online)
                && let Err(error) = templates::pull_if_due(&cx).await
            {
                tracing::warn!(
                    workspace = workspace.slug,
                    error = error.chain(),
                    "templates"
                );
            }
            if back || self.0.network.get().online {
                self.fetch_files_soon(workspace.id);
            }
            // What the outage stopped goes on at once, not when it would be due.
            let started = if back {
                sync::start_if_failed(&cx).await
            } else {
                sync::start_if_due(&cx, last_look).await
            };
            if let Err(error) = started {
                tracing::warn!(
                    workspace = workspace.slug,
                    error = error.chain(),
                    "scheduled sync"
                );
            }
        }
        Ok(())
    }
}
