use super::{Field, parse};

fn plain(name: &str) -> Field {
    Field {
        name: name.to_owned(),
        params: Vec::new(),
        fields: None,
    }
}

#[test]
fn lists_nest_and_carry_parameters() {
    let read = parse("id, name,ads.limit(5).filtering([{\"field\":\"ad.id\",\"operator\":\"IN\",\"value\":[\"(1)\"]}]){id,creative{title}}").unwrap();
    assert_eq!(read[..2], [plain("id"), plain("name")]);
    let ads = &read[2];
    assert_eq!(ads.params[0], ("limit".to_owned(), "5".to_owned()));
    assert_eq!(
        ads.params[1].1,
        "[{\"field\":\"ad.id\",\"operator\":\"IN\",\"value\":[\"(1)\"]}]"
    );
    let inner = ads.fields.as_ref().unwrap();
    assert_eq!(inner[1].fields.as_deref(), Some(&[plain("title")][..]));
}

#[test]
fn a_json_list_is_a_list_too() {
    assert_eq!(
        parse("[\"id\",\"name\"]").unwrap(),
        [plain("id"), plain("name")]
    );
    assert_eq!(parse("").unwrap(), []);
    assert_eq!(parse("id,name,").unwrap().len(), 2);
}

#[test]
fn what_cannot_be_read_says_where() {
    for text in [
        "id,name{",
        "a.limit(5",
        "a.limit",
        "a}b",
        ",",
        "a b",
        "{id}",
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.code, 2500, "{text}");
        assert!(error.message.contains("at character"), "{}", error.message);
    }
}
