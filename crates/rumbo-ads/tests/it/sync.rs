use std::collections::BTreeMap;

use chrono::TimeDelta;
use rumbo_ads::action_map::{ActionMap, ActionTally};
use rumbo_ads::insights::{Versions, as_of, each_actions};
use rumbo_ads::runs::{RunState, runs};
use rumbo_ads::sync::{StepState, SyncOptions, SyncProgress, run};
use rumbo_base::{Code, DateRange};
use rumbo_db::{on_tx, sqlx};
use rumbo_sandbox::{LeadOrder, Profile};
use tokio::sync::watch;

use crate::world::{World, day, sandbox, touched};

#[tokio::test]
async fn everything_arrives_and_adds_up_to_what_meta_says() {
    let world = World::small().await.with_pages().await;
    let pictures = world.folder.path().join("pictures");
    let (sender, receiver) = watch::channel(SyncProgress::default());
    let mut cx = world.context();
    cx.progress = Some(sender);
    let options = SyncOptions {
        since: Some(day("2026-08-23")),
        pictures: Some(pictures.clone()),
        ..SyncOptions::default()
    };
    let report = run(&cx, &options).await.unwrap();
    world.check().await;
    assert_eq!(report.state, RunState::Done, "{report:?}");
    assert_eq!((report.accounts_done, report.accounts), (5, 5));
    assert!(
        report.rows.added > 1_000 && report.rows.changed == 0,
        "{report:?}"
    );
    assert_eq!(
        report.objects.added,
        12 + 30 + 94,
        "creatives are stored bare with their ads first"
    );
    assert!(report.objects.changed >= 94);
    assert!(report.leads.added > 50, "{:?}", report.leads);

    let mut spent = 0;
    for account in &world.sandbox.announcement().ad_account_ids {
        let truth = world.truth(account, "2026-08-23", "2026-11-20").await;
        assert_eq!(world.stored(account).await, truth, "{account}");
        spent += truth.values().sum::<i64>();
    }
    assert!(spent > 0);

    // Everything that insights name was listed, deleted ads too.
    let mut tx = world.scope.read().await.unwrap();
    for table in ["ad_campaigns", "ad_sets", "ads", "ad_creatives"] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE NOT synced");
        let bare: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(
            sql.as_str()
        ))
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!(bare, 0, "{table}");
    }
    let deleted: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM ads WHERE deleted_at IS NOT NULL"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!(deleted, 2);
    assert!(std::fs::read_dir(&pictures).unwrap().count() > 50);

    let progress = receiver.borrow().clone();
    assert!(progress.finished && progress.time_left.is_none());
    assert_eq!(progress.rows, report.rows);
    assert!(
        progress
            .accounts
            .iter()
            .all(|account| account.state == StepState::Done),
        "{progress:?}"
    );
    for account in &progress.accounts {
        for (kind, progress) in &account.kinds {
            assert_eq!(progress.done, progress.total, "{} {kind:?}", account.name);
        }
    }
    let history = runs(
        &mut world.scope.read().await.unwrap(),
        world.scope.workspace,
        5,
    )
    .await
    .unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].state, "done");
    assert_eq!(
        u64::try_from(history[0].rows_added).unwrap(),
        report.rows.added
    );
    assert!(history[0].calls > 10);
}

#[tokio::test]
async fn a_second_run_on_unchanged_data_changes_no_row() {
    let world = World::small().await.with_pages().await;
    let first = world.sync("2026-10-01").await;
    assert_eq!(first.state, RunState::Done);
    let before = touched(&world.scope).await;
    world.scope.clock.advance(std::time::Duration::from_mins(5));
    let again = world.sync_due().await;
    assert_eq!(again.state, RunState::Done);
    assert!(
        again.rows.is_unchanged() && again.rows.unchanged > 0,
        "{:?}",
        again.rows
    );
    assert!(
        again.rows.unchanged < first.rows.added,
        "only the restatement window is read again"
    );
    assert_eq!(
        again.objects.changed + again.objects.added + again.objects.gone,
        0
    );
    assert_eq!(again.leads.added, 0);
    assert_eq!(touched(&world.scope).await, before);
    // From a day on, when that is asked for, whatever is confirmed.
    let since = world.sync("2026-10-05").await;
    assert!(since.rows.is_unchanged(), "{:?}", since.rows);
    assert!(
        (again.rows.unchanged + 1..first.rows.added).contains(&since.rows.unchanged),
        "{:?}",
        since.rows
    );
    // Everything, when it is asked for.
    let options = SyncOptions {
        full: true,
        ..SyncOptions::default()
    };
    let full = run(&world.context(), &options).await.unwrap();
    assert_eq!(full.rows.unchanged, first.rows.added);
    assert_eq!(touched(&world.scope).await, before);
}

