//! The `filtering` parameter and the other ways to narrow a list.

use serde_json::Value;

use super::Context;
use super::call::Params;
use super::error::GraphError;
use crate::world::{Node, World, local_day};

/// Meta's operators.
const OPERATORS: &[&str] = &[
    "EQUAL",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN",
    "LESS_THAN_OR_EQUAL",
    "IN_RANGE",
    "NOT_IN_RANGE",
    "CONTAIN",
    "NOT_CONTAIN",
    "CONTAINS_ANY",
    "NOT_CONTAINS_ANY",
    "IN",
    "NOT_IN",
    "STARTS_WITH",
    "ENDS_WITH",
    "ANY",
    "ALL",
    "AFTER",
    "BEFORE",
    "ON_OR_AFTER",
    "ON_OR_BEFORE",
    "NONE",
    "TOP",
];

/// One condition: `{"field":"ad.updated_time","operator":"GREATER_THAN","value":1763600000}`.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub field: String,
    pub operator: String,
    pub value: Value,
}

/// Reads and checks the conditions of a call.
pub(crate) fn conditions(params: &Params) -> Result<Vec<Condition>, GraphError> {
    let Some(given) = params.json("filtering")? else {
        return Ok(Vec::new());
    };
    let Value::Array(items) = given else {
        return Err(GraphError::parameter("Param filtering must be an array."));
    };
    let mut conditions = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let text = |name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
        let missing = |name: &str| {
            GraphError::parameter(format!(
                "The parameter filtering[{at}][{name}] is required."
            ))
        };
        let field = text("field").ok_or_else(|| missing("field"))?;
        let operator = text("operator").ok_or_else(|| missing("operator"))?;
        if !OPERATORS.contains(&operator.as_str()) {
            return Err(GraphError::parameter(format!(
                "filtering[{at}][operator] must be one of the following values: {}",
                OPERATORS.join(", ")
            )));
        }
        let value = item.get("value").cloned().ok_or_else(|| missing("value"))?;
        if matches!(operator.as_str(), "IN" | "NOT_IN") && !value.is_array() {
            return Err(GraphError::parameter(format!(
                "Param filtering[{at}][value] must be an array."
            )));
        }
        conditions.push(Condition {
            field,
            operator,
            value,
        });
    }
    Ok(conditions)
}

impl Condition {
    pub(crate) fn unsupported(&self) -> GraphError {
        GraphError::parameter(format!(
            "Filtering field {} with operation {} is not supported",
            self.field,
            self.operator.to_ascii_lowercase()
        ))
    }

    /// Whether a text passes.
    pub(crate) fn takes_text(&self, text: &str) -> Result<bool, GraphError> {
        let one = || value_text(&self.value);
        let many = || -> Vec<String> {
            self.value
                .as_array()
                .map(|list| list.iter().map(value_text).collect())
                .unwrap_or_default()
        };
        let lower = text.to_lowercase();
        Ok(match self.operator.as_str() {
            "EQUAL" => text == one(),
            "NOT_EQUAL" => text != one(),
            "IN" => many().iter().any(|item| item == text),
            "NOT_IN" => !many().iter().any(|item| item == text),
            "CONTAIN" => lower.contains(&one().to_lowercase()),
            "NOT_CONTAIN" => !lower.contains(&one().to_lowercase()),
            "STARTS_WITH" => lower.starts_with(&one().to_lowercase()),
            "ENDS_WITH" => lower.ends_with(&one().to_lowercase()),
            _ => return Err(self.unsupported()),
        })
    }

