//! `rumbo outbox`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{
    DispatchDetail, DispatchRow, ExportSend, GetOutbox, ListDispatches, ListSends, OneDispatch,
    OneSend, ResumeSend, SendRow, SettleDispatch,
};
use rumbo_base::{BulkSendId, DispatchId};
use serde_json::json;

use super::pages::{PageArgs, say_written, with_next};
use super::send::row_text;
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers;
use crate::output::Output;
use crate::session::Program;
use crate::words::{Word, messages};

/// What to do with messages that go out.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List messages, the newest first
    List {
        /// planned, held, skipped, queued, claimed, sent, delivered, read, failed, bounced, unknown or cancelled
        #[arg(long)]
        state: Option<String>,
        /// A reason, such as opted_out
        #[arg(long)]
        reason: Option<String>,
        /// Only of this bulk send
        #[arg(long, value_name = "ID")]
        send: Option<BulkSendId>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Count messages by where they stand
    Status,
    /// Show a message and what it went through
    Show(OneArgs),
    /// Say what became of a message of which nobody knows whether it was sent
    #[command(group(clap::ArgGroup::new("outcome").required(true).args(["sent", "not_sent"])))]
    Settle {
        #[command(flatten)]
        one: OneArgs,
        /// It was sent
        #[arg(long)]
        sent: bool,
        /// It was not; it is marked failed and not sent again
        #[arg(long)]
        not_sent: bool,
    },
    /// Withdraw a message that has not left
    Cancel(OneArgs),
    /// Send what is due now
    Run,
    /// List bulk sends, the newest first
    Sends {
        #[command(flatten)]
        page: PageArgs,
    },
    /// Stop a bulk send where it is
    Pause(SendArg),
    /// Go on with a paused bulk send where it was
    Resume {
        #[command(flatten)]
        send: SendArg,
        /// Leave those out for whom nothing is left of the budget, where the template's category has changed
        #[arg(long)]
        within_budget: bool,
    },
    /// Withdraw what a bulk send has not sent
    Withdraw(SendArg),
    /// Write what became of everybody of a bulk send
    Export {
        #[command(flatten)]
        send: SendArg,
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Semicolons between cells, for spreadsheets in Spanish and Portuguese
        #[arg(long)]
        semicolon: bool,
    },
}

/// Which message.
#[derive(Clone, Copy, Debug, Args)]
pub struct OneArgs {
    /// The message's id
    id: DispatchId,
}

/// Which bulk send.
#[derive(Clone, Copy, Debug, Args)]
pub struct SendArg {
    /// The bulk send's id
    id: BulkSendId,
}

