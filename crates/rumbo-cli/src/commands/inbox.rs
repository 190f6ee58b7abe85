//! `rumbo inbox`

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use rumbo_app::wire::{
    AddConversationNote, AssignConversation, ChannelFigures, CloseConversation, CompareChannels,
    ComparedChannel, ConversationMessage, ConversationPage, ConversationRow, ConversationThread,
    FetchMessageFile, GetChannelFigures, GetConversation, InboxFound, ListChannels,
    ListConversations, ListReplyTemplates, MarkConversation, PageRequest, ReplyToConversation,
    ReplyWithTemplate, SaveMessageFile, SearchInbox, TemplateReplyDraft,
};
use rumbo_app::{Context, api};
use rumbo_base::{ConversationId, Entropy, MessageId};

use super::channels;
use super::pages::{PageArgs, with_next};
use super::send::parameter;
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::period::PeriodArgs;
use crate::session::Program;
use crate::words::Word;

/// What to do with conversations.
#[derive(Debug, Subcommand)]
pub enum InboxCommand {
    /// List conversations, the one written in last first
    List(ListArgs),
    /// Show a conversation with its newest messages
    Show {
        /// The conversation's id
        id: ConversationId,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Find people by name, number or address, and messages by words
    Search {
        /// Words, or their beginnings, in any order
        text: String,
        /// Messages at most
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Answer in a conversation, through the outbox: it goes out while the window is open or an agent
    /// runs
    Reply {
        /// The conversation's id
        id: ConversationId,
        /// What to write
        #[arg(required_unless_present = "template", conflicts_with = "template")]
        text: Option<String>,
        /// Send this template instead, by its name: also when free text may not be sent
        #[arg(long, value_name = "NAME")]
        template: Option<String>,
        /// Meta's code of its language, such as es_AR, where there are several
        #[arg(long, value_name = "CODE", requires = "template")]
        language: Option<String>,
        /// What fills a variable: 1={first_name|there}, header.media=https://…, button.0=code; what the
        /// person's fields give for it when absent
        #[arg(long = "param", value_name = "NAME=VALUE", requires = "template", value_parser = parameter)]
        params: Vec<(String, String)>,
    },
    /// Fetch the file that came with a message, and write a copy of it
    File {
        /// The message's id
        id: MessageId,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        save: PathBuf,
    },
    /// Give a conversation to somebody
    Assign {
        /// The conversation's id
        id: ConversationId,
        /// me, nobody, or the id of a member
        to: String,
    },
    /// End a conversation, until the person writes again
    Close {
        /// The conversation's id
        id: ConversationId,
        /// Let it go on instead
        #[arg(long)]
        reopen: bool,
    },
    /// Mark a conversation as read
    Read {
        /// The conversation's id
        id: ConversationId,
        /// As unread instead
        #[arg(long)]
        unread: bool,
    },
    /// Write a note about a conversation, which is never sent
    Note {
        /// The conversation's id
        id: ConversationId,
        /// What it says
        text: String,
    },
    /// What went in and out of each messaging channel, and how fast it was answered
    Stats {
        #[command(flatten)]
        period: PeriodArgs,
    },
    /// Messaging channels beside one another: reach, failures, and the cost of an answer and a sale
    Compare {
        #[command(flatten)]
        period: PeriodArgs,
    },
}

/// Which conversations.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// open or closed; both when absent
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// me, nobody, or the id of a member
    #[arg(long, value_name = "WHO")]
    assigned: Option<String>,
    /// Only at this messaging channel, by its name or id
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Only those with something to read
    #[arg(long)]
    unread: bool,
    #[command(flatten)]
    page: PageArgs,
}

/// Runs the command.
pub async fn run(program: &Program, command: InboxCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let row = match command {
                InboxCommand::List(args) => {
                    let channel_id = match &args.channel {
                        Some(name) => {
                            let all = api::list_channels(cx, ListChannels {}).await?;
                            Some(channels::found(&all, name)?.id)
                        }
                        None => None,
                    };
                    let request = ListConversations {
                        state: args.state,
                        channel_id,
                        assigned: args.assigned,
                        unread: args.unread,
                        page: args.page.into(),
                    };
                    let page = api::list_conversations(cx, request).await?;
                    output.result(&page, |output| listed(output, &page));
                    return Ok(Exit::Done);
                }
                InboxCommand::Show { id, page } => {
                    let request = GetConversation {
                        id,
                        page: page.into(),
                    };
                    let thread = api::get_conversation(cx, request).await?;
                    output.result(&thread, |output| shown(output, &thread));
                    return Ok(Exit::Done);
                }
                InboxCommand::Search { text, limit } => {
                    let found = api::search_inbox(cx, SearchInbox { text, limit }).await?;
                    output.result(&found, |output| hits(output, &found));
                    return Ok(Exit::Done);
                }
                InboxCommand::Stats { period } => {
                    let range = period.range(session.today())?;
                    let request = GetChannelFigures {
                        from: range.from,
                        to: range.to,
                    };
                    let figures = api::get_channel_figures(cx, request).await?;
                    output.result(&figures, |output| figures_text(output, &figures));
                    return Ok(Exit::Done);
                }
                InboxCommand::Compare { period } => {
                    let range = period.range(session.today())?;
                    let request = CompareChannels {
                        from: range.from,
                        to: range.to,
                    };
                    let compared = api::compare_channels(cx, request).await?;
                    output.result(&compared, |output| compared_text(output, &compared));
                    return Ok(Exit::Done);
                }
                InboxCommand::Note { id, text } => {
                    let request = AddConversationNote { id, body: text };
                    api::add_conversation_note(cx, request).await?;
                    let request = GetConversation {
                        id,
                        page: PageRequest::default(),
                    };
                    let thread = api::get_conversation(cx, request).await?;
                    output.result(&thread, |output| shown(output, &thread));
                    return Ok(Exit::Done);
                }
                InboxCommand::File { id, save } => {
                    api::fetch_message_file(cx, FetchMessageFile { id }).await?;
                    let path = save.display().to_string();
                    let written = api::save_message_file(cx, SaveMessageFile { id, path }).await?;
                    output.result(&written, |_| written.path.clone());
                    return Ok(Exit::Done);
                }
                InboxCommand::Reply {
                    id,
                    text,
                    template,
                    language,
                    params,
                } => {
                    let key = Entropy::system().uuid(session.clock().now()).to_string();
                    let reply = match template {
                        None => {
                            let body = text.unwrap_or_default();
                            let request = ReplyToConversation { id, body, key };
                            api::reply_to_conversation(cx, request).await?
                        }
                        Some(name) => {
                            let draft = by_template(cx, id, &name, language, params).await?;
                            api::reply_with_template(cx, ReplyWithTemplate { draft, key }).await?
                        }
                    };
                    let told = [Some(reply.state.as_str()), reply.reason.as_deref()];
                    let told: Vec<&str> = told.into_iter().flatten().collect();
                    output.result(&reply, |_| told.join(": "));
                    // Not sent is no failure of the program's, and yet nothing that was asked for.
                    return Ok(match reply.state.as_str() {
                        "skipped" => Exit::Failed,
                        _ => Exit::Done,
                    });
                }
                InboxCommand::Assign { id, to } => {
                    api::assign_conversation(cx, AssignConversation { id, to }).await?
                }
                InboxCommand::Close { id, reopen } => {
                    let request = CloseConversation {
                        id,
                        closed: !reopen,
                    };
                    api::close_conversation(cx, request).await?
                }
                InboxCommand::Read { id, unread } => {
                    let request = MarkConversation { id, read: !unread };
                    api::mark_conversation(cx, request).await?
                }
            };
            output.result(&row, |output| grid(output, [&row]));
            Ok(Exit::Done)
        })
        .await
}

