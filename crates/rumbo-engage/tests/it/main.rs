//! The linter of templates, on what others published and on a corpus of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking, also in what they share"
)]

mod channels;
mod corpus;
mod documents;
mod fixes;
mod page;
mod rules;
