//! The sign-in dialog and the exchange of codes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Method;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::client::{Answer, Meta};

const HOME: &str = "http://localhost:8765/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// Posts the form and gives where the browser is sent.
async fn decide(meta: &Meta, fields: &[(&str, &str)]) -> Result<Url, Answer> {
    let mut all = vec![
        ("client_id", meta.at.app_id.as_str()),
        ("redirect_uri", HOME),
        ("state", "xyz"),
    ];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    let response = meta
        .http
        .post(&meta.at.dialog_url)
        .form(&all)
        .send()
        .await
        .unwrap();
    match response.headers().get("location") {
        Some(to) => Ok(Url::parse(to.to_str().unwrap()).unwrap()),
        None => Err(Answer::read(response).await),
    }
}

fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

async fn code(meta: &Meta, extra: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("scope", "ads_read,leads_retrieval"),
        ("decision", "approve_all"),
    ];
    fields.extend_from_slice(extra);
    let to = decide(meta, &fields)
        .await
        .unwrap_or_else(|page| panic!("{}", page.body));
    assert_eq!(query(&to, "state").as_deref(), Some("xyz"));
    query(&to, "code").expect("a code")
}

async fn exchange(meta: &Meta, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![
        ("client_id", meta.at.app_id.as_str()),
        ("redirect_uri", HOME),
        ("access_token", ""),
    ];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    meta.get("oauth/access_token", &all).await
}

#[tokio::test]
async fn the_form_shows_a_box_for_every_permission() {
    let meta = Meta::small().await;
    let url = format!(
        "{}?client_id={}&redirect_uri={HOME}&state=a%22b&scope=ads_read,leads_retrieval",
        meta.at.dialog_url, meta.at.app_id
    );
    let page = meta
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("value=\"ads_read\" checked")
            && page.contains("value=\"leads_retrieval\" checked")
    );
    assert!(page.contains("a&quot;b"), "what came in is escaped");
}

#[tokio::test]
async fn a_code_becomes_a_short_token_and_then_a_long_one() {
    let meta = Meta::small().await;
    let code = code(&meta, &[]).await;
    let short = exchange(
        &meta,
        &[("code", &code), ("client_secret", &meta.at.app_secret)],
    )
    .await;
    assert_eq!(short.body["expires_in"], 5_400);
    let short = short.body["access_token"].as_str().unwrap();
    let long = exchange(
        &meta,
        &[
            ("grant_type", "fb_exchange_token"),
            ("client_secret", &meta.at.app_secret),
            ("fb_exchange_token", short),
        ],
    )
    .await;
    assert_eq!(long.body["expires_in"], 5_183_944);
    assert_eq!(long.body["token_type"], "bearer");
    let again = exchange(
        &meta,
        &[("code", &code), ("client_secret", &meta.at.app_secret)],
    )
    .await;
    assert_eq!(again.error(), (100, 36_009), "a code works once");
}

#[tokio::test]
async fn a_code_expires_and_belongs_to_its_redirect() {
    let meta = Meta::small().await;
    let secret = meta.at.app_secret.clone();
    let first = code(&meta, &[]).await;
    let elsewhere = exchange(
        &meta,
        &[
            ("code", &first),
            ("client_secret", &secret),
            ("redirect_uri", "http://localhost:8765/other"),
        ],
    )
    .await;
    assert_eq!(elsewhere.error(), (100, 36_008));
    meta.sandbox.control().advance(TimeDelta::seconds(601));
    let late = exchange(&meta, &[("code", &first), ("client_secret", &secret)]).await;
    assert_eq!(late.error(), (100, 36_007));
    let wrong = exchange(&meta, &[("code", &first), ("client_secret", "nope")]).await;
    assert_eq!(wrong.error().0, 1);
    let unknown = exchange(&meta, &[("code", &first), ("client_id", "1")]).await;
    assert_eq!(unknown.error().0, 101);
}

#[tokio::test]
async fn a_challenge_is_enforced_even_with_the_secret() {
    let meta = Meta::small().await;
    let secret = meta.at.app_secret.clone();
    let asked = challenge();
    let bound = code(
        &meta,
        &[
            ("code_challenge", &asked),
            ("code_challenge_method", "S256"),
        ],
    )
    .await;
    let without = exchange(&meta, &[("code", &bound), ("client_secret", &secret)]).await;
    assert_eq!(without.error().0, 1);
    let wrong = exchange(
        &meta,
        &[
            ("code", &bound),
            ("code_verifier", &VERIFIER.replace('a', "b")),
        ],
    )
    .await;
    assert_eq!(wrong.error().0, 1);
    let right = exchange(&meta, &[("code", &bound), ("code_verifier", VERIFIER)]).await;
    assert!(
        right.body["access_token"].is_string(),
        "no secret needed: {}",
        right.body
    );
    let unbound = code(&meta, &[]).await;
    let nothing = exchange(&meta, &[("code", &unbound)]).await;
    assert_eq!(nothing.error().0, 1, "neither secret nor challenge");
}

