//! `rumbo explain`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{ExplainNumber, NumberPassport, PassportKind};

use crate::crediting::{label, learned_from};
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// Which number.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// METRIC/BY/FROM/TO/CURRENCY/ROW, such as roas/campaign/2026-03-01/2026-03-31/USD/total; ROW is
    /// total, unattributed, or the key of a row of `roi --json`
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
            let request = ExplainNumber {
                limit: Some(args.limit),
                ..ExplainNumber::of_id(&args.id)?
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
    let mut text = head.text();
    text.push_str(&learned(output, passport));
    let ad_days = passport.ad_days.iter().map(|entry| {
        let names = [
            entry.day.to_string(),
            short(&entry.campaign_name),
            short(&entry.ad_name),
            entry.run.to_string(),
        ];
        (names, entry.adds.as_slice())
    });
    text.push_str(&list(
        output,
        passport,
        [Word::Day, Word::Campaign, Word::Ad, Word::Run],
        ad_days,
        passport.ad_days_count,
    ));
    let outcomes = passport.outcomes.iter().map(|entry| {
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
            short(&entry.reference),
        ];
        (names, entry.adds.as_slice())
    });
    text.push_str(&list(
        output,
        passport,
        [Word::Day, Word::Kind, Word::Contact, Word::Reference],
        outcomes,
        passport.outcomes_count,
    ));
    text
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

/// Rows with what they add to each sum, and how many more there are.
fn list<'a>(
    output: &Output,
    passport: &NumberPassport,
    heads: [Word; 4],
    rows: impl Iterator<Item = ([String; 4], &'a [Option<String>])>,
    count: u32,
) -> String {
    if count == 0 {
        return String::new();
    }
    let sums: Vec<&str> = passport
        .sums
        .iter()
        .map(|sum| output.metric(&sum.metric))
        .collect();
    let mut grid = Grid::new(&heads.map(|head| output.word(head)), &sums);
    let mut listed = 0;
    for (names, adds) in rows {
        grid.row(
            names
                .into_iter()
                .chain(adds.iter().map(|text| value(output, text.as_deref()))),
        );
        listed += 1;
    }
    format!("\n{}{}", grid.text(), rest(output, count, listed))
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
