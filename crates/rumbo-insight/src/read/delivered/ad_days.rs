//! The ad-days of an account and a day, packed in one value as what came of them is, and those of whole
//! months added up ad by ad.
//!
//! A period is made of the sums of its months; of the months at its ends whichever days are fewer are
//! read, those within it or those without, which are taken away again.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, DateRange, Error, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::SumRow;
use super::sums::{COLUMNS, CountedSums};
use crate::figures::Figures;
use crate::read::outcome::packed::{bytes, each_packed, runs, unreadable};
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
    /// The days of accounts that changed since they were packed.
    CHANGED = "SELECT DISTINCT c.kind, c.day FROM outcome_days_changed c \
        WHERE c.workspace_id = $1 AND c.day BETWEEN $2 AND $3 AND c.kind LIKE 'ads %'";
}

/// How days are packed now. Those of another format are read row by row.
pub(in crate::read) const FORMAT: i64 = 1;

/// Before the id of the account, in the kind of its days.
const DAYS: &str = "ads ";
/// The same of its months, each at its first day.
const MONTHS: &str = "ads-months ";

/// A figure that is not told.
const UNKNOWN: i64 = i64::MIN;

/// One ad after the other, column by column. A column in which all is 0 is empty.
#[derive(Debug, Default, Serialize, Deserialize)]
struct PackedDay<'a> {
    #[serde(borrow)]
    ads: Ads<'a>,
    impressions: Vec<i64>,
    clicks: Vec<i64>,
    link_clicks: Vec<i64>,
    spend: Vec<i64>,
    meta_leads: Vec<i64>,
    meta_purchases: Vec<i64>,
    meta_purchase_value: Vec<i64>,
}

/// The same of the sums of a month.
#[derive(Debug, Default, Serialize, Deserialize)]
struct PackedMonth<'a> {
    #[serde(borrow)]
    ads: Ads<'a>,
    columns: [Vec<i64>; COLUMNS],
}

/// The ads of a value, each with its currency.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Ads<'a> {
    /// Ids, 16 bytes each.
    ids: &'a [u8],
    /// The place of each one's currency in `texts`; nothing where there is but one.
    currencies: Vec<u32>,
    texts: Vec<String>,
}

impl<'a> Ads<'a> {
    fn of<'t>(ids: &'a [u8], currencies: impl Iterator<Item = &'t str>) -> Self {
        let mut ads = Self {
            ids,
            ..Self::default()
        };
        for currency in currencies {
            let place = ads.texts.iter().position(|text| text == currency);
            let place = place.unwrap_or_else(|| {
                ads.texts.push(currency.to_owned());
                ads.texts.len() - 1
            });
            ads.currencies
                .push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        if ads.texts.len() == 1 {
            ads.currencies.clear();
        }
        ads
    }
}

impl PackedDay<'_> {
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

/// What is packed of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Kind {
    Days(AdAccountId),
    Months(AdAccountId),
}

impl Kind {
    /// What a word of the store names, if it is one of these.
    pub fn of(word: &str) -> Option<Self> {
        let account = |id: &str| Uuid::try_parse(id).ok().map(AdAccountId);
        if let Some(id) = word.strip_prefix(DAYS) {
            return account(id).map(Self::Days);
        }
        account(word.strip_prefix(MONTHS)?).map(Self::Months)
    }

    pub fn word(self) -> String {
        match self {
            Self::Days(account) => format!("{DAYS}{:X}", account.0.simple()),
            Self::Months(account) => format!("{MONTHS}{:X}", account.0.simple()),
        }
    }
}

