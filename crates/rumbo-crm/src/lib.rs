//! Contacts, touchpoints, opportunities and sales; where each lead, opportunity and sale is
//! credited; what the business says it spent on other channels; and their import from files and
//! export to them.
//!
//! Every write takes the transaction and the [`rumbo_platform::Scope`] it belongs to, and leaves
//! the credit right before it returns: see [`credit`].

pub mod arrivals;
pub mod channel_spend;
pub mod contacts;
pub mod credit;
pub mod export;
pub mod import;
mod input;
pub mod leads;
pub mod merges;
pub mod opportunities;
pub mod phone;
pub mod sales;
pub mod stages;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod touchpoints;
mod words;

pub use input::Change;

/// Every SQL text of this crate, for the test that prepares them on both databases.
pub fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![
        channel_spend::STATEMENTS,
        channel_spend::LIST_STATEMENTS,
        contacts::STATEMENTS,
        contacts::LIST_STATEMENTS,
        contacts::DIALECT_STATEMENTS,
        credit::STATEMENTS,
        credit::DIALECT_STATEMENTS,
        export::STATEMENTS,
        export::DIALECT_STATEMENTS,
        import::STATEMENTS,
        merges::STATEMENTS,
        merges::DUPLICATE_STATEMENTS,
        merges::UNDO_STATEMENTS,
        opportunities::STATEMENTS,
        opportunities::BOARD_STATEMENTS,
        sales::STATEMENTS,
        sales::DIALECT_STATEMENTS,
        sales::LIST_STATEMENTS,
        stages::STATEMENTS,
        timeline::STATEMENTS,
        touchpoints::STATEMENTS,
    ]
}
