//! What the money of ads or campaigns became in whole months, kept in memory: every day has a rate of its own,
//! but what all days of a month came to is the same in every period that holds it.

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

/// Whose money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Objects {
    Campaigns,
    Ads,
}

/// The account, the first day of the month, and the currency.
type Key = (Objects, AdAccountId, NaiveDate, Currency);

/// What is asked for: the money of the objects that a filter allows.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub place: &'a Place,
    pub directory: &'a Directory,
    pub objects: Objects,
    pub filter: &'a Filter,
}

impl Asked<'_> {
    /// Has it go through the reader day by day.
    async fn read<R: Reader<AccountMoney> + Apart>(
        self,
        tx: &mut Tx,
        range: DateRange,
        reader: R,
    ) -> Result<R> {
        let Self {
            place,
            directory,
            objects,
            filter,
        } = self;
        match objects {
            Objects::Campaigns => {
                daily::campaign_money(tx, place, directory, range, filter, reader).await
            }
            Objects::Ads => daily::ad_money(tx, place, directory, range, filter, reader).await,
        }
    }
}

/// What it became in a period.
pub(super) async fn read(
    tx: &mut Tx,
    asked: Asked<'_>,
    range: DateRange,
    exchange: &Exchange,
) -> Result<TurnedMoney> {
    let Asked {
        place,
        directory,
        objects,
        filter,
    } = asked;
    let money = TurnedMoney::of(exchange);
    let to = exchange.to.filter(|_| exchange.kept.is_empty());
    let Some(to) = to else {
        return asked.read(tx, range, money).await;
    };
    let known = Known::<Key, TurnedMonth>::of_moment(place);
    let revision = place.delivered_revision();
    let accounts = daily::accounts_of(place, directory, filter);
    let mut turning = ByMonth::of(money);
    // What is to be read, month by month and then together.
    let mut unknown: Vec<DateRange> = Vec::new();
    for part in range.by_month() {
        let month = DateRange::month_of(part.from);
        if part == month {
            let of = |account: AdAccountId| {
                let month = known.get(&(objects, account, month.from, to), revision)?;
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
        turning = asked.read(tx, part, turning).await?;
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
            if let Some(mut kept) = kept {
                let own = (objects, account.id);
                let all = Known::<(Objects, AdAccountId), Vec<_>>::of_moment(place);
                kept.objects = all.shared(own, revision, kept.objects);
                let key = (objects, account.id, month.from, to);
                known.keep(key, revision, &Arc::new(kept));
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
