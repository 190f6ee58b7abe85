//! Questions about the people of a period: asked, answered, kept, refused.

use rumbo_ads::objects::{self, AdAccountRow};
use rumbo_ads::reach::{self, AskedOfAccount, QuestionState, ReachAnswer};
use rumbo_ads::sync::{QuestionCounts, answer_questions};
use rumbo_base::{Code, DateRange, Reach, Reason, UniqueClicks};
use rumbo_db::testing::TestDb;
use rumbo_meta::objects::InsightsLevel;
use rumbo_sandbox::{Effect, Profile};
use serde_json::Value;

use crate::world::{World, day, graph, instant, preset, sandbox};

fn october() -> DateRange {
    DateRange::new(day("2026-10-01"), day("2026-10-20")).unwrap()
}

async fn accounts(world: &World) -> Vec<AdAccountRow> {
    let mut tx = world.scope.read().await.unwrap();
    objects::accounts(&mut tx, world.scope.workspace)
        .await
        .unwrap()
}

/// Asks of the first account of the sandbox, and gives it.
async fn ask(world: &World, level: InsightsLevel, days: DateRange) -> AdAccountRow {
    let act = &world.sandbox.announcement().ad_account_ids[0];
    let account = accounts(world)
        .await
        .into_iter()
        .find(|account| account.act() == *act)
        .unwrap();
    let mut tx = world.scope.write().await.unwrap();
    reach::ask(&mut tx, &world.scope, &account, level, days)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    account
}

async fn answer(world: &World) -> QuestionCounts {
    answer_questions(&world.scope, &world.graph).await.unwrap()
}

async fn asked(
    world: &World,
    level: InsightsLevel,
    days: DateRange,
    as_of: Option<&str>,
    account: &AdAccountRow,
) -> AskedOfAccount {
    let mut tx = world.scope.read().await.unwrap();
    reach::asked(&mut tx, &world.scope, level, days, as_of.map(instant))
        .await
        .unwrap()
        .remove(&account.id)
        .unwrap_or_default()
}

async fn answers(world: &World, asked: &AskedOfAccount) -> Vec<ReachAnswer> {
    let mut tx = world.scope.read().await.unwrap();
    let id = asked.answered.as_ref().unwrap().id;
    reach::answers_of(&mut tx, world.scope.workspace, id)
        .await
        .unwrap()
}

/// Winds both clocks.
fn wind(world: &World, to: &str) {
    world
        .scope
        .clock
        .advance((instant(to) - world.scope.now()).to_std().unwrap());
    world.sandbox.control().set_time(instant(to));
}

fn counts(answered: u32, refused: u32, put_off: u32) -> QuestionCounts {
    QuestionCounts {
        answered,
        refused,
        put_off,
    }
}

async fn is_asked_answered_and_kept(world: World) {
    let levels = InsightsLevel::ALL;
    let mut account = None;
    for level in levels {
        account = Some(ask(&world, level, october()).await);
    }
    let account = account.unwrap();
    // The same question twice is one.
    ask(&world, InsightsLevel::Ad, october()).await;
    let waiting = asked(&world, InsightsLevel::Ad, october(), None, &account).await;
    assert_eq!(waiting.open.unwrap().state, QuestionState::Waiting);
    assert_eq!(answer(&world).await, counts(4, 0, 0));
    assert_eq!(answer(&world).await, counts(0, 0, 0), "nothing waits");

    let mut people = Vec::new();
    for level in levels {
        let found = asked(&world, level, october(), None, &account).await;
        assert_eq!(found.open, None);
        let question = found.answered.clone().unwrap();
        assert_eq!(question.settled_at, Some(world.scope.now()));
        assert!(!question.was_moving(account.timezone()));
        let rows = answers(&world, &found).await;
        for row in &rows {
            // What is typed is what came.
            let raw: Value = serde_json::from_str(row.raw.as_str()).unwrap();
            let number = |field: &str| raw[field].as_str().map(|text| text.parse().unwrap());
            assert_eq!(row.reach, number("reach").map(Reach));
            assert_eq!(row.impressions, number("impressions"));
            assert_eq!(row.unique_clicks, number("unique_clicks").map(UniqueClicks));
            assert_eq!(
                row.unique_link_clicks,
                number("unique_inline_link_clicks").map(UniqueClicks)
            );
            assert_eq!(raw["date_start"], "2026-10-01");
            assert_eq!(raw["date_stop"], "2026-10-20");
        }
        people.push(rows);
    }
    let [whole, campaigns, sets, ads] = people.try_into().unwrap();
    assert_eq!(whole[0].external_id, account.external_id);
    assert!(campaigns.len() > 2 && sets.len() > campaigns.len() && ads.len() > sets.len());
    let of = |rows: &[ReachAnswer]| -> Vec<i64> {
        rows.iter().map(|row| row.reach.unwrap().0).collect()
    };
    let most = *of(&campaigns).iter().max().unwrap();
    let reached = whole[0].reach.unwrap().0;
    assert!(reached >= most && reached < of(&campaigns).iter().sum());
}

