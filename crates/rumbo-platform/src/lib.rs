//! Workspaces, access, vault, jobs and the scheduler.

pub mod access;
pub mod audit;
pub mod connections;
pub mod exchange_rates;
mod scope;
pub mod table_file;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod vault;
pub mod workspaces;

pub use scope::Scope;
