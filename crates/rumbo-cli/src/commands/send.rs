//! `rumbo send`

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::{self, NOTHING};
use crate::output::{Output, note};
use crate::session::{Program, Session};
use crate::words::{Word, messages};
use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args};
use rumbo_app::api;
use rumbo_app::wire::{
    GetSendOptions, OneSend, PreviewSend, ReasonCount, SendAudience, SendChannel, SendDraft,
    SendOnce, SendOptions, SendPreview, SendRow, SendStanding, SendTemplate, StartSend,
};

/// What to send, and to whom.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("says").required(true).args(["template", "text"])))]
#[command(group(ArgGroup::new("whom").required(true).args(["to", "all"])))]
pub struct SendArgs {
    /// A template by its name or id
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// The template's language, where its name exists in several, such as es_AR
    #[arg(long, value_name = "CODE", requires = "template")]
    language: Option<String>,
    /// A text instead, in which {first_name|there} stands for a field and its fallback
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Of an e-mail
    #[arg(long, requires = "text")]
    subject: Option<String>,
    /// A value of the template: 1={first_name|there}, header.media=https://…; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", requires = "template", value_parser = parameter)]
    params: Vec<(String, String)>,
    /// A file of phone numbers, e-mail addresses or ids of contacts: a list, or columns of a table (CSV, JSON or a workbook)
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Everybody, or everybody of the filters below
    #[arg(long)]
    all: bool,
    /// Only contacts with this in their name, phone or e-mail
    #[arg(long, value_name = "TEXT", requires = "all")]
    search: Option<String>,
    /// Only lead, contacted, customer or churned
    #[arg(long, requires = "all")]
    status: Option<String>,
    /// Only of this lead source, such as META_ADS
    #[arg(long, requires = "all")]
    source: Option<String>,
    /// The channel by its name or id, where several can send it
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// What to call it in the lists; the template's name when absent
    #[arg(long)]
    name: Option<String>,
    /// Not before, such as 2026-03-31T10:00:00-03:00
    #[arg(long, value_name = "INSTANT", value_parser = flags::instant)]
    from: Option<DateTime<Utc>>,
    /// Never after; a day after the beginning when absent
    #[arg(long, value_name = "INSTANT", value_parser = flags::instant)]
    until: Option<DateTime<Utc>>,
    /// Spend no more than this, such as 50.00 in the currency of the channel's prices
    #[arg(long, value_parser = flags::amount)]
    budget: Option<String>,
    /// Only tell who would get what, who would wait, who would be left out and what it would cost
    #[arg(long)]
    dry_run: bool,
    /// How many it reaches, as the dry run says; nothing is sent where it is another number
    #[arg(
        long,
        value_name = "COUNT",
        required_unless_present = "dry_run",
        conflicts_with = "dry_run"
    )]
    confirm: Option<u32>,
    /// A name of your own for this sending, of up to 200 characters: there is never a second one of it, however often it is asked for
    #[arg(long, conflicts_with = "dry_run")]
    key: Option<String>,
    /// Send it although the same was sent to the same people in the last 24 hours
    #[arg(long, conflicts_with_all = ["dry_run", "key"])]
    again: bool,
    /// Leave it to the window or an agent to send, instead of sending from here
    #[arg(long, conflicts_with = "dry_run")]
    no_wait: bool,
}

pub fn parameter(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| "write it as NAME=VALUE, such as 1={first_name|there}".to_owned())
}

/// Runs the command.
pub async fn run(program: &Program, args: SendArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let options = api::get_send_options(cx, GetSendOptions {}).await?;
            let (dry_run, confirm, no_wait) = (args.dry_run, args.confirm, args.no_wait);
            let (name, key, again) = (args.name.clone(), args.key.clone(), args.again);
            let draft = draft(args, &options)?;
            if dry_run {
                let seen = api::preview_send(cx, PreviewSend { draft }).await?;
                output.result(&seen, |output| preview_text(output, &seen));
                return Ok(Exit::Done);
            }
            let request = StartSend {
                name,
                draft,
                confirm: confirm.unwrap_or_default(),
                once: match key {
                    Some(key) => Some(SendOnce::Key { key }),
                    None if again => None,
                    None => Some(SendOnce::Same),
                },
            };
            let asked_at = session.clock().now();
            let started = api::start_send(cx, request).await?;
            if started.created_at < asked_at {
                let at = numbers::instant(started.created_at);
                note(&format!("{} {at}.", output.word(Word::SendBegunBefore)));
            }
            if no_wait {
                output.result(&started, |output| row_text(output, &started));
                return Ok(exit_of(&started, false));
            }
            let (row, stopped) = follow(session, started).await?;
            output.result(&row, |output| row_text(output, &row));
            Ok(exit_of(&row, stopped))
        })
        .await
}

