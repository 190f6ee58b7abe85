use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::customer::Customer;
use super::float;
use super::grain::Grain;
use super::range::OutOfRange;

/// One order of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The day in the time zone of the business.
    pub day: NaiveDate,
    /// In millionths of the currency. What was refunded is already taken off.
    pub amount_micros: i64,
}

const MICROS: f64 = 1e6;

/// The purchases of one customer up to and including the day `end`, in any order. Later ones are
/// left out. `None` when there is none.
///
/// A period with purchases counts once, whatever it adds up to.
///
/// # Errors
/// When the days lie more than [`Customer::OLDEST`] apart: one of them is surely wrong.
pub fn summarise(
    purchases: &[Purchase],
    end: NaiveDate,
    grain: Grain,
) -> Result<Option<Customer>, OutOfRange> {
    let mut totals: BTreeMap<i32, i128> = BTreeMap::new();
    for purchase in purchases.iter().filter(|purchase| purchase.day <= end) {
        *totals.entry(grain.period(purchase.day)).or_default() +=
            i128::from(purchase.amount_micros);
    }
    let mut periods = totals.into_iter();
    let Some((first, _)) = periods.next() else {
        return Ok(None);
    };
    let (mut last, mut repeats, mut micros) = (first, 0, 0);
    for (period, total) in periods {
        last = period;
        repeats += 1;
        micros += total;
    }
    let monetary = if repeats == 0 {
        0.0
    } else {
        float::from_whole(micros) / f64::from(repeats) / MICROS
    };
    let recency = grain.between(first, last);
    let age = grain.between(first, grain.period(end));
    Customer::new(repeats, recency, age, monetary).map(Some)
}

/// In how many periods after the one of `after`, up to the one of `end`, the customer bought.
pub(super) fn periods_bought(
    purchases: &[Purchase],
    after: NaiveDate,
    end: NaiveDate,
    grain: Grain,
) -> usize {
    let mut periods: Vec<i32> = purchases
        .iter()
        .filter(|purchase| purchase.day <= end)
        .map(|purchase| grain.period(purchase.day))
        .filter(|period| *period > grain.period(after))
        .collect();
    periods.sort_unstable();
    periods.dedup();
    periods.len()
}
