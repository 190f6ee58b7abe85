//! Which runs brought and replaced what is packed: what a period is made of as of an earlier run.
//!
//! A row holds from the run that brought it until the run that replaced it. As of a run the rows are
//! those packed that it or an earlier one brought, and of those that were replaced, packed beside them,
//! those that only a later one replaced. A short value for each month of an account says of which days
//! anything was brought or replaced, and when, and what each comes to: most of a period is as it was.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use rumbo_base::{AdAccountId, Currency, DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::format::{Content, Kind, PackedDay, without_zeros};
use super::plan::Plan;
use super::{COLUMNS, CountedSums, DaysOfAccounts, JOURNALED, Stored, bytes, changed, each_of};
use crate::read::delivered::months;
use crate::read::outcome::packed::{runs, unreadable};
use crate::read::place::{Account, Place};
use crate::read::spread::Taking;

/// How months are told. What is told otherwise is not read.
pub(super) const MONTH_FORMAT: i64 = 1;

/// The runs that a day is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    /// The first that brought anything, whether it was replaced since or not.
    pub first: i64,
    /// The last that brought any of what the day says; 0 where it says nothing any more.
    pub last: i64,
    /// The last that replaced anything; 0 where nothing was.
    pub replaced: i64,
}

impl Span {
    /// Whether nothing of the day was there yet.
    fn begins_after(self, run: i64) -> bool {
        self.first > run
    }

    /// Whether the day is what it was.
    fn rests_since(self, run: i64) -> bool {
        self.last <= run && self.replaced <= run
    }
}

/// The runs that brought what a packed day says. They lie after it: who asks for what is now does not
/// read them.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Runs {
    pub span: Span,
    /// Of each ad how long before the last it was; nothing where all are of one.
    before: Vec<i64>,
}

impl Runs {
    pub fn of(span: Span, runs: impl Iterator<Item = i64>) -> Self {
        let mut before: Vec<i64> = runs.map(|run| span.last - run).collect();
        without_zeros(&mut before);
        Self { span, before }
    }

    /// The run that brought the ad at a place.
    pub fn at(&self, nth: usize) -> i64 {
        self.span.last - self.before.get(nth).copied().unwrap_or(0)
    }
}

/// A packed day and the runs that lie after it.
fn with_runs<'a, R: Deserialize<'a>>(packed: &'a [u8]) -> Result<(PackedDay<'a>, R)> {
    let (day, rest) = postcard::take_from_bytes(packed).map_err(unreadable)?;
    Ok((day, postcard::from_bytes(rest).map_err(unreadable)?))
}

/// A packed day as of a run; as it is now without one.
#[derive(Debug)]
pub(super) struct DayThen<'a> {
    pub day: PackedDay<'a>,
    runs: Option<(Runs, i64)>,
}

impl<'a> DayThen<'a> {
    pub fn read(packed: &'a [u8], run: Option<i64>) -> Result<Self> {
        let Some(run) = run else {
            let day = postcard::from_bytes(packed).map_err(unreadable)?;
            return Ok(Self { day, runs: None });
        };
        let (day, runs) = with_runs(packed)?;
        Ok(Self {
            day,
            runs: Some((runs, run)),
        })
    }

    /// Whether what it says of the ad at a place was there.
    pub fn holds(&self, nth: usize) -> bool {
        let runs = self.runs.as_ref();
        runs.is_none_or(|(runs, run)| runs.at(nth) <= *run)
    }
}

/// Goes through what a day said before and held after a run.
pub(super) fn each_held(
    replaced: &[u8],
    run: i64,
    mut each: impl FnMut(Uuid, Currency, CountedSums) -> Result<()>,
) -> Result<()> {
    let (packed, runs): (PackedDay<'_>, Replaced) = with_runs(replaced)?;
    for (nth, ad) in packed.ads.each().enumerate() {
        if runs.held(nth, run) {
            let (ad, currency) = ad?;
            each(ad, currency, packed.sums(nth))?;
        }
    }
    Ok(())
}

/// The runs that brought and replaced what a day said before, after it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Replaced {
    pub brought_by: Vec<i64>,
    pub by: Vec<i64>,
}

impl Replaced {
    /// Whether the row at a place held after a run.
    pub fn held(&self, nth: usize, run: i64) -> bool {
        let runs = self.brought_by.get(nth).zip(self.by.get(nth));
        runs.is_some_and(|(brought, by)| *brought <= run && *by > run)
    }
}

/// The days of a month as they are packed.
#[derive(Debug, Default, Serialize, Deserialize)]
struct PackedMonth {
    /// Days of the month.
    days: Vec<(u32, Span)>,
    /// What they come to: by the place of the day, and of the currency in `texts`.
    sums: Vec<(u32, u32, [i64; COLUMNS])>,
    texts: Vec<String>,
}

/// A month from its packed days.
#[derive(Debug, Default)]
pub(super) struct Told(PackedMonth);

