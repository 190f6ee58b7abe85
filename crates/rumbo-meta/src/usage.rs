//! Meta's usage headers, all entries of each, and the pace that follows from them: free below
//! 75 %, slower and slower above, and a halt at 100 % for as long as the header says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

mod headers;

/// From here on calls are spaced out.
const SLOW_FROM: f64 = 75.0;
/// The space between calls just below 100 %.
const SLOWEST: Duration = Duration::from_secs(5);
/// The halt at 100 % when the header names no time.
const UNTIMED_HALT: Duration = Duration::from_mins(1);
/// Untimed halts in a row double up to this.
const LONGEST_UNTIMED_HALT: Duration = Duration::from_mins(10);
/// Meta counts over a rolling hour: an older reading says little about now.
const STALE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// What a limit counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// All calls of the app.
    App,
    /// Calls about one ad account, page or business, by its bare number.
    Object(String),
}

/// The part of the API that a limit is for. Meta's own words, `ads_insights` and so on; one word
/// of ours, [`UseCase::ALL`], for limits that are not split.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UseCase(pub String);

impl UseCase {
    /// A limit for every kind of call.
    pub const ALL: &'static str = "all";

    /// The kind of call that a path is, by Meta's division of its limits.
    pub fn of_path(path: &str) -> Self {
        let edge = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        Self(
            match edge {
                "insights" => "ads_insights",
                "leads" | "leadgen_forms" => "leadgen",
                _ => "ads_management",
            }
            .to_owned(),
        )
    }
}

/// One limit as last seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What is counted.
    pub subject: Subject,
    /// Which calls count.
    pub use_case: UseCase,
    /// The highest of the percentages that the header gave; can pass 100.
    pub percent: f64,
    /// When Meta takes calls again, where it said so.
    pub until: Option<DateTime<Utc>>,
    /// The access tier, such as `development_access`.
    pub tier: Option<String>,
    /// When it was read.
    pub at: DateTime<Utc>,
}

/// How fast calls may go.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// The fullest limit that applies, in percent.
    pub percent: f64,
    /// Wait this long before the next call.
    pub wait: Duration,
    /// Whether the wait is a halt (a limit is used up) rather than a slowing.
    pub halted: bool,
}

/// The usage board of one app and token. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Usage(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    readings: BTreeMap<(Subject, UseCase), Reading>,
    /// A business use case header may be keyed by another id (the business) than the object
    /// that was asked about: its limits count for that object from then on.
    linked: BTreeMap<String, BTreeSet<String>>,
    untimed_halts: BTreeMap<(Subject, UseCase), u32>,
}

/// The bare number of an ad account: `act_1` and `1` are the same.
pub(crate) fn bare(object: &str) -> &str {
    object.strip_prefix("act_").unwrap_or(object)
}

impl Usage {
    /// Reads every usage header of an answer about an object. `header` looks a header up by its
    /// lower-case name. Returns how many entries were read.
    pub fn observe<'h>(
        &self,
        header: impl Fn(&str) -> Option<&'h str>,
        object: Option<&str>,
        now: DateTime<Utc>,
    ) -> usize {
        let found = headers::read(header, object.map(bare), now);
        let count = found.len();
        let mut board = self.lock();
        for reading in found {
            if let (Subject::Object(id), Some(object)) = (&reading.subject, object.map(bare))
                && id != object
            {
                board
                    .linked
                    .entry(object.to_owned())
                    .or_default()
                    .insert(id.clone());
            }
            let key = (reading.subject.clone(), reading.use_case.clone());
            if reading.percent < 100.0 {
                board.untimed_halts.remove(&key);
            }
            board.readings.insert(key, reading);
        }
        count
    }

    /// Notes that Meta refused a call for its rate, and says how long to wait: as the headers
    /// said if they did, otherwise one minute, doubling while it goes on.
    pub fn refused(
        &self,
        object: Option<&str>,
        use_case: &UseCase,
        now: DateTime<Utc>,
    ) -> Duration {
        let pace = self.pace(object, use_case, now);
        if pace.halted && pace.wait > Duration::ZERO {
            return pace.wait;
        }
        let subject = object.map_or(Subject::App, |object| {
            Subject::Object(bare(object).to_owned())
        });
        let key = (subject.clone(), use_case.clone());
        let mut board = self.lock();
        let times = board.untimed_halts.entry(key.clone()).or_default();
        let wait = UNTIMED_HALT
            .saturating_mul(1 << (*times).min(8))
            .min(LONGEST_UNTIMED_HALT);
        *times += 1;
        board.readings.insert(
            key,
            Reading {
                subject,
                use_case: use_case.clone(),
                percent: 100.0,
                until: Some(now + wait),
                tier: None,
                at: now,
            },
        );
        wait
    }

    /// The pace for the next call about an object.
    pub fn pace(&self, object: Option<&str>, use_case: &UseCase, now: DateTime<Utc>) -> Pace {
        let board = self.lock();
        let object = object.map(bare);
        let linked = object.and_then(|object| board.linked.get(object));
        let mut pace = Pace {
            percent: 0.0,
            wait: Duration::ZERO,
            halted: false,
        };
        for reading in board.readings.values() {
            let about = match &reading.subject {
                Subject::App => true,
                Subject::Object(id) => {
                    object == Some(id.as_str()) || linked.is_some_and(|ids| ids.contains(id))
                }
            };
            let counts = reading.use_case.0 == UseCase::ALL || reading.use_case == *use_case;
            if about && counts {
                pace.tighten(reading, now);
            }
        }
        pace
    }

    /// All limits as last seen, for the connection test.
    pub fn readings(&self) -> Vec<Reading> {
        self.lock().readings.values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    fn tighten(&mut self, reading: &Reading, now: DateTime<Utc>) {
        let age = now - reading.at;
        let (wait, halted) = if let Some(until) = reading.until {
            // Once the time is over one call may probe: the reading itself is out of date.
            match (until - now).to_std() {
                Ok(wait) if wait > Duration::ZERO => (wait, true),
                _ => return,
            }
        } else if reading.percent >= 100.0 {
            match (reading.at + UNTIMED_HALT - now).to_std() {
                Ok(wait) if wait > Duration::ZERO => (wait, true),
                _ => return,
            }
        } else if age > STALE_AFTER {
            return;
        } else {
            let share = ((reading.percent - SLOW_FROM) / (100.0 - SLOW_FROM)).clamp(0.0, 1.0);
            (SLOWEST.mul_f64(share), false)
        };
        self.percent = self.percent.max(reading.percent);
        if (halted, wait) > (self.halted, self.wait) {
            (self.halted, self.wait) = (halted, wait);
        }
    }
}

/// One entry of the business use case header.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct UseCaseEntry {
    r#type: Option<String>,
    call_count: f64,
    total_cputime: f64,
    total_time: f64,
    /// Minutes.
    estimated_time_to_regain_access: f64,
    ads_api_access_tier: Option<String>,
}

#[cfg(test)]
mod tests;
