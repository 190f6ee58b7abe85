//! `rumbo sync`

use std::time::Duration;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rumbo_app::api;
use rumbo_app::wire::{
    Breakdown, CancelSync, ConnectionState, GetConnection, GetSyncProgress, GetWorkspaceSettings,
    StartSync, SyncProgress, SyncState, WorkspaceSettings,
};
use rumbo_base::{Code, Error};

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::output::{Output, note};
use crate::session::{Program, Session};
use crate::signals::StopSignals;
use crate::words::Word;

/// How often the progress is asked for.
const POLL: Duration = Duration::from_millis(200);

/// What to read.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// Read every day from this one on again, whatever is confirmed already
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    since: Option<NaiveDate>,
    /// Read every day again, as far back as was ever asked for, or from --since on
    #[arg(long)]
    full: bool,
    /// From now on also read the figures by these: all, none, or age,gender,country,placement,device
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    breakdowns: Vec<Parts>,
}

/// What figures are also read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Parts {
    All,
    None,
    Age,
    Gender,
    Country,
    Placement,
    Device,
}

impl Parts {
    fn breakdowns(self) -> Vec<Breakdown> {
        match self {
            Self::All => Breakdown::ALL.to_vec(),
            Self::None => Vec::new(),
            Self::Age => vec![Breakdown::Age],
            Self::Gender => vec![Breakdown::Gender],
            Self::Country => vec![Breakdown::Country],
            Self::Placement => vec![Breakdown::Placement],
            Self::Device => vec![Breakdown::Device],
        }
    }
}

/// Syncs and waits for the end.
pub async fn run(program: &Program, args: SyncArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            signed_in(session).await?;
            if !args.breakdowns.is_empty() {
                let chosen = args.breakdowns.iter().flat_map(|parts| parts.breakdowns());
                let settings =
                    api::get_workspace_settings(&session.cx, GetWorkspaceSettings {}).await?;
                let changed = WorkspaceSettings {
                    breakdowns: chosen.collect(),
                    ..settings
                };
                api::save_workspace_settings(&session.cx, changed).await?;
            }
            let request = StartSync {
                since: args.since,
                full: args.full,
            };
            let progress = to_the_end(session, request).await?;
            for problem in problems(&progress) {
                note(&problem);
            }
            session
                .output
                .result(&progress, |output| text(output, &progress));
            Ok(exit_of(&progress))
        })
        .await
}

/// Without a sign-in there is nothing to choose and nothing to sync: that comes first.
async fn signed_in(session: &Session) -> Result<(), Failure> {
    let known = api::get_connection(&session.cx, GetConnection {}).await?;
    if known.state == ConnectionState::Missing {
        return Err(Error::new(
            Code::NeedsSignIn,
            "Nobody is signed in at Meta. Run rumbo connect first; what is stored stays.",
        )
        .into());
    }
    Ok(())
}

/// Starts a sync and follows it to its end. Ctrl-C stops it; what is stored stays.
pub async fn to_the_end(session: &Session, request: StartSync) -> Result<SyncProgress, Failure> {
    let cx = &session.cx;
    let mut stop = StopSignals::listen().map_err(Error::internal)?;
    let mut progress = api::start_sync(cx, request).await?;
    let bar = bar();
    let mut poll = tokio::time::interval(POLL);
    let mut stopping = false;
    while progress.finished_at.is_none() {
        show(&bar, &progress, session);
        tokio::select! {
            () = stop.asked() => {
                if stopping {
                    bar.finish_and_clear();
                    return Err(Error::new(
                        Code::Cancelled,
                        "Stopped at once. What is stored stays; the next sync goes on from there.",
                    )
                    .into());
                }
                stopping = true;
                api::cancel_sync(cx, CancelSync {}).await?;
            }
            _ = poll.tick() => {
                // A workspace has one sync at a time: this is the one that was started.
                if let Some(now) = api::get_sync_progress(cx, GetSyncProgress {}).await? {
                    progress = now;
                }
            }
        }
    }
    bar.finish_and_clear();
    Ok(progress)
}

