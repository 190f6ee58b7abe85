//! How much of a day is there while Meta still restates it: against processes that are known.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_ads::insights::{READING_AGES, reading_age};
use rumbo_base::{AdAccountId, Micros};
use rumbo_db::testing::on_both;
use rumbo_db::{Tx, on_tx};
use rumbo_insight::{
    HomeRequest, Metric, SettleReport, SettleRequest, home, settle, settle_curves,
};

use crate::world::{AdDay, World, range};

/// Binds values to one statement and runs it.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on_tx!($tx, |c| sqlx::query($sql)$(.bind($value))*.execute(c).await.map(|_| ())).unwrap()
    };
}

/// What is known of a day's leads at an age: part comes on the first days, the rest within 28.
fn known(age: i64) -> f64 {
    match age {
        ..=0 => 0.5,
        1..=28 => 1.0 - 0.4 * 0.5_f64.powf(f64::from(i32::try_from(age).unwrap()) / 3.0),
        _ => 1.0,
    }
}

fn float(count: i64) -> f64 {
    f64::from(i32::try_from(count).unwrap())
}

struct History {
    world: World,
    account: AdAccountId,
    runs: i64,
}

impl History {
    /// Leads of a day, all told: more on some days than on others.
    fn leads(day: NaiveDate) -> i64 {
        100 + day.format("%j").to_string().parse::<i64>().unwrap() * 37 % 50
    }

    /// A sync: every day of the last 29 says what is known of it.
    async fn sync(&mut self, tx: &mut Tx, first: NaiveDate) {
        self.runs += 1;
        let (workspace, now) = (self.world.scope.workspace, self.world.scope.now());
        run!(
            tx,
            "INSERT INTO sync_runs (workspace_id, seq, kind, trigger, state, started_at, finished_at, rows_added, \
             rows_changed, rows_unchanged, calls, waits, waited_ms, errors, report) \
             VALUES ($1, $2, 'sync', 'person', 'done', $3, $3, 0, 0, 0, 0, 0, 0, 0, '{}')",
            workspace,
            self.runs,
            now,
        );
        run!(
            tx,
            "UPDATE ad_accounts SET last_synced_at = $3 WHERE workspace_id = $1 AND id = $2",
            workspace,
            self.account,
            now,
        );
        let today = now.date_naive();
        for back in 1..=29 {
            let day = today - Days::new(back);
            let Some(age) = reading_age(day, today).filter(|_| day >= first) else {
                continue;
            };
            let leads = float(Self::leads(day)) * known(i64::try_from(back).unwrap());
            let leads: i64 = format!("{leads:.0}").parse().unwrap();
            run!(
                tx,
                "INSERT INTO account_day_readings (workspace_id, ad_account_id, day, age, run, spend_micros, \
                 meta_leads, meta_purchases, meta_purchase_micros) VALUES ($1, $2, $3, $4, $5, 90000000, $6, 0, 0) \
                 ON CONFLICT (workspace_id, ad_account_id, day, age) DO UPDATE SET run = excluded.run, \
                 meta_leads = excluded.meta_leads",
                workspace,
                self.account,
                day,
                i64::from(age),
                self.runs,
                leads,
            );
        }
        // What all accounts came to together, as the sync keeps it.
        rumbo_ads::insights::fill_together(tx, workspace)
            .await
            .unwrap();
    }

    async fn asked(&self, as_of: Option<DateTime<Utc>>) -> SettleReport {
        let request = SettleRequest {
            as_of,
            ..SettleRequest::default()
        };
        settle_curves(&self.world.scope, request).await.unwrap()
    }
}

async fn history(test: rumbo_db::testing::TestDb) -> History {
    let world = World::new(test, Some("USD"), "UTC").await;
    let mut tx = world.write().await;
    let account = world.account(&mut tx, "1", "USD", "UTC").await;
    tx.commit().await.unwrap();
    History {
        world,
        account,
        runs: 0,
    }
}

#[test]
fn the_ages_are_those_of_the_sync() {
    let (last, ages) = READING_AGES.split_last().unwrap();
    assert_eq!((*last, ages), (settle::SETTLED_AT, &settle::AGES[..]));
}

#[tokio::test]
async fn a_known_lag_is_learned_and_was_known_as_it_is_said_it_was() {
    on_both(|test| async move {
        let mut history = history(test).await;
        let first = history.world.scope.now().date_naive();
        let mut said: BTreeMap<DateTime<Utc>, String> = BTreeMap::new();
        for day in 0..170_u64 {
            history.world.scope.clock.advance(Duration::from_hours(24));
            // One week the machine is off.
            if (100..107).contains(&day) {
                continue;
            }
            let mut tx = history.world.write().await;
            history.sync(&mut tx, first).await;
            tx.commit().await.unwrap();
            if day % 17 == 0 {
                history.world.scope.clock.advance(Duration::from_mins(1));
                let told = history.asked(None).await;
                said.insert(history.world.scope.now(), format!("{told:?}"));
            }
        }
        let report = history.asked(None).await;
        let leads = &report.metrics[1];
        assert_eq!((leads.metric, leads.happened), (Metric::MetaLeads, true));
        for age in settle::AGES {
            let at = leads.curve.at(age).unwrap();
            assert!(
                (at.median - known(i64::from(age))).abs() < 0.015,
                "{age} {at:?}"
            );
        }
        assert!(leads.curve.held.holds(), "{:?}", leads.curve.held);
        // Spend never moved; there were no purchases.
        assert_eq!(report.metrics[0].curve.settled_from(), Some(1));
        assert!(!report.metrics[2].happened && !report.metrics[2].curve.is_known());
        // While the machine was off nothing was seen, and nothing is taken for it.
        assert!(leads.curve.at(1).unwrap().days < 56);

        let (early, late) = (said.iter().next().unwrap(), said.iter().last().unwrap());
        assert!(!early.1.contains("Some(Completeness"), "{}", early.1);
        assert!(late.1.contains("Some(Completeness"), "{}", late.1);
        for (then, told) in &said {
            let again = history.asked(Some(*then)).await;
            assert_eq!(*told, format!("{again:?}"), "as of {then}");
        }
    })
    .await;
}

