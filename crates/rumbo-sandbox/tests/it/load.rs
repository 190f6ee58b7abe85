//! An ad account read from files.

use std::path::PathBuf;

use rumbo_sandbox::{Sandbox, SandboxConfig, SandboxError};
use serde_json::Value;

use crate::client::{Meta, action, cents};

fn seeds() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/dbt_facebook_ads")
}

const RANGE: &str = r#"{"since":"2020-12-01","until":"2020-12-31"}"#;
/// The action types that package sums: disjoint leaves of Meta's tree.
const KINDS: [&str; 5] = [
    "onsite_conversion.purchase",
    "onsite_conversion.lead_grouped",
    "offsite_conversion.fb_pixel_purchase",
    "offsite_conversion.fb_pixel_lead",
    "offsite_conversion.fb_pixel_custom",
];

#[tokio::test]
async fn the_seeds_keep_every_conversion() {
    let meta = Meta::load(seeds()).await;
    assert_eq!(meta.at.ad_account_ids, ["act_1700252260223815"]);
    let path = format!("{}/insights", meta.account(0));
    let fields =
        "ad_id,campaign_id,spend,impressions,inline_link_clicks,reach,actions,action_values";
    let params = [
        ("fields", fields),
        ("level", "ad"),
        ("time_increment", "1"),
        ("time_range", RANGE),
        ("limit", "7"),
    ];
    let rows = meta.all(&path, &params).await;
    let total = |list: &str| {
        rows.iter()
            .map(|row| {
                KINDS
                    .iter()
                    .map(|kind| action(row, list, kind))
                    .sum::<i64>()
            })
            .sum::<i64>()
    };
    assert_eq!(total("actions"), 1_900);
    assert_eq!(total("action_values"), 15_222_532);
    assert_eq!(
        rows.iter().map(|row| cents(row, "spend")).sum::<i64>(),
        64_363
    );
    let without: Vec<&Value> = rows.iter().filter(|row| row["spend"].is_null()).collect();
    assert!(
        without.len() >= 10,
        "conversions on days without spend: {}",
        without.len()
    );
    assert!(without.iter().all(|row| row["impressions"].is_null()));
    let stray: Vec<&Value> = rows
        .iter()
        .filter(|row| row["ad_id"] == "23856469955990536")
        .collect();
    assert_eq!(stray.len(), 5, "the ad no other file knows");
    assert!(stray.iter().all(|row| row["campaign_id"].is_string()));
    let known: i64 = rows
        .iter()
        .map(|row| action(row, "actions", "link_click"))
        .sum();
    assert_eq!(known, 0, "nothing is added to what the files say");
    let account = meta
        .get(meta.account(0), &[("fields", "created_time,amount_spent")])
        .await;
    assert!(account.body["created_time"].as_str().unwrap() < "2020-12");
    assert_eq!(account.body["amount_spent"], "64363");
    // Levels add up here as anywhere.
    let whole = meta
        .get(
            &path,
            &[
                ("fields", "spend,actions,action_values"),
                ("time_range", RANGE),
            ],
        )
        .await;
    assert_eq!(cents(&whole.rows()[0], "spend"), 64_363);
    let all: i64 = KINDS
        .iter()
        .map(|kind| action(&whole.rows()[0], "action_values", kind))
        .sum();
    assert_eq!(all, 15_222_532);
    let campaigns = meta
        .all(
            &path,
            &[
                ("fields", "campaign_id,spend"),
                ("level", "campaign"),
                ("time_range", RANGE),
            ],
        )
        .await;
    assert_eq!(
        campaigns.iter().map(|row| cents(row, "spend")).sum::<i64>(),
        64_363
    );
}

#[tokio::test]
async fn the_last_version_of_every_object_wins() {
    let meta = Meta::load(seeds()).await;
    let campaigns = meta
        .all(
            &format!("{}/campaigns", meta.account(0)),
            &[("fields", "id,name,updated_time")],
        )
        .await;
    assert_eq!(
        campaigns.len(),
        5,
        "four in the files and one for ads without history"
    );
    let known = campaigns
        .iter()
        .find(|row| row["id"] == "6215293444271")
        .unwrap();
    assert_eq!(known["updated_time"], "2021-04-02T21:44:19+0000");
    let ads = meta
        .all(
            &format!("{}/ads", meta.account(0)),
            &[("fields", "id,adset_id,creative{id}")],
        )
        .await;
    assert_eq!(ads.len(), 6);
    assert_eq!(
        ads.iter().find(|ad| ad["id"] == "6215762744671").unwrap()["adset_id"],
        "6215762732871"
    );
}

#[tokio::test]
async fn a_directory_without_the_files_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        load: Some(empty.path().to_owned()),
        ..SandboxConfig::default()
    };
    let error = Sandbox::start(config).await.unwrap_err();
    assert!(matches!(error, SandboxError::Load { .. }));
    assert!(error.to_string().contains("account_history"), "{error}");
}
