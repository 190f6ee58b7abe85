//! Which settings are compared, what each is about, and what is never compared.
//!
//! Never compared, for each of them moves without anybody setting anything: `effective_status`
//! (follows the parent, the review and the end date), `configured_status` (repeats `status`),
//! `budget_remaining`, `learning_stage_info`, `issues_info`, `ad_review_feedback`,
//! `preview_shareable_link`, `created_time`, `updated_time`, addresses of pictures (signed anew in
//! every answer), the post that shows a creative (`effective_object_story_id`,
//! `instagram_permalink_url`), and names, which set nothing.

use serde_json::Value;

use super::compare::Difference;
use super::{SettingKind, SettingLevel, Severity};

/// The settings of a level that are compared, by Meta's names.
pub(super) const fn fields(level: SettingLevel) -> &'static [&'static str] {
    match level {
        SettingLevel::Campaign => &[
            "status",
            "objective",
            "buying_type",
            "daily_budget",
            "lifetime_budget",
            "spend_cap",
            "bid_strategy",
            "start_time",
            "stop_time",
            "special_ad_categories",
            "special_ad_category_country",
            "promoted_object",
            "pacing_type",
            "is_adset_budget_sharing_enabled",
        ],
        SettingLevel::AdSet => &[
            "status",
            "daily_budget",
            "lifetime_budget",
            "daily_min_spend_target",
            "daily_spend_cap",
            "lifetime_min_spend_target",
            "lifetime_spend_cap",
            "bid_strategy",
            "bid_amount",
            "bid_constraints",
            "billing_event",
            "optimization_goal",
            "destination_type",
            "attribution_spec",
            "is_incremental_attribution_enabled",
            "promoted_object",
            "targeting",
            "placement_soft_opt_out",
            "frequency_control_specs",
            "pacing_type",
            "adset_schedule",
            "start_time",
            "end_time",
            "is_dynamic_creative",
        ],
        SettingLevel::Ad => &[
            "status",
            CREATIVE,
            "tracking_specs",
            "conversion_domain",
            "ad_schedule_start_time",
            "ad_schedule_end_time",
        ],
        SettingLevel::Creative => &[
            "title",
            "body",
            "link_url",
            "call_to_action_type",
            "object_type",
            "image_hash",
            "video_id",
            "url_tags",
            "product_set_id",
            "object_story_spec",
            "asset_feed_spec",
            "degrees_of_freedom_spec",
            "contextual_multi_ads",
        ],
    }
}

/// The field of an ad that says which creative it shows.
pub(super) const CREATIVE: &str = "creative";

/// Settings of ad sets that Meta gives in its own minor unit among those without a column.
pub(crate) const MINOR_UNITS: [&str; 4] = [
    "daily_min_spend_target",
    "daily_spend_cap",
    "lifetime_min_spend_target",
    "lifetime_spend_cap",
];

/// Parts of a setting that are not compared: they repeat another one, or are signed anew.
pub(super) fn is_passed_over(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    if is_address(last) {
        return true;
    }
    // What an interest, an audience or a place is called.
    if path.starts_with("targeting.") && matches!(last, "name" | "region" | "primary_city") {
        return true;
    }
    let story = path
        .strip_prefix("object_story_spec.")
        .and_then(|rest| rest.split_once("_data."));
    matches!(
        story,
        Some((
            "link" | "video",
            "message"
                | "name"
                | "title"
                | "link"
                | "image_hash"
                | "video_id"
                | "call_to_action.type"
                | "call_to_action.value.link"
        ))
    )
}

/// Whether a part is the address of a picture, signed anew in every answer.
pub(super) fn is_address(name: &str) -> bool {
    matches!(
        name,
        "picture" | "image_url" | "thumbnail_url" | "image_crops"
    )
}

/// Whether the values of a setting are amounts of the ad account's currency.
pub(super) fn is_money(field: &str) -> bool {
    MINOR_UNITS.contains(&field)
        || matches!(
            field,
            "daily_budget" | "lifetime_budget" | "spend_cap" | "bid_amount"
        )
}

/// Whether a stored value is a list: what went before the change, and what came after it.
pub fn is_list(value: &Value) -> bool {
    value.is_array()
}

/// What a difference is about, and how much it may cost.
pub(super) fn meaning(difference: &Difference) -> (SettingKind, Severity) {
    let path = difference.path.as_str();
    // A creative that took another's place is compared with it under the ad.
    let path = path.strip_prefix("creative.").unwrap_or(path);
    let first = path.split('.').next().unwrap_or(path);
    match first {
        "degrees_of_freedom_spec" | "contextual_multi_ads" => {
            (SettingKind::Enhancement, of_switch(&difference.after))
        }
        "targeting" => of_targeting(path, difference),
        "placement_soft_opt_out" => (SettingKind::Placement, Severity::Medium),
        "status" if difference.after == "ACTIVE" => (SettingKind::Status, Severity::High),
        "status" => (SettingKind::Status, Severity::Medium),
        "daily_budget"
        | "lifetime_budget"
        | "spend_cap"
        | "daily_min_spend_target"
        | "daily_spend_cap"
        | "lifetime_min_spend_target"
        | "lifetime_spend_cap"
        | "is_adset_budget_sharing_enabled" => (SettingKind::Budget, Severity::High),
        "bid_strategy" | "bid_amount" | "bid_constraints" | "billing_event"
        | "optimization_goal" => (SettingKind::Bidding, Severity::High),
        "attribution_spec"
        | "is_incremental_attribution_enabled"
        | "promoted_object"
        | "tracking_specs"
        | "conversion_domain"
        | "url_tags" => (SettingKind::Measurement, Severity::Medium),
        "start_time"
        | "stop_time"
        | "end_time"
        | "adset_schedule"
        | "pacing_type"
        | "ad_schedule_start_time"
        | "ad_schedule_end_time"
        | "frequency_control_specs" => (SettingKind::Schedule, Severity::Medium),
        "objective"
        | "buying_type"
        | "special_ad_categories"
        | "special_ad_category_country"
        | "destination_type" => (SettingKind::Other, Severity::Medium),
        _ => (SettingKind::Creative, Severity::Medium),
    }
}

fn of_targeting(path: &str, difference: &Difference) -> (SettingKind, Severity) {
    let second = path.split('.').nth(1).unwrap_or_default();
    match second {
        "targeting_automation" | "targeting_relaxation_types" | "targeting_optimization" => {
            (SettingKind::Automation, of_switch(&difference.after))
        }
        // Without a list Meta chooses the places.
        "publisher_platforms" if difference.emptied => (SettingKind::Automation, Severity::High),
        "publisher_platforms" if difference.filled => (SettingKind::Automation, Severity::Low),
        "publisher_platforms"
        | "device_platforms"
        | "facebook_positions"
        | "instagram_positions"
        | "messenger_positions"
        | "audience_network_positions"
        | "threads_positions"
        | "whatsapp_positions"
        | "excluded_publisher_categories"
        | "excluded_publisher_list_ids"
        | "brand_safety_content_filter_levels" => (SettingKind::Placement, Severity::Medium),
        _ => (SettingKind::Audience, Severity::Medium),
    }
}

/// A switch that is on now costs; one that is off now does not.
fn of_switch(after: &Value) -> Severity {
    let on = match after {
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(word) => !matches!(word.as_str(), "OPT_OUT" | "NONE" | "0" | "none" | ""),
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(_) => true,
    };
    if on { Severity::High } else { Severity::Low }
}