    /// Whether a number passes. `scale` is what the number has been multiplied by.
    pub(crate) fn takes_number(&self, number: i128, scale: i128) -> Result<bool, GraphError> {
        let read = |value: &Value| -> Result<i128, GraphError> {
            scaled(&value_text(value), scale).ok_or_else(|| {
                GraphError::parameter(format!(
                    "Param filtering value of {} must be a number.",
                    self.field
                ))
            })
        };
        let range = || -> Result<(i128, i128), GraphError> {
            match self.value.as_array().map(Vec::as_slice) {
                Some([low, high]) => Ok((read(low)?, read(high)?)),
                _ => Err(GraphError::parameter(
                    "Param filtering value must hold two numbers.",
                )),
            }
        };
        Ok(match self.operator.as_str() {
            "EQUAL" => number == read(&self.value)?,
            "NOT_EQUAL" => number != read(&self.value)?,
            "GREATER_THAN" | "AFTER" => number > read(&self.value)?,
            "GREATER_THAN_OR_EQUAL" | "ON_OR_AFTER" => number >= read(&self.value)?,
            "LESS_THAN" | "BEFORE" => number < read(&self.value)?,
            "LESS_THAN_OR_EQUAL" | "ON_OR_BEFORE" => number <= read(&self.value)?,
            "IN_RANGE" => range().map(|(low, high)| (low..=high).contains(&number))?,
            "NOT_IN_RANGE" => range().map(|(low, high)| !(low..=high).contains(&number))?,
            _ => return Err(self.unsupported()),
        })
    }
}

pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A decimal as a whole number of `1 / scale`.
fn scaled(text: &str, scale: i128) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = usize::try_from(scale.max(1).ilog10()).ok()?;
    let fraction: String = fraction
        .chars()
        .chain("000000".chars())
        .take(digits)
        .collect();
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i128 = whole.parse().ok()?;
    let part: i128 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().ok()?
    };
    Some(whole * scale + sign * part)
}

/// The word Meta's `delivery_info` has for an object.
pub(crate) fn delivery(world: &World, node: Node) -> &'static str {
    match world.effective_status(node) {
        "ACTIVE" => "active",
        "ARCHIVED" => "archived",
        "DELETED" => "deleted",
        _ => "inactive",
    }
}

fn level(node: Node) -> Option<&'static str> {
    match node {
        Node::Campaign(_) => Some("campaign"),
        Node::AdSet(_) => Some("adset"),
        Node::Ad(_) => Some("ad"),
        _ => None,
    }
}

fn updated(world: &World, node: Node) -> Option<i64> {
    match node {
        Node::Campaign(at) => world.campaigns.get(at).map(|it| it.updated),
        Node::AdSet(at) => world.ad_sets.get(at).map(|it| it.updated),
        Node::Ad(at) => world.ads.get(at).map(|it| it.updated),
        _ => None,
    }
    .map(|time| time.timestamp())
}

/// Keeps the objects of a list that the parameters let through. Deleted and archived objects stay
/// out unless their status is asked for.
pub(crate) fn narrow(
    context: &Context<'_>,
    params: &Params,
    nodes: Vec<Node>,
) -> Result<Vec<Node>, GraphError> {
    let world = context.world;
    let conditions = conditions(params)?;
    let statuses = params.list("effective_status")?;
    if let Some(first) = nodes.first().copied() {
        for (at, status) in statuses.iter().enumerate() {
            check_status(first, at, status)?;
        }
    }
    let since = params.whole("updated_since")?;
    let wants_completed = match params.get("is_completed") {
        None => None,
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        Some(_) => {
            return Err(GraphError::parameter(
                "Param is_completed must be a boolean.",
            ));
        }
    };
    let asks_status = !statuses.is_empty()
        || conditions.iter().any(|condition| {
            condition.field.ends_with("effective_status")
                || condition.field.ends_with("delivery_info")
                || condition.field.ends_with(".status")
        });
    let mut kept = Vec::new();
    for node in nodes {
        let status = world.effective_status(node);
        if !asks_status && matches!(status, "DELETED" | "ARCHIVED") {
            continue;
        }
        if !statuses.is_empty() && !statuses.iter().any(|wanted| wanted == status) {
            continue;
        }
        if let (Some(since), Some(updated)) = (since, updated(world, node))
            && u64::try_from(updated).unwrap_or(0) <= since
        {
            continue;
        }
        if wants_completed.is_some_and(|wanted| wanted != is_completed(context, node)) {
            continue;
        }
        if passes(context, node, &conditions)? {
            kept.push(node);
        }
    }
    Ok(kept)
}

