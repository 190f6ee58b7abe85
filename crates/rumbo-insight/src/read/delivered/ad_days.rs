//! The ad-days of an account and a day, packed in one value as what came of them is, and those of each
//! month up to some of its days added up ad by ad.
//!
//! A period is made of such sums, and of the few days that lie between them and its ends: what is too
//! much is taken away again.

mod money;
mod plan;
mod story;

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use futures::TryStreamExt;
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Error, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use self::money::{AccountMoney, money};
use self::plan::{Plan, ends};
pub(super) use self::story::AccountDay;
pub(in crate::read) use self::story::MONTH_FORMAT;
use self::story::{Asked, Replaced, Runs, Span, Stories, Told};
use super::sums::{COLUMNS, CountedSums};
use super::{SumRow, daily, earlier};
use crate::figures::Figures;
use crate::read::directory::Directory;
use crate::read::moment::EitherRow;
use crate::read::outcome::packed::{bytes, each_packed, runs, unreadable};
use crate::read::place::{Account, Place};
use crate::read::spread::{Reader, joined, side_by_side, threads_for, work_off};

statements! {
    BY_AD = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// What Meta claims for ad-days without spend.
    IDLE_BY_AD = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 AND COALESCE(d.spend_micros, 0) = 0 \
         GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// The ad-days of a day, each with the run that brought it.
    BROUGHT = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(), ", MAX(d.run) AS run \
        FROM ad_insights d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// What they said before, with the runs that brought and replaced it.
    REPLACED = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(), ", d.run, d.replaced_by_run \
        FROM ad_insight_journal d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency, d.run, d.replaced_by_run");
    /// Between which days anything was replaced.
    JOURNALED = "SELECT MIN(b.first), MAX(b.last) FROM (SELECT \
        (SELECT MIN(j.day) FROM ad_insight_journal j WHERE j.workspace_id = $1 AND j.ad_account_id = a.id) AS first, \
        (SELECT MAX(j.day) FROM ad_insight_journal j WHERE j.workspace_id = $1 AND j.ad_account_id = a.id) AS last \
        FROM ad_accounts a WHERE a.workspace_id = $1) b";
    /// The days of accounts that changed since they were packed.
    CHANGED = "SELECT DISTINCT c.kind, c.day FROM outcome_days_changed c \
        WHERE c.workspace_id = $1 AND c.day BETWEEN $2 AND $3 AND c.kind LIKE 'ads %'";
}

/// How days are packed now. Those of another format are read row by row.
pub(in crate::read) const FORMAT: i64 = 2;
/// How sums are packed now. Those of another format are not read.
pub(in crate::read) const SUMS_FORMAT: i64 = 2;

/// How what days said before is packed. Where it is packed otherwise the rows are read.
pub(in crate::read) const REPLACED_FORMAT: i64 = 1;

/// So many values are read at once, give or take an account.
const AT_ONCE: i64 = 192;

/// Before the id of the account, in the kind of its days.
const DAYS: &str = "ads ";
/// The same of the sums of its months, each at the day up to which it is.
const SUMS: &str = "ads-months ";
/// The same of what its days said before.
const REPLACED_DAYS: &str = "ads-replaced ";
/// The same of what its months are made of, each at its first day.
const MONTHS: &str = "ads-runs ";

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

/// The same of sums.
#[derive(Debug, Default, Serialize, Deserialize)]
struct PackedSums<'a> {
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

    fn each(&self) -> impl Iterator<Item = Result<(Uuid, Currency)>> {
        let ids = self.ids.chunks_exact(16).enumerate();
        ids.map(|(nth, id)| {
            let text = self.currencies.get(nth).copied().unwrap_or(0);
            let text = usize::try_from(text).ok().and_then(|at| self.texts.get(at));
            let found = Uuid::from_slice(id).ok().zip(text);
            let (ad, currency) =
                found.ok_or_else(|| Error::internal("a packed day that ends too early"))?;
            Ok((ad, Currency::of_record(currency)?))
        })
    }
}

