//! `/me/permissions`: what was granted, and taking it back.

use serde_json::{Value, json};

use crate::graph::{Context, GraphError, Method, success};
use crate::tokens::{Death, Holder, Token};

pub(crate) fn answer(context: &Context<'_>) -> Result<Value, GraphError> {
    match context.call.method {
        Method::Get => {
            let session = context.session;
            let row =
                |scope: &String, status: &str| json!({ "permission": scope, "status": status });
            let wanted = context.call.params.get("permission");
            let status = context.call.params.get("status");
            let rows: Vec<Value> = session
                .granted
                .iter()
                .map(|scope| row(scope, "granted"))
                .chain(session.declined.iter().map(|scope| row(scope, "declined")))
                .filter(|row| wanted.is_none_or(|wanted| row["permission"] == wanted))
                .filter(|row| status.is_none_or(|status| row["status"] == status))
                .collect();
            Ok(json!({ "data": rows }))
        }
        Method::Delete => {
            let mut ledger = context.app.ledger();
            if let Some(permission) = context.call.params.get("permission") {
                // The person takes back what the person gave; a system user's and the app's own
                // tokens were given by others.
                for token in ledger.tokens.values_mut().filter(|token| of_person(token)) {
                    if token.granted.remove(permission) {
                        token.declined.insert(permission.to_owned());
                    }
                }
            } else {
                // The person takes the app out: every token of theirs stops working.
                ledger
                    .tokens
                    .values_mut()
                    .filter(|token| of_person(token))
                    .for_each(|token| token.dead = Some(Death::AppRemoved));
                ledger.declined.clear();
            }
            Ok(success())
        }
        Method::Post | Method::Patch => Err(GraphError::no_such_object("me", "post")),
    }
}

fn of_person(token: &Token) -> bool {
    matches!(token.holder, Holder::User | Holder::Page(_))
}
