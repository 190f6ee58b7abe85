//! Contacts, touchpoints, opportunities and sales entered by hand, and what they earn.

use crate::rumbo::{Rumbo, fields};

fn id(value: &serde_json::Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_sale_is_credited_to_the_campaign_the_contact_came_from() {
    let rumbo = Rumbo::with_workspace();
    let contact = rumbo.json(&[
        "contacts",
        "add",
        "--name",
        "Ana Souza",
        "--phone",
        "+55 11 96123 4567",
        "--email",
        "ana@example.com",
        "--source",
        "META_ADS",
    ]);
    assert_eq!(
        fields(&contact),
        [
            "campaign",
            "email",
            "first_seen_at",
            "id",
            "lead_source",
            "name",
            "phone",
            "sales",
            "status",
            "updated_at"
        ]
    );
    assert_eq!(contact["phone"], "+5511961234567");
    let contact = id(&contact);

    let detail = rumbo.json(&[
        "touchpoints",
        "add",
        "--contact",
        &contact,
        "--source",
        "META_ADS",
        "--campaign",
        "120210000000000001",
        "--at",
        "2026-03-01",
    ]);
    let touch = &detail["timeline"][0];
    assert_eq!(touch["kind"], "touchpoint");
    // The day begins in New York.
    assert_eq!(touch["at"], "2026-03-01T05:00:00Z");
    assert_eq!(touch["waiting_for_sync"], true);

    let opportunity = rumbo.json(&[
        "opportunities",
        "add",
        "--contact",
        &contact,
        "--name",
        "Sofa",
        "--value",
        "300.00",
        "--at",
        "2026-03-02",
    ]);
    let sale = rumbo.json(&[
        "sales",
        "add",
        "--contact",
        &contact,
        "--opportunity",
        &id(&opportunity),
        "--amount",
        "300.10",
        "--at",
        "2026-03-03",
        "--reference",
        "A-1",
    ]);
    assert_eq!(
        fields(&sale),
        [
            "campaign",
            "completed_at",
            "contact_id",
            "contact_name",
            "cost",
            "currency",
            "gross",
            "id",
            "net",
            "occurred_at",
            "quantity",
            "reference",
            "refunded",
            "status"
        ]
    );
    let of = |status: &str| {
        let page = rumbo.json(&["sales", "list", "--status", status]);
        page["rows"].as_array().unwrap().len()
    };
    assert_eq!((of("completed"), of("pending")), (1, 0));
    let refunded = rumbo.json(&[
        "sales",
        "refund",
        &id(&sale),
        "--amount",
        "0.10",
        "--reason",
        "scratch",
        "--at",
        "2026-03-04",
    ]);
    assert_eq!(refunded["gross"], "300.10");
    assert_eq!(refunded["refunded"], "0.10");
    assert_eq!(refunded["net"], "300.00");

    let report = rumbo.json(&["roi", "--from", "2026-03-01", "--to", "2026-03-31"]);
    let row = &report["rows"][0];
    assert_eq!(row["external_id"], "120210000000000001");
    assert_eq!(row["waiting_for_sync"], true);
    assert_eq!(row["revenue"], "300.00");
    assert_eq!((&row["leads"], &row["sales"]), (&1.into(), &1.into()));
    // Nothing was spent: there is nothing to divide by.
    assert!(
        row["roas"].is_null() && row["roi_percent"].is_null(),
        "{row}"
    );
    assert_eq!(report["unattributed"]["revenue"], "0.00");
    assert_eq!(report["total"]["revenue"], "300.00");
}

#[test]
fn an_opportunity_moves_by_the_name_of_the_stage() {
    let rumbo = Rumbo::with_workspace();
    let contact = id(&rumbo.json(&["contacts", "add", "--name", "Luis"]));
    let board = rumbo.json(&["opportunities", "list"]);
    let stages: Vec<&str> = board["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    let last = stages[stages.len() - 2];
    let opportunity = rumbo.json(&[
        "opportunities",
        "add",
        "--contact",
        &contact,
        "--name",
        "Table",
        "--value",
        "90",
        "--currency",
        "EUR",
    ]);
    assert_eq!(
        fields(&opportunity),
        [
            "campaign",
            "contact_id",
            "contact_name",
            "currency",
            "deadline_at",
            "expected_close",
            "id",
            "lost_reason",
            "name",
            "opened_at",
            "owner",
            "state",
            "value"
        ]
    );
    let moved = rumbo.json(&[
        "opportunities",
        "move",
        &id(&opportunity),
        &last.to_uppercase(),
    ]);
    assert_eq!(moved["state"], "won");
    let ran = rumbo.run(&[
        "opportunities",
        "move",
        &id(&opportunity),
        "Limbo",
        "--json",
    ]);
    assert_eq!((ran.code, ran.error().as_str()), (1, "not_found"));
    assert!(ran.stderr.contains(last), "{}", ran.stderr);
}

#[test]
fn a_pending_sale_counts_when_it_is_paid() {
    let rumbo = Rumbo::with_workspace();
    let contact = id(&rumbo.json(&["contacts", "add", "--name", "Luis"]));
    let sale = rumbo.json(&[
        "sales",
        "add",
        "--contact",
        &contact,
        "--amount",
        "10",
        "--pending",
    ]);
    assert_eq!(sale["status"], "pending");
    assert_eq!(rumbo.json(&["roi"])["total"]["revenue"], "0.00");
    let done = rumbo.json(&["sales", "complete", &id(&sale)]);
    assert_eq!(done["status"], "completed");
    assert_eq!(rumbo.json(&["roi"])["total"]["revenue"], "10.00");
    let ran = rumbo.run(&["sales", "cancel", &id(&sale), "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn lists_go_on_where_the_page_before_ended() {
    let rumbo = Rumbo::with_workspace();
    for name in ["Ana", "Bruno", "Clara"] {
        rumbo.json(&["contacts", "add", "--name", name]);
    }
    let first = rumbo.json(&["contacts", "list", "--limit", "2"]);
    assert_eq!(fields(&first), ["next", "rows", "total"]);
    assert_eq!(first["rows"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let second = rumbo.json(&["contacts", "list", "--limit", "2", "--cursor", next]);
    assert_eq!(second["rows"][0]["name"], "Ana");
    assert!(second["next"].is_null());
    let found = rumbo.json(&["contacts", "list", "--search", "clar"]);
    assert_eq!(found["rows"][0]["name"], "Clara");
    let text = rumbo.run(&["contacts", "list", "--limit", "2"]).stdout;
    assert!(text.contains("--cursor"), "{text}");
}

#[test]
fn what_the_core_refuses_names_the_field() {
    let rumbo = Rumbo::with_workspace();
    let ran = rumbo.run(&[
        "contacts", "add", "--name", "Ana", "--phone", "12", "--json",
    ]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (2, "invalid_input"),
        "{ran:?}"
    );
    assert_eq!(ran.json()["error"]["field"], "phone");
    assert_eq!(
        ran.stderr.trim_end(),
        ran.json()["error"]["message"].as_str().unwrap()
    );
}

#[test]
fn a_report_credits_as_it_is_asked_to() {
    let rumbo = Rumbo::with_workspace();
    let contact = id(&rumbo.json(&["contacts", "add", "--name", "Ana"]));
    for (campaign, at) in [
        ("120210000000000001", "2026-01-10T12:00:00Z"),
        ("120210000000000002", "2026-02-20T12:00:00Z"),
        ("120210000000000003", "2026-02-28T12:00:00Z"),
    ] {
        rumbo.json(&[
            "touchpoints",
            "add",
            "--contact",
            &contact,
            "--source",
            "META_ADS",
            "--campaign",
            campaign,
            "--at",
            at,
        ]);
    }
    let sale = id(&rumbo.json(&[
        "sales",
        "add",
        "--contact",
        &contact,
        "--amount",
        "100.01",
        "--at",
        "2026-03-01T12:00:00Z",
    ]));
    rumbo.json(&[
        "sales",
        "refund",
        &sale,
        "--amount",
        "40.00",
        "--at",
        "2026-04-01T12:00:00Z",
    ]);

    let report = |more: &[&str]| {
        let mut arguments = vec!["roi", "--from", "2026-01-01", "--to", "2026-03-31"];
        arguments.extend(more);
        rumbo.json(&arguments)
    };
    // Revenue and sales by campaign.
    let credit = |report: &serde_json::Value| -> Vec<(String, String, String)> {
        let mut rows: Vec<_> = report["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let text = |of: &str| row[of].to_string().replace('"', "");
                (
                    text("external_id")[17..].to_owned(),
                    text("revenue"),
                    text("sales"),
                )
            })
            .collect();
        rows.sort();
        rows
    };
    let of = |rows: &[(&str, &str, &str)]| -> Vec<(String, String, String)> {
        rows.iter()
            .map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned()))
            .collect()
    };
    let usual = report(&[]);
    assert_eq!(
        usual["attribution"],
        serde_json::json!({ "model": "last_touch", "basis": "sale_date", "refunds": "accrual",
            "window_days": null, "view_window_days": null, "half_life_days": 7 })
    );
    assert_eq!(
        credit(&usual),
        of(&[("1", "0.00", "0"), ("3", "60.01", "1")])
    );
    let linear = report(&["--model", "linear"]);
    assert_eq!(
        credit(&linear),
        of(&[
            ("1", "20.01", "0.333334"),
            ("2", "20.00", "0.333333"),
            ("3", "20.00", "0.333333")
        ])
    );
    assert_eq!(linear["total"]["sales"], 1, "whole again");
    assert_eq!(linear["total"]["revenue"], "60.01");
    let first = report(&["--model", "first", "--window", "28"]);
    assert_eq!(
        credit(&first),
        of(&[("1", "0.00", "0"), ("2", "60.01", "1")])
    );
    let position = report(&["--model", "position_based", "--refunds", "cash"]);
    assert_eq!(
        credit(&position),
        of(&[
            ("1", "40.01", "0.4"),
            ("2", "20.00", "0.2"),
            ("3", "40.00", "0.4")
        ])
    );
    // By lead date all of it is January's.
    let january = rumbo.json(&[
        "roi",
        "--from",
        "2026-01-01",
        "--to",
        "2026-01-31",
        "--basis",
        "lead",
    ]);
    assert_eq!(january["total"]["revenue"], "60.01");
    let stats = rumbo.json(&[
        "stats",
        "--from",
        "2026-01-01",
        "--to",
        "2026-01-31",
        "--basis",
        "lead",
    ]);
    assert_eq!(stats["attribution"]["basis"], "lead_date");
    assert_eq!(stats["total"]["revenue"], "60.01");
    // In text the report says how it credits.
    let ran = rumbo.run(&[
        "roi",
        "--model",
        "time_decay",
        "--half-life",
        "3",
        "--window",
        "30",
    ]);
    assert!(
        ran.stdout
            .contains("Attribution: Time decay, half-life 3 d, 30 d\n"),
        "{ran:?}"
    );

    // All of them at once.
    let compared = rumbo.json(&["models", "--from", "2026-01-01", "--to", "2026-03-31"]);
    assert_eq!(
        compared["models"],
        serde_json::json!([
            "last_touch",
            "first_touch",
            "last_non_direct",
            "linear",
            "position_based",
            "time_decay"
        ])
    );
    let group = &compared["groups"][0];
    let row = group["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["external_id"] == "120210000000000001")
        .unwrap();
    let revenue: Vec<&str> = row["figures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|figures| figures["revenue"].as_str().unwrap())
        .collect();
    assert_eq!(revenue[..5], ["0.00", "60.01", "0.00", "20.01", "24.01"]);
    assert_eq!(row["spread"], "100.00");
    // Last and first touch share nothing; linear keeps a third with either.
    let disagreement = &group["disagreement"];
    assert_eq!(
        (&disagreement[0][0], &disagreement[0][1]),
        (&"0.0000".into(), &"1.0000".into())
    );
    assert_eq!(disagreement[0][3], "0.6667");
    assert_eq!(group["total"]["revenue"], "60.01");
    let windows = &compared["windows"];
    assert_eq!(
        (&windows["sales"], &windows["with_touch"]),
        (&1.into(), &1.into())
    );
    assert!(windows["suggested"].is_null(), "one sale tells nothing");
    assert_eq!(
        windows["windows"][0],
        serde_json::json!({ "days": 1, "kept": 1, "kept_percent": "100.00", "whole": 0, "whole_percent": "0.00" })
    );
    let ran = rumbo.run(&["models", "--from", "2026-01-01", "--to", "2026-03-31"]);
    assert!(ran.stdout.contains("Disagreement (0 to 1)"), "{ran:?}");

    // Without a sync nothing is known of how days settle.
    let settling = rumbo.json(&["settle"]);
    assert_eq!(settling["known_on"], serde_json::Value::Null);
    assert_eq!(settling["metrics"][0]["metric"], "spend");
    assert_eq!(settling["metrics"][0]["ages"], serde_json::json!([]));
    assert_eq!(rumbo.run(&["settle", "--account", "404"]).code, 1);

    // Nothing runs this month, and ad sets are those of a campaign.
    let pacing = rumbo.json(&["pacing"]);
    assert_eq!(pacing["groups"], serde_json::json!([]));
    assert!(
        pacing["published"]["tried"].as_u64() > Some(1000),
        "{pacing}"
    );
    assert_eq!(rumbo.run(&["pacing", "--by", "adset"]).code, 2);

    // A move is between two campaigns, of an amount; too little of a past tells nothing.
    assert_eq!(
        rumbo
            .run(&["simulate", "--from", "1", "--amount", "5"])
            .code,
        2
    );
    assert_eq!(rumbo.run(&["simulate", "--daily", "5"]).code, 2);
    let unknown = rumbo.run(&["simulate", "--campaign", "nobody", "--daily", "5", "--json"]);
    assert_eq!(unknown.error(), "not_found", "{unknown:?}");

    let refused = rumbo.run(&["roi", "--model", "time_decay", "--half-life", "0", "--json"]);
    assert_eq!(
        (refused.code, refused.error().as_str()),
        (2, "invalid_input"),
        "{refused:?}"
    );
    for wrong in [
        ["--model", "magic"],
        ["--window", "soon"],
        ["--basis", "sky"],
    ] {
        assert_eq!(rumbo.run(&["roi", wrong[0], wrong[1]]).code, 2, "{wrong:?}");
    }
}
