//! Calls that cannot be carried out as they are: the code they end with, and what they say.

use crate::rumbo::{Ran, Rumbo};

/// A workspace with one contact and a sale of three days ago; their ids.
fn with_a_sale() -> (Rumbo, String, String) {
    let rumbo = Rumbo::with_workspace();
    let contact = rumbo.json(&["contacts", "add", "--name", "Ana"]);
    let contact = contact["id"].as_str().unwrap().to_owned();
    let sale = rumbo.json(&["sales", "add", "--contact", &contact, "--amount", "520"]);
    let sale = sale["id"].as_str().unwrap().to_owned();
    (rumbo, contact, sale)
}

fn ended(rumbo: &Rumbo, arguments: &[&str]) -> Ran {
    let ran = rumbo.run(&[arguments, &["--json"]].concat());
    let error = ran.json()["error"].clone();
    // What people read is what programs read, and a sentence.
    let message = error["message"].as_str().unwrap();
    assert_eq!(ran.stderr.trim_end(), message, "{arguments:?}");
    let ends = message.ends_with(['.', '?']) || message.contains(": rumbo ");
    assert!(ends, "{arguments:?}: {message}");
    assert!(
        !message.contains('\n') && !message.starts_with("error:"),
        "{arguments:?}: {message}"
    );
    ran
}

const NOBODY: &str = "01a1fdd6-51a5-7be9-bbdc-6b4624ff4947";
const DAYS: &str = "2026-03-01/2026-03-31";

