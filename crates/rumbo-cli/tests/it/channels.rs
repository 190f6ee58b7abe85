//! Messaging channels from a terminal: the secret goes into the vault and is shown nowhere.

use serde_json::json;

use crate::rumbo::{Ran, Rumbo};

const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

fn in_sealed_file(rumbo: &Rumbo, arguments: &[&str]) -> Ran {
    let mut command = rumbo.command(arguments);
    command
        .env("RUMBO_VAULT", "passphrase")
        .env("RUMBO_PASSPHRASE", "a passphrase for tests")
        .env("BOT_TOKEN", TOKEN);
    Ran::of(&mut command)
}

#[test]
fn a_channel_is_added_changed_listed_and_removed_and_its_secret_stays_inside() {
    let rumbo = Rumbo::with_workspace();
    let add = [
        "channels",
        "add",
        "Bot",
        "--provider",
        "telegram",
        "--sender",
        "@casa_alba_bot",
        "--base-url",
        "http://127.0.0.1:1",
    ];
    let without = in_sealed_file(&rumbo, &[&add[..], &["--json"]].concat());
    assert_eq!(
        (without.code, without.error().as_str()),
        (2, "invalid_input")
    );
    let secret = ["--secret-env", "token=BOT_TOKEN", "--json"];
    let added = in_sealed_file(&rumbo, &[&add[..], &secret[..]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(added.json()["state"], "connecting");
    // What is left out stays: the secret too.
    let change = [
        "channels",
        "add",
        "Bot",
        "--provider",
        "telegram",
        "--per-second",
        "5",
        "--json",
    ];
    let changed = in_sealed_file(&rumbo, &change);
    assert_eq!(changed.code, 0, "{changed:?}");
    assert_eq!(changed.json()["sender"], "@casa_alba_bot");
    assert_eq!(changed.json()["id"], added.json()["id"]);
    let listed = in_sealed_file(&rumbo, &["channels", "list", "--json"]);
    assert_eq!(listed.json()["channels"], json!([changed.json()]));
    let table = in_sealed_file(&rumbo, &["channels", "list"]);
    assert!(table.stdout.contains("@casa_alba_bot"), "{table:?}");
    // Nobody listens there: that is said, and nothing of the token.
    let tested = in_sealed_file(&rumbo, &["channels", "test", "Bot", "--json"]);
    assert_eq!((tested.code, tested.error().as_str()), (1, "offline"));
    for ran in [&added, &changed, &listed, &table, &tested] {
        assert!(!format!("{ran:?}").contains("AAHdqTcvCH1v"), "{ran:?}");
    }
    let mut files = 0;
    let mut folders = vec![rumbo.folder().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if let Ok(bytes) = std::fs::read(entry.path()) {
                files += 1;
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains("AAHdqTcvCH1v"), "{:?}", entry.path());
            }
        }
    }
    assert!(files >= 2, "the data and the vault");
    let removed = in_sealed_file(&rumbo, &["channels", "remove", "Bot", "--json"]);
    assert_eq!(removed.json(), json!({ "archived": false }));
    let gone = in_sealed_file(&rumbo, &["channels", "remove", "Bot", "--json"]);
    assert_eq!(gone.error(), "not_found");
}

#[test]
fn a_variable_that_is_not_there_and_a_provider_that_is_none_are_wrong_usage() {
    let rumbo = Rumbo::with_workspace();
    let missing = [
        "channels",
        "add",
        "Bot",
        "--provider",
        "telegram",
        "--secret-env",
        "token=NO_SUCH_VARIABLE",
    ];
    let ran = rumbo.run(&missing);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("NO_SUCH_VARIABLE"), "{ran:?}");
    let ran = rumbo.run(&["channels", "add", "Bot", "--provider", "pigeon"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("telegram"), "{ran:?}");
}
