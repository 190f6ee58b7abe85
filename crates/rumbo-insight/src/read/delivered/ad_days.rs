//! The ad-days of an account and a day, packed in one value as what came of them is.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, DateRange, Error, Micros, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SumRow;
use crate::figures::Figures;
use crate::read::outcome::packed::{bytes, packed_days, runs, unreadable};
use crate::read::place::{Account, Place};
use crate::read::spread::{BATCH, threads_for, work_off};

statements! {
    BY_AD = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// What Meta claims for ad-days without spend.
    IDLE_BY_AD = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 AND COALESCE(d.spend_micros, 0) = 0 \
         GROUP BY d.ad_id, d.ad_account_id, d.currency");
}

/// How days are packed now. Those of another format are read row by row.
pub(in crate::read) const FORMAT: i64 = 1;

/// Before the id of the account, in the kind of its days.
const KIND: &str = "ads ";

/// A figure that is not told.
const UNKNOWN: i64 = i64::MIN;

/// One ad after the other, column by column. A column in which all is 0 is empty.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Packed<'a> {
    /// Ids, 16 bytes each.
    ads: &'a [u8],
    /// The place of each one's currency in `texts`.
    currencies: Vec<u32>,
    texts: Vec<String>,
    impressions: Vec<i64>,
    clicks: Vec<i64>,
    link_clicks: Vec<i64>,
    spend: Vec<i64>,
    meta_leads: Vec<i64>,
    meta_purchases: Vec<i64>,
    meta_purchase_value: Vec<i64>,
}

impl Packed<'_> {
    fn columns(&mut self) -> [&mut Vec<i64>; 7] {
        [
            &mut self.impressions,
            &mut self.clicks,
            &mut self.link_clicks,
            &mut self.spend,
            &mut self.meta_leads,
            &mut self.meta_purchases,
            &mut self.meta_purchase_value,
        ]
    }
}

/// The account whose ad-days are of a kind, if they are.
pub(in crate::read) fn account_of(kind: &str) -> Option<AdAccountId> {
    let id = kind.strip_prefix(KIND)?;
    Uuid::try_parse(id).ok().map(AdAccountId)
}

fn kind_of(account: AdAccountId) -> String {
    format!("{KIND}{:X}", account.0.simple())
}

/// The ad-days of a day as they are packed; none where there are none.
pub(in crate::read) async fn pack(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    day: NaiveDate,
) -> Result<Option<Vec<u8>>> {
    let mut rows: Vec<SumRow> = on_tx!(tx, |c| {
        sqlx::query_as(BY_AD)
            .bind(workspace)
            .bind(day)
            .bind(day)
            .bind(account)
            .fetch_all(c)
            .await
    })
    .db()?;
    if rows.is_empty() {
        return Ok(None);
    }
    rows.sort_by_key(|row| row.id);
    let ids: Vec<u8> = rows.iter().flat_map(|row| row.id.into_bytes()).collect();
    let mut packed = Packed {
        ads: &ids,
        ..Packed::default()
    };
    for row in &rows {
        let sums = &row.sums;
        let place = packed.texts.iter().position(|text| *text == row.currency);
        let place = place.unwrap_or_else(|| {
            packed.texts.push(row.currency.clone());
            packed.texts.len() - 1
        });
        packed
            .currencies
            .push(u32::try_from(place).unwrap_or(u32::MAX));
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
    if packed.texts.len() == 1 {
        packed.currencies.clear();
    }
    for column in packed.columns() {
        if column.iter().all(|figure| *figure == 0) {
            column.clear();
        }
    }
    bytes(&packed).map(Some)
}

/// The sums of an account, ad by ad.
#[derive(Debug, Default)]
struct Summed {
    sums: Vec<(Uuid, Currency, Figures)>,
    places: FxHashMap<(Uuid, Currency), usize>,
    /// The ads of the day before, in `ads`, and their places: most often they are the same.
    ads: Vec<u8>,
    currencies: Vec<u32>,
    texts: Vec<String>,
    of_ads: Vec<usize>,
}

impl Summed {
    fn place(&mut self, ad: Uuid, currency: &str) -> Result<usize> {
        let currency = Currency::of_record(currency)?;
        let new = self.sums.len();
        let place = *self.places.entry((ad, currency)).or_insert(new);
        if place == new {
            self.sums.push((ad, currency, Figures::default()));
        }
        Ok(place)
    }

    /// Finds the places of the ads of a day.
    fn find(&mut self, packed: &Packed<'_>) -> Result<()> {
        let same = self.ads == packed.ads
            && self.texts == packed.texts
            && self.currencies == packed.currencies;
        if same {
            return Ok(());
        }
        self.of_ads.clear();
        for (nth, id) in packed.ads.chunks_exact(16).enumerate() {
            let text = packed.currencies.get(nth).copied().unwrap_or(0);
            let text = usize::try_from(text)
                .ok()
                .and_then(|at| packed.texts.get(at));
            let found = Uuid::from_slice(id).ok().zip(text);
            let (ad, currency) =
                found.ok_or_else(|| Error::internal("a packed day that ends too early"))?;
            let place = self.place(ad, currency)?;
            self.of_ads.push(place);
        }
        packed.ads.clone_into(&mut self.ads);
        self.texts.clone_from(&packed.texts);
        self.currencies.clone_from(&packed.currencies);
        Ok(())
    }

    fn add_day(&mut self, packed: &Packed<'_>, only_idle: bool) -> Result<()> {
        self.find(packed)?;
        let at = |column: &[i64], nth: usize| column.get(nth).copied().unwrap_or(0);
        let told = |figure: i64| (figure != UNKNOWN).then_some(figure);
        for (nth, place) in self.of_ads.iter().enumerate() {
            let spend = told(at(&packed.spend, nth)).map(Micros);
            if only_idle && spend.unwrap_or_default() != Micros::ZERO {
                continue;
            }
            let Some((_, _, sums)) = self.sums.get_mut(*place) else {
                continue;
            };
            sums.add_delivered(&Figures {
                ad_days: 1,
                impressions: told(at(&packed.impressions, nth)),
                clicks: told(at(&packed.clicks, nth)),
                link_clicks: told(at(&packed.link_clicks, nth)),
                spend,
                meta_leads: at(&packed.meta_leads, nth),
                meta_purchases: at(&packed.meta_purchases, nth),
                meta_purchase_value: Micros(at(&packed.meta_purchase_value, nth)),
                ..Figures::default()
            })?;
        }
        Ok(())
    }
}

/// The packed days of an account that are there and not added up yet.
#[derive(Debug)]
struct Days<'a> {
    account: &'a Account,
    packed: Vec<Vec<u8>>,
    /// Those whose rows are to be read themselves.
    unpacked: BTreeSet<NaiveDate>,
}

