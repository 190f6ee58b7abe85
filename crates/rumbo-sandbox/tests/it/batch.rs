//! Batches.

use rumbo_sandbox::{Effect, Fault, FaultMatch};
use serde_json::{Value, json};

use crate::client::Meta;

fn parsed(entry: &Value) -> Value {
    serde_json::from_str(entry["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn answers_come_in_order_with_their_own_headers() {
    let meta = Meta::small().await;
    let account = meta.account(0).to_owned();
    let batch = json!([
        { "method": "GET", "relative_url": format!("v26.0/{account}?fields=name") },
        { "method": "GET", "relative_url": format!("{account}/campaigns?limit=1") },
        { "method": "GET", "relative_url": "v26.0/act_1" },
        { "method": "POST", "relative_url": format!("{account}/insights"), "body": "date_preset=yesterday&fields=spend" },
        { "method": "GET" },
    ]).to_string();
    meta.sandbox.control().forget_calls();
    let answer = meta
        .send(
            reqwest::Method::POST,
            "v26.0",
            &[("batch", &batch), ("include_headers", "true")],
        )
        .await;
    let entries = answer.body.as_array().unwrap();
    assert_eq!(
        entries
            .iter()
            .map(|entry| entry["code"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [200, 200, 400, 200, 400]
    );
    assert_eq!(parsed(&entries[0])["name"], "Casa Alba · Argentina");
    assert_eq!(parsed(&entries[2])["error"]["error_subcode"], 33);
    assert!(parsed(&entries[3])["report_run_id"].is_string());
    let header = entries[0]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .any(|header| header["name"] == "x-business-use-case-usage");
    assert!(header);
    assert_eq!(
        meta.sandbox.control().counters().calls,
        4,
        "every call counts"
    );
    let bare = meta
        .send(
            reqwest::Method::POST,
            "",
            &[("batch", &batch), ("include_headers", "false")],
        )
        .await;
    assert!(bare.body[0]["headers"].is_null());
}

#[tokio::test]
async fn limits_and_lost_entries() {
    let meta = Meta::small().await;
    let many = |count: usize| {
        Value::from(vec![
            json!({ "method": "GET", "relative_url": "me" });
            count
        ])
        .to_string()
    };
    assert_eq!(
        meta.send(reqwest::Method::POST, "v26.0/", &[("batch", &many(50))])
            .await
            .body
            .as_array()
            .unwrap()
            .len(),
        50
    );
    assert_eq!(
        meta.send(reqwest::Method::POST, "v26.0/", &[("batch", &many(51))])
            .await
            .error()
            .0,
        100
    );
    assert_eq!(
        meta.send(reqwest::Method::POST, "v26.0/", &[("batch", "nonsense")])
            .await
            .error()
            .0,
        100
    );
    let when = FaultMatch {
        path: Some(String::new()),
        ..FaultMatch::default()
    };
    meta.sandbox
        .control()
        .add_fault(Fault {
            when,
            then: Effect::NullEntries {
                entries: vec![1, 2],
            },
        })
        .unwrap();
    let answer = meta
        .send(reqwest::Method::POST, "v26.0/", &[("batch", &many(4))])
        .await;
    let lost: Vec<bool> = answer
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(Value::is_null)
        .collect();
    assert_eq!(lost, [false, true, true, false]);
}
