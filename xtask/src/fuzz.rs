//! Fuzzing of everything that reads what others send.

use crate::command::{Result, command, must, output, root};
use crate::setup::{self, Purpose, python_tool};

/// How long each target runs when nobody says.
const SECONDS: u32 = 60;

/// Runs every target, or those that are named, for some seconds, from the seeds and what earlier runs
/// found.
///
/// # Errors
/// When a target finds a fault: the input lies in `fuzz/artifacts`.
pub fn fuzz(arguments: &[&str]) -> Result {
    let (seconds, only) = match arguments.split_first() {
        None => (SECONDS, arguments),
        Some((text, only)) => (
            text.parse()
                .map_err(|_| "usage: cargo xtask fuzz [SECONDS [TARGET]…]".to_owned())?,
            only,
        ),
    };
    setup::install(Purpose::Test)?;
    let tool = python_tool("cargo-fuzz");
    // libFuzzer's instruments are not stable, but the compiler that is here has them.
    let fuzz = |arguments: &[&str]| {
        let mut run = command(&tool);
        run.current_dir(root())
            .args(arguments)
            .env("RUSTC_BOOTSTRAP", "1");
        run
    };
    let all = output(&mut fuzz(&["list"]))?;
    if let Some(strange) = only.iter().find(|one| !all.lines().any(|it| it == **one)) {
        return Err(format!("There is no target {strange}. There is:\n{all}"));
    }
    let chosen = |target: &&str| only.is_empty() || only.contains(target);
    for target in all.lines().filter(chosen) {
        println!("\n== {target}, {seconds} s");
        let corpus = format!("fuzz/corpus/{target}");
        std::fs::create_dir_all(root().join(&corpus)).map_err(|e| format!("{corpus}: {e}"))?;
        must(&mut fuzz(&[
            "run",
            target,
            &corpus,
            &format!("fuzz/seeds/{target}"),
            "--",
            &format!("-max_total_time={seconds}"),
            "-rss_limit_mb=4096",
            "-timeout=10",
            "-verbosity=0",
            "-print_final_stats=1",
        ]))?;
    }
    Ok(())
}
