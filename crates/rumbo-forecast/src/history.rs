use chrono::{Days, NaiveDate};

use crate::float::from_count;

/// Fewer days than this since the first figure say nothing of the days ahead.
pub const LEAST_DAYS: usize = 14;
/// What lies further back than this is not looked at.
const MOST_DAYS: usize = 182;

/// What happened on each of some days that follow one another.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    last: NaiveDate,
    days: Vec<f64>,
}

impl History {
    /// The figures of the days up to and including `last`, oldest first. Days before the first
    /// figure above zero are left out: it had not begun. What is below zero or no number counts as
    /// zero.
    pub fn until(last: NaiveDate, days: impl IntoIterator<Item = f64>) -> Self {
        let all: Vec<f64> = days
            .into_iter()
            .map(|day| if day.is_finite() { day.max(0.0) } else { 0.0 })
            .skip_while(|day| *day <= 0.0)
            .collect();
        let extra = all.len().saturating_sub(MOST_DAYS);
        Self {
            last,
            days: all.into_iter().skip(extra).collect(),
        }
    }

    /// The last day.
    pub fn last(&self) -> NaiveDate {
        self.last
    }

    /// How many days there are.
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Whether nothing ever happened.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Every day with its figure, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (NaiveDate, f64)> + '_ {
        let first = back(self.last, self.days.len().saturating_sub(1));
        first.iter_days().zip(self.days.iter().copied())
    }

    pub(crate) fn figures(&self) -> &[f64] {
        &self.days
    }

    /// The mean of the last seven days, or of all when there are fewer.
    pub fn recent(&self) -> f64 {
        let days = self.days.len().min(7);
        let sum: f64 = self.days.iter().rev().take(7).sum();
        if days == 0 {
            0.0
        } else {
            sum / from_count(days)
        }
    }
}

/// So many days before a day.
fn back(day: NaiveDate, days: usize) -> NaiveDate {
    let days = u64::try_from(days).unwrap_or(u64::MAX);
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}
