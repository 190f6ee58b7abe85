//! `rumbo roi`

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{CompareWith, GetRoi, RoiBy, RoiFigures, RoiReport, RoiRow};
use rumbo_base::DateRange;

use crate::crediting::{Crediting, label, learned_from};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;

/// By what the rows are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
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
            By::Account => Self::Account,
            By::Campaign => Self::Campaign,
            By::AdSet => Self::AdSet,
            By::Ad => Self::Ad,
            By::Creative => Self::Creative,
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
    pub fn request(self, by: By, range: DateRange) -> GetRoi {
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
}

/// Prints the report.
pub async fn run(program: &Program, args: RoiArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
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
            let report = api::get_roi(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            Ok(Exit::Done)
        })
        .await
}

/// The report as tables, one for each currency.
pub fn text(output: &Output, report: &RoiReport) -> String {
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
    text.push_str(&main.text(output, report.by));
    for group in &report.other_currencies {
        let part = Part {
            currency: &group.currency,
            rows: &group.rows,
            unattributed: &group.unattributed,
            total: &group.total,
            before: group.previous_total.as_ref(),
        };
        text.push('\n');
        text.push_str(&part.text(output, report.by));
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
    fn text(&self, output: &Output, by: RoiBy) -> String {
        let name = match by {
            RoiBy::Account => Word::Account,
            RoiBy::Campaign => Word::Campaign,
            RoiBy::AdSet => Word::AdSet,
            RoiBy::Ad => Word::Ad,
            RoiBy::Creative => Word::Creative,
        };
        let figures = [
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
        ]
        .map(|metric| output.metric(metric));
        let mut grid = Grid::new(&[output.word(name)], &figures);
        for row in self.rows {
            grid.row(self.cells(output, name_of(output, row), &row.figures));
        }
        let rest = output.word(Word::NotAttributed).to_owned();
        grid.row(self.cells(output, rest, self.unattributed));
        let total = output.word(Word::Total).to_owned();
        grid.row(self.cells(output, total, self.total));
        if let Some(before) = self.before {
            let name = output.word(Word::Before).to_owned();
            grid.row(self.cells(output, name, before));
        }
        grid.text()
    }

    fn cells(&self, output: &Output, name: String, figures: &RoiFigures) -> [String; 11] {
        let numbers = output.numbers();
        [
            name,
            numbers.money_or_nothing(figures.spend.as_deref(), self.currency),
            numbers.count_or_nothing(figures.impressions),
            numbers.count_or_nothing(figures.clicks),
            numbers.count(figures.leads),
            numbers.shares(figures.opportunities),
            numbers.shares(figures.sales),
            numbers.money(&figures.revenue, self.currency),
            numbers.money_or_nothing(figures.cpa.as_deref(), self.currency),
            numbers.ratio(figures.roas.as_deref()),
            numbers.percent(figures.roi_percent.as_deref()),
        ]
    }
}

/// What stands in the first column. A remainder has no name of its own.
fn name_of(output: &Output, row: &RoiRow) -> String {
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
