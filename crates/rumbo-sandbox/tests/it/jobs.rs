//! Insights as jobs.

use rumbo_sandbox::{Effect, Fault, FaultMatch, Profile};
use serde_json::Value;

use crate::client::Meta;

async fn start(meta: &Meta, params: &[(&str, &str)]) -> String {
    let answer = meta
        .post(&format!("{}/insights", meta.account(0)), params)
        .await;
    answer.body["report_run_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{}", answer.body))
        .to_owned()
}

/// Polls until the job ends, at most 20 times.
async fn wait(meta: &Meta, id: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    for _ in 0..20 {
        let body = meta.get(id, &[]).await.body;
        let status = body["async_status"].as_str().unwrap().to_owned();
        seen.push(body);
        if ["Job Completed", "Job Failed", "Job Skipped"].contains(&status.as_str()) {
            break;
        }
    }
    seen
}

#[tokio::test]
async fn a_job_gives_the_same_rows_as_a_call() {
    let meta = Meta::small().await;
    let params = [
        ("fields", "ad_id,spend,actions"),
        ("level", "ad"),
        ("time_increment", "1"),
        ("date_preset", "last_90d"),
    ];
    let id = start(&meta, &params).await;
    let early = meta.get(&format!("{id}/insights"), &[]).await;
    assert_eq!(early.error(), (2601, 1_815_107));
    let seen = wait(&meta, &id).await;
    assert!(seen.len() > 1, "a large job takes more than one poll");
    let last = seen.last().unwrap();
    assert_eq!(
        (
            last["async_status"].as_str(),
            last["async_percent_completion"].as_u64()
        ),
        (Some("Job Completed"), Some(100))
    );
    let percents: Vec<u64> = seen
        .iter()
        .map(|body| body["async_percent_completion"].as_u64().unwrap())
        .collect();
    assert!(percents.windows(2).all(|pair| pair[0] <= pair[1]));
    let rows = meta
        .all(&format!("{id}/insights"), &[("limit", "200")])
        .await;
    let mut once = params.to_vec();
    once.push(("limit", "500"));
    assert_eq!(
        rows,
        meta.all(&format!("{}/insights", meta.account(0)), &once)
            .await
    );
}

#[tokio::test]
async fn jobs_move_on_with_time_and_keep_their_moment() {
    let meta = Meta::small().await;
    let params = [
        ("fields", "spend,actions"),
        ("date_preset", "last_7d"),
        ("time_increment", "1"),
    ];
    let expected = meta
        .get(&format!("{}/insights", meta.account(0)), &params)
        .await;
    let id = start(&meta, &params).await;
    meta.sandbox.control().advance(chrono::TimeDelta::days(3));
    let body = meta.get(&id, &[("fields", "async_status")]).await.body;
    assert_eq!(body["async_status"], "Job Completed");
    assert_eq!(
        meta.get(&format!("{id}/insights"), &[]).await.rows(),
        expected.rows()
    );
}

#[tokio::test]
async fn jobs_can_fail_skip_and_hang() {
    let meta = Meta::small().await;
    for (effect, status) in [
        (Effect::JobFailed, "Job Failed"),
        (Effect::JobSkipped, "Job Skipped"),
        (Effect::JobStuck, "Job Running"),
    ] {
        let when = FaultMatch {
            method: Some("POST".into()),
            path: Some("act_*/insights".into()),
            ..FaultMatch::default()
        };
        meta.sandbox
            .control()
            .add_fault(Fault { when, then: effect })
            .unwrap();
        let id = start(&meta, &[("date_preset", "yesterday")]).await;
        let seen = wait(&meta, &id).await;
        assert_eq!(seen.last().unwrap()["async_status"], status);
        if status == "Job Failed" {
            assert_eq!(seen.last().unwrap()["error_code"], 2);
        }
        assert!(meta.get(&format!("{id}/insights"), &[]).await.error().0 == 2601);
    }
    let id = start(&meta, &[("date_preset", "yesterday")]).await;
    assert_eq!(
        wait(&meta, &id).await.last().unwrap()["async_status"],
        "Job Completed",
        "a fault strikes once"
    );
}

#[tokio::test]
async fn too_large_a_job_says_so() {
    let meta = Meta::profile(Profile::Huge).await;
    let params = [
        ("fields", "spend"),
        ("level", "ad"),
        ("time_increment", "1"),
        (
            "time_range",
            r#"{"since":"2024-02-25","until":"2026-11-19"}"#,
        ),
        ("breakdowns", "age"),
    ];
    let id = start(&meta, &params).await;
    let last = wait(&meta, &id).await.pop().unwrap();
    assert_eq!(
        (
            last["async_status"].as_str(),
            last["error_code"].as_i64(),
            last["error_subcode"].as_i64()
        ),
        (Some("Job Failed"), Some(100), Some(1_487_534))
    );
}

#[tokio::test]
async fn breakdowns_that_need_an_opt_in_are_limited_to_ten_jobs_a_day() {
    let meta = Meta::small().await;
    let params = [
        ("fields", "impressions"),
        ("date_preset", "yesterday"),
        (
            "breakdowns",
            "publisher_platform,platform_position,impression_device",
        ),
    ];
    for _ in 0..10 {
        start(&meta, &params).await;
    }
    let eleventh = meta
        .post(&format!("{}/insights", meta.account(0)), &params)
        .await;
    assert_eq!(eleventh.error().0, 80_000);
    let id = start(&meta, &[("date_preset", "yesterday")]).await;
    assert!(!meta.get(&id, &[]).await.body["id"].is_null());
    meta.sandbox.control().advance(chrono::TimeDelta::hours(25));
    let id = start(&meta, &params).await;
    wait(&meta, &id).await;
    assert!(
        meta.get(&format!("{id}/insights"), &[]).await.rows()[0]["impression_device"].is_string()
    );
}