/// Whether the command line, a flag or the core finds it: a call that has to be corrected ends with 2
/// and is `invalid_input`, whatever else stands in the way ends with 1.
#[test]
fn the_same_kind_of_mistake_ends_with_the_same_code() {
    let (rumbo, contact, sale) = with_a_sale();
    let (contact, sale) = (contact.as_str(), sale.as_str());
    let number = |of: &str| format!("revenue/campaign/{DAYS}/{of}");
    let nowhere = rumbo.folder().join("nowhere/roi.csv");
    let nowhere = nowhere.to_str().unwrap();
    let folder = rumbo.folder().to_str().unwrap();
    let missing = rumbo.folder().join("missing.csv");
    let missing = missing.to_str().unwrap();
    let no_table = rumbo.file("no_table.csv", "one\ntwo\n");
    let no_table = no_table.to_str().unwrap();
    let reversed = ["--from", "2026-03-31", "--to", "2026-03-01"];
    let with = |command: &[&'static str], more: &[&'static str]| [command, more].concat();
    let wrong: Vec<Vec<&str>> = vec![
        vec!["roi", "--half-life", "0"],
        vec!["roi", "--half-life", "366"],
        vec!["roi", "--half-life", "x"],
        vec!["roi", "--window", "1131"],
        vec!["roi", "--window", "soon"],
        vec!["roi", "--view-window", "1131"],
        vec!["roi", "--model", "best"],
        vec!["roi", "--basis", "day"],
        vec!["roi", "--as-of", "soon"],
        vec!["roi", "--as-of", "2999-01-01"],
        vec!["roi", "--metrics", "revenue,revenue"],
        vec!["roi", "--metrics", "luck"],
        vec!["roi", "--last", "0"],
        vec!["roi", "--last", "7", "--from", "2026-03-01"],
        vec!["roi", "--convert-to", "XXX"],
        vec!["roi", "--model", "markov"],
        vec!["stats", "--as-of", "2999-01-01"],
        vec!["stats", "--from", "0001-01-01", "--to", "9999-12-31"],
        vec!["gap", "--by", "channel"],
        vec!["gap", "--as-of", "2999-01-01"],
        vec!["models", "--by", "channel"],
        vec!["models", "--as-of", "2999-01-01"],
        vec!["actions", "--as-of", "2999-01-01"],
        vec!["settle", "--as-of", "2999-01-01"],
        vec!["reach", "--as-of", "2999-01-01"],
        vec!["reach", "--by", "creative"],
        vec!["explain", "roas"],
        vec!["explain", "luck/campaign/2026-03-01/2026-03-31/USD/total"],
        vec!["explain", "roas/campaign/2026-03-31/2026-03-01/USD/total"],
        vec!["explain", "roas/campaign/2026-03-01/2026-03-31/XXX/total"],
        vec!["changes", "--from", "2999-01-01"],
        vec!["changes", "--from", "2026-03-01", "--to", "2999-01-01"],
        vec!["changes", "--from", "2026-03-02", "--to", "2026-03-01"],
        vec!["changes", "--from", "2026-03-01", "--metric", "luck"],
        vec!["contributions", "--metric", "luck"],
        vec!["contributions", "--metric", "reach"],
        vec!["contributions", "--as-of", "2999-01-01"],
        vec!["contributions", "--since", "2999-01-01"],
        vec![
            "contributions",
            "--since",
            "2026-03-01",
            "--compare",
            "year",
        ],
        vec![
            "contributions",
            "--since",
            "2026-03-02",
            "--as-of",
            "2026-03-01",
        ],
        vec!["cohorts", "--from", "2900-01-01"],
        vec!["cohorts", "--value-months", "0"],
        vec!["cohorts", "--predict", "61"],
        vec!["cohorts", "--predict", "--discount", "abc"],
        vec!["cohorts", "--predict", "--discount", "101"],
        vec!["pacing", "--by", "adset"],
        vec!["simulate", "--from", "1", "--to", "2", "--amount", "x"],
        vec!["audit-csv", no_table],
        vec!["import", "sales", no_table],
        vec!["import", "sales", missing],
        vec!["audit-csv", missing],
        vec!["rates", "import", missing],
        vec!["templates", "lint", missing],
        vec!["export", "roi", "--out", nowhere],
        vec!["export", "roi", "--out", folder],
        vec!["export", "roi", "--out", "roi.gif"],
        vec!["export", "chart", "--out", "chart.gif"],
        vec!["export", "chart", "--out", "chart.png", "--size", "0x0"],
        vec!["export", "roi", "--out", "roi.csv", "--columns", "luck"],
        vec![
            "export",
            "roi",
            "--out",
            "roi.csv",
            "--columns",
            "spend,spend",
        ],
        vec![
            "rates",
            "set",
            "EUR",
            "EUR",
            "--rate",
            "1",
            "--day",
            "2026-03-01",
        ],
        vec![
            "rates",
            "set",
            "EUR",
            "USD",
            "--rate",
            "0",
            "--day",
            "2026-03-01",
        ],
        vec!["rates", "list", "--currency", "dollars"],
        vec![
            "spend",
            "add",
            "--platform",
            "",
            "--amount",
            "5",
            "--day",
            "2026-03-01",
        ],
        vec![
            "spend",
            "add",
            "--platform",
            "sms",
            "--amount",
            "5",
            "--day",
            "2999-03-01",
        ],
        vec!["spend", "list", "--cursor", "x"],
        vec!["spend", "change", "x"],
        vec!["touchpoints", "add", "--contact", contact, "--source", ""],
        vec![
            "touchpoints",
            "add",
            "--contact",
            contact,
            "--source",
            "WEB",
            "--at",
            "2999-01-01",
        ],
        vec!["sales", "add", "--contact", contact, "--amount", "-5"],
        vec![
            "sales",
            "add",
            "--contact",
            contact,
            "--amount",
            "5",
            "--at",
            "2999-01-01",
        ],
        vec![
            "sales",
            "refund",
            sale,
            "--amount",
            "1",
            "--at",
            "2999-01-01",
        ],
        vec![
            "sales",
            "refund",
            sale,
            "--amount",
            "1",
            "--at",
            "1999-01-01",
        ],
        vec!["sales", "refund", sale, "--amount", "521"],
        vec![
            "opportunities",
            "add",
            "--contact",
            contact,
            "--at",
            "2999-01-01",
        ],
        vec!["sales", "list", "--status", "lost"],
        vec!["contacts", "add", "--timezone", "Mars"],
        vec!["workspace", "create", ""],
        vec!["call", "get_roi", "{}"],
        vec!["call", "nothing"],
        with(&["roi"], &reversed),
        with(&["stats"], &reversed),
        with(&["gap"], &reversed),
        with(&["models"], &reversed),
        with(&["cohorts"], &reversed),
        with(&["reach"], &reversed),
        with(&["actions"], &reversed),
        with(&["breakdown", "--by", "age"], &reversed),
        with(&["spend", "list"], &reversed),
        with(&["spend", "sums"], &reversed),
        with(&["rates", "list"], &reversed),
        with(&["export", "roi", "--out", "roi.csv"], &reversed),
    ];
    for arguments in wrong {
        let ran = ended(&rumbo, &arguments);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (2, "invalid_input"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let (row, euros) = (number(&format!("USD/{NOBODY}")), number("EUR/total"));
    for arguments in [
        vec!["explain", row.as_str()],
        vec!["explain", euros.as_str()],
        vec!["roi", "--account", "404"],
        vec!["roi", "--campaign", "ñandú"],
        vec!["cohorts", "--campaign", "404"],
        vec!["pacing", "--campaign", "404"],
        vec!["settle", "--account", "404"],
        vec!["drift", "--account", "404"],
        vec!["simulate", "--campaign", "404", "--daily", "5"],
        vec!["spend", "change", NOBODY],
        vec!["sales", "refund", NOBODY, "--amount", "1"],
        vec!["contacts", "show", NOBODY],
        vec!["templates", "show", "nobody"],
        vec!["channels", "test", "nobody"],
        vec!["workspace", "use", "nobody"],
    ] {
        let ran = ended(&rumbo, &arguments);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (1, "not_found"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_number_that_the_report_has_not_is_not_0() {
    let (rumbo, ..) = with_a_sale();
    let number = |row: &str| format!("revenue/campaign/{DAYS}/{row}");
    for (row, reason, said) in [
        (format!("USD/{NOBODY}"), "number_row_unknown", "roi --json"),
        (
            format!("USD/rows:{NOBODY}"),
            "number_row_unknown",
            "roi --json",
        ),
        (
            format!("USD/but:{NOBODY}"),
            "number_row_unknown",
            "roi --json",
        ),
        ("EUR/total".to_owned(), "number_currency_unknown", "USD"),
        (
            "EUR/unattributed".to_owned(),
            "number_currency_unknown",
            "USD",
        ),
    ] {
        let ran = ended(&rumbo, &["explain", &number(&row)]);
        assert_eq!(ran.code, 1, "{row}");
        let error = &ran.json()["error"];
        assert_eq!(error["reason"], reason, "{row}");
        assert!(ran.stderr.contains(said), "{row}: {}", ran.stderr);
    }
    // Nothing is something that the report has.
    for row in ["total", "unattributed", "attributed", "rows:"] {
        let passport = rumbo.json(&["explain", &number(&format!("USD/{row}"))]);
        assert_eq!(passport["value"], "0.00", "{row}");
    }
}

#[test]
fn usual_spellings_of_models_windows_and_moments_are_understood() {
    let rumbo = Rumbo::with_workspace();
    let asked = |arguments: &[&str]| {
        let all = [&["roi", "--last", "7"], arguments].concat();
        rumbo.json(&all)["attribution"].clone()
    };
    for (model, spellings) in [
        (
            "last_touch",
            vec!["last-touch", "LAST_TOUCH", "last", "last-click"],
        ),
        ("first_touch", vec!["First-Touch", "first"]),
        (
            "last_non_direct",
            vec!["last-non-direct", "last-non-direct-click"],
        ),
        ("linear", vec!["LINEAR"]),
        (
            "position_based",
            vec!["position", "u-shaped", "U_SHAPED", "position-based"],
        ),
        ("time_decay", vec!["time-decay", "decay"]),
    ] {
        for spelling in spellings.into_iter().chain([model]) {
            let attribution = asked(&["--model", spelling]);
            assert_eq!(attribution["model"], model, "{spelling}");
        }
    }
    // Too little to learn from, but understood.
    for spelling in ["markov", "data-driven", "data_driven", "Data-Driven"] {
        let ran = ended(&rumbo, &["roi", "--model", spelling]);
        assert_eq!(ran.json()["error"]["reason"], "learns_from_too_little");
    }
    for (window, click, view) in [
        ("7", "7", "null"),
        ("7d", "7", "null"),
        ("28D", "28", "null"),
        ("1130", "1130", "null"),
        ("none", "null", "null"),
        ("7d_click_1d_view", "7", "1"),
        ("7d_click", "7", "0"),
    ] {
        let attribution = asked(&["--window", window]);
        let days = [
            &attribution["window_days"],
            &attribution["view_window_days"],
        ];
        assert_eq!(days.map(ToString::to_string), [click, view], "{window}");
    }
    let twice = ended(
        &rumbo,
        &["roi", "--window", "7d_click_1d_view", "--view-window", "3"],
    );
    assert_eq!(
        (twice.code, &twice.json()["error"]["field"]),
        (2, &"view-window".into())
    );
    assert_eq!(asked(&["--basis", "LEAD"])["basis"], "lead_date");

    // The workspace is in New York: 10:00 there is 14:00 or 15:00 UTC.
    let moment = |text: &str| {
        let told = rumbo.json(&["changes", "--from", text, "--last-day", "2026-03-31"]);
        told["since"].as_str().unwrap().to_owned()
    };
    for (text, at) in [
        ("2026-03-20T10:00:00-04:00", "2026-03-20T14:00:00Z"),
        ("2026-03-20 14:00:00Z", "2026-03-20T14:00:00Z"),
        ("2026-03-20 10:00", "2026-03-20T14:00:00Z"),
        ("2026-03-20T10:00:00", "2026-03-20T14:00:00Z"),
        (" 2026-03-20 10:00:00 ", "2026-03-20T14:00:00Z"),
        ("2026-01-20 10:00", "2026-01-20T15:00:00Z"),
        ("2026-03-20", "2026-03-21T03:59:59.999999Z"),
    ] {
        assert_eq!(moment(text), at, "{text}");
    }
}

#[test]
fn ids_are_asked_for_in_our_own_words() {
    let rumbo = Rumbo::with_workspace();
    for arguments in [
        vec!["spend", "change", "foo"],
        vec!["spend", "remove", "foo"],
        vec!["spend", "restore", "foo"],
        vec!["sales", "refund", "foo", "--amount", "1"],
        vec!["sales", "list", "--contact", "foo"],
        vec!["contacts", "show", "foo"],
        vec!["contacts", "merge", "foo", "bar"],
        vec!["opportunities", "move", "foo", "Won"],
        vec!["touchpoints", "add", "--contact", "foo", "--source", "WEB"],
        vec!["drift", "--mark", "foo"],
        vec!["inbox", "show", "foo"],
        vec!["outbox", "show", "foo"],
        vec!["consent", "show", "foo"],
        vec!["audit", "list", "--actor", "foo"],
        vec!["call", "get_contact", r#"{"id":"foo"}"#],
    ] {
        let ran = ended(&rumbo, &arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(
            ran.stderr.contains("write an id as the list has it") && ran.stderr.contains("foo"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_report_that_its_dates_leave_empty_says_so_beside_the_data() {
    let (rumbo, ..) = with_a_sale();
    for (arguments, said) in [
        (
            vec!["roi", "--from", "2900-01-01"],
            "2900-01-01 has not come yet",
        ),
        (vec!["roi", "--as-of", "1990-01-01"], "nothing was known"),
    ] {
        let ran = rumbo.run(&[&arguments[..], &["--json"]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert_eq!(ran.json()["rows"], serde_json::json!([]));
    }
    let ran = rumbo.run(&["roi"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn a_dry_run_leaves_no_file_that_nobody_asked_for() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file(
        "sales.csv",
        "email,date,amount\na@x.com,2026-03-01,ten\nb@x.com,2026-03-01,10\n",
    );
    let import = ["import", "sales", file.to_str().unwrap(), "--dry-run"];
    let ran = rumbo.run(&import);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.stderr.contains("1 row would not be imported"),
        "{}",
        ran.stderr
    );
    let beside = rumbo.folder().join("sales.rejected.csv");
    assert!(
        !beside.exists() && !ran.stderr.contains("sales.rejected.csv"),
        "{}",
        ran.stderr
    );
    let asked = rumbo.folder().join("asked.csv");
    let ran = rumbo.run(&[&import[..], &["--rejected", asked.to_str().unwrap()]].concat());
    assert!(
        asked.exists() && ran.stderr.contains("asked.csv"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        rumbo.json(&["sales", "list"])["rows"],
        serde_json::json!([])
    );
    let ran = rumbo.run(&import[..3]);
    assert!(
        beside.exists() && ran.stderr.contains("1 row was not imported"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_file_of_a_kind_that_is_not_written_is_refused_with_those_that_are() {
    let rumbo = Rumbo::with_workspace();
    for (kind, name, known) in [
        ("chart", "c.gif", ".svg or .png"),
        ("roi", "r.pdf", ".csv or .xlsx"),
        ("sales", "s.txt", ".csv or .xlsx"),
    ] {
        let path = rumbo.folder().join(name);
        let ran = ended(&rumbo, &["export", kind, "--out", path.to_str().unwrap()]);
        assert!(ran.stderr.contains(known), "{}", ran.stderr);
        assert!(!path.exists(), "{name}");
    }
    // Whoever says what it is may call it as they like.
    let path = rumbo.folder().join("s.txt");
    let path = path.to_str().unwrap();
    rumbo.json(&["export", "sales", "--out", path, "--format", "csv"]);
    for (path, reason) in [
        ("nowhere/s.csv", "folder_missing"),
        ("data", "file_is_folder"),
    ] {
        let path = rumbo.folder().join(path);
        let ran = ended(
            &rumbo,
            &["export", "sales", "--out", path.to_str().unwrap()],
        );
        assert_eq!(ran.json()["error"]["reason"], reason);
    }
}
