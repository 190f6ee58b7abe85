//! What all listings have in common.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
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

/// The settings of an object by Meta's names, as they are compared: money as decimal text, instants
/// in UTC, everything else as Meta has it.
pub(super) struct Settings {
    map: serde_json::Map<String, Value>,
    currency: Currency,
}

impl Settings {
    /// Those without a column; `minor_units` among them are amounts.
    pub fn of_rest(rest: &JsonText, currency: Currency, minor_units: &[&str]) -> Self {
        let mut map: serde_json::Map<String, Value> =
            serde_json::from_str(rest.as_str()).unwrap_or_default();
        for name in minor_units {
            if let Some(value) = map.get_mut(*name) {
                let units = serde_json::from_value(value.take()).ok();
                *value = money(micros_or_none(units, currency), currency);
            }
        }
        Self { map, currency }
    }

    pub fn text(mut self, name: &str, text: Option<&str>) -> Self {
        self.map.insert(name.to_owned(), text.into());
        self
    }

    pub fn money(mut self, name: &str, micros: Option<i64>) -> Self {
        let amount = money(micros, self.currency);
        self.map.insert(name.to_owned(), amount);
        self
    }

    pub fn instant(self, name: &str, at: Option<DateTime<Utc>>) -> Self {
        let text = at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        self.text(name, text.as_deref())
    }

    pub fn json(mut self, name: &str, json: Option<&JsonText>) -> Self {
        let value = json.and_then(|json| serde_json::from_str(json.as_str()).ok());
        self.map.insert(name.to_owned(), value.unwrap_or_default());
        self
    }

    pub fn done(self) -> serde_json::Map<String, Value> {
        self.map
    }
}

fn money(micros: Option<i64>, currency: Currency) -> Value {
    micros.map(|micros| Micros(micros).to_text(currency)).into()
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
