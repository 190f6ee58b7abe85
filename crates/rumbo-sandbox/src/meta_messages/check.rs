//! What Meta refuses in a call that sends a WhatsApp message, looked at by itself: nothing here is
//! shared with what builds such calls.

use serde_json::{Map, Value};

use super::fate::refusal;
use crate::graph::GraphError;
use crate::world::message_templates::{MessageTemplate, variables};

/// Longest text of a message and of a filled-in template.
const LONGEST_TEXT: usize = 4096;
const LONGEST_TEMPLATE: usize = 1024;

/// A text of the call, checked.
pub(super) fn words<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    object
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn unexpected(key: &str, of: &str) -> GraphError {
    GraphError::parameter(format!("Unexpected key \"{key}\" on param \"{of}\"."))
}

fn required(name: &str) -> GraphError {
    GraphError::parameter(format!("The parameter {name} is required."))
}

/// Refuses keys that an object does not have.
pub(super) fn only(
    object: &Map<String, Value>,
    known: &[&str],
    of: &str,
) -> Result<(), GraphError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(unexpected(key, of)),
        None => Ok(()),
    }
}

/// What is inside a message of a type: its text for people.
pub(super) fn content(
    kind: &str,
    object: Option<&Value>,
    knows_media: impl Fn(&str) -> bool,
) -> Result<String, GraphError> {
    let object = object
        .and_then(Value::as_object)
        .ok_or_else(|| required(kind))?;
    match kind {
        "text" => {
            only(object, &["body", "preview_url"], "text")?;
            let text = words(object, "body").ok_or_else(|| required("text['body']"))?;
            if object.get("preview_url").is_some_and(|it| !it.is_boolean()) {
                return Err(GraphError::parameter(
                    "Param text['preview_url'] must be a boolean.",
                ));
            }
            if text.encode_utf16().count() > LONGEST_TEXT {
                return Err(GraphError::parameter(
                    "Param text['body'] must be at most 4096 characters long.",
                ));
            }
            Ok(text.to_owned())
        }
        "image" | "video" | "audio" | "document" | "sticker" => {
            let known: &[&str] = match kind {
                "audio" | "sticker" => &["id", "link"],
                "document" => &["id", "link", "caption", "filename"],
                _ => &["id", "link", "caption"],
            };
            only(object, known, kind)?;
            file(object, kind, &knows_media)?;
            Ok(words(object, "caption").unwrap_or_default().to_owned())
        }
        "location" | "interactive" | "reaction" => Ok(String::new()),
        _ => Err(refusal(131_051, None)),
    }
}

/// Exactly one of an id that was uploaded here and a public address.
fn file(
    object: &Map<String, Value>,
    kind: &str,
    knows_media: &impl Fn(&str) -> bool,
) -> Result<(), GraphError> {
    match (words(object, "id"), words(object, "link")) {
        (Some(id), None) if knows_media(id) => Ok(()),
        (Some(id), None) => Err(GraphError::parameter(format!(
            "Param {kind}['id'] is not a valid whatsapp business account media attachment ID: {id}"
        ))),
        (None, Some(link)) if link.starts_with("https://") || link.starts_with("http://") => Ok(()),
        (None, Some(_)) => Err(GraphError::parameter(format!(
            "Param {kind}['link'] is not a valid URI."
        ))),
        _ => Err(GraphError::parameter(format!(
            "Param {kind} needs exactly one of id and link."
        ))),
    }
}

/// Whether the template may be sent now.
pub(super) fn sendable(
    template: Option<&MessageTemplate>,
    name: &str,
    language: &str,
) -> Result<(), GraphError> {
    let missing = || {
        refusal(
            132_001,
            Some(&format!(
                "template name ({name}) does not exist in {language}"
            )),
        )
    };
    match template.ok_or_else(missing)?.status.as_str() {
        "APPROVED" => Ok(()),
        "PAUSED" => Err(refusal(132_015, None)),
        "DISABLED" => Err(refusal(132_016, None)),
        _ => Err(missing()),
    }
}

