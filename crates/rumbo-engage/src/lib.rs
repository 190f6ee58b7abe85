//! Messages to people, and what they are made from. So far: WhatsApp message templates
//! ([`templates`]).

pub mod templates;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![templates::STATEMENTS, templates::USAGE_STATEMENTS]
}
