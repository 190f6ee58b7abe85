//! Settings that somebody changes, over the switches.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::{Answer, Meta};

/// What a switch answers.
async fn switch(meta: &Meta, name: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/{name}", meta.at.control_url);
    let sent = meta.http.post(url).body(body.to_string()).send().await;
    let answer = Answer::read(sent.unwrap()).await;
    (answer.status, answer.body)
}

async fn first_ad(meta: &Meta) -> Value {
    let path = format!("{}/ads", meta.account(0));
    let fields = "id,updated_time,adset{id,daily_budget,targeting,updated_time},creative{id,title,image_hash,degrees_of_freedom_spec}";
    meta.get(&path, &[("fields", fields), ("limit", "1")])
        .await
        .rows()[0]
        .clone()
}

#[tokio::test]
async fn a_setting_is_as_somebody_set_it_and_its_object_says_when() {
    let meta = Meta::small().await;
    let before = first_ad(&meta).await;
    meta.sandbox.control().advance(TimeDelta::hours(1));
    let set = |field: &str, value: Value| json!({ "id": before["adset"]["id"], "field": field, "value": value });
    for (field, value) in [
        ("daily_budget", json!("7500")),
        ("targeting", json!({ "age_min": 30 })),
    ] {
        assert_eq!(switch(&meta, "settings", set(field, value)).await.0, 200);
    }
    let after = first_ad(&meta).await;
    assert_eq!(after["adset"]["daily_budget"], "7500");
    assert_eq!(after["adset"]["targeting"], json!({ "age_min": 30 }));
    assert_ne!(
        after["adset"]["updated_time"],
        before["adset"]["updated_time"]
    );
    assert_eq!(after["updated_time"], before["updated_time"]);
    // Emptied, it is absent, as at Meta.
    let (status, _) = switch(&meta, "settings", set("targeting", Value::Null)).await;
    assert_eq!(status, 200);
    assert_eq!(first_ad(&meta).await["adset"].get("targeting"), None);
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_with_its_reason() {
    let meta = Meta::small().await;
    let set = first_ad(&meta).await["adset"]["id"].clone();
    for (id, field, value, said) in [
        (set.clone(), "luck", json!("1"), "AdSet has no field"),
        (
            set.clone(),
            "effective_status",
            json!("ACTIVE"),
            "cannot be set",
        ),
        (set.clone(), "daily_budget", json!(7500), "another form"),
        (set.clone(), "daily_budget", json!("75.00"), "another form"),
        (set, "targeting", json!([]), "another form"),
        (
            json!(meta.account(0)),
            "name",
            json!("x"),
            "no such campaign",
        ),
    ] {
        let order = json!({ "id": id, "field": field, "value": value });
        let (status, answer) = switch(&meta, "settings", order).await;
        assert_eq!(status, 400, "{field}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(said), "{error}");
    }
}

#[tokio::test]
async fn an_edited_ad_shows_a_creative_of_its_own_that_looks_the_same() {
    let meta = Meta::small().await;
    let before = first_ad(&meta).await;
    let order = json!({ "ad_id": before["id"] });
    let (status, made) = switch(&meta, "creatives", order).await;
    assert_eq!(status, 200);
    let after = first_ad(&meta).await;
    assert_eq!(after["creative"]["id"], made["id"]);
    assert_ne!(after["creative"]["id"], before["creative"]["id"]);
    for field in ["title", "image_hash", "degrees_of_freedom_spec"] {
        assert_eq!(after["creative"][field], before["creative"][field]);
    }
    let old = before["creative"]["id"].as_str().unwrap();
    assert_eq!(meta.get(old, &[]).await.error(), (100, 33));
    let (status, _) = switch(&meta, "creatives", json!({ "ad_id": "1" })).await;
    assert_eq!(status, 400);
}
