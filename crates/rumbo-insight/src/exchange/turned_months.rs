//! What the money of ads became in whole months, kept in memory: every day has a rate of its own, but what
//! all days of a month came to is the same in every period that holds it.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, DateRange, Result};
use rumbo_db::Tx;
use rustc_hash::FxHashMap;

use super::Exchange;
use super::turned_money::{TurnedMoney, TurnedMonth};
use crate::read::delivered::{ad_days::AccountMoney, daily};
use crate::read::directory::Directory;
use crate::read::known::Known;
use crate::read::place::Place;
use crate::read::spread::{Apart, Reader};
use crate::roi::Filter;

/// The account, the first day of the month, and the currency.
type Key = (AdAccountId, NaiveDate, Currency);

/// What the money of every ad that a filter allows became in a period.
pub(super) async fn ads(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    exchange: &Exchange,
) -> Result<TurnedMoney> {
    let money = TurnedMoney::of(exchange);
    let to = exchange.to.filter(|_| exchange.kept.is_empty());
    let Some(to) = to.filter(|_| place.moment.is_none()) else {
        return daily::ad_money(tx, place, directory, range, filter, money).await;
    };
    let known = Known::<Key, TurnedMonth>::of(place);
    let revision = place.delivered_revision();
    let accounts = daily::accounts_of(place, directory, filter);
    let mut turning = ByMonth::of(money);
    // What is to be read, month by month and then together.
    let mut unknown: Vec<DateRange> = Vec::new();
    for part in range.by_month() {
        let month = DateRange::month_of(part.from);
        if part == month {
            let of = |account: AdAccountId| {
                let month = known.get(&(account, month.from, to), revision)?;
                Some((account, month)).filter(|(_, month)| month.is_by(exchange))
            };
            let of_all: Option<Vec<_>> = accounts.iter().map(|account| of(account.id)).collect();
            if let Some(of_all) = of_all {
                for (account, month) in of_all {
                    turning.others.take_month(account, &month)?;
                }
                continue;
            }
            turning.whole.push(month);
        }
        match unknown.last_mut() {
            Some(last) if last.to.succ_opt() == Some(part.from) => last.to = part.to,
            _ => unknown.push(part),
        }
    }
    for part in unknown {
        turning = daily::ad_money(tx, place, directory, part, filter, turning).await?;
    }
    let ByMonth {
        whole,
        mut others,
        mut months,
    } = turning;
    for month in whole {
        for account in &accounts {
            let of = months.remove(&(account.id, month.from));
            let kept = match &of {
                Some(of) => of.of_month(),
                None => Some(TurnedMonth::default()),
            };
            if let Some(kept) = kept {
                known.keep((account.id, month.from, to), revision, &Arc::new(kept));
            }
            if let Some(of) = of {
                others.join(of)?;
            }
        }
    }
    Ok(others)
}

/// Adds up what money becomes, of whole months on their own.
struct ByMonth {
    whole: Vec<DateRange>,
    /// All other days.
    others: TurnedMoney,
    months: FxHashMap<(AdAccountId, NaiveDate), TurnedMoney>,
}

impl ByMonth {
    fn of(others: TurnedMoney) -> Self {
        Self {
            whole: Vec::new(),
            others,
            months: FxHashMap::default(),
        }
    }
}

impl Reader<AccountMoney> for ByMonth {
    fn row(&mut self, day: &AccountMoney) -> Result<()> {
        let month = self.whole.iter().find(|month| month.contains(day.day));
        let Some(month) = month else {
            return self.others.row(day);
        };
        let of = self.months.entry((day.account, month.from));
        let of = of.or_insert_with(|| TurnedMoney::of(&self.others.exchange));
        of.row(day)
    }
}

impl Apart for ByMonth {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            whole: self.whole.clone(),
            ..Self::of(self.others.apart()?)
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.others.join(other.others)?;
        for (of, more) in other.months {
            match self.months.entry(of) {
                Entry::Vacant(vacant) => drop(vacant.insert(more)),
                Entry::Occupied(mut known) => known.get_mut().join(more)?,
            }
        }
        Ok(())
    }
}