/// Whether the campaign of a node has reached its end.
fn is_completed(context: &Context<'_>, node: Node) -> bool {
    let world = context.world;
    let campaign = match node {
        Node::Campaign(at) => world.campaigns.get(at),
        Node::AdSet(at) => world
            .ad_sets
            .get(at)
            .and_then(|set| world.campaigns.get(set.campaign)),
        _ => None,
    };
    campaign.is_some_and(|campaign| {
        let tz = world
            .accounts
            .get(campaign.account)
            .map_or(chrono_tz::UTC, |it| it.tz);
        campaign
            .end
            .is_some_and(|end| end < local_day(context.now, tz))
    })
}

fn passes(context: &Context<'_>, node: Node, conditions: &[Condition]) -> Result<bool, GraphError> {
    let world = context.world;
    for condition in conditions {
        let (prefix, name) = condition
            .field
            .split_once('.')
            .unwrap_or(("", condition.field.as_str()));
        if !prefix.is_empty() && level(node).is_some_and(|own| own != prefix) {
            // A parent's id narrows its children; nothing else of a parent does.
            let parent = match (node, prefix) {
                (Node::Ad(at), "campaign") => world
                    .ads
                    .get(at)
                    .and_then(|it| world.campaigns.get(it.campaign))
                    .map(|it| it.id),
                (Node::Ad(at), "adset") => world
                    .ads
                    .get(at)
                    .and_then(|it| world.ad_sets.get(it.set))
                    .map(|it| it.id),
                (Node::AdSet(at), "campaign") => world
                    .ad_sets
                    .get(at)
                    .and_then(|it| world.campaigns.get(it.campaign))
                    .map(|it| it.id),
                _ => None,
            };
            match parent {
                Some(id) if name == "id" => {
                    if !condition.takes_text(&id.to_string())? {
                        return Ok(false);
                    }
                    continue;
                }
                _ => return Err(condition.unsupported()),
            }
        }
        let text = |field: &str| {
            super::scalars::value(context, node, field).map(|value| value_text(&value))
        };
        let taken = match name {
            "id" | "name" | "objective" | "status" | "configured_status" => {
                condition.takes_text(&text(name).unwrap_or_default())?
            }
            "effective_status" => condition.takes_text(world.effective_status(node))?,
            "delivery_info" => condition.takes_text(delivery(world, node))?,
            "updated_time" => {
                condition.takes_number(i128::from(updated(world, node).unwrap_or(0)), 1)?
            }
            "created_time" => condition.takes_number(
                i128::from(super::scalars::created(world, node).map_or(0, |time| time.timestamp())),
                1,
            )?,
            _ => return Err(condition.unsupported()),
        };
        if !taken {
            return Ok(false);
        }
    }
    Ok(true)
}

fn check_status(node: Node, at: usize, status: &str) -> Result<(), GraphError> {
    let mut known = vec![
        "ACTIVE",
        "ARCHIVED",
        "DELETED",
        "IN_PROCESS",
        "PAUSED",
        "WITH_ISSUES",
    ];
    if matches!(node, Node::AdSet(_) | Node::Ad(_)) {
        known.push("CAMPAIGN_PAUSED");
    }
    if matches!(node, Node::Ad(_)) {
        known.extend([
            "ADSET_PAUSED",
            "DISAPPROVED",
            "PENDING_BILLING_INFO",
            "PENDING_REVIEW",
            "PREAPPROVED",
        ]);
    }
    if known.contains(&status) {
        return Ok(());
    }
    known.sort_unstable();
    Err(GraphError::parameter(format!(
        "effective_status[{at}] must be one of the following values: {}",
        known.join(", ")
    )))
}
