use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn board(headers: &[(&str, &str)], object: Option<&str>) -> Usage {
    let usage = Usage::default();
    let headers: BTreeMap<&str, &str> = headers.iter().copied().collect();
    usage.observe(|name| headers.get(name).copied(), object, at(0));
    usage
}

fn insights() -> UseCase {
    UseCase::of_path("act_1/insights")
}

const SEVERAL: &str = r#"{"1":[
    {"type":"ads_management","call_count":10,"total_cputime":2,"total_time":3,
     "estimated_time_to_regain_access":0,"ads_api_access_tier":"standard_access"},
    {"type":"ads_insights","call_count":100,"total_cputime":2,"total_time":3,
     "estimated_time_to_regain_access":19,"ads_api_access_tier":"standard_access"}]}"#;

#[test]
fn every_entry_counts_not_only_the_first() {
    let usage = board(&[("x-business-use-case-usage", SEVERAL)], Some("act_1"));
    assert_eq!(usage.readings().len(), 2);
    let pace = usage.pace(Some("act_1"), &insights(), at(0));
    assert_eq!(
        (pace.halted, pace.wait),
        (true, Duration::from_mins(19)),
        "minutes"
    );
    let listing = usage.pace(Some("act_1"), &UseCase::of_path("act_1/ads"), at(0));
    assert_eq!(listing.wait, Duration::ZERO, "another limit is not used up");
    let other = usage.pace(Some("act_2"), &insights(), at(0));
    assert_eq!(other.wait, Duration::ZERO, "another account is not held");
}

#[test]
fn a_halt_ends_when_the_header_said() {
    let usage = board(&[("x-business-use-case-usage", SEVERAL)], Some("act_1"));
    assert_eq!(
        usage.pace(Some("1"), &insights(), at(1_080)).wait,
        Duration::from_mins(1)
    );
    assert_eq!(
        usage.pace(Some("1"), &insights(), at(1_140)).wait,
        Duration::ZERO
    );
}

#[test]
fn account_usage_counts_in_seconds_and_holds_every_kind_of_call() {
    let usage = board(
        &[(
            "x-ad-account-usage",
            r#"{"acc_id_util_pct":100,"reset_time_duration":100}"#,
        )],
        Some("act_7"),
    );
    let pace = usage.pace(Some("act_7"), &UseCase::of_path("act_7/ads"), at(40));
    assert_eq!((pace.halted, pace.wait), (true, Duration::from_mins(1)));
}

#[test]
fn a_reset_time_below_the_limit_is_no_halt() {
    let usage = board(
        &[(
            "x-ad-account-usage",
            r#"{"acc_id_util_pct":9.67,"reset_time_duration":100}"#,
        )],
        Some("act_7"),
    );
    assert_eq!(
        usage.pace(Some("act_7"), &insights(), at(0)).wait,
        Duration::ZERO
    );
}

#[test]
fn calls_slow_down_from_three_quarters_on() {
    let waits: Vec<u128> = [74, 75, 80, 90, 99]
        .map(|percent| {
            let header = format!(r#"{{"call_count":{percent},"total_time":25,"total_cputime":1}}"#);
            let usage = board(&[("x-app-usage", &header)], None);
            usage
                .pace(Some("act_1"), &insights(), at(0))
                .wait
                .as_millis()
        })
        .into();
    assert_eq!(waits, [0, 0, 1_000, 3_000, 4_800]);
}

#[test]
fn the_apps_limit_holds_every_account_and_is_probed_after_a_minute() {
    let usage = board(
        &[("x-app-usage", r#"{"call_count":3,"total_time":120}"#)],
        None,
    );
    let pace = usage.pace(Some("act_9"), &insights(), at(20));
    assert_eq!((pace.halted, pace.wait), (true, Duration::from_secs(40)));
    assert_eq!(
        usage.pace(Some("act_9"), &insights(), at(61)).wait,
        Duration::ZERO
    );
}

#[test]
fn insights_throttle_gives_both_figures() {
    let usage = board(
        &[(
            "x-fb-ads-insights-throttle",
            r#"{"app_id_util_pct":71,"acc_id_util_pct":85,"ads_api_access_tier":"standard_access"}"#,
        )],
        Some("act_1"),
    );
    assert!((usage.pace(Some("1"), &insights(), at(0)).percent - 85.0).abs() < f64::EPSILON);
    assert!((usage.pace(Some("2"), &insights(), at(0)).percent - 71.0).abs() < f64::EPSILON);
}

#[test]
fn limits_of_the_business_count_for_the_account_they_came_with() {
    let header = r#"{"555":[{"type":"ads_insights","call_count":100,
        "estimated_time_to_regain_access":1}]}"#;
    let usage = board(&[("x-business-use-case-usage", header)], Some("act_1"));
    assert!(usage.pace(Some("act_1"), &insights(), at(0)).halted);
    assert!(!usage.pace(Some("act_2"), &insights(), at(0)).halted);
}

#[test]
fn without_headers_refusals_wait_longer_each_time_and_start_over_after_success() {
    let usage = Usage::default();
    let mut now = at(0);
    let mut waits = Vec::new();
    for _ in 0..6 {
        let wait = usage.refused(Some("act_1"), &insights(), now);
        waits.push(wait.as_secs());
        now += wait;
    }
    assert_eq!(waits, [60, 120, 240, 480, 600, 600]);
    let header = r#"{"1":[{"type":"ads_insights","call_count":5}]}"#;
    usage.observe(
        |name| (name == "x-business-use-case-usage").then_some(header),
        Some("1"),
        now,
    );
    assert_eq!(usage.refused(Some("1"), &insights(), now).as_secs(), 60);
}

#[test]
fn a_broken_header_is_passed_over() {
    let usage = board(
        &[
            ("x-app-usage", "{broken"),
            ("x-business-use-case-usage", "[]"),
        ],
        Some("act_1"),
    );
    assert!(usage.readings().is_empty());
}

#[test]
fn an_old_reading_slows_nobody() {
    let usage = board(&[("x-app-usage", r#"{"call_count":95}"#)], None);
    assert!(usage.pace(None, &insights(), at(0)).wait > Duration::ZERO);
    assert_eq!(usage.pace(None, &insights(), at(601)).wait, Duration::ZERO);
}
