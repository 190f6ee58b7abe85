//! People of a period: no sum of days, and no sum of ads.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::client::Meta;

const FIELDS: &str = "campaign_id,adset_id,ad_id,impressions,clicks,inline_link_clicks,reach,\
    frequency,unique_clicks,unique_inline_link_clicks";
const EVERY_STATUS: &str = r#"[{"field":"ad.effective_status","operator":"IN","value":["ACTIVE","PAUSED","ARCHIVED","DELETED","CAMPAIGN_PAUSED","ADSET_PAUSED"]}]"#;
const UNIQUE: [(&str, &str); 3] = [
    ("reach", "impressions"),
    ("unique_clicks", "clicks"),
    ("unique_inline_link_clicks", "inline_link_clicks"),
];

fn number(row: &Value, field: &str) -> u64 {
    row[field].as_str().map_or(0, |text| text.parse().unwrap())
}

async fn rows(meta: &Meta, path: &str, level: &str, period: &str, increment: &str) -> Vec<Value> {
    meta.all(
        path,
        &[
            ("fields", FIELDS),
            ("level", level),
            ("time_range", period),
            ("time_increment", increment),
            ("filtering", EVERY_STATUS),
            ("limit", "500"),
        ],
    )
    .await
}

/// What lies in each object, and the object's own row.
fn under<'a>(rows: &'a [Value], parts: &'a [Value], id: &str) -> Vec<(&'a Value, Vec<&'a Value>)> {
    let mut by: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for part in parts {
        by.entry(part[id].as_str().unwrap_or_default())
            .or_default()
            .push(part);
    }
    rows.iter()
        .map(|row| {
            let key = row[id].as_str().unwrap_or_default();
            (row, by.remove(key).unwrap_or_default())
        })
        .collect()
}

/// At least the most of the parts, at most all of them together, and never more than were shown.
fn bounded(whole: &Value, parts: &[&Value]) {
    assert!(!parts.is_empty());
    for (unique, counted) in UNIQUE {
        let of = |row: &&Value| number(row, unique);
        let people = number(whole, unique);
        assert!(
            people >= parts.iter().map(of).max().unwrap(),
            "{unique} {whole}"
        );
        assert!(people <= parts.iter().map(of).sum(), "{unique} {whole}");
        assert!(people <= number(whole, counted), "{unique} {whole}");
    }
    assert!(number(whole, "unique_clicks") <= number(whole, "reach"));
}

#[tokio::test]
async fn a_period_has_more_people_than_its_best_day_and_fewer_than_all_its_days() {
    let meta = Meta::small().await;
    let (mut sums, mut people) = (0, 0);
    for account in 0..3 {
        let path = format!("{}/insights", meta.account(account));
        for period in [
            r#"{"since":"2026-10-01","until":"2026-10-31"}"#,
            r#"{"since":"2026-11-18","until":"2026-11-20"}"#,
            r#"{"since":"2026-06-15","until":"2026-10-02"}"#,
        ] {
            let of = async |level, increment| rows(&meta, &path, level, period, increment).await;
            let ads = of("ad", "all_days").await;
            let days = of("ad", "1").await;
            for (whole, parts) in under(&ads, &days, "ad_id") {
                bounded(whole, &parts);
                sums += parts.iter().map(|part| number(part, "reach")).sum::<u64>();
                people += number(whole, "reach");
            }
            let sets = of("adset", "all_days").await;
            let campaigns = of("campaign", "all_days").await;
            let account = of("account", "all_days").await;
            for (whole, parts) in under(&sets, &ads, "adset_id") {
                bounded(whole, &parts);
            }
            for (whole, parts) in under(&campaigns, &sets, "campaign_id") {
                bounded(whole, &parts);
            }
            bounded(&account[0], &campaigns.iter().collect::<Vec<_>>());
            // Asked once more, they are the same.
            assert_eq!(of("campaign", "all_days").await, campaigns);
            for row in &account {
                let (shown, reach) = (number(row, "impressions"), number(row, "reach"));
                let exact = shown * 1_000_000 / reach;
                let text = format!("{}.{:06}", exact / 1_000_000, exact % 1_000_000);
                assert_eq!(row["frequency"], text.trim_end_matches('0'));
            }
        }
    }
    assert!(
        people * 10 < sums * 9,
        "many are reached on several days: {people} of {sums}"
    );
}

#[tokio::test]
async fn who_clicked_is_told_for_thirteen_months() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(0));
    let old = r#"{"since":"2025-09-01","until":"2025-09-30"}"#;
    let row = &rows(&meta, &path, "account", old, "all_days").await[0];
    assert!(
        number(row, "reach") > 0,
        "people reached are told for 37 months"
    );
    assert!(row.get("unique_clicks").is_none() && row.get("unique_inline_link_clicks").is_none());
}
