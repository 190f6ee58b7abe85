//! Bad days: each ends in a clear message, with nothing lost and nothing half-written.

use rumbo_ads::runs::{RunState, runs};
use rumbo_ads::sync::{SyncOptions, run};
use rumbo_base::Code;
use rumbo_db::{on_tx, sqlx};
use rumbo_sandbox::{Effect, Profile};

use crate::world::{World, assert_same, day, dump, preset, sandbox};

/// How often a page is halved before it is as small as can be.
const SHRINKING: u64 = 9;

const SINCE: &str = "2026-11-05";

async fn first_account(world: &World) -> String {
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    account
}

async fn complete(world: &World, account: &str) {
    let truth = world.truth(account, SINCE, "2026-11-20").await;
    assert!(!truth.is_empty());
    assert_eq!(world.stored(account).await, truth);
}

#[tokio::test]
async fn what_passes_by_itself_is_waited_out() {
    let world = World::small().await;
    let account = first_account(&world).await;
    let faults: [(&str, Effect); 9] = [
        ("act_*/insights", Effect::Truncate),
        ("act_*/insights", Effect::Html { status: 502 }),
        ("act_*/insights", Effect::Drop),
        ("act_*/insights", Effect::Empty),
        (
            "act_*/campaigns",
            Effect::Preset {
                name: "transient_service".to_owned(),
                http_ok: true,
            },
        ),
        (
            "act_*/adsets",
            Effect::Preset {
                name: "throttle_user".to_owned(),
                http_ok: false,
            },
        ),
        (
            "act_*/ads",
            Effect::Preset {
                name: "throttle_ads_management".to_owned(),
                http_ok: true,
            },
        ),
        (
            "act_*/adcreatives",
            Effect::Preset {
                name: "reduce_data".to_owned(),
                http_ok: false,
            },
        ),
        (
            "act_*",
            Effect::Preset {
                name: "transient_flag".to_owned(),
                http_ok: false,
            },
        ),
    ];
    for (path, effect) in faults {
        world.fault(path, 1, 1, effect);
    }
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(report.waits >= 6, "{report:?}");
    assert_eq!(world.sandbox.control().counters().faults, 9);
    complete(&world, &account).await;
}

#[tokio::test]
async fn a_slice_that_keeps_failing_is_put_back_and_the_rest_goes_on() {
    let world = World::small().await;
    let account = first_account(&world).await;
    // Longer than the client tries, shorter than the queue does.
    world.preset("act_*/insights", 1, 6, "transient_service");
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    complete(&world, &account).await;

    // For ever: the campaigns and ads are there, the days are not, and the last error is returned.
    let world = World::small().await;
    let account = first_account(&world).await;
    world.preset("act_*/insights", 1, 0, "transient_service");
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Failed, Some(Code::MetaUnavailable)),
        "{report:?}"
    );
    assert!(
        report.issues.iter().all(|issue| issue.days.is_some()),
        "{:?}",
        report.issues
    );
    assert!(world.stored(&account).await.is_empty());
    // The next run reads them.
    world.sandbox.control().clear_faults();
    assert_eq!(world.sync(SINCE).await.state, RunState::Done);
    complete(&world, &account).await;
}

#[tokio::test]
async fn one_account_without_permission_does_not_stop_the_others() {
    let world = World::new(sandbox(Profile::Agency, None).await).await;
    let report = world.sync("2026-11-18").await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::PermissionMissing)),
        "{:?}",
        report.issues
    );
    assert_eq!(report.accounts_done, report.accounts - 1);
    assert_eq!(report.issues.len(), 1, "{:?}", report.issues);
    let rows = rumbo_ads::objects::accounts(
        &mut world.scope.read().await.unwrap(),
        world.scope.workspace,
    )
    .await
    .unwrap();
    let marked: Vec<_> = rows
        .iter()
        .filter(|row| row.last_error_code.is_some())
        .collect();
    assert_eq!(marked.len(), 1);
    assert_eq!(
        marked[0].last_error_code.as_deref(),
        Some("permission_missing")
    );
    assert!(
        rows.iter()
            .filter(|row| row.last_synced_at.is_some())
            .count()
            >= 19
    );
}