/// The ads of the value before: most often they are the same.
#[derive(Debug, Default)]
struct Seen {
    ids: Vec<u8>,
    currencies: Vec<u32>,
    texts: Vec<String>,
}

impl Seen {
    /// Whether these are others, which are the ones before from now on.
    fn changes_to(&mut self, ads: &Ads<'_>) -> bool {
        let same =
            self.ids == ads.ids && self.texts == ads.texts && self.currencies == ads.currencies;
        if !same {
            ads.ids.clone_into(&mut self.ids);
            self.texts.clone_from(&ads.texts);
            self.currencies.clone_from(&ads.currencies);
        }
        !same
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

    /// What the ad at a place had.
    fn sums(&self, nth: usize) -> CountedSums {
        let at = |column: &[i64]| column.get(nth).copied().unwrap_or(0);
        let told = |column: &[i64]| match at(column) {
            UNKNOWN => (0, 0),
            figure => (figure, 1),
        };
        CountedSums {
            ad_days: 1,
            impressions: told(&self.impressions),
            clicks: told(&self.clicks),
            link_clicks: told(&self.link_clicks),
            spend: told(&self.spend),
            meta_leads: at(&self.meta_leads),
            meta_purchases: at(&self.meta_purchases),
            meta_purchase_value: at(&self.meta_purchase_value),
        }
    }
}

/// What is packed of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum Kind {
    Days(AdAccountId),
    Sums(AdAccountId),
    Replaced(AdAccountId),
    Months(AdAccountId),
}

impl Kind {
    /// What a word of the store names, if it is one of these.
    pub fn of(word: &str) -> Option<Self> {
        let account = |id: &str| Uuid::try_parse(id).ok().map(AdAccountId);
        if let Some(id) = word.strip_prefix(DAYS) {
            return account(id).map(Self::Days);
        }
        if let Some(id) = word.strip_prefix(REPLACED_DAYS) {
            return account(id).map(Self::Replaced);
        }
        if let Some(id) = word.strip_prefix(MONTHS) {
            return account(id).map(Self::Months);
        }
        account(word.strip_prefix(SUMS)?).map(Self::Sums)
    }

    /// The account it is of.
    pub fn account(self) -> AdAccountId {
        match self {
            Self::Days(id) | Self::Sums(id) | Self::Replaced(id) | Self::Months(id) => id,
        }
    }

    pub fn word(self) -> String {
        let kind = match self {
            Self::Days(_) => DAYS,
            Self::Sums(_) => SUMS,
            Self::Replaced(_) => REPLACED_DAYS,
            Self::Months(_) => MONTHS,
        };
        format!("{kind}{:X}", self.account().0.simple())
    }
}

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
    let mut packed = PackedDay {
        ads: Ads::of(&ids, rows.clone().map(|row| row.currency.as_str())),
        ..PackedDay::default()
    };
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

/// What is packed of a month: its sums up to some of its days, and what it is made of.
#[derive(Debug, Default)]
pub(in crate::read) struct MonthValues {
    pub sums: Vec<(NaiveDate, Option<Vec<u8>>)>,
    pub months: Option<Vec<u8>>,
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
    let kind = Kind::Days(account).word();
    each_packed(tx, workspace, &kind, month, |day, format, packed| {
        days.push((day, format, packed));
        Ok(())
    })
    .await?;
    // Before its first day a month comes to nothing, which has to be told as well.
    let begun = days.first().is_some_and(|(first, ..)| *first < since);
    let ends = ends(month).into_iter();
    let ends = ends.filter(|end| !begun || *end >= since);
    if days.is_empty() || days.iter().any(|(_, format, _)| *format != FORMAT) {
        return Ok(MonthValues {
            sums: ends.map(|end| (end, None)).collect(),
            months: None,
        });
    }
    let mut told = Told::default();
    for (day, _, packed) in &days {
        told.add(*day, packed)?;
    }
    let mut days = days.into_iter().peekable();
    let mut summed = Summed::default();
    let sums = ends.map(|end| {
        while let Some((_, _, day)) = days.next_if(|(day, ..)| *day <= end) {
            summed.add_day(&day, None, None, 1, false)?;
        }
        Ok((end, Some(summed.packed()?)))
    });
    Ok(MonthValues {
        sums: sums.collect::<Result<_>>()?,
        months: Some(told.packed()?),
    })
}

