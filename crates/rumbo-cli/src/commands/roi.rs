//! `rumbo roi`

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    self, CompareWith, GetRoi, MetricDefinition, NamedRow, RoiBy, RoiFigures, RoiReport, RoiRow,
};
use rumbo_base::DateRange;

use crate::crediting::{Crediting, label, learned_from};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::{Word, channel};

/// By what the rows are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Meta, and what was spent and came in elsewhere
    Channel,
    Account,
    Campaign,
    #[value(name = "adset", alias = "ad_set", alias = "ad-set")]
    AdSet,
    Ad,
    Creative,
}

impl From<By> for RoiBy {
    fn from(by: By) -> Self {
        match by {
            By::Channel => Self::Channel,
            By::Account => Self::Account,
            By::Campaign => Self::Campaign,
            By::AdSet => Self::AdSet,
            By::Ad => Self::Ad,
            By::Creative => Self::Creative,
        }
    }
}

/// By what the rows are cut, where only ad objects are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByAdObject {
    /// Not offered, and refused with a reason of its own
    #[value(hide = true)]
    Channel,
    Account,
    Campaign,
    #[value(name = "adset", alias = "ad_set", alias = "ad-set")]
    AdSet,
    Ad,
    Creative,
}

impl From<ByAdObject> for RoiBy {
    fn from(by: ByAdObject) -> Self {
        match by {
            ByAdObject::Channel => Self::Channel,
            ByAdObject::Account => Self::Account,
            ByAdObject::Campaign => Self::Campaign,
            ByAdObject::AdSet => Self::AdSet,
            ByAdObject::Ad => Self::Ad,
            ByAdObject::Creative => Self::Creative,
        }
    }
}

/// Only a part of what there is. Ids are those of Meta or, as `id` in JSON, of Rumbo.
#[derive(Clone, Debug, Args)]
pub struct Within {
    /// Only this ad account; may be repeated
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    /// Only what lies under this ad campaign, by ad set, ad or creative
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
    /// Only what lies under this ad set, by ad or creative
    #[arg(long, value_name = "ID")]
    adset: Option<String>,
}

impl Within {
    /// The request for a report on this part.
    pub fn request(self, by: impl Into<RoiBy>, range: DateRange) -> GetRoi {
        GetRoi {
            by: by.into(),
            from: range.from,
            to: range.to,
            accounts: self.accounts,
            campaign: self.campaign,
            ad_set: self.adset,
            compare: false,
            compare_with: CompareWith::default(),
            without_spend: false,
            people: false,
            new_customers: false,
            attribution: None,
            convert_to: None,
            as_of: None,
        }
    }
}

/// What to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compare {
    /// The period of the same length before
    Previous,
    /// The same days of the year before
    Year,
}

impl From<Compare> for CompareWith {
    fn from(compare: Compare) -> Self {
        match compare {
            Compare::Previous => Self::Previous,
            Compare::Year => Self::Year,
        }
    }
}

/// Which report.
#[derive(Debug, Args)]
pub struct RoiArgs {
    /// What a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: By,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    within: Within,
    #[command(flatten)]
    crediting: Crediting,
    /// Bring everything to this currency, each row by the rate of its day
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    convert_to: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Also compute another period: the one before, unless said otherwise (in JSON: `previous`)
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "previous")]
    compare: Option<Compare>,
    /// Also tell what came on days without spend (in JSON: `without_spend`)
    #[arg(long)]
    without_spend: bool,
    /// The columns of the table, such as revenue,cost,margin,poas; JSON has all
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', value_parser = flags::metric)]
    metrics: Vec<String>,
}

/// The columns of channels when none are chosen.
const USUAL_OF_CHANNELS: [&str; 10] = [
    "spend",
    "leads",
    "new_customers",
    "sales",
    "revenue",
    "cpl",
    "cac",
    "roas",
    "roi_percent",
    "margin",
];

/// The columns when none are chosen.
const USUAL: [&str; 10] = [
    "spend",
    "impressions",
    "clicks",
    "leads",
    "opportunities",
    "sales",
    "revenue",
    "cpa",
    "roas",
    "roi_percent",
];

/// Prints the report.
pub async fn run(program: &Program, args: RoiArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let metrics = once_each("metrics", args.metrics)?;
            let request = GetRoi {
                compare: args.compare.is_some(),
                compare_with: args.compare.map(Into::into).unwrap_or_default(),
                without_spend: args.without_spend,
                people: true,
                new_customers: true,
                attribution: args.crediting.asked(session).await?,
                convert_to: args.convert_to,
                as_of: args.as_of.at(session.zone()),
                ..args.within.request(args.by, range)
            };
            let as_of = request.as_of;
            let report = api::get_roi(&session.cx, request).await?;
            if is_empty(&report) {
                session.nothing_known(range.from, as_of);
            }
            session
                .output
                .result(&report, |output| with_columns(output, &report, &metrics));
            Ok(Exit::Done)
        })
        .await
}

/// Columns that were chosen, of which none stands twice.
pub fn once_each(flag: &str, columns: Vec<String>) -> Result<Vec<String>, Failure> {
    let twice = columns
        .iter()
        .enumerate()
        .find(|(place, column)| columns.iter().take(*place).any(|before| before == *column));
    match twice {
        None => Ok(columns),
        Some((_, column)) => Err(Failure::flag(
            flag,
            format!("\"{column}\" stands twice in --{flag}. Name each once."),
        )),
    }
}

fn is_empty(report: &RoiReport) -> bool {
    let total = |metric| report.total.text_of(metric);
    report.rows.is_empty()
        && report.other_currencies.is_empty()
        && ["spend", "leads", "sales", "revenue"]
            .into_iter()
            .all(|metric| total(metric).is_none_or(|text| !wire::is_something(&text)))
}

