//! When the next sync is due. Pure: the loop that asks lives at the edge.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// What the decision is made from.
#[derive(Clone, Copy, Debug)]
pub struct SyncClock {
    /// The wall clock now.
    pub now: DateTime<Utc>,
    /// The wall clock when last looked at, and how long the pause since then was meant to be. How
    /// long a machine ran is no help: some count the time it slept, some do not.
    pub last_look: Option<(DateTime<Utc>, Duration)>,
    /// When the last run that was not cancelled by the person ended, however it ended.
    pub last_run: Option<DateTime<Utc>>,
    /// Whether that run failed, so that the next one comes sooner.
    pub last_failed: bool,
    /// The person asked for one.
    pub asked: bool,
    /// How often; four hours by default.
    pub interval: Duration,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Sync now; the word is the run's trigger.
    Now(&'static str),
    /// Look again after this long.
    Later(Duration),
}

/// A pause this much longer than it was meant to be means that the machine slept.
const SLEPT: TimeDelta = TimeDelta::minutes(2);
/// After waking, a sync this recent is good enough.
const RECENT: TimeDelta = TimeDelta::minutes(15);
/// After a failed run.
const RETRY: Duration = Duration::from_mins(15);
/// The longest time between two looks, so that waking is noticed.
const LOOK: Duration = Duration::from_mins(1);

/// Decides whether to sync now: on demand, after sleep, and every `interval`.
pub fn next_sync(clock: SyncClock) -> Decision {
    if clock.asked {
        return Decision::Now("manual");
    }
    let Some(last_run) = clock.last_run else {
        return Decision::Now("first");
    };
    let slept = clock.last_look.is_some_and(|(then, pause)| {
        let pause = TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX);
        clock.now - then - pause > SLEPT
    });
    if slept && clock.now - last_run > RECENT {
        return Decision::Now("wake");
    }
    let interval = if clock.last_failed {
        RETRY.min(clock.interval)
    } else {
        clock.interval
    };
    // A clock that was set back must not put the next sync off for years.
    let age = (clock.now - last_run).to_std().unwrap_or(interval);
    if age >= interval {
        return Decision::Now("schedule");
    }
    Decision::Later(LOOK.min(interval.saturating_sub(age)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{DateTime, Utc};

    use super::{Decision, SyncClock, next_sync};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn clock(now: &str) -> SyncClock {
        SyncClock {
            now: at(now),
            last_look: Some((
                at(now) - chrono::TimeDelta::minutes(1),
                Duration::from_mins(1),
            )),
            last_run: Some(at("2026-11-21T08:00:00Z")),
            last_failed: false,
            asked: false,
            interval: Duration::from_hours(4),
        }
    }

    #[test]
    fn every_four_hours_and_not_before() {
        assert_eq!(
            next_sync(clock("2026-11-21T11:58:30Z")),
            Decision::Later(Duration::from_mins(1))
        );
        assert_eq!(
            next_sync(clock("2026-11-21T11:59:30Z")),
            Decision::Later(Duration::from_secs(30))
        );
        assert_eq!(
            next_sync(clock("2026-11-21T12:00:00Z")),
            Decision::Now("schedule")
        );
        // Set back by a day: due at once rather than a day later.
        assert_eq!(
            next_sync(clock("2026-11-20T08:00:00Z")),
            Decision::Now("schedule")
        );
    }

    #[test]
    fn at_once_when_asked_never_run_or_woken() {
        assert_eq!(
            next_sync(SyncClock {
                asked: true,
                ..clock("2026-11-21T08:01:00Z")
            }),
            Decision::Now("manual")
        );
        assert_eq!(
            next_sync(SyncClock {
                last_run: None,
                ..clock("2026-11-21T08:01:00Z")
            }),
            Decision::Now("first")
        );
        let slept = |now: &str| SyncClock {
            last_look: Some((at("2026-11-21T08:01:00Z"), Duration::from_mins(1))),
            ..clock(now)
        };
        assert_eq!(
            next_sync(slept("2026-11-21T09:30:00Z")),
            Decision::Now("wake")
        );
        assert_eq!(
            next_sync(slept("2026-11-21T08:10:00Z")),
            Decision::Later(Duration::from_mins(1))
        );
    }

    #[test]
    fn sooner_after_a_failure() {
        let failed = |now: &str| SyncClock {
            last_failed: true,
            ..clock(now)
        };
        assert_eq!(
            next_sync(failed("2026-11-21T08:14:00Z")),
            Decision::Later(Duration::from_mins(1))
        );
        assert_eq!(
            next_sync(failed("2026-11-21T08:15:00Z")),
            Decision::Now("schedule")
        );
    }
}
