//! Files that people send, from the provider's webhook to the screen: pushed to an agent, or asked for
//! where the provider can be asked.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rumbo_app::agent::AgentConfig;
use rumbo_app::wire::AgentEnvironment;
use rumbo_sandbox::{FileOrder, InboundOrder};
use serde_json::{Map, Value, json};

use crate::host::TestHost;

const ANA: &str = "+5491144445555";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

/// A channel at the sandbox, with everything that its webhooks need.
async fn channel(host: &TestHost, provider: &str) -> Value {
    let known = &host.meta.channels[provider];
    let mut secrets = Map::new();
    for name in ["token", "webhook_secret", "app_secret"] {
        if let Some(secret) = known.get(name) {
            secrets.insert(name.to_owned(), secret.clone());
        }
    }
    let settings = known
        .get("account")
        .map_or_else(|| json!({}), |account| json!({ "account": account }));
    let asked = json!({ "id": null, "name": provider, "provider": provider, "active": true,
        "base_url": known["base_url"], "sender": known["sender"],
        "sender_id": known.get("sender_id").unwrap_or(&json!("")),
        "settings": settings, "secrets": secrets });
    let made = host.call("save_channel", asked).await;
    let tested = host.call("test_channel", json!({ "id": made["id"] })).await;
    assert_eq!(tested["channel"]["state"], "connected", "{tested}");
    made["id"].clone()
}

fn writes(host: &TestHost, provider: &str, from: &str) {
    let file = FileOrder {
        kind: "image".to_owned(),
        mime_type: "image/png".to_owned(),
        file_name: None,
        content: STANDARD.encode(PNG),
    };
    host.sandbox
        .control()
        .write_in(&InboundOrder {
            provider: provider.to_owned(),
            from: from.to_owned(),
            text: "Mirá".to_owned(),
            name: Some("Ana Souza".to_owned()),
            files: vec![file],
        })
        .unwrap();
}

/// The message by a channel, once its file is here.
async fn arrived(host: &TestHost, channel: &Value) -> Value {
    let mut seen = Value::Null;
    for _ in 0..600 {
        let asked = json!({ "channel_id": channel, "page": { "limit": null, "cursor": null } });
        let listed = host.call("list_conversations", asked).await;
        if let Some(row) = listed["rows"].get(0) {
            let asked = json!({ "id": row["id"], "page": { "limit": null, "cursor": null } });
            let thread = host.call("get_conversation", asked).await;
            seen = thread["messages"][0].clone();
            if seen["media"]["state"] == "here" {
                return seen;
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no file came by {channel}: {seen}")
}

async fn shown(host: &TestHost, channel: &Value) {
    let message = arrived(host, channel).await;
    assert_eq!(
        (
            &message["kind"],
            &message["body"],
            &message["media"]["mime_type"]
        ),
        (&json!("image"), &json!("Mirá"), &json!("image/png"))
    );
    let file = host
        .call("get_message_file", json!({ "id": message["id"] }))
        .await;
    let bytes = STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, PNG);
    let copy = host.data().join("copy.png");
    let save = json!({ "id": message["id"], "path": copy });
    host.call("save_message_file", save).await;
    assert_eq!(std::fs::read(&copy).unwrap(), PNG);
}

#[tokio::test]
async fn files_come_by_webhook_are_kept_and_shown() {
    let host = TestHost::start().await;
    host.workspace("Casa Alba").await;
    let config = AgentConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        public_url: None,
        environment: AgentEnvironment::Development,
    };
    host.app.start_agent(config).await.unwrap();
    for (provider, from) in [
        ("twilio", ANA),
        ("vonage", ANA),
        ("evolution", ANA),
        ("ycloud", ANA),
        ("whatsapp_cloud", ANA),
        ("messenger", "6677001122334455"),
        ("instagram", "17841400000000011"),
    ] {
        let channel = channel(&host, provider).await;
        let hooks = host.call("list_webhooks", json!({})).await;
        let rows = hooks["rows"].as_array().unwrap();
        let own = rows.iter().find(|row| row["channel_id"] == channel);
        let shared = || {
            let of = if provider == "ycloud" {
                "ycloud"
            } else {
                "meta"
            };
            rows.iter()
                .find(|row| row["path"].as_str().unwrap().ends_with(of))
        };
        let url = own.or_else(shared).unwrap()["url"].as_str().unwrap();
        host.sandbox.control().receive_at(provider, url);
        writes(&host, provider, from);
        shown(&host, &channel).await;
    }
    host.app.stop_agent().await;
}

#[tokio::test]
async fn files_of_what_is_asked_for_come_without_an_agent() {
    let host = TestHost::start().await;
    host.make_workspace("Casa Alba").await;
    let from = [
        ("telegram", "77112233"),
        ("twilio", ANA),
        ("evolution", ANA),
    ];
    let mut channels = Vec::new();
    for (provider, _) in from {
        channels.push(channel(&host, provider).await);
    }
    // From now on: what was written before belongs to whoever read it then. Telegram holds the line
    // while nothing happens.
    writes(&host, "telegram", "77112234");
    host.app.poll_channels().await.unwrap();
    for (provider, from) in from {
        writes(&host, provider, from);
    }
    for _ in 0..3 {
        writes(&host, "telegram", "77112235");
        host.app.poll_channels().await.unwrap();
    }
    for channel in &channels {
        shown(&host, channel).await;
    }
}
