//! Every command of the list runs without a window.

use rumbo_base::Code;
use serde_json::{Value, json};

use crate::host::{COMMANDS, TestHost};

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

async fn figures(host: &TestHost) {
    assert_eq!(host.sync().await["state"], "done");
    assert_eq!(
        host.call("get_sync_progress", json!({})).await["state"],
        "done"
    );
    host.call("cancel_sync", json!({})).await;
    let runs = host.call("list_sync_runs", json!({ "page": page() })).await;
    assert_eq!(runs["rows"][0]["state"], "done");
    let to = host.clock.now().date_naive();
    let from = to - chrono::Days::new(4);
    let period = json!({ "from": from, "to": to, "currency": null });
    let home = host.call("get_home", period.clone()).await;
    assert!(home["total_spend"].is_string());
    let leads = |part: &str| home["leads"][part].as_u64().unwrap();
    assert_eq!(
        leads("meta") + leads("other") + leads("unknown"),
        home["total"]["leads"].as_u64().unwrap()
    );
    let report = host
        .call(
            "get_roi",
            json!({ "by": "campaign", "from": from, "to": to }),
        )
        .await;
    assert!(!report["rows"].as_array().unwrap().is_empty());
    let people = json!({ "by": "campaign", "from": from, "to": to });
    let asked = host.call("ask_reach", people.clone()).await;
    assert_eq!(asked["accounts"][0]["state"], "waiting");
    let known = host.call("get_reach", people.clone()).await;
    assert_eq!(known["by"], "campaign");
    let mut of_one = people;
    of_one["external_id"] = json!("1");
    let explained = host.call("explain_reach", of_one).await;
    assert_eq!(explained["answers"], json!([]));
    let compared = host
        .call(
            "compare_models",
            json!({ "by": "campaign", "from": from, "to": to }),
        )
        .await;
    assert_eq!(compared["models"].as_array().unwrap().len(), 6);
    assert_eq!(compared["learned"]["enough"], false);
    let learned = host
        .call("get_learned", json!({ "from": from, "to": to }))
        .await;
    assert_eq!(learned, compared["learned"]);
    let same = &compared["groups"][0]["rows"][0]["figures"];
    assert_eq!(same.as_array().unwrap().len(), 6);
    channel_spend(host, &period).await;
    exchange_rates(host, &period).await;
    let changes = host
        .call(
            "get_changes",
            json!({
                "report": { "by": "campaign", "from": from, "to": to },
                "since": host.clock.now() - chrono::TimeDelta::days(1),
            }),
        )
        .await;
    assert_eq!(changes["causes"].as_array().unwrap().len(), 9);
    assert_eq!(changes["exchanged"], Value::Null);
    behind_changes(host, &period, &changes).await;
    let passport = host
        .call(
            "explain_number",
            json!({
                "report": { "by": "campaign", "from": from, "to": to },
                "currency": report["currency"],
                "row": "total",
                "metric": "roas",
            }),
        )
        .await;
    assert_eq!(passport["value"], report["total"]["roas"]);
    let key = report["rows"][0]["key"].as_str().unwrap();
    let mut counted = 0;
    for row in [
        format!("rows:{key}"),
        format!("but:{key}"),
        "unattributed".to_owned(),
    ] {
        let part = host
            .call(
                "explain_number",
                json!({
                    "report": { "by": "campaign", "from": from, "to": to },
                    "currency": report["currency"],
                    "row": row,
                    "metric": "roas",
                    "limit": 1,
                    "ad_days_from": 1,
                }),
            )
            .await;
        assert_eq!(part["outcomes"], json!([]), "{part}");
        counted += part["ad_days_count"].as_u64().unwrap();
    }
    assert_eq!(passport["ad_days_count"], counted);
    let cohorts = host
        .call(
            "get_cohorts",
            json!({ "from": from, "to": to,
                "predict": { "months": 12, "monthly_discount_percent": "1" } }),
        )
        .await;
    let refused = &cohorts["groups"][0]["not_predicted"];
    assert_eq!(refused["reason"], "no_customers", "{cohorts}");
    let pacing = host.call("get_pacing", json!({})).await;
    let rows = &pacing["groups"][0]["rows"];
    assert!(rows[0]["spent"].is_string(), "{pacing}");
    let sets = json!({ "by": "adset", "campaign": rows[0]["external_id"] });
    assert_eq!(host.call("get_pacing", sets).await["by"], "adset");
    let ids = [&rows[0]["external_id"], &rows[1]["external_id"]];
    let between = json!({ "from": ids[0], "to": ids[1], "amount": "1.00" });
    let moved = host.call("simulate_budget_move", between).await;
    assert_eq!(
        moved["campaigns"].as_array().map(Vec::len),
        Some(2),
        "{moved}"
    );
    assert_eq!(
        moved["change"].is_null(),
        !moved["no_change"].is_null(),
        "{moved}"
    );
    let alone = json!({ "campaign": ids[0], "daily": "1.00", "metric": "revenue", "days": 7 });
    let alone = host.call("simulate_budget_move", alone).await;
    assert_eq!(alone["campaigns"][0]["external_id"], *ids[0], "{alone}");
    breakdowns(host, &report).await;
    gap(host, &report).await;
    let settling = host.call("get_settle_curve", json!({})).await;
    assert_eq!(settling["metrics"][1]["metric"], "meta_leads", "{settling}");
    assert_eq!(settling["nominal_percent"], "80");
    let creatives = host.call("list_creatives", period).await;
    let creative = id(&creatives[0]);
    host.call("get_thumbnail", json!({ "creative_id": creative }))
        .await;
    host.call("get_data_ages", json!({})).await;
    host.call("check_accounts", json!({})).await;
    let checks = host.call("run_doctor", json!({})).await;
    let failed: Vec<&Value> = checks
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["outcome"] == "failed")
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}

