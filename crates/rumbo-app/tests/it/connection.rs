//! How the sign-in is shown, checked and ended.

use std::time::Duration;

use rumbo_base::Code;
use rumbo_http::{Method, Request};
use serde_json::{Value, json};

use crate::host::TestHost;

fn words(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_end_is_told_from_a_withdrawal() {
    for (subcode, state) in [
        (463, "expired"),
        (493, "expired"),
        (460, "revoked"),
        (458, "revoked"),
    ] {
        let host = TestHost::connected().await;
        host.sandbox
            .control()
            .kill_token(&host.meta.access_token, subcode);
        let end = host.sync().await;
        assert_eq!(end["error"]["code"], "needs_sign_in", "{subcode}: {end}");
        let shown = host.connection().await;
        assert_eq!(shown["state"], state, "{subcode}: {shown}");
        assert_eq!(shown["last_error_code"], "needs_sign_in");
        // The clock alone brings nothing back, and nothing is tried by itself.
        host.advance(Duration::from_hours(5));
        host.app.turn(None).await.unwrap();
        assert_eq!(host.state().await, state);
        // Another sign-in does.
        host.sign_in_with(&host.meta.system_user_token).await;
        assert_eq!(host.state().await, "connected", "{subcode}");
    }
}

async fn take_back(host: &TestHost, permission: &str) {
    let me = host.connection().await["meta_user_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v26.0/{me}/permissions");
    let request = Request::new(Method::DELETE, &path).queries([
        ("permission".to_owned(), permission.to_owned()),
        ("access_token".to_owned(), host.meta.access_token.clone()),
    ]);
    let answer = host.send(request).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_permission_that_is_taken_back_is_missed_after_a_sync_and_after_a_test() {
    let host = TestHost::connected().await;
    take_back(&host, "leads_retrieval").await;
    assert_eq!(host.state().await, "connected", "nobody has asked yet");
    host.sync().await;
    let shown = host.connection().await;
    assert_eq!(shown["state"], "missing_scope", "{shown}");
    assert_eq!(shown["missing"][0]["scope"], "leads_retrieval");
    assert!(!words(&shown["granted"]).contains(&"leads_retrieval"));

    take_back(&host, "whatsapp_business_management").await;
    let tested = host.call("test_connection", json!({})).await;
    assert!(!words(&tested["scopes"]).contains(&"whatsapp_business_management"));
    let shown = host.connection().await;
    assert_eq!(shown["missing"].as_array().unwrap().len(), 2, "{shown}");
    // What is switched off is not missed.
    let app = host
        .call(
            "save_meta_app",
            json!({ "features": ["ads", "portfolios"] }),
        )
        .await;
    assert_eq!(words(&app["features"]), ["ads", "portfolios"]);
    assert_eq!(host.state().await, "connected");
    let assets = host
        .call(
            "list_assets",
            json!({ "portfolio_id": host.meta.business_ids[0] }),
        )
        .await;
    assert_eq!(
        (&assets["pages"], &assets["whatsapp"]),
        (&json!([]), &json!([]))
    );
    host.sandbox.control().forget_calls();
    assert_eq!(host.sync().await["state"], "done");
    let asked = host.sandbox.control().calls();
    let leads = asked
        .iter()
        .filter(|call| call.path.contains("lead"))
        .count();
    assert_eq!(leads, 0, "what is switched off reads nothing");
}

#[tokio::test]
async fn a_test_knows_the_tier_the_use_of_an_account_and_when_it_ends() {
    let host = TestHost::connected().await;
    let account = host.meta.ad_account_ids[0].clone();
    let tested = host.call("test_connection", json!({})).await;
    assert_eq!(tested["api_tier"], "standard_access", "{tested}");
    let names = |tested: &Value| -> Vec<String> {
        let usage = tested["usage"].as_array().unwrap();
        usage
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(names(&tested).iter().any(|name| name != "app"), "{tested}");
    for account in &host.meta.ad_account_ids {
        host.sandbox
            .control()
            .fill_quota(account, "ads_management", 130);
    }
    let tested = host.call("test_connection", json!({})).await;
    let usage = tested["usage"].as_array().unwrap();
    assert!(
        usage
            .iter()
            .any(|one| one["regain_seconds"].as_u64().is_some_and(|left| left > 0)),
        "{account}: {tested}"
    );
}

#[tokio::test]
async fn disconnecting_works_without_a_network() {
    let mut host = TestHost::connected().await;
    host.sync().await;
    let end = host.call("get_data_ages", json!({})).await;
    let control = host.sandbox.control().clone();
    let sandbox = std::mem::replace(&mut host.sandbox, other_sandbox().await);
    sandbox.stop().await;
    let left = host.call("disconnect", json!({})).await;
    assert_eq!(left, json!({ "revoked_at_meta": false, "kept_for": null }));
    assert_eq!(host.state().await, "missing");
    let kept: Vec<String> = host.keyring.names();
    assert!(
        kept.iter().all(|name| !name.ends_with("meta_token")),
        "{kept:?}"
    );
    assert_eq!(
        host.call("get_data_ages", json!({})).await,
        end,
        "what is stored stays"
    );
    drop(control);
    let refused = host
        .attempt("start_sync", json!({ "since": null, "full": false }))
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::NeedsSignIn);
}

async fn other_sandbox() -> rumbo_sandbox::Sandbox {
    rumbo_sandbox::Sandbox::start(rumbo_sandbox::SandboxConfig::default())
        .await
        .unwrap()
}

async fn token_works(host: &TestHost) -> bool {
    let request = Request::get("/v26.0/me")
        .queries([("access_token".to_owned(), host.meta.access_token.clone())]);
    host.send(request).await.status == 200
}

#[tokio::test]
async fn a_sign_in_that_another_workspace_uses_is_left_at_meta() {
    let host = TestHost::connected().await;
    host.workspace("Second").await;
    let left = host.call("disconnect", json!({})).await;
    assert_eq!(
        left,
        json!({ "revoked_at_meta": false, "kept_for": "Casa Alba" })
    );
    assert!(token_works(&host).await);
    host.call("use_workspace", json!({ "workspace": "casa-alba" }))
        .await;
    assert_eq!(host.state().await, "connected");
    let left = host.call("disconnect", json!({})).await;
    assert_eq!(left, json!({ "revoked_at_meta": true, "kept_for": null }));
    assert!(!token_works(&host).await);
}

#[tokio::test]
async fn a_deleted_workspace_leaves_nothing_but_a_copy_of_its_own() {
    let host = TestHost::connected().await;
    host.sync().await;
    let row = host.call("list_workspaces", json!({})).await[0].clone();
    let gone = row["id"].as_str().unwrap().to_owned();
    host.make_workspace("Kept Secretly").await;
    host.set_app(json!({ "app_secret": "another secret" }))
        .await;
    let pictures = host.data().join("thumbnails").join(&gone);
    std::fs::create_dir_all(&pictures).unwrap();
    std::fs::write(pictures.join("one.jpg"), b"jpg").unwrap();

    let wrong = json!({ "id": gone, "confirm": "Casa" });
    assert!(host.attempt("delete_workspace", wrong).await.is_err());
    assert!(token_works(&host).await);
    let deleted = host
        .call(
            "delete_workspace",
            json!({ "id": gone, "confirm": "Casa Alba" }),
        )
        .await;
    assert_eq!(deleted["revoked_at_meta"], true, "{deleted}");
    assert!(!token_works(&host).await);
    let names = host.keyring.names();
    assert!(names.iter().all(|name| !name.contains(&gone)), "{names:?}");
    assert_eq!(names.len(), 1, "the other workspace's secret stays");
    assert!(!pictures.exists());
    assert!(!host.data().join(format!("sync-{gone}.lock")).exists());
    let backup = std::path::PathBuf::from(deleted["backup"].as_str().unwrap());
    let bytes = std::fs::read(&backup).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("Casa Alba") && !holds("Kept Secretly"));
    assert!(!holds(&host.meta.access_token));
    let files = std::fs::read_dir(backup.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let host = TestHost::start().await;
    let mode = std::fs::metadata(host.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
