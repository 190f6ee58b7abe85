//! `rumbo pacing`

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    BudgetGap, ForecastGap, GetPacing, Pace, PaceBy, PaceVerdict, PacingGroup, PacingReport,
};

use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Account,
    Campaign,
    #[value(name = "adset", alias = "ad_set", alias = "ad-set")]
    AdSet,
}

/// Which rows.
#[derive(Debug, Args)]
pub struct PacingArgs {
    /// What a row is; ad sets are those of --campaign
    #[arg(long, value_enum, default_value = "campaign")]
    by: By,
    /// Only this ad account, by Meta's id or Rumbo's; may be repeated
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    /// Whose ad sets, by Meta's id or Rumbo's
    #[arg(long, value_name = "ID", required_if_eq("by", "adset"))]
    campaign: Option<String>,
}

/// Prints what was spent this month, where it will end, and what each day left may spend.
pub async fn run(program: &Program, args: PacingArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let request = GetPacing {
                by: match args.by {
                    By::Account => PaceBy::Account,
                    By::Campaign => PaceBy::Campaign,
                    By::AdSet => PaceBy::AdSet,
                },
                accounts: args.accounts,
                campaign: args.campaign,
            };
            let report = api::get_pacing(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, report: &PacingReport) -> String {
    let mut text = format!(
        "{}: {} – {}\n",
        output.word(Word::Period),
        report.from,
        report.to
    );
    if report.groups.is_empty() {
        text.push_str(output.word(Word::None));
        text.push('\n');
    }
    for group in &report.groups {
        text.push('\n');
        text.push_str(&table(output, report.by, group));
    }
    if report.past.tried > 0 {
        let (inside, tried) = (report.past.inside, report.past.tried);
        let held = output.word(Word::PastMonthsInside);
        text.push_str(
            &[
                "\n",
                held,
                ": ",
                &inside.to_string(),
                " / ",
                &tried.to_string(),
                "\n",
            ]
            .concat(),
        );
    }
    text
}

fn table(output: &Output, by: PaceBy, group: &PacingGroup) -> String {
    let first = match by {
        PaceBy::Account => Word::Account,
        PaceBy::Campaign => Word::Campaign,
        PaceBy::AdSet => Word::AdSet,
    };
    let first = format!("{} ({})", output.word(first), group.currency);
    let heads = [
        Word::KnownUntil,
        Word::MonthBudget,
        Word::SpentSoFar,
        Word::PacePercent,
        Word::MonthEnd,
        Word::EightInTen,
        Word::NeededPerDay,
        Word::Verdict,
    ];
    let mut grid = Grid::new(&[&first], &heads.map(|word| output.word(word)));
    for row in &group.rows {
        grid.row(cells(output, short(&row.name), &row.pace));
    }
    grid.row(cells(
        output,
        output.word(Word::Total).to_owned(),
        &group.total,
    ));
    grid.text()
}

fn cells(output: &Output, name: String, pace: &Pace) -> [String; 9] {
    let numbers = output.numbers();
    let money = |amount: Option<&str>| {
        amount.map_or_else(|| NOTHING.to_owned(), |amount| numbers.decimal(amount))
    };
    let range = match (pace.low.as_deref(), pace.high.as_deref()) {
        (Some(low), Some(high)) => format!("{} – {}", numbers.decimal(low), numbers.decimal(high)),
        _ => NOTHING.to_owned(),
    };
    let gap = match (pace.verdict, pace.no_forecast, pace.no_budget) {
        (Some(verdict), _, _) => match verdict {
            PaceVerdict::OnTrack => Word::OnTrack,
            PaceVerdict::Under => Word::UnderBudget,
            PaceVerdict::Over => Word::OverBudget,
            PaceVerdict::Open => Word::MayLand,
        },
        (None, Some(ForecastGap::TooYoung), _) => Word::TooYoung,
        (None, Some(ForecastGap::NotSynced), _) => Word::NotSyncedLately,
        (None, None, Some(BudgetGap::NotRunning)) => Word::NotRunning,
        (None, None, Some(BudgetGap::OfCampaign)) => Word::BudgetOfCampaign,
        (None, None, Some(BudgetGap::NoEnd)) => Word::BudgetNoEnd,
        (None, None, Some(BudgetGap::Partly)) => Word::BudgetPartly,
        (None, None, Some(BudgetGap::NotSet) | None) => Word::NoBudget,
    };
    [
        name,
        pace.known_until
            .map_or_else(|| NOTHING.to_owned(), |day| day.to_string()),
        money(pace.budget.as_deref()),
        numbers.decimal(&pace.spent),
        numbers.percent(pace.pace_percent.as_deref()),
        money(pace.expected.as_deref()),
        range,
        money(pace.needed_per_day.as_deref()),
        output.word(gap).to_owned(),
    ]
}
