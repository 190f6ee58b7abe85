//! `rumbo rates`

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    ImportRates, ListRates, RateRow, RateSource, RatesImport, RemoveRates, SetRate,
};
use rumbo_base::Rate;

use super::import::absolute;
use super::pages::{PageArgs, with_next};
use crate::exchanged::source;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::Grid;
use crate::numbers::NOTHING;
use crate::output::{Output, note};
use crate::session::Program;
use crate::words::Word;

/// Where rates are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// The European Central Bank
    Ecb,
    /// Entered by hand
    Hand,
}

impl From<Source> for RateSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Ecb => Self::Ecb,
            Source::Hand => Self::Hand,
        }
    }
}

/// Two currencies and the days.
#[derive(Debug, Args)]
pub struct Pair {
    /// The currency of which one unit is
    #[arg(value_name = "BASE", value_parser = flags::currency)]
    base: String,
    /// so many units of this one
    #[arg(value_name = "QUOTE", value_parser = flags::currency)]
    quote: String,
    /// The day
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    day: NaiveDate,
    /// Also every day up to this one
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    to: Option<NaiveDate>,
}

/// What to do with rates.
#[derive(Debug, Subcommand)]
pub enum RatesCommand {
    /// List rates, the newest day first
    List {
        /// Only those from or to this currency
        #[arg(long, value_name = "CODE", value_parser = flags::currency)]
        currency: Option<String>,
        /// Only those from here
        #[arg(long, value_enum)]
        source: Option<Source>,
        /// Only of this day and later
        #[arg(long, value_name = "DAY", value_parser = flags::day)]
        from: Option<NaiveDate>,
        /// Only of this day and earlier
        #[arg(long, value_name = "DAY", value_parser = flags::day)]
        to: Option<NaiveDate>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Import the ECB's reference rates: eurofxref-hist.zip, the CSV in it, or the daily XML
    Import {
        /// The file
        file: PathBuf,
    },
    /// Enter a rate by hand; it counts before the ECB's of its day
    Set {
        #[command(flatten)]
        pair: Pair,
        /// Units of QUOTE for one of BASE, such as 5.874
        #[arg(long, value_parser = rate)]
        rate: String,
    },
    /// Take away a rate that was entered by hand
    Remove {
        #[command(flatten)]
        pair: Pair,
    },
}

/// A rate, kept as the exact text.
fn rate(text: &str) -> Result<String, String> {
    text.parse::<Rate>()
        .map(|rate| rate.to_string())
        .map_err(|error| error.message().to_owned())
}

/// Runs the command.
pub async fn run(program: &Program, command: RatesCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            match command {
                RatesCommand::List {
                    currency,
                    source,
                    from,
                    to,
                    page,
                } => {
                    let request = ListRates {
                        currency,
                        source: source.map(Into::into),
                        from,
                        to,
                        page: page.into(),
                    };
                    let page = api::list_rates(cx, request).await?;
                    output.result(&page, |output| {
                        with_next(output, rows_text(output, &page.rows), page.next.as_deref())
                    });
                }
                RatesCommand::Import { file } => {
                    let path = absolute(&file)?;
                    let done = api::import_rates(cx, ImportRates { path }).await?;
                    output.result(&done, |output| import_text(output, &done));
                    if let Some(first) = done.rejections.first() {
                        note(&format!(
                            "{} lines were left out. The first is line {}: {}",
                            done.rejected, first.line, first.reason
                        ));
                        let some = done.added + done.changed + done.unchanged > 0;
                        return Ok(if some { Exit::Partly } else { Exit::Failed });
                    }
                }
                RatesCommand::Set { pair, rate } => {
                    let request = SetRate {
                        base: pair.base,
                        quote: pair.quote,
                        rate,
                        from: pair.day,
                        to: pair.to,
                    };
                    let rows = api::set_rate(cx, request).await?;
                    output.result(&rows, |output| rows_text(output, &rows));
                }
                RatesCommand::Remove { pair } => {
                    let request = RemoveRates {
                        base: pair.base,
                        quote: pair.quote,
                        from: pair.day,
                        to: pair.to,
                    };
                    let removed = api::remove_rates(cx, request).await?;
                    output.result(&removed, |output| {
                        let count = output.numbers().count(removed.removed);
                        format!("{}: {count}", output.word(Word::Removed))
                    });
                }
            }
            Ok(Exit::Done)
        })
        .await
}

fn rows_text(output: &Output, rows: &[RateRow]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [Word::Date, Word::Pair, Word::Source].map(|word| output.word(word));
    let figures = [Word::Rate, Word::Before].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &figures);
    let numbers = output.numbers();
    for row in rows {
        let before = row.replaced.first();
        grid.row([
            row.day.to_string(),
            format!("{}/{}", row.base, row.quote),
            source(output, row.source).to_owned(),
            numbers.decimal(&row.rate),
            before.map_or_else(|| NOTHING.to_owned(), |b| numbers.decimal(&b.rate)),
        ]);
    }
    grid.text()
}

fn import_text(output: &Output, done: &RatesImport) -> String {
    let numbers = output.numbers();
    let days = done.first_day.zip(done.last_day).map_or_else(
        || NOTHING.to_owned(),
        |(first, last)| format!("{first} – {last} ({})", numbers.count(done.days)),
    );
    let mut grid = Grid::pairs();
    for (word, value) in [
        (Word::Period, days),
        (Word::Currencies, numbers.count(done.currencies)),
        (Word::Added, numbers.count(done.added)),
        (Word::Changed, numbers.count(done.changed)),
        (Word::Unchanged, numbers.count(done.unchanged)),
        (Word::Rejected, numbers.count(done.rejected)),
    ] {
        grid.row([output.word(word).to_owned(), value]);
    }
    grid.text()
}
