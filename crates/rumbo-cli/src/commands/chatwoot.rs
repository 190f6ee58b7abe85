//! `rumbo chatwoot`

use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{
    ChatwootFound, ChatwootStatus, ConnectChatwoot, DisconnectChatwoot, GetChatwoot, LinkState,
    LookAtChatwoot,
};
use rumbo_base::{ChannelId, Code, Error, Reason, Secret};

use crate::exit::{Exit, Failure};
use crate::grid::Grid;
use crate::output::Output;
use crate::secrets;
use crate::session::Program;
use crate::words::{Word, messages};

/// What to do with the inbox in which agents see, and answer, what is written here.
#[derive(Debug, Subcommand)]
pub enum ChatwootCommand {
    /// Link the workspace to an inbox, or change how it is linked
    Connect(ConnectArgs),
    /// How the workspace is linked, and what waits
    Status,
    /// List the accounts and inboxes that an access token reaches; nothing is kept
    Inboxes(Way),
    /// End the link; what was mirrored stays in both
    Disconnect,
}

/// The way to a Chatwoot.
#[derive(Debug, Args)]
pub struct Way {
    /// Its address, such as `https://app.chatwoot.com`; else the one the workspace is linked to
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Take the access token from this variable of the environment
    #[arg(long, value_name = "VARIABLE", conflicts_with = "token_stdin")]
    pub token_env: Option<String>,
    /// Read the access token from a line of standard input
    #[arg(long)]
    pub token_stdin: bool,
}

/// How to link. What is left out stays as it was.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    #[command(flatten)]
    pub way: Way,
    /// The account's id; not needed where the token reaches one account only
    #[arg(long, value_name = "ID")]
    pub account: Option<u32>,
    /// The inbox's id; not needed where the account has one inbox of the kind API only
    #[arg(long, value_name = "ID")]
    pub inbox: Option<u32>,
    /// A channel to mirror, by id or name; several times for several, none for all in use
    #[arg(long = "channel", value_name = "NAME")]
    pub channels: Vec<String>,
    /// Hours after an agent's answer in which rules, sequences and the bot leave the person alone
    #[arg(long, value_name = "HOURS")]
    pub pause_hours: Option<u32>,
    /// Take the secret of Chatwoot's webhook from this variable of the environment
    #[arg(long, value_name = "VARIABLE")]
    pub webhook_secret_env: Option<String>,
}

/// Runs the command.
pub async fn run(program: &Program, command: ChatwootCommand) -> Result<Exit, Failure> {
    let way = match &command {
        ChatwootCommand::Connect(args) => Some(&args.way),
        ChatwootCommand::Inboxes(way) => Some(way),
        ChatwootCommand::Status | ChatwootCommand::Disconnect => None,
    };
    let token = way
        .map(|way| read_token(program, way))
        .transpose()?
        .flatten();
    let webhook_secret = match &command {
        ChatwootCommand::Connect(args) => match &args.webhook_secret_env {
            Some(variable) => Some(of_environment(program, variable, "webhook-secret-env")?),
            None => None,
        },
        _ => None,
    };
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let before = api::get_chatwoot(cx, GetChatwoot {}).await?;
            match command {
                ChatwootCommand::Status => {
                    output.result(&before, |output| status_text(output, &before));
                    let stopped = before
                        .link
                        .as_ref()
                        .is_some_and(|link| link.state == LinkState::Disconnected);
                    if stopped {
                        return Ok(Exit::Failed);
                    }
                }
                ChatwootCommand::Inboxes(way) => {
                    let found = look(&session.cx, &before, way, token).await?;
                    output.result(&found, |output| found_text(output, &found));
                }
                ChatwootCommand::Connect(args) => {
                    let found = look(&session.cx, &before, args.way, token.clone()).await?;
                    let link = before.link.as_ref();
                    let account = args.account.or_else(|| link.map(|link| link.account_id));
                    let account = chosen(
                        "account",
                        account,
                        found.accounts.iter().map(|account| account.id),
                    )?;
                    let inboxes = found
                        .accounts
                        .iter()
                        .filter(|it| it.id == account)
                        .flat_map(|it| it.inboxes.iter().filter(|inbox| inbox.usable));
                    let inbox = args.inbox.or_else(|| {
                        link.filter(|link| link.account_id == account)
                            .map(|link| link.inbox_id)
                    });
                    let inbox = chosen("inbox", inbox, inboxes.map(|inbox| inbox.id))?;
                    let request = ConnectChatwoot {
                        base_url: found.base_url,
                        token,
                        account_id: account,
                        inbox_id: inbox,
                        channels: channels(&before, &args.channels)?,
                        pause_hours: args
                            .pause_hours
                            .or_else(|| link.map(|link| link.pause_hours)),
                        webhook_secret,
                    };
                    let after = api::connect_chatwoot(cx, request).await?;
                    output.result(&after, |output| status_text(output, &after));
                }
                ChatwootCommand::Disconnect => {
                    let after = api::disconnect_chatwoot(cx, DisconnectChatwoot {}).await?;
                    output.result(&after, |output| {
                        format!("{}\n", output.word(Word::ChatwootDisconnected))
                    });
                }
            }
            Ok(Exit::Done)
        })
        .await
}

