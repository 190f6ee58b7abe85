use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use rumbo_base::{Code, Error};
use rumbo_meta::error::{ErrorClass, MetaError, SignInReason};
use rumbo_meta::graph::{CallLog, CallRecord, GraphRequest, WaitReason, WaitRecord};
use rumbo_meta::marketing::{self, InsightsQuery};
use rumbo_meta::objects::{Campaign, JobStatus};
use rumbo_sandbox::{Control, Effect, Fault, FaultMatch};

use super::{Meta, meta};

impl Meta {
    fn fault(&self, path: &str, times: u64, then: Effect) {
        let when = FaultMatch {
            path: Some(path.to_owned()),
            times: Some(times),
            ..FaultMatch::default()
        };
        self.sandbox
            .control()
            .add_fault(Fault { when, then })
            .unwrap();
    }
}

fn preset(name: &str, http_ok: bool) -> Effect {
    Effect::Preset {
        name: name.to_owned(),
        http_ok,
    }
}

#[tokio::test]
async fn every_failure_meta_is_known_for_has_its_class_whatever_the_status() {
    use ErrorClass::{CallerBug, Permission, Policy, Throttle, TooMuchData, Transient};
    let meta = meta().await;
    let client = meta.signed_in();
    for (name, wanted) in [
        ("throttle_app_insights", Throttle),
        ("throttle_app_insights_async", Throttle),
        ("throttle_page", Throttle),
        ("throttle_temporary", Throttle),
        ("throttle_custom", Throttle),
        ("throttle_custom_plain", Throttle),
        ("transient_unknown", Transient),
        ("transient_service", Transient),
        ("transient_insights", Transient),
        ("transient_negative", Transient),
        ("transient_report", Transient),
        ("transient_batch", Transient),
        ("transient_flag", Transient),
        ("unavailable", Transient),
        ("permanent_breakdowns", CallerBug),
        ("permanent_metrics", CallerBug),
        ("too_many_rows", TooMuchData),
        ("too_slow", TooMuchData),
        ("too_slow_code_2", TooMuchData),
        ("unknown_99", TooMuchData),
        ("session_102", ErrorClass::SignIn(SignInReason::Invalid)),
        ("permission_capability", Permission),
        ("permission_denied", Permission),
        ("permission_account", Permission),
        ("permission_294", Permission),
        ("object_unknown", Permission),
        ("incorrect_signature", Permission),
        ("setup_2446289", Permission),
        ("bad_parameter", CallerBug),
        ("cursor_over_limit", CallerBug),
        ("cursor_invalid", CallerBug),
        ("policy_block", Policy),
    ] {
        for http_ok in [false, true] {
            meta.sandbox.control().clear_faults();
            meta.fault("me", 0, preset(name, http_ok));
            let error = client.send(&GraphRequest::get("me")).await.unwrap_err();
            assert_eq!(error.class(), wanted, "{name} {http_ok}: {error}");
        }
    }
}

#[tokio::test]
async fn a_token_that_dies_on_the_way_says_how() {
    for (subcode, reason) in [
        (458, SignInReason::Revoked),
        (459, SignInReason::Checkpoint),
        (460, SignInReason::PasswordChanged),
        (463, SignInReason::Expired),
        (464, SignInReason::Checkpoint),
        (467, SignInReason::Invalid),
        (492, SignInReason::PageRoleLost),
    ] {
        let meta = meta().await;
        let client = meta.signed_in();
        marketing::me(&client).await.unwrap();
        meta.fault("me", 1, Effect::KillToken { subcode });
        let error = marketing::me(&client).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::SignIn(reason), "{subcode}");
        assert_eq!(Error::from(error).code(), Code::NeedsSignIn);
    }
}

#[tokio::test]
async fn broken_answers_are_survived_and_reported_when_they_stay() {
    let effects = [
        Effect::Truncate,
        Effect::Html { status: 502 },
        Effect::Html { status: 200 },
        Effect::Empty,
        Effect::Drop,
        preset("transient_service", true),
    ];
    for effect in effects {
        let meta = meta().await;
        let client = meta.signed_in();
        meta.fault("me", 2, effect.clone());
        marketing::me(&client)
            .await
            .unwrap_or_else(|error| panic!("{effect:?}: {error}"));
        assert_eq!(client.stats().retries, 2, "{effect:?}");
        meta.fault("me", 0, effect.clone());
        let error = marketing::me(&client).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Transient, "{effect:?}: {error}");
        assert_eq!(
            Error::from(error).code(),
            Code::MetaUnavailable,
            "{effect:?}"
        );
    }
}

