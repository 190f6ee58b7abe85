//! Parts of ad-days: read by calls of their own, kept beside the ad-days, added to nothing.

use rumbo_ads::insights::{check_part_sums, remap};
use rumbo_ads::runs::RunState;
use rumbo_ads::sync::{Kind, RunReport, SyncOptions, run};
use rumbo_base::{Breakdown, Code};
use rumbo_db::testing::TestDb;
use rumbo_db::{on_tx, sqlx};
use rumbo_platform::Scope;
use rumbo_sandbox::{Effect, Fault, FaultMatch, Profile};

use crate::world::{World, assert_same, day, preset, sandbox};

const SINCE: &str = "2026-11-05";

fn options(breakdowns: &[Breakdown]) -> SyncOptions {
    SyncOptions {
        since: Some(day(SINCE)),
        breakdowns: breakdowns.to_vec(),
        ..SyncOptions::default()
    }
}

async fn synced(world: &World, breakdowns: &[Breakdown]) -> RunReport {
    let report = run(&world.context(), &options(breakdowns)).await.unwrap();
    let mut tx = world.scope.read().await.unwrap();
    let wrong = check_part_sums(&mut tx, world.scope.workspace)
        .await
        .unwrap();
    assert_eq!(wrong, 0);
    report
}

async fn small() -> World {
    let world = World::small().await;
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    world
}

fn fault(world: &World, contains: &str, times: u64, then: Effect) {
    let when = FaultMatch {
        path: Some("act_*/insights".to_owned()),
        contains: Some(contains.to_owned()),
        times: Some(times),
        ..FaultMatch::default()
    };
    world
        .sandbox
        .control()
        .add_fault(Fault { when, then })
        .unwrap();
}

/// Every stored part, by Meta's ids.
async fn parts(scope: &Scope) -> Vec<String> {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT i.day || ' ' || a.external_id || ' ' || i.breakdown || ' ' || i.value || ' ' || i.currency || ' ' || \
         COALESCE(i.impressions, -1) || ' ' || COALESCE(i.reach, -1) || ' ' || COALESCE(i.clicks, -1) || ' ' || \
         COALESCE(i.spend_micros, -1) || ' ' || COALESCE(i.meta_leads, -1) || ' ' || \
         COALESCE(i.meta_purchase_micros, -1) || ' ' || COALESCE(CAST(i.rest AS TEXT), '-') \
         FROM ad_insight_breakdowns i JOIN ads a ON a.workspace_id = i.workspace_id AND a.id = i.ad_id ORDER BY 1"
    )
    .fetch_all(c)
    .await)
    .unwrap()
}

/// The sandbox splits each ad-day into parts that are the ad-day: of every figure that may be added.
async fn add_up(scope: &Scope) {
    let mut tx = scope.read().await.unwrap();
    let wrong: Vec<(String, String, i64, i64)> = on_tx!(&mut tx, |c| sqlx::query_as(
        "SELECT CAST(i.day AS TEXT), p.breakdown, CAST(MAX(i.spend_micros) AS BIGINT), CAST(SUM(p.spend_micros) AS BIGINT) \
         FROM ad_insights i JOIN ad_insight_breakdowns p ON p.workspace_id = i.workspace_id \
         AND p.ad_account_id = i.ad_account_id AND p.day = i.day AND p.ad_id = i.ad_id \
         GROUP BY i.day, i.ad_id, p.breakdown \
         HAVING SUM(p.spend_micros) <> MAX(i.spend_micros) OR SUM(p.impressions) <> MAX(i.impressions) \
         OR SUM(p.clicks) <> MAX(i.clicks) OR COALESCE(SUM(p.link_clicks), 0) <> COALESCE(MAX(i.link_clicks), 0) \
         OR COALESCE(SUM(p.meta_leads), 0) <> COALESCE(MAX(i.meta_leads), 0) \
         OR COALESCE(SUM(p.meta_purchases), 0) <> COALESCE(MAX(i.meta_purchases), 0) \
         OR COALESCE(SUM(p.meta_purchase_micros), 0) <> COALESCE(MAX(i.meta_purchase_micros), 0)"
    )
    .fetch_all(c)
    .await)
    .unwrap();
    assert_eq!(wrong, vec![]);
}

async fn count(scope: &Scope, sql: &'static str) -> i64 {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
}

