//! The files that templates come in.

use rumbo_engage::templates::{Document, Unreadable, mended};
use serde_json::{Value, json};

fn template(name: &str) -> Value {
    json!({ "name": name, "language": "es_AR", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Tu pedido ya está en camino." }] })
}

fn names(text: &str) -> Vec<String> {
    Document::read(text)
        .unwrap()
        .templates()
        .map(|template| template.name.clone())
        .collect()
}

#[test]
fn every_shape_of_file_is_read_and_written_again() {
    for (document, expected) in [
        (template("a"), vec!["a"]),
        (json!([template("a"), template("b")]), vec!["a", "b"]),
        (json!([]), vec![]),
        (
            json!({ "data": [template("a")], "paging": { "cursors": { "after": "x" } } }),
            vec!["a"],
        ),
        (
            json!({ "items": [template("a")], "offset": 0, "limit": 10, "total": 1 }),
            vec!["a"],
        ),
        (
            json!({ "one": template("a"), "two": template("b") }),
            vec!["a", "b"],
        ),
    ] {
        let text = document.to_string();
        assert_eq!(names(&text), expected, "{text}");
        assert_eq!(Document::read(&text).unwrap().to_json(), document);
    }
    let shown =
        json!({ "row": { "name": "a" }, "template": template("a").to_string(), "versions": [] });
    assert_eq!(names(&shown.to_string()), ["a"]);
    assert_eq!(
        Document::read(&shown.to_string()).unwrap().to_json(),
        template("a")
    );
    let marked = format!("\u{feff}{}", template("a"));
    assert_eq!(names(&marked), ["a"]);
}

#[test]
fn ycloud_writes_its_envelope_its_own_way() {
    let mut theirs = template("a");
    theirs["wabaId"] = json!("1");
    theirs["messageSendTtlSeconds"] = json!(600);
    theirs["qualityRating"] = json!("GREEN");
    let document = Document::read(&theirs.to_string()).unwrap();
    let read = document.templates().next().unwrap();
    assert_eq!(read.message_send_ttl_seconds, Some(600));
    assert_eq!(document.to_json(), theirs);
    // What is mended is written in the same place.
    let mut wrong = theirs.clone();
    wrong["messageSendTtlSeconds"] = json!(5);
    let document = Document::read(&wrong.to_string()).unwrap();
    let whole = document.with(document.templates().map(|one| mended(one).0).collect());
    theirs["messageSendTtlSeconds"] = json!(30);
    assert_eq!(whole.to_json(), theirs);
}

#[test]
fn what_is_no_template_is_told_where() {
    let read = |text: &str| Document::read(text).unwrap_err();
    assert!(
        matches!(
            read("{\n  \"name\": ,\n}"),
            Unreadable::NotJson { line: 2, .. }
        ),
        "{:?}",
        read("{\n  \"name\": ,\n}")
    );
    for text in ["", "   "] {
        assert!(matches!(read(text), Unreadable::NotJson { .. }));
    }
    for text in [
        "1",
        "\"x\"",
        "{}",
        "[1]",
        "{\"data\":[{}]}",
        "{\"a\":1}",
        "null",
    ] {
        assert_eq!(read(text), Unreadable::NotTemplates, "{text}");
    }
    let mut wrong = template("a");
    wrong["components"][0]["text"] = json!(5);
    let Unreadable::Field { pointer, why } =
        read(&json!({ "data": [template("b"), wrong] }).to_string())
    else {
        panic!("it is read")
    };
    assert!(pointer.starts_with("/data/1/components"), "{pointer}");
    assert!(why.contains("string"), "{why}");
}
