use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{Currency, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_forecast::{HELD_OUT_DAYS, LEARNED_DAYS};

use super::{AGES, Sums};
use crate::amount::{figure, float};
use crate::figures::Figures;
use crate::read::moment::Moment;
use crate::read::place::{Account, Place};

/// Days that a curve is learned and tried on.
const READ: u64 = SETTLED_DAYS * 2 + HELD_OUT_DAYS + LEARNED_DAYS;
/// As many as [`super::SETTLED_AT`].
const SETTLED_DAYS: u64 = 29;

statements! {
    /// What the days of an account came to by age, as far as runs up to $5 found it.
    OF_ACCOUNT = "SELECT d.day, d.age, d.run, d.spend_micros, d.meta_leads, d.meta_purchases, \
        d.meta_purchase_micros FROM account_day_readings d WHERE d.workspace_id = $1 \
        AND d.ad_account_id = $2 AND d.day BETWEEN $3 AND $4 AND d.run <= $5 ORDER BY d.day, d.age";
    /// What each age added to the days of all accounts in a currency.
    TOGETHER = "SELECT d.day, d.age, d.run, d.spend_micros, d.meta_leads, d.meta_purchases, \
        d.meta_purchase_micros FROM day_readings d WHERE d.workspace_id = $1 AND d.currency = $2 \
        AND d.day BETWEEN $3 AND $4 AND d.run <= $5 ORDER BY d.day, d.age";
    /// The syncs that read something.
    RUNS = "SELECT d.seq, d.state, d.started_at FROM sync_runs d WHERE d.workspace_id = $1 \
        AND d.seq BETWEEN $2 AND $3 AND d.kind = 'sync' AND d.state IN ('done', 'partly')";
}

#[derive(sqlx::FromRow)]
struct Reading {
    day: NaiveDate,
    age: i64,
    run: i64,
    spend_micros: Micros,
    meta_leads: i64,
    meta_purchases: i64,
    meta_purchase_micros: Micros,
}

#[derive(sqlx::FromRow)]
struct Run {
    seq: i64,
    state: String,
    started_at: DateTime<Utc>,
}

impl Reading {
    fn sums(&self) -> Sums {
        [
            float(self.spend_micros),
            figure(self.meta_leads),
            figure(self.meta_purchases),
            float(self.meta_purchase_micros),
        ]
    }

    fn age(&self) -> u32 {
        u32::try_from(self.age).unwrap_or(u32::MAX)
    }
}

/// What a day says, in the order of [`super::SETTLING`].
pub(super) fn sums_of(figures: &Figures) -> Sums {
    [
        float(figures.spend.unwrap_or_default()),
        figure(figures.meta_leads),
        figure(figures.meta_purchases),
        float(figures.meta_purchase_value),
    ]
}

/// Days with what they came to by age, and the days on which somebody looked.
#[derive(Debug)]
pub(super) struct ReadDays {
    /// The day of the last sync.
    pub known_on: NaiveDate,
    read_on: BTreeSet<NaiveDate>,
    days: BTreeMap<NaiveDate, Vec<(u32, Sums)>>,
}

/// A day: what was seen at each age, and what it says last.
#[derive(Debug)]
pub(super) struct ToldDay {
    pub day: NaiveDate,
    pub seen: Vec<Option<Sums>>,
    pub last: Sums,
}

/// The last day on which some accounts were read, each by its own calendar: the earliest of these
/// days, so that no day is taken for older than it is. Which of them was left out lately is told
/// elsewhere.
pub(super) fn latest(accounts: &[&Account], now: DateTime<Utc>) -> Option<NaiveDate> {
    let read = accounts.iter().filter_map(|account| account.last_synced_at);
    let at = read.max()?.min(now);
    accounts.iter().map(|account| account.zone.day_of(at)).min()
}

/// The days of one account.
pub(super) async fn alone(
    tx: &mut Tx,
    place: &Place,
    account: &Account,
    latest: Option<NaiveDate>,
) -> Result<Option<ReadDays>> {
    let Some(latest) = latest else {
        return Ok(None);
    };
    let readings: Vec<Reading> = on_tx!(tx, |c| {
        sqlx::query_as(OF_ACCOUNT)
            .bind(place.workspace)
            .bind(account.id)
            .bind(before(latest, READ))
            .bind(latest)
            .bind(last_run(place))
            .fetch_all(c)
            .await
    })
    .db()?;
    let day_of = |at: DateTime<Utc>| account.zone.day_of(at);
    of_readings(tx, place, latest, &readings, Reading::sums, day_of).await
}

/// The days of all accounts of a currency together.
pub(super) async fn together(
    tx: &mut Tx,
    place: &Place,
    currency: Currency,
    accounts: &[&Account],
    latest: Option<NaiveDate>,
) -> Result<Option<ReadDays>> {
    let Some(latest) = latest else {
        return Ok(None);
    };
    let readings: Vec<Reading> = on_tx!(tx, |c| {
        sqlx::query_as(TOGETHER)
            .bind(place.workspace)
            .bind(currency.code())
            .bind(before(latest, READ))
            .bind(latest)
            .bind(last_run(place))
            .fetch_all(c)
            .await
    })
    .db()?;
    let mut so_far = [0.0; 4];
    let mut of = None;
    let sums = |reading: &Reading| {
        if of != Some(reading.day) {
            (of, so_far) = (Some(reading.day), [0.0; 4]);
        }
        for (sum, more) in so_far.iter_mut().zip(reading.sums()) {
            *sum += more;
        }
        so_far
    };
    let day_of = |at: DateTime<Utc>| {
        let days = accounts.iter().map(|account| account.zone.day_of(at));
        days.min().unwrap_or(latest)
    };
    of_readings(tx, place, latest, &readings, sums, day_of).await
}

async fn of_readings(
    tx: &mut Tx,
    place: &Place,
    latest: NaiveDate,
    readings: &[Reading],
    mut sums: impl FnMut(&Reading) -> Sums,
    day_of: impl Fn(DateTime<Utc>) -> NaiveDate,
) -> Result<Option<ReadDays>> {
    let Some(first_run) = readings.iter().map(|reading| reading.run).min() else {
        return Ok(None);
    };
    let mut days: BTreeMap<NaiveDate, Vec<(u32, Sums)>> = BTreeMap::new();
    for reading in readings {
        let told = (reading.age(), sums(reading));
        days.entry(reading.day).or_default().push(told);
    }
    let runs: Vec<Run> = on_tx!(tx, |c| sqlx::query_as(RUNS)
        .bind(place.workspace)
        .bind(first_run)
        .bind(last_run(place))
        .fetch_all(c)
        .await)
    .db()?;
    // Of a sync that read a part it is known only by what it brought.
    let brought: BTreeSet<i64> = readings.iter().map(|reading| reading.run).collect();
    let read_on: BTreeSet<NaiveDate> = runs
        .iter()
        .filter(|run| run.state == "done" || brought.contains(&run.seq))
        .map(|run| day_of(run.started_at))
        .filter(|day| *day <= latest)
        .collect();
    Ok(read_on.last().copied().map(|known_on| ReadDays {
        known_on,
        read_on,
        days,
    }))
}

fn last_run(place: &Place) -> i64 {
    place.moment.unwrap_or(Moment::LAST).run
}

impl ReadDays {
    pub fn days(&self) -> Vec<ToldDay> {
        let days = self.days.iter();
        days.map(|(day, readings)| ToldDay {
            day: *day,
            seen: self.seen(*day, readings),
            last: readings.last().map_or([0.0; 4], |(_, sums)| *sums),
        })
        .collect()
    }

    /// What was known of a day at each of the ages: the last reading before, where somebody looked
    /// at that age, or since the one before.
    fn seen(&self, day: NaiveDate, readings: &[(u32, Sums)]) -> Vec<Option<Sums>> {
        let mut younger = 0;
        AGES.iter()
            .map(|age| {
                let looked = after(day, younger + 1)..=after(day, *age);
                younger = *age;
                self.read_on.range(looked).next()?;
                let known = readings.iter().rfind(|(at, _)| at <= age);
                known.map(|(_, sums)| *sums)
            })
            .collect()
    }
}

/// So many days before a day.
fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// So many days after a day.
fn after(day: NaiveDate, days: u32) -> NaiveDate {
    let days = Days::new(u64::from(days));
    day.checked_add_days(days).unwrap_or(day)
}
