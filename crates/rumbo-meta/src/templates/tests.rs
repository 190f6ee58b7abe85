use serde_json::{Value, json};

use super::*;

/// The same document, with Meta's words in capitals as they are written here.
fn capitals(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let word = matches!(
                    name.as_str(),
                    "type" | "format" | "category" | "parameter_format" | "otp_type"
                );
                let value = match value {
                    Value::String(text) if word => Value::String(text.to_uppercase()),
                    other => capitals(other),
                };
                (name.clone(), value)
            })
            .collect(),
        Value::Array(values) => values.iter().map(capitals).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_is_read_is_written_again() {
    for document in [
        json!({
            "name": "order_confirmation", "language": "en_US", "category": "utility",
            "parameter_format": "named", "message_send_ttl_seconds": 120,
            "allow_category_change": true,
            "components": [
                { "type": "header", "format": "image", "example": { "header_handle": ["4::aW"] } },
                { "type": "body", "text": "Thank you, {{first_name}}!", "example": {
                    "body_text_named_params": [{ "param_name": "first_name", "example": "Pablo" }] } },
                { "type": "buttons", "buttons": [
                    { "type": "flow", "text": "Open", "flow_id": "1", "flow_action": "navigate",
                      "navigate_screen": "A", "icon": "DOCUMENT" } ] } ]
        }),
        json!({
            "id": "1", "name": "lto", "language": "es_AR", "status": "APPROVED",
            "category": "MARKETING", "quality_score": { "score": "GREEN", "date": 1 },
            "components": [
                { "type": "LIMITED_TIME_OFFER",
                  "limited_time_offer": { "text": "x", "has_expiration": true, "later": 1 } },
                { "type": "BODY", "text": "{{1}}", "example": { "body_text": [["a"]] } },
                { "type": "CAROUSEL", "cards": [{ "components": [
                    { "type": "HEADER", "format": "PRODUCT" } ], "other": null }] } ]
        }),
        json!({ "name": "x", "components": [
            { "type": "BODY", "text": "x", "example": { "body_text": "Pablo" } },
            { "type": "BUTTONS", "buttons": [
                { "type": "COPY_CODE", "example": "250FF" },
                { "type": "OTP", "otp_type": "ONE_TAP", "supported_apps": [
                    { "package_name": "a.b", "signature_hash": "K8a/AINcGX7" }] } ] } ] }),
    ] {
        let template: Template = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(
            serde_json::to_value(&template).unwrap(),
            capitals(&document)
        );
    }
}

#[test]
fn null_is_what_is_not_there_and_words_are_read_in_either_case() {
    let template: Template = serde_json::from_value(json!({
        "name": null, "language": "en", "category": "Marketing", "parameter_format": null,
        "components": [{ "type": "Body", "text": null, "buttons": null, "example": null }],
    }))
    .unwrap();
    assert_eq!(template.name, "");
    assert_eq!(template.category, Some(Category::Marketing));
    assert_eq!(template.components[0].kind, ComponentKind::Body);
    assert!(!template.variables_are_named() && !template.is_answer());
    assert!(ComponentKind::of("ALBUM").is_other());
}

#[test]
fn samples_come_in_three_shapes_and_keep_theirs() {
    let read = |value: Value| serde_json::from_value::<Samples>(value);
    assert_eq!(read(json!("a")).unwrap().values(), ["a"]);
    assert_eq!(read(json!(["a", "b"])).unwrap().values(), ["a", "b"]);
    let rows = read(json!([["a", "b"], ["c", "d"]])).unwrap();
    assert_eq!(rows.values(), ["a", "b"]);
    assert_eq!(
        serde_json::to_value(rows.with(vec!["z".into()])).unwrap(),
        json!([["z"]])
    );
    assert!(read(json!([])).unwrap().values().is_empty());
    for wrong in [json!(1), json!([1]), json!([["a"], "b"]), json!({})] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}
