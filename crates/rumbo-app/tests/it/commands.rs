//! Every command of the list runs without a window.

mod crm;
mod figures;
mod messages;
mod screens;
mod templates;

use serde_json::{Value, json};

use crate::host::{COMMANDS, TestHost};
use crm::crm;
use figures::{figures, setting_changes};
use messages::{channels, chatwoot, consent, inbox, sending};
use screens::{files, saved_views};
use templates::templates;

fn id(of: &Value) -> Value {
    assert!(of["id"].is_string(), "{of}");
    of["id"].clone()
}

fn page() -> Value {
    json!({ "limit": null, "cursor": null })
}

/// A command that is added to the list fails here until it is called.
#[tokio::test]
async fn every_command_runs_without_a_window() {
    let host = TestHost::start().await;
    setting_up(&host).await;
    signing_in(&host).await;
    figures(&host).await;
    saved_views(&host).await;
    setting_changes(&host).await;
    crm(&host).await;
    files(&host).await;
    inbox(&host).await;
    templates(&host).await;
    channels(&host).await;
    chatwoot(&host).await;
    Box::pin(sending(&host)).await;
    Box::pin(consent(&host)).await;
    leaving(&host).await;
    let called = host.called.lock().unwrap();
    let missed: Vec<&&str> = COMMANDS
        .iter()
        .filter(|name| !called.contains(**name))
        .collect();
    assert!(missed.is_empty(), "nobody called {missed:?}");
}

async fn setting_up(host: &TestHost) {
    assert_eq!(host.call("list_workspaces", json!({})).await, json!([]));
    assert_eq!(
        host.call("get_setup_state", json!({})).await["workspace"],
        Value::Null
    );
    host.make_workspace("Casa Alba").await;
    let row = host
        .call("use_workspace", json!({ "workspace": "casa-alba" }))
        .await;
    assert_eq!(row["current"], true);
    let mut settings = host.call("get_workspace_settings", json!({})).await;
    settings["sync_interval_minutes"] = json!(60);
    let kept = host.call("save_workspace_settings", settings.clone()).await;
    assert_eq!(kept, settings);
    let mut choices = host.call("get_preferences", json!({})).await;
    choices["theme"] = json!("dark");
    assert_eq!(
        host.call("save_preferences", choices).await["theme"],
        "dark"
    );
    let info = host.call("get_app_info", json!({})).await;
    assert_eq!(info["database"], "sqlite");
}

async fn signing_in(host: &TestHost) {
    assert_eq!(
        host.call("get_meta_app", json!({})).await["has_app_secret"],
        false
    );
    // A window that is watched needs no port, which another program may hold.
    host.set_app(json!({ "app_secret": host.meta.app_secret, "redirect_mode": "login_success" }))
        .await;
    assert_eq!(host.state().await, "missing");
    host.call("start_sign_in", json!({ "rerequest": false }))
        .await;
    assert_eq!(
        host.call("get_sign_in", json!({})).await["state"],
        "waiting"
    );
    host.call("cancel_sign_in", json!({})).await;
    assert_eq!(host.call("get_sign_in", json!({})).await["state"], "idle");
    let started = host
        .call("start_sign_in", json!({ "rerequest": true }))
        .await;
    let landed = host.approve(started["url"].as_str().unwrap()).await;
    let connection = host
        .call("finish_sign_in", json!({ "landed_url": landed }))
        .await;
    assert_eq!(connection["state"], "connected");
    let portfolios = host.call("list_portfolios", json!({})).await;
    assert!(!portfolios.as_array().unwrap().is_empty());
    let assets = host
        .call("list_assets", json!({ "portfolio_id": null }))
        .await;
    assert_eq!(assets["problems"], json!([]));
    let accounts = &host.meta.ad_account_ids;
    let choice = json!({ "ad_account_ids": accounts, "page_ids": host.meta.page_ids,
        "whatsapp_ids": [], "start_sync": false });
    host.call("select_assets", choice).await;
    let kept = host.call("list_ad_accounts", json!({})).await;
    assert_eq!(kept.as_array().unwrap().len(), accounts.len());
    assert!(host.call("test_connection", json!({})).await["api_tier"].is_string());
    assert_eq!(host.call("try_network", json!({})).await["online"], true);
}

async fn leaving(host: &TestHost) {
    host.sign_in_with(&host.meta.system_user_token).await;
    host.call("disconnect", json!({})).await;
    let row = host.call("list_workspaces", json!({})).await[0].clone();
    let away = json!({ "id": row["id"], "archived": true });
    assert_eq!(host.call("archive_workspace", away).await["archived"], true);
    assert_eq!(
        host.call("open_sample_workspace", json!({})).await["sample"],
        true
    );
    let gone = json!({ "id": row["id"], "confirm": "Casa Alba" });
    host.call("delete_workspace", gone).await;
}
