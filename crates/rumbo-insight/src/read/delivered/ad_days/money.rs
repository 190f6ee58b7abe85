//! The money of ad-days, an account's day at once, for those who value every day by a rate of its own.
//!
//! It is packed once more, a month of an account in one value: what is spent is a fourth of what a day
//! says, and the ids of the ads are told once.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Error, Micros, Result};
use rumbo_db::Tx;
use rustc_hash::FxHashMap;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::format::{Ads, Content, Kind, Seen, UNKNOWN, without_zeros};
use super::story::Stories;
use super::{
    AT_ONCE, DaysOfAccounts, Parts, Stored, Unpacked, bytes, changed, each_of, gone_through,
    through,
};
use crate::read::delivered::daily;
use crate::read::directory::Directory;
use crate::read::outcome::packed::{runs, unreadable};
use crate::read::place::{Account, Place};
use crate::read::spread::{Apart, Backlog, Fed, InOrder, Reader, joined, side_by_side};

/// How the money of months is packed now. Where it is packed otherwise the days are read.
pub(super) const MONEY_FORMAT: i64 = 1;

/// Most currencies are spent in hundredths: figures are told in these where all of a month are.
const HUNDREDTH: i64 = 10_000;

/// What was spent on the ads or campaigns of an account on a day, and the value of the purchases that Meta
/// claims.
#[derive(Clone, Debug)]
pub(crate) struct AccountMoney {
    pub account: AdAccountId,
    pub day: NaiveDate,
    /// In the order of [`daily::within_day`]; the very same as of the day before where they did not change.
    pub objects: Objects,
    /// Of each of these.
    pub money: Vec<(Option<Micros>, Micros)>,
}

impl AccountMoney {
    /// Of no day yet.
    fn none(account: AdAccountId) -> Self {
        Self {
            account,
            day: NaiveDate::default(),
            objects: Arc::default(),
            money: Vec::new(),
        }
    }
}

/// Ads or campaigns, each with its currency.
pub(crate) type Objects = Arc<Vec<(Uuid, Currency)>>;

/// A packed day of which only the money is kept.
#[derive(Debug, Deserialize)]
struct PackedMoney<'a> {
    #[serde(borrow)]
    ads: Ads<'a>,
    _impressions: Passed,
    _clicks: Passed,
    _link_clicks: Passed,
    spend: Vec<i64>,
    _meta_leads: Passed,
    _meta_purchases: Passed,
    meta_purchase_value: Vec<i64>,
}

impl PackedMoney<'_> {
    /// What was spent on the ad at a place, and the value of its purchases.
    fn of(&self, nth: usize) -> (Option<i64>, i64) {
        let at = |column: &[i64]| column.get(nth).copied().unwrap_or(0);
        let spend = Some(at(&self.spend)).filter(|spend| *spend != UNKNOWN);
        (spend, at(&self.meta_purchase_value))
    }
}

/// A column that is gone over.
#[derive(Debug)]
struct Passed;

impl<'de> Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Over;
        impl<'de> Visitor<'de> for Over {
            type Value = Passed;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a column of figures")
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut figures: A,
            ) -> std::result::Result<Passed, A::Error> {
                while figures.next_element::<i64>()?.is_some() {}
                Ok(Passed)
            }
        }
        from.deserialize_seq(Over)
    }
}

/// The money of a month of an account.
#[derive(Debug, Serialize, Deserialize)]
struct PackedMonth<'a> {
    /// All that have any in the month.
    #[serde(borrow)]
    ads: Ads<'a>,
    /// So many micros is what is counted.
    unit: i64,
    /// Days of the month, each with its [`MonthDay`]: those that are not asked for are gone over.
    #[serde(borrow)]
    days: Vec<(u32, &'a [u8])>,
}

/// The money of each ad on a day. A column in which all is 0 is empty.
#[derive(Debug, Default, Serialize, Deserialize)]
struct MonthDay {
    /// 0 where it is not told, and one more than it is where it is not below 0.
    spend: Vec<i64>,
    meta_purchase_value: Vec<i64>,
}

impl MonthDay {
    fn told(spend: Option<i64>) -> i64 {
        spend.map_or(0, |spend| {
            if spend < 0 {
                spend
            } else {
                spend.saturating_add(1)
            }
        })
    }

