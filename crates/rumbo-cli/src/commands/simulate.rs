//! `rumbo simulate`

use clap::{ArgGroup, Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    Beyond, BudgetMove, MoveCampaign, MoveEstimate, MoveMetric, MoveRefusalReason, NoChange,
    SimulateBudgetMove,
};

use crate::crediting::Crediting;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Metric {
    Leads,
    Sales,
    Revenue,
}

/// What would change.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("asked").args(["from", "campaign"]).required(true)))]
pub struct SimulateArgs {
    /// The campaign that would spend less, by Meta's id or Rumbo's
    #[arg(long, value_name = "ID", requires_all = ["to", "amount"])]
    from: Option<String>,
    /// The campaign that would spend more
    #[arg(long, value_name = "ID", requires = "from")]
    to: Option<String>,
    /// How much a day would move, in the currency of both ad accounts
    #[arg(long, value_name = "AMOUNT", requires = "from", value_parser = flags::amount)]
    amount: Option<String>,
    /// The only campaign that would change, with --daily
    #[arg(long, value_name = "ID", requires = "daily")]
    campaign: Option<String>,
    /// What it would spend a day
    #[arg(long, value_name = "AMOUNT", requires = "campaign", value_parser = flags::amount)]
    daily: Option<String>,
    /// For how many days from tomorrow on, up to 28
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    days: u32,
    /// What is counted
    #[arg(long, value_enum, default_value = "leads")]
    metric: Metric,
    #[command(flatten)]
    crediting: Crediting,
}

/// Prints what moving a daily budget would change. Nothing is written to Meta.
pub async fn run(program: &Program, args: SimulateArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let request = SimulateBudgetMove {
                from: args.from,
                to: args.to,
                amount: args.amount,
                campaign: args.campaign,
                daily: args.daily,
                metric: match args.metric {
                    Metric::Leads => MoveMetric::Leads,
                    Metric::Sales => MoveMetric::Sales,
                    Metric::Revenue => MoveMetric::Revenue,
                },
                days: Some(args.days),
                attribution: args.crediting.asked(session).await?,
            };
            let answer = api::simulate_budget_move(&session.cx, request).await?;
            session
                .output
                .result(&answer, |output| text(output, &answer));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, answer: &BudgetMove) -> String {
    let heads = [
        Word::PerDayNow,
        Word::PerDayThen,
        Word::ObservedPerDay,
        Word::StaysSo,
        Word::BecomesSo,
        Word::WeeksHeld,
        Word::Answer,
    ];
    let outcome = match answer.metric {
        MoveMetric::Leads => "leads",
        MoveMetric::Sales => "sales",
        MoveMetric::Revenue => "revenue",
    };
    let outcome = output.metric(outcome);
    let first = format!("{} ({})", output.word(Word::Campaign), answer.currency);
    let mut grid = Grid::new(&[&first], &heads.map(|word| output.word(word)));
    for campaign in &answer.campaigns {
        grid.row(cells(output, campaign));
    }
    let mut text = grid.text();
    let said = match (&answer.change, answer.no_change) {
        (Some(change), _) => {
            let percent = answer.better_percent.as_deref().unwrap_or_default();
            let days = answer.days.to_string();
            let estimate = signed(output, change);
            [
                outcome,
                ", ",
                &days,
                " ",
                output.word(Word::ForDays),
                ": ",
                &estimate,
                "; ",
                output.word(Word::MoreComesIn),
                ": ",
                percent,
                " %",
            ]
            .concat()
        }
        (None, Some(NoChange::SameCampaign)) => output.word(Word::SameCampaign).to_owned(),
        (None, Some(NoChange::CurrenciesDiffer)) => output.word(Word::CurrenciesDiffer).to_owned(),
        (None, Some(NoChange::Refused | NoChange::Beyond) | None) => {
            output.word(Word::NothingSaid).to_owned()
        }
    };
    text.push('\n');
    text.push_str(&said);
    text.push('\n');
    text.push_str(output.word(Word::NothingWritten));
    text.push('\n');
    text
}

/// What is expected, with its interval, each with its sign.
fn signed(output: &Output, change: &MoveEstimate) -> String {
    let sign = |text: &str| {
        let decimal = output.numbers().decimal(text);
        if text.starts_with('-') {
            decimal
        } else {
            format!("+{decimal}")
        }
    };
    format!(
        "{} ({} – {})",
        sign(&change.expected),
        sign(&change.low),
        sign(&change.high)
    )
}

fn cells(output: &Output, campaign: &MoveCampaign) -> [String; 8] {
    let numbers = output.numbers();
    let nothing = || NOTHING.to_owned();
    let money = |amount: Option<&str>| amount.map_or_else(nothing, |text| numbers.decimal(text));
    let range = |low: Option<&str>, high: Option<&str>| match (low, high) {
        (Some(low), Some(high)) => format!("{} – {}", numbers.decimal(low), numbers.decimal(high)),
        _ => nothing(),
    };
    let estimate = |of: Option<&MoveEstimate>| {
        of.map_or_else(nothing, |of| {
            let range = range(Some(&of.low), Some(&of.high));
            format!("{} ({range})", numbers.decimal(&of.expected))
        })
    };
    let beyond = campaign.now_beyond.is_some() || campaign.new_beyond.is_some();
    let reason = match (&campaign.refused, beyond) {
        (Some(refused), _) => {
            let word = output.word(match refused.reason {
                MoveRefusalReason::NotSynced => Word::NotSyncedLately,
                MoveRefusalReason::FewDays => Word::FewDaysSpent,
                MoveRefusalReason::HardlyVaried => Word::HardlyVaried,
                MoveRefusalReason::FewOutcomes => Word::FewOutcomes,
                MoveRefusalReason::OtherCurrency => Word::MixedCurrencies,
                MoveRefusalReason::Untried => Word::Untried,
                MoveRefusalReason::Missed => Word::MissedPast,
            });
            match (refused.has, refused.needs) {
                (Some(has), Some(needs)) => format!("{word}: {has} / {needs}"),
                _ => word.to_owned(),
            }
        }
        (None, true) => {
            let side = campaign.new_beyond.or(campaign.now_beyond);
            let word = match side {
                Some(Beyond::Less) => Word::LessThanObserved,
                Some(Beyond::More) | None => Word::MoreThanObserved,
            };
            output.word(word).to_owned()
        }
        (None, false) => String::new(),
    };
    let past = campaign.past;
    [
        short(&campaign.name),
        numbers.decimal(&campaign.now_daily),
        money(campaign.new_daily.as_deref()),
        range(
            campaign.least_daily.as_deref(),
            campaign.most_daily.as_deref(),
        ),
        estimate(campaign.stays.as_ref()),
        estimate(campaign.becomes.as_ref()),
        if past.tried > 0 {
            format!("{} / {}", past.held, past.tried)
        } else {
            nothing()
        },
        reason,
    ]
}
