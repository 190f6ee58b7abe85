//! `rumbo`: everything Rumbo does on data, from a terminal and for scripts.
//!
//! `docs/cli.md` describes every command with its JSON. There is no logic here: each command
//! makes a request of the core, and prints the answer.

mod args;
mod commands;
mod crediting;
mod exchanged;
mod exit;
mod flags;
mod grid;
mod numbers;
mod output;
mod period;
mod secrets;
mod session;
mod signals;
mod words;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use rumbo_app::AppConfig;

use crate::args::{Arguments, Command, Global};
use crate::commands::{
    accounts, actions, agent, audit, audit_csv, breakdown, call, changes, channels, chatwoot,
    cohorts, completions, connect, consent, contacts, contributions, demo, doctor, drift, explain,
    export, gap, import, inbox, models, opportunities, outbox, pacing, rates, reach, roi, sales,
    sandbox, send, settle, simulate, spend, stats, status, sync, templates, touchpoints, workspace,
};
use crate::exit::{Exit, Failure};
use crate::output::{note, print_document};
use crate::session::Program;

// For the same reason as the window's: large tables.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The one place that reads the environment. Names and values that are not text are not ours.
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let line: Vec<OsString> = std::env::args_os().collect();
    let arguments = match args::read(&line) {
        Ok(arguments) => arguments,
        Err(error) => return wrong_usage(&error, &line).into(),
    };
    start_log(&arguments.global, &arguments.command, &environment);
    let json = arguments.global.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            note(&format!("The program cannot start: {error}."));
            return Exit::Failed.into();
        }
    };
    let result = runtime.block_on(run(arguments, environment));
    // A read of standard input may still hang in the background; nobody waits for it.
    runtime.shutdown_background();
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => report(&failure, json).into(),
    }
}

async fn run(arguments: Arguments, environment: BTreeMap<String, String>) -> Result<Exit, Failure> {
    let Arguments { global, command } = arguments;
    let program = Program {
        environment,
        global,
        no_browser: false,
    };
    match command {
        Command::Workspace(command) => Box::pin(workspace::run(&program, command)).await,
        Command::Connect(args) => connect::run(&program, args).await,
        Command::Disconnect => connect::disconnect(&program).await,
        Command::Accounts(args) => Box::pin(accounts::run(&program, args)).await,
        Command::Sync(args) => sync::run(&program, args).await,
        Command::Status => status::run(&program).await,
        Command::Stats(args) => stats::run(&program, args).await,
        Command::Roi(args) => roi::run(&program, args).await,
        Command::Gap(args) => gap::run(&program, args).await,
        Command::Actions(args) => actions::run(&program, args).await,
        Command::Changes(args) => changes::run(&program, args).await,
        Command::Contributions(args) => contributions::run(&program, args).await,
        Command::Explain(args) => explain::run(&program, args).await,
        Command::Models(args) => models::run(&program, args).await,
        Command::Rates(command) => rates::run(&program, command).await,
        Command::Cohorts(args) => cohorts::run(&program, args).await,
        Command::Breakdown(args) => breakdown::run(&program, args).await,
        Command::Reach(args) => reach::run(&program, args).await,
        Command::Pacing(args) => pacing::run(&program, args).await,
        Command::Simulate(args) => simulate::run(&program, args).await,
        Command::Drift(args) => drift::run(&program, args).await,
        Command::Settle(args) => settle::run(&program, args).await,
        Command::Import(args) => import::run(&program, args).await,
        Command::AuditCsv(args) => audit_csv::run(&program, args).await,
        Command::Export(args) => export::run(&program, args).await,
        Command::Contacts(command) => contacts::run(&program, command).await,
        Command::Opportunities(command) => opportunities::run(&program, command).await,
        Command::Sales(command) => sales::run(&program, command).await,
        Command::Spend(command) => spend::run(&program, command).await,
        Command::Touchpoints(command) => touchpoints::run(&program, command).await,
        Command::Channels(command) => channels::run(&program, command).await,
        Command::Chatwoot(command) => chatwoot::run(&program, command).await,
        Command::Templates(command) => templates::run(&program, command).await,
        Command::Send(args) => Box::pin(send::run(&program, *args)).await,
        Command::Outbox(command) => outbox::run(&program, command).await,
        Command::Consent(command) => consent::run(&program, command).await,
        Command::Inbox(command) => Box::pin(inbox::run(&program, command)).await,
        Command::Audit(command) => audit::run(&program, command).await,
        Command::Agent(args) => agent::run(&program, args).await,
        Command::Doctor => doctor::run(&program).await,
        Command::Sandbox(args) => sandbox::run(args).await,
        Command::Demo(args) => Box::pin(demo::run(&program, args)).await,
        Command::Call(args) => call::run(&program, args).await,
        Command::Completions(args) => Ok(completions::run(args)),
    }
}

/// Says what is wrong with the command line, or prints the help that was asked for.
fn wrong_usage(error: &clap::Error, line: &[OsString]) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is the reader's choice.
            drop(error.print());
            Exit::Done
        }
        // Only part of a command: what can follow is longer than a sentence.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            drop(error.print());
            Exit::Usage
        }
        _ => {
            let json = line.iter().any(|word| word == "--json");
            report(&Failure::of_line(error), json)
        }
    }
}

fn report(failure: &Failure, json: bool) -> Exit {
    note(failure.message());
    if json {
        print_document(&failure.json());
    }
    failure.exit()
}

/// Begins the log: in the data folder, for what touches data, and on standard error where
/// `RUMBO_LOG` asks for it.
fn start_log(global: &Global, command: &Command, environment: &BTreeMap<String, String>) {
    let config = match command {
        Command::Sandbox(_)
        | Command::Completions(_)
        | Command::Templates(templates::TemplatesCommand::Lint(_)) => None,
        _ => AppConfig::from_environment(global.data_dir.clone(), environment.clone()).ok(),
    };
    let data_dir = config.as_ref().map(|config| config.data_dir.as_path());
    let filter = environment.get("RUMBO_LOG").map(String::as_str);
    if let Err(error) = rumbo_app::logs::start(data_dir, "rumbo-cli", filter) {
        note(error.message());
    }
}
