//! The outbox: the one way by which messages go out (SPEC O1 to O5, docs/states.md).
//!
//! A dispatch is one intended message to one contact. [`plan()`] writes dispatches, through guards that
//! give a reason for everybody who is left out or has to wait; [`dry_run`] is the same without
//! writing. [`run_once`] sends what is due: each is claimed, asked about again, written into its
//! conversation, and then handed to the provider once. What nobody knows the end of is *unknown*, and
//! is settled by asking, by a webhook ([`note_status`]) or by a person, never by sending it again.

mod by_hand;
mod expression;
mod guards;
mod limits;
mod message;
mod origin;
mod outcome;
mod pace;
mod person;
mod plan;
mod record;
mod reply;
mod send;
mod sender;
mod state;
mod status;
mod store;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod trial;
mod upkeep;
mod why;

use rumbo_base::{Code, Error, Reason};
use rumbo_db::Statement;

pub use by_hand::{Filter, HistoryLine, Listed, cancel, list, settle, show, standing};
pub use expression::{Expression, FIELDS};
pub(crate) use guards::{BOUNCED, plausible};
pub use limits::{Hours, Limits};
pub use message::{Message, Need, StoredTemplate, TemplateMessage, template, templates};
pub use origin::{Origin, Purpose};
pub use person::Person;
pub use plan::{
    Audience, BATCH, Counts, Line, OneMessage, Plan, dry_run, person, plan_one, preview_one,
    run as plan,
};
pub use reply::TemplateReply;
pub use send::{OpenChannels, Report, Timing, run_once};
pub use sender::{CHANNEL_SETTINGS, Sender, all as senders, find as sender};
pub use state::{State, Step, TABLE};
pub use status::{Noted, Source, note_status};
pub use store::Dispatch;
pub(crate) use store::alone;
pub use trial::{TEST_STEP, TestSays, send_test};
pub use why::Why;

/// The SQL texts of the outbox.
pub fn statements() -> Vec<&'static [Statement]> {
    vec![
        by_hand::STATEMENTS,
        message::STATEMENTS,
        person::STATEMENTS,
        person::DIALECT_STATEMENTS,
        sender::STATEMENTS,
        store::STATEMENTS,
        store::PACE_STATEMENTS,
        store::PLANNING_STATEMENTS,
        store::QUEUE_STATEMENTS,
        store::DIALECT_STATEMENTS,
        trial::STATEMENTS,
    ]
}

/// Something that was there when it was asked for.
pub(crate) fn gone(what: &str) -> Error {
    Error::new(
        Code::NotFound,
        format!("This {what} does not exist any more. Look again."),
    )
    .reason(Reason::Gone)
    .param("what", what)
}
