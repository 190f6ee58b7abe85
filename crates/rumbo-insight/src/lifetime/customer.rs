use super::range::{OutOfRange, within};

/// A customer in the form lifetime value needs (RFM). It is not the form of segments, where
/// the frequency counts the first purchase and the recency looks back from today.
///
/// Times are in the units of one [`Grain`](super::Grain), the same for all customers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer {
    frequency: u32,
    recency: f64,
    age: f64,
    monetary: f64,
}

impl Customer {
    /// Nobody buys in more periods than this: 270 years of days.
    pub const MOST_REPEATS: u32 = 100_000;
    /// No customer is older than this, in time units: a century of days.
    pub const OLDEST: f64 = 36_525.0;
    /// No mean purchase is larger than this, in units of the currency, nor smaller than this below
    /// zero. It keeps sums far from what a float can hold.
    pub const DEAREST: f64 = 1e15;

    /// - `frequency`: the periods with a purchase, without the first.
    /// - `recency`: from the first to the last purchase.
    /// - `age`: from the first purchase to the end of what was observed.
    /// - `monetary`: the mean spent in a repeat period, in units of the currency. It is not looked
    ///   at where the frequency is 0.
    ///
    /// # Errors
    /// When a number is not possible: the recency is more than the age, or not 0 without a repeat.
    pub fn new(frequency: u32, recency: f64, age: f64, monetary: f64) -> Result<Self, OutOfRange> {
        within(
            "frequency",
            f64::from(frequency),
            0.0,
            f64::from(Self::MOST_REPEATS),
        )?;
        within("age", age, 0.0, Self::OLDEST)?;
        let latest = if frequency == 0 { 0.0 } else { age };
        within("recency", recency, 0.0, latest)?;
        within("monetary", monetary, -Self::DEAREST, Self::DEAREST)?;
        Ok(Self {
            frequency,
            recency,
            age,
            monetary,
        })
    }

    /// Somebody who has just bought for the first time.
    pub const fn newcomer() -> Self {
        Self {
            frequency: 0,
            recency: 0.0,
            age: 0.0,
            monetary: 0.0,
        }
    }

    /// Periods with a purchase, without the first (x in the papers).
    pub const fn frequency(&self) -> u32 {
        self.frequency
    }

    /// From the first to the last purchase (tₓ).
    pub const fn recency(&self) -> f64 {
        self.recency
    }

    /// From the first purchase to the end of what was observed (T).
    pub const fn age(&self) -> f64 {
        self.age
    }

    /// The mean spent in a repeat period (m̄ₓ).
    pub const fn monetary(&self) -> f64 {
        self.monetary
    }

    pub(super) const fn has_repeat(&self) -> bool {
        self.frequency > 0
    }

    /// Repeats that the Gamma-Gamma model can learn from: it knows no amount of 0 or less.
    pub(super) const fn has_paid_repeat(&self) -> bool {
        self.has_repeat() && self.monetary > 0.0
    }
}