impl Told {
    pub fn add(&mut self, day: NaiveDate, packed: &[u8]) -> Result<()> {
        let (ads, runs): (PackedDay<'_>, Runs) = with_runs(packed)?;
        let nth = u32::try_from(self.0.days.len()).unwrap_or(u32::MAX);
        self.0.days.push((day.day(), runs.span));
        let mut sums: BTreeMap<u32, CountedSums> = BTreeMap::new();
        for (place, ad) in ads.ads.each().enumerate() {
            let code = ad?.1.code().to_owned();
            let texts = &mut self.0.texts;
            let text = texts.iter().position(|text| *text == code);
            let text = text.unwrap_or_else(|| {
                texts.push(code);
                texts.len() - 1
            });
            let text = u32::try_from(text).unwrap_or(u32::MAX);
            sums.entry(text).or_default().add(&ads.sums(place), 1)?;
        }
        let sums = sums.into_iter();
        self.0
            .sums
            .extend(sums.map(|(text, sums)| (nth, text, sums.columns())));
        Ok(())
    }

    pub fn packed(&self) -> Result<Vec<u8>> {
        bytes(&self.0)
    }
}

/// The days of a month.
#[derive(Debug, Default)]
struct Month(BTreeMap<NaiveDate, (Span, Vec<(Currency, CountedSums)>)>);

impl Month {
    fn of(first: NaiveDate, packed: &[u8]) -> Result<Self> {
        let packed: PackedMonth = postcard::from_bytes(packed).map_err(unreadable)?;
        let texts = packed.texts.iter().map(|text| Currency::of_record(text));
        let texts: Vec<Currency> = texts.collect::<Result<_>>()?;
        let days = packed.days.iter();
        let mut days: Vec<_> = days
            .map(|(day, span)| (first.with_day(*day), *span, Vec::new()))
            .collect();
        for (nth, text, columns) in packed.sums {
            let place = |of: u32| usize::try_from(of).unwrap_or(usize::MAX);
            let mut sums = CountedSums::default();
            for (own, column) in sums.columns_mut().into_iter().zip(columns) {
                *own = column;
            }
            if let Some((_, _, all)) = days.get_mut(place(nth))
                && let Some(currency) = texts.get(place(text))
            {
                all.push((*currency, sums));
            }
        }
        let days = days.into_iter();
        let days = days.filter_map(|(day, span, sums)| Some((day?, (span, sums))));
        Ok(Self(days.collect()))
    }
}

/// What is to be read of an account.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub account: &'a Account,
    /// What is read of days; sums are of figures.
    pub content: Content,
    pub plan: Plan,
    /// Days whose rows are to be read themselves.
    pub unpacked: BTreeSet<NaiveDate>,
    /// Days of which something was replaced since.
    pub replaced: BTreeSet<NaiveDate>,
}

/// What an account delivered on a day.
#[derive(Clone, Copy, Debug)]
pub(in crate::read) struct AccountDay {
    pub account: AdAccountId,
    pub day: NaiveDate,
    pub currency: Currency,
    pub sums: CountedSums,
}

/// What is known of the packed days of accounts in a period.
#[derive(Debug)]
pub(super) struct Stories {
    /// The days of the period on which anything may be.
    pub range: DateRange,
    /// As of which run; now without one.
    pub run: Option<i64>,
    content: Content,
    /// The days that changed since they were packed.
    changed: DaysOfAccounts,
    /// As of a run: by the first of its days.
    months: FxHashMap<(AdAccountId, NaiveDate), Month>,
}

impl Stories {
    /// `None` where a period has nothing in it.
    pub async fn read(
        tx: &mut Tx,
        place: &Place,
        accounts: &[&Account],
        range: DateRange,
        content: Content,
    ) -> Result<Option<Self>> {
        let Some(moment) = place.moment else {
            return Ok(Some(Self {
                range,
                run: None,
                content,
                changed: changed(tx, place, range, content).await?,
                months: FxHashMap::default(),
            }));
        };
        let Some(range) = ever_within(tx, place, range).await? else {
            return Ok(None);
        };
        let whole = DateRange {
            from: DateRange::month_of(range.from).from,
            to: range.to,
        };
        let asked: Vec<_> = accounts
            .iter()
            .map(|account| (Kind::Months(account.id), whole, 1))
            .collect();
        let mut found = Vec::new();
        let mut each = Taking(|(nth, first, format, packed): Stored| {
            let of = usize::try_from(nth).ok().and_then(|nth| accounts.get(nth));
            if let Some(account) = of.filter(|_| format == MONTH_FORMAT) {
                found.push((account.id, first, packed));
            }
            Ok(())
        });
        each_of(tx, place.workspace, &asked, &mut each).await?;
        let months = found.into_iter();
        let months = months
            .map(|(account, first, packed)| Ok(((account, first), Month::of(first, &packed)?)));
        Ok(Some(Self {
            range,
            run: Some(moment.run),
            content,
            changed: changed(tx, place, range, content).await?,
            months: months.collect::<Result<_>>()?,
        }))
    }

