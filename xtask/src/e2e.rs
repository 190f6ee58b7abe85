//! The real window, driven through its own WebKit under a display of its own, with a real Secret
//! Service.

use std::path::Path;
use std::process::Command;

use crate::command::{Result, command, must, root};
use crate::test::executable;

/// What everything runs in: a session bus, an unlocked keyring, a display. Node gets the words that
/// follow.
const SESSION: &str = r#"
set -eu
printf 'test' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec xvfb-run --auto-servernum --server-args='-screen 0 1600x1000x24' node "$@"
"#;

/// Where builds with and without optimisation lie.
const DEBUG: &str = "target/debug";
const RELEASE: &str = "target/release";

/// Builds the window and drives it. Only where there is a driver for it: on Linux.
///
/// # Errors
/// When the build or a test fails.
pub fn test(home: &Path) -> Result {
    if !cfg!(target_os = "linux") {
        println!("The window is driven on Linux only: no driver speaks to WebKit elsewhere.");
        return Ok(());
    }
    build(&[])?;
    let mut node = session(home, DEBUG)?;
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    let tests = root().join("e2e/tests");
    let mut files: Vec<_> = std::fs::read_dir(&tests)
        .map_err(|e| format!("{}: {e}", tests.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    must(
        node.args(files)
            .env("RUMBO_SCREENSHOTS", root().join("target/e2e")),
    )
}

/// How long the window of a release build takes to show figures, and what it holds in memory.
///
/// # Errors
/// When the build fails or the window does not come.
pub fn bench() -> Result {
    if !cfg!(target_os = "linux") {
        println!("The window is measured on Linux only: no driver speaks to WebKit elsewhere.");
        return Ok(());
    }
    build(&["--release"])?;
    let home = root().join("target/bench-home");
    if home.exists() {
        std::fs::remove_dir_all(&home).map_err(|e| format!("{}: {e}", home.display()))?;
    }
    let mut node = session(&home, RELEASE)?;
    let vault = [("RUMBO_VAULT", "passphrase"), ("RUMBO_PASSPHRASE", "bench")];
    let data = home.join("figures");
    must(
        command(root().join(RELEASE).join(executable("rumbo")))
            .args(["demo", "--days", "365"])
            .env("RUMBO_DATA_DIR", &data)
            .envs(vault)
            .stdout(std::process::Stdio::null()),
    )?;
    must(
        node.arg("e2e/bench/first-window.mjs")
            .env("RUMBO_BENCH_DATA", &data)
            .envs(vault),
    )
}

fn build(more: &[&str]) -> Result {
    must(
        command("cargo")
            .args([
                "build",
                "--package",
                "rumbo-desktop",
                "--package",
                "rumbo-cli",
            ])
            .args(more),
    )
}

/// Node in a session of its own, with folders of its own, and the programs of one build.
fn session(home: &Path, build: &str) -> Result<Command> {
    for folder in ["data", "config", "cache", "runtime"] {
        private_folder(&home.join(folder))?;
    }
    let programs = root().join(build);
    let mut node = command("dbus-run-session");
    node.args(["--", "sh", "-c", SESSION, "node"])
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_RUNTIME_DIR", home.join("runtime"))
        .env("RUMBO_DESKTOP", programs.join(executable("rumbo-desktop")))
        .env("RUMBO_SANDBOX_BIN", programs.join(executable("rumbo")));
    Ok(node)
}

/// Makes a folder that only its owner can enter: the session bus wants no other.
fn private_folder(path: &Path) -> Result {
    std::fs::create_dir_all(path).map_err(|e| format!("{}: {e}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let only_owner = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(path, only_owner)
            .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}
