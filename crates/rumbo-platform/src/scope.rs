//! Where and for whom something is done.

use chrono::{DateTime, Utc};
use rumbo_base::{Clock, Entropy, Result, UserId, WorkspaceId};
use rumbo_db::{Db, Tx};
use uuid::Uuid;

/// One workspace, one actor, and the store, clock and randomness to use: made once at the edge
/// for each call, and passed down.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The store.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub entropy: Entropy,
    /// The workspace everything is read from and written to.
    pub workspace: WorkspaceId,
    /// Who does it; `None` when Rumbo does it by itself, as in a scheduled sync.
    pub actor: Option<UserId>,
}

impl Scope {
    /// Begins a read.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read(&self) -> Result<Tx> {
        self.db.read(self.workspace).await
    }

    /// Begins a write.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write(&self) -> Result<Tx> {
        self.db.write(self.workspace).await
    }

    /// Begins a write whose commit outlives a loss of power.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_lasting(&self) -> Result<Tx> {
        self.db.write_lasting(self.workspace).await
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id.
    pub fn id<I: From<Uuid>>(&self) -> I {
        self.entropy.id(self.clock.now())
    }
}
