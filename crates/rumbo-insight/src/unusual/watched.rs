use rumbo_base::Micros;
use rumbo_forecast::{Step, chance};

use super::read::Day;
use crate::metric::Metric;

/// Days that tell what a rate usually is.
const USUAL: usize = 28;
/// A rate of fewer expected clicks than this on a day is left to chance.
const LEAST_CLICKS: f64 = 30.0;
/// The same of leads.
const LEAST_LEADS: f64 = 10.0;
/// On fewer impressions than this on a day nothing is judged.
const LEAST_IMPRESSIONS: f64 = 1_000.0;

/// What is watched of every ad account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    Spend,
    Cpm,
    Ctr,
    MetaCpl,
}

/// Over the unusual days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums {
    pub value: f64,
    pub expected: f64,
    pub cost: f64,
}

impl Watched {
    pub const ALL: [Self; 4] = [Self::Spend, Self::Cpm, Self::Ctr, Self::MetaCpl];

    pub const fn metric(self) -> Metric {
        match self {
            Self::Spend => Metric::Spend,
            Self::Cpm => Metric::Cpm,
            Self::Ctr => Metric::Ctr,
            Self::MetaCpl => Metric::MetaCpl,
        }
    }

    /// How many whole days it takes until Meta hardly moves a day's figure.
    pub const fn settles_after(self) -> u64 {
        match self {
            Self::Spend | Self::Cpm | Self::Ctr => 1,
            Self::MetaCpl => 3,
        }
    }

    /// What it is made of: so much, for each of so many.
    pub fn of(self, day: &Day) -> (f64, f64) {
        match self {
            Self::Spend => (day.spend, 1.0),
            Self::Cpm => (day.spend * 1000.0, day.impressions),
            Self::Ctr => (day.clicks, day.impressions),
            Self::MetaCpl => (day.spend, day.leads),
        }
    }

    /// The days as they are judged.
    pub fn steps(self, days: impl Iterator<Item = Day>) -> Vec<Step> {
        let days: Vec<Day> = days.collect();
        let mut steps = Vec::with_capacity(days.len());
        for (at, day) in days.iter().enumerate() {
            let usual = days.get(at.saturating_sub(USUAL)..at).unwrap_or_default();
            steps.push(self.step(day, usual));
        }
        steps
    }

    fn step(self, day: &Day, usual: &[Day]) -> Step {
        let none = Step {
            figure: None,
            chance: 0.0,
        };
        let sum = |of: fn(&Day) -> f64| -> f64 { usual.iter().map(of).sum() };
        let events = |expected: f64, least: f64, seen: f64, of: f64| {
            if expected < least || of <= 0.0 {
                return none;
            }
            Step {
                // Half an event more: none at all is a rate too.
                figure: Some((seen + 0.5) / of),
                chance: chance(count(expected)),
            }
        };
        match self {
            // An account that spends next to nothing has no ordinary day.
            Self::Spend => {
                let ordinary = sum(|day| day.impressions) / 28.0 >= LEAST_IMPRESSIONS;
                Step {
                    figure: ordinary.then_some(day.spend),
                    chance: 0.0,
                }
            }
            Self::Cpm => Step {
                figure: (day.impressions >= LEAST_IMPRESSIONS && day.spend > 0.0)
                    .then(|| day.spend / day.impressions),
                chance: 0.0,
            },
            Self::Ctr => {
                let rate = sum(|day| day.clicks) / sum(|day| day.impressions).max(1.0);
                let expected = rate * day.impressions;
                let enough = day.impressions >= LEAST_IMPRESSIONS;
                let least = if enough { LEAST_CLICKS } else { f64::INFINITY };
                events(expected, least, day.clicks, day.impressions)
            }
            Self::MetaCpl => {
                let rate = sum(|day| day.leads) / sum(|day| day.spend).max(1.0);
                events(rate * day.spend, LEAST_LEADS, day.leads, day.spend)
            }
        }
    }

    /// The days together, each beside what was expected of it.
    pub fn sums(self, days: impl Iterator<Item = (Day, f64)>) -> Option<Sums> {
        let (mut much, mut many, mut expected, mut cost) = (0.0, 0.0, 0.0, 0.0);
        let mut count = 0.0;
        for (day, said) in days {
            let (of, each) = self.of(&day);
            much += of;
            many += each;
            count += 1.0;
            match self {
                Self::Spend => {
                    expected += said;
                    cost += day.spend - said;
                }
                Self::Cpm => {
                    // Judged by the single impression, told by the thousand.
                    expected += said * 1000.0 * day.impressions;
                    cost += day.spend - said * day.impressions;
                }
                Self::Ctr => {
                    expected += said * day.impressions;
                    // What was paid for the clicks that did not come.
                    let came = day.clicks / (said * day.impressions).max(1.0);
                    cost += day.spend * (1.0 - came);
                }
                Self::MetaCpl => {
                    // Judged by the leads for the money.
                    expected += said * day.spend;
                    let came = day.leads / (said * day.spend).max(1.0);
                    cost += day.spend * (1.0 - came);
                }
            }
        }
        let sums = match self {
            Self::Spend => Sums {
                value: much / count,
                expected: expected / count,
                cost,
            },
            Self::Cpm | Self::Ctr => Sums {
                value: much / many,
                expected: expected / many,
                cost,
            },
            Self::MetaCpl => Sums {
                // Without any lead the money is what the first one has cost already.
                value: much / many.max(1.0),
                expected: much / expected,
                cost,
            },
        };
        (sums.value.is_finite() && sums.expected > 0.0 && sums.expected.is_finite()).then_some(sums)
    }
}

/// Events that are expected, as a count.
fn count(events: f64) -> u32 {
    let Micros(whole) = crate::amount::whole(events);
    u32::try_from(whole).unwrap_or(u32::MAX)
}