#[tokio::test]
async fn restated_days_are_kept_as_they_were_and_as_they_are() {
    let world = World::small().await;
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    let first = world.sync("2026-10-01").await;
    let before = world.stored(&account).await;
    assert!(world.sandbox.control().restate(
        Some(&account),
        "2026-11-01",
        "2026-11-05",
        1100,
        1000
    ));
    let second = world.sync("2026-10-01").await;
    assert!(
        second.rows.changed > 0 && second.rows.added == 0,
        "{:?}",
        second.rows
    );
    assert_eq!(
        world.stored(&account).await,
        world.truth(&account, "2026-10-01", "2026-11-20").await
    );
    let mut tx = world.scope.read().await.unwrap();
    let id = rumbo_ads::objects::accounts(&mut tx, world.scope.workspace)
        .await
        .unwrap()
        .into_iter()
        .find(|row| row.act() == account)
        .unwrap()
        .id;
    let range = DateRange::new(day("2026-10-01"), day("2026-11-20")).unwrap();
    for (known, expected) in [
        (first.run, before),
        (second.run, world.stored(&account).await),
    ] {
        let mut days = BTreeMap::new();
        for (day, _, figures) in as_of(&mut tx, world.scope.workspace, id, range, known)
            .await
            .unwrap()
        {
            *days.entry(day).or_insert(0) += figures.spend_micros.unwrap_or(0);
        }
        days.retain(|_, spend| *spend != 0);
        assert_eq!(days, expected);
    }
}

#[tokio::test]
async fn a_later_day_brings_new_days_new_leads_and_new_objects() {
    let world = World::small().await.with_pages().await;
    let first = world.sync("2026-11-01").await;
    let known = world.leads.0.lock().unwrap().len();
    let (form, ad) = {
        let ad = world
            .leads
            .0
            .lock()
            .unwrap()
            .values()
            .flatten()
            .next()
            .cloned();
        let mut tx = world.scope.read().await.unwrap();
        let form: String = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT MIN(external_id) FROM lead_forms"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        (form, ad)
    };
    let control = world.sandbox.control();
    control.advance(TimeDelta::days(2));
    world
        .scope
        .clock
        .advance(std::time::Duration::from_hours(48));
    control
        .submit_lead(&LeadOrder {
            form_id: form,
            ad_id: ad,
            ..LeadOrder::default()
        })
        .unwrap();
    let campaign: String = on_tx!(&mut world.scope.read().await.unwrap(), |c| {
        sqlx::query_scalar("SELECT MIN(external_id) FROM ad_campaigns WHERE status = 'ACTIVE'")
            .fetch_one(c)
            .await
    })
    .unwrap();
    assert!(control.edit(&campaign, None, Some("Otro nombre")));
    let second = world.sync("2026-11-01").await;
    assert_eq!(second.state, RunState::Done);
    assert!(second.rows.added > 0 && second.rows.changed > 0);
    assert!(second.run > first.run);
    assert!(second.leads.added >= 1);
    assert!(world.leads.0.lock().unwrap().len() > known);
    let name: String = on_tx!(&mut world.scope.read().await.unwrap(), |c| {
        sqlx::query_scalar("SELECT name FROM ad_campaigns WHERE external_id = $1")
            .bind(&campaign)
            .fetch_one(c)
            .await
    })
    .unwrap();
    assert_eq!(name, "Otro nombre");
    for account in &world.sandbox.announcement().ad_account_ids {
        let truth = world.truth(account, "2026-11-01", "2026-11-22").await;
        assert_eq!(world.stored(account).await, truth, "{account}");
    }
}