#[tokio::test]
async fn a_period_is_asked_for_at_every_level_and_kept_as_it_came() {
    is_asked_answered_and_kept(World::small().await).await;
    let test = TestDb::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(Profile::Small, None).await;
    is_asked_answered_and_kept(World::on(sandbox, test.db.clone(), folder).await).await;
}

#[tokio::test]
async fn asked_again_the_earlier_answer_stays_for_its_time() {
    let world = World::small().await;
    let level = InsightsLevel::Campaign;
    let days = DateRange::new(day("2026-11-10"), day("2026-11-20")).unwrap();
    world.sync("2026-11-01").await;
    let account = ask(&world, level, days).await;
    answer(&world).await;
    let first = asked(&world, level, days, None, &account).await;
    let before = answers(&world, &first).await;
    let question = first.answered.clone().unwrap();
    assert!(question.was_moving(account.timezone()) && !question.restated);

    wind(&world, "2026-11-21T15:00:00Z");
    world.sync_due().await;
    let later = asked(&world, level, days, None, &account).await;
    assert!(
        later.answered.unwrap().restated,
        "the sync found other figures"
    );
    ask(&world, level, days).await;
    let open = asked(&world, level, days, None, &account).await;
    assert_eq!(
        (open.answered.unwrap().id, open.open.unwrap().state),
        (question.id, QuestionState::Waiting),
        "what was answered stands while another waits"
    );
    // The sync itself works questions off.
    world.sync_due().await;
    let second = asked(&world, level, days, None, &account).await;
    assert!(!second.answered.as_ref().unwrap().restated);
    let after = answers(&world, &second).await;
    let of = |rows: &[ReachAnswer]| rows.iter().filter_map(|row| row.reach).map(|r| r.0).max();
    assert!(of(&after) > of(&before), "the last day went on");

    let then = Some("2026-11-20T18:00:00Z");
    let known = asked(&world, level, days, then, &account).await;
    assert_eq!(answers(&world, &known).await, before);
    let nothing = asked(&world, level, days, Some("2026-11-20T11:00:00Z"), &account).await;
    assert_eq!(nothing, AskedOfAccount::default());
    let mut tx = world.scope.read().await.unwrap();
    let id = &before[0].external_id;
    let versions = reach::versions(&mut tx, &world.scope, level, days, None, id)
        .await
        .unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(
        versions[1],
        (question.settled_at.unwrap(), before[0].clone())
    );
    let versions = reach::versions(&mut tx, &world.scope, level, days, then.map(instant), id)
        .await
        .unwrap();
    assert_eq!(versions.len(), 1);
}