async fn breakdowns(host: &TestHost, roi: &Value) {
    let asked = json!({ "by": "age", "from": roi["from"], "to": roi["to"], "compare": true });
    let before = host.call("get_breakdown", asked.clone()).await;
    assert_eq!(before["synced"], false);
    assert_eq!(before["groups"][0]["rows"], json!([]));
    let group = &before["groups"][0];
    assert_eq!(group["unread"]["spend"], group["total"]["spend"]);
    assert_eq!(before["unread_days"].as_array().unwrap().len(), 5);
    // Once the sync is told to, it reads them.
    let mut settings = host.call("get_workspace_settings", json!({})).await;
    settings["breakdowns"] = json!(["placement", "age", "age"]);
    let kept = host.call("save_workspace_settings", settings).await;
    assert_eq!(kept["breakdowns"], json!(["age", "placement"]));
    assert_eq!(host.sync().await["state"], "done");
    let report = host.call("get_breakdown", asked).await;
    assert_eq!(report["synced"], true);
    assert_eq!(report["unread_days"], json!([]));
    let group = &report["groups"][0];
    assert_eq!(group["total"]["spend"], roi["total"]["spend"]);
    assert_eq!(group["left_out"]["spend"], "0.00");
    let rows = group["rows"].as_array().unwrap();
    let ages: Vec<&str> = rows
        .iter()
        .map(|row| row["value"].as_str().unwrap())
        .collect();
    assert_eq!(ages[..2], ["18-24", "25-34"]);
    assert!(rows[0]["cpc"].is_string(), "{}", rows[0]);
    assert!(group["total"]["previous"].is_object(), "{group}");
    // Of one campaign, by Meta's id or ours.
    let campaign = &roi["rows"][0];
    for id in ["id", "external_id"] {
        let of = json!({ "by": "placement", "from": roi["from"], "to": roi["to"], "campaign": campaign[id] });
        let report = host.call("get_breakdown", of).await;
        assert_eq!(report["name"], campaign["name"]);
        assert_eq!(
            report["groups"][0]["total"]["impressions"],
            campaign["impressions"]
        );
    }
    let nobody = json!({ "by": "age", "from": roi["from"], "to": roi["to"], "ad": "77" });
    let refused = host.attempt("get_breakdown", nobody).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
}

/// Both sides of the gap are the report's, and the parts are the gap.
async fn gap(host: &TestHost, roi: &Value) {
    let mut asked = json!({ "by": "campaign", "from": roi["from"], "to": roi["to"] });
    let map = host.call("get_action_map", asked.clone()).await;
    assert_eq!(map["leads"]["figure"], roi["total"]["meta_leads"]);
    let types = map["types"].as_array().unwrap();
    let lead = types.iter().find(|told| told["action_type"] == "lead");
    assert_eq!(lead.unwrap()["kind"], "lead", "{map}");
    asked["accounts"] = json!(["77"]);
    let refused = host.attempt("get_action_map", asked.clone()).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    asked["accounts"] = json!([]);
    let gap = host.call("get_gap", json!({ "report": asked })).await;
    assert_eq!(gap["report"]["total"]["leads"], roi["total"]["leads"]);
    let total = &gap["groups"][0]["total"];
    let leads = |of: &str| roi["total"][of].as_i64().unwrap();
    let difference = leads("leads") - leads("meta_leads");
    assert_eq!(total["leads"]["gap"], difference.to_string());
    let parts = total["leads"]["parts"].as_array().unwrap();
    let parts = parts.iter().map(|part| part["amount"].as_str().unwrap());
    let sum: i64 = parts.map(|part| part.parse::<i64>().unwrap()).sum();
    assert_eq!(sum, difference, "{total}");
    assert_eq!(
        gap["groups"][0]["rows"].as_array().unwrap().len(),
        gap["report"]["rows"].as_array().unwrap().len()
    );
}

