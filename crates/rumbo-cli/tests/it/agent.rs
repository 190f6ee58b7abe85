//! `rumbo agent` as a process: what it answers, and that nothing it answered is lost.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::rumbo::Rumbo;
use crate::sandbox::Web;

const SECRET: &str = "an app secret of tests";

/// A running agent, which ends with its test.
pub struct Agent {
    child: Child,
    ready: Value,
}

impl Agent {
    pub fn start(rumbo: &Rumbo) -> Self {
        let mut child = rumbo
            .command(&["agent", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        Self { child, ready }
    }

    pub fn webhook(&self) -> &str {
        self.ready["meta_webhook"].as_str().unwrap()
    }

    pub fn end(&mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill")
            .args([format!("-{signal}"), pid])
            .status()
            .unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn workspace() -> Rumbo {
    let rumbo = Rumbo::with_workspace();
    let app = json!({ "app_id": "77", "app_secret": SECRET });
    rumbo.json(&["call", "save_meta_app", &app.to_string()]);
    rumbo
}

fn signed(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let bytes = mac.finalize().into_bytes();
    format!("sha256={}", hex::encode(bytes))
}

/// A message as Meta tells it.
fn message(number: usize) -> Vec<u8> {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550001111", "phone_number_id": "1122334455667" },
            "contacts": [{ "profile": { "name": "Ana" }, "wa_id": "5491123456789" }],
            "messages": [{ "from": "5491123456789", "id": format!("wamid.{number}"),
                "timestamp": "1764000000", "type": "text", "text": { "body": format!("Hola {number}") } }],
        } }] }],
    })
    .to_string()
    .into_bytes()
}

#[test]
fn calls_are_answered_as_they_deserve() {
    let rumbo = workspace();
    let mut agent = Agent::start(&rumbo);
    let web = Web::new();
    let url = agent.webhook().to_owned();
    let health = format!("{}health", agent.ready["url"].as_str().unwrap());
    let (status, text) = web.get(&health, |call| call);
    assert_eq!(status, 200, "{text}");

    let token = agent.ready["meta_verify_token"].as_str().unwrap();
    let ask = |token: &str| {
        web.get(&url, |call| {
            call.query(&[
                ("hub.mode", "subscribe"),
                ("hub.verify_token", token),
                ("hub.challenge", "1158201444"),
            ])
        })
    };
    assert_eq!(ask(token), (200, "1158201444".to_owned()));
    assert_eq!(ask("another").0, 403);

    let send = |body: &[u8], signature: Option<String>| {
        let body = body.to_vec();
        web.post(&url, |call| {
            let call = call.header("content-type", "application/json").body(body);
            match signature {
                Some(signature) => call.header("x-hub-signature-256", signature),
                None => call,
            }
        })
        .0
    };
    let body = message(1);
    assert_eq!(send(&body, None), 401);
    assert_eq!(send(&body, Some(signed(b"other bytes"))), 401);
    let cut = &body[..body.len() / 2];
    assert_eq!(send(cut, Some(signed(&body))), 401);
    assert_eq!(send(cut, Some(signed(cut))), 400);
    // It may hang up on so much before it has answered; nothing else shares the connection.
    let large = Web::new().try_post(&url, |call| call.body(vec![b' '; 4 * 1024 * 1024]));
    assert!(matches!(large, None | Some(413)), "{large:?}");
    // The same call again changes nothing.
    for _ in 0..3 {
        assert_eq!(send(&body, Some(signed(&body))), 200);
    }
    let nowhere = url.replace("/crm/webhook/meta", "/webhook/telegram/1");
    assert_eq!(web.post(&nowhere, |call| call).0, 404);
    let told = rumbo.json(&["call", "list_webhooks"]);
    assert_eq!(told["rows"][0]["deliveries"], 1, "{told}");
    assert_eq!(
        told["rows"][0]["last_refusal"]["reason"], "unsigned",
        "{told}"
    );
    assert_eq!(agent.end("TERM"), Some(0));
}

/// Whatever was answered is there after the program was killed in the midst of it.
#[test]
fn a_killed_agent_loses_nothing_that_it_answered() {
    let rumbo = workspace();
    let mut answered = BTreeSet::new();
    for round in 0..3_usize {
        let mut agent = Agent::start(&rumbo);
        let kept: Arc<Mutex<BTreeSet<usize>>> = Arc::default();
        let senders: Vec<_> = (0..8_usize)
            .map(|sender| {
                let (url, kept) = (agent.webhook().to_owned(), kept.clone());
                std::thread::spawn(move || {
                    let web = Web::new();
                    for number in 0.. {
                        let number = round * 1_000_000 + sender * 100_000 + number;
                        let body = message(number);
                        let signature = signed(&body);
                        let sent = web.try_post(&url, |call| {
                            call.header("x-hub-signature-256", signature).body(body)
                        });
                        match sent {
                            Some(200) => kept.lock().unwrap().insert(number),
                            // Whoever is refused here would hide what the test is about.
                            Some(other) => panic!("{other}"),
                            None => return,
                        };
                    }
                })
            })
            .collect();
        let began = Instant::now();
        while kept.lock().unwrap().len() < 200 {
            assert!(began.elapsed() < Duration::from_mins(1));
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(agent.end("KILL"), None);
        for sender in senders {
            sender.join().unwrap();
        }
        answered.extend(kept.lock().unwrap().iter().copied());
        let told = rumbo.json(&["call", "list_webhooks"]);
        let deliveries = told["rows"][0]["deliveries"].as_u64().unwrap();
        // Each of the eight may have been kept and not answered.
        let (least, most) = (answered.len(), answered.len() + 8 * (round + 1));
        let deliveries = usize::try_from(deliveries).unwrap();
        assert!(
            (least..=most).contains(&deliveries),
            "{deliveries} of {least} to {most}"
        );
    }
}

#[test]
fn the_inbox_is_empty_at_first_and_says_so() {
    let rumbo = Rumbo::with_workspace();
    let listed = rumbo.json(&["inbox", "list", "--unread"]);
    assert_eq!(listed["rows"], json!([]));
    assert_eq!(
        rumbo.json(&["inbox", "search", "hola"])["messages"],
        json!([])
    );
    assert_eq!(rumbo.json(&["inbox", "stats"]), json!([]));
    let ran = rumbo.run(&[
        "inbox",
        "show",
        "01928374-0000-7000-8000-000000000000",
        "--json",
    ]);
    assert_eq!(
        (ran.code, ran.error().as_str()),
        (1, "not_found"),
        "{ran:?}"
    );
}
