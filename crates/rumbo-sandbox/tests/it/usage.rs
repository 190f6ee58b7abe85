//! Quotas and the headers that tell of them.

use chrono::TimeDelta;
use rumbo_sandbox::Switches;

use crate::client::Meta;

fn limited(calls: u64) -> Switches {
    Switches {
        calls_per_hour: Some(calls),
        api_tier: "development_access".into(),
        ..Switches::default()
    }
}

#[tokio::test]
async fn use_rises_throttles_and_cools() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    control.set_switches(limited(20));
    let path = format!("{}/insights", meta.account(0));
    let number = meta.account(0).trim_start_matches("act_").to_owned();
    meta.get(&format!("{}/campaigns", meta.account(0)), &[])
        .await;
    let mut seen = Vec::new();
    let mut refused = None;
    for _ in 0..21 {
        let answer = meta.get(&path, &[("date_preset", "yesterday")]).await;
        let usage = answer.header("x-business-use-case-usage");
        let entries = usage[&number].as_array().unwrap();
        assert_eq!(entries.len(), 2, "one entry for each kind of call");
        let own = entries
            .iter()
            .find(|entry| entry["type"] == "ads_insights")
            .unwrap();
        assert_eq!(own["ads_api_access_tier"], "development_access");
        seen.push(own["call_count"].as_u64().unwrap());
        assert_eq!(
            answer.header("x-fb-ads-insights-throttle")["acc_id_util_pct"]
                .as_u64()
                .unwrap(),
            *seen.last().unwrap()
        );
        if answer.status != 200 {
            assert!(own["estimated_time_to_regain_access"].as_u64().unwrap() > 0);
            refused = Some(answer.error());
        }
    }
    assert_eq!(refused, Some((80_000, 2_446_079)));
    assert!(
        seen.windows(2).all(|pair| pair[0] <= pair[1])
            && seen[0] < 10
            && *seen.last().unwrap() == 100,
        "{seen:?}"
    );
    assert!(
        !meta
            .get("me", &[])
            .await
            .headers
            .contains_key("x-business-use-case-usage")
    );
    control.advance(TimeDelta::minutes(30));
    let cooler = meta.get(&path, &[("date_preset", "yesterday")]).await;
    assert_eq!(cooler.status, 200);
    assert!(
        cooler.header("x-fb-ads-insights-throttle")["acc_id_util_pct"]
            .as_u64()
            .unwrap()
            < 60
    );
}

#[tokio::test]
async fn management_calls_and_filled_quotas() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let path = format!("{}/ads", meta.account(1));
    let calm = meta.get(&path, &[("limit", "1")]).await;
    assert!(
        calm.header("x-ad-account-usage")["acc_id_util_pct"]
            .as_u64()
            .unwrap()
            < 5
    );
    assert!(calm.header("x-app-usage")["call_count"].as_u64().unwrap() < 5);
    assert!(control.fill_quota(meta.account(1), "ads_management", 100));
    assert_eq!(meta.get(&path, &[]).await.error(), (80_004, 2_446_079));
    assert_eq!(
        meta.get(&format!("{}/ads", meta.account(0)), &[])
            .await
            .status,
        200,
        "other accounts go on"
    );
    control.advance(TimeDelta::hours(1));
    assert!(control.fill_quota(meta.account(1), "score", 100));
    let score = meta.get(&path, &[]).await;
    assert_eq!(score.error(), (17, 2_446_079));
    assert_eq!(score.body["error"]["is_transient"], false);
    assert_eq!(score.header("x-ad-account-usage")["acc_id_util_pct"], 100);
    assert!(!control.fill_quota("act_1", "score", 100));
}
