//! `rumbo channels`

use std::collections::BTreeMap;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{
    ChannelList, ChannelPrices, ChannelRow, ChannelState, ChannelTest, GetChannelPrices,
    ListChannels, OneDispatch, Provider, RemoveChannel, RemoveChannelPrice, SaveChannel,
    SendTestMessage, SetChannelPrice, TestChannel,
};
use rumbo_base::{ChannelId, Code, Error, Reason, Secret, TemplateId};

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::output::Output;
use crate::secrets;
use crate::session::Program;
use crate::words::{Word, messages};

/// What to do with the numbers, bots and addresses by which people are written to.
#[derive(Debug, Subcommand)]
pub enum ChannelsCommand {
    /// List the messaging channels
    List,
    /// Add a channel, or change the one of the same name
    Add(AddArgs),
    /// Ask the provider whether a channel can be used; nothing is sent
    Test {
        /// Its id or its name
        channel: String,
    },
    /// Send a message to an address of one's own, through the outbox
    SendTest(SendTestArgs),
    /// Show what messages cost by a channel
    Prices {
        /// Its id or its name
        channel: String,
    },
    /// Enter what a message costs by a channel, from a day on
    Price(PriceArgs),
    /// Remove a channel; one with a history is switched off instead
    Remove {
        /// Its id or its name
        channel: String,
    },
}

/// A channel. What is left out stays as it was.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// Unique in the workspace
    pub name: String,
    /// whatsapp_cloud, ycloud, evolution, twilio, vonage, telegram, smtp, messenger or instagram
    #[arg(long, value_name = "NAME", value_parser = provider)]
    pub provider: Provider,
    /// What people see: a number such as +5491155550100, a bot, an address
    #[arg(long, value_name = "TEXT")]
    pub sender: Option<String>,
    /// What the provider calls it: an instance, a phone number id, a page id
    #[arg(long, value_name = "TEXT")]
    pub sender_id: Option<String>,
    /// Another address than the provider's own
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// A setting of the provider's, such as account=AC123 or host=smtp.company.com
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    pub settings: Vec<(String, String)>,
    /// Take a secret from a variable of the environment, such as token=TWILIO_TOKEN
    #[arg(long, value_name = "NAME=VARIABLE", value_parser = pair)]
    pub secret_env: Vec<(String, String)>,
    /// Read a secret, such as token, from a line of standard input; several in their order
    #[arg(long, value_name = "NAME")]
    pub secret_stdin: Vec<String>,
    /// Use a number of the sign-in at Meta: no secret is needed, --sender-id names it
    #[arg(long)]
    pub of_connection: bool,
    /// Messages a second
    #[arg(long, value_name = "N")]
    pub per_second: Option<u32>,
    /// Keep it switched off
    #[arg(long)]
    pub off: bool,
}

/// A message to oneself.
#[derive(Debug, Args)]
pub struct SendTestArgs {
    /// Its id or its name
    pub channel: String,
    /// A number with its country prefix, an e-mail address, or what the inbox shows
    #[arg(long, value_name = "ADDRESS")]
    pub to: String,
    /// What it says
    #[arg(long, value_name = "TEXT", required_unless_present = "template")]
    pub text: Option<String>,
    /// The subject of an e-mail
    #[arg(long, value_name = "TEXT")]
    pub subject: Option<String>,
    /// A template with its examples instead of a text, by its id
    #[arg(long, value_name = "ID", conflicts_with = "text")]
    pub template: Option<TemplateId>,
}

/// A line of a price list.
#[derive(Debug, Args)]
pub struct PriceArgs {
    /// The channel's id or its name
    pub channel: String,
    /// What a message costs, such as 0.0625; left out with --remove
    #[arg(value_name = "AMOUNT", required_unless_present = "remove")]
    pub price: Option<String>,
    /// The currency, such as USD; the one of the channel's other prices where there are some
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    pub currency: Option<String>,
    /// Two letters of the country that is written to, such as BR; every other one without it
    #[arg(long, value_name = "CODE", default_value = "")]
    pub country: String,
    /// marketing, utility, authentication or service; every other one without it
    #[arg(long, value_name = "NAME", default_value = "")]
    pub purpose: String,
    /// From this day on; today without it
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    pub from: Option<NaiveDate>,
    /// Take the line away
    #[arg(long)]
    pub remove: bool,
}

