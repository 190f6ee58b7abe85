//! Lead Ads.

use std::collections::BTreeMap;

use rumbo_sandbox::LeadOrder;
use serde_json::json;

use crate::client::{Meta, action};

#[tokio::test]
async fn forms_need_the_pages_own_token() {
    let meta = Meta::small().await;
    let path = format!("{}/leadgen_forms", meta.at.page_ids[0]);
    assert_eq!(meta.get(&path, &[]).await.error().0, 190);
    let token = meta.page_token(0).await;
    let forms = meta
        .get(
            &path,
            &[
                ("access_token", &token),
                ("fields", "id,name,status,locale,questions,leads_count"),
            ],
        )
        .await;
    assert_eq!(forms.rows().len(), 5);
    assert_eq!(forms.rows()[4]["status"], "ARCHIVED");
    assert_eq!(forms.rows()[0]["questions"][0]["type"], "FULL_NAME");
    assert!(forms.rows()[1]["leads_count"].as_u64().unwrap() > 50);
    assert_eq!(token, meta.page_token(0).await, "the same token every time");
}

#[tokio::test]
async fn leads_of_forms_and_ads() {
    let meta = Meta::small().await;
    let token = meta.page_token(0).await;
    let forms = meta
        .get(
            &format!("{}/leadgen_forms", meta.at.page_ids[0]),
            &[("access_token", &token)],
        )
        .await;
    let form = forms.rows()[1]["id"].as_str().unwrap();
    let fields = "id,created_time,ad_id,ad_name,campaign_id,campaign_name,form_id,is_organic,platform,field_data";
    let leads = meta
        .all(
            &format!("{form}/leads"),
            &[("fields", fields), ("limit", "50")],
        )
        .await;
    assert!(
        leads
            .windows(2)
            .all(|pair| pair[0]["created_time"].as_str() >= pair[1]["created_time"].as_str()),
        "newest first"
    );
    let organic = leads
        .iter()
        .filter(|lead| lead["is_organic"] == true)
        .count();
    assert!(organic > 0 && leads.iter().filter(|lead| lead["ad_id"].is_null()).count() == organic);
    let of_ad = leads.iter().find(|lead| lead["ad_id"].is_string()).unwrap();
    let ad = of_ad["ad_id"].as_str().unwrap();
    let own = meta.all(&format!("{ad}/leads"), &[("limit", "50")]).await;
    assert_eq!(
        own.len(),
        leads.iter().filter(|lead| lead["ad_id"] == ad).count(),
        "an ad does not know organic leads"
    );
    let one = meta
        .get(of_ad["id"].as_str().unwrap(), &[("fields", fields)])
        .await;
    assert_eq!(&one.body, of_ad);
    assert!(
        of_ad["field_data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|answer| answer["name"] == "phone_number"
                && answer["values"][0].as_str().unwrap().starts_with("+549"))
    );
    // Time filters, as connectors send them.
    let middle = chrono::DateTime::parse_from_str(
        leads[leads.len() / 2]["created_time"].as_str().unwrap(),
        "%Y-%m-%dT%H:%M:%S%z",
    )
    .unwrap()
    .timestamp();
    let by = |operator: &str| {
        json!([{ "field": "time_created", "operator": operator, "value": middle }]).to_string()
    };
    let newer = meta
        .all(
            &format!("{form}/leads"),
            &[("filtering", &by("GREATER_THAN")), ("limit", "50")],
        )
        .await
        .len();
    let older = meta
        .all(
            &format!("{form}/leads"),
            &[("filtering", &by("LESS_THAN_OR_EQUAL")), ("limit", "50")],
        )
        .await
        .len();
    assert_eq!(newer + older, leads.len());
    assert!(newer > 0 && older > 0);
    assert_eq!(
        meta.get(&format!("{form}/leads"), &[("fields", "shoe_size")])
            .await
            .error()
            .0,
        100
    );
}

#[tokio::test]
async fn settled_insights_count_the_leads_there_are() {
    let meta = Meta::small().await;
    let range = r#"{"since":"2026-09-15","until":"2026-10-15"}"#;
    let rows = meta
        .all(
            &format!("{}/insights", meta.account(2)),
            &[
                ("fields", "ad_id,actions"),
                ("level", "ad"),
                ("time_range", range),
                ("limit", "100"),
            ],
        )
        .await;
    for row in rows {
        let counted = action(&row, "actions", "onsite_conversion.lead_grouped") / 100;
        let leads = meta
            .all(
                &format!("{}/leads", row["ad_id"].as_str().unwrap()),
                &[("fields", "created_time"), ("limit", "100")],
            )
            .await;
        // The account's days are New York's: four hours behind in September.
        let within = leads
            .iter()
            .filter(|lead| {
                let time = chrono::DateTime::parse_from_str(
                    lead["created_time"].as_str().unwrap(),
                    "%Y-%m-%dT%H:%M:%S%z",
                )
                .unwrap()
                    - chrono::TimeDelta::hours(4);
                let day = time.format("%Y-%m-%d").to_string();
                ("2026-09-15"..="2026-10-15").contains(&day.as_str())
            })
            .count();
        assert_eq!(i64::try_from(within).unwrap(), counted);
    }
}