/// Whether all went out that could: who was left out or waits was told before. `stopped` says that
/// the channel stopped in the midst of it.
fn exit_of(row: &SendRow, stopped: bool) -> Exit {
    let count = |fits: &dyn Fn(&SendStanding) -> bool| -> u32 {
        let lines = row.standing.iter();
        lines.filter(|line| fits(line)).map(|line| line.count).sum()
    };
    // What the provider refuses because of its template waits, and was refused all the same.
    let refused = count(&|line| {
        matches!(line.state.as_str(), "failed" | "bounced" | "unknown")
            || line.reason.as_deref() == Some("template_refused")
    });
    if !stopped && refused == 0 {
        Exit::Done
    } else if count(&|line| matches!(line.state.as_str(), "sent" | "delivered" | "read")) == 0 {
        Exit::Failed
    } else {
        Exit::Partly
    }
}

/// Sends from here until nothing is left that could go now, and tells how far it is. Answers too
/// whether the channel stopped with some of it left.
async fn follow(session: &Session, started: SendRow) -> Result<(SendRow, bool), Failure> {
    let (cx, output) = (&session.cx, &session.output);
    let workspace = cx.scope()?.workspace;
    let id = started.id;
    loop {
        let report = session.app.send_due(workspace).await?;
        let row = api::get_send(cx, OneSend { id }).await?;
        note(&standing_text(output, &row));
        let going = row.state == "running" || row.state == "planning";
        let waits_here = row
            .standing
            .iter()
            .any(|line| matches!(line.state.as_str(), "queued" | "claimed"));
        let idle = report.is_some_and(|report| report.is_empty());
        // What waits for a guard is left to the window or an agent.
        if !going || !waits_here && idle {
            return Ok((row, false));
        }
        if waits_here && idle {
            let options = api::get_send_options(cx, GetSendOptions {}).await?;
            let mut channels = options.channels.iter();
            let channel = channels.find(|channel| channel.id == row.channel_id);
            if let Some(channel) = channel.filter(|channel| !channel.ready) {
                let why = channel.state_reason.map_or_else(String::new, |why| {
                    let detail = channel.state_detail.as_deref();
                    messages::trouble(why, detail, output.language())
                });
                let says = output.word(Word::ChannelStopped);
                note(&format!(
                    "{why} {says} rumbo channels test \"{}\"",
                    channel.name
                ));
                return Ok((row, true));
            }
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

fn draft(args: SendArgs, options: &SendOptions) -> Result<SendDraft, Failure> {
    let channel = channel(options, args.channel.as_deref(), args.template.as_deref())?;
    let template = args
        .template
        .as_deref()
        .map(|name| template(options, channel, name, args.language.as_deref()))
        .transpose()?;
    let audience = match &args.to {
        Some(path) => SendAudience::File {
            path: path.display().to_string(),
        },
        None => SendAudience::Filter {
            search: args.search,
            status: args.status,
            source: args.source,
        },
    };
    let values: BTreeMap<String, String> = args.params.into_iter().collect();
    Ok(SendDraft {
        channel_id: channel.id,
        template_id: template.map(|template| template.id),
        values,
        subject: args.subject,
        text: args.text,
        audience,
        not_before: args.from,
        not_after: args.until,
        budget: args.budget,
    })
}

/// Whether a template goes by this name or id.
fn goes_by(template: &SendTemplate, name: &str) -> bool {
    template.name == name || template.id.to_string() == name
}

/// Whether a template is one that the channel could send.
fn is_of(template: &SendTemplate, channel: &SendChannel) -> bool {
    let account = channel.account.as_deref();
    account.is_none_or(|account| account == template.account)
}

/// The template of a name, of the channel's own account; of several languages the one that is named.
fn template<'a>(
    options: &'a SendOptions,
    channel: &SendChannel,
    name: &str,
    language: Option<&str>,
) -> Result<&'a SendTemplate, Failure> {
    let named: Vec<&SendTemplate> = options
        .templates
        .iter()
        .filter(|template| goes_by(template, name) && is_of(template, channel))
        .filter(|template| language.is_none_or(|language| template.language == language))
        .collect();
    match named.as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::not_here(
            "template",
            name,
            format!(
                "The channel {} has no such template \"{name}\". Pull the templates, or look at: rumbo templates list",
                channel.name
            ),
        )),
        several => {
            let mut languages: Vec<&str> = several.iter().map(|t| t.language.as_str()).collect();
            languages.dedup();
            if languages.len() == 1 {
                let accounts: Vec<&str> = several.iter().map(|t| t.account.as_str()).collect();
                return Err(Failure::flag(
                    "template",
                    format!(
                        "\"{name}\" exists in several WhatsApp accounts: {}. Say which is the channel's: rumbo channels add \"{}\" --provider … --set account=…",
                        accounts.join(", "),
                        channel.name
                    ),
                ));
            }
            Err(Failure::flag(
                "language",
                format!(
                    "\"{name}\" exists in several languages: {}. Say which with --language.",
                    languages.join(", ")
                ),
            ))
        }
    }
}