fn provider(text: &str) -> Result<Provider, String> {
    Provider::ALL
        .into_iter()
        .find(|provider| provider.word() == text)
        .ok_or_else(|| {
            let all = Provider::ALL.map(Provider::word).join(", ");
            format!("there is no such provider; use one of {all}")
        })
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "write it as NAME=VALUE".to_owned())
}

/// Runs the command.
pub async fn run(program: &Program, command: ChannelsCommand) -> Result<Exit, Failure> {
    let given = match &command {
        ChannelsCommand::Add(args) => read_secrets(program, args)?,
        _ => BTreeMap::new(),
    };
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let all = api::list_channels(cx, ListChannels {}).await?;
            match command {
                ChannelsCommand::List => {
                    output.result(&all, |output| rows_text(output, &all.channels));
                }
                ChannelsCommand::Add(args) => {
                    let request = saved(&all, args, given);
                    let row = api::save_channel(cx, request).await?;
                    output.result(&row, |output| rows_text(output, std::slice::from_ref(&row)));
                }
                ChannelsCommand::Test { channel } => {
                    let id = found(&all, &channel)?.id;
                    let test = api::test_channel(cx, TestChannel { id }).await?;
                    output.result(&test, |output| test_text(output, &test));
                    if test.channel.state != ChannelState::Connected {
                        return Ok(Exit::Failed);
                    }
                }
                ChannelsCommand::SendTest(args) => {
                    let request = SendTestMessage {
                        channel_id: found(&all, &args.channel)?.id,
                        address: args.to,
                        template_id: args.template,
                        subject: args.subject,
                        text: args.text,
                    };
                    let sent = api::send_test_message(cx, request).await?;
                    let workspace = cx.scope()?.workspace;
                    session.app.send_due(workspace).await?;
                    let one = OneDispatch {
                        id: sent.dispatch_id,
                    };
                    let after = api::get_dispatch(cx, one).await?.dispatch;
                    output.result(&after, |output| {
                        let state = messages::state(&after.state, output.language());
                        let why = after
                            .reason
                            .as_deref()
                            .map(|reason| messages::reason(reason, output.language()));
                        match why {
                            Some(why) => format!("{state}: {why}\n"),
                            None => format!("{state}\n"),
                        }
                    });
                    if matches!(after.state.as_str(), "skipped" | "failed" | "bounced") {
                        return Ok(Exit::Failed);
                    }
                }
                ChannelsCommand::Prices { channel } => {
                    let channel_id = found(&all, &channel)?.id;
                    let list = api::get_channel_prices(cx, GetChannelPrices { channel_id }).await?;
                    output.result(&list, |output| prices_text(output, &list));
                }
                ChannelsCommand::Price(args) => {
                    let channel_id = found(&all, &args.channel)?.id;
                    let zone = cx.workspace().await?.timezone;
                    let today = zone.day_of(cx.scope()?.now());
                    let valid_from = args.from.unwrap_or(today);
                    let list = if args.remove {
                        let request = RemoveChannelPrice {
                            channel_id,
                            country: args.country,
                            purpose: args.purpose,
                            valid_from,
                        };
                        api::remove_channel_price(cx, request).await?
                    } else {
                        let known =
                            api::get_channel_prices(cx, GetChannelPrices { channel_id }).await?;
                        let currency = args.currency.or(known.currency).ok_or_else(|| {
                            Failure::flag(
                                "currency",
                                "Say in which currency, such as --currency USD.",
                            )
                        })?;
                        let request = SetChannelPrice {
                            channel_id,
                            country: args.country,
                            purpose: args.purpose,
                            valid_from,
                            price: args.price.unwrap_or_default(),
                            currency,
                        };
                        api::set_channel_price(cx, request).await?
                    };
                    output.result(&list, |output| prices_text(output, &list));
                }
                ChannelsCommand::Remove { channel } => {
                    let id = found(&all, &channel)?.id;
                    let removed = api::remove_channel(cx, RemoveChannel { id }).await?;
                    output.result(&removed, |output| {
                        let word = if removed.archived {
                            Word::ChannelSwitchedOff
                        } else {
                            Word::ChannelRemoved
                        };
                        format!("{}\n", output.word(word))
                    });
                }
            }
            Ok(Exit::Done)
        })
        .await
}