    fn of(&self, nth: usize, unit: i64) -> Result<(Option<Micros>, Micros)> {
        let at = |column: &[i64]| column.get(nth).copied().unwrap_or(0);
        let micros = |count: i64| {
            let micros = count.checked_mul(unit).map(Micros);
            micros.ok_or_else(|| Error::internal("a packed month of too much money"))
        };
        let spend = match at(&self.spend) {
            0 => None,
            told if told < 0 => Some(told),
            told => Some(told - 1),
        };
        Ok((
            spend.map(micros).transpose()?,
            micros(at(&self.meta_purchase_value))?,
        ))
    }
}

/// Takes in the packed days of a month.
#[derive(Debug, Default)]
pub(super) struct MonthMoney {
    places: FxHashMap<(Uuid, Currency), usize>,
    ads: Vec<(Uuid, Currency)>,
    days: Vec<(NaiveDate, Vec<OfAd>)>,
}

/// The money of the ad at a place on a day.
#[derive(Clone, Copy, Debug)]
struct OfAd {
    place: usize,
    spend: Option<i64>,
    value: i64,
}

impl MonthMoney {
    pub fn add(&mut self, day: NaiveDate, packed: &[u8]) -> Result<()> {
        let packed: PackedMoney<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        let mut money = Vec::new();
        for (nth, ad) in packed.ads.each().enumerate() {
            let ad = ad?;
            let (spend, value) = packed.of(nth);
            if spend.is_none() && value == 0 {
                continue;
            }
            let new = self.ads.len();
            let place = *self.places.entry(ad).or_insert(new);
            if place == new {
                self.ads.push(ad);
            }
            money.push(OfAd {
                place,
                spend,
                value,
            });
        }
        self.days.push((day, money));
        Ok(())
    }

    pub fn packed(self) -> Result<Vec<u8>> {
        let mut order: Vec<usize> = (0..self.ads.len()).collect();
        order.sort_by_key(|place| self.ads.get(*place));
        let mut nth_of = vec![0; order.len()];
        for (nth, place) in order.iter().enumerate() {
            if let Some(of) = nth_of.get_mut(*place) {
                *of = nth;
            }
        }
        let amounts = self.days.iter().flat_map(|(_, money)| money);
        let whole = |amount: i64| amount % HUNDREDTH == 0;
        let mut amounts = amounts.flat_map(|of| [of.spend.unwrap_or(0), of.value]);
        let in_hundredths = amounts.all(whole);
        let unit = if in_hundredths { HUNDREDTH } else { 1 };
        let mut days = Vec::new();
        for (day, money) in &self.days {
            let mut of_day = MonthDay {
                spend: vec![0; order.len()],
                meta_purchase_value: vec![0; order.len()],
            };
            for of in money {
                let nth = nth_of.get(of.place).copied().unwrap_or(0);
                if let (Some(own_spend), Some(own_value)) = (
                    of_day.spend.get_mut(nth),
                    of_day.meta_purchase_value.get_mut(nth),
                ) {
                    *own_spend = MonthDay::told(of.spend.map(|spend| spend / unit));
                    *own_value = of.value / unit;
                }
            }
            without_zeros(&mut of_day.spend);
            without_zeros(&mut of_day.meta_purchase_value);
            days.push((day.day(), bytes(&of_day)?));
        }
        let ads = order.iter().filter_map(|place| self.ads.get(*place));
        let ids: Vec<u8> = ads.clone().flat_map(|(ad, _)| ad.into_bytes()).collect();
        bytes(&PackedMonth {
            ads: Ads::of(&ids, ads.map(|(_, currency)| currency.code())),
            unit,
            days: days.iter().map(|(day, of)| (*day, of.as_slice())).collect(),
        })
    }
}

/// Months of an account.
struct OfAccount {
    account: AdAccountId,
    months: Vec<Month>,
}

/// Days of a month, with the money of the month as it is packed.
struct Month {
    days: DateRange,
    /// Those that are told otherwise.
    but: BTreeSet<NaiveDate>,
    packed: Vec<u8>,
}

