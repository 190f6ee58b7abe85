//! Rates of exchange, and reports in one currency.

use std::path::Path;

use serde_json::{Value, json};

use crate::rumbo::{Rumbo, fields};

/// The ECB's own file: where it comes from stands beside it.
const HISTORY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../rumbo-platform/fixtures/ecb/eurofxref-hist.csv"
);

fn sold(rumbo: &Rumbo, amount: &str, currency: &str, day: &str) {
    let contact = rumbo.json(&["contacts", "add", "--name", "Ana"]);
    let id = contact["id"].as_str().unwrap();
    let sale = [
        "sales",
        "add",
        "--contact",
        id,
        "--amount",
        amount,
        "--currency",
        currency,
        "--at",
        day,
    ];
    rumbo.json(&sale);
}

#[test]
fn rates_come_from_the_ecbs_file_and_by_hand_and_a_report_comes_into_one_currency() {
    let rumbo = Rumbo::with_workspace();
    let done = rumbo.json(&["rates", "import", HISTORY]);
    assert_eq!((&done["added"], &done["days"]), (&json!(273), &json!(39)));
    let again = rumbo.json(&["rates", "import", HISTORY]);
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&json!(0), &json!(273))
    );
    let listed = rumbo.json(&["rates", "list", "--currency", "BRL", "--limit", "2"]);
    let shape = [
        "base",
        "changed_at",
        "changed_by",
        "day",
        "quote",
        "rate",
        "replaced",
        "source",
    ];
    assert_eq!(fields(&listed["rows"][0]), shape);
    assert_eq!(listed["rows"][0]["rate"], "5.874");
    assert!(listed["next"].is_string());

    sold(&rumbo, "600", "BRL", "2026-03-14");
    sold(&rumbo, "50", "USD", "2026-03-13");
    sold(&rumbo, "370", "PEN", "2026-03-13");
    let roi = |more: &[&str]| {
        let mut line = vec!["roi", "--from", "2026-03-12", "--to", "2026-03-14"];
        line.extend(more);
        rumbo.json(&line)
    };
    let apart = roi(&[]);
    assert_eq!(apart["total"]["revenue"], "50.00");
    assert_eq!(apart["other_currencies"].as_array().unwrap().len(), 2);
    assert_eq!(apart["exchanged"], Value::Null);
    let one = roi(&["--convert-to", "USD"]);
    // 600 / 6.0172 × 1.1476 + 50: Saturday the 14th takes Friday's rate.
    assert_eq!(one["total"]["revenue"], "164.431962");
    let exchanged = &one["exchanged"];
    assert_eq!(exchanged["rates"][0]["rate_day"], "2026-03-13");
    assert_eq!(exchanged["rates"][0]["legs"][0]["rate"], "6.0172");
    assert_eq!(exchanged["from"][0]["revenue"], "600.00");
    assert_eq!(exchanged["missing"][0]["currency"], "PEN");
    assert_eq!(one["other_currencies"][0]["currency"], "PEN");
    assert_eq!(one["other_currencies"][0]["total"]["revenue"], "370.00");

    assert_explained(&rumbo);
    let then = rumbo_base::Clock::system().now().to_rfc3339();

    let pen = [
        "rates",
        "set",
        "USD",
        "PEN",
        "--rate",
        "3.7",
        "--day",
        "2026-03-13",
    ];
    assert_eq!(rumbo.json(&pen)[0]["source"], "hand");
    let all = roi(&["--convert-to", "USD"]);
    assert_eq!(all["total"]["revenue"], "264.431962");
    assert_eq!(all["other_currencies"], json!([]));
    let stats = [
        "stats",
        "--from",
        "2026-03-12",
        "--to",
        "2026-03-14",
        "--convert-to",
        "USD",
    ];
    assert_eq!(rumbo.json(&stats)["total"]["revenue"], "264.431962");
    let models = [
        "models",
        "--from",
        "2026-03-12",
        "--to",
        "2026-03-14",
        "--convert-to",
        "USD",
    ];
    let models = rumbo.json(&models);
    assert_eq!(models["groups"][0]["total"]["revenue"], "264.431962");
    let text = rumbo.run(&[
        "roi",
        "--from",
        "2026-03-12",
        "--to",
        "2026-03-14",
        "--convert-to",
        "USD",
        "--lang",
        "es",
    ]);
    assert!(
        text.stdout
            .contains("Convertido PEN → USD: 0,27027 (a mano, 2026-03-13)"),
        "{}",
        text.stdout
    );
    let out = rumbo.folder().join("roi.csv");
    let out = out.to_str().unwrap();
    rumbo.json(&[
        "export",
        "roi",
        "--from",
        "2026-03-12",
        "--to",
        "2026-03-14",
        "--convert-to",
        "USD",
        "--out",
        out,
    ]);
    let file = std::fs::read_to_string(Path::new(out)).unwrap();
    assert!(file.contains("converted_from"), "{file}");
    assert!(
        file.contains("BRL: revenue 600.00; ecb 2026-03-14 to 2026-03-14"),
        "{file}"
    );

    assert_changed(&rumbo, &then);
    let gone = ["rates", "remove", "USD", "PEN", "--day", "2026-03-13"];
    assert_eq!(rumbo.json(&gone)["removed"], 1);
    let mut twice = gone.to_vec();
    twice.push("--json");
    assert_eq!(rumbo.run(&twice).error(), "not_found");
}

