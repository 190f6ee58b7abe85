//! The loopback redirect on real sockets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rumbo_base::{Clock, Code, Entropy, Error, Language, Secret, WorkspaceId};
use rumbo_meta::oauth::{
    Attempt, AuthorizationCode, CALLBACK_PATH, RedirectMode, SignInSettings, redirect_uris,
};
use rumbo_meta::scopes::Feature;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::server::clock;

pub fn workspace(n: u128) -> WorkspaceId {
    WorkspaceId(uuid::Uuid::from_u128(n))
}

pub fn settings(redirect: RedirectMode) -> SignInSettings {
    SignInSettings {
        redirect,
        ports: vec![0],
        clock_tolerance: None,
        ..SignInSettings::new("1234", Some("s3cret".into())).unwrap()
    }
}

async fn begin(settings: SignInSettings, clock: &Clock) -> Arc<Attempt> {
    let attempt = Attempt::begin(settings, workspace(1), clock, &Entropy::system())
        .await
        .unwrap();
    Arc::new(attempt)
}

fn waiting(attempt: &Arc<Attempt>) -> JoinHandle<Result<AuthorizationCode, Error>> {
    let attempt = attempt.clone();
    tokio::spawn(async move { attempt.wait().await })
}

fn params(attempt: &Attempt) -> BTreeMap<String, String> {
    attempt.dialog_url().query_pairs().into_owned().collect()
}

fn port(attempt: &Attempt) -> u16 {
    Url::parse(attempt.redirect_uri()).unwrap().port().unwrap()
}

