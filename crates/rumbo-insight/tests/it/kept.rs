//! What is kept in memory between reports is what the store has.

use rumbo_db::testing::on_both;
use rumbo_db::{Tx, on_tx};
use rumbo_insight::{Grain, HomeRequest, home, pack_days};

use crate::world::{AdDay, Touch, World, at, day, range};

/// What is kept is made of these.
const OBJECTS: [&str; 6] = [
    "ad_accounts",
    "ad_campaigns",
    "ad_sets",
    "ads",
    "ad_creatives",
    "touch_origins",
];
const DELIVERED: [&str; 4] = [
    "account_days",
    "ad_insight_journal",
    "day_readings",
    "sync_runs",
];

async fn run(tx: &mut Tx, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    on_tx!(tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
}

/// A row of each table.
async fn fill(world: &World) {
    let mut tx = world.write().await;
    let account = world.account(&mut tx, "act_1", "USD", "UTC").await;
    let campaign = world.campaign(&mut tx, account, "c").await;
    let ad_set = world.ad_set(&mut tx, account, campaign, "s").await;
    let creative = world.creative(&mut tx, account, "k").await;
    let line = (account, campaign, ad_set);
    let ad = world.ad(&mut tx, line, Some(creative), "a").await;
    let spent = AdDay::spent("10");
    world
        .ad_day(&mut tx, account, "USD", ad, day("2026-11-10"), spent)
        .await;
    world.roll_up(&mut tx).await;
    let touch = Touch {
        ad: Some(ad),
        ..Touch::default()
    };
    let seen = at("2026-11-10T12:00:00Z");
    world.contact(&mut tx, seen, "META_ADS", Some(touch)).await;
    world.sync_run(&mut tx, 1).await;
    for sql in [
        "INSERT INTO ad_insight_journal (workspace_id, ad_account_id, day, ad_id, replaced_by_run, currency, run) \
         SELECT workspace_id, ad_account_id, day, ad_id, 2, currency, 1 FROM ad_insights",
        "INSERT INTO day_readings (workspace_id, currency, day, age, run, spend_micros, meta_leads, meta_purchases, \
         meta_purchase_micros) SELECT workspace_id, currency, day, 1, 1, 0, 0, 0, 0 FROM ad_insights",
    ] {
        run(&mut tx, sql).await;
    }
    tx.commit().await.unwrap();
}

async fn counted(world: &World) -> (i64, i64) {
    let mut tx = world.scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN topic = 'objects' THEN count END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN topic = 'delivered' THEN count END), 0) AS BIGINT) FROM revisions"
    )
    .fetch_one(c)
    .await)
    .unwrap()
}

#[tokio::test]
async fn every_change_of_what_is_kept_is_counted_once_it_is_there() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        fill(&world).await;
        let mut before = counted(&world).await;
        assert!(before.0 > 0 && before.1 > 0);
        let tables = OBJECTS.map(|table| (table, true)).into_iter();
        for (table, object) in tables.chain(DELIVERED.map(|table| (table, false))) {
            let change = format!("UPDATE {table} SET workspace_id = workspace_id");
            let mut tx = world.write().await;
            run(&mut tx, &change).await;
            assert_eq!(counted(&world).await, before, "{table} before it is there");
            tx.rollback().await.unwrap();
            assert_eq!(counted(&world).await, before, "{table} undone");
            let mut tx = world.write().await;
            run(&mut tx, &change).await;
            tx.commit().await.unwrap();
            let after = counted(&world).await;
            let (grown, same) = if object {
                (after.0 > before.0, after.1 == before.1)
            } else {
                (after.1 > before.1, after.0 == before.0)
            };
            assert!(grown && same, "{table}: {before:?} {after:?}");
            before = after;
        }
        // Rows that come and go.
        for table in DELIVERED {
            let mut tx = world.write().await;
            run(&mut tx, &format!("DELETE FROM {table}")).await;
            tx.commit().await.unwrap();
            let after = counted(&world).await;
            assert!(after.1 > before.1, "{table} deleted");
            before = after;
        }
        let mut tx = world.write().await;
        world.sync_run(&mut tx, 2).await;
        tx.commit().await.unwrap();
        let after = counted(&world).await;
        assert!(after.1 > before.1);
        // What is counted stays the same when the counts of many are made one.
        assert!(pack_days(&world.scope).await.unwrap() > 0);
        assert_eq!(counted(&world).await, after);
        let mut tx = world.scope.read().await.unwrap();
        let rows: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT COUNT(*) FROM revisions WHERE topic IN ('objects', 'delivered')"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!(rows, 2);
    })
    .await;
}

#[tokio::test]
async fn a_report_tells_a_name_as_soon_as_it_is_another_and_not_before() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        fill(&world).await;
        let days = range("2026-11-01", "2026-11-30");
        let named = async |grain| {
            let report = world.roi(grain, days).await;
            report.groups[0].rows[0].name.clone()
        };
        for (grain, table) in [
            (Grain::Account, "ad_accounts"),
            (Grain::Campaign, "ad_campaigns"),
            (Grain::AdSet, "ad_sets"),
            (Grain::Ad, "ads"),
            (Grain::Creative, "ad_creatives"),
        ] {
            let old = named(grain).await;
            assert_eq!(named(grain).await, old);
            let mut tx = world.write().await;
            run(&mut tx, &format!("UPDATE {table} SET name = 'Another'")).await;
            assert_eq!(named(grain).await, old, "{table}");
            tx.commit().await.unwrap();
            assert_eq!(named(grain).await, "Another", "{table}");
        }
    })
    .await;
}

/// What came of each day of the period before is in memory, and so is where touches come from: what no ad
/// account tells otherwise counts on the days and in the currency of the workspace as it is.
#[tokio::test]
async fn what_is_kept_counts_by_the_zone_and_the_currency_that_the_workspace_has() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let seen = at("2026-10-25T02:00:00Z");
        world.contact(&mut tx, seen, "ORGANIC", None).await;
        let touch = Touch {
            source: Some("WEB"),
            campaign_external: Some("c"),
            ..Touch::default()
        };
        world.contact(&mut tx, seen, "WEB", Some(touch)).await;
        tx.commit().await.unwrap();
        pack_days(&world.scope).await.unwrap();
        let before = async || {
            let request = HomeRequest::new(range("2026-11-01", "2026-11-10"));
            let home = home(&world.scope, request).await.unwrap();
            let days = home.days.iter();
            let leads: Vec<i64> = days.map(|day| day.previous.unwrap().leads).collect();
            leads
        };
        // From 22 October on.
        assert_eq!(before().await, [0, 0, 0, 2, 0, 0, 0, 0, 0, 0]);
        let mut tx = world.write().await;
        run(
            &mut tx,
            "UPDATE workspaces SET timezone = 'America/Sao_Paulo'",
        )
        .await;
        tx.commit().await.unwrap();
        assert_eq!(before().await, [0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        let leads = async || {
            let days = range("2026-10-01", "2026-10-31");
            let groups = world.roi(Grain::Campaign, days).await.groups;
            let of = groups
                .iter()
                .map(|group| (group.currency.code().to_owned(), group.total.figures.leads));
            of.collect::<Vec<_>>()
        };
        assert_eq!(leads().await, [("USD".to_owned(), 2)]);
        let mut tx = world.write().await;
        run(&mut tx, "UPDATE workspaces SET currency = 'EUR'").await;
        tx.commit().await.unwrap();
        assert_eq!(leads().await, [("EUR".to_owned(), 2)]);
    })
    .await;
}
