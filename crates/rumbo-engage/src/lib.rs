//! Messages to people, and what they are made from: WhatsApp message templates ([`templates`]), and the
//! ways by which people are written to ([`channels`]).

pub mod channels;
pub mod templates;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![
        channels::STATEMENTS,
        templates::STATEMENTS,
        templates::USAGE_STATEMENTS,
    ]
}