#[tokio::test]
async fn permission_and_retention() {
    let meta = Meta::small().await;
    let token = meta.page_token(0).await;
    let forms = meta
        .get(
            &format!("{}/leadgen_forms", meta.at.page_ids[0]),
            &[("access_token", &token)],
        )
        .await;
    let path = format!("{}/leads", forms.rows()[3]["id"].as_str().unwrap());
    let without = meta
        .sandbox
        .control()
        .issue_token(&["ads_read", "pages_show_list"], Some(60));
    assert_eq!(
        meta.get(&path, &[("access_token", &without)])
            .await
            .error()
            .0,
        200
    );
    let kept = meta.all(&path, &[("limit", "500")]).await.len();
    let mut switches = meta.sandbox.control().switches();
    switches.lead_retention_days = None;
    meta.sandbox.control().set_switches(switches);
    assert!(
        meta.all(&path, &[("limit", "500")]).await.len() > kept,
        "90 days unless switched off"
    );
}

#[tokio::test]
async fn test_leads_and_submitted_leads() {
    let meta = Meta::small().await;
    let token = meta.page_token(0).await;
    let forms = meta
        .get(
            &format!("{}/leadgen_forms", meta.at.page_ids[0]),
            &[("access_token", &token)],
        )
        .await;
    let form = forms.rows()[0]["id"].as_str().unwrap().to_owned();
    let made = meta
        .post(
            &format!("{form}/test_leads"),
            &[(
                "field_data",
                r#"[{"name":"full_name","values":["Test Person"]}]"#,
            )],
        )
        .await;
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!(
        meta.post(&format!("{form}/test_leads"), &[])
            .await
            .error()
            .0,
        100,
        "one for each form"
    );
    assert_eq!(
        meta.get(&id, &[]).await.body["field_data"][0]["values"][0],
        "Test Person"
    );
    assert_eq!(
        meta.get(&format!("{form}/test_leads"), &[])
            .await
            .rows()
            .len(),
        1
    );
    assert_eq!(
        meta.get(&format!("{form}/leads"), &[("limit", "1")])
            .await
            .rows()[0]["id"],
        id.as_str()
    );
    assert_eq!(meta.delete(&id, &[]).await.body["success"], true);
    assert!(
        meta.get(&format!("{form}/test_leads"), &[])
            .await
            .rows()
            .is_empty()
    );
    let ads = meta
        .all(&format!("{}/ads", meta.account(0)), &[("limit", "1")])
        .await;
    let ad = ads[0]["id"].as_str().unwrap().to_owned();
    let answers = BTreeMap::from([("phone_number".to_owned(), "+5491100000000".to_owned())]);
    let order = LeadOrder {
        form_id: form.clone(),
        ad_id: Some(ad.clone()),
        answers,
        created_time: None,
    };
    let id = meta.sandbox.control().submit_lead(&order).unwrap();
    assert_eq!(
        meta.get(&format!("{ad}/leads"), &[]).await.rows()[0]["id"],
        id.as_str()
    );
    assert_eq!(
        meta.delete(&id, &[]).await.error().0,
        100,
        "only test leads go away"
    );
    assert!(
        meta.sandbox
            .control()
            .submit_lead(&LeadOrder {
                form_id: "1".into(),
                ..order
            })
            .is_none()
    );
}

#[tokio::test]
async fn pages_can_be_subscribed() {
    let meta = Meta::small().await;
    let token = meta.page_token(1).await;
    let path = format!("{}/subscribed_apps", meta.at.page_ids[1]);
    assert!(
        meta.get(&path, &[("access_token", &token)])
            .await
            .rows()
            .is_empty()
    );
    assert_eq!(
        meta.post(
            &path,
            &[("access_token", &token), ("subscribed_fields", "leadgen")]
        )
        .await
        .body["success"],
        true
    );
    assert_eq!(
        meta.get(&path, &[("access_token", &token)]).await.rows()[0]["subscribed_fields"],
        json!(["leadgen"])
    );
    assert_eq!(
        meta.post(&path, &[("subscribed_fields", "leadgen")])
            .await
            .error()
            .0,
        190
    );
}
