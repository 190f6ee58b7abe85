//! The main job from beginning to end, against the sandbox as a process of its own.

use std::io::Read;

use rumbo_base::Micros;
use serde_json::{Value, json};

use crate::rumbo::{Rumbo, fields};
use crate::sandbox::{SandboxProcess, Web, finish};

/// A test that waits longer than this has failed.
#[cfg(unix)]
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(30);

pub fn day(back: u64) -> String {
    let today = rumbo_base::Clock::system().now().date_naive();
    (today - chrono::Days::new(back)).to_string()
}

pub fn micros(value: &Value) -> i64 {
    value
        .as_str()
        .map_or(0, |text| Micros::parse(text).unwrap().0)
}

/// A workspace connected by token, with every account kept.
pub fn connected() -> (SandboxProcess, Rumbo) {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();
    let ran = sandbox.connect_by_token(&rumbo);
    assert_eq!(ran.code, 0, "{ran:?}");
    rumbo.json(&["accounts", "select", "--all"]);
    (sandbox, rumbo)
}

#[test]
fn connect_choose_sync_and_read_what_was_earned() {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();

    let (child, first, mut out) = sandbox.begin_sign_in(&rumbo);
    assert_eq!(first["event"], "open_url");
    let redirect = first["redirect_uri"].as_str().unwrap();
    assert!(redirect.starts_with("http://localhost:"), "{redirect}");
    let (status, page) = Web::new().decide(first["url"].as_str().unwrap(), "approve_all");
    assert_eq!(status, 200, "{page}");
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let ran = finish(child);
    assert_eq!(ran.code, 0, "{ran:?} {rest}");
    let connection: Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(connection["state"], "connected");
    assert_eq!(connection["vault"], "passphrase");
    assert!(!rest.contains(sandbox.text("app_secret")), "{rest}");

    let listed = rumbo.json(&["accounts"]);
    assert_eq!(
        fields(&listed["accounts"][0]),
        [
            "currency",
            "disable_reason",
            "id",
            "last_error",
            "last_synced_at",
            "name",
            "relation",
            "selectable",
            "selected",
            "spent_28_days",
            "status",
            "timezone"
        ]
    );
    let mut ids: Vec<&str> = listed["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["id"].as_str().unwrap())
        .collect();
    let mut announced = sandbox.accounts();
    ids.sort_unstable();
    announced.sort_unstable();
    assert_eq!(ids, announced);

    let one = sandbox.accounts()[0].trim_start_matches("act_").to_owned();
    let kept = rumbo.json(&["accounts", "select", &one]);
    let selected = |document: &Value| {
        document["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|a| a["selected"] == true)
            .count()
    };
    assert_eq!(selected(&kept), 1);
    let kept = rumbo.json(&["accounts", "select", "--all"]);
    assert!(selected(&kept) > 1, "{kept}");

    let progress = rumbo.json(&["sync", "--since", &day(14)]);
    assert_eq!(progress["state"], "done");
    assert!(progress["rows_added"].as_u64().unwrap() > 100, "{progress}");
    let again = rumbo.json(&["sync", "--since", &day(14)]);
    assert_eq!(
        (&again["rows_added"], &again["rows_changed"]),
        (&0.into(), &0.into()),
        "{again}"
    );

    let (from, to) = (day(10), day(2));
    for by in ["account", "campaign", "adset", "ad"] {
        let report = rumbo.json(&["roi", "--by", by, "--from", &from, "--to", &to]);
        let rows: i64 = report["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| micros(&row["spend"]))
            .sum();
        let total = micros(&report["total"]["spend"]);
        assert_eq!(
            rows + micros(&report["unattributed"]["spend"]),
            total,
            "{by}"
        );
        assert_eq!(total, spent_at_meta(&sandbox, &from, &to), "{by}");
    }

    let stats = rumbo.json(&["stats", "--from", &from, "--to", &to]);
    assert_eq!(
        fields(&stats),
        [
            "accounts",
            "attention",
            "attributed",
            "attribution",
            "currencies",
            "currency",
            "days",
            "from",
            "kpis",
            "previous",
            "to",
            "total",
            "unattributed",
            "zones"
        ]
    );
    // What Meta says was spent in all is at least what is stored of it.
    let accounts = stats["accounts"].as_array().unwrap().iter();
    for account in accounts.filter(|account| account["meta_total"].is_string()) {
        let [meta, stored, residual] = ["meta_total", "campaigns_total", "residual"]
            .map(|sum| Micros::parse(account[sum].as_str().unwrap()).unwrap().0);
        assert_eq!(meta - stored, residual, "{account}");
    }
    let status = rumbo.json(&["status"]);
    assert_eq!(
        fields(&status),
        ["app", "connection", "data_ages", "last_sync", "setup"]
    );
    assert_eq!(status["last_sync"]["state"], "done");

    // The cable is pulled: everything is still there.
    let total = rumbo.json(&["roi", "--from", &from, "--to", &to])["total"].clone();
    drop(sandbox);
    assert_eq!(
        rumbo.json(&["roi", "--from", &from, "--to", &to])["total"],
        total
    );
    assert_eq!(
        rumbo.json(&["accounts", "--kept"])["accounts"]
            .as_array()
            .unwrap()
            .len(),
        ids.len()
    );
    let ran = rumbo.run(&["sync", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let left = rumbo.json(&["disconnect"]);
    assert_eq!(left, json!({ "revoked_at_meta": false, "kept_for": null }));
    let ran = rumbo.run(&["sync", "--json"]);
    assert_eq!((ran.code, ran.error().as_str()), (4, "needs_sign_in"));
}

/// What Graph itself says was spent, straight from the sandbox.
fn spent_at_meta(sandbox: &SandboxProcess, from: &str, to: &str) -> i64 {
    let range = json!({ "since": from, "until": to }).to_string();
    let query = [
        ("fields", "spend"),
        ("level", "account"),
        ("time_range", range.as_str()),
    ];
    sandbox
        .accounts()
        .iter()
        .map(|account| {
            let answer = sandbox.graph(&format!("{account}/insights"), &query);
            micros(&answer["data"][0]["spend"])
        })
        .sum()
}

#[test]
fn the_demo_does_the_main_job_on_the_sample_workspace() {
    let rumbo = Rumbo::new();
    let demo = rumbo.json(&["demo", "--days", "7"]);
    assert_eq!(fields(&demo), ["connection", "data_dir", "roi", "sync"]);
    assert_eq!(demo["connection"]["state"], "connected");
    assert_eq!(demo["sync"]["state"], "done");
    assert!(micros(&demo["roi"]["total"]["spend"]) > 0, "{demo}");
    assert!(!demo["roi"]["rows"].as_array().unwrap().is_empty());
    // Later, with no sandbox running, the same is read from the store. Its days are the workspace's own:
    // they end hours after those of the test.
    let (from, to) = (&demo["roi"]["from"], &demo["roi"]["to"]);
    let range = [
        "--from",
        from.as_str().unwrap(),
        "--to",
        to.as_str().unwrap(),
        "--workspace",
        "casa-alba",
    ];
    let mut arguments = vec!["roi"];
    arguments.extend(range);
    assert_eq!(rumbo.json(&arguments)["total"], demo["roi"]["total"]);
    let chart = rumbo.run(&["stats", "--chart", "--lang", "en"]);
    assert!(chart.stdout.contains('█'), "{}", chart.stdout);
}

#[test]
fn a_person_who_says_no_leaves_no_sign_in() {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();
    let (child, first, mut out) = sandbox.begin_sign_in(&rumbo);
    Web::new().decide(first["url"].as_str().unwrap(), "cancel");
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let ran = finish(child);
    assert_eq!(ran.code, 4, "{ran:?}");
    let error: Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(error["error"]["code"], "sign_in_denied");
    assert_eq!(rumbo.json(&["status"])["connection"]["state"], "missing");
}

#[test]
fn commands_that_need_a_sign_in_end_with_4() {
    let rumbo = Rumbo::with_workspace();
    for arguments in [
        vec!["sync", "--json"],
        vec!["accounts", "--json"],
        vec!["accounts", "select", "--all", "--json"],
    ] {
        let ran = rumbo.run(&arguments);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (4, "needs_sign_in"),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_token_that_dies_in_the_middle_ends_with_4_and_keeps_what_came() {
    let (sandbox, rumbo) = connected();
    rumbo.json(&["sync", "--since", &day(5)]);
    let before = rumbo.json(&["roi", "--from", &day(5), "--to", &day(1)])["total"].clone();
    sandbox.control(
        "tokens/kill",
        &json!({ "token": sandbox.text("access_token"), "subcode": 463 }),
    );
    let ran = rumbo.run(&["sync", "--json"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let state = rumbo.json(&["status"])["connection"]["state"].clone();
    assert_eq!(state, "expired", "463 is an end, not a withdrawal");
    assert_eq!(
        rumbo.json(&["roi", "--from", &day(5), "--to", &day(1)])["total"],
        before
    );
}

#[test]
fn one_account_that_is_refused_makes_a_sync_partial() {
    let (sandbox, rumbo) = connected();
    let refused = sandbox.accounts()[0].to_owned();
    sandbox.fault(&format!("{refused}/*"), "permission_account");
    let ran = rumbo.run(&["sync", "--since", &day(5), "--json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let progress = ran.json();
    assert_eq!(progress["state"], "partly");
    assert!(progress["rows_added"].as_u64().unwrap() > 0, "{progress}");
    assert!(!ran.stderr.trim().is_empty());
}

#[test]
fn an_account_that_meta_does_not_offer_is_named() {
    let (_sandbox, rumbo) = connected();
    let ran = rumbo.run(&["accounts", "select", "act_1", "--json"]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (1, "not_found"),
        "{ran:?}"
    );
}

#[cfg(unix)]
#[test]
fn stopping_a_sync_keeps_what_came_and_ends_with_3() {
    use std::process::Stdio;
    let (sandbox, rumbo) = connected();
    sandbox.control(
        "faults",
        &json!({
            "when": { "path": "*insights", "times": 0 },
            "then": { "effect": "slow", "milliseconds": 60_000 },
        }),
    );
    let child = rumbo
        .command(&["sync", "--since", &day(5), "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The listings are read once the first call for figures by day hangs.
    let seen = format!("{}/calls", sandbox.text("control_url"));
    let web = Web::new();
    let mut child = child;
    let begun = std::time::Instant::now();
    while !web.get(&seen, |call| call).1.contains("time_increment") {
        if child.try_wait().unwrap().is_some() || begun.elapsed() > LONGEST_WAIT {
            drop(child.kill());
            panic!("no figures were asked for: {:?}", finish(child));
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    // A second program on the same data waits its turn.
    let second = rumbo.run(&["sync", "--json"]);
    assert_eq!(
        (second.code, second.error().as_str()),
        (1, "data_folder_busy"),
        "{second:?}"
    );
    let stopped = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let begun = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > LONGEST_WAIT {
            drop(child.kill());
            panic!("the sync did not stop: {:?}", finish(child));
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let ran = finish(child);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(ran.json()["state"], "cancelled");
}

#[test]
fn the_sandbox_may_be_days_ahead_and_what_it_restates_is_read() {
    let (sandbox, rumbo) = connected();
    rumbo.json(&["sync", "--since", &day(5)]);
    sandbox.control("time", &json!({ "advance_seconds": 3 * 86_400 }));
    let progress = rumbo.json(&["sync"]);
    assert_eq!(progress["state"], "done", "{progress}");
    assert!(progress["rows_changed"].as_u64().unwrap() > 0, "{progress}");
}
