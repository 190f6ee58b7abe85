//! Messages to people, and what they are made from: WhatsApp message templates ([`templates`]);
//! the ways by which people are written to ([`channels`]); the one way by
//! which messages go out ([`outbox`]); who wants them ([`consent`]); one template to many
//! ([`bulk_sends`]); and where all of it is shown ([`conversations`]).

pub mod bulk_sends;
pub mod channels;
pub mod consent;
pub mod conversations;
pub mod outbox;
pub mod templates;
mod words;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    let mut all = vec![
        bulk_sends::STATEMENTS,
        channels::STATEMENTS,
        consent::STATEMENTS,
        conversations::outgoing::STATEMENTS,
        templates::STATEMENTS,
        templates::USAGE_STATEMENTS,
    ];
    all.extend(outbox::statements());
    all
}
