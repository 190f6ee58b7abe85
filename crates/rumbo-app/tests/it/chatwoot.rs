//! Chatwoot through the whole program: commands, the mirror, and webhooks at the agent's address.

use std::time::Duration;

use rumbo_app::agent::AgentConfig;
use rumbo_app::wire::AgentEnvironment;
use rumbo_base::Code;
use rumbo_sandbox::AgentOrder;
use serde_json::{Value, json};

use crate::host::TestHost;

fn page() -> Value {
    json!({ "limit": null, "cursor": null })
}

/// A workspace in which somebody has written by one channel, and the way into the sandbox's Chatwoot.
async fn host() -> (TestHost, Value) {
    let host = TestHost::start().await;
    host.make_workspace("Casa Alba").await;
    host.somebody_writes("Hola, quiero turno").await;
    let told = host.meta.channels["chatwoot"].clone();
    (host, told)
}

async fn connect(host: &TestHost, told: &Value, webhook_secret: Option<&Value>) -> Value {
    let channels = host.call("get_chatwoot", json!({})).await["channels"].clone();
    let ids: Vec<&Value> = channels
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    host.call(
        "connect_chatwoot",
        json!({ "base_url": told["base_url"], "token": told["token"], "account_id": told["account"],
            "inbox_id": told["inbox"], "channels": ids, "webhook_secret": webhook_secret }),
    )
    .await
}

async fn mirror(host: &TestHost) {
    let cx = host.cx().await;
    let workspace = cx.scope().unwrap().workspace;
    host.app.mirror(workspace).await.unwrap();
}

#[tokio::test]
async fn it_is_connected_looked_at_changed_and_left_and_its_token_is_in_no_answer() {
    let (host, told) = host().await;
    let none = host.call("get_chatwoot", json!({})).await;
    assert_eq!(none["link"], Value::Null);
    let nobody = json!({ "base_url": told["base_url"] });
    let refused = host.attempt("look_at_chatwoot", nobody).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("token"));
    let wrong = json!({ "base_url": told["base_url"], "token": "wrong" });
    let refused = host.attempt("look_at_chatwoot", wrong).await.unwrap_err();
    assert_eq!(
        (refused.code(), refused.field_name()),
        (Code::InvalidInput, Some("token"))
    );
    let elsewhere = json!({ "base_url": "chat.example", "token": "x" });
    let refused = host
        .attempt("look_at_chatwoot", elsewhere)
        .await
        .unwrap_err();
    assert_eq!(refused.field_name(), Some("base_url"));
    let found = host
        .call(
            "look_at_chatwoot",
            json!({ "base_url": format!("{}/app/accounts/1/dashboard", told["base_url"].as_str().unwrap()),
                "token": told["token"] }),
        )
        .await;
    assert_eq!(
        found["base_url"], told["base_url"],
        "people copy the page they are on"
    );
    let inboxes = &found["accounts"][0]["inboxes"];
    assert_eq!(
        (&inboxes[0]["usable"], &inboxes[1]["usable"]),
        (&json!(false), &json!(true))
    );
    let website = json!({ "base_url": told["base_url"], "token": told["token"], "account_id": 1,
        "inbox_id": inboxes[0]["id"], "channels": [] });
    let refused = host.attempt("connect_chatwoot", website).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("inbox_id"));
    let linked = connect(&host, &told, None).await;
    assert_eq!(linked["link"]["state"], "connected");
    assert_eq!(linked["channels"][0]["mirrored"], true);
    // What is kept is used where nothing is entered, and for no other address.
    let again = json!({ "base_url": told["base_url"], "account_id": 1, "inbox_id": told["inbox"],
        "channels": [], "pause_hours": 2 });
    let changed = host.call("connect_chatwoot", again.clone()).await;
    assert_eq!(changed["link"]["pause_hours"], 2);
    let mut other = again.clone();
    other["base_url"] = json!("http://127.0.0.1:1");
    let refused = host.attempt("connect_chatwoot", other).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("token"));
    let mut long = again;
    long["pause_hours"] = json!(1000);
    let refused = host.attempt("connect_chatwoot", long).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("pause_hours"));
    let token = told["token"].as_str().unwrap();
    let all = host.call("get_chatwoot", json!({})).await;
    for answer in [&found, &linked, &changed, &all] {
        assert!(!answer.to_string().contains(token));
    }
    let left = host.call("disconnect_chatwoot", json!({})).await;
    assert_eq!(left["link"], Value::Null);
    let refused = host.attempt("disconnect_chatwoot", json!({})).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let keyless = json!({ "base_url": told["base_url"] });
    let refused = host.attempt("look_at_chatwoot", keyless).await.unwrap_err();
    assert_eq!(
        refused.field_name(),
        Some("token"),
        "the token is forgotten"
    );
}

