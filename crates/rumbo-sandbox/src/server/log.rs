//! Remembering calls, without anything secret.

use std::collections::BTreeMap;

use crate::app::App;
use crate::control::CallRecord;
use crate::graph::Call;

/// Calls remembered.
const MOST: usize = 5_000;
/// Characters kept of one parameter.
const LONGEST: usize = 300;
/// Parameters whose values open something.
const SECRET: &[&str] = &[
    "access_token",
    "appsecret_proof",
    "client_secret",
    "code",
    "code_verifier",
    "fb_exchange_token",
    "input_token",
    "batch",
];

/// Writes one call down.
pub(super) fn write(
    app: &App,
    call: &Call,
    status: u16,
    error_code: Option<i64>,
    fault: Option<String>,
) {
    let params: BTreeMap<String, String> = call
        .params
        .names()
        .filter_map(|name| {
            let value = if SECRET.contains(&name) {
                "…"
            } else {
                call.params.get(name)?
            };
            Some((name.to_owned(), value.chars().take(LONGEST).collect()))
        })
        .collect();
    let shape: Vec<&str> = call
        .path
        .iter()
        .map(|part| {
            let digits = part.strip_prefix("act_").unwrap_or(part);
            let is_id = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            match (is_id, part.starts_with("act_")) {
                (true, true) => "act_{id}",
                (true, false) => "{id}",
                (false, _) => part.as_str(),
            }
        })
        .collect();
    let version = call
        .version
        .as_deref()
        .map(|version| format!("{version}/"))
        .unwrap_or_default();
    let record = CallRecord {
        at: app.clock.now(),
        method: call.method.text().to_owned(),
        path: format!("/{version}{}", call.path_text()),
        params,
        status,
        error_code,
        fault,
    };
    let mut ledger = app.ledger();
    let counters = &mut ledger.counters;
    let is_batch = call.path.is_empty() && call.params.get("batch").is_some();
    if is_batch {
        counters.batches += 1;
    } else {
        counters.calls += 1;
    }
    if error_code.is_some() {
        counters.errors += 1;
    }
    if matches!(error_code, Some(4 | 17 | 32 | 341 | 613 | 80_000..=80_014)) {
        counters.throttled += 1;
    }
    if record.fault.is_some() {
        counters.faults += 1;
    }
    let key = format!("{} /{}", record.method, shape.join("/"));
    *counters.by_path.entry(key).or_default() += 1;
    if ledger.calls.len() >= MOST {
        ledger.calls.pop_front();
    }
    ledger.calls.push_back(record);
}
