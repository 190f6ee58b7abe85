//! What the days of an account came to by age.

use chrono::{DateTime, Utc};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;

use super::{ActionMap, World, range, remap, row};
use crate::insights::{READING_AGES, correct_readings, fill_together, reading_age};

impl World {
    /// A sync, or something else, that begins then.
    async fn run(&self, run: i64, kind: &str, at: &str) {
        let mut tx = self.test.db.write(self.workspace).await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query(
            "INSERT INTO sync_runs (workspace_id, seq, kind, trigger, state, started_at, finished_at, rows_added, \
             rows_changed, rows_unchanged, calls, waits, waited_ms, errors, report) \
             VALUES ($1, $2, $3, 'person', 'done', $4, $4, 0, 0, 0, 0, 0, 0, 0, '{}')"
        )
        .bind(self.workspace)
        .bind(run)
        .bind(kind)
        .bind(at.parse::<DateTime<Utc>>().unwrap())
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// Day, age, run, spend and leads of every reading.
    async fn readings(&self) -> Vec<String> {
        let mut tx = self.test.db.read(self.workspace).await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT CAST(day AS TEXT) || ' ' || age || ' ' || run || ' ' || (spend_micros / 1000000) || ' ' || meta_leads \
             FROM account_day_readings ORDER BY day, age"
        )
        .fetch_all(c)
        .await)
        .unwrap()
    }

    /// The same of all accounts, as what each age added.
    async fn together(&self) -> Vec<String> {
        let mut tx = self.test.db.read(self.workspace).await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT currency || ' ' || CAST(day AS TEXT) || ' ' || age || ' ' || run || ' ' \
             || (spend_micros / 1000000) || ' ' || meta_leads FROM day_readings ORDER BY day, age"
        )
        .fetch_all(c)
        .await)
        .unwrap()
    }

    /// How many readings are not what the ad-days and their journal say.
    async fn wrong(&self) -> u64 {
        let mut tx = self.test.db.write(self.workspace).await.unwrap();
        correct_readings(&mut tx, self.workspace, self.account.id)
            .await
            .unwrap()
    }
}

#[test]
fn ages_are_days_from_the_day_to_the_sync() {
    let of = |read_on: &str| reading_age("2026-11-01".parse().unwrap(), read_on.parse().unwrap());
    assert_eq!(of("2026-10-31"), None);
    assert_eq!(of("2026-11-01"), None);
    assert_eq!(of("2026-11-02"), Some(1));
    assert_eq!(of("2026-11-08"), Some(7));
    assert_eq!(of("2026-11-09"), Some(10));
    assert_eq!(of("2026-11-29"), Some(28));
    assert_eq!(of("2026-11-30"), Some(29));
    assert_eq!(of("2026-12-27"), Some(29));
    assert_eq!(of("2026-12-28"), None);
    assert!(READING_AGES.is_sorted());
}

