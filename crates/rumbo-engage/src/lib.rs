//! Messages to people, and what they are made from: what Meta would refuse in a WhatsApp message
//! template, told before it is submitted ([`templates`]), and the ways by which people are written to
//! ([`channels`]).

pub mod channels;
pub mod templates;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![channels::STATEMENTS]
}
