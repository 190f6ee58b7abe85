//! What sums were before they were converted, in as little room as it needs.

use chrono::{Datelike, NaiveDate};
use rumbo_base::{Currency, Factor, Micros};
use rumbo_platform::exchange_rates::RateSource;

use super::{Converted, Money};
use crate::read::column::Column;
use crate::read::known::Weighed;

/// One after the other, column by column.
#[derive(Debug, Default)]
pub(crate) struct ConvertedColumns {
    spend: Column,
    /// 1 where it is not told.
    spend_untold: Column,
    meta_purchase_value: Column,
    revenue: Column,
    cost: Column,
    /// Days since the first of the first year; 0 where nothing was converted.
    first_day: Column,
    last_day: Column,
    /// Places among the rates.
    lowest: Column,
    highest: Column,
    /// 1 where a rate was entered by hand.
    by_hand: Column,
    rates: Vec<Factor>,
}

/// The same with the places of its rates.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConvertedAt {
    pub money: Money,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub lowest: usize,
    pub highest: usize,
    pub source: RateSource,
}

impl ConvertedColumns {
    pub fn of(sums: &[Option<Converted>]) -> Self {
        let mut rates: Vec<Factor> = Vec::new();
        let mut places = |rate: fn(&Converted) -> Factor| {
            let places = sums.iter().map(|sum| {
                let Some(rate) = sum.as_ref().map(rate) else {
                    return 0;
                };
                let known = rates.iter().position(|known| *known == rate);
                let place = known.unwrap_or_else(|| {
                    rates.push(rate);
                    rates.len() - 1
                });
                i64::try_from(place).unwrap_or(0)
            });
            let places: Vec<i64> = places.collect();
            Column::of(places.iter().copied())
        };
        let (lowest, highest) = (places(|sum| sum.lowest), places(|sum| sum.highest));
        let column = |figure: fn(&Converted) -> i64| {
            Column::of(sums.iter().map(move |sum| sum.as_ref().map_or(0, figure)))
        };
        Self {
            spend: column(|sum| sum.money.spend.unwrap_or_default().0),
            spend_untold: column(|sum| i64::from(sum.money.spend.is_none())),
            meta_purchase_value: column(|sum| sum.money.meta_purchase_value.0),
            revenue: column(|sum| sum.money.revenue.0),
            cost: column(|sum| sum.money.cost.0),
            first_day: column(|sum| i64::from(sum.first_day.num_days_from_ce())),
            last_day: column(|sum| i64::from(sum.last_day.num_days_from_ce())),
            lowest,
            highest,
            by_hand: column(|sum| i64::from(sum.source == RateSource::Hand)),
            rates,
        }
    }

    /// The rates at the places that they name.
    pub(super) fn rates(&self) -> &[Factor] {
        &self.rates
    }

    /// What the sum at a place was, if it was converted.
    pub(super) fn at(&self, nth: usize) -> Option<ConvertedAt> {
        let day = |column: &Column| {
            let since = i32::try_from(column.get(nth)).ok();
            let since = since.filter(|since| *since != 0)?;
            NaiveDate::from_num_days_from_ce_opt(since)
        };
        let place = |column: &Column| usize::try_from(column.get(nth)).ok();
        Some(ConvertedAt {
            first_day: day(&self.first_day)?,
            last_day: day(&self.last_day)?,
            money: Money {
                spend: (self.spend_untold.get(nth) == 0).then(|| Micros(self.spend.get(nth))),
                meta_purchase_value: Micros(self.meta_purchase_value.get(nth)),
                revenue: Micros(self.revenue.get(nth)),
                cost: Micros(self.cost.get(nth)),
            },
            lowest: place(&self.lowest)?,
            highest: place(&self.highest)?,
            source: if self.by_hand.get(nth) == 0 {
                RateSource::Ecb
            } else {
                RateSource::Hand
            },
        })
    }

    /// The same with its rates, of a sum that was in this currency.
    pub fn get(&self, nth: usize, from: Currency) -> Option<Converted> {
        let at = self.at(nth)?;
        Some(Converted {
            from,
            money: at.money,
            first_day: at.first_day,
            last_day: at.last_day,
            lowest: *self.rates.get(at.lowest)?,
            highest: *self.rates.get(at.highest)?,
            source: at.source,
        })
    }
}

impl Weighed for ConvertedColumns {
    fn bytes(&self) -> usize {
        let columns = [
            &self.spend,
            &self.spend_untold,
            &self.meta_purchase_value,
            &self.revenue,
            &self.cost,
            &self.first_day,
            &self.last_day,
            &self.lowest,
            &self.highest,
            &self.by_hand,
        ];
        let columns = columns.iter().map(|column| column.bytes());
        columns.sum::<usize>() + self.rates.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_comes_back() {
        let factor = |rate: &str| Factor::from(rate.parse::<rumbo_base::Rate>().unwrap());
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let converted = |spend, revenue, on, source| Converted {
            from: Currency::USD,
            money: Money {
                spend,
                meta_purchase_value: Micros(7),
                revenue: Micros(revenue),
                cost: Micros(-1),
            },
            first_day: day(on),
            last_day: day(on + 2),
            lowest: factor("0.85"),
            highest: factor(if on > 5 { "0.92" } else { "0.85" }),
            source,
        };
        let sums = [
            Some(converted(
                Some(Micros(40_000_000_000)),
                5,
                9,
                RateSource::Ecb,
            )),
            None,
            Some(converted(None, 1 << 40, 3, RateSource::Hand)),
            Some(converted(Some(Micros::ZERO), 0, 28, RateSource::Ecb)),
        ];
        let columns = ConvertedColumns::of(&sums);
        assert_eq!(columns.rates().len(), 2);
        for (nth, sum) in sums.iter().enumerate() {
            assert_eq!(columns.get(nth, Currency::USD), *sum);
        }
        assert_eq!(columns.get(4, Currency::USD), None);
    }
}
