use super::*;

fn stored(components: &str, format: &str) -> StoredTemplate {
    StoredTemplate {
        id: TemplateId(uuid::Uuid::from_u128(7)),
        account: "1".to_owned(),
        name: "spring_sale".to_owned(),
        language: "es_AR".to_owned(),
        category: Purpose::Marketing,
        parameter_format: format.to_owned(),
        components: Json(serde_json::from_str(components).unwrap()),
        state: "approved".to_owned(),
        version: 3,
    }
}

fn parameters(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

const FULL: &str = r#"[
    {"type":"HEADER","format":"TEXT","text":"Hi {{1}}","example":{"header_text":["Ana"]}},
    {"type":"BODY","text":"{{2}} off for {{1}} until {{2}}","example":{"body_text":[["Ana","20%"]]}},
    {"type":"FOOTER","text":"Casa Alba"},
    {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stop"},
        {"type":"URL","text":"Shop","url":"https://x.example/{{1}}","example":["https://x.example/a"]}]}]"#;

#[test]
fn a_template_is_filled_part_by_part() {
    let template = stored(FULL, "positional");
    let needs = template.needs().unwrap();
    let keys: Vec<_> = needs.iter().map(|need| need.key.as_str()).collect();
    assert_eq!(keys, ["header.1", "body.2", "body.1", "button.1"]);
    assert_eq!(needs[1].sample.as_deref(), Some("20%"));
    let message = template
        .with(&parameters(&[
            ("header.1", "{first_name}"),
            ("1", "{name}"),
            ("2", "20\n %"),
            ("button.1", "{custom.code|none}"),
        ]))
        .unwrap();
    let made = Message::Template(Box::new(message))
        .compose(&Person::plain("+5511987654321"), true)
        .unwrap();
    assert_eq!(
        made.rendered,
        "Hi Ana\n\n20 % off for Ana Souza until 20 %\n\nCasa Alba"
    );
    let Content::Template(sent) = made.content else {
        panic!("{:?}", made.content)
    };
    // Each variable once and in Meta's order, whatever order the text has them in.
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        sent.parameters.body,
        [pair("1", "Ana Souza"), pair("2", "20 %")]
    );
    assert_eq!(sent.parameters.header["1"], "Ana");
    assert_eq!(sent.parameters.buttons[0].index, 1);
    assert_eq!(sent.parameters.buttons[0].value, "none");
}

#[test]
fn a_variable_without_a_value_is_never_sent_empty() {
    let template = stored(FULL, "positional");
    let all = [
        ("header.1", "x"),
        ("1", "{city}"),
        ("2", "x"),
        ("button.1", "x"),
    ];
    let missing = template.with(&parameters(&all[..3])).unwrap_err();
    assert_eq!(missing.reason_id(), Some(Reason::VariableWithoutValue));
    let more = [&all[..], &[("body.9", "x")]].concat();
    let unknown = template.with(&parameters(&more)).unwrap_err();
    assert_eq!(unknown.reason_id(), Some(Reason::VariableUnknown));
    let message = Message::Template(Box::new(template.with(&parameters(&all)).unwrap()));
    let person = Person::plain("+5511987654321");
    assert_eq!(message.compose(&person, true), Err("city".to_owned()));
    let blank = [("header.1", "x"), ("1", " "), ("2", "x"), ("button.1", "x")];
    let message = Message::Template(Box::new(template.with(&parameters(&blank)).unwrap()));
    assert_eq!(message.compose(&person, true), Err("body.1".to_owned()));
}

#[test]
fn names_stay_names_and_channels_without_templates_get_the_text() {
    let body = r#"[{"type":"BODY","text":"Hello {{first_name}}",
        "example":{"body_text_named_params":[{"param_name":"first_name","example":"Ana"}]}}]"#;
    let template = stored(body, "named");
    assert_eq!(template.needs().unwrap()[0].sample.as_deref(), Some("Ana"));
    let message = template
        .with(&parameters(&[("first_name", "{first_name}")]))
        .unwrap();
    let message = Message::Template(Box::new(message));
    let person = Person::plain("+5511987654321");
    let Content::Template(sent) = message.compose(&person, true).unwrap().content else {
        panic!()
    };
    assert!(sent.parameters.named);
    assert_eq!(sent.parameters.body[0].0, "first_name");
    let plain = message.compose(&person, false).unwrap();
    assert_eq!(
        plain.content,
        Content::Text {
            body: "Hello Ana".to_owned(),
            subject: None,
            html: None
        }
    );
}

#[test]
fn what_cannot_be_filled_is_refused() {
    let carousel = r#"[{"type":"BODY","text":"x"},{"type":"CAROUSEL","cards":[]}]"#;
    let error = stored(carousel, "positional").needs().unwrap_err();
    assert_eq!(error.reason_id(), Some(Reason::TemplateNotFillable));
}