#[tokio::test]
async fn without_a_network_it_waits_and_is_asked_afterwards() {
    let world = World::small().await;
    let account = ask(&world, InsightsLevel::Account, october()).await;
    let card = world.sandbox.announcement();
    let clock = &world.scope.clock;
    let nowhere = graph(
        "http://127.0.0.1:1/",
        &card.access_token,
        &card.app_secret,
        clock,
    );
    let error = answer_questions(&world.scope, &nowhere).await.unwrap_err();
    assert_eq!(error.code(), Code::Offline);
    let asked_of = async || {
        asked(&world, InsightsLevel::Account, october(), None, &account)
            .await
            .open
            .unwrap()
    };
    let waiting = asked_of().await;
    assert_eq!(waiting.state, QuestionState::Waiting);
    assert_eq!(waiting.trouble.unwrap().code, "offline");
    assert_eq!(answer(&world).await, counts(1, 0, 0));
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_waits_until_it_is_due() {
    let world = World::small().await;
    let level = InsightsLevel::AdSet;
    ask(&world, level, october()).await;
    world.preset("act_*/insights", 1, 1, "throttle_insights");
    world.preset("act_*/insights", 1, 4, "transient_service");
    assert_eq!(answer(&world).await, counts(1, 0, 0));

    let days = DateRange::new(day("2026-09-01"), day("2026-09-02")).unwrap();
    let account = ask(&world, level, days).await;
    world.preset("act_*/insights", 1, 0, "transient_service");
    assert_eq!(answer(&world).await, counts(0, 0, 1));
    world.sandbox.control().clear_faults();
    let waiting = asked(&world, level, days, None, &account)
        .await
        .open
        .unwrap();
    assert_eq!(waiting.trouble.unwrap().code, "meta_unavailable");
    assert!(waiting.not_before.unwrap() > world.scope.now());
    assert_eq!(answer(&world).await, counts(0, 0, 0), "it is not due yet");
    // Somebody who asks once more does not want to wait.
    ask(&world, level, days).await;
    assert_eq!(answer(&world).await, counts(1, 0, 0));
}

#[tokio::test]
async fn what_meta_refuses_is_said_and_stops_no_other() {
    let world = World::small().await;
    let level = InsightsLevel::Ad;
    let account = ask(&world, level, october()).await;
    let other = DateRange::new(day("2026-10-02"), day("2026-10-03")).unwrap();
    ask(&world, level, other).await;
    world.preset("act_*/insights", 1, 1, "permission_account");
    assert_eq!(answer(&world).await, counts(1, 1, 0));
    let refused = asked(&world, level, october(), None, &account).await;
    let question = refused.open.unwrap();
    assert_eq!(question.state, QuestionState::Refused);
    assert_eq!(question.trouble.unwrap().code, "permission_missing");
    // Asked again, it may be answered.
    wind(&world, "2026-11-20T12:01:00Z");
    ask(&world, level, october()).await;
    assert_eq!(answer(&world).await, counts(1, 0, 0));
    assert_eq!(
        asked(&world, level, october(), None, &account).await.open,
        None
    );
}

#[tokio::test]
async fn what_meta_does_not_keep_is_refused_before_it_is_asked() {
    let world = World::small().await;
    let account = ask(&world, InsightsLevel::Account, october()).await;
    world.sandbox.control().forget_calls();
    for (from, to, reason) in [
        ("2023-10-01", "2023-12-31", Reason::ReachTooOld),
        ("2026-11-21", "2026-11-30", Reason::DayInFuture),
    ] {
        let mut tx = world.scope.write().await.unwrap();
        let days = DateRange::new(day(from), day(to)).unwrap();
        let error = reach::ask(
            &mut tx,
            &world.scope,
            &account,
            InsightsLevel::Account,
            days,
        )
        .await
        .unwrap_err();
        assert_eq!(error.told().reason, Some(reason), "{from}");
    }
    assert_eq!(world.sandbox.control().counters().calls, 0);
    // Of 13 to 37 months ago Meta tells people, and not who clicked.
    let days = DateRange::new(day("2025-09-01"), day("2025-09-30")).unwrap();
    ask(&world, InsightsLevel::Account, days).await;
    assert_eq!(answer(&world).await, counts(2, 0, 0));
    let found = asked(&world, InsightsLevel::Account, days, None, &account).await;
    let rows = answers(&world, &found).await;
    assert!(rows[0].reach.is_some() && rows[0].frequency().is_some());
    assert_eq!(
        (rows[0].unique_clicks, rows[0].unique_link_clicks),
        (None, None)
    );
    assert!(!found.answered.unwrap().was_moving(account.timezone()));
}

#[tokio::test]
async fn too_much_at_once_is_counted_by_a_job_and_fields_that_are_refused_are_left_out() {
    let world = World::small().await;
    let level = InsightsLevel::Campaign;
    let account = ask(&world, level, october()).await;
    world.fault_of("GET", "act_*/insights", 1, preset("too_many_rows"));
    world.fault_of("GET", "act_*/insights", 8, preset("reduce_data"));
    assert_eq!(answer(&world).await, counts(1, 0, 0));
    let by_job = answers(
        &world,
        &asked(&world, level, october(), None, &account).await,
    )
    .await;
    wind(&world, "2026-11-20T12:01:00Z");
    ask(&world, level, october()).await;
    world.sandbox.control().clear_faults();
    world.fault(
        "act_*/insights",
        1,
        1,
        Effect::Error {
            status: 400,
            code: 100,
            subcode: None,
            message: "unique_clicks is not valid for fields param".to_owned(),
            is_transient: None,
            error_data: None,
            http_ok: false,
        },
    );
    assert_eq!(answer(&world).await, counts(1, 0, 0));
    let fewer = answers(
        &world,
        &asked(&world, level, october(), None, &account).await,
    )
    .await;
    let reach = |rows: &[ReachAnswer]| rows.iter().map(|row| row.reach).collect::<Vec<_>>();
    assert_eq!(reach(&by_job), reach(&fewer));
    assert!(by_job.iter().all(|row| row.unique_clicks.is_some()));
    assert!(fewer.iter().all(|row| row.unique_clicks.is_none()));

    world.sandbox.control().clear_faults();
    world.fault_of("GET", "act_*/insights", 0, preset("too_many_rows"));
    world.fault_of("POST", "act_*/insights", 0, preset("too_many_rows"));
    wind(&world, "2026-11-20T12:02:00Z");
    ask(&world, level, october()).await;
    assert_eq!(answer(&world).await, counts(0, 1, 0));
    let refused = asked(&world, level, october(), None, &account).await;
    assert!(refused.answered.is_some(), "the answer before stands");
    let told = refused.open.unwrap().trouble.unwrap().told;
    assert_eq!(told.reason, Some(Reason::ReachTooMuch));
}
