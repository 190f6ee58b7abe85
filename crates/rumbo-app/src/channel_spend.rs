//! What was spent outside the ad accounts.

use chrono::NaiveDate;
use rumbo_base::{CacheTag, Currency, DateRange, Micros, Page, Result};
use rumbo_crm::Change;
use rumbo_crm::channel_spend::{self, NewSpend, SpendChange, SpendFilter};

use crate::Context;
use crate::wire::{
    AddSpend, ChangeSpend, ListSpend, RemoveSpend, ReplacedSpend, RestoreSpend, SpendRow, SpendSum,
    SumSpend,
};

/// What every change makes stale.
const STALE: [CacheTag; 1] = [CacheTag::ChannelSpend];

/// Nothing where there is no name.
fn named(campaign: String) -> Option<String> {
    Some(campaign).filter(|name| !name.is_empty())
}

fn row(row: channel_spend::SpendRow) -> SpendRow {
    let replaced = row.replaced.into_iter().map(|before| ReplacedSpend {
        day: before.day,
        platform: before.platform,
        campaign: named(before.campaign),
        note: before.note,
        amount: before.amount_micros.to_text(before.currency),
        currency: before.currency.to_string(),
        removed_at: before.removed_at,
        replaced_at: before.replaced_at,
        replaced_by: before.replaced_by,
    });
    SpendRow {
        id: row.id,
        day: row.day,
        platform: row.platform,
        campaign: named(row.campaign),
        note: row.note,
        amount: row.amount_micros.to_text(row.currency),
        currency: row.currency.to_string(),
        file_name: row.file_name,
        removed_at: row.removed_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        changed_by: row.changed_by,
        replaced: replaced.collect(),
    }
}

/// The days from one to another, either of which may be left open.
fn days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Option<DateRange>> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
    DateRange::new(from.unwrap_or(first), to.unwrap_or(last)).map(Some)
}

fn platform(asked: Option<&str>) -> Result<Option<String>> {
    asked.map(channel_spend::platform).transpose()
}

fn amount(text: &str) -> Result<Micros> {
    Micros::parse(text).map_err(|error| error.field("amount"))
}

/// One page of what was spent.
///
/// # Errors
/// `InvalidInput` for days that end before they begin, a platform that there cannot be, or a cursor
/// of another list.
pub async fn list_spend(cx: &Context, req: ListSpend) -> Result<Page<SpendRow>> {
    let filter = SpendFilter {
        days: days(req.from, req.to)?,
        platform: platform(req.platform.as_deref())?,
        campaign: req.campaign,
        removed: req.removed,
    };
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let page = channel_spend::list(&mut tx, scope.workspace, &filter, &req.page).await?;
    Ok(page.map(row))
}

/// What was spent on each campaign of each platform.
///
/// # Errors
/// As [`list_spend`].
pub async fn sum_spend(cx: &Context, req: SumSpend) -> Result<Vec<SpendSum>> {
    let filter = SpendFilter {
        days: days(req.from, req.to)?,
        platform: platform(req.platform.as_deref())?,
        ..SpendFilter::default()
    };
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let sums = channel_spend::sums(&mut tx, scope.workspace, &filter).await?;
    let sums = sums.into_iter().map(|sum| SpendSum {
        platform: sum.platform,
        campaign: named(sum.campaign),
        currency: sum.currency.to_string(),
        amount: sum.amount_micros.to_text(sum.currency),
        entries: u32::try_from(sum.entries).unwrap_or(u32::MAX),
        first_day: sum.first_day,
        last_day: sum.last_day,
    });
    Ok(sums.collect())
}

/// Enters what was spent.
///
/// # Errors
/// `InvalidInput` naming what cannot be used.
pub async fn add_spend(cx: &Context, req: AddSpend) -> Result<Vec<SpendRow>> {
    let currency: Currency = match req.currency.as_deref() {
        Some(code) => code.parse()?,
        None => cx.workspace().await?.reporting_currency(),
    };
    let new = NewSpend {
        days: DateRange::new(req.from, req.to.unwrap_or(req.from))?,
        platform: req.platform,
        campaign: req.campaign,
        note: req.note,
        amount: amount(&req.amount)?,
        currency,
    };
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let rows = channel_spend::add(&mut tx, scope, new).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(rows.into_iter().map(row).collect())
}

/// Corrects a row; what it said before is kept.
///
/// # Errors
/// `NotFound`; `InvalidInput` naming what cannot be used.
pub async fn change_spend(cx: &Context, req: ChangeSpend) -> Result<SpendRow> {
    let text = |text: Option<String>| match text {
        None => Change::Keep,
        Some(text) if text.trim().is_empty() => Change::Clear,
        Some(text) => Change::To(text),
    };
    let change = SpendChange {
        day: req.day,
        platform: req.platform,
        campaign: text(req.campaign),
        note: text(req.note),
        amount: req.amount.as_deref().map(amount).transpose()?,
        currency: req.currency.as_deref().map(str::parse).transpose()?,
    };
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let changed = channel_spend::change(&mut tx, scope, req.id, change).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(row(changed))
}

/// Takes a row away, and answers it.
///
/// # Errors
/// `NotFound`.
pub async fn remove_spend(cx: &Context, req: RemoveSpend) -> Result<SpendRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let removed = channel_spend::remove(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(row(removed))
}

/// Brings a row back that was taken away.
///
/// # Errors
/// `NotFound`.
pub async fn restore_spend(cx: &Context, req: RestoreSpend) -> Result<SpendRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let restored = channel_spend::restore(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(row(restored))
}
