//! What the days of an account came to when they were so many days old, as syncs found them: what
//! is learned from it is how much of a day is there while Meta still restates it.
//!
//! Readings are sums like those by account and day, of which they keep the last at each age. What
//! all accounts of a currency came to together is kept as well, so that a screen reads a few rows
//! however many accounts there are.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, Micros, Result, TimeZone, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};

use super::write::AccountKey;

/// The ages at which readings are kept, in days: each holds what was read since the one before. The
/// last is every later age.
pub const READING_AGES: [u32; 12] = [1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 29];

/// What is read of a day when it is older no longer belongs to how it settles.
const OLDEST: i64 = 56;
/// A day that an account was first read of later says nothing of what was to be seen before, and
/// is left out of what all accounts come to together; FILL_TOGETHER says the same.
const FIRST_READ: i64 = 7;

rumbo_db::statements! {
    /// When a sync began, and in which zone the account's days are.
    READ_AT = "SELECT r.started_at, a.timezone FROM sync_runs r JOIN ad_accounts a \
        ON a.workspace_id = r.workspace_id WHERE r.workspace_id = $1 AND r.seq = $2 AND r.kind = 'sync' AND a.id = $3";
    SUMS = "SELECT spend_micros, meta_leads, meta_purchases, meta_purchase_micros FROM account_days \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND day = $3";
    OF_DAY = "SELECT day, age, run, spend_micros, meta_leads, meta_purchases, meta_purchase_micros \
        FROM account_day_readings WHERE workspace_id = $1 AND ad_account_id = $2 AND day = $3 ORDER BY age";
    KEEP = "INSERT INTO account_day_readings (workspace_id, ad_account_id, day, age, run, \
        spend_micros, meta_leads, meta_purchases, meta_purchase_micros) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT (workspace_id, ad_account_id, day, age) DO UPDATE SET run = excluded.run, \
        spend_micros = excluded.spend_micros, meta_leads = excluded.meta_leads, \
        meta_purchases = excluded.meta_purchases, meta_purchase_micros = excluded.meta_purchase_micros";
    /// Adds to what an age added.
    ADD = "INSERT INTO day_readings (workspace_id, currency, day, age, run, \
        spend_micros, meta_leads, meta_purchases, meta_purchase_micros) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT (workspace_id, currency, day, age) DO UPDATE SET run = excluded.run, \
        spend_micros = day_readings.spend_micros + excluded.spend_micros, \
        meta_leads = day_readings.meta_leads + excluded.meta_leads, \
        meta_purchases = day_readings.meta_purchases + excluded.meta_purchases, \
        meta_purchase_micros = day_readings.meta_purchase_micros + excluded.meta_purchase_micros";
    CLEAR_TOGETHER = "DELETE FROM day_readings WHERE workspace_id = $1";
    FILL_TOGETHER = "INSERT INTO day_readings (workspace_id, currency, day, age, run, \
        spend_micros, meta_leads, meta_purchases, meta_purchase_micros) \
        SELECT z.workspace_id, z.currency, z.day, z.age, MAX(z.run), CAST(SUM(z.spend_micros) AS BIGINT), \
        CAST(SUM(z.meta_leads) AS BIGINT), CAST(SUM(z.meta_purchases) AS BIGINT), \
        CAST(SUM(z.meta_purchase_micros) AS BIGINT) \
        FROM (SELECT r.workspace_id, a.currency, r.day, r.age, r.run, \
        r.spend_micros - COALESCE(LAG(r.spend_micros) OVER w, 0) AS spend_micros, \
        r.meta_leads - COALESCE(LAG(r.meta_leads) OVER w, 0) AS meta_leads, \
        r.meta_purchases - COALESCE(LAG(r.meta_purchases) OVER w, 0) AS meta_purchases, \
        r.meta_purchase_micros - COALESCE(LAG(r.meta_purchase_micros) OVER w, 0) AS meta_purchase_micros, \
        FIRST_VALUE(r.age) OVER w AS first_age \
        FROM account_day_readings r JOIN ad_accounts a ON a.workspace_id = r.workspace_id AND a.id = r.ad_account_id \
        WHERE r.workspace_id = $1 \
        WINDOW w AS (PARTITION BY r.ad_account_id, r.day ORDER BY r.age)) z \
        WHERE z.first_age <= 7 GROUP BY z.workspace_id, z.currency, z.day, z.age";
    STORED = "SELECT day, age, run, spend_micros, meta_leads, meta_purchases, meta_purchase_micros \
        FROM account_day_readings WHERE workspace_id = $1 AND ad_account_id = $2 ORDER BY day, age";
    /// What each run added to the sums of a day, from $3 on. The rows that a run replaced left with it.
    MOVED = "SELECT m.day, m.run, CAST(COALESCE(SUM(m.spend_micros), 0) AS BIGINT) AS spend_micros, \
        CAST(COALESCE(SUM(m.meta_leads), 0) AS BIGINT) AS meta_leads, \
        CAST(COALESCE(SUM(m.meta_purchases), 0) AS BIGINT) AS meta_purchases, \
        CAST(COALESCE(SUM(m.meta_purchase_micros), 0) AS BIGINT) AS meta_purchase_micros FROM (\
        SELECT i.day, i.run, i.spend_micros, i.meta_leads, i.meta_purchases, i.meta_purchase_micros FROM ad_insights i \
        WHERE i.workspace_id = $1 AND i.ad_account_id = $2 AND i.day >= $3 \
        UNION ALL SELECT j.day, j.run, j.spend_micros, j.meta_leads, j.meta_purchases, j.meta_purchase_micros \
        FROM ad_insight_journal j WHERE j.workspace_id = $1 AND j.ad_account_id = $2 AND j.day >= $3 \
        UNION ALL SELECT j.day, j.replaced_by_run, -j.spend_micros, -j.meta_leads, -j.meta_purchases, \
        -j.meta_purchase_micros FROM ad_insight_journal j \
        WHERE j.workspace_id = $1 AND j.ad_account_id = $2 AND j.day >= $3) m GROUP BY m.day, m.run ORDER BY m.day, m.run";
    CORRECT = "UPDATE account_day_readings SET spend_micros = $5, meta_leads = $6, meta_purchases = $7, \
        meta_purchase_micros = $8 WHERE workspace_id = $1 AND ad_account_id = $2 AND day = $3 AND age = $4";
}

