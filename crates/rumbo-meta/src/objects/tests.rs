use rumbo_base::{Currency, Micros};

use super::*;

#[test]
fn a_campaign_is_read_typed_and_the_rest_is_kept() {
    let json = r#"{"id":"23","name":"Primavera \u00e9","daily_budget":"150000","spend_cap":5000,
        "start_time":"2026-09-01T00:00:00-0300","stop_time":null,"objective":"OUTCOME_LEADS",
        "special_ad_categories":["NONE"],"zzz_new":{"a":[1,2]}}"#;
    let campaign: Campaign = serde_json::from_str(json).unwrap();
    assert_eq!(campaign.name.as_deref(), Some("Primavera é"));
    let clp: Currency = "CLP".parse().unwrap();
    assert_eq!(
        campaign.daily_budget.unwrap().to_micros(clp).unwrap(),
        Micros(150_000_000_000)
    );
    assert_eq!(campaign.spend_cap, Some(MinorUnits(5_000)));
    assert_eq!(
        campaign.start_time.unwrap().0.to_rfc3339(),
        "2026-09-01T03:00:00+00:00"
    );
    assert_eq!(campaign.stop_time, None);
    assert_eq!(
        campaign.rest.to_json(),
        r#"{"special_ad_categories":["NONE"],"zzz_new":{"a":[1,2]}}"#
    );
    assert!(serde_json::from_str::<Campaign>(r#"{"name":"no id"}"#).is_err());
}

#[test]
fn what_is_asked_for_is_in_metas_specification() {
    for (list, some) in [
        (Campaign::FIELDS, "special_ad_categories"),
        (AdSet::FIELDS, "targeting"),
        (AdCreative::FIELDS, "object_story_spec"),
        (InsightRow::FIELDS, "spend"),
        (InsightRow::PEOPLE, "reach"),
    ] {
        assert!(list.contains(&some));
        assert!(!list.contains(&"wish_bid") && !list.contains(&"rest"));
    }
    assert_eq!(Campaign::FIELDS[0], "id");
}

#[test]
fn a_creatives_texts_are_found_where_posts_hide_them() {
    let own: AdCreative =
        serde_json::from_str(r#"{"id":"1","title":"T","body":"B","link_url":"https://x.test"}"#)
            .unwrap();
    assert_eq!(own.content().headline.as_deref(), Some("T"));
    let post: AdCreative = serde_json::from_str(
        r#"{"id":"2","object_story_spec":{"page_id":"77","link_data":{"message":"M","name":"N",
            "link":"https://y.test","call_to_action":{"type":"SIGN_UP","value":{}}}}}"#,
    )
    .unwrap();
    let content = post.content();
    assert_eq!(content.headline.as_deref(), Some("N"));
    assert_eq!(content.body.as_deref(), Some("M"));
    assert_eq!(content.call_to_action.as_deref(), Some("SIGN_UP"));
    assert_eq!(content.page_id.as_deref(), Some("77"));
    assert!(
        post.rest.get("object_story_spec").is_some(),
        "kept as it came too"
    );
}

#[test]
fn a_pages_token_is_not_shown() {
    let page: Page =
        serde_json::from_str(r#"{"id":"1","name":"Casa","access_token":"EAApagesecret"}"#).unwrap();
    assert!(!format!("{page:?}").contains("EAApagesecret"));
}

#[test]
fn insight_rows_borrow_and_leave_lists_unread() {
    let json = r#"[{"account_id":"1","ad_id":"9","date_start":"2026-02-01","date_stop":"2026-02-01",
        "impressions":"1200","reach":900,"spend":10.25,"frequency":"1.3\u0033","age":"25-34",
        "actions":[{"action_type":"lead","value":"3","1d_view":"1","deep":[{"x":1}]},
                   {"action_type":"offsite_conversion.fb_pixel_lead","value":2}],
        "purchase_roas":[{"action_type":"omni_purchase","value":"2.5"}],"campaign_id":null}]"#;
    let rows: Vec<InsightRow<'_>> = serde_json::from_str(json).unwrap();
    let row = &rows[0];
    assert!(matches!(row.ad_id, Some(std::borrow::Cow::Borrowed("9"))));
    assert_eq!(
        (row.impressions, row.reach, row.clicks),
        (Some(1_200), Some(900), None)
    );
    assert_eq!(row.spend_micros().unwrap(), Some(Micros(10_250_000)));
    assert_eq!(row.campaign_id, None);
    assert_eq!(row.breakdown("age"), Some("25-34"));
    assert_eq!(row.rest.len(), 1, "{:?}", row.rest);
    let actions = row.actions.unwrap();
    assert!(actions.json().starts_with("[{\"action_type\":\"lead\""));
    let entries = actions.entries().unwrap();
    assert_eq!(entries[0].action_type, "lead");
    assert_eq!(entries[0].value.as_deref(), Some("3"));
    assert_eq!(entries[0].more, [("1d_view".into(), "1".into())]);
    assert_eq!(
        entries[1].value.as_deref(),
        Some("2"),
        "a number is taken as text"
    );
}

#[test]
fn a_row_without_a_day_is_refused() {
    assert!(serde_json::from_str::<InsightRow<'_>>(r#"{"ad_id":"9","spend":"1"}"#).is_err());
    assert!(
        serde_json::from_str::<InsightRow<'_>>(
            r#"{"date_start":"2026-02-01","date_stop":"2026-02-01","impressions":"1.5"}"#
        )
        .is_err()
    );
    for (start, stop) in [
        ("2026-02-30", "2026-02-01"),
        ("2026-02-01", "1.2.2026"),
        ("", ""),
    ] {
        let row = format!(r#"{{"date_start":"{start}","date_stop":"{stop}"}}"#);
        assert!(
            serde_json::from_str::<InsightRow<'_>>(&row).is_err(),
            "{row}"
        );
    }
}

#[test]
fn job_states_are_told_apart_and_new_ones_do_not_break() {
    let run = |status: &str, extra: &str| -> ReportRun {
        serde_json::from_str(&format!(
            r#"{{"id":"6","async_status":"{status}","async_percent_completion":100{extra}}}"#
        ))
        .unwrap()
    };
    assert!(
        !run("Job Running", "").async_status.is_over(),
        "100 % is not the end"
    );
    assert_eq!(run("Job Skipped", "").async_status, JobStatus::Skipped);
    assert_eq!(
        run("Job Paused For Lunch", "").async_status,
        JobStatus::Unknown
    );
    assert!(run("Job Failed", "").failure().is_none());
    let failed = run("Job Failed", r#","error_code":100,"error_subcode":1487534"#);
    assert_eq!(
        failed.failure().unwrap().class,
        crate::error::ErrorClass::TooMuchData
    );
}

#[test]
fn a_leads_answers_are_found_by_name() {
    let lead: Lead = serde_json::from_str(
        r#"{"id":"5","created_time":1630087926,"field_data":[
            {"name":"full_name","values":["Ana"]},{"name":"EMAIL","values":["a@x.test"]},
            {"name":"empty","values":[]}]}"#,
    )
    .unwrap();
    assert_eq!(lead.answer(&["email"]), Some("a@x.test"));
    assert_eq!(lead.answer(&["phone", "full_name"]), Some("Ana"));
    assert_eq!(lead.answer(&["empty"]), None);
}
