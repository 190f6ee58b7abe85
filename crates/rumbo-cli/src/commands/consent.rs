//! `rumbo consent`

use std::path::PathBuf;

use clap::Subcommand;
use rumbo_app::api;
use rumbo_app::wire::{
    ConsentLine, ExportSuppressions, GetConsent, ImportSuppressions, ListSuppressions, SetConsent,
};
use rumbo_base::ContactId;

use super::pages::{PageArgs, say_written, with_next};
use crate::exit::{Exit, Failure};
use crate::grid::Grid;
use crate::numbers;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// What to do with people's wishes about being written to.
#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// Show what a contact said
    Show {
        /// The contact's id
        contact: ContactId,
    },
    /// Enter what a contact said
    #[command(group(clap::ArgGroup::new("wish").required(true).args(["yes", "no"])))]
    Set {
        /// The contact's id
        contact: ContactId,
        /// whatsapp, sms, telegram, email, messenger or instagram
        #[arg(long)]
        kind: String,
        /// They want to be written to
        #[arg(long)]
        yes: bool,
        /// They do not
        #[arg(long)]
        no: bool,
        /// How they said it, kept with it
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// List addresses that are not written to
    List {
        /// whatsapp, sms, telegram, email, messenger or instagram
        #[arg(long)]
        kind: Option<String>,
        /// Part of an address
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Take a file of addresses that are not to be written to
    Import {
        /// A list, or a table with a column address, phone or email
        file: PathBuf,
        /// whatsapp, sms, telegram, email, messenger or instagram; of rows without one in a column kind
        #[arg(long)]
        kind: Option<String>,
    },
    /// Write the addresses that are not written to, in a form that can be imported
    Export {
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// whatsapp, sms, telegram, email, messenger or instagram; all of them when absent
        #[arg(long)]
        kind: Option<String>,
        /// Semicolons between cells, for spreadsheets in Spanish and Portuguese
        #[arg(long)]
        semicolon: bool,
    },
}

/// Runs the command.
pub async fn run(program: &Program, command: ConsentCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            match command {
                ConsentCommand::Show {
                    contact: contact_id,
                } => {
                    let lines = api::get_consent(cx, GetConsent { contact_id }).await?;
                    output.result(&lines, |output| lines_text(output, &lines));
                }
                ConsentCommand::Set {
                    contact: contact_id,
                    kind,
                    yes: wants,
                    note,
                    ..
                } => {
                    let request = SetConsent {
                        contact_id,
                        kind,
                        wants,
                        note,
                    };
                    let lines = api::set_consent(cx, request).await?;
                    output.result(&lines, |output| lines_text(output, &lines));
                }
                ConsentCommand::List { kind, search, page } => {
                    let request = ListSuppressions {
                        kind,
                        search,
                        page: page.into(),
                    };
                    let page = api::list_suppressions(cx, request).await?;
                    output.result(&page, |output| {
                        let headings = [
                            Word::MarketingChannel,
                            Word::Address,
                            Word::Scope,
                            Word::Source,
                            Word::Date,
                        ]
                        .map(|word| output.word(word));
                        let mut grid = Grid::new(&headings, &[]);
                        for row in &page.rows {
                            grid.row([
                                row.kind.clone(),
                                row.address.clone(),
                                row.scope.clone(),
                                row.source.clone(),
                                row.at.date_naive().to_string(),
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
                ConsentCommand::Import { file, kind } => {
                    let request = ImportSuppressions {
                        path: file.display().to_string(),
                        kind,
                    };
                    let done = api::import_suppressions(cx, request).await?;
                    output.result(&done, |output| {
                        let numbers = output.numbers();
                        let mut text = format!(
                            "{}: {}. {}: {}. {}: {}.\n",
                            output.word(Word::Added),
                            numbers.count(done.added),
                            output.word(Word::Unchanged),
                            numbers.count(done.known),
                            output.word(Word::Rejected),
                            numbers.count(u32::try_from(done.rejected.len()).unwrap_or(u32::MAX)),
                        );
                        for rejected in &done.rejected {
                            let row = rejected.row.to_string();
                            let told = [
                                output.word(Word::Line),
                                " ",
                                &row,
                                ": ",
                                &rejected.why,
                                "\n",
                            ];
                            text.push_str(&told.concat());
                        }
                        text
                    });
                    return Ok(if done.rejected.is_empty() {
                        Exit::Done
                    } else {
                        Exit::Partly
                    });
                }
                ConsentCommand::Export {
                    out,
                    kind,
                    semicolon,
                } => {
                    let request = ExportSuppressions {
                        path: out.display().to_string(),
                        kind,
                        semicolon,
                    };
                    let done = api::export_suppressions(cx, request).await?;
                    say_written(output, &done);
                }
            }
            Ok(Exit::Done)
        })
        .await
}

fn lines_text(output: &Output, lines: &[ConsentLine]) -> String {
    if lines.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::MarketingChannel,
        Word::Answer,
        Word::Source,
        Word::Note,
        Word::Date,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[]);
    for line in lines {
        let answer = match line.consent.as_str() {
            "opted_in" => output.word(Word::Yes),
            _ => output.word(Word::No),
        };
        grid.row([
            line.kind.clone(),
            answer.to_owned(),
            line.source.clone(),
            line.note.clone().unwrap_or_default(),
            numbers::instant(line.at),
        ]);
    }
    grid.text()
}
