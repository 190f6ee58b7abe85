//! Templates, answers by template and files that people send, by channels of their own that the
//! sandbox plays: no sign-in at Meta is needed for any of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rumbo_base::{ChannelId, Code};
use rumbo_channels::{Event, Provider, WebhookRequest, read_ycloud};
use rumbo_engage::conversations::{ChannelRef, receive};
use rumbo_sandbox::{FileOrder, IncomingOrder};
use serde_json::{Value, json};

use crate::host::TestHost;

const ANA: &str = "+5491144445555";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

fn page() -> Value {
    json!({ "limit": null, "cursor": null })
}

/// A workspace with one channel, at YCloud.
async fn host_at_ycloud() -> (TestHost, ChannelId) {
    host_at("ycloud").await
}

/// A workspace with one channel that has a token of its own.
async fn host_at(provider: &str) -> (TestHost, ChannelId) {
    let host = TestHost::start().await;
    host.make_workspace("Casa Alba").await;
    let played = host.meta.channels[provider].clone();
    let secret = match provider {
        "ycloud" => "webhook_secret",
        _ => "app_secret",
    };
    let asked = json!({ "id": null, "name": "Reception", "provider": provider, "active": true,
        "base_url": played["base_url"], "sender": played["sender"],
        "sender_id": played["sender_id"].as_str().unwrap_or_default(),
        "settings": { "account": played["account"] },
        "secrets": { "token": played["token"], secret: played[secret] } });
    let made = host.call("save_channel", asked).await;
    let tested = host.call("test_channel", json!({ "id": made["id"] })).await;
    assert_eq!(tested["channel"]["state"], "connected", "{tested}");
    let id = made["id"].as_str().unwrap().parse().unwrap();
    (host, id)
}

/// Somebody writes in; what YCloud tells of it is kept. Gives the conversation.
async fn writes(host: &TestHost, channel: ChannelId, text: &str, file: Option<FileOrder>) -> Value {
    // One after the other.
    host.advance(std::time::Duration::from_secs(1));
    let order = IncomingOrder {
        way: "ycloud".to_owned(),
        from: ANA.to_owned(),
        name: Some("Ana Souza".to_owned()),
        text: text.to_owned(),
        files: file.into_iter().collect(),
        ..IncomingOrder::default()
    };
    host.sandbox.control().person_writes(&order).unwrap();
    let told = host.sandbox.control().webhooks().pop().unwrap();
    let headers = BTreeMap::new();
    let told = read_ycloud(&WebhookRequest {
        url: &told.url,
        content_type: told.content_type,
        headers: &headers,
        body: told.body.as_bytes(),
        received_at: host.clock.now(),
    })
    .unwrap();
    let cx = host.cx().await;
    let scope = cx.scope().unwrap();
    let whose = ChannelRef {
        id: channel,
        provider: Provider::Ycloud,
    };
    let mut tx = scope.write().await.unwrap();
    for event in &told.events {
        let Event::Message(message) = event else {
            panic!("{event:?}")
        };
        receive(&mut tx, scope, whose, message).await.unwrap();
    }
    tx.commit().await.unwrap();
    let listed = host
        .call("list_conversations", json!({ "page": page() }))
        .await;
    listed["rows"][0].clone()
}

/// The newest message of a conversation.
async fn newest(host: &TestHost, conversation: &Value) -> Value {
    let request = json!({ "id": conversation["id"], "page": page() });
    let thread = host.call("get_conversation", request).await;
    thread["messages"][0].clone()
}