/// The age under which a reading is kept; `None` where it says nothing of how a day settles: the day
/// has not ended, or is long gone.
pub fn reading_age(day: NaiveDate, read_on: NaiveDate) -> Option<u32> {
    let days = (read_on - day).num_days();
    let (last, _) = READING_AGES.split_last()?;
    (1..=OLDEST).contains(&days).then(|| {
        let age = READING_AGES.iter().find(|age| i64::from(**age) >= days);
        *age.unwrap_or(last)
    })
}

/// Writes one reading, of an account or of a currency.
macro_rules! put {
    ($tx:expr, $statement:expr, $workspace:expr, $of:expr, $day:expr, $age:expr, $run:expr, $sums:expr) => {
        on_tx!($tx, |c| sqlx::query($statement)
            .bind($workspace)
            .bind($of)
            .bind($day)
            .bind($age)
            .bind($run)
            .bind($sums.spend_micros)
            .bind($sums.meta_leads)
            .bind($sums.meta_purchases)
            .bind($sums.meta_purchase_micros)
            .execute(c)
            .await
            .map(|_| ()))
        .db()
    };
}

/// Keeps what some days have become by a sync. Other runs do not read a day when it is so many days
/// old, but what a file says of it.
pub(super) async fn keep(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountKey,
    run: i64,
    days: impl Iterator<Item = NaiveDate>,
) -> Result<()> {
    let read: Option<(DateTime<Utc>, String)> = on_tx!(tx, |c| sqlx::query_as(READ_AT)
        .bind(workspace)
        .bind(run)
        .bind(account.id)
        .fetch_optional(c)
        .await)
    .db()?;
    let Some((at, zone)) = read else {
        return Ok(());
    };
    let read_on = zone.parse::<TimeZone>()?.day_of(at);
    for day in days {
        let Some(age) = reading_age(day, read_on).map(i64::from) else {
            continue;
        };
        let sums: Option<Sums> = on_tx!(tx, |c| sqlx::query_as(SUMS)
            .bind(workspace)
            .bind(account.id)
            .bind(day)
            .fetch_optional(c)
            .await)
        .db()?;
        let Some(sums) = sums else {
            continue;
        };
        let before: Vec<Stored> = on_tx!(tx, |c| sqlx::query_as(OF_DAY)
            .bind(workspace)
            .bind(account.id)
            .bind(day)
            .fetch_all(c)
            .await)
        .db()?;
        let added = match before.iter().rfind(|reading| reading.age <= age) {
            Some(last) => sums.less(last.sums)?,
            None => sums,
        };
        put!(tx, KEEP, workspace, account.id, day, age, run, sums)?;
        let first = before.first().map_or(age, |reading| reading.age);
        if first <= FIRST_READ {
            put!(
                tx,
                ADD,
                workspace,
                account.currency.code(),
                day,
                age,
                run,
                added
            )?;
        }
    }
    Ok(())
}

