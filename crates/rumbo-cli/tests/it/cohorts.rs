//! The triangle of a terminal, and why nothing is predicted.

use crate::rumbo::{Rumbo, fields};

/// Two customers of March and one of May, as they stood on 15 June.
fn shop() -> Rumbo {
    let rumbo = Rumbo::with_workspace();
    let sales = rumbo.file(
        "sales.csv",
        "customer_id,date,amount,cost,currency\n\
         ana,2026-03-05,100.00,40.00,USD\n\
         ana,2026-04-20,50.00,,USD\n\
         ben,2026-03-31,20.00,,USD\n\
         cleo,2026-05-10,1000.50,,USD\n\
         ana,2026-06-20,9999.00,,USD\n",
    );
    let report = rumbo.json(&["import", "sales", sales.to_str().unwrap()]);
    assert_eq!(report["added"], 5, "{report}");
    rumbo
}

#[test]
fn what_is_not_over_for_everybody_stands_in_brackets() {
    let rumbo = shop();
    let asked = ["cohorts", "--until", "2026-06-15", "--lang", "en"];
    let ran = rumbo.run(&asked);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let lines: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let line = |first: &str| {
        let found = lines.iter().find(|line| line.first() == Some(&first));
        found
            .unwrap_or_else(|| panic!("{first}: {}", ran.stdout))
            .clone()
    };
    // 60 + 20 of two people in the first month of age, 50 more in the second; the third is over on
    // 30 June for who came on 31 March.
    let march = line("2026-03");
    assert_eq!(
        march[..7],
        ["2026-03", "2", "—", "—", "40.00", "65.00", "(65.00)"]
    );
    assert_eq!(line("2026-05")[4], "(1,000.50)");
    assert_eq!(
        line("average")[..6],
        ["average", "3", "—", "—", "40.00", "65.00"]
    );
    assert!(ran.stdout.contains("3 / 4"), "{}", ran.stdout);

    let retention = rumbo.run(&[&asked[..], &["--metric", "retention"]].concat());
    assert!(retention.stdout.contains("50.00 %"), "{}", retention.stdout);
}

#[test]
fn json_has_all_of_it_and_says_why_nothing_is_predicted() {
    let rumbo = shop();
    let report = rumbo.json(&["cohorts", "--until", "2026-06-15", "--predict"]);
    assert_eq!(report["today"], "2026-06-16");
    let group = &report["groups"][0];
    let march = &group["rows"][0];
    assert_eq!(march["month"], "2026-03-01");
    assert_eq!(march["cells"][1]["margin"], "50.00");
    assert_eq!(march["cells"][2]["mature"], false);
    assert_eq!(march["to_date"]["orders"], 3);
    assert_eq!(march["value"], serde_json::Value::Null);
    assert_eq!(march["payback"]["observed_days"], 77);
    assert_eq!(
        fields(&march["cells"][0]),
        [
            "active",
            "cost",
            "cumulative_margin_per_person",
            "cumulative_revenue_per_person",
            "margin",
            "mature",
            "orders",
            "orders_without_cost",
            "people",
            "refunds",
            "retention_percent",
            "revenue"
        ]
    );
    assert_eq!(group["prediction"], serde_json::Value::Null);
    let refused = &group["not_predicted"];
    assert_eq!(refused["reason"], "too_few_repeat_buyers");
    assert_eq!(refused["params"]["found"], "1");

    let leads = rumbo.json(&["cohorts", "--until", "2026-06-15", "--start", "lead"]);
    assert_eq!(leads["groups"][0]["average"]["people"], 3);
    for (wrong, code) in [
        (vec!["--predict", "0"], 2),
        (vec!["--predict", "--discount", "101"], 2),
        (vec!["--value-months", "61"], 2),
        (vec!["--campaign", "1"], 1),
    ] {
        let ran = rumbo.run(&[&["cohorts", "--json"], &wrong[..]].concat());
        assert_eq!(ran.code, code, "{wrong:?}: {}", ran.stdout);
        let field = ran.json()["error"]["field"].clone();
        assert!(field.is_string(), "{wrong:?}: {}", ran.stdout);
    }
}

#[test]
fn cohorts_of_an_earlier_moment_are_what_they_were_to_the_last_byte() {
    let rumbo = shop();
    let asked = ["cohorts", "--until", "2026-06-15", "--json"];
    let told = |more: &[&str]| rumbo.run(&[&asked[..], more].concat()).stdout;
    let saved = told(&[]);
    let then = rumbo_base::Clock::system().now().to_rfc3339();
    let sales = rumbo.json(&["sales", "list"]);
    let rows = sales["rows"].as_array().unwrap();
    let of = |gross: &str| {
        let row = rows.iter().find(|row| row["gross"] == gross).unwrap();
        (
            row["id"].as_str().unwrap(),
            row["contact_id"].as_str().unwrap(),
        )
    };
    // A cost becomes known, money goes back, and two customers turn out to be one.
    let (id, ana) = of("50.00");
    let row = rumbo.json(&["sales", "cost", id, "--amount", "12.50"]);
    assert_eq!(row["cost"], "12.50");
    let (id, ben) = of("20.00");
    rumbo.json(&["sales", "refund", id, "--amount", "5.00"]);
    rumbo.json(&["contacts", "merge", ana, ben]);
    let now: serde_json::Value = serde_json::from_str(&told(&[])).unwrap();
    let march = &now["groups"][0]["rows"][0];
    assert_eq!(
        (&march["people"], &march["to_date"]["cost"]),
        (&1.into(), &"52.50".into())
    );
    assert_eq!(told(&["--as-of", &then]), saved);
    // Before anything was entered there was nobody, and no day after it.
    let early = rumbo.json(&["cohorts", "--as-of", "2026-01-31"]);
    assert_eq!(early["to"], "2026-01-31");
    assert_eq!(early["groups"][0]["rows"], serde_json::json!([]));
}
