//! Packs the ad-days of an account: day by day, and what its months come to.

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use serde::Serialize;

use super::format::{Ads, Kind, PackedDay, UNKNOWN, without_zeros};
use super::money::MonthMoney;
use super::plan::ends;
use super::story::{Replaced, Runs, Span, Told};
use super::{BROUGHT, REPLACED, SumRow, Summed};
use crate::read::moment::EitherRow;
use crate::read::outcome::packed::{bytes, each_packed};
use crate::read::spread::Taking;

#[derive(sqlx::FromRow)]
struct BroughtRow {
    #[sqlx(flatten)]
    of: SumRow,
    run: i64,
}

#[derive(sqlx::FromRow)]
struct ReplacedRow {
    #[sqlx(flatten)]
    of: SumRow,
    run: i64,
    replaced_by_run: i64,
}

/// A day as it is packed, and what it said before; none where there are none.
#[derive(Debug, Default)]
pub(in crate::read) struct DayValues {
    pub day: Option<Vec<u8>>,
    pub replaced: Option<Vec<u8>>,
}

/// The ad-days of a day as they are packed.
pub(in crate::read) async fn pack_day(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    day: NaiveDate,
) -> Result<DayValues> {
    let mut rows: Vec<BroughtRow> = of_day(tx, workspace, account, day, BROUGHT).await?;
    let mut before: Vec<ReplacedRow> = of_day(tx, workspace, account, day, REPLACED).await?;
    if rows.is_empty() && before.is_empty() {
        return Ok(DayValues::default());
    }
    rows.sort_by_key(|row| row.of.id);
    before.sort_by_key(|row| (row.of.id, row.replaced_by_run));
    let brought = || rows.iter().map(|row| row.run);
    let replaced = || before.iter().map(|row| row.replaced_by_run);
    let all = brought().chain(before.iter().map(|row| row.run));
    let span = Span {
        first: all.min().unwrap_or(0),
        last: brought().max().unwrap_or(0),
        replaced: replaced().max().unwrap_or(0),
    };
    let day = packed(rows.iter().map(|row| &row.of), &Runs::of(span, brought()))?;
    let runs = Replaced {
        brought_by: before.iter().map(|row| row.run).collect(),
        by: replaced().collect(),
    };
    let replaced = match before.as_slice() {
        [] => None,
        before => Some(packed(before.iter().map(|row| &row.of), &runs)?),
    };
    Ok(DayValues {
        day: Some(day),
        replaced,
    })
}

async fn of_day<R: EitherRow>(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    day: NaiveDate,
    text: &'static str,
) -> Result<Vec<R>> {
    on_tx!(tx, |c| {
        sqlx::query_as(text)
            .bind(workspace)
            .bind(day)
            .bind(day)
            .bind(account)
            .fetch_all(c)
            .await
    })
    .db()
}

/// Rows as they are packed, with their runs after them.
fn packed<'r>(
    rows: impl Iterator<Item = &'r SumRow> + Clone,
    runs: &impl Serialize,
) -> Result<Vec<u8>> {
    let ids: Vec<u8> = rows.clone().flat_map(|row| row.id.into_bytes()).collect();
    let currencies = rows.clone().map(|row| row.currency.as_str());
    let mut packed = PackedDay::of(Ads::of(&ids, currencies));
    for row in rows {
        let sums = &row.sums;
        let figures = [
            sums.impressions.unwrap_or(UNKNOWN),
            sums.clicks.unwrap_or(UNKNOWN),
            sums.link_clicks.unwrap_or(UNKNOWN),
            sums.spend_micros.map_or(UNKNOWN, |spend| spend.0),
            sums.meta_leads,
            sums.meta_purchases,
            sums.meta_purchase_micros.0,
        ];
        for (column, figure) in packed.columns().into_iter().zip(figures) {
            column.push(figure);
        }
    }
    packed.columns().into_iter().for_each(without_zeros);
    bytes(&(packed, runs))
}

/// What is packed of a month: its sums up to some of its days, what it is made of, and its money.
#[derive(Debug, Default)]
pub(in crate::read) struct MonthValues {
    pub sums: Vec<(NaiveDate, Option<Vec<u8>>)>,
    pub months: Option<Vec<u8>>,
    pub money: Option<Vec<u8>>,
}

/// The sums of a month up to each of its days that is one of those up to which days are added up ([`ends`]),
/// from a day on, as they are packed, from its packed days; none where the month has no days, or where one
/// is not packed as it is now.
pub(in crate::read) async fn pack_month(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    since: NaiveDate,
) -> Result<MonthValues> {
    let month = DateRange::month_of(since);
    let mut days = Vec::new();
    let kind = Kind::Days(account);
    let mut each = Taking(|day| {
        days.push(day);
        Ok(())
    });
    each_packed(tx, workspace, &kind.word(), month, &mut each).await?;
    // Before its first day a month comes to nothing, which has to be told as well.
    let begun = days.first().is_some_and(|(first, ..)| *first < since);
    let ends = ends(month).into_iter();
    let ends = ends.filter(|end| !begun || *end >= since);
    if days.is_empty() || days.iter().any(|(_, format, _)| *format != kind.format()) {
        return Ok(MonthValues {
            sums: ends.map(|end| (end, None)).collect(),
            ..MonthValues::default()
        });
    }
    let mut told = Told::default();
    let mut money = MonthMoney::default();
    for (day, _, packed) in &days {
        told.add(*day, packed)?;
        money.add(*day, packed)?;
    }
    let mut days = days.into_iter().peekable();
    let mut summed = Summed::default();
    let sums = ends.map(|end| {
        while let Some((_, _, day)) = days.next_if(|(day, ..)| *day <= end) {
            summed.add_day(&day, None, 1, false)?;
        }
        Ok((end, Some(summed.packed()?)))
    });
    Ok(MonthValues {
        sums: sums.collect::<Result<_>>()?,
        months: Some(told.packed()?),
        money: Some(money.packed()?),
    })
}
