//! Messages without an agent, and the addresses of an agent.

use std::net::{Ipv4Addr, SocketAddr};

use rumbo_app::agent::AgentConfig;
use rumbo_app::wire::AgentEnvironment;
use rumbo_sandbox::{InboundOrder, StatusOrder};
use serde_json::{Value, json};

use crate::host::TestHost;

/// A channel at the sandbox that works.
async fn channel(host: &TestHost, provider: &str) -> Value {
    let known = &host.meta.channels[provider];
    let settings = match known.get("account") {
        // Nobody listens there.
        Some(account) => json!({ "account": account,
            "status_callback": "https://rumbo.example/webhook/twilio" }),
        None => json!({}),
    };
    let made = host
        .call(
            "save_channel",
            json!({ "id": null, "name": provider, "provider": provider, "base_url": known["base_url"],
                "sender": known["sender"], "sender_id": known.get("sender_id").unwrap_or(&json!("")),
                "settings": settings, "secrets": { "token": known["token"] }, "active": true }),
        )
        .await;
    let id = made["id"].clone();
    let tested = host.call("test_channel", json!({ "id": id })).await;
    assert_eq!(tested["channel"]["state"], "connected", "{tested}");
    id
}

fn writes(host: &TestHost, provider: &str, from: &str, text: &str) {
    host.sandbox
        .control()
        .write_in(&InboundOrder {
            provider: provider.to_owned(),
            from: from.to_owned(),
            text: text.to_owned(),
            ..InboundOrder::default()
        })
        .unwrap();
}

async fn conversations(host: &TestHost) -> Vec<Value> {
    let asked = json!({ "page": { "limit": null, "cursor": null } });
    let page = host.call("list_conversations", asked).await;
    page["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_can_be_asked_about_comes_without_an_agent() {
    let host = TestHost::start().await;
    host.make_workspace("Casa Alba").await;
    let twilio = channel(&host, "twilio").await;
    let evolution = channel(&host, "evolution").await;
    // From now on: what was written before belongs to whoever read it then.
    host.app.poll_channels().await.unwrap();
    writes(&host, "twilio", "+5491155550123", "Por SMS");
    writes(&host, "evolution", "+5491155550124", "Por WhatsApp");
    for _ in 0..3 {
        host.app.poll_channels().await.unwrap();
    }
    let rows = conversations(&host).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows.iter().all(|row| row["unread"] == 1), "{rows:?}");

    for (id, from, word) in [
        (&twilio, "+5491155550123", "delivered"),
        (&evolution, "+5491155550124", "READ"),
    ] {
        let test = json!({ "channel_id": id, "address": from, "text": "Una prueba" });
        let sent = host.call("send_test_message", test).await;
        assert_eq!(sent["state"], "queued");
        let workspace = host.cx().await.scope().unwrap().workspace;
        host.app.send_due(workspace).await.unwrap();
        let one = json!({ "id": sent["dispatch_id"] });
        let after = host.call("get_dispatch", one.clone()).await;
        assert_eq!(after["dispatch"]["state"], "sent", "{after}");
        let known = host.sandbox.control().sent_messages();
        let known = known.iter().find(|it| it.address == from).unwrap();
        // Nobody receives the webhook that tells of it.
        host.sandbox
            .control()
            .report(&StatusOrder {
                id: known.id.clone(),
                status: word.to_owned(),
                code: None,
            })
            .unwrap();
        host.app.poll_channels().await.unwrap();
        let wanted = word.to_lowercase();
        let after = host.call("get_dispatch", one.clone()).await;
        assert_eq!(after["dispatch"]["state"], wanted, "{after}");
        let lines = after["history"].as_array().unwrap().len();
        // Asked again, nothing is told twice and nothing moves back.
        host.app.poll_channels().await.unwrap();
        let after = host.call("get_dispatch", one).await;
        assert_eq!(after["dispatch"]["state"], wanted);
        assert_eq!(after["history"].as_array().unwrap().len(), lines, "{after}");
    }
    assert_eq!(conversations(&host).await.len(), 2);

    // The phone ends the session; somebody pairs it again.
    let state = async |wanted: &str| {
        let list = host.call("list_channels", json!({})).await;
        let rows = list["channels"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == evolution).unwrap();
        assert_eq!(row["state"], wanted, "{row}");
        row["state_reason"].clone()
    };
    host.sandbox.control().pair(false);
    host.app.poll_channels().await.unwrap();
    assert_eq!(state("disconnected").await, "session_lost");
    let shown = host.call("test_channel", json!({ "id": evolution })).await;
    assert!(shown["pairing_code"].is_string(), "{shown}");
    host.app.poll_channels().await.unwrap();
    assert_eq!(state("connecting").await, "not_paired");
    host.sandbox.control().pair(true);
    host.app.poll_channels().await.unwrap();
    assert_eq!(state("connected").await, Value::Null);
}

#[tokio::test]
async fn the_addresses_of_an_agent_are_tried_from_outside() {
    let host = TestHost::start().await;
    host.workspace("Casa Alba").await;
    let twilio = channel(&host, "twilio").await;
    let start = async |public_url: Option<&str>| {
        let config = AgentConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: public_url.map(|url| url.parse().unwrap()),
            environment: AgentEnvironment::Development,
        };
        host.app.start_agent(config).await.unwrap();
    };
    let meta = json!({ "path": "/crm/webhook/meta" });
    start(None).await;
    let list = host.call("list_webhooks", json!({})).await;
    assert_eq!(list["environment"], "development");
    let row = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["channel_id"] == twilio);
    let row = row.unwrap();
    assert_eq!(
        (&row["signed"], &row["last_refusal"]),
        (&json!(true), &Value::Null)
    );
    for path in [&meta, &json!({ "path": row["path"] })] {
        let tried = host.call("test_webhook", path.clone()).await;
        assert_eq!(tried["trouble"], Value::Null, "{tried}");
    }
    // What a test asks for is no trouble to note.
    let list = host.call("list_webhooks", json!({})).await;
    let noted = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .any(|row| !row["last_refusal"].is_null());
    assert!(!noted, "{list}");
    let strange = host
        .attempt("test_webhook", json!({ "path": "/elsewhere" }))
        .await;
    assert_eq!(strange.unwrap_err().code(), rumbo_base::Code::NotFound);
    // Somebody else's address, and nobody's.
    let url = host.meta.graph_url.clone();
    start(Some(&url)).await;
    let tried = host.call("test_webhook", meta.clone()).await;
    assert_eq!(tried["trouble"], "somebody_else", "{tried}");
    start(Some("http://127.0.0.1:9")).await;
    let tried = host.call("test_webhook", meta).await;
    assert_eq!(tried["trouble"], "unreachable", "{tried}");
    host.app.stop_agent().await;
}
