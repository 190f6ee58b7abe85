//! Which secret is in force, and a vault that is locked, emptied or changed.

use std::time::Duration;

use rumbo_base::Code;
use serde_json::{Value, json};

use crate::host::TestHost;

fn in_force(app: &Value) -> (Option<&str>, Option<&str>) {
    (
        app["app_id_source"].as_str(),
        app["app_secret_source"].as_str(),
    )
}

#[tokio::test]
async fn the_workspaces_own_secret_comes_first_then_the_programs_then_the_environments() {
    let host = TestHost::with_environment(&[("META_APP_SECRET", "from the environment")]).await;
    host.make_workspace("First").await;
    let app = host.set_app(json!({})).await;
    assert_eq!(in_force(&app), (Some("workspace"), Some("environment")));
    assert_eq!(app["has_app_secret"], true);
    let everywhere = json!({ "app_id": "77", "app_secret": "for all", "everywhere": true });
    let app = host.call("save_meta_app", everywhere).await;
    assert_eq!(in_force(&app), (Some("global"), Some("global")));
    assert_eq!(app["app_id"], "77");
    let app = host
        .call("save_meta_app", json!({ "app_secret": "its own" }))
        .await;
    assert_eq!(in_force(&app), (Some("global"), Some("workspace")));

    host.make_workspace("Second").await;
    let app = host.call("get_meta_app", json!({})).await;
    assert_eq!(
        (app["app_id"].as_str(), in_force(&app)),
        (Some("77"), (Some("global"), Some("global")))
    );
    // The secret of another app is none.
    let app = host.call("save_meta_app", json!({ "app_id": "88" })).await;
    assert_eq!(in_force(&app), (Some("workspace"), None));
}

#[tokio::test]
async fn the_environment_names_the_app_and_the_way_back() {
    let host = TestHost::with_environment(&[
        ("META_APP_ID", "55"),
        ("META_APP_SECRET", "s3cret"),
        ("META_REDIRECT_URI", "http://localhost:9321/oauth/meta"),
    ])
    .await;
    host.make_workspace("First").await;
    let app = host.call("get_meta_app", json!({})).await;
    assert_eq!(in_force(&app), (Some("environment"), Some("environment")));
    assert_eq!(app["ports"], json!([9321]));
    assert_eq!(
        app["redirect_uris"],
        json!(["http://localhost:9321/oauth/meta"])
    );
    // Somebody else's app has somebody else's secret.
    let app = host
        .call(
            "save_meta_app",
            json!({ "app_id": "66", "ports": [9001, 9002] }),
        )
        .await;
    assert_eq!(in_force(&app), (Some("workspace"), None));
    assert_eq!(app["ports"], json!([9001, 9002]));
    let usual = host.call("save_meta_app", json!({ "ports": [] })).await;
    assert_eq!(usual["ports"], json!([9321]));
    let wrong = host
        .attempt("save_meta_app", json!({ "features": ["leads"] }))
        .await;
    assert_eq!(wrong.unwrap_err().field_name(), Some("features"));
}

async fn sign_in_check(host: &TestHost) -> Value {
    let checks = host.call("run_doctor", json!({})).await;
    let mut found = checks.as_array().unwrap().iter();
    let check = found.find(|check| check["name"] == "sign_in");
    check.unwrap().clone()
}

#[tokio::test]
async fn a_vault_that_lost_the_token_is_noticed() {
    let mut host = TestHost::connected().await;
    assert_eq!(sign_in_check(&host).await["outcome"], "ok");
    host.keyring.clear();
    // While the program runs the examination finds it, and a sync does.
    assert_eq!(sign_in_check(&host).await["outcome"], "failed");
    assert_eq!(host.state().await, "missing");
    let end = host.sync().await;
    assert_eq!(end["error"]["code"], "needs_sign_in", "{end}");
    // After a start it is known before anybody asks.
    host.restart().await;
    let shown = host.connection().await;
    assert_eq!(shown["state"], "missing", "{shown}");
    assert_eq!(shown["last_error_code"], "needs_sign_in");
    assert_eq!(
        host.call("get_setup_state", json!({})).await["connected"],
        false
    );
    // What runs by itself does not try in vain every half minute.
    let reads = host.keyring.reads();
    for _ in 0..5 {
        host.advance(Duration::from_hours(1));
        host.app.turn(None).await.unwrap();
    }
    assert_eq!(host.keyring.reads(), reads);
    host.set_app(json!({ "app_secret": host.meta.app_secret }))
        .await;
    host.sign_in_with(&host.meta.access_token).await;
    assert_eq!(host.state().await, "connected");
}

#[tokio::test]
async fn a_keyring_that_is_locked_is_said_and_left_in_peace() {
    let mut host = TestHost::connected().await;
    host.keyring.set_locked(true);
    host.restart().await;
    let shown = host.connection().await;
    assert_eq!(
        shown["state"], "connected",
        "the sign-in itself is as good as before"
    );
    assert_eq!(shown["last_error_code"], "keyring_unavailable", "{shown}");
    for name in ["test_connection", "get_meta_app", "list_portfolios"] {
        let refused = host.attempt(name, json!({})).await.unwrap_err();
        assert_eq!(refused.code(), Code::KeyringUnavailable, "{name}");
        assert!(refused.message().contains("locked"), "{name}: {refused}");
    }
    assert_eq!(host.sync().await["error"]["code"], "keyring_unavailable");
    assert_eq!(sign_in_check(&host).await["outcome"], "failed");
    // A desktop that asks for the password each time is not made to ask each half minute.
    let reads = host.keyring.reads();
    for _ in 0..4 {
        host.advance(Duration::from_secs(30));
        host.app.turn(None).await.unwrap();
    }
    assert_eq!(host.keyring.reads(), reads);
    host.keyring.set_locked(false);
    host.advance(Duration::from_mins(10));
    host.app.turn(None).await.unwrap();
    drop(rumbo_app::sync::wait_for_sync(&host.cx().await).await);
    let shown = host.connection().await;
    assert_eq!(
        (&shown["state"], &shown["last_error"]),
        (&json!("connected"), &Value::Null)
    );
}