/// The ad-days of a day as they are packed; none where there are none.
pub(in crate::read) async fn pack_day(
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
    let mut packed = PackedDay {
        ads: Ads::of(&ids, rows.iter().map(|row| row.currency.as_str())),
        ..PackedDay::default()
    };
    for row in &rows {
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
    bytes(&packed).map(Some)
}

/// The sums of a month as they are packed, from its packed days; none where there are none, or where one
/// is not packed as it is now.
pub(in crate::read) async fn pack_month(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    month: DateRange,
) -> Result<Option<Vec<u8>>> {
    let days = packed(tx, workspace, Kind::Days(account), month).await?;
    let mut summed = Summed::default();
    for (_, format, day) in &days {
        if *format != FORMAT {
            return Ok(None);
        }
        summed.add_day(day, 1, false)?;
    }
    if summed.sums.is_empty() {
        return Ok(None);
    }
    let sums = &mut summed.sums;
    sums.sort_by_key(|(ad, currency, _)| (*ad, *currency));
    let ids: Vec<u8> = sums.iter().flat_map(|(ad, ..)| ad.into_bytes()).collect();
    let mut packed = PackedMonth {
        ads: Ads::of(&ids, sums.iter().map(|(_, currency, _)| currency.code())),
        ..PackedMonth::default()
    };
    for (_, _, sums) in sums {
        for (column, figure) in packed.columns.iter_mut().zip(sums.columns()) {
            column.push(figure);
        }
    }
    packed.columns.iter_mut().for_each(without_zeros);
    bytes(&packed).map(Some)
}

fn without_zeros(column: &mut Vec<i64>) {
    if column.iter().all(|figure| *figure == 0) {
        column.clear();
    }
}

/// What is packed of an account between two days, each with its format.
async fn packed(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: Kind,
    range: DateRange,
) -> Result<Vec<(NaiveDate, i64, Vec<u8>)>> {
    let mut found = Vec::new();
    each_packed(tx, workspace, &kind.word(), range, |day, format, packed| {
        found.push((day, format, packed));
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The sums of an account, ad by ad.
#[derive(Debug, Default)]
struct Summed {
    sums: Vec<(Uuid, Currency, CountedSums)>,
    places: FxHashMap<(Uuid, Currency), usize>,
    /// The ads of the value before, and their places: most often they are the same.
    ids: Vec<u8>,
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
            self.sums.push((ad, currency, CountedSums::default()));
        }
        Ok(place)
    }

    /// Finds the places of the ads of a value.
    fn find(&mut self, ads: &Ads<'_>) -> Result<()> {
        let same =
            self.ids == ads.ids && self.texts == ads.texts && self.currencies == ads.currencies;
        if same {
            return Ok(());
        }
        self.of_ads.clear();
        for (nth, id) in ads.ids.chunks_exact(16).enumerate() {
            let text = ads.currencies.get(nth).copied().unwrap_or(0);
            let text = usize::try_from(text).ok().and_then(|at| ads.texts.get(at));
            let found = Uuid::from_slice(id).ok().zip(text);
            let (ad, currency) =
                found.ok_or_else(|| Error::internal("a packed day that ends too early"))?;
            let place = self.place(ad, currency)?;
            self.of_ads.push(place);
        }
        ads.ids.clone_into(&mut self.ids);
        self.texts.clone_from(&ads.texts);
        self.currencies.clone_from(&ads.currencies);
        Ok(())
    }

    /// Adds a packed day, or with −1 takes it away.
    fn add_day(&mut self, packed: &[u8], sign: i64, only_idle: bool) -> Result<()> {
        let packed: PackedDay<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        self.find(&packed.ads)?;
        let at = |column: &[i64], nth: usize| column.get(nth).copied().unwrap_or(0);
        let told = |column: &[i64], nth: usize| match at(column, nth) {
            UNKNOWN => (0, 0),
            figure => (figure, 1),
        };
        for (nth, place) in self.of_ads.iter().enumerate() {
            let spend = told(&packed.spend, nth);
            if only_idle && spend.0 != 0 {
                continue;
            }
            let Some((_, _, sums)) = self.sums.get_mut(*place) else {
                continue;
            };
            let day = CountedSums {
                ad_days: 1,
                impressions: told(&packed.impressions, nth),
                clicks: told(&packed.clicks, nth),
                link_clicks: told(&packed.link_clicks, nth),
                spend,
                meta_leads: at(&packed.meta_leads, nth),
                meta_purchases: at(&packed.meta_purchases, nth),
                meta_purchase_value: at(&packed.meta_purchase_value, nth),
            };
            sums.add(&day, sign)?;
        }
        Ok(())
    }

    fn add_month(&mut self, packed: &[u8]) -> Result<()> {
        let packed: PackedMonth<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        self.find(&packed.ads)?;
        for (nth, place) in self.of_ads.iter().enumerate() {
            let Some((_, _, sums)) = self.sums.get_mut(*place) else {
                continue;
            };
            let mut month = CountedSums::default();
            for (figure, column) in month.columns_mut().into_iter().zip(&packed.columns) {
                *figure = column.get(nth).copied().unwrap_or(0);
            }
            sums.add(&month, 1)?;
        }
        Ok(())
    }
}

/// How a period of an account is put together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    /// Months whose sums are taken, by their first day.
    months: BTreeSet<NaiveDate>,
    /// Days that are added, or with −1 taken away.
    days: Vec<(DateRange, i64)>,
}

impl Plan {
    /// Of the months in which a day changed since it was packed the days themselves are read.
    fn of(range: DateRange, changed: &BTreeSet<NaiveDate>) -> Self {
        let mut plan = Self::default();
        for part in range.by_month() {
            let month = DateRange::month_of(part.from);
            let fresh = changed.range(month.from..=month.to).next().is_none();
            if !fresh || part.days() * 2 <= month.days() {
                plan.days.push((part, 1));
                continue;
            }
            plan.months.insert(month.from);
            let before = part.from.pred_opt().map(|to| (month.from, to));
            let after = part.to.succ_opt().map(|from| (from, month.to));
            for (from, to) in before.into_iter().chain(after) {
                if from <= to {
                    plan.days.push((DateRange { from, to }, -1));
                }
            }
        }
        plan
    }

    /// Nothing but days.
    fn by_day(range: DateRange) -> Self {
        Self {
            months: BTreeSet::new(),
            days: vec![(range, 1)],
        }
    }
}

/// What is packed of an account and not added up yet.
#[derive(Debug)]
struct Parts<'a> {
    account: &'a Account,
    months: Vec<Vec<u8>>,
    days: Vec<(Vec<u8>, i64)>,
    /// Those whose rows are to be read themselves.
    unpacked: BTreeSet<NaiveDate>,
}

