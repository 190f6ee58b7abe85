//! Dated rates of exchange: published by the European Central Bank and brought as its file, or
//! entered by hand. Never guessed. What was replaced or removed is kept with its times.

mod ecb;
mod store;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{Code, Currency, DateRange, Error, Page, PageRequest, Rate, Reason, Result};

use crate::Scope;
use store::Entry;
pub use store::STATEMENTS;
pub use table::{Conversion, LOOK_BACK, Leg, RateTable};

/// Where a rate is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateSource {
    /// A euro foreign exchange reference rate of the European Central Bank.
    Ecb,
    /// A person entered it. It counts before the published one of its day.
    Hand,
}

impl RateSource {
    /// The word in the store and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ecb => "ecb",
            Self::Hand => "hand",
        }
    }
}

impl TryFrom<String> for RateSource {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        match text.as_str() {
            "ecb" => Ok(Self::Ecb),
            "hand" => Ok(Self::Hand),
            _ => Err(Error::internal(format!("\"{text}\" is no source of rates"))),
        }
    }
}

/// A rate as kept: on `day` one unit of `base` is `rate` units of `quote`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateRow {
    pub base: Currency,
    pub quote: Currency,
    pub day: NaiveDate,
    pub source: RateSource,
    pub rate: Rate,
    pub changed_at: DateTime<Utc>,
    /// Who entered or imported it; `None` when nobody is known.
    pub changed_by: Option<String>,
    /// What it was before, newest first.
    pub replaced: Vec<ReplacedRate>,
}

/// What a rate was until it was replaced or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedRate {
    pub rate: Rate,
    pub changed_at: DateTime<Utc>,
    pub replaced_at: DateTime<Utc>,
    pub replaced_by: Option<String>,
}

/// Which rates of a list.
#[derive(Clone, Debug, Default)]
pub struct RateFilter {
    /// Only those from or to this currency.
    pub currency: Option<Currency>,
    pub source: Option<RateSource>,
    /// Only of these days; all when absent.
    pub days: Option<DateRange>,
}

/// The days that are kept of one currency pair, from one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateSpan {
    pub base: Currency,
    pub quote: Currency,
    pub source: RateSource,
    pub days: i64,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// A pair of two currencies.
///
/// # Errors
/// `InvalidInput` when both are one.
fn pair(base: Currency, quote: Currency) -> Result<()> {
    if base != quote {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        format!("Both currencies are {base}. Choose two."),
    )
    .reason(Reason::RateOfOneCurrency)
    .param("currency", base)
    .field("quote"))
}

/// The most days that one rate is entered for at once.
pub const MOST_DAYS: i64 = 366;

/// Keeps a rate by hand for each of some days, in place of one entered before. Answers with the
/// rows as they are now, newest day first.
///
/// # Errors
/// `InvalidInput` for two currencies that are one, or for more than [`MOST_DAYS`] days.
pub async fn set(
    scope: &Scope,
    base: Currency,
    quote: Currency,
    days: DateRange,
    rate: Rate,
) -> Result<Vec<RateRow>> {
    pair(base, quote)?;
    if days.days() > MOST_DAYS {
        return Err(Error::new(
            Code::InvalidInput,
            format!(
                "{} days are not possible here. Use 1 to {MOST_DAYS}.",
                days.days()
            ),
        )
        .reason(Reason::NumberOutOfRange)
        .param("value", days.days())
        .param("least", 1)
        .param("most", MOST_DAYS)
        .field("to"));
    }
    let mut tx = scope.write().await?;
    let entries = days.iter().map(|day| Entry {
        base,
        quote,
        day,
        rate,
    });
    store::keep(&mut tx, scope, RateSource::Hand, entries.collect()).await?;
    let rows = store::of_pair(&mut tx, scope.workspace, base, quote, days).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Takes away the rates that were entered by hand for some days of a pair, and says how many there
/// were. What the ECB published for these days counts again.
///
/// # Errors
/// `NotFound` when there are none.
pub async fn remove(
    scope: &Scope,
    base: Currency,
    quote: Currency,
    days: DateRange,
) -> Result<u64> {
    let mut tx = scope.write().await?;
    let removed = store::remove(&mut tx, scope, base, quote, days).await?;
    if removed == 0 {
        return Err(Error::new(
            Code::NotFound,
            format!("No rate from {base} to {quote} was entered by hand for these days. Look at the list again."),
        )
        .reason(Reason::Gone)
        .param("what", "rate"));
    }
    tx.commit().await?;
    Ok(removed)
}

/// One page of rates, newest day first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(scope: &Scope, filter: &RateFilter, page: &PageRequest) -> Result<Page<RateRow>> {
    let mut tx = scope.read().await?;
    store::list(&mut tx, scope.workspace, filter, page).await
}

/// What is kept of every pair.
///
/// # Errors
/// As any read.
pub async fn spans(scope: &Scope) -> Result<Vec<RateSpan>> {
    let mut tx = scope.read().await?;
    store::spans(&mut tx, scope.workspace).await
}

/// What an import of the ECB's file did.
#[derive(Debug, Default)]
pub struct EcbImport {
    /// Days with at least one rate.
    pub days: usize,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub currencies: usize,
    pub added: u64,
    /// Kept before with another rate, which went to the history.
    pub changed: u64,
    pub unchanged: u64,
    /// Lines, or single rates of them, that were left out, with why.
    pub rejected: Vec<RejectedLine>,
}

/// A line of the file that was left out in whole or in part.
#[derive(Debug)]
pub struct RejectedLine {
    pub line: u64,
    pub error: Error,
}

/// Imports a file of the ECB's reference rates: the history as CSV, in its zip or out of it, or the
/// daily or historical XML. Importing a file again changes nothing.
///
/// # Errors
/// `NotFound` and `InvalidInput` for a file that is not there or is none of the ECB's.
pub async fn import_ecb(scope: &Scope, path: &Path) -> Result<EcbImport> {
    let file = ecb::read(path)?;
    let mut days: Vec<NaiveDate> = file.entries.iter().map(|entry| entry.day).collect();
    days.sort_unstable();
    days.dedup();
    let mut currencies: Vec<Currency> = file.entries.iter().map(|entry| entry.quote).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut tx = scope.write().await?;
    let kept = store::keep(&mut tx, scope, RateSource::Ecb, file.entries).await?;
    tx.commit().await?;
    Ok(EcbImport {
        days: days.len(),
        first_day: days.first().copied(),
        last_day: days.last().copied(),
        currencies: currencies.len(),
        added: kept.added,
        changed: kept.changed,
        unchanged: kept.unchanged,
        rejected: file.rejected,
    })
}

/// The day so many days before.
fn back(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDate::MIN)
}
