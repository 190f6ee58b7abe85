//! Answering a call: faults, quotas, Graph, headers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::Value;

use super::log;
use super::reply::Reply;
use crate::app::App;
use crate::clock::machine_time;
use crate::fault::{Effect, error_of};
use crate::graph::{Call, GraphError, Method, answer, batch, listing};
use crate::insights::job::Fate;
use crate::messages::{Carrier, Wire};
use crate::meta_messages::ycloud;
use crate::tokens::Death;
use crate::usage;

/// An answer and what is to be done to it on its way out.
#[derive(Debug)]
pub(super) struct Outcome {
    reply: Reply,
    spoil: Option<Effect>,
}

impl Outcome {
    pub(super) async fn into_response(self) -> Response {
        match self.spoil {
            Some(Effect::Slow { milliseconds }) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                self.reply.into_response()
            }
            Some(Effect::Truncate) => {
                let mut reply = self.reply;
                reply.body.truncate(reply.body.len() / 2);
                reply.into_response()
            }
            Some(Effect::Html { status }) => {
                let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>Sorry, something went wrong.</h1></body></html>";
                Reply::html(status, page.to_owned()).into_response()
            }
            Some(Effect::Empty) => {
                let mut reply = self.reply;
                reply.body.clear();
                reply.into_response()
            }
            Some(Effect::Drop) => self.reply.with_body(broken),
            _ => self.reply.into_response(),
        }
    }
}

/// A body that ends in the middle with an error, so that the connection is closed.
fn broken(bytes: Vec<u8>) -> Body {
    let half = Bytes::from(bytes).slice(..0);
    let parts = [Ok(half), Err(std::io::Error::other("dropped on demand"))];
    Body::from_stream(futures::stream::iter(parts))
}

/// Answers what came over the wire.
pub(super) fn from_wire(app: &Arc<App>, call: &Call) -> Outcome {
    let is_batch =
        call.method == Method::Post && call.path.is_empty() && call.params.get("batch").is_some();
    if call.path.first().is_some_and(|first| first == "v2") {
        return beside_graph(app, call);
    }
    if !is_batch {
        return one(app, call);
    }
    let effect = strike(app, call);
    if let Some(outcome) = effect
        .as_ref()
        .and_then(|effect| refused(app, call, effect))
    {
        return outcome;
    }
    let with_headers = call.params.get("include_headers") != Some("false");
    let calls = match check_caller(app, call).and_then(|()| batch::calls(call)) {
        Ok(calls) => calls,
        Err(error) => {
            let reply = error_reply(app, call, &error, false);
            log::write(app, call, reply.status, Some(error.code), None);
            return Outcome { reply, spoil: None };
        }
    };
    let mut entries: Vec<Value> = Vec::new();
    for (at, inner) in calls.into_iter().enumerate() {
        let is_lost =
            matches!(&effect, Some(Effect::NullEntries { entries }) if entries.contains(&at));
        if is_lost {
            entries.push(Value::Null);
            continue;
        }
        let reply = match inner {
            Ok(inner) => {
                let outcome = one(app, &inner);
                match outcome.spoil {
                    // What breaks a connection loses an entry.
                    Some(Effect::Drop | Effect::Empty | Effect::Truncate | Effect::Html { .. }) => {
                        entries.push(Value::Null);
                        continue;
                    }
                    _ => outcome.reply,
                }
            }
            Err(error) => error_reply(app, call, &error, false),
        };
        let body = String::from_utf8_lossy(&reply.body);
        entries.push(batch::entry(
            reply.status,
            &reply.headers,
            &body,
            with_headers,
        ));
    }
    let name = effect.as_ref().map(name_of);
    log::write(app, call, 200, None, name);
    Outcome {
        reply: Reply::json(200, &Value::from(entries)),
        spoil: effect,
    }
}