/// Whether the parameters are those of the template; gives the text as the person reads it.
pub(super) fn parameters(
    template: &MessageTemplate,
    given: &[Value],
    knows_media: impl Fn(&str) -> bool,
) -> Result<String, GraphError> {
    for component in given {
        let component = component.as_object().ok_or_else(|| {
            GraphError::parameter("Param template['components'] holds no objects.")
        })?;
        let known: &[&str] = match words(component, "type") {
            Some("button") => &["type", "sub_type", "index", "parameters"],
            Some("header" | "body") => &["type", "parameters"],
            other => {
                return Err(refusal(
                    131_009,
                    Some(&format!("component type {}", other.unwrap_or("is missing"))),
                ));
            }
        };
        only(component, known, "components")?;
    }
    let of = |kind: &str| {
        given
            .iter()
            .find(|component| component.get("type").and_then(Value::as_str) == Some(kind))
            .and_then(|component| component.get("parameters"))
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice)
    };
    header(template, of("header"), &knows_media)?;
    let text = template
        .component("BODY")
        .and_then(|body| body.get("text"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let filled = fill(template, "body", text, of("body"))?;
    if filled.chars().count() > LONGEST_TEMPLATE {
        return Err(refusal(132_005, Some("body: the text is too long")));
    }
    buttons(template, given)?;
    Ok(filled)
}

fn header(
    template: &MessageTemplate,
    given: &[Value],
    knows_media: &impl Fn(&str) -> bool,
) -> Result<(), GraphError> {
    let header = template.component("HEADER");
    let format = header
        .and_then(|header| header.get("format"))
        .and_then(Value::as_str)
        .unwrap_or("NONE");
    if let "IMAGE" | "VIDEO" | "DOCUMENT" = format {
        let kind = format.to_ascii_lowercase();
        let received = given
            .first()
            .and_then(|parameter| parameter.get("type"))
            .and_then(Value::as_str)
            .unwrap_or("UNKNOWN");
        let object = given
            .first()
            .and_then(|parameter| parameter.get(&kind))
            .and_then(Value::as_object);
        return match object {
            Some(object) if received == kind && given.len() == 1 => {
                file(object, &kind, knows_media)
            }
            _ => Err(refusal(
                132_012,
                Some(&format!(
                    "header: Format mismatch, expected {format}, received {}",
                    received.to_ascii_uppercase()
                )),
            )),
        };
    }
    let text = header
        .and_then(|header| header.get("text"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    fill(template, "header", text, given).map(|_| ())
}

/// The text with its variables filled in.
fn fill(
    template: &MessageTemplate,
    part: &str,
    text: &str,
    given: &[Value],
) -> Result<String, GraphError> {
    let wanted = variables(text);
    if wanted.len() != given.len() {
        return Err(refusal(
            132_000,
            Some(&format!(
                "{part}: number of localizable_params ({}) does not match the expected number of params ({})",
                given.len(),
                wanted.len()
            )),
        ));
    }
    let mut filled = text.to_owned();
    for (at, parameter) in given.iter().enumerate() {
        let object = parameter
            .as_object()
            .ok_or_else(|| GraphError::parameter("A parameter must be an object."))?;
        only(object, &["type", "text", "parameter_name"], "parameters")?;
        if words(object, "type") != Some("text") {
            return Err(refusal(
                132_012,
                Some(&format!("{part}: expected TEXT in parameter {}", at + 1)),
            ));
        }
        let value = words(object, "text").ok_or_else(|| {
            refusal(
                131_008,
                Some("Parameter of type text is missing text value"),
            )
        })?;
        if value.contains(['\n', '\r', '\t']) || value.contains("     ") {
            return Err(refusal(132_018, None));
        }
        let name = words(object, "parameter_name");
        let variable = match (template.named, name) {
            (true, Some(name)) if wanted.iter().any(|it| it == name) => name.to_owned(),
            (false, None) => (at + 1).to_string(),
            _ => {
                return Err(refusal(
                    132_012,
                    Some(&format!(
                        "{part}: parameter {} does not have the name of a variable",
                        at + 1
                    )),
                ));
            }
        };
        filled = filled.replace(&format!("{{{{{variable}}}}}"), value);
    }
    Ok(filled)
}

fn buttons(template: &MessageTemplate, given: &[Value]) -> Result<(), GraphError> {
    let buttons = template.buttons();
    let mut seen = Vec::new();
    for component in given {
        if component.get("type").and_then(Value::as_str) != Some("button") {
            continue;
        }
        // Meta takes the index as text and as a number.
        let index = component.get("index").and_then(|index| match index {
            Value::String(text) => text.parse::<usize>().ok(),
            other => usize::try_from(other.as_u64()?).ok(),
        });
        let (index, button) = index
            .and_then(|index| Some((index, buttons.get(index)?)))
            .ok_or_else(|| refusal(131_009, Some("buttons: there is no button at this index")))?;
        let kind = button.get("type").and_then(Value::as_str).unwrap_or("");
        let sub_type = component
            .get("sub_type")
            .and_then(Value::as_str)
            .unwrap_or("");
        let (expected, parameter) = match kind {
            "URL" => ("url", "text"),
            "QUICK_REPLY" => ("quick_reply", "payload"),
            "COPY_CODE" => ("copy_code", "coupon_code"),
            "FLOW" => ("flow", "action"),
            _ => ("", ""),
        };
        let first = component.pointer("/parameters/0");
        let fits = first
            .and_then(|it| it.get("type"))
            .and_then(Value::as_str)
            .is_some_and(|found| found == parameter)
            && first
                .and_then(|it| it.get(parameter))
                .is_some_and(|value| value.as_str().is_none_or(|text| !text.is_empty()));
        if sub_type != expected || !fits || seen.contains(&index) {
            return Err(refusal(
                131_009,
                Some(&format!(
                    "buttons: button at index {index} is of type {kind}"
                )),
            ));
        }
        seen.push(index);
    }
    for (index, button) in buttons.iter().enumerate() {
        let kind = button.get("type").and_then(Value::as_str).unwrap_or("");
        let url = button.get("url").and_then(Value::as_str).unwrap_or("");
        let needs = kind == "COPY_CODE" || (kind == "URL" && !variables(url).is_empty());
        if needs && !seen.contains(&index) {
            return Err(refusal(
                131_008,
                Some(&format!(
                    "buttons: Button at index {index} of type {kind} requires a parameter"
                )),
            ));
        }
    }
    Ok(())
}
