//! `/debug_token`.

use serde_json::{Value, json};

use crate::app::App;
use crate::graph::{Call, GraphError, dead, invalid_token};
use crate::tokens::Holder;

pub(crate) fn answer(app: &App, call: &Call) -> Result<Value, GraphError> {
    let now = app.clock.now();
    let Some(asking) = call.token() else {
        return Err(GraphError::new(
            104,
            "An access token is required to request this resource.",
        ));
    };
    let Some(input) = call
        .params
        .get("input_token")
        .filter(|text| !text.is_empty())
    else {
        return Err(GraphError::new(
            100,
            "(#100) The parameter input_token is required",
        ));
    };
    // The world is always taken before the ledger.
    let world = app.world();
    let ledger = app.ledger();
    let asker = ledger
        .tokens
        .get(asking)
        .ok_or_else(|| invalid_token(asking))?;
    if let Some(death) = asker.trouble(now)
        && asking != input
    {
        return Err(dead(death));
    }
    if asker.holder != Holder::App && asking != input {
        return Err(GraphError::new(
            100,
            "(#100) You must provide an app access token, or a user access token that is an owner or developer of the app",
        ));
    }
    let Some(token) = ledger.tokens.get(input) else {
        return Ok(json!({ "data": {
            "error": { "code": 190, "message": "Invalid OAuth access token." },
            "is_valid": false,
            "scopes": [],
        } }));
    };
    let kind = match token.holder {
        Holder::User => "USER",
        Holder::SystemUser => "SYSTEM_USER",
        Holder::App => "APP",
        Holder::Page(_) => "PAGE",
    };
    let trouble = token.trouble(now);
    let accounts: Vec<String> = world
        .accounts
        .iter()
        .filter(|it| it.readable)
        .map(|it| it.id.to_string())
        .collect();
    let pages: Vec<String> = world.pages.iter().map(|it| it.id.to_string()).collect();
    let granular: Vec<Value> = token
        .granted
        .iter()
        .filter_map(|scope| {
            let targets = match scope.as_str() {
                "ads_read" | "ads_management" => &accounts,
                scope if scope.starts_with("pages_") || scope == "leads_retrieval" => &pages,
                _ => return None,
            };
            Some(json!({ "scope": scope, "target_ids": targets }))
        })
        .collect();
    let mut data = json!({
        "app_id": app.id,
        "type": kind,
        "application": "Rumbo sandbox app",
        "is_valid": trouble.is_none(),
        "issued_at": token.issued.timestamp(),
        "expires_at": token.expires.map_or(0, |at| at.timestamp()),
        "data_access_expires_at": token.data_access_expires.map_or(0, |at| at.timestamp()),
        "scopes": token.granted,
        "granular_scopes": granular,
    });
    if let Some(fields) = data.as_object_mut() {
        match token.holder {
            Holder::User | Holder::SystemUser => {
                fields.insert("user_id".to_owned(), world.user_id.to_string().into());
            }
            Holder::Page(at) => {
                let id = world.pages.get(at).map_or(0, |it| it.id);
                fields.insert("profile_id".to_owned(), id.to_string().into());
                fields.insert("user_id".to_owned(), world.user_id.to_string().into());
            }
            Holder::App => {}
        }
        if let Some(death) = trouble {
            let error = json!({
                "code": 190,
                "message": death.message(),
                "subcode": death.subcode(),
            });
            fields.insert("error".to_owned(), error);
        }
    }
    Ok(json!({ "data": data }))
}
