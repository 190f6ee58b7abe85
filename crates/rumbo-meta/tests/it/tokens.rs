//! Codes for tokens, and what tokens are worth.

use chrono::TimeDelta;
use rumbo_base::{Code, Entropy, Error, Reason, Secret};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::oauth::{
    Attempt, RedirectMode, SignIn, SignInSettings, TokenKind, inspect_token, renew_token, revoke,
};
use rumbo_meta::scopes::Feature;
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer};

use crate::server::{TOKEN, clock, failure, json};
use crate::sign_in::{settings, workspace};

const LONG: &str = "EAAlonglived0123456789";

async fn graph() -> (MockServer, GraphClient) {
    let server = MockServer::start().await;
    let http = HttpClient::new(
        server.uri().parse().unwrap(),
        HttpSettings::default(),
        clock(),
    )
    .unwrap();
    (
        server,
        GraphClient::new(http, GraphSettings::default(), Entropy::seeded(1)),
    )
}

/// The rest of what Meta says about a token.
async fn worth(server: &MockServer, debug: &str) {
    for (at, body) in [
        ("debug_token", format!(r#"{{"data":{debug}}}"#)),
        ("me", r#"{"id":"77","name":"Ana"}"#.to_owned()),
        (
            "me/permissions",
            r#"{"data":[{"permission":"ads_read","status":"granted"},
                {"permission":"leads_retrieval","status":"declined"}]}"#
                .to_owned(),
        ),
    ] {
        Mock::given(path(format!("/v26.0/{at}")))
            .respond_with(json(200, &body))
            .mount(server)
            .await;
    }
}

const VALID: &str = r#"{"app_id":"1234","type":"USER","user_id":"77","is_valid":true,
    "scopes":["ads_read"],"expires_at":1800000000,"data_access_expires_at":1799000000}"#;

/// Signs in through the in-app window: no socket is needed to get a code.
async fn sign_in(graph: &GraphClient, settings: SignInSettings) -> Result<SignIn, Error> {
    let attempt = Attempt::begin(settings, workspace(1), &clock(), &Entropy::seeded(5))
        .await
        .unwrap();
    let url = attempt.dialog_url();
    let state = url
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let landed = Secret::new(format!(
        "{}?code=c0de&state={state}",
        attempt.redirect_uri()
    ));
    let code = attempt.landed(workspace(1), &landed).unwrap().unwrap();
    attempt.exchange(graph, code).await
}

