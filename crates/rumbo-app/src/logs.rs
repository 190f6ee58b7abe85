//! The log: one JSON object a line, in the data folder, ten files of at most ten megabytes.
//!
//! A line says when, which part of the program, and what; a command's line also its workspace, how
//! long it took and the code it ended with. Nothing of a person gets in: what somebody typed or a
//! file said is told by code and field, never by its text (see [`told`]).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use file_rotate::compression::Compression;
use file_rotate::suffix::AppendCount;
use file_rotate::{ContentLimit, FileRotate};
use rumbo_base::{Code, Error, Reason, Result};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::Context;

const FILES: usize = 10;
const FILE_BYTES: usize = 10_000_000;
/// What is kept where nobody asked for more: our own parts, and trouble anywhere.
const USUAL: &str =
    "warn,rumbo=info,rumbo_app=info,rumbo_ads=info,rumbo_meta=info,rumbo_desktop=info";

/// The folder of the log within the folder of the data.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("logs")
}

/// Begins to write the log. `program` names its file, so that the window and the command line do
/// not turn one another's files over. `filter` (`RUMBO_LOG`: `debug`, `rumbo_ads=trace`) says what
/// is written, and then it also goes to standard error.
///
/// A folder that cannot be written is no reason not to work: then there is no file.
///
/// # Errors
/// `InvalidInput` for a filter that is not understood.
pub fn start(data_dir: Option<&Path>, program: &str, filter: Option<&str>) -> Result<()> {
    let filter_of = |text: &str| {
        EnvFilter::builder().parse(text).map_err(|error| {
            Error::new(
                Code::InvalidInput,
                format!("RUMBO_LOG is not understood: {error}. Give a level such as debug, or parts such as rumbo_ads=trace."),
            )
            .reason(Reason::LogLevelsUnknown)
            .field("RUMBO_LOG")
        })
    };
    let to_stderr = match filter {
        Some(text) => Some(
            tracing_subscriber::fmt::layer()
                .with_writer(io::stderr)
                .with_filter(filter_of(text)?),
        ),
        None => None,
    };
    let to_file = match data_dir.map(folder) {
        Some(folder) if crate::state::private_folder(&folder).is_ok() => Some(
            tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false)
                .with_writer(Mutex::new(FileRotate::new(
                    folder.join(format!("{program}.log")),
                    AppendCount::new(FILES - 1),
                    ContentLimit::Bytes(FILE_BYTES),
                    Compression::None,
                    None,
                )))
                .with_filter(filter_of(filter.unwrap_or(USUAL))?),
        ),
        _ => None,
    };
    // A second start in one process (tests) keeps the first.
    drop(
        tracing_subscriber::registry()
            .with(to_file)
            .with(to_stderr)
            .try_init(),
    );
    Ok(())
}

/// Whether a command changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// It reads. Screens do that all the time: its line is for whoever looks for something.
    Read,
    /// It writes, or goes out.
    Write,
}

/// Runs a command and writes its line: of a read only at the level debug, unless it failed.
///
/// # Errors
/// Those of the command.
pub async fn command<T>(
    cx: &Context,
    name: &'static str,
    kind: CommandKind,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let begun = Instant::now();
    let outcome = work.await;
    line(cx, name, kind, begun, outcome.as_ref().err());
    outcome
}

fn line(cx: &Context, name: &str, kind: CommandKind, begun: Instant, error: Option<&Error>) {
    let workspace = cx
        .scope()
        .map(|scope| scope.workspace.to_string())
        .unwrap_or_default();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    match (error, kind) {
        (None, CommandKind::Read) => tracing::debug!(command = name, workspace, duration_ms),
        (None, CommandKind::Write) => tracing::info!(command = name, workspace, duration_ms),
        (Some(error), _) => tracing::warn!(
            command = name,
            workspace,
            duration_ms,
            code = error.code().word(),
            reason = error.reason_id().map(Reason::id),
            error = told(error)
        ),
    }
}

/// A failure as the log may have it: with its causes, except where the sentence quotes what a
/// person typed or a file said; then only the field is named.
pub fn told(error: &Error) -> String {
    match error.code() {
        Code::InvalidInput | Code::NotFound | Code::Conflict => {
            error.field_name().unwrap_or_default().to_owned()
        }
        _ => error.chain(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_typed_is_not_in_the_log() {
        let typed =
            Error::new(Code::InvalidInput, "\"+54 11 6123\" is not a phone number.").field("phone");
        assert_eq!(told(&typed), "phone");
        let fault = Error::new(Code::DiskFull, "No space left.").source(io::Error::other("sda1"));
        assert!(told(&fault).contains("sda1"), "{}", told(&fault));
    }

    #[test]
    fn a_filter_that_is_none_is_named() {
        let refused = start(None, "test", Some("rumbo_ads=loud")).unwrap_err();
        assert_eq!(refused.code(), Code::InvalidInput);
        assert!(refused.message().contains("RUMBO_LOG"));
    }
}
