//! What is written in a template: emoji, marks, words, and the samples of variables.

use serde_json::Value;

use super::check::text_of;
use crate::world::message_templates::variables;

/// Whether the samples are those of exactly these variables.
pub(super) fn are_sampled(
    component: &Value,
    found: &[String],
    positional: &str,
    by_name: &str,
    named: bool,
) -> bool {
    let example = component.get("example");
    if found.is_empty() && example.is_none() {
        return true;
    }
    let filled = |value: &Value| {
        value.as_str().is_some_and(|text| {
            !text.trim().is_empty() && !text.contains(['\n', '\r', '\t']) && !text.contains("     ")
        })
    };
    if named {
        let pairs = example
            .and_then(|it| it.get(by_name))
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let names: Vec<&str> = pairs
            .iter()
            .map(|pair| text_of(pair, "param_name"))
            .collect();
        return names.len() == found.len()
            && found.iter().all(|name| names.contains(&name.as_str()))
            && pairs
                .iter()
                .all(|pair| pair.get("example").is_some_and(filled));
    }
    let given: Vec<Value> = match example.and_then(|it| it.get(positional)) {
        Some(Value::String(text)) => vec![text.clone().into()],
        Some(Value::Array(list)) => match list.first() {
            Some(Value::Array(row)) => row.clone(),
            _ => list.clone(),
        },
        _ => Vec::new(),
    };
    given.len() == found.len() && given.iter().all(filled)
}

/// The first text of a value that may be one or a list; empty where there is none.
pub(super) fn first_text(value: Option<&Value>) -> &str {
    match value {
        Some(Value::String(text)) => text,
        Some(Value::Array(list)) => list.first().and_then(Value::as_str).unwrap_or(""),
        _ => "",
    }
}

/// How many emoji there are: what is joined, coloured or boxed counts once, and so does a flag.
pub(super) fn emoji(text: &str) -> usize {
    let (mut count, mut joined, mut half_flag) = (0, false, false);
    for c in text.chars() {
        let flag = matches!(u32::from(c), 0x1F1E6..=0x1F1FF);
        match u32::from(c) {
            0x200D => joined = true,
            0xFE0F | 0x1F3FB..=0x1F3FF => {}
            0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x20E3 => {
                count += usize::from(!(joined || flag && half_flag));
                joined = false;
            }
            _ => joined = false,
        }
        half_flag = flag && !half_flag;
    }
    count
}

/// Whether words stand between WhatsApp's own marks.
pub(super) fn is_marked(text: &str) -> bool {
    text.contains(['*', '~', '`'])
        || text.split_whitespace().any(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            word.len() > 2 && word.starts_with('_') && word.ends_with('_')
        })
}

/// A text without its variables.
pub(super) fn without_variables(text: &str, with: &str) -> String {
    variables(text).iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("{{{{{name}}}}}"), with)
    })
}

/// How many words there are beside the variables. Where a script has no spaces its signs count.
pub(super) fn words(text: &str) -> usize {
    let plain = without_variables(text, " ");
    let unspaced = plain
        .chars()
        .filter(|c| matches!(u32::from(*c), 0x0E00..=0x109F | 0x1780..=0x17FF | 0x3040..=0x9FFF))
        .count();
    let spaced = plain
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    spaced + unspaced / 2
}
