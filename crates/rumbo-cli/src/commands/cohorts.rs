//! `rumbo cohorts`

use chrono::{Days, Months, NaiveDate};
use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    AcquiredBy, CohortCell, CohortGroup, CohortPayback, CohortPrediction, CohortReport, CohortRow,
    CohortStart, CohortsBy, GetCohorts, PredictValue,
};
use rumbo_base::TimeZone;

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;
use crate::words::predictions::not_predicted;

/// The months of acquisition that are looked at when none are given.
const MONTHS: u32 = 12;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Month,
    Campaign,
}

/// What makes somebody one of a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Start {
    /// The first sale: customers
    Sale,
    /// Being seen for the first time: leads
    Lead,
}

/// Which touch acquired a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Acquired {
    /// The last one before the first sale
    #[value(alias = "last", alias = "last-touch")]
    LastTouch,
    /// The first one of the contact
    #[value(alias = "first", alias = "first-touch")]
    FirstTouch,
}

/// What the cells of the triangle tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Metric {
    /// Who bought in that month of age, in percent
    Retention,
    /// Sales of that month of age
    Orders,
    /// Revenue of that month of age
    Revenue,
    /// Margin per person up to and with that month of age
    Margin,
}

/// Which cohorts, and what of them.
#[derive(Debug, Args)]
#[command(mut_arg("from", |from| from.help(
    "When the first of them were acquired; the last twelve months when absent"
)))]
pub struct CohortsArgs {
    /// What a row is
    #[arg(long, value_enum, default_value = "month")]
    by: By,
    /// What the triangle tells; JSON has all of it
    #[arg(long, value_enum, default_value = "margin")]
    metric: Metric,
    #[command(flatten)]
    period: PeriodArgs,
    /// What makes somebody one of a cohort
    #[arg(long, value_enum, default_value = "sale")]
    start: Start,
    /// Which touch acquired a customer
    #[arg(long, value_enum, default_value = "last_touch")]
    acquired_by: Acquired,
    /// Only people acquired by this ad campaign
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
    /// Look no further than the end of this day
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    until: Option<NaiveDate>,
    #[command(flatten)]
    as_of: AsOf,
    /// At how many months of age the value of a person is told, 1 to 60
    #[arg(long, value_name = "MONTHS", default_value_t = 3)]
    value_months: u32,
    /// How many months of age are printed; JSON has all
    #[arg(long, value_name = "MONTHS", default_value_t = 12)]
    ages: usize,
    /// Also predict what customers will bring in over so many months, 1 to 60; 12 without a number
    #[arg(long, value_name = "MONTHS", num_args = 0..=1, default_missing_value = "12")]
    predict: Option<u32>,
    /// What predicted money loses with each month, in percent, 0 to 100
    #[arg(
        long,
        value_name = "PERCENT",
        value_parser = flags::percent,
        default_value = "1",
        requires = "predict"
    )]
    discount: String,
    /// How many customers are told one by one, those with the highest value first
    #[arg(long, value_name = "N", default_value_t = 10, requires = "predict")]
    best: u32,
}

impl CohortsArgs {
    /// `today` is that of the moment asked for.
    fn request(self, today: NaiveDate, zone: TimeZone) -> Result<GetCohorts, Failure> {
        let as_of = self.as_of.at(zone);
        let today = as_of.map_or(today, |moment| zone.day_of(moment).min(today));
        let to = self.period.to.or(self.until).unwrap_or(today);
        let last = self.period.last.map(|days| Days::new(u64::from(days) - 1));
        let from = self
            .period
            .from
            .or_else(|| to.checked_sub_days(last?))
            .unwrap_or_else(|| to.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(to));
        let range = PeriodArgs {
            from: Some(from),
            to: Some(self.period.to.unwrap_or(to.max(from))),
            last: None,
        }
        .range(today)?;
        Ok(GetCohorts {
            by: match self.by {
                By::Month => CohortsBy::Month,
                By::Campaign => CohortsBy::Campaign,
            },
            from: range.from,
            to: range.to,
            start: match self.start {
                Start::Sale => CohortStart::Sale,
                Start::Lead => CohortStart::Lead,
            },
            acquired_by: match self.acquired_by {
                Acquired::LastTouch => AcquiredBy::LastTouch,
                Acquired::FirstTouch => AcquiredBy::FirstTouch,
            },
            campaign: self.campaign,
            until: self.until,
            as_of,
            value_months: Some(self.value_months),
            predict: self.predict.map(|months| PredictValue {
                months,
                monthly_discount_percent: self.discount,
                best: Some(self.best),
            }),
        })
    }
}

