//! How much of a day Meta has told while it still restates it, learned from the workspace's own
//! history: every reading of a day at each age, beside what the day came to in the end
//! ([`rumbo_forecast::Settling`]; docs/backtests.md says how often that is right).

mod read;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, Code, Currency, Error, Reason, Result};
use rumbo_db::Tx;
use rumbo_forecast::{Completeness, SettleCurve, SettledDay, Settling};
use rumbo_platform::Scope;

use crate::figures::Figures;
use crate::metric::Metric;
use crate::read::kept::Topic;
use crate::read::place::{Account, Place};

pub(crate) use read::STATEMENTS;
use read::{ReadDays, ToldDay};
pub use rumbo_forecast::{LEAST_SETTLED_DAYS, NOMINAL, TOLERANCE};

/// The figures that Meta restates and that are looked at, in the order in which they are told.
pub const SETTLING: [Metric; 4] = [
    Metric::Spend,
    Metric::MetaLeads,
    Metric::MetaPurchases,
    Metric::MetaPurchaseValue,
];
/// The ages at which readings are kept, but the last, at which a day has settled: the sync's own
/// list, which a test compares with this one.
pub const AGES: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28];
/// Meta does not change a day that is older than 28 days.
pub const SETTLED_AT: u32 = 29;
/// A day with fewer leads or purchases is left to chance.
const LEAST_EVENTS: f64 = 5.0;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct SettleRequest {
    /// Of the accounts in this currency; the workspace's when absent.
    pub currency: Option<Currency>,
    /// Of one account alone.
    pub account: Option<AdAccountId>,
    /// What was known at this moment; what is known now without one.
    pub as_of: Option<DateTime<Utc>>,
}

/// How the figures of an account, or of all accounts of a currency together, settle.
#[derive(Clone, Debug)]
pub struct SettleReport {
    pub currency: Currency,
    /// The names of the accounts that it is learned from.
    pub accounts: Vec<String>,
    /// The day of the last sync: the day before it is one day old. `None` without a sync.
    pub known_on: Option<NaiveDate>,
    /// One for each of [`SETTLING`].
    pub metrics: Vec<MetricSettling>,
}

/// How one figure settles.
#[derive(Clone, Debug)]
pub struct MetricSettling {
    pub metric: Metric,
    /// Whether there was any of it in the days looked at.
    pub happened: bool,
    pub curve: SettleCurve,
}

/// How much of a day's figure is there, where something is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCompleteness {
    pub metric: Metric,
    /// In percent, without decimals.
    pub percent: String,
    /// Eight times in ten it lies between these; `None` where intervals did not hold in the
    /// workspace's own last weeks, or could not be tried yet.
    pub between: Option<(String, String)>,
}

/// Learns how figures settle.
///
/// # Errors
/// `NotFound` for a workspace that is gone, or an account that is not in it.
pub async fn settle_curves(scope: &Scope, request: SettleRequest) -> Result<SettleReport> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, request.as_of).await?;
    let now = request.as_of.unwrap_or_else(|| scope.now());
    if let Some(id) = request.account {
        let account = place.account(id).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "This ad account is not in this workspace. Choose another one.",
            )
            .reason(Reason::Gone)
            .param("what", "account")
        })?;
        let currency = account.currency;
        return read(&mut tx, &place, currency, Some(id), now).await;
    }
    let currency = request.currency.unwrap_or(place.main);
    let report = of_all(&mut tx, &place, currency, now).await?;
    Ok(Arc::unwrap_or_clone(report))
}

/// How the figures of all accounts of a currency together settle. It reads a few rows however many
/// accounts there are.
pub(crate) async fn of_all(
    tx: &mut Tx,
    place: &Place,
    currency: Currency,
    now: DateTime<Utc>,
) -> Result<Arc<SettleReport>> {
    let question = (currency, read::latest(&synced(place, currency), now));
    let read = read(tx, place, currency, None, now);
    place.kept(Topic::Delivered, question, read).await
}

/// The accounts of a currency that were read.
fn synced(place: &Place, currency: Currency) -> Vec<&Account> {
    let accounts = place.accounts.iter();
    accounts
        .filter(|account| account.currency == currency && account.last_synced_at.is_some())
        .collect()
}

