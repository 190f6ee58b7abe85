use rumbo_base::{Clock, Code, Error};
use rumbo_http::{HttpClient, HttpSettings, Request, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn client(base: &str) -> HttpClient {
    HttpClient::new(
        base.parse().unwrap(),
        HttpSettings::default(),
        Clock::system(),
    )
    .unwrap()
}

/// Answers one connection with fixed bytes and closes it.
async fn answer_with(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(bytes).await;
    });
    format!("http://{address}/")
}

async fn failure(base: &str) -> TransportError {
    client(base)
        .send(Request::get("me").query("access_token", "EAAverysecret1"))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn nobody_listening_is_offline() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let error = failure(&format!("http://127.0.0.1:{port}/")).await;
    assert!(error.is_offline() && error.is_transient(), "{error:?}");
    assert_eq!(Error::from(error).code(), Code::Offline);
}

#[tokio::test]
async fn an_unknown_name_is_told_by_type() {
    let error = failure("http://no-such-host.invalid/").await;
    assert!(matches!(error, TransportError::Name { .. }), "{error:?}");
    assert_eq!(Error::from(error).code(), Code::Offline);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_taken_for_whole() {
    let base =
        answer_with(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"data\":[{\"id\":\"1\"")
            .await;
    let error = failure(&base).await;
    assert!(
        matches!(error, TransportError::Truncated { .. }),
        "{error:?}"
    );
    assert_eq!(Error::from(error).code(), Code::MetaUnavailable);
}

#[tokio::test]
async fn a_connection_dropped_before_the_answer_is_truncated_too() {
    let error = failure(&answer_with(b"").await).await;
    assert!(
        matches!(error, TransportError::Truncated { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn no_tls_where_tls_was_asked_for() {
    let base = answer_with(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        .await
        .replace("http:", "https:");
    let error = failure(&base).await;
    assert!(matches!(error, TransportError::Tls { .. }), "{error:?}");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn no_failure_shows_a_parameter() {
    let broken = answer_with(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{").await;
    for base in [
        "http://no-such-host.invalid/",
        "http://127.0.0.1:1/",
        &broken,
    ] {
        let error = failure(base).await;
        let shown = format!("{error:?} {error}");
        assert!(!shown.contains("EAAverysecret1"), "{shown}");
        let edge = Error::from(error);
        assert!(!edge.chain().contains("EAAverysecret1"), "{}", edge.chain());
    }
}
