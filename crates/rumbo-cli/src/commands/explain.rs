//! `rumbo explain`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{ExplainNumber, NumberPassport, PassportKind};

use crate::crediting::label;
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
    let numbers = output.numbers();
    let value = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(|| NOTHING.to_owned(), |text| numbers.decimal(text))
    };
    let mut head = Grid::pairs();
    head.row([
        output.metric(&passport.metric).to_owned(),
        value(&passport.value),
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
        head.row([output.metric(&sum.metric).to_owned(), value(&sum.value)]);
    }
    let sums: Vec<&str> = passport
        .sums
        .iter()
        .map(|sum| output.metric(&sum.metric))
        .collect();
    let mut text = head.text();
    if passport.ad_days_count > 0 {
        let mut grid = Grid::new(
            &[
                output.word(Word::Day),
                output.word(Word::Campaign),
                output.word(Word::Ad),
                output.word(Word::Run),
            ],
            &sums,
        );
        for entry in &passport.ad_days {
            let mut cells = vec![
                entry.day.to_string(),
                short(&entry.campaign_name),
                short(&entry.ad_name),
                entry.run.to_string(),
            ];
            cells.extend(entry.adds.iter().map(value));
            grid.row(cells);
        }
        text.push('\n');
        text.push_str(&grid.text());
        text.push_str(&rest(
            output,
            passport.ad_days_count,
            passport.ad_days.len(),
        ));
    }
    if passport.outcomes_count > 0 {
        let mut grid = Grid::new(
            &[
                output.word(Word::Day),
                output.word(Word::Kind),
                output.word(Word::Contact),
                output.word(Word::Reference),
            ],
            &sums,
        );
        for entry in &passport.outcomes {
            let kind = match entry.kind {
                PassportKind::Lead => Word::Lead,
                PassportKind::Opportunity => Word::Opportunity,
                PassportKind::Sale => Word::Sale,
                PassportKind::Refund => Word::Refund,
            };
            let mut cells = vec![
                entry.day.to_string(),
                output.word(kind).to_owned(),
                short(&entry.contact),
                short(&entry.reference),
            ];
            cells.extend(entry.adds.iter().map(value));
            grid.row(cells);
        }
        text.push('\n');
        text.push_str(&grid.text());
        text.push_str(&rest(
            output,
            passport.outcomes_count,
            passport.outcomes.len(),
        ));
    }
    text
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
