//! Two values of a setting, compared as deep as they go.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::watched::{is_address, is_passed_over};

/// A part of a setting that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Meta's names from the setting down, such as `targeting.age_max`.
    pub path: String,
    /// What it was, `Null` where it was not set. Of a list only what went.
    pub before: Value,
    /// What it is, `Null` where it is not set any more. Of a list only what came.
    pub after: Value,
    /// A list of which nothing is left.
    pub emptied: bool,
    /// A list that was not there.
    pub filled: bool,
}

/// How two values of the setting `name` differ. What is empty is as good as not there: Meta leaves
/// it out as it pleases. Lists are sets.
pub(crate) fn compare(name: &str, before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    step(name, before, after, &mut found);
    found
}

fn step(path: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    if is_passed_over(path) {
        return;
    }
    let nothing = Value::Null;
    let before = if is_nothing(before) { &nothing } else { before };
    let after = if is_nothing(after) { &nothing } else { after };
    match (before, after) {
        (Value::Null, Value::Null) => {}
        (Value::Object(_), Value::Object(_) | Value::Null) | (Value::Null, Value::Object(_)) => {
            let keys: BTreeSet<&String> = [before, after]
                .into_iter()
                .filter_map(Value::as_object)
                .flat_map(serde_json::Map::keys)
                .collect();
            let part = |value: &Value, key: &str| value.get(key).cloned().unwrap_or_default();
            for key in keys {
                let (old, new) = (part(before, key), part(after, key));
                step(&format!("{path}.{key}"), &old, &new, found);
            }
        }
        (Value::Array(_), Value::Array(_) | Value::Null) | (Value::Null, Value::Array(_)) => {
            lists(path, before, after, found);
        }
        _ if written(before) == written(after) => {}
        _ => found.push(Difference {
            path: path.to_owned(),
            before: before.clone(),
            after: after.clone(),
            emptied: false,
            filled: false,
        }),
    }
}

/// What went from a list and what came; entries that name themselves are compared with themselves.
fn lists(path: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    let of = |value: &'_ Value| -> BTreeMap<String, Vec<Value>> {
        let mut entries: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for entry in value.as_array().into_iter().flatten() {
            let entry = without_addresses(entry);
            let key = named(&entry).unwrap_or_else(|| written(&entry));
            entries.entry(key).or_default().push(entry);
        }
        entries
    };
    let (old, new) = (of(before), of(after));
    let (mut went, mut came) = (Vec::new(), Vec::new());
    for (key, entries) in &old {
        let now = new.get(key).map_or(&[][..], Vec::as_slice);
        match (entries.as_slice(), now) {
            ([was], [is]) => step(&format!("{path}.{key}"), was, is, found),
            (was, is) => went.extend(was.iter().skip(is.len()).cloned()),
        }
    }
    for (key, entries) in &new {
        let known = old.get(key).map_or(0, Vec::len);
        came.extend(entries.iter().skip(known).cloned());
    }
    if went.is_empty() && came.is_empty() {
        return;
    }
    found.push(Difference {
        path: path.to_owned(),
        before: listed(went),
        after: listed(came),
        emptied: after.is_null(),
        filled: before.is_null(),
    });
}

/// An entry without the addresses of pictures, which would make it another one each time.
fn without_addresses(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(name, _)| !is_address(name))
            .map(|(name, value)| (name.clone(), without_addresses(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(without_addresses).collect(),
        other => other.clone(),
    }
}

fn listed(entries: Vec<Value>) -> Value {
    if entries.is_empty() {
        Value::Null
    } else {
        Value::Array(entries)
    }
}

/// What an entry of a list is called by.
fn named(entry: &Value) -> Option<String> {
    ["id", "key", "event_type"]
        .iter()
        .find_map(|name| entry.get(*name))
        .filter(|name| !name.is_object() && !name.is_array())
        .map(written)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Meta writes numbers as text or as numbers.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => crate::json_text::canonical(other),
    }
}
