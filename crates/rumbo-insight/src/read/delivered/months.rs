//! What was delivered, from the sums of months, which are kept in memory.
//!
//! Every period of months and parts of months is made of few pieces, and most of them are those of the
//! period that was asked for before.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdCampaignId, Currency, DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use super::sums::CountedSums;
use super::{DayRow, Delivered, account_path, campaign_path};
use crate::figures::Figures;
use crate::path::Key;
use crate::read::directory::Directory;
use crate::read::kept::Topic;
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

/// What is kept holds no more rows than this: some ten megabytes.
const AT_MOST: usize = 100_000;

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
type ByDay = Arc<[(NaiveDate, Figures)]>;

/// What campaigns had come to.
type Piece = Arc<[(AdCampaignId, CountedSums)]>;

/// What was read of months since something was delivered last.
#[derive(Debug, Default)]
struct Months(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    rows: usize,
    /// The first and the last day on which anything was delivered.
    between: Option<DateRange>,
    /// By the first and the last of the days.
    pieces: HashMap<(NaiveDate, NaiveDate), Piece>,
    /// By the first day of the month: whether all figures are in the currency of their account.
    own_currency: HashMap<NaiveDate, bool>,
    /// By the first day of the month.
    days: HashMap<(NaiveDate, Currency), ByDay>,
    /// By the first day of the month.
    accounts: HashMap<NaiveDate, Arc<[Delivered]>>,
}

impl Months {
    async fn of(place: &Place) -> Result<Arc<Self>> {
        let none = async { Ok(Self::default()) };
        place.kept(Topic::Delivered, (), none).await
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same with room for so many rows more.
    fn with_room(&self, rows: usize) -> MutexGuard<'_, Known> {
        let mut known = self.lock();
        if known.rows.saturating_add(rows) > AT_MOST {
            *known = Known::default();
        }
        known.rows = known.rows.saturating_add(rows);
        known
    }

    /// What of a period lies between the first and the last day on which anything was delivered: it may
    /// have been asked for centuries.
    async fn within(
        &self,
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
    ) -> Result<Option<DateRange>> {
        let known = self.lock().between;
        let between = if let Some(between) = known {
            between
        } else {
            let mut ends = Vec::with_capacity(2);
            for text in [FIRST, LAST] {
                let end: Option<NaiveDate> = on_tx!(tx, |c| sqlx::query_scalar(text)
                    .bind(place.workspace)
                    .fetch_optional(c)
                    .await)
                .db()?;
                ends.extend(end);
            }
            let [from, to] = *ends else {
                return Ok(None);
            };
            *self.lock().between.insert(DateRange { from, to })
        };
        let within = DateRange {
            from: range.from.max(between.from),
            to: range.to.min(between.to),
        };
        Ok(Some(within).filter(|within| within.from <= within.to))
    }

    async fn piece(
        &self,
        tx: &mut Tx,
        place: &Place,
        days: (NaiveDate, NaiveDate),
    ) -> Result<Piece> {
        if let Some(piece) = self.lock().pieces.get(&days) {
            return Ok(Arc::clone(piece));
        }
        let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(CAMPAIGNS)
            .bind(place.workspace)
            .bind(days.0)
            .bind(days.1)
            .fetch_all(c)
            .await)
        .db()?;
        let piece: Piece = rows.into_iter().map(read).collect();
        let mut known = self.with_room(piece.len());
        known.pieces.insert(days, Arc::clone(&piece));
        Ok(piece)
    }

    async fn in_own_currency(&self, tx: &mut Tx, place: &Place, month: DateRange) -> Result<bool> {
        if let Some(own) = self.lock().own_currency.get(&month.from) {
            return Ok(*own);
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
        self.with_room(1).own_currency.insert(month.from, own);
        Ok(own)
    }

    async fn days(
        &self,
        tx: &mut Tx,
        place: &Place,
        month: DateRange,
        currency: Currency,
    ) -> Result<ByDay> {
        let key = (month.from, currency);
        if let Some(days) = self.lock().days.get(&key) {
            return Ok(Arc::clone(days));
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
        let days: ByDay = days.collect();
        let mut known = self.with_room(days.len());
        known.days.insert(key, Arc::clone(&days));
        Ok(days)
    }
}

/// What every account delivered in the period, in each of its currencies: whole months from memory.
pub(super) async fn by_account(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<Vec<Delivered>> {
    let months = Months::of(place).await?;
    let Some(range) = months.within(tx, place, range).await? else {
        return Ok(Vec::new());
    };
    let mut sums: FxHashMap<(AdAccountId, Currency), Delivered> = FxHashMap::default();
    for part in range.by_month() {
        let known = months.lock().accounts.get(&part.from).map(Arc::clone);
        let whole = part == DateRange::month_of(part.from);
        let delivered = match known.filter(|_| whole) {
            Some(known) => known,
            None => {
                let rows = super::sums(tx, place, part, BY_ACCOUNT).await?;
                let rows = rows.into_iter().map(|row| row.under(account_path));
                let delivered: Arc<[Delivered]> = rows.collect::<Result<_>>()?;
                if whole {
                    let mut known = months.with_room(delivered.len());
                    known.accounts.insert(part.from, Arc::clone(&delivered));
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

/// What of a period lies between the first and the last day on which anything was delivered.
pub(super) async fn within(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<Option<DateRange>> {
    let months = Months::of(place).await?;
    months.within(tx, place, range).await
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
    let months = Months::of(place).await?;
    let Some(range) = months.within(tx, place, range).await? else {
        return Ok(Some(Vec::new()));
    };
    for part in range.by_month() {
        let month = DateRange::month_of(part.from);
        if !months.in_own_currency(tx, place, month).await? {
            return Ok(None);
        }
    }
    let mut sums: FxHashMap<AdCampaignId, CountedSums> = FxHashMap::default();
    for (from, to, sign) in pieces(range) {
        for (campaign, piece) in months.piece(tx, place, (from, to)).await?.iter() {
            sums.entry(*campaign).or_default().add(piece, sign)?;
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
    let months = Months::of(place).await?;
    let mut found = Vec::new();
    let Some(range) = months.within(tx, place, range).await? else {
        return Ok(found);
    };
    for part in range.by_month() {
        let month = DateRange::month_of(part.from);
        let days = months.days(tx, place, month, currency).await?;
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
