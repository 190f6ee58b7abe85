//! How much of a figure is there while it is still being restated: learned from days that have
//! settled, as they looked when they were younger.

use chrono::{Days, NaiveDate};

use crate::float::from_count;

/// Of ten days, eight should lie inside an interval.
pub const NOMINAL: f64 = 0.8;
/// Below this, 75 %, intervals have not held and are not to be shown.
pub const LEAST_HELD: f64 = NOMINAL - 0.05;
/// So many day-figures tell whether intervals hold; fewer do not.
pub const LEAST_TRIED: usize = 28;
/// Fewer days than this say nothing.
pub const LEAST_SETTLED_DAYS: usize = 14;
/// What lies within 2 % of the settled value has settled.
pub const TOLERANCE: f64 = 0.02;
/// A curve is learned from so many days.
pub const LEARNED_DAYS: u64 = 56;
/// The last so many settled days are held out to see whether intervals hold.
pub const HELD_OUT_DAYS: u64 = 28;

/// Days of others that are mixed in count together as so many of its own.
const POOLED_DAYS: f64 = 14.0;
/// The part of the days seen that is left outside on either side. Days that follow one another drift
/// together, so that between the tenth and ninetieth percentile of the past lie fewer than eight of
/// ten days to come (docs/backtests.md): the fifth and ninety-fifth are taken.
const TAIL: f64 = 0.05;
/// A figure that was all but taken back counts as so many times what was left.
const MOST: f64 = 10.0;

/// A day whose figure has settled, as it was seen before.
#[derive(Clone, Debug, PartialEq)]
pub struct SettledDay {
    /// The day.
    pub day: NaiveDate,
    /// What it was at each of the ages in question; `None` where nobody looked.
    pub seen: Vec<Option<f64>>,
    /// What it became.
    pub settled: f64,
}

/// How much of the settled figure is there at some age, as a part of it: 0.82 is 82 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Completeness {
    /// The middle one.
    pub median: f64,
    /// One time in ten it is less.
    pub low: f64,
    /// One time in ten it is more.
    pub high: f64,
    /// From how many days of its own that is known; days of others are mixed in.
    pub days: u32,
}

impl Completeness {
    /// Whether it has settled: the middle and both ends lie within [`TOLERANCE`] of all of it.
    pub fn is_settled(&self) -> bool {
        [self.median, self.low, self.high]
            .iter()
            .all(|part| (part - 1.0).abs() <= TOLERANCE)
    }

    /// Whether a part lies inside the interval.
    pub(crate) fn holds(&self, part: f64) -> bool {
        (self.low..=self.high).contains(&part)
    }
}

/// How often intervals held that were made without knowing the days they were tried on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Day-figures that lay inside.
    pub inside: u32,
    /// Day-figures tried: those of ages at which something was still to come.
    pub tried: u32,
}

impl Held {
    /// The part that lay inside; `None` where too few were tried.
    pub fn part(&self) -> Option<f64> {
        let tried = usize::try_from(self.tried).unwrap_or(usize::MAX);
        (tried >= LEAST_TRIED).then(|| f64::from(self.inside) / f64::from(self.tried))
    }

    /// Whether intervals held often enough to be shown.
    pub fn holds(&self) -> bool {
        self.part().is_some_and(|part| part >= LEAST_HELD)
    }
}

/// How a figure settles, by age.
#[derive(Clone, Debug, PartialEq)]
pub struct SettleCurve {
    /// The ages, youngest first, each with what is known of it.
    pub ages: Vec<(u32, Option<Completeness>)>,
    /// How often its intervals held on the last weeks that have settled.
    pub held: Held,
}

/// What a curve is learned from.
#[derive(Clone, Copy, Debug)]
pub struct Settling<'a> {
    /// The ages in question, in days, youngest first.
    pub ages: &'a [u32],
    /// At this age a figure has settled.
    pub settled_at: u32,
    /// Days of the figure itself, in any order.
    pub own: &'a [SettledDay],
    /// Days of the same figure elsewhere in the workspace, for what little is known of its own.
    pub others: &'a [SettledDay],
    /// Figures smaller than this are left to chance: one lead of two says nothing.
    pub least: f64,
}

impl Settling<'_> {
    /// Learns how the figure settles, as it was known on a day.
    pub fn curve(&self, known_on: NaiveDate) -> SettleCurve {
        let last = before(known_on, u64::from(self.settled_at));
        let known = self.learn(last);
        SettleCurve {
            ages: self.ages.iter().copied().zip(known).collect(),
            held: self.held_out(last),
        }
    }

    /// What the days until `last` say of each age.
    fn learn(&self, last: NaiveDate) -> Vec<Option<Completeness>> {
        let first = before(last, LEARNED_DAYS - 1);
        let known = (0..self.ages.len()).map(|at| {
            let parts = |days: &[SettledDay]| -> Vec<f64> {
                let within = days.iter().filter(|day| (first..=last).contains(&day.day));
                within.filter_map(|day| self.part(day, at)).collect()
            };
            completeness(&parts(self.own), &parts(self.others))
        });
        ordered(known.collect())
    }

    /// What part of a settled figure was seen at an age, where it was large enough to tell.
    fn part(&self, day: &SettledDay, at: usize) -> Option<f64> {
        let seen = day.seen.get(at).copied().flatten()?;
        let tells = seen > 0.0 && seen >= self.least;
        let part = if day.settled > 0.0 {
            (seen / day.settled).min(MOST)
        } else {
            MOST
        };
        tells.then_some(part)
    }

    /// Tries the last settled weeks.
    fn held_out(&self, last: NaiveDate) -> Held {
        let mut held = Held::default();
        for weeks in 0..HELD_OUT_DAYS / 7 {
            let ends = before(last, weeks * 7);
            for (known, part) in self.tries(before(ends, 6), ends) {
                held.tried += 1;
                held.inside += u32::from(known.holds(part));
            }
        }
        held
    }

    /// What would have been said of some days when the first of them was as young as can be, so
    /// that nothing of them was known, and what was so; of ages at which something was to come.
    pub(crate) fn tries(&self, begins: NaiveDate, ends: NaiveDate) -> Vec<(Completeness, f64)> {
        let curve = self.learn(before(begins, u64::from(self.settled_at)));
        let days = self.own.iter();
        days.filter(|day| (begins..=ends).contains(&day.day))
            .flat_map(|day| {
                curve.iter().enumerate().filter_map(|(at, known)| {
                    let known = known.filter(|known| !known.is_settled())?;
                    Some((known, self.part(day, at)?))
                })
            })
            .collect()
    }
}

