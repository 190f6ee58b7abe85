//! Sends letters through a mail server and prints what became of each: for tests with servers that
//! others wrote (`tests/python`). A line of standard input is
//! `{"host", "port", "user", "password", "to", "dispatch", "text", "subject"?, "html"?, "reply_to"?,
//! "timeout_ms"}`; the lines share one channel when `"same"` is true.

#![expect(
    clippy::indexing_slicing,
    reason = "what an order lacks is null, and ends this program of the tests"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead as _;
use std::sync::Arc;
use std::time::Duration;

use rumbo_base::{Clock, Secret};
use rumbo_channels::{Channel, ChannelSettings, Content, Outcome, Outgoing, Provider, open};
use rumbo_http::HttpSettings;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut open_one: Option<Arc<dyn Channel>> = None;
    for line in std::io::stdin().lock().lines() {
        let order: Value = serde_json::from_str(&line?)?;
        let channel = match open_one.take() {
            Some(channel) if order["same"] == true => channel,
            _ => opened(&order)?,
        };
        let content = Content::Text {
            body: text(&order, "text"),
            subject: order["subject"].as_str().map(str::to_owned),
            html: order["html"].as_str().map(str::to_owned),
        };
        let (to, dispatch) = (text(&order, "to"), text(&order, "dispatch"));
        let outcome = channel
            .send(&Outgoing {
                dispatch_id: &dispatch,
                address: &to,
                content: &content,
                reply_to: order["reply_to"].as_str(),
                at: Clock::system().now(),
            })
            .await;
        println!("{}", told(&outcome));
        open_one = Some(channel);
    }
    Ok(())
}

fn text(order: &Value, name: &str) -> String {
    order[name].as_str().unwrap_or_default().to_owned()
}

fn opened(order: &Value) -> Result<Arc<dyn Channel>, rumbo_base::Error> {
    let settings = ["host", "port", "user", "unsubscribe"]
        .into_iter()
        .filter(|name| !order[*name].is_null())
        .map(|name| (name.to_owned(), order[name].clone()))
        .chain([("security".to_owned(), json!("none"))])
        .collect();
    let settings = ChannelSettings {
        provider: Provider::Smtp,
        base_url: None,
        sender: "Casa Alba <ventas@casaalba.example>".to_owned(),
        sender_id: String::new(),
        settings,
        secrets: BTreeMap::from([("password".to_owned(), Secret::from(text(order, "password")))]),
    };
    let http = HttpSettings {
        call_timeout: Duration::from_millis(order["timeout_ms"].as_u64().unwrap_or(5_000)),
        ..HttpSettings::default()
    };
    open(&settings, http, Clock::system())
}

fn told(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Accepted(accepted) => json!({ "outcome": "accepted", "id": accepted.id }),
        Outcome::NotSent(refusal) => json!({
            "outcome": "not_sent",
            "code": refusal.code,
            "text": refusal.text,
            "again": format!("{:?}", refusal.again),
            "scope": format!("{:?}", refusal.scope),
            "bounced": refusal.bounced,
        }),
        Outcome::Unknown { text, code } => {
            json!({ "outcome": "unknown", "text": text, "code": code })
        }
    }
}
