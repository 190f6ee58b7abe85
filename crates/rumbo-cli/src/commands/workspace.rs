//! `rumbo workspace`

use std::io::{self, IsTerminal};

use clap::Subcommand;
use rumbo_app::wire::{
    ArchiveWorkspace, CreateWorkspace, DeleteWorkspace, ListWorkspaces, UseWorkspace, WorkspaceRow,
};
use rumbo_app::{api, workspace_named};
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::{Output, note};
use crate::session::{Program, Session};
use crate::words::Word;

/// What to do with workspaces. Each is one business, apart from all others.
#[derive(Debug, Subcommand)]
pub enum WorkspaceCommand {
    /// Make a workspace and use it from now on
    Create {
        /// Its name, such as "Casa Alba"
        name: String,
        /// Reporting currency, such as USD; the first ad account's when absent
        #[arg(long, value_name = "CODE", value_parser = flags::currency)]
        currency: Option<String>,
        /// Reporting time zone, such as America/Sao_Paulo; UTC when absent
        #[arg(long, value_name = "ZONE", value_parser = flags::timezone)]
        timezone: Option<String>,
        /// Language and region, such as es-AR; en when absent
        #[arg(long, value_name = "LOCALE", value_parser = flags::locale)]
        locale: Option<String>,
    },
    /// List all workspaces
    List,
    /// Use a workspace from now on
    Use {
        /// Its slug, id or exact name
        name: String,
    },
    /// Put a workspace away, or bring it back; nothing is deleted
    Archive {
        /// Its slug, id or exact name
        name: String,
        /// Bring it back
        #[arg(long)]
        restore: bool,
    },
    /// Delete a workspace and everything in it, after making a backup
    Delete {
        /// Its slug, id or exact name
        name: String,
        /// The exact name again, to show that it is meant; asked for on a terminal
        #[arg(long, value_name = "NAME")]
        confirm: Option<String>,
    },
}

/// Runs the command.
pub async fn run(program: &Program, command: WorkspaceCommand) -> Result<Exit, Failure> {
    program
        .anywhere(async |session| match command {
            WorkspaceCommand::Create {
                name,
                currency,
                timezone,
                locale,
            } => {
                let request = CreateWorkspace {
                    name,
                    currency,
                    timezone,
                    locale,
                };
                let row = api::create_workspace(&session.cx, request).await?;
                print_rows(&session.output, std::slice::from_ref(&row), &row);
                Ok(Exit::Done)
            }
            WorkspaceCommand::List => {
                let rows = api::list_workspaces(&session.cx, ListWorkspaces {}).await?;
                print_rows(&session.output, &rows, &json!({ "workspaces": rows }));
                Ok(Exit::Done)
            }
            WorkspaceCommand::Use { name } => {
                let request = UseWorkspace { workspace: name };
                let row = api::use_workspace(&session.cx, request).await?;
                print_rows(&session.output, std::slice::from_ref(&row), &row);
                Ok(Exit::Done)
            }
            WorkspaceCommand::Archive { name, restore } => {
                let id = find(session, &name).await?.id;
                let request = ArchiveWorkspace {
                    id,
                    archived: !restore,
                };
                let row = api::archive_workspace(&session.cx, request).await?;
                print_rows(&session.output, std::slice::from_ref(&row), &row);
                Ok(Exit::Done)
            }
            WorkspaceCommand::Delete { name, confirm } => {
                let row = find(session, &name).await?;
                let confirm = match confirm {
                    Some(confirm) => confirm,
                    None => ask_for_name(&row)?,
                };
                let request = DeleteWorkspace {
                    id: row.id,
                    confirm,
                };
                let deleted = api::delete_workspace(&session.cx, request).await?;
                session.output.result(&deleted, |_| deleted.backup.clone());
                Ok(Exit::Done)
            }
        })
        .await
}

async fn find(session: &Session, name: &str) -> Result<WorkspaceRow, Failure> {
    let rows = api::list_workspaces(&session.cx, ListWorkspaces {}).await?;
    let found = workspace_named(&rows, name, |row| {
        (&row.slug, row.id.to_string(), &row.name)
    })?;
    Ok(found.clone())
}

fn ask_for_name(row: &WorkspaceRow) -> Result<String, Failure> {
    let missing = || {
        Failure::flag(
            "confirm",
            format!(
                "Deleting needs the exact name once more: --confirm \"{}\".",
                row.name
            ),
        )
    };
    if !io::stdin().is_terminal() {
        return Err(missing());
    }
    note(&format!(
        "Type the name \"{}\" to delete it and everything in it:",
        row.name
    ));
    let mut typed = String::new();
    io::stdin().read_line(&mut typed).map_err(|_| missing())?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

fn print_rows<T: serde::Serialize>(output: &Output, rows: &[WorkspaceRow], document: &T) {
    output.result(document, |output| {
        if rows.is_empty() {
            return output.word(Word::None).to_owned();
        }
        let headings = [
            output.word(Word::Workspace),
            output.word(Word::Name),
            output.word(Word::Currency),
            output.word(Word::Timezone),
            output.word(Word::Language),
            output.word(Word::Status),
        ];
        let mut grid = Grid::new(&headings, &[]);
        for row in rows {
            let marks: Vec<&str> = [
                (row.current, Word::Current),
                (row.sample, Word::Sample),
                (row.archived, Word::Archived),
            ]
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| output.word(word))
            .collect();
            grid.row([
                row.slug.clone(),
                short(&row.name),
                row.currency.clone().unwrap_or_else(|| NOTHING.to_owned()),
                row.timezone.clone(),
                row.locale.clone(),
                marks.join(", "),
            ]);
        }
        grid.text()
    });
}