impl OfAccount {
    fn each(&self, directory: &Directory, reader: &mut impl Reader<AccountMoney>) -> Result<()> {
        let mut seen = Seen::default();
        let mut order: Vec<usize> = Vec::new();
        let mut of = AccountMoney::none(self.account);
        for month in &self.months {
            let packed: PackedMonth<'_> =
                postcard::from_bytes(&month.packed).map_err(unreadable)?;
            if seen.changes_to(&packed.ads) {
                (order, of.objects) = in_order(&packed.ads, directory)?;
            }
            for (day, money) in packed.days {
                let Some(day) = month.days.from.with_day(day) else {
                    continue;
                };
                if !month.days.contains(day) || month.but.contains(&day) {
                    continue;
                }
                let money: MonthDay = postcard::from_bytes(money).map_err(unreadable)?;
                of.day = day;
                of.money.clear();
                for nth in &order {
                    of.money.push(money.of(*nth, packed.unit)?);
                }
                reader.row(&of)?;
            }
        }
        Ok(())
    }
}

/// The places of ads in the order in which they stand within their day, and they themselves.
fn in_order(ads: &Ads<'_>, directory: &Directory) -> Result<(Vec<usize>, Objects)> {
    let ads: Vec<(Uuid, Currency)> = ads.each().collect::<Result<_>>()?;
    let mut in_order: Vec<_> = ads.into_iter().enumerate().collect();
    in_order.sort_by_cached_key(|(_, (ad, _))| daily::within_day(AdId(*ad), directory));
    let order = in_order.iter().map(|(nth, _)| *nth).collect();
    let ads = in_order.into_iter().map(|(_, ad)| ad);
    Ok((order, Arc::new(ads.collect())))
}

/// Has every day of these accounts go through the reader, whole, as packed months and days tell it.
pub(crate) async fn money<R: Reader<AccountMoney> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    accounts: &[&Account],
    range: DateRange,
    reader: R,
) -> Result<R> {
    if place.moment.is_some() {
        return money_then(tx, place, directory, accounts, range, reader).await;
    }
    let changed = changed(tx, place, range, Content::Figures).await?;
    let asked_for = (accounts, range);
    let (mut reader, untold) = months(tx, place, directory, asked_for, &changed, reader).await?;
    let mut themselves = untold.but;
    for (days, accounts) in untold.none {
        let packed = |parts: &Parts<'_>, reader: &mut R| of_parts(parts, directory, reader);
        let asked = (accounts.as_slice(), days, Content::Figures);
        let (read, unpacked) = through(tx, place, asked, reader, packed).await?;
        reader = read;
        themselves.extend(unpacked);
    }
    of_rows(tx, place, directory, themselves, reader).await
}

/// The same as of a moment: most days are as they were.
async fn money_then<R: Reader<AccountMoney> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    accounts: &[&Account],
    range: DateRange,
    reader: R,
) -> Result<R> {
    let Some(stories) = Stories::read(tx, place, accounts, range, Content::Figures).await? else {
        return Ok(reader);
    };
    let mut others = DaysOfAccounts::new();
    let mut asked = Vec::new();
    for account in accounts {
        let (resting, asked_of) = stories.resting(account);
        let mut days: BTreeSet<NaiveDate> = stories.range.iter().collect();
        for resting in resting {
            days.remove(&resting.day);
        }
        others.insert(account.id, days);
        asked.push(asked_of);
    }
    let asked_for = (accounts, stories.range);
    let (reader, untold) = months(tx, place, directory, asked_for, &others, reader).await?;
    // Of a month whose money is not there the days are read that would have been in it.
    for (days, accounts) in untold.none {
        for account in accounts {
            let others = others.get(&account.id);
            let rests = |day: &NaiveDate| others.is_none_or(|others| !others.contains(day));
            let resting = runs(&days.iter().filter(rests).collect()).into_iter();
            if let Some(asked) = asked
                .iter_mut()
                .find(|asked| asked.account.id == account.id)
            {
                asked.plan.days.extend(resting.map(|days| (days, 1)));
            }
        }
    }
    let most = asked.iter().map(|asked| asked.plan.values()).max();
    let asked = (asked.as_slice(), most.unwrap_or(0));
    let packed = |parts: &Parts<'_>, reader: &mut R| {
        let mut day = Rows::default();
        let mut rows = InOrder(|row: &daily::Row| day.row(row, reader));
        parts.each(directory, false, &mut rows)?;
        day.over(reader)
    };
    let (reader, unpacked) = gone_through(tx, place, asked, stories.run, reader, packed).await?;
    of_rows(tx, place, directory, unpacked, reader).await
}

