//! One SQL text on two databases: an embedded SQLite file for one person, PostgreSQL for a team.
//!
//! Everything runs inside a [`Tx`], opened for one workspace, so that row-level security holds on
//! PostgreSQL and a read sees one moment on both. [`on_tx!`] expands the same body for both static
//! drivers; [`statements!`] names every SQL text once, so that a test can prepare all of them on
//! both databases.

mod attentive;
mod compact;
mod failure;
mod memory;
mod migrate;
mod open;
mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tx;

pub use attentive::{ROWS_AT_ONCE, processors};
pub use failure::DbResultExt;
pub use memory::{Memory, Revision, Weighed};
pub use migrate::{Migrated, schema_version};
pub use open::{Db, PostgresDb, SqliteDb};
pub use sql::Statement;
pub use sqlx;
pub use tx::Tx;
