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
