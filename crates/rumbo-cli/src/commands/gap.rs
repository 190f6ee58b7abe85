//! `rumbo gap`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    GapCause, GapGroup, GapLine, GapOf, GapReport, GetGap, GetRoi, MetaSetting, NoRatio,
    RoiFigures, RoiRow,
};

use super::roi::{ByAdObject, Within, name_of};
use crate::crediting::{Crediting, label};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::Grid;
use crate::numbers::{NOTHING, signed};
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;

/// Which report.
#[derive(Debug, Args)]
pub struct GapArgs {
    /// What a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: ByAdObject,
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
}

/// Prints what Meta claims beside what the CRM holds.
pub async fn run(program: &Program, args: GapArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let request = GetGap {
                report: GetRoi {
                    attribution: args.crediting.asked(session).await?,
                    convert_to: args.convert_to,
                    as_of: args.as_of.at(session.zone()),
                    ..args.within.request(args.by, range)
                },
            };
            let report = api::get_gap(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            Ok(Exit::Done)
        })
        .await
}

/// One of the three things that both sides count.
#[derive(Clone, Copy)]
enum Side {
    Leads,
    Sales,
    Revenue,
}

impl Side {
    const ALL: [Self; 3] = [Self::Leads, Self::Sales, Self::Revenue];

    /// Meta's metric, the CRM's, their ratio, and what one of each costs or brings in.
    fn metrics(self) -> [&'static str; 3] {
        match self {
            Self::Leads => ["meta_leads", "leads", "leads_per_meta_lead_percent"],
            Self::Sales => ["meta_purchases", "sales", "sales_per_meta_purchase_percent"],
            Self::Revenue => [
                "meta_purchase_value",
                "revenue",
                "revenue_per_meta_value_percent",
            ],
        }
    }

    fn of(self, line: &GapLine) -> &GapOf {
        match self {
            Self::Leads => &line.leads,
            Self::Sales => &line.sales,
            Self::Revenue => &line.revenue,
        }
    }

    fn amount(self, output: &Output, amount: &str, currency: &str) -> String {
        let numbers = output.numbers();
        match self {
            Self::Leads | Self::Sales => numbers.number(amount),
            Self::Revenue => numbers.money(amount, currency),
        }
    }

    /// What Meta claims, what the CRM holds, the gap, the ratio, and the two costs or returns.
    fn cells(
        self,
        output: &Output,
        figures: &RoiFigures,
        line: &GapLine,
        currency: &str,
    ) -> Vec<String> {
        let numbers = output.numbers();
        let of = self.of(line);
        let gap = signed(&self.amount(output, &of.gap, currency));
        let ratio = |ratio: Option<&str>| match of.no_ratio {
            Some(NoRatio::MetaNone) => output.word(Word::MetaClaimsNone).to_owned(),
            Some(NoRatio::MetaUnknown) => NOTHING.to_owned(),
            None => numbers.percent(ratio),
        };
        let money = |amount: Option<&str>| numbers.money_or_nothing(amount, currency);
        match self {
            Self::Leads => vec![
                numbers.count_or_nothing(figures.meta_leads),
                numbers.count(figures.leads),
                gap,
                ratio(figures.leads_per_meta_lead_percent.as_deref()),
                money(figures.meta_cpl.as_deref()),
                money(figures.cpl.as_deref()),
            ],
            Self::Sales => vec![
                numbers.count_or_nothing(figures.meta_purchases),
                numbers.shares(figures.sales),
                gap,
                ratio(figures.sales_per_meta_purchase_percent.as_deref()),
            ],
            Self::Revenue => vec![
                money(figures.meta_purchase_value.as_deref()),
                numbers.money(&figures.revenue, currency),
                gap,
                ratio(figures.revenue_per_meta_value_percent.as_deref()),
                numbers.ratio(figures.meta_roas.as_deref()),
                numbers.ratio(figures.roas.as_deref()),
            ],
        }
    }
}

