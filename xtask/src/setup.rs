//! What Rumbo needs on a machine, and how it gets there.

use std::process::Command;

use crate::command::{Result, command, exists, is_root, must, npm, output, root, succeeds};

/// What the machine is prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Building and opening the window.
    Run,
    /// That, and every test.
    Test,
}

/// Debian's packages for building and showing the window.
const RUN_PACKAGES: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "libssl-dev",
];

/// Debian's packages for the tests: a display, WebKit's driver, a Secret Service, a database,
/// Python for the clients that others wrote.
const TEST_PACKAGES: &[&str] = &[
    "xvfb",
    "webkit2gtk-driver",
    "gnome-keyring",
    "dbus-daemon",
    "dbus-x11",
    "postgresql",
    "python3",
    "python3-venv",
];

/// Installs what is missing.
///
/// # Errors
/// With the exact line to run, where this program cannot install it.
pub fn install(purpose: Purpose) -> Result {
    if cfg!(target_os = "linux") {
        linux(purpose)?;
    } else if cfg!(target_os = "macos") {
        if !succeeds(Command::new("xcode-select").arg("-p")) {
            return Err(
                "Xcode's command line tools are missing. Run: xcode-select --install".into(),
            );
        }
        if purpose == Purpose::Test && postgres_folder().is_none() {
            return Err("PostgreSQL is missing. Run: brew install postgresql@17".into());
        }
    } else if purpose == Purpose::Test && postgres_folder().is_none() {
        return Err("PostgreSQL is missing. Run: winget install PostgreSQL.PostgreSQL.17".into());
    }
    node()?;
    if purpose == Purpose::Test {
        cargo_tool("cargo-nextest", "cargo-nextest", "^0.9")?;
        if cfg!(target_os = "linux") {
            cargo_tool("tauri-driver", "tauri-driver", "^2")?;
        }
        python()?;
    }
    Ok(())
}

fn linux(purpose: Purpose) -> Result {
    let mut wanted: Vec<&str> = RUN_PACKAGES.to_vec();
    if purpose == Purpose::Test {
        wanted.extend(TEST_PACKAGES);
    }
    if exists("apt-get") {
        let missing: Vec<&str> = wanted.into_iter().filter(|name| !installed(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        println!("Installing {}", missing.join(" "));
        let (program, before): (&str, &[&str]) = if is_root() {
            ("apt-get", &[])
        } else {
            ("sudo", &["apt-get"])
        };
        let line = format!("sudo apt-get install -y {}", missing.join(" "));
        let apt = |arguments: &[&str]| {
            must(
                command(program)
                    .args(before)
                    .args(arguments)
                    .env("DEBIAN_FRONTEND", "noninteractive"),
            )
            .map_err(|e| format!("{e}\nInstall what is missing by hand: {line}"))
        };
        apt(&["update", "-q"])?;
        let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
        arguments.extend(&missing);
        return apt(&arguments);
    }
    let have = succeeds(command("pkg-config").args(["--exists", "webkit2gtk-4.1"]));
    if have {
        return Ok(());
    }
    Err(if exists("dnf") {
        "WebKitGTK 4.1 is missing. Run: sudo dnf install webkit2gtk4.1-devel librsvg2-devel openssl-devel gcc".into()
    } else if exists("pacman") {
        "WebKitGTK 4.1 is missing. Run: sudo pacman -S --needed webkit2gtk-4.1 librsvg base-devel openssl".into()
    } else {
        "WebKitGTK 4.1 and its headers are missing. Install them with your system's packages, then run this again.".into()
    })
}

fn installed(package: &str) -> bool {
    output(
        command("dpkg-query")
            .args(["-W", "-f", "${Status}", package])
            .stderr(std::process::Stdio::null()),
    )
    .is_ok_and(|status| status.ends_with("install ok installed"))
}

fn node() -> Result {
    let version = output(command("node").arg("--version")).map_err(|_| {
        "Node.js is missing. Install version 20 or later from nodejs.org, then run this again."
            .to_owned()
    })?;
    let major: u32 = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    if major < 20 {
        return Err(format!(
            "Node.js {version} is too old. Install version 20 or later."
        ));
    }
    for folder in ["ui", "e2e"] {
        let folder = root().join(folder);
        let lock = folder.join("package-lock.json");
        let stamp = folder.join("node_modules/.package-lock.json");
        let newer = |a: &std::path::Path, b: &std::path::Path| {
            let time = |p: &std::path::Path| p.metadata().and_then(|m| m.modified()).ok();
            time(a) > time(b)
        };
        // `npm ci` refuses a lock file made on one system for the optional packages of another.
        if lock.is_file() && (!stamp.is_file() || newer(&lock, &stamp)) {
            must(npm().current_dir(&folder).args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
            ]))?;
        }
    }
    Ok(())
}

fn cargo_tool(program: &str, package: &str, version: &str) -> Result {
    if exists(program) {
        return Ok(());
    }
    println!("Installing {package}");
    must(command("cargo").args(["install", "--locked", package, "--version", version]))
}

/// The Python of the tests, with the packages of the clients that others wrote.
pub fn python_program() -> std::path::PathBuf {
    python_tool("python")
}

/// A program that came with one of the packages in `PACKAGES`.
pub fn python_tool(name: &str) -> std::path::PathBuf {
    let venv = root().join("target/python");
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    venv.join(folder).join(crate::test::executable(name))
}

/// The lists of what is installed for the tests from PyPI.
const PACKAGES: [&str; 4] = [
    "crates/rumbo-channels/tests/python/requirements.txt",
    "crates/rumbo-cli/tests/python/requirements.txt",
    "crates/rumbo-sandbox/tests/python/requirements.txt",
    "xtask/tools.txt",
];

fn python() -> Result {
    let mut wanted = String::new();
    for list in PACKAGES {
        wanted +=
            &std::fs::read_to_string(root().join(list)).map_err(|e| format!("{list}: {e}"))?;
    }
    let stamp = root().join("target/python/installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(());
    }
    let python = if cfg!(windows) { "python" } else { "python3" };
    must(command(python).args(["-m", "venv", "target/python"]))?;
    let mut install = command(python_program());
    install.args(["-m", "pip", "install", "--quiet"]);
    for list in PACKAGES {
        install.arg("--requirement").arg(root().join(list));
    }
    must(&mut install)?;
    std::fs::write(&stamp, wanted).map_err(|e| e.to_string())
}

/// Where PostgreSQL's programs are: on the path, or in Debian's folder of the newest version.
pub fn postgres_folder() -> Option<std::path::PathBuf> {
    let debian = std::path::Path::new("/usr/lib/postgresql");
    let mut versions: Vec<_> = std::fs::read_dir(debian)
        .ok()
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().or_else(|| {
        let initdb = if cfg!(windows) { "where" } else { "which" };
        let found = output(command(initdb).arg("initdb")).ok()?;
        std::path::Path::new(found.lines().next()?)
            .parent()
            .map(std::path::Path::to_path_buf)
    })
}