/// Prints the triangle, with what a person cost, brought in and will bring in.
pub async fn run(program: &Program, args: CohortsArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (metric, ages) = (args.metric, args.ages);
            let request = args.request(session.today(), session.zone())?;
            let report = api::get_cohorts(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report, metric, ages));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, report: &CohortReport, metric: Metric, ages: usize) -> String {
    let mut text = format!(
        "{}: {} – {}\n",
        output.word(Word::Acquired),
        report.from,
        report.to
    );
    for group in &report.groups {
        text.push('\n');
        if group.rows.is_empty() {
            text.push_str(output.word(Word::None));
            text.push('\n');
        } else {
            text.push_str(&triangle(output, report, group, metric, ages));
            text.push_str(&notes(output, group));
        }
        if let Some(prediction) = &group.prediction {
            text.push('\n');
            text.push_str(&predicted(output, group, prediction));
        }
        if let Some(refused) = &group.not_predicted {
            let word = output.word(Word::NotPredicted);
            text.extend(["\n", word, ": ", &not_predicted(output, refused), "\n"]);
        }
    }
    text
}

fn triangle(
    output: &Output,
    report: &CohortReport,
    group: &CohortGroup,
    metric: Metric,
    ages: usize,
) -> String {
    let numbers = output.numbers();
    let columns = group.rows.iter().map(|row| row.cells.len()).max();
    let columns = columns.unwrap_or(0).min(ages);
    let people = match report.start {
        CohortStart::Sale => output.word(Word::Customers),
        CohortStart::Lead => output.metric("leads"),
    };
    let value = format!("{} {} m", output.word(Word::Value), report.value_months);
    let months: Vec<String> = (0..columns).map(|age| format!("M{age}")).collect();
    let first = match report.by {
        CohortsBy::Month => output.word(Word::Month),
        CohortsBy::Campaign => output.word(Word::Campaign),
    };
    let mut heads = vec![people, output.metric("spend"), output.metric("cac")];
    heads.extend(months.iter().map(String::as_str));
    heads.extend([value.as_str(), output.word(Word::Payback)]);
    let foreseen = group.prediction.is_some();
    if foreseen {
        heads.push(output.word(Word::LifetimeValue));
    }
    let mut grid = Grid::new(&[first], &heads);
    for row in group.rows.iter().chain([&group.average]) {
        let money = |amount: Option<&String>| {
            amount.map_or_else(|| NOTHING.to_owned(), |amount| numbers.decimal(amount))
        };
        let mut line = vec![
            name(output, row),
            numbers.count(row.people),
            money(row.spend.as_ref()),
            money(row.cac.as_ref()),
        ];
        line.extend((0..columns).map(|age| {
            row.cells
                .get(age)
                .map_or_else(String::new, |cell| shown(output, cell, metric))
        }));
        line.push(money(row.value.as_ref()));
        line.push(payback(&row.payback, row.cac.is_some()));
        if foreseen {
            let value = row.predicted.as_ref();
            line.push(money(
                value.and_then(|it| it.lifetime_value_per_person.as_ref()),
            ));
        }
        grid.row(line);
    }
    format!("{}\n{}", group.currency, grid.text())
}

fn name(output: &Output, row: &CohortRow) -> String {
    match (row.month, &row.campaign) {
        (Some(month), _) => month.format("%Y-%m").to_string(),
        (None, Some(campaign)) if campaign.name.is_empty() => {
            output.word(Word::NoCampaign).to_owned()
        }
        (None, Some(campaign)) => short(&campaign.name),
        (None, None) if row.key == "average" => output.word(Word::Average).to_owned(),
        (None, None) => output.word(Word::NotAttributed).to_owned(),
    }
}

