use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::float::from_count;

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()
}

/// Days that spend what is given and bring in `response` of it.
fn days(spends: &[f64], response: impl Fn(usize, f64) -> f64) -> Vec<Spent> {
    let days = first().iter_days().zip(spends.iter().enumerate());
    days.map(|(day, (at, spend))| {
        let outcome = response(at, *spend);
        Spent {
            day,
            spend: *spend,
            outcome,
            events: outcome,
        }
    })
    .collect()
}

/// Budgets between 20 and 60 that change every ten days.
fn budgets(count: usize) -> Vec<f64> {
    (0..count)
        .map(|at| 20.0 + from_count(at / 10 * 7 % 5) * 10.0 + from_count(at % 3))
        .collect()
}

fn alone(days: &[Spent]) -> Response {
    let learned = learn(days).unwrap();
    pooled(&[&learned]).remove(0)
}

fn tomorrow(days: &[Spent]) -> NaiveDate {
    days.last().unwrap().day.succ_opt().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn more_spend_never_brings_less_and_each_coin_less_than_the_one_before(
        spends in prop::collection::vec(5.0_f64..50.0, 60..90),
        outcomes in prop::collection::vec(0_u32..12, 90),
        ahead in 1_usize..28,
    ) {
        let days = days(&spends, |at, _| f64::from(outcomes[at]));
        prop_assume!(learn(&days).is_ok());
        let response = alone(&days);
        let (low, high) = response.range();
        let said: Vec<_> = (0..12)
            .map(|at| low + (high - low) * from_count(at) / 11.0)
            .map(|daily| response.at(daily, tomorrow(&days), ahead))
            .collect();
        for pair in said.windows(2) {
            prop_assert!(pair[1].expected >= pair[0].expected, "{pair:?}");
            prop_assert!(pair[0].low <= pair[0].high, "{pair:?}");
        }
        for three in said.windows(3) {
            let (before, after) = (
                three[1].expected - three[0].expected,
                three[2].expected - three[1].expected,
            );
            prop_assert!(after <= before * (1.0 + 1e-9), "{three:?}");
        }
    }

    #[test]
    fn nothing_moved_changes_nothing_and_what_is_given_and_taken_again_neither(
        outcomes in prop::collection::vec(0_u32..20, 80),
        part in 0.0_f64..1.0,
    ) {
        let days = days(&budgets(80), |at, _| f64::from(outcomes[at]));
        prop_assume!(learn(&days).is_ok());
        let response = alone(&days);
        let (low, high) = response.range();
        let (was, is) = (low + (high - low) * part, high);
        let next = tomorrow(&days);
        let still = response.change(was, was, next, 14);
        let none = moved(&still, &still);
        prop_assert_eq!(none.change, crate::Outlook::NOTHING);
        prop_assert!(none.better.abs() < 1e-12);
        let (up, down) = (
            response.change(was, is, next, 14).outlook(),
            response.change(is, was, next, 14).outlook(),
        );
        prop_assert!((up.expected + down.expected).abs() <= 1e-9 * up.expected.abs().max(1.0));
        prop_assert!(up.low >= 0.0 && down.high <= 0.0, "{up:?} {down:?}");
    }
}

#[test]
fn nothing_is_said_outside_of_what_nine_days_of_ten_spent() {
    // Two odd days are not what it is used to.
    let mut spends = budgets(100);
    spends[50] = 1.0;
    spends[51] = 500.0;
    let days = days(&spends, |_, spend| spend / 4.0);
    let response = alone(&days);
    let (low, high) = response.range();
    assert!(low >= 20.0 && high <= 63.0, "{low} {high}");
    assert!(response.observed(low) && response.observed(high));
    assert!(!response.observed(low - 0.01) && !response.observed(high + 0.01));
    assert!(!response.observed(f64::NAN));
}

#[test]
fn days_that_tell_nothing_are_refused_with_the_reason() {
    let few = days(&budgets(LEAST_SPENT_DAYS - 1), |_, _| 9.0);
    assert_eq!(learn(&few).unwrap_err(), Unready::FewDays(41));
    let enough = days(&budgets(LEAST_SPENT_DAYS), |_, _| 9.0);
    assert!(learn(&enough).is_ok());
    let flat = days(&[30.0; 90], |_, _| 9.0);
    assert_eq!(learn(&flat).unwrap_err(), Unready::HardlyVaried(30.0, 30.0));
    let idle = days(&budgets(90), |at, _| if at < 29 { 1.0 } else { 0.0 });
    assert_eq!(learn(&idle).unwrap_err(), Unready::FewEvents(29.0));
    // Days without spend are none.
    let mut gaps = budgets(90);
    gaps.iter_mut().step_by(2).for_each(|spend| *spend = 0.0);
    assert!(learn(&days(&gaps, |_, _| 9.0)).is_ok());
    gaps.truncate(80);
    assert_eq!(
        learn(&days(&gaps, |_, _| 9.0)).unwrap_err(),
        Unready::FewDays(40)
    );
}

#[test]
fn campaigns_draw_each_other_and_their_own_days_count_more() {
    // Proportional, and hardly any response at all.
    let steep = days(&budgets(150), |_, spend| spend);
    let flat = days(&budgets(150), |_, spend| 30.0 * (spend / 40.0).powf(0.1));
    let (steep, flat) = (learn(&steep).unwrap(), learn(&flat).unwrap());
    let alone = [&steep, &flat].map(|learned| pooled(&[learned])[0].elasticity());
    assert!(alone[0] > 0.8 && alone[1] < 0.35, "{alone:?}");
    // One that tells little goes where the others are.
    let little = days(&budgets(45), |at, _| f64::from(u8::from(at % 4 != 0)));
    let little = learn(&little).unwrap();
    let beside = |other: &Learned| pooled(&[&little, other, other, other])[0].elasticity();
    assert!(
        beside(&steep) > beside(&flat) + 0.1,
        "{} {}",
        beside(&steep),
        beside(&flat)
    );
}

#[test]
fn a_week_of_the_past_knows_only_what_was_before() {
    let mut days = days(&budgets(120), |_, spend| spend / 4.0);
    let honest = past_weeks(&days, &[]);
    assert!(honest.len() >= 8, "{honest:?}");
    assert!(honest.iter().all(PastWeek::held), "{honest:?}");
    // What comes after a week does not change what was said of it.
    let last = days.len() - 7;
    for day in &mut days[last..] {
        day.outcome *= 3.0;
    }
    let (later, end) = (past_weeks(&days, &[]), honest.len() - 1);
    assert_eq!(later[..end], honest[..end]);
    assert_eq!(later[end].said, honest[end].said);
    assert!(!later[end].held());
}