#[tokio::test]
async fn a_token_that_dies_stops_the_run_and_keeps_what_was_read() {
    for subcode in [463, 458, 460] {
        let world = World::small().await;
        let account = first_account(&world).await;
        world.fault("act_*/insights", 1, 1, Effect::KillToken { subcode });
        let report = world.sync(SINCE).await;
        assert_eq!(
            (report.state, report.code),
            (RunState::Failed, Some(Code::NeedsSignIn)),
            "{report:?}"
        );
        assert!(report.objects.added > 0);
        let history = runs(
            &mut world.scope.read().await.unwrap(),
            world.scope.workspace,
            5,
        )
        .await
        .unwrap();
        assert_eq!(history[0].state, "failed");
        // Signed in again: only what is left is read.
        let token = world
            .sandbox
            .control()
            .issue_token(&["ads_read", "business_management"], None);
        let card = world.sandbox.announcement();
        let graph = crate::world::graph(
            &card.graph_url,
            &token,
            &card.app_secret,
            &world.scope.clock,
        );
        let world = World { graph, ..world };
        world.sandbox.control().forget_calls();
        assert_eq!(world.sync(SINCE).await.state, RunState::Done);
        let calls = world.sandbox.control().counters().by_path;
        assert!(
            !calls.keys().any(|path| path.ends_with("/campaigns")),
            "{calls:?}"
        );
        complete(&world, &account).await;
    }
}

#[tokio::test]
async fn pages_that_go_in_a_circle_end_in_a_message() {
    let world = World::small().await;
    let account = first_account(&world).await;
    let since = "2026-09-01";
    world.fault("act_*/insights", 1, 0, Effect::PagingLoop);
    let report = world.sync(since).await;
    assert_eq!(report.code, Some(Code::MetaUnavailable), "{report:?}");
    world.sandbox.control().clear_faults();
    assert_eq!(world.sync(since).await.state, RunState::Done);
    assert_eq!(
        world.stored(&account).await,
        world.truth(&account, since, "2026-11-20").await
    );
}

#[tokio::test]
async fn without_the_listing_of_ads_the_money_is_right_all_the_same() {
    let world = World::small().await;
    let account = first_account(&world).await;
    world.preset("act_*/ads", 1, 0, "bad_parameter");
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::MetaRefused)),
        "{report:?}"
    );
    complete(&world, &account).await;
    assert!(bare_ads(&world).await > 0);
    world.sandbox.control().clear_faults();
    assert_eq!(world.sync(SINCE).await.state, RunState::Done);
    assert_eq!(bare_ads(&world).await, 0);
    complete(&world, &account).await;
}

async fn bare_ads(world: &World) -> i64 {
    on_tx!(&mut world.scope.read().await.unwrap(), |c| {
        sqlx::query_scalar("SELECT COUNT(*) FROM ads WHERE NOT synced")
            .fetch_one(c)
            .await
    })
    .unwrap()
}

#[tokio::test]
async fn too_much_data_is_asked_for_in_smaller_pieces() {
    // At once is too much: Meta prepares it. Such a job fails twice: fewer days.
    let world = World::small().await;
    let account = first_account(&world).await;
    world.fault_of("GET", "act_*/insights", SHRINKING, preset("too_many_rows"));
    world.fault_of("POST", "act_*/insights", 1, Effect::JobFailed);
    world.fault_of("POST", "act_*/insights", 1, Effect::JobSkipped);
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    complete(&world, &account).await;
    let jobs = jobs_started(&world);
    assert!(jobs >= 4, "{jobs}");
}

fn jobs_started(world: &World) -> usize {
    world
        .sandbox
        .control()
        .calls()
        .iter()
        .filter(|call| call.method == "POST" && call.path.ends_with("/insights"))
        .count()
}

#[tokio::test]
async fn a_single_day_that_is_too_much_is_read_by_campaign_and_by_ad() {
    let world = World::small().await;
    let account = first_account(&world).await;
    world.fault_of("GET", "act_*/insights", SHRINKING, preset("too_many_rows"));
    world.fault_of("POST", "act_*/insights", 1, preset("too_many_rows"));
    // Two halves of the campaigns, one of which is too much again.
    world.fault_of("GET", "act_*/insights", SHRINKING, preset("too_slow"));
    let options = SyncOptions {
        since: Some(day("2026-11-20")),
        ..SyncOptions::default()
    };
    let report = run(&world.context(), &options).await.unwrap();
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    world.check().await;
    assert_eq!(
        world.stored(&account).await,
        world.truth(&account, "2026-11-20", "2026-11-20").await
    );
    let calls = world.sandbox.control().calls();
    let named = |field: &str| {
        calls
            .iter()
            .filter(|call| {
                call.params
                    .get("filtering")
                    .is_some_and(|f| f.contains(field))
            })
            .count()
    };
    assert!(named("campaign.id") >= 3, "{}", named("campaign.id"));
}

