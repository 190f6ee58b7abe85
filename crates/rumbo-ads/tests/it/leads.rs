//! Leads by form and by ad, and what happens when they cannot be read.

use std::time::Duration;

use chrono::TimeDelta;
use rumbo_ads::runs::{RunState, runs};
use rumbo_ads::sync::{Kind, StepState, SyncProgress};
use rumbo_base::{Code, Reason};
use rumbo_db::{on_tx, sqlx};
use rumbo_sandbox::Effect;
use tokio::sync::watch;

use crate::world::{World, preset};

const SINCE: &str = "2026-11-05";

async fn page_errors(world: &World) -> Vec<Option<String>> {
    let mut tx = world.scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT last_error_code FROM pages ORDER BY external_id"
    )
    .fetch_all(c)
    .await)
    .unwrap()
}

fn called(world: &World, ending: &str) -> usize {
    let calls = world.sandbox.control().calls();
    calls
        .iter()
        .filter(|call| call.path.ends_with(ending))
        .count()
}

#[tokio::test]
async fn without_the_list_of_pages_only_their_forms_are_missed() {
    let world = World::small().await.with_pages().await;
    world.preset("me/accounts", 1, 0, "transient_service");
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::MetaUnavailable)),
        "{:?}",
        report.issues
    );
    assert_eq!(report.accounts_done, report.accounts);
    assert_eq!(
        called(&world, "/leadgen_forms"),
        0,
        "Meta takes only the page's own token"
    );
    assert!(
        page_errors(&world)
            .await
            .iter()
            .all(|code| code.as_deref() == Some("meta_unavailable"))
    );
    world.sandbox.control().clear_faults();
    let report = world.sync_due().await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(page_errors(&world).await.iter().all(Option::is_none));
}

#[tokio::test]
async fn pages_that_are_not_shown_any_more_lack_a_permission_and_no_sign_in() {
    let world = World::small().await.with_pages().await;
    let token = world.sandbox.control().issue_token(
        &["ads_read", "business_management", "leads_retrieval"],
        None,
    );
    let card = world.sandbox.announcement();
    let graph = crate::world::graph(
        &card.graph_url,
        &token,
        &card.app_secret,
        &world.scope.clock,
    );
    let world = World { graph, ..world };
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::PermissionMissing)),
        "{:?}",
        report.issues
    );
    assert!(
        page_errors(&world)
            .await
            .iter()
            .all(|code| code.as_deref() == Some("permission_missing"))
    );
}

#[tokio::test]
async fn a_page_token_that_died_is_the_pages_trouble_unless_the_persons_died_too() {
    for subcode in ["token_463", "token_467", "token_492"] {
        let world = World::small().await.with_pages().await;
        let first = world.pages[0].external_id.clone();
        world.preset(&format!("{first}/leadgen_forms"), 1, 0, subcode);
        let report = world.sync(SINCE).await;
        assert_eq!(
            (report.state, report.code),
            (RunState::Partly, Some(Code::PermissionMissing)),
            "{:?}",
            report.issues
        );
        assert_eq!(report.issues.len(), 1, "{:?}", report.issues);
        assert_eq!(report.issues[0].scope, format!("page:{first}"));
        assert!(report.leads.added > 0, "the other page is read");
    }
    let world = World::small().await.with_pages().await;
    world.preset("*/leadgen_forms", 1, 0, "token_458");
    world.preset("me", 1, 0, "token_458");
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::NeedsSignIn))
    );
    assert_eq!(report.reason, Some(Reason::SignInRevoked));
    // The history says what ended the run.
    let history = runs(
        &mut world.scope.read().await.unwrap(),
        world.scope.workspace,
        5,
    )
    .await
    .unwrap();
    assert_eq!(history[0].errors, 1);
    let issue = &history[0].report["issues"][0];
    assert_eq!(
        (issue["scope"].as_str(), issue["code"].as_str()),
        (Some("run"), Some("needs_sign_in"))
    );
}

#[tokio::test]
async fn leads_of_ads_arrive_without_a_page_and_their_failures_are_said() {
    let world = World::small().await;
    let (sender, receiver) = watch::channel(SyncProgress::default());
    let mut cx = world.context();
    cx.progress = Some(sender);
    let options = rumbo_ads::sync::SyncOptions {
        since: Some(crate::world::day(SINCE)),
        ..rumbo_ads::sync::SyncOptions::default()
    };
    let report = rumbo_ads::sync::run(&cx, &options).await.unwrap();
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(report.leads.added > 0);
    let progress = receiver.borrow().clone();
    let by_ad: u64 = progress
        .accounts
        .iter()
        .filter_map(|account| account.kinds.get(&Kind::Leads))
        .map(|kind| kind.rows)
        .sum();
    assert_eq!(by_ad, report.leads.added + report.leads.unchanged);

    // Gone, or not for this person: nothing is missed that could be had.
    for quiet in ["object_unknown", "permission_denied"] {
        let world = World::small().await;
        world.preset("*/leads", 1, 0, quiet);
        let report = world.sync(SINCE).await;
        assert_eq!(report.state, RunState::Done, "{quiet}: {:?}", report.issues);
    }

    // Trouble at Meta: said, and made up for by the next run.
    let world = World::small().await;
    world.preset("*/leads", 1, 0, "transient_service");
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::MetaUnavailable))
    );
    assert!(
        report
            .issues
            .iter()
            .all(|issue| issue.kind == Some(Kind::Leads))
    );
    world.sandbox.control().clear_faults();
    let report = world.sync_due().await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(report.leads.added > 0);
}