fn read_secrets(program: &Program, args: &AddArgs) -> Result<BTreeMap<String, Secret>, Failure> {
    let mut given = BTreeMap::new();
    for (name, variable) in &args.secret_env {
        let value = program
            .environment
            .get(variable)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                Failure::flag(
                    "secret-env",
                    format!("The environment has no variable {variable}. Set it, and try again."),
                )
            })?;
        given.insert(name.clone(), Secret::from(value.as_str()));
    }
    for name in &args.secret_stdin {
        given.insert(name.clone(), secrets::read_line(name, "secret-stdin")?);
    }
    Ok(given)
}

/// The one of this id or name.
pub(super) fn found<'a>(all: &'a ChannelList, text: &str) -> Result<&'a ChannelRow, Failure> {
    let id: Option<ChannelId> = text.parse().ok();
    all.channels
        .iter()
        .find(|row| Some(row.id) == id || row.name == text)
        .ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("There is no channel \"{text}\". See: rumbo channels list"),
            )
            .reason(Reason::Gone)
            .param("what", "messaging_channel")
            .into()
        })
}

fn saved(all: &ChannelList, args: AddArgs, secrets: BTreeMap<String, Secret>) -> SaveChannel {
    let before = all
        .channels
        .iter()
        .find(|row| row.name == args.name && row.provider == args.provider);
    let mut settings = before.map(|row| row.settings.clone()).unwrap_or_default();
    settings.extend(args.settings);
    let kept = |given: Option<String>, of: fn(&ChannelRow) -> String| {
        given.or_else(|| before.map(of)).unwrap_or_default()
    };
    SaveChannel {
        id: before.map(|row| row.id),
        name: args.name,
        provider: args.provider,
        description: before.and_then(|row| row.description.clone()),
        base_url: args
            .base_url
            .or_else(|| before.and_then(|row| row.base_url.clone())),
        sender: kept(args.sender, |row| row.sender.clone()),
        sender_id: kept(args.sender_id, |row| row.sender_id.clone()),
        settings,
        secrets,
        of_connection: args.of_connection || before.is_some_and(|row| row.of_connection),
        active: !args.off,
        per_second: args
            .per_second
            .or_else(|| before.and_then(|row| row.per_second)),
    }
}

fn state_word(row: &ChannelRow) -> Word {
    match row.state {
        _ if !row.active => Word::ChannelOff,
        ChannelState::Connected => Word::ChannelConnected,
        ChannelState::Connecting => Word::ChannelConnecting,
        ChannelState::Disconnected => Word::ChannelDisconnected,
    }
}

fn rows_text(output: &Output, rows: &[ChannelRow]) -> String {
    let text = |word: Word| output.word(word);
    let mut grid = Grid::new(
        &[
            text(Word::Name),
            text(Word::Provider),
            text(Word::Sender),
            text(Word::Status),
            text(Word::Id),
        ],
        &[],
    );
    for row in rows {
        grid.row([
            short(&row.name),
            row.provider.word().to_owned(),
            row.sender.clone(),
            text(state_word(row)).to_owned(),
            row.id.to_string(),
        ]);
    }
    if grid.is_empty() {
        return format!("{}\n", text(Word::NoChannels));
    }
    grid.text()
}

fn prices_text(output: &Output, list: &ChannelPrices) -> String {
    let text = |word: Word| output.word(word);
    let mut grid = Grid::new(
        &[
            text(Word::Country),
            text(Word::Purpose),
            text(Word::ValidFrom),
        ],
        &[text(Word::Price)],
    );
    let or_any = |word: &str| match word {
        "" => text(Word::EveryOther).to_owned(),
        word => word.to_owned(),
    };
    for line in &list.lines {
        grid.row([
            or_any(&line.country),
            or_any(&line.purpose),
            line.valid_from.to_string(),
            format!("{} {}", line.price, line.currency),
        ]);
    }
    if grid.is_empty() {
        return format!("{}\n", text(Word::NoPrices));
    }
    grid.text()
}

fn test_text(output: &Output, test: &ChannelTest) -> String {
    let mut grid = Grid::pairs();
    grid.row([
        output.word(Word::Status).to_owned(),
        output.word(state_word(&test.channel)).to_owned(),
    ]);
    let row = &test.channel;
    let reason = row
        .state_reason
        .map(|reason| messages::trouble(reason, row.state_detail.as_deref(), output.language()));
    for (word, value) in [
        (Word::Name, test.name.clone()),
        (Word::Sender, test.sender.clone()),
        (Word::Reason, reason),
        (Word::PairingCode, test.pairing_code.clone()),
    ] {
        if let Some(value) = value {
            grid.row([output.word(word).to_owned(), value]);
        }
    }
    grid.text()
}
