//! What all listings have in common.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros};
use rumbo_meta::objects::{MetaTime, MinorUnits, Rest};
use serde_json::Value;

use crate::JsonText;
use crate::json_text::canonical;

/// What writing a listing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectCounts {
    /// Objects stored for the first time.
    pub added: u64,
    /// Objects of which something changed.
    pub changed: u64,
    /// Objects left untouched.
    pub unchanged: u64,
    /// Objects that Meta no longer lists, now marked.
    pub gone: u64,
}

impl ObjectCounts {
    /// Adds the counts of another listing.
    pub fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.gone += other.gone;
    }
}

/// An amount that Meta gave in its own minor unit. What does not fit is left out.
pub(super) fn micros(amount: Option<MinorUnits>, currency: Currency) -> Option<i64> {
    amount
        .and_then(|amount| amount.to_micros(currency).ok())
        .map(|Micros(micros)| micros)
}

/// As [`micros`]; Meta writes 0 where there is no budget or cap.
pub(super) fn micros_or_none(amount: Option<MinorUnits>, currency: Currency) -> Option<i64> {
    micros(amount, currency).filter(|micros| *micros != 0)
}

pub(super) fn instant(time: Option<MetaTime>) -> Option<DateTime<Utc>> {
    time.map(|time| time.0)
}

/// Text without NUL, which PostgreSQL refuses.
pub(super) fn clean(text: Option<String>) -> Option<String> {
    text.map(|text| {
        if text.contains('\0') {
            text.replace('\0', "\u{fffd}")
        } else {
            text
        }
    })
}

/// One field of the rest, as JSON that compares.
pub(super) fn json_field(rest: &Rest, name: &str) -> Option<JsonText> {
    let value: Value = serde_json::from_str(rest.get(name)?).ok()?;
    (!value.is_null()).then(|| canonical(&value).into())
}

/// The rest without the fields that have a column.
pub(super) fn rest_without(rest: &Rest, columns: &[&str]) -> JsonText {
    let all: BTreeMap<String, Value> = serde_json::from_str(&rest.to_json()).unwrap_or_default();
    let mut object: serde_json::Map<String, Value> = all
        .into_iter()
        .filter(|(name, _)| !columns.contains(&name.as_str()))
        .collect();
    for value in object.values_mut() {
        unsign(value);
    }
    canonical(&Value::Object(object)).into()
}

/// Addresses at Meta's content network are signed anew in every answer: without the signature the
/// same picture is the same text.
fn unsign(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(address) = unsigned(text).filter(|address| address.len() < text.len()) {
                *text = address.to_owned();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(unsign),
        Value::Object(map) => map.values_mut().for_each(unsign),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The address without its signature, if it is one of Meta's content network.
fn unsigned(text: &str) -> Option<&str> {
    let (address, _) = text.split_once('?')?;
    let host = address.strip_prefix("https://")?.split('/').next()?;
    (host.ends_with(".fbcdn.net") || host.ends_with(".cdninstagram.com")).then_some(address)
}

/// Whether two addresses lead to the same picture.
pub(super) fn same_picture(a: Option<&str>, b: Option<&str>) -> bool {
    a == b
        || matches!((a, b), (Some(a), Some(b)) if unsigned(a).is_some() && unsigned(a) == unsigned(b))
}

#[cfg(test)]
mod tests {
    use super::same_picture;

    #[test]
    fn a_new_signature_is_not_a_new_picture() {
        let (a, b) = (
            "https://scontent.xx.fbcdn.net/p/1.jpg?oh=1&oe=2",
            "https://scontent.xx.fbcdn.net/p/1.jpg?oh=3&oe=4",
        );
        assert!(same_picture(Some(a), Some(b)));
        assert!(!same_picture(
            Some(a),
            Some("https://scontent.xx.fbcdn.net/p/2.jpg?oh=1")
        ));
        assert!(!same_picture(
            Some("https://shop.example/1.jpg?v=1"),
            Some("https://shop.example/1.jpg?v=2")
        ));
        assert!(!same_picture(Some(a), None));
    }
}
