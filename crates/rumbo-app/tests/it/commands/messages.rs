//! Channels, sending, consent and the inbox.

use rumbo_base::Code;
use serde_json::{Value, json};

use super::{id, page};
use crate::host::TestHost;

pub(super) async fn inbox(host: &TestHost) {
    let none = host
        .call("list_conversations", json!({ "page": page() }))
        .await;
    assert_eq!((&none["rows"], &none["unread"]), (&json!([]), &json!(0)));
    host.somebody_writes("Hola, quiero turno").await;
    let listed = host
        .call(
            "list_conversations",
            json!({ "state": "open", "assigned": "nobody", "unread": true, "page": page() }),
        )
        .await;
    let row = &listed["rows"][0];
    assert_eq!(
        (&row["name"], &listed["unread"]),
        (&json!("Ana"), &json!(1))
    );
    assert!(row["open_until"].is_string());
    let refused = host
        .attempt(
            "list_conversations",
            json!({ "state": "asleep", "page": page() }),
        )
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidInput);
    let key = "01928374-0000-7000-8000-000000000001";
    let answer = json!({ "id": id(row), "body": "Hola Ana", "key": key });
    let queued = host.call("reply_to_conversation", answer.clone()).await;
    assert_eq!(queued["state"], "queued", "{queued}");
    // Pressed twice it is one.
    let again = host.call("reply_to_conversation", answer).await;
    assert_eq!(again["dispatch_id"], queued["dispatch_id"]);
    let empty = json!({ "id": id(row), "body": " ", "key": key });
    let refused = host.attempt("reply_to_conversation", empty).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidInput);
    answered_otherwise(host, row).await;
    let unread = json!({ "id": id(row), "read": false });
    assert_eq!(host.call("mark_conversation", unread).await["unread"], 1);
    let read = host
        .call("mark_conversation", json!({ "id": id(row), "read": true }))
        .await;
    assert_eq!(read["unread"], 0);
    let mine = host
        .call("assign_conversation", json!({ "id": id(row), "to": "me" }))
        .await;
    assert!(mine["assigned_to"].is_string());
    let stranger = json!({ "id": id(row), "to": id(row) });
    let refused = host.attempt("assign_conversation", stranger).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidInput);
    let ended = host
        .call(
            "close_conversation",
            json!({ "id": id(row), "closed": true }),
        )
        .await;
    assert_eq!(ended["state"], "closed");
    let note = host
        .call(
            "add_conversation_note",
            json!({ "id": id(row), "body": "Llamar" }),
        )
        .await;
    let thread = host
        .call("get_conversation", json!({ "id": id(row), "page": page() }))
        .await;
    assert_eq!(thread["messages"][0]["body"], "Hola, quiero turno");
    assert_eq!(thread["notes"], json!([note]));
    host.call("remove_conversation_note", json!({ "id": id(&note) }))
        .await;
    let gone = host
        .attempt("remove_conversation_note", json!({ "id": id(&note) }))
        .await;
    assert_eq!(gone.unwrap_err().code(), Code::NotFound);
    let found = host
        .call("search_inbox", json!({ "text": "turno", "limit": null }))
        .await;
    assert_eq!(found["messages"][0]["conversation_id"], id(row));
    let people = host
        .call("search_inbox", json!({ "text": "ana", "limit": null }))
        .await;
    assert_eq!(people["people"][0]["id"], id(row));
    let day = host.clock.now().date_naive();
    let figures = host
        .call(
            "get_channel_figures",
            json!({ "from": day - chrono::Days::new(2), "to": day }),
        )
        .await;
    assert_eq!(figures[0]["inbound"], 1);
    let compared = host
        .call(
            "compare_channels",
            json!({ "from": day - chrono::Days::new(2), "to": day }),
        )
        .await;
    assert_eq!(compared[0]["figures"]["inbound"], 1);
    assert_eq!(compared[0]["cost_per_sale"], Value::Null);
    let probe = json!({ "path": "/crm/webhook/meta" });
    let off = host.attempt("test_webhook", probe).await.unwrap_err();
    assert_eq!(off.reason_id().unwrap().id(), "agent_off");
    let doors = host.call("list_webhooks", json!({})).await;
    assert_eq!(doors["rows"][0]["path"], "/crm/webhook/meta");
    assert_eq!(doors["rows"][0]["signed"], true);
    let wrong = json!({ "port": 8080, "public_url": "nowhere" });
    let refused = host.attempt("set_agent", wrong).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("public_url"));
    // Nothing that stays runs here: it is kept alone.
    let on = json!({ "port": 8080, "public_url": "https://hooks.example.com", "environment": "staging" });
    let kept = host.call("set_agent", on).await;
    assert_eq!(
        (&kept["port"], &kept["agent_url"]),
        (&json!(8080), &Value::Null)
    );
    assert_eq!(kept["environment"], "staging");
    let off = json!({ "port": 0, "public_url": null });
    assert_eq!(host.call("set_agent", off).await["port"], Value::Null);
}

