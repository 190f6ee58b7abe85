//! The money of ads or campaigns, every day of theirs at its own rate.

use std::sync::Arc;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, Factor, Micros, Result};
use rumbo_platform::exchange_rates::RateSource;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::converted_columns::ConvertedAt;
use super::{Converted, ConvertedColumns, Exchange, Money, SoFar, Turned, UsedFactor, UsedRates};
use crate::path::{Key, Path};
use crate::read::column::Column;
use crate::read::delivered::Delivered;
use crate::read::delivered::ad_days::{AccountMoney, Objects};
use crate::read::known::Weighed;
use crate::read::spread::{Apart, Reader};

/// Adds up what the money of each ad or campaign becomes.
#[derive(Debug)]
pub(super) struct TurnedMoney {
    pub exchange: Exchange,
    ranked: Ranked,
    sums: Vec<Sum>,
    places: FxHashMap<(Uuid, AdAccountId, Currency), usize>,
    /// The objects of the day before, and their places: most often they are the same.
    seen: Objects,
    of: Option<AdAccountId>,
    of_objects: Vec<usize>,
}

/// What the money of the ads or campaigns of an account became in a month.
#[derive(Debug, Default)]
pub(super) struct TurnedMonth {
    /// Most often the same as those of other months, and then in memory once.
    pub objects: Objects,
    spend: Column,
    meta_purchase_value: Column,
    were: ConvertedColumns,
    used: UsedRates,
}

impl TurnedMonth {
    /// Whether its rates are those of a table.
    pub fn is_by(&self, exchange: &Exchange) -> bool {
        exchange.to.is_some() && self.used.are_of(exchange)
    }
}

impl Weighed for TurnedMonth {
    fn bytes(&self) -> usize {
        let money = self.spend.bytes() + self.meta_purchase_value.bytes();
        money + self.were.bytes() + self.used.bytes()
    }
}

/// What the money of an object became, and what it was.
#[derive(Clone, Debug, Default)]
struct Sum {
    spend: Micros,
    meta_purchase_value: Micros,
    origin: Option<Origin>,
    /// A day of it has no rate.
    lacks: bool,
}

/// What it was, and the places of its rates among [`Ranked`].
#[derive(Clone, Copy, Debug)]
struct Origin {
    spend: Option<Micros>,
    meta_purchase_value: Micros,
    first_day: NaiveDate,
    last_day: NaiveDate,
    lowest: usize,
    highest: usize,
    source: RateSource,
}

/// The rates that were used, each with how many are lower: an object of many days asks for its lowest and
/// highest on each of them, and there are few rates.
#[derive(Debug, Default)]
struct Ranked {
    rates: Vec<Factor>,
    /// Their places, lowest first.
    order: Vec<usize>,
    ranks: Vec<usize>,
}

impl Ranked {
    /// The place of a rate.
    fn place(&mut self, rate: Factor) -> usize {
        let of = |place: &usize| self.rates.get(*place).copied().unwrap_or(rate);
        let rank = self.order.partition_point(|place| of(place) < rate);
        if let Some(place) = self.order.get(rank).filter(|place| of(place) == rate) {
            return *place;
        }
        let place = self.rates.len();
        self.rates.push(rate);
        self.ranks.push(rank);
        self.order.insert(rank, place);
        for (rank, place) in self.order.iter().enumerate().skip(rank) {
            if let Some(of) = self.ranks.get_mut(*place) {
                *of = rank;
            }
        }
        place
    }

    fn rank(&self, place: usize) -> usize {
        self.ranks.get(place).copied().unwrap_or_default()
    }

    fn lower(&self, a: usize, b: usize) -> usize {
        if self.rank(b) < self.rank(a) { b } else { a }
    }

    fn higher(&self, a: usize, b: usize) -> usize {
        if self.rank(b) > self.rank(a) { b } else { a }
    }
}

impl Origin {
    /// With the places that its rates have there.
    fn of(at: ConvertedAt) -> Self {
        Self {
            spend: at.money.spend,
            meta_purchase_value: at.money.meta_purchase_value,
            first_day: at.first_day,
            last_day: at.last_day,
            lowest: at.lowest,
            highest: at.highest,
            source: at.source,
        }
    }