/// Works out again what all accounts came to together, from what each came to.
///
/// # Errors
/// As any write.
pub async fn fill_together(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    for statement in [CLEAR_TOGETHER, FILL_TOGETHER] {
        on_tx!(tx, |c| sqlx::query(statement)
            .bind(workspace)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
struct Sums {
    spend_micros: Micros,
    meta_leads: i64,
    meta_purchases: i64,
    meta_purchase_micros: Micros,
}

impl Sums {
    fn plus(self, more: Self) -> Result<Self> {
        Ok(Self {
            spend_micros: self.spend_micros.checked_add(more.spend_micros)?,
            meta_leads: self.meta_leads + more.meta_leads,
            meta_purchases: self.meta_purchases + more.meta_purchases,
            meta_purchase_micros: self
                .meta_purchase_micros
                .checked_add(more.meta_purchase_micros)?,
        })
    }

    fn less(self, other: Self) -> Result<Self> {
        self.plus(Self {
            spend_micros: -other.spend_micros,
            meta_leads: -other.meta_leads,
            meta_purchases: -other.meta_purchases,
            meta_purchase_micros: -other.meta_purchase_micros,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Stored {
    day: NaiveDate,
    age: i64,
    run: i64,
    #[sqlx(flatten)]
    sums: Sums,
}

#[derive(sqlx::FromRow)]
struct Moved {
    day: NaiveDate,
    run: i64,
    #[sqlx(flatten)]
    sums: Sums,
}

/// Works the readings of an account out again from the ad-days and their journal: the action map was
/// changed, and with it what counted as a lead then. Gives how many said something else.
///
/// # Errors
/// As any write.
pub async fn correct_readings(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<u64> {
    let stored: Vec<Stored> = on_tx!(tx, |c| sqlx::query_as(STORED)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()?;
    let Some(first) = stored.first().map(|reading| reading.day) else {
        return Ok(0);
    };
    let rows: Vec<Moved> = on_tx!(tx, |c| sqlx::query_as(MOVED)
        .bind(workspace)
        .bind(account)
        .bind(first)
        .fetch_all(c)
        .await)
    .db()?;
    let mut moved: BTreeMap<NaiveDate, Vec<(i64, Sums)>> = BTreeMap::new();
    for row in rows {
        moved.entry(row.day).or_default().push((row.run, row.sums));
    }
    let mut corrected = 0;
    for reading in stored {
        let runs = moved.get(&reading.day).map_or(&[][..], Vec::as_slice);
        let mut sums = Sums::default();
        for (_, more) in runs.iter().filter(|(run, _)| *run <= reading.run) {
            sums = sums.plus(*more)?;
        }
        if sums == reading.sums {
            continue;
        }
        corrected += 1;
        on_tx!(tx, |c| sqlx::query(CORRECT)
            .bind(workspace)
            .bind(account)
            .bind(reading.day)
            .bind(reading.age)
            .bind(sums.spend_micros)
            .bind(sums.meta_leads)
            .bind(sums.meta_purchases)
            .bind(sums.meta_purchase_micros)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(corrected)
}