impl SettleCurve {
    /// What is known of an age. Between two ages it lies on the line between them; what is younger
    /// than the first or older than the last has none.
    pub fn at(&self, age: u32) -> Option<Completeness> {
        let above = self.ages.iter().position(|(known, _)| *known >= age)?;
        let (to, upper) = self.ages.get(above)?;
        if *to == age {
            return *upper;
        }
        let (from, lower) = self.ages.get(above.checked_sub(1)?)?;
        let (lower, upper) = ((*lower)?, (*upper)?);
        let along = f64::from(age - from) / f64::from(to - from);
        let between = |a: f64, b: f64| a + (b - a) * along;
        Some(Completeness {
            median: between(lower.median, upper.median),
            low: between(lower.low, upper.low),
            high: between(lower.high, upper.high),
            days: lower.days.min(upper.days),
        })
    }

    /// The first of the ages from which on it has settled; `None` where that is not known, or has
    /// not happened by the last of them.
    pub fn settled_from(&self) -> Option<u32> {
        let moves = |known: Option<Completeness>| known.is_none_or(|known| !known.is_settled());
        let last = self.ages.iter().rposition(|(_, known)| moves(*known));
        let at = last.map_or(0, |at| at + 1);
        self.ages.get(at).map(|(age, _)| *age)
    }

    /// Whether anything is known.
    pub fn is_known(&self) -> bool {
        self.ages.iter().any(|(_, known)| known.is_some())
    }
}

/// So many days before a day.
fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// What the parts seen say of the next one: order statistics, as in split conformal prediction
/// (Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, 2018), the others at less weight.
fn completeness(own: &[f64], others: &[f64]) -> Option<Completeness> {
    let weight = (POOLED_DAYS / from_count(others.len().max(1))).min(1.0);
    let mut all: Vec<(f64, f64)> = own.iter().map(|part| (*part, 1.0)).collect();
    all.extend(others.iter().map(|part| (*part, weight)));
    let whole: f64 = all.iter().map(|(_, weight)| weight).sum();
    if whole + ALMOST < from_count(LEAST_SETTLED_DAYS) {
        return None;
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let outside = (whole + 1.0) * TAIL;
    Some(Completeness {
        median: reached(all.iter(), whole / 2.0)?,
        low: last_within(all.iter(), outside)?,
        high: last_within(all.iter().rev(), outside)?,
        days: u32::try_from(own.len()).unwrap_or(u32::MAX),
    })
}

/// Weights that should add up to a whole number do so only almost.
const ALMOST: f64 = 1e-9;

/// The first value at which so much weight has come together.
fn reached<'a>(mut parts: impl Iterator<Item = &'a (f64, f64)>, weight: f64) -> Option<f64> {
    let mut sum = 0.0;
    let found = parts.find(|(_, of)| {
        sum += of;
        sum + ALMOST >= weight
    });
    found.map(|(part, _)| *part)
}

/// The last value before more weight than that has come together; the very first at least.
fn last_within<'a>(parts: impl Iterator<Item = &'a (f64, f64)>, weight: f64) -> Option<f64> {
    let (mut sum, mut last) = (0.0, None);
    for (part, of) in parts {
        sum += of;
        if last.is_some() && sum > weight + ALMOST {
            break;
        }
        last = Some(*part);
    }
    last
}

/// A figure never gets less sure as it gets older. What is below its settled value only rises, what
/// is above only falls; ends of intervals are moved outwards for that, never inwards.
fn ordered(mut known: Vec<Option<Completeness>>) -> Vec<Option<Completeness>> {
    // From the oldest: a low end is no higher, a high end above all of it no lower, than later.
    let (mut low, mut high) = (f64::INFINITY, 1.0_f64);
    for at in known.iter_mut().rev().flatten() {
        if at.low < 1.0 {
            at.low = at.low.min(low);
            low = at.low;
        }
        if at.high > 1.0 {
            at.high = at.high.max(high);
            high = at.high;
        }
    }
    // From the youngest: the other ends, and the middle.
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    let mut middle: Option<f64> = None;
    for at in known.iter_mut().flatten() {
        if at.high < 1.0 {
            at.high = at.high.max(high);
            high = at.high;
        }
        if at.low > 1.0 {
            at.low = at.low.min(low);
            low = at.low;
        }
        at.median = match middle {
            Some(younger) if younger <= 1.0 && at.median <= 1.0 => at.median.max(younger),
            Some(younger) if younger >= 1.0 && at.median >= 1.0 => at.median.min(younger),
            _ => at.median,
        };
        at.median = at.median.clamp(at.low, at.high);
        middle = Some(at.median);
    }
    known
}

#[cfg(test)]
mod tests;
