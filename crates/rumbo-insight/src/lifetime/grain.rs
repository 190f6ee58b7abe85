use chrono::{Datelike, NaiveDate};

/// How time is counted. The same grain must be used for the summaries, for the fit and for the
/// value: a model has no unit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grain {
    /// The purchases of one day count as one. Time is in days.
    Days,
    /// The purchases of one week, Monday to Sunday, count as one. Time is in whole weeks, and a
    /// week that has begun counts as a week: end a window on a Sunday.
    Weeks,
    /// The purchases of one day count as one. Time is in weeks, with fractions. This is the form
    /// in which the CDNOW data are published.
    DaysInWeeks,
}

impl Grain {
    /// Time units in a month, as `lifetimes` and PyMC-Marketing have them.
    pub fn periods_per_month(self) -> f64 {
        match self {
            Self::Days => 30.0,
            Self::Weeks | Self::DaysInWeeks => 4.345,
        }
    }

    /// The number of the period that a day belongs to.
    pub(super) fn period(self, day: NaiveDate) -> i32 {
        let days = day.num_days_from_ce();
        match self {
            Self::Days | Self::DaysInWeeks => days,
            // Day 1 is a Monday.
            Self::Weeks => (days - 1).div_euclid(7),
        }
    }

    /// Time units from one period to another.
    pub(super) fn between(self, first: i32, last: i32) -> f64 {
        let periods = f64::from(last) - f64::from(first);
        match self {
            Self::Days | Self::Weeks => periods,
            Self::DaysInWeeks => periods / 7.0,
        }
    }
}
