//! Which rate counts for a day.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Factor, Rate, Result, WorkspaceId};
use rumbo_db::Tx;

use super::{RateSource, back, store};

/// How many days before a day a rate may be of. The longest that the ECB publishes nothing is five
/// days, over Easter and Christmas; what is older is not the rate of that day.
pub const LOOK_BACK: u64 = 7;

/// One published or entered rate that a conversion is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    pub base: Currency,
    pub quote: Currency,
    /// Units of `quote` for one of `base`.
    pub rate: Rate,
    pub source: RateSource,
}

/// How an amount of one currency is brought to another on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The day that the rates are of: the day asked for, or the nearest one before it that has them.
    pub rate_day: NaiveDate,
    pub factor: Factor,
    /// One rate, or two that cross in the euro.
    pub legs: Vec<Leg>,
}

impl Conversion {
    /// `hand` as soon as one of the rates was entered by hand.
    pub fn source(&self) -> RateSource {
        let sources = self.legs.iter().map(|leg| leg.source);
        sources.max().unwrap_or(RateSource::Ecb)
    }
}

/// The rates of some days, looked up in memory.
#[derive(Clone, Debug, Default)]
pub struct RateTable {
    rates: HashMap<(Currency, Currency, NaiveDate), (RateSource, Rate)>,
}

impl RateTable {
    /// Reads the rates that may count on any of these days: those that are kept now, or were at a
    /// moment.
    ///
    /// # Errors
    /// As any read.
    pub async fn add(
        &mut self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        days: DateRange,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let days = DateRange {
            from: back(days.from, LOOK_BACK),
            to: days.to,
        };
        let rates = match as_of {
            Some(moment) => store::in_days_as_of(tx, workspace, days, moment).await?,
            None => store::in_days(tx, workspace, days).await?,
        };
        for (base, quote, day, source, rate) in rates {
            let kept = self
                .rates
                .entry((base, quote, day))
                .or_insert((source, rate));
            // What was entered by hand counts before what was published.
            if source > kept.0 {
                *kept = (source, rate);
            }
        }
        Ok(())
    }

    /// How an amount is brought from one currency to another on a day: by the rates of that day, or
    /// else of the nearest one of the [`LOOK_BACK`] days before it. On each day a rate entered for the
    /// two currencies counts first, in either direction, and then a cross through the euro with both
    /// rates of that same day. `None` where there is no rate: it is not guessed.
    pub fn find(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<Conversion> {
        (0..=LOOK_BACK)
            .map(|days| back(day, days))
            .find_map(|day| self.on(from, to, day))
    }

    fn on(&self, from: Currency, to: Currency, rate_day: NaiveDate) -> Option<Conversion> {
        if let Some((factor, leg)) = self.leg(from, to, rate_day) {
            return Some(Conversion {
                rate_day,
                factor,
                legs: vec![leg],
            });
        }
        if from == Currency::EUR || to == Currency::EUR {
            return None;
        }
        let (into, first) = self.leg(from, Currency::EUR, rate_day)?;
        let (out, second) = self.leg(Currency::EUR, to, rate_day)?;
        Some(Conversion {
            rate_day,
            factor: into.then(out),
            legs: vec![first, second],
        })
    }

    /// The rate between two currencies on that very day, whichever way round it is kept; by hand
    /// before published, and the way asked for before its inverse.
    fn leg(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<(Factor, Leg)> {
        let kept = |base, quote| {
            self.rates
                .get(&(base, quote, day))
                .map(|(source, rate)| Leg {
                    base,
                    quote,
                    rate: *rate,
                    source: *source,
                })
        };
        let (along, against) = (kept(from, to), kept(to, from));
        let turned = match (along, against) {
            (Some(along), Some(against)) => against.source > along.source,
            (None, Some(_)) => true,
            _ => false,
        };
        if turned {
            against.map(|leg| (Factor::from(leg.rate).inverse(), leg))
        } else {
            along.map(|leg| (Factor::from(leg.rate), leg))
        }
    }
}
