//! Reading what others wrote: numbers that are text, text that is numbers, seconds and milliseconds.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// Text, or a number as text; `None` where it is missing, empty or of another kind.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    plain(value.get(key)?)
}

/// The same of a value itself.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A list, empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A time in seconds since 1970, as text or number.
pub(crate) fn seconds(value: &Value, key: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(whole(value.get(key)?)?, 0)
}

/// A time in milliseconds since 1970, as text or number.
pub(crate) fn milliseconds(value: &Value, key: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(whole(value.get(key)?)?)
}

/// A time as RFC 3339 has it, or nearly: YCloud's own examples have a space instead of the T.
pub(crate) fn rfc3339(value: &Value, key: &str) -> Option<DateTime<Utc>> {
    let text = value.get(key)?.as_str()?;
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z"))
        .ok()
        .map(|at| at.with_timezone(&Utc))
}

/// Sets a field of an object.
pub(crate) fn put(object: &mut Value, field: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value.into());
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
