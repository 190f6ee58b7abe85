//! Every figure in one currency: each row is converted at the rate of its day, before anything is
//! summed. Ratios are made afterwards, from the sums, and never converted.
//!
//! A currency of which one row has no rate stays what it is, whole and in its own group: part of an
//! amount would be a wrong amount.

mod account_days;
mod converted_columns;
mod turned_money;
mod turned_months;
mod used_rates;
mod worth;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Factor, Micros, ReadyFactor, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::exchange_rates::{Conversion, RateSource, RateTable};
use rustc_hash::FxHashMap;

use crate::attribution::{Attribution, Basis};
use crate::figures::Figures;
use crate::path::{Grain, Path};
use crate::read::delivered::{self, daily::Row};
use crate::read::directory::Directory;
use crate::read::outcome::{Earned, Outcome};
use crate::read::place::Place;
use crate::read::spread::InOrder;
use crate::roi::Filter;
pub(crate) use account_days::AccountDays;
use account_days::{DaySums, SoFar};
pub(crate) use converted_columns::ConvertedColumns;
pub(crate) use used_rates::UsedRates;
pub(crate) use worth::{Valuing, Worth};

statements! {
    SOLD_TO_LEADS = "SELECT MIN(x.completed_at), MAX(x.completed_at) FROM sales x \
        WHERE x.workspace_id = $1 AND x.lead_at >= $2 AND x.lead_at < $3 AND x.status IN ('completed', 'refunded')";
}

/// The money among figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    pub spend: Option<Micros>,
    pub meta_purchase_value: Micros,
    pub revenue: Micros,
    pub cost: Micros,
}

impl Money {
    pub(crate) fn of(figures: &Figures) -> Self {
        Self {
            spend: figures.spend,
            meta_purchase_value: figures.meta_purchase_value,
            revenue: figures.revenue,
            cost: figures.cost,
        }
    }

    fn earned(earned: Earned) -> Self {
        Self {
            revenue: earned.revenue,
            cost: earned.cost,
            ..Self::default()
        }
    }

    /// Puts it in the place of the money among figures.
    fn replace_in(self, figures: &mut Figures) {
        figures.spend = self.spend;
        figures.meta_purchase_value = self.meta_purchase_value;
        figures.revenue = self.revenue;
        figures.cost = self.cost;
    }

    fn is_nothing(&self) -> bool {
        self.spend.unwrap_or_default() == Micros::ZERO
            && self.meta_purchase_value == Micros::ZERO
            && self.revenue == Micros::ZERO
            && self.cost == Micros::ZERO
    }

    fn add(&mut self, other: &Self) -> Result<()> {
        if let Some(more) = other.spend {
            self.spend = Some(self.spend.unwrap_or_default().checked_add(more)?);
        }
        self.meta_purchase_value = self
            .meta_purchase_value
            .checked_add(other.meta_purchase_value)?;
        self.revenue = self.revenue.checked_add(other.revenue)?;
        self.cost = self.cost.checked_add(other.cost)?;
        Ok(())
    }

    /// This part of a whole of which `before` was converted already: rounded so that the parts of a
    /// whole are together what the whole is, rounded once.
    fn converted(&self, before: &Self, factor: &ReadyFactor) -> Result<Self> {
        SoFar::after(before, factor)?.next(self, factor)
    }
}

/// What of a figure was converted from one currency: the amounts as they were, and the rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    pub from: Currency,
    /// Before conversion.
    pub money: Money,
    /// The first and the last day whose rate was used.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Units of the report's currency for one of `from`; the same where one rate was used.
    pub lowest: Factor,
    pub highest: Factor,
    /// `hand` as soon as one of the rates was entered by hand.
    pub source: RateSource,
}

impl Converted {
    pub(crate) fn add(&mut self, other: &Self) -> Result<()> {
        self.money.add(&other.money)?;
        self.first_day = self.first_day.min(other.first_day);
        self.last_day = self.last_day.max(other.last_day);
        self.lowest = self.lowest.min(other.lowest);
        self.highest = self.highest.max(other.highest);
        self.source = self.source.max(other.source);
        Ok(())
    }
}

