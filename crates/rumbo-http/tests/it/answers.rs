use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use rumbo_base::Clock;
use rumbo_http::{HttpClient, HttpSettings, Request, TransportError};
use wiremock::matchers::{body_string_contains, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn server_and_client(settings: HttpSettings, clock: Clock) -> (MockServer, HttpClient) {
    let server = MockServer::start().await;
    let base = format!("{}/v26.0", server.uri()).parse().unwrap();
    let client = HttpClient::new(base, settings, clock).unwrap();
    (server, client)
}

#[tokio::test]
async fn paths_are_below_the_base_and_parameters_are_encoded() {
    let (server, client) = server_and_client(HttpSettings::default(), Clock::system()).await;
    Mock::given(method("GET"))
        .and(path("/v26.0/me/adaccounts"))
        .and(query_param("fields", "id,name&x"))
        .respond_with(ResponseTemplate::new(400).set_body_string("{}"))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/v26.0/"))
        .and(body_string_contains("batch=%5B%5D"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let answer = client
        .send(Request::get("me/adaccounts").query("fields", "id,name&x"))
        .await
        .unwrap();
    assert_eq!(
        (answer.status, &*answer.body),
        (400, &b"{}"[..]),
        "any status is an answer"
    );
    let form = vec![("batch".to_owned(), "[]".to_owned())];
    assert_eq!(
        client
            .send(Request::post_form("", form))
            .await
            .unwrap()
            .status,
        200
    );
    let up = client.send(Request::get("../admin")).await;
    assert!(matches!(up, Err(TransportError::Unusable { .. })), "{up:?}");
}

#[tokio::test]
async fn an_answer_larger_than_the_bound_is_refused() {
    let settings = HttpSettings {
        max_body: 1_000,
        ..HttpSettings::default()
    };
    let (server, client) = server_and_client(settings, Clock::system()).await;
    for (at, size) in [("fits", 1_000), ("over", 1_001)] {
        Mock::given(path(format!("/v26.0/{at}")))
            .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; size]))
            .mount(&server)
            .await;
    }
    assert_eq!(
        client.send(Request::get("fits")).await.unwrap().body.len(),
        1_000
    );
    let over = client.send(Request::get("over")).await;
    assert!(
        matches!(over, Err(TransportError::BodyTooLarge { limit: 1_000, .. })),
        "{over:?}"
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (server, client) = server_and_client(HttpSettings::default(), Clock::system()).await;
    Mock::given(path("/v26.0/a"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "http://evil.test/"))
        .mount(&server)
        .await;
    assert_eq!(client.send(Request::get("a")).await.unwrap().status, 302);
}

#[tokio::test]
async fn the_other_sides_clock_is_measured() {
    let start: DateTime<chrono::Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
    let (server, client) = server_and_client(HttpSettings::default(), Clock::manual(start)).await;
    Mock::given(path("/v26.0/a"))
        .respond_with(
            ResponseTemplate::new(200).insert_header("date", "Sat, 21 Nov 2026 10:20:00 GMT"),
        )
        .mount(&server)
        .await;
    assert_eq!(client.skew(), None);
    client.send(Request::get("a")).await.unwrap();
    let skew = client.skew().unwrap();
    assert_eq!(skew.ahead, TimeDelta::minutes(20));
    assert!(skew.exceeds(TimeDelta::minutes(5)) && !skew.exceeds(TimeDelta::minutes(30)));
}

#[tokio::test]
async fn a_slow_answer_times_out() {
    let settings = HttpSettings {
        call_timeout: Duration::from_millis(100),
        ..HttpSettings::default()
    };
    let (server, client) = server_and_client(settings, Clock::system()).await;
    Mock::given(path("/v26.0/slow"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(20)))
        .mount(&server)
        .await;
    let result = client.send(Request::get("slow")).await;
    assert!(
        matches!(
            result,
            Err(TransportError::Timeout {
                connecting: false,
                ..
            })
        ),
        "{result:?}"
    );
}
