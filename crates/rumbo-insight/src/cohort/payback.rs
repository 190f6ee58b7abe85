//! When a cohort has brought in what it cost to acquire.

use rumbo_base::Micros;

use super::gather::{Cohort, Day};
use crate::lifetime::float::from_whole;

/// Of a standard normal, what lies between minus this and this is 95 %.
const NORMAL_95: f64 = 1.959_964;
/// Fewer people than this tell nothing of how people differ.
const LEAST_PEOPLE: i64 = 30;

/// The first day after the acquisition on which the margin of the people so far reached what was
/// spent on them. Only days that are over for everybody count, and nothing is extrapolated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payback {
    /// 0 is the day of the acquisition. `None` when it was not reached yet, or nobody knows what
    /// was spent, or nobody was acquired.
    pub day: Option<usize>,
    /// Between which days it lies in 95 of 100 such cohorts: from the first on which the margin per
    /// person plus 1.96 of its standard errors reaches what a person cost, to the first on which it
    /// does so less 1.96 of them. `None` for fewer than 30 people, and where it was not reached.
    pub earliest: Option<usize>,
    pub latest: Option<usize>,
    /// How many days after the acquisition, that one included, are over for everybody of at least
    /// one cohort.
    pub observed: usize,
}

/// A cohort on its way through the days.
struct Walk<'a> {
    days: std::slice::Iter<'a, Day>,
    over: usize,
    people: i64,
    spend: Option<Micros>,
    margin: i64,
    squares: f64,
}

/// Of several cohorts: on each day those for which it is over, and what was spent on these.
pub(super) fn payback(cohorts: &[&Cohort]) -> Payback {
    let observed = cohorts.iter().map(|cohort| cohort.maturity.days).max();
    let mut found = Payback {
        observed: observed.unwrap_or(0),
        ..Payback::default()
    };
    let mut walks: Vec<Walk<'_>> = cohorts
        .iter()
        .map(|cohort| Walk {
            days: cohort.days.iter(),
            over: cohort.maturity.days,
            people: cohort.people,
            spend: cohort.spend,
            margin: 0,
            squares: 0.0,
        })
        .collect();
    let mut next_day = 0;
    while next_day < found.observed {
        let day = next_day;
        walks.retain(|walk| walk.over > day);
        let (mut people, mut margin, mut squares) = (0_i64, 0_i128, 0.0);
        let mut spend: Option<i128> = None;
        for walk in &mut walks {
            if let Some(next) = walk.days.next() {
                walk.margin += next.margin;
                walk.squares += next.squares;
            }
            people += walk.people;
            margin += i128::from(walk.margin);
            squares += walk.squares;
            if let Some(more) = walk.spend {
                spend = Some(spend.unwrap_or(0) + i128::from(more.0));
            }
        }
        // Where nobody bought anything any more it is as it is until a cohort is not that old.
        let is_last = walks.iter().all(|walk| walk.days.len() == 0);
        let oldest = walks.iter().map(|walk| walk.over).min();
        next_day = oldest.filter(|_| is_last).unwrap_or(day + 1);
        let Some(spend) = spend.filter(|_| people > 0) else {
            continue;
        };
        if margin >= spend {
            found.day.get_or_insert(day);
        }
        if people >= LEAST_PEOPLE {
            let count = from_whole(people.into());
            let (mean, cost) = (
                from_whole(margin) / 1e6 / count,
                from_whole(spend) / 1e6 / count,
            );
            let variance = (squares - mean * mean * count).max(0.0) / (count - 1.0);
            let error = NORMAL_95 * (variance / count).sqrt();
            if mean + error >= cost {
                found.earliest.get_or_insert(day);
            }
            if mean - error >= cost {
                found.latest.get_or_insert(day);
            }
        }
        if found.latest.is_some() && found.day.is_some() {
            break;
        }
    }
    found
}
