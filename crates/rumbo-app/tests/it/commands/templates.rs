//! WhatsApp templates, here and at Meta.

use rumbo_base::Code;
use serde_json::{Value, json};

use super::{id, page};
use crate::host::TestHost;

pub(super) async fn templates(host: &TestHost) {
    let template = json!({ "name": "Pedido", "language": "es-AR", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "{{1}}, tu pedido ya está en camino.",
                         "example": { "body_text": [["Ana"]] } }] });
    let request = json!({ "document": template.to_string(), "language": "es-AR", "mend": true });
    let linted = host.call("lint_templates", request).await;
    assert_eq!(linted["refused"], 1);
    let row = &linted["templates"][0];
    assert_eq!(row["name"], "pedido");
    assert_eq!(row["mended"].as_array().unwrap().len(), 2);
    assert_eq!(row["findings"][0]["rule"], "variable.at-edge");
    let place = &row["findings"][0]["place"];
    assert_eq!(
        (&place["pointer"], &place["from"], &place["to"]),
        (&json!("/components/0/text"), &json!(0), &json!(5))
    );
    assert_eq!(place["told"], "cuerpo");
    let whole: Value = serde_json::from_str(linted["document"].as_str().unwrap()).unwrap();
    assert_eq!(whole["language"], "es_AR");
    let request = json!({ "document": "[1]", "language": null, "mend": false });
    let refused = host.attempt("lint_templates", request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidInput);
    templates_at_meta(host).await;
}

/// Templates written here and brought to Meta, from the first pull to the end.
async fn templates_at_meta(host: &TestHost) {
    let without = host.attempt("pull_templates", json!({})).await.unwrap_err();
    // The channel by which somebody wrote does not say whose templates it could read.
    let reason = without.reason_id().unwrap();
    assert_eq!(reason.id(), "channel_account_missing");
    let assets = host
        .call("list_assets", json!({ "portfolio_id": null }))
        .await;
    let whatsapp = assets["whatsapp"][0]["id"].clone();
    let choice = json!({ "ad_account_ids": host.meta.ad_account_ids, "page_ids": host.meta.page_ids,
        "whatsapp_ids": [whatsapp], "start_sync": false });
    host.call("select_assets", choice).await;
    let pulled = host.call("pull_templates", json!({})).await;
    assert!(pulled["accounts"][0]["added"].as_u64().unwrap() > 10);
    let lately = json!({ "unless_within": 60 });
    let again = host.call("pull_templates", lately).await;
    assert_eq!(again["accounts"][0]["skipped"], true);
    let accounts = host.call("list_template_accounts", json!({})).await;
    assert_eq!(accounts[0]["account"], whatsapp);
    let request = json!({ "search": "INTERES mesa", "language": "es", "page": page() });
    let found = host.call("list_templates", request).await;
    assert_eq!(found["total"], 0, "an example is no text");
    let request = json!({ "search": "INTERES gracias", "language": "es", "page": page() });
    let found = host.call("list_templates", request).await;
    assert_eq!(found["rows"][0]["name"], "lead_followup");
    let template = json!({ "name": "pedido", "language": "es_AR", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Hola {{1}}, tu pedido ya está en camino a tu casa.",
                         "example": { "body_text": [["Ana"]] } }] });
    let request = json!({ "template": template.to_string() });
    let saved = host.call("save_template", request).await;
    let template_id = id(&saved["row"]);
    let one = json!({ "id": template_id });
    assert_eq!(saved["row"]["state"], "draft");
    assert_eq!(saved["variables"][0]["example"], "Ana");
    let asked = host.call("ask_template_review", one.clone()).await;
    assert_eq!(asked["row"]["state"], "in_review");
    assert_eq!(asked["review"]["may_decide"], false, "it is one's own");
    let own = json!({ "id": template_id, "approve": true });
    let refused = host.attempt("decide_template_review", own).await;
    assert_eq!(refused.unwrap_err().code(), Code::Conflict);
    // Nobody asks for it in this workspace.
    let sent = host.call("submit_template", one.clone()).await;
    assert_eq!(sent["row"]["state"], "pending");
    let changed = template
        .to_string()
        .replace("a tu casa", "a tu domicilio, {{2}}, hoy");
    let request = json!({ "id": template_id, "template": changed, "note": "Address" });
    let saved = host.call("save_template", request).await;
    assert_eq!(
        (&saved["row"]["version"], &saved["row"]["unsent_version"]),
        (&json!(1), &json!(2))
    );
    let request = json!({ "id": template_id, "before": 1, "after": 2 });
    let compared = host.call("compare_template_versions", request).await;
    assert_eq!(compared["breaks"][0]["variable"]["name"], "2");
    let request = json!({ "id": template_id, "version": 1 });
    let back = host.call("restore_template_version", request).await;
    assert_eq!(back["versions"].as_array().unwrap().len(), 3);
    let request = json!({ "id": template_id, "language": "es_MX" });
    let copy = host.call("duplicate_template", request).await;
    let copy = json!({ "id": id(&copy["row"]) });
    host.call("delete_template", copy).await;
    assert_eq!(
        host.call("list_template_events", json!({})).await,
        json!([])
    );
    host.call("see_template_events", json!({})).await;
    let usage = host.call("get_template_usage", one.clone()).await;
    assert_eq!(usage["versions"], json!([]));
    let request = json!({ "id": template_id, "page": page() });
    let sends = host.call("list_template_sends", request).await;
    assert_eq!(sends["rows"], json!([]));
    let file = host.data().join("sample.png");
    std::fs::write(&file, b"\x89PNG sample").unwrap();
    let request = json!({ "path": file });
    let sample = host.call("upload_template_sample", request).await;
    assert_eq!(sample["format"], "IMAGE");
    let shown = host.call("get_template", one.clone()).await;
    assert_eq!(shown["events"][0]["after"], "PENDING");
    host.call("delete_template", one.clone()).await;
    // Who did what is told, whole, and as a file.
    let wanted = json!({ "object_kind": "template", "object_id": template_id });
    let request = json!({ "wanted": wanted, "page": page() });
    let deeds = host.call("list_audit", request).await;
    let rows = deeds["rows"].as_array().unwrap();
    let actions: Vec<&str> = rows
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        (actions[0], actions.last()),
        ("delete_template", Some(&"save_template"))
    );
    assert!(actions.contains(&"submit_template"), "{actions:?}");
    assert!(rows.iter().all(|row| row["actor"].is_string()), "{deeds}");
    let submitted = rows
        .iter()
        .find(|row| row["action"] == "submit_template")
        .unwrap();
    let after: Value = serde_json::from_str(submitted["after"].as_str().unwrap()).unwrap();
    assert_eq!(after["state"], "pending");
    let whole = host.call("verify_audit", json!({})).await;
    assert_eq!(whole["broken_at"], Value::Null, "{whole}");
    let path = host.data().join("audit.csv");
    let export = json!({ "wanted": wanted, "path": path, "semicolon": false });
    let written = host.call("export_audit", export).await;
    assert_eq!(written["rows"], rows.len());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("submit_template"), "{text}");
    let gone = host.attempt("get_template", one).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
}