#[tokio::test]
async fn a_day_leaves_what_it_was_at_each_age() {
    const SQLITE: &str = include_str!("../../../../../migrations/sqlite/0011_day_readings.sql");
    const POSTGRES: &str = include_str!("../../../../../migrations/postgres/0011_day_readings.sql");
    on_both(|test| async move {
        let world = World::new(test).await;
        let days = range("2026-11-01", "2026-11-03");
        let of = |day: &str, leads: u32| [row("11", day, "10", leads), row("21", day, "5", 1)];
        let mut told = Vec::new();
        for (run, kind, at, leads) in [
            // The day itself: not over.
            (1, "sync", "2026-11-01T20:00:00Z", 1),
            (2, "sync", "2026-11-02T08:00:00Z", 2),
            (3, "sync", "2026-11-02T20:00:00Z", 3),
            // Nothing changed.
            (4, "sync", "2026-11-04T08:00:00Z", 3),
            (5, "sync", "2026-11-05T08:00:00Z", 5),
            // A file says nothing of an age.
            (6, "ads_import", "2026-11-06T08:00:00Z", 6),
            (7, "sync", "2026-11-09T08:00:00Z", 7),
            (8, "sync", "2026-11-10T08:00:00Z", 8),
            (9, "sync", "2026-12-05T08:00:00Z", 9),
        ] {
            world.run(run, kind, at).await;
            world.write(run, days, true, &of("2026-11-01", leads)).await;
            assert_eq!(world.wrong().await, 0, "{run}");
            told = world.readings().await;
            let together = world.together().await;
            let mut tx = world.test.db.write(world.workspace).await.unwrap();
            fill_together(&mut tx, world.workspace).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(world.together().await, together, "{run}");
        }
        let expected = [
            "2026-11-01 1 3 15 4",
            "2026-11-01 4 5 15 6",
            "2026-11-01 10 8 15 9",
            "2026-11-01 29 9 15 10",
        ];
        assert_eq!(told, expected);
        let added = [
            "USD 2026-11-01 1 3 15 4",
            "USD 2026-11-01 4 5 0 2",
            "USD 2026-11-01 10 8 0 3",
            "USD 2026-11-01 29 9 0 1",
        ];
        assert_eq!(world.together().await, added);

        // The upgrade makes the same of what there is.
        let mut tx = world.test.db.write(world.workspace).await.unwrap();
        let upgrade = match tx {
            rumbo_db::Tx::Sqlite(_) => SQLITE,
            rumbo_db::Tx::Postgres(_) => POSTGRES,
        };
        let fill = |table: &str| {
            upgrade.split(';').find_map(|text| {
                let at = text.find(&format!("INSERT INTO {table} "))?;
                text.get(at..)
            })
        };
        for text in [
            "DELETE FROM account_day_readings",
            "DELETE FROM day_readings",
            fill("account_day_readings").unwrap(),
            fill("day_readings").unwrap(),
        ] {
            let text = sqlx::AssertSqlSafe(text);
            on_tx!(&mut tx, |c| sqlx::query(text).execute(c).await.map(|_| ())).unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(world.readings().await, expected);
        assert_eq!(world.together().await, added);

        // Another map counts other things as leads, then as now.
        let map = ActionMap {
            leads: vec![vec!["link_click".to_owned()]],
            purchases: ActionMap::default().purchases,
        };
        let mut tx = world.test.db.write(world.workspace).await.unwrap();
        remap(&mut tx, world.workspace, &map).await.unwrap();
        tx.commit().await.unwrap();
        assert!(
            world
                .readings()
                .await
                .iter()
                .all(|reading| reading.ends_with(" 8"))
        );
        assert_eq!(world.wrong().await, 0);
        assert_eq!(world.together().await[0], "USD 2026-11-01 1 3 15 8");
    })
    .await;
}

#[tokio::test]
async fn days_are_the_accounts_own() {
    let world = World::new(rumbo_db::testing::TestDb::sqlite().await).await;
    let mut tx = world.test.db.write(world.workspace).await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE ad_accounts SET timezone = 'America/Sao_Paulo'"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let days = range("2026-11-01", "2026-11-01");
    // Two in the morning of the second, by UTC, is still the first there.
    for (run, at) in [(1, "2026-11-02T02:00:00Z"), (2, "2026-11-02T04:00:00Z")] {
        world.run(run, "sync", at).await;
        let leads = u32::try_from(run).unwrap();
        world
            .write(run, days, true, &[row("11", "2026-11-01", "10", leads)])
            .await;
    }
    assert_eq!(world.readings().await, ["2026-11-01 1 2 10 2"]);
    assert_eq!(world.together().await, ["USD 2026-11-01 1 2 10 2"]);
    // What is first read when it is old says nothing of how it was before.
    world.run(3, "sync", "2026-11-20T04:00:00Z").await;
    let rows = [row("11", "2026-11-02", "10", 1)];
    world
        .write(3, range("2026-11-02", "2026-11-02"), true, &rows)
        .await;
    assert_eq!(world.readings().await.len(), 2);
    assert_eq!(world.together().await.len(), 1);
}