#[tokio::test]
async fn cancelling_and_leaving_permissions_out_are_told() {
    let meta = Meta::small().await;
    let to = decide(&meta, &[("scope", "ads_read"), ("decision", "cancel")])
        .await
        .ok()
        .unwrap();
    assert_eq!(query(&to, "error").as_deref(), Some("access_denied"));
    assert_eq!(query(&to, "error_reason").as_deref(), Some("user_denied"));
    assert_eq!(query(&to, "state").as_deref(), Some("xyz"));
    assert!(query(&to, "code").is_none());

    let to = decide(
        &meta,
        &[
            ("scope", "ads_read,leads_retrieval"),
            ("decision", "approve"),
            ("granted", "ads_read"),
        ],
    )
    .await
    .ok()
    .unwrap();
    let code = query(&to, "code").unwrap();
    let token = exchange(
        &meta,
        &[("code", &code), ("client_secret", &meta.at.app_secret)],
    )
    .await;
    let token = token.body["access_token"].as_str().unwrap();
    let permissions = meta.get("me/permissions", &[("access_token", token)]).await;
    let status = |name: &str| {
        permissions
            .rows()
            .iter()
            .find(|row| row["permission"] == name)
            .map(|row| row["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(status("ads_read").as_deref(), Some("granted"));
    assert_eq!(status("leads_retrieval").as_deref(), Some("declined"));
    assert_eq!(status("public_profile").as_deref(), Some("granted"));

    // Declined permissions come back only when the app asks for them again.
    let url = |extra: &str| {
        format!(
            "{}?client_id={}&redirect_uri={HOME}&state=s&scope=leads_retrieval{extra}",
            meta.at.dialog_url, meta.at.app_id
        )
    };
    let text = meta
        .http
        .get(url(""))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!text.contains("value=\"leads_retrieval\" checked"));
    let text = meta
        .http
        .get(url("&auth_type=rerequest"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(text.contains("value=\"leads_retrieval\" checked"));
}

#[tokio::test]
async fn only_allowed_redirects_are_followed() {
    let meta = Meta::small().await;
    let good = [
        "http://localhost:1/x",
        "https://www.facebook.com/connect/login_success.html",
        "https://casaalba.example/meta/callback",
    ];
    let bad = [
        "http://127.0.0.1:8765/callback",
        "https://casaalba.example/meta/callback/",
        "https://evil.example/",
        "http://localhost.evil.example/",
        "not a url",
    ];
    for redirect in good {
        assert!(
            decide(
                &meta,
                &[("redirect_uri", redirect), ("decision", "approve_all")]
            )
            .await
            .is_ok(),
            "{redirect}"
        );
    }
    for redirect in bad {
        let page = decide(
            &meta,
            &[("redirect_uri", redirect), ("decision", "approve_all")],
        )
        .await
        .expect_err(redirect);
        assert!(
            page.body.as_str().unwrap().contains("URL blocked"),
            "{redirect}"
        );
    }
    let mut switches = meta.sandbox.control().switches();
    switches.live_mode = true;
    meta.sandbox.control().set_switches(switches);
    assert!(
        decide(&meta, &[("decision", "approve_all")]).await.is_err(),
        "a live app cannot use loopback"
    );
}

#[tokio::test]
async fn a_token_in_the_fragment() {
    let meta = Meta::small().await;
    let success = "https://www.facebook.com/connect/login_success.html";
    let to = decide(
        &meta,
        &[
            ("redirect_uri", success),
            ("response_type", "token"),
            ("scope", "ads_read"),
            ("decision", "approve_all"),
        ],
    )
    .await
    .ok()
    .unwrap();
    let fragment = to.fragment().unwrap();
    assert!(
        fragment.contains("access_token=EAA") && fragment.contains("state=xyz"),
        "{fragment}"
    );
    assert!(to.query().is_none());
    let page = meta
        .send(Method::GET, "connect/login_success.html", &[])
        .await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn the_dialog_refuses_what_meta_refuses() {
    let meta = Meta::small().await;
    for (fields, word) in [
        (vec![("client_id", "123")], "Invalid App ID"),
        (vec![("scope", "read_my_mind")], "Invalid Scopes"),
        (vec![("response_type", "magic")], "response_type"),
        (
            vec![("code_challenge", "x"), ("code_challenge_method", "MD5")],
            "code_challenge_method",
        ),
    ] {
        let mut fields = fields;
        fields.push(("decision", "approve_all"));
        let page = decide(&meta, &fields).await.expect_err(word);
        assert!(page.body.as_str().unwrap().contains(word), "{word}");
    }
}
