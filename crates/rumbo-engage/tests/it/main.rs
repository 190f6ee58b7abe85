//! The linter of templates, on what others published and on a corpus of its own.

mod corpus;
mod documents;
mod fixes;
mod page;
mod rules;
