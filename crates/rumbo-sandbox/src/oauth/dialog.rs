//! `/vXX.0/dialog/oauth`: a plain HTML form, which `curl` can post too.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use url::form_urlencoded;

use super::{page, redirect};
use crate::app::App;
use crate::graph::Params;
use crate::ledger::{Challenge, Code};
use crate::server::Reply;
use crate::tokens::{SCOPES, SHORT_LIFE, Token};

pub(crate) use page::login_success;

/// What the dialog was asked for.
struct Request {
    redirect_uri: String,
    state: Option<String>,
    wants_code: bool,
    wants_token: bool,
    wants_scopes: bool,
    challenge: Option<Challenge>,
    asked: Vec<String>,
    offered: Vec<String>,
}

/// Shows the form.
pub(crate) fn show(app: &App, params: &Params) -> Reply {
    match read(app, params) {
        Ok(request) => {
            let hidden: Vec<(String, String)> = params
                .names()
                .filter(|name| !matches!(*name, "granted" | "decision"))
                .filter_map(|name| Some((name.to_owned(), params.get(name)?.to_owned())))
                .collect();
            let person = app.world().user_name;
            Reply::html(200, page::dialog(person, &hidden, &request.offered))
        }
        Err(refusal) => refusal,
    }
}

/// Takes the person's decision and sends the browser back. `granted` are the ticked boxes;
/// `decision` is `approve`, `approve_all` (as if every box were ticked) or `cancel`.
pub(crate) fn decide(app: &App, params: &Params, granted: &[String]) -> Reply {
    let request = match read(app, params) {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let state = request
        .state
        .clone()
        .map(|state| ("state".to_owned(), state));
    let mut answer: Vec<(String, String)> = Vec::new();
    match params.get("decision") {
        Some("cancel") => {
            for (name, value) in [
                ("error", "access_denied"),
                ("error_code", "200"),
                ("error_description", "Permissions error"),
                ("error_reason", "user_denied"),
            ] {
                answer.push((name.to_owned(), value.to_owned()));
            }
            answer.extend(state);
            return back(&request.redirect_uri, &answer, false);
        }
        Some("approve" | "approve_all") => {}
        _ => {
            return Reply::html(
                400,
                page::refusal(
                    "No decision",
                    "Send decision=approve, approve_all or cancel.",
                ),
            );
        }
    }
    let all = params.get("decision") == Some("approve_all");
    let (given, kept_back): (BTreeSet<String>, BTreeSet<String>) =
        request.asked.iter().cloned().partition(|scope| {
            scope == "public_profile"
                || request.offered.contains(scope) && (all || granted.contains(scope))
        });
    let now = app.clock.now();
    {
        let mut ledger = app.ledger();
        ledger.declined.retain(|scope| !given.contains(scope));
        ledger.declined.extend(kept_back.iter().cloned());
    }
    if request.wants_code {
        let mut ledger = app.ledger();
        let serial = ledger.next_serial();
        let text = format!("AQ{}", app.dice.with(400).with(serial).text(180));
        let code = Code {
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge,
            granted: given.clone(),
            declined: kept_back.clone(),
            issued: now,
            used: false,
        };
        ledger.codes.insert(text.clone(), code);
        answer.push(("code".to_owned(), text));
    }
    if request.wants_token {
        let mut token = Token::user(given.clone(), now, SHORT_LIFE);
        token.declined.clone_from(&kept_back);
        let data_until = now + TimeDelta::days(crate::tokens::DATA_ACCESS_DAYS);
        let text = app.issue(token);
        answer.push(("access_token".to_owned(), text));
        answer.push((
            "data_access_expiration_time".to_owned(),
            data_until.timestamp().to_string(),
        ));
        answer.push(("expires_in".to_owned(), SHORT_LIFE.to_string()));
    }
    if request.wants_scopes {
        let list = |scopes: &BTreeSet<String>| scopes.iter().cloned().collect::<Vec<_>>().join(",");
        answer.push(("granted_scopes".to_owned(), list(&given)));
        answer.push(("denied_scopes".to_owned(), list(&kept_back)));
    }
    answer.extend(state);
    back(&request.redirect_uri, &answer, request.wants_token)
}

/// Sends the browser back. Tokens travel in the fragment; after a query Meta adds `#_=_`.
fn back(redirect_uri: &str, answer: &[(String, String)], in_fragment: bool) -> Reply {
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(answer)
        .finish();
    let joint = match (in_fragment, redirect_uri.contains('?')) {
        (true, _) => "#",
        (false, true) => "&",
        (false, false) => "?",
    };
    let tail = if in_fragment { "" } else { "#_=_" };
    Reply::redirect(&format!("{redirect_uri}{joint}{encoded}{tail}"))
}

fn read(app: &App, params: &Params) -> Result<Request, Reply> {
    let refuse = |title: &str, text: &str| Err(Reply::html(400, page::refusal(title, text)));
    match params.get("client_id") {
        None | Some("") => {
            return refuse("Invalid App ID", "The parameter app_id is required");
        }
        Some(id) if id != app.id => {
            return refuse(
                "Invalid App ID",
                "The provided app ID does not look like a valid app ID.",
            );
        }
        Some(_) => {}
    }
    let Some(redirect_uri) = params.get("redirect_uri").filter(|uri| !uri.is_empty()) else {
        return refuse(
            "Missing redirect_uri",
            "The parameter redirect_uri is required",
        );
    };
    if !redirect::is_allowed(app, redirect_uri) {
        let text = format!(
            "This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings. Make sure that the client and web OAuth logins are on and add all your app domains as valid OAuth redirect URIs. Asked for: {redirect_uri}"
        );
        return refuse("URL blocked", &text);
    }
    let kinds = params.get("response_type").unwrap_or("code");
    let kinds: BTreeSet<&str> = kinds
        .split([' ', ',', '+'])
        .filter(|kind| !kind.is_empty())
        .collect();
    let known = ["code", "token", "granted_scopes"];
    if let Some(other) = kinds.iter().find(|kind| !known.contains(kind)) {
        let text = format!("Invalid response_type: {other}");
        return refuse("Invalid parameter", &text);
    }
    let challenge = match (
        params.get("code_challenge"),
        params.get("code_challenge_method"),
    ) {
        (None, None) => None,
        (None, Some(_)) => return refuse("Invalid parameter", "code_challenge is required"),
        (Some(value), method @ (None | Some("plain" | "S256"))) => {
            let sha256 = method == Some("S256");
            Some(Challenge {
                value: value.to_owned(),
                sha256,
            })
        }
        (Some(_), Some(other)) => {
            let text = format!("Invalid code_challenge_method: {other}. Use S256 or plain.");
            return refuse("Invalid parameter", &text);
        }
    };
    let mut asked = vec!["public_profile".to_owned()];
    for scope in params
        .get("scope")
        .unwrap_or("")
        .split([',', ' '])
        .filter(|text| !text.is_empty())
    {
        if scope != "openid" && !SCOPES.contains(&scope) {
            let text = format!(
                "Invalid Scopes: {scope}. This message is only shown to developers. Users of your app will ignore these permissions if present."
            );
            return refuse("Invalid Scopes", &text);
        }
        if !asked.iter().any(|known| known == scope) && scope != "openid" {
            asked.push(scope.to_owned());
        }
    }
    // What was declined before is not offered again unless the app says so.
    let again = params
        .get("auth_type")
        .is_some_and(|kind| kind.contains("rerequest"));
    let declined = app.ledger().declined.clone();
    let offered = asked
        .iter()
        .filter(|scope| again || !declined.contains(*scope))
        .cloned()
        .collect();
    Ok(Request {
        redirect_uri: redirect_uri.to_owned(),
        state: params.get("state").map(str::to_owned),
        wants_code: kinds.contains("code") || !kinds.contains("token"),
        wants_token: kinds.contains("token"),
        wants_scopes: kinds.contains("granted_scopes"),
        challenge,
        asked,
        offered,
    })
}
