//! Building Rumbo and opening its window.

use crate::command::{Result, command, environment, must, npm, root};
use crate::e2e;
use crate::setup::{self, Purpose};

/// Builds everything and opens the window; with no display, does the same job in the terminal.
///
/// # Errors
/// When something is missing that this program cannot install, or a build fails.
pub fn run() -> Result {
    let display = !cfg!(target_os = "linux")
        || environment("DISPLAY").is_some()
        || environment("WAYLAND_DISPLAY").is_some();
    if !display {
        println!("There is no display: the same job runs here in the terminal.\n");
        return must(command("cargo").args([
            "run",
            "--quiet",
            "--package",
            "rumbo-cli",
            "--",
            "demo",
        ]));
    }
    setup::install(Purpose::Run)?;
    build_ui()?;
    // The debug build links in a fraction of the time of a release, and the core's hot
    // dependencies are optimised in it all the same (Cargo.toml).
    must(command("cargo").args(["run", "--package", "rumbo-desktop", "--", "--sample"]))
}

/// Builds the interface into ui/dist.
///
/// # Errors
/// When npm fails.
pub fn build_ui() -> Result {
    must(npm().args(["run", "--silent", "build"]))
}

/// Writes what is made from a list in the code: ui/src/bindings.ts from the commands, and the
/// tables of docs/metrics.md, docs/template-rules.md and docs/provider-codes.md from their lists. Each is written by the test that compares it.
///
/// # Errors
/// When a build fails.
pub fn generate() -> Result {
    for (package, target, test) in [
        ("rumbo-insight", "--lib", "the_page_of_metrics_is_current"),
        (
            "rumbo-forecast",
            "--lib",
            "the_page_of_backtests_is_current",
        ),
        (
            "rumbo-ads",
            "--test=it",
            "the_backtest_of_changed_settings_is_current",
        ),
        (
            "rumbo-engage",
            "--test=it",
            "the_page_of_template_rules_is_current",
        ),
        (
            "rumbo-channels",
            "--lib",
            "the_page_of_provider_codes_is_current",
        ),
        ("rumbo-desktop", "--lib", "bindings_are_current"),
    ] {
        must(
            command("cargo")
                .args(["test", "--package", package, target, test])
                .env("RUMBO_WRITE_GENERATED", "1"),
        )?;
    }
    Ok(())
}

/// Runs every benchmark, in release.
///
/// # Errors
/// When a build fails or a benchmark does not finish.
pub fn bench() -> Result {
    setup::install(Purpose::Test)?;
    build_ui()?;
    // Where the data of the dashboards stay, for the second database that is asked the same.
    let dashboards = root().join("target/bench-dashboards");
    let _ = std::fs::remove_dir_all(&dashboards);
    std::fs::create_dir_all(&dashboards)
        .map_err(|e| format!("cannot make {}: {e}", dashboards.display()))?;
    let folder = dashboards.display().to_string();
    for (package, example, argument) in [
        ("rumbo-ads", "insight_bench", Some("200000")),
        ("rumbo-ads", "insight_bench", Some("1000000")),
        ("rumbo-insight", "dashboard_bench", Some(folder.as_str())),
        ("rumbo-crm", "contact_search_bench", None),
        ("rumbo-engage", "outbox_bench", None),
        ("rumbo-engage", "message_search_bench", None),
        ("rumbo-engage", "webhook_bench", None),
    ] {
        println!("\n== {package}: {example} {}", argument.unwrap_or_default());
        let mut run = command("cargo");
        run.args([
            "run",
            "--release",
            "--package",
            package,
            "--example",
            example,
        ]);
        must(run.arg("--").args(argument))?;
    }
    println!("\n== DuckDB on the same rows");
    let script = root().join("crates/rumbo-insight/examples/duckdb_bench.py");
    must(
        command(setup::python_program())
            .arg(script)
            .arg(&dashboards),
    )?;
    let _ = std::fs::remove_dir_all(&dashboards);
    println!("\n== rumbo-desktop: first window");
    e2e::bench()
}
