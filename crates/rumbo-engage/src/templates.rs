//! WhatsApp message templates: written, held against every rule that Meta publishes, brought to the
//! provider and back, with every version and everything that happened to them.
//!
//! [`rules`] is the one table of them (docs/template-rules.md is made from it); [`lint()`] holds a
//! template against it; a [`Finding`] says which rule, where, in three languages, and mends what can
//! be mended without thinking. [`Document`] reads the files that templates come in.

mod compare;
mod deed;
mod document;
mod languages;
mod lint;
mod meta_codes;
mod place;
mod pull;
mod review;
pub mod rules;
mod state;
mod store;
mod submit;
mod text;
mod usage;
mod variables;
mod versions;

pub use compare::{PartDifference, WordChange, WordDifference, compare};
pub use document::{Document, Unreadable};
pub use languages::LANGUAGES;
pub use lint::{Finding, Fix, lint, lint_all, mended};
pub use meta_codes::{META_CODES, MetaCode};
pub use place::{Part, Place};
pub use pull::{Heard, NOT_LISTED, Pulled, hear, pull};
pub use review::{
    STATEMENTS as REVIEW_STATEMENTS, TemplateReview, ask_review, decide_review, is_asked_for,
    may_decide, reviews,
};
pub use state::{PROVIDER_STATUSES, ProviderStatus, TemplateState};
pub use store::{
    STATEMENTS, StoredTemplate, TemplateHappening, TemplateVersion, all, find, happenings,
    last_look, name_of, named, newest as newest_versions, see, unseen, versions,
};
pub use submit::{
    Answered, EditLimit, Submission, delete, delete_at_provider, edit_limit, prepare,
    prepare_deletion, would_be_refused,
};
pub use usage::{
    BulkSendUse, STATEMENTS as USAGE_STATEMENTS, SendFilter, TemplateSendRow, Uses, VersionUsage,
    sends, usage, uses,
};
pub use variables::{
    BreakKind, TemplateVariable, VariableAt, VariableBreak, VariableKind, breaks, variables,
};
pub use versions::{NewTemplate, create, duplicate, get, newest, restore, save, version};
