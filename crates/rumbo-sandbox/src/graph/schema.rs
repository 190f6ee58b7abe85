//! Field and value names that exist at Meta, from `data/fields.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::error::GraphError;
use crate::world::Node;

#[derive(Deserialize, Default)]
struct Names {
    fields: BTreeMap<String, BTreeSet<String>>,
    enums: BTreeMap<String, BTreeSet<String>>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/fields.json")).unwrap_or_default()
});

/// Whether objects of this type have this field.
pub(crate) fn has_field(node_type: &str, field: &str) -> bool {
    NAMES
        .fields
        .get(node_type)
        .is_some_and(|fields| fields.contains(field))
}

/// Refuses a value outside Meta's list, in Meta's words.
pub(crate) fn check_enum(list: &str, param: &str, value: &str) -> Result<(), GraphError> {
    let Some(values) = NAMES.enums.get(list) else {
        return Ok(());
    };
    if values.contains(value) {
        return Ok(());
    }
    let all: Vec<&str> = values.iter().map(String::as_str).collect();
    Err(GraphError::parameter(format!(
        "{param} must be one of the following values: {}",
        all.join(", ")
    )))
}

/// Meta's name of the node's type.
pub(crate) fn node_type(node: Node) -> &'static str {
    match node {
        Node::User => "User",
        Node::Business(_) => "Business",
        Node::Account(_) => "AdAccount",
        Node::Campaign(_) => "Campaign",
        Node::AdSet(_) => "AdSet",
        Node::Ad(_) => "Ad",
        Node::Creative(_) => "AdCreative",
        Node::Page(_) => "Page",
        Node::Form(_) => "LeadgenForm",
        Node::Pixel(_) => "AdsPixel",
        Node::Waba(_) => "WhatsAppBusinessAccount",
        Node::Phone(_) => "WhatsAppBusinessPhoneNumber",
    }
}
