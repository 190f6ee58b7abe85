//! `rumbo accounts`

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{
    AdAccountAsset, AdAccountRow, AssetProblem, Assets, ListAdAccounts, ListAssets, SelectAssets,
    WhatsAppAsset, WireError,
};
use rumbo_base::{Code, Error, Reason};
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::{Output, note};
use crate::session::{Program, Session};
use crate::words::Word;

/// Which ad accounts to list or choose.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AccountsArgs {
    #[command(subcommand)]
    command: Option<AccountsCommand>,
    /// Only the accounts of this business portfolio
    #[arg(long, value_name = "ID")]
    portfolio: Option<String>,
    /// Only what is kept here, without asking Meta
    #[arg(long, conflicts_with = "portfolio")]
    kept: bool,
}

#[derive(Debug, Subcommand)]
enum AccountsCommand {
    /// Choose the ad accounts to sync, in place of those chosen before
    Select(SelectArgs),
}

#[derive(Debug, Args)]
struct SelectArgs {
    #[command(flatten)]
    which: Which,
    /// Only from this business portfolio
    #[arg(long, value_name = "ID")]
    portfolio: Option<String>,
    /// Pages whose lead forms to read; every page when absent
    #[arg(long = "page", value_name = "ID")]
    pages: Vec<String>,
    /// Read the lead forms of no page
    #[arg(long, conflicts_with = "pages")]
    no_pages: bool,
    /// WhatsApp accounts whose numbers and templates to use; every one when absent
    #[arg(long = "whatsapp", value_name = "ID")]
    whatsapp: Vec<String>,
    /// Use no WhatsApp account
    #[arg(long, conflicts_with = "whatsapp")]
    no_whatsapp: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Ids of ad accounts, with or without act_
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Every ad account that can be synced
    #[arg(long)]
    all: bool,
}

/// An ad account as Meta lists it and as it is kept here.
#[derive(Debug, Serialize)]
struct Account {
    id: String,
    name: String,
    currency: String,
    timezone: String,
    status: String,
    disable_reason: Option<String>,
    /// Null for an account that Meta does not list any more, or was not asked for.
    relation: Option<String>,
    spent_28_days: Option<String>,
    selectable: bool,
    selected: bool,
    last_synced_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Listed {
    accounts: Vec<Account>,
    /// The WhatsApp accounts that Meta offers, with their numbers.
    whatsapp: Vec<WhatsAppAsset>,
    problems: Vec<AssetProblem>,
}

/// Lists or chooses.
pub async fn run(program: &Program, args: AccountsArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| match args.command {
            None => Box::pin(list(session, args.portfolio, args.kept)).await,
            Some(AccountsCommand::Select(select)) => Box::pin(choose(session, select)).await,
        })
        .await
}

async fn list(session: &Session, portfolio: Option<String>, kept: bool) -> Result<Exit, Failure> {
    let rows = api::list_ad_accounts(&session.cx, ListAdAccounts {}).await?;
    let mut exit = Exit::Done;
    let offered = if kept {
        nothing_offered(Vec::new())
    } else {
        match api::list_assets(
            &session.cx,
            ListAssets {
                portfolio_id: portfolio,
            },
        )
        .await
        {
            Ok(assets) => assets,
            // What is kept can be read without Meta.
            Err(error) if !rows.is_empty() => {
                let error = WireError::from(error);
                exit = match Exit::of(error.code) {
                    Exit::NeedsSignIn => Exit::NeedsSignIn,
                    _ => Exit::Partly,
                };
                nothing_offered(vec![AssetProblem {
                    part: "ad_accounts".to_owned(),
                    error,
                }])
            }
            Err(error) => return Err(error.into()),
        }
    };
    if exit == Exit::Done && offered.problems.iter().any(|p| p.part == "ad_accounts") {
        exit = Exit::Partly;
    }
    for problem in &offered.problems {
        note(&problem.error.message);
    }
    let document = Listed {
        accounts: merged(offered.ad_accounts, rows),
        whatsapp: offered.whatsapp,
        problems: offered.problems,
    };
    session
        .output
        .result(&document, |output| text(output, &document));
    Ok(exit)
}

fn nothing_offered(problems: Vec<AssetProblem>) -> Assets {
    Assets {
        ad_accounts: Vec::new(),
        pages: Vec::new(),
        whatsapp: Vec::new(),
        problems,
    }
}