/// Answers a call to YCloud, which knows none of Graph's rules.
fn beside_graph(app: &Arc<App>, call: &Call) -> Outcome {
    let effect = strike(app, call);
    let name = effect.as_ref().map(name_of);
    if let Some((error, _)) = effect.as_ref().and_then(error_of) {
        let reply = ycloud::fault(&error);
        log::write(app, call, reply.status, Some(error.code), name);
        return Outcome { reply, spoil: None };
    }
    let reply = ycloud::answer(app, call);
    log::write(app, call, reply.status, None, name);
    Outcome {
        reply,
        spoil: effect,
    }
}

/// A batch needs a token of its own, unless every entry has one.
fn check_caller(app: &App, call: &Call) -> Result<(), GraphError> {
    match call.token() {
        Some(text) if !app.ledger().tokens.contains_key(text) => {
            Err(crate::graph::invalid_token(text))
        }
        _ => Ok(()),
    }
}

/// Answers one call, from the wire or from a batch.
fn one(app: &Arc<App>, call: &Call) -> Outcome {
    let effect = strike(app, call);
    if let Some(outcome) = effect
        .as_ref()
        .and_then(|effect| refused(app, call, effect))
    {
        return outcome;
    }
    match &effect {
        Some(Effect::JobFailed) => app.ledger().next_job_fate = Some(Fate::Fail),
        Some(Effect::JobSkipped) => app.ledger().next_job_fate = Some(Fate::Skip),
        Some(Effect::JobStuck) => app.ledger().next_job_fate = Some(Fate::Stick),
        Some(Effect::KillToken { subcode }) => {
            if let (Some(death), Some(text)) = (Death::of(*subcode), call.token())
                && let Some(token) = app.ledger().tokens.get_mut(text)
            {
                token.dead = Some(death);
            }
        }
        _ => {}
    }
    let charge = usage::charge(app, &app.world(), call);
    let answered = usage::count(app, &charge).and_then(|()| answer(app, call));
    let (mut reply, code) = match answered {
        Ok(value) => {
            let value = twist(app, call, value, effect.as_ref());
            (Reply::json(200, &value), None)
        }
        Err(error) => (error_reply(app, call, &error, false), Some(error.code)),
    };
    reply.headers.extend(usage::headers(app, &charge));
    reply.headers.extend(common_headers(app, call));
    log::write(app, call, reply.status, code, effect.as_ref().map(name_of));
    Outcome {
        reply,
        spoil: effect,
    }
}

/// Headers of every Graph answer.
fn common_headers(app: &App, call: &Call) -> Vec<(String, String)> {
    let mut headers = vec![
        (
            "facebook-api-version".to_owned(),
            call.served_version().to_owned(),
        ),
        ("x-fb-trace-id".to_owned(), trace(app, call)),
        (
            "cache-control".to_owned(),
            "private, no-cache, no-store, must-revalidate".to_owned(),
        ),
    ];
    let ahead = app.ledger().switches.date_ahead_seconds;
    if ahead != 0 {
        let date = machine_time() + TimeDelta::seconds(ahead);
        headers.push((
            "date".to_owned(),
            date.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        ));
    }
    if call.is_outdated() {
        let asked = call.version.as_deref().unwrap_or_default();
        headers.push((
            "x-ad-api-version-warning".to_owned(),
            format!(
                "The call has been auto-upgraded to {} as {asked} has been deprecated.",
                call.served_version()
            ),
        ));
    }
    headers
}

/// Stands for Meta's trace id; the same call has the same one.
fn trace(app: &App, call: &Call) -> String {
    format!(
        "A{}",
        app.dice.with(500).with_text(&call.path_text()).text(22)
    )
}

/// Answers a call to a provider of messages.
pub(super) fn from_carrier(
    app: &Arc<App>,
    carrier: Carrier,
    call: &Call,
    wire: &Wire<'_>,
) -> Outcome {
    let effect = strike(app, call);
    if let Some((error, _)) = effect.as_ref().and_then(error_of) {
        let reply = carrier.error(error.status, error.code, &error.message);
        let name = effect.as_ref().map(name_of);
        log::write(app, call, reply.status, Some(error.code), name);
        return Outcome { reply, spoil: None };
    }
    let reply = carrier.answer(app, wire);
    let name = effect.as_ref().map(name_of);
    log::write(app, call, reply.status, None, name);
    Outcome {
        reply,
        spoil: effect,
    }
}

