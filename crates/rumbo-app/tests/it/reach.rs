//! People of a period: asked of Meta, waited for, shown beside the figures and explained.

use std::time::Duration;

use rumbo_base::{Code, Reason};
use serde_json::{Value, json};

use crate::host::TestHost;

fn period(host: &TestHost, by: &str, more: Value) -> Value {
    let to = host.today();
    let mut asked = json!({ "by": by, "from": to - chrono::Days::new(4), "to": to });
    asked
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    asked
}

fn list<'a>(of: &'a Value, part: &str) -> &'a Vec<Value> {
    of[part].as_array().unwrap()
}

async fn answered(host: &TestHost) {
    rumbo_app::reach::ask_meta(&host.cx().await).await.unwrap();
}

#[tokio::test]
async fn a_table_has_the_people_that_meta_answered_and_no_sum_of_them() {
    let host = TestHost::connected().await;
    assert_eq!(host.sync().await["state"], "done");
    let one = json!({ "accounts": [host.meta.ad_account_ids[0]] });
    let asked = period(&host, "campaign", one.clone());
    let nothing = host.call("get_reach", asked.clone()).await;
    assert_eq!(list(&nothing, "rows").len(), 0);
    assert_eq!(nothing["accounts"][0]["state"], "not_asked");
    assert_eq!(nothing["whole"]["state"], "unknown");
    let before = host.clock.now();

    host.advance(Duration::from_mins(1));
    let waiting = host.call("ask_reach", asked.clone()).await;
    assert_eq!(waiting["accounts"][0]["state"], "waiting");
    answered(&host).await;
    let report = host.call("get_reach", asked.clone()).await;
    let account = &report["accounts"][0];
    assert_eq!(account["state"], "answered", "{account}");
    assert_eq!(account["moving"], true, "today is not over");
    let rows = list(&report, "rows");
    assert!(rows.len() > 1 && rows.iter().all(|row| row["name"].is_string()));
    let whole = &report["whole"]["row"];
    let reach = |row: &Value| row["reach"].as_u64().unwrap();
    let sum: u64 = rows.iter().map(reach).sum();
    assert!(reach(whole) < sum && rows.iter().all(|row| reach(row) <= reach(whole)));

    // Beside the figures, where they are asked for.
    let roi = period(&host, "campaign", one.clone());
    let plain = host.call("get_roi", roi.clone()).await;
    assert!(
        list(&plain, "rows")
            .iter()
            .all(|row| row["reach"].is_null())
    );
    let mut with = roi.clone();
    with["people"] = json!(true);
    let shown = host.call("get_roi", with.clone()).await;
    for row in rows {
        let same = list(&shown, "rows")
            .iter()
            .find(|one| one["external_id"] == row["external_id"])
            .unwrap();
        for figure in ["reach", "frequency", "unique_clicks", "unique_link_clicks"] {
            assert_eq!(same[figure], row[figure], "{figure}");
            assert!(
                shown["attributed"][figure].is_null(),
                "a sum of rows is nobody"
            );
        }
    }
    assert_eq!(shown["total"]["reach"], whole["reach"]);
    with["as_of"] = json!(before);
    let then = host.call("get_roi", with).await;
    assert!(then["total"]["reach"].is_null(), "it was not known then");

    // Where it comes from: Meta's own rows, of every time it was asked.
    host.advance(Duration::from_hours(1));
    host.call("ask_reach", asked.clone()).await;
    answered(&host).await;
    let mut explained = asked.clone();
    explained["external_id"] = rows[0]["external_id"].clone();
    let passport = host.call("explain_reach", explained).await;
    let answers = list(&passport, "answers");
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[1]["reach"], rows[0]["reach"]);
    let raw: Value = serde_json::from_str(answers[1]["raw"].as_str().unwrap()).unwrap();
    assert_eq!(raw["reach"], json!(rows[0]["reach"].to_string()));
    assert_eq!(raw["campaign_id"], rows[0]["external_id"]);

    let number = json!({ "report": roi, "currency": "USD", "row": "total", "metric": "reach" });
    let error = host.attempt("explain_number", number).await.unwrap_err();
    assert_eq!(error.told().reason, Some(Reason::ReachIsNoSum));
    let creatives = period(&host, "creative", json!({}));
    let error = host.attempt("ask_reach", creatives).await.unwrap_err();
    assert_eq!(error.told().reason, Some(Reason::ReachOfCreatives));
}

#[tokio::test]
async fn people_of_several_accounts_have_no_total_and_those_inside_an_object_have_its_own() {
    let host = TestHost::connected().await;
    host.sync().await;
    let all = period(&host, "account", json!({}));
    host.call("ask_reach", all.clone()).await;
    answered(&host).await;
    let report = host.call("get_reach", all).await;
    assert!(list(&report, "rows").len() > 1);
    assert_eq!(report["whole"]["state"], "several_accounts");
    assert!(report["whole"]["row"].is_null());
    // What is final or not is each account's own: one without ads has answered too.
    assert!(
        list(&report, "accounts")
            .iter()
            .all(|account| account["state"] != "waiting")
    );

    let campaigns = period(
        &host,
        "campaign",
        json!({ "accounts": [host.meta.ad_account_ids[0]] }),
    );
    host.call("ask_reach", campaigns.clone()).await;
    answered(&host).await;
    let campaigns = host.call("get_reach", campaigns).await;
    let campaign = &campaigns["rows"][0];
    let inside = period(
        &host,
        "adset",
        json!({ "campaign": campaign["external_id"] }),
    );
    host.call("ask_reach", inside.clone()).await;
    answered(&host).await;
    let sets = host.call("get_reach", inside).await;
    assert_eq!(sets["whole"]["row"]["external_id"], campaign["external_id"]);
    assert_eq!(sets["whole"]["row"]["reach"], campaign["reach"]);
    assert_eq!(list(&sets, "accounts").len(), 1);
    let rows = list(&sets, "rows");
    assert!(
        !rows.is_empty() && rows.len() < 10,
        "only the campaign's own ad sets"
    );
}

#[tokio::test]
async fn without_a_network_it_waits_and_the_background_asks_again() {
    let host = TestHost::connected().await;
    let graph_url = host.meta.graph_url.clone();
    let asked = period(
        &host,
        "account",
        json!({ "accounts": [host.meta.ad_account_ids[0]] }),
    );
    host.set_app(json!({ "graph_url": "http://127.0.0.1:1" }))
        .await;
    host.call("ask_reach", asked.clone()).await;
    let error = rumbo_app::reach::ask_meta(&host.cx().await).await;
    // Whoever asked first has found it out.
    assert!(error.is_ok() || error.unwrap_err().code() == Code::Offline);
    let report = host.call("get_reach", asked.clone()).await;
    assert_eq!(report["accounts"][0]["state"], "waiting");
    assert_eq!(report["accounts"][0]["error"]["code"], "offline");

    host.set_app(json!({ "graph_url": graph_url })).await;
    host.call("try_network", json!({})).await;
    host.app
        .turn(Some((host.clock.now(), Duration::ZERO)))
        .await
        .unwrap();
    answered(&host).await;
    drop(rumbo_app::sync::wait_for_sync(&host.cx().await).await);
    answered(&host).await;
    let report = host.call("get_reach", asked).await;
    assert_eq!(report["accounts"][0]["state"], "answered", "{report}");
}
