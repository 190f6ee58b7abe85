//! Figures: sums, restatement, breakdowns, refusals.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::{Meta, action, cents};

const EVERY_STATUS: &str = r#"[{"field":"ad.effective_status","operator":"IN","value":["ACTIVE","PAUSED","DELETED","ARCHIVED","CAMPAIGN_PAUSED","ADSET_PAUSED"]}]"#;
const OCTOBER: &str = r#"{"since":"2026-09-20","until":"2026-10-10"}"#;

fn sum(rows: &[Value], field: &str) -> i64 {
    rows.iter().map(|row| cents(row, field)).sum()
}

fn sum_action(rows: &[Value], list: &str, kind: &str) -> i64 {
    rows.iter().map(|row| action(row, list, kind)).sum()
}

#[tokio::test]
async fn levels_and_days_add_up() {
    let meta = Meta::small().await;
    for account in 0..3 {
        let path = format!("{}/insights", meta.account(account));
        let fields = "spend,impressions,clicks,reach,actions,action_values";
        let whole = meta
            .get(&path, &[("fields", fields), ("time_range", OCTOBER)])
            .await;
        let whole = &whole.rows()[0];
        for (level, filtering) in [
            ("account", "[]"),
            ("campaign", EVERY_STATUS),
            ("adset", EVERY_STATUS),
            ("ad", EVERY_STATUS),
        ] {
            for increment in ["1", "7", "monthly", "all_days"] {
                let rows = meta
                    .all(
                        &path,
                        &[
                            ("fields", fields),
                            ("time_range", OCTOBER),
                            ("level", level),
                            ("time_increment", increment),
                            ("filtering", filtering),
                            ("limit", "500"),
                        ],
                    )
                    .await;
                for field in ["spend", "impressions", "clicks"] {
                    assert_eq!(
                        sum(&rows, field),
                        cents(whole, field),
                        "{level} {increment} {field}"
                    );
                }
                for (list, kind) in [
                    ("actions", "lead"),
                    ("actions", "omni_purchase"),
                    ("action_values", "omni_purchase"),
                ] {
                    assert_eq!(
                        sum_action(&rows, list, kind),
                        action(whole, list, kind),
                        "{level} {increment} {kind}"
                    );
                }
                if increment == "1" {
                    assert!(
                        sum(&rows, "reach") > cents(whole, "reach"),
                        "people are not counted twice"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn archived_objects_are_left_out_below_their_parent() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(0));
    let params = [
        ("fields", "spend"),
        ("level", "ad"),
        ("limit", "500"),
        ("time_range", OCTOBER),
    ];
    let usual = meta.all(&path, &params).await;
    let whole = meta
        .get(&path, &[("fields", "spend"), ("time_range", OCTOBER)])
        .await;
    assert!(sum(&usual, "spend") < cents(&whole.rows()[0], "spend"));
    let archived = meta.all(&path, &[("fields", "campaign_name,spend"), ("level", "campaign"), ("time_range", OCTOBER), ("filtering", r#"[{"field":"campaign.effective_status","operator":"IN","value":["ARCHIVED"]}]"#)]).await;
    assert_eq!(archived.len(), 1);
}

#[tokio::test]
async fn actions_nest() {
    let meta = Meta::small().await;
    for account in 0..3 {
        let path = format!("{}/insights", meta.account(account));
        let rows = meta
            .all(
                &path,
                &[
                    ("fields", "actions,action_values"),
                    ("level", "ad"),
                    ("time_increment", "1"),
                    ("date_preset", "last_28d"),
                    ("limit", "500"),
                ],
            )
            .await;
        assert!(rows.len() > 100);
        for row in &rows {
            let of = |kind| action(row, "actions", kind);
            assert_eq!(
                of("lead"),
                of("onsite_conversion.lead_grouped") + of("offsite_conversion.fb_pixel_lead")
            );
            let purchases =
                of("onsite_conversion.purchase") + of("offsite_conversion.fb_pixel_purchase");
            assert_eq!(
                (of("purchase"), of("omni_purchase")),
                (purchases, purchases)
            );
            assert!(
                of("page_engagement") >= of("post_engagement")
                    && of("post_engagement") >= of("link_click")
            );
            let worth = |kind| action(row, "action_values", kind);
            assert_eq!(
                worth("omni_purchase"),
                worth("onsite_conversion.purchase") + worth("offsite_conversion.fb_pixel_purchase")
            );
        }
    }
}

#[tokio::test]
async fn attribution_windows() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(0));
    let windows = r#"["1d_click","7d_click","28d_click","1d_view","7d_view"]"#;
    let answer = meta
        .get(
            &path,
            &[
                ("fields", "actions"),
                ("date_preset", "last_28d"),
                ("action_attribution_windows", windows),
                (
                    "action_breakdowns",
                    r#"["action_type","action_target_id","action_destination"]"#,
                ),
            ],
        )
        .await;
    let entry = answer.rows()[0]["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["action_type"] == "link_click")
        .unwrap();
    let number = |name: &str| entry[name].as_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(number("value"), number("7d_click") + number("1d_view"));
    assert!(number("1d_click") < number("7d_click") && number("7d_click") < number("28d_click"));
    assert!(
        entry["7d_view"].is_null(),
        "gone since 2026-01-12, silently"
    );
    assert!(entry["action_target_id"].is_string() && entry["action_destination"].is_string());
    assert_eq!(
        meta.get(&path, &[("action_attribution_windows", r#"["3d_click"]"#)])
            .await
            .error()
            .0,
        100
    );
}

#[tokio::test]
async fn recent_days_are_restated_and_then_settle() {
    let mut meta = Meta::small().await;
    // Months go by here: a person's token would expire.
    meta.token = meta.at.system_user_token.clone();
    let path = format!("{}/insights", meta.account(0));
    let read = || async {
        let params = [
            ("fields", "spend,impressions,actions"),
            ("time_increment", "1"),
            (
                "time_range",
                r#"{"since":"2026-10-12","until":"2026-11-19"}"#,
            ),
            ("limit", "500"),
        ];
        let rows = meta.all(&path, &params).await;
        rows.into_iter()
            .map(|row| (row["date_start"].as_str().unwrap().to_owned(), row))
            .collect::<BTreeMap<_, _>>()
    };
    let before = read().await;
    meta.sandbox.control().advance(TimeDelta::days(2));
    let later = read().await;
    meta.sandbox.control().advance(TimeDelta::days(40));
    let settled = read().await;
    meta.sandbox.control().advance(TimeDelta::days(90));
    assert_eq!(settled, read().await, "nothing changes after 28 days");
    let changed: Vec<&String> = before
        .keys()
        .filter(|day| before[*day] != later[*day])
        .collect();
    assert!(changed.len() > 5, "{changed:?}");
    assert!(
        changed.iter().all(|day| day.as_str() >= "2026-10-23"),
        "only 28 days: {changed:?}"
    );
    for (day, row) in &before {
        assert!(
            action(row, "actions", "lead") <= action(&settled[day], "actions", "lead"),
            "{day}"
        );
    }
    let leads = |rows: &BTreeMap<String, Value>| {
        rows.values()
            .map(|row| action(row, "actions", "lead"))
            .sum::<i64>()
    };
    assert!(leads(&before) < leads(&later) && leads(&later) < leads(&settled));
}

#[tokio::test]
async fn today_fills_up_in_the_accounts_own_time_zone() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    control.set_time("2026-11-21T02:30:00Z".parse().unwrap());
    // Still the 20th in Buenos Aires and New York.
    for (account, day) in [(0, "2026-11-20"), (2, "2026-11-20")] {
        let answer = meta
            .get(
                &format!("{}/insights", meta.account(account)),
                &[("date_preset", "today"), ("fields", "spend")],
            )
            .await;
        assert_eq!(answer.rows()[0]["date_start"], day);
    }
    let spend = || async {
        cents(
            &meta
                .get(
                    "act_418209377716/insights",
                    &[("date_preset", "today"), ("fields", "spend")],
                )
                .await
                .rows()[0],
            "spend",
        )
    };
    control.set_time("2026-11-20T13:00:00Z".parse().unwrap());
    let morning = spend().await;
    control.advance(TimeDelta::hours(6));
    assert!(morning > 0 && spend().await > morning);
}

#[tokio::test]
async fn breakdowns_split_without_loss() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(2));
    let base = [
        ("fields", "spend,impressions,actions,reach"),
        ("time_range", OCTOBER),
        ("limit", "500"),
    ];
    let whole = meta.get(&path, &base).await;
    for breakdowns in [
        "age",
        "gender",
        "age,gender",
        "country",
        "publisher_platform",
        "publisher_platform,platform_position",
        "device_platform",
        "publisher_platform,device_platform",
        "region",
        "hourly_stats_aggregated_by_advertiser_time_zone",
    ] {
        let mut params = base.to_vec();
        params.push(("breakdowns", breakdowns));
        let rows = meta.all(&path, &params).await;
        assert!(rows.len() > 1, "{breakdowns}");
        assert_eq!(
            sum(&rows, "spend"),
            cents(&whole.rows()[0], "spend"),
            "{breakdowns}"
        );
        assert_eq!(
            sum(&rows, "impressions"),
            cents(&whole.rows()[0], "impressions"),
            "{breakdowns}"
        );
        for name in breakdowns.split(',') {
            assert!(rows.iter().all(|row| row[name].is_string()), "{breakdowns}");
        }
        let pixel = sum_action(&rows, "actions", "offsite_conversion.fb_pixel_lead");
        let known = !breakdowns.starts_with("region") && !breakdowns.starts_with("hourly");
        assert_eq!(
            pixel > 0,
            known,
            "pixels do not know places and hours: {breakdowns}"
        );
    }
    for bad in ["age,country", "platform_position", "dma", "star_sign"] {
        assert_eq!(
            meta.get(&path, &[("breakdowns", bad)]).await.error().0,
            100,
            "{bad}"
        );
    }
    let nothing = meta.get(&path, &[("breakdowns", "product_id")]).await;
    assert!(nothing.rows().is_empty(), "there is no catalogue");
    let device = meta
        .get(&path, &[("breakdowns", "impression_device")])
        .await;
    assert!(
        device.rows().is_empty(),
        "needs an opt-in: empty when asked for at once"
    );
}

#[tokio::test]
async fn insights_page_sort_and_summarise() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(1));
    let params = [
        ("fields", "ad_id,spend"),
        ("level", "ad"),
        ("time_increment", "1"),
        ("date_preset", "last_14d"),
    ];
    let mut whole = params.to_vec();
    whole.push(("limit", "1000"));
    let at_once = meta.get(&path, &whole).await;
    let mut short = params.to_vec();
    short.push(("limit", "17"));
    assert_eq!(meta.all(&path, &short).await, at_once.rows());
    let first = meta.get(&path, &short).await;
    let second = meta
        .follow(first.body["paging"]["next"].as_str().unwrap())
        .await;
    let back = meta
        .follow(second.body["paging"]["previous"].as_str().unwrap())
        .await;
    assert_eq!(back.rows(), first.rows());
    let mut sorted = params.to_vec();
    sorted.extend([("sort", "spend_descending"), ("limit", "30")]);
    let rows = meta.all(&path, &sorted).await;
    assert_eq!(rows.len(), at_once.rows().len());
    assert!(
        rows.windows(2)
            .all(|pair| cents(&pair[0], "spend") >= cents(&pair[1], "spend"))
    );
    let mut summed = params.to_vec();
    summed.extend([("default_summary", "true"), ("limit", "1")]);
    let summary = meta.get(&path, &summed).await;
    assert_eq!(
        cents(&summary.body["summary"], "spend"),
        sum(at_once.rows(), "spend")
    );
    let missing = meta
        .get(&path, &[("fields", "spend"), ("summary", r#"["clicks"]"#)])
        .await;
    assert!(
        missing
            .message()
            .contains("in summary param because they weren't there while creating the report run")
    );
    let ad = at_once.rows()[0]["ad_id"].as_str().unwrap();
    let only = json!([{ "field": "ad.id", "operator": "IN", "value": [ad] }, { "field": "spend", "operator": "GREATER_THAN", "value": 0 }]).to_string();
    let rows = meta
        .all(
            &path,
            &[
                ("fields", "ad_id,spend"),
                ("level", "ad"),
                ("time_increment", "1"),
                ("filtering", &only),
            ],
        )
        .await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row["ad_id"] == ad));
    assert_eq!(
        meta.all(&format!("{ad}/insights"), &[("time_increment", "1")])
            .await
            .len(),
        rows.len()
    );
}

#[tokio::test]
async fn refusals() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(0));
    let field = meta.get(&path, &[("fields", "spend,nope")]).await;
    assert!(
        field
            .message()
            .starts_with("(#100) nope is not valid for fields param")
    );
    assert!(
        meta.get(&path, &[("level", "planet")])
            .await
            .message()
            .starts_with("(#100) level must be one of")
    );
    assert_eq!(
        meta.get(&path, &[("time_increment", "91")]).await.error().0,
        100
    );
    assert_eq!(
        meta.get(
            &path,
            &[(
                "time_range",
                r#"{"since":"2026-11-02","until":"2026-11-01"}"#
            )]
        )
        .await
        .error()
        .0,
        100
    );
    assert_eq!(
        meta.get(
            &path,
            &[(
                "time_range",
                r#"{"since":"yesterday","until":"2026-11-01"}"#
            )]
        )
        .await
        .error()
        .0,
        100
    );
    assert_eq!(
        meta.get(
            &path,
            &[(
                "time_range",
                r#"{"since":"2023-10-01","until":"2026-11-01"}"#
            )]
        )
        .await
        .error()
        .0,
        3018
    );
    assert_eq!(
        meta.get(
            &path,
            &[(
                "time_range",
                r#"{"since":"2023-10-21","until":"2026-11-01"}"#
            )]
        )
        .await
        .status,
        200
    );
    let large = meta
        .get(
            &path,
            &[
                ("level", "ad"),
                ("time_increment", "1"),
                ("breakdowns", "age,gender"),
                (
                    "time_range",
                    r#"{"since":"2024-01-01","until":"2026-11-01"}"#,
                ),
            ],
        )
        .await;
    assert_eq!(large.error(), (100, 1_487_534));
}

#[tokio::test]
async fn leads_without_spend_and_spend_without_leads() {
    let meta = Meta::small().await;
    let campaigns = meta
        .all(
            &format!("{}/campaigns", meta.account(0)),
            &[("fields", "id,name")],
        )
        .await;
    let promo = campaigns
        .iter()
        .find(|row| row["name"] == "Promo septiembre")
        .unwrap()["id"]
        .as_str()
        .unwrap();
    let days = meta
        .all(
            &format!("{promo}/insights"),
            &[
                ("fields", "spend,actions"),
                ("time_increment", "1"),
                ("date_preset", "last_90d"),
                ("limit", "100"),
            ],
        )
        .await;
    let leads = |row: &Value| action(row, "actions", "lead");
    assert!(
        days.iter()
            .any(|row| leads(row) > 0 && cents(row, "spend") == 0)
    );
    let ads = meta
        .all(
            &format!("{promo}/insights"),
            &[
                ("fields", "spend,actions"),
                ("level", "ad"),
                ("time_increment", "1"),
                ("date_preset", "last_90d"),
                ("limit", "500"),
            ],
        )
        .await;
    assert!(
        ads.iter()
            .any(|row| leads(row) == 0 && cents(row, "spend") > 0)
    );
}

#[tokio::test]
async fn a_restatement_can_be_ordered() {
    let meta = Meta::small().await;
    let path = format!("{}/insights", meta.account(0));
    let read = |day: &'static str| {
        let range = format!(r#"{{"since":"{day}","until":"{day}"}}"#);
        let (meta, path) = (&meta, &path);
        async move {
            cents(
                &meta
                    .get(path, &[("fields", "spend"), ("time_range", &range)])
                    .await
                    .rows()[0],
                "spend",
            )
        }
    };
    let (before, other) = (read("2026-09-30").await, read("2026-10-01").await);
    assert!(meta.sandbox.control().restate(
        Some(meta.account(0)),
        "2026-09-30",
        "2026-09-30",
        1_500,
        1_000
    ));
    let after = read("2026-09-30").await;
    assert!((after - before * 3 / 2).abs() < 60, "{before} {after}");
    assert_eq!(read("2026-10-01").await, other);
    assert!(
        !meta
            .sandbox
            .control()
            .restate(Some("act_1"), "2026-09-30", "2026-09-30", 1, 1)
    );
}