/// What was converted, from every currency: most often it is one.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConvertedParts(Vec<Converted>);

impl ConvertedParts {
    pub fn add(&mut self, other: &Converted) -> Result<()> {
        match self.0.iter_mut().find(|sum| sum.from == other.from) {
            Some(sum) => sum.add(other),
            None => {
                // There is one of these for each row, and more than one currency for hardly any.
                self.0.reserve_exact(1);
                self.0.push(*other);
                Ok(())
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Converted> {
        self.0.iter()
    }

    pub fn merge(&mut self, other: &Self) -> Result<()> {
        other.iter().try_for_each(|origin| self.add(origin))
    }

    /// By currency.
    pub fn into_list(mut self) -> Vec<Converted> {
        self.0.sort_unstable_by_key(|converted| converted.from);
        self.0
    }
}

/// A rate that a report used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedRate {
    pub from: Currency,
    /// The day of the rows.
    pub day: NaiveDate,
    /// The rate, and the day that it is of.
    pub conversion: Conversion,
}

/// A currency that stays what it is, because days of it have no rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRates {
    pub currency: Currency,
    /// How many days with money have no rate.
    pub days: usize,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// How a report came into one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    pub to: Currency,
    /// What was converted, by currency.
    pub from: Vec<Converted>,
    /// Every rate that was used, by currency and day.
    pub rates: Vec<UsedRate>,
    /// What could not be converted and has a group of its own.
    pub missing: Vec<MissingRates>,
    /// What could not be converted of the period compared with: its figures are blank then.
    pub missing_before: Vec<MissingRates>,
}

/// Figures, in the currency they are counted in.
#[derive(Clone, Debug)]
pub(crate) struct Turned {
    pub currency: Currency,
    pub figures: Figures,
    /// What they were before.
    pub origin: Option<Converted>,
}

/// Large rows, of which there are thousands: each is made when its turn comes.
pub(crate) type EachTurned = Box<dyn Iterator<Item = (Path, Turned)> + Send>;

/// A rate that counts for rows of an earlier report and is another one in the later report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRate {
    pub from: Currency,
    /// The day of the rows.
    pub day: NaiveDate,
    /// What it was and what it is; `None` where there was or is none.
    pub before: Option<Conversion>,
    pub after: Option<Conversion>,
}

/// Days without a rate, by currency.
type Missing = BTreeMap<Currency, BTreeSet<NaiveDate>>;

/// Brings rows to one currency, or leaves them as they are.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    to: Option<Currency>,
    table: Arc<RateTable>,
    /// Currencies that stay what they are.
    kept: BTreeSet<Currency>,
    found: FxHashMap<(Currency, NaiveDate), Option<Conversion>>,
    missing: Missing,
    /// What was found last: rows of a day come one after the other.
    last: Option<(Currency, NaiveDate, UsedFactor)>,
}

/// What rows of a day are multiplied by.
#[derive(Clone, Copy, Debug)]
struct UsedFactor {
    factor: Factor,
    ready: ReadyFactor,
    source: RateSource,
}

impl UsedFactor {
    fn converted(self, from: Currency, day: NaiveDate, money: Money) -> Converted {
        Converted {
            from,
            money,
            first_day: day,
            last_day: day,
            lowest: self.factor,
            highest: self.factor,
            source: self.source,
        }
    }
}

impl Exchange {
    /// Reads the rates for rows of these periods; nothing when no currency is asked for.
    pub async fn read(
        tx: &mut Tx,
        place: &Place,
        to: Option<Currency>,
        attribution: Attribution,
        periods: impl IntoIterator<Item = DateRange>,
    ) -> Result<Self> {
        if to.is_none() {
            return Ok(Self::default());
        }
        let mut table = RateTable::default();
        for period in periods {
            let as_of = place.moment.map(|moment| moment.at);
            table.add(tx, place.workspace, period, as_of).await?;
            if attribution.basis == Basis::Lead
                && let Some(sold) = sold_days(tx, place, period).await?
            {
                table.add(tx, place.workspace, sold, as_of).await?;
            }
        }
        Ok(Self {
            to,
            table: Arc::new(table),
            ..Self::default()
        })
    }