    /// What is to be read of an account: sums of days where they are what they were, unless it is to be
    /// days.
    pub fn asked<'a>(&self, account: &'a Account, by_day: bool) -> Asked<'a> {
        let range = self.range;
        let none = BTreeSet::new();
        let changed = self.changed.get(&account.id).unwrap_or(&none);
        let planned = |unfit: &BTreeSet<NaiveDate>| {
            if by_day {
                Plan::by_day(range)
            } else {
                Plan::of(range, unfit)
            }
        };
        let Some(run) = self.run else {
            let plan = planned(changed);
            let days = plan.days.iter();
            let unpacked = days.flat_map(|(days, _)| changed.range(days.from..=days.to));
            return Asked {
                account,
                content: self.content,
                unpacked: unpacked.copied().collect(),
                plan,
                replaced: BTreeSet::new(),
            };
        };
        let (mut there, mut unfit) = (BTreeSet::new(), BTreeSet::new());
        let (mut unpacked, mut replaced) = (BTreeSet::new(), BTreeSet::new());
        // Days before the period may be in sums that are taken away again.
        for part in range.by_month() {
            let days = DateRange::month_of(part.from);
            let month = self.months.get(&(account.id, days.from));
            for day in days.iter() {
                let span = month.map(|month| month.0.get(&day).map(|(span, _)| *span));
                match span {
                    Some(span) if !changed.contains(&day) => {
                        let Some(span) = span else { continue };
                        if !span.rests_since(run) {
                            unfit.insert(day);
                        }
                        if !span.begins_after(run) {
                            there.insert(day);
                            if span.replaced > run && range.contains(day) {
                                replaced.insert(day);
                            }
                        }
                    }
                    // It changed, or nobody says what it is made of.
                    _ => {
                        unfit.insert(day);
                        if range.contains(day) {
                            unpacked.insert(day);
                        }
                    }
                }
            }
        }
        let mut plan = planned(&unfit);
        let days = std::mem::take(&mut plan.days).into_iter();
        plan.days = days
            .flat_map(|(days, sign)| {
                let there: BTreeSet<_> = there.range(days.from..=days.to).copied().collect();
                let there = runs(&there).into_iter();
                there.map(move |days| (days, sign))
            })
            .collect();
        Asked {
            account,
            content: self.content,
            plan,
            unpacked,
            replaced,
        }
    }

    /// As of a run: the days of an account that may be other ones since.
    pub fn unrested(&self, account: &Account) -> BTreeSet<NaiveDate> {
        let run = self.run.unwrap_or(i64::MAX);
        let changed = self.changed.get(&account.id);
        let rests = |day: &NaiveDate| {
            let first = DateRange::month_of(*day).from;
            let Some(month) = self.months.get(&(account.id, first)) else {
                return false;
            };
            let span = month.0.get(day);
            changed.is_none_or(|changed| !changed.contains(day))
                && span.is_none_or(|(span, _)| span.rests_since(run))
        };
        self.range.iter().filter(|day| !rests(day)).collect()
    }

    /// As of a run: what an account came to on the days that are what they were, and what is to be read
    /// of the others.
    pub fn resting<'a>(&self, account: &'a Account) -> (Vec<AccountDay>, Asked<'a>) {
        let mut asked = self.asked(account, true);
        let run = self.run.unwrap_or(i64::MAX);
        let days = std::mem::take(&mut asked.plan.days).into_iter();
        let days = days.flat_map(|(days, _)| days.iter().collect::<Vec<_>>());
        let (mut resting, mut others) = (Vec::new(), BTreeSet::new());
        for day in days {
            let first = DateRange::month_of(day).from;
            let month = self.months.get(&(account.id, first));
            match month.and_then(|month| month.0.get(&day)) {
                Some((span, sums)) if span.rests_since(run) => {
                    resting.extend(sums.iter().map(|(currency, sums)| AccountDay {
                        account: account.id,
                        day,
                        currency: *currency,
                        sums: *sums,
                    }));
                }
                _ => {
                    others.insert(day);
                }
            }
        }
        let others = runs(&others).into_iter();
        asked.plan.days = others.map(|days| (days, 1)).collect();
        (resting, asked)
    }
}

/// What of a period lies between the first and the last day on which anything was ever delivered: it may
/// have been asked for centuries, and what was there may be gone.
async fn ever_within(tx: &mut Tx, place: &Place, range: DateRange) -> Result<Option<DateRange>> {
    let within = months::within(tx, place, range).await?;
    let (first, last): (Option<NaiveDate>, Option<NaiveDate>) =
        on_tx!(tx, |c| sqlx::query_as(JOURNALED)
            .bind(place.workspace)
            .fetch_one(c)
            .await)
        .db()?;
    let gone = first.zip(last).map(|(first, last)| DateRange {
        from: range.from.max(first),
        to: range.to.min(last),
    });
    let gone = gone.filter(|gone| gone.from <= gone.to);
    Ok(match (within, gone) {
        (Some(within), Some(gone)) => Some(DateRange {
            from: within.from.min(gone.from),
            to: within.to.max(gone.to),
        }),
        (within, gone) => within.or(gone),
    })
}