#[tokio::test]
async fn budgets_and_spend_are_exact_in_currencies_without_coins_and_with_three_decimals() {
    let world = World::new(sandbox(Profile::Agency, None).await).await;
    let mut tx = world.scope.read().await.unwrap();
    let rows = rumbo_ads::objects::accounts(&mut tx, world.scope.workspace)
        .await
        .unwrap();
    drop(tx);
    let mut chosen = Vec::new();
    for code in ["JPY", "CLP", "BHD"] {
        chosen.push(
            rows.iter()
                .find(|row| row.currency().unwrap().code() == code)
                .unwrap()
                .act(),
        );
    }
    world.select(&chosen).await;
    let report = world.sync("2026-11-10").await;
    assert_eq!(report.state, RunState::Done, "{report:?}");
    for account in &chosen {
        assert_eq!(
            world.stored(account).await,
            world.truth(account, "2026-11-10", "2026-11-20").await
        );
        let row = rows.iter().find(|row| row.act() == *account).unwrap();
        let currency = row.currency().unwrap();
        // Meta's own unit: whole yen and pesos, hundredths of a dinar.
        let mut tx = world.scope.read().await.unwrap();
        let budgets: Vec<i64> = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT daily_budget_micros FROM ad_campaigns WHERE ad_account_id = $1 AND daily_budget_micros IS NOT NULL \
             UNION ALL SELECT daily_budget_micros FROM ad_sets WHERE ad_account_id = $1 AND daily_budget_micros IS NOT NULL"
        )
        .bind(row.id)
        .fetch_all(c)
        .await)
        .unwrap();
        assert!(!budgets.is_empty());
        let unit = 1_000_000 / currency.meta_offset();
        assert!(
            budgets.iter().all(|budget| budget % unit == 0),
            "{currency}"
        );
    }
}