    fn add(&mut self, other: &Self, ranked: &Ranked) -> Result<()> {
        if let Some(more) = other.spend {
            self.spend = Some(self.spend.unwrap_or_default().checked_add(more)?);
        }
        self.meta_purchase_value = self
            .meta_purchase_value
            .checked_add(other.meta_purchase_value)?;
        self.first_day = self.first_day.min(other.first_day);
        self.last_day = self.last_day.max(other.last_day);
        self.lowest = ranked.lower(self.lowest, other.lowest);
        self.highest = ranked.higher(self.highest, other.highest);
        self.source = self.source.max(other.source);
        Ok(())
    }
}

impl TurnedMoney {
    pub fn of(exchange: &Exchange) -> Self {
        Self {
            exchange: exchange.for_others(),
            ranked: Ranked::default(),
            sums: Vec::new(),
            places: FxHashMap::default(),
            seen: Arc::default(),
            of: None,
            of_objects: Vec::new(),
        }
    }

    fn place(&mut self, key: (Uuid, AdAccountId, Currency)) -> usize {
        let new = self.sums.len();
        let place = *self.places.entry(key).or_insert(new);
        if place == new {
            self.sums.push(Sum::default());
        }
        place
    }

    fn find(&mut self, day: &AccountMoney) {
        if self.of == Some(day.account) && Arc::ptr_eq(&self.seen, &day.objects) {
            return;
        }
        self.of = Some(day.account);
        self.seen = Arc::clone(&day.objects);
        let objects = day.objects.iter();
        self.of_objects = objects
            .map(|(id, currency)| self.place((*id, day.account, *currency)))
            .collect();
    }

    /// What the money of an account became, for other sums to take it in; `None` where a day of it has no
    /// rate.
    pub fn of_month(&self) -> Option<TurnedMonth> {
        let used = UsedRates::of(&self.exchange)?;
        let sums = self.places.iter().filter_map(|((id, _, currency), at)| {
            let sum = self.sums.get(*at)?;
            Some(((*id, *currency), sum))
        });
        let mut sums: Vec<_> = sums.collect();
        sums.sort_unstable_by_key(|(object, _)| *object);
        let column = |figure: fn(&Sum) -> i64| Column::of(sums.iter().map(|(_, sum)| figure(sum)));
        let were = sums.iter().map(|((_, currency), sum)| {
            let origin = sum.origin?;
            self.told(*currency, origin)
        });
        Some(TurnedMonth {
            spend: column(|sum| sum.spend.0),
            meta_purchase_value: column(|sum| sum.meta_purchase_value.0),
            were: ConvertedColumns::of(&were.collect::<Vec<_>>()),
            objects: Arc::new(sums.iter().map(|(object, _)| *object).collect()),
            used,
        })
    }

    /// Takes in what the money of an account became in a month.
    pub fn take_month(&mut self, account: AdAccountId, month: &TurnedMonth) -> Result<()> {
        month.used.note_in(&mut self.exchange);
        let rates = month.were.rates().iter();
        let places: Vec<usize> = rates.map(|rate| self.ranked.place(*rate)).collect();
        for (nth, (id, currency)) in month.objects.iter().enumerate() {
            let place = self.place((*id, account, *currency));
            let mut sum = Sum {
                spend: Micros(month.spend.get(nth)),
                meta_purchase_value: Micros(month.meta_purchase_value.get(nth)),
                origin: month.were.at(nth).map(Origin::of),
                lacks: false,
            };
            sum.moved(&places);
            if let Some(own) = self.sums.get_mut(place) {
                own.add(&sum, &self.ranked)?;
            }
        }
        Ok(())
    }

    /// What was delivered of one of them, with its money as it became.
    pub fn turn(&self, row: Delivered) -> (Path, Turned) {
        let Delivered {
            path,
            currency,
            mut figures,
        } = row;
        let account = path.account.as_ref().and_then(Key::known);
        let ad = path.ad.as_ref().and_then(Key::known).map(|ad| ad.0);
        let campaign = path.campaign.as_ref().and_then(Key::known);
        let object = ad.or(campaign.map(|campaign| campaign.0));
        let sum = object.zip(account).and_then(|(object, account)| {
            let place = self.places.get(&(object, account, currency))?;
            self.sums.get(*place)
        });
        let to = self.exchange.to.filter(|_| self.exchange.takes(currency));
        let (Some(to), Some(sum)) = (to, sum.filter(|sum| !sum.lacks)) else {
            return (
                path,
                Turned {
                    currency,
                    figures,
                    origin: None,
                },
            );
        };
        figures.spend = figures.spend.map(|_| sum.spend);
        figures.meta_purchase_value = sum.meta_purchase_value;
        let turned = Turned {
            currency: to,
            figures,
            origin: sum.origin.and_then(|origin| self.told(currency, origin)),
        };
        (path, turned)
    }

