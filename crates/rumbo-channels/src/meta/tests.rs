use serde_json::json;

use super::*;

#[test]
fn details_are_said_and_secrets_are_not() {
    let failure = Failure::read(&json!({
        "message": "(#132000) Number of parameters does not match",
        "code": 132_000,
        "error_data": { "details": "body: 1 of 2, token EAAsecret0123456789" },
    }));
    let refusal = failure.not_sent([]);
    assert_eq!(refusal.code.as_deref(), Some("132000"));
    assert!(refusal.text.contains("body: 1 of 2"), "{}", refusal.text);
    assert!(!refusal.text.contains("EAAsecret"), "{}", refusal.text);
    // Statuses have the code as text, and a title.
    let failure = Failure::read(&json!({ "code": "131026", "title": "Undeliverable" }));
    assert!(failure.not_sent([]).bounced);
}

#[test]
fn versions_look_like_metas() {
    for good in ["v26.0", "v2.12"] {
        assert!(is_version(good), "{good}");
    }
    for bad in ["26.0", "v26", "v26.", "v26.0/me", "../v26.0", "v26.0?"] {
        assert!(!is_version(bad), "{bad}");
    }
}

#[test]
fn a_token_shows_nowhere() {
    let header = bearer(&"EAAtoken0123456789".into()).unwrap();
    assert!(!format!("{header:?}").contains("EAAtoken"));
    assert!(bearer(&"a token\nwith a break".into()).is_err());
}