#[tokio::test]
async fn conversions_on_days_without_spend_are_kept() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rumbo-sandbox/fixtures/dbt_facebook_ads"
    );
    let world = World::new(sandbox(Profile::Small, Some(folder)).await).await;
    // The files are of 2020 to 2024, and Meta keeps 37 months: be there when it was.
    let types = [
        "onsite_conversion.purchase",
        "onsite_conversion.lead_grouped",
        "offsite_conversion.fb_pixel_purchase",
        "offsite_conversion.fb_pixel_lead",
        "offsite_conversion.fb_pixel_custom",
    ];
    let past = World {
        scope: world.scope.clone(),
        ..world
    };
    let scope = rumbo_platform::Scope {
        clock: rumbo_base::Clock::manual(crate::world::instant("2021-01-10T12:00:00Z")),
        ..past.scope.clone()
    };
    let mut cx = past.context();
    cx.scope = scope;
    let report = run(
        &cx,
        &SyncOptions {
            since: Some(day("2020-01-01")),
            ..SyncOptions::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(report.state, RunState::Done, "{report:?}");
    past.check().await;
    let mut tx = past.scope.read().await.unwrap();
    let (mut count, mut value) = (0, 0);
    let range = DateRange::new(day("2019-01-01"), day("2026-11-20")).unwrap();
    for row in rumbo_ads::objects::accounts(&mut tx, past.scope.workspace)
        .await
        .unwrap()
    {
        let mut tally = ActionTally::new(&ActionMap::default());
        let workspace = past.scope.workspace;
        each_actions(
            &mut tx,
            workspace,
            row.id,
            range,
            Versions::Now,
            |told, _| tally.add(told),
        )
        .await
        .unwrap();
        let (told, _) = tally.finish();
        for of in told
            .iter()
            .filter(|told| types.contains(&told.name.as_str()))
        {
            count += of.told.count_micros;
            value += of.told.values.values().map(|value| value.0).sum::<i64>();
        }
    }
    assert_eq!((count, value), (19_000_000, 152_225_320_000));
}

#[tokio::test]
async fn nothing_selected_and_days_to_come_are_refused_before_a_run_begins() {
    let world = World::small().await;
    let future = SyncOptions {
        since: Some(day("2027-01-01")),
        ..SyncOptions::default()
    };
    let error = run(&world.context(), &future).await.unwrap_err();
    assert_eq!(
        (error.code(), error.field_name()),
        (Code::InvalidInput, Some("since"))
    );
    world.select(&[]).await;
    let error = run(&world.context(), &SyncOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    let mut tx = world.scope.read().await.unwrap();
    assert!(
        runs(&mut tx, world.scope.workspace, 5)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_shared_database_gets_the_same() {
    let test = rumbo_db::testing::TestDb::postgres().await;
    let world = World::on(
        sandbox(Profile::Small, None).await,
        test.db.clone(),
        tempfile::tempdir().unwrap(),
    )
    .await
    .with_pages()
    .await;
    let first = world.sync("2026-10-15").await;
    assert_eq!(first.state, RunState::Done, "{:?}", first.issues);
    assert!(
        first.rows.added > 500 && first.leads.added > 10,
        "{first:?}"
    );
    for account in &world.sandbox.announcement().ad_account_ids {
        assert_eq!(
            world.stored(account).await,
            world.truth(account, "2026-10-15", "2026-11-20").await,
            "{account}"
        );
    }
    // JSON comes back in another order and with spaces, and is the same all the same.
    let options = SyncOptions {
        full: true,
        ..SyncOptions::default()
    };
    let again = run(&world.context(), &options).await.unwrap();
    assert!(again.rows.is_unchanged(), "{:?}", again.rows);
    assert_eq!(again.rows.unchanged, first.rows.added);
    assert_eq!(
        (
            again.objects.added,
            again.objects.changed,
            again.objects.gone
        ),
        (0, 0, 0)
    );
    // Nor without the digests.
    let mut tx = world.scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE account_days SET digest = NULL"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let again = run(&world.context(), &options).await.unwrap();
    assert!(
        again.rows.is_unchanged() && again.rows.unchanged == first.rows.added,
        "{:?}",
        again.rows
    );
}

#[tokio::test]
async fn what_meta_no_longer_lists_stays_and_is_marked() {
    let world = World::small().await;
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    world.sync("2026-11-10").await;
    let before = world.stored(&account).await;
    let one = async |sql: &'static str| {
        let mut tx = world.scope.read().await.unwrap();
        let found: String =
            on_tx!(&mut tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap();
        found
    };
    let ad = one("SELECT MIN(a.external_id) FROM ads a JOIN ad_insights i ON i.ad_id = a.id WHERE a.status = 'ACTIVE' AND i.spend_micros > 0").await;
    assert!(world.sandbox.control().edit(&ad, Some("DELETED"), None));
    let report = world.sync("2026-11-10").await;
    assert_eq!(report.state, RunState::Done);
    assert!(report.objects.changed >= 1);
    let mut tx = world.scope.read().await.unwrap();
    let (status, deleted): (String, bool) = on_tx!(&mut tx, |c| sqlx::query_as(
        "SELECT status, deleted_at IS NOT NULL FROM ads WHERE external_id = $1"
    )
    .bind(&ad)
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!((status.as_str(), deleted), ("DELETED", true));
    // What it spent is spent.
    assert_eq!(world.stored(&account).await, before);
}

#[tokio::test]
async fn days_of_23_and_25_hours_belong_to_the_account() {
    // In New York 8 March 2026 has 23 hours and 1 November 25.
    let world = World::small().await;
    let mut tx = world.scope.read().await.unwrap();
    let rows = rumbo_ads::objects::accounts(&mut tx, world.scope.workspace)
        .await
        .unwrap();
    drop(tx);
    let account = rows
        .iter()
        .find(|row| row.timezone().to_string() == "America/New_York")
        .unwrap()
        .act();
    world.select(std::slice::from_ref(&account)).await;
    let truth = world.truth(&account, "2026-03-06", "2026-11-03").await;
    for changed in ["2026-03-07", "2026-03-08", "2026-03-09", "2026-11-01"] {
        assert!(truth.contains_key(&day(changed)), "{changed}");
    }
    let report = world.sync("2026-03-06").await;
    assert_eq!(report.state, RunState::Done);
    let mut stored = world.stored(&account).await;
    stored.retain(|at, _| *at <= day("2026-11-03"));
    assert_eq!(stored, truth);
}
