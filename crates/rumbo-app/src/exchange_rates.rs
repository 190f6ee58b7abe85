//! Rates of exchange.

use std::path::Path;

use chrono::NaiveDate;
use rumbo_base::{CacheTag, Currency, DateRange, Page, Result};
use rumbo_platform::exchange_rates::{self, RateFilter};

use crate::Context;
use crate::wire::{
    ImportRates, ListRatePairs, ListRates, RatePair, RateRow, RatesImport, RejectedRow,
    RemoveRates, RemovedRates, ReplacedRate, SetRate,
};

/// How many rejected lines are told.
const TOLD: usize = 100;

/// What every change of a rate makes stale: the rates, and all that was converted by them.
const STALE: [CacheTag; 2] = [CacheTag::ExchangeRates, CacheTag::Insights];

fn row(row: exchange_rates::RateRow) -> RateRow {
    let replaced = row.replaced.into_iter().map(|before| ReplacedRate {
        rate: before.rate.to_string(),
        changed_at: before.changed_at,
        replaced_at: before.replaced_at,
        replaced_by: before.replaced_by,
    });
    RateRow {
        base: row.base.to_string(),
        quote: row.quote.to_string(),
        day: row.day,
        rate: row.rate.to_string(),
        source: row.source.into(),
        changed_at: row.changed_at,
        changed_by: row.changed_by,
        replaced: replaced.collect(),
    }
}

/// One page of rates.
///
/// # Errors
/// `InvalidInput` for a currency that is none, days that end before they begin, or a cursor of
/// another list.
pub async fn list_rates(cx: &Context, req: ListRates) -> Result<Page<RateRow>> {
    let days = match (req.from, req.to) {
        (None, None) => None,
        (from, to) => {
            let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
            let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
            Some(DateRange::new(from.unwrap_or(first), to.unwrap_or(last))?)
        }
    };
    let filter = RateFilter {
        // Currencies of the past have rates too.
        currency: req
            .currency
            .as_deref()
            .map(Currency::of_record)
            .transpose()?,
        source: req.source.map(Into::into),
        days,
    };
    let page = exchange_rates::list(cx.scope()?, &filter, &req.page).await?;
    Ok(page.map(row))
}

/// The pairs that have rates, and of which days.
pub async fn list_rate_pairs(cx: &Context, _req: ListRatePairs) -> Result<Vec<RatePair>> {
    let spans = exchange_rates::spans(cx.scope()?).await?;
    Ok(spans
        .into_iter()
        .map(|span| RatePair {
            base: span.base.to_string(),
            quote: span.quote.to_string(),
            source: span.source.into(),
            days: u32::try_from(span.days).unwrap_or(u32::MAX),
            first_day: span.first_day,
            last_day: span.last_day,
        })
        .collect())
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn whole(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Imports a file of the ECB's reference rates.
///
/// # Errors
/// `NotFound` or `InvalidInput` for a file that is not there or is none of the ECB's; nothing is
/// imported then.
pub async fn import_rates(cx: &Context, req: ImportRates) -> Result<RatesImport> {
    let done = exchange_rates::import_ecb(cx.scope()?, Path::new(&req.path)).await?;
    cx.changed(&STALE);
    let rejections = done.rejected.iter().take(TOLD).map(|line| {
        let told = line.error.told();
        RejectedRow {
            line: count(line.line),
            reason: line.error.message().to_owned(),
            reason_id: told.reason,
            params: told.params,
        }
    });
    Ok(RatesImport {
        days: whole(done.days),
        first_day: done.first_day,
        last_day: done.last_day,
        currencies: whole(done.currencies),
        added: count(done.added),
        changed: count(done.changed),
        unchanged: count(done.unchanged),
        rejected: whole(done.rejected.len()),
        rejections: rejections.collect(),
    })
}

fn named(code: &str, field: &str) -> Result<Currency> {
    code.parse()
        .map_err(|error: rumbo_base::Error| error.field(field))
}

/// Enters a rate by hand. It counts before the published one of its day.
///
/// # Errors
/// `InvalidInput` for a rate, a currency or days that cannot be used.
pub async fn set_rate(cx: &Context, req: SetRate) -> Result<Vec<RateRow>> {
    let (base, quote) = (named(&req.base, "base")?, named(&req.quote, "quote")?);
    let days = DateRange::new(req.from, req.to.unwrap_or(req.from))?;
    let rows = exchange_rates::set(cx.scope()?, base, quote, days, req.rate.parse()?).await?;
    cx.changed(&STALE);
    Ok(rows.into_iter().map(row).collect())
}

/// Takes away rates entered by hand; what the ECB published counts again.
///
/// # Errors
/// `NotFound` when none were entered for these days.
pub async fn remove_rates(cx: &Context, req: RemoveRates) -> Result<RemovedRates> {
    let (base, quote) = (named(&req.base, "base")?, named(&req.quote, "quote")?);
    let days = DateRange::new(req.from, req.to.unwrap_or(req.from))?;
    let removed = exchange_rates::remove(cx.scope()?, base, quote, days).await?;
    cx.changed(&STALE);
    Ok(RemovedRates {
        removed: count(removed),
    })
}