#[tokio::test]
async fn an_answer_comes_by_a_signed_webhook_and_an_unsigned_one_only_makes_us_ask() {
    let (host, told) = host().await;
    let linked = connect(&host, &told, Some(&told["webhook_secret"])).await;
    assert_eq!(linked["link"]["webhook_signed"], true);
    let agent = host
        .app
        .start_agent(AgentConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: None,
            environment: AgentEnvironment::Development,
        })
        .await
        .unwrap();
    let status = host.call("get_chatwoot", json!({})).await;
    let url = status["link"]["webhook_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&agent.public_url), "{url}");
    host.sandbox.control().receive_at("chatwoot", &url);
    // Written before it was linked, the conversation is not there; what comes from now on is.
    let row = host
        .call("list_conversations", json!({ "page": page() }))
        .await["rows"][0]
        .clone();
    let key = "01928374-0000-7000-8000-000000000002";
    host.call(
        "reply_to_conversation",
        json!({ "id": row["id"], "body": "¿A qué hora?", "key": key }),
    )
    .await;
    let cx = host.cx().await;
    let scope = cx.scope().unwrap();
    let mut tx = scope.write().await.unwrap();
    // As the outbox leaves it when the provider took it.
    rumbo_db::on_tx!(&mut tx, |c| rumbo_db::sqlx::query(
        "INSERT INTO messages (workspace_id, id, conversation_id, channel_id, direction, kind, body, address, \
         automatic, origin, status, occurred_at, created_at, updated_at) SELECT workspace_id, id, id, channel_id, \
         'outbound', 'text', '¿A qué hora?', address, FALSE, 'person', 'sent', $2, $2, $2 FROM conversations \
         WHERE workspace_id = $1"
    )
    .bind(scope.workspace)
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    mirror(&host).await;
    assert_eq!(host.sandbox.control().chatwoot_messages().len(), 1);
    let thread = host
        .call(
            "get_conversation",
            json!({ "id": row["id"], "page": page() }),
        )
        .await;
    let place = thread["chatwoot_url"].as_str().unwrap();
    assert!(
        place.ends_with("/app/accounts/1/conversations/1"),
        "{place}"
    );
    let write = |text: &str| {
        let order = AgentOrder {
            conversation: 1,
            text: text.to_owned(),
            ..AgentOrder::default()
        };
        host.sandbox.control().chatwoot_write(&order).unwrap();
    };
    let waits = async |wanted: &str, count: u64| {
        for _ in 0..200 {
            let status = host.call("get_chatwoot", json!({})).await;
            if status["link"][wanted] == json!(count) && status["link"]["webhook_at"].is_string() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "it never came: {}",
            host.call("get_chatwoot", json!({})).await
        );
    };
    write("A las diez.");
    waits("replies", 1).await;
    mirror(&host).await;
    let sent = host
        .call("list_dispatches", json!({ "page": page() }))
        .await;
    let texts: Vec<&str> = sent["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["text"].as_str().or_else(|| row["rendered"].as_str()))
        .collect();
    assert!(texts.contains(&"A las diez."), "{sent}");
    // Somebody is writing with the person, until that is ended.
    let thread = host
        .call(
            "get_conversation",
            json!({ "id": row["id"], "page": page() }),
        )
        .await;
    assert!(thread["conversation"]["automation_paused_until"].is_string());
    let resumed = host
        .call("resume_automation", json!({ "id": row["id"] }))
        .await;
    assert_eq!(resumed["automation_paused_until"], Value::Null);
    // A Chatwoot that signs nothing is refused while a secret is known.
    host.sandbox.control().chatwoot_is(false, true);
    write("¿Sigue ahí?");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        host.call("get_chatwoot", json!({})).await["link"]["replies"],
        0
    );
    // Without one it is not believed, and asked.
    let status = connect(&host, &told, Some(&json!(""))).await;
    assert_eq!(status["link"]["webhook_signed"], false);
    host.advance(Duration::from_secs(1));
    write("Lo espero.");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        host.call("get_chatwoot", json!({})).await["link"]["replies"],
        0
    );
    mirror(&host).await;
    let sent = host
        .call("list_dispatches", json!({ "page": page() }))
        .await;
    let all = sent.to_string();
    assert!(
        all.contains("Sigue ahí") && all.contains("Lo espero."),
        "{all}"
    );
    host.app.stop_agent().await;
}