async fn inbox(host: &TestHost) {
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
    let doors = host.call("list_webhooks", json!({})).await;
    assert_eq!(doors["rows"][0]["path"], "/crm/webhook/meta");
    assert_eq!(doors["rows"][0]["signed"], true);
    let wrong = json!({ "port": 8080, "public_url": "nowhere" });
    let refused = host.attempt("set_agent", wrong).await.unwrap_err();
    assert_eq!(refused.field_name(), Some("public_url"));
    // Nothing that stays runs here: it is kept alone.
    let on = json!({ "port": 8080, "public_url": "https://hooks.example.com" });
    let kept = host.call("set_agent", on).await;
    assert_eq!(
        (&kept["port"], &kept["agent_url"]),
        (&json!(8080), &Value::Null)
    );
    let off = json!({ "port": 0, "public_url": null });
    assert_eq!(host.call("set_agent", off).await["port"], Value::Null);
}

async fn channel_spend(host: &TestHost, period: &Value) {
    let add = json!({ "from": period["from"], "platform": "Radio", "amount": "12.50", "currency": "USD" });
    let row = host.call("add_spend", add).await[0].clone();
    assert_eq!(
        (&row["platform"], &row["campaign"]),
        (&json!("radio"), &Value::Null)
    );
    let change = json!({ "id": id(&row), "campaign": "Mornings", "amount": "10" });
    let changed = host.call("change_spend", change).await;
    assert_eq!(
        (&changed["campaign"], &changed["amount"]),
        (&json!("Mornings"), &json!("10.00"))
    );
    let listed = host
        .call("list_spend", json!({ "platform": "radio", "page": page() }))
        .await;
    assert_eq!(listed["rows"], json!([changed]));
    let mut asked =
        json!({ "by": "channel", "campaign": null, "ad_set": null, "new_customers": true });
    asked["from"] = period["from"].clone();
    asked["to"] = period["to"].clone();
    let report = host.call("get_roi", asked.clone()).await;
    let rows = report["rows"].as_array().unwrap();
    let radio = rows
        .iter()
        .find(|row| row["key"] == "channel:radio")
        .unwrap();
    assert_eq!(radio["spend"], "10.00");
    let number =
        json!({ "report": asked, "currency": "USD", "row": "channel:radio", "metric": "spend" });
    let passport = host.call("explain_number", number).await;
    assert_eq!(
        (&passport["value"], &passport["spend"][0]["id"]),
        (&json!("10.00"), &row["id"])
    );
    let removed = host.call("remove_spend", json!({ "id": id(&row) })).await;
    assert!(removed["removed_at"].is_string());
    assert_eq!(host.call("sum_spend", json!({})).await, json!([]));
    let back = host.call("restore_spend", json!({ "id": id(&row) })).await;
    assert_eq!(back["removed_at"], Value::Null);
    let sums = host.call("sum_spend", json!({ "platform": "radio" })).await;
    assert_eq!(
        (&sums[0]["amount"], &sums[0]["entries"]),
        (&json!("10.00"), &json!(1))
    );
}