impl<'a> Parts<'a> {
    /// `None` when a month is not there as it was planned.
    async fn read(
        tx: &mut Tx,
        place: &Place,
        account: &'a Account,
        plan: &Plan,
        changed: &BTreeSet<NaiveDate>,
    ) -> Result<Option<Self>> {
        let mut parts = Self {
            account,
            months: Vec::new(),
            days: Vec::new(),
            unpacked: BTreeSet::new(),
        };
        if let (Some(first), Some(last)) = (plan.months.first(), plan.months.last()) {
            let range = DateRange {
                from: *first,
                to: *last,
            };
            let months = packed(tx, place.workspace, Kind::Months(account.id), range).await?;
            let months = months
                .into_iter()
                .filter(|(month, format, _)| plan.months.contains(month) && *format == FORMAT);
            parts.months.extend(months.map(|(_, _, packed)| packed));
            if parts.months.len() < plan.months.len() {
                return Ok(None);
            }
        }
        for (range, sign) in &plan.days {
            for (day, format, packed) in
                packed(tx, place.workspace, Kind::Days(account.id), *range).await?
            {
                if changed.contains(&day) {
                    continue;
                }
                if format == FORMAT {
                    parts.days.push((packed, *sign));
                } else {
                    parts.unpacked.insert(day);
                }
            }
            parts.unpacked.extend(changed.range(range.from..=range.to));
        }
        Ok(Some(parts))
    }

    fn bytes(&self) -> usize {
        let days = self.days.iter().map(|(packed, _)| packed.len());
        self.months.iter().map(Vec::len).chain(days).sum()
    }

    fn sum(&self, only_idle: bool) -> Result<Summed> {
        let mut summed = Summed::default();
        for packed in &self.months {
            summed.add_month(packed)?;
        }
        for (packed, sign) in &self.days {
            summed.add_day(packed, *sign, only_idle)?;
        }
        Ok(summed)
    }
}

