//! `rumbo call`.

use std::io::Write;
use std::process::Stdio;

use crate::rumbo::Rumbo;

#[test]
fn a_command_of_the_core_is_called_by_name() {
    let rumbo = Rumbo::with_workspace();
    let rows = rumbo.json(&["call", "list_workspaces"]);
    assert_eq!(rows[0]["name"], "Casa Alba");
    let request = r#"{"name":"Ana","lead_source":"REFERRAL"}"#;
    let contact = rumbo.json(&["call", "save_contact", request]);
    assert_eq!(contact["lead_source"], "REFERRAL");
}

#[test]
fn a_request_may_come_from_standard_input() {
    let rumbo = Rumbo::with_workspace();
    let mut child = rumbo
        .command(&["call", "save_contact", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(br#"{"name":"Bruno"}"#)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let contact: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(contact["name"], "Bruno");
}

#[test]
fn an_unknown_name_and_a_request_that_is_no_request_are_wrong_usage() {
    let rumbo = Rumbo::with_workspace();
    for arguments in [
        vec!["call", "drop_everything", "--json"],
        vec!["call", "save_contact", "{", "--json"],
        vec!["call", "get_roi", "{}", "--json"],
    ] {
        let ran = rumbo.run(&arguments);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (2, "invalid_input"),
            "{arguments:?}"
        );
    }
}

#[test]
fn without_a_name_it_lists_them() {
    let rumbo = Rumbo::new();
    let names = rumbo.json(&["call"]);
    assert!(
        names["commands"]
            .as_array()
            .unwrap()
            .iter()
            .any(|name| name == "get_roi")
    );
}
