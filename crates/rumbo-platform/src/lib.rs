//! Workspaces, access, vault, jobs and the scheduler.

pub mod connections;
mod scope;
pub mod vault;
pub mod workspaces;
pub mod table_file;

pub use scope::Scope;