/// A cell; what is not mature stands in brackets.
fn shown(output: &Output, cell: &CohortCell, metric: Metric) -> String {
    let numbers = output.numbers();
    let text = match metric {
        Metric::Retention => numbers.percent(cell.retention_percent.as_deref()),
        Metric::Orders => numbers.count(cell.sums.orders),
        Metric::Revenue => numbers.decimal(&cell.sums.revenue),
        Metric::Margin => cell
            .cumulative_margin_per_person
            .as_ref()
            .map_or_else(|| NOTHING.to_owned(), |margin| numbers.decimal(margin)),
    };
    if cell.mature {
        text
    } else {
        format!("({text})")
    }
}

/// The day, and between which days it lies; or more than was seen so far.
fn payback(payback: &CohortPayback, known: bool) -> String {
    let CohortPayback {
        day,
        earliest,
        latest,
        observed_days,
    } = *payback;
    match day {
        None if !known || observed_days == 0 => NOTHING.to_owned(),
        None => format!("> {observed_days} d"),
        Some(day) => match (earliest, latest) {
            (earliest, latest) if earliest == latest => format!("{day} d"),
            (Some(earliest), Some(latest)) => format!("{day} d ({earliest}–{latest})"),
            (Some(earliest), None) => format!("{day} d ({earliest}–)"),
            _ => format!("{day} d"),
        },
    }
}

/// What a reader must know of the figures above.
fn notes(output: &Output, group: &CohortGroup) -> String {
    let numbers = output.numbers();
    let sums = &group.average.to_date;
    let mut lines = vec![output.word(Word::BracketsImmature).to_owned()];
    if sums.orders_without_cost > 0 {
        lines.push(format!(
            "{}: {} / {}",
            output.word(Word::SalesWithoutCost),
            numbers.count(sums.orders_without_cost),
            numbers.count(sums.orders)
        ));
    }
    if group.other_currency_sales > 0 {
        lines.push(format!(
            "{}: {}",
            output.word(Word::OtherCurrencySales),
            numbers.count(group.other_currency_sales)
        ));
    }
    lines.join("\n") + "\n"
}

/// What is to come, how far to believe it, and who stands out.
fn predicted(output: &Output, group: &CohortGroup, made: &CohortPrediction) -> String {
    let numbers = output.numbers();
    let backtest = &made.backtest;
    let mut pairs = Grid::pairs();
    pairs.row([
        output.word(Word::Predicted).to_owned(),
        format!(
            "{} · {} m · {} %",
            numbers.money(&made.value, &group.currency),
            made.months,
            numbers.decimal(&made.monthly_discount_percent)
        ),
    ]);
    pairs.row([
        output.word(Word::PerCustomer).to_owned(),
        numbers.money_or_nothing(made.value_per_customer.as_deref(), &group.currency),
    ]);
    pairs.row([
        output.word(Word::ExpectedPurchases).to_owned(),
        numbers.decimal(&made.purchases),
    ]);
    pairs.row([
        output.word(Word::Backtest).to_owned(),
        format!(
            "{} – {}: {} / {} ({} %)",
            backtest.split,
            backtest.end,
            numbers.decimal(&backtest.predicted),
            numbers.count(backtest.real),
            numbers.decimal(&backtest.error_percent)
        ),
    ]);
    let mut best = Grid::new(
        &[output.word(Word::Contact)],
        &[
            output.word(Word::Bought),
            output.word(Word::Alive),
            output.word(Word::ExpectedPurchases),
            output.word(Word::Predicted),
        ],
    );
    for customer in &made.best {
        best.row([
            short(customer.name.as_ref().unwrap_or(&customer.contact_id)),
            numbers.count(customer.bought),
            format!("{} %", numbers.number(&customer.alive_percent)),
            numbers.number(&customer.purchases),
            numbers.money(&customer.value, &group.currency),
        ]);
    }
    format!("{}\n{}", pairs.text(), best.text())
}
