//! Messages to people, and what they are made from: WhatsApp message templates ([`templates`]);
//! the ways by which people are written to ([`channels`]); the one way by
//! which messages go out ([`outbox`]); who wants them ([`consent`]); one template to many
//! ([`bulk_sends`]); what was written to and by each person ([`conversations`]), also where agents
//! work in Chatwoot ([`chatwoot`]); and what providers call us with ([`webhooks`]).

pub mod address_list;
pub mod bulk_sends;
pub mod channels;
pub mod chatwoot;
pub mod consent;
pub mod conversations;
pub mod outbox;
pub mod templates;
#[cfg(test)]
mod testing;
pub mod webhooks;
mod words;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    let mut all = vec![
        bulk_sends::STATEMENTS,
        channels::STATEMENTS,
        channels::PRICE_STATEMENTS,
        consent::STATEMENTS,
        conversations::STATEMENTS,
        conversations::CHANGE_STATEMENTS,
        conversations::CLOCK_STATEMENTS,
        conversations::COMPARISON_STATEMENTS,
        conversations::DIALECT_STATEMENTS,
        conversations::FILE_STATEMENTS,
        conversations::INBOUND_STATEMENTS,
        conversations::LIST_STATEMENTS,
        conversations::NOTE_STATEMENTS,
        conversations::PAUSE_STATEMENTS,
        conversations::STATISTICS_STATEMENTS,
        conversations::STATUS_STATEMENTS,
        conversations::THREAD_STATEMENTS,
        conversations::outgoing::STATEMENTS,
        templates::REVIEW_STATEMENTS,
        templates::STATEMENTS,
        templates::USAGE_STATEMENTS,
        webhooks::OURS_STATEMENTS,
        webhooks::PROCESS_STATEMENTS,
        webhooks::REFUSAL_STATEMENTS,
        webhooks::STATEMENTS,
    ];
    all.extend(chatwoot::statements());
    all.extend(outbox::statements());
    all
}