/// The channel of a name, or the only one that can send it.
fn channel<'a>(
    options: &'a SendOptions,
    name: Option<&str>,
    template: Option<&str>,
) -> Result<&'a SendChannel, Failure> {
    if let Some(name) = template
        && !options.templates.iter().any(|it| goes_by(it, name))
    {
        return Err(Failure::not_here(
            "template",
            name,
            format!(
                "There is no template \"{name}\" here. Pull the templates, or look at: rumbo templates list"
            ),
        ));
    }
    let could = |channel: &SendChannel| {
        template.is_none_or(|name| {
            let mut all = options.templates.iter();
            channel.sends_templates && all.any(|it| goes_by(it, name) && is_of(it, channel))
        })
    };
    let fits = |channel: &&SendChannel| match name {
        Some(name) => channel.id.to_string() == name || channel.name == name,
        None => channel.ready && could(channel),
    };
    let found: Vec<&SendChannel> = options.channels.iter().filter(fits).collect();
    let waits = options.channels.iter().find(|it| !it.ready && could(it));
    match (found.as_slice(), name, waits) {
        ([only], _, _) => Ok(only),
        ([], Some(name), _) => Err(Failure::not_here(
            "channel",
            name,
            format!("There is no channel \"{name}\" here. See: rumbo channels list"),
        )),
        ([], None, Some(channel)) => Err(Failure::flag(
            "channel",
            format!(
                "The channel {name} could send this and is not connected. Try it: rumbo channels test \"{name}\"",
                name = channel.name
            ),
        )),
        ([], None, None) => Err(Failure::flag(
            "channel",
            "No channel can send this. Add one: rumbo channels add",
        )),
        (several, _, _) => {
            let names: Vec<&str> = several.iter().map(|c| c.name.as_str()).collect();
            Err(Failure::flag(
                "channel",
                format!(
                    "Several channels can send this: {}. Say which with --channel.",
                    names.join(", ")
                ),
            ))
        }
    }
}

fn reasons(output: &Output, grid: &mut Grid, state: &str, lines: &[ReasonCount]) {
    for line in lines {
        grid.row([
            messages::state(state, output.language()).to_owned(),
            messages::reason(&line.reason, output.language()).to_owned(),
            output.numbers().count(line.count),
        ]);
    }
}

fn preview_text(output: &Output, seen: &SendPreview) -> String {
    let numbers = output.numbers();
    let headings = [Word::Status, Word::Reason].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[output.word(Word::Contacts)]);
    grid.row([
        messages::state("queued", output.language()).to_owned(),
        String::new(),
        numbers.count(seen.go),
    ]);
    reasons(output, &mut grid, "held", &seen.waiting);
    reasons(output, &mut grid, "skipped", &seen.left_out);
    let cost = seen.cost.as_ref().map_or_else(
        || NOTHING.to_owned(),
        |cost| numbers.money(&cost.all, &cost.currency),
    );
    let headings = [
        Word::Contact,
        Word::Address,
        Word::Status,
        Word::Reason,
        Word::Text,
    ]
    .map(|word| output.word(word));
    let mut lines = Grid::new(&headings, &[]);
    for line in seen.lines.iter().take(20) {
        let why = line.reason.as_deref().unwrap_or_default();
        let why = messages::reason(why, output.language());
        lines.row([
            short(&line.contact),
            line.address.clone(),
            messages::state(&line.state, output.language()).to_owned(),
            match &line.detail {
                Some(detail) => format!("{why}: {detail}"),
                None => why.to_owned(),
            },
            short(&line.text.replace('\n', " ")),
        ]);
    }
    let mut text = format!(
        "{}\n\n{}\n\n{}: {}. {}: {cost}.\n{}\n",
        lines.text(),
        grid.text(),
        output.word(Word::Reaches),
        numbers.count(seen.reached),
        output.word(Word::Cost),
        output.word(Word::DryRun),
    );
    if !seen.unknown.is_empty() {
        let of_nobody = [
            output.word(Word::OfNobody),
            ": ",
            &seen.unknown.join(", "),
            "\n",
        ];
        text.push_str(&of_nobody.concat());
    }
    text
}

/// How many stand where, on one line.
fn standing_text(output: &Output, row: &SendRow) -> String {
    let parts: Vec<String> = row
        .standing
        .iter()
        .map(|line| {
            let state = messages::state(&line.state, output.language());
            let count = output.numbers().count(line.count);
            match &line.reason {
                Some(reason) => {
                    let reason = messages::reason(reason, output.language());
                    format!("{state} ({reason}): {count}")
                }
                None => format!("{state}: {count}"),
            }
        })
        .collect();
    parts.join(", ")
}

/// A bulk send with how far it has come.
pub fn row_text(output: &Output, row: &SendRow) -> String {
    let mut grid = Grid::pairs();
    let state = messages::state(&row.state, output.language());
    grid.row([output.word(Word::Id).to_owned(), row.id.to_string()]);
    grid.row([output.word(Word::Name).to_owned(), row.name.clone()]);
    grid.row([
        output.word(Word::MarketingChannel).to_owned(),
        row.channel.clone(),
    ]);
    grid.row([output.word(Word::Status).to_owned(), state.to_owned()]);
    grid.row([
        output.word(Word::Contacts).to_owned(),
        standing_text(output, row),
    ]);
    grid.text()
}