async fn choose(session: &Session, args: SelectArgs) -> Result<Exit, Failure> {
    let request = ListAssets {
        portfolio_id: args.portfolio.clone(),
    };
    let offered = api::list_assets(&session.cx, request).await?;
    let ad_account_ids = if args.which.all {
        offered
            .ad_accounts
            .iter()
            .filter(|a| a.selectable)
            .map(|a| a.id.clone())
            .collect()
    } else {
        args.which
            .ids
            .iter()
            .map(|id| find(&offered, id))
            .collect::<Result<Vec<_>, _>>()?
    };
    if ad_account_ids.is_empty() {
        return Err(Error::new(
            Code::NotFound,
            "Meta offers no ad account that can be synced. Check the permissions of the person \
             who signed in.",
        )
        .reason(Reason::NoAccountOffered)
        .into());
    }
    let pages = offered.pages.iter().map(|page| page.id.clone());
    let page_ids: Vec<String> = if args.no_pages {
        Vec::new()
    } else if args.pages.is_empty() {
        pages.collect()
    } else {
        let known: Vec<String> = pages.collect();
        if let Some(unknown) = args.pages.iter().find(|id| !known.contains(id)) {
            return Err(not_offered("page", unknown, &known).into());
        }
        args.pages
    };
    let known: Vec<String> = offered.whatsapp.iter().map(|it| it.id.clone()).collect();
    let whatsapp_ids = if args.no_whatsapp {
        Vec::new()
    } else if args.whatsapp.is_empty() {
        known
    } else {
        if let Some(unknown) = args.whatsapp.iter().find(|id| !known.contains(id)) {
            return Err(not_offered("WhatsApp account", unknown, &known).into());
        }
        args.whatsapp
    };
    let request = SelectAssets {
        portfolio_id: args.portfolio,
        portfolio_name: None,
        ad_account_ids,
        page_ids,
        whatsapp_ids: whatsapp_ids.clone(),
        start_sync: false,
    };
    let rows = api::select_assets(&session.cx, request).await?;
    let whatsapp = offered.whatsapp.into_iter().map(|it| WhatsAppAsset {
        selected: whatsapp_ids.contains(&it.id),
        ..it
    });
    let document = Listed {
        accounts: merged(offered.ad_accounts, rows),
        whatsapp: whatsapp.collect(),
        problems: offered.problems,
    };
    session
        .output
        .result(&document, |output| text(output, &document));
    Ok(Exit::Done)
}

/// The id as Meta writes it, for one written with or without `act_`.
fn find(offered: &Assets, id: &str) -> Result<String, Error> {
    let number = id.strip_prefix("act_").unwrap_or(id);
    let found = offered
        .ad_accounts
        .iter()
        .find(|account| account.id.strip_prefix("act_").unwrap_or(&account.id) == number);
    if let Some(account) = found {
        return Ok(account.id.clone());
    }
    let known: Vec<String> = offered.ad_accounts.iter().map(|a| a.id.clone()).collect();
    Err(not_offered("ad account", id, &known))
}

fn not_offered(what: &str, id: &str, known: &[String]) -> Error {
    Error::new(
        Code::NotFound,
        format!(
            "Meta does not offer the {what} \"{id}\". It offers: {}.",
            known.join(", ")
        ),
    )
    .reason(Reason::IdUnknown)
    .param("what", what)
    .field("id")
    .param("id", id)
}

fn merged(offered: Vec<AdAccountAsset>, kept: Vec<AdAccountRow>) -> Vec<Account> {
    let mut kept: BTreeMap<String, AdAccountRow> = kept
        .into_iter()
        .map(|row| (row.external_id.clone(), row))
        .collect();
    let mut accounts: Vec<Account> = offered
        .into_iter()
        .map(|asset| {
            let row = kept.remove(&asset.id);
            Account {
                id: asset.id,
                name: asset.name,
                currency: asset.currency,
                timezone: asset.timezone,
                status: asset.status,
                disable_reason: asset.disable_reason,
                relation: Some(asset.relation),
                spent_28_days: asset.spent_28_days,
                selectable: asset.selectable,
                selected: row.as_ref().map_or(asset.selected, |row| row.selected),
                last_synced_at: row.as_ref().and_then(|row| row.last_synced_at),
                last_error: row.and_then(|row| row.last_error),
            }
        })
        .collect();
    accounts.extend(kept.into_values().map(|row| Account {
        id: row.external_id,
        name: row.name,
        currency: row.currency,
        timezone: row.timezone,
        status: row.status,
        disable_reason: None,
        relation: None,
        spent_28_days: None,
        selectable: false,
        selected: row.selected,
        last_synced_at: row.last_synced_at,
        last_error: row.last_error,
    }));
    accounts
}

fn text(output: &Output, document: &Listed) -> String {
    let mut text = accounts_text(output, &document.accounts);
    if document.whatsapp.is_empty() {
        return text;
    }
    let headings = [
        "WhatsApp",
        output.word(Word::Name),
        output.word(Word::Kept),
        output.word(Word::Numbers),
    ];
    let mut grid = Grid::new(&headings, &[]);
    for account in &document.whatsapp {
        let numbers: Vec<String> = account
            .phone_numbers
            .iter()
            .map(|number| format!("{} ({})", number.display, number.id))
            .collect();
        grid.row([
            account.id.clone(),
            short(&account.name),
            output.word(yes_or_no(account.selected)).to_owned(),
            numbers.join(", "),
        ]);
    }
    text.push('\n');
    text.push_str(&grid.text());
    text
}

fn yes_or_no(whether: bool) -> Word {
    if whether { Word::Yes } else { Word::No }
}

fn accounts_text(output: &Output, accounts: &[Account]) -> String {
    if accounts.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        output.word(Word::Account),
        output.word(Word::Name),
        output.word(Word::Currency),
        output.word(Word::Timezone),
        output.word(Word::Status),
        output.word(Word::Kept),
        output.word(Word::LastSync),
    ];
    let mut grid = Grid::new(&headings, &[]);
    for account in accounts {
        grid.row([
            account.id.clone(),
            short(&account.name),
            account.currency.clone(),
            account.timezone.clone(),
            account.disable_reason.as_ref().map_or_else(
                || account.status.clone(),
                |reason| format!("{} ({reason})", account.status),
            ),
            output.word(yes_or_no(account.selected)).to_owned(),
            account.last_error.clone().unwrap_or_else(|| {
                account.last_synced_at.map_or_else(
                    || NOTHING.to_owned(),
                    |at| at.format("%Y-%m-%d %H:%M UTC").to_string(),
                )
            }),
        ]);
    }
    grid.text()
}

#[cfg(test)]
mod tests;
