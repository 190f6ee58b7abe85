//! The installer for this system.

use std::path::{Path, PathBuf};

use crate::command::{Result, must, npm, root};
use crate::setup::{self, Purpose};

/// Builds the installer and says how large it is.
///
/// # Errors
/// When a build fails.
pub fn package() -> Result {
    setup::install(Purpose::Run)?;
    let kind = if cfg!(windows) {
        "nsis"
    } else if cfg!(target_os = "macos") {
        "dmg"
    } else {
        "deb"
    };
    // From the root, where tauri.conf.json is; npm finds the tool in the interface's packages.
    must(npm().current_dir(root()).args([
        "--prefix",
        "ui",
        "exec",
        "--",
        "tauri",
        "build",
        "--ci",
        "--bundles",
        kind,
    ]))?;
    let folder = root().join("target/release/bundle").join(kind);
    for (path, bytes) in files(&folder)? {
        let tenths = bytes / 100_000;
        println!(
            "{} {}.{} MB (goal: under 20 MB)",
            path.display(),
            tenths / 10,
            tenths % 10
        );
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let about = entry.metadata().map_err(failed)?;
        if about.is_file() {
            found.push((entry.path(), about.len()));
        }
    }
    Ok(found)
}
