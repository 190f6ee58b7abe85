use chrono::{Datelike, NaiveDate};

use crate::float::{from_count, mean};
use crate::history::History;

/// How many weeks tell what a weekday is like.
const WEEKS: usize = 10;
/// As many weeks as this of "all weekdays are alike" are mixed in: a few weeks prove little.
const ALIKE_WEEKS: f64 = 2.0;
/// A weekday is never taken for less than this part of an ordinary one.
const LEAST: f64 = 0.02;

/// How much of an ordinary day each weekday has; their mean is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Weekdays([f64; 7]);

impl Weekdays {
    /// Each day is compared with the mean of the week around it, so that a month that grows does
    /// not look like a strong weekend.
    pub fn learn(history: &History) -> Self {
        let skipped = history.len().saturating_sub(WEEKS * 7 + 6);
        let days: Vec<(NaiveDate, f64)> = history.iter().skip(skipped).collect();
        let mut parts: [Vec<f64>; 7] = Default::default();
        for week in days.windows(7) {
            let Some(around) = mean(week.iter().map(|(_, figure)| *figure)) else {
                continue;
            };
            if around > 0.0
                && let Some((day, figure)) = week.get(3)
                && let Some(parts) = parts.get_mut(place(*day))
            {
                parts.push(figure / around);
            }
        }
        let shares = parts.map(|parts| {
            let seen = from_count(parts.len());
            let sum: f64 = parts.iter().sum();
            ((sum + ALIKE_WEEKS) / (seen + ALIKE_WEEKS)).max(LEAST)
        });
        let mean = shares.iter().sum::<f64>() / 7.0;
        Self(shares.map(|share| share / mean))
    }

    /// How much of an ordinary day this one has, as the others of its weekday.
    pub fn of(&self, day: NaiveDate) -> f64 {
        self.0.get(place(day)).copied().unwrap_or(1.0)
    }
}

/// Monday is 0.
fn place(day: NaiveDate) -> usize {
    usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0)
}
