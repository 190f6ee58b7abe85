//! Who is calling: token, proof and permissions.

use std::collections::BTreeSet;

use super::call::Call;
use super::error::GraphError;
use crate::app::App;
use crate::tokens::{Death, Holder};

/// A caller whose token has been checked.
#[derive(Debug)]
pub(crate) struct Session {
    pub token: String,
    pub holder: Holder,
    pub granted: BTreeSet<String>,
    pub declined: BTreeSet<String>,
}

impl Session {
    /// Refuses unless one of the permissions was granted.
    pub(crate) fn need(&self, any: &[&str]) -> Result<(), GraphError> {
        if any.iter().any(|scope| self.granted.contains(*scope)) {
            return Ok(());
        }
        Err(match any {
            ["ads_read", ..] => GraphError::permission(
                "Ad account owner has NOT grant ads_management or ads_read permission",
            ),
            [first, ..] => {
                GraphError::permission(format!("Requires {first} permission to manage the object"))
            }
            [] => GraphError::permission("Permissions error"),
        })
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.granted.contains(scope)
    }
}

pub(super) fn open(app: &App, call: &Call) -> Result<Session, GraphError> {
    let Some(text) = call.token() else {
        return Err(if call.path.first().is_some_and(|first| first == "me") {
            GraphError::new(
                2500,
                "An active access token must be used to query information about the current user.",
            )
        } else {
            GraphError::new(104, "An access token is required to request this resource.")
        });
    };
    let now = app.clock.now();
    let ledger = app.ledger();
    let token = ledger.tokens.get(text).ok_or_else(|| invalid(text))?;
    if let Some(death) = token.trouble(now) {
        return Err(dead(death));
    }
    match call.params.get("appsecret_proof") {
        Some(proof) if app.is_proof(text, proof) => {}
        Some(_) => {
            return Err(GraphError {
                kind: "GraphMethodException",
                ..GraphError::parameter("Invalid appsecret_proof provided in the API argument")
            });
        }
        None if ledger.switches.require_appsecret_proof && token.holder != Holder::App => {
            return Err(GraphError {
                kind: "GraphMethodException",
                ..GraphError::parameter(
                    "API calls from the server require an appsecret_proof argument",
                )
            });
        }
        None => {}
    }
    Ok(Session {
        token: text.to_owned(),
        holder: token.holder,
        granted: token.granted.clone(),
        declined: token.declined.clone(),
    })
}

/// A text that is no token at all.
pub(crate) fn invalid(text: &str) -> GraphError {
    let message = if text.starts_with("EAA") {
        "Error validating access token: The access token is invalid."
    } else {
        "Invalid OAuth access token - Cannot parse access token"
    };
    GraphError {
        status: 401,
        ..GraphError::new(190, message)
    }
}

/// A token that worked once.
pub(crate) fn dead(death: Death) -> GraphError {
    GraphError {
        status: 401,
        ..GraphError::new(190, death.message())
    }
    .with_subcode(death.subcode())
}
