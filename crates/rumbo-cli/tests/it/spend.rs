//! What was spent outside the ad accounts, entered and imported, and reports by channel.

use serde_json::{Value, json};

use crate::rumbo::{Rumbo, fields};

const DAYS: [&str; 4] = ["--from", "2026-03-01", "--to", "2026-03-31"];

fn by_channel(rumbo: &Rumbo, more: &[&str]) -> Value {
    let mut line = vec!["roi", "--by", "channel"];
    line.extend(DAYS);
    line.extend(more);
    rumbo.json(&line)
}

fn row<'a>(report: &'a Value, channel: &str) -> &'a Value {
    let mut rows = report["rows"].as_array().unwrap().iter();
    rows.find(|row| row["name"] == channel).unwrap()
}

/// Somebody who came on a day of March by a lead source, and bought for 120.
fn bought(rumbo: &Rumbo, source: &str) {
    let contact = rumbo.json(&["contacts", "add", "--name", "Ana", "--source", source]);
    let id = contact["id"].as_str().unwrap();
    let touch = [
        "touchpoints",
        "add",
        "--contact",
        id,
        "--source",
        source,
        "--at",
        "2026-03-10",
    ];
    // What only tells how somebody came into Rumbo is no touch.
    if source != "IMPORT" {
        rumbo.json(&touch);
    }
    let sale = [
        "sales",
        "add",
        "--contact",
        id,
        "--amount",
        "120",
        "--at",
        "2026-03-12",
    ];
    rumbo.json(&sale);
}

