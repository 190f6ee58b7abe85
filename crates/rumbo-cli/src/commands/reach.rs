//! `rumbo reach`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    AskReach, GetReach, PeopleFigures, ReachAccount, ReachReport, ReachState, ReachWholeState,
    RoiBy,
};

use super::roi::{By, Within};
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;

/// Whose people, and of which days.
#[derive(Debug, Args)]
pub struct ReachArgs {
    /// What a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: By,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    within: Within,
    #[command(flatten)]
    as_of: AsOf,
    /// Have Meta asked for exactly these days; the window or the next sync asks, unless --wait does
    #[arg(long, conflicts_with = "as_of")]
    ask: bool,
    /// Ask Meta what waits, now, and wait for the answers
    #[arg(long, conflicts_with = "as_of")]
    wait: bool,
}

/// Prints what Meta answered.
pub async fn run(program: &Program, args: ReachArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let part = args.within.request(args.by, range);
            let known = GetReach {
                of: AskReach {
                    by: part.by,
                    from: part.from,
                    to: part.to,
                    accounts: part.accounts,
                    campaign: part.campaign,
                    ad_set: part.ad_set,
                    currency: None,
                },
                as_of: args.as_of.at(session.zone()),
            };
            if args.ask {
                Box::pin(api::ask_reach(&session.cx, known.of.clone())).await?;
            }
            if args.wait {
                Box::pin(rumbo_app::reach::ask_meta(&session.cx)).await?;
            }
            let report = Box::pin(api::get_reach(&session.cx, known)).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            let refused = |account: &ReachAccount| account.state == ReachState::Refused;
            Ok(if args.wait && report.accounts.iter().any(refused) {
                Exit::Partly
            } else {
                Exit::Done
            })
        })
        .await
}

fn text(output: &Output, report: &ReachReport) -> String {
    let mut text = format!(
        "{}: {} – {}\n\n",
        output.word(Word::Period),
        report.from,
        report.to
    );
    let name = output.word(match report.by {
        RoiBy::Account => Word::Account,
        RoiBy::AdSet => Word::AdSet,
        RoiBy::Ad => Word::Ad,
        RoiBy::Campaign | RoiBy::Creative | RoiBy::Channel => Word::Campaign,
    });
    let figures = [
        "impressions",
        "reach",
        "frequency",
        "unique_clicks",
        "unique_link_clicks",
    ]
    .map(|metric| output.metric(metric));
    let mut grid = Grid::new(&[name], &figures);
    for row in &report.rows {
        let name = row.name.as_deref().unwrap_or(&row.external_id);
        grid.row(cells(output, short(name), &row.people));
    }
    if let Some(whole) = &report.whole.row {
        let total = output.word(Word::Total).to_owned();
        grid.row(cells(output, total, &whole.people));
    }
    if report.rows.is_empty() {
        text.push_str(output.word(Word::None));
        text.push('\n');
    } else {
        text.push_str(&grid.text());
    }
    if !report.rows.is_empty() && report.whole.state == ReachWholeState::SeveralAccounts {
        text.push_str(output.word(Word::PeopleOfSeveralAccounts));
        text.push('\n');
    }
    text.push('\n');
    for account in &report.accounts {
        text.push_str(&standing(output, account));
        text.push('\n');
    }
    text
}

/// How the questions about an account stand.
fn standing(output: &Output, account: &ReachAccount) -> String {
    let word = output.word(match account.state {
        ReachState::NotAsked => Word::NotAsked,
        ReachState::Waiting => Word::WaitingForMeta,
        ReachState::Answered => Word::Answered,
        ReachState::Refused => Word::Refused,
    });
    let mut parts = vec![format!("{}: {word}", short(&account.name))];
    parts.extend(
        account
            .answered_at
            .map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()),
    );
    if account.moving || account.restated {
        parts.push(format!("({})", output.word(Word::DaysStillMove)));
    }
    parts.extend(account.error.as_ref().map(|error| error.message.clone()));
    parts.join(" ")
}

fn cells(output: &Output, name: String, of: &PeopleFigures) -> [String; 6] {
    let numbers = output.numbers();
    [
        name,
        numbers.count_or_nothing(of.impressions),
        numbers.count_or_nothing(of.reach),
        numbers.ratio(of.frequency.as_deref()),
        numbers.count_or_nothing(of.unique_clicks),
        numbers.count_or_nothing(of.unique_link_clicks),
    ]
}