    /// The currency asked for.
    pub fn to(&self) -> Option<Currency> {
        self.to
    }

    /// The same rates and the same currencies that stay what they are, for other rows.
    pub fn for_others(&self) -> Self {
        Self {
            to: self.to,
            table: Arc::clone(&self.table),
            kept: self.kept.clone(),
            ..Self::default()
        }
    }

    /// Takes in what another one met that was made for other rows of the same.
    pub fn take_in(&mut self, other: Self) {
        self.found.extend(other.found);
        for (currency, days) in other.missing {
            self.missing.entry(currency).or_default().extend(days);
        }
    }

    /// Whether the same currencies stay what they are.
    pub fn keeps_as(&self, other: &Self) -> bool {
        self.kept == other.kept
    }

    /// Whether everything that went through here would come out the same by the rates of another.
    pub fn values_as(&self, other: &Self) -> bool {
        self.keeps_as(other)
            && self.found.iter().all(|((from, day), conversion)| {
                self.kept.contains(from)
                    || self.to.is_none_or(|to| {
                        let other = other.table.find(*from, to, *day);
                        let factor = |of: &Conversion| of.factor;
                        other.as_ref().map(factor) == conversion.as_ref().map(factor)
                    })
            })
    }

    /// The rates for what went through here that are others there.
    pub fn changed_in(&self, other: &Self) -> Vec<ChangedRate> {
        let Some(to) = self.to else {
            return Vec::new();
        };
        let rates = self.found.iter().map(|((from, day), before)| ChangedRate {
            from: *from,
            day: *day,
            before: before.clone(),
            after: other.table.find(*from, to, *day),
        });
        let factor = |of: &Option<Conversion>| of.as_ref().map(|of| of.factor);
        let changed = rates.filter(|rate| factor(&rate.before) != factor(&rate.after));
        let mut changed: Vec<ChangedRate> = changed.collect();
        changed.sort_unstable_by_key(|rate| (rate.from, rate.day));
        changed
    }

    /// The rate for a currency on a day, where there is one.
    pub fn rate(&self, from: Currency, day: NaiveDate) -> Option<Conversion> {
        match self.found.get(&(from, day)) {
            Some(found) => found.clone(),
            None => self.table.find(from, self.to?, day),
        }
    }

    /// Whether these figures stay what they are, and have no rate of their own.
    pub fn lacks(&self, figures: &Figures, currency: Currency, day: NaiveDate) -> bool {
        self.kept.contains(&currency)
            && !Money::of(figures).is_nothing()
            && self.rate(currency, day).is_none()
    }

    /// Whether rows of a currency become rows of another one.
    pub fn takes(&self, currency: Currency) -> bool {
        self.to.is_some_and(|to| to != currency) && !self.kept.contains(&currency)
    }

    /// Figures of a day. `before` is what parts of the same whole had already.
    pub fn turn(
        &mut self,
        figures: &Figures,
        currency: Currency,
        day: NaiveDate,
        before: &Money,
    ) -> Result<Turned> {
        let mut figures = *figures;
        let (currency, origin) = self.turn_in_place(&mut figures, currency, day, before)?;
        Ok(Turned {
            currency,
            figures,
            origin,
        })
    }

    /// The same, with the money among the figures replaced: which currency they are in, and what they were.
    fn turn_in_place(
        &mut self,
        figures: &mut Figures,
        currency: Currency,
        day: NaiveDate,
        before: &Money,
    ) -> Result<(Currency, Option<Converted>)> {
        let Some(to) = self.to.filter(|_| self.takes(currency)) else {
            return Ok((currency, None));
        };
        let money = Money::of(figures);
        if money.is_nothing() {
            return Ok((to, None));
        }
        let Some(used) = self.used(currency, to, day) else {
            return Ok((currency, None));
        };
        money.converted(before, &used.ready)?.replace_in(figures);
        Ok((to, Some(used.converted(currency, day, money))))
    }

