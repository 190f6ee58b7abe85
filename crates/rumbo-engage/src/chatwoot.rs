//! The conversations of a workspace, in a Chatwoot as well: what people and the business write is
//! mirrored there, and what agents answer there goes out through the outbox (docs/chatwoot.md).
//!
//! A message is one row, with its id here and its number there, each unique; so nothing is mirrored
//! twice and nothing that was mirrored is taken for an answer. What is to be mirrored is written down
//! in the transaction that stores the message, by a trigger; what agents write is written down when it
//! is heard of, by webhook or by asking. [`run_once`] does the rest, and can be killed anywhere.

mod begun_there;
mod links;
mod mirror;
mod poll;
mod replies;
#[cfg(test)]
mod tests;
mod work;

use rumbo_db::Statement;

pub use links::{
    Backlog, Link, LinkFields, LinkState, TOKEN, WEBHOOK_SECRET, backlog, chosen_channels,
    disconnect, forget_channel, link, link_of_id, place, save, secret_names, secrets, set_signed,
    told,
};
pub(crate) use mirror::is_also;
pub use replies::{Heard, hear};
pub use work::{Report, Timing, run_once};

/// The SQL texts of the mirror.
pub fn statements() -> Vec<&'static [Statement]> {
    vec![
        begun_there::STATEMENTS,
        links::STATEMENTS,
        mirror::STATEMENTS,
        poll::STATEMENTS,
        replies::STATEMENTS,
    ]
}
