//! Keeping what comes in: many calls in one commit, each answered when that commit is done.

use std::collections::HashMap;
use std::sync::Arc;

use rumbo_base::{Code, Error, Result, WorkspaceId};
use rumbo_db::Db;
use tokio::sync::{Notify, mpsc, oneshot};

use super::NewDelivery;
use super::store::keep;

/// Calls that may wait to be kept; the next ones are asked to come again.
const WAITING: usize = 8_192;

/// Calls kept in one commit at most: a commit that takes long holds up everybody else's.
const AT_ONCE: usize = 512;

struct Handed {
    workspace: WorkspaceId,
    delivery: NewDelivery,
    kept: oneshot::Sender<bool>,
}

/// Keeps deliveries. Cloning shares it; with the last clone it ends, after what it was handed is
/// kept.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Handed>,
    arrived: Arc<Notify>,
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intake").finish_non_exhaustive()
    }
}

impl Intake {
    /// Begins to keep deliveries in a store.
    pub fn start(db: Db) -> Self {
        let (queue, handed) = mpsc::channel(WAITING);
        let arrived = Arc::new(Notify::new());
        tokio::spawn(keep_all(db, handed, arrived.clone()));
        Self { queue, arrived }
    }

    /// Keeps a delivery, and returns when it is kept for good.
    ///
    /// # Errors
    /// `Throttled` when more come than can be kept, `Internal` when it could not be kept: the
    /// provider is to call again.
    pub async fn keep(&self, workspace: WorkspaceId, delivery: NewDelivery) -> Result<()> {
        let (kept, answer) = oneshot::channel();
        let handed = Handed {
            workspace,
            delivery,
            kept,
        };
        self.queue.try_send(handed).map_err(|_| {
            Error::new(
                Code::Throttled,
                "More calls come in than can be kept. Call again.",
            )
        })?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Error::internal("the call could not be kept")),
        }
    }

    /// Waits until something was kept.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }
}

async fn keep_all(db: Db, mut handed: mpsc::Receiver<Handed>, arrived: Arc<Notify>) {
    let mut batch = Vec::new();
    while handed.recv_many(&mut batch, AT_ONCE).await > 0 {
        let mut deliveries: HashMap<WorkspaceId, Vec<NewDelivery>> = HashMap::new();
        let mut waiting: HashMap<WorkspaceId, Vec<oneshot::Sender<bool>>> = HashMap::new();
        for one in batch.drain(..) {
            deliveries
                .entry(one.workspace)
                .or_default()
                .push(one.delivery);
            waiting.entry(one.workspace).or_default().push(one.kept);
        }
        for (workspace, deliveries) in deliveries {
            let kept = match keep_some(&db, workspace, deliveries).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(error = error.chain(), "calls could not be kept");
                    false
                }
            };
            for caller in waiting.remove(&workspace).unwrap_or_default() {
                // Who hung up is called an answer no more.
                caller.send(kept).ok();
            }
            arrived.notify_one();
        }
    }
}

async fn keep_some(db: &Db, workspace: WorkspaceId, deliveries: Vec<NewDelivery>) -> Result<()> {
    // The provider is told that it is kept: it will not tell again.
    let mut tx = db.write_lasting(workspace).await?;
    keep(&mut tx, workspace, deliveries).await?;
    tx.commit().await
}