/// The days of accounts that changed since they were packed, from the first of the months of a period to
/// the last.
async fn changed(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<HashMap<AdAccountId, BTreeSet<NaiveDate>>> {
    let rows: Vec<(String, NaiveDate)> = on_tx!(tx, |c| sqlx::query_as(CHANGED)
        .bind(place.workspace)
        .bind(DateRange::month_of(range.from).from)
        .bind(DateRange::month_of(range.to).to)
        .fetch_all(c)
        .await)
    .db()?;
    let mut changed: HashMap<AdAccountId, BTreeSet<NaiveDate>> = HashMap::new();
    for (word, day) in rows {
        if let Some(Kind::Days(account)) = Kind::of(&word) {
            changed.entry(account).or_default().insert(day);
        }
    }
    Ok(changed)
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
    let changed = changed(tx, place, range).await?;
    let none = BTreeSet::new();
    let mut found = Vec::new();
    let mut rest = accounts;
    while !rest.is_empty() {
        let mut batch = Vec::new();
        let mut size = 0;
        while let Some((account, others)) = rest.split_first()
            && size < BATCH
        {
            rest = others;
            let changed = changed.get(&account.id).unwrap_or(&none);
            let by_day = Plan::by_day(range);
            let mut parts = None;
            if !only_idle {
                let plan = Plan::of(range, changed);
                parts = Parts::read(tx, place, account, &plan, changed).await?;
            }
            if parts.is_none() {
                parts = Parts::read(tx, place, account, &by_day, changed).await?;
            }
            size += parts.as_ref().map_or(0, Parts::bytes);
            batch.extend(parts);
        }
        let mut sums: Vec<Vec<(AdAccountId, Summed)>> = Vec::new();
        sums.resize_with(threads_for(size), Vec::new);
        let workers = sums.iter_mut().collect();
        work_off(&batch, workers, |own: &mut Vec<_>, parts: &Parts<'_>| {
            own.push((parts.account.id, parts.sum(only_idle)?));
            Ok(())
        })?;
        let mut sums: FxHashMap<AdAccountId, Summed> = sums.into_iter().flatten().collect();
        for parts in &batch {
            let mut summed = sums.remove(&parts.account.id).unwrap_or_default();
            let text = if only_idle { IDLE_BY_AD } else { BY_AD };
            for (from, to) in runs(&parts.unpacked) {
                let range = DateRange { from, to };
                for row in super::sums_under(tx, place, range, text, parts.account.id.0).await? {
                    let place = summed.place(row.id, &row.currency)?;
                    if let Some((_, _, sums)) = summed.sums.get_mut(place) {
                        sums.add(&CountedSums::of(&row.figures()), 1)?;
                    }
                }
            }
            let sums = summed.sums.into_iter();
            let sums = sums.filter(|(_, _, sums)| sums.ad_days > 0);
            found.extend(
                sums.map(|(ad, currency, sums)| (parts.account.id, ad, currency, sums.figures())),
            );
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn range(from: &str, to: &str) -> DateRange {
        DateRange {
            from: day(from),
            to: day(to),
        }
    }

    #[test]
    fn a_period_is_made_of_whichever_days_are_fewer() {
        let none = BTreeSet::new();
        let plan = Plan::of(range("2026-08-25", "2026-11-20"), &none);
        let months = ["2026-09-01", "2026-10-01", "2026-11-01"].map(day);
        assert_eq!(plan.months, BTreeSet::from(months));
        let days = [
            (range("2026-08-25", "2026-08-31"), 1),
            (range("2026-11-21", "2026-11-30"), -1),
        ];
        assert_eq!(plan.days, days);
        let inside = Plan::of(range("2026-10-03", "2026-10-29"), &none);
        let days = [
            (range("2026-10-01", "2026-10-02"), -1),
            (range("2026-10-30", "2026-10-31"), -1),
        ];
        assert_eq!(inside.days, days);
        let whole = Plan::of(range("2026-10-01", "2026-10-31"), &none);
        assert_eq!((whole.months.len(), whole.days.len()), (1, 0));
    }

    #[test]
    fn of_a_month_with_a_changed_day_the_days_are_read() {
        let changed = BTreeSet::from([day("2026-10-31")]);
        let asked = range("2026-10-01", "2026-11-30");
        let plan = Plan::of(asked, &changed);
        assert_eq!(plan.months, BTreeSet::from([day("2026-11-01")]));
        assert_eq!(plan.days, [(range("2026-10-01", "2026-10-31"), 1)]);
    }
}
