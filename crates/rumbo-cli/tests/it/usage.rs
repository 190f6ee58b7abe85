//! Help, and command lines that are wrong.

use crate::rumbo::{Ran, Rumbo, fields};

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let ran = Rumbo::new().run(&["--help"]);
    assert_eq!(ran.code, 0);
    for command in [
        "workspace",
        "connect",
        "disconnect",
        "accounts",
        "sync",
        "status",
        "stats",
        "roi",
        "models",
        "cohorts",
        "import",
        "audit-csv",
        "gap",
        "actions",
        "export",
        "contacts",
        "opportunities",
        "sales",
        "touchpoints",
        "templates",
        "doctor",
        "sandbox",
        "demo",
        "call",
        "completions",
    ] {
        assert!(
            ran.stdout.contains(&format!("\n  {command} ")),
            "{command}: {}",
            ran.stdout
        );
    }
    assert!(ran.stdout.contains("4 needs sign-in"), "{}", ran.stdout);
}

#[test]
fn a_wrong_command_line_ends_with_2_and_says_what_is_wrong() {
    let rumbo = Rumbo::new();
    for (arguments, said) in [
        (vec![], "subcommand"),
        (vec!["nonsense"], "nonsense"),
        (vec!["roi", "--by", "planet"], "planet"),
        (vec!["roi", "--from", "31/03/2026"], "2026-03-31"),
        (vec!["stats", "--lang", "fr"], "es-AR"),
        (
            vec!["workspace", "create", "A", "--currency", "dollars"],
            "three-letter",
        ),
        (
            vec!["workspace", "create", "A", "--timezone", "Mars/Base"],
            "America/Sao_Paulo",
        ),
        (vec!["sales", "add", "--amount", "1,842.61"], "1842.61"),
        (vec!["accounts", "select"], "--all"),
        (
            vec!["connect", "--graph-url", "graph.facebook.com"],
            "https://graph.facebook.com",
        ),
        (
            vec!["sandbox", "--profile", "enormous"],
            "small, agency or huge",
        ),
        (vec!["export", "roi"], "--out"),
    ] {
        let ran = rumbo.run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{arguments:?}: {}", ran.stdout);
    }
}

#[test]
fn with_json_a_wrong_command_line_is_json_too() {
    let ran = Rumbo::new().run(&["--json", "roi", "--from", "yesterday"]);
    assert_eq!(ran.code, 2);
    let document = ran.json();
    assert_eq!(
        fields(&document["error"]),
        [
            "code",
            "field",
            "message",
            "params",
            "reason",
            "retry_after_ms"
        ]
    );
    assert_eq!(document["error"]["code"], "invalid_input");
    assert_eq!(document["error"]["field"], "from");
}

#[test]
fn a_period_that_ends_before_it_begins_is_wrong_usage() {
    let rumbo = Rumbo::with_workspace();
    for command in ["stats", "roi", "models", "gap", "cohorts", "contributions"] {
        let ran = rumbo.run(&[
            command,
            "--from",
            "2026-03-31",
            "--to",
            "2026-03-01",
            "--json",
        ]);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (2, "invalid_input"),
            "{command}"
        );
        assert_eq!(ran.json()["error"]["field"], "to", "{command}");
    }
}

#[test]
fn with_json_the_sentence_says_what_can_be_written() {
    let rumbo = Rumbo::with_workspace();
    for (arguments, field, said) in [
        (vec!["roi", "--model", "x"], "model", "position_based"),
        (vec!["changes"], "from", "--from"),
        (vec!["roi", "--frm", "2026-03-01"], "frm", "--from"),
        (vec!["nonsense"], "", "nonsense"),
        (vec!["stats", "--last", "-1"], "last", "1 to 36525"),
        (vec!["contacts", "show", "7"], "id", "as the list has it"),
        (vec!["explain", "roas"], "number-id", "METRIC/BY/FROM/TO"),
        (vec!["roi", "--from", "2026-02-30"], "from", "2026-03-31"),
    ] {
        let ran = rumbo.run(&[&arguments[..], &["--json"]].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        let error = ran.json()["error"].clone();
        assert_eq!(error["field"].as_str().unwrap_or_default(), field);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(said), "{arguments:?}: {message}");
        assert!(message.ends_with(['.', '?']), "{arguments:?}: {message}");
    }
    // Below zero is a value like others, and the core says why it cannot be.
    let contact = rumbo.json(&["contacts", "add", "--name", "Ana"]);
    let contact = contact["id"].as_str().unwrap();
    let ran = rumbo.run(&[
        "sales",
        "add",
        "--contact",
        contact,
        "--amount",
        "-5",
        "--json",
    ]);
    assert_eq!((ran.code, ran.error().as_str()), (2, "invalid_input"));
    assert_eq!(ran.json()["error"]["reason"], "amount_negative");
}

#[test]
fn a_secret_that_does_not_come_is_wrong_usage() {
    let ran = Rumbo::with_workspace().run(&["connect", "--app-id", "1", "--app-secret-stdin"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("app secret"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    use std::process::Stdio;
    let rumbo = Rumbo::with_workspace();
    for arguments in [
        vec!["--help"],
        vec!["roi"],
        vec!["completions", "bash"],
        vec!["call"],
    ] {
        let mut child = rumbo
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        assert_eq!(stderr, "", "{arguments:?}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let rumbo = Rumbo::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = rumbo.run(&["completions", shell]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("workspace"), "{shell}");
    }
}

#[test]
fn a_data_folder_that_cannot_be_is_a_failure_that_names_it() {
    let rumbo = Rumbo::new();
    let file = rumbo.file("a file", "not a folder");
    let mut command = rumbo.command(&["workspace", "list", "--json"]);
    let ran = Ran::of(command.arg("--data-dir").arg(file.join("data")));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("a file"), "{ran:?}");
}
