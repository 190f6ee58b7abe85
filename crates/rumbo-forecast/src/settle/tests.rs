use chrono::{Days, NaiveDate};

use super::{SettleCurve, SettledDay, Settling, completeness, ordered};
use crate::backtest::chance::Chance;
use crate::float::from_count;

const AGES: [u32; 6] = [1, 2, 3, 7, 14, 28];
const SETTLED_AT: u32 = 29;

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).unwrap()
}

fn after(days: u64) -> NaiveDate {
    first() + Days::new(days)
}

/// So many days of `volume` each, of which `known` says the part that is seen at each age.
fn days(count: u64, volume: f64, mut known: impl FnMut(u64, u32) -> f64) -> Vec<SettledDay> {
    (0..count)
        .map(|nth| SettledDay {
            day: after(nth),
            seen: AGES
                .iter()
                .map(|age| Some((volume * known(nth, *age)).round()))
                .collect(),
            settled: volume,
        })
        .collect()
}

fn curve(own: &[SettledDay], others: &[SettledDay], least: f64) -> SettleCurve {
    let last = own.iter().chain(others).map(|day| day.day).max().unwrap();
    let settling = Settling {
        ages: &AGES,
        settled_at: SETTLED_AT,
        own,
        others,
        least,
    };
    settling.curve(last + Days::new(u64::from(SETTLED_AT)))
}

/// A lag that is known: half of what is missing comes every three days.
fn lag(age: u32) -> f64 {
    1.0 - 0.5 * 0.5_f64.powf(f64::from(age) / 3.0)
}

#[test]
fn a_known_lag_is_learned_with_how_sure_it_is() {
    let mut chance = Chance(11);
    let own = days(140, 1000.0, |_, age| {
        (lag(age) * (0.02 * chance.normal()).exp()).min(1.0)
    });
    let learned = curve(&own, &[], 5.0);
    for age in AGES {
        let at = learned.at(age).unwrap();
        assert!((at.median - lag(age)).abs() < 0.02, "{age} {at:?}");
        assert!(at.low <= at.median && at.median <= at.high, "{at:?}");
        assert_eq!(at.days, 56);
    }
    assert!(learned.held.holds(), "{:?}", learned.held);
    assert!(learned.settled_from().is_none_or(|age| age >= 14));
    // Between two ages: on the line.
    let between = learned.at(5).unwrap();
    assert!(between.median > lag(3) - 0.02 && between.median < lag(7) + 0.02);
    assert!(learned.at(0).is_none() && learned.at(30).is_none());
}

#[test]
fn what_is_never_restated_has_settled_at_once() {
    let learned = curve(&days(60, 40.0, |_, _| 1.0), &[], 5.0);
    assert_eq!(learned.settled_from(), Some(1));
    // Nothing was to come, so that there was nothing to hold.
    assert_eq!(learned.held.tried, 0);
    assert!(!learned.held.holds() && learned.held.part().is_none());
}

#[test]
fn too_few_days_and_too_small_figures_say_nothing() {
    let few = curve(&days(13, 40.0, |_, age| lag(age)), &[], 5.0);
    assert!(!few.is_known() && few.settled_from().is_none());
    assert!(curve(&days(14, 40.0, |_, age| lag(age)), &[], 5.0).is_known());
    let small = curve(&days(100, 4.0, |_, age| lag(age)), &[], 5.0);
    assert!(!small.is_known());
    let unseen: Vec<SettledDay> = days(100, 40.0, |_, _| 1.0)
        .into_iter()
        .map(|day| SettledDay {
            seen: vec![None; AGES.len()],
            ..day
        })
        .collect();
    assert!(!curve(&unseen, &[], 5.0).is_known());
}

#[test]
fn a_new_account_takes_after_the_others_until_it_has_days_of_its_own() {
    let others = days(100, 400.0, |_, age| lag(age));
    let of_own = |count: u64| {
        let own: Vec<SettledDay> =
            days(100, 400.0, |_, _| 1.0).split_off(usize::try_from(100 - count).unwrap());
        curve(&own, &others, 5.0).at(1).unwrap()
    };
    assert!((of_own(0).median - lag(1)).abs() < 0.01);
    assert_eq!(of_own(0).days, 0);
    // Its own days have the majority, and the others still widen the interval.
    assert!((of_own(20).median - 1.0).abs() < 1e-9);
    assert!(of_own(20).low < 0.7);
    assert_eq!(of_own(20).days, 20);
}

#[test]
fn what_was_overstated_falls_to_what_it_is() {
    let over = |age: u32| 1.0 + 0.1 * 0.5_f64.powi(i32::try_from(age).unwrap());
    let learned = curve(&days(100, 100_000.0, |_, age| over(age)), &[], 0.0);
    let medians: Vec<f64> = AGES
        .iter()
        .map(|age| learned.at(*age).unwrap().median)
        .collect();
    assert!(medians.is_sorted_by(|a, b| a >= b), "{medians:?}");
    assert!((medians[0] - 1.05).abs() < 1e-3);
    // A figure that was taken back altogether is no division by zero.
    let gone: Vec<SettledDay> = days(60, 50.0, |_, _| 1.0)
        .into_iter()
        .map(|day| SettledDay {
            settled: 0.0,
            ..day
        })
        .collect();
    assert!(curve(&gone, &[], 5.0).at(1).unwrap().median.is_finite());
}

/// Whatever was seen: the ends enclose the middle, and nothing gets less sure with age.
#[test]
fn curves_are_in_order_whatever_was_seen() {
    let mut chance = Chance(3);
    for _ in 0..200 {
        let count = 20.0 + (chance.next() * 60.0).round();
        let spread = chance.next();
        let bias = chance.next() - 0.4;
        let own = days(80, 200.0, |nth, _| {
            if f64::from(u32::try_from(nth).unwrap()) > count {
                return 1.0;
            }
            (bias + spread * chance.normal()).exp()
        });
        let learned = curve(&own, &[], 5.0);
        let known: Vec<_> = learned.ages.iter().filter_map(|(_, at)| *at).collect();
        for at in &known {
            assert!(
                0.0 < at.low && at.low <= at.median && at.median <= at.high,
                "{at:?}"
            );
        }
        for pair in known.windows(2) {
            let (younger, older) = (pair[0], pair[1]);
            if younger.low < 1.0 && older.low < 1.0 {
                assert!(younger.low <= older.low, "{known:?}");
            }
            if younger.high > 1.0 && older.high > 1.0 {
                assert!(younger.high >= older.high, "{known:?}");
            }
            if younger.high < 1.0 && older.high < 1.0 {
                assert!(younger.high <= older.high, "{known:?}");
            }
        }
        // Put in order once, they are in order.
        let again = ordered(learned.ages.iter().map(|(_, at)| *at).collect());
        let same = learned.ages.iter().map(|(_, at)| *at);
        assert_eq!(again, same.collect::<Vec<_>>());
    }
}

#[test]
fn ends_are_order_statistics() {
    let parts: Vec<f64> = (1..=59_usize).map(from_count).collect();
    let of = completeness(&parts, &[]).unwrap();
    // A twentieth of 59 and the one to come is three.
    assert!((of.low - 3.0).abs() < 1e-9 && (of.high - 57.0).abs() < 1e-9);
    assert!((of.median - 30.0).abs() < 1e-9, "{of:?}");
    let others: Vec<f64> = parts.iter().map(|part| part + 1000.0).collect();
    let mixed = completeness(&parts, &others).unwrap();
    assert!(mixed.high > 1000.0 && mixed.median < 60.0);
    assert_eq!(mixed.days, 59);
}