impl Days<'_> {
    fn sum(&self, only_idle: bool) -> Result<Summed> {
        let mut summed = Summed::default();
        for packed in &self.packed {
            let packed: Packed<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
            summed.add_day(&packed, only_idle)?;
        }
        Ok(summed)
    }
}

/// What each ad of these accounts had on these days, or on those on which nothing was spent on it. Several
/// accounts are added up at once.
pub(super) async fn read(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
    only_idle: bool,
) -> Result<Vec<(AdAccountId, Uuid, Currency, Figures)>> {
    let mut found = Vec::new();
    let mut rest = accounts;
    while !rest.is_empty() {
        let mut batch = Vec::new();
        let mut size = 0;
        while let Some((account, others)) = rest.split_first()
            && size < BATCH
        {
            rest = others;
            let mut packed = Vec::new();
            let kind = kind_of(account.id);
            let unpacked = packed_days(tx, place, &kind, range, &[FORMAT], |_, _, day| {
                size += day.len();
                packed.push(day);
                Ok(())
            })
            .await?;
            batch.push(Days {
                account,
                packed,
                unpacked,
            });
        }
        let mut sums: Vec<Vec<(AdAccountId, Summed)>> = Vec::new();
        sums.resize_with(threads_for(size), Vec::new);
        let workers = sums.iter_mut().collect();
        work_off(&batch, workers, |own: &mut Vec<_>, days| {
            own.push((days.account.id, days.sum(only_idle)?));
            Ok(())
        })?;
        let mut sums: FxHashMap<AdAccountId, Summed> = sums.into_iter().flatten().collect();
        for days in &batch {
            let mut summed = sums.remove(&days.account.id).unwrap_or_default();
            let text = if only_idle { IDLE_BY_AD } else { BY_AD };
            for (from, to) in runs(&days.unpacked) {
                let range = DateRange { from, to };
                for row in super::sums_under(tx, place, range, text, days.account.id.0).await? {
                    let place = summed.place(row.id, &row.currency)?;
                    if let Some((_, _, sums)) = summed.sums.get_mut(place) {
                        sums.add_delivered(&row.figures())?;
                    }
                }
            }
            let sums = summed.sums.into_iter();
            let sums = sums.filter(|(_, _, sums)| sums.ad_days > 0);
            found.extend(sums.map(|(ad, currency, sums)| (days.account.id, ad, currency, sums)));
        }
    }
    Ok(found)
}