#[tokio::test]
async fn home_says_how_much_of_each_day_is_there() {
    on_both(|test| async move {
        let mut history = history(test).await;
        let first = history.world.scope.now().date_naive();
        for _ in 0..150 {
            history.world.scope.clock.advance(Duration::from_hours(24));
            let mut tx = history.world.write().await;
            history.sync(&mut tx, first).await;
            tx.commit().await.unwrap();
        }
        let world = &history.world;
        let today = world.scope.now().date_naive();
        let mut tx = world.write().await;
        let campaign = world.campaign(&mut tx, history.account, "c").await;
        let set = world.ad_set(&mut tx, history.account, campaign, "s").await;
        let line = (history.account, campaign, set);
        let ad = world.ad(&mut tx, line, None, "a").await;
        for back in 0..40 {
            let row = AdDay {
                spend: Some(Micros(90_000_000)),
                // Of the day before yesterday there are too few to say anything.
                meta_leads: Some(if back == 2 { 4 } else { 80 }),
                ..AdDay::default()
            };
            let day = today - Days::new(back);
            world
                .ad_day(&mut tx, history.account, "USD", ad, day, row)
                .await;
        }
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let days = range(&(today - Days::new(35)).to_string(), &today.to_string());
        let told = home(&world.scope, HomeRequest::new(days)).await.unwrap();
        let of = |back: usize| &told.days[told.days.len() - 1 - back];
        // Today has not ended: it moves, and how much of it is there is not said.
        assert!(of(0).settling && of(0).complete.is_empty());
        let yesterday = &of(1).complete;
        assert_eq!(yesterday.len(), 1, "{yesterday:?}");
        assert_eq!(yesterday[0].metric, Metric::MetaLeads);
        assert_eq!(yesterday[0].percent, "68");
        let (low, high) = yesterday[0].between.clone().unwrap();
        assert!(
            low.as_str() <= "68" && high.as_str() >= "68",
            "{low} {high}"
        );
        assert!(of(2).settling && of(2).complete.is_empty());
        // On the line from 92 at seven days to 96 at ten.
        assert_eq!(of(8).complete[0].percent, "93");
        // Within 2 % of all of it well before Meta stops restating.
        assert!(of(12).settling);
        assert!(!of(20).settling && of(20).complete.is_empty());
        assert!(!of(29).settling);

        // Converted with another currency beside it: the fixed mark.
        let mut tx = world.write().await;
        world.account(&mut tx, "2", "EUR", "UTC").await;
        tx.commit().await.unwrap();
        let request = HomeRequest {
            convert_to: Some("USD".parse().unwrap()),
            ..HomeRequest::new(days)
        };
        let told = home(&world.scope, request).await.unwrap();
        let of = |back: usize| &told.days[told.days.len() - 1 - back];
        assert!(of(1).settling && of(20).settling && !of(28).settling);
        assert!(told.days.iter().all(|day| day.complete.is_empty()));
    })
    .await;
}

#[tokio::test]
async fn accounts_are_added_up_and_learn_from_each_other() {
    on_both(|test| async move {
        let mut history = history(test).await;
        let first = history.world.scope.now().date_naive();
        let old = history.account;
        let mut young = None;
        for day in 0..120 {
            history.world.scope.clock.advance(Duration::from_hours(24));
            let mut tx = history.world.write().await;
            if day == 80 {
                young = Some(history.world.account(&mut tx, "2", "USD", "UTC").await);
            }
            history.account = old;
            history.sync(&mut tx, first).await;
            if let Some(young) = young {
                history.account = young;
                let began = first + Days::new(80);
                history.sync(&mut tx, began).await;
            }
            tx.commit().await.unwrap();
        }
        let both = history.asked(None).await;
        assert_eq!(both.accounts.len(), 2);
        let request = SettleRequest {
            account: young,
            ..SettleRequest::default()
        };
        let told = settle_curves(&history.world.scope, request).await.unwrap();
        let leads = told.metrics[1].curve.at(3).unwrap();
        assert!(leads.days > 0 && leads.days < 14, "{leads:?}");
        assert!((leads.median - known(3)).abs() < 0.02, "{leads:?}");
        // What the others taught was tried on its own days.
        let held = told.metrics[1].curve.held;
        assert!(held.tried > 28 && held.holds(), "{held:?}");
        let gone = SettleRequest {
            account: Some(history.world.scope.id()),
            ..SettleRequest::default()
        };
        let refused = settle_curves(&history.world.scope, gone).await;
        assert!(refused.is_err());
    })
    .await;
}
