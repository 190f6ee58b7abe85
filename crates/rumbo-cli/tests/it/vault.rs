//! Secrets on a machine without a keyring.

use std::fs;
use std::path::Path;

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

#[test]
fn with_a_passphrase_no_secret_lies_in_the_data_folder() {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();
    let ran = sandbox.connect_by_token(&rumbo);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        !ran.stdout.contains(sandbox.text("access_token")),
        "{ran:?}"
    );
    let ran = rumbo.run(&["accounts", "select", "--all", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");

    let mut files = Vec::new();
    files_below(rumbo.folder(), &mut files);
    assert!(files.len() > 1, "{files:?}");
    for secret in [sandbox.text("access_token"), sandbox.text("app_secret")] {
        for file in &files {
            let bytes = fs::read(file).unwrap();
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
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
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("RUMBO_PASSPHRASE"), "{}", ran.stderr);
}
