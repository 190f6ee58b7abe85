//! The command list, the bodies of the commands, their wire types, and the events of the core.
//!
//! Shells (the window, the command line) hold no logic: they open an [`App`], make a [`Context`]
//! for each call, and call what [`with_commands!`] lists.

pub mod agent;
pub mod api;
mod app;
pub mod audit_trail;
mod background;
pub mod channel_spend;
pub mod channels;
pub mod chatwoot;
pub mod cohorts;
pub mod commands;
pub mod connection;
pub mod consent;
pub mod contacts;
mod context;
pub mod dashboard;
pub mod exchange_rates;
pub mod exports;
mod files;
pub mod imports;
pub mod inbox;
pub mod logs;
pub mod network;
pub mod outbox;
pub mod pipeline;
pub mod reach;
mod sample;
pub mod saved_views;
mod secrets;
mod sending;
pub mod setting_changes;
mod state;
pub mod sync;
pub mod system;
pub mod templates;
pub mod wire;
pub mod workspaces;

pub use app::{App, AppConfig, workspace_named};
pub use context::Context;
