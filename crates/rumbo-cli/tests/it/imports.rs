//! Files in and files out.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rumbo_base::Micros;
use serde_json::{Value, json};

use crate::rumbo::{Rumbo, fields};
use crate::sandbox::SandboxProcess;
use crate::story::{day, micros};

const REPORT: [&str; 13] = [
    "added",
    "ads",
    "changed",
    "contacts_added",
    "dry_run",
    "kind",
    "rejected",
    "rejected_file",
    "rejections",
    "rows_read",
    "totals",
    "totals_rows",
    "unchanged",
];

/// The sales of 2,357 customers of CDNOW: where they come from stands beside the file.
fn cdnow() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rumbo-crm/fixtures/CDNOW_sample.txt")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn cdnow_mapping(rumbo: &Rumbo) -> PathBuf {
    let mapping = json!({
        "header": false,
        "delimiter": "whitespace",
        "columns": { "customer_id": "#2", "date": "#3", "quantity": "#4", "amount": "#5" },
        "constants": { "system": "cdnow" },
        "date_format": "ymd",
        "decimal": ".",
        "timezone": "America/New_York",
        "currency": "USD",
    });
    rumbo.file("cdnow.json", mapping.to_string())
}

#[test]
fn the_sales_of_cdnow_come_in_once_and_to_the_cent() {
    let rumbo = Rumbo::with_workspace();
    let file = cdnow();
    let lines = std::fs::read_to_string(&file).unwrap();
    let amounts = lines
        .lines()
        .filter_map(|line| line.split_whitespace().last());
    let total: i64 = amounts.map(|amount| Micros::parse(amount).unwrap().0).sum();
    let total = Micros(total).to_string();
    let rows = lines.lines().filter(|line| !line.trim().is_empty()).count();
    let map = cdnow_mapping(&rumbo);

    let import = |more: &[&str]| {
        let mut arguments = vec!["import", "sales", text(&file)];
        arguments.extend(more);
        rumbo.json(&arguments)
    };
    let dry = import(&["--map", text(&map), "--dry-run"]);
    assert_eq!(fields(&dry), REPORT);
    assert_eq!(
        (&dry["dry_run"], &dry["added"]),
        (&true.into(), &rows.into())
    );
    assert_eq!(rumbo.json(&["sales", "list"])["rows"], json!([]));

    let first = import(&["--map", text(&map), "--save-map", "cdnow"]);
    assert_eq!(first["added"], rows);
    assert_eq!(first["contacts_added"], 2357);
    assert_eq!(
        first["totals"],
        json!([{ "currency": "USD", "amount": total }])
    );
    // By the name it was kept under, from now on.
    let second = import(&["--map", "cdnow"]);
    assert_eq!(
        (&second["added"], &second["changed"]),
        (&0.into(), &0.into())
    );
    assert_eq!(second["unchanged"], rows);

    let report = rumbo.json(&["roi", "--from", "1997-01-01", "--to", "1998-12-31"]);
    assert_eq!(report["unattributed"]["revenue"], total);
    assert_eq!(report["total"]["sales"], rows);
}

