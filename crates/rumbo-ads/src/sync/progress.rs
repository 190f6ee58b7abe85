//! How far a sync is, for whoever watches.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rumbo_base::{Clock, Code, DateRange, Error, Told};
use rumbo_meta::graph::{CallLog, CallRecord, WaitRecord};
use tokio::sync::watch;

use super::slices::Kind;
use crate::insights::SliceCounts;

/// Where a part of the sync stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    #[default]
    Waiting,
    /// Under way.
    Running,
    /// Read whole.
    Done,
    /// Ended with a failure.
    Failed,
}

/// Why a part failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What a program may branch on.
    pub code: Code,
    /// The sentence for a person.
    pub message: String,
    /// What tells it in another language.
    pub told: Told,
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.message().to_owned(),
            told: error.told(),
        }
    }
}

/// One kind of thing of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindProgress {
    /// Days read, or 1 when a listing is done.
    pub done: u32,
    /// Days to read, or 1.
    pub total: u32,
    /// Objects, ad-days or leads read.
    pub rows: u64,
    pub state: StepState,
    /// The last thing that could not be read of it.
    pub error: Option<Trouble>,
}

/// One account, or one page for its leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountProgress {
    /// The bare number.
    pub external_id: String,
    pub name: String,
    pub state: StepState,
    pub kinds: BTreeMap<Kind, KindProgress>,
    /// Ad-days so far.
    pub rows: SliceCounts,
    /// Leads read so far.
    pub leads: u64,
    /// The last thing that could not be read of it.
    pub error: Option<Trouble>,
}

/// The whole sync at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncProgress {
    /// The run's number; 0 before it began.
    pub run: i64,
    pub started_at: Option<DateTime<Utc>>,
    /// The run is over.
    pub finished: bool,
    pub accounts: Vec<AccountProgress>,
    /// The first and the last day that figures are read of; `None` until that is known.
    pub days: Option<DateRange>,
    /// Ad-days of all accounts.
    pub rows: SliceCounts,
    /// Leads that were new.
    pub leads_added: u64,
    pub calls: u64,
    pub waits: u64,
    pub errors: u64,
    /// Until when calls are held back for Meta's limits.
    pub waiting_until: Option<DateTime<Utc>>,
    /// Ad-days a second since the run began.
    pub rows_per_second: Option<f64>,
    /// How long the rest may take: at the best and at the worst.
    pub time_left: Option<(Duration, Duration)>,
}

/// Keeps the progress and tells of every change.
#[derive(Debug)]
pub(super) struct Board {
    clock: Clock,
    now: Mutex<SyncProgress>,
    sender: Option<watch::Sender<SyncProgress>>,
}

impl Board {
    pub fn new(clock: Clock, sender: Option<watch::Sender<SyncProgress>>) -> Self {
        Self {
            clock,
            now: Mutex::new(SyncProgress::default()),
            sender,
        }
    }

    /// Changes the progress and tells of it.
    pub fn update(&self, change: impl FnOnce(&mut SyncProgress)) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut now);
        estimate(&mut now, self.clock.now());
        if let Some(sender) = &self.sender {
            sender.send_replace(now.clone());
        }
    }

    /// Changes one account.
    pub fn account(&self, place: usize, change: impl FnOnce(&mut AccountProgress)) {
        self.update(|progress| {
            if let Some(account) = progress.accounts.get_mut(place) {
                change(account);
            }
        });
    }

    /// Where an account or page stands.
    pub fn state(&self, place: usize) -> StepState {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.accounts
            .get(place)
            .map_or(StepState::Waiting, |account| account.state)
    }

    /// Leads that were read of an account or page so far.
    pub fn leads(&self, place: usize) -> u64 {
        let now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.accounts.get(place).map_or(0, |account| account.leads)
    }

    /// Changes one kind of one account.
    pub fn kind(&self, place: usize, kind: Kind, change: impl FnOnce(&mut KindProgress)) {
        self.account(place, |account| {
            change(account.kinds.entry(kind).or_default());
        });
    }
}

/// The rate so far, and what is left at it: from two thirds to twice as long.
fn estimate(progress: &mut SyncProgress, now: DateTime<Utc>) {
    if progress.waiting_until.is_some_and(|until| until <= now) {
        progress.waiting_until = None;
    }
    let Some(elapsed) = progress.started_at.and_then(|at| (now - at).to_std().ok()) else {
        return;
    };
    let seconds = elapsed.as_secs_f64();
    let rows = progress.rows.added + progress.rows.changed + progress.rows.unchanged;
    progress.rows_per_second = (seconds >= 1.0)
        .then(|| u32::try_from(rows).map_or(f64::from(u32::MAX), f64::from) / seconds);
    let (mut done, mut total) = (0_u32, 0_u32);
    for kind in progress
        .accounts
        .iter()
        .flat_map(|account| account.kinds.values())
    {
        done = done.saturating_add(kind.done.min(kind.total));
        total = total.saturating_add(kind.total);
    }
    progress.time_left =
        (!progress.finished && seconds >= 1.0 && done > 0 && total >= done).then(|| {
            let likely = elapsed.mul_f64(f64::from(total - done) / f64::from(done));
            (likely.mul_f64(0.67), likely.mul_f64(2.0))
        });
}

impl CallLog for Board {
    fn called(&self, call: &CallRecord) {
        self.update(|progress| {
            progress.calls += 1;
            progress.errors += u64::from(call.class.is_some());
        });
    }

    fn waiting(&self, wait: &WaitRecord) {
        self.update(|progress| {
            progress.waits += 1;
            progress.waiting_until = progress.waiting_until.max(Some(wait.until));
        });
    }
}
