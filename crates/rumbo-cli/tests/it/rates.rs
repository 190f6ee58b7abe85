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
    assert_eq!((ran.code, ran.error().as_str()), (1, "invalid_input"));
    assert_eq!(ran.json()["error"]["reason"], "rates_file_unfit");
    for wrong in ["0", "-1", "five"] {
        let rate = format!("--rate={wrong}");
        let ran = rumbo.run(&["rates", "set", "USD", "PEN", &rate, "--day", "2026-03-13"]);
        assert_eq!(ran.code, 2, "{wrong}: {ran:?}");
    }
}