fn without_zeros(column: &mut Vec<i64>) {
    if column.iter().all(|figure| *figure == 0) {
        column.clear();
    }
}

/// The sums of an account, ad by ad.
#[derive(Debug, Default)]
struct Summed {
    sums: Vec<(Uuid, Currency, CountedSums)>,
    places: FxHashMap<(Uuid, Currency), usize>,
    seen: Seen,
    /// The places of the ads of the value before.
    of_ads: Vec<usize>,
}

impl Summed {
    fn place(&mut self, ad: Uuid, currency: Currency) -> usize {
        let new = self.sums.len();
        let place = *self.places.entry((ad, currency)).or_insert(new);
        if place == new {
            self.sums.push((ad, currency, CountedSums::default()));
        }
        place
    }

    /// Finds the places of the ads of a value.
    fn find(&mut self, ads: &Ads<'_>) -> Result<()> {
        if !self.seen.changes_to(ads) {
            return Ok(());
        }
        self.of_ads.clear();
        for ad in ads.each() {
            let (ad, currency) = ad?;
            let place = self.place(ad, currency);
            self.of_ads.push(place);
        }
        Ok(())
    }

    /// Adds a packed day, or with −1 takes it away; as of a run with what of it was replaced since.
    fn add_day(
        &mut self,
        day: &[u8],
        replaced: Option<&Vec<u8>>,
        run: Option<i64>,
        sign: i64,
        only_idle: bool,
    ) -> Result<()> {
        let (packed, runs) = match run {
            None => (postcard::from_bytes(day).map_err(unreadable)?, None),
            Some(run) => {
                let (packed, runs) = Runs::read(day)?;
                (packed, Some((runs, run)))
            }
        };
        let packed: PackedDay<'_> = packed;
        self.find(&packed.ads)?;
        for (nth, place) in self.of_ads.iter().enumerate() {
            if runs.as_ref().is_some_and(|(runs, run)| runs.at(nth) > *run) {
                continue;
            }
            let day = packed.sums(nth);
            if only_idle && day.spend.0 != 0 {
                continue;
            }
            if let Some((_, _, sums)) = self.sums.get_mut(*place) {
                sums.add(&day, sign)?;
            }
        }
        if let Some((replaced, run)) = replaced.zip(run) {
            let (packed, runs) = Replaced::read(replaced)?;
            for (nth, ad) in packed.ads.each().enumerate() {
                if !runs.held(nth, run) {
                    continue;
                }
                let day = packed.sums(nth);
                if only_idle && day.spend.0 != 0 {
                    continue;
                }
                let (ad, currency) = ad?;
                self.add_row(ad, currency, &day, sign)?;
            }
        }
        Ok(())
    }

    /// The same of one row.
    fn add_row(
        &mut self,
        ad: Uuid,
        currency: Currency,
        row: &CountedSums,
        sign: i64,
    ) -> Result<()> {
        let place = self.place(ad, currency);
        match self.sums.get_mut(place) {
            Some((_, _, sums)) => sums.add(row, sign),
            None => Ok(()),
        }
    }

    /// The same of packed sums.
    fn add_sums(&mut self, packed: &[u8], sign: i64) -> Result<()> {
        let packed: PackedSums<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        self.find(&packed.ads)?;
        for (nth, place) in self.of_ads.iter().enumerate() {
            let Some((_, _, sums)) = self.sums.get_mut(*place) else {
                continue;
            };
            let mut other = CountedSums::default();
            for (figure, column) in other.columns_mut().into_iter().zip(&packed.columns) {
                *figure = column.get(nth).copied().unwrap_or(0);
            }
            sums.add(&other, sign)?;
        }
        Ok(())
    }

