use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn without_flags_it_is_the_last_thirty_days() {
    let range = PeriodArgs {
        from: None,
        to: None,
        last: None,
    }
    .range(day("2026-03-31"))
    .unwrap();
    assert_eq!(
        (range.from, range.to),
        (day("2026-03-02"), day("2026-03-31"))
    );
    assert_eq!(range.days(), 30);
}

#[test]
fn one_flag_gives_the_other() {
    let today = day("2026-03-31");
    let until = PeriodArgs {
        from: None,
        to: Some(day("2026-01-30")),
        last: None,
    }
    .range(today)
    .unwrap();
    assert_eq!(until.from, day("2026-01-01"));
    let since = PeriodArgs {
        from: Some(day("2026-01-01")),
        to: None,
        last: None,
    }
    .range(today)
    .unwrap();
    assert_eq!(since.to, today);
}

#[test]
fn a_period_that_ends_before_it_begins_is_wrong_usage() {
    let args = PeriodArgs {
        from: Some(day("2026-03-31")),
        to: Some(day("2026-03-01")),
        last: None,
    };
    let failure = args.range(day("2026-03-31")).unwrap_err();
    assert!(matches!(failure, Failure::Usage { .. }), "{failure:?}");
}