/// The report: three tables for each currency, and where each gap comes from.
fn text(output: &Output, gap: &GapReport) -> String {
    let report = &gap.report;
    let mut text = format!(
        "{}: {} – {}\n{}: {}\n",
        output.word(Word::Period),
        report.from,
        report.to,
        output.word(Word::Attribution),
        label(output, &report.attribution),
    );
    for of in &gap.meta_settings {
        text.push_str(&setting(output, of));
    }
    let main = (
        &report.rows,
        &report.attributed,
        &report.unattributed,
        &report.total,
    );
    let others = report.other_currencies.iter();
    let others = others.map(|g| (&g.rows, &g.attributed, &g.unattributed, &g.total));
    for (group, (rows, attributed, unattributed, total)) in
        gap.groups.iter().zip(std::iter::once(main).chain(others))
    {
        for side in Side::ALL {
            text.push('\n');
            text.push_str(&table(
                output,
                side,
                group,
                rows,
                [attributed, unattributed, total],
            ));
            text.push_str(&causes(output, side, group));
        }
    }
    text.push_str(&exchanged::lines(output, report.exchanged.as_ref()));
    text.push_str(&exchanged::zones(output, &report.zones));
    text
}

fn setting(output: &Output, of: &MetaSetting) -> String {
    format!(
        "{}: {} ({} {})\n",
        output.word(Word::MetaCredits),
        of.setting,
        output.numbers().count(of.ad_days),
        output.word(Word::AdDays),
    )
}

fn table(
    output: &Output,
    side: Side,
    group: &GapGroup,
    rows: &[RoiRow],
    [attributed, unattributed, total]: [&RoiFigures; 3],
) -> String {
    let [meta, crm, ratio] = side.metrics().map(|metric| output.metric(metric));
    let mut heads = vec![meta, crm, output.word(Word::Difference), ratio];
    match side {
        Side::Leads => heads.extend(["meta_cpl", "cpl"].map(|metric| output.metric(metric))),
        Side::Sales => {}
        Side::Revenue => heads.extend(["meta_roas", "roas"].map(|metric| output.metric(metric))),
    }
    let mut grid = Grid::new(&[""], &heads);
    let mut line = |name: String, figures: &RoiFigures, line: &GapLine, bare: bool| {
        let mut cells = side.cells(output, figures, line, &group.currency);
        if bare {
            // A quotient of what ads brought and what they did not would say nothing.
            for cell in cells.iter_mut().skip(3) {
                NOTHING.clone_into(cell);
            }
        }
        grid.row(std::iter::once(name).chain(cells));
    };
    for (row, gap) in rows.iter().zip(&group.rows) {
        line(name_of(output, row), &row.figures, gap, false);
    }
    let word = |word: Word| output.word(word).to_owned();
    line(word(Word::AllRows), attributed, &group.attributed, false);
    line(
        word(Word::NotAttributed),
        unattributed,
        &group.unattributed,
        true,
    );
    line(word(Word::Total), total, &group.total, true);
    grid.text()
}

/// Where the gap of all rows together comes from.
fn causes(output: &Output, side: Side, group: &GapGroup) -> String {
    let of = side.of(&group.total);
    if of.parts.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(
        &[output.word(Word::Reason)],
        &[output.word(Word::Difference)],
    );
    for part in &of.parts {
        let amount = side.amount(output, &part.amount, &group.currency);
        grid.row([output.word(word(part.cause)).to_owned(), signed(&amount)]);
    }
    format!("\n{}", grid.text())
}

fn word(cause: GapCause) -> Word {
    match cause {
        GapCause::FormsNotArrived => Word::GapForms,
        GapCause::AlreadyKnown => Word::GapKnown,
        GapCause::Messages => Word::GapMessages,
        GapCause::ViewThrough => Word::GapViews,
        GapCause::WithoutClaim => Word::GapWithoutClaim,
        GapCause::OnlyMeta => Word::GapOnlyMeta,
        GapCause::Window => Word::GapWindow,
        GapCause::Model => Word::GapModel,
        GapCause::Basis => Word::GapBasis,
        GapCause::Refunds => Word::GapRefunds,
        GapCause::OtherCurrency => Word::GapCurrency,
        GapCause::NotAttributed => Word::NotAttributed,
        GapCause::NotExplained => Word::GapRest,
    }
}
