//! The program as a script sees it: arguments in; JSON, sentences and exit codes out.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking, also in what they share"
)]

mod action_map;
mod agent;
mod audit_csv;
mod breakdown;
mod by_hand;
mod channels;
mod chatwoot;
mod cohorts;
mod history;
mod imports;
mod machine_form;
mod merges;
mod messages;
mod rates;
mod reach;
mod rumbo;
mod sandbox;
mod spend;
mod story;
mod templates;
mod usage;
mod vault;
mod workspaces;
mod wrong_calls;
