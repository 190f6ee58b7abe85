//! Transactions. Nothing is read or written outside of one.

use rumbo_base::{Result, WorkspaceId};
use sqlx::{Postgres, Sqlite, Transaction};

use crate::{DbResultExt, Statement};

/// A transaction in one workspace. Dropping it without [`Tx::commit`] undoes it.
#[derive(Debug)]
pub enum Tx {
    /// On the embedded file.
    Sqlite(Transaction<'static, Sqlite>),
    /// On a shared server.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Makes everything done in it last.
    ///
    /// # Errors
    /// `DiskFull`, or `Conflict` where another writer was first.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await.db(),
            Self::Postgres(tx) => tx.commit().await.db(),
        }
    }

    /// Undoes everything done in it, and waits until that is so.
    ///
    /// # Errors
    /// When the connection is lost; the database then undoes it by itself.
    pub async fn rollback(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await.db(),
            Self::Postgres(tx) => tx.rollback().await.db(),
        }
    }

    /// The text of a statement for this database.
    pub fn pick(&self, statement: Statement) -> &'static str {
        match self {
            Self::Sqlite(_) => statement.sqlite,
            Self::Postgres(_) => statement.postgres,
        }
    }

    /// How many values one statement may bind, less a margin: bulk writes chunk by it.
    pub fn bind_limit(&self) -> usize {
        match self {
            Self::Sqlite(_) => 32_000,
            Self::Postgres(_) => 65_000,
        }
    }

    /// Tells PostgreSQL's row-level security which workspace this is. Needed by hand only where a
    /// transaction makes the workspace that it goes on to fill.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn enter(&mut self, workspace: WorkspaceId) -> Result<()> {
        if let Self::Postgres(tx) = self {
            sqlx::query("SELECT set_config('rumbo.workspace', $1, true)")
                .bind(workspace.to_string())
                .execute(&mut **tx)
                .await
                .db()?;
        }
        Ok(())
    }
}
