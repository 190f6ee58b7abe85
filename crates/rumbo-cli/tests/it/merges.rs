//! Duplicates, merges, stages, and the fields that only a person enters.

use crate::rumbo::{Rumbo, fields};

fn id(value: &serde_json::Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn contact(rumbo: &Rumbo, name: &str, email: &str) -> String {
    id(&rumbo.json(&["contacts", "add", "--name", name, "--email", email]))
}

#[test]
fn two_contacts_of_one_address_become_one_and_two_again() {
    let rumbo = Rumbo::with_workspace();
    let ana = contact(&rumbo, "Ana", "casa@x.com");
    let bea = contact(&rumbo, "Bea", "casa@x.com");
    rumbo.json(&["sales", "add", "--contact", &bea, "--amount", "10"]);
    let found = rumbo.json(&["contacts", "duplicates"]);
    assert_eq!(fields(&found["rows"][0]), ["contacts", "reason", "value"]);
    assert_eq!(found["rows"][0]["reason"], "email");
    assert_eq!(found["rows"][0]["contacts"][1]["id"], bea.as_str());

    let merge = rumbo.json(&["contacts", "merge", &ana, &bea]);
    assert_eq!(
        (&merge["kept_name"], &merge["sales"]),
        (&"Ana".into(), &1.into())
    );
    assert_eq!(
        rumbo.json(&["contacts", "show", &ana])["contact"]["sales"],
        1
    );
    assert_eq!(rumbo.run(&["contacts", "show", &bea, "--json"]).code, 1);
    assert!(
        rumbo.json(&["contacts", "duplicates"])["rows"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let undone = rumbo.json(&["contacts", "unmerge", &id(&merge)]);
    assert!(undone["undone_at"].is_string());
    assert_eq!(
        rumbo.json(&["contacts", "show", &bea])["contact"]["sales"],
        1
    );
    let again = rumbo.run(&["contacts", "unmerge", &id(&merge), "--json"]);
    assert_eq!((again.code, again.error().as_str()), (1, "conflict"));
    let listed = rumbo.json(&["contacts", "merges", "--contact", &bea]);
    assert_eq!(listed["rows"][0]["id"], merge["id"]);
    let text = rumbo.run(&["contacts", "merges"]).stdout;
    assert!(text.contains("Ana") && text.contains("Bea"), "{text}");
}

#[test]
fn the_stages_are_the_business_own() {
    let rumbo = Rumbo::with_workspace();
    let ana = contact(&rumbo, "Ana", "a@x.com");
    let stages = ["opportunities", "stages"];
    let run = |rest: &[&str]| rumbo.json(&[&stages, rest].concat());
    let names = |list: &serde_json::Value| -> Vec<String> {
        let rows = list.as_array().unwrap();
        rows.iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let visit = run(&["add", "Visit", "--probability", "70"]);
    assert_eq!(fields(&visit), ["id", "name", "outcome", "probability"]);
    run(&["change", "visit", "--name", "Fitting"]);
    let ordered = run(&[
        "order",
        "fitting",
        "new",
        "contacted",
        "proposal",
        "negotiation",
        "won",
        "lost",
    ]);
    assert_eq!(names(&ordered)[0], "Fitting");
    let made = rumbo.json(&["opportunities", "add", "--contact", &ana, "--name", "Sofa"]);
    let refused = rumbo.run(&["opportunities", "stages", "remove", "fitting", "--json"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let left = run(&["remove", "fitting", "--move-to", "won"]);
    assert_eq!(left.as_array().unwrap().len(), 6);
    let board = rumbo.json(&["opportunities", "list"]);
    let won = board["columns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|column| column["name"] == "Won")
        .unwrap();
    assert_eq!(won["cards"][0]["id"], made["id"]);
    assert_eq!(won["cards"][0]["state"], "won");
    let last = rumbo.run(&["opportunities", "stages", "remove", "lost", "--json"]);
    assert_eq!(last.error(), "conflict");
}

#[test]
fn every_field_is_entered_by_hand_and_taken_away_again() {
    let rumbo = Rumbo::with_workspace();
    let ana = id(&rumbo.json(&[
        "contacts",
        "add",
        "--name",
        "Ana",
        "--kind",
        "client",
        "--language",
        "pt-BR",
        "--timezone",
        "America/Recife",
        "--channel",
        "whatsapp",
        "--region",
        "PE",
        "--birth-date",
        "1990-12-31",
        "--birth-year",
        "1990",
        "--field",
        "size=M",
        "--field",
        "shoe=40",
    ]));
    let owners = rumbo.json(&["call", "list_owners"]);
    let owner = owners[0]["id"].as_str().unwrap();
    rumbo.json(&["contacts", "change", &ana, "--owner", owner]);
    let shown = rumbo.json(&["contacts", "show", &ana]);
    for (field, value) in [
        ("kind", "client"),
        ("language", "pt-BR"),
        ("timezone", "America/Recife"),
        ("preferred_channel", "whatsapp"),
        ("region", "PE"),
        ("birth_date", "1990-12-31"),
    ] {
        assert_eq!(shown[field], value);
    }
    assert_eq!(shown["owner"]["id"], owner);
    assert_eq!(shown["custom"]["shoe"], "40");
    rumbo.json(&[
        "contacts",
        "change",
        &ana,
        "--owner",
        "",
        "--birth-date",
        "",
        "--birth-year",
        "0",
        "--field",
        "shoe=",
    ]);
    let shown = rumbo.json(&["contacts", "show", &ana]);
    for field in ["owner", "birth_date", "birth_year"] {
        assert!(shown[field].is_null(), "{field}");
    }
    assert_eq!(shown["custom"], serde_json::json!({ "size": "M" }));

    let detail = rumbo.json(&[
        "touchpoints",
        "add",
        "--contact",
        &ana,
        "--source",
        "META_ADS",
        "--form",
        "77",
        "--headline",
        "Sofas",
        "--body",
        "From 300",
        "--cost",
        "2.50",
    ]);
    let touch = &detail["timeline"][0];
    assert_eq!(
        (
            &touch["form"],
            &touch["detail"],
            &touch["ad_body"],
            &touch["amount"]
        ),
        (
            &"77".into(),
            &"Sofas".into(),
            &"From 300".into(),
            &"2.50".into()
        )
    );
    let sale = rumbo.json(&[
        "sales",
        "add",
        "--contact",
        &ana,
        "--amount",
        "300",
        "--cost",
        "120",
        "--quantity",
        "2",
    ]);
    assert_eq!(
        (&sale["cost"], &sale["quantity"]),
        (&"120.00".into(), &2.into())
    );
    let deal = rumbo.json(&[
        "opportunities",
        "add",
        "--contact",
        &ana,
        "--value",
        "10",
        "--expected-close",
        "2026-04-01",
        "--owner",
        owner,
    ]);
    assert_eq!(deal["owner"]["id"], owner);
    let deal = rumbo.json(&[
        "opportunities",
        "change",
        &id(&deal),
        "--value",
        "",
        "--expected-close",
        "",
        "--owner",
        "",
    ]);
    for field in ["value", "expected_close", "owner"] {
        assert!(deal[field].is_null(), "{field}");
    }
    let stranger = rumbo.run(&["contacts", "change", &ana, "--owner", &ana, "--json"]);
    assert_eq!(stranger.error(), "invalid_input");
}

#[test]
fn a_request_with_an_unknown_key_is_not_understood() {
    let rumbo = Rumbo::with_workspace();
    for (command, request) in [
        ("save_contact", r#"{"name":"Ana","nickname":"A"}"#),
        ("save_opportunity", r#"{"nmae":"Sofa"}"#),
        ("list_sales", r#"{"page":{},"sort":"name"}"#),
        ("save_stage", r#"{"title":"Won"}"#),
        ("list_mappings", r#"{"kind":"sales","all":true}"#),
    ] {
        let ran = rumbo.run(&["call", command, request]);
        assert_eq!(ran.code, 2, "{command}: {ran:?}");
    }
}

#[test]
fn what_is_exported_comes_in_again_and_changes_nothing() {
    let rumbo = Rumbo::with_workspace();
    let ana = id(&rumbo.json(&[
        "contacts",
        "add",
        "--name",
        "Ana",
        "--phone",
        "+55 11 96123 4567",
        "--tag",
        "vip",
        "--field",
        "size=M",
    ]));
    let deal = rumbo.json(&["opportunities", "add", "--contact", &ana, "--value", "10"]);
    rumbo.json(&[
        "sales",
        "add",
        "--opportunity",
        &id(&deal),
        "--amount",
        "300.10",
        "--cost",
        "1",
    ]);
    for kind in ["contacts", "opportunities", "sales"] {
        let out = rumbo.folder().join(format!("{kind}.csv"));
        let path = out.to_str().unwrap();
        let exported = rumbo.json(&["export", kind, "--out", path]);
        assert_eq!(exported["rows"], 1);
        let before = rumbo.json(&["contacts", "show", &ana]);
        let report = rumbo.json(&["import", kind, path]);
        assert_eq!(
            (
                &report["unchanged"],
                &report["contacts_added"],
                &report["rejected"]
            ),
            (&1.into(), &0.into(), &0.into()),
            "{report}"
        );
        assert_eq!(rumbo.json(&["contacts", "show", &ana]), before);
    }
    let sales = std::fs::read_to_string(rumbo.folder().join("sales.csv")).unwrap();
    let heading = sales.lines().next().unwrap();
    for column in ["date", "phone", "email", "customer_id", "rumbo_id"] {
        assert!(heading.split(',').any(|name| name == column), "{heading}");
    }
}
