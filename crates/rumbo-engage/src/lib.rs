//! Messages to people, and what they are made from: what Meta would refuse in a WhatsApp message
//! template ([`templates`]); the one way by which messages go out ([`outbox`]); who wants them
//! ([`consent`]); one template to many ([`bulk_sends`]); and where all of it is shown
//! ([`conversations`]).

pub mod bulk_sends;
pub mod consent;
pub mod conversations;
pub mod outbox;
pub mod templates;
mod words;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    let mut all = vec![
        bulk_sends::STATEMENTS,
        consent::STATEMENTS,
        conversations::outgoing::STATEMENTS,
    ];
    all.extend(outbox::statements());
    all
}
