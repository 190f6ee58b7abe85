//! The link to Chatwoot from a terminal: the token goes into the vault and is shown nowhere.

use serde_json::{Value, json};

use crate::rumbo::{Ran, Rumbo};
use crate::sandbox::SandboxProcess;

fn in_sealed_file(rumbo: &Rumbo, token: &str, arguments: &[&str]) -> Ran {
    let mut command = rumbo.command(arguments);
    command
        .env("RUMBO_VAULT", "passphrase")
        .env("RUMBO_PASSPHRASE", "a passphrase for tests")
        .env("CHATWOOT_TOKEN", token);
    Ran::of(&mut command)
}

#[test]
fn it_is_linked_shown_and_left() {
    let rumbo = Rumbo::with_workspace();
    let sandbox = SandboxProcess::start();
    let told = sandbox.ready["channels"]["chatwoot"].clone();
    let url = told["base_url"].as_str().unwrap();
    let token = told["token"].as_str().unwrap();
    let none = in_sealed_file(&rumbo, token, &["chatwoot", "status", "--json"]);
    assert_eq!((none.code, &none.json()["link"]), (0, &Value::Null));
    let way = ["--url", url, "--token-env", "CHATWOOT_TOKEN", "--json"];
    let found = in_sealed_file(
        &rumbo,
        token,
        &[&["chatwoot", "inboxes"], &way[..]].concat(),
    );
    assert_eq!(
        found.json()["accounts"][0]["id"],
        told["account"],
        "{found:?}"
    );
    // There is one account and one usable inbox: neither has to be named.
    let linked = in_sealed_file(
        &rumbo,
        token,
        &[&["chatwoot", "connect"], &way[..]].concat(),
    );
    assert_eq!(
        linked.json()["link"]["inbox_id"],
        told["inbox"],
        "{linked:?}"
    );
    let changed = in_sealed_file(
        &rumbo,
        token,
        &["chatwoot", "connect", "--pause-hours", "8", "--json"],
    );
    assert_eq!(changed.json()["link"]["pause_hours"], 8, "{changed:?}");
    let table = in_sealed_file(&rumbo, token, &["chatwoot", "status"]);
    assert!(table.stdout.contains("Casa Alba (Rumbo)"), "{table:?}");
    for ran in [&found, &linked, &changed, &table] {
        assert!(!format!("{ran:?}").contains(token), "{ran:?}");
    }
    let left = in_sealed_file(&rumbo, token, &["chatwoot", "disconnect", "--json"]);
    assert_eq!(left.json()["link"], json!(null), "{left:?}");
}