async fn are_read_and_stay_as_they_are(world: World) {
    let plain = run(&world.context(), &options(&[])).await.unwrap();
    assert_eq!(parts(&world.scope).await, Vec::<String>::new());
    let first = synced(&world, &Breakdown::ALL).await;
    assert_eq!(first.state, RunState::Done, "{:?}", first.issues);
    assert!(first.rows.is_unchanged(), "{:?}", first.rows);
    add_up(&world.scope).await;
    let stored = parts(&world.scope).await;
    assert_eq!(u64::try_from(stored.len()).unwrap(), first.parts.added);
    // What it costs: rows for each ad-day.
    let of_each = stored.len() / usize::try_from(plain.rows.added).unwrap();
    assert!((15..30).contains(&of_each), "{of_each}");
    for of in [
        "age 25-34",
        "gender female",
        "country AR",
        "placement instagram/instagram_reels",
        "device mobile_app",
    ] {
        assert!(stored.iter().any(|row| row.contains(of)), "{of}");
    }
    // The words of the parts are the value and nowhere else.
    assert!(
        stored.iter().all(|row| row.ends_with(" -")),
        "{}",
        stored[0]
    );
    // Every day counts as read, and nothing is written again.
    assert_eq!(
        count(&world.scope, "SELECT COUNT(*) FROM breakdown_days").await,
        16 * 5
    );
    let rows = count(
        &world.scope,
        "SELECT CAST(SUM(run) AS BIGINT) FROM ad_insight_breakdowns",
    )
    .await;
    let again = synced(&world, &Breakdown::ALL).await;
    assert!(again.parts.is_unchanged(), "{:?}", again.parts);
    assert_eq!(again.parts.unchanged, first.parts.added);
    assert_eq!(
        count(
            &world.scope,
            "SELECT CAST(SUM(run) AS BIGINT) FROM ad_insight_breakdowns"
        )
        .await,
        rows
    );
    // Nor without the digests.
    let mut tx = world.scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE breakdown_days SET digest = 0"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let again = synced(&world, &Breakdown::ALL).await;
    assert!(
        again.parts.is_unchanged() && again.parts.unchanged == first.parts.added,
        "{:?}",
        again.parts
    );
    // Other lists of actions derive their leads again, and the sums follow.
    let map =
        rumbo_ads::action_map::ActionMap::from_settings(&["link_click".to_owned()], &[]).unwrap();
    let mut tx = world.scope.write().await.unwrap();
    remap(&mut tx, world.scope.workspace, &map).await.unwrap();
    assert_eq!(
        check_part_sums(&mut tx, world.scope.workspace)
            .await
            .unwrap(),
        0
    );
    tx.commit().await.unwrap();
    add_up(&world.scope).await;
    let (leads, clicks) = (
        count(
            &world.scope,
            "SELECT CAST(SUM(meta_leads) AS BIGINT) FROM account_breakdown_days",
        )
        .await,
        count(
            &world.scope,
            "SELECT CAST(SUM(link_clicks) AS BIGINT) FROM account_breakdown_days",
        )
        .await,
    );
    assert_eq!(leads, clicks);
}

#[tokio::test]
async fn parts_are_read_and_stay_as_they_are() {
    are_read_and_stay_as_they_are(small().await).await;
}

#[tokio::test]
async fn parts_are_read_and_stay_as_they_are_on_a_shared_database() {
    let test = TestDb::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let world = World::on(sandbox(Profile::Small, None).await, test.db.clone(), folder).await;
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    are_read_and_stay_as_they_are(world).await;
}

#[tokio::test]
async fn a_breakdown_that_meta_refuses_stops_neither_the_others_nor_the_account() {
    let world = small().await;
    fault(
        &world,
        "breakdowns=gender",
        0,
        preset("permanent_breakdowns"),
    );
    let report = synced(&world, &[Breakdown::Gender, Breakdown::Age]).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::MetaRefused)),
        "{report:?}"
    );
    // It is asked for once, and said once.
    let kinds: Vec<_> = report.issues.iter().map(|issue| issue.kind).collect();
    assert_eq!(kinds, [Some(Kind::ByGender)]);
    assert_eq!(report.accounts_done, 1);
    let stored = parts(&world.scope).await;
    assert!(stored.iter().all(|row| row.contains(" age ")) && !stored.is_empty());
    // Another day it is given.
    world.sandbox.control().clear_faults();
    let report = synced(&world, &[Breakdown::Gender, Breakdown::Age]).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    add_up(&world.scope).await;
    assert!(
        parts(&world.scope)
            .await
            .iter()
            .any(|row| row.contains(" gender "))
    );
}

#[tokio::test]
async fn a_field_that_is_refused_is_left_out_of_the_parts_alone() {
    let world = small().await;
    let refused = Effect::Error {
        status: 400,
        code: 100,
        subcode: None,
        message: "(#100) frequency is not valid".to_owned(),
        is_transient: None,
        error_data: Some(serde_json::json!({ "blame_field_specs": [["frequency"]] })),
        http_ok: false,
    };
    fault(&world, "breakdowns=age", 1, refused);
    let report = synced(&world, &[Breakdown::Age]).await;
    assert_eq!(report.issues.len(), 1, "{:?}", report.issues);
    assert_eq!(report.issues[0].kind, Some(Kind::ByAge));
    add_up(&world.scope).await;
    assert!(!parts(&world.scope).await.is_empty());
}