/// A channel for text messages, played by the sandbox.
async fn sms(host: &TestHost) -> Value {
    let played = &host.meta.channels["twilio"];
    let mut asked = json!({ "id": null, "name": "SMS", "provider": "twilio", "active": true });
    for (field, value) in played.as_object().unwrap() {
        match field.as_str() {
            "base_url" | "sender" | "sender_id" => asked[field] = value.clone(),
            "account" => asked["settings"] = json!({ "account": value }),
            "token" | "auth_token" | "secret" => asked["secrets"] = json!({ "token": value }),
            _ => {}
        }
    }
    let made = host.call("save_channel", asked).await;
    let tested = host.call("test_channel", json!({ "id": id(&made) })).await;
    assert_eq!(tested["channel"]["state"], "connected", "{tested}");
    made
}

pub(super) async fn sending(host: &TestHost) {
    let channel = sms(host).await;
    for number in 0..3 {
        let phone = format!("+55119810000{number}0");
        let contact = json!({ "name": format!("Bia {number}"), "phone": phone });
        host.call("save_contact", contact).await;
    }
    let options = host.call("get_send_options", json!({})).await;
    let offered = options["channels"].as_array().unwrap();
    let offered = offered.iter().find(|one| one["id"] == channel["id"]);
    assert_eq!(offered.unwrap()["kind"], "sms", "{options}");
    assert!(options["templates"].is_array());
    let limits = host.call("get_send_limits", json!({})).await;
    assert_eq!(limits["quiet_from"], Value::Null);
    let asked = json!({ "most_a_day": 9, "open_days": [1, 5] });
    let kept = host.call("save_send_limits", asked).await;
    assert_eq!(
        (&kept["most_a_day"], &kept["open_days"]),
        (&json!(9), &json!([1, 5]))
    );
    for (wrong, field) in [
        (json!({ "quiet_from": "21:00:00" }), "quiet_to"),
        (json!({ "most_a_day": 0 }), "most_a_day"),
        (json!({ "open_days": [8] }), "open_days"),
        (json!({ "ask_consent": ["post"] }), "ask_consent"),
    ] {
        let refused = host.attempt("save_send_limits", wrong).await.unwrap_err();
        assert_eq!(refused.field_name(), Some(field));
    }

    let audience = json!({ "type": "addresses",
        "addresses": ["+5511981000000", "+55 (11) 98100-0010", "+5511981000020", "nobody@example.com"] });
    let draft =
        json!({ "channel_id": id(&channel), "text": "Hi {first_name}", "audience": audience });
    let seen = host.call("preview_send", json!({ "draft": draft })).await;
    assert_eq!(
        (&seen["reached"], &seen["unknown"]),
        (&json!(3), &json!(["nobody@example.com"]))
    );
    assert_eq!(seen["lines"][0]["text"], "Hi Bia");
    assert_eq!(seen["cost"], Value::Null);
    let file = host.data().join("to.csv");
    std::fs::write(&file, "phone,name\n+5511981000000,x\n").unwrap();
    let mut by_file = draft.clone();
    by_file["audience"] = json!({ "type": "file", "path": file });
    let one = host.call("preview_send", json!({ "draft": by_file })).await;
    assert_eq!(one["people"], 1);
    let start = json!({ "draft": draft, "confirm": 2, "name": "Spring" });
    let refused = host.attempt("start_send", start.clone()).await.unwrap_err();
    assert_eq!(refused.params()["expected"], "3");

    let mut start = start;
    start["confirm"] = json!(3);
    let send = host.call("start_send", start).await;
    assert_eq!(send["state"], "running");
    let this = json!({ "id": id(&send) });
    assert_eq!(
        host.call("pause_send", this.clone()).await["state"],
        "paused"
    );
    assert_eq!(
        host.call("resume_send", this.clone()).await["state"],
        "running"
    );
    let first = host
        .call(
            "list_dispatches",
            json!({ "send_id": id(&send), "page": page() }),
        )
        .await;
    let one = json!({ "id": id(&first["rows"][0]) });
    let gone = host.call("cancel_dispatch", one.clone()).await;
    assert_eq!(gone["dispatch"]["state"], "cancelled");
    let settle = json!({ "id": one["id"], "was_sent": true });
    let refused = host.attempt("settle_dispatch", settle).await.unwrap_err();
    assert_eq!(refused.code(), Code::Conflict);
    let shown = host.call("get_dispatch", one).await;
    assert_eq!(shown["history"][0]["source"], "person");

    let cx = host.cx().await;
    let workspace = cx.scope().unwrap().workspace;
    let report = cx.app().send_due(workspace).await.unwrap().unwrap();
    assert_eq!((report.sent, report.failed, report.unknown), (2, 0, 0));
    let done = host.call("get_send", this.clone()).await;
    assert_eq!(done["state"], "done");
    let refused = host.attempt("cancel_send", this.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Conflict);
    let sends = host.call("list_sends", json!({ "page": page() })).await;
    assert_eq!(sends["rows"][0]["name"], "Spring");
    let standing = host.call("get_outbox", json!({})).await;
    let sent = json!({ "state": "sent", "reason": null, "count": 2 });
    let all = standing["standing"].as_array().unwrap();
    assert!(all.contains(&sent), "{standing}");
    let out = host.data().join("sent.csv");
    let export = json!({ "id": this["id"], "path": out });
    assert_eq!(host.call("export_send", export).await["rows"], 3);
}

