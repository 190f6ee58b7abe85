use serde_json::json;

use super::*;

#[test]
fn an_address_is_a_number_or_a_user_id() {
    for (address, field) in [
        ("+5491144445555", "to"),
        ("+1234567", "to"),
        ("US.13491208655302741918", "recipient"),
        ("US.ENT.11815799212886844830", "recipient"),
    ] {
        assert_eq!(Recipient::of(address).unwrap().field(), (field, address));
    }
    for address in [
        "",
        "+",
        "+123456",
        "+1234567890123456",
        "5491144445555",
        "+54 9 11",
        "us.1349",
        "US.",
        "ana@example.com",
        "+54911é445555",
    ] {
        assert!(Recipient::of(address).is_none(), "{address}");
    }
}

#[test]
fn what_cannot_be_carried_is_said_before_anything_is_called() {
    let media = |kind, caption: Option<&str>| Content::Media {
        kind,
        source: MediaSource::Uploaded { id: "1".to_owned() },
        caption: caption.map(str::to_owned),
        file_name: Some("a.pdf".to_owned()),
    };
    assert!(body(&media(MediaKind::Audio, Some("listen"))).is_err());
    assert_eq!(
        body(&media(MediaKind::Audio, None)).unwrap(),
        ("audio", json!({ "id": "1" }))
    );
    assert_eq!(
        body(&media(MediaKind::Document, Some("read"))).unwrap(),
        (
            "document",
            json!({ "id": "1", "caption": "read", "filename": "a.pdf" })
        )
    );
    let text = |body: String| Content::Text {
        body,
        subject: None,
        html: None,
    };
    assert!(body(&text(" \n".to_owned())).is_err());
    // An emoji is two units of what is counted.
    assert!(body(&text("🙂".repeat(2_048))).is_ok());
    assert!(body(&text("🙂".repeat(2_049))).is_err());
}

#[test]
fn positional_parameters_have_no_names_and_named_ones_do() {
    let mut parameters = TemplateParameters {
        body: vec![("1".to_owned(), "Ana".to_owned())],
        ..TemplateParameters::default()
    };
    assert_eq!(
        components(&parameters),
        [json!({ "type": "body", "parameters": [{ "type": "text", "text": "Ana" }] })]
    );
    parameters.named = true;
    parameters.body = vec![("first_name".to_owned(), "Ana".to_owned())];
    assert_eq!(
        components(&parameters),
        [json!({ "type": "body", "parameters": [
            { "type": "text", "text": "Ana", "parameter_name": "first_name" },
        ] })]
    );
}