/// A template of the conversation's channel, with what the person's fields give for its variables.
async fn by_template(
    cx: &Context,
    id: ConversationId,
    name: &str,
    language: Option<String>,
    params: Vec<(String, String)>,
) -> Result<TemplateReplyDraft, Failure> {
    let offered = api::list_reply_templates(cx, ListReplyTemplates { id }).await?;
    let mut fitting = offered
        .templates
        .into_iter()
        .filter(|one| one.name == name && language.as_ref().is_none_or(|it| *it == one.language));
    let (Some(template), other) = (fitting.next(), fitting.next()) else {
        return Err(Failure::flag(
            "template",
            format!(
                "There is no approved template {name} for this conversation's channel. Pull the templates, or look at the list."
            ),
        ));
    };
    if let Some(other) = other {
        return Err(Failure::flag(
            "template",
            format!(
                "There are several templates {name}: {}, {}. Say which with --language.",
                template.language, other.language
            ),
        ));
    }
    let mut values: BTreeMap<String, String> = template
        .variables
        .into_iter()
        .map(|variable| (variable.key, variable.value))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    for (name, value) in params {
        let key = if name.contains('.') {
            name
        } else {
            format!("body.{name}")
        };
        values.insert(key, value);
    }
    Ok(TemplateReplyDraft {
        id,
        template_id: template.id,
        values,
    })
}

fn grid<'r>(output: &Output, rows: impl IntoIterator<Item = &'r ConversationRow>) -> String {
    let heads = [
        Word::Name,
        Word::MessageChannel,
        Word::Status,
        Word::AssignedTo,
        Word::LastMessage,
        Word::MessageText,
        Word::Id,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&heads, &[output.word(Word::Unread)]);
    for row in rows {
        let id = row.id.to_string();
        let state = match row.state.as_str() {
            "closed" => output.word(Word::ConversationClosed),
            _ => output.word(Word::ConversationOpen),
        };
        grid.row([
            short(&row.name),
            short(&row.channel),
            state.to_owned(),
            short(row.assignee.as_deref().unwrap_or(NOTHING)),
            row.last_message_at
                .map_or_else(|| NOTHING.to_owned(), minute),
            short(&row.preview),
            id,
            output.numbers().count(row.unread),
        ]);
    }
    grid.text()
}

