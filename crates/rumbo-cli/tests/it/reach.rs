//! `rumbo reach`: asked, waited for, shown, and refused before it is asked.

use serde_json::Value;

use crate::story::{connected, day};

fn reach(of: &Value) -> u64 {
    of["reach"].as_u64().unwrap()
}

#[test]
fn people_are_asked_for_and_never_added_up() {
    let (sandbox, rumbo) = connected();
    let account = sandbox.accounts()[0].to_owned();
    let (from, to) = (day(20), day(1));
    let asked = ["reach", "--from", &from, "--to", &to, "--account", &account];
    let with = |more: &[&str]| {
        let all: Vec<&str> = asked.iter().chain(more).copied().collect();
        rumbo.json(&all)
    };
    let before = with(&[]);
    assert_eq!(before["accounts"][0]["state"], "not_asked");
    assert_eq!(before["rows"].as_array().unwrap().len(), 0);

    let report = with(&["--ask", "--wait"]);
    assert_eq!(report["accounts"][0]["state"], "answered");
    assert_eq!(report["accounts"][0]["moving"], true);
    let rows = report["rows"].as_array().unwrap();
    let whole = &report["whole"]["row"];
    assert!(rows.len() > 2);
    assert!(reach(whole) < rows.iter().map(reach).sum());
    assert!(rows.iter().all(|row| reach(row) <= reach(whole)));
    // What is stored is read without asking again.
    assert_eq!(with(&[]), report);
    let text = rumbo.run(&asked).stdout;
    assert!(text.contains("answered"), "{text}");
    let then = with(&["--as-of", &day(30)]);
    assert_eq!(then["whole"]["state"], "unknown");

    let ran = rumbo.run(&[
        "reach",
        "--from",
        "2020-01-01",
        "--to",
        "2020-01-31",
        "--ask",
        "--json",
    ]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let error: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(error["error"]["reason"], "reach_too_old");
    let ran = rumbo.run(&["reach", "--ask", "--as-of", "2026-01-01"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}
