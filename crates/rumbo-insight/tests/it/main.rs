//! ROI and home on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]

mod actions;
mod attribution;
mod breakdown;
mod budget_move;
mod causes;
mod channels;
mod cohorts;
mod contributions;
mod creatives;
mod customers;
mod data_driven;
mod exchange;
mod explained;
mod gap;
mod history;
mod kept;
mod pacing;
mod packed;
mod past;
mod random;
mod seeds;
mod settle;
mod small;
mod sql;
mod tired;
mod unusual;
mod world;
