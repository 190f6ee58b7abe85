//! Ages of people and of cohorts.

use chrono::{Datelike, Months, NaiveDate};
use rumbo_base::DateRange;

/// In which month of age a day lies, from 0. A month of age begins on the day of the month on
/// which it all began, or on the last day of a month that has no such day. Nobody is younger
/// than 0.
pub(super) fn age(born: NaiveDate, day: NaiveDate) -> usize {
    let months = (day.year() - born.year()) * 12 + i32::try_from(day.month()).unwrap_or(0)
        - i32::try_from(born.month()).unwrap_or(0);
    let Ok(months) = u32::try_from(months) else {
        return 0;
    };
    let reached = born
        .checked_add_months(Months::new(months))
        .is_some_and(|begins| begins <= day);
    let age = if reached {
        months
    } else {
        months.saturating_sub(1)
    };
    usize::try_from(age).unwrap_or(usize::MAX)
}

/// How far all people of a month have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Maturity {
    /// Months of age that are over for whoever was acquired last in the month.
    pub months: usize,
    /// Whole days after the one of the acquisition, that one included, that are over for them.
    pub days: usize,
    /// Months of age that have begun for whoever was acquired first in the month.
    pub begun: usize,
}

impl Maturity {
    pub fn of(month: NaiveDate, today: NaiveDate) -> Self {
        let last = DateRange::month_of(month).to;
        if today <= last {
            return Self {
                months: 0,
                days: 0,
                begun: age(month, today) + 1,
            };
        }
        Self {
            months: age(last, today),
            days: usize::try_from((today - last).num_days()).unwrap_or(0),
            begun: age(month, today) + 1,
        }
    }
}
