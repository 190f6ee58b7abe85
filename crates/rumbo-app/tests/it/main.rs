//! Tests of the program without a window.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking, also in what they share"
)]

mod architecture;
mod as_of;
mod chatwoot;
mod commands;
mod connection;
mod dialects;
mod files;
mod host;
mod messages;
mod messaging;
mod permissions;
mod reach;
mod reasons;
mod scheduler;
mod secrets;