/// The report as tables, one for each currency.
pub fn text(output: &Output, report: &RoiReport) -> String {
    with_columns(output, report, &[])
}

/// The same with the metrics of these ids as columns; the usual ones when none are chosen.
fn with_columns(output: &Output, report: &RoiReport, metrics: &[String]) -> String {
    let metrics: Vec<&str> = if metrics.is_empty() {
        match report.by {
            RoiBy::Channel => USUAL_OF_CHANNELS.to_vec(),
            _ => USUAL.to_vec(),
        }
    } else {
        metrics.iter().map(String::as_str).collect()
    };
    let before = report.previous_period.map_or_else(String::new, |before| {
        let word = output.word(Word::Before);
        format!(" ({word}: {} – {})", before.from, before.to)
    });
    let mut text = format!(
        "{}: {} – {}{before}\n{}: {}\n\n",
        output.word(Word::Period),
        report.from,
        report.to,
        output.word(Word::Attribution),
        label(output, &report.attribution),
    );
    if report.learned.is_some() {
        text.insert_str(
            text.len() - 1,
            &learned_from(output, report.learned.as_ref()),
        );
    }
    let main = Part {
        currency: &report.currency,
        rows: &report.rows,
        unattributed: &report.unattributed,
        total: &report.total,
        before: report.previous_total.as_ref(),
    };
    text.push_str(&main.text(output, report.by, &metrics));
    for group in &report.other_currencies {
        let part = Part {
            currency: &group.currency,
            rows: &group.rows,
            unattributed: &group.unattributed,
            total: &group.total,
            before: group.previous_total.as_ref(),
        };
        text.push('\n');
        text.push_str(&part.text(output, report.by, &metrics));
    }
    text.push_str(&exchanged::lines(output, report.exchanged.as_ref()));
    text.push_str(&exchanged::zones(output, &report.zones));
    text
}

/// What the report says in one currency.
struct Part<'a> {
    currency: &'a str,
    rows: &'a [RoiRow],
    unattributed: &'a RoiFigures,
    total: &'a RoiFigures,
    /// The total of the period compared with.
    before: Option<&'a RoiFigures>,
}

impl Part<'_> {
    fn text(&self, output: &Output, by: RoiBy, metrics: &[&str]) -> String {
        let name = match by {
            RoiBy::Channel => Word::MarketingChannel,
            RoiBy::Account => Word::Account,
            RoiBy::Campaign => Word::Campaign,
            RoiBy::AdSet => Word::AdSet,
            RoiBy::Ad => Word::Ad,
            RoiBy::Creative => Word::Creative,
        };
        let columns: Vec<MetricDefinition> =
            metrics.iter().copied().filter_map(wire::metric).collect();
        let heads: Vec<&str> = columns
            .iter()
            .map(|metric| output.metric(metric.id))
            .collect();
        let mut grid = Grid::new(&[output.word(name)], &heads);
        let mut line = |name: String, figures: &RoiFigures| {
            let cell = |metric: &MetricDefinition| {
                let value = figures.text_of(metric.id);
                let numbers = output.numbers();
                numbers.figure(metric.unit, value.as_deref(), self.currency)
            };
            grid.row(std::iter::once(name).chain(columns.iter().map(cell)));
        };
        for row in self.rows {
            let name = if by == RoiBy::Channel {
                channel(output, &row.name)
            } else {
                name_of(output, row)
            };
            line(name, &row.figures);
        }
        line(
            output.word(Word::NotAttributed).to_owned(),
            self.unattributed,
        );
        line(output.word(Word::Total).to_owned(), self.total);
        if let Some(before) = self.before {
            line(output.word(Word::Before).to_owned(), before);
        }
        grid.text() + &self.known_costs(output, &columns)
    }

    /// Of how many sales it is known what they cost, where a column lacks that of some.
    fn known_costs(&self, output: &Output, columns: &[MetricDefinition]) -> String {
        let RoiFigures {
            sales,
            sales_with_cost,
            ..
        } = self.total;
        if sales == sales_with_cost || !columns.iter().any(|metric| metric.needs_every_row) {
            return String::new();
        }
        let numbers = output.numbers();
        format!(
            "{}: {} / {}\n",
            output.metric_name("sales_with_cost"),
            numbers.shares(*sales_with_cost),
            numbers.shares(*sales)
        )
    }
}

/// What stands in the first column where little is told of a row.
pub(super) fn short_name(output: &Output, row: &NamedRow) -> String {
    match &row.remainder {
        Some(_) => format!("({})", output.word(Word::NotAttributed)),
        None => short(&row.name),
    }
}

/// What stands in the first column. A remainder has no name of its own.
pub(super) fn name_of(output: &Output, row: &RoiRow) -> String {
    if let Some(remainder) = &row.remainder {
        let word = match remainder.as_str() {
            "no_account" => Word::NoAccount,
            "no_campaign" => Word::NoCampaign,
            "no_ad_set" => Word::NoAdSet,
            "no_creative" => Word::NoCreative,
            _ => Word::NoAd,
        };
        let above = [&row.ad_set_name, &row.campaign_name, &row.account_name];
        return match above.into_iter().flatten().next() {
            Some(above) => format!("{} ({})", short(above), output.word(word)),
            None => format!("({})", output.word(word)),
        };
    }
    let name = short(&row.name);
    if row.waiting_for_sync {
        format!("{name} ({})", output.word(Word::Waiting))
    } else {
        name
    }
}

#[cfg(test)]
mod tests;
