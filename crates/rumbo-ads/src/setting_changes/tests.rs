use serde_json::{Value, json};

use super::compare::{Difference, compare};
use super::watched::{fields, meaning};
use super::{SettingKind, SettingLevel, Severity};

fn told(name: &str, before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
    compare(name, before, after)
        .into_iter()
        .map(|d| (d.path, d.before, d.after))
        .collect()
}

#[test]
fn a_setting_is_compared_as_deep_as_it_goes() {
    let before = json!({
        "age_min": 25,
        "geo_locations": { "countries": ["AR", "UY"], "location_types": ["home"] },
        "targeting_automation": { "advantage_audience": 0 },
    });
    let after = json!({
        "age_min": 25,
        "age_max": 55,
        "geo_locations": { "location_types": ["home"], "countries": ["CL", "AR"] },
        "targeting_automation": { "advantage_audience": 1 },
    });
    assert_eq!(
        told("targeting", &before, &after),
        [
            ("targeting.age_max".to_owned(), Value::Null, json!(55)),
            (
                "targeting.geo_locations.countries".to_owned(),
                json!(["UY"]),
                json!(["CL"])
            ),
            (
                "targeting.targeting_automation.advantage_audience".to_owned(),
                json!(0),
                json!(1)
            ),
        ]
    );
    assert_eq!(told("targeting", &after, &after), []);
}

#[test]
fn what_is_empty_is_as_good_as_not_there_and_numbers_may_be_text() {
    for (before, after) in [
        (json!(null), json!([])),
        (json!(""), json!(null)),
        (json!({ "a": { "b": [] } }), json!(null)),
        (json!("25"), json!(25)),
        (json!(["1", "2"]), json!([2, 1])),
    ] {
        assert_eq!(told("x", &before, &after), [], "{before} {after}");
    }
    assert_eq!(
        told("x", &json!(false), &json!(null)).len(),
        1,
        "a switch that is off says something"
    );
}

#[test]
fn entries_with_a_name_of_their_own_are_compared_with_themselves() {
    let before = json!([
        { "event_type": "CLICK_THROUGH", "window_days": 7 },
        { "event_type": "VIEW_THROUGH", "window_days": 1 },
    ]);
    let after = json!([
        { "event_type": "VIEW_THROUGH", "window_days": 1 },
        { "event_type": "CLICK_THROUGH", "window_days": 1 },
    ]);
    assert_eq!(
        told("attribution_spec", &before, &after),
        [(
            "attribution_spec.CLICK_THROUGH.window_days".to_owned(),
            json!(7),
            json!(1)
        )]
    );
    // Without a name an entry is what it says; two of a kind are two.
    assert_eq!(
        told(
            "adset_schedule",
            &json!([{ "days": [1] }, { "days": [1] }]),
            &json!([{ "days": [1] }])
        ),
        [(
            "adset_schedule".to_owned(),
            json!([{ "days": [1] }]),
            Value::Null
        )]
    );
}

#[test]
fn what_repeats_another_field_or_is_signed_anew_is_passed_over() {
    let story = |picture: &str, message: &str, form: &str| {
        json!({ "page_id": "1", "link_data": {
            "picture": picture,
            "message": message,
            "call_to_action": { "type": "SIGN_UP", "value": { "lead_gen_form_id": form } },
        } })
    };
    assert_eq!(
        told(
            "object_story_spec",
            &story("https://a/1?oe=1", "Hello", "7"),
            &story("https://a/2?oe=2", "Bye", "8")
        ),
        [(
            "object_story_spec.link_data.call_to_action.value.lead_gen_form_id".to_owned(),
            json!("7"),
            json!("8")
        )],
        "the text is told by `body`"
    );
    let cards = |picture: &str| {
        json!({ "link_data": { "child_attachments": [
            { "link": "https://a/1", "picture": picture },
            { "link": "https://a/2", "picture": picture },
        ] } })
    };
    assert_eq!(
        told(
            "object_story_spec",
            &cards("https://b/1"),
            &cards("https://b/2")
        ),
        []
    );
    assert_eq!(
        told(
            "targeting",
            &json!({ "custom_audiences": [{ "id": "1", "name": "Old" }] }),
            &json!({ "custom_audiences": [{ "id": "1", "name": "New" }] })
        ),
        []
    );
}

/// What a change of a setting is about.
fn about(name: &str, before: &Value, after: &Value) -> Vec<(SettingKind, Severity)> {
    compare(name, before, after).iter().map(meaning).collect()
}

