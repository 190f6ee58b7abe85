//! Days that are out of the ordinary, what they cost so far, and which campaign stands behind them.
//!
//! Each ad account is watched by its own past ([`rumbo_forecast::judge`]; docs/backtests.md says how
//! often that is right). Only days that are settled enough are judged, and only where there is
//! enough to be judged by.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rumbo_base::{AdAccountId, AdCampaignId, Currency, DateRange, Micros, Result};
use rumbo_db::Tx;
use rumbo_forecast::{Judged, Step, Watch, judge_from};

use crate::amount::money;
use crate::metric::Metric;
use crate::read::directory::Directory;
use crate::read::kept::Topic;
use crate::read::place::{Account, Place};

mod behind;
mod read;
mod watched;

pub use behind::{Behind, BehindKind};
use read::Day;
pub(crate) use read::STATEMENTS;
use watched::Watched;

/// Days that are read: what is judged needs a past.
const READ: u64 = 120;
/// The last settled days that are judged.
const JUDGED: u64 = 7;
/// Days that the cause is looked for in, before the unusual ones.
const BEFORE: u64 = 28;
/// So many are told at most.
const MOST: usize = 3;

/// Days of one ad account on which a metric was out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusual {
    pub account: AdAccountId,
    pub account_name: String,
    pub metric: Metric,
    pub days: DateRange,
    /// More than expected.
    pub up: bool,
    /// Over all its days, as decimal text: money, CTR in percent. Of spend the mean of a day.
    pub value: String,
    /// What was expected instead.
    pub expected: String,
    /// By how much it is off, in percent of what was expected, without decimals.
    pub change_percent: String,
    /// What it cost beyond what was expected, or saved when below zero. Of spend: what was spent
    /// more.
    pub cost: Micros,
    pub behind: Option<Behind>,
}

/// What is out of the ordinary now, in one currency: what moved most money first. Of each account it
/// takes the days up to the last that is known.
pub(crate) async fn find(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    currency: Currency,
    known: &BTreeMap<AdAccountId, NaiveDate>,
) -> Result<Arc<Vec<Unusual>>> {
    let read = all(tx, place, directory, currency, known);
    let question = (currency, known.clone());
    place.kept(Topic::Delivered, question, read).await
}

async fn all(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    currency: Currency,
    known: &BTreeMap<AdAccountId, NaiveDate>,
) -> Result<Vec<Unusual>> {
    let Some(latest) = known.values().copied().max() else {
        return Ok(Vec::new());
    };
    let from = latest.checked_sub_days(Days::new(READ)).unwrap_or(latest);
    let mut days = read::days(tx, place, DateRange::new(from, latest)?, currency).await?;
    let mut found = Vec::new();
    for account in &place.accounts {
        let Some((until, days)) = known.get(&account.id).zip(days.remove(&account.id)) else {
            continue;
        };
        // What is too old is told as such, and says nothing of now.
        if (latest - *until).num_days() > 1 {
            continue;
        }
        let days = whole(&days, *until);
        for watched in Watched::ALL {
            found.extend(episode(account, watched, &days, *until));
        }
    }
    found.sort_by_key(|unusual| std::cmp::Reverse(unusual.cost.0.saturating_abs()));
    found.truncate(MOST);
    for unusual in &mut found {
        let first = unusual.days.from;
        let before = DateRange::new(
            first.checked_sub_days(Days::new(BEFORE)).unwrap_or(first),
            first.pred_opt().unwrap_or(first),
        )?;
        unusual.behind = behind::find(tx, place, directory, unusual, before).await?;
    }
    Ok(found)
}

/// Every day from the first that is known, those without a row as days on which nothing happened.
fn whole(days: &[(NaiveDate, Day)], until: NaiveDate) -> Vec<(NaiveDate, Day)> {
    let Some((first, _)) = days.first() else {
        return Vec::new();
    };
    let mut rows = days.iter().peekable();
    first
        .iter_days()
        .take_while(|day| *day <= until)
        .map(|day| {
            let row = rows.next_if(|(of, _)| *of == day);
            (day, row.map_or_else(Day::nothing, |(_, row)| *row))
        })
        .collect()
}

/// The last run of unusual days in one direction, of one metric of one account.
fn episode(
    account: &Account,
    watched: Watched,
    days: &[(NaiveDate, Day)],
    until: NaiveDate,
) -> Option<Unusual> {
    let steps: Vec<Step> = watched.steps(days.iter().map(|(_, day)| *day));
    let settled = until.checked_sub_days(Days::new(watched.settles_after()))?;
    let first = settled.checked_sub_days(Days::new(JUDGED - 1))?;
    let first_step = days.iter().position(|(day, _)| *day >= first)?;
    let judged = judge_from(&Watch::DAILY, &steps, first_step);
    let judged: Vec<(NaiveDate, Day, Option<Judged>)> = days
        .iter()
        .zip(judged)
        .filter(|((day, _), _)| (first..=settled).contains(day))
        .map(|((day, figures), judged)| (*day, *figures, judged))
        .collect();
    let unusual = |at: usize| -> Option<Judged> {
        let judged = judged.get(at)?.2?;
        judged.is_unusual(&Watch::DAILY).then_some(judged)
    };
    let last = (0..judged.len()).rev().find(|at| unusual(*at).is_some())?;
    let up = unusual(last)?.surprise > 0.0;
    let same = |at: &usize| unusual(*at).is_some_and(|judged| (judged.surprise > 0.0) == up);
    let length = (0..=last).rev().take_while(same).count();
    let run = judged.get(last + 1 - length..=last)?;
    let sums = watched.sums(
        run.iter()
            .map(|(_, day, judged)| (*day, judged.map_or(0.0, |judged| judged.expected))),
    )?;
    let text = |figure: f64| match watched {
        Watched::Ctr => format!("{:.2}", figure * 100.0),
        Watched::Spend | Watched::Cpm | Watched::MetaCpl => {
            money(figure, account.currency).to_text(account.currency)
        }
    };
    Some(Unusual {
        account: account.id,
        account_name: account.name.clone(),
        metric: watched.metric(),
        days: DateRange::new(run.first()?.0, run.last()?.0).ok()?,
        // The series of what a lead costs is watched upside down: leads for the money.
        up: sums.value > sums.expected,
        value: text(sums.value),
        expected: text(sums.expected),
        change_percent: format!("{:.0}", (sums.value / sums.expected - 1.0) * 100.0),
        cost: money(sums.cost, account.currency),
        behind: None,
    })
}

/// A campaign, and what it had of each sum.
type Parts = Vec<(AdCampaignId, Day)>;
