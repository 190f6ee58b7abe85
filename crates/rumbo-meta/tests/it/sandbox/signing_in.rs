use chrono::TimeDelta;
use rumbo_base::{Code, Entropy, Error, Secret};
use rumbo_http::{HttpClient, HttpSettings, Request};
use rumbo_meta::marketing;
use rumbo_meta::oauth::{
    Attempt, RedirectMode, SignIn, SignInSettings, TokenKind, inspect_token, renew_token, revoke,
};
use rumbo_meta::scopes::Feature;
use url::Url;

use super::{Meta, meta};
use crate::sign_in::workspace;

pub fn settings(meta: &Meta, with_secret: bool) -> SignInSettings {
    let secret = with_secret.then(|| Secret::from(meta.facts.app_secret.as_str()));
    SignInSettings {
        dialog_url: meta.facts.dialog_url.parse().unwrap(),
        ports: vec![0],
        clock_tolerance: None,
        ..SignInSettings::new(&meta.facts.app_id, secret).unwrap()
    }
}

/// Plays the person: posts the dialog's form and gives the address that the browser is sent to.
pub async fn decide(meta: &Meta, attempt: &Attempt, answer: &[(&str, &str)]) -> Option<Url> {
    let dialog = attempt.dialog_url();
    let origin = Url::parse(&dialog.origin().ascii_serialization()).unwrap();
    let browser = HttpClient::new(origin, HttpSettings::default(), meta.clock.clone()).unwrap();
    let mut form: Vec<(String, String)> = dialog.query_pairs().into_owned().collect();
    form.extend(
        answer
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let reply = browser
        .send(Request::post_form(dialog.path(), form))
        .await
        .unwrap();
    reply
        .header("location")
        .map(|location| location.parse().unwrap())
}

/// Follows the browser to the loopback address.
pub async fn follow(meta: &Meta, to: &Url) {
    let origin = Url::parse(&to.origin().ascii_serialization()).unwrap();
    let browser = HttpClient::new(origin, HttpSettings::default(), meta.clock.clone()).unwrap();
    let call = Request::get(to.path()).queries(to.query_pairs().into_owned());
    assert_eq!(browser.send(call).await.unwrap().status, 200);
}

async fn sign_in(
    meta: &Meta,
    own: SignInSettings,
    answer: &[(&str, &str)],
) -> Result<SignIn, Error> {
    let attempt = Attempt::begin(own, workspace(1), &meta.clock, &Entropy::system()).await?;
    let to = decide(meta, &attempt, answer).await.unwrap();
    let (code, ()) = tokio::join!(attempt.wait(), follow(meta, &to));
    attempt.exchange(&meta.graph, code?).await
}

#[tokio::test]
async fn one_click_gives_a_long_lived_token_and_the_person() {
    let meta = meta().await;
    let own = settings(&meta, true);
    let done = sign_in(&meta, own, &[("decision", "approve_all")])
        .await
        .unwrap();
    assert_eq!(done.token_kind, TokenKind::User);
    assert_eq!(done.app_id, meta.facts.app_id);
    assert!(!done.name.is_empty());
    let life = done.expires_at.unwrap() - meta.clock.now();
    assert!(life > TimeDelta::days(55), "{life}");
    assert!(done.data_access_expires_at.is_some());
    assert!(
        done.missing.is_empty() && done.declined.is_empty(),
        "{done:?}"
    );
    let client = meta
        .graph
        .with_token(done.token, Some(meta.facts.app_secret.as_str().into()));
    assert!(!marketing::businesses(&client).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_the_secret_the_session_is_short() {
    let meta = meta().await;
    let own = settings(&meta, false);
    let done = sign_in(&meta, own, &[("decision", "approve_all")])
        .await
        .unwrap();
    let life = done.expires_at.unwrap() - meta.clock.now();
    assert!(life < TimeDelta::days(1), "{life}");
}

#[tokio::test]
async fn a_declined_permission_is_known_and_named() {
    let meta = meta().await;
    let own = SignInSettings {
        features: vec![Feature::Ads, Feature::Leads],
        ..settings(&meta, true)
    };
    let answer = [
        ("decision", "approve"),
        ("granted", "ads_read"),
        ("granted", "pages_show_list"),
    ];
    let done = sign_in(&meta, own, &answer).await.unwrap();
    assert!(done.granted.contains(&"ads_read".to_owned()));
    assert!(done.declined.contains(&"leads_retrieval".to_owned()));
    assert!(
        done.missing
            .iter()
            .any(|need| need.scope == "leads_retrieval")
    );
}

#[tokio::test]
async fn cancelling_is_a_no() {
    let meta = meta().await;
    let error = sign_in(&meta, settings(&meta, true), &[("decision", "cancel")])
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::SignInDenied);
}

#[tokio::test]
async fn a_code_that_ran_out_or_was_used_and_a_wrong_secret_are_told_apart() {
    let meta = meta().await;
    let own = SignInSettings {
        redirect: RedirectMode::LoginSuccess,
        ..settings(&meta, true)
    };
    let begin = async |own: &SignInSettings| {
        let attempt = Attempt::begin(own.clone(), workspace(1), &meta.clock, &Entropy::system())
            .await
            .unwrap();
        let to = decide(&meta, &attempt, &[("decision", "approve_all")])
            .await
            .unwrap();
        let code = attempt
            .landed(workspace(1), &to.to_string().into())
            .unwrap()
            .unwrap();
        (attempt, code, to)
    };
    let (attempt, code, _) = begin(&own).await;
    meta.sandbox.control().advance(TimeDelta::minutes(11));
    let late = attempt.exchange(&meta.graph, code).await.unwrap_err();
    assert_eq!(late.code(), Code::SignInExpired, "{}", late.chain());

    let wrong = SignInSettings {
        app_secret: Some("wrong".into()),
        ..own.clone()
    };
    let (attempt, code, _) = begin(&wrong).await;
    let refused = attempt.exchange(&meta.graph, code).await.unwrap_err();
    assert_eq!(
        refused.field_name(),
        Some("app_secret"),
        "{}",
        refused.chain()
    );

    let (attempt, code, to) = begin(&own).await;
    attempt.exchange(&meta.graph, code).await.unwrap();
    // Somebody else who saw the address has neither the attempt nor the verifier.
    let again = attempt
        .landed(workspace(1), &to.to_string().into())
        .unwrap_err();
    assert_eq!(again.code(), Code::SignInMismatch);
}

#[tokio::test]
async fn a_live_app_takes_no_loopback_but_a_registered_page() {
    let meta = meta().await;
    let page = "https://casaalba.example/rumbo/";
    meta.switch(|switches| {
        switches.live_mode = true;
        switches.redirect_uris = vec![page.to_owned()];
    });
    let begin = async |redirect: RedirectMode| {
        let own = SignInSettings {
            redirect,
            ..settings(&meta, true)
        };
        Attempt::begin(own, workspace(1), &meta.clock, &Entropy::system())
            .await
            .unwrap()
    };
    let loopback = begin(RedirectMode::Loopback).await;
    assert_eq!(
        decide(&meta, &loopback, &[("decision", "approve_all")]).await,
        None
    );
    let bounce = begin(RedirectMode::HttpsBounce(page.parse().unwrap())).await;
    let to = decide(&meta, &bounce, &[("decision", "approve_all")])
        .await
        .unwrap();
    assert!(to.as_str().starts_with(page));
    // What the page does: the same parameters, to loopback, at the port in the state.
    let state = to
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1;
    let port = state.rsplit_once('.').unwrap().1;
    let forwarded = Url::parse(&format!(
        "http://localhost:{port}/oauth/meta?{}",
        to.query().unwrap()
    ))
    .unwrap();
    let (code, ()) = tokio::join!(bounce.wait(), follow(&meta, &forwarded));
    bounce.exchange(&meta.graph, code.unwrap()).await.unwrap();
}

#[tokio::test]
async fn tokens_are_inspected_renewed_and_withdrawn() {
    let meta = meta().await;
    let app = meta.facts.app_id.as_str();
    let secret = Secret::from(meta.facts.app_secret.as_str());
    let system = Secret::from(meta.facts.system_user_token.as_str());
    let inspected = inspect_token(
        &meta.graph,
        app,
        Some(secret.clone()),
        system,
        &Feature::ALL,
        None,
    )
    .await
    .unwrap();
    assert_eq!(
        (inspected.token_kind, inspected.expires_at),
        (TokenKind::SystemUser, None)
    );

    let token = Secret::from(meta.facts.access_token.as_str());
    let renewed = renew_token(&meta.graph, app, &secret, &token, &Feature::ALL)
        .await
        .unwrap();
    assert!(renewed.expires_at.unwrap() > meta.clock.now() + TimeDelta::days(55));

    let client = meta
        .graph
        .with_token(renewed.token.clone(), Some(secret.clone()));
    revoke(&client, &renewed.meta_user_id).await.unwrap();
    let after = Error::from(marketing::me(&client).await.unwrap_err());
    assert_eq!(after.code(), Code::NeedsSignIn, "{}", after.chain());
    let dead = inspect_token(&meta.graph, app, Some(secret), renewed.token, &[], None)
        .await
        .unwrap_err();
    assert_eq!(dead.code(), Code::NeedsSignIn, "{}", dead.chain());
}
