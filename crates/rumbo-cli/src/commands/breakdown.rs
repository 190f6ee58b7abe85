//! `rumbo breakdown`

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    Breakdown, BreakdownFigures, BreakdownGroup, BreakdownReport, GetBreakdown, MetaFigures, Shares,
};

use super::roi::Compare;
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::output::Output;
use crate::period::PeriodArgs;
use crate::session::Program;
use crate::words::Word;

/// By what figures are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Age,
    Gender,
    Country,
    Placement,
    Device,
}

impl From<By> for Breakdown {
    fn from(by: By) -> Self {
        match by {
            By::Age => Self::Age,
            By::Gender => Self::Gender,
            By::Country => Self::Country,
            By::Placement => Self::Placement,
            By::Device => Self::Device,
        }
    }
}

/// Which figures, and of what. Ids are those of Meta or, as `id` in JSON, of Rumbo.
#[derive(Debug, Args)]
pub struct BreakdownArgs {
    /// What a row is
    #[arg(long, value_enum)]
    by: By,
    #[command(flatten)]
    period: PeriodArgs,
    /// Only this ad account; may be repeated
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    /// Only this ad campaign
    #[arg(long, value_name = "ID", conflicts_with = "accounts")]
    campaign: Option<String>,
    /// Only this ad set
    #[arg(long, value_name = "ID", conflicts_with_all = ["accounts", "campaign"])]
    adset: Option<String>,
    /// Only this ad
    #[arg(long, value_name = "ID", conflicts_with_all = ["accounts", "campaign", "adset"])]
    ad: Option<String>,
    /// Also compute another period: the one before, unless said otherwise (in JSON: `previous`)
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "previous")]
    compare: Option<Compare>,
}

/// Prints the report.
pub async fn run(program: &Program, args: BreakdownArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let request = GetBreakdown {
                by: args.by.into(),
                from: range.from,
                to: range.to,
                accounts: args.accounts,
                campaign: args.campaign,
                ad_set: args.adset,
                ad: args.ad,
                compare: args.compare.is_some(),
                compare_with: args.compare.map(Into::into).unwrap_or_default(),
            };
            let report = api::get_breakdown(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            Ok(Exit::Done)
        })
        .await
}

/// The report as tables, one for each currency.
fn text(output: &Output, report: &BreakdownReport) -> String {
    let before = report.previous_period.map_or_else(String::new, |before| {
        let word = output.word(Word::Before);
        format!(" ({word}: {} – {})", before.from, before.to)
    });
    let mut text = format!(
        "{}: {} – {}{before}\n",
        output.word(Word::Period),
        report.from,
        report.to,
    );
    if let Some(name) = &report.name {
        text.push_str(&short(name));
        text.push('\n');
    }
    for group in &report.groups {
        text.push('\n');
        text.push_str(&table(output, report, group));
    }
    if report.groups.is_empty() {
        text.push('\n');
        text.push_str(output.word(Word::None));
        text.push('\n');
    }
    if !report.synced {
        text.push('\n');
        text.push_str(output.word(Word::PartsNotSynced));
        text.push('\n');
    }
    text.push_str(&exchanged::zones(output, &report.zones));
    text
}

fn table(output: &Output, report: &BreakdownReport, group: &BreakdownGroup) -> String {
    let name = output.word(match report.by {
        Breakdown::Age => Word::Age,
        Breakdown::Gender => Word::Gender,
        Breakdown::Country => Word::Country,
        Breakdown::Placement => Word::Placement,
        Breakdown::Device => Word::Device,
    });
    let figures = [
        "spend",
        "impressions",
        "clicks",
        "link_clicks",
        "ctr",
        "cpc",
        "meta_leads",
        "meta_cpl",
        "meta_purchases",
        "meta_purchase_value",
        "meta_roas",
    ]
    .map(|metric| output.metric(metric));
    let mut grid = Grid::new(&[name], &figures);
    for row in &group.rows {
        grid.row(cells(
            output,
            row.value.clone(),
            &row.figures.figures,
            group,
        ));
    }
    let mut rest = |word: Word, of: &BreakdownFigures| {
        let nothing = of.figures.impressions.is_none_or(Shares::is_nothing)
            && of.figures.spend.as_deref().is_none_or(is_zero);
        if !nothing {
            let name = output.word(word).to_owned();
            grid.row(cells(output, name, &of.figures, group));
        }
    };
    rest(Word::LeftOut, &group.left_out);
    rest(Word::DaysNotRead, &group.unread);
    let total = output.word(Word::Total).to_owned();
    grid.row(cells(output, total, &group.total.figures, group));
    if let Some(before) = &group.total.previous {
        let name = output.word(Word::Before).to_owned();
        grid.row(cells(output, name, before, group));
    }
    grid.text()
}

fn is_zero(amount: &str) -> bool {
    !amount.bytes().any(|digit| (b'1'..=b'9').contains(&digit))
}

fn cells(output: &Output, name: String, of: &MetaFigures, group: &BreakdownGroup) -> [String; 12] {
    let numbers = output.numbers();
    let money = |amount: Option<&str>| numbers.money_or_nothing(amount, &group.currency);
    let count = |count: Option<Shares>| match count {
        Some(count) => numbers.shares(count),
        None => numbers.count_or_nothing(None),
    };
    [
        name,
        money(of.spend.as_deref()),
        count(of.impressions),
        count(of.clicks),
        count(of.link_clicks),
        numbers.percent(of.ctr.as_deref()),
        money(of.cpc.as_deref()),
        count(of.meta_leads),
        money(of.meta_cpl.as_deref()),
        count(of.meta_purchases),
        money(of.meta_purchase_value.as_deref()),
        numbers.ratio(of.meta_roas.as_deref()),
    ]
}
