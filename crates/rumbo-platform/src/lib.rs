//! Workspaces, access, vault, jobs and the scheduler.

mod scope;
pub mod workspaces;
pub mod table_file;

pub use scope::Scope;
