//! The four headers. A header that cannot be read is passed over: it must never fail a call that
//! succeeded.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Reading, Subject, UseCase, UseCaseEntry};

/// `X-App-Usage`, percent of the app's rolling hour.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AppUsage {
    call_count: f64,
    total_time: f64,
    total_cputime: f64,
}

/// `X-Ad-Account-Usage`, percent, and seconds until it starts anew.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AccountUsage {
    acc_id_util_pct: f64,
    /// Seconds.
    reset_time_duration: f64,
    ads_api_access_tier: Option<String>,
}

/// `X-FB-Ads-Insights-Throttle`, percent, on every insights answer. The account's figure cools
/// slowly and may stay at 100 while calls still succeed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct InsightsThrottle {
    app_id_util_pct: f64,
    acc_id_util_pct: f64,
    ads_api_access_tier: Option<String>,
}

pub(super) fn read<'h>(
    header: impl Fn(&str) -> Option<&'h str>,
    object: Option<&str>,
    now: DateTime<Utc>,
) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut add = |subject, use_case: &str, percent, halt: Option<Duration>, tier| {
        // A time to wait counts only once the limit is used up: below that it is a forecast.
        let until = halt
            .filter(|halt| percent >= 100.0 && !halt.is_zero())
            .map(|halt| now + halt);
        let use_case = UseCase(use_case.to_owned());
        readings.push(Reading {
            subject,
            use_case,
            percent,
            until,
            tier,
            at: now,
        });
    };
    let about = || object.map_or(Subject::App, |id| Subject::Object(id.to_owned()));

    if let Some(app) = parse::<AppUsage>(header("x-app-usage")) {
        let percent = app.call_count.max(app.total_time).max(app.total_cputime);
        add(Subject::App, UseCase::ALL, percent, None, None);
    }
    if let Some(account) = parse::<AccountUsage>(header("x-ad-account-usage")) {
        let halt = seconds(account.reset_time_duration);
        add(
            about(),
            UseCase::ALL,
            account.acc_id_util_pct,
            halt,
            account.ads_api_access_tier,
        );
    }
    if let Some(throttle) = parse::<InsightsThrottle>(header("x-fb-ads-insights-throttle")) {
        let tier = throttle.ads_api_access_tier;
        add(
            Subject::App,
            "ads_insights",
            throttle.app_id_util_pct,
            None,
            tier.clone(),
        );
        if object.is_some() {
            // It slows at most: it may read 100 for long while Meta still answers.
            let percent = throttle.acc_id_util_pct.min(99.0);
            add(about(), "ads_insights", percent, None, tier);
        }
    }
    let cases: Option<BTreeMap<String, Vec<UseCaseEntry>>> =
        parse(header("x-business-use-case-usage"));
    for (id, entries) in cases.unwrap_or_default() {
        for entry in entries {
            let percent = entry
                .call_count
                .max(entry.total_cputime)
                .max(entry.total_time);
            let kind = entry.r#type.as_deref().unwrap_or(UseCase::ALL);
            let halt = seconds(entry.estimated_time_to_regain_access * 60.0);
            // Refused in fact while the percentages lag: a time to wait says so by itself.
            let percent = if halt.is_some() {
                percent.max(100.0)
            } else {
                percent
            };
            add(
                Subject::Object(id.clone()),
                kind,
                percent,
                halt,
                entry.ads_api_access_tier,
            );
        }
    }
    // Two headers may speak of the same limit: the fuller one counts.
    readings.sort_by(|a, b| a.percent.total_cmp(&b.percent));
    readings
}

fn parse<T: for<'de> Deserialize<'de>>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|wait| !wait.is_zero())
}
