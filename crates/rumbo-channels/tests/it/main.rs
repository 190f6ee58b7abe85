//! Channels as the outbox and the inbox use them, against the sandbox.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking, also in what they share"
)]

mod chatwoot;
mod conformance;
mod files;
mod fixtures;
mod logs;
mod meta;
mod mutated;
mod providers;
mod refusals;
mod shuffled;
mod telegram;
