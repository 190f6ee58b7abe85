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
    /// What the campaigns had come to in a month by the last of these days, all in one month, on which
    /// their account has any sums.
    CAMPAIGNS = "SELECT d.ad_campaign_id, d.ad_rows, d.impressions, d.impressions_rows, d.clicks, d.clicks_rows, \
        d.link_clicks, d.link_clicks_rows, d.spend_micros, d.spend_rows, d.meta_leads, d.meta_purchases, \
        d.meta_purchase_micros FROM ad_accounts a CROSS JOIN campaign_month_sums d \
        WHERE a.workspace_id = $1 AND d.workspace_id = $1 AND d.ad_account_id = a.id \
        AND d.day = (SELECT MAX(x.day) FROM campaign_month_sums x WHERE x.workspace_id = $1 \
        AND x.ad_account_id = a.id AND x.day BETWEEN $2 AND $3)";
    /// The currencies that each account's figures are in.
    CURRENCIES = concat!("SELECT DISTINCT d.ad_account_id, d.currency FROM account_days d ", in_period!());
    FIRST = "SELECT d.day FROM account_days d WHERE d.workspace_id = $1 ORDER BY d.day LIMIT 1";
    LAST = "SELECT d.day FROM account_days d WHERE d.workspace_id = $1 ORDER BY d.day DESC LIMIT 1";
    BY_ACCOUNT = concat!("SELECT d.ad_account_id AS id, d.ad_account_id, d.currency, ", sums!(),
        "FROM account_days d ", in_period!(), "GROUP BY d.ad_account_id, d.currency");
    BY_DAY = concat!("SELECT d.day, ", sums!(),
        "FROM account_days d ", in_period!(), "AND d.currency = $4 GROUP BY d.day");
}

/// By place and not by name: there is one for each campaign.
type Row = (
    AdCampaignId,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
);

/// What was delivered, day by day.
type ByDay = Vec<(NaiveDate, Figures)>;

/// What campaigns had come to: there is one of these for nearly each day that a period may begin or end on.
struct Piece {
    /// Most often the same as those of others, and then in memory once.
    campaigns: Arc<Vec<AdCampaignId>>,
    figures: [Column; COLUMNS],
}

impl Piece {
    fn of(campaigns: Arc<Vec<AdCampaignId>>, sums: Vec<CountedSums>) -> Self {
        let rows: Vec<_> = sums
            .into_iter()
            .map(untold)
            .map(CountedSums::columns)
            .collect();
        let column = |nth: usize| {
            let figures = rows.iter().map(|figures| figures.get(nth));
            Column::of(figures.map(|figure| figure.copied().unwrap_or_default()))
        };
        Self {
            campaigns,
            figures: std::array::from_fn(column),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (AdCampaignId, CountedSums)> {
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

async fn piece(tx: &mut Tx, place: &Place, days: (NaiveDate, NaiveDate)) -> Result<Arc<Piece>> {
    let known = Known::<(NaiveDate, NaiveDate), Piece>::of(place);
    let revision = place.delivered_revision();
    if let Some(piece) = known.get(&days, revision) {
        return Ok(piece);
    }
    let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(CAMPAIGNS)
        .bind(place.workspace)
        .bind(days.0)
        .bind(days.1)
        .fetch_all(c)
        .await)
    .db()?;
    let (campaigns, sums) = rows.into_iter().map(read).unzip();
    let all = Known::<(), Vec<AdCampaignId>>::of(place);
    let same = all.get(&(), revision).filter(|all| **all == campaigns);
    let campaigns = same.unwrap_or_else(|| {
        let campaigns = Arc::new(campaigns);
        all.keep((), revision, &campaigns);
        campaigns
    });
    let piece = Arc::new(Piece::of(campaigns, sums));
    known.keep(days, revision, &piece);
    Ok(piece)
}

/// Whether the figures of accounts are all in the account's own currency.
#[derive(Debug)]
struct InOwnCurrency(bool);

impl Weighed for InOwnCurrency {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

async fn in_own_currency(tx: &mut Tx, place: &Place, month: DateRange) -> Result<bool> {
    let known = Known::<NaiveDate, InOwnCurrency>::of(place);
    let revision = place.delivered_revision();
    if let Some(own) = known.get(&month.from, revision) {
        return Ok(own.0);
    }
    let rows: Vec<(AdAccountId, String)> = on_tx!(tx, |c| {
        sqlx::query_as(CURRENCIES)
            .bind(place.workspace)
            .bind(month.from)
            .bind(month.to)
            .fetch_all(c)
            .await
    })
    .db()?;
    let own = rows.iter().all(|(account, currency)| {
        place
            .account(*account)
            .is_some_and(|account| account.currency.code() == currency)
    });
    known.keep(month.from, revision, &Arc::new(InOwnCurrency(own)));
    Ok(own)
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

fn read(row: Row) -> (AdCampaignId, CountedSums) {
    let (campaign, ad_days, ..) = row;
    let (_, _, impressions, impressions_rows, clicks, clicks_rows, ..) = row;
    let (.., link_clicks, link_clicks_rows, spend, spend_rows, leads, purchases, value) = row;
    let sums = CountedSums {
        ad_days,
        impressions: (impressions, impressions_rows),
        clicks: (clicks, clicks_rows),
        link_clicks: (link_clicks, link_clicks_rows),
        spend: (spend, spend_rows),
        meta_leads: leads,
        meta_purchases: purchases,
        meta_purchase_value: value,
    };
    (campaign, sums)
}

/// What every campaign delivered in the period, each in the currency of its account; `None` where
/// some figures are in another one, so that the sums of the months are of several. An account has one
/// currency for life at Meta.
pub(super) async fn by_campaign(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
) -> Result<Option<Vec<Delivered>>> {
    let Some(range) = within(tx, place, range).await? else {
        return Ok(Some(Vec::new()));
    };
    for part in range.by_month() {
        let month = DateRange::month_of(part.from);
        if !in_own_currency(tx, place, month).await? {
            return Ok(None);
        }
    }
    let mut sums: FxHashMap<AdCampaignId, CountedSums> = FxHashMap::default();
    for (from, to, sign) in pieces(range) {
        for (campaign, piece) in piece(tx, place, (from, to)).await?.iter() {
            sums.entry(campaign).or_default().add(&piece, sign)?;
        }
    }
    let found = sums.into_iter().filter_map(|(campaign, sums)| {
        let account = place.account(directory.campaigns.get(&campaign)?.account)?;
        // What lies before the first day may be all there is of a month.
        (sums.ad_days > 0).then(|| Delivered {
            path: campaign_path(campaign.0, account.id),
            currency: account.currency,
            figures: sums.figures(),
        })
    });
    Ok(Some(found.collect()))
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
fn pieces(range: DateRange) -> Vec<(NaiveDate, NaiveDate, i64)> {
    let first = DateRange::month_of(range.from).from;
    let before = range.from.pred_opt().filter(|before| *before >= first);
    let before = before.map(|before| (first, before, -1));
    let months = range
        .by_month()
        .map(|part| (DateRange::month_of(part.from).from, part.to, 1));
    before.into_iter().chain(months).collect()
}