#[tokio::test]
async fn a_paging_loop_ends_and_an_empty_page_does_not_end_the_list() {
    let meta = meta().await;
    let client = meta.signed_in();
    let account = meta.facts.ad_account_ids[0].as_str();
    let read = async || {
        let request = GraphRequest::get(&format!("{account}/campaigns")).fields(&["id"]);
        client.pages(request, 2).collect::<Campaign>().await
    };
    let whole = read().await.unwrap().len();
    assert!(whole > 2);
    meta.fault("act_*/campaigns", 1, Effect::EmptyPage);
    assert_eq!(read().await.unwrap().len(), whole);
    meta.sandbox.control().clear_faults();
    meta.fault("act_*/campaigns", 0, Effect::PagingLoop);
    let error = read().await.unwrap_err();
    assert!(matches!(error, MetaError::PagingLoop { .. }), "{error}");
}

#[tokio::test]
async fn too_much_data_makes_pages_smaller() {
    let meta = meta().await;
    let client = meta.signed_in();
    let account = meta.facts.ad_account_ids[0].as_str();
    for name in ["reduce_data", "unknown_99", "too_many_rows"] {
        meta.fault("act_*/adcreatives", 2, preset(name, false));
        let mut pages = marketing::creatives(&client, account);
        pages.next().await.unwrap();
        assert_eq!(pages.limit(), 12, "{name}: 50, 25, 12");
    }
}

#[tokio::test]
async fn null_entries_of_a_batch_are_sent_again() {
    let meta = meta().await;
    let client = meta.signed_in();
    meta.fault(
        "",
        1,
        Effect::NullEntries {
            entries: vec![0, 2],
        },
    );
    let requests: Vec<_> = meta
        .facts
        .ad_account_ids
        .iter()
        .map(|id| GraphRequest::get(id).fields(&["id"]))
        .collect();
    for answer in client.batch(&requests).await.unwrap() {
        answer.unwrap();
    }
    assert_eq!(client.stats().calls, 2);
}

#[tokio::test]
async fn jobs_that_fail_or_are_skipped_are_over() {
    let meta = meta().await;
    let client = meta.signed_in();
    let account = meta.facts.ad_account_ids[0].as_str();
    let query =
        InsightsQuery::ad_days("2026-10-01".parse().unwrap(), "2026-10-02".parse().unwrap());
    for (effect, wanted) in [
        (Effect::JobFailed, JobStatus::Failed),
        (Effect::JobSkipped, JobStatus::Skipped),
    ] {
        meta.fault("act_*/insights", 1, effect);
        let started = marketing::start_jobs(&client, account, std::slice::from_ref(&query))
            .await
            .unwrap();
        let jobs: Vec<_> = started.into_iter().map(Result::unwrap).collect();
        let mut last = JobStatus::NotStarted;
        for _ in 0..50 {
            let runs = marketing::poll_jobs(&client, account, &jobs).await.unwrap();
            last = runs[0].as_ref().unwrap().async_status;
            if last.is_over() {
                break;
            }
            meta.sandbox.control().advance(TimeDelta::seconds(5));
        }
        assert_eq!(last, wanted);
    }
}

/// Lets the sandbox's clock live through the client's waits, and counts their reasons.
#[derive(Debug)]
struct Follow {
    control: Control,
    reasons: Mutex<Vec<WaitReason>>,
}

impl CallLog for Follow {
    fn called(&self, _: &CallRecord) {}
    fn waiting(&self, wait: &WaitRecord) {
        self.control
            .advance(TimeDelta::from_std(wait.wait).unwrap());
        self.reasons.lock().unwrap().push(wait.reason);
    }
}

/// A small quota, really used up: the client slows down before the limit and never makes Meta
/// refuse a call for long.
#[tokio::test]
async fn the_pace_follows_the_usage_headers() {
    let meta = meta().await;
    meta.switch(|switches| switches.calls_per_hour = Some(60));
    let reasons = Mutex::default();
    let follow = Arc::new(Follow {
        control: meta.sandbox.control().clone(),
        reasons,
    });
    let client = meta.signed_in().with_log(follow.clone());
    let account = meta.facts.ad_account_ids[0].as_str();
    for _ in 0..120 {
        marketing::ad_account(&client, account).await.unwrap();
    }
    let reasons = follow.reasons.lock().unwrap();
    let first_halt = reasons
        .iter()
        .position(|reason| *reason == WaitReason::Halt)
        .unwrap();
    let paced = reasons[..first_halt]
        .iter()
        .filter(|reason| **reason == WaitReason::Pace)
        .count();
    assert!(paced >= 10, "slowed before the limit: {reasons:?}");
    assert_eq!(client.stats().refusals, 0, "no call was wasted");
}
