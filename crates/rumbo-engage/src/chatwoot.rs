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

use rumbo_channels::ChatwootFailure;
use rumbo_db::Statement;

use crate::words::words;

pub use links::{
    Backlog, Link, LinkFields, LinkState, TOKEN, WEBHOOK_SECRET, backlog, chosen_channels,
    disconnect, forget_channel, link, link_of_id, place, save, secret_names, secrets, set_signed,
    told,
};
pub(crate) use mirror::is_also;
pub use replies::{Heard, hear};
pub use work::{Report, Timing, run_once};

words! {
    /// What went wrong with Chatwoot last, whatever it said.
    pub enum Hitch("error") {
        /// Nothing listens there, or no Chatwoot.
        Unreachable = "unreachable",
        /// No whole answer came.
        Unanswered = "unanswered",
        /// It does not take the access token.
        TokenRefused = "token_refused",
        /// What was asked for is not there any more.
        Missing = "missing",
        /// It does not accept what it was given.
        Refused = "refused",
        /// It asks to wait.
        Throttled = "throttled",
    }
}

impl From<&ChatwootFailure> for Hitch {
    fn from(failure: &ChatwootFailure) -> Self {
        match failure {
            ChatwootFailure::NeverLeft(_) => Self::Unreachable,
            ChatwootFailure::Lost(_) => Self::Unanswered,
            ChatwootFailure::Unauthorized(_) => Self::TokenRefused,
            ChatwootFailure::NotFound(_) => Self::Missing,
            ChatwootFailure::Refused(_) => Self::Refused,
            ChatwootFailure::Wait(_) => Self::Throttled,
        }
    }
}

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