/// The first armed fault that hits this call.
pub(crate) fn strike(app: &App, call: &Call) -> Option<Effect> {
    let mut ledger = app.ledger();
    let hit = ledger
        .faults
        .iter_mut()
        .find_map(|armed| armed.strikes(call).then(|| armed.fault.then.clone()));
    ledger.faults.retain(|armed| !armed.is_spent());
    hit
}

/// The answer of a fault that is an error.
fn refused(app: &App, call: &Call, effect: &Effect) -> Option<Outcome> {
    let (error, http_ok) = error_of(effect)?;
    let mut reply = error_reply(app, call, &error, http_ok);
    let charge = usage::charge(app, &app.world(), call);
    reply.headers.extend(usage::headers(app, &charge));
    reply.headers.extend(common_headers(app, call));
    log::write(
        app,
        call,
        reply.status,
        Some(error.code),
        Some(name_of(effect)),
    );
    Some(Outcome { reply, spoil: None })
}

fn error_reply(app: &App, call: &Call, error: &GraphError, http_ok: bool) -> Reply {
    let status = if http_ok { 200 } else { error.status };
    Reply::json(status, &error.body(&trace(app, call)))
}

/// Changes a right answer into a wrong one that still parses.
fn twist(app: &App, call: &Call, mut value: Value, effect: Option<&Effect>) -> Value {
    match effect {
        Some(Effect::EmptyPage) => {
            let first = value.pointer("/paging/cursors/before");
            let held = first.and_then(Value::as_str).and_then(listing::one_before);
            if let (Some(held), Some(answer)) = (held, value.as_object_mut()) {
                let mut query = call.params.clone();
                query.remove("before");
                query.remove("appsecret_proof");
                query.set("access_token", call.token().unwrap_or_default());
                query.set("after", held.clone());
                let next = format!(
                    "{}/{}/{}?{}",
                    app.origin,
                    call.served_version(),
                    call.path_text(),
                    query.encoded()
                );
                answer.insert("data".to_owned(), Value::Array(Vec::new()));
                let cursors = serde_json::json!({ "before": held, "after": held });
                let paging = serde_json::json!({ "cursors": cursors, "next": next });
                answer.insert("paging".to_owned(), paging);
            }
        }
        Some(Effect::NoRows) => {
            if let Some(answer) = value.as_object_mut() {
                answer.insert("data".to_owned(), Value::Array(Vec::new()));
                answer.remove("paging");
            }
        }
        Some(Effect::PagingLoop) => {
            if let Some(paging) = value.get_mut("paging").and_then(Value::as_object_mut)
                && let Some(Value::String(next)) = paging.get("next").cloned()
                && let Some(before) = paging
                    .get("cursors")
                    .and_then(|cursors| cursors.get("before"))
                    .cloned()
            {
                // A `next` that leads back: the same page again, for ever.
                let looped = url::Url::parse(&next).map(|mut url| {
                    let kept: Vec<(String, String)> = url
                        .query_pairs()
                        .filter(|(name, _)| name != "after")
                        .map(|(name, value)| (name.into_owned(), value.into_owned()))
                        .collect();
                    url.query_pairs_mut().clear().extend_pairs(kept);
                    url.to_string()
                });
                if let Ok(looped) = looped {
                    paging.insert("next".to_owned(), looped.into());
                    let same = serde_json::json!({ "before": before, "after": before });
                    paging.insert("cursors".to_owned(), same);
                }
            }
        }
        _ => {}
    }
    value
}

/// The effect's name, as it stands in the log.
fn name_of(effect: &Effect) -> String {
    match effect {
        Effect::Preset { name, .. } => name.clone(),
        other => serde_json::to_value(other)
            .ok()
            .and_then(|value| {
                value
                    .get("effect")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            })
            .unwrap_or_default(),
    }
}