    /// They themselves as they are packed.
    fn packed(&self) -> Result<Vec<u8>> {
        let mut sums: Vec<&(Uuid, Currency, CountedSums)> = self.sums.iter().collect();
        sums.sort_by_key(|(ad, currency, _)| (*ad, *currency));
        let ids: Vec<u8> = sums.iter().flat_map(|(ad, ..)| ad.into_bytes()).collect();
        let mut packed = PackedSums {
            ads: Ads::of(&ids, sums.iter().map(|(_, currency, _)| currency.code())),
            ..PackedSums::default()
        };
        for (_, _, sums) in sums {
            for (column, figure) in packed.columns.iter_mut().zip(sums.columns()) {
                column.push(figure);
            }
        }
        packed.columns.iter_mut().for_each(without_zeros);
        bytes(&packed)
    }
}

/// What is packed of an account and not added up yet.
#[derive(Debug)]
struct Parts<'a> {
    account: &'a Account,
    /// As of which run; now without one.
    run: Option<i64>,
    sums: Vec<(Vec<u8>, i64)>,
    days: Vec<(NaiveDate, Vec<u8>, i64)>,
    /// What days said before.
    replaced: FxHashMap<NaiveDate, Vec<u8>>,
    /// Those whose rows are to be read themselves.
    unpacked: BTreeSet<NaiveDate>,
    /// A day that is to be taken away is not packed as it is now: what is read row by row is added.
    lacks: bool,
}

