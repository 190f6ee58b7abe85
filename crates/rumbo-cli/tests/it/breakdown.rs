//! `rumbo breakdown`, and how the sync is told to read it.

use serde_json::Value;

use crate::story::{connected, day, micros};

fn values(report: &Value) -> Vec<&str> {
    report["groups"][0]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["value"].as_str().unwrap())
        .collect()
}

#[test]
fn parts_are_read_once_asked_for_and_are_the_total_with_what_is_left() {
    let (_sandbox, rumbo) = connected();
    let (from, to) = (day(5), day(1));
    rumbo.json(&["sync", "--since", &from]);
    let asked = [
        "--lang",
        "en",
        "breakdown",
        "--by",
        "placement",
        "--from",
        &from,
        "--to",
        &to,
    ];
    let before = rumbo.json(&asked);
    assert_eq!(before["synced"], false);
    assert_eq!(values(&before), Vec::<&str>::new());
    let text = rumbo.run(&asked).stdout;
    assert!(text.contains("rumbo sync --breakdowns all"), "{text}");
    assert!(text.contains("days not read"), "{text}");

    let progress = rumbo.json(&["sync", "--breakdowns", "placement,age"]);
    let kinds: Vec<&str> = progress["scopes"][0]["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["kind"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"by_age") && kinds.contains(&"by_placement"),
        "{kinds:?}"
    );
    let report = rumbo.json(&asked);
    assert_eq!(report["synced"], true);
    assert!(values(&report).contains(&"instagram/instagram_reels"));
    for group in report["groups"].as_array().unwrap() {
        let parts = group["rows"].as_array().unwrap().iter();
        let sum: i64 = parts.map(|row| micros(&row["spend"])).sum();
        let rest = micros(&group["left_out"]["spend"]);
        assert_eq!(sum + rest, micros(&group["total"]["spend"]));
    }
    let total = &rumbo.json(&["roi", "--from", &from, "--to", &to])["total"];
    assert_eq!(report["groups"][0]["total"]["spend"], total["spend"]);
    let text = rumbo.run(&asked).stdout;
    assert!(text.contains("instagram/instagram_reels"), "{text}");
    assert!(!text.contains("days not read"), "{text}");

    // Off again: what was read stays.
    rumbo.json(&["sync", "--breakdowns", "none"]);
    let after = rumbo.json(&asked);
    assert_eq!(after["synced"], false);
    assert_eq!(after["groups"], report["groups"]);
}

#[test]
fn a_report_is_of_one_thing_only() {
    let rumbo = crate::rumbo::Rumbo::with_workspace();
    let both = rumbo.run(&[
        "breakdown",
        "--by",
        "age",
        "--campaign",
        "1",
        "--ad",
        "2",
        "--json",
    ]);
    assert_eq!(both.code, 2, "{both:?}");
}
