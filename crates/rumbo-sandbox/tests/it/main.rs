//! The sandbox as a client sees it: over HTTP, on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking, also in what they share"
)]

mod batch;
mod client;
mod dialog;
mod faults;
mod graph;
mod insights;
mod jobs;
mod leads;
mod lifecycle;
mod load;
mod meta_messages;
mod people;
mod profiles;
mod settings;
mod templates;
mod tokens;
mod usage;
