//! WhatsApp templates: held against what Meta publishes, written, brought to the provider and back.

mod edit;
mod lint;
mod look;
mod remote;
mod usage;

pub use edit::{
    ask_template_review, compare_template_versions, decide_template_review, duplicate_template,
    restore_template_version, save_template,
};
pub use lint::{lint_templates, linted, submittable};
pub use look::{
    get_template, list_template_accounts, list_template_events, list_templates, see_template_events,
};
pub(crate) use remote::{TemplateLooks, pull_if_due};
pub use remote::{delete_template, pull_templates, submit_template, upload_template_sample};
pub use usage::{get_template_usage, list_template_sends};

use rumbo_base::CacheTag;

/// What every change makes stale.
const STALE: [CacheTag; 1] = [CacheTag::Templates];

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
