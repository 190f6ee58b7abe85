//! `rumbo stats`

use chrono::NaiveDate;
use clap::Args;
use rumbo_app::dashboard::{ChartWords, home_chart};
use rumbo_app::wire::{
    AccountCheck, AccountZone, Attention, Attribution, CheckAccounts, DateRange, DayPoint,
    Exchanged, GetHome, Home, Kpi, RoiFigures, ScreenChart,
};
use rumbo_app::{api, exports};
use serde::Serialize;

use super::roi::Compare;
use crate::crediting::{Crediting, label};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::{NOTHING, signed};
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;

/// The width of a chart: that of the narrowest usual terminal.
pub const CHART_COLUMNS: u32 = 80;
/// Its height, with the line of words.
pub const CHART_LINES: u32 = 14;

/// Which figures.
#[derive(Debug, Args)]
pub struct StatsArgs {
    #[command(flatten)]
    period: PeriodArgs,
    /// Only figures in this currency; the workspace's own when absent
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    currency: Option<String>,
    /// Bring everything to this currency, each row by the rate of its day
    #[arg(long, value_name = "CODE", value_parser = flags::currency, conflicts_with = "currency")]
    convert_to: Option<String>,
    #[command(flatten)]
    crediting: Crediting,
    #[command(flatten)]
    as_of: AsOf,
    /// What to put beside it
    #[arg(long, value_enum, default_value = "previous")]
    compare: Compare,
    /// Also draw spend and revenue by day
    #[arg(long, conflicts_with_all = ["json", "currency"])]
    chart: bool,
}

#[derive(Debug, Serialize)]
struct Stats {
    from: NaiveDate,
    to: NaiveDate,
    previous: DateRange,
    attribution: Attribution,
    currency: String,
    currencies: Vec<String>,
    kpis: Vec<Kpi>,
    days: Vec<DayPoint>,
    attributed: RoiFigures,
    unattributed: RoiFigures,
    total: RoiFigures,
    attention: Vec<Attention>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchanged: Option<Exchanged>,
    zones: Vec<AccountZone>,
    accounts: Vec<AccountCheck>,
}

/// Prints the headline figures.
pub async fn run(program: &Program, args: StatsArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let request = GetHome {
                from: range.from,
                to: range.to,
                currency: args.currency,
                compare_with: args.compare.into(),
                attribution: args.crediting.asked(session).await?,
                convert_to: args.convert_to.clone(),
                as_of: args.as_of.at(session.zone()),
            };
            let as_of = request.as_of;
            let home = api::get_home(&session.cx, request).await?;
            let chart = args.chart.then(|| day_chart(&session.output, &home));
            let accounts = api::check_accounts(&session.cx, CheckAccounts { as_of }).await?;
            let stats = Stats {
                from: home.from,
                to: home.to,
                previous: home.previous,
                attribution: home.attribution,
                currency: home.currency,
                currencies: home.currencies,
                kpis: home.kpis,
                days: home.days,
                attributed: home.attributed,
                unattributed: home.unattributed,
                total: home.total,
                attention: home.attention,
                exchanged: home.exchanged,
                zones: home.zones,
                accounts,
            };
            session.output.result(&stats, |output| text(output, &stats));
            if let Some(chart) = chart {
                let text = exports::chart_text(chart, CHART_COLUMNS, CHART_LINES)?;
                session.output.say(&format!("\n{text}"));
            }
            Ok(Exit::Done)
        })
        .await
}

/// Revenue and spend by day, in the words of the terminal.
pub fn day_chart(output: &Output, home: &Home) -> ScreenChart {
    let numbers = output.numbers();
    let (revenue, spend) = (output.metric("revenue"), output.metric("spend"));
    let words = ChartWords {
        title: format!("{revenue}, {spend}"),
        subtitle: format!(
            "{} – {} · {} · {}",
            home.from,
            home.to,
            label(output, &home.attribution),
            home.currency
        ),
        revenue: revenue.to_owned(),
        spend: spend.to_owned(),
        revenue_total: numbers.money(&home.total_revenue, &home.currency),
        spend_total: numbers.money_or_nothing(home.total_spend.as_deref(), &home.currency),
        before: Some(format!("{revenue} ({})", output.word(Word::Before))),
        decimal_comma: numbers.decimal("0.5").contains(','),
    };
    home_chart(home, words)
}

