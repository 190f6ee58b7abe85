//! A stand-in for Meta on loopback: the sign-in dialog, Graph, the Marketing API, Lead Ads, WhatsApp,
//! Messenger and Instagram; and for YCloud.
//!
//! It answers what Meta answers, refusals included, from a business made up out of a seed (or
//! loaded from files), on a clock that can be moved, with faults that can be scripted.
//! `docs/sandbox.md` describes every switch; nothing here talks to the real Meta.

mod app;
mod clock;
mod config;
mod control;
mod daily;
mod dice;
mod fault;
mod graph;
mod insights;
mod leads;
mod ledger;
mod messages;
mod meta_messages;
mod oauth;
mod people;
mod picture;
mod server;
mod templates;
mod tokens;
mod usage;
mod world;

pub use config::{Announcement, Profile, SandboxConfig, SandboxError};
pub use control::{CallRecord, Control, Counters, LeadOrder, Switches, TemplateOrder, TokenOrder};
pub use fault::{Effect, Fault, FaultError, FaultMatch};
pub use messages::chatwoot::{AgentOrder, ChatwootMessage, ChatwootPerson};
pub use messages::{InboundOrder, SentMessage, StatusOrder, Webhook};
pub use meta_messages::control::{AcceptedCount, Callbacks, IncomingOrder, PreferenceOrder};
pub use meta_messages::files::FileOrder;
pub use meta_messages::{AcceptedMessage, Way};
pub use server::Sandbox;
