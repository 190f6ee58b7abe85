//! The days of accounts on their way into one currency.

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, Micros, ReadyFactor, Result};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::{Converted, ConvertedParts, Exchange, Money, Turned};
use crate::figures::Figures;
use crate::read::delivered::daily::Row;
use crate::read::spread::{Apart, Reader};
use crate::roi::Filter;

/// Days on their way into one currency. An account's day is converted as one amount: the parts of
/// it, which come in the order of [`within_day`](crate::read::delivered::daily::within_day), add up to it, so that every grain
/// has the same amounts.
#[derive(Debug, Default)]
pub(crate) struct AccountDays {
    /// Parts of a day most often come one after the other.
    last: Option<(AccountDay, SoFar)>,
    others: FxHashMap<AccountDay, SoFar>,
}

type AccountDay = (AdAccountId, NaiveDate, Currency);

/// The parts of a whole that came so far, and what they became.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SoFar {
    money: Money,
    turned: Money,
}

impl SoFar {
    /// When these parts came.
    pub fn after(money: &Money, factor: &ReadyFactor) -> Result<Self> {
        let turned = Money {
            spend: money.spend.map(|spend| factor.apply(spend)).transpose()?,
            meta_purchase_value: factor.apply(money.meta_purchase_value)?,
            revenue: factor.apply(money.revenue)?,
            cost: factor.apply(money.cost)?,
        };
        Ok(Self {
            money: *money,
            turned,
        })
    }

    /// What the next part becomes.
    pub fn next(&mut self, part: &Money, factor: &ReadyFactor) -> Result<Money> {
        let next = |own: Micros, money: &mut Micros, turned: &mut Micros| {
            if own == Micros::ZERO {
                return Ok(Micros::ZERO);
            }
            *money = money.checked_add(own)?;
            let before = std::mem::replace(turned, factor.apply(*money)?);
            Ok::<_, rumbo_base::Error>(*turned - before)
        };
        let Self { money, turned } = self;
        let spend = part.spend.map(|spend| {
            let money = money.spend.get_or_insert_default();
            next(spend, money, turned.spend.get_or_insert_default())
        });
        Ok(Money {
            spend: spend.transpose()?,
            meta_purchase_value: next(
                part.meta_purchase_value,
                &mut money.meta_purchase_value,
                &mut turned.meta_purchase_value,
            )?,
            revenue: next(part.revenue, &mut money.revenue, &mut turned.revenue)?,
            cost: next(part.cost, &mut money.cost, &mut turned.cost)?,
        })
    }
}

impl AccountDays {
    /// The next part of its day.
    pub fn turn(&mut self, exchange: &mut Exchange, row: &Row) -> Result<Turned> {
        let mut figures = row.figures;
        let (currency, origin) = self.turn_in_place(exchange, row, &mut figures)?;
        Ok(Turned {
            currency,
            figures,
            origin,
        })
    }

    /// The same in place, of the figures of the row.
    fn turn_in_place(
        &mut self,
        exchange: &mut Exchange,
        row: &Row,
        figures: &mut Figures,
    ) -> Result<(Currency, Option<Converted>)> {
        let Some(to) = exchange.to.filter(|_| exchange.takes(row.currency)) else {
            return Ok((row.currency, None));
        };
        let money = Money::of(figures);
        if money.is_nothing() {
            return Ok((to, None));
        }
        let Some(used) = exchange.used(row.currency, to, row.day) else {
            return Ok((row.currency, None));
        };
        let so_far = self.so_far((row.account, row.day, row.currency));
        so_far.next(&money, &used.ready)?.replace_in(figures);
        Ok((to, Some(used.converted(row.currency, row.day, money))))
    }

    fn so_far(&mut self, of: AccountDay) -> &mut SoFar {
        let next = match self.last.take() {
            Some((last, so_far)) if last == of => so_far,
            last => {
                self.others.extend(last);
                self.others.remove(&of).unwrap_or_default()
            }
        };
        let (_, so_far) = self.last.insert((of, next));
        so_far
    }
}

/// Rows of days, converted and summed by object.
pub(super) struct DaySums<'a> {
    pub exchange: Exchange,
    filter: &'a Filter,
    account_days: AccountDays,
    pub sums: FxHashMap<(Uuid, AdAccountId, Currency), (Figures, ConvertedParts)>,
}

impl<'a> DaySums<'a> {
    pub fn of(exchange: &Exchange, filter: &'a Filter) -> Self {
        Self {
            exchange: exchange.for_others(),
            filter,
            account_days: AccountDays::default(),
            sums: FxHashMap::default(),
        }
    }
}

impl Reader<Row> for DaySums<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        // What is not in the report needs no rate.
        if !self.filter.allows_account(Some(row.account)) {
            return Ok(());
        }
        let Self {
            exchange,
            account_days,
            sums,
            ..
        } = self;
        let mut turned = row.figures;
        let (currency, origin) = account_days.turn_in_place(exchange, row, &mut turned)?;
        let (figures, origins) = sums.entry((row.id, row.account, currency)).or_default();
        figures.add(&turned)?;
        origin.map_or(Ok(()), |origin| origins.add(&origin))
    }
}

impl Apart for DaySums<'_> {
    fn apart(&self) -> Option<Self> {
        Some(Self::of(&self.exchange, self.filter))
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.exchange.take_in(other.exchange);
        for (key, (more, parts)) in other.sums {
            let (figures, origins) = self.sums.entry(key).or_default();
            figures.add(&more)?;
            origins.merge(&parts)?;
        }
        Ok(())
    }
}
