//! One change of every setting that is compared.

use rumbo_ads::setting_changes::{SettingKind, Severity};
use serde_json::{Value, json};

/// What one planted change does.
#[derive(Clone)]
pub enum Does {
    /// Sets a field of an object of this table.
    Sets(&'static str, &'static str, Value),
    /// Changes the status of an object of this table.
    Turns(&'static str, &'static str),
    /// Edits an ad: it gets a new creative, on which this field is set.
    Edits(&'static str, Value),
}

/// A planted change and how it should be told.
#[derive(Clone)]
pub struct Plant {
    pub does: Does,
    pub kind: SettingKind,
    pub severity: Severity,
    /// What the told path begins with.
    pub path: &'static str,
}

fn sets(
    table: &'static str,
    field: &'static str,
    value: Value,
    kind: SettingKind,
    severity: Severity,
    path: &'static str,
) -> Plant {
    Plant {
        does: Does::Sets(table, field, value),
        kind,
        severity,
        path,
    }
}

/// Enhancements as an ad has them after Meta turned one on.
fn touched_up() -> Value {
    json!({ "creative_features_spec": {
        "image_touchups": { "enroll_status": "OPT_IN" },
        "inline_comment": { "enroll_status": "OPT_OUT" },
        "text_optimizations": { "enroll_status": "OPT_OUT" },
    } })
}

/// Targeting as the sandbox has it, with something else in it.
fn targeting(name: &str, value: &Value) -> Value {
    let mut all = json!({
        "age_min": 25,
        "age_max": 65,
        "geo_locations": { "countries": ["AR"], "location_types": ["home", "recent"] },
        "targeting_automation": { "advantage_audience": 1 },
    });
    all[name] = value.clone();
    all
}

/// One change of every setting that is compared.
pub fn plants() -> Vec<Plant> {
    use SettingKind::{
        Audience, Automation, Bidding, Budget, Creative, Enhancement, Measurement, Other,
        Placement, Schedule, Status,
    };
    use Severity::{High, Low, Medium};
    let (campaign, set, ad, creative) = ("ad_campaigns", "ad_sets", "ads", "ad_creatives");
    let mut all = Vec::new();
    for table in [campaign, set] {
        all.extend([
            sets(
                table,
                "daily_budget",
                json!("77700"),
                Budget,
                High,
                "daily_budget",
            ),
            sets(
                table,
                "lifetime_budget",
                json!("990000"),
                Budget,
                High,
                "lifetime_budget",
            ),
            sets(
                table,
                "bid_strategy",
                json!("LOWEST_COST_WITH_BID_CAP"),
                Bidding,
                High,
                "bid_strategy",
            ),
            sets(
                table,
                "pacing_type",
                json!(["day_parting"]),
                Schedule,
                Medium,
                "pacing_type",
            ),
            sets(
                table,
                "start_time",
                json!("2026-12-24T00:00:00-0300"),
                Schedule,
                Medium,
                "start_time",
            ),
        ]);
    }
    all.extend([
        sets(
            campaign,
            "stop_time",
            json!("2026-12-31T00:00:00-0300"),
            Schedule,
            Medium,
            "stop_time",
        ),
        sets(
            campaign,
            "spend_cap",
            json!("5000000"),
            Budget,
            High,
            "spend_cap",
        ),
        sets(
            campaign,
            "objective",
            json!("OUTCOME_AWARENESS"),
            Other,
            Medium,
            "objective",
        ),
        sets(
            campaign,
            "buying_type",
            json!("RESERVED"),
            Other,
            Medium,
            "buying_type",
        ),
        sets(
            campaign,
            "special_ad_categories",
            json!(["HOUSING"]),
            Other,
            Medium,
            "special_ad_categories",
        ),
        sets(
            campaign,
            "special_ad_category_country",
            json!(["AR"]),
            Other,
            Medium,
            "special_ad_category_country",
        ),
        sets(
            campaign,
            "promoted_object",
            json!({ "pixel_id": "1" }),
            Measurement,
            Medium,
            "promoted_object.pixel_id",
        ),
        sets(
            campaign,
            "is_adset_budget_sharing_enabled",
            json!(true),
            Budget,
            High,
            "is_adset_budget_sharing_enabled",
        ),
        sets(
            set,
            "end_time",
            json!("2026-12-31T00:00:00-0300"),
            Schedule,
            Medium,
            "end_time",
        ),
        sets(
            set,
            "daily_min_spend_target",
            json!("1000"),
            Budget,
            High,
            "daily_min_spend_target",
        ),
        sets(
            set,
            "daily_spend_cap",
            json!("9000"),
            Budget,
            High,
            "daily_spend_cap",
        ),
        sets(
            set,
            "lifetime_min_spend_target",
            json!("10000"),
            Budget,
            High,
            "lifetime_min_spend_target",
        ),
        sets(
            set,
            "lifetime_spend_cap",
            json!("90000"),
            Budget,
            High,
            "lifetime_spend_cap",
        ),
        sets(set, "bid_amount", json!(450), Bidding, High, "bid_amount"),
        sets(
            set,
            "bid_constraints",
            json!({ "roas_average_floor": 20000 }),
            Bidding,
            High,
            "bid_constraints.roas_average_floor",
        ),
        sets(
            set,
            "billing_event",
            json!("LINK_CLICKS"),
            Bidding,
            High,
            "billing_event",
        ),
        sets(
            set,
            "optimization_goal",
            json!("REACH"),
            Bidding,
            High,
            "optimization_goal",
        ),
        sets(
            set,
            "destination_type",
            json!("MESSENGER"),
            Other,
            Medium,
            "destination_type",
        ),
        sets(
            set,
            "attribution_spec",
            json!([{ "event_type": "CLICK_THROUGH", "window_days": 1 }]),
            Measurement,
            Medium,
            "attribution_spec",
        ),
        sets(
            set,
            "is_incremental_attribution_enabled",
            json!(true),
            Measurement,
            Medium,
            "is_incremental_attribution_enabled",
        ),
        sets(
            set,
            "promoted_object",
            json!({ "page_id": "1" }),
            Measurement,
            Medium,
            "promoted_object.page_id",
        ),
        sets(
            set,
            "targeting",
            targeting("age_max", &json!(44)),
            Audience,
            Medium,
            "targeting.age_max",
        ),
        sets(
            set,
            "targeting",
            targeting("targeting_automation", &json!({ "advantage_audience": 0 })),
            Automation,
            Low,
            "targeting.targeting_automation.advantage_audience",
        ),
        sets(
            set,
            "targeting",
            targeting("facebook_positions", &json!(["feed"])),
            Placement,
            Medium,
            "targeting.facebook_positions",
        ),
        sets(
            set,
            "targeting",
            targeting("publisher_platforms", &json!(["facebook"])),
            Automation,
            Low,
            "targeting.publisher_platforms",
        ),
        sets(
            set,
            "placement_soft_opt_out",
            json!({ "facebook": ["marketplace"] }),
            Placement,
            Medium,
            "placement_soft_opt_out",
        ),
        sets(
            set,
            "frequency_control_specs",
            json!([{ "event": "IMPRESSIONS", "interval_days": 7, "max_frequency": 2 }]),
            Schedule,
            Medium,
            "frequency_control_specs",
        ),
        sets(
            set,
            "adset_schedule",
            json!([{ "start_minute": 540, "end_minute": 1080, "days": [1, 2, 3, 4, 5] }]),
            Schedule,
            Medium,
            "adset_schedule",
        ),
        sets(
            set,
            "is_dynamic_creative",
            json!(true),
            Creative,
            Medium,
            "is_dynamic_creative",
        ),
        sets(
            ad,
            "tracking_specs",
            json!([{ "action.type": ["link_click"] }]),
            Measurement,
            Medium,
            "tracking_specs",
        ),
        sets(
            ad,
            "conversion_domain",
            json!("shop.example"),
            Measurement,
            Medium,
            "conversion_domain",
        ),
        sets(
            ad,
            "ad_schedule_start_time",
            json!("2026-12-01T00:00:00-0300"),
            Schedule,
            Medium,
            "ad_schedule_start_time",
        ),
        sets(
            ad,
            "ad_schedule_end_time",
            json!("2026-12-09T00:00:00-0300"),
            Schedule,
            Medium,
            "ad_schedule_end_time",
        ),
        sets(
            creative,
            "title",
            json!("Something else"),
            Creative,
            Medium,
            "title",
        ),
        sets(
            creative,
            "body",
            json!("Something else"),
            Creative,
            Medium,
            "body",
        ),
        sets(
            creative,
            "link_url",
            json!("https://elsewhere.example/"),
            Creative,
            Medium,
            "link_url",
        ),
        sets(
            creative,
            "call_to_action_type",
            json!("BOOK_NOW"),
            Creative,
            Medium,
            "call_to_action_type",
        ),
        sets(
            creative,
            "object_type",
            json!("VIDEO"),
            Creative,
            Medium,
            "object_type",
        ),
        sets(
            creative,
            "image_hash",
            json!("00ff"),
            Creative,
            Medium,
            "image_hash",
        ),
        sets(
            creative,
            "video_id",
            json!("99"),
            Creative,
            Medium,
            "video_id",
        ),
        sets(
            creative,
            "url_tags",
            json!("utm_source=x"),
            Measurement,
            Medium,
            "url_tags",
        ),
        sets(
            creative,
            "product_set_id",
            json!("5"),
            Creative,
            Medium,
            "product_set_id",
        ),
        sets(
            creative,
            "object_story_spec",
            json!({ "page_id": "1" }),
            Creative,
            Medium,
            "object_story_spec.page_id",
        ),
        sets(
            creative,
            "asset_feed_spec",
            json!({ "titles": [{ "text": "One" }, { "text": "Two" }] }),
            Creative,
            Medium,
            "asset_feed_spec.titles",
        ),
        sets(
            creative,
            "degrees_of_freedom_spec",
            touched_up(),
            Enhancement,
            High,
            "degrees_of_freedom_spec.creative_features_spec.image_touchups.enroll_status",
        ),
        sets(
            creative,
            "contextual_multi_ads",
            json!({ "enroll_status": "OPT_IN" }),
            Enhancement,
            High,
            "contextual_multi_ads.enroll_status",
        ),
    ]);
    all.extend([
        Plant {
            does: Does::Edits("degrees_of_freedom_spec", touched_up()),
            kind: Enhancement,
            severity: High,
            path: "creative.degrees_of_freedom_spec.creative_features_spec.image_touchups",
        },
        Plant {
            does: Does::Edits("url_tags", Value::Null),
            kind: Measurement,
            severity: Medium,
            path: "creative.url_tags",
        },
    ]);
    for table in [campaign, set, ad] {
        all.push(Plant {
            does: Does::Turns(table, "PAUSED"),
            kind: Status,
            severity: Medium,
            path: "status",
        });
        all.push(Plant {
            does: Does::Turns(table, "ACTIVE"),
            kind: Status,
            severity: High,
            path: "status",
        });
    }
    all
}
