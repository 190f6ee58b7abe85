//! What is out of the ordinary in a series that has a season: days with weekdays, hours with days.

use crate::float::{from_count, median};

/// How a series is watched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    /// Steps of one season: 7 of days, 24 of hours.
    pub season: usize,
    /// How many seasons tell what a place in the season is like.
    pub seasons: usize,
    /// How many steps tell how large surprises usually are.
    pub memory: usize,
    /// A step is unusual when its surprise is so many times the usual one…
    pub surprise: f64,
    /// …and so far off what was expected, as a part of it: 0.25 is 25 % more, or the same factor
    /// less.
    pub change: f64,
}

impl Watch {
    /// For days of a week.
    pub const DAILY: Self = Self {
        season: 7,
        seasons: 6,
        memory: 56,
        surprise: 4.0,
        change: 0.25,
    };
    /// For hours of a day.
    pub const HOURLY: Self = Self {
        season: 24,
        seasons: 7,
        memory: 168,
        surprise: 3.5,
        change: 0.5,
    };
}

/// One step of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// `None` where there is nothing to judge: it was not measured, or on too little.
    pub figure: Option<f64>,
    /// How far chance alone moves it, as a part of it: 0.1 for a rate that 100 events make.
    pub chance: f64,
}

/// A step that was judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// What it would have been, had it gone on as before.
    pub expected: f64,
    /// How many times the usual surprise it is off; below zero when it is less than expected.
    pub surprise: f64,
    /// The same as a logarithm of the ratio of what came to what was expected.
    pub off: f64,
}

impl Judged {
    /// Whether that is out of the ordinary.
    pub fn is_unusual(&self, watch: &Watch) -> bool {
        self.surprise.abs() >= watch.surprise && self.off.abs() >= watch.change.ln_1p()
    }
}

/// A surprise is never taken for smaller than this: series that were all but still would cry at
/// nothing.
const STILL: f64 = 0.03;

/// Judges every step by the steps before it, and by no later one. `None` for steps without a
/// figure, and while too little is known.
///
/// The level is the median of the last season, the part of each place in the season the median of
/// what it was above the level in the seasons before, both of logarithms; the usual surprise the
/// median distance from that. Medians: what was unusual before does not become the measure.
pub fn judge(watch: &Watch, steps: &[Step]) -> Vec<Option<Judged>> {
    judge_from(watch, steps, 0)
}

/// The same of the steps from a place on, and `None` of those before: judging costs more than
/// remembering.
pub fn judge_from(watch: &Watch, steps: &[Step], first: usize) -> Vec<Option<Judged>> {
    let logs: Vec<Option<f64>> = steps
        .iter()
        .map(|step| step.figure.map(|figure| figure.max(1e-9).ln()))
        .collect();
    // Above the level of the season before.
    let above: Vec<Option<f64>> = logs
        .iter()
        .enumerate()
        .map(|(at, log)| {
            let level = level(watch, logs.get(at.checked_sub(watch.season)?..at)?)?;
            Some((*log)? - level)
        })
        .collect();
    let mut surprises: Vec<Option<f64>> = Vec::with_capacity(steps.len());
    let mut judged = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let place = place(watch, &above, at);
        let surprise = above.get(at).copied().flatten().zip(place);
        let surprise = surprise.map(|(above, place)| above - place);
        let usual = (at >= first).then(|| usual(watch, &surprises)).flatten();
        surprises.push(surprise);
        let known = surprise.zip(usual).zip(logs.get(at).copied().flatten());
        judged.push(known.map(|((off, usual), log)| Judged {
            expected: (log - off).exp(),
            surprise: off / usual.max(STILL).max(step.chance),
            off,
        }));
    }
    judged
}

/// The middle of a season, when at least half of it is known.
fn level(watch: &Watch, season: &[Option<f64>]) -> Option<f64> {
    let known: Vec<f64> = season.iter().copied().flatten().collect();
    (known.len() * 2 >= watch.season).then(|| median(known))?
}

/// What the same place of the seasons before was above the level.
fn place(watch: &Watch, above: &[Option<f64>], at: usize) -> Option<f64> {
    let same = (1..=watch.seasons).filter_map(|back| {
        let at = at.checked_sub(back * watch.season)?;
        above.get(at).copied().flatten()
    });
    let same: Vec<f64> = same.collect();
    (same.len() >= 2).then(|| median(same))?
}