/// What each cause made of the leads is what the rows behind it add.
async fn behind_changes(host: &TestHost, period: &Value, changes: &Value) {
    let group = &changes["groups"][0];
    let leads = group["total"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["metric"] == "leads")
        .unwrap();
    let mut listed = 0;
    for (cause, part) in changes["causes"]
        .as_array()
        .unwrap()
        .iter()
        .zip(leads["parts"].as_array().unwrap())
    {
        let behind = host
            .call(
                "explain_change",
                json!({
                    "changes": {
                        "report": { "by": "campaign", "from": period["from"], "to": period["to"] },
                        "since": changes["since"],
                    },
                    "cause": cause,
                    "currency": group["currency"],
                    "row": "total",
                    "metric": "leads",
                }),
            )
            .await;
        let number = |text: &Value| text.as_str().unwrap_or("0").parse::<i64>().unwrap();
        assert_eq!(
            number(&behind["sums"][0]["value"]),
            number(part),
            "{behind}"
        );
        let rows = behind["outcomes"].as_array().unwrap();
        let sum: i64 = rows.iter().map(|row| number(&row["adds"][0])).sum();
        assert_eq!(sum, number(part), "{behind}");
        assert_eq!(behind["outcomes_count"], rows.len());
        assert!(rows.iter().all(|row| row["contact"] != ""), "{behind}");
        listed += rows.len();
    }
    assert!(listed > 0);
}

