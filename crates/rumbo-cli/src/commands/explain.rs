//! `rumbo explain`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    self, ExplainNumber, NumberPassport, PassportAdDay, PassportKind, PassportOriginal,
    PassportOutcome, PassportSpend,
};

use crate::crediting::{label, learned_from};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::{Word, channel};

/// Which number.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// METRIC/BY/FROM/TO/CURRENCY/ROW, such as roas/campaign/2026-03-01/2026-03-31/USD/total; ROW is
    /// total, unattributed, or the key of a row of `roi --json`; /convert_to=CODE for a report in one currency
    #[arg(value_name = "NUMBER-ID")]
    id: String,
    /// How many rows of Meta's, and how many of the CRM's, are listed at most
    #[arg(long, value_name = "ROWS", default_value_t = 1_000)]
    limit: u32,
}

/// Prints the number, its formula and every row that went into it.
pub async fn run(program: &Program, args: ExplainArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let number = ExplainNumber::of_id(&args.id)
                .map_err(|error| Failure::flag("number-id", error.message()))?;
            let request = ExplainNumber {
                limit: Some(args.limit),
                ..number
            };
            let passport = api::explain_number(&session.cx, request).await?;
            session
                .output
                .result(&passport, |output| text(output, &passport));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, passport: &NumberPassport) -> String {
    let mut head = Grid::pairs();
    head.row([
        output.metric(&passport.metric).to_owned(),
        value(output, passport.value.as_deref()),
    ]);
    head.row([
        output.word(Word::Formula).to_owned(),
        passport.formula.clone(),
    ]);
    head.row([
        output.word(Word::Period).to_owned(),
        format!("{} – {}", passport.from, passport.to),
    ]);
    head.row([
        output.word(Word::Attribution).to_owned(),
        label(output, &passport.attribution),
    ]);
    for sum in &passport.sums {
        head.row([
            output.metric(&sum.metric).to_owned(),
            value(output, sum.value.as_deref()),
        ]);
    }
    if let Some(costs) = &passport.costs {
        let numbers = output.numbers();
        head.row([
            output.metric_name("sales_with_cost").to_owned(),
            format!(
                "{} / {}",
                numbers.shares(costs.known),
                numbers.shares(costs.sales)
            ),
        ]);
    }
    let mut text = head.text();
    text.push_str(&learned(output, passport));
    let without_rate = &passport.without_rate;
    text.push_str(&ad_days(
        output,
        passport,
        &passport.ad_days,
        passport.ad_days_count,
    ));
    text.push_str(&spend(
        output,
        passport,
        &passport.spend,
        passport.spend_count,
    ));
    text.push_str(&outcomes(
        output,
        passport,
        &passport.outcomes,
        passport.outcomes_count,
    ));
    text.push_str(&exchanged::lines(output, passport.exchanged.as_ref()));
    text.push_str(&ad_days(
        output,
        passport,
        &without_rate.ad_days,
        without_rate.ad_days_count,
    ));
    text.push_str(&spend(
        output,
        passport,
        &without_rate.spend,
        without_rate.spend_count,
    ));
    text.push_str(&outcomes(
        output,
        passport,
        &without_rate.outcomes,
        without_rate.outcomes_count,
    ));
    text
}

fn ad_days(
    output: &Output,
    passport: &NumberPassport,
    entries: &[PassportAdDay],
    count: u32,
) -> String {
    let rows = entries.iter().map(|entry| {
        let names = [
            entry.day.to_string(),
            short(&entry.campaign_name),
            short(&entry.ad_name),
            entry.run.to_string(),
        ];
        (names, entry.original.as_ref(), entry.adds.as_slice())
    });
    let heads = [Word::Day, Word::Campaign, Word::Ad, Word::Run];
    list(output, passport, heads, rows, count)
}

/// What was spent outside the ad accounts.
fn spend(
    output: &Output,
    passport: &NumberPassport,
    entries: &[PassportSpend],
    count: u32,
) -> String {
    let rows = entries.iter().map(|entry| {
        let names = [
            entry.day.to_string(),
            channel(output, &entry.channel),
            entry.campaign.as_deref().map_or_else(String::new, short),
            entry.note.as_deref().map_or_else(String::new, short),
        ];
        (names, entry.original.as_ref(), entry.adds.as_slice())
    });
    let heads = [
        Word::Day,
        Word::MarketingChannel,
        Word::Campaign,
        Word::Note,
    ];
    list(output, passport, heads, rows, count)
}