    /// A lead, opportunity or sale, or a part of one.
    pub fn turn_outcome(&mut self, row: &Outcome<'_>) -> Result<Turned> {
        let before = Money::earned(row.before);
        self.turn(&row.figures()?, row.currency, row.valued_on, &before)
    }

    /// The money of one that is not nothing and of a currency that is turned: in the report's, and what it
    /// was; nothing where its day has no rate.
    fn turn_earned(&mut self, row: &Outcome<'_>) -> Result<Option<(Earned, Converted)>> {
        let Some(to) = self.to else {
            return Ok(None);
        };
        let Some(used) = self.used(row.currency, to, row.valued_on) else {
            return Ok(None);
        };
        let money = Money::earned(row.earned());
        let turned = money.converted(&Money::earned(row.before), &used.ready)?;
        let earned = Earned {
            revenue: turned.revenue,
            cost: turned.cost,
        };
        Ok(Some((
            earned,
            used.converted(row.currency, row.valued_on, money),
        )))
    }

    /// The rate for rows of a day; notes that it is used, or that there is none.
    fn used(&mut self, from: Currency, to: Currency, day: NaiveDate) -> Option<UsedFactor> {
        if let Some((currency, of, used)) = self.last
            && (currency, of) == (from, day)
        {
            return Some(used);
        }
        let table = &self.table;
        let found = self.found.entry((from, day));
        let found = found.or_insert_with(|| table.find(from, to, day));
        let Some(conversion) = found else {
            self.missing.entry(from).or_default().insert(day);
            return None;
        };
        let used = UsedFactor {
            factor: conversion.factor,
            ready: conversion.factor.ready(),
            source: conversion.source(),
        };
        self.last = Some((from, day, used));
        Some(used)
    }

    /// Whether a currency turned out to have days without a rate. It stays what it is from now on,
    /// and what was read has to be read again.
    pub fn keeps_more(&mut self) -> bool {
        let before = self.kept.len();
        self.kept.extend(self.missing.keys().copied());
        self.kept.len() > before
    }

    /// The days without a rate that were met since this was asked last.
    pub fn take_missing(&mut self) -> Vec<MissingRates> {
        std::mem::take(&mut self.missing)
            .into_iter()
            .filter_map(|(currency, days)| {
                Some(MissingRates {
                    currency,
                    days: days.len(),
                    first_day: *days.first()?,
                    last_day: *days.last()?,
                })
            })
            .collect()
    }

    /// What is told of it; nothing when no currency was asked for.
    pub fn told(
        self,
        from: Vec<Converted>,
        missing: Vec<MissingRates>,
        missing_before: Vec<MissingRates>,
    ) -> Option<Exchanged> {
        let Self {
            to, found, kept, ..
        } = self;
        let rates = found.into_iter().filter_map(|((from, day), conversion)| {
            conversion
                .filter(|_| !kept.contains(&from))
                .map(|conversion| UsedRate {
                    from,
                    day,
                    conversion,
                })
        });
        let mut rates: Vec<UsedRate> = rates.collect();
        rates.sort_unstable_by_key(|rate| (rate.from, rate.day));
        Some(Exchanged {
            to: to?,
            from,
            rates,
            missing,
            missing_before,
        })
    }

    /// Everything delivered in the period, as deep as the grain needs.
    pub async fn delivered(
        &mut self,
        tx: &mut Tx,
        place: &Place,
        directory: &Directory,
        range: DateRange,
        grain: Grain,
        filter: &Filter,
    ) -> Result<EachTurned> {
        if self.to.is_none() {
            let rows = delivered::read(tx, place, directory, range, grain, filter).await?;
            return Ok(Box::new(rows.into_iter().map(unturned)));
        }
        let of_ads = grain >= Grain::AdSet && filter.parent.is_none();
        if of_ads || grain == Grain::Campaign {
            // All but their money is read from sums of many days.
            let rows = delivered::read(tx, place, directory, range, grain, filter).await?;
            let asked = turned_months::Asked {
                place,
                directory,
                objects: if of_ads {
                    turned_months::Objects::Ads
                } else {
                    turned_months::Objects::Campaigns
                },
                filter,
            };
            let mut money = turned_months::read(tx, asked, range, self).await?;
            let used = std::mem::replace(&mut money.exchange, self.for_others());
            self.take_in(used);
            return Ok(Box::new(rows.into_iter().map(move |row| money.turn(row))));
        }
        let sums = DaySums::of(self, filter);
        let sums = delivered::daily::read(tx, place, directory, range, grain, filter, sums).await?;
        Ok(Box::new(self.paths(sums, grain, directory).into_iter()))
    }

