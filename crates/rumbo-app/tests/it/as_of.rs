//! What was reported at a moment is reported again as of that moment, whatever was set since.

use std::time::Duration;

use serde_json::{Value, json};

use crate::host::TestHost;

/// Reports as of a moment, and the same in a workbook.
async fn reports(host: &TestHost, as_of: &Value) -> (Vec<Value>, Vec<u8>) {
    let to = host.today();
    let from = to - chrono::Days::new(4);
    let asked = json!({ "by": "campaign", "from": from, "to": to, "as_of": as_of });
    let told = vec![
        host.call("get_roi", asked.clone()).await,
        host.call(
            "list_creatives",
            json!({ "from": from, "to": to, "currency": null, "as_of": as_of }),
        )
        .await,
        host.call("get_gap", json!({ "report": asked })).await,
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roi.xlsx");
    let table = json!({ "kind": "roi", "path": path, "format": "xlsx", "semicolon": false,
        "columns": [], "row_ids": [], "roi": asked });
    host.call("export_table", table).await;
    (told, std::fs::read(path).unwrap())
}

/// A file has every figure that `get_roi` has when it is asked for all of them.
#[tokio::test]
async fn a_file_of_a_report_leaves_no_column_empty_that_is_known() {
    let host = TestHost::connected().await;
    assert_eq!(host.sync().await["state"], "done");
    let to = host.today();
    let mut asked = json!({ "by": "campaign", "from": to - chrono::Days::new(4), "to": to });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roi.csv");
    let columns = ["external_id", "spend", "leads", "new_customers", "cac"];
    let table = json!({ "kind": "roi", "path": path, "format": "csv", "semicolon": false,
        "columns": columns, "row_ids": [], "roi": asked });
    host.call("export_table", table).await;
    asked["new_customers"] = json!(true);
    let report = host.call("get_roi", asked).await;
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    let told: Vec<String> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| columns.map(|column| text(&row[column])).join(","))
        .collect();
    let file = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    assert!(
        !told.is_empty() && told.iter().all(|row| row.contains(",0")),
        "{told:?}"
    );
    for row in told {
        assert!(lines.contains(&row.as_str()), "{row} of {lines:?}");
    }
}

#[tokio::test]
async fn another_currency_of_the_workspace_moves_no_earlier_report() {
    let host = TestHost::connected().await;
    assert_eq!(host.sync().await["state"], "done");
    let then = json!(host.clock.now());
    host.advance(Duration::from_mins(1));
    let saved = reports(&host, &then).await;
    assert!(!saved.0[0]["rows"].as_array().unwrap().is_empty());
    assert!(!saved.0[1].as_array().unwrap().is_empty());

    let mut settings = host.call("get_workspace_settings", json!({})).await;
    assert_ne!(settings["currency"], "EUR");
    settings["currency"] = json!("EUR");
    host.call("save_workspace_settings", settings).await;
    host.advance(Duration::from_mins(1));
    let again = reports(&host, &then).await;
    assert_eq!(again.0, saved.0);
    assert!(again.1 == saved.1, "the same workbook, to the last byte");
    // Now it is the workspace's, and nothing is in it.
    let now = reports(&host, &Value::Null).await.0;
    assert_eq!(now[0]["currency"], "EUR");
    assert_ne!(now[0]["other_currencies"], json!([]));
    assert_eq!(now[1], json!([]));
}
