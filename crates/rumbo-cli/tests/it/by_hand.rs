//! Contacts, touchpoints, opportunities and sales entered by hand, and what they earn.

use crate::rumbo::{Rumbo, fields};

fn id(value: &serde_json::Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_sale_is_credited_to_the_campaign_the_contact_came_from() {
    let rumbo = Rumbo::with_workspace();
    let contact = rumbo.json(&[
        "contacts",
        "add",
        "--name",
        "Ana Souza",
        "--phone",
        "+55 11 96123 4567",
        "--email",
        "ana@example.com",
        "--source",
        "META_ADS",
    ]);
    assert_eq!(
        fields(&contact),
        [
            "campaign",
            "email",
            "first_seen_at",
            "id",
            "lead_source",
            "name",
            "phone",
            "sales",
            "status",
            "updated_at"
        ]
    );
    assert_eq!(contact["phone"], "+5511961234567");
    let contact = id(&contact);

    let detail = rumbo.json(&[
        "touchpoints",
        "add",
        "--contact",
        &contact,
        "--source",
        "META_ADS",
        "--campaign",
        "120210000000000001",
        "--at",
        "2026-03-01",
    ]);
    let touch = &detail["timeline"][0];
    assert_eq!(touch["kind"], "touchpoint");
    // The day begins in New York.
    assert_eq!(touch["at"], "2026-03-01T05:00:00Z");
    assert_eq!(touch["waiting_for_sync"], true);

    let opportunity = rumbo.json(&[
        "opportunities",
        "add",
        "--contact",
        &contact,
        "--name",
        "Sofa",
        "--value",
        "300.00",
        "--at",
        "2026-03-02",
    ]);
    let sale = rumbo.json(&[
        "sales",
        "add",
        "--contact",
        &contact,
        "--opportunity",
        &id(&opportunity),
        "--amount",
        "300.10",
        "--at",
        "2026-03-03",
        "--reference",
        "A-1",
    ]);
    assert_eq!(
        fields(&sale),
        [
            "campaign",
            "completed_at",
            "contact_id",
            "contact_name",
            "cost",
            "currency",
            "gross",
            "id",
            "net",
            "occurred_at",
            "quantity",
            "reference",
            "refunded",
            "status"
        ]
    );
    let of = |status: &str| {
        let page = rumbo.json(&["sales", "list", "--status", status]);
        page["rows"].as_array().unwrap().len()
    };
    assert_eq!((of("completed"), of("pending")), (1, 0));
    let refunded = rumbo.json(&[
        "sales",
        "refund",
        &id(&sale),
        "--amount",
        "0.10",
        "--reason",
        "scratch",
        "--at",
        "2026-03-04",
    ]);
    assert_eq!(refunded["gross"], "300.10");
    assert_eq!(refunded["refunded"], "0.10");
    assert_eq!(refunded["net"], "300.00");

    let report = rumbo.json(&["roi", "--from", "2026-03-01", "--to", "2026-03-31"]);
    let row = &report["rows"][0];
    assert_eq!(row["external_id"], "120210000000000001");
    assert_eq!(row["waiting_for_sync"], true);
    assert_eq!(row["revenue"], "300.00");
    assert_eq!((&row["leads"], &row["sales"]), (&1.into(), &1.into()));
    // Nothing was spent: there is nothing to divide by.
    assert!(
        row["roas"].is_null() && row["roi_percent"].is_null(),
        "{row}"
    );
    assert_eq!(report["unattributed"]["revenue"], "0.00");
    assert_eq!(report["total"]["revenue"], "300.00");
}

#[test]
fn an_opportunity_moves_by_the_name_of_the_stage() {
    let rumbo = Rumbo::with_workspace();
    let contact = id(&rumbo.json(&["contacts", "add", "--name", "Luis"]));
    let board = rumbo.json(&["opportunities", "list"]);
    let stages: Vec<&str> = board["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    let last = stages[stages.len() - 2];
    let opportunity = rumbo.json(&[
        "opportunities",
        "add",
        "--contact",
        &contact,
        "--name",
        "Table",
        "--value",
        "90",
        "--currency",
        "EUR",
    ]);
    assert_eq!(
        fields(&opportunity),
        [
            "campaign",
            "contact_id",
            "contact_name",
            "currency",
            "deadline_at",
            "expected_close",
            "id",
            "lost_reason",
            "name",
            "opened_at",
            "owner",
            "state",
            "value"
        ]
    );
    let moved = rumbo.json(&[
        "opportunities",
        "move",
        &id(&opportunity),
        &last.to_uppercase(),
    ]);
    assert_eq!(moved["state"], "won");
    let ran = rumbo.run(&[
        "opportunities",
        "move",
        &id(&opportunity),
        "Limbo",
        "--json",
    ]);
    assert_eq!((ran.code, ran.error().as_str()), (1, "not_found"));
    assert!(ran.stderr.contains(last), "{}", ran.stderr);
}

#[test]
fn a_pending_sale_counts_when_it_is_paid() {
    let rumbo = Rumbo::with_workspace();
    let contact = id(&rumbo.json(&["contacts", "add", "--name", "Luis"]));
    let sale = rumbo.json(&[
        "sales",
        "add",
        "--contact",
        &contact,
        "--amount",
        "10",
        "--pending",
    ]);
    assert_eq!(sale["status"], "pending");
    assert_eq!(rumbo.json(&["roi"])["total"]["revenue"], "0.00");
    let done = rumbo.json(&["sales", "complete", &id(&sale)]);
    assert_eq!(done["status"], "completed");
    assert_eq!(rumbo.json(&["roi"])["total"]["revenue"], "10.00");
    let ran = rumbo.run(&["sales", "cancel", &id(&sale), "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn lists_go_on_where_the_page_before_ended() {
    let rumbo = Rumbo::with_workspace();
    for name in ["Ana", "Bruno", "Clara"] {
        rumbo.json(&["contacts", "add", "--name", name]);
    }
    let first = rumbo.json(&["contacts", "list", "--limit", "2"]);
    assert_eq!(fields(&first), ["next", "rows", "total"]);
    assert_eq!(first["rows"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let second = rumbo.json(&["contacts", "list", "--limit", "2", "--cursor", next]);
    assert_eq!(second["rows"][0]["name"], "Ana");
    assert!(second["next"].is_null());
    let found = rumbo.json(&["contacts", "list", "--search", "clar"]);
    assert_eq!(found["rows"][0]["name"], "Clara");
    let text = rumbo.run(&["contacts", "list", "--limit", "2"]).stdout;
    assert!(text.contains("--cursor"), "{text}");
}

#[test]
fn what_the_core_refuses_names_the_field() {
    let rumbo = Rumbo::with_workspace();
    let ran = rumbo.run(&[
        "contacts", "add", "--name", "Ana", "--phone", "12", "--json",
    ]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (1, "invalid_input"),
        "{ran:?}"
    );
    assert_eq!(ran.json()["error"]["field"], "phone");
    assert_eq!(
        ran.stderr.trim_end(),
        ran.json()["error"]["message"].as_str().unwrap()
    );
}
