//! Of which packed values a period is made.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use rumbo_base::DateRange;

/// The days of a month up to which its days are added up, beside its last: none of a month is further
/// than three days from one.
const UP_TO: [u32; 4] = [6, 12, 18, 24];

/// The days of a month up to which its days are added up.
pub(super) fn ends(month: DateRange) -> Vec<NaiveDate> {
    let within = UP_TO.into_iter().filter_map(|day| month.from.with_day(day));
    within.chain([month.to]).collect()
}

/// How a period of an account is put together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Days up to which the sums of their month are added, or with −1 taken away.
    pub sums: Vec<(NaiveDate, i64)>,
    /// Days that are added, or with −1 taken away.
    pub days: Vec<(DateRange, i64)>,
}

impl Plan {
    /// No sum is taken that has one of the `unfit` days in it, and none of these is taken away: where
    /// the days before a period have one, it is made of its days, which are fewer.
    pub fn of(range: DateRange, unfit: &BTreeSet<NaiveDate>) -> Self {
        let mut plan = Self::default();
        for part in range.by_month() {
            let month = DateRange::month_of(part.from);
            let first_unfit = unfit.range(month.from..=month.to).next();
            let fit = |end: &NaiveDate| first_unfit.is_none_or(|unfit| end < unfit);
            let mut sums = Self::default();
            sums.take(month, part.to, 1, fit);
            if let Some(before) = part.from.pred_opt().filter(|day| *day >= month.from) {
                sums.take(month, before, -1, fit);
            }
            if sums.values() < part.days() {
                plan.sums.append(&mut sums.sums);
                plan.days.append(&mut sums.days);
            } else {
                plan.days.push((part, 1));
            }
        }
        plan
    }

    /// Nothing but days.
    pub fn by_day(range: DateRange) -> Self {
        Self {
            sums: Vec::new(),
            days: vec![(range, 1)],
        }
    }

    /// Adds all days of a month up to one, or with −1 takes them away.
    fn take(
        &mut self,
        month: DateRange,
        day: NaiveDate,
        sign: i64,
        fit: impl Fn(&NaiveDate) -> bool,
    ) {
        let far = |end: &NaiveDate| (*end - day).num_days().abs();
        let nearest = ends(month).into_iter().filter(fit).min_by_key(far);
        let nearest = nearest.filter(|end| far(end) < (day - month.from).num_days());
        if let Some(end) = nearest {
            self.sums.push((end, sign));
        }
        let (from, to, sign) = match nearest {
            None => (Some(month.from), Some(day), sign),
            Some(end) if end <= day => (end.succ_opt(), Some(day), sign),
            Some(end) => (day.succ_opt(), Some(end), -sign),
        };
        if let (Some(from), Some(to)) = (from, to)
            && from <= to
        {
            self.days.push((DateRange { from, to }, sign));
        }
    }

    /// How many values it takes.
    pub fn values(&self) -> i64 {
        let days: i64 = self.days.iter().map(|(days, _)| days.days()).sum();
        i64::try_from(self.sums.len()).unwrap_or(i64::MAX) + days
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn range(from: &str, to: &str) -> DateRange {
        DateRange {
            from: day(from),
            to: day(to),
        }
    }

    /// How often each day is in what is planned.
    fn counted(plan: &Plan) -> BTreeMap<NaiveDate, i64> {
        let mut counted = BTreeMap::new();
        let sums = plan.sums.iter().map(|(end, sign)| {
            let (from, to) = (DateRange::month_of(*end).from, *end);
            (DateRange { from, to }, *sign)
        });
        for (range, sign) in sums.chain(plan.days.iter().copied()) {
            for day in range.from.iter_days().take_while(|day| *day <= range.to) {
                *counted.entry(day).or_default() += sign;
            }
        }
        counted.retain(|_, count| *count != 0);
        counted
    }

    #[test]
    fn every_period_is_made_of_each_of_its_days_once_and_of_few_values() {
        let none = BTreeSet::new();
        let first = day("2024-01-30");
        for from in first.iter_days().take(64) {
            for to in from.iter_days().take(100) {
                let plan = Plan::of(DateRange { from, to }, &none);
                let days = from.iter_days().take_while(|day| *day <= to);
                let expected = days.map(|day| (day, 1)).collect();
                assert_eq!(counted(&plan), expected, "{from} to {to}: {plan:?}");
                let months = i64::try_from(DateRange { from, to }.by_month().count()).unwrap();
                assert!(plan.values() <= months + 8, "{from} to {to}: {plan:?}");
            }
        }
        let whole = Plan::of(range("2026-10-01", "2026-10-31"), &none);
        assert_eq!((whole.sums.len(), whole.days.len()), (1, 0));
    }

    #[test]
    fn of_a_month_with_unfit_days_the_sums_before_them_are_taken() {
        let asked = range("2026-10-01", "2026-11-30");
        let plan = Plan::of(asked, &BTreeSet::from([day("2026-10-31")]));
        assert_eq!(plan.sums, [(day("2026-10-24"), 1), (day("2026-11-30"), 1)]);
        assert_eq!(plan.days, [(range("2026-10-25", "2026-10-31"), 1)]);
        let plan = Plan::of(asked, &BTreeSet::from([day("2026-10-03")]));
        assert_eq!(plan.sums, [(day("2026-11-30"), 1)]);
        assert_eq!(plan.days, [(range("2026-10-01", "2026-10-31"), 1)]);
    }

    #[test]
    fn unfit_days_are_added_once_and_in_no_sum() {
        let first = day("2024-01-30");
        let unfit: Vec<NaiveDate> = first.iter_days().take(100).collect();
        for (nth, from) in first.iter_days().take(64).enumerate() {
            for to in from.iter_days().take(70) {
                // Some single ones, and some days to the end.
                let single = unfit.iter().skip(nth % 7).step_by(23 + nth % 5);
                let last = unfit.iter().skip(40 + nth % 30);
                let unfit: BTreeSet<NaiveDate> = match nth % 3 {
                    0 => single.copied().collect(),
                    1 => last.copied().collect(),
                    _ => single.chain(last).copied().collect(),
                };
                let plan = Plan::of(DateRange { from, to }, &unfit);
                let days = from.iter_days().take_while(|day| *day <= to);
                let expected = days.map(|day| (day, 1)).collect();
                assert_eq!(counted(&plan), expected, "{from} to {to}: {plan:?}");
                for (end, _) in &plan.sums {
                    let month = DateRange::month_of(*end);
                    assert!(unfit.range(month.from..=*end).next().is_none(), "{plan:?}");
                }
                for (days, sign) in &plan.days {
                    let has = unfit.range(days.from..=days.to).next().is_some();
                    assert!(*sign > 0 || !has, "{plan:?}");
                }
            }
        }
    }
}
