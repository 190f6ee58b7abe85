//! The rates that something was made by which is kept in memory.

use chrono::NaiveDate;
use rumbo_base::Currency;
use rumbo_platform::exchange_rates::Conversion;

use super::Exchange;
use crate::read::known::Weighed;

/// By currency and day.
#[derive(Clone, Debug, Default)]
pub(crate) struct UsedRates(Vec<((Currency, NaiveDate), Conversion)>);

impl UsedRates {
    /// Those that an exchange used; `None` where a day had none.
    pub fn of(exchange: &Exchange) -> Option<Self> {
        if !exchange.missing.is_empty() {
            return None;
        }
        let used = exchange.found.iter().filter_map(|(of, conversion)| {
            let conversion = conversion.clone()?;
            Some((*of, conversion))
        });
        Some(Self(used.collect()))
    }

    /// Whether they are those of an exchange still.
    pub fn are_of(&self, exchange: &Exchange) -> bool {
        let Some(to) = exchange.to else {
            return self.0.is_empty();
        };
        let mut used = self.0.iter();
        used.all(|((from, day), conversion)| {
            exchange.table.find(*from, to, *day).as_ref() == Some(conversion)
        })
    }

    /// Notes that they are used.
    pub fn note_in(&self, exchange: &mut Exchange) {
        let used = self.0.iter().cloned();
        let used = used.map(|(of, conversion)| (of, Some(conversion)));
        exchange.found.extend(used);
    }
}

impl Weighed for UsedRates {
    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}
