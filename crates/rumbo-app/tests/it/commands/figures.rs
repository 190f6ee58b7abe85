//! Reports and what they are made of.

use rumbo_base::Code;
use serde_json::{Value, json};

use super::{id, page};
use crate::host::TestHost;

pub(super) async fn figures(host: &TestHost) {
    assert_eq!(host.sync().await["state"], "done");
    assert_eq!(
        host.call("get_sync_progress", json!({})).await["state"],
        "done"
    );
    host.call("cancel_sync", json!({})).await;
    let runs = host.call("list_sync_runs", json!({ "page": page() })).await;
    assert_eq!(runs["rows"][0]["state"], "done");
    let to = host.today();
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
    what_moved(host, &period).await;
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
    for row in ["nope", "but:nope", "rows:total", "waiting:", "channel:"] {
        let ask = json!({ "report": { "by": "campaign", "from": from, "to": to },
            "currency": report["currency"], "row": row, "metric": "roas" });
        let refused = host.attempt("explain_number", ask).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidInput, "{row}");
    }
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
    // An ad-day on which nothing was spent needs no rate.
    let without = blank["without_rate"]["ad_days_count"].as_u64().unwrap();
    let all = spend["ad_days_count"].as_u64().unwrap();
    assert!(0 < without && without <= all, "{without} of {all}");
}

/// Which rows moved a number against the days before and against yesterday; and what is refused.
async fn what_moved(host: &TestHost, period: &Value) {
    let report = json!({ "by": "campaign", "from": period["from"], "to": period["to"] });
    let roi = host.call("get_roi", report.clone()).await;
    let ask = |more: Value| {
        let mut ask = json!({ "report": report, "metric": "spend" });
        let fields = more.as_object().cloned().unwrap_or_default();
        ask.as_object_mut().unwrap().extend(fields);
        ask
    };
    let moved = host.call("get_contributions", ask(json!({}))).await;
    let group = &moved["groups"][0];
    assert_eq!(group["whole"]["after"], roi["total"]["spend"]);
    assert_eq!(group["whole"]["mix"], Value::Null);
    assert!(
        group["rows"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
    );
    let moved = host
        .call("get_contributions", ask(json!({ "metric": "roas" })))
        .await;
    let group = &moved["groups"][0];
    assert_eq!(group["whole"]["after"], roi["attributed"]["roas"]);
    assert_eq!(group["unattributed"], Value::Null);
    let since = host.clock.now() - chrono::TimeDelta::days(1);
    let moved = host
        .call("get_contributions", ask(json!({ "since": since })))
        .await;
    assert_eq!(moved["compared"]["to"], period["to"]);
    let later = host.clock.now() + chrono::TimeDelta::hours(1);
    for (wrong, field) in [
        (json!({ "metric": "luck" }), "metric"),
        (json!({ "metric": "reach" }), "metric"),
        (json!({ "since": later }), "since"),
    ] {
        let error = host.attempt("get_contributions", ask(wrong)).await;
        let error = error.unwrap_err();
        assert_eq!(error.field_name(), Some(field), "{error}");
    }
}

/// Meta turns an enhancement on again, somebody cuts a budget, and both are told.
pub(super) async fn setting_changes(host: &TestHost) {
    let ads = host
        .call(
            "list_creatives",
            json!({ "from": host.today() - chrono::Days::new(4),
        "to": host.today(), "currency": null }),
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
    let today = host.today();
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
