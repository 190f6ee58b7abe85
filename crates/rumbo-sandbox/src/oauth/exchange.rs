//! `/oauth/access_token`: codes and tokens for tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::graph::{Call, GraphError, Params, dead, invalid_token};
use crate::ledger::Challenge;
use crate::tokens::{Holder, LONG_LIFE, SHORT_LIFE, Token};

/// Codes live this long, in minutes.
const CODE_MINUTES: i64 = 10;

pub(crate) fn answer(app: &App, call: &Call) -> Result<Value, GraphError> {
    let params = &call.params;
    match params.get("client_id") {
        None | Some("") => return Err(GraphError::new(101, "Missing client_id parameter.")),
        Some(id) if id != app.id => {
            return Err(GraphError::new(
                101,
                "Error validating application. Cannot get application info due to a system error.",
            ));
        }
        Some(_) => {}
    }
    let secret = params
        .get("client_secret")
        .filter(|secret| !secret.is_empty());
    if let Some(secret) = secret
        && !bool::from(secret.as_bytes().ct_eq(app.secret.as_bytes()))
    {
        return Err(GraphError::new(1, "Error validating client secret."));
    }
    let with_secret = secret.is_some();
    match params.get("grant_type") {
        Some("client_credentials") if with_secret => Ok(json!({
            "access_token": format!("{}|{}", app.id, app.secret),
            "token_type": "bearer",
        })),
        Some("fb_exchange_token") if with_secret => extend(app, params),
        Some("client_credentials" | "fb_exchange_token") => {
            Err(GraphError::new(1, "Missing client_secret parameter."))
        }
        Some("authorization_code") | None => code(app, params, with_secret),
        Some(other) => Err(GraphError::new(
            100,
            format!("(#100) Invalid grant_type: {other}"),
        )),
    }
}

fn code(app: &App, params: &Params, with_secret: bool) -> Result<Value, GraphError> {
    let now = app.clock.now();
    let Some(text) = params.get("code").filter(|code| !code.is_empty()) else {
        return Err(GraphError::new(100, "Missing authorization code"));
    };
    let Some(redirect_uri) = params.get("redirect_uri") else {
        return Err(GraphError::new(191, "Missing redirect_uri parameter."));
    };
    let code = {
        let mut ledger = app.ledger();
        let Some(code) = ledger.codes.get_mut(text) else {
            return Err(
                GraphError::new(100, "Invalid verification code format.").with_subcode(36_009)
            );
        };
        if code.used {
            return Err(
                GraphError::new(100, "This authorization code has been used.").with_subcode(36_009),
            );
        }
        if now - code.issued > TimeDelta::minutes(CODE_MINUTES) {
            return Err(
                GraphError::new(100, "This authorization code has expired.").with_subcode(36_007)
            );
        }
        if code.redirect_uri != redirect_uri {
            return Err(GraphError::new(
                100,
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
            )
            .with_subcode(36_008));
        }
        // A challenge binds the code to the program that asked, secret or not.
        match (&code.challenge, params.get("code_verifier")) {
            (Some(challenge), Some(verifier)) if verifies(challenge, verifier) => {}
            (Some(_), _) => {
                return Err(GraphError::new(
                    1,
                    "Invalid code verifier. Code verifier should be a cryptographically random string using the characters A-Z, a-z, 0-9, and the punctuation characters -._~ (hyphen, period, underscore, and tilde), between 43 and 128 characters long.",
                ));
            }
            (None, _) if !with_secret => {
                return Err(GraphError::new(1, "Missing client_secret parameter."));
            }
            (None, _) => {}
        }
        code.used = true;
        code.clone()
    };
    let mut token = Token::user(code.granted, now, SHORT_LIFE);
    token.declined = code.declined;
    let text = app.issue(token);
    Ok(json!({ "access_token": text, "token_type": "bearer", "expires_in": SHORT_LIFE }))
}

/// RFC 7636: 43 to 128 unreserved characters whose hash is the challenge.
fn verifies(challenge: &Challenge, verifier: &str) -> bool {
    let shaped = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let value = if challenge.sha256 {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
    } else {
        verifier.to_owned()
    };
    shaped && bool::from(value.as_bytes().ct_eq(challenge.value.as_bytes()))
}

/// A short-lived token for a long-lived one. An expired token cannot be exchanged.
fn extend(app: &App, params: &Params) -> Result<Value, GraphError> {
    let now = app.clock.now();
    let Some(text) = params
        .get("fb_exchange_token")
        .filter(|text| !text.is_empty())
    else {
        return Err(GraphError::new(
            100,
            "(#100) The parameter fb_exchange_token is required.",
        ));
    };
    let old = app
        .ledger()
        .tokens
        .get(text)
        .cloned()
        .ok_or_else(|| invalid_token(text))?;
    if let Some(death) = old.trouble(now) {
        return Err(dead(death));
    }
    if old.holder != Holder::User {
        return Err(GraphError::new(
            100,
            "(#100) This token cannot be exchanged.",
        ));
    }
    let token = Token {
        issued: now,
        expires: Some(now + TimeDelta::seconds(LONG_LIFE)),
        ..old
    };
    let text = app.issue(token);
    Ok(json!({ "access_token": text, "token_type": "bearer", "expires_in": LONG_LIFE }))
}