/// The usual distance from what was expected, in deviations of a normal distribution.
fn usual(watch: &Watch, surprises: &[Option<f64>]) -> Option<f64> {
    let recent = surprises.iter().rev().take(watch.memory);
    let known: Vec<f64> = recent.copied().flatten().map(f64::abs).collect();
    (known.len() >= watch.season * 2).then(|| median(known).map(|middle| middle * 1.4826))?
}

/// One part of a ratio of sums, as it was and as it is, over as many days. Each is a numerator and
/// a denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    pub was: (f64, f64),
    pub is: (f64, f64),
}

/// What the whole would lose of its change, had one part stayed as it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Undone {
    /// Had it stayed as it was in every way.
    pub all: f64,
    /// Had it only kept its own ratio, and become as large or small as it did.
    pub ratio: f64,
}

/// How much of the change of a ratio goes away with each part. What the others do to it stays, so
/// that a part that did not change takes nothing away. `None` when there is nothing to divide by.
pub fn undone(parts: &[Part]) -> Option<Vec<Undone>> {
    let sum = parts.iter().fold((0.0, 0.0), |sum, part| {
        (sum.0 + part.is.0, sum.1 + part.is.1)
    });
    let ratio = |of: (f64, f64)| (of.1 > 0.0).then(|| of.0 / of.1);
    let now = ratio(sum)?;
    Some(
        parts
            .iter()
            .map(|part| {
                let with = |instead: (f64, f64)| {
                    let sum = (sum.0 - part.is.0 + instead.0, sum.1 - part.is.1 + instead.1);
                    ratio(sum).map_or(0.0, |then| now - then)
                };
                Undone {
                    all: with(part.was),
                    ratio: ratio(part.was).map_or(0.0, |was| with((was * part.is.1, part.is.1))),
                }
            })
            .collect(),
    )
}

/// So much chance moves a rate of so many events.
pub fn chance(events: u32) -> f64 {
    1.0 / from_count(usize::try_from(events.max(1)).unwrap_or(1)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_that_changed_takes_the_change_with_it() {
        let same = |of: (f64, f64)| Part { was: of, is: of };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        // The first part got dearer by itself.
        let dearer = Part {
            was: (100.0, 50.0),
            is: (150.0, 50.0),
        };
        let found = undone(&[dearer, same((100.0, 100.0))]).unwrap_or_default();
        let change = 250.0 / 150.0 - 200.0 / 150.0;
        assert!(
            near(found[0].all, change) && near(found[0].ratio, change),
            "{found:?}"
        );
        assert!(near(found[1].all, 0.0), "{found:?}");
        // The first part, which is cheap, only got larger.
        let larger = Part {
            was: (10.0, 50.0),
            is: (100.0, 500.0),
        };
        let found = undone(&[larger, same((100.0, 100.0))]).unwrap_or_default();
        assert!(
            near(found[0].all, 200.0 / 600.0 - 110.0 / 150.0),
            "{found:?}"
        );
        assert!(
            near(found[0].ratio, 0.0) && near(found[1].all, 0.0),
            "{found:?}"
        );
    }

    #[test]
    fn a_spike_is_unusual_once_and_a_small_rate_is_left_to_chance() {
        let week = [10.0, 11.0, 10.0, 12.0, 11.0, 20.0, 22.0];
        let mut figures: Vec<f64> = week.iter().copied().cycle().take(70).collect();
        figures.extend([40.0, 11.0, 10.0, 12.0, 11.0, 20.0, 22.0, 10.0]);
        let steps = |chance: f64| -> Vec<Step> {
            let step = |figure: &f64| Step {
                figure: Some(*figure),
                chance,
            };
            figures.iter().map(step).collect()
        };
        let unusual = |chance: f64| -> Vec<usize> {
            let judged = judge(&Watch::DAILY, &steps(chance));
            let found = judged.iter().enumerate();
            found
                .filter(|(_, judged)| judged.is_some_and(|judged| judged.is_unusual(&Watch::DAILY)))
                .map(|(at, _)| at)
                .collect()
        };
        assert_eq!(unusual(0.0), [70]);
        assert!(unusual(0.5).is_empty());
        let at = judge(&Watch::DAILY, &steps(0.0));
        let expected = at.get(70).copied().flatten().map(|judged| judged.expected);
        assert!(
            expected.is_some_and(|expected| (expected - 10.0).abs() < 0.2),
            "{expected:?}"
        );
    }
}
