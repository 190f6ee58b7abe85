//! What runs by itself: the scheduled sync and the renewal of sign-ins.

use std::time::Duration;

use chrono::TimeDelta;
use rumbo_sandbox::TokenOrder;
use serde_json::{Value, json};

use crate::host::TestHost;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn turn(host: &TestHost) {
    let now = host.clock.now();
    let look = Some((now, Duration::ZERO));
    host.app.turn(look).await.unwrap();
    // A sync that was started has its end before the next turn is looked at.
    drop(rumbo_app::sync::wait_for_sync(&host.cx().await).await);
}

async fn runs(host: &TestHost) -> Vec<Value> {
    let page = json!({ "page": { "limit": null, "cursor": null } });
    let runs = host.call("list_sync_runs", page).await;
    runs["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_sync_is_started_when_it_is_due_and_not_before() {
    let host = TestHost::connected().await;
    turn(&host).await;
    let first = runs(&host).await;
    assert_eq!(
        (first.len(), &first[0]["trigger"]),
        (1, &json!("first")),
        "{first:?}"
    );
    host.advance(HOUR * 3);
    turn(&host).await;
    assert_eq!(runs(&host).await.len(), 1, "four hours are not over");
    host.advance(HOUR + Duration::from_mins(5));
    turn(&host).await;
    let second = runs(&host).await;
    assert_eq!(
        (second.len(), &second[0]["trigger"]),
        (2, &json!("schedule"))
    );
    // The machine slept: the pause was much longer than it was meant to be.
    host.advance(HOUR);
    let slept = (
        host.clock.now() - TimeDelta::hours(1),
        Duration::from_secs(30),
    );
    host.app.turn(Some(slept)).await.unwrap();
    drop(rumbo_app::sync::wait_for_sync(&host.cx().await).await);
    assert_eq!(runs(&host).await[0]["trigger"], "wake");
    // An archived workspace is left alone.
    let row = host.call("list_workspaces", json!({})).await[0]["id"].clone();
    host.call("archive_workspace", json!({ "id": row, "archived": true }))
        .await;
    host.advance(HOUR * 9);
    turn(&host).await;
    assert_eq!(runs(&host).await.len(), 3);
}

fn exchanges(host: &TestHost) -> usize {
    let calls = host.sandbox.control().calls();
    calls
        .iter()
        .filter(|call| {
            call.params
                .get("grant_type")
                .is_some_and(|kind| kind == "fb_exchange_token")
        })
        .count()
}

async fn signed_in_for(seconds: i64, data_access_seconds: i64) -> TestHost {
    let host = TestHost::start().await;
    host.make_workspace("Casa Alba").await;
    host.set_app(json!({ "app_secret": host.meta.app_secret }))
        .await;
    let all = host.call("get_meta_app", json!({})).await["permissions"].clone();
    let scopes = all.as_array().unwrap().iter();
    let order = TokenOrder {
        scopes: scopes
            .map(|one| one["scope"].as_str().unwrap().to_owned())
            .collect(),
        seconds: Some(seconds),
        data_access_seconds: Some(data_access_seconds),
    };
    let token = host.sandbox.control().issue(&order);
    host.sign_in_with(&token).await;
    host
}

const DAYS: i64 = 24 * 3600;

#[tokio::test]
async fn a_sign_in_is_renewed_seven_days_ahead_and_goes_on_for_two_months() {
    let host = signed_in_for(60 * DAYS, 400 * DAYS).await;
    host.advance(DAY * 52);
    let reads = host.keyring.reads();
    turn(&host).await;
    assert_eq!(
        (exchanges(&host), host.keyring.reads()),
        (0, reads),
        "the vault stays closed"
    );
    assert_eq!(host.connection().await["renews_itself"], true);
    host.advance(DAY + HOUR);
    assert_eq!(host.state().await, "expiring");
    turn(&host).await;
    assert_eq!(exchanges(&host), 1);
    let renewed = host.connection().await;
    assert_eq!(renewed["state"], "connected", "{renewed}");
    assert!(renewed["days_left"].as_u64().unwrap() >= 59, "{renewed}");
    turn(&host).await;
    assert_eq!(exchanges(&host), 1);
    assert!(host.call("test_connection", json!({})).await["user_name"].is_string());
}

#[tokio::test]
async fn a_renewal_that_fails_is_tried_once_a_day_whichever_program_tries() {
    let mut host = signed_in_for(5 * DAYS, 400 * DAYS).await;
    let down = json!({ "when": { "path": "oauth/access_token", "times": 0 },
        "then": { "effect": "error", "status": 500, "code": 2, "message": "Down" } });
    let fault = serde_json::from_value(down).unwrap();
    host.sandbox.control().add_fault(fault).unwrap();
    turn(&host).await;
    let tried = exchanges(&host);
    assert!(tried > 0);
    for _ in 0..10 {
        host.advance(Duration::from_secs(30));
        turn(&host).await;
    }
    host.restart().await;
    host.advance(HOUR * 23);
    turn(&host).await;
    assert_eq!(exchanges(&host), tried, "not again on the same day");
    host.advance(HOUR);
    turn(&host).await;
    assert!(exchanges(&host) > tried);
    assert_eq!(host.state().await, "expiring");
    // Meta is well again: the next day's attempt helps.
    host.sandbox.control().clear_faults();
    host.advance(DAY);
    turn(&host).await;
    assert_eq!(host.state().await, "connected");
}

#[tokio::test]
async fn a_sync_by_hand_renews_first() {
    let host = signed_in_for(5 * DAYS, 400 * DAYS).await;
    let accounts = host.meta.ad_account_ids.clone();
    let choice = json!({ "ad_account_ids": accounts, "page_ids": [], "whatsapp_ids": [],
        "start_sync": false });
    host.call("select_assets", choice).await;
    assert_eq!(host.state().await, "expiring");
    assert_eq!(host.sync().await["state"], "done");
    assert_eq!(
        (exchanges(&host), host.state().await.as_str()),
        (1, "connected")
    );
}

#[tokio::test]
async fn access_to_data_that_ends_asks_for_one_click_and_never_loops() {
    let host = signed_in_for(50 * DAYS, 6 * DAYS).await;
    let shown = host.connection().await;
    assert_eq!(
        (&shown["state"], &shown["renews_itself"]),
        (&json!("expiring"), &json!(false))
    );
    let reads = host.keyring.reads();
    for _ in 0..20 {
        host.advance(Duration::from_secs(30));
        turn(&host).await;
    }
    assert_eq!((exchanges(&host), host.keyring.reads()), (0, reads));
    host.advance(DAY * 6);
    assert_eq!(host.state().await, "expired");
}
