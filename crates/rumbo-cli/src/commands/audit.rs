//! `rumbo audit`

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{AuditRow, AuditWanted, ExportAudit, ListAudit, VerifyAudit};
use rumbo_base::UserId;
use serde_json::{Map, Value};

use super::pages::{PageArgs, say_written, with_next};
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::Grid;
use crate::session::Program;
use crate::words::Word;

/// Who did what.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List what was done, newest first
    List {
        #[command(flatten)]
        wanted: WantedArgs,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Check that every entry is there, as it was written
    Verify,
    /// Write what was done into a file
    Export {
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        wanted: WantedArgs,
        /// Semicolons between cells, for spreadsheets in Spanish and Portuguese
        #[arg(long)]
        semicolon: bool,
    },
}

/// Which entries.
#[derive(Debug, Args)]
pub struct WantedArgs {
    /// What was done: a command's name, such as submit_template
    #[arg(long, value_name = "NAME")]
    action: Option<String>,
    /// To what: template, bulk_send, dispatch, conversation, contact, message, suppressions
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// To which: its id
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// By whom: the id of a member
    #[arg(long, value_name = "ID")]
    actor: Option<UserId>,
    /// From this day on
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    since: Option<NaiveDate>,
    /// Until this day, which counts too
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    until: Option<NaiveDate>,
}

impl From<WantedArgs> for AuditWanted {
    fn from(args: WantedArgs) -> Self {
        Self {
            action: args.action,
            object_kind: args.kind,
            object_id: args.object,
            actor: args.actor,
            since: args.since,
            until: args.until,
        }
    }
}

/// What is otherwise after: fields that were the same before are left out.
fn changes(row: &AuditRow) -> String {
    let read = |text: Option<&str>| -> Map<String, Value> {
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    };
    let (before, after) = (read(row.before.as_deref()), read(row.after.as_deref()));
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "—".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let told: Vec<String> = names
        .into_iter()
        .map(|name| (name, shown(before.get(name)), shown(after.get(name))))
        .filter(|(_, was, is)| was != is)
        .map(|(name, was, is)| match row.before {
            Some(_) => format!("{name}: {was} → {is}"),
            None => format!("{name}: {is}"),
        })
        .collect();
    told.join(", ")
}

/// Runs the command.
pub async fn run(program: &Program, command: AuditCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            match command {
                AuditCommand::List { wanted, page } => {
                    let request = ListAudit {
                        wanted: wanted.into(),
                        page: page.into(),
                    };
                    let page = api::list_audit(cx, request).await?;
                    output.result(&page, |output| {
                        let headings = [
                            Word::Date,
                            Word::AuditPerson,
                            Word::AuditDone,
                            Word::AuditObject,
                            Word::After,
                        ]
                        .map(|word| output.word(word));
                        let mut grid = Grid::new(&headings, &[]);
                        for row in &page.rows {
                            grid.row([
                                row.at.to_rfc3339(),
                                row.actor.clone().unwrap_or_else(|| "Rumbo".to_owned()),
                                row.action.clone(),
                                format!("{} {}", row.object_kind, row.object_id),
                                changes(row),
                            ]);
                        }
                        let text = if page.rows.is_empty() {
                            output.word(Word::None).to_owned()
                        } else {
                            grid.text()
                        };
                        with_next(output, text, page.next.as_deref())
                    });
                }
                AuditCommand::Verify => {
                    let found = api::verify_audit(cx, VerifyAudit {}).await?;
                    output.result(&found, |output| match &found.broken_at {
                        None => format!("{}: {}", output.word(Word::AuditWhole), found.entries),
                        Some(at) => format!("{}: {at}", output.word(Word::AuditBrokenAt)),
                    });
                    if found.broken_at.is_some() {
                        return Ok(Exit::Failed);
                    }
                }
                AuditCommand::Export {
                    out,
                    wanted,
                    semicolon,
                } => {
                    let request = ExportAudit {
                        wanted: wanted.into(),
                        path: out.display().to_string(),
                        semicolon,
                    };
                    let done = api::export_audit(cx, request).await?;
                    say_written(output, &done);
                }
            }
            Ok(Exit::Done)
        })
        .await
}
