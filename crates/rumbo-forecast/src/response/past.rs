use chrono::{Days, NaiveDate};

use super::learn::{Learned, learn};
use super::pool::pooled;
use super::{Response, Spent};
use crate::float::from_count;
use crate::outlook::Outlook;

/// So many past weeks are tried at most.
const MOST_WEEKS: usize = 52;
/// With fewer a campaign is untried, and nothing is said of it.
pub const LEAST_WEEKS: usize = 4;
/// Where a smaller part of its past weeks ended inside, of which eight in ten should have, nothing
/// is said either.
pub const LEAST_HELD: f64 = 0.65;
/// The others are learned anew after so many weeks.
const OTHERS_AFTER: usize = 8;

/// How often the interval held on the channels that others published (docs/backtests.md): weeks asked,
/// and those that ended inside. A test works it out again.
pub const PUBLISHED_WEEKS: (u32, u32) = (185, 154);

/// A week of the past: what would have been said of it, had its spends been known, and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastWeek {
    /// The last day that was known.
    pub known_until: NaiveDate,
    pub said: Outlook,
    pub came: f64,
}

impl PastWeek {
    /// Whether it ended between the tenth and the ninetieth percentile.
    pub fn held(&self) -> bool {
        (self.said.low..=self.said.high).contains(&self.came)
    }
}

/// The weeks of a campaign's past, oldest first: each by the response as it was known before,
/// together with the other campaigns as they were known then. Weeks of which it would have said
/// nothing are left out.
pub fn past_weeks(days: &[Spent], others: &[&[Spent]]) -> Vec<PastWeek> {
    let Some(last) = days.last().map(|day| day.day) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut known_others: Vec<Learned> = Vec::new();
    for back in (1..=MOST_WEEKS).rev() {
        let weeks = u64::try_from(back).unwrap_or(u64::MAX).saturating_mul(7);
        let Some(known_until) = last.checked_sub_days(Days::new(weeks)) else {
            continue;
        };
        let Ok(own) = learn(until(days, known_until)) else {
            continue;
        };
        if found.is_empty() && known_others.is_empty() || back % OTHERS_AFTER == 0 {
            let others = others.iter().map(|days| learn(until(days, known_until)));
            known_others = others.filter_map(Result::ok).collect();
        }
        let all: Vec<&Learned> = std::iter::once(&own).chain(&known_others).collect();
        let Some(response) = pooled(&all).into_iter().next() else {
            continue;
        };
        found.extend(week(&response, days, known_until));
    }
    found
}

/// The days up to one.
fn until(days: &[Spent], last: NaiveDate) -> &[Spent] {
    let known = days.partition_point(|day| day.day <= last);
    days.get(..known).unwrap_or_default()
}

/// The week after a day, if anything would have been said of it.
fn week(response: &Response, days: &[Spent], known_until: NaiveDate) -> Option<PastWeek> {
    let after = days.get(until(days, known_until).len()..)?;
    let ends = known_until.checked_add_days(Days::new(7))?;
    let spent: Vec<&Spent> = after
        .iter()
        .take_while(|day| day.day <= ends)
        .filter(|day| day.spend > 0.0)
        .collect();
    let spends: Vec<(NaiveDate, f64)> = spent.iter().map(|day| (day.day, day.spend)).collect();
    let mean = spends.iter().map(|(_, spend)| spend).sum::<f64>() / from_count(spends.len());
    // `observed` says no to the mean of nothing.
    response.observed(mean).then(|| PastWeek {
        known_until,
        said: response.over(&spends),
        came: spent.iter().map(|day| day.outcome.max(0.0)).sum(),
    })
}