    fn told(&self, from: Currency, origin: Origin) -> Option<Converted> {
        Some(Converted {
            from,
            money: Money {
                spend: origin.spend,
                meta_purchase_value: origin.meta_purchase_value,
                ..Money::default()
            },
            first_day: origin.first_day,
            last_day: origin.last_day,
            lowest: *self.ranked.rates.get(origin.lowest)?,
            highest: *self.ranked.rates.get(origin.highest)?,
            source: origin.source,
        })
    }
}

/// The objects of a day that are in one currency: most often it is one for all.
struct OfCurrency {
    currency: Currency,
    /// `None` where the day has none.
    rate: Option<(UsedFactor, usize)>,
    so_far: SoFar,
}

impl Reader<AccountMoney> for TurnedMoney {
    fn row(&mut self, day: &AccountMoney) -> Result<()> {
        self.find(day);
        let Self {
            exchange,
            ranked,
            sums,
            of_objects,
            ..
        } = self;
        let Some(to) = exchange.to else {
            return Ok(());
        };
        let mut currencies: Vec<OfCurrency> = Vec::new();
        let mut at = 0;
        let objects = day.objects.iter().zip(&day.money).zip(of_objects);
        for (((_, currency), (spend, value)), place) in objects {
            let money = Money {
                spend: *spend,
                meta_purchase_value: *value,
                ..Money::default()
            };
            if money.is_nothing() {
                continue;
            }
            if currencies.get(at).is_none_or(|of| of.currency != *currency) {
                if !exchange.takes(*currency) {
                    continue;
                }
                let known = currencies.iter().position(|of| of.currency == *currency);
                at = known.unwrap_or(currencies.len());
                if known.is_none() {
                    let used = exchange.used(*currency, to, day.day);
                    currencies.push(OfCurrency {
                        currency: *currency,
                        rate: used.map(|used| (used, ranked.place(used.factor))),
                        so_far: SoFar::default(),
                    });
                }
            }
            let (Some(of), Some(sum)) = (currencies.get_mut(at), sums.get_mut(*place)) else {
                continue;
            };
            let Some((used, rate)) = of.rate else {
                sum.lacks = true;
                continue;
            };
            let turned = of.so_far.next(&money, &used.ready)?;
            sum.spend = sum.spend.checked_add(turned.spend.unwrap_or_default())?;
            sum.meta_purchase_value = sum
                .meta_purchase_value
                .checked_add(turned.meta_purchase_value)?;
            let origin = Origin {
                spend: *spend,
                meta_purchase_value: *value,
                first_day: day.day,
                last_day: day.day,
                lowest: rate,
                highest: rate,
                source: used.source,
            };
            match &mut sum.origin {
                Some(sum) => sum.add(&origin, ranked)?,
                None => sum.origin = Some(origin),
            }
        }
        Ok(())
    }
}

impl Apart for TurnedMoney {
    fn apart(&self) -> Option<Self> {
        Some(Self::of(&self.exchange))
    }

    fn join(&mut self, mut other: Self) -> Result<()> {
        self.exchange.take_in(std::mem::take(&mut other.exchange));
        let rates = other.ranked.rates.iter();
        let places: Vec<usize> = rates.map(|rate| self.ranked.place(*rate)).collect();
        for (key, at) in std::mem::take(&mut other.places) {
            let place = self.place(key);
            if let (Some(own), Some(more)) = (self.sums.get_mut(place), other.sums.get_mut(at)) {
                more.moved(&places);
                own.add(more, &self.ranked)?;
            }
        }
        Ok(())
    }
}

impl Sum {
    /// Its rates are at these places now.
    fn moved(&mut self, places: &[usize]) {
        let here = |place: usize| places.get(place).copied().unwrap_or_default();
        if let Some(origin) = &mut self.origin {
            (origin.lowest, origin.highest) = (here(origin.lowest), here(origin.highest));
        }
    }

    fn add(&mut self, other: &Self, ranked: &Ranked) -> Result<()> {
        self.spend = self.spend.checked_add(other.spend)?;
        self.meta_purchase_value = self
            .meta_purchase_value
            .checked_add(other.meta_purchase_value)?;
        self.lacks |= other.lacks;
        match (&mut self.origin, &other.origin) {
            (Some(own), Some(more)) => own.add(more, ranked)?,
            (None, more) => self.origin = *more,
            (Some(_), None) => {}
        }
        Ok(())
    }
}
