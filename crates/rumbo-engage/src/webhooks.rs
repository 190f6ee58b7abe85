//! What providers call us with: stored first, answered, worked on after.
//!
//! A call is verified over its raw bytes, kept as it came, and answered when it is on disk
//! ([`Intake`]). What it says is made into messages and statuses later ([`process_due`]), where a
//! part that cannot be worked on yet waits without holding up the others.

mod intake;
mod ours;
mod process;
mod refusals;
mod store;
#[cfg(test)]
mod tests;

pub use intake::Intake;
pub use ours::{Addressed, Ours, STATEMENTS as OURS_STATEMENTS, addressed, ours};
pub use process::{
    LeadDesk, Processed, Readers, STATEMENTS as PROCESS_STATEMENTS, Worked, process_due,
    take_polled,
};
pub use refusals::{LastRefusal, STATEMENTS as REFUSAL_STATEMENTS, last_refusals, note_refusal};
pub use store::{LastDelivery, NewDelivery, STATEMENTS, fresh, last_deliveries};