impl<'a> Parts<'a> {
    /// Those of some accounts; one is missing when its sums are not there as they were planned.
    async fn read(
        tx: &mut Tx,
        place: &Place,
        run: Option<i64>,
        accounts: &[Asked<'a>],
    ) -> Result<Vec<Self>> {
        let mut asked = Vec::new();
        for Asked {
            account,
            plan,
            replaced,
            ..
        } in accounts
        {
            let sums = plan.sums.iter().map(|(day, sign)| {
                let (from, to) = (*day, *day);
                (Kind::Sums(account.id), DateRange { from, to }, *sign)
            });
            let days = plan.days.iter();
            let days = days.map(|(range, sign)| (Kind::Days(account.id), *range, *sign));
            let replaced = runs(replaced).into_iter();
            let replaced =
                replaced.map(|(from, to)| (Kind::Replaced(account.id), DateRange { from, to }, 1));
            asked.extend(sums.chain(days).chain(replaced));
        }
        let mut parts: FxHashMap<AdAccountId, Self> = accounts
            .iter()
            .map(|asked| (asked.account.id, Self::of(asked, run)))
            .collect();
        let take = |nth: i64, day: NaiveDate, format: i64, packed: Vec<u8>| {
            let of = usize::try_from(nth).ok().and_then(|nth| asked.get(nth));
            let Some((kind, _, sign)) = of else { return };
            let Some(parts) = parts.get_mut(&kind.account()) else {
                return;
            };
            match kind {
                Kind::Sums(_) if format == SUMS_FORMAT => parts.sums.push((packed, *sign)),
                Kind::Days(_) if !parts.unpacked.contains(&day) => {
                    if format == FORMAT {
                        parts.days.push((day, packed, *sign));
                    } else if *sign > 0 {
                        parts.unpacked.insert(day);
                    } else {
                        parts.lacks = true;
                    }
                }
                Kind::Replaced(_) if format == REPLACED_FORMAT => {
                    parts.replaced.insert(day, packed);
                }
                _ => {}
            }
        };
        each_of(tx, place.workspace, &asked, take).await?;
        let mut whole = Vec::with_capacity(accounts.len());
        for asked in accounts {
            let Some(mut parts) = parts.remove(&asked.account.id) else {
                continue;
            };
            let there = &parts.replaced;
            let missing = asked
                .replaced
                .iter()
                .filter(|day| !there.contains_key(*day));
            let missing: BTreeSet<NaiveDate> = missing.copied().collect();
            parts.days.retain(|(day, ..)| !missing.contains(day));
            parts.unpacked.extend(missing);
            if parts.are_of(&asked.plan) {
                whole.push(parts);
            }
        }
        Ok(whole)
    }

    /// Nothing yet but the days that are to be read row by row.
    fn of(asked: &Asked<'a>, run: Option<i64>) -> Self {
        Self {
            account: asked.account,
            run,
            sums: Vec::new(),
            days: Vec::new(),
            replaced: FxHashMap::default(),
            unpacked: asked.unpacked.clone(),
            lacks: false,
        }
    }

    /// Whether everything is there as it was planned.
    fn are_of(&self, plan: &Plan) -> bool {
        self.sums.len() == plan.sums.len() && !self.lacks
    }

    fn bytes(&self) -> usize {
        let sums = self.sums.iter().map(|(packed, _)| packed.len());
        let days = self.days.iter().map(|(_, packed, _)| packed.len());
        let replaced = self.replaced.values().map(Vec::len);
        sums.chain(days).chain(replaced).sum()
    }

    fn sum(&self, only_idle: bool) -> Result<Summed> {
        let mut summed = Summed::default();
        for (packed, sign) in &self.sums {
            summed.add_sums(packed, *sign)?;
        }
        for (day, packed, sign) in &self.days {
            let replaced = self.replaced.get(day);
            summed.add_day(packed, replaced, self.run, *sign, only_idle)?;
        }
        Ok(summed)
    }

    /// Has each ad of each day go through the reader.
    fn each(
        &self,
        directory: &Directory,
        only_idle: bool,
        reader: &mut impl Reader<daily::Row>,
    ) -> Result<()> {
        let mut seen = Seen::default();
        let mut in_order: Vec<(usize, Uuid, Currency)> = Vec::new();
        let mut merged: Vec<(Uuid, Currency, CountedSums)> = Vec::new();
        for (day, packed, _) in &self.days {
            let (packed, runs) = match self.run {
                None => (postcard::from_bytes(packed).map_err(unreadable)?, None),
                Some(run) => {
                    let (packed, runs) = Runs::read(packed)?;
                    (packed, Some((runs, run)))
                }
            };
            let packed: PackedDay<'_> = packed;
            if seen.changes_to(&packed.ads) {
                let ads = packed.ads.each().enumerate();
                let ads = ads.map(|(nth, ad)| ad.map(|(ad, currency)| (nth, ad, currency)));
                in_order = ads.collect::<Result<_>>()?;
                in_order.sort_by_cached_key(|(_, ad, _)| daily::within_day(AdId(*ad), directory));
            }
            merged.clear();
            for (nth, id, currency) in &in_order {
                if runs
                    .as_ref()
                    .is_none_or(|(runs, run)| runs.at(*nth) <= *run)
                {
                    merged.push((*id, *currency, packed.sums(*nth)));
                }
            }
            if let Some((replaced, run)) = self.replaced.get(day).zip(self.run) {
                let (packed, runs) = Replaced::read(replaced)?;
                for (nth, ad) in packed.ads.each().enumerate() {
                    if runs.held(nth, run) {
                        let (id, currency) = ad?;
                        merged.push((id, currency, packed.sums(nth)));
                    }
                }
                merged.sort_by_cached_key(|(ad, ..)| daily::within_day(AdId(*ad), directory));
            }
            for (id, currency, sums) in &merged {
                if only_idle && sums.spend.0 != 0 {
                    continue;
                }
                reader.row(&daily::Row {
                    id: *id,
                    account: self.account.id,
                    currency: *currency,
                    day: *day,
                    figures: sums.figures(),
                })?;
            }
        }
        Ok(())
    }
}

/// Goes through what is packed of some kinds on some days, with which of these it is.
async fn each_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    asked: &[(Kind, DateRange, i64)],
    mut take: impl FnMut(i64, NaiveDate, i64, Vec<u8>),
) -> Result<()> {
    if asked.is_empty() {
        return Ok(());
    }
    on_tx!(tx, |c| {
        // All at once: going to the store for each account takes longer than what is read.
        let mut text = sqlx::QueryBuilder::<DB>::new("WITH v (nth, kind, first, last) AS (");
        text.push_values((0_i64..).zip(asked), |mut row, (nth, (kind, range, _))| {
            row.push_bind(nth)
                .push_bind(kind.word())
                .push_bind(range.from)
                .push_bind(range.to);
        });
        text.push(
            ") SELECT v.nth, p.day, p.format, p.packed FROM v CROSS JOIN outcome_days p \
             WHERE p.kind = v.kind AND p.day BETWEEN v.first AND v.last AND p.workspace_id = ",
        );
        text.push_bind(workspace);
        let mut rows = text
            .build_query_as::<(i64, NaiveDate, i64, Vec<u8>)>()
            .persistent(false)
            .fetch(c);
        while let Some((nth, day, format, packed)) = rows.try_next().await.db()? {
            take(nth, day, format, packed);
        }
    });
    Ok(())
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
pub(super) async fn read<T>(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
    only_idle: bool,
    of: impl Fn(AdAccountId, Uuid, Currency, Figures) -> T,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let Some(stories) = Stories::read(tx, place, accounts, range).await? else {
        return Ok(found);
    };
    let mut rest = accounts;
    while !rest.is_empty() {
        let mut asked = Vec::new();
        let mut values = 0;
        while let Some((account, others)) = rest.split_first()
            && values < AT_ONCE
        {
            rest = others;
            let of_account = stories.asked(account, only_idle);
            values += of_account.plan.values();
            asked.push(of_account);
        }
        let mut batch = Parts::read(tx, place, stories.run, &asked).await?;
        if batch.len() < asked.len() {
            let there: BTreeSet<AdAccountId> = batch.iter().map(|parts| parts.account.id).collect();
            for Asked { account, .. } in &asked {
                if !there.contains(&account.id) {
                    let by_day = [stories.asked(account, true)];
                    batch.append(&mut Parts::read(tx, place, stories.run, &by_day).await?);
                }
            }
        }
        let size = batch.iter().map(Parts::bytes).sum();
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
            for (from, to) in runs(&parts.unpacked) {
                let range = DateRange { from, to };
                let account = parts.account.id;
                for row in rows_by_ad(tx, place, range, account, only_idle).await? {
                    let currency = Currency::of_record(&row.currency)?;
                    summed.add_row(row.id, currency, &CountedSums::of(&row.figures()), 1)?;
                }
            }
            let sums = summed.sums.into_iter();
            let sums = sums.filter(|(_, _, sums)| sums.ad_days > 0);
            found.extend(
                sums.map(|(ad, currency, sums)| of(parts.account.id, ad, currency, sums.figures())),
            );
        }
    }
    Ok(found)
}

