//! The person as a member of businesses, with tasks on their ad accounts.

use serde_json::{Value, json};

use super::Context;
use super::error::GraphError;

/// The person's id inside a business; another one than the person's own.
fn member_id(business: u64) -> String {
    (business + 41_000_000_000_000).to_string()
}

/// `/me/business_users`
pub(super) fn memberships(context: &Context<'_>) -> Result<Value, GraphError> {
    context.session.need(&["business_management"])?;
    let rows: Vec<Value> = context
        .world
        .businesses
        .iter()
        .map(|business| {
            json!({
                "id": member_id(business.id),
                "name": context.world.user_name,
                "business": { "id": business.id.to_string(), "name": business.name },
            })
        })
        .collect();
    Ok(json!({ "data": rows }))
}

/// `/<ad account>/assigned_users?business=…`
pub(super) fn assigned(context: &Context<'_>, account: usize) -> Result<Value, GraphError> {
    let Some(asked) = context.call.params.get("business") else {
        return Err(GraphError::parameter("The parameter business is required."));
    };
    let owner = context
        .world
        .accounts
        .get(account)
        .filter(|account| account.readable)
        .and_then(|account| context.world.businesses.get(account.business))
        .filter(|business| business.id.to_string() == asked);
    let rows: Vec<Value> = owner
        .map(|business| {
            json!({
                "id": member_id(business.id),
                "name": context.world.user_name,
                "tasks": ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"],
            })
        })
        .into_iter()
        .collect();
    Ok(json!({ "data": rows }))
}