/// List, pull, submit, state, edit, delete and the sample of a header, by a token that belongs to the
/// channel alone.
#[tokio::test]
async fn templates_come_and_go_without_a_sign_in() {
    for provider in ["ycloud", "whatsapp_cloud"] {
        let (host, _) = host_at(provider).await;
        let pulled = host.call("pull_templates", json!({})).await;
        assert_eq!(pulled["accounts"][0]["added"], 12, "{provider}: {pulled}");
        let accounts = host.call("list_template_accounts", json!({})).await;
        assert_eq!(
            (
                &accounts[0]["provider"],
                &accounts[0]["name"],
                &accounts[0]["connected"]
            ),
            (&json!(provider), &json!("Reception"), &json!(true))
        );
        let listed = host.call("list_templates", json!({ "page": page() })).await;
        assert_eq!(listed["total"], 12, "{provider}");
        let template = |text: &str| {
            json!({ "name": "pedido", "language": "es_AR", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": text,
                             "example": { "body_text": [["Ana"]] } }] })
        };
        let first = template("Hola {{1}}, tu pedido ya está en camino a tu casa.");
        let saved = host
            .call("save_template", json!({ "template": first.to_string() }))
            .await;
        assert_eq!(saved["row"]["provider"], provider);
        let one = json!({ "id": saved["row"]["id"] });
        let sent = host.call("submit_template", one.clone()).await;
        assert_eq!(sent["row"]["state"], "pending", "{provider}");
        host.advance(std::time::Duration::from_mins(1));
        host.call("pull_templates", json!({})).await;
        let approved = host.call("get_template", one.clone()).await;
        assert_eq!(approved["row"]["state"], "approved", "{provider}");
        // What was approved is edited, once a day.
        let second = template("Hola {{1}}, tu pedido llega mañana por la tarde a tu casa.");
        let request = json!({ "id": one["id"], "template": second.to_string() });
        host.call("save_template", request).await;
        host.call("submit_template", one.clone()).await;
        host.advance(std::time::Duration::from_mins(1));
        host.call("pull_templates", json!({})).await;
        let edited = host.call("get_template", one.clone()).await;
        assert_eq!(
            (&edited["row"]["state"], &edited["row"]["version"]),
            (&json!("approved"), &json!(2)),
            "{provider}"
        );
        host.call("delete_template", one).await;
        let account = host.meta.channels[provider]["account"].as_str().unwrap();
        let left = host.sandbox.control().templates(account);
        assert!(left.iter().all(|(_, name, _)| name != "pedido"));

        let file = host.data().join("sample.png");
        std::fs::write(&file, PNG).unwrap();
        let sample = json!({ "path": file, "account": account });
        match provider {
            "ycloud" => {
                let refused = host.attempt("upload_template_sample", sample).await;
                let reason = refused.unwrap_err().reason_id().unwrap();
                assert_eq!(reason.id(), "sample_address_needed");
            }
            _ => {
                let sample = host.call("upload_template_sample", sample).await;
                assert!(sample["handle"].as_str().unwrap().starts_with("4::"));
            }
        }
    }
}

/// A token that Meta does not take is told as the channel's: nobody is asked to sign in.
#[tokio::test]
async fn a_channels_token_that_meta_does_not_take_is_told_of_its_account() {
    let (host, channel) = host_at("whatsapp_cloud").await;
    let played = host.meta.channels["whatsapp_cloud"].clone();
    let wrong = json!({ "id": channel, "name": "Reception", "provider": "whatsapp_cloud",
        "active": true, "base_url": played["base_url"], "sender": played["sender"],
        "sender_id": played["sender_id"], "settings": { "account": played["account"] },
        "secrets": { "token": "EAAwrong" } });
    host.call("save_channel", wrong).await;
    let pulled = host.call("pull_templates", json!({})).await;
    let row = &pulled["accounts"][0];
    assert_eq!(row["added"], 0);
    assert!(!row["error"].is_null(), "{pulled}");
    assert!(!pulled.to_string().contains("EAAwrong"), "{pulled}");
}

#[tokio::test]
async fn a_channel_that_names_no_account_says_what_to_do() {
    for provider in ["ycloud", "whatsapp_cloud"] {
        let (host, channel) = host_at(provider).await;
        let played = host.meta.channels[provider].clone();
        let nameless = json!({ "id": channel, "name": "Reception", "provider": provider,
            "active": true, "base_url": played["base_url"], "sender": played["sender"],
            "sender_id": played["sender_id"].as_str().unwrap_or_default() });
        host.call("save_channel", nameless).await;
        let refused = host.attempt("pull_templates", json!({})).await.unwrap_err();
        assert_eq!(refused.reason_id().unwrap().id(), "channel_account_missing");
        assert_eq!(refused.params()["name"], "Reception");
    }
}

