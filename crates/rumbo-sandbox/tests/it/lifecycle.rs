//! Starting, announcing, stopping.

use rumbo_sandbox::{Profile, Sandbox, SandboxConfig, SandboxError};

use crate::client::Meta;

#[tokio::test]
async fn it_says_where_it_is_and_stops() {
    let meta = Meta::small().await;
    let said = serde_json::to_value(&meta.at).unwrap();
    for key in [
        "graph_url",
        "dialog_url",
        "app_id",
        "app_secret",
        "access_token",
    ] {
        assert!(
            said[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
    assert_eq!(said["ad_account_ids"].as_array().unwrap().len(), 5);
    assert_eq!(
        format!("{}/", meta.at.graph_url),
        meta.sandbox.graph_url().as_str()
    );
    assert_eq!(meta.get("me", &[]).await.status, 200);
    let (http, url) = (meta.http.clone(), format!("{}/v26.0/me", meta.at.graph_url));
    meta.sandbox.stop().await;
    assert!(http.get(url).send().await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let meta = Meta::small().await;
    let listen = meta
        .at
        .graph_url
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    let error = Sandbox::start(SandboxConfig {
        listen,
        ..SandboxConfig::default()
    })
    .await
    .unwrap_err();
    assert!(matches!(error, SandboxError::Listen { .. }));
    assert!(error.to_string().contains("port 0"), "{error}");
    assert!(
        "enormous"
            .parse::<Profile>()
            .unwrap_err()
            .to_string()
            .contains("agency")
    );
}