#[tokio::test]
async fn a_code_becomes_a_long_lived_token_and_its_worth_is_known() {
    let (server, graph) = graph().await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .and(query_param("code", "c0de"))
        .and(query_param("client_secret", "s3cret"))
        .and(query_param(
            "redirect_uri",
            "https://www.facebook.com/connect/login_success.html",
        ))
        .respond_with(json(
            200,
            &format!(r#"{{"access_token":"{TOKEN}","expires_in":5000}}"#),
        ))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .and(query_param("grant_type", "fb_exchange_token"))
        .and(query_param("fb_exchange_token", TOKEN))
        .respond_with(json(
            200,
            &format!(r#"{{"access_token":"{LONG}","expires_in":5183944}}"#),
        ))
        .expect(1)
        .mount(&server)
        .await;
    worth(&server, VALID).await;
    let own = SignInSettings {
        features: vec![Feature::Ads, Feature::Leads],
        ..settings(RedirectMode::LoginSuccess)
    };
    let done = sign_in(&graph, own).await.unwrap();
    assert_eq!(done.token.expose(), LONG);
    assert_eq!(
        (done.token_kind, done.name.as_str()),
        (TokenKind::User, "Ana")
    );
    assert_eq!(
        (done.meta_user_id.as_str(), done.app_id.as_str()),
        ("77", "1234")
    );
    assert_eq!(done.expires_at.unwrap().timestamp(), 1_800_000_000);
    assert_eq!(done.granted, ["ads_read"]);
    assert_eq!(done.declined, ["leads_retrieval"]);
    assert!(
        done.missing
            .iter()
            .any(|need| need.scope == "leads_retrieval")
    );
    assert!(!format!("{done:?}").contains(LONG));

    let asked = server.received_requests().await.unwrap();
    let debug = asked
        .iter()
        .find(|r| r.url.path().ends_with("debug_token"))
        .unwrap();
    let by = debug
        .url
        .query_pairs()
        .find(|(name, _)| name == "access_token")
        .unwrap()
        .1;
    assert_eq!(by, "1234|s3cret", "the app asks");
    // The verifier that was sent is the one whose challenge the dialog got.
    let first = &asked[0].url;
    let verifier = first
        .query_pairs()
        .find(|(name, _)| name == "code_verifier")
        .unwrap()
        .1;
    assert_eq!(verifier.len(), 43);
}

#[tokio::test]
async fn without_a_secret_the_token_is_short_and_answers_for_itself() {
    let (server, graph) = graph().await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .and(query_param_is_missing("client_secret"))
        .respond_with(json(
            200,
            &format!(r#"{{"access_token":"{TOKEN}","expires_in":5000}}"#),
        ))
        .expect(1)
        .mount(&server)
        .await;
    worth(
        &server,
        r#"{"app_id":"1234","type":"USER","is_valid":true}"#,
    )
    .await;
    let own = SignInSettings {
        app_secret: None,
        ..settings(RedirectMode::LoginSuccess)
    };
    let done = sign_in(&graph, own).await.unwrap();
    assert_eq!(
        done.expires_at,
        Some(clock().now() + TimeDelta::seconds(5_000))
    );
    let asked = server.received_requests().await.unwrap();
    assert!(
        asked
            .iter()
            .all(|r| !r.url.as_str().contains("appsecret_proof"))
    );
}

#[tokio::test]
async fn each_refusal_of_the_code_says_what_to_do_and_is_not_repeated() {
    let cases = [
        (100, 36_007, Code::SignInExpired, None),
        (100, 36_009, Code::SignInExpired, None),
        (100, 36_008, Code::RedirectNotRegistered, None),
        (191, 0, Code::RedirectNotRegistered, None),
        (101, 0, Code::InvalidInput, Some("app_id")),
        (1, 0, Code::InvalidInput, Some("app_secret")),
        (2, 0, Code::MetaUnavailable, None),
    ];
    for (code, subcode, wanted, field) in cases {
        let (server, graph) = graph().await;
        Mock::given(path("/v26.0/oauth/access_token"))
            .respond_with(failure(400, code, subcode))
            .expect(1)
            .mount(&server)
            .await;
        let error = sign_in(&graph, settings(RedirectMode::LoginSuccess))
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (wanted, field),
            "{code}/{subcode}"
        );
        assert!(!error.chain().contains("s3cret") && !error.chain().contains("c0de"));
    }
}

#[tokio::test]
async fn a_token_of_another_app_is_not_taken() {
    let (server, graph) = graph().await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .respond_with(json(200, &format!(r#"{{"access_token":"{TOKEN}"}}"#)))
        .mount(&server)
        .await;
    worth(&server, r#"{"app_id":"999","type":"USER","is_valid":true}"#).await;
    let error = sign_in(&graph, settings(RedirectMode::LoginSuccess))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::SignInMismatch);
}

#[tokio::test]
async fn a_wrong_clock_is_said_with_its_size() {
    let (server, graph) = graph().await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .respond_with(
            json(200, &format!(r#"{{"access_token":"{TOKEN}"}}"#))
                .insert_header("date", "Sat, 21 Nov 2026 11:30:00 GMT"),
        )
        .mount(&server)
        .await;
    let own = SignInSettings {
        clock_tolerance: Some(TimeDelta::minutes(10)),
        ..settings(RedirectMode::LoginSuccess)
    };
    let error = sign_in(&graph, own).await.unwrap_err();
    assert_eq!(error.code(), Code::ClockSkew);
    assert!(
        error.message().contains("90 minutes slow"),
        "{}",
        error.message()
    );
}

#[tokio::test]
async fn a_pasted_token_is_looked_at_before_it_is_kept() {
    let (server, graph) = graph().await;
    let debug = r#"{"app_id":"1234","type":"SYSTEM_USER","is_valid":true,"expires_at":0,
        "scopes":["ads_read","business_management"]}"#;
    worth(&server, debug).await;
    let paste =
        |token: &str| inspect_token(&graph, "1234", None, token.into(), &[Feature::Ads], None);
    let done = paste(&format!("  {TOKEN}\n")).await.unwrap();
    assert_eq!(done.token.expose(), TOKEN);
    assert_eq!(
        (done.token_kind, done.expires_at),
        (TokenKind::SystemUser, None)
    );
    assert!(done.granted.contains(&"business_management".to_owned()));
    assert!(done.missing.is_empty());
    for bad in ["", "short", "EAA with spaces inside it 0123456789"] {
        assert_eq!(
            paste(bad).await.unwrap_err().field_name(),
            Some("token"),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_pasted_token_is_not_kept_by_a_clock_that_is_wrong() {
    let (server, graph) = graph().await;
    Mock::given(path("/v26.0/debug_token"))
        .respond_with(
            json(200, &format!(r#"{{"data":{VALID}}}"#))
                .insert_header("date", "Sat, 21 Nov 2026 08:30:00 GMT"),
        )
        .mount(&server)
        .await;
    worth(&server, VALID).await;
    let paste = |tolerance| inspect_token(&graph, "1234", None, TOKEN.into(), &[], tolerance);
    let error = paste(Some(TimeDelta::minutes(10))).await.unwrap_err();
    assert_eq!(error.code(), Code::ClockSkew, "{}", error.chain());
    assert_eq!(error.reason_id(), Some(Reason::ClockFast));
    assert_eq!(error.params()["minutes"], "90");
    paste(None).await.unwrap();
}

#[tokio::test]
async fn a_dead_token_says_why() {
    for (debug, wanted, reason) in [
        (
            r#"{"is_valid":false,"app_id":"1234","error":{"code":190,"subcode":463,"message":"x"}}"#,
            Code::NeedsSignIn,
            Reason::SignInExpired,
        ),
        (
            r#"{"is_valid":false,"app_id":"1234"}"#,
            Code::NeedsSignIn,
            Reason::TokenInvalid,
        ),
        (
            r#"{"is_valid":false,"app_id":"999"}"#,
            Code::InvalidInput,
            Reason::TokenOfOtherApp,
        ),
    ] {
        let (server, graph) = graph().await;
        worth(&server, debug).await;
        let secret = Some("s3cret".into());
        let error = inspect_token(&graph, "1234", secret, TOKEN.into(), &[], None)
            .await
            .unwrap_err();
        assert_eq!(error.code(), wanted, "{debug}");
        assert_eq!(error.reason_id(), Some(reason), "{debug}");
    }
}

#[tokio::test]
async fn a_token_is_renewed_while_it_lives() {
    let (server, graph) = graph().await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .and(query_param("fb_exchange_token", TOKEN))
        .respond_with(json(
            200,
            &format!(r#"{{"access_token":"{LONG}","expires_in":5183944}}"#),
        ))
        .mount(&server)
        .await;
    worth(&server, VALID).await;
    let done = renew_token(
        &graph,
        "1234",
        &"s3cret".into(),
        &TOKEN.into(),
        &[Feature::Ads],
    )
    .await;
    assert_eq!(done.unwrap().token.expose(), LONG);
    let (server, graph) = self::graph().await;
    Mock::given(path("/v26.0/oauth/access_token"))
        .respond_with(failure(400, 190, 463))
        .mount(&server)
        .await;
    let late = renew_token(&graph, "1234", &"s3cret".into(), &TOKEN.into(), &[]).await;
    assert_eq!(late.unwrap_err().code(), Code::NeedsSignIn);
}

#[tokio::test]
async fn disconnecting_withdraws_everything_at_meta() {
    let (server, graph) = graph().await;
    Mock::given(method("DELETE"))
        .and(path("/v26.0/77/permissions"))
        .and(query_param("access_token", TOKEN))
        .respond_with(json(200, r#"{"success":true}"#))
        .expect(1)
        .mount(&server)
        .await;
    revoke(&graph.with_token(TOKEN.into(), None), "77")
        .await
        .unwrap();
}
