//! The sync, its progress and its history.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::Reason;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Starts a sync, unless one runs already.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct StartSync {
    /// Read every day from this one on again, whatever is confirmed already.
    pub since: Option<NaiveDate>,
    /// Read every day again, as far back as was ever asked for, or from `since` on.
    pub full: bool,
}

/// Stops the sync that runs. What is stored stays; the next run goes on from there.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct CancelSync {}

/// Asks for the sync that runs, or the last one of this start.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct GetSyncProgress {}

/// How a sync, or a part of it, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    Waiting,
    Running,
    /// Slowed down because Meta reports high use.
    Slowed,
    Done,
    /// Some parts done, some not: each says why.
    Partly,
    Failed,
    Cancelled,
    /// The program was ended in the middle.
    Interrupted,
}

/// Progress of one kind of object in one account.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SyncKindProgress {
    /// `campaigns`, `ad_sets`, `ads`, `creatives`, `insights`, `by_age`, `by_gender`, `by_country`,
    /// `by_placement`, `by_device` or `leads`.
    pub kind: String,
    pub state: SyncState,
    /// Days, forms or ads read and in all; a listing counts as one.
    pub done: u32,
    pub total: u32,
    /// Objects, ad-days, parts of them or leads read.
    pub rows: u32,
    /// The last thing that could not be read of it.
    pub error: Option<super::WireError>,
}

/// Progress of one ad account or page.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SyncScopeProgress {
    /// `act:ID` or `page:ID`.
    pub scope: String,
    pub name: String,
    pub currency: Option<String>,
    pub state: SyncState,
    pub percent: u32,
    /// Ad-days read; of a page, leads.
    pub rows: u32,
    /// How much of this account's limit is used, as Meta last reported.
    pub usage_percent: Option<u32>,
    /// Seconds until the pace goes back to normal, when slowed.
    pub waiting_seconds: Option<u32>,
    pub kinds: Vec<SyncKindProgress>,
    pub error: Option<super::WireError>,
}

/// Rows written in one minute of a run.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PacePoint {
    pub at: DateTime<Utc>,
    pub rows_per_minute: u32,
}

/// Progress of a whole run.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SyncProgress {
    pub run: u32,
    pub state: SyncState,
    /// Whether it reads this workspace's history for the first time.
    pub first: bool,
    pub since: NaiveDate,
    pub until: NaiveDate,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub slices_done: u32,
    pub slices_total: u32,
    pub rows_added: u32,
    pub rows_changed: u32,
    pub rows_unchanged: u32,
    pub rows_per_minute: u32,
    /// A range, because it is an estimate.
    pub seconds_left_low: Option<u32>,
    pub seconds_left_high: Option<u32>,
    pub calls: u32,
    pub waits: u32,
    pub errors: u32,
    pub scopes: Vec<SyncScopeProgress>,
    pub pace: Vec<PacePoint>,
    pub error: Option<super::WireError>,
}

/// Asks for past runs, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ListSyncRuns {
    pub page: super::PageRequest,
}

/// One past run.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SyncRunRow {
    pub run: u32,
    /// `sync` or `ads_import`.
    pub kind: String,
    /// `first`, `schedule`, `manual`, `wake` or `import`.
    pub trigger: String,
    pub state: SyncState,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub rows_added: u32,
    pub rows_changed: u32,
    pub rows_unchanged: u32,
    pub calls: u32,
    pub waits: u32,
    pub errors: u32,
    /// What ended the run early, or else the first thing that went wrong.
    pub error: Option<String>,
    /// What kind of failure that was.
    pub error_code: Option<rumbo_base::Code>,
    /// Which of its kind, and the values of its sentence: what the interface translates by.
    pub error_reason: Option<Reason>,
    pub error_params: BTreeMap<String, String>,
}
