//! What happened on the wire, for progress, run history and diagnostics. No token, no parameter.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::{ErrorClass, MetaError};

/// Hears of every call and every wait, at once and in order. Must not block.
pub trait CallLog: fmt::Debug + Send + Sync {
    /// A call has ended, well or badly.
    fn called(&self, call: &CallRecord);
    /// A wait begins.
    fn waiting(&self, wait: &WaitRecord);
}

/// One call as it went over the wire.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// Below the version, without parameters.
    pub path: String,
    /// Absent when no answer came.
    pub status: Option<u16>,
    /// Of the answer, decompressed.
    pub bytes: usize,
    /// 0 for the first try.
    pub attempt: u32,
    /// Absent when it went well.
    pub class: Option<ErrorClass>,
    /// Meta's number for the failure.
    pub code: Option<i64>,
    /// Meta's finer number.
    pub subcode: Option<i64>,
    /// What Meta's support asks for.
    pub trace: Option<String>,
    /// When it was sent.
    pub started: DateTime<Utc>,
    /// When the answer was there.
    pub ended: DateTime<Utc>,
}

/// Why a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// A limit is nearly used up: calls are spaced out.
    Pace,
    /// A limit is used up, by the headers.
    Halt,
    /// Meta refused a call for its rate.
    Refused,
    /// A failure that passes by itself.
    Backoff,
}

/// One wait.
#[derive(Clone, Debug)]
pub struct WaitRecord {
    /// Why.
    pub reason: WaitReason,
    /// The bare number of the ad account or page it is about.
    pub object: Option<String>,
    /// How long.
    pub wait: Duration,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// How full the limit is, where that is the reason.
    pub percent: Option<f64>,
}

/// Counters, shared by all clones of a client.
#[derive(Debug, Default)]
pub struct CallStats {
    calls: AtomicU64,
    batched: AtomicU64,
    retries: AtomicU64,
    failures: AtomicU64,
    refusals: AtomicU64,
    waits: AtomicU64,
    waited_ms: AtomicU64,
    bytes: AtomicU64,
    version: Mutex<VersionSeen>,
}

#[derive(Clone, Debug, Default)]
struct VersionSeen {
    served: Option<String>,
    warning: Option<String>,
}

/// The counters at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatsSnapshot {
    /// Calls over the wire; a batch is one.
    pub calls: u64,
    /// Calls inside batches; Meta counts each.
    pub batched: u64,
    /// Calls that were a further try.
    pub retries: u64,
    /// Calls that failed in any way.
    pub failures: u64,
    /// Calls that were refused for their rate.
    pub refusals: u64,
    /// Waits.
    pub waits: u64,
    /// All waits together.
    pub waited: Duration,
    /// Bytes of all answers, decompressed.
    pub bytes: u64,
    /// The version Meta answered with, where it is not the one asked for: Meta upgrades calls
    /// silently once a version is gone.
    pub other_version: Option<String>,
    /// Meta's warning that the version ends soon.
    pub version_warning: Option<String>,
}

impl CallStats {
    pub(super) fn called(&self, bytes: usize, again: bool, error: Option<&MetaError>) {
        add(&self.calls, 1);
        add(&self.bytes, u64::try_from(bytes).unwrap_or(0));
        add(&self.retries, u64::from(again));
        add(&self.failures, u64::from(error.is_some()));
        let refused = error.is_some_and(|error| error.class() == ErrorClass::Throttle);
        add(&self.refusals, u64::from(refused));
    }

    pub(super) fn batched(&self, calls: usize) {
        add(&self.batched, u64::try_from(calls).unwrap_or(0));
    }

    pub(super) fn waited(&self, wait: Duration) {
        add(&self.waits, 1);
        add(
            &self.waited_ms,
            u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        );
    }

    pub(super) fn served(&self, asked: &str, served: &str) {
        if served == asked {
            return;
        }
        let mut version = self.version.lock().unwrap_or_else(PoisonError::into_inner);
        if version.served.as_deref() != Some(served) {
            tracing::warn!(asked, served, "Meta answers with another Graph version");
            version.served = Some(served.to_owned());
        }
    }

    pub(super) fn version_warning(&self, warning: &str) {
        let mut version = self.version.lock().unwrap_or_else(PoisonError::into_inner);
        version.warning = Some(warning.to_owned());
    }

    /// The counters now.
    pub fn snapshot(&self) -> StatsSnapshot {
        let version = self
            .version
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        StatsSnapshot {
            calls: read(&self.calls),
            batched: read(&self.batched),
            retries: read(&self.retries),
            failures: read(&self.failures),
            refusals: read(&self.refusals),
            waits: read(&self.waits),
            waited: Duration::from_millis(read(&self.waited_ms)),
            bytes: read(&self.bytes),
            other_version: version.served,
            version_warning: version.warning,
        }
    }
}

fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
