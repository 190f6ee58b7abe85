//! The sync: from Meta into the store, resumable at any point.
//!
//! Every slice (a listing of one account, some days of its insights, the leads of a form) is
//! committed together with its rows, so a killed run loses nothing and the next one goes on where
//! it stopped. A run on unchanged data changes no row: only the bookkeeping of `sync_runs`,
//! `sync_slices`, `ad_accounts.last_synced_at`, `last_error*` and `lead_forms.read_until` moves.
//!
//! Failures are told apart by what they call for ([`rumbo_meta::error::ErrorClass`]): waits for
//! Meta's limits, three tries for what passes and then back into the queue, smaller pieces for too
//! much data, on with the other accounts where one is not permitted, and a clean stop when the
//! sign-in ends. The last failure is returned, never swallowed.

mod account;
mod adoption;
mod days;
mod engine;
mod failure;
mod fields;
mod jobs;
mod leads;
mod listings;
mod people;
mod pictures;
pub mod plan;
mod progress;
mod report;
mod schedule;
pub(crate) mod slices;

pub use engine::{PageAccess, SyncContext, SyncOptions, run};
pub use leads::{LeadBatch, LeadCounts, LeadSink, NoLeads};
pub use people::{QuestionCounts, answer_questions};
pub use plan::RESTATEMENT_DAYS;
pub use progress::{AccountProgress, KindProgress, StepState, SyncProgress, Trouble};
pub use report::{RunReport, SyncIssue};
pub use schedule::{Decision, SyncClock, next_sync};
pub use slices::{Kind, SliceRow};

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![
        slices::STATEMENTS,
        leads::STATEMENTS,
        leads::BY_AD_STATEMENTS,
    ]
}