pub(super) async fn consent(host: &TestHost) {
    let found = json!({ "search": "Bia 0", "page": page() });
    let contact = id(&host.call("list_contacts", found).await["rows"][0]);
    let said = json!({ "contact_id": contact, "kind": "sms", "wants": false, "note": "by phone" });
    let told = host.call("set_consent", said).await;
    assert_eq!(
        (&told[0]["consent"], &told[0]["source"]),
        (&json!("opted_out"), &json!("person"))
    );
    let same = host
        .call("get_consent", json!({ "contact_id": contact }))
        .await;
    assert_eq!(same, told);
    let stopped = host
        .call(
            "list_suppressions",
            json!({ "kind": "sms", "page": page() }),
        )
        .await;
    assert_eq!(stopped["rows"][0]["address"], "+5511981000000");
    let file = host.data().join("stop.csv");
    std::fs::write(&file, "phone\n+5511981000010\n12\n").unwrap();
    let import = json!({ "path": file, "kind": "sms" });
    let done = host.call("import_suppressions", import).await;
    assert_eq!(
        (&done["added"], &done["rejected"][0]["row"]),
        (&json!(1), &json!(3))
    );
    let out = host.data().join("stopped.csv");
    let export = json!({ "path": out, "kind": "sms" });
    assert_eq!(host.call("export_suppressions", export).await["rows"], 2);
}

