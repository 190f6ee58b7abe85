//! Which fields somebody can set, and the form that Meta gives each in (its specification of v25).

use serde_json::Value;

use super::schema::{has_field, node_type};
use crate::world::Node;

/// Fields that follow from others, or have a switch of their own.
const FOLLOWS: &[&str] = &[
    "id",
    "account_id",
    "adset_id",
    "budget_remaining",
    "campaign_id",
    "configured_status",
    "created_time",
    "creative",
    "effective_object_story_id",
    "effective_status",
    "name",
    "status",
    "updated_time",
];

#[derive(Clone, Copy)]
enum Form {
    /// Digits in text: an amount in Meta's minor unit.
    Digits,
    Number,
    Switch,
    List,
    Object,
    Text,
}

fn form(field: &str) -> Form {
    match field {
        "daily_budget"
        | "daily_min_spend_target"
        | "daily_spend_cap"
        | "lifetime_budget"
        | "lifetime_min_spend_target"
        | "lifetime_spend_cap"
        | "spend_cap" => Form::Digits,
        "bid_amount" => Form::Number,
        "is_adset_budget_sharing_enabled"
        | "is_dynamic_creative"
        | "is_incremental_attribution_enabled" => Form::Switch,
        "adset_schedule"
        | "attribution_spec"
        | "conversion_specs"
        | "frequency_control_specs"
        | "pacing_type"
        | "special_ad_categories"
        | "special_ad_category_country"
        | "tracking_specs" => Form::List,
        "asset_feed_spec"
        | "bid_constraints"
        | "contextual_multi_ads"
        | "degrees_of_freedom_spec"
        | "object_story_spec"
        | "placement_soft_opt_out"
        | "promoted_object"
        | "targeting" => Form::Object,
        _ => Form::Text,
    }
}

/// Whether a field of the object can be set to this value; if not, why, as a sentence.
pub(crate) fn may_set(node: Node, field: &str, value: &Value) -> Result<(), String> {
    let kind = node_type(node);
    if !has_field(kind, field) {
        return Err(format!("{kind} has no field \"{field}\"."));
    }
    if FOLLOWS.contains(&field) {
        return Err(format!("\"{field}\" cannot be set here."));
    }
    let fits = match (form(field), value) {
        (_, Value::Null)
        | (Form::Number, Value::Number(_))
        | (Form::Switch, Value::Bool(_))
        | (Form::List, Value::Array(_))
        | (Form::Object, Value::Object(_))
        | (Form::Text, Value::String(_)) => true,
        (Form::Digits, Value::String(text)) => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("Meta gives \"{field}\" in another form."))
    }
}