fn listed(output: &Output, page: &ConversationPage) -> String {
    if page.rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    with_next(output, grid(output, &page.rows), page.next.as_deref())
}

/// Oldest first, as one reads.
fn shown(output: &Output, thread: &ConversationThread) -> String {
    let mut lines = vec![grid(output, [&thread.conversation])];
    for message in thread.messages.iter().rev() {
        lines.push(line(output, message));
    }
    for note in &thread.notes {
        let who = note.author.as_deref().unwrap_or(NOTHING);
        let note_word = output.word(Word::Note);
        lines.push(format!(
            "{}  [{note_word}] {who}: {}",
            minute(note.at),
            note.body
        ));
    }
    with_next(output, lines.join("\n"), thread.next.as_deref())
}

fn line(output: &Output, message: &ConversationMessage) -> String {
    let arrow = if message.direction == "inbound" {
        "<"
    } else {
        ">"
    };
    let what = match message.kind.as_str() {
        "text" => String::new(),
        kind => format!("[{kind}] "),
    };
    let how = match (message.direction.as_str(), message.status.as_str()) {
        ("inbound", _) => String::new(),
        (_, "failed") => format!(
            "  ({}: {})",
            message.status,
            message
                .error_text
                .as_deref()
                .or(message.error_code.as_deref())
                .unwrap_or(NOTHING)
        ),
        (_, status) => format!("  ({status})"),
    };
    let by = if message.automatic {
        format!("[{}] ", output.word(Word::Automatic))
    } else {
        String::new()
    };
    format!(
        "{} {arrow} {by}{what}{}{how}",
        minute(message.at),
        message.body
    )
}

fn hits(output: &Output, found: &InboxFound) -> String {
    let mut lines = Vec::new();
    if !found.people.is_empty() {
        lines.push(grid(output, &found.people));
    }
    for hit in &found.messages {
        let arrow = if hit.direction == "inbound" { "<" } else { ">" };
        let body = short(&hit.body.split_whitespace().collect::<Vec<_>>().join(" "));
        let (at, name, id) = (minute(hit.at), &hit.name, hit.conversation_id);
        lines.push(format!("{at} {arrow} {name}: {body}  {id}"));
    }
    if lines.is_empty() {
        return output.word(Word::None).to_owned();
    }
    lines.join("\n")
}

fn figures_text(output: &Output, figures: &[ChannelFigures]) -> String {
    let numbers = output.numbers();
    let text = [Word::MessageChannel, Word::Cost].map(|word| output.word(word));
    let heads = [
        Word::Inbound,
        Word::Outbound,
        Word::NotSent,
        Word::PeopleWritten,
        Word::MedianAnswer,
        Word::MeanAnswer,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&text, &heads);
    for channel in figures {
        let costs: Vec<String> = channel
            .costs
            .iter()
            .map(|cost| numbers.amount(&cost.amount, &cost.currency))
            .collect();
        let costs = match costs.as_slice() {
            [] => NOTHING.to_owned(),
            costs => costs.join(" + "),
        };
        grid.row([
            short(&channel.name),
            costs,
            numbers.count(channel.inbound),
            numbers.count(channel.outbound),
            numbers.count(channel.failed),
            numbers.count(channel.people),
            took(channel.median_answer_seconds),
            took(channel.mean_answer_seconds),
        ]);
    }
    grid.text()
}

fn compared_text(output: &Output, compared: &[ComparedChannel]) -> String {
    let numbers = output.numbers();
    let heads = [
        Word::Outbound,
        Word::PeopleReached,
        Word::NotSent,
        Word::Replies,
        Word::Sales,
        Word::PerDelivered,
        Word::PerReply,
        Word::PerSale,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&[output.word(Word::MessageChannel)], &heads);
    for row in compared {
        let cost = |amount: &Option<String>| {
            let currency = row.currency.as_deref().unwrap_or_default();
            numbers.money_or_nothing(amount.as_deref(), currency)
        };
        grid.row([
            short(&row.figures.name),
            numbers.count(row.figures.outbound),
            numbers.percent(row.reach_percent.as_deref()),
            numbers.percent(row.failure_percent.as_deref()),
            numbers.count(row.replies),
            numbers.count(row.sales),
            cost(&row.cost_per_delivered),
            cost(&row.cost_per_reply),
            cost(&row.cost_per_sale),
        ]);
    }
    let mut text = grid.text();
    for row in compared {
        for other in &row.cheaper {
            text += &[
                output.word(Word::CheaperBy),
                ": ",
                &row.figures.name,
                " → ",
                &other.name,
                ", ",
                &numbers.count(other.people),
                ": ",
                &numbers.money(&other.saves.amount, &other.saves.currency),
                "\n",
            ]
            .concat();
        }
    }
    text
}

/// Hours, minutes and seconds, such as `1:05:00`.
fn took(seconds: Option<u32>) -> String {
    seconds.map_or_else(
        || NOTHING.to_owned(),
        |all| format!("{}:{:02}:{:02}", all / 3_600, all / 60 % 60, all % 60),
    )
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