#[test]
fn a_file_with_a_bad_line_is_partly_imported_and_another_file_not_at_all() {
    let rumbo = Rumbo::with_workspace();
    let bad = rumbo.file("hist.csv", "Date,USD\n2026-04-13,1.1684\nyesterday,1\n");
    let ran = rumbo.run(&["rates", "import", bad.to_str().unwrap(), "--json"]);
    assert_eq!((ran.code, &ran.json()["rejected"]), (3, &json!(1)));
    assert!(
        ran.stderr.contains("line 3: \"yesterday\" is not a day."),
        "{}",
        ran.stderr
    );
    let other = rumbo.file("contacts.csv", "name\nAna\n");
    let ran = rumbo.run(&["rates", "import", other.to_str().unwrap(), "--json"]);
    assert_eq!((ran.code, ran.error().as_str()), (2, "invalid_input"));
    assert_eq!(ran.json()["error"]["reason"], "rates_file_unfit");
    for wrong in ["0", "-1", "five"] {
        let rate = format!("--rate={wrong}");
        let ran = rumbo.run(&["rates", "set", "USD", "PEN", &rate, "--day", "2026-03-13"]);
        assert_eq!(ran.code, 2, "{wrong}: {ran:?}");
    }
}

/// Without a rate for Peru: each row tells what it was, and what is not in the number is named.
fn assert_explained(rumbo: &Rumbo) {
    let id = "revenue/campaign/2026-03-12/2026-03-14/USD/total/convert_to=USD";
    let number = rumbo.json(&["explain", id]);
    assert_eq!(
        (&number["id"], &number["value"]),
        (&json!(id), &json!("164.431962"))
    );
    let [dollars, reals] = number["outcomes"].as_array().unwrap().as_slice() else {
        panic!("{number}")
    };
    assert_eq!(dollars["original"], Value::Null);
    assert_eq!(
        (&reals["adds"], &reals["gross"]),
        (&json!(["114.431962"]), &json!("600.00"))
    );
    let original = &reals["original"];
    assert_eq!(fields(original), ["adds", "currency", "day", "rate"]);
    assert_eq!(
        (&original["adds"], &original["currency"]),
        (&json!(["600.00"]), &json!("BRL"))
    );
    let rate = &original["rate"];
    assert_eq!(
        (&rate["rate_day"], &rate["source"]),
        (&json!("2026-03-13"), &json!("ecb"))
    );
    assert_eq!(number["exchanged"]["missing"][0]["currency"], "PEN");
    let without = &number["without_rate"];
    assert_eq!(
        (&without["outcomes_count"], &without["ad_days_count"]),
        (&json!(1), &json!(0))
    );
    let sole = &without["outcomes"][0];
    assert_eq!(
        (&sole["adds"], &sole["original"]["rate"]),
        (&json!([null]), &Value::Null)
    );
    assert_eq!(sole["original"]["adds"], json!(["370.00"]));
    let text = rumbo.run(&["explain", id, "--lang", "es"]).stdout;
    for line in [
        "600,00 BRL",
        "0,190719 (BCE, 2026-03-13)",
        "370,00 PEN",
        "Sin convertir de PEN",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

/// The rate that was entered since is the cause, and nothing else.
fn assert_changed(rumbo: &Rumbo, then: &str) {
    let line = [
        "changes",
        "--from",
        then,
        "--first-day",
        "2026-03-12",
        "--last-day",
        "2026-03-14",
        "--convert-to",
        "USD",
    ];
    let changes = rumbo.json(&line);
    let at = |name: &str| {
        let causes = changes["causes"].as_array().unwrap();
        causes.iter().position(|cause| cause == name).unwrap()
    };
    let of = |group: usize| {
        let metrics = changes["groups"][group]["total"].as_array().unwrap();
        let revenue = metrics.iter().find(|metric| metric["metric"] == "revenue");
        revenue.unwrap().clone()
    };
    let dollars = of(0);
    assert_eq!(
        (&dollars["before"], &dollars["after"]),
        (&json!("164.431962"), &json!("264.431962"))
    );
    assert_eq!(dollars["parts"][at("currency")], "100.00");
    assert_eq!(of(1)["parts"][at("currency")], "-370.00");
    assert_eq!(changes["exchanged"]["missing"], json!([]));
    assert_eq!(changes["missing_then"][0]["currency"], "PEN");
    let [rate] = changes["rates"].as_array().unwrap().as_slice() else {
        panic!("{changes}")
    };
    assert_eq!(
        (&rate["from"], &rate["before"]),
        (&json!("PEN"), &Value::Null)
    );
    assert_eq!(rate["after"]["source"], "hand");
    let text = rumbo.run(&line).stdout;
    for line in [
        "Exchange rates",
        "Rate changed PEN → USD 2026-03-13: — → 0.27027 (by hand)",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}
