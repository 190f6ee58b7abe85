//! Objects, fields, lists and the errors around them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Meta;

#[tokio::test]
async fn accounts_and_businesses() {
    let meta = Meta::small().await;
    let fields = "id,account_id,name,currency,timezone_name,timezone_offset_hours_utc,account_status,disable_reason,amount_spent,business";
    let accounts = meta
        .all("me/adaccounts", &[("fields", fields), ("limit", "2")])
        .await;
    assert_eq!(accounts.len(), 5);
    assert_eq!(accounts[0]["id"], "act_418209377716");
    assert_eq!(
        accounts[0]["timezone_name"],
        "America/Argentina/Buenos_Aires"
    );
    assert_eq!(accounts[0]["timezone_offset_hours_utc"], -3.0);
    assert_eq!(
        accounts[0]["business"],
        json!({ "id": "884120557310266", "name": "Casa Alba S. R. L." })
    );
    assert!(accounts.iter().all(|account| account["currency"] == "USD"));
    assert_eq!(accounts[3]["account_status"], 2);
    assert_eq!(accounts[4]["amount_spent"], "0");
    let unasked = meta.get("me/adaccounts", &[]).await;
    assert_eq!(
        unasked.rows()[0],
        json!({ "id": "act_418209377716", "account_id": "418209377716" })
    );
    let business = meta.at.business_ids[0].clone();
    assert_eq!(
        meta.all(&format!("{business}/owned_ad_accounts"), &[])
            .await
            .len(),
        5
    );
    assert!(
        meta.get(&format!("{business}/client_ad_accounts"), &[])
            .await
            .rows()
            .is_empty()
    );
    let searched = meta
        .get(
            &format!("{business}/owned_ad_accounts"),
            &[("search_query", "brasil")],
        )
        .await;
    assert_eq!(searched.rows().len(), 1);
    assert_eq!(
        meta.all(&format!("{business}/owned_pages"), &[])
            .await
            .len(),
        2
    );
    let member = meta.get("me/business_users", &[]).await;
    let assigned = meta
        .get(
            &format!("{}/assigned_users", meta.account(0)),
            &[("business", &business)],
        )
        .await;
    assert_eq!(member.rows()[0]["id"], assigned.rows()[0]["id"]);
    assert!(
        assigned.rows()[0]["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|task| task == "MANAGE")
    );
    let wabas = meta
        .all(
            &format!("{business}/owned_whatsapp_business_accounts"),
            &[(
                "fields",
                "id,name,phone_numbers{display_phone_number,quality_rating}",
            )],
        )
        .await;
    assert_eq!(
        wabas[0]["phone_numbers"]["data"][0]["display_phone_number"],
        "+54 11 5263-0190"
    );
}

#[tokio::test]
async fn unknown_things_get_metas_errors() {
    let meta = Meta::small().await;
    let account = meta.account(0).to_owned();
    let field = meta.get(&account, &[("fields", "id,nope")]).await;
    assert_eq!(
        field.message(),
        "(#100) Tried accessing nonexisting field (nope) on node type (AdAccount)"
    );
    let edge = meta.get(&format!("{account}/nope"), &[]).await;
    assert_eq!(
        edge.message(),
        "(#100) Tried accessing nonexisting field (nope) on node type (AdAccount)"
    );
    let object = meta.get("act_1", &[]).await;
    assert_eq!((object.status, object.error()), (400, (100, 33)));
    assert_eq!(object.body["error"]["type"], "GraphMethodException");
    assert_eq!(meta.get("nobody.by.that.name", &[]).await.error().0, 803);
    assert_eq!(meta.get("me/adaccounts/x", &[]).await.error().0, 2500);
    assert_eq!(
        meta.get("me", &[("fields", "id,name{")]).await.error().0,
        2500
    );
    assert_eq!(
        meta.get(&format!("{account}/campaigns"), &[("colour", "red")])
            .await
            .error()
            .0,
        100
    );
    assert_eq!(
        meta.get(&format!("{account}/campaigns"), &[("limit", "x")])
            .await
            .error()
            .0,
        100
    );
    // An ad account is only known with its prefix.
    assert_eq!(
        meta.get(account.trim_start_matches("act_"), &[])
            .await
            .error(),
        (100, 33)
    );
    for (name, value) in [("fields", "wish_bid"), ("action_report_time", "later")] {
        let wish = meta
            .get(&format!("{account}/insights"), &[(name, value)])
            .await;
        assert_eq!(wish.error().0, 100, "{name}");
    }
    // A person's tasks are told with the list of pages, and not of a page.
    let tasks = [("fields", "id,name,tasks")];
    let pages = meta.get("me/accounts", &tasks).await;
    assert!(pages.rows()[0]["tasks"].is_array(), "{}", pages.body);
    let page = pages.rows()[0]["id"].as_str().unwrap();
    assert_eq!(meta.get(page, &tasks).await.error().0, 100);
}

#[tokio::test]
async fn versions() {
    let meta = Meta::small().await;
    for (asked, served, warned) in [
        ("v26.0/", "v26.0", false),
        ("v25.0/", "v25.0", false),
        ("", "v26.0", false),
        ("v21.0/", "v25.0", true),
    ] {
        let answer = meta.send(Method::GET, &format!("{asked}me"), &[]).await;
        assert_eq!(answer.headers["facebook-api-version"], served);
        assert_eq!(
            answer.headers.contains_key("x-ad-api-version-warning"),
            warned,
            "{asked}"
        );
    }
    for removed in ["ids", "pretty", "debug", "date_format"] {
        let answer = meta.send(Method::GET, "v25.0/me", &[(removed, "1")]).await;
        assert_eq!(
            answer.message(),
            format!("The {removed} query parameter is deprecated in v26.0+")
        );
    }
    for never in ["v27.0", "v99.0", "v2.80", "v26.1", "v0.9"] {
        let answer = meta.send(Method::GET, &format!("{never}/me"), &[]).await;
        assert_eq!((answer.status, answer.error().0), (400, 2500), "{never}");
        assert_eq!(
            answer.message(),
            format!("Unknown path components: /{never}/me")
        );
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    let meta = Meta::small().await;
    let path = format!("{}/ads", meta.account(0));
    let first = meta
        .get(
            &path,
            &[("limit", "30"), ("fields", "id"), ("summary", "true")],
        )
        .await;
    assert_eq!(first.rows().len(), 30);
    let total = first.body["summary"]["total_count"].as_u64().unwrap();
    let next = first.body["paging"]["next"].as_str().unwrap();
    assert!(
        next.contains("access_token=EAA"),
        "Meta's next carries the token"
    );
    let all = meta.all(&path, &[("limit", "7"), ("fields", "id")]).await;
    assert_eq!(u64::try_from(all.len()).unwrap(), total);
    let mut ids: Vec<&Value> = all.iter().map(|row| &row["id"]).collect();
    ids.dedup();
    assert_eq!(u64::try_from(ids.len()).unwrap(), total);
    // The last page still has an `after`, and asking for it gives an empty page.
    let last = meta.follow(next).await;
    assert!(last.body["paging"]["next"].is_null());
    let after = last.body["paging"]["cursors"]["after"].as_str().unwrap();
    let beyond = meta.get(&path, &[("after", after), ("fields", "id")]).await;
    assert!(beyond.rows().is_empty() && beyond.body["paging"]["next"].is_null());
    let before = last.body["paging"]["cursors"]["before"].as_str().unwrap();
    let back = meta
        .get(
            &path,
            &[("before", before), ("limit", "30"), ("fields", "id")],
        )
        .await;
    assert_eq!(back.rows(), first.rows());
    assert_eq!(
        meta.get(&path, &[("after", "rubbish")]).await.error().0,
        2642
    );
}

#[tokio::test]
async fn deleted_and_archived_objects_hide() {
    let meta = Meta::small().await;
    let account = meta.account(0).to_owned();
    let path = format!("{account}/campaigns");
    let shown = meta
        .all(&path, &[("fields", "name,effective_status")])
        .await;
    assert_eq!(shown.len(), 5);
    assert!(shown.iter().any(|row| row["effective_status"] == "PAUSED"));
    let archived = meta
        .all(
            &path,
            &[("fields", "name"), ("effective_status", "[\"ARCHIVED\"]")],
        )
        .await;
    assert_eq!(archived[0]["name"], "Showroom Córdoba · Apertura");
    let completed = [("fields", "name"), ("is_completed", "true")];
    let completed = meta.all(&path, &completed).await;
    assert_eq!(completed.len(), 1);
    assert_eq!(completed[0]["name"], "Promo septiembre");
    let filter = |field: &str, values: Value| {
        json!([{ "field": field, "operator": "IN", "value": values }]).to_string()
    };
    let ads = format!("{account}/ads");
    let every = filter(
        "ad.effective_status",
        json!([
            "ACTIVE",
            "PAUSED",
            "DELETED",
            "ARCHIVED",
            "CAMPAIGN_PAUSED",
            "ADSET_PAUSED"
        ]),
    );
    let all = meta
        .all(
            &ads,
            &[
                ("fields", "id,effective_status"),
                ("filtering", &every),
                ("limit", "100"),
            ],
        )
        .await;
    let usual = meta.all(&ads, &[("fields", "id"), ("limit", "100")]).await;
    let gone = all
        .iter()
        .filter(|row| row["effective_status"] == "DELETED" || row["effective_status"] == "ARCHIVED")
        .count();
    assert!(gone > 1);
    assert_eq!(all.len(), usual.len() + gone);
    let delivery = meta
        .all(
            &ads,
            &[
                ("fields", "id"),
                (
                    "filtering",
                    &filter(
                        "ad.delivery_info",
                        json!(["deleted", "archived", "completed"]),
                    ),
                ),
            ],
        )
        .await;
    assert_eq!(delivery.len(), gone);
    let wrong = meta
        .get(&ads, &[("effective_status", "[\"SLEEPING\"]")])
        .await;
    assert!(
        wrong
            .message()
            .starts_with("(#100) effective_status[0] must be one of the following values: ACTIVE")
    );
}

#[tokio::test]
async fn filters() {
    let meta = Meta::small().await;
    let account = meta.account(0).to_owned();
    let campaigns = meta
        .all(
            &format!("{account}/campaigns"),
            &[("fields", "id,updated_time")],
        )
        .await;
    let id = campaigns[1]["id"].as_str().unwrap();
    let by = |field: &str, operator: &str, value: Value| {
        json!([{ "field": field, "operator": operator, "value": value }]).to_string()
    };
    let ads = meta
        .all(
            &format!("{account}/ads"),
            &[
                ("fields", "campaign_id"),
                ("filtering", &by("campaign.id", "IN", json!([id]))),
            ],
        )
        .await;
    assert!(!ads.is_empty() && ads.iter().all(|ad| ad["campaign_id"] == id));
    let now = meta.sandbox.control().now();
    let path = format!("{account}/campaigns");
    assert!(
        meta.get(
            &path,
            &[(
                "filtering",
                &by(
                    "campaign.updated_time",
                    "GREATER_THAN",
                    json!(now.timestamp())
                )
            )]
        )
        .await
        .rows()
        .is_empty()
    );
    meta.sandbox.control().advance(TimeDelta::hours(1));
    assert!(
        meta.sandbox
            .control()
            .edit(id, Some("PAUSED"), Some("Renamed"))
    );
    let changed = meta
        .get(
            &path,
            &[
                ("fields", "name,status"),
                (
                    "filtering",
                    &by(
                        "campaign.updated_time",
                        "GREATER_THAN",
                        json!(now.timestamp()),
                    ),
                ),
            ],
        )
        .await;
    assert_eq!(changed.rows()[0]["name"], "Renamed");
    let since = meta
        .get(
            &format!("{account}/ads"),
            &[("updated_since", &now.timestamp().to_string())],
        )
        .await;
    assert!(since.rows().is_empty());
    for bad in [
        by("campaign.shoe_size", "EQUAL", json!(1)),
        by("campaign.id", "RESEMBLES", json!("1")),
        by("campaign.id", "IN", json!("1")),
        "[".to_owned(),
        "{}".to_owned(),
    ] {
        assert_eq!(
            meta.get(&path, &[("filtering", &bad)]).await.error().0,
            100,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn expansion_and_children() {
    let meta = Meta::small().await;
    let account = meta.account(0).to_owned();
    let fields = "name,adsets.limit(1){name,ads.limit(2){name,creative{title,body,thumbnail_url,object_story_spec}}}";
    let campaigns = meta
        .get(
            &format!("{account}/campaigns"),
            &[("fields", fields), ("limit", "2")],
        )
        .await;
    let set = &campaigns.rows()[0]["adsets"]["data"][0];
    assert_eq!(set["ads"]["data"].as_array().unwrap().len(), 2);
    let creative = &set["ads"]["data"][0]["creative"];
    assert_eq!(creative["title"], "Tu sillón, a tu medida");
    let picture = meta
        .http
        .get(creative["thumbnail_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert!(picture.text().await.unwrap().starts_with("<svg"));
    let id = campaigns.rows()[0]["id"].as_str().unwrap();
    assert_eq!(meta.all(&format!("{id}/adsets"), &[]).await.len(), 3);
    let insights = meta
        .get(
            id,
            &[("fields", "name,insights.date_preset(last_7d){spend}")],
        )
        .await;
    assert!(insights.body["insights"]["data"][0]["spend"].is_string());
    let set_fields = "id,name,campaign_id,status,effective_status,daily_budget,budget_remaining,bid_strategy,billing_event,optimization_goal,destination_type,attribution_spec,promoted_object,targeting,learning_stage_info,start_time,updated_time";
    let set = meta
        .get(set["id"].as_str().unwrap(), &[("fields", set_fields)])
        .await;
    assert!(
        set.body["daily_budget"]
            .as_str()
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    assert_eq!(
        set.body["attribution_spec"][0],
        json!({ "event_type": "CLICK_THROUGH", "window_days": 7 })
    );
    assert!(
        set.body["updated_time"]
            .as_str()
            .unwrap()
            .ends_with("-0300")
    );
}

#[tokio::test]
async fn heavy_pages_are_too_much() {
    let meta = Meta::small().await;
    let path = format!("{}/ads", meta.account(0));
    let fields = "name,creative{id},insights{spend},adsets{id},adcreatives{object_story_spec},targeting,adset{targeting}";
    let heavy = "id,adcreatives{object_story_spec},creative,insights.date_preset(last_7d){spend},adset{id},campaign{id}";
    assert!(fields.len() > heavy.len() / 2);
    let answer = meta
        .get(
            "act_418209377716/adcreatives",
            &[
                ("fields", "object_story_spec,asset_feed_spec,body,title"),
                ("limit", "500"),
            ],
        )
        .await;
    assert_eq!(answer.status, 200, "55 creatives are not many");
    let answer = meta.get(&path, &[("fields", heavy), ("limit", "5")]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_same_seed_and_clock_give_the_same_bytes() {
    let (one, two) = (Meta::small().await, Meta::small().await);
    for (path, fields) in [
        ("act_418209377716/insights", "spend,impressions,actions"),
        (
            "act_418209377716/ads",
            "id,name,updated_time,creative{title}",
        ),
    ] {
        let first = one
            .get(path, &[("fields", fields), ("limit", "500")])
            .await
            .body["data"]
            .to_string();
        let second = two
            .get(path, &[("fields", fields), ("limit", "500")])
            .await
            .body["data"]
            .to_string();
        assert_eq!(first, second);
    }
    let other = Meta::start(rumbo_sandbox::SandboxConfig {
        seed: 2,
        now: Some(crate::client::noon()),
        ..Default::default()
    })
    .await;
    let path = "act_418209377716/insights";
    assert_ne!(
        one.get(path, &[]).await.body["data"],
        other.get(path, &[]).await.body["data"]
    );
}
