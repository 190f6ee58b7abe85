//! What was delivered, from the sums of months, which are kept in memory.
//!
//! Every period of months and parts of months is made of few pieces, and most of them are those of the
//! period that was asked for before.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdCampaignId, Currency, DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use super::ad_days::{CampaignSum, up_to};
use super::sums::{COLUMNS, CountedSums};
use super::{DayRow, Delivered, account_path, campaign_path};
use crate::figures::Figures;
use crate::path::Key;
use crate::read::column::Column;
use crate::read::directory::Directory;
use crate::read::kept::Topic;
use crate::read::known::{Known, Weighed};
use crate::read::place::Place;

statements! {
    FIRST = "SELECT d.day FROM account_days d WHERE d.workspace_id = $1 ORDER BY d.day LIMIT 1";
    LAST = "SELECT d.day FROM account_days d WHERE d.workspace_id = $1 ORDER BY d.day DESC LIMIT 1";
    BY_ACCOUNT = concat!("SELECT d.ad_account_id AS id, d.ad_account_id, d.currency, ", sums!(),
        "FROM account_days d ", in_period!(), "GROUP BY d.ad_account_id, d.currency");
    BY_DAY = concat!("SELECT d.day, ", sums!(),
        "FROM account_days d ", in_period!(), "AND d.currency = $4 GROUP BY d.day");
}

/// What was delivered, day by day.
type ByDay = Vec<(NaiveDate, Figures)>;

/// A campaign, and the currency of its figures.
type Campaign = (AdCampaignId, Currency);

/// What campaigns had come to: there is one of these for nearly each day that a period may begin or end on.
struct Piece {
    /// Most often the same as those of others, and then in memory once.
    campaigns: Arc<Vec<Campaign>>,
    figures: [Column; COLUMNS],
}