async fn exchange_rates(host: &TestHost, period: &Value) {
    let file = host.data().join("eurofxref-hist.csv");
    std::fs::write(
        &file,
        "Date,USD,BRL,\n2026-11-19,1.15,6.1,\n2026-11-20,1.16,N/A,\n",
    )
    .unwrap();
    let done = host.call("import_rates", json!({ "path": file })).await;
    assert_eq!((&done["added"], &done["rejected"]), (&json!(3), &json!(0)));
    let set = json!({ "base": "USD", "quote": "ARS", "rate": "1400", "from": period["from"], "to": period["to"] });
    let rows = host.call("set_rate", set).await;
    assert_eq!(rows.as_array().unwrap().len(), 5);
    let listed = host
        .call(
            "list_rates",
            json!({ "currency": "ARS", "source": "hand", "page": page() }),
        )
        .await;
    assert_eq!(listed["rows"][0]["rate"], "1400");
    let pairs = host.call("list_rate_pairs", json!({})).await;
    assert_eq!(pairs.as_array().unwrap().len(), 3);
    let asked = |to: &str| json!({ "from": period["from"], "to": period["to"], "currency": null, "convert_to": to });
    let own = host.call("get_home", asked("USD")).await;
    let home = host.call("get_home", asked("ARS")).await;
    assert_eq!(home["currency"], "ARS");
    assert_eq!(home["exchanged"]["rates"][0]["source"], "hand");
    let amount = |of: &Value| of["total_spend"].as_str().unwrap().parse::<f64>().unwrap();
    assert!(
        (amount(&home) / amount(&own) - 1_400.0).abs() < 0.001,
        "{home}"
    );
    let report = json!({ "by": "campaign", "from": period["from"], "to": period["to"], "convert_to": "ARS" });
    let explain = json!({ "report": report, "currency": "ARS", "row": "total", "metric": "spend" });
    let spend = host.call("explain_number", explain.clone()).await;
    assert_eq!(spend["value"], home["total_spend"]);
    let original = &spend["ad_days"][0]["original"];
    assert_eq!(
        (&original["currency"], &original["rate"]["source"]),
        (&json!("USD"), &json!("hand"))
    );
    let since = host.clock.now() - chrono::TimeDelta::days(1);
    let ask = json!({ "report": report, "since": since });
    let changes = host.call("get_changes", ask).await;
    assert_eq!(changes["groups"][0]["currency"], "ARS");
    assert_eq!(changes["exchanged"]["to"], "ARS");
    let gone = json!({ "base": "USD", "quote": "ARS", "from": period["from"], "to": period["to"] });
    assert_eq!(host.call("remove_rates", gone).await["removed"], 5);
    // Without a rate what there is stays in its own currency, and the report says why.
    let home = host.call("get_home", asked("ARS")).await;
    assert_eq!(home["currency"], "USD");
    assert_eq!(home["exchanged"]["missing"][0]["currency"], "USD");
    // And a number in the currency asked for is blank, not 0.
    let blank = host.call("explain_number", explain).await;
    assert_eq!(
        (&blank["value"], &blank["sums"][0]["value"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        blank["without_rate"]["ad_days_count"],
        spend["ad_days_count"]
    );
}

async fn saved_views(host: &TestHost) {
    let state = json!({
        "by": "adset", "period": { "kind": "custom", "from": "2026-03-01", "to": "2026-03-31" },
        "comparison": "year", "attribution": null,
        "columns": { "shown": ["spend", "roas"], "pinned": ["spend"], "widths": { "name": 300 } },
        "sort": { "id": "roas", "down": true },
        "filters": [{ "field": "spend", "op": "least", "values": ["10"] }],
        "changes": true, "pinned_rows": ["k1"],
    });
    let save = |id: Value, name: &str, state: &Value| json!({ "id": id, "screen": "campaigns", "name": name, "state": state });
    let made = host
        .call("save_view", save(Value::Null, " March ", &state))
        .await;
    assert_eq!((&made["name"], &made["state"]), (&json!("March"), &state));
    let taken = host
        .attempt("save_view", save(Value::Null, "March", &state))
        .await
        .unwrap_err();
    assert_eq!(taken.code(), Code::Conflict);
    let mut strange = state.clone();
    strange["columns"]["shown"] = json!(["luck"]);
    let refused = host
        .attempt("save_view", save(Value::Null, "Luck", &strange))
        .await
        .unwrap_err();
    assert_eq!(refused.params()["name"], "luck");
    let renamed = host
        .call("save_view", save(id(&made), "Spring", &state))
        .await;
    assert_eq!(renamed["id"], made["id"]);
    let all = host.call("list_saved_views", json!({})).await;
    assert_eq!(all, json!([renamed]));
    let none = host
        .call("list_saved_views", json!({ "screen": "creatives" }))
        .await;
    assert_eq!(none, json!([]));
    let gone = host.call("remove_view", json!({ "id": id(&made) })).await;
    assert_eq!(gone["state"], state);
    assert_eq!(host.call("list_saved_views", json!({})).await, json!([]));
}

/// Meta turns an enhancement on again, somebody cuts a budget, and both are told.
async fn setting_changes(host: &TestHost) {
    let ads = host
        .call(
            "list_creatives",
            json!({ "from": host.clock.now().date_naive() - chrono::Days::new(4),
        "to": host.clock.now().date_naive(), "currency": null }),
        )
        .await;
    let creative = ads[0]["external_id"].as_str().unwrap();
    let campaign = host.call("get_pacing", json!({})).await["groups"][0]["rows"][0].clone();
    let control = host.sandbox.control();
    let on = json!({ "creative_features_spec": { "image_touchups": { "enroll_status": "OPT_IN" },
        "inline_comment": { "enroll_status": "OPT_OUT" }, "text_optimizations": { "enroll_status": "OPT_OUT" } } });
    control
        .set(creative, "degrees_of_freedom_spec", on)
        .unwrap();
    let external = campaign["external_id"].as_str().unwrap();
    control.set(external, "spend_cap", json!("125000")).unwrap();
    host.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(host.sync().await["state"], "done");
    let asked = |more: Value| {
        let mut asked = json!({ "page": page() });
        asked
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        asked
    };
    let told = host.call("list_setting_changes", asked(json!({}))).await;
    let rows = told["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{told}");
    let of = |kind: &str| rows.iter().find(|row| row["kind"] == kind).unwrap();
    let cap = of("budget");
    assert_eq!(
        (
            &cap["level"],
            &cap["field"],
            &cap["before"],
            &cap["after"],
            &cap["currency"]
        ),
        (
            &json!("campaign"),
            &json!("spend_cap"),
            &json!([]),
            &json!(["1250.00"]),
            &json!("USD")
        )
    );
    assert_eq!(cap["name"], campaign["name"]);
    let enhancement = of("enhancement");
    assert_eq!(
        (&enhancement["severity"], &enhancement["shown_by"]),
        (&json!("high"), &json!(1))
    );
    let alert = |home: &Value| {
        let list = home["attention"].as_array().unwrap();
        list.iter()
            .find(|one| one["kind"] == "settings_changed")
            .cloned()
    };
    let today = host.clock.now().date_naive();
    let period = json!({ "from": today, "to": today, "currency": null });
    let home = host.call("get_home", period.clone()).await;
    assert_eq!(
        alert(&home).unwrap()["params"],
        json!({ "settings": "2", "high": "2", "enhancements": "1" })
    );
    let account = asked(json!({ "account": cap["account_id"], "kind": "budget" }));
    assert_eq!(
        host.call("list_setting_changes", account).await["rows"],
        json!([cap])
    );
    let ids = [id(cap), id(enhancement)];
    let marked = host
        .call(
            "mark_setting_change",
            json!({ "ids": ids, "expected": true }),
        )
        .await;
    assert_eq!(marked["changed"], 2);
    assert_eq!(alert(&host.call("get_home", period).await), None);
    let none = host.call("list_setting_changes", asked(json!({}))).await;
    assert_eq!(none["rows"], json!([]));
    let all = host
        .call(
            "list_setting_changes",
            asked(json!({ "expected_too": true })),
        )
        .await;
    assert_eq!(all["rows"].as_array().unwrap().len(), 2);
    host.call(
        "mark_setting_change",
        json!({ "ids": ids, "expected": false }),
    )
    .await;
}

async fn crm(host: &TestHost) {
    let ana = id(&host
        .call(
            "save_contact",
            json!({ "name": "Ana Souza", "email": "ana@example.com" }),
        )
        .await);
    let twin = id(&host
        .call("save_contact", json!({ "name": "Ana Souza" }))
        .await);
    host.call("list_contacts", json!({ "search": "ana", "page": page() }))
        .await;
    host.call("list_owners", json!({})).await;
    host.call(
        "add_touchpoint",
        json!({ "contact_id": ana, "source": "META_ADS" }),
    )
    .await;
    host.call("list_duplicates", json!({ "page": page() }))
        .await;
    let merge = id(&host
        .call("merge_contacts", json!({ "keep": ana, "other": twin }))
        .await);
    host.call("list_merges", json!({ "page": page() })).await;
    host.call("undo_merge", json!({ "id": merge })).await;

    let stages = host.call("list_stages", json!({})).await;
    let mut order: Vec<Value> = stages.as_array().unwrap().iter().map(id).collect();
    let extra = id(&host
        .call(
            "save_stage",
            json!({ "name": "Waiting", "probability": 30 }),
        )
        .await);
    order.insert(1, extra.clone());
    host.call("order_stages", json!({ "ids": order })).await;
    host.call("remove_stage", json!({ "id": extra, "move_to": order[0] }))
        .await;
    let deal = id(&host
        .call(
            "save_opportunity",
            json!({ "contact_id": ana, "name": "Sofa", "value": "900" }),
        )
        .await);
    host.call(
        "move_opportunity",
        json!({ "id": deal, "stage_id": order[2] }),
    )
    .await;
    host.call("get_board", json!({ "search": null })).await;
    let sale = json!({ "contact_id": ana, "amount": "900.00", "currency": "USD", "pending": true });
    let sale = id(&host.call("add_sale", sale).await);
    host.call(
        "set_sale_status",
        json!({ "id": sale, "status": "completed" }),
    )
    .await;
    host.call("refund_sale", json!({ "id": sale, "amount": "100.00" }))
        .await;
    host.call("set_sale_cost", json!({ "id": sale, "cost": "410.00" }))
        .await;
    let sales = host.call("list_sales", json!({ "page": page() })).await;
    assert_eq!(sales["rows"][0]["net"], "800.00");
    assert_eq!(sales["rows"][0]["cost"], "410.00");
    let unknown = host
        .call("set_sale_cost", json!({ "id": sale, "cost": "" }))
        .await;
    assert_eq!(unknown["cost"], Value::Null);
    let contact = host.call("get_contact", json!({ "id": ana })).await;
    assert_eq!(contact["contact"]["sales"], 1);
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

async fn templates(host: &TestHost) {
    let template = json!({ "name": "Pedido", "language": "es-AR", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "{{1}}, tu pedido ya está en camino.",
                         "example": { "body_text": [["Ana"]] } }] });
    let request = json!({ "document": template.to_string(), "language": "es-AR", "mend": true });
    let linted = host.call("lint_templates", request).await;
    assert_eq!(linted["refused"], 1);
    let row = &linted["templates"][0];
    assert_eq!(row["name"], "pedido");
    assert_eq!(row["mended"].as_array().unwrap().len(), 2);
    assert_eq!(row["findings"][0]["rule"], "variable.at-edge");
    let place = &row["findings"][0]["place"];
    assert_eq!(
        (&place["pointer"], &place["from"], &place["to"]),
        (&json!("/components/0/text"), &json!(0), &json!(5))
    );
    assert_eq!(place["told"], "cuerpo");
    let whole: Value = serde_json::from_str(linted["document"].as_str().unwrap()).unwrap();
    assert_eq!(whole["language"], "es_AR");
    let request = json!({ "document": "[1]", "language": null, "mend": false });
    let refused = host.attempt("lint_templates", request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidInput);
    templates_at_meta(host).await;
}

/// Templates written here and brought to Meta, from the first pull to the end.
async fn templates_at_meta(host: &TestHost) {
    let without = host.attempt("pull_templates", json!({})).await.unwrap_err();
    assert_eq!(without.code(), Code::NotFound);
    let assets = host
        .call("list_assets", json!({ "portfolio_id": null }))
        .await;
    let whatsapp = assets["whatsapp"][0]["id"].clone();
    let choice = json!({ "ad_account_ids": host.meta.ad_account_ids, "page_ids": host.meta.page_ids,
        "whatsapp_ids": [whatsapp], "start_sync": false });
    host.call("select_assets", choice).await;
    let pulled = host.call("pull_templates", json!({})).await;
    assert!(pulled["accounts"][0]["added"].as_u64().unwrap() > 10);
    let lately = json!({ "unless_within": 60 });
    let again = host.call("pull_templates", lately).await;
    assert_eq!(again["accounts"][0]["skipped"], true);
    let accounts = host.call("list_template_accounts", json!({})).await;
    assert_eq!(accounts[0]["account"], whatsapp);
    let request = json!({ "search": "INTERES mesa", "language": "es", "page": page() });
    let found = host.call("list_templates", request).await;
    assert_eq!(found["total"], 0, "an example is no text");
    let request = json!({ "search": "INTERES gracias", "language": "es", "page": page() });
    let found = host.call("list_templates", request).await;
    assert_eq!(found["rows"][0]["name"], "lead_followup");
    let template = json!({ "name": "pedido", "language": "es_AR", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Hola {{1}}, tu pedido ya está en camino a tu casa.",
                         "example": { "body_text": [["Ana"]] } }] });
    let request = json!({ "template": template.to_string() });
    let saved = host.call("save_template", request).await;
    let template_id = id(&saved["row"]);
    let one = json!({ "id": template_id });
    assert_eq!(saved["row"]["state"], "draft");
    assert_eq!(saved["variables"][0]["example"], "Ana");
    let asked = host.call("ask_template_review", one.clone()).await;
    assert_eq!(asked["row"]["state"], "in_review");
    assert_eq!(asked["review"]["may_decide"], false, "it is one's own");
    let own = json!({ "id": template_id, "approve": true });
    let refused = host.attempt("decide_template_review", own).await;
    assert_eq!(refused.unwrap_err().code(), Code::Conflict);
    // Nobody asks for it in this workspace.
    let sent = host.call("submit_template", one.clone()).await;
    assert_eq!(sent["row"]["state"], "pending");
    let changed = template
        .to_string()
        .replace("a tu casa", "a tu domicilio, {{2}}, hoy");
    let request = json!({ "id": template_id, "template": changed, "note": "Address" });
    let saved = host.call("save_template", request).await;
    assert_eq!(
        (&saved["row"]["version"], &saved["row"]["unsent_version"]),
        (&json!(1), &json!(2))
    );
    let request = json!({ "id": template_id, "before": 1, "after": 2 });
    let compared = host.call("compare_template_versions", request).await;
    assert_eq!(compared["breaks"][0]["variable"]["name"], "2");
    let request = json!({ "id": template_id, "version": 1 });
    let back = host.call("restore_template_version", request).await;
    assert_eq!(back["versions"].as_array().unwrap().len(), 3);
    let request = json!({ "id": template_id, "language": "es_MX" });
    let copy = host.call("duplicate_template", request).await;
    let copy = json!({ "id": id(&copy["row"]) });
    host.call("delete_template", copy).await;
    assert_eq!(
        host.call("list_template_events", json!({})).await,
        json!([])
    );
    host.call("see_template_events", json!({})).await;
    let usage = host.call("get_template_usage", one.clone()).await;
    assert_eq!(usage["versions"], json!([]));
    let request = json!({ "id": template_id, "page": page() });
    let sends = host.call("list_template_sends", request).await;
    assert_eq!(sends["rows"], json!([]));
    let file = host.data().join("sample.png");
    std::fs::write(&file, b"\x89PNG sample").unwrap();
    let request = json!({ "path": file });
    let sample = host.call("upload_template_sample", request).await;
    assert_eq!(sample["format"], "IMAGE");
    let shown = host.call("get_template", one.clone()).await;
    assert_eq!(shown["events"][0]["after"], "PENDING");
    host.call("delete_template", one.clone()).await;
    let gone = host.attempt("get_template", one).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
}

