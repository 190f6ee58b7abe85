//! `cargo xtask`: everything a person does with this repository, in one place.

mod command;
mod e2e;
mod fuzz;
mod package;
mod postgres;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask setup            install what is missing, or print the line that does
cargo xtask run              build everything and open the window on the sample workspace
cargo xtask test             every test there is
cargo xtask test --only STEP one step of them (cargo xtask test --list names them)
cargo xtask bench            speed, as ratios against a reference in the same run
cargo xtask fuzz [SECONDS [TARGET]…]  what others send, made up: each target for 60 seconds
cargo xtask package          the installer for this system, and its size
cargo xtask generate         write ui/src/bindings.ts and the tables of docs/ from their lists
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["setup"] => setup::install(setup::Purpose::Test),
        ["run"] => run::run(),
        ["test", rest @ ..] => test::test(rest),
        ["bench"] => run::bench(),
        ["fuzz", rest @ ..] => fuzz::fuzz(rest),
        ["package"] => package::package(),
        ["generate"] => run::generate(),
        _ => {
            print!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}
