//! Contacts, opportunities and sales.

use serde_json::{Value, json};

use super::{id, page};
use crate::host::TestHost;

pub(super) async fn crm(host: &TestHost) {
    let ana = id(&host
        .call(
            "save_contact",
            json!({ "name": "Ana Souza", "email": "ana@example.com" }),
        )
        .await);
    let twin = id(&host
        .call("save_contact", json!({ "name": "Ana Souza" }))
        .await);
    host.call("list_contacts", json!({ "search": "ana", "page": page() }))
        .await;
    host.call("list_owners", json!({})).await;
    host.call(
        "add_touchpoint",
        json!({ "contact_id": ana, "source": "META_ADS" }),
    )
    .await;
    host.call("list_duplicates", json!({ "page": page() }))
        .await;
    let merge = id(&host
        .call("merge_contacts", json!({ "keep": ana, "other": twin }))
        .await);
    host.call("list_merges", json!({ "page": page() })).await;
    host.call("undo_merge", json!({ "id": merge })).await;

    let stages = host.call("list_stages", json!({})).await;
    let mut order: Vec<Value> = stages.as_array().unwrap().iter().map(id).collect();
    let extra = id(&host
        .call(
            "save_stage",
            json!({ "name": "Waiting", "probability": 30 }),
        )
        .await);
    order.insert(1, extra.clone());
    host.call("order_stages", json!({ "ids": order })).await;
    host.call("remove_stage", json!({ "id": extra, "move_to": order[0] }))
        .await;
    let deal = id(&host
        .call(
            "save_opportunity",
            json!({ "contact_id": ana, "name": "Sofa", "value": "900" }),
        )
        .await);
    host.call(
        "move_opportunity",
        json!({ "id": deal, "stage_id": order[2] }),
    )
    .await;
    host.call("get_board", json!({ "search": null })).await;
    let sale = json!({ "contact_id": ana, "amount": "900.00", "currency": "USD", "pending": true });
    let sale = id(&host.call("add_sale", sale).await);
    host.call(
        "set_sale_status",
        json!({ "id": sale, "status": "completed" }),
    )
    .await;
    host.call("refund_sale", json!({ "id": sale, "amount": "100.00" }))
        .await;
    host.call("set_sale_cost", json!({ "id": sale, "cost": "410.00" }))
        .await;
    let sales = host.call("list_sales", json!({ "page": page() })).await;
    assert_eq!(sales["rows"][0]["net"], "800.00");
    assert_eq!(sales["rows"][0]["cost"], "410.00");
    let unknown = host
        .call("set_sale_cost", json!({ "id": sale, "cost": "" }))
        .await;
    assert_eq!(unknown["cost"], Value::Null);
    let contact = host.call("get_contact", json!({ "id": ana })).await;
    assert_eq!(contact["contact"]["sales"], 1);
}
