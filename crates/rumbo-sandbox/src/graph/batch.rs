//! Many calls in one.

use serde_json::{Value, json};

use super::call::{Call, Method, Params};
use super::error::GraphError;

/// Calls one batch may hold.
const MOST: usize = 50;

/// The calls of a batch, in order; `Err` for an entry that cannot be read.
pub(crate) fn calls(call: &Call) -> Result<Vec<Result<Call, GraphError>>, GraphError> {
    let Some(Value::Array(entries)) = call.params.json("batch")? else {
        return Err(GraphError::parameter("Param batch must be an array."));
    };
    if entries.len() > MOST {
        return Err(GraphError::parameter(format!(
            "Too many requests in batch message. Maximum batch size is {MOST}"
        )));
    }
    Ok(entries.iter().map(|entry| one(call, entry)).collect())
}

fn one(outer: &Call, entry: &Value) -> Result<Call, GraphError> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let missing =
        |name: &str| GraphError::parameter(format!("The {name} of a batch entry is missing."));
    let method = text("method")
        .and_then(Method::parse)
        .ok_or_else(|| missing("method"))?;
    let relative = text("relative_url").ok_or_else(|| missing("relative_url"))?;
    let (path, query) = relative.split_once('?').unwrap_or((relative, ""));
    let mut params = Params::default();
    params.add_encoded(query.as_bytes());
    if let Some(body) = text("body") {
        params.add_encoded(body.as_bytes());
    }
    // An entry speaks for itself or with the batch's voice.
    for name in ["access_token", "appsecret_proof"] {
        if params.get("access_token").is_none()
            && let Some(value) = outer.params.get(name)
        {
            params.set(name, value.to_owned());
        }
    }
    if params.get("appsecret_proof").is_none()
        && params.get("access_token") == outer.params.get("access_token")
        && let Some(proof) = outer.params.get("appsecret_proof")
    {
        params.set("appsecret_proof", proof.to_owned());
    }
    let mut call = Call::new(method, path, params);
    call.bearer.clone_from(&outer.bearer);
    if call.version.is_none() {
        call.version.clone_from(&outer.version);
    }
    Ok(call)
}

/// One entry of the answer.
pub(crate) fn entry(
    status: u16,
    headers: &[(String, String)],
    body: &str,
    with_headers: bool,
) -> Value {
    let mut entry = json!({ "code": status, "body": body });
    if with_headers && let Some(fields) = entry.as_object_mut() {
        let list: Vec<Value> = headers
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        fields.insert("headers".to_owned(), list.into());
    }
    entry
}
