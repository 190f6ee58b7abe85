//! Workspaces, access, vault, jobs and the scheduler.

pub mod access;
pub mod audit;
pub mod connections;
pub mod exchange_rates;
mod scope;
pub mod table_file;
pub mod vault;
pub mod workspaces;

pub use scope::Scope;
