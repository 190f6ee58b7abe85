//! The linter of WhatsApp message templates: every rule that Meta publishes, checked without Meta.
//!
//! [`rules`] is the one table of them (docs/template-rules.md is made from it); [`lint()`] holds a
//! template against it; a [`Finding`] says which rule, where, in three languages, and mends what can
//! be mended without thinking. [`Document`] reads the files that templates come in.

mod document;
mod languages;
mod lint;
mod meta_codes;
mod place;
pub mod rules;
mod text;

pub use document::{Document, Unreadable};
pub use languages::LANGUAGES;
pub use lint::{Finding, Fix, lint, lint_all, mended};
pub use meta_codes::{META_CODES, MetaCode};
pub use place::{Part, Place};