    /// What Meta claims for the ad-days on which nothing was spent.
    pub async fn idle(
        &mut self,
        tx: &mut Tx,
        place: &Place,
        directory: &Directory,
        range: DateRange,
        filter: &Filter,
    ) -> Result<EachTurned> {
        if self.to.is_none() {
            let rows = delivered::idle(tx, place, directory, range, filter).await?;
            return Ok(Box::new(rows.into_iter().map(unturned)));
        }
        let sums = DaySums::of(self, filter);
        let sums = delivered::daily::idle(tx, place, directory, range, filter, sums).await?;
        Ok(Box::new(self.paths(sums, Grain::Ad, directory).into_iter()))
    }

    /// What all accounts delivered, day by day, in one currency.
    pub async fn delivered_by_day(
        &mut self,
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
        currency: Currency,
    ) -> Result<Vec<(NaiveDate, Figures)>> {
        if self.to.is_none() {
            return delivered::by_day(tx, place, range, currency).await;
        }
        let mut days = Vec::new();
        let mut account_days = AccountDays::default();
        let (all, directory) = (Filter::default(), Directory::default());
        let grain = Grain::Account;
        let each = InOrder(|row: &Row| {
            // As of a moment an account's day comes in parts.
            let turned = account_days.turn(self, row)?;
            if turned.currency == currency {
                days.push((row.day, turned.figures));
            }
            Ok(())
        });
        delivered::daily::read(tx, place, &directory, range, grain, &all, each).await?;
        Ok(days)
    }

    /// Days that were summed by object, each object with its path.
    fn paths(
        &mut self,
        days: DaySums<'_>,
        grain: Grain,
        directory: &Directory,
    ) -> Vec<(Path, Turned)> {
        self.take_in(days.exchange);
        let mut rows = Vec::with_capacity(days.sums.len());
        for ((id, account, currency), (figures, origins)) in days.sums {
            let path = delivered::object_path(grain, id, account, directory);
            let mut origins = origins.into_list().into_iter();
            // An object has one currency, and so one origin; another one stands on its own.
            let first = origins.next();
            let more = origins.map(|origin| (Figures::default(), Some(origin)));
            for (figures, origin) in std::iter::once((figures, first)).chain(more) {
                rows.push((
                    path.clone(),
                    Turned {
                        currency,
                        figures,
                        origin,
                    },
                ));
            }
        }
        rows
    }
}

/// The days, in any zone, on which something was sold to the leads of a period: by lead date their
/// money may be of days long before or after it.
async fn sold_days(tx: &mut Tx, place: &Place, period: DateRange) -> Result<Option<DateRange>> {
    if place.moment.is_some() {
        // What was sold then is only known by going through all versions: any day may be asked for.
        return Ok(Some(DateRange {
            from: NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default(),
            to: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default(),
        }));
    }
    let (from, to) = place.instants(period);
    let (first, last): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = on_tx!(tx, |c| {
        sqlx::query_as(SOLD_TO_LEADS)
            .bind(place.workspace)
            .bind(from)
            .bind(to)
            .fetch_one(c)
            .await
    })
    .db()?;
    Ok(first.zip(last).map(|(first, last)| DateRange {
        from: first.date_naive() - Days::new(1),
        to: last.date_naive() + Days::new(1),
    }))
}

fn unturned(row: delivered::Delivered) -> (Path, Turned) {
    let turned = Turned {
        currency: row.currency,
        figures: row.figures,
        origin: None,
    };
    (row.path, turned)
}
