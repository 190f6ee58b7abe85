use chrono::NaiveDate;

use super::{assert_close, cdnow};
use crate::lifetime::summary::periods_bought;
use crate::lifetime::{Customer, Grain, Purchase, summarise};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn bought(day_text: &str, amount_micros: i64) -> Purchase {
    Purchase {
        day: day(day_text),
        amount_micros,
    }
}

/// Every one of the 2,357 published summaries, which are rounded to two decimals.
#[test]
fn the_orders_of_cdnow_give_its_published_summary() {
    let published = cdnow::customers();
    for (history, expected) in cdnow::histories().iter().zip(&published) {
        let found = summarise(history, cdnow::split(), Grain::DaysInWeeks)
            .unwrap()
            .unwrap();
        assert_eq!(found.frequency(), expected.frequency());
        assert!((found.recency() - expected.recency()).abs() < 0.0051);
        assert!((found.age() - expected.age()).abs() < 0.0051);
        assert!((found.monetary() - expected.monetary()).abs() < 0.0051);
    }
}

#[test]
fn purchases_of_one_day_count_once() {
    let purchases = [
        bought("2026-03-02", 10_000_000),
        bought("2026-03-20", 30_000_000),
        bought("2026-03-02", 5_000_000),
        bought("2026-03-20", 2_500_000),
        bought("2026-03-04", 7_000_000),
    ];
    let found = summarise(&purchases, day("2026-03-31"), Grain::Days).unwrap();
    assert_eq!(found, Some(Customer::new(2, 18.0, 29.0, 19.75).unwrap()));
    let found = summarise(&purchases, day("2026-03-31"), Grain::DaysInWeeks).unwrap();
    assert_eq!(
        found,
        Some(Customer::new(2, 18.0 / 7.0, 29.0 / 7.0, 19.75).unwrap())
    );
}

/// 2 March 2026 is a Monday.
#[test]
fn weeks_run_from_monday_to_sunday() {
    let purchases = [
        bought("2026-03-02", 10_000_000),
        bought("2026-03-08", 5_000_000),
        bought("2026-03-09", 7_000_000),
        bought("2026-03-22", 3_000_000),
    ];
    let found = summarise(&purchases, day("2026-03-29"), Grain::Weeks).unwrap();
    assert_eq!(found, Some(Customer::new(2, 2.0, 3.0, 5.0).unwrap()));
    let before_1970 = [bought("1969-12-28", 1), bought("1969-12-29", 1)];
    let found = summarise(&before_1970, day("1970-01-04"), Grain::Weeks).unwrap();
    assert_eq!(found.unwrap().frequency(), 1);
}

#[test]
fn what_comes_after_the_end_is_left_out() {
    let purchases = [
        bought("2026-03-02", 1_000_000),
        bought("2026-03-10", 2_000_000),
    ];
    let found = summarise(&purchases, day("2026-03-09"), Grain::Days).unwrap();
    assert_eq!(found, Some(Customer::new(0, 0.0, 7.0, 0.0).unwrap()));
    let found = summarise(&purchases, day("2026-03-02"), Grain::Days).unwrap();
    assert_eq!(found, Some(Customer::newcomer()));
    assert_eq!(
        summarise(&purchases, day("2026-03-01"), Grain::Days),
        Ok(None)
    );
    assert_eq!(summarise(&[], day("2026-03-01"), Grain::Days), Ok(None));
}

#[test]
fn money_is_exact_to_the_millionth_and_does_not_overflow() {
    let least = [bought("2026-03-02", 0), bought("2026-03-03", 1)];
    let found = summarise(&least, day("2026-03-03"), Grain::Days)
        .unwrap()
        .unwrap();
    assert_close(found.monetary(), 1e-6, 1e-15);
    let most = [
        bought("2026-03-02", i64::MAX),
        bought("2026-03-03", i64::MAX),
        bought("2026-03-03", i64::MAX),
    ];
    let found = summarise(&most, day("2026-03-03"), Grain::Days)
        .unwrap()
        .unwrap();
    assert_close(found.monetary(), 18_446_744_073_709.55, 1e-15);
    let refunded = [bought("2026-03-02", 5), bought("2026-03-03", -4_000_000)];
    let found = summarise(&refunded, day("2026-03-03"), Grain::Days)
        .unwrap()
        .unwrap();
    assert_close(found.monetary(), -4.0, 0.0);
}

#[test]
fn a_day_that_is_surely_wrong_is_refused() {
    let purchases = [bought("0001-01-01", 1), bought("2026-03-02", 1)];
    let fault = summarise(&purchases, day("2026-03-03"), Grain::Days).unwrap_err();
    assert_eq!(fault.what, "age");
}

#[test]
fn periods_of_the_split_do_not_count_after_it() {
    let purchases = [
        bought("2026-03-04", 1),
        bought("2026-03-06", 1),
        bought("2026-03-10", 1),
        bought("2026-03-11", 1),
        bought("2026-04-01", 1),
    ];
    let count = |grain| periods_bought(&purchases, day("2026-03-04"), day("2026-03-31"), grain);
    assert_eq!(count(Grain::Days), 3);
    assert_eq!(count(Grain::Weeks), 1);
}