async fn files(host: &TestHost) {
    let file = host.data().join("contacts.csv");
    std::fs::write(&file, "name,email\nLuz Rey,luz@example.com\n").unwrap();
    let preview = host
        .call(
            "preview_import",
            json!({ "kind": "contacts", "path": file, "mapping": null }),
        )
        .await;
    let mapping = preview["mapping"].clone();
    let run = json!({ "kind": "contacts", "path": file, "mapping": mapping, "dry_run": false,
        "rejected_path": null });
    assert_eq!(host.call("run_import", run).await["added"], 1);
    host.call(
        "save_mapping",
        json!({ "kind": "contacts", "name": "ours", "mapping": mapping }),
    )
    .await;
    let kept = host
        .call("list_mappings", json!({ "kind": "contacts" }))
        .await;
    assert_eq!(kept[0]["name"], "ours");
    let export = host.data().join("export.csv");
    std::fs::write(&export, "Day,Campaign ID,Impressions\n2026-01-01,1,5\n").unwrap();
    let account = host.call("list_ad_accounts", json!({})).await[0].clone();
    let mapping = json!({ "constants": { "account": account["external_id"] } });
    let audit = host
        .call("audit_csv", json!({ "path": export, "mapping": mapping }))
        .await;
    assert_eq!(audit["unmatched"][0]["why"], "unknown_id");
    let out = host.data().join("out.csv");
    let export = json!({ "kind": "contacts", "path": out, "roi": null, "columns": [],
        "row_ids": [], "semicolon": false });
    host.call("export_table", export).await;
    assert!(out.is_file());
    let book = host.data().join("out.xlsx");
    let to = host.clock.now().date_naive();
    let roi = json!({ "by": "campaign", "from": to - chrono::Days::new(4), "to": to });
    let export = json!({ "kind": "roi", "path": book, "roi": roi, "columns": [], "row_ids": [],
        "semicolon": false, "format": "xlsx" });
    host.call("export_table", export).await;
    assert!(std::fs::read(&book).unwrap().starts_with(b"PK"));
    what_is_on_screen(host).await;
}

