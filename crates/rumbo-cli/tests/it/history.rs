//! A report of an earlier moment, why it changed since, and what a number is made of.

use crate::rumbo::Rumbo;

fn id(value: &serde_json::Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// An amount in cents.
fn cents(value: &serde_json::Value) -> i64 {
    value
        .as_str()
        .map_or(0, |text| text.replace('.', "").parse().unwrap())
}

#[test]
fn a_report_is_what_it_was_and_every_change_since_has_a_cause() {
    let rumbo = Rumbo::with_workspace();
    let contact = id(&rumbo.json(&["contacts", "add", "--name", "Ana Souza"]));
    let touch = |campaign: &str, at: &str| {
        let arguments = [
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
        ];
        rumbo.json(&arguments);
    };
    let sale = |amount: &str, at: &str| {
        let arguments = [
            "sales",
            "add",
            "--contact",
            &contact,
            "--amount",
            amount,
            "--at",
            at,
        ];
        id(&rumbo.json(&arguments))
    };
    touch("120210000000000001", "2026-03-01");
    let first = sale("300.10", "2026-03-05");
    let days = ["--from", "2026-03-01", "--to", "2026-03-31"];
    let report = |more: &[&str]| {
        let mut arguments = vec!["roi", "--json"];
        arguments.extend(days);
        arguments.extend(more);
        rumbo.run(&arguments).stdout
    };
    let saved = report(&[]);
    let then = rumbo_base::Clock::system().now().to_rfc3339();

    let second = sale("50.00", "2026-03-06");
    rumbo.json(&[
        "sales",
        "refund",
        &first,
        "--amount",
        "100.00",
        "--at",
        "2026-03-10",
    ]);
    touch("120210000000000002", "2026-03-04");
    assert_ne!(report(&[]), saved);
    assert_eq!(report(&["--as-of", &then]), saved);
    assert_eq!(
        report(&["--as-of", "2026-01-01"]).matches("300.10").count(),
        0
    );

    let changes = rumbo.json(&[
        "changes",
        "--from",
        &then,
        "--first-day",
        "2026-03-01",
        "--last-day",
        "2026-03-31",
    ]);
    let causes: Vec<&str> = changes["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c.as_str().unwrap())
        .collect();
    let group = &changes["groups"][0];
    let revenue = |metrics: &serde_json::Value| {
        let metrics = metrics.as_array().unwrap();
        let found = metrics.iter().find(|metric| metric["metric"] == "revenue");
        found.unwrap().clone()
    };
    let part = |change: &serde_json::Value, cause: &str| {
        let place = causes.iter().position(|known| *known == cause).unwrap();
        cents(&change["parts"][place])
    };
    let total = revenue(&group["total"]);
    assert_eq!(
        (&total["before"], &total["after"]),
        (&"300.10".into(), &"250.10".into())
    );
    assert_eq!(
        (part(&total, "late"), part(&total, "refunds")),
        (5_000, -10_000)
    );
    assert_eq!(
        (part(&total, "reattributed"), part(&total, "unexplained")),
        (0, 0)
    );
    for row in group["rows"].as_array().unwrap() {
        let change = revenue(&row["metrics"]);
        let sum: i64 = causes.iter().map(|cause| part(&change, cause)).sum();
        assert_eq!(
            cents(&change["before"]) + sum,
            cents(&change["after"]),
            "{row}"
        );
        assert_ne!(part(&change, "reattributed"), 0, "{row}");
    }
    // The same by the campaigns it moved in: they and what is not attributed are the change.
    let moved = rumbo.json(&[
        "contributions",
        "--metric",
        "revenue",
        "--since",
        &then,
        "--from",
        "2026-03-01",
        "--to",
        "2026-03-31",
    ]);
    let moved = &moved["groups"][0];
    assert_eq!(moved["whole"]["before"], total["before"]);
    assert_eq!(moved["whole"]["after"], total["after"]);
    let rows = moved["rows"].as_array().unwrap().iter();
    let sum: i64 = rows.map(|row| cents(&row["contribution"])).sum();
    let rest = &moved["unattributed"]["contribution"];
    let rest = if rest.is_null() { 0 } else { cents(rest) };
    assert_eq!(sum + rest, -5_000);
    assert_eq!(cents(&moved["whole"]["contribution"]), -5_000);
    // The two moments the wrong way round.
    let ran = rumbo.run(&["changes", "--from", &then, "--to", "2026-01-01", "--json"]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (2, "invalid_input"),
        "{ran:?}"
    );

    let number = "revenue/campaign/2026-03-01/2026-03-31/USD/total";
    // What the sales cost became known: no margin before both are.
    let margin = "margin/campaign/2026-03-01/2026-03-31/USD/total";
    rumbo.json(&["sales", "cost", &first, "--amount", "120.00"]);
    let passport = rumbo.json(&["explain", margin]);
    assert_eq!(passport["value"], serde_json::Value::Null);
    assert_eq!(
        passport["costs"],
        serde_json::json!({ "known": 1, "sales": 2 })
    );
    let ran = rumbo.run(&[
        "roi",
        "--metrics",
        "sales,cost,margin",
        days[0],
        days[1],
        days[2],
        days[3],
        "--lang",
        "en",
    ]);
    assert!(ran.stdout.contains("Sales with a cost: 1 / 2"), "{ran:?}");
    assert_eq!(rumbo.run(&["roi", "--metrics", "magic"]).code, 2);
    rumbo.json(&["sales", "cost", &second, "--amount", "20.10"]);
    let passport = rumbo.json(&["explain", margin]);
    // 250.10 − 140.10
    assert_eq!(passport["value"], "110.00");
    let costs: Vec<&str> = passport["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sale| sale["cost"].as_str().unwrap())
        .collect();
    assert_eq!(costs, ["120.00", "20.10"]);
    let since = [
        &["changes", "--metric", "cost", "--from"],
        &[then.as_str()][..],
        &["--first-day", days[1], "--last-day", days[3]],
    ]
    .concat();
    let changes = rumbo.json(&since);
    let total = changes["groups"][0]["total"].as_array().unwrap();
    let cost = total
        .iter()
        .find(|metric| metric["metric"] == "cost")
        .unwrap();
    assert_eq!(
        (part(cost, "corrected"), part(cost, "late")),
        (12_000, 2_010)
    );
    rumbo.json(&["sales", "cost", &second, "--unknown"]);
    assert_eq!(
        rumbo.json(&["explain", margin])["value"],
        serde_json::Value::Null
    );
    assert_eq!(rumbo.run(&["sales", "cost", &second]).code, 2);

    let passport = rumbo.json(&["explain", number]);
    assert_eq!(passport["id"], number);
    assert_eq!(passport["value"], "250.10");
    let added: i64 = passport["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| cents(&o["adds"][0]))
        .sum();
    assert_eq!(added, 25_010);
    let ran = rumbo.run(&["explain", "revenue", "--json"]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (2, "invalid_input"),
        "{ran:?}"
    );
}