fn text(output: &Output, stats: &Stats) -> String {
    let mut grid = Grid::new(
        &[output.word(Word::Figure)],
        &[
            output.word(Word::Period),
            output.word(Word::Before),
            output.word(Word::Change),
            output.word(Word::AsOf),
        ],
    );
    for kpi in &stats.kpis {
        let shown = |value: Option<&str>| figure(output, kpi, value, &stats.currency);
        let delta = match kpi.unit.as_str() {
            "percent" => kpi.delta.as_deref().map_or_else(
                || NOTHING.to_owned(),
                |d| format!("{} pp", signed(&output.numbers().decimal(d))),
            ),
            _ => kpi.delta.as_deref().map_or_else(
                || NOTHING.to_owned(),
                |d| format!("{} %", signed(&output.numbers().decimal(d))),
            ),
        };
        // The ratio of the two sums above it is another one: these have everything.
        let name = match kpi.source.as_str() {
            "both" => format!(
                "{} ({})",
                output.metric(&kpi.metric),
                output.word(Word::OfAttributed)
            ),
            _ => output.metric(&kpi.metric).to_owned(),
        };
        grid.row([
            name,
            shown(kpi.value.as_deref()),
            shown(kpi.previous.as_deref()),
            delta,
            kpi.as_of.map_or_else(
                || NOTHING.to_owned(),
                |at| at.format("%Y-%m-%d %H:%M UTC").to_string(),
            ),
        ]);
    }
    format!(
        "{}: {} – {} ({}: {} – {})\n{}: {}\n\n{}{}{}{}",
        output.word(Word::Period),
        stats.from,
        stats.to,
        output.word(Word::Before),
        stats.previous.from,
        stats.previous.to,
        output.word(Word::Attribution),
        label(output, &stats.attribution),
        grid.text(),
        exchanged::lines(output, stats.exchanged.as_ref()),
        exchanged::zones(output, &stats.zones),
        accounts(output, &stats.accounts)
    )
}

/// What Meta says each account spent in its whole life, beside its campaigns. Accounts that Meta
/// was not asked about have nothing to compare.
fn accounts(output: &Output, checks: &[AccountCheck]) -> String {
    let numbers = output.numbers();
    let mut grid = Grid::new(
        &[output.word(Word::Account)],
        &[
            Word::MetaTotal,
            Word::CampaignsTotal,
            Word::NotInStoredDays,
            Word::StoredSince,
        ]
        .map(|word| output.word(word)),
    );
    for check in checks.iter().filter(|check| check.meta_total.is_some()) {
        let money = |amount: Option<&str>| numbers.money_or_nothing(amount, &check.currency);
        grid.row([
            short(&check.name),
            money(check.meta_total.as_deref()),
            money(Some(&check.campaigns_total)),
            money(check.residual.as_deref()),
            check
                .first_day
                .map_or_else(|| NOTHING.to_owned(), |day| day.to_string()),
        ]);
    }
    if grid.is_empty() {
        String::new()
    } else {
        format!("\n{}", grid.text())
    }
}

fn figure(output: &Output, kpi: &Kpi, value: Option<&str>, currency: &str) -> String {
    let numbers = output.numbers();
    match kpi.unit.as_str() {
        "money" => numbers.money_or_nothing(value, currency),
        "percent" => numbers.percent(value),
        "ratio" => numbers.ratio(value),
        _ => value.map_or_else(|| NOTHING.to_owned(), |count| numbers.decimal(count)),
    }
}
