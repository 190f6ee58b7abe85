//! The money of ads or campaigns, every day of theirs at its own rate.

use std::sync::Arc;

use rumbo_base::{AdAccountId, Currency, Micros, Result};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::{Converted, Exchange, Money, SoFar, Turned};
use crate::path::{Key, Path};
use crate::read::delivered::{Delivered, ad_days::AccountMoney};
use crate::read::spread::Reader;

/// Adds up what the money of each ad or campaign becomes.
#[derive(Debug)]
pub(super) struct TurnedMoney {
    pub exchange: Exchange,
    sums: Vec<Sum>,
    places: FxHashMap<(Uuid, AdAccountId, Currency), usize>,
    /// The objects of the day before, and their places: most often they are the same.
    seen: Arc<[(Uuid, Currency)]>,
    of: Option<AdAccountId>,
    of_objects: Vec<usize>,
}

/// What the money of an object became, and what it was.
#[derive(Clone, Debug, Default)]
struct Sum {
    spend: Micros,
    meta_purchase_value: Micros,
    origin: Option<Converted>,
    /// A day of it has no rate.
    lacks: bool,
}

impl TurnedMoney {
    pub fn of(exchange: &Exchange) -> Self {
        Self {
            exchange: exchange.for_others(),
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
            origin: sum.origin.clone(),
        };
        (path, turned)
    }
}

impl Reader<AccountMoney> for TurnedMoney {
    fn row(&mut self, day: &AccountMoney) -> Result<()> {
        self.find(day);
        let Self {
            exchange,
            sums,
            of_objects,
            ..
        } = self;
        let Some(to) = exchange.to else {
            return Ok(());
        };
        // The parts of the day in each of its currencies: most often it is one.
        let mut so_far: Vec<(Currency, SoFar)> = Vec::new();
        let objects = day.objects.iter().zip(&day.money).zip(of_objects);
        for (((_, currency), (spend, value)), place) in objects {
            let money = Money {
                spend: *spend,
                meta_purchase_value: *value,
                ..Money::default()
            };
            if money.is_nothing() || !exchange.takes(*currency) {
                continue;
            }
            let Some(sum) = sums.get_mut(*place) else {
                continue;
            };
            let Some(used) = exchange.used(*currency, to, day.day) else {
                sum.lacks = true;
                continue;
            };
            let at = so_far.iter().position(|(of, _)| of == currency);
            let at = at.unwrap_or_else(|| {
                so_far.push((*currency, SoFar::default()));
                so_far.len() - 1
            });
            let Some((_, so_far)) = so_far.get_mut(at) else {
                continue;
            };
            let turned = so_far.next(&money, used.factor)?;
            sum.spend = sum.spend.checked_add(turned.spend.unwrap_or_default())?;
            sum.meta_purchase_value = sum
                .meta_purchase_value
                .checked_add(turned.meta_purchase_value)?;
            let origin = used.converted(*currency, day.day, money);
            match &mut sum.origin {
                Some(sum) => sum.add(&origin)?,
                None => sum.origin = Some(origin),
            }
        }
        Ok(())
    }

    fn apart(&self) -> Option<Self> {
        Some(Self::of(&self.exchange))
    }

    fn join(&mut self, mut other: Self) -> Result<()> {
        self.exchange.take_in(std::mem::take(&mut other.exchange));
        for (key, at) in std::mem::take(&mut other.places) {
            let place = self.place(key);
            if let (Some(own), Some(more)) = (self.sums.get_mut(place), other.sums.get(at)) {
                own.add(more)?;
            }
        }
        Ok(())
    }
}

impl Sum {
    fn add(&mut self, other: &Self) -> Result<()> {
        self.spend = self.spend.checked_add(other.spend)?;
        self.meta_purchase_value = self
            .meta_purchase_value
            .checked_add(other.meta_purchase_value)?;
        self.lacks |= other.lacks;
        match (&mut self.origin, &other.origin) {
            (Some(own), Some(more)) => own.add(more)?,
            (None, Some(more)) => self.origin = Some(more.clone()),
            (_, None) => {}
        }
        Ok(())
    }
}