/// The rows of an account themselves, by ad.
async fn rows_by_ad(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    account: AdAccountId,
    only_idle: bool,
) -> Result<Vec<SumRow>> {
    let Some(moment) = place.moment else {
        let text = if only_idle { IDLE_BY_AD } else { BY_AD };
        return super::sums_under(tx, place, range, text, account.0).await;
    };
    let rows = earlier::ad_days(tx, place, moment, range, account).await?;
    let rows = rows.into_iter().map(|row| row.of);
    Ok(rows.filter(|row| !only_idle || row.is_idle()).collect())
}

/// Has every ad of each day of these accounts go through the reader, or those on which nothing was spent.
/// An account's day comes whole to one reader, in the order of [`daily::within_day`].
pub(super) async fn each<R: Reader<daily::Row>>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    accounts: &[&Account],
    range: DateRange,
    only_idle: bool,
    reader: R,
) -> Result<R> {
    let packed = |parts: &Parts<'_>, reader: &mut R| parts.each(directory, only_idle, reader);
    let (mut reader, unpacked) = through(tx, place, accounts, range, reader, packed).await?;
    for (account, range) in unpacked {
        let each = |row: &daily::Row| reader.row(row);
        daily::of_account(tx, place, directory, account, range, only_idle, each).await?;
    }
    Ok(reader)
}