/// Runs the command.
pub async fn run(program: &Program, command: OutboxCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let of = |send: SendArg| OneSend { id: send.id };
            let row: SendRow = match command {
                OutboxCommand::List {
                    state,
                    reason,
                    send,
                    page,
                } => {
                    let request = ListDispatches {
                        state,
                        reason,
                        send_id: send,
                        page: page.into(),
                    };
                    let page = api::list_dispatches(cx, request).await?;
                    output.result(&page, |output| {
                        with_next(output, rows_text(output, &page.rows), page.next.as_deref())
                    });
                    return Ok(Exit::Done);
                }
                OutboxCommand::Status => {
                    let standing = api::get_outbox(cx, GetOutbox {}).await?;
                    output.result(&standing, |output| {
                        let mut grid = Grid::new(
                            &[output.word(Word::Status)],
                            &[output.word(Word::MessagesCount)],
                        );
                        for line in &standing.standing {
                            grid.row([
                                messages::state(&line.state, output.language()).to_owned(),
                                output.numbers().count(line.count),
                            ]);
                        }
                        grid.text()
                    });
                    return Ok(Exit::Done);
                }
                OutboxCommand::Show(one) => {
                    let detail = api::get_dispatch(cx, OneDispatch { id: one.id }).await?;
                    output.result(&detail, |output| detail_text(output, &detail));
                    return Ok(Exit::Done);
                }
                OutboxCommand::Settle { one, sent, .. } => {
                    let request = SettleDispatch {
                        id: one.id,
                        was_sent: sent,
                    };
                    let detail = api::settle_dispatch(cx, request).await?;
                    output.result(&detail, |output| detail_text(output, &detail));
                    return Ok(Exit::Done);
                }
                OutboxCommand::Cancel(one) => {
                    let detail = api::cancel_dispatch(cx, OneDispatch { id: one.id }).await?;
                    output.result(&detail, |output| detail_text(output, &detail));
                    return Ok(Exit::Done);
                }
                OutboxCommand::Run => {
                    let workspace = cx.scope()?.workspace;
                    let report = session.app.send_due(workspace).await?.unwrap_or_default();
                    let document = json!({
                        "sent": report.sent, "failed": report.failed, "waiting": report.waiting,
                        "skipped": report.skipped, "unknown": report.unknown, "settled": report.settled,
                    });
                    output.result(&document, |output| {
                        let word = |state: &str| messages::state(state, output.language()).to_owned();
                        let counts = [
                            (word("sent"), report.sent),
                            (word("failed"), report.failed),
                            (word("held"), report.waiting),
                            (word("skipped"), report.skipped),
                            (word("unknown"), report.unknown),
                        ];
                        let mut grid = Grid::pairs();
                        for (state, count) in counts {
                            grid.row([state, output.numbers().count(count)]);
                        }
                        grid.text()
                    });
                    return Ok(Exit::Done);
                }
                OutboxCommand::Sends { page } => {
                    let request = ListSends { page: page.into() };
                    let page = api::list_sends(cx, request).await?;
                    output.result(&page, |output| {
                        let rows: Vec<String> =
                            page.rows.iter().map(|row| row_text(output, row)).collect();
                        let text = if rows.is_empty() {
                            output.word(Word::None).to_owned()
                        } else {
                            rows.join("\n")
                        };
                        with_next(output, text, page.next.as_deref())
                    });
                    return Ok(Exit::Done);
                }
                OutboxCommand::Export {
                    send,
                    out,
                    semicolon,
                } => {
                    let request = ExportSend {
                        id: send.id,
                        path: out.display().to_string(),
                        semicolon,
                    };
                    let done = api::export_send(cx, request).await?;
                    say_written(output, &done);
                    return Ok(Exit::Done);
                }
                OutboxCommand::Pause(send) => api::pause_send(cx, of(send)).await?,
                OutboxCommand::Resume {
                    send,
                    within_budget,
                } => {
                    let request = ResumeSend {
                        id: send.id,
                        within_budget,
                    };
                    api::resume_send(cx, request).await?
                },
                OutboxCommand::Withdraw(send) => api::cancel_send(cx, of(send)).await?,
            };
            output.result(&row, |output| row_text(output, &row));
            Ok(Exit::Done)
        })
        .await
}

fn rows_text(output: &Output, rows: &[DispatchRow]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::Id,
        Word::Contact,
        Word::Address,
        Word::MarketingChannel,
        Word::Status,
        Word::Reason,
        Word::Text,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[]);
    for row in rows {
        grid.row([
            row.id.to_string(),
            short(&row.contact),
            row.address.clone(),
            short(&row.channel),
            messages::state(&row.state, output.language()).to_owned(),
            row.reason.as_deref().map_or_else(String::new, |reason| {
                messages::reason(reason, output.language()).to_owned()
            }),
            short(&row.text.replace('\n', " ")),
        ]);
    }
    grid.text()
}

fn detail_text(output: &Output, detail: &DispatchDetail) -> String {
    let row = &detail.dispatch;
    let mut grid = Grid::pairs();
    let mut line = |word: Word, text: String| {
        if !text.is_empty() {
            grid.row([output.word(word).to_owned(), text]);
        }
    };
    line(Word::Id, row.id.to_string());
    line(Word::Contact, row.contact.clone());
    line(Word::Address, row.address.clone());
    line(Word::MarketingChannel, row.channel.clone());
    line(Word::Text, row.text.clone());
    line(
        Word::Status,
        messages::state(&row.state, output.language()).to_owned(),
    );
    let reason = row.reason.as_deref().unwrap_or_default();
    line(
        Word::Reason,
        messages::reason(reason, output.language()).to_owned(),
    );
    let error: Vec<&str> = [row.error_code.as_deref(), row.error_text.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    line(Word::Errors, error.join(": "));
    let headings = [Word::Date, Word::Status, Word::Reason].map(|word| output.word(word));
    let mut history = Grid::new(&headings, &[]);
    for event in &detail.history {
        let reason = event.reason.as_deref().unwrap_or_default();
        history.row([
            numbers::instant(event.at),
            messages::state(&event.state, output.language()).to_owned(),
            messages::reason(reason, output.language()).to_owned(),
        ]);
    }
    format!("{}\n\n{}", grid.text(), history.text())
}