#[test]
fn an_enhancement_turned_on_is_told_from_one_turned_off() {
    let spec = |status: &str| json!({ "creative_features_spec": { "image_touchups": { "enroll_status": status } } });
    let (on, off) = (spec("OPT_IN"), spec("OPT_OUT"));
    for name in [
        "degrees_of_freedom_spec",
        "creative.degrees_of_freedom_spec",
    ] {
        assert_eq!(
            about(name, &off, &on),
            [(SettingKind::Enhancement, Severity::High)]
        );
        assert_eq!(
            about(name, &on, &off),
            [(SettingKind::Enhancement, Severity::Low)]
        );
    }
    assert_eq!(
        about("degrees_of_freedom_spec", &Value::Null, &on),
        [(SettingKind::Enhancement, Severity::High)]
    );
}

#[test]
fn places_left_to_meta_are_an_automatism() {
    let places = |list: &Value| json!({ "publisher_platforms": list });
    let (some, other) = (json!(["facebook", "instagram"]), json!(["facebook"]));
    assert_eq!(
        about("targeting", &places(&some), &json!({})),
        [(SettingKind::Automation, Severity::High)]
    );
    assert_eq!(
        about("targeting", &json!({}), &places(&some)),
        [(SettingKind::Automation, Severity::Low)]
    );
    assert_eq!(
        about("targeting", &places(&some), &places(&other)),
        [(SettingKind::Placement, Severity::Medium)]
    );
    let audience = |on: u8| json!({ "targeting_automation": { "advantage_audience": on } });
    assert_eq!(
        about("targeting", &audience(0), &audience(1)),
        [(SettingKind::Automation, Severity::High)]
    );
    assert_eq!(
        about("targeting", &audience(1), &audience(0)),
        [(SettingKind::Automation, Severity::Low)]
    );
}

/// Meta is asked for every setting that is compared, and docs/setting-changes.md names it.
#[test]
fn every_setting_that_is_compared_is_asked_for_and_documented() {
    use rumbo_meta::objects::{Ad, AdCreative, AdSet, Campaign};

    let page = include_str!("../../../../docs/setting-changes.md");
    for (level, asked) in [
        (SettingLevel::Campaign, Campaign::FIELDS),
        (SettingLevel::AdSet, AdSet::FIELDS),
        (SettingLevel::Ad, Ad::FIELDS),
        (SettingLevel::Creative, AdCreative::FIELDS),
    ] {
        for name in fields(level) {
            assert!(asked.contains(name), "{} {name}", level.word());
            assert!(page.contains(&format!("`{name}`")), "{name}");
            let difference = Difference {
                path: (*name).to_owned(),
                before: Value::Null,
                after: json!("x"),
                emptied: false,
                filled: false,
            };
            let (kind, _) = meaning(&difference);
            let other = [
                "objective",
                "buying_type",
                "special_ad_categories",
                "special_ad_category_country",
                "destination_type",
            ];
            assert_eq!(
                kind == SettingKind::Other,
                other.contains(name),
                "{name} is about {kind:?}"
            );
        }
    }
    for kind in SettingKind::ALL {
        assert!(page.contains(&format!("`{}`", kind.word())), "{kind:?}");
    }
}

mod stored {
    use std::time::Duration;

    use rumbo_base::{Code, PageRequest, SettingChangeId};
    use rumbo_db::Tx;
    use rumbo_db::testing::on_both;
    use rumbo_meta::objects::{Campaign, MinorUnits};
    use rumbo_platform::Scope;
    use serde_json::json;
    use uuid::Uuid;

    use super::super::{
        MarkedChanges, SettingChangeFilter, SettingKind, SettingLevel, Watch, list, mark,
        unexpected,
    };
    use crate::insights::AccountKey;
    use crate::objects::store_campaigns;
    use crate::testing::{account, workspace};

    /// Stores two campaigns with a budget as a sync would that read these fields.
    async fn sync(tx: &mut Tx, scope: &Scope, key: AccountKey, fields: &[&str], budget: i64) {
        let fields: Vec<String> = fields.iter().map(|name| (*name).to_owned()).collect();
        let level = SettingLevel::Campaign;
        let watch = Watch::begin(tx, scope.workspace, key.id, level, 7, &fields)
            .await
            .unwrap();
        let campaign = |id: &str| Campaign {
            id: id.to_owned(),
            name: Some(format!("Campaign {id}")),
            status: Some("ACTIVE".to_owned()),
            daily_budget: Some(MinorUnits(budget)),
            bid_strategy: Some(format!("S{budget}")),
            ..Campaign::default()
        };
        let listing = vec![campaign("10"), campaign("11")];
        store_campaigns(tx, scope, key, listing, true, &watch)
            .await
            .unwrap();
        watch
            .done(tx, scope.workspace, key.id, level, scope.now())
            .await
            .unwrap();
        scope.clock.advance(Duration::from_hours(4));
    }