fn outcomes(
    output: &Output,
    passport: &NumberPassport,
    entries: &[PassportOutcome],
    count: u32,
) -> String {
    let rows = entries.iter().map(|entry| {
        let kind = match entry.kind {
            PassportKind::Lead => Word::Lead,
            PassportKind::Opportunity => Word::Opportunity,
            PassportKind::Sale => Word::Sale,
            PassportKind::Refund => Word::Refund,
        };
        let names = [
            entry.day.to_string(),
            output.word(kind).to_owned(),
            short(&entry.contact),
            reference(output, passport, entry),
        ];
        (names, entry.original.as_ref(), entry.adds.as_slice())
    });
    let heads = [Word::Day, Word::Kind, Word::Contact, Word::Reference];
    list(output, passport, heads, rows, count)
}

/// What a row goes by; of a sale also what it cost, where the number needs that.
fn reference(output: &Output, passport: &NumberPassport, entry: &PassportOutcome) -> String {
    let reference = short(&entry.reference);
    if passport.costs.is_none() || entry.kind != PassportKind::Sale {
        return reference;
    }
    let cost = value(output, entry.cost.as_deref());
    format!("{reference} ({}: {cost})", output.word(Word::Cost))
}

/// By what each sale was split, where the data-driven model credits.
fn learned(output: &Output, passport: &NumberPassport) -> String {
    let Some(learned) = &passport.learned else {
        return String::new();
    };
    let numbers = output.numbers();
    let heads = [Word::RemovalEffect, Word::Share].map(|head| output.word(head));
    let mut grid = Grid::new(&[output.word(Word::Channel)], &heads);
    for channel in &learned.channels {
        grid.row([
            short(&channel.name),
            numbers.percent(Some(&channel.effect_percent)),
            numbers.percent(channel.share_percent.as_deref()),
        ]);
    }
    format!("\n{}{}", learned_from(output, Some(learned)), grid.text())
}

/// A row: what it is called, what it was in another currency, and what it adds to each sum.
type Row<'a> = (
    [String; 4],
    Option<&'a PassportOriginal>,
    &'a [Option<String>],
);

/// Rows with what they add to each sum, and how many more there are. Where any is of another currency
/// it says what each was, and by which rate it came.
fn list<'a>(
    output: &Output,
    passport: &NumberPassport,
    heads: [Word; 4],
    rows: impl Iterator<Item = Row<'a>>,
    count: u32,
) -> String {
    if count == 0 {
        return String::new();
    }
    let rows: Vec<Row<'_>> = rows.collect();
    let converts = rows.iter().any(|(_, original, _)| original.is_some());
    let mut heads = heads.map(|head| output.word(head)).to_vec();
    if converts {
        heads.extend([output.word(Word::Original), output.word(Word::Rate)]);
    }
    let sums: Vec<&str> = passport
        .sums
        .iter()
        .map(|sum| output.metric(&sum.metric))
        .collect();
    let mut grid = Grid::new(&heads, &sums);
    let listed = rows.len();
    for (names, original, adds) in rows {
        let of = converts.then(|| of_another_currency(output, passport, original));
        grid.row(
            names
                .into_iter()
                .chain(of.into_iter().flatten())
                .chain(adds.iter().map(|text| value(output, text.as_deref()))),
        );
    }
    format!("\n{}{}", grid.text(), rest(output, count, listed))
}

/// The amounts of a row before it was converted, and the rate.
fn of_another_currency(
    output: &Output,
    passport: &NumberPassport,
    original: Option<&PassportOriginal>,
) -> [String; 2] {
    let Some(original) = original else {
        return [String::new(), String::new()];
    };
    let money =
        passport.sums.iter().zip(&original.adds).filter(|(sum, _)| {
            wire::metric(&sum.metric).is_some_and(|metric| metric.unit == "money")
        });
    // Of two sums a row mostly adds to one.
    let amounts: Vec<String> = money
        .filter_map(|(_, adds)| adds.as_deref())
        .filter(|amount| passport.sums.len() == 1 || wire::is_something(amount))
        .map(|amount| output.numbers().decimal(amount))
        .collect();
    let rate = match &original.rate {
        Some(rate) => exchanged::used_rate(output, rate),
        None => NOTHING.to_owned(),
    };
    let amount = if amounts.is_empty() {
        String::new()
    } else {
        format!("{} {}", amounts.join(" / "), original.currency)
    };
    [amount, rate]
}

fn value(output: &Output, text: Option<&str>) -> String {
    text.map_or_else(|| NOTHING.to_owned(), |text| output.numbers().decimal(text))
}

/// How many rows are in the number and not in the list.
fn rest(output: &Output, count: u32, listed: usize) -> String {
    let listed = u32::try_from(listed).unwrap_or(u32::MAX);
    match count.saturating_sub(listed) {
        0 => String::new(),
        more => format!(
            "+ {} {}\n",
            output.numbers().count(more),
            output.word(Word::NotListed)
        ),
    }
}