/// The same, or of one of them alone.
async fn read(
    tx: &mut Tx,
    place: &Place,
    currency: Currency,
    only: Option<AdAccountId>,
    now: DateTime<Utc>,
) -> Result<SettleReport> {
    let accounts = synced(place, currency);
    let latest = |of: &[&Account]| read::latest(of, now);
    let (mut own, mut others) = (None, Vec::new());
    match only {
        None => own = read::together(tx, place, currency, &accounts, latest(&accounts)).await?,
        Some(id) => {
            for account in &accounts {
                let told = read::alone(tx, place, account, latest(&[*account])).await?;
                if account.id == id {
                    own = told;
                } else {
                    others.extend(told);
                }
            }
        }
    }
    let known_on = own.as_ref().map(|own| own.known_on);
    let days = |told: &ReadDays| told.days();
    let own = own.as_ref().map(days).unwrap_or_default();
    let others: Vec<ToldDay> = others.iter().flat_map(days).collect();
    let metrics = SETTLING
        .into_iter()
        .map(|metric| of_metric(metric, &own, &others, known_on))
        .collect();
    let names = accounts
        .iter()
        .filter(|account| only.is_none_or(|only| only == account.id));
    Ok(SettleReport {
        currency,
        accounts: names.map(|account| account.name.clone()).collect(),
        known_on,
        metrics,
    })
}

fn of_metric(
    metric: Metric,
    own: &[ToldDay],
    others: &[ToldDay],
    known_on: Option<NaiveDate>,
) -> MetricSettling {
    let days = |told: &[ToldDay]| -> Vec<SettledDay> {
        told.iter()
            .map(|day| SettledDay {
                day: day.day,
                seen: day.seen.iter().map(|seen| seen_of(metric, *seen)).collect(),
                settled: figure_of(metric, &day.last),
            })
            .collect()
    };
    let (own, others) = (days(own), days(others));
    let settling = Settling {
        ages: &AGES,
        settled_at: SETTLED_AT,
        own: &own,
        others: &others,
        least: least(metric),
    };
    MetricSettling {
        metric,
        happened: own.iter().any(|day| day.settled > 0.0),
        curve: settling.curve(known_on.unwrap_or(NaiveDate::MIN)),
    }
}

/// What of [`SETTLING`] an account-day told, as the floats that estimates are made of.
type Sums = [f64; 4];

fn figure_of(metric: Metric, sums: &Sums) -> f64 {
    let at = SETTLING.iter().position(|known| *known == metric);
    at.and_then(|at| sums.get(at)).copied().unwrap_or(0.0)
}

/// The value of a handful of purchases is as much chance as they are.
fn seen_of(metric: Metric, seen: Option<Sums>) -> Option<f64> {
    let sums = seen?;
    let few = figure_of(Metric::MetaPurchases, &sums) < LEAST_EVENTS;
    (metric != Metric::MetaPurchaseValue || !few).then(|| figure_of(metric, &sums))
}

fn least(metric: Metric) -> f64 {
    match metric {
        Metric::MetaLeads | Metric::MetaPurchases => LEAST_EVENTS,
        _ => 0.0,
    }
}

impl SettleReport {
    /// Whether Meta may still move what a day says, as far as the curves know; `None` where they
    /// do not.
    pub(crate) fn moves(&self, day: NaiveDate) -> Option<bool> {
        let age = self.age(day)?;
        let mut known = false;
        for metric in self.metrics.iter().filter(|metric| metric.happened) {
            match metric.curve.at(age) {
                Some(at) if at.is_settled() => known = true,
                Some(_) => return Some(true),
                None => return None,
            }
        }
        known.then_some(false)
    }

    /// How much of a day is there: only of what has not settled, and was enough to tell.
    pub(crate) fn complete(&self, day: NaiveDate, figures: &Figures) -> Vec<DayCompleteness> {
        let Some(age) = self.age(day) else {
            return Vec::new();
        };
        let sums = read::sums_of(figures);
        self.metrics
            .iter()
            .filter_map(|of| {
                let seen = seen_of(of.metric, Some(sums))?;
                let at = of.curve.at(age).filter(|at| !at.is_settled())?;
                (seen > 0.0 && seen >= least(of.metric)).then(|| DayCompleteness {
                    metric: of.metric,
                    percent: percent(at.median),
                    between: of
                        .interval(&at)
                        .map(|(low, high)| (percent(low), percent(high))),
                })
            })
            .collect()
    }

    /// How many days old a day was when it was last read; `None` before it ended.
    fn age(&self, day: NaiveDate) -> Option<u32> {
        let days = (self.known_on? - day).num_days();
        u32::try_from(days).ok().filter(|days| *days > 0)
    }
}

impl MetricSettling {
    /// The interval, where intervals have held.
    pub fn interval(&self, at: &Completeness) -> Option<(f64, f64)> {
        self.curve.held.holds().then_some((at.low, at.high))
    }
}

fn percent(part: f64) -> String {
    format!("{:.0}", part * 100.0)
}