/// The exit code of a run. A sign-in that ended in the middle comes first: it is what the person
/// has to see to.
pub fn exit_of(progress: &SyncProgress) -> Exit {
    if let Some(error) = &progress.error
        && Exit::of(error.code) == Exit::NeedsSignIn
    {
        return Exit::NeedsSignIn;
    }
    match progress.state {
        SyncState::Done => Exit::Done,
        SyncState::Partly | SyncState::Cancelled => Exit::Partly,
        SyncState::Interrupted if progress.slices_done > 0 => Exit::Partly,
        _ => Exit::Failed,
    }
}

fn bar() -> ProgressBar {
    // Hidden by itself when standard error is no terminal.
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}") {
        Ok(style) => bar.set_style(style),
        Err(error) => tracing::warn!(%error, "the progress bar has no style"),
    }
    bar
}

fn show(bar: &ProgressBar, progress: &SyncProgress, session: &Session) {
    let numbers = session.output.numbers();
    bar.set_length(u64::from(progress.slices_total.max(1)));
    bar.set_position(u64::from(progress.slices_done));
    let rows = progress
        .rows_added
        .saturating_add(progress.rows_changed)
        .saturating_add(progress.rows_unchanged);
    let mut parts = vec![
        format!(
            "{} {}",
            session.output.word(Word::Rows),
            numbers.count(rows)
        ),
        format!(
            "{} {}",
            session.output.word(Word::Calls),
            numbers.count(progress.calls)
        ),
    ];
    if let (Some(low), Some(high)) = (progress.seconds_left_low, progress.seconds_left_high) {
        parts.push(format!("{}–{} s", numbers.count(low), numbers.count(high)));
    }
    let slowed = progress
        .scopes
        .iter()
        .find(|scope| scope.state == SyncState::Slowed);
    if let Some(scope) = slowed {
        let wait = scope.waiting_seconds.unwrap_or_default();
        parts.push(format!("{}: Meta … {} s", scope.name, numbers.count(wait)));
    }
    bar.set_message(parts.join(" · "));
}

/// What went wrong, a sentence each: the run's own error and those of its parts.
fn problems(progress: &SyncProgress) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(error) = &progress.error {
        found.push(error.message.clone());
    }
    for scope in &progress.scopes {
        if let Some(error) = &scope.error {
            let sentence = format!("{}: {}", scope.name, error.message);
            if !found.contains(&sentence) && Some(&error.message) != found.first() {
                found.push(sentence);
            }
        }
    }
    found
}

/// The run as a table: a row for each account or page, and the totals.
pub fn text(output: &Output, progress: &SyncProgress) -> String {
    let numbers = output.numbers();
    let mut scopes = Grid::new(
        &[output.word(Word::Account), output.word(Word::Status)],
        &[output.word(Word::Rows)],
    );
    for scope in &progress.scopes {
        scopes.row([
            short(&scope.name),
            state_name(scope.state),
            numbers.count(scope.rows),
        ]);
    }
    let mut totals = Grid::new(
        &[output.word(Word::Status)],
        &[
            output.word(Word::Added),
            output.word(Word::Changed),
            output.word(Word::Unchanged),
            output.word(Word::Calls),
            output.word(Word::Errors),
        ],
    );
    totals.row([
        state_name(progress.state),
        numbers.count(progress.rows_added),
        numbers.count(progress.rows_changed),
        numbers.count(progress.rows_unchanged),
        numbers.count(progress.calls),
        numbers.count(progress.errors),
    ]);
    let period = format!(
        "{}: {} – {}",
        output.word(Word::Period),
        progress.since,
        progress.until
    );
    if scopes.is_empty() {
        format!("{period}\n\n{}", totals.text())
    } else {
        format!("{period}\n\n{}\n{}", scopes.text(), totals.text())
    }
}

/// The state as it is in JSON.
pub fn state_name(state: SyncState) -> String {
    match serde_json::to_value(state) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