fn read_token(program: &Program, way: &Way) -> Result<Option<Secret>, Failure> {
    if way.token_stdin {
        return secrets::read_line("token", "token-stdin").map(Some);
    }
    match &way.token_env {
        Some(variable) => of_environment(program, variable, "token-env").map(Some),
        None => Ok(None),
    }
}

fn of_environment(program: &Program, variable: &str, flag: &str) -> Result<Secret, Failure> {
    program
        .environment
        .get(variable)
        .filter(|value| !value.is_empty())
        .map(|value| Secret::from(value.as_str()))
        .ok_or_else(|| {
            Failure::flag(
                flag,
                format!("The environment has no variable {variable}. Set it, and try again."),
            )
        })
}

async fn look(
    cx: &rumbo_app::Context,
    before: &ChatwootStatus,
    way: Way,
    token: Option<Secret>,
) -> Result<ChatwootFound, Failure> {
    let base_url = way
        .url
        .or_else(|| before.link.as_ref().map(|link| link.base_url.clone()))
        .ok_or_else(|| {
            Failure::flag(
                "url",
                "Say where Chatwoot is, such as --url https://app.chatwoot.com.".to_owned(),
            )
        })?;
    Ok(api::look_at_chatwoot(cx, LookAtChatwoot { base_url, token }).await?)
}

/// The one that was named, or the only one there is.
fn chosen(what: &str, named: Option<u32>, all: impl Iterator<Item = u32>) -> Result<u32, Failure> {
    let all: Vec<u32> = all.collect();
    match (named, all.as_slice()) {
        (Some(named), _) => Ok(named),
        (None, [only]) => Ok(*only),
        (None, []) if what == "inbox" => Err(Failure::flag(
            what,
            "The account has no inbox of the kind API that this access token sees. Add one in Chatwoot: \
             Settings, Inboxes, Add inbox, API."
                .to_owned(),
        )),
        (None, several) => {
            let list: Vec<String> = several.iter().map(u32::to_string).collect();
            Err(Failure::flag(
                what,
                format!("There are several. Choose one: {}.", list.join(", ")),
            ))
        }
    }
}

/// The channels that were named; those that are mirrored, or else all, where none was.
fn channels(before: &ChatwootStatus, named: &[String]) -> Result<Vec<ChannelId>, Failure> {
    if named.is_empty() {
        let mirrored: Vec<ChannelId> = before
            .channels
            .iter()
            .filter(|channel| channel.mirrored || before.link.is_none())
            .map(|channel| channel.id)
            .collect();
        return Ok(mirrored);
    }
    named
        .iter()
        .map(|text| {
            let id: Option<ChannelId> = text.parse().ok();
            before
                .channels
                .iter()
                .find(|channel| Some(channel.id) == id || channel.name == *text)
                .map(|channel| channel.id)
                .ok_or_else(|| {
                    Error::new(
                        Code::NotFound,
                        format!("There is no channel \"{text}\". See: rumbo channels list"),
                    )
                    .reason(Reason::Gone)
                    .param("what", "messaging_channel")
                    .into()
                })
        })
        .collect()
}

fn status_text(output: &Output, status: &ChatwootStatus) -> String {
    let Some(link) = &status.link else {
        return format!("{}\n", output.word(Word::ChatwootNotLinked));
    };
    let mut grid = Grid::pairs();
    let state = match link.state {
        LinkState::Connected => Word::ChannelConnected,
        LinkState::Disconnected => Word::ChannelDisconnected,
    };
    let mirrored: Vec<&str> = status
        .channels
        .iter()
        .filter(|channel| channel.mirrored)
        .map(|channel| channel.name.as_str())
        .collect();
    let mut row = |word: Word, value: String| grid.row([output.word(word).to_owned(), value]);
    row(Word::Status, output.word(state).to_owned());
    row(
        Word::ChatwootInbox,
        format!(
            "{} · {} ({})",
            link.base_url, link.account_name, link.inbox_name
        ),
    );
    row(Word::ChatwootChannels, mirrored.join(", "));
    row(Word::ChatwootMirrored, link.mirrored.to_string());
    row(
        Word::ChatwootWaiting,
        (link.waiting + link.replies).to_string(),
    );
    row(Word::ChatwootRefused, link.refused.to_string());
    row(
        Word::ChatwootWebhook,
        link.webhook_url
            .clone()
            .unwrap_or_else(|| link.webhook_path.clone()),
    );
    if let Some(reason) = &link.state_reason {
        row(Word::Reason, reason.clone());
    } else if let Some(error) = &link.error {
        let kind = link.error_kind.as_deref().unwrap_or_default();
        let sort = messages::hitch(kind, output.language());
        row(Word::Reason, format!("{sort}: {error}"));
    }
    grid.text()
}

fn found_text(output: &Output, found: &ChatwootFound) -> String {
    let text = |word: Word| output.word(word);
    let mut grid = Grid::new(
        &[
            text(Word::Account),
            text(Word::Name),
            text(Word::ChatwootInbox),
            text(Word::Name),
            text(Word::ChatwootUsable),
        ],
        &[],
    );
    for account in &found.accounts {
        for inbox in &account.inboxes {
            let usable = if inbox.usable { Word::Yes } else { Word::No };
            grid.row([
                account.id.to_string(),
                account.name.clone(),
                inbox.id.to_string(),
                inbox.name.clone(),
                text(usable).to_owned(),
            ]);
        }
    }
    grid.text()
}
