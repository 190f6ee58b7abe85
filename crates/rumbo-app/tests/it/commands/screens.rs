//! Views, files, and what is on screen.

use rumbo_base::Code;
use serde_json::{Value, json};

use super::id;
use crate::host::TestHost;

pub(super) async fn saved_views(host: &TestHost) {
    let state = json!({
        "by": "adset", "period": { "kind": "custom", "from": "2026-03-01", "to": "2026-03-31" },
        "comparison": "year", "attribution": null,
        "columns": { "shown": ["spend", "roas"], "pinned": ["spend"], "widths": { "name": 300 } },
        "sort": { "id": "roas", "down": true },
        "filters": [{ "field": "spend", "op": "least", "values": ["10"] }],
        "changes": true, "pinned_rows": ["k1"],
    });
    let save = |id: Value, name: &str, state: &Value| json!({ "id": id, "screen": "campaigns", "name": name, "state": state });
    let made = host
        .call("save_view", save(Value::Null, " March ", &state))
        .await;
    assert_eq!((&made["name"], &made["state"]), (&json!("March"), &state));
    let taken = host
        .attempt("save_view", save(Value::Null, "March", &state))
        .await
        .unwrap_err();
    assert_eq!(taken.code(), Code::Conflict);
    let mut strange = state.clone();
    strange["columns"]["shown"] = json!(["luck"]);
    let refused = host
        .attempt("save_view", save(Value::Null, "Luck", &strange))
        .await
        .unwrap_err();
    assert_eq!(refused.params()["name"], "luck");
    let renamed = host
        .call("save_view", save(id(&made), "Spring", &state))
        .await;
    assert_eq!(renamed["id"], made["id"]);
    let all = host.call("list_saved_views", json!({})).await;
    assert_eq!(all, json!([renamed]));
    let none = host
        .call("list_saved_views", json!({ "screen": "creatives" }))
        .await;
    assert_eq!(none, json!([]));
    let gone = host.call("remove_view", json!({ "id": id(&made) })).await;
    assert_eq!(gone["state"], state);
    assert_eq!(host.call("list_saved_views", json!({})).await, json!([]));
}

pub(super) async fn files(host: &TestHost) {
    let file = host.data().join("contacts.csv");
    std::fs::write(&file, "name,email\nLuz Rey,luz@example.com\n").unwrap();
    let preview = host
        .call(
            "preview_import",
            json!({ "kind": "contacts", "path": file, "mapping": null }),
        )
        .await;
    let mapping = preview["mapping"].clone();
    let run = json!({ "kind": "contacts", "path": file, "mapping": mapping, "dry_run": false,
        "rejected_path": null });
    assert_eq!(host.call("run_import", run).await["added"], 1);
    host.call(
        "save_mapping",
        json!({ "kind": "contacts", "name": "ours", "mapping": mapping }),
    )
    .await;
    let kept = host
        .call("list_mappings", json!({ "kind": "contacts" }))
        .await;
    assert_eq!(kept[0]["name"], "ours");
    let export = host.data().join("export.csv");
    std::fs::write(&export, "Day,Campaign ID,Impressions\n2026-01-01,1,5\n").unwrap();
    let account = host.call("list_ad_accounts", json!({})).await[0].clone();
    let mapping = json!({ "constants": { "account": account["external_id"] } });
    let audit = host
        .call("audit_csv", json!({ "path": export, "mapping": mapping }))
        .await;
    assert_eq!(audit["unmatched"][0]["why"], "unknown_id");
    let out = host.data().join("out.csv");
    let export = json!({ "kind": "contacts", "path": out, "roi": null, "columns": [],
        "row_ids": [], "semicolon": false });
    host.call("export_table", export).await;
    assert!(out.is_file());
    let book = host.data().join("out.xlsx");
    let to = host.today();
    let roi = json!({ "by": "campaign", "from": to - chrono::Days::new(4), "to": to });
    let export = json!({ "kind": "roi", "path": book, "roi": roi, "columns": [], "row_ids": [],
        "semicolon": false, "format": "xlsx" });
    host.call("export_table", export).await;
    assert!(std::fs::read(&book).unwrap().starts_with(b"PK"));
    what_is_on_screen(host).await;
}

/// Tables and charts as a screen shows them.
async fn what_is_on_screen(host: &TestHost) {
    let table = json!({
        "title": "Campaigns",
        "facts": [{ "label": "Attribution", "text": "Linear, 28 d" }],
        "columns": [{ "head": "Campaign", "unit": "", "kind": "text", "decimals": 0 },
            { "head": "Spend", "unit": "US$", "kind": "money", "decimals": 2 }],
        "rows": [{ "cells": ["=Sum; of", "10.50"], "depth": 0, "sum": false },
            { "cells": ["Total", null], "depth": 0, "sum": true }],
    });
    let csv = host.data().join("screen.csv");
    let export = |path: &std::path::Path, format: &str| json!({ "path": path, "format": format, "semicolon": true, "table": table });
    let written = host.call("export_screen", export(&csv, "csv")).await;
    assert_eq!(written["rows"], 2);
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(
        text.trim_start_matches('\u{feff}')
            .lines()
            .collect::<Vec<_>>(),
        [
            "Campaign;Spend (US$);Attribution",
            // Kept from being run as a formula.
            "\"'=Sum; of\";10,50;Linear, 28 d",
            "Total;;Linear, 28 d",
        ]
    );
    let book = host.data().join("screen.xlsx");
    host.call("export_screen", export(&book, "xlsx")).await;
    assert!(std::fs::read(&book).unwrap().starts_with(b"PK"));
    let nowhere = host.data().join("no/such/folder.csv");
    let refused = host
        .attempt("export_screen", export(&nowhere, "csv"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidInput);

    let chart = json!({ "title": "Revenue", "subtitle": "Last touch", "places": ["1", "2"],
        "series": [{ "name": "Revenue", "shape": "bars", "values": ["10.50", null], "total": "10,50" }],
        "open": 1, "decimal_comma": true, "decimals": 2 });
    let export = |file: &str, format: &str, width: u32| json!({ "path": host.data().join(file), "format": format, "width": width, "height": 300, "chart": chart });
    host.call("export_chart", export("c.svg", "svg", 600)).await;
    let svg = std::fs::read_to_string(host.data().join("c.svg")).unwrap();
    assert!(svg.contains("<svg width=\"600\"") && svg.contains("10,50"));
    host.call("export_chart", export("c.png", "png", 600)).await;
    assert!(
        std::fs::read(host.data().join("c.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let refused = host
        .attempt("export_chart", export("c.png", "png", 9))
        .await
        .unwrap_err();
    assert_eq!(refused.params()["value"], "9");
    // Who took figures out of the house is told.
    let listed = host
        .call(
            "list_audit",
            json!({ "page": { "limit": 10, "cursor": null } }),
        )
        .await;
    let told: Vec<(&str, &str)> = listed["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["action"].as_str().unwrap(),
                row["object_id"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told[..2], [("export_chart", "Revenue"); 2]);
    assert_eq!(
        told.iter()
            .filter(|(action, _)| *action == "export_screen")
            .count(),
        2
    );
}
