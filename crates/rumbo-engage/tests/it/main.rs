//! Templates: the linter on what others published and on a corpus of its own; and templates between
//! the store and a sandbox that plays Meta.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests end by panicking, also in what they share"
)]

mod beside_meta;
mod channels;
mod corpus;
mod documents;
mod fixes;
mod page;
mod rules;
mod states;
mod templates;
