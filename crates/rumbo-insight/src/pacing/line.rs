use std::collections::BTreeMap;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, DateRange, Micros, percent};
use rumbo_forecast::{History, Outlook, Weekdays, outlook, verdict};
use uuid::Uuid;

use super::budget::{self, Budget, BudgetGap, running};
use super::course::Course;
use super::read::Spender;
use super::{Ending, EndingGap, Pace, PaceRow, PastMonths};
use crate::amount::{float, money, part};
use crate::read::place::Account;

/// A campaign or an ad set, with everything its pace is worked out from.
#[derive(Debug)]
pub(super) struct Line {
    pub id: Uuid,
    pub account: AdAccountId,
    pub currency: Currency,
    pub budget: Result<Budget, BudgetGap>,
    pub past: PastMonths,
    account_name: String,
    spender: Spender,
    course: Course,
    /// The days of the month on which it runs; `None` when it does not.
    runs: Option<DateRange>,
    /// What is left of a budget for the whole life: it cannot spend more.
    rest: Option<Micros>,
}

impl Line {
    pub fn new(
        spender: Spender,
        account: &Account,
        course: Course,
        budget: Result<Budget, BudgetGap>,
        month: DateRange,
    ) -> Self {
        let runs = running(&spender, account, month).filter(|_| spender.runs());
        let spent: Micros = course.days().iter().map(|(_, spend)| *spend).sum();
        let rest = spender
            .lifetime_budget
            .map(|all| Micros((all - spent).0.max(0)));
        Self {
            id: spender.id,
            account: account.id,
            currency: account.currency,
            past: course.past(month),
            account_name: account.name.clone(),
            runs,
            rest,
            spender,
            course,
            budget,
        }
    }

    /// The days after the last known one on which it runs.
    fn left(&self) -> Option<DateRange> {
        let runs = self.runs?;
        let next = self.course.known_until()?.succ_opt()?;
        DateRange::new(next.max(runs.from), runs.to).ok()
    }

    pub fn row(&self, month: DateRange) -> PaceRow {
        PaceRow {
            id: self.id,
            external_id: self.spender.external_id.clone(),
            name: self.spender.name.clone(),
            status: Some(self.spender.status.clone()),
            deleted: self.spender.deleted,
            account: self.account,
            account_name: self.account_name.clone(),
            pace: together(&[self], month),
            past: self.past,
        }
    }
}

/// The pace of some lines of one currency as one.
pub(super) fn together(lines: &[&Line], month: DateRange) -> Pace {
    let currency = lines.first().map_or(Currency::NONE, |line| line.currency);
    let spent: Micros = lines.iter().map(|line| line.course.spent(month)).sum();
    let known_until = lines
        .iter()
        .filter_map(|line| line.course.known_until())
        .min();
    let days_left = lines
        .iter()
        .filter_map(|line| line.left())
        .map(|left| left.days())
        .max();
    let days_left = days_left
        .and_then(|days| u32::try_from(days).ok())
        .unwrap_or(0);
    let budget = match lines {
        [line] => line.budget,
        _ => budget::sum(lines.iter().map(|line| line.budget)),
    };
    let all = history(lines);
    let end = ending(lines, month, spent, currency);
    let target = budget
        .ok()
        .map(|budget| budget.month)
        .filter(|target| *target > Micros::ZERO);
    let needed_per_day = target.filter(|_| days_left > 0).map(|target| {
        let rest = Micros((target - spent).0.max(0));
        part(rest, 1, i64::from(days_left), currency)
    });
    let verdict = end.ok().zip(target).map(|(end, target)| {
        let end = Outlook {
            expected: float(end.expected),
            low: float(end.low),
            high: float(end.high),
        };
        verdict(end, float(target))
    });
    Pace {
        known_until,
        spent,
        recent_per_day: money(all.as_ref().map_or(0.0, History::recent), currency),
        days_left,
        budget,
        pace_percent: target.and_then(|target| {
            let planned = planned(lines, month, target, all.as_ref()?, currency)?;
            percent(spent.0, planned.0, 1)
        }),
        needed_per_day,
        end,
        verdict,
    }
}