/// Tables and charts as a screen shows them.
async fn what_is_on_screen(host: &TestHost) {
    let table = json!({
        "title": "Campaigns",
        "facts": [{ "label": "Attribution", "text": "Linear, 28 d" }],
        "columns": [{ "head": "Campaign", "unit": "", "kind": "text", "decimals": 0 },
            { "head": "Spend", "unit": "US$", "kind": "money", "decimals": 2 }],
        "rows": [{ "cells": ["=Sum; of", "10.50"], "depth": 0, "sum": false },
            { "cells": ["Total", null], "depth": 0, "sum": true }],
    });
    let csv = host.data().join("screen.csv");
    let export = |path: &std::path::Path, format: &str| json!({ "path": path, "format": format, "semicolon": true, "table": table });
    let written = host.call("export_screen", export(&csv, "csv")).await;
    assert_eq!(written["rows"], 2);
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(
        text.trim_start_matches('\u{feff}')
            .lines()
            .collect::<Vec<_>>(),
        [
            "Campaign;Spend (US$);Attribution",
            // Kept from being run as a formula.
            "\"'=Sum; of\";10,50;Linear, 28 d",
            "Total;;Linear, 28 d",
        ]
    );
    let book = host.data().join("screen.xlsx");
    host.call("export_screen", export(&book, "xlsx")).await;
    assert!(std::fs::read(&book).unwrap().starts_with(b"PK"));
    let nowhere = host.data().join("no/such/folder.csv");
    let refused = host
        .attempt("export_screen", export(&nowhere, "csv"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidInput);

    let chart = json!({ "title": "Revenue", "subtitle": "Last touch", "places": ["1", "2"],
        "series": [{ "name": "Revenue", "shape": "bars", "values": ["10.50", null], "total": "10,50" }],
        "open": 1, "decimal_comma": true, "decimals": 2 });
    let export = |file: &str, format: &str, width: u32| json!({ "path": host.data().join(file), "format": format, "width": width, "height": 300, "chart": chart });
    host.call("export_chart", export("c.svg", "svg", 600)).await;
    let svg = std::fs::read_to_string(host.data().join("c.svg")).unwrap();
    assert!(svg.contains("<svg width=\"600\"") && svg.contains("10,50"));
    host.call("export_chart", export("c.png", "png", 600)).await;
    assert!(
        std::fs::read(host.data().join("c.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let refused = host
        .attempt("export_chart", export("c.png", "png", 9))
        .await
        .unwrap_err();
    assert_eq!(refused.params()["value"], "9");
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

async fn sending(host: &TestHost) {
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

async fn consent(host: &TestHost) {
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
async fn channels(host: &TestHost) {
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
    assert_eq!(
        tested["channel"]["state_reason"],
        "Telegram does not know this token."
    );
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
