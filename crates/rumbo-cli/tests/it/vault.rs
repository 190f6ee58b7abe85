//! Secrets on a machine without a keyring.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::rumbo::{Ran, Rumbo};
use crate::sandbox::SandboxProcess;

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// DESIGN §6: after a whole run, no secret that was used is anywhere but in the sealed vault: not
/// in the data, the log, a copy made before deleting, what was printed, or what failed.
#[test]
fn a_whole_run_leaves_no_secret_anywhere() {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();
    let pages = sandbox.graph("me/accounts", &[("fields", "access_token")]);
    let mut secrets: Vec<&str> = pages["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page["access_token"].as_str().unwrap())
        .collect();
    assert_eq!(secrets.len(), 2, "the tokens of the pages are secrets too");
    secrets.extend(["access_token", "app_secret"].map(|name| sandbox.text(name)));
    secrets.push("correct horse battery staple");

    let ran = sandbox.connect_by_token(&rumbo);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut printed = vec![ran];
    let mut run = |arguments: &[&str], code: i32| {
        let mut command = rumbo.command(arguments);
        let ran = Ran::of(command.env("RUMBO_LOG", "trace"));
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stdout);
        assert!(!ran.stderr.is_empty(), "the log goes to standard error too");
        printed.push(ran);
    };
    run(&["accounts", "select", "--all", "--json"], 0);
    run(&["sync", "--json"], 0);
    sandbox.fault("*insights", "bad_parameter");
    run(&["sync", "--full", "--json"], 1);
    let token = sandbox.text("access_token");
    sandbox.control("tokens/kill", &json!({ "token": token, "subcode": 463 }));
    run(&["sync", "--full", "--json"], 4);
    run(&["doctor", "--json"], 1);
    run(
        &["workspace", "delete", "Casa Alba", "--confirm", "Casa Alba"],
        0,
    );

    let mut files = Vec::new();
    files_below(rumbo.folder(), &mut files);
    for kind in ["rumbo.db", "rumbo-cli.log", "backups"] {
        let there = files
            .iter()
            .any(|file| file.to_string_lossy().contains(kind));
        assert!(there, "nothing of {kind} was looked at: {files:?}");
    }
    let texts = printed
        .iter()
        .flat_map(|ran| [&ran.stdout, &ran.stderr])
        .map(|text| ("what was printed".to_owned(), text.clone().into_bytes()));
    let contents = files
        .iter()
        .map(|file| (file.display().to_string(), fs::read(file).unwrap()))
        .chain(texts);
    for (place, bytes) in contents {
        for secret in &secrets {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{place} holds {secret}");
        }
    }
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_harms_nothing() {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();
    assert_eq!(sandbox.connect_by_token(&rumbo).code, 0);
    let mut command = rumbo.command(&["accounts", "--json"]);
    let ran = Ran::of(command.env("RUMBO_PASSPHRASE", "wrong"));
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (1, "wrong_passphrase"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("RUMBO_PASSPHRASE"), "{}", ran.stderr);
    assert_eq!(rumbo.run(&["accounts", "--json"]).code, 0);
}

#[test]
fn a_passphrase_vault_without_a_passphrase_says_so() {
    let rumbo = Rumbo::new();
    let mut command = rumbo.command(&["workspace", "create", "Casa"]);
    let created = Ran::of(command.env_remove("RUMBO_PASSPHRASE"));
    let mut command = rumbo.command(&["connect", "--app-id", "1", "--token-stdin", "--json"]);
    let file = rumbo.file("token", "EAAtoken\n");
    command
        .env_remove("RUMBO_PASSPHRASE")
        .stdin(fs::File::open(file).unwrap());
    let ran = if created.code == 0 {
        Ran::of(&mut command)
    } else {
        created
    };
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("RUMBO_PASSPHRASE"), "{}", ran.stderr);
}