#[tokio::test]
async fn the_progress_counts_rows_of_every_kind_and_says_what_failed() {
    let world = World::small().await.with_pages().await;
    let (sender, receiver) = watch::channel(SyncProgress::default());
    let mut cx = world.context();
    cx.progress = Some(sender);
    world.preset("act_*/adcreatives", 1, 0, "bad_parameter");
    let options = rumbo_ads::sync::SyncOptions {
        since: Some(crate::world::day(SINCE)),
        ..rumbo_ads::sync::SyncOptions::default()
    };
    let report = rumbo_ads::sync::run(&cx, &options).await.unwrap();
    assert_eq!(report.state, RunState::Partly);
    let progress = receiver.borrow().clone();
    let accounts = world.sandbox.announcement().ad_account_ids.len();
    let (ads, pages) = progress.accounts.split_at(accounts);
    for account in ads {
        let creatives = &account.kinds[&Kind::Creatives];
        assert_eq!(creatives.state, StepState::Failed);
        assert_eq!(creatives.error.as_ref().unwrap().code, Code::MetaRefused);
        assert_eq!(account.error.as_ref().unwrap().code, Code::MetaRefused);
        let days = &account.kinds[&Kind::Insights];
        assert_eq!(days.rows, account.rows.added);
        assert!(days.error.is_none());
    }
    let sum = |kind: Kind| -> u64 { ads.iter().map(|account| account.kinds[&kind].rows).sum() };
    let stored = async |table: &str| -> u64 {
        let sql: &'static str = format!("SELECT COUNT(*) FROM {table} WHERE synced").leak();
        let mut tx = world.scope.read().await.unwrap();
        let count: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap();
        u64::try_from(count).unwrap()
    };
    assert_eq!(sum(Kind::Campaigns), stored("ad_campaigns").await);
    assert_eq!(sum(Kind::AdSets), stored("ad_sets").await);
    assert_eq!(sum(Kind::Ads), stored("ads").await);
    assert_eq!(sum(Kind::Insights), report.rows.added);
    assert_eq!(pages.len(), 2);
    for page in pages {
        assert!(page.leads > 0, "{page:?}");
        assert_eq!(page.kinds[&Kind::Leads].rows, page.leads);
    }
}

#[tokio::test]
async fn trouble_with_a_single_creative_is_no_silence() {
    let world = World::small().await;
    world.sync(SINCE).await;
    let mut tx = world.scope.read().await.unwrap();
    let one: String = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT MIN(external_id) FROM ad_creatives"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    drop(tx);
    for (name, state) in [
        ("object_unknown", RunState::Done),
        ("permission_denied", RunState::Done),
        ("transient_service", RunState::Partly),
        ("token_463", RunState::Partly),
    ] {
        let world = World::small().await;
        // The list shows none, so that each is asked for by its id.
        world.fault("act_*/adcreatives", 1, 0, Effect::NoRows);
        world.fault(&one, 1, 0, preset(name));
        let report = world.sync(SINCE).await;
        assert_eq!(report.state, state, "{name}: {:?}", report.issues);
        if name == "token_463" {
            assert_eq!(report.code, Some(Code::NeedsSignIn));
        }
    }
}

#[tokio::test]
async fn leads_read_by_a_clock_that_was_ahead_are_read_again() {
    let world = World::small().await.with_pages().await;
    assert_eq!(world.sync(SINCE).await.state, RunState::Done);
    let mut tx = world.scope.write().await.unwrap();
    let future = world.scope.now() + TimeDelta::days(400);
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE lead_forms SET read_until = $1"
    )
    .bind(future)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE sync_slices SET confirmed_at = $1"
    )
    .bind(future)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    world.scope.clock.advance(Duration::from_mins(5));
    let again = world.sync_due().await;
    assert_eq!(again.state, RunState::Done);
    assert!(again.leads.unchanged > 0, "{:?}", again.leads);
    // All days, not only those that Meta may have restated.
    let mut tx = world.scope.read().await.unwrap();
    let ahead: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM sync_slices WHERE confirmed_at > $1"
    )
    .bind(world.scope.now())
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!(ahead, 0);
}

#[tokio::test]
async fn a_clock_that_is_wrong_stops_the_run_before_anything_is_taken_for_settled() {
    let world = World::small().await;
    let options = |clock_tolerance| rumbo_ads::sync::SyncOptions {
        since: Some(crate::world::day(SINCE)),
        clock_tolerance,
        ..rumbo_ads::sync::SyncOptions::default()
    };
    // The test's clock stands in November 2026; Meta's answers carry the machine's own date.
    let ahead = {
        let cx = world.context();
        rumbo_meta::marketing::me(&cx.graph).await.unwrap();
        cx.graph.http().skew().unwrap().ahead
    };
    let mut switches = world.sandbox.control().switches();
    switches.date_ahead_seconds = 3_600 - ahead.num_seconds();
    world.sandbox.control().set_switches(switches.clone());
    let report = world.sync_with(options(Some(TimeDelta::minutes(10)))).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Failed, Some(Code::ClockSkew)),
        "{report:?}"
    );
    assert!(
        world
            .stored(&world.sandbox.announcement().ad_account_ids[0])
            .await
            .is_empty()
    );
    switches.date_ahead_seconds = 60 - ahead.num_seconds();
    world.sandbox.control().set_switches(switches);
    let report = world.sync_with(options(Some(TimeDelta::minutes(10)))).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
}

#[tokio::test]
async fn a_read_that_drops_in_the_middle_of_the_leads_is_read_to_the_end() {
    let world = World::small().await.with_pages().await;
    let whole = World::small().await.with_pages().await;
    whole.sync(SINCE).await;
    world.fault("*/leads", 2, 1, Effect::Drop);
    world.fault("*/leads", 3, 1, Effect::Truncate);
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert_eq!(
        *world.leads.0.lock().unwrap(),
        *whole.leads.0.lock().unwrap()
    );
}