#[test]
fn spend_is_entered_corrected_taken_away_and_told_by_channel() {
    let rumbo = Rumbo::with_workspace();
    bought(&rumbo, "GOOGLE_ADS");
    bought(&rumbo, "META_ADS");
    bought(&rumbo, "IMPORT");
    let agency = [
        "spend",
        "add",
        "--platform",
        "Agency",
        "--amount",
        "100",
        "--day",
        "2026-03-01",
        "--to",
        "2026-03-03",
    ];
    let added = rumbo.json(&agency);
    let amounts: Vec<&Value> = added
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["amount"])
        .collect();
    assert_eq!(amounts, ["33.34", "33.33", "33.33"]);
    let shape = [
        "amount",
        "campaign",
        "changed_by",
        "created_at",
        "currency",
        "day",
        "file_name",
        "id",
        "note",
        "platform",
        "removed_at",
        "replaced",
        "updated_at",
    ];
    assert_eq!(fields(&added[0]), shape);
    let google = [
        "spend",
        "add",
        "--platform",
        "google",
        "--campaign",
        "Brand",
        "--amount",
        "50",
        "--day",
        "2026-03-05",
        "--note",
        "invoice 7",
    ];
    let google = rumbo.json(&google)[0].clone();
    assert_eq!(
        (&google["platform"], &google["currency"]),
        (&json!("google_ads"), &json!("USD"))
    );
    let id = google["id"].as_str().unwrap();

    let report = by_channel(&rumbo, &[]);
    assert_eq!(report["by"], "channel");
    let google = row(&report, "google_ads");
    assert_eq!(google["key"], "channel:google_ads");
    let told = |name: &str| google[name].clone();
    assert_eq!(
        [
            told("spend"),
            told("leads"),
            told("new_customers"),
            told("cac"),
            told("roas"),
            told("roi_percent")
        ],
        [
            json!("50.00"),
            json!(1),
            json!(1),
            json!("50.00"),
            json!("2.4000"),
            json!("140.00")
        ]
    );
    assert_eq!(row(&report, "meta")["spend"], Value::Null);
    assert_eq!(report["unattributed"]["revenue"], "120.00");
    assert_eq!(report["total"]["spend"], "150.00");
    assert_eq!(report["total"]["cac"], "50.00");
    // By campaign it is Meta's alone.
    let mut campaigns = vec!["roi"];
    campaigns.extend(DAYS);
    assert_eq!(rumbo.json(&campaigns)["total"]["spend"], Value::Null);

    // The number lists its rows.
    let number = "cac/channel/2026-03-01/2026-03-31/USD/channel%3Agoogle_ads";
    let passport = rumbo.json(&["explain", number]);
    assert_eq!(
        (&passport["value"], &passport["spend_count"]),
        (&json!("50.00"), &json!(1))
    );
    assert_eq!(passport["spend"][0]["campaign"], "Brand");
    assert_eq!(passport["spend"][0]["adds"], json!(["50.00", null]));
    let text = rumbo.run(&["explain", number]);
    assert!(
        text.stdout.contains("Google Ads") && text.stdout.contains("invoice 7"),
        "{text:?}"
    );

    let before = rumbo_base::Clock::system().now().to_rfc3339();
    let changed = rumbo.json(&["spend", "change", id, "--amount", "40", "--note", ""]);
    assert_eq!(
        (&changed["note"], &changed["replaced"][0]["amount"]),
        (&Value::Null, &json!("50.00"))
    );
    assert_eq!(
        row(&by_channel(&rumbo, &[]), "google_ads")["spend"],
        "40.00"
    );
    let then = by_channel(&rumbo, &["--as-of", &before]);
    assert_eq!(row(&then, "google_ads")["spend"], "50.00");
    let removed = rumbo.json(&["spend", "remove", id]);
    assert!(removed["removed_at"].is_string());
    assert_eq!(
        row(&by_channel(&rumbo, &[]), "google_ads")["spend"],
        Value::Null
    );
    assert_eq!(
        rumbo.json(&["spend", "list"])["rows"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let all = rumbo.json(&["spend", "list", "--removed", "--platform", "Google Ads"]);
    assert_eq!(all["rows"][0]["id"], id);
    rumbo.json(&["spend", "restore", id]);
    let sums = rumbo.json(&["spend", "sums", "--from", "2026-03-02"]);
    let sums: Vec<_> = sums
        .as_array()
        .unwrap()
        .iter()
        .map(|sum| (&sum["platform"], &sum["amount"]))
        .collect();
    assert_eq!(
        sums,
        [
            (&json!("agency"), &json!("66.66")),
            (&json!("google_ads"), &json!("40.00"))
        ]
    );
    let text = rumbo.run(&[
        "--lang",
        "es",
        "roi",
        "--by",
        "channel",
        "--from",
        "2026-03-01",
        "--to",
        "2026-03-31",
    ]);
    assert!(
        text.stdout.contains("Agencia") && text.stdout.contains("Google Ads"),
        "{text:?}"
    );
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let rumbo = Rumbo::with_workspace();
    let refused = |line: &[&str], code: i32, reason: &str| {
        let mut all = line.to_vec();
        all.push("--json");
        let ran = rumbo.run(&all);
        assert_eq!(ran.code, code, "{ran:?}");
        assert_eq!(ran.json()["error"]["reason"], reason, "{ran:?}");
    };
    let add = |platform, day| {
        [
            "spend",
            "add",
            "--platform",
            platform,
            "--amount",
            "5",
            "--day",
            day,
        ]
    };
    refused(&add("facebook", "2026-03-01"), 2, "spend_of_meta");
    refused(&add("google", "2199-03-01"), 2, "spend_ahead");
    refused(&add("google", "1999-03-01"), 2, "spend_too_early");
    refused(
        &["spend", "remove", "01a1fdd6-51a5-7be9-bbdc-6b4624ff4947"],
        1,
        "gone",
    );
    for by_channel in [
        vec!["models", "--by", "channel"],
        vec!["gap", "--by", "channel"],
        vec!["changes", "--by", "channel", "--from", "2026-03-01"],
    ] {
        refused(&by_channel, 2, "by_channel_unfit");
    }
}

#[test]
fn spend_is_imported_once_and_exported_as_it_is() {
    let rumbo = Rumbo::with_workspace();
    let body = "Campaign;Day;Cost\nBrand;01/03/2026;1.234,50\nBrand;15/03/2026;10,00\nBrand;2030-01-01;1\nTotal;;1.244,50\n";
    let file = rumbo.file("google.csv", body);
    let file = file.to_str().unwrap();
    let line = |more: &[&'static str]| {
        let mut line = vec![
            "import",
            "spend",
            file,
            "--platform",
            "google_ads",
            "--json",
        ];
        line.extend(more);
        let ran = rumbo.run(&line);
        (ran.code, ran.json())
    };
    let (code, dry) = line(&["--dry-run"]);
    assert_eq!(
        (code, &dry["added"], &dry["totals_rows"]),
        (3, &json!(2), &json!(1)),
        "{dry}"
    );
    assert_eq!(rumbo.json(&["spend", "list"])["rows"], json!([]));
    let (code, done) = line(&[]);
    assert_eq!(
        (code, &done["added"], &done["rejected"]),
        (3, &json!(2), &json!(1))
    );
    assert_eq!(done["rejections"][0]["reason_id"], "spend_ahead");
    assert_eq!(
        done["totals"],
        json!([{ "currency": "USD", "amount": "1244.50" }])
    );
    assert!(
        done["rejected_file"]
            .as_str()
            .unwrap()
            .ends_with("google.rejected.csv")
    );
    let (_, again) = line(&[]);
    assert_eq!(
        (&again["added"], &again["changed"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2))
    );
    let listed = rumbo.json(&["spend", "list"]);
    assert_eq!(
        (
            &listed["rows"][1]["amount"],
            &listed["rows"][1]["file_name"]
        ),
        (&json!("1234.50"), &json!("google.csv"))
    );
    // It goes out and comes in again without a word, and changes nothing.
    let out = rumbo.folder().join("spend.csv");
    let out = out.to_str().unwrap();
    assert_eq!(rumbo.json(&["export", "spend", "--out", out])["rows"], 2);
    let back = rumbo.json(&["import", "spend", out]);
    assert_eq!(
        (&back["unchanged"], &back["rejected"]),
        (&json!(2), &json!(0))
    );
    let report = by_channel(&rumbo, &[]);
    assert_eq!(report["total"]["spend"], "1244.50");
    let csv = rumbo.folder().join("roi.csv");
    let mut export = vec![
        "export",
        "roi",
        "--by",
        "channel",
        "--out",
        csv.to_str().unwrap(),
    ];
    export.extend(DAYS);
    rumbo.json(&export);
    let text = std::fs::read_to_string(&csv).unwrap();
    assert!(
        text.contains("google_ads") && text.contains("1244.50"),
        "{text}"
    );
    let wrong = rumbo.run(&["import", "sales", file, "--platform", "google_ads"]);
    assert_eq!(wrong.code, 2);
}
