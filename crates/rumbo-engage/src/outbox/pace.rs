//! How fast a sender may go.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// How far ahead another machine's clock may be.
const FURTHEST: TimeDelta = TimeDelta::minutes(1);

/// Lets so many messages a second through, evenly: after a pause no more than a twentieth of a second's
/// worth goes out at once. How much of it is used up stands in the store, for everybody who sends from
/// the same number; between two looks this is what was last read there.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    per_second: i64,
    /// How many may go at once.
    burst: i64,
    /// When the next one may go.
    next: DateTime<Utc>,
    /// The provider asked to wait.
    held_until: Option<DateTime<Utc>>,
}

impl Pace {
    pub fn new(per_second: u32, now: DateTime<Utc>) -> Self {
        let per_second = i64::from(per_second.max(1));
        Self {
            per_second,
            burst: (per_second / 20).max(1),
            next: now,
            held_until: None,
        }
    }

    /// What the store says of it. A time beyond any that this pace leads to was written by a machine
    /// whose clock is wrong, and would stop the sender: it counts for nothing.
    pub fn read(
        &mut self,
        next: DateTime<Utc>,
        held_until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) {
        self.next = if next > now + FURTHEST { now } else { next };
        self.held_until = held_until;
    }

    /// When the next one may go, for the store.
    pub fn next(&self) -> DateTime<Utc> {
        self.next
    }

    fn gap(&self, messages: i64) -> TimeDelta {
        TimeDelta::microseconds(1_000_000 * messages / self.per_second)
    }

    /// How many may go now.
    pub fn room(&self, now: DateTime<Utc>) -> i64 {
        if self.held_until.is_some_and(|until| now < until) || now < self.next {
            return 0;
        }
        let behind = (now - self.next).num_microseconds().unwrap_or(i64::MAX);
        let owed = behind.saturating_mul(self.per_second) / 1_000_000;
        (owed + 1).min(self.burst)
    }

    /// So many went.
    pub fn spend(&mut self, now: DateTime<Utc>, messages: i64) {
        // What was not used in time is lost, but for one burst.
        let earliest = now - self.gap(self.burst);
        self.next = self.next.max(earliest) + self.gap(messages);
    }

    /// Nothing goes until then.
    pub fn hold(&mut self, until: DateTime<Utc>) {
        self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
    }

    /// Until when nothing goes, where the provider asked for it.
    pub fn held(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.held_until.filter(|until| now < *until)
    }

    /// How long until it is worth looking again.
    pub fn wait(&self, now: DateTime<Utc>) -> Duration {
        let full = self.next + self.gap(self.burst - 1);
        let at = self.held_until.map_or(full, |held| held.max(full));
        (at - now)
            .to_std()
            .unwrap_or_default()
            .max(Duration::from_micros(200))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_the_rate_and_never_bursts() {
        for rate in [1, 7, 80, 1_000] {
            let start: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
            let mut pace = Pace::new(rate, start);
            let mut now = start;
            let mut sent = Vec::new();
            while now < start + TimeDelta::seconds(10) {
                let room = pace.room(now);
                assert!(room <= i64::from(rate / 20).max(1));
                pace.spend(now, room);
                sent.extend((0..room).map(|_| now));
                now += TimeDelta::from_std(pace.wait(now)).unwrap();
            }
            let wanted = usize::try_from(rate * 10).unwrap();
            // Within one percent, and a burst at the beginning.
            let most = wanted + wanted / 100 + usize::try_from(rate / 20).unwrap() + 1;
            assert!(sent.len() <= most, "{rate}: {}", sent.len());
            assert!(sent.len() * 100 >= wanted * 98, "{rate}: {}", sent.len());
            // In any second no more than the rate and one burst.
            for (place, first) in sent.iter().enumerate() {
                let within = sent[place..]
                    .iter()
                    .take_while(|at| **at < *first + TimeDelta::seconds(1))
                    .count();
                let most = usize::try_from(rate + rate / 20 + 1).unwrap();
                assert!(within <= most, "{rate}: {within}");
            }
        }
    }

    #[test]
    fn a_pause_is_not_caught_up_and_a_hold_is_kept() {
        let start: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        let mut pace = Pace::new(80, start);
        let later = start + TimeDelta::minutes(5);
        assert_eq!(pace.room(later), 4);
        pace.spend(later, 4);
        pace.hold(later + TimeDelta::seconds(3));
        assert_eq!(pace.room(later + TimeDelta::seconds(2)), 0);
        assert!(pace.wait(later) >= Duration::from_secs(3));
        assert!(pace.room(later + TimeDelta::seconds(3)) > 0);
    }

    #[test]
    fn what_others_used_up_is_waited_for_and_a_wrong_clock_is_not() {
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        let mut pace = Pace::new(80, now);
        pace.read(now + TimeDelta::milliseconds(50), None, now);
        assert_eq!(pace.room(now), 0);
        assert!(pace.room(now + TimeDelta::milliseconds(50)) > 0);
        // As far ahead as a clock may be.
        pace.read(now + FURTHEST, None, now);
        assert_eq!(pace.room(now), 0);
        pace.read(now + TimeDelta::hours(1), None, now);
        assert!(pace.room(now) > 0);
        // A pause is no matter of the pace.
        pace.read(now, Some(now + TimeDelta::hours(1)), now);
        assert_eq!(pace.room(now), 0);
    }
}