/// What months of accounts do not tell.
#[derive(Default)]
struct Untold<'a> {
    /// Days of months that are told.
    but: Unpacked,
    /// Of which nothing is packed, with the days that are asked for of these.
    none: Vec<(DateRange, Vec<&'a Account>)>,
}

/// Packed months of accounts, gone through as they are read.
struct Months<'a, 'w, R, F> {
    accounts: &'a [&'a Account],
    range: DateRange,
    /// Days that are told otherwise.
    but: &'a DaysOfAccounts,
    /// Of which accounts and months the money is there, each by its first day.
    told: HashSet<(AdAccountId, NaiveDate)>,
    backlog: Backlog<'w, OfAccount, R, F>,
}

impl<R: Send, F: Fn(&mut R, &OfAccount) -> Result<()> + Sync + Send> Fed<Stored>
    for Months<'_, '_, R, F>
{
    fn take(&mut self, (nth, first, format, packed): Stored) -> Result<()> {
        let account = usize::try_from(nth).ok();
        let account = account.and_then(|nth| self.accounts.get(nth));
        let Some(account) = account.filter(|_| format == MONEY_FORMAT) else {
            return Ok(());
        };
        let month = DateRange::month_of(first);
        let days = DateRange {
            from: month.from.max(self.range.from),
            to: month.to.min(self.range.to),
        };
        let bytes = packed.len();
        self.told.insert((account.id, first));
        let month = Month {
            days,
            but: days_of(self.but, account, days),
            packed,
        };
        // One after the other its ads are looked for once.
        match self.backlog.last() {
            Some(last) if last.account == account.id => last.months.push(month),
            _ => self.backlog.push(OfAccount {
                account: account.id,
                months: vec![month],
            }),
        }
        self.backlog.weighs(bytes)
    }

    fn work(&mut self) -> Result<bool> {
        self.backlog.work_on_one()
    }
}

/// Those of some days of an account.
fn days_of(of: &DaysOfAccounts, account: &Account, days: DateRange) -> BTreeSet<NaiveDate> {
    let of = of.get(&account.id).into_iter();
    let of = of.flat_map(|of| of.range(days.from..=days.to));
    of.copied().collect()
}

/// Has the days that packed months tell go through the reader, but for some of each account.
async fn months<'a, R: Reader<AccountMoney> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    (accounts, range): (&[&'a Account], DateRange),
    but: &DaysOfAccounts,
    reader: R,
) -> Result<(R, Untold<'a>)> {
    let mut readers = side_by_side(reader);
    let mut untold = Untold::default();
    let firsts = DateRange {
        from: DateRange::month_of(range.from).from,
        to: DateRange::month_of(range.to).from,
    };
    let mut told = HashSet::new();
    let at_once = usize::try_from(AT_ONCE).unwrap_or(1);
    for accounts in accounts.chunks(at_once) {
        let kinds = accounts.iter().map(|account| Kind::Money(account.id));
        let wanted: Vec<_> = kinds.map(|kind| (kind, firsts, 1)).collect();
        let mut months = Months {
            accounts,
            range,
            but,
            told,
            backlog: Backlog::new(&mut readers, |reader: &mut R, of: &OfAccount| {
                of.each(directory, reader)
            }),
        };
        each_of(tx, place.workspace, &wanted, &mut months).await?;
        months.backlog.work_off()?;
        told = months.told;
    }
    for days in range.by_month() {
        let first = DateRange::month_of(days.from).from;
        let (there, none): (Vec<_>, Vec<_>) = accounts
            .iter()
            .partition(|account| told.contains(&(account.id, first)));
        for account in there {
            let but = runs(&days_of(but, account, days)).into_iter();
            untold.but.extend(but.map(|days| (account.id, days)));
        }
        if !none.is_empty() {
            untold.none.push((days, none));
        }
    }
    Ok((joined(readers)?, untold))
}

/// Has the rows of days that are not packed go through the reader, each day whole.
async fn of_rows<R: Reader<AccountMoney>>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    days: Unpacked,
    mut reader: R,
) -> Result<R> {
    for (account, range) in days {
        let mut day = Rows::default();
        let each = |row: &daily::Row| day.row(row, &mut reader);
        daily::of_account(tx, place, directory, account, range, false, each).await?;
        day.over(&mut reader)?;
    }
    Ok(reader)
}