#[tokio::test]
async fn a_template_answers_when_free_text_may_not_be_sent() {
    let (host, channel) = host_at_ycloud().await;
    host.call("pull_templates", json!({})).await;
    let conversation = writes(&host, channel, "Hola", None).await;
    host.advance(std::time::Duration::from_hours(25));
    let key = "01928374-0000-7000-8000-000000000001";
    let text = json!({ "id": conversation["id"], "body": "Hola", "key": key });
    let late = host.call("reply_to_conversation", text).await;
    assert_eq!(
        (&late["state"], &late["reason"]),
        (&json!("skipped"), &json!("window_closed"))
    );

    let asked = json!({ "id": conversation["id"] });
    let offered = host.call("list_reply_templates", asked).await;
    let templates = offered["templates"].as_array().unwrap();
    assert!(
        templates.iter().all(|one| one["name"] != "winter_sale"),
        "a disabled one"
    );
    let followup = templates
        .iter()
        .find(|one| one["name"] == "lead_followup" && one["language"] == "es")
        .unwrap();
    // The greeting is followed by the person's first name.
    assert_eq!(followup["variables"][0]["value"], "Ana");
    assert_eq!(followup["variables"][1]["value"], "");
    let draft = |second: &str| {
        json!({ "id": conversation["id"], "template_id": followup["id"],
        "values": { "body.1": "{first_name}", "body.2": second } })
    };
    let empty = json!({ "draft": draft("{city}") });
    let refused = host
        .attempt("preview_template_reply", empty)
        .await
        .unwrap_err();
    assert_eq!(refused.params()["variable"], "city");
    let seen = json!({ "draft": draft("la mesa {{Alba}}") });
    let seen = host.call("preview_template_reply", seen).await;
    assert_eq!(seen["state"], "queued");
    let read = seen["text"].as_str().unwrap();
    assert!(
        read.starts_with("Hola Ana, gracias por tu interés en la mesa {Alba}."),
        "{read}"
    );

    let send = json!({ "draft": draft("la mesa"), "key": "01928374-0000-7000-8000-000000000002" });
    let queued = host.call("reply_with_template", send.clone()).await;
    assert_eq!(queued["state"], "queued", "{queued}");
    let again = host.call("reply_with_template", send).await;
    assert_eq!(again["dispatch_id"], queued["dispatch_id"]);
    let cx = host.cx().await;
    let workspace = cx.scope().unwrap().workspace;
    let report = cx.app().send_due(workspace).await.unwrap().unwrap();
    assert_eq!((report.sent, report.failed), (1, 0));
    let taken = host.sandbox.control().accepted_messages();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].template.as_deref(), Some("lead_followup"));
    let shown = newest(&host, &conversation).await;
    assert_eq!(
        (&shown["kind"], &shown["template"], &shown["origin"]),
        (
            &json!("template"),
            &json!("lead_followup"),
            &json!("person")
        )
    );
}

fn picture(name: Option<&str>, content: &[u8]) -> FileOrder {
    FileOrder {
        kind: if name.is_some() { "document" } else { "image" }.to_owned(),
        mime_type: "image/png".to_owned(),
        file_name: name.map(str::to_owned),
        content: STANDARD.encode(content),
    }
}

#[tokio::test]
async fn what_people_send_is_fetched_kept_and_shown() {
    let (host, channel) = host_at_ycloud().await;
    let conversation = writes(&host, channel, "Mirá", Some(picture(None, PNG))).await;
    let waiting = newest(&host, &conversation).await;
    assert_eq!(
        (&waiting["kind"], &waiting["body"]),
        (&json!("image"), &json!("Mirá"))
    );
    assert_eq!(waiting["media"]["state"], "waiting");
    let one = json!({ "id": waiting["id"] });
    let early = host
        .attempt("get_message_file", one.clone())
        .await
        .unwrap_err();
    assert_eq!(early.code(), Code::NotFound);

    let cx = host.cx().await;
    let workspace = cx.scope().unwrap().workspace;
    assert_eq!(cx.app().fetch_files(workspace).await.unwrap(), 1);
    assert_eq!(cx.app().fetch_files(workspace).await.unwrap(), 0);
    let here = newest(&host, &conversation).await;
    assert_eq!(
        (
            &here["media"]["state"],
            &here["media"]["mime_type"],
            &here["media"]["bytes"]
        ),
        (
            &json!("here"),
            &json!("image/png"),
            &json!(PNG.len().to_string())
        )
    );
    let shown = host.call("get_message_file", one.clone()).await;
    assert_eq!(
        STANDARD.decode(shown["base64"].as_str().unwrap()).unwrap(),
        PNG
    );
    let out = host.data().join("copy.png");
    let save = json!({ "id": one["id"], "path": out });
    host.call("save_message_file", save).await;
    assert_eq!(std::fs::read(&out).unwrap(), PNG);
    // Below the contact's own folder, under no name of theirs.
    let contact = conversation["contact_id"].as_str().unwrap();
    let folder = host.data().join("files").join(workspace.to_string());
    let kept = folder.join(format!("clients/{contact}/media/images"));
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1);

    // A program is not kept, whatever it is called.
    writes(
        &host,
        channel,
        "",
        Some(picture(Some("invoice.pdf"), b"MZ\x90\x00 program")),
    )
    .await;
    cx.app().fetch_files(workspace).await.unwrap();
    let refused = newest(&host, &conversation).await;
    assert_eq!(
        (&refused["media"]["state"], &refused["media"]["reason"]),
        (&json!("refused"), &json!("executable"))
    );
    // After 30 days YCloud has it no more.
    writes(&host, channel, "", Some(picture(Some("old.png"), PNG))).await;
    host.advance(std::time::Duration::from_hours(31 * 24));
    let late = newest(&host, &conversation).await;
    let gone = host
        .call("fetch_message_file", json!({ "id": late["id"] }))
        .await;
    assert_eq!(gone["state"], "gone");
    // What went from this disk is fetched again where it still can be.
    std::fs::remove_dir_all(&folder).unwrap();
    let lost = host.call("fetch_message_file", one).await;
    assert_eq!(lost["state"], "gone");
}
