//! The real window, driven through its own WebKit under a display of its own, with a real Secret
//! Service.

use std::path::Path;

use crate::command::{Result, command, must, root};
use crate::test::executable;

/// The script that the tests run in: a session bus, an unlocked keyring, a display.
const SESSION: &str = r"
set -eu
printf 'test' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec xvfb-run --auto-servernum --server-args='-screen 0 1600x1000x24' \
    node --test --test-concurrency=1 --test-reporter=spec e2e/tests/*.test.mjs
";

/// Builds the window and drives it. Only where there is a driver for it: on Linux.
///
/// # Errors
/// When the build or a test fails.
pub fn test(home: &Path) -> Result {
    if !cfg!(target_os = "linux") {
        println!("The window is driven on Linux only: no driver speaks to WebKit elsewhere.");
        return Ok(());
    }
    must(command("cargo").args([
        "build",
        "--package",
        "rumbo-desktop",
        "--package",
        "rumbo-cli",
    ]))?;
    for folder in ["data", "config", "cache", "runtime"] {
        private_folder(&home.join(folder))?;
    }
    must(
        command("dbus-run-session")
            .args(["--", "sh", "-c", SESSION])
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("runtime"))
            .env(
                "RUMBO_DESKTOP",
                root()
                    .join("target/debug")
                    .join(executable("rumbo-desktop")),
            )
            .env(
                "RUMBO_SANDBOX_BIN",
                root().join("target/debug").join(executable("rumbo")),
            )
            .env("RUMBO_SCREENSHOTS", root().join("target/e2e")),
    )
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