    #[tokio::test]
    async fn changes_are_listed_marked_and_unmarked() {
        on_both(|test| async move {
            let workspace = workspace(&test).await;
            let scope = Scope {
                db: test.db.clone(),
                clock: test.clock.clone(),
                entropy: test.entropy.clone(),
                workspace,
                actor: None,
            };
            let mut tx = scope.write().await.unwrap();
            let key = account(&test, &mut tx, workspace, "1").await;
            sync(&mut tx, &scope, key, &["id", "daily_budget"], 5_000).await;
            let second = scope.now();
            // The strategy is asked for from now on: that is no change.
            let all = ["id", "daily_budget", "bid_strategy"];
            sync(&mut tx, &scope, key, &all, 7_550).await;
            sync(&mut tx, &scope, key, &all, 7_550).await;
            sync(&mut tx, &scope, key, &all, 9_000).await;

            let mut filter = SettingChangeFilter::default();
            let mut page = PageRequest {
                limit: Some(4),
                cursor: None,
            };
            let first = list(&mut tx, workspace, &filter, &page).await.unwrap();
            page.cursor = first.next.clone();
            let rest = list(&mut tx, workspace, &filter, &page).await.unwrap();
            assert_eq!((first.rows.len(), rest.rows.len(), rest.next), (4, 2, None));
            let oldest = &rest.rows[1];
            assert_eq!(oldest.field, "daily_budget");
            assert_eq!(
                (&oldest.before, &oldest.after),
                (&Some(json!("50.00")), &Some(json!("75.50")))
            );
            assert_eq!(oldest.currency, Some(key.currency));
            assert_eq!((oldest.seen_at, oldest.run), (second, 7));
            assert_eq!(second - oldest.last_read_at, chrono::TimeDelta::hours(4));
            assert_eq!(oldest.level, SettingLevel::Campaign);
            assert!(oldest.name.starts_with("Campaign 1"), "{}", oldest.name);

            filter.kind = Some(SettingKind::Bidding);
            filter.account = Some(key.id);
            filter.since = Some(second);
            page.cursor = None;
            let bids = list(&mut tx, workspace, &filter, &page).await.unwrap().rows;
            assert_eq!(bids.len(), 2);
            let told = unexpected(&mut tx, workspace).await.unwrap();
            assert_eq!((told.count, told.high, told.enhancements), (6, 6, 0));
            assert_eq!(told.latest, Some(bids[0].seen_at));

            let ids = [bids[0].id, bids[1].id];
            let MarkedChanges { changed, rows } = mark(&mut tx, &scope, &ids, true).await.unwrap();
            assert_eq!(changed, 2);
            assert!(rows.iter().all(|row| row.expected_at == Some(scope.now())));
            let again = mark(&mut tx, &scope, &ids, true).await.unwrap();
            assert_eq!(again.changed, 0, "the mark keeps its moment");
            let left = list(&mut tx, workspace, &filter, &page).await.unwrap();
            assert_eq!(left.rows, []);
            filter.expected_too = true;
            let all = list(&mut tx, workspace, &filter, &page).await.unwrap();
            assert_eq!(all.rows.len(), 2);
            assert_eq!(unexpected(&mut tx, workspace).await.unwrap().count, 4);
            mark(&mut tx, &scope, &ids[..1], false).await.unwrap();
            assert_eq!(unexpected(&mut tx, workspace).await.unwrap().count, 5);

            let strange = [SettingChangeId(Uuid::nil())];
            let gone = mark(&mut tx, &scope, &strange, true).await.unwrap_err();
            assert_eq!(gone.code(), Code::NotFound);
            let none = mark(&mut tx, &scope, &[], true).await.unwrap_err();
            assert_eq!(none.code(), Code::InvalidInput);
            page.cursor = Some("x".to_owned());
            let lost = list(&mut tx, workspace, &filter, &page).await.unwrap_err();
            assert_eq!(lost.code(), Code::InvalidInput);
        })
        .await;
    }
}
