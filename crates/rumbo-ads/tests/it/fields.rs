//! One field that Meta refuses costs that field, and nothing else.

use rumbo_ads::runs::{RunState, runs};
use rumbo_base::Code;
use rumbo_db::{on_tx, sqlx};
use rumbo_sandbox::{Effect, Fault, FaultMatch};
use serde_json::{Value, json};

use crate::world::{World, preset};

const SINCE: &str = "2026-11-05";

/// Refuses every call on a path that asks for the field.
fn refuse(world: &World, path: &str, field: &str, then: Effect) {
    let when = FaultMatch {
        path: Some(path.to_owned()),
        contains: Some(field.to_owned()),
        times: Some(0),
        ..FaultMatch::default()
    };
    world
        .sandbox
        .control()
        .add_fault(Fault { when, then })
        .unwrap();
}

fn blaming(data: Value) -> Effect {
    Effect::Error {
        status: 400,
        code: 100,
        subcode: None,
        message: "(#100) Invalid parameter".to_owned(),
        is_transient: Some(false),
        error_data: Some(data),
        http_ok: false,
    }
}

async fn count(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
}

fn calls(world: &World, ending: &str) -> usize {
    let calls = world.sandbox.control().calls();
    calls
        .iter()
        .filter(|call| call.path.ends_with(ending))
        .count()
}

#[tokio::test]
async fn a_figure_that_meta_refuses_without_a_word_is_found_and_left_out_once() {
    for then in [
        preset("bad_parameter"),
        blaming(json!({ "blame_field_specs": [["frequency"]] })),
        blaming(Value::String(
            json!({ "blame_field_specs": [["frequency"]] }).to_string(),
        )),
    ] {
        let named = matches!(then, Effect::Error { .. });
        let world = World::small().await;
        refuse(&world, "act_*/insights", "frequency", then);
        let report = world.sync(SINCE).await;
        assert_eq!(
            (report.state, report.code),
            (RunState::Partly, Some(Code::MetaRefused)),
            "{:?}",
            report.issues
        );
        assert_eq!(report.issues.len(), 1, "{:?}", report.issues);
        assert!(report.issues[0].message.contains("frequency"));
        assert_eq!(report.accounts_done, report.accounts);
        for account in &world.sandbox.announcement().ad_account_ids {
            assert_eq!(
                world.stored(account).await,
                world.truth(account, SINCE, "2026-11-20").await,
                "{account}"
            );
        }
        assert_eq!(
            count(
                &world,
                "SELECT COUNT(*) FROM ad_insights WHERE reach > 0 AND frequency IS NOT NULL"
            )
            .await,
            0
        );
        assert!(count(&world, "SELECT COUNT(*) FROM ad_insights WHERE reach > 0").await > 0);
        // Accounts that were under way may each have met it; trying is for the first of them only.
        let refused = world.sandbox.control().counters().faults;
        assert!(refused <= if named { 3 } else { 12 }, "{refused}");
        let history = runs(
            &mut world.scope.read().await.unwrap(),
            world.scope.workspace,
            5,
        )
        .await
        .unwrap();
        assert_eq!(
            (history[0].state.as_str(), history[0].errors),
            ("partly", 1)
        );
    }
}

#[tokio::test]
async fn a_figure_refused_by_jobs_only_is_left_out_too() {
    let world = World::small().await;
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    world.fault_of("GET", "act_*/insights", 9, preset("too_many_rows"));
    refuse(
        &world,
        "act_*/insights",
        "frequency",
        preset("bad_parameter"),
    );
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Partly, "{:?}", report.issues);
    assert_eq!(report.issues.len(), 1, "{:?}", report.issues);
    assert_eq!(
        world.stored(&account).await,
        world.truth(&account, SINCE, "2026-11-20").await
    );
}

#[tokio::test]
async fn a_property_that_meta_refuses_leaves_the_objects_readable() {
    for (path, field, table) in [
        ("act_*/campaigns", "bid_strategy", "ad_campaigns"),
        ("act_*/adsets", "targeting", "ad_sets"),
        ("act_*/ads", "preview_shareable_link", "ads"),
        ("act_*/adcreatives", "object_story_spec", "ad_creatives"),
    ] {
        let world = World::small().await;
        let whole = World::small().await;
        assert_eq!(whole.sync(SINCE).await.state, RunState::Done);
        refuse(&world, path, field, preset("bad_parameter"));
        let report = world.sync(SINCE).await;
        assert_eq!(
            (report.state, report.code),
            (RunState::Partly, Some(Code::MetaRefused)),
            "{path}: {:?}",
            report.issues
        );
        assert_eq!(report.issues.len(), 1, "{path}: {:?}", report.issues);
        assert!(report.issues[0].message.contains(field));
        let all = format!("SELECT COUNT(*) FROM {table} WHERE synced");
        let all: &'static str = all.leak();
        assert_eq!(count(&world, all).await, count(&whole, all).await, "{path}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_about_fields_ends_after_two_trials() {
    let world = World::small().await;
    let account = world.sandbox.announcement().ad_account_ids[0].clone();
    world.select(std::slice::from_ref(&account)).await;
    world.preset("act_*/adsets", 1, 0, "bad_parameter");
    let report = world.sync(SINCE).await;
    assert_eq!(
        (report.state, report.code),
        (RunState::Partly, Some(Code::MetaRefused))
    );
    assert_eq!(calls(&world, "/adsets"), 3);
    assert_eq!(
        world.stored(&account).await,
        world.truth(&account, SINCE, "2026-11-20").await
    );
}
