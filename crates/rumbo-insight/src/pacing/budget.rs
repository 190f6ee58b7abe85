use chrono::NaiveDate;
use rumbo_base::{DateRange, Micros};

use super::course::Course;
use super::read::Spender;
use crate::amount::part;
use crate::read::place::Account;

/// What the month may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub source: BudgetSource,
    /// What is set at Meta: by day, or for the whole life. `None` for the budgets of several.
    pub set: Option<Micros>,
    /// Its part that falls into this month.
    pub month: Micros,
}

/// Where a month's budget comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetSource {
    /// A daily budget, times the days of the month on which it runs.
    Daily,
    /// A budget for its whole life: what was left of it when the month began, spread evenly over
    /// the days it has from then on, as many of them as lie in this month.
    Lifetime,
    /// The budgets of what lies below.
    Sum,
}

/// Why there is no budget for the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetGap {
    /// None is set, or none is synced.
    NotSet,
    /// The campaign has the budget, for all its ad sets.
    OfCampaign,
    /// A budget for its whole life, without a last day.
    NoEnd,
    /// It does not run now: what it may spend is not up to its budget.
    NotRunning,
    /// Some of what lies below runs without one.
    Partly,
}

/// The days of the month on which it runs.
pub(super) fn running(spender: &Spender, account: &Account, month: DateRange) -> Option<DateRange> {
    let first = spender.start_at.map(|at| account.zone.day_of(at));
    let last = spender.stop_at.map(|at| account.zone.day_of(at));
    DateRange::new(
        first.map_or(month.from, |first| first.max(month.from)),
        last.map_or(month.to, |last| last.min(month.to)),
    )
    .ok()
}

/// The month's part of the budget that is set on it.
pub(super) fn own(
    spender: &Spender,
    account: &Account,
    month: DateRange,
    course: &Course,
) -> Result<Budget, BudgetGap> {
    if !spender.runs() {
        return Err(BudgetGap::NotRunning);
    }
    let days = running(spender, account, month);
    if let Some(daily) = spender.daily_budget {
        let days = days.map_or(0, |days| days.days());
        return Ok(Budget {
            source: BudgetSource::Daily,
            set: Some(daily),
            month: Micros(daily.0.saturating_mul(days)),
        });
    }
    let lifetime = spender.lifetime_budget.ok_or(BudgetGap::NotSet)?;
    let ends: NaiveDate = spender
        .stop_at
        .map(|at| account.zone.day_of(at))
        .ok_or(BudgetGap::NoEnd)?;
    let month = days.map_or(Micros::ZERO, |days| {
        let left = Micros((lifetime - course.spent_before(month)).0.max(0));
        let life = (ends - days.from).num_days() + 1;
        part(left, days.days(), life, account.currency)
    });
    Ok(Budget {
        source: BudgetSource::Lifetime,
        set: Some(lifetime),
        month,
    })
}

/// The budgets of several as one: only when each that runs has one.
pub(super) fn sum(
    budgets: impl IntoIterator<Item = Result<Budget, BudgetGap>>,
) -> Result<Budget, BudgetGap> {
    let (mut month, mut found, mut missing) = (Micros::ZERO, false, None);
    for budget in budgets {
        match budget {
            Ok(budget) => {
                found = true;
                month += budget.month;
            }
            Err(BudgetGap::NotRunning) => {}
            Err(gap) => missing = Some(gap),
        }
    }
    match (found, missing) {
        (true, None) => Ok(Budget {
            source: BudgetSource::Sum,
            set: None,
            month,
        }),
        (true, Some(_)) => Err(BudgetGap::Partly),
        (false, Some(gap)) => Err(gap),
        (false, None) => Err(BudgetGap::NotSet),
    }
}
