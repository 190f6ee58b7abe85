use std::time::Duration;

use rumbo_base::{Code, Error};
use rumbo_meta::error::{ErrorClass, MetaError, SignInReason};
use rumbo_meta::graph::{GraphRequest, WaitReason};
use rumbo_meta::marketing;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::server::{TOKEN, client, failure, json};

#[tokio::test]
async fn every_call_carries_version_token_and_proof_and_no_log_does() {
    let (server, client, journal) = client().await;
    Mock::given(method("GET"))
        .and(path("/v26.0/me"))
        .and(query_param("access_token", TOKEN))
        .and(query_param("fields", "id,name"))
        .respond_with(json(200, r#"{"id":"1","name":"Ana"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let me = marketing::me(&client).await.unwrap();
    assert_eq!(me.name.as_deref(), Some("Ana"));
    let sent = &server.received_requests().await.unwrap()[0];
    let proof = sent
        .url
        .query_pairs()
        .find(|(name, _)| name == "appsecret_proof")
        .unwrap()
        .1;
    assert_eq!(proof.len(), 64);
    let shown = format!("{:?} {client:?}", journal.calls.lock().unwrap());
    assert!(
        !shown.contains(TOKEN) && !shown.contains(&*proof),
        "{shown}"
    );
}

#[tokio::test]
async fn trouble_that_passes_is_tried_again_three_times_and_then_reported() {
    let (server, client, journal) = client().await;
    Mock::given(path("/v26.0/me"))
        .respond_with(failure(500, 2, 0))
        .expect(4)
        .mount(&server)
        .await;
    let error = marketing::me(&client).await.unwrap_err();
    assert_eq!(error.graph().unwrap().trace.as_deref(), Some("T1"));
    let waits: Vec<_> = journal
        .waits
        .lock()
        .unwrap()
        .iter()
        .map(|w| w.wait.as_secs())
        .collect();
    assert_eq!(waits.len(), 3);
    assert!(waits[0] >= 1 && waits[1] >= 2 && waits[2] >= 4, "{waits:?}");
    let stats = client.stats();
    assert_eq!((stats.calls, stats.retries, stats.failures), (4, 3, 4));
}

#[tokio::test]
async fn answers_that_are_no_answers_are_tried_again() {
    let (server, client, _) = client().await;
    let bodies = ["<html>502</html>", "", r#"{"id":"1","na"#, "[1,2"];
    for body in bodies {
        Mock::given(path("/v26.0/me"))
            .respond_with(json(200, body))
            .up_to_n_times(4)
            .expect(4)
            .mount(&server)
            .await;
        let error = marketing::me(&client).await.unwrap_err();
        assert!(
            matches!(error, MetaError::NotAnAnswer { .. }),
            "{body}: {error:?}"
        );
        assert!(!error.to_string().contains("html"), "{error}");
        assert_eq!(Error::from(error).code(), Code::MetaUnavailable);
    }
    Mock::given(path("/v26.0/me"))
        .respond_with(json(200, r#"{"id":"1"}"#))
        .mount(&server)
        .await;
    marketing::me(&client).await.unwrap();
}

#[tokio::test]
async fn http_200_with_an_error_body_is_a_failure() {
    let (server, client, _) = client().await;
    Mock::given(path("/v26.0/me"))
        .respond_with(failure(200, 190, 463))
        .expect(1)
        .mount(&server)
        .await;
    let error = marketing::me(&client).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::SignIn(SignInReason::Expired));
    assert_eq!(Error::from(error).code(), Code::NeedsSignIn);
}

#[tokio::test]
async fn a_status_without_a_body_that_explains_it_is_a_failure_too() {
    let (server, client, _) = client().await;
    Mock::given(path("/v26.0/me"))
        .respond_with(json(403, r#"{"id":"1"}"#))
        .mount(&server)
        .await;
    assert_eq!(
        marketing::me(&client).await.unwrap_err().class(),
        ErrorClass::Permission
    );
}

#[tokio::test]
async fn refusals_wait_as_long_as_the_header_says() {
    let (server, client, journal) = client().await;
    let usage = r#"{"1":[{"type":"ads_management","call_count":100,
        "estimated_time_to_regain_access":3}]}"#;
    // Meta says is_transient false here; it passes all the same.
    Mock::given(path("/v26.0/act_1"))
        .respond_with(
            failure(400, 17, 2_446_079)
                .insert_header("x-business-use-case-usage", usage.replace('\n', "")),
        )
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/v26.0/act_1"))
        .respond_with(json(200, r#"{"id":"act_1"}"#))
        .mount(&server)
        .await;
    marketing::ad_account(&client, "act_1").await.unwrap();
    let waits = journal.waits.lock().unwrap();
    assert_eq!(waits.len(), 1);
    assert_eq!(
        (waits[0].reason, waits[0].wait),
        (WaitReason::Refused, Duration::from_mins(3))
    );
    assert_eq!(waits[0].object.as_deref(), Some("1"));
    assert_eq!(client.stats().refusals, 1);
}

#[tokio::test]
async fn a_wait_beyond_the_limit_is_given_back_with_its_length() {
    let (server, client, _) = client().await;
    let usage = r#"{"acc_id_util_pct":100,"reset_time_duration":3600}"#;
    Mock::given(path("/v26.0/act_1"))
        .respond_with(json(200, r#"{"id":"act_1"}"#).insert_header("x-ad-account-usage", usage))
        .expect(1)
        .mount(&server)
        .await;
    marketing::ad_account(&client, "act_1").await.unwrap();
    let error = Error::from(marketing::ad_account(&client, "act_1").await.unwrap_err());
    assert_eq!(
        (error.code(), error.wait()),
        (Code::Throttled, Some(Duration::from_hours(1)))
    );
}

#[tokio::test]
async fn calls_slow_down_before_the_limit() {
    let (server, client, journal) = client().await;
    Mock::given(path("/v26.0/me"))
        .respond_with(
            json(200, r#"{"id":"1"}"#).insert_header("x-app-usage", r#"{"call_count":90}"#),
        )
        .mount(&server)
        .await;
    marketing::me(&client).await.unwrap();
    assert!(journal.waits.lock().unwrap().is_empty());
    marketing::me(&client).await.unwrap();
    let waits = journal.waits.lock().unwrap();
    assert_eq!(
        (waits[0].reason, waits[0].wait),
        (WaitReason::Pace, Duration::from_secs(3))
    );
}

#[tokio::test]
async fn a_refused_call_is_not_repeated_when_it_cannot_help() {
    let (server, client, _) = client().await;
    for (code, subcode) in [(100, 0), (10, 0), (368, 0), (190, 460), (2, 1_504_041)] {
        let at = format!("n{code}");
        Mock::given(path(format!("/v26.0/{at}")))
            .respond_with(failure(400, code, subcode))
            .expect(1)
            .mount(&server)
            .await;
        client.send(&GraphRequest::get(&at)).await.unwrap_err();
    }
}

#[tokio::test]
async fn another_version_than_asked_for_is_noticed() {
    let (server, client, _) = client().await;
    Mock::given(path("/v26.0/me"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_string(r#"{"id":"1"}"#)
                .insert_header("facebook-api-version", "v27.0")
                .insert_header("x-ad-api-version-warning", "ends soon"),
        )
        .mount(&server)
        .await;
    assert_eq!(client.stats().other_version, None);
    marketing::me(&client).await.unwrap();
    assert_eq!(client.stats().other_version.as_deref(), Some("v27.0"));
    assert_eq!(client.stats().version_warning.as_deref(), Some("ends soon"));
}