impl Piece {
    fn of(campaigns: Arc<Vec<Campaign>>, sums: &[CampaignSum]) -> Self {
        let rows = sums.iter().map(|(_, _, sums)| untold(*sums).columns());
        let rows: Vec<_> = rows.collect();
        let column = |nth: usize| {
            let figures = rows.iter().map(|figures| figures.get(nth));
            Column::of(figures.map(|figure| figure.copied().unwrap_or_default()))
        };
        Self {
            campaigns,
            figures: std::array::from_fn(column),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (Campaign, CountedSums)> {
        self.campaigns.iter().enumerate().map(|(nth, campaign)| {
            let mut sums = CountedSums::default();
            let own = sums.columns_mut().into_iter();
            for (own, column) in own.zip(&self.figures) {
                *own = column.get(nth);
            }
            (*campaign, untold(sums))
        })
    }
}

/// The same with how many ad-days do not tell a figure in the place of how many do, and back: nearly all tell
/// nearly all, and zeros take no room.
fn untold(sums: CountedSums) -> CountedSums {
    let other = |(sum, rows)| (sum, sums.ad_days - rows);
    CountedSums {
        impressions: other(sums.impressions),
        clicks: other(sums.clicks),
        link_clicks: other(sums.link_clicks),
        spend: other(sums.spend),
        ..sums
    }
}

impl Weighed for Piece {
    fn bytes(&self) -> usize {
        self.figures.iter().map(Column::bytes).sum()
    }
}

/// The currency is that of the days of a month, which begins with this one.
type MonthOf = (NaiveDate, Currency);

/// The first and the last day on which anything was delivered.
type Between = Option<DateRange>;

/// What of a period lies between the first and the last day on which anything was delivered: it may have been
/// asked for centuries.
pub(super) async fn within(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<Option<DateRange>> {
    let read = async {
        let mut ends = Vec::with_capacity(2);
        for text in [FIRST, LAST] {
            let end: Option<NaiveDate> = on_tx!(tx, |c| sqlx::query_scalar(text)
                .bind(place.workspace)
                .fetch_optional(c)
                .await)
            .db()?;
            ends.extend(end);
        }
        let between: Between = match *ends {
            [from, to] => Some(DateRange { from, to }),
            _ => None,
        };
        Ok(between)
    };
    let between = place.kept(Topic::Delivered, (), read).await?;
    Ok(between.and_then(|between| {
        let within = DateRange {
            from: range.from.max(between.from),
            to: range.to.min(between.to),
        };
        Some(within).filter(|within| within.from <= within.to)
    }))
}

/// What all campaigns had come to in their month by each of these days.
async fn pieces_up_to(tx: &mut Tx, place: &Place, days: &[NaiveDate]) -> Result<Vec<Arc<Piece>>> {
    let known = Known::<NaiveDate, Piece>::of(place);
    let revision = place.delivered_revision();
    let found: Vec<_> = days.iter().map(|day| known.get(day, revision)).collect();
    let missing = days.iter().zip(&found).filter(|(_, found)| found.is_none());
    let missing: Vec<NaiveDate> = missing.map(|(day, _)| *day).collect();
    let mut read = Vec::with_capacity(missing.len());
    for (day, sums) in missing.iter().zip(up_to(tx, place, &missing).await?) {
        let campaigns = sums
            .iter()
            .map(|(campaign, currency, _)| (*campaign, *currency));
        let campaigns: Vec<Campaign> = campaigns.collect();
        let all = Known::<(), Vec<Campaign>>::of(place);
        let campaigns = all.shared((), revision, Arc::new(campaigns));
        let piece = Arc::new(Piece::of(campaigns, &sums));
        known.keep(*day, revision, &piece);
        read.push(piece);
    }
    let mut read = read.into_iter();
    Ok(found
        .into_iter()
        .filter_map(|found| found.or_else(|| read.next()))
        .collect())
}

async fn days(
    tx: &mut Tx,
    place: &Place,
    month: DateRange,
    currency: Currency,
) -> Result<Arc<ByDay>> {
    let known = Known::<MonthOf, ByDay>::of(place);
    let (key, revision) = ((month.from, currency), place.delivered_revision());
    if let Some(days) = known.get(&key, revision) {
        return Ok(days);
    }
    let rows: Vec<DayRow> = on_tx!(tx, |c| {
        sqlx::query_as(BY_DAY)
            .bind(place.workspace)
            .bind(month.from)
            .bind(month.to)
            .bind(currency.code())
            .fetch_all(c)
            .await
    })
    .db()?;
    let days = rows.into_iter().map(|row| (row.day, row.sums.figures()));
    let days: Arc<ByDay> = Arc::new(days.collect());
    known.keep(key, revision, &days);
    Ok(days)
}

/// What every account delivered in the period, in each of its currencies: whole months from memory.
pub(super) async fn by_account(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<Vec<Delivered>> {
    let Some(range) = within(tx, place, range).await? else {
        return Ok(Vec::new());
    };
    let known = Known::<NaiveDate, Vec<Delivered>>::of(place);
    let revision = place.delivered_revision();
    let mut sums: FxHashMap<(AdAccountId, Currency), Delivered> = FxHashMap::default();
    for part in range.by_month() {
        let whole = part == DateRange::month_of(part.from);
        let kept = known.get(&part.from, revision).filter(|_| whole);
        let delivered = match kept {
            Some(kept) => kept,
            None => {
                let rows = super::sums(tx, place, part, BY_ACCOUNT).await?;
                let rows = rows.into_iter().map(|row| row.under(account_path));
                let delivered: Arc<Vec<Delivered>> = Arc::new(rows.collect::<Result<_>>()?);
                if whole {
                    known.keep(part.from, revision, &delivered);
                }
                delivered
            }
        };
        for part in delivered.iter() {
            let Some(account) = part.path.account.as_ref().and_then(Key::known) else {
                continue;
            };
            match sums.entry((account, part.currency)) {
                Entry::Vacant(entry) => {
                    entry.insert(part.clone());
                }
                Entry::Occupied(mut entry) => entry.get_mut().figures.add(&part.figures)?,
            }
        }
    }
    Ok(sums.into_values().collect())
}

/// What every campaign delivered in the period, in each of its currencies.
pub(super) async fn by_campaign(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
) -> Result<Vec<Delivered>> {
    let Some(range) = within(tx, place, range).await? else {
        return Ok(Vec::new());
    };
    let (days, signs): (Vec<_>, Vec<_>) = pieces(range).into_iter().unzip();
    let mut sums: FxHashMap<Campaign, CountedSums> = FxHashMap::default();
    for (piece, sign) in pieces_up_to(tx, place, &days).await?.iter().zip(signs) {
        for (campaign, piece) in piece.iter() {
            sums.entry(campaign).or_default().add(&piece, sign)?;
        }
    }
    let found = sums.into_iter().filter_map(|((campaign, currency), sums)| {
        let account = directory.campaigns.get(&campaign)?.account;
        // What lies before the first day may be all there is of a month.
        (sums.ad_days > 0).then(|| Delivered {
            path: campaign_path(campaign.0, account),
            currency,
            figures: sums.figures(),
        })
    });
    Ok(found.collect())
}

/// What all accounts delivered in a currency, day by day.
pub(super) async fn by_day(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    currency: Currency,
) -> Result<Vec<(NaiveDate, Figures)>> {
    let mut found = Vec::new();
    let Some(range) = within(tx, place, range).await? else {
        return Ok(found);
    };
    for part in range.by_month() {
        let month = DateRange::month_of(part.from);
        let days = days(tx, place, month, currency).await?;
        found.extend(days.iter().filter(|(day, _)| part.contains(*day)));
    }
    Ok(found)
}

/// A period as pieces: of each month the days up to the last that counts, less those of the first month
/// up to the last before the first that counts.
fn pieces(range: DateRange) -> Vec<(NaiveDate, i64)> {
    let first = DateRange::month_of(range.from).from;
    let before = range.from.pred_opt().filter(|before| *before >= first);
    let before = before.map(|before| (before, -1));
    let months = range.by_month().map(|part| (part.to, 1));
    before.into_iter().chain(months).collect()
}