#[test]
fn rows_that_cannot_be_read_are_put_beside_the_file_and_end_with_3() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file(
        "sales.csv",
        "customer id,date,amount\n1,2026-03-01,10.00\n2,2026-03-02,ten\n3,2026-03-03,5.50\n",
    );
    let rejected = rumbo.folder().join("rejected.csv");
    let ran = rumbo.run(&[
        "import",
        "sales",
        text(&file),
        "--rejected",
        text(&rejected),
        "--json",
    ]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let report = ran.json();
    assert_eq!(
        (&report["added"], &report["rejected"]),
        (&2.into(), &1.into())
    );
    assert_eq!(report["rejections"][0]["line"], 3);
    assert!(ran.stderr.contains("rejected.csv"), "{}", ran.stderr);
    assert!(std::fs::read_to_string(&rejected).unwrap().contains("ten"));

    let file = rumbo.file("bad.csv", "customer id,date,amount\n1,2026-03-01,ten\n");
    let ran = rumbo.run(&["import", "sales", text(&file), "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn a_mapping_that_is_not_there_or_not_understood_is_named() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file("sales.csv", "customer id,date,amount\n1,2026-03-01,10.00\n");
    let ran = rumbo.run(&["import", "sales", text(&file), "--map", "nope", "--json"]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (1, "not_found"),
        "{ran:?}"
    );
    let map = rumbo.file("map.json", r#"{"colums":{}}"#);
    let ran = rumbo.run(&[
        "import",
        "sales",
        text(&file),
        "--map",
        text(&map),
        "--json",
    ]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (2, "invalid_input"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("colums"), "{}", ran.stderr);
    let ran = rumbo.run(&["import", "sales", "/no/such/file.csv", "--json"]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (2, "invalid_input"),
        "{ran:?}"
    );
}

#[test]
fn what_was_imported_can_be_exported() {
    let rumbo = Rumbo::with_workspace();
    let mut lines = "customer id,name,date,amount\n".to_owned();
    for n in 1..=3 {
        writeln!(lines, "{n},Customer {n},2026-03-0{n},1{n}.50").unwrap();
    }
    let file = rumbo.file("sales.csv", lines);
    rumbo.json(&["import", "sales", text(&file)]);
    for (kind, rows) in [
        ("sales", 3),
        ("contacts", 3),
        ("opportunities", 0),
        ("roi", 2),
    ] {
        let out = rumbo.folder().join(format!("{kind}-out.csv"));
        let arguments = [
            "export",
            kind,
            "--out",
            text(&out),
            "--from",
            "2026-03-01",
            "--to",
            "2026-03-31",
        ];
        let exported = rumbo.json(&arguments);
        assert_eq!(fields(&exported), ["path", "rows"], "{kind}");
        assert_eq!(exported["path"], Value::from(text(&out)), "{kind}");
        assert!(out.exists(), "{kind}");
        if kind != "roi" {
            assert_eq!(exported["rows"], rows, "{kind}");
        }
    }
    let sales = std::fs::read_to_string(rumbo.folder().join("sales-out.csv")).unwrap();
    assert!(sales.contains("11.50"), "{sales}");
    let out = rumbo.folder().join("semicolon.csv");
    rumbo.json(&["export", "sales", "--out", text(&out), "--semicolon"]);
    let sales = std::fs::read_to_string(out).unwrap();
    assert!(sales.contains(';') && sales.contains("11,50"), "{sales}");
}

#[test]
fn an_export_of_ads_manager_comes_in_once_and_needs_no_sign_in() {
    let rumbo = Rumbo::with_workspace();
    let ids = "120210000000000101,Set A,120210000000000102,Ad 1,120210000000000103";
    let file = rumbo.file(
        "ads.csv",
        format!(
            "Campaign name,Campaign ID,Ad set name,Ad set ID,Ad name,Ad ID,Day,\
             Amount spent (USD),Impressions\n\
             Summer,{ids},2026-03-01,10.50,1000\n\
             Summer,{ids},2026-03-02,11.25,1100\n"
        ),
    );
    let first = rumbo.json(&["import", "ads", text(&file)]);
    assert_eq!(fields(&first), REPORT);
    assert_eq!(first["added"], 2);
    let again = rumbo.json(&["import", "ads", text(&file)]);
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&0.into(), &2.into())
    );
    for by in ["campaign", "adset", "ad"] {
        let range = ["--from", "2026-03-01", "--to", "2026-03-31"];
        let mut arguments = vec!["roi", "--by", by];
        arguments.extend(range);
        let report = rumbo.json(&arguments);
        assert_eq!(report["total"]["spend"], "21.75", "{by}");
        assert_eq!(report["rows"][0]["spend"], "21.75", "{by}");
    }
}

#[test]
fn what_an_ads_file_does_not_agree_with_is_said() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file(
        "ads.csv",
        "Day,Campaign name,Campaign ID,Amount spent (USD)\n\
         2026-03-01,Summer,1,10\n2026-03-01,Summer,1,10\n,Total,,99\n",
    );
    let ran = rumbo.run(&["import", "ads", text(&file), "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ads = &ran.json()["ads"];
    assert_eq!(
        fields(ads),
        [
            "account",
            "account_made",
            "covered",
            "days",
            "differences",
            "duplicates",
            "removed",
            "totals_rows"
        ]
    );
    assert_eq!(
        ads["differences"],
        json!([{ "day": null, "figure": "spend", "file": "10.00", "other": "99.00" }])
    );
    assert_eq!(
        (
            &ads["totals_rows"],
            &ads["duplicates"],
            &ads["account_made"]
        ),
        (&1.into(), &1.into(), &true.into())
    );
    assert!(ran.stderr.contains("99.00"), "{}", ran.stderr);
    let told = rumbo.run(&["import", "ads", text(&file)]);
    assert!(told.stdout.contains("99.00 USD"), "{}", told.stdout);
}

#[test]
fn a_mapping_of_an_ads_file_is_kept_and_a_dry_run_leaves_no_file() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file(
        "ads.csv",
        "Tag;Kampagne;Kosten\n03/04/2026;Sommer;1.234\n;;x\n",
    );
    let map = json!({
        "columns": { "day": "Tag", "campaign_name": "Kampagne", "spend": "Kosten" },
        "constants": { "account": "act_77" },
        "currency": "EUR", "decimal": ",", "date_format": "dmy",
    });
    let map = rumbo.file("map.json", map.to_string());
    let rejected = rumbo.folder().join("ads.rejected.csv");
    let bad = rumbo.file("bad.csv", "Tag;Kampagne;Kosten\n03/04/2026;Sommer;x\n");
    let dry = rumbo.run(&[
        "import",
        "ads",
        text(&bad),
        "--map",
        text(&map),
        "--dry-run",
    ]);
    assert_eq!(dry.code, 1, "{dry:?}");
    assert!(!rejected.exists() && !rumbo.folder().join("bad.rejected.csv").exists());
    let first = rumbo.json(&[
        "import",
        "ads",
        text(&file),
        "--map",
        text(&map),
        "--save-map",
        "de",
    ]);
    assert_eq!(first["ads"]["account"], "77");
    let again = rumbo.json(&["import", "ads", text(&file), "--map", "de"]);
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&0.into(), &1.into())
    );
    let kept = rumbo.json(&["call", "list_mappings", r#"{"kind":"ads"}"#]);
    assert_eq!(kept[0]["name"], "de");
    assert_eq!(
        rumbo.json(&["call", "list_mappings", r#"{"kind":"sales"}"#]),
        json!([])
    );
}

#[test]
fn figures_by_ad_and_day_go_out_and_come_in_again() {
    let rumbo = Rumbo::with_workspace();
    let head = "Day,Campaign name,Campaign ID,Ad set name,Ad set ID,Ad name,Ad ID,\
        Amount spent (USD),Impressions,Reach,Leads,Purchases,Purchases conversion value";
    let file = rumbo.file(
        "ads.csv",
        format!(
            "{head}\n2026-03-01,\"Summer, late\",1,Set,11,Ad,111,10.50,1000,900,2,1,80.25\n\
             2026-03-02,\"Summer, late\",1,Set,11,Ad,111,-,1100,950,0,0,0\n\
             2026-03-02,Autumn,2,Set 2,21,Ad 2,211,3,50,40,1,0,0\n"
        ),
    );
    assert_eq!(rumbo.json(&["import", "ads", text(&file)])["added"], 3);
    let out = rumbo.folder().join("insights.csv");
    let period = ["--from", "2026-03-01", "--to", "2026-03-31"];
    let export = |more: &[&str]| {
        let mut arguments = vec!["export", "insights", "--out", text(&out)];
        arguments.extend(period);
        arguments.extend(more);
        let exported = rumbo.json(&arguments);
        (
            exported["rows"].clone(),
            std::fs::read_to_string(&out).unwrap(),
        )
    };
    let (rows, part) = export(&["--campaign", "2", "--columns", "day,ad_name,spend,leads"]);
    assert_eq!(rows, 1);
    assert_eq!(
        part.replace('\r', ""),
        "day,ad_name,spend,leads\n2026-03-02,Ad 2,3.00,1\n"
    );
    let (rows, whole) = export(&[]);
    assert_eq!(rows, 3);
    assert!(
        whole.contains("\"Summer, late\"") && whole.contains(",950,"),
        "{whole}"
    );

    let other = Rumbo::with_workspace();
    let came = other.json(&["import", "ads", text(&out)]);
    assert_eq!((&came["added"], &came["rejected"]), (&3.into(), &0.into()));
    // A workbook tells above its table what it is of.
    let book = rumbo.folder().join("insights.xlsx");
    let mut arguments = vec!["export", "insights", "--out", text(&book)];
    arguments.extend(period);
    rumbo.json(&arguments);
    let again = other.json(&["import", "ads", text(&book)]);
    assert_eq!(
        (&again["unchanged"], &again["rejected"]),
        (&3.into(), &0.into())
    );
    // Home tells every day of its period.
    let centuries = ["stats", "--from", "0001-01-01", "--to", "9999-12-31"];
    let refused = rumbo.run(&centuries);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("36525"), "{}", refused.stderr);
    for by in ["campaign", "ad"] {
        let report = |rumbo: &Rumbo| {
            let mut arguments = vec!["roi", "--by", by];
            arguments.extend(period);
            rumbo.json(&arguments)["total"].clone()
        };
        assert_eq!(report(&other), report(&rumbo), "{by}");
    }
    // A dash is not 0: the day has impressions and no spend that is known.
    let dash = rumbo.json(&["roi", "--from", "2026-03-02", "--to", "2026-03-02"]);
    let summer = dash["rows"].as_array().unwrap().iter();
    let summer = summer
        .clone()
        .find(|row| row["external_id"] == "1")
        .unwrap();
    assert_eq!(
        (&summer["spend"], &summer["impressions"]),
        (&Value::Null, &1100.into())
    );
    assert_eq!(
        (&summer["clicks"], &summer["roas"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_file_is_what_its_name_says_and_tells_what_its_figures_stand_on() {
    let rumbo = Rumbo::with_workspace();
    let head =
        "Day,Campaign name,Campaign ID,Ad set name,Ad set ID,Ad name,Ad ID,Amount spent (USD)";
    let file = rumbo.file(
        "ads.csv",
        format!("{head}\n2026-03-01,Summer,1,Set,11,Ad,111,10.50\n"),
    );
    assert_eq!(rumbo.json(&["import", "ads", text(&file)])["added"], 1);
    let period = ["--from", "2026-03-01", "--to", "2026-03-07"];
    let export = |what: &str, name: &str, more: &[&str]| {
        let out = rumbo.folder().join(name);
        let mut arguments = vec!["export", what, "--out", text(&out)];
        arguments.extend(period);
        arguments.extend(more);
        let exported = rumbo.json(&arguments);
        assert_eq!(exported["path"], text(&out));
        std::fs::read(&out).unwrap()
    };
    let csv = export("roi", "roi.csv", &["--model", "linear", "--window", "28"]);
    let csv = String::from_utf8(csv).unwrap();
    let first = csv.lines().nth(1).unwrap();
    assert!(
        first.ends_with("2026-03-01,2026-03-07,\"linear, window_days 28\""),
        "{csv}"
    );
    assert!(export("roi", "roi.xlsx", &[]).starts_with(b"PK"));
    assert!(export("roi", "roi", &["--format", "xlsx"]).starts_with(b"PK"));
    assert!(export("chart", "chart", &[]).starts_with(b"\x89PNG"));
    let svg = String::from_utf8(export("chart", "c.svg", &["--size", "640x300"])).unwrap();
    assert!(svg.contains("<svg width=\"640\" height=\"300\""), "{svg}");
    assert!(svg.contains("10.50 USD"), "{svg}");
    for (what, name) in [("roi", "roi.png"), ("chart", "chart.csv")] {
        let out = rumbo.folder().join(name);
        let refused = rumbo.run(&["export", what, "--out", text(&out)]);
        assert_eq!(refused.code, 2, "{}", refused.stdout);
        assert!(!out.exists());
    }
}

/// The ad-days of the first account that the sandbox plays, as an export has them.
fn export(rumbo: &Rumbo, name: &str, columns: &[&str]) -> PathBuf {
    let all = rumbo.folder().join("all.csv");
    rumbo.json(&[
        "export",
        "insights",
        "--from",
        &day(6),
        "--to",
        &day(4),
        "--out",
        text(&all),
    ]);
    let file = std::fs::read_to_string(all).unwrap();
    let mut lines = file.trim_start_matches('\u{feff}').lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let at = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let account = at("account_id");
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let first = rows[0][account];
    let mut out = columns.join(",");
    for row in rows.iter().filter(|row| row[account] == first) {
        let cells: Vec<&str> = columns.iter().map(|column| row[at(column)]).collect();
        write!(out, "\n{}", cells.join(",")).unwrap();
    }
    rumbo.file(name, out)
}

#[test]
fn the_account_of_an_export_is_the_one_that_meta_shows_later() {
    let sandbox = SandboxProcess::start();
    let connect = |rumbo: &Rumbo| {
        assert_eq!(sandbox.connect_by_token(rumbo).code, 0);
        rumbo.json(&["accounts", "select", "--all"]);
        let progress = rumbo.json(&["sync", "--since", &day(5)]);
        assert_eq!(progress["state"], "done", "{progress}");
    };
    let total = |rumbo: &Rumbo, by: &str, from: u64| {
        let report = rumbo.json(&["roi", "--by", by, "--from", &day(from), "--to", &day(4)]);
        let rows = report["rows"].as_array().unwrap();
        let rows: i64 = rows.iter().map(|row| micros(&row["spend"])).sum();
        assert_eq!(rows, micros(&report["total"]["spend"]), "{by}");
        rows
    };
    let meta = Rumbo::with_workspace();
    connect(&meta);
    meta.json(&["sync", "--since", &day(6)]);
    let ids = [
        "day",
        "currency",
        "campaign_id",
        "adset_id",
        "ad_id",
        "spend",
    ];
    let called = [
        "day",
        "currency",
        "account_name",
        "campaign_name",
        "adset_name",
        "ad_name",
        "spend",
    ];
    for (name, columns) in [("ids.csv", &ids[..]), ("called.csv", &called[..])] {
        let file = export(&meta, name, columns);
        let rumbo = Rumbo::with_workspace();
        let report = rumbo.json(&["import", "ads", text(&file)]);
        assert_eq!(report["ads"]["account_made"], true, "{name}");
        let before = total(&rumbo, "campaign", 6);
        assert!(before > 0, "{name}");
        connect(&rumbo);
        // The days that the sync has read are Meta's, the one before them is still the file's.
        for by in ["account", "campaign"] {
            assert_eq!(total(&rumbo, by, 5), total(&meta, by, 5), "{name} {by}");
        }
        assert!(
            total(&rumbo, "campaign", 6) > total(&rumbo, "campaign", 5),
            "{name}"
        );
        let accounts = rumbo.json(&["accounts", "--kept"]);
        assert_eq!(
            accounts["accounts"].as_array().unwrap().len(),
            sandbox.accounts().len(),
            "{name}: {accounts}"
        );
        let doctor = rumbo.json(&["doctor"]);
        assert!(!doctor.to_string().contains("failed"), "{name}: {doctor}");
    }
}
