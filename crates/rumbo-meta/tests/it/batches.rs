use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rumbo_meta::error::ErrorClass;
use rumbo_meta::graph::{GraphRequest, MAX_BATCH};
use rumbo_meta::marketing::{self, Job};
use rumbo_meta::objects::{JobStatus, User};
use rumbo_meta::usage::UseCase;
use wiremock::matchers::{method, path};
use wiremock::{Mock, Request, ResponseTemplate};

use crate::server::{client, clock, json};

/// The entries of a batch as `(method, relative address)`.
fn entries(request: &Request) -> Vec<(String, String)> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect();
    let batch = &form.iter().find(|(name, _)| name == "batch").unwrap().1;
    let parsed: Vec<serde_json::Value> = serde_json::from_str(batch).unwrap();
    parsed
        .iter()
        .map(|e| {
            let text = |key: &str| e[key].as_str().unwrap().to_owned();
            (text("method"), text("relative_url"))
        })
        .collect()
}

fn ok(body: &str) -> serde_json::Value {
    serde_json::json!({"code": 200, "headers": [], "body": body})
}

#[tokio::test]
async fn at_most_fifty_a_batch_and_answers_keep_their_order() {
    let (server, client, _) = client().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/"))
        .respond_with(|request: &Request| {
            let answers: Vec<_> = entries(request)
                .iter()
                .map(|(_, address)| {
                    let id = address
                        .trim_start_matches("v26.0/")
                        .split('?')
                        .next()
                        .unwrap();
                    ok(&format!(r#"{{"id":"{id}"}}"#))
                })
                .collect();
            assert!(answers.len() <= MAX_BATCH);
            json(200, &serde_json::to_string(&answers).unwrap())
        })
        .expect(3)
        .mount(&server)
        .await;
    let requests: Vec<_> = (0..120)
        .map(|n| GraphRequest::get(&n.to_string()).fields(&["id"]))
        .collect();
    let answers = client.batch(&requests).await.unwrap();
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.unwrap().parse::<User>().unwrap().id, n.to_string());
    }
    assert_eq!((client.stats().calls, client.stats().batched), (3, 120));
}

#[tokio::test]
async fn null_and_missing_entries_are_sent_again_and_failures_stay_with_their_call() {
    let (server, client, _) = client().await;
    let round = Arc::new(AtomicU32::new(0));
    let counter = round.clone();
    Mock::given(method("POST"))
        .respond_with(move |request: &Request| {
            let asked = entries(request);
            let answers = if counter.fetch_add(1, Ordering::SeqCst) == 0 {
                // 1 runs, 2 does not, 3 fails for good, 4 times out, 5 is missing.
                serde_json::json!([
                    ok(r#"{"id":"1"}"#),
                    null,
                    {"code": 400, "body": r#"{"error":{"code":100,"error_subcode":33}}"#},
                    {"code": 400, "body": r#"{"error":{"code":960}}"#},
                ])
            } else {
                let left: Vec<_> = asked.iter().map(|(_, a)| a.as_str()).collect();
                assert_eq!(left, ["v26.0/2", "v26.0/4", "v26.0/5"]);
                serde_json::json!([
                    ok(r#"{"id":"2"}"#),
                    ok(r#"{"id":"4"}"#),
                    ok(r#"{"id":"5"}"#)
                ])
            };
            json(200, &answers.to_string())
        })
        .expect(2)
        .mount(&server)
        .await;
    let requests: Vec<_> = (1..=5).map(|n| GraphRequest::get(&n.to_string())).collect();
    let answers = client.batch(&requests).await.unwrap();
    let seen: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer {
            Ok(answer) => answer.parse::<User>().unwrap().id,
            Err(error) => format!("{:?}", error.class()),
        })
        .collect();
    assert_eq!(seen, ["1", "2", "Permission", "4", "5"]);
}

#[tokio::test]
async fn entries_that_never_run_are_given_up_in_the_end() {
    let (server, client, _) = client().await;
    Mock::given(method("POST"))
        .respond_with(json(200, "[null]"))
        .expect(4)
        .mount(&server)
        .await;
    let answers = client.batch(&[GraphRequest::get("1")]).await.unwrap();
    assert_eq!(
        answers[0].as_ref().unwrap_err().class(),
        ErrorClass::Transient
    );
}

#[tokio::test]
async fn usage_headers_inside_entries_count() {
    let (server, client, _) = client().await;
    let usage =
        r#"{"1":[{"type":"ads_insights","call_count":100,"estimated_time_to_regain_access":2}]}"#;
    let answer = serde_json::json!([{
        "code": 400,
        "headers": [{"name": "X-Business-Use-Case-Usage", "value": usage}],
        "body": r#"{"error":{"code":80000}}"#,
    }]);
    Mock::given(method("POST"))
        .respond_with(json(200, &answer.to_string()))
        .mount(&server)
        .await;
    let answers = client
        .batch(&[GraphRequest::post("act_1/insights")])
        .await
        .unwrap();
    let error = answers[0].as_ref().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Throttle);
    assert_eq!(error.wait().unwrap().as_secs(), 120);
    let pace = client.usage().pace(
        Some("act_1"),
        &UseCase("ads_insights".into()),
        clock().now(),
    );
    assert!(pace.halted);
}

#[tokio::test]
async fn a_job_that_meta_does_not_know_yet_is_not_lost() {
    let (server, client, _) = client().await;
    let answer = serde_json::json!([
        {"code": 400, "body": r#"{"error":{"code":100,"error_subcode":33}}"#},
        ok(r#"{"id":"8","async_status":"Job Completed","async_percent_completion":100}"#),
    ]);
    Mock::given(method("POST"))
        .respond_with(json(200, &answer.to_string()))
        .mount(&server)
        .await;
    let now = clock().now();
    let job = |id: &str, started| Job {
        id: id.into(),
        started,
    };
    let young = [job("7", now), job("8", now)];
    let runs = marketing::poll_jobs(&client, "act_1", &young)
        .await
        .unwrap();
    assert_eq!(
        runs[0].as_ref().unwrap().async_status,
        JobStatus::NotStarted
    );
    assert_eq!(runs[1].as_ref().unwrap().async_status, JobStatus::Completed);
    let old = [job("7", now - chrono::TimeDelta::minutes(3)), job("8", now)];
    let runs = marketing::poll_jobs(&client, "act_1", &old).await.unwrap();
    assert_eq!(
        runs[0].as_ref().unwrap_err().class(),
        ErrorClass::Permission
    );
}

#[tokio::test]
async fn jobs_are_started_by_post_with_their_parameters_in_the_body() {
    let (server, client, _) = client().await;
    Mock::given(method("POST"))
        .respond_with(|request: &Request| {
            assert_eq!(
                entries(request)[0],
                ("POST".into(), "v26.0/act_1/insights".into())
            );
            ResponseTemplate::new(200)
                .set_body_string(serde_json::json!([ok(r#"{"report_run_id":"77"}"#)]).to_string())
        })
        .mount(&server)
        .await;
    let query = marketing::InsightsQuery::ad_days(
        "2026-02-01".parse().unwrap(),
        "2026-02-28".parse().unwrap(),
    );
    let jobs = marketing::start_jobs(&client, "act_1", &[query])
        .await
        .unwrap();
    assert_eq!(jobs[0].as_ref().unwrap().id, "77");
}
