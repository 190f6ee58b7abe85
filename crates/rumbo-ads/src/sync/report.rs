//! What a run did, kept in its history.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Code, DateRange, Error, Reason, Told};
use serde::{Deserialize, Serialize};

use super::leads::LeadCounts;
use super::slices::Kind;
use crate::insights::SliceCounts;
use crate::objects::ObjectCounts;
use crate::runs::RunState;

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SyncIssue {
    /// `act:N` or `page:N`; `run` for what ended the run.
    pub scope: String,
    /// What of it; `None` for all of it.
    pub kind: Option<Kind>,
    /// Which days, in the account's zone.
    pub days: Option<DateRange>,
    /// What a program may branch on.
    pub code: Code,
    /// The sentence for a person.
    pub message: String,
    /// What tells it in another language.
    #[serde(flatten)]
    pub told: Told,
}

impl SyncIssue {
    pub(super) fn new(
        scope: &str,
        kind: Option<Kind>,
        days: Option<DateRange>,
        error: &Error,
    ) -> Self {
        Self {
            scope: scope.to_owned(),
            kind,
            days,
            code: error.code(),
            message: error.message().to_owned(),
            told: error.told(),
        }
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The run's number.
    pub run: i64,
    /// How it ended.
    pub state: RunState,
    /// Ad-days.
    pub rows: SliceCounts,
    /// Parts of ad-days, by all breakdowns.
    pub parts: SliceCounts,
    /// Campaigns, ad sets, ads, creatives and accounts.
    pub objects: ObjectCounts,
    /// Leads.
    pub leads: LeadCounts,
    /// Accounts read whole, and accounts tried.
    pub accounts_done: usize,
    pub accounts: usize,
    /// Calls over the wire, waits for Meta's limits and how long they were.
    pub calls: u64,
    pub waits: u64,
    pub waited: Duration,
    /// Everything that could not be read, in order.
    pub issues: Vec<SyncIssue>,
    /// The code of what ended the run or of the last issue: `NeedsSignIn` when the token died,
    /// `Cancelled` when the person stopped it, `None` when all went well.
    pub code: Option<Code>,
    /// The sentence that belongs to it.
    pub message: Option<String>,
    /// Which of the failures of the code it is, such as why the sign-in ended.
    pub reason: Option<Reason>,
    /// The values of the sentence.
    pub params: BTreeMap<String, String>,
    /// How long to wait, where Meta said it.
    pub retry_after: Option<Duration>,
}

/// What the history keeps beside the columns of `sync_runs`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptReport {
    /// What was read by runs from this one on counts as read by this run.
    pub fresh_run: i64,
    /// When that run began.
    pub fresh_since: DateTime<Utc>,
    /// Every day had to be read again.
    #[serde(default)]
    pub full: bool,
    /// Every day from this one on had to be read again.
    #[serde(default)]
    pub since: Option<NaiveDate>,
    #[serde(default)]
    pub objects: ObjectCounts,
    #[serde(default)]
    pub leads: LeadCounts,
    /// Parts of ad-days.
    #[serde(default)]
    pub parts: SliceCounts,
    #[serde(default)]
    pub removed: u64,
    #[serde(default)]
    pub code: Option<Code>,
    #[serde(default)]
    pub issues: serde_json::Value,
}

impl KeptReport {
    pub fn new(fresh_run: i64, fresh_since: DateTime<Utc>) -> Self {
        Self {
            fresh_run,
            fresh_since,
            full: false,
            since: None,
            objects: ObjectCounts::default(),
            leads: LeadCounts::default(),
            parts: SliceCounts::default(),
            removed: 0,
            code: None,
            issues: serde_json::Value::Null,
        }
    }
}