fn of_parts(
    parts: &Parts<'_>,
    directory: &Directory,
    reader: &mut impl Reader<AccountMoney>,
) -> Result<()> {
    let mut seen = Seen::default();
    let mut order: Vec<usize> = Vec::new();
    let mut of = AccountMoney::none(parts.account.id);
    for (day, packed, _) in &parts.values.days {
        let packed: PackedMoney<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        if seen.changes_to(&packed.ads) {
            (order, of.objects) = in_order(&packed.ads, directory)?;
        }
        of.day = *day;
        of.money.clear();
        of.money.extend(order.iter().map(|nth| {
            let (spend, value) = packed.of(*nth);
            (spend.map(Micros), Micros(value))
        }));
        reader.row(&of)?;
    }
    Ok(())
}

/// Makes days of rows that come in their order.
#[derive(Debug, Default)]
struct Rows {
    at: Option<(AdAccountId, NaiveDate)>,
    ads: Vec<(Uuid, Currency)>,
    money: Vec<(Option<Micros>, Micros)>,
}

impl Rows {
    fn row(&mut self, row: &daily::Row, reader: &mut impl Reader<AccountMoney>) -> Result<()> {
        let at = (row.account, row.day);
        if self.at != Some(at) {
            self.over(reader)?;
            self.at = Some(at);
        }
        self.ads.push((row.id, row.currency));
        let figures = &row.figures;
        self.money
            .push((figures.spend, figures.meta_purchase_value));
        Ok(())
    }

    /// The day is whole.
    fn over(&mut self, reader: &mut impl Reader<AccountMoney>) -> Result<()> {
        let Some((account, day)) = self.at.take() else {
            return Ok(());
        };
        reader.row(&AccountMoney {
            account,
            day,
            objects: Arc::new(std::mem::take(&mut self.ads)),
            money: std::mem::take(&mut self.money),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::PackedDay;
    use super::*;

    fn packed_day(ads: &[u128], money: &[(i64, i64)]) -> Vec<u8> {
        let ids: Vec<u8> = ads
            .iter()
            .flat_map(|ad| Uuid::from_u128(*ad).into_bytes())
            .collect();
        let mut day = PackedDay::of(Ads::of(&ids, ads.iter().map(|_| "USD")));
        let [_, _, _, spend, _, _, value] = day.columns();
        for (of_spend, of_value) in money {
            spend.push(*of_spend);
            value.push(*of_value);
        }
        day.columns().into_iter().for_each(without_zeros);
        bytes(&day).unwrap()
    }

    /// Ads come and go, spend is not told, is 0, is below 0, and has parts of a hundredth.
    #[test]
    fn a_month_gives_back_the_money_of_its_days() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
        for part in [0, 1] {
            let mut month = MonthMoney::default();
            let first = packed_day(&[7, 9], &[(120_000 + part, 0), (UNKNOWN, 30_000)]);
            month.add(date(3), &first).unwrap();
            let second = packed_day(&[2, 9], &[(0, 0), (-50_000, 10_000)]);
            month.add(date(31), &second).unwrap();
            let packed = month.packed().unwrap();
            let read: PackedMonth<'_> = postcard::from_bytes(&packed).unwrap();
            assert_eq!(read.unit, if part == 0 { HUNDREDTH } else { 1 });
            let ads: Vec<u128> = read.ads.each().map(|ad| ad.unwrap().0.as_u128()).collect();
            assert_eq!(ads, [2, 7, 9]);
            let days: Vec<_> = read
                .days
                .iter()
                .map(|(day, money)| {
                    let money: MonthDay = postcard::from_bytes(money).unwrap();
                    let of = |nth| money.of(nth, read.unit).unwrap();
                    (*day, [of(0), of(1), of(2)])
                })
                .collect();
            let none = (None, Micros::ZERO);
            let spent = |spend, value| (Some(Micros(spend)), Micros(value));
            let expected = [
                (3, [none, spent(120_000 + part, 0), (None, Micros(30_000))]),
                (31, [spent(0, 0), none, spent(-50_000, 10_000)]),
            ];
            assert_eq!(days, expected);
        }
    }
}