#[tokio::test]
async fn what_passes_is_waited_out_and_too_much_is_asked_for_in_pieces() {
    let world = small().await;
    let undisturbed = small().await;
    synced(&undisturbed, &[Breakdown::Placement]).await;
    let by = "breakdowns=publisher_platform";
    fault(&world, by, 1, preset("throttle_user"));
    fault(&world, by, 1, preset("transient_service"));
    fault(&world, by, 9, preset("too_many_rows"));
    fault(&world, by, 2, Effect::JobFailed);
    let report = synced(&world, &[Breakdown::Placement]).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(report.waits > 0, "{report:?}");
    assert!(world.sandbox.control().counters().faults >= 12);
    assert_same(&parts(&world.scope).await, &parts(&undisturbed.scope).await);
}

#[tokio::test]
async fn a_single_day_that_is_too_much_is_read_by_campaign() {
    let world = small().await;
    let by = "breakdowns=age";
    fault(&world, by, 10, preset("too_many_rows"));
    let options = SyncOptions {
        since: Some(day("2026-11-20")),
        ..options(&[Breakdown::Age])
    };
    let report = run(&world.context(), &options).await.unwrap();
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    add_up(&world.scope).await;
    let named = world
        .sandbox
        .control()
        .calls()
        .iter()
        .filter(|call| {
            call.params
                .get("filtering")
                .is_some_and(|f| f.contains("campaign.id"))
        })
        .count();
    assert!(named >= 2, "{named}");
}

#[tokio::test]
async fn a_stopped_run_keeps_the_parts_it_read_and_the_next_goes_on() {
    let world = small().await;
    let undisturbed = small().await;
    synced(&undisturbed, &Breakdown::ALL).await;
    let late = Effect::Slow {
        milliseconds: 60_000,
    };
    fault(&world, "breakdowns=country", 1, late);
    let cx = world.context();
    let cancel = cx.cancel.clone();
    let stopper = async {
        // Until the call that hangs.
        let hangs = || {
            let calls = world.sandbox.control().counters();
            calls.faults > 0
        };
        while !hangs() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        cancel.cancel();
    };
    let all = options(&Breakdown::ALL);
    let (report, ()) = tokio::join!(run(&cx, &all), stopper);
    assert_eq!(report.unwrap().state, RunState::Cancelled);
    let kept = parts(&world.scope).await;
    assert!(kept.iter().any(|row| row.contains(" gender ")));
    assert!(!kept.iter().any(|row| row.contains(" device ")));
    world.sandbox.control().clear_faults();
    world.sandbox.control().forget_calls();
    assert_eq!(synced(&world, &Breakdown::ALL).await.state, RunState::Done);
    // Only what is left is asked for.
    assert!(!world.sandbox.control().calls().iter().any(|call| {
        call.params
            .get("breakdowns")
            .is_some_and(|by| by.contains("gender"))
    }));
    assert_same(&parts(&world.scope).await, &parts(&undisturbed.scope).await);
}

#[tokio::test]
async fn a_restated_day_replaces_its_parts_and_an_ad_that_is_gone_keeps_them() {
    let world = small().await;
    synced(&world, &[Breakdown::Age]).await;
    let before = parts(&world.scope).await;
    // One ad is deleted at Meta, and a later look finds the last days restated.
    let ad = one(
        &world.scope,
        "SELECT MIN(a.external_id) FROM ads a JOIN ad_insights i ON i.ad_id = a.id \
         WHERE a.status = 'ACTIVE' AND i.spend_micros > 0",
    )
    .await;
    assert!(world.sandbox.control().edit(&ad, Some("DELETED"), None));
    world.sandbox.control().advance(chrono::TimeDelta::days(1));
    world
        .scope
        .clock
        .advance(std::time::Duration::from_hours(24));
    let report = synced(&world, &[Breakdown::Age]).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert!(
        report.parts.added > 0 && report.parts.changed > 0,
        "{:?}",
        report.parts
    );
    assert_eq!(report.parts.removed, 0);
    add_up(&world.scope).await;
    let after = parts(&world.scope).await;
    assert_ne!(after, before);
    // What it was shown to it was shown to.
    let of_ad = |parts: &[String]| parts.iter().filter(|row| row.contains(&ad)).count();
    assert!(of_ad(&before) > 0 && of_ad(&after) >= of_ad(&before));
}

async fn one(scope: &Scope, sql: &'static str) -> String {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
}

#[test]
fn every_field_that_parts_are_told_by_is_in_the_list_that_people_see() {
    let asked: Vec<&str> = Breakdown::ALL
        .into_iter()
        .flat_map(|by| rumbo_ads::insights::fields(by).iter().copied())
        .collect();
    assert_eq!(asked, rumbo_meta::objects::InsightRow::BREAKDOWNS);
}
