//! The sync against the sandbox: a Meta that really answers, on a clock that is wound by hand.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking"
)]

mod breakdowns;
mod crm;
mod faults;
mod fields;
mod killed;
mod leads;
mod reach;
mod setting_changes;
mod sync;
mod world;