/// What was spent by all of them together, up to the last day that is known of each.
fn history(lines: &[&Line]) -> Option<History> {
    if let [line] = lines {
        return line.course.history();
    }
    let known = lines
        .iter()
        .filter_map(|line| line.course.known_until())
        .min()?;
    let mut days: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    for line in lines {
        for (day, spend) in line.course.days().iter().filter(|(day, _)| *day <= known) {
            *days.entry(*day).or_default() += float(*spend);
        }
    }
    Some(History::until(known, days.into_values()))
}

/// What would have been spent by the last known day, had the budget been spent as the weekdays of
/// the lines are.
fn planned(
    lines: &[&Line],
    month: DateRange,
    target: Micros,
    all: &History,
    currency: Currency,
) -> Option<Micros> {
    let runs = lines.iter().filter_map(|line| line.runs);
    let runs = runs.reduce(|a, b| DateRange {
        from: a.from.min(b.from),
        to: a.to.max(b.to),
    })?;
    let known = all.last();
    if known < month.from || all.is_empty() {
        return None;
    }
    let weekdays = Weekdays::learn(all);
    let share = |until: NaiveDate| -> f64 {
        let days = runs.iter().take_while(|day| *day <= until);
        days.map(|day| weekdays.of(day)).sum()
    };
    let whole = share(runs.to);
    (whole > 0.0).then(|| money(float(target) * share(known) / whole, currency))
}

/// Where the month of all of them together will end. What ends on the same day is looked at as
/// one: it is steadier than its parts.
fn ending(
    lines: &[&Line],
    month: DateRange,
    spent: Micros,
    currency: Currency,
) -> Result<Ending, EndingGap> {
    let mut parts: BTreeMap<(NaiveDate, NaiveDate, NaiveDate), Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.runs.is_some()) {
        // Of the day before a month begins nothing is missing, before that something is.
        let known = line.course.known_until().ok_or(EndingGap::NotSynced)?;
        if known.succ_opt().is_none_or(|next| next < month.from) {
            return Err(EndingGap::NotSynced);
        }
        if let Some(left) = line.left() {
            parts
                .entry((known, left.from, left.to))
                .or_default()
                .push(line);
        }
    }
    let mut ahead = Outlook::NOTHING;
    for ((_, from, to), part) in parts {
        let part_history = history(&part).unwrap_or_else(|| History::until(from, []));
        let days = u32::try_from((to - from).num_days() + 1).unwrap_or(0);
        let found = outlook(&part_history, days).ok_or(EndingGap::TooYoung(part_history.len()))?;
        ahead = ahead.and(found);
    }
    if let [line] = lines {
        if let Some(rest) = line.rest.map(float) {
            ahead = Outlook {
                expected: ahead.expected.min(rest),
                low: ahead.low.min(rest),
                high: ahead.high.min(rest),
            };
        }
    } else if let Some(sum) = sum_of_expected(lines, month, currency) {
        // The rows add up to the total; how sure that is, is told by all of them together.
        let scale = if ahead.expected > 0.0 {
            sum / ahead.expected
        } else {
            1.0
        };
        ahead = Outlook {
            expected: sum,
            low: ahead.low * scale,
            high: ahead.high * scale,
        };
    }
    let end = |ahead: f64| spent + money(ahead, currency);
    Ok(Ending {
        expected: end(ahead.expected),
        low: end(ahead.low),
        high: end(ahead.high),
    })
}

/// What the rows of these lines are expected to spend still. `None` when one of them does not say.
fn sum_of_expected(lines: &[&Line], month: DateRange, currency: Currency) -> Option<f64> {
    lines
        .iter()
        .map(|line| ending(&[line], month, Micros::ZERO, currency))
        .try_fold(0.0, |sum, end| Some(sum + float(end.ok()?.expected)))
}