/// A bot is added, tried, changed without its secret being entered again, and removed; its secret is
/// in no answer and in no table.
pub(super) async fn channels(host: &TestHost) {
    let offered = host.call("list_channels", json!({})).await;
    let telegram = offered["providers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|needs| needs["provider"] == "telegram")
        .unwrap();
    assert_eq!(
        telegram["secrets"][0],
        json!({ "name": "token", "required": true })
    );
    let bot = &host.meta.channels["telegram"];
    let token = bot["token"].as_str().unwrap();
    let mut asked = json!({ "id": null, "name": "Bot", "provider": "telegram",
        "base_url": bot["base_url"], "sender": bot["sender"], "active": true });
    let refused = host
        .attempt("save_channel", asked.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.field_name(), Some("token"));
    asked["secrets"] = json!({ "token": token });
    let made = host.call("save_channel", asked.clone()).await;
    assert_eq!(
        (&made["state"], &made["kind"]),
        (&json!("connecting"), &json!("telegram"))
    );
    let tested = host.call("test_channel", json!({ "id": id(&made) })).await;
    assert_eq!(tested["channel"]["state"], "connected");
    assert_eq!(tested["sender"], "@casa_alba_bot");

    let mut again = asked.clone();
    again["id"] = id(&made);
    again["name"] = json!("Casa Alba");
    again["secrets"] = json!({});
    let renamed = host.call("save_channel", again.clone()).await;
    assert_eq!(renamed["state"], "connected");
    host.call("test_channel", json!({ "id": id(&made) })).await;
    // A wrong token is found out by asking, and said.
    again["secrets"] = json!({ "token": "110201543:AAwrong" });
    host.call("save_channel", again.clone()).await;
    let tested = host.call("test_channel", json!({ "id": id(&made) })).await;
    assert_eq!(tested["channel"]["state"], "disconnected");
    assert_eq!(tested["channel"]["state_reason"], "credential_refused");
    assert_eq!(tested["channel"]["state_detail"], Value::Null);
    prices(host, &id(&made)).await;
    // Who never wrote to the bot cannot be written to, and a channel that does not work sends nothing.
    let test = json!({ "channel_id": id(&made), "address": "99", "text": "Hola" });
    let refused = host.attempt("send_test_message", test.clone()).await;
    assert_eq!(
        refused.unwrap_err().reason_id().unwrap().id(),
        "channel_not_ready"
    );
    again["secrets"] = json!({ "token": token });
    host.call("save_channel", again.clone()).await;
    host.call("test_channel", json!({ "id": id(&made) })).await;
    let refused = host.attempt("send_test_message", test).await.unwrap_err();
    assert_eq!(refused.reason_id().unwrap().id(), "address_never_wrote");
    assert_eq!(refused.field_name(), Some("address"));
    for (field, value, reason) in [
        ("name", json!(""), "value_missing"),
        ("settings", json!({ "colour": "red" }), "field_unknown"),
        ("per_second", json!(0), "number_out_of_range"),
        ("provider", json!("smtp"), "field_unknown"),
    ] {
        let mut wrong = again.clone();
        wrong[field] = value;
        let refused = host.attempt("save_channel", wrong).await.unwrap_err();
        assert_eq!(refused.reason_id().unwrap().id(), reason, "{field}");
    }
    let all = host.call("list_channels", json!({})).await;
    assert!(!all.to_string().contains(token) && !all.to_string().contains("AAwrong"));
    let removed = host
        .call("remove_channel", json!({ "id": id(&made) }))
        .await;
    assert_eq!(removed["archived"], false);
    let gone = host
        .attempt("test_channel", json!({ "id": id(&made) }))
        .await
        .unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    // What others made is as it was.
    let left = host.call("list_channels", json!({})).await;
    assert_eq!(left["channels"], offered["channels"]);
}

/// What messages cost is entered by country and day; a list has one currency.
async fn prices(host: &TestHost, channel: &Value) {
    let mut line = json!({ "channel_id": channel, "country": "br", "purpose": "marketing",
        "valid_from": "2026-10-01", "price": "0.0625", "currency": "USD" });
    let list = host.call("set_channel_price", line.clone()).await;
    assert_eq!(list["lines"][0]["country"], "BR");
    assert_eq!(
        (&list["lines"][0]["price"], &list["currency"]),
        (&json!("0.0625"), &json!("USD"))
    );
    for (field, value, reason) in [
        ("currency", json!("BRL"), "price_currency_differs"),
        ("country", json!("XX"), "country_unknown"),
        ("purpose", json!("fun"), "value_unknown"),
        ("price", json!("-1"), "price_negative"),
    ] {
        let mut wrong = line.clone();
        wrong[field] = value;
        wrong["valid_from"] = json!("2026-11-01");
        let refused = host.attempt("set_channel_price", wrong).await.unwrap_err();
        assert_eq!(refused.reason_id().unwrap().id(), reason);
        assert_eq!(refused.field_name(), Some(field));
    }
    let asked = json!({ "channel_id": channel });
    let list = host.call("get_channel_prices", asked.clone()).await;
    assert_eq!(list["lines"].as_array().unwrap().len(), 1);
    for name in ["price", "currency"] {
        line.as_object_mut().unwrap().remove(name);
    }
    let list = host.call("remove_channel_price", line.clone()).await;
    assert_eq!(list["lines"], json!([]));
    let gone = host
        .attempt("remove_channel_price", line)
        .await
        .unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
}

/// The link to Chatwoot; chatwoot.rs says more.
pub(super) async fn chatwoot(host: &TestHost) {
    let told = host.meta.channels["chatwoot"].clone();
    let way = json!({ "base_url": told["base_url"], "token": told["token"] });
    let found = host.call("look_at_chatwoot", way).await;
    assert_eq!(found["accounts"][0]["id"], told["account"]);
    let mut link = json!({ "base_url": told["base_url"], "token": told["token"],
        "account_id": told["account"], "inbox_id": told["inbox"], "channels": [] });
    let linked = host.call("connect_chatwoot", link.clone()).await;
    assert_eq!(linked["link"]["inbox_name"], "Rumbo");
    link["inbox_id"] = json!(99);
    let refused = host.attempt("connect_chatwoot", link).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("inbox_id"));
    let row = host
        .call("list_conversations", json!({ "page": page() }))
        .await["rows"][0]
        .clone();
    let resumed = host
        .call("resume_automation", json!({ "id": id(&row) }))
        .await;
    assert_eq!(resumed["automation_paused_until"], Value::Null);
    let kept = host.call("get_chatwoot", json!({})).await;
    assert_eq!(kept["link"]["state"], "connected");
    let left = host.call("disconnect_chatwoot", json!({})).await;
    assert_eq!(left["link"], Value::Null);
}

/// Answers by template, and files, where there are none (messages.rs has the rest).
async fn answered_otherwise(host: &TestHost, row: &Value) {
    let offered = host
        .call("list_reply_templates", json!({ "id": id(row) }))
        .await;
    assert_eq!(
        (&offered["sends_templates"], &offered["templates"]),
        (&json!(true), &json!([]))
    );
    let draft = json!({ "id": id(row), "template_id": id(row), "values": {} });
    let key = "01928374-0000-7000-8000-000000000009";
    for (command, request) in [
        ("preview_template_reply", json!({ "draft": draft })),
        ("reply_with_template", json!({ "draft": draft, "key": key })),
    ] {
        let refused = host.attempt(command, request).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound, "{command}");
    }
    let thread = host
        .call("get_conversation", json!({ "id": id(row), "page": page() }))
        .await;
    let text = id(&thread["messages"][0]);
    for command in ["get_message_file", "fetch_message_file"] {
        let refused = host.attempt(command, json!({ "id": text })).await;
        assert_eq!(refused.unwrap_err().code(), Code::NotFound, "{command}");
    }
    let save = json!({ "id": text, "path": host.data().join("none") });
    let refused = host.attempt("save_message_file", save).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}