/// Days of accounts that are not packed as they are now.
type Unpacked = Vec<(AdAccountId, DateRange)>;

/// Goes through the packed days of these accounts on as many threads as the reader allows. The rows of the
/// others are to be read themselves.
async fn through<Row, R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
    reader: R,
    packed: impl Fn(&Parts<'_>, &mut R) -> Result<()> + Sync,
) -> Result<(R, Unpacked)> {
    let Some(stories) = Stories::read(tx, place, accounts, range).await? else {
        return Ok((reader, Vec::new()));
    };
    let asked = accounts.iter().map(|account| stories.asked(account, true));
    let asked: Vec<_> = asked.collect();
    let asked = (asked.as_slice(), stories.days());
    gone_through(tx, place, asked, stories.run, reader, packed).await
}

/// The same of what is to be read of each account, which is so many days or fewer.
async fn gone_through<Row, R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    (asked, days): (&[Asked<'_>], i64),
    run: Option<i64>,
    reader: R,
    packed: impl Fn(&Parts<'_>, &mut R) -> Result<()> + Sync,
) -> Result<(R, Unpacked)> {
    let at_once = usize::try_from(AT_ONCE / days.max(1)).unwrap_or(1);
    let mut readers = side_by_side(reader);
    let mut unpacked = Vec::new();
    for asked in asked.chunks(at_once.max(1)) {
        let batch = Parts::read(tx, place, run, asked).await?;
        let size = batch.iter().map(Parts::bytes).sum();
        let workers = readers.iter_mut().take(threads_for(size)).collect();
        work_off(&batch, workers, |reader: &mut R, parts: &Parts<'_>| {
            packed(parts, reader)
        })?;
        for parts in &batch {
            let days = runs(&parts.unpacked).into_iter();
            let account = parts.account.id;
            unpacked.extend(days.map(|(from, to)| (account, DateRange { from, to })));
        }
    }
    Ok((joined(readers)?, unpacked))
}

/// As of a moment: what each of these accounts came to, day by day.
pub(super) async fn by_account_day(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
) -> Result<Vec<AccountDay>> {
    let Some(stories) = Stories::read(tx, place, accounts, range).await? else {
        return Ok(Vec::new());
    };
    let (mut found, mut asked, mut most) = (Vec::new(), Vec::new(), 0);
    for account in accounts {
        let (mut resting, others) = stories.resting(account);
        found.append(&mut resting);
        most = most.max(others.plan.values());
        asked.push(others);
    }
    let (none, sums) = (Directory::default(), AccountSums::default());
    let asked = (asked.as_slice(), most);
    let packed = |parts: &Parts<'_>, sums: &mut AccountSums| parts.each(&none, false, sums);
    let (mut sums, unpacked) = gone_through(tx, place, asked, stories.run, sums, packed).await?;
    for (account, range) in unpacked {
        let each = |row: &daily::Row| sums.row(row);
        daily::of_account(tx, place, &none, account, range, false, each).await?;
    }
    found.extend(
        sums.0
            .into_iter()
            .map(|((account, day, currency), sums)| AccountDay {
                account,
                day,
                currency,
                sums,
            }),
    );
    Ok(found)
}

/// Adds up the ads of each account's day.
#[derive(Debug, Default)]
struct AccountSums(FxHashMap<(AdAccountId, NaiveDate, Currency), CountedSums>);

impl Reader<daily::Row> for AccountSums {
    fn row(&mut self, row: &daily::Row) -> Result<()> {
        let sums = self.0.entry((row.account, row.day, row.currency));
        sums.or_default().add(&CountedSums::of(&row.figures), 1)
    }

    fn apart(&self) -> Option<Self> {
        Some(Self::default())
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (key, sums) in other.0 {
            self.0.entry(key).or_default().add(&sums, 1)?;
        }
        Ok(())
    }
}
