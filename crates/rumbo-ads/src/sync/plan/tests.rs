use chrono::{DateTime, Utc};
use rumbo_base::{DateRange, TimeZone};

use super::{halves, horizon, needed, take_recent};
use crate::sync::slices::SliceRow;
use crate::testing::range;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn read(since: &str, until: &str, when: &str) -> SliceRow {
    SliceRow {
        since: since.parse().unwrap(),
        until: until.parse().unwrap(),
        state: "done".to_owned(),
        run: 1,
        rows: 0,
        confirmed_at: Some(at(when)),
    }
}

#[test]
fn the_first_sync_goes_as_far_as_meta_and_not_over_its_edge() {
    let now = at("2026-11-21T12:00:00Z");
    let days = horizon(TimeZone::UTC, now, None, &[]).unwrap();
    assert_eq!(days, range("2023-10-23", "2026-11-21"));
    // A `since` beyond it is asked of Meta, one in the future refused.
    assert_eq!(
        horizon(TimeZone::UTC, now, Some("2020-12-01".parse().unwrap()), &[]).unwrap(),
        range("2020-12-01", "2026-11-21")
    );
    let error = horizon(TimeZone::UTC, now, Some("2026-12-24".parse().unwrap()), &[]).unwrap_err();
    assert_eq!(error.field_name(), Some("since"));
}

#[test]
fn today_is_the_accounts_today() {
    let now = at("2026-11-21T01:30:00Z");
    let since = Some("2026-11-01".parse().unwrap());
    let to = |zone: &str| {
        horizon(zone.parse().unwrap(), now, since, &[])
            .unwrap()
            .to
            .to_string()
    };
    assert_eq!(to("America/Sao_Paulo"), "2026-11-20");
    assert_eq!(to("Pacific/Auckland"), "2026-11-21");
    // The change of clocks in New York: 04:30 UTC is still the day before in summer time only.
    let horizon_at = |at_: &str| {
        horizon("America/New_York".parse().unwrap(), at(at_), since, &[])
            .unwrap()
            .to
            .to_string()
    };
    assert_eq!(horizon_at("2026-11-01T03:59:00Z"), "2026-10-31");
    assert_eq!(horizon_at("2026-11-02T04:30:00Z"), "2026-11-01");
    assert_eq!(horizon_at("2026-11-02T05:00:00Z"), "2026-11-02");
    // In March it ends an hour early: 8 March 2026 has 23 hours.
    let from = |at_: &str| {
        horizon("America/New_York".parse().unwrap(), at(at_), None, &[])
            .unwrap()
            .to
            .to_string()
    };
    assert_eq!(from("2026-03-08T04:59:00Z"), "2026-03-07");
    assert_eq!(from("2026-03-08T05:00:00Z"), "2026-03-08");
    assert_eq!(from("2026-03-09T03:59:00Z"), "2026-03-08");
    assert_eq!(from("2026-03-09T04:00:00Z"), "2026-03-09");
}

#[test]
fn later_syncs_read_the_restatement_window_and_what_never_settled() {
    let zone = TimeZone::UTC;
    let stored = [
        // Settled when it was read.
        read("2026-08-01", "2026-09-10", "2026-10-20T00:00:00Z"),
        // Read while Meta still restated its last days.
        read("2026-09-11", "2026-10-10", "2026-10-20T00:00:00Z"),
    ];
    let now = at("2026-11-21T12:00:00Z");
    let days = horizon(zone, now, None, &stored).unwrap();
    assert_eq!(days.from.to_string(), "2026-08-01");
    let ranges = needed(days, zone, now, &stored, 2, None);
    assert_eq!(ranges, [range("2026-09-22", "2026-11-21")]);
    // Everything settled but the window.
    let stored = [read("2026-08-01", "2026-11-20", "2026-11-20T00:00:00Z")];
    assert_eq!(
        needed(days, zone, now, &stored, 2, None),
        [range("2026-10-23", "2026-11-21")]
    );
    // What an unfinished run has read since it began is not read again.
    let stored = [
        read("2026-08-01", "2026-11-10", "2026-11-20T00:00:00Z"),
        SliceRow {
            run: 2,
            ..read("2026-11-11", "2026-11-21", "2026-11-21T11:00:00Z")
        },
    ];
    assert_eq!(
        needed(days, zone, now, &stored, 2, None),
        [range("2026-10-23", "2026-11-10")]
    );
    assert_eq!(
        needed(days, zone, now, &stored, 2, Some(chrono::NaiveDate::MIN)),
        [range("2026-08-01", "2026-11-10")]
    );
    // From a day on everything again.
    assert_eq!(
        needed(
            days,
            zone,
            now,
            &stored,
            2,
            Some(range("2026-09-05", "2026-09-05").from)
        ),
        [range("2026-09-05", "2026-11-10")]
    );
    // A read of tomorrow is none.
    let stored = [read("2026-08-01", "2026-11-20", "2026-11-22T00:00:00Z")];
    assert_eq!(needed(days, zone, now, &stored, 2, None), [days]);
}

#[test]
fn ranges_are_cut_from_the_most_recent_end() {
    let mut ranges = vec![
        range("2026-11-10", "2026-11-21"),
        range("2026-01-01", "2026-01-02"),
    ];
    assert_eq!(
        take_recent(&mut ranges, 7),
        Some(range("2026-11-15", "2026-11-21"))
    );
    assert_eq!(
        take_recent(&mut ranges, 7),
        Some(range("2026-11-10", "2026-11-14"))
    );
    assert_eq!(
        take_recent(&mut ranges, 1),
        Some(range("2026-01-02", "2026-01-02"))
    );
    assert_eq!(
        take_recent(&mut ranges, 9),
        Some(range("2026-01-01", "2026-01-01"))
    );
    assert_eq!(take_recent(&mut ranges, 9), None);
    let whole: DateRange = range("2026-01-01", "2026-01-05");
    let [late, early] = halves(whole).unwrap();
    assert_eq!(
        (early, late),
        (
            range("2026-01-01", "2026-01-02"),
            range("2026-01-03", "2026-01-05")
        )
    );
    assert!(halves(range("2026-01-01", "2026-01-01")).is_none());
}