/// Sends one request as it stands and reads the whole answer.
async fn raw(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn visit(attempt: &Attempt, method: &str, target: &str, host: Option<&str>) -> String {
    let port = port(attempt);
    let own = format!("localhost:{port}");
    let host = host.unwrap_or(&own);
    let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    raw(&format!("127.0.0.1:{port}"), &request).await
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_dialog_is_asked_for_a_code_with_state_and_s256() {
    let clock = clock();
    let own = SignInSettings {
        features: vec![Feature::Ads, Feature::Portfolios],
        rerequest: true,
        ..settings(RedirectMode::Loopback)
    };
    let attempt = begin(own, &clock).await;
    let url = attempt.dialog_url();
    assert!(
        url.as_str()
            .starts_with("https://www.facebook.com/v26.0/dialog/oauth?")
    );
    let params = params(&attempt);
    assert_eq!(params["response_type"], "code");
    assert_eq!(params["code_challenge_method"], "S256");
    assert_eq!(params["code_challenge"].len(), 43);
    assert_eq!(params["state"].len(), 43);
    assert_eq!(params["scope"], "ads_read,business_management");
    assert_eq!(params["auth_type"], "rerequest");
    assert_eq!(
        params["redirect_uri"],
        format!("http://localhost:{}/oauth/meta", port(&attempt))
    );
    let other = begin(settings(RedirectMode::Loopback), &clock).await;
    assert_ne!(self::params(&other)["state"], params["state"]);
    assert!(
        !format!("{attempt:?}").contains(&params["state"]),
        "the state is not shown"
    );
}

#[tokio::test]
async fn the_right_answer_is_taken_once_and_the_port_is_closed() {
    let attempt = begin(settings(RedirectMode::Loopback), &clock()).await;
    let wait = waiting(&attempt);
    let target = format!(
        "{CALLBACK_PATH}?code=c0de&state={}",
        params(&attempt)["state"]
    );
    let answer = visit(&attempt, "GET", &target, None).await;
    assert_eq!(status(&answer), 200);
    assert!(answer.contains("has arrived"), "{answer}");
    for header in [
        "no-store",
        "no-referrer",
        "default-src 'none'",
        "connection: close",
    ] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
    assert!(!answer.contains("c0de"));
    wait.await.unwrap().unwrap();
    let again = TcpStream::connect(("127.0.0.1", port(&attempt))).await;
    assert!(again.is_err(), "closed");
    // The same address, copied by hand, is not taken a second time.
    let copied = Secret::new(format!("http://localhost:{}{target}", port(&attempt)));
    let second = attempt.landed(workspace(1), &copied).unwrap_err();
    assert_eq!(second.code(), Code::SignInMismatch);
}

#[tokio::test]
async fn requests_that_are_no_answer_change_nothing() {
    let attempt = begin(settings(RedirectMode::Loopback), &clock()).await;
    let wait = waiting(&attempt);
    let state = params(&attempt)["state"].clone();
    let right = format!("{CALLBACK_PATH}?code=c&state={state}");
    let elsewhere = format!("/oauth/meta/?code=c&state={state}");
    let doubled = format!("//oauth/meta?code=c&state={state}");
    let loopback = format!("127.0.0.1:{}", port(&attempt));
    for (method, target, host, wanted) in [
        ("GET", "/favicon.ico", None, 404),
        ("GET", "/", None, 404),
        ("GET", elsewhere.as_str(), None, 404),
        ("GET", doubled.as_str(), None, 404),
        ("GET", CALLBACK_PATH, None, 400),
        ("GET", "/oauth/meta?x=1", None, 400),
        ("POST", right.as_str(), None, 405),
        ("GET", right.as_str(), Some("evil.test"), 421),
        ("GET", right.as_str(), Some("localhost"), 421),
        ("GET", right.as_str(), Some(loopback.as_str()), 421),
    ] {
        let answer = visit(&attempt, method, target, host).await;
        assert_eq!(status(&answer), wanted, "{method} {target} {host:?}");
    }
    assert!(!wait.is_finished());
    assert_eq!(status(&visit(&attempt, "GET", &right, None).await), 200);
    wait.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_wrong_or_missing_state_ends_the_attempt_unused() {
    for query in ["code=c&state=guessed", "code=c", "error=access_denied"] {
        let attempt = begin(settings(RedirectMode::Loopback), &clock()).await;
        let wait = waiting(&attempt);
        let answer = visit(&attempt, "GET", &format!("{CALLBACK_PATH}?{query}"), None).await;
        assert_eq!(status(&answer), 403, "{query}");
        assert_eq!(
            wait.await.unwrap().unwrap_err().code(),
            Code::SignInMismatch
        );
        assert!(
            TcpStream::connect(("127.0.0.1", port(&attempt)))
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_no_is_reported_and_shown_in_the_persons_language() {
    for (language, words) in [
        (Language::Spanish, "No se dio acceso"),
        (Language::Portuguese, "O acesso não foi concedido"),
    ] {
        let own = SignInSettings {
            language,
            ..settings(RedirectMode::Loopback)
        };
        let attempt = begin(own, &clock()).await;
        let wait = waiting(&attempt);
        let target = format!(
            "{CALLBACK_PATH}?error=access_denied&error_reason=user_denied&state={}",
            params(&attempt)["state"]
        );
        assert!(visit(&attempt, "GET", &target, None).await.contains(words));
        assert_eq!(wait.await.unwrap().unwrap_err().code(), Code::SignInDenied);
    }
}

#[tokio::test]
async fn a_second_browser_gets_a_page_and_no_part() {
    let attempt = begin(settings(RedirectMode::Loopback), &clock()).await;
    let wait = waiting(&attempt);
    let target = format!("{CALLBACK_PATH}?code=c&state={}", params(&attempt)["state"]);
    let address = format!("127.0.0.1:{}", port(&attempt));
    // It is connected before the first one answers, and asks after.
    let mut second = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
        port(&attempt)
    );
    second.write_all(&request.as_bytes()[..10]).await.unwrap();
    assert_eq!(status(&visit(&attempt, "GET", &target, None).await), 200);
    second.write_all(&request.as_bytes()[10..]).await.unwrap();
    let mut answer = String::new();
    let _ = second.read_to_string(&mut answer).await;
    assert!(answer.is_empty() || status(&answer) == 410, "{answer}");
    wait.await.unwrap().unwrap();
}

#[tokio::test]
async fn nobody_answering_ends_it_in_time() {
    let clock = clock();
    let attempt = begin(settings(RedirectMode::Loopback), &clock).await;
    let wait = waiting(&attempt);
    tokio::time::sleep(Duration::from_millis(50)).await;
    clock.advance(Duration::from_mins(5));
    assert_eq!(wait.await.unwrap().unwrap_err().code(), Code::SignInExpired);
    assert!(
        TcpStream::connect(("127.0.0.1", port(&attempt)))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn giving_up_closes_the_port() {
    let attempt = begin(settings(RedirectMode::Loopback), &clock()).await;
    let wait = waiting(&attempt);
    assert_eq!(status(&visit(&attempt, "GET", "/", None).await), 404);
    wait.abort();
    let _ = wait.await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(
        TcpStream::connect(("127.0.0.1", port(&attempt)))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn taken_ports_are_passed_over_and_all_taken_is_said() {
    let one = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let two = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ports = [&one, &two].map(|l| l.local_addr().unwrap().port());
    let own = SignInSettings {
        ports: ports.to_vec(),
        ..settings(RedirectMode::Loopback)
    };
    let error = Attempt::begin(own.clone(), workspace(1), &clock(), &Entropy::system())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::PortsTaken);
    assert!(error.message().contains(&ports[0].to_string()));
    drop(two);
    let attempt = begin(own, &clock()).await;
    assert_eq!(port(&attempt), ports[1]);
    assert_eq!(redirect_uris(&ports)[1], attempt.redirect_uri());
}

#[tokio::test]
async fn somebody_on_the_other_family_counts_as_taken() {
    let Ok(other) = TcpListener::bind("[::1]:0").await else {
        return;
    };
    let taken = other.local_addr().unwrap().port();
    let own = SignInSettings {
        ports: vec![taken],
        ..settings(RedirectMode::Loopback)
    };
    let begun = Attempt::begin(own, workspace(1), &clock(), &Entropy::system()).await;
    assert_eq!(begun.unwrap_err().code(), Code::PortsTaken);
}

#[tokio::test]
async fn both_families_answer_where_the_machine_has_both() {
    if TcpListener::bind("[::1]:0").await.is_err() {
        return;
    }
    let attempt = begin(settings(RedirectMode::Loopback), &clock()).await;
    let wait = waiting(&attempt);
    let port = port(&attempt);
    let request = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    assert_eq!(status(&raw(&format!("[::1]:{port}"), &request).await), 404);
    wait.abort();
}

#[tokio::test]
async fn the_window_is_watched_until_metas_own_page() {
    let attempt = begin(settings(RedirectMode::LoginSuccess), &clock()).await;
    assert_eq!(
        attempt.redirect_uri(),
        "https://www.facebook.com/connect/login_success.html"
    );
    let state = params(&attempt)["state"].clone();
    let landed = |url: &str| attempt.landed(workspace(1), &url.into());
    assert!(
        landed("https://www.facebook.com/login.php?x=1")
            .unwrap()
            .is_none()
    );
    assert!(landed("not an address").unwrap_err().code() == Code::InvalidInput);
    let right =
        format!("https://www.facebook.com/connect/login_success.html?code=c&state={state}#_=_");
    assert!(landed(&right).unwrap().is_some());
    assert_eq!(
        landed(&right).unwrap_err().code(),
        Code::SignInMismatch,
        "only once"
    );
    assert_eq!(attempt.wait().await.unwrap_err().code(), Code::Conflict);
}

#[tokio::test]
async fn an_answer_for_another_workspace_or_too_late_is_refused() {
    let clock = clock();
    for late in [false, true] {
        let attempt = begin(settings(RedirectMode::LoginSuccess), &clock).await;
        let url = Secret::new(format!(
            "{}?code=c&state={}",
            attempt.redirect_uri(),
            params(&attempt)["state"]
        ));
        let (who, wanted) = if late {
            clock.advance(Duration::from_mins(5));
            (workspace(1), Code::SignInExpired)
        } else {
            (workspace(2), Code::SignInMismatch)
        };
        assert_eq!(attempt.landed(who, &url).unwrap_err().code(), wanted);
    }
}

#[tokio::test]
async fn the_forwarding_page_learns_the_port_from_the_state() {
    let page = Url::parse("https://casa.test/rumbo/").unwrap();
    let attempt = begin(settings(RedirectMode::HttpsBounce(page)), &clock()).await;
    assert_eq!(attempt.redirect_uri(), "https://casa.test/rumbo/");
    let state = params(&attempt)["state"].clone();
    let (random, port) = state.split_once('.').unwrap();
    assert_eq!(random.len(), 43);
    let wait = waiting(&attempt);
    let request = format!(
        "GET {CALLBACK_PATH}?state={state}&code=c HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
    );
    assert_eq!(
        status(&raw(&format!("127.0.0.1:{port}"), &request).await),
        200
    );
    wait.await.unwrap().unwrap();
    // The page that users host names the same path and the same form of the state.
    let shipped = include_str!("../../../../docs/bounce/index.html");
    assert!(shipped.contains("'/oauth/meta?'") && shipped.contains("{43}\\.([0-9]{4,5})"));
    let plain = settings(RedirectMode::HttpsBounce(
        Url::parse("http://casa.test/").unwrap(),
    ));
    let begun = Attempt::begin(plain, workspace(1), &clock(), &Entropy::system()).await;
    assert_eq!(begun.unwrap_err().field_name(), Some("bounce_url"));
}

#[test]
fn an_app_id_is_a_number() {
    for bad in ["", "abc", "12 34", "EAAtoken"] {
        let error = SignInSettings::new(bad, None).unwrap_err();
        assert_eq!(error.field_name(), Some("app_id"), "{bad}");
    }
}
