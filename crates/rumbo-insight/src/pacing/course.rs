use chrono::{Days, NaiveDate};
use rumbo_base::{DateRange, Micros, Result};
use rumbo_forecast::History;

use super::PastMonths;
use super::read::Spender;
use crate::amount::float;
use crate::read::place::Account;

/// Days that are looked at: what a forecast uses, and months before to try it on.
const LOOKED_AT: u64 = 250;
/// So many whole months before are tried.
const TRIED: usize = 3;

/// What was spent day by day, up to the last day that is known whole.
#[derive(Clone, Debug)]
pub(super) struct Course {
    known_until: Option<NaiveDate>,
    /// Every day, oldest first.
    days: Vec<(NaiveDate, Micros)>,
}

/// The days that tell the course of something: enough for a forecast, and its whole life where a
/// budget for that is set.
pub(super) fn looked_at(
    spender: &Spender,
    account: &Account,
    known: NaiveDate,
) -> Result<DateRange> {
    let enough = enough(known);
    let began = spender
        .start_at
        .filter(|_| spender.lifetime_budget.is_some())
        .map_or(enough, |at| account.zone.day_of(at));
    DateRange::new(enough.min(began).min(known), known)
}

/// The first of the days that are enough for a forecast.
pub(super) fn enough(known: NaiveDate) -> NaiveDate {
    known
        .checked_sub_days(Days::new(LOOKED_AT))
        .unwrap_or(known)
}

impl Course {
    /// Of an account of which nothing is known.
    pub fn unknown() -> Self {
        Self {
            known_until: None,
            days: Vec::new(),
        }
    }

    /// What is not told was not spent.
    pub fn new(range: DateRange, spends: impl IntoIterator<Item = (NaiveDate, Micros)>) -> Self {
        let mut days: Vec<(NaiveDate, Micros)> =
            range.iter().map(|day| (day, Micros::ZERO)).collect();
        for (day, spend) in spends {
            let at = usize::try_from((day - range.from).num_days()).ok();
            if let Some((_, sum)) = at.and_then(|at| days.get_mut(at)) {
                *sum += spend;
            }
        }
        Self {
            known_until: Some(range.to),
            days,
        }
    }

    pub fn known_until(&self) -> Option<NaiveDate> {
        self.known_until
    }

    pub fn days(&self) -> &[(NaiveDate, Micros)] {
        &self.days
    }

    fn sum(&self, wanted: impl Fn(NaiveDate) -> bool) -> Micros {
        let days = self.days.iter().filter(|(day, _)| wanted(*day));
        days.map(|(_, spend)| *spend).sum()
    }

    pub fn spent(&self, month: DateRange) -> Micros {
        self.sum(|day| month.contains(day))
    }

    pub fn spent_before(&self, month: DateRange) -> Micros {
        self.sum(|day| day < month.from)
    }

    pub fn history(&self) -> Option<History> {
        let figures = self.days.iter().map(|(_, spend)| float(*spend));
        Some(History::until(self.known_until?, figures))
    }

    /// The whole months before, as they looked on the same day of the month.
    pub fn past(&self, month: DateRange) -> PastMonths {
        let gone = self
            .known_until
            .map(|known| (known - month.from).num_days() + 1)
            .and_then(|gone| u32::try_from(gone).ok());
        let Some(day) = gone.filter(|gone| *gone > 0) else {
            return PastMonths::default();
        };
        let before: Vec<(NaiveDate, f64)> = self
            .days
            .iter()
            .filter(|(day, _)| *day < month.from)
            .map(|(day, spend)| (*day, float(*spend)))
            .collect();
        let trials = rumbo_forecast::past_months(&before, day);
        let mut past = PastMonths::default();
        for trial in trials.rev().take(TRIED) {
            past.add(PastMonths {
                tried: 1,
                inside: u32::from(trial.inside()),
            });
        }
        past
    }
}
