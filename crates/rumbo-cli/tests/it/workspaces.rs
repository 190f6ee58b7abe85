//! Workspaces, and commands without one.

use serde_json::json;

use crate::rumbo::{Rumbo, fields};

const WORKSPACE: [&str; 9] = [
    "archived", "currency", "current", "id", "locale", "name", "sample", "slug", "timezone",
];

#[test]
fn a_workspace_is_made_listed_used_and_archived() {
    let rumbo = Rumbo::new();
    assert_eq!(
        rumbo.json(&["workspace", "list"]),
        json!({ "workspaces": [] })
    );
    let made = rumbo.json(&[
        "workspace",
        "create",
        "Casa Alba",
        "--currency",
        "usd",
        "--timezone",
        "America/Argentina/Buenos_Aires",
        "--locale",
        "es-AR",
    ]);
    assert_eq!(fields(&made), WORKSPACE);
    assert_eq!(made["slug"], "casa-alba");
    assert_eq!(made["currency"], "USD");
    assert_eq!(made["current"], true);

    rumbo.json(&["workspace", "create", "Second"]);
    let used = rumbo.json(&["workspace", "use", "casa-alba"]);
    assert_eq!(used["name"], "Casa Alba");
    let archived = rumbo.json(&["workspace", "archive", "second"]);
    assert_eq!(archived["archived"], true);
    let restored = rumbo.json(&["workspace", "archive", "Second", "--restore"]);
    assert_eq!(restored["archived"], false);

    let rows = rumbo.json(&["workspace", "list"]);
    let current: Vec<bool> = rows["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["current"].as_bool().unwrap())
        .collect();
    assert_eq!(current, [true, false]);
}

#[test]
fn deleting_needs_the_name_once_more_and_leaves_a_backup() {
    let rumbo = Rumbo::with_workspace();
    let ran = rumbo.run(&["workspace", "delete", "casa-alba", "--json"]);
    assert_eq!((ran.code, ran.error().as_str()), (2, "invalid_input"));
    let ran = rumbo.run(&[
        "workspace",
        "delete",
        "casa-alba",
        "--confirm",
        "casa",
        "--json",
    ]);
    assert_eq!((ran.code, ran.error().as_str()), (2, "invalid_input"));
    let deleted = rumbo.json(&["workspace", "delete", "casa-alba", "--confirm", "Casa Alba"]);
    let backup = deleted["backup"].as_str().unwrap();
    assert!(std::path::Path::new(backup).exists(), "{backup}");
    assert_eq!(
        rumbo.json(&["workspace", "list"]),
        json!({ "workspaces": [] })
    );
}

#[test]
fn without_a_workspace_a_command_says_how_to_make_one() {
    let rumbo = Rumbo::new();
    for arguments in [["roi", "--json"], ["sync", "--json"], ["status", "--json"]] {
        let ran = rumbo.run(&arguments);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (1, "not_found"),
            "{arguments:?}"
        );
        assert!(
            ran.stderr.contains("rumbo workspace create"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_workspace_that_is_not_there_is_named_with_those_that_are() {
    let rumbo = Rumbo::with_workspace();
    for arguments in [
        ["roi", "--workspace", "nope", "--json"],
        ["workspace", "use", "nope", "--json"],
        ["workspace", "archive", "nope", "--json"],
    ] {
        let ran = rumbo.run(&arguments);
        assert_eq!(
            (ran.code, ran.error().as_str()),
            (1, "not_found"),
            "{arguments:?}"
        );
        assert!(ran.stderr.contains("casa-alba"), "{}", ran.stderr);
    }
}

#[test]
fn a_flag_chooses_the_workspace_for_one_command_only() {
    let rumbo = Rumbo::with_workspace();
    rumbo.json(&[
        "workspace",
        "create",
        "Loja",
        "--currency",
        "BRL",
        "--locale",
        "pt-BR",
    ]);
    let other = rumbo.json(&["roi", "--workspace", "casa-alba"]);
    assert_eq!(other["currency"], "USD");
    let current = rumbo.json(&["roi"]);
    assert_eq!(current["currency"], "BRL");
}

#[test]
fn headings_are_in_the_language_of_the_workspace_or_of_the_flag() {
    let rumbo = Rumbo::new();
    rumbo.json(&[
        "workspace",
        "create",
        "Loja",
        "--currency",
        "BRL",
        "--locale",
        "pt-BR",
    ]);
    let portuguese = rumbo.run(&["roi"]).stdout;
    assert!(portuguese.contains("não atribuído"), "{portuguese}");
    assert!(portuguese.contains("0,00 BRL"), "{portuguese}");
    let spanish = rumbo.run(&["roi", "--lang", "es"]).stdout;
    assert!(spanish.contains("sin atribuir"), "{spanish}");
    let english = rumbo.run(&["roi", "--lang", "en"]).stdout;
    assert!(
        english.contains("not attributed") && english.contains("0.00 BRL"),
        "{english}"
    );
}

#[test]
fn of_two_workspaces_of_one_name_none_is_guessed() {
    let rumbo = Rumbo::with_workspace();
    rumbo.json(&["workspace", "create", "Casa Alba"]);
    for arguments in [
        vec!["workspace", "use", "Casa Alba"],
        vec!["workspace", "delete", "Casa Alba", "--confirm", "Casa Alba"],
        vec!["roi", "--workspace", "Casa Alba"],
    ] {
        let ran = rumbo.run(&[&arguments[..], &["--json"]].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        let error = &ran.json()["error"];
        assert_eq!(error["reason"], "workspace_unclear");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("casa-alba, casa-alba-2"),
            "{error}"
        );
    }
    rumbo.json(&["workspace", "use", "casa-alba-2"]);
}