#[tokio::test]
async fn null_entries_of_a_batch_are_sent_again() {
    let world = World::small().await;
    let account = first_account(&world).await;
    world.fault_of("GET", "act_*/insights", SHRINKING, preset("too_slow"));
    world.fault("", 1, 1, Effect::NullEntries { entries: vec![0] });
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(jobs_started(&world) >= 1);
    complete(&world, &account).await;
}

#[tokio::test]
async fn a_job_that_never_ends_is_given_up_after_an_hour_and_tried_anew() {
    let world = World::small().await;
    let account = first_account(&world).await;
    world.fault_of(
        "GET",
        "act_*/insights",
        SHRINKING,
        preset("too_slow_code_2"),
    );
    world.fault_of("POST", "act_*/insights", 1, Effect::JobStuck);
    let before = world.scope.now();
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(world.scope.now() - before > chrono::TimeDelta::minutes(59));
    complete(&world, &account).await;
}

#[tokio::test]
async fn a_stopped_run_keeps_what_it_read_and_the_next_goes_on() {
    let world = World::small().await;
    let undisturbed = World::small().await;
    undisturbed.sync(SINCE).await;
    let cx = world.context();
    world.fault(
        "act_*/insights",
        2,
        1,
        Effect::Slow {
            milliseconds: 60_000,
        },
    );
    let cancel = cx.cancel.clone();
    let options = SyncOptions {
        since: Some(day(SINCE)),
        ..SyncOptions::default()
    };
    let stopper = async {
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        cancel.cancel();
    };
    let (report, ()) = tokio::join!(run(&cx, &options), stopper);
    let report = report.unwrap();
    assert_eq!(
        (report.state, report.code),
        (RunState::Cancelled, Some(Code::Cancelled))
    );
    world.check().await;
    world.sandbox.control().clear_faults();
    assert_eq!(world.sync(SINCE).await.state, RunState::Done);
    assert_same(&dump(&world.scope).await, &dump(&undisturbed.scope).await);
}

#[tokio::test]
async fn a_full_disk_stops_the_run_with_everything_committed_intact() {
    let world = World::small().await;
    let undisturbed = World::small().await;
    undisturbed.sync(SINCE).await;
    let pages: i64 = on_tx!(&mut world.scope.write().await.unwrap(), |c| {
        sqlx::query_scalar("PRAGMA page_count").fetch_one(c).await
    })
    .unwrap();
    limit_pages(&world, pages + 60).await;
    let options = SyncOptions {
        since: Some(day(SINCE)),
        ..SyncOptions::default()
    };
    let ended = run(&world.context(), &options).await;
    let code = match ended {
        Ok(report) => report.code.unwrap(),
        Err(error) => error.code(),
    };
    assert_eq!(code, Code::DiskFull);
    // Space is made, and the program begins anew.
    world.scope.db.close().await;
    let (db, _) =
        rumbo_db::Db::open_sqlite(&world.folder.path().join("rumbo.db"), &world.scope.clock)
            .await
            .unwrap();
    let world = World {
        scope: rumbo_platform::Scope {
            db,
            ..world.scope.clone()
        },
        ..world
    };
    world.check().await;
    assert_eq!(world.sync(SINCE).await.state, RunState::Done);
    assert_same(&dump(&world.scope).await, &dump(&undisturbed.scope).await);
}

async fn limit_pages(world: &World, pages: i64) {
    let sql = format!("PRAGMA max_page_count = {pages}");
    let mut tx = world.scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(sqlx::AssertSqlSafe(sql.as_str()))
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn without_a_network_the_run_ends_at_once() {
    let world = World::small().await;
    let clock = world.scope.clock.clone();
    // Nothing listens on the discard port.
    let graph = crate::world::graph("http://127.0.0.1:9", "t", "s", &clock);
    let world = World { graph, ..world };
    let options = SyncOptions {
        since: Some(day(SINCE)),
        ..SyncOptions::default()
    };
    let report = run(&world.context(), &options).await.unwrap();
    assert_eq!(
        (report.state, report.code),
        (RunState::Failed, Some(Code::Offline)),
        "{report:?}"
    );
}
