//! Working on what was kept, as it comes and when its time has come.

use std::time::Duration;

use rumbo_base::{CacheTag, Result};
use rumbo_engage::webhooks::{Intake, process_due};
use rumbo_platform::workspaces;
use tokio_util::sync::CancellationToken;

use super::leads::AtMeta;
use super::readers::OfChannels;
use crate::{App, Context};

/// Deliveries at a time, before other workspaces have their turn.
const AT_ONCE: u32 = 256;

/// What waits is looked at this often, also when nothing comes in.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Works until it is to stop.
pub(super) async fn go_on(app: App, intake: Intake, stop: CancellationToken) {
    loop {
        let more = match turn(&app).await {
            Ok(more) => more,
            Err(error) => {
                tracing::warn!(error = error.chain(), "working on webhooks");
                false
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if !more {
            tokio::select! {
                () = stop.cancelled() => return,
                () = intake.arrived() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}

/// A turn in every workspace. Tells whether there may be more at once.
async fn turn(app: &App) -> Result<bool> {
    let mut tx = app.0.db.read_registry().await?;
    let all = workspaces::list(&mut tx).await?;
    drop(tx);
    let mut more = false;
    for workspace in all.iter().filter(|w| w.archived_at.is_none()) {
        let scope = app.scope_of(workspace.id).await?;
        let done = Box::pin(process_due(
            &scope,
            &OfChannels(app.clone()),
            &AtMeta(app.clone()),
            AT_ONCE,
        ))
        .await;
        match done {
            Ok(done) => {
                more |= done.settled >= AT_ONCE;
                if !done.changed.is_empty() {
                    if done.changed.contains(&CacheTag::Conversations) {
                        app.fetch_files_soon(workspace.id);
                    }
                    let tags: Vec<CacheTag> = done.changed.into_iter().collect();
                    Context::new(app.clone(), Some(scope)).changed(&tags);
                }
            }
            // One workspace's trouble is not the others'.
            Err(error) => tracing::warn!(
                workspace = workspace.slug,
                error = error.chain(),
                "working on webhooks"
            ),
        }
    }
    Ok(more)
}
