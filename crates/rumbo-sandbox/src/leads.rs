//! Lead Ads: forms, the leads they brought in, and test leads.

mod forms;
mod list;
mod people;
mod tests_of_forms;

use chrono::{DateTime, Utc};

pub(crate) use forms::{form_field, subscription};
pub(crate) use list::{list, node};
pub(crate) use tests_of_forms::add as add_test_lead;

/// A lead somebody submitted while the sandbox ran.
#[derive(Debug, Clone)]
pub(crate) struct ExtraLead {
    pub id: u64,
    pub form: usize,
    /// The ad it came through; organic without one.
    pub ad: Option<usize>,
    pub created: DateTime<Utc>,
    /// Answers by question key.
    pub answers: Vec<(String, Vec<String>)>,
    pub is_test: bool,
}
