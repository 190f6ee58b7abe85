use std::sync::{Arc, Mutex};

use rumbo_base::{Clock, Entropy};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{CallLog, CallRecord, GraphClient, GraphSettings, WaitRecord};
use wiremock::{MockServer, ResponseTemplate};

pub const TOKEN: &str = "EAAtesttoken0123456789";

/// Keeps what the client reports.
#[derive(Debug, Default)]
pub struct Journal {
    pub calls: Mutex<Vec<CallRecord>>,
    pub waits: Mutex<Vec<WaitRecord>>,
}

impl CallLog for Journal {
    fn called(&self, call: &CallRecord) {
        self.calls.lock().unwrap().push(call.clone());
    }
    fn waiting(&self, wait: &WaitRecord) {
        self.waits.lock().unwrap().push(wait.clone());
    }
}

pub fn clock() -> Clock {
    Clock::manual("2026-11-21T10:00:00Z".parse().unwrap())
}

pub async fn client() -> (MockServer, GraphClient, Arc<Journal>) {
    let server = MockServer::start().await;
    let http = HttpClient::new(
        server.uri().parse().unwrap(),
        HttpSettings::default(),
        clock(),
    )
    .unwrap();
    let journal = Arc::new(Journal::default());
    let client = GraphClient::new(http, GraphSettings::default(), Entropy::seeded(7))
        .with_log(journal.clone())
        .with_token(TOKEN.into(), Some("app-secret".into()));
    (server, client, journal)
}

pub fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json")
}

pub fn failure(status: u16, code: i64, subcode: i64) -> ResponseTemplate {
    json(
        status,
        &format!(
            r#"{{"error":{{"message":"m","type":"OAuthException","code":{code},
                "error_subcode":{subcode},"fbtrace_id":"T1"}}}}"#
        ),
    )
}
