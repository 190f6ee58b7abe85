//! What the targets share: a channel of each provider, whose reader is held against itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::DateTime;
use rumbo_base::{Clock, Secret};
use rumbo_channels::{Channel, ChannelSettings, Event, Provider, WebhookRequest, open};
use rumbo_http::HttpSettings;
use serde_json::{Map, Value};

/// A channel of a provider, with secrets that nobody knows.
///
/// # Panics
/// When the provider wants what is not given here.
pub fn channel(provider: Provider) -> Arc<dyn Channel> {
    let settings = ChannelSettings {
        provider,
        base_url: (provider == Provider::Evolution).then(|| "http://127.0.0.1:9".to_owned()),
        sender: "+5491152630190".to_owned(),
        sender_id: "1122334455667".to_owned(),
        settings: Map::from_iter([("account".to_owned(), Value::from("AC0123456789"))]),
        secrets: ["token", "webhook_secret", "app_secret"]
            .into_iter()
            .map(|name| {
                (
                    name.to_owned(),
                    Secret::from("110201543:nobody-knows-it-01"),
                )
            })
            .collect(),
    };
    open(&settings, HttpSettings::default(), Clock::system()).expect("a channel that opens")
}

/// Reads bytes as a webhook: an answer or a refusal, the same for the same bytes, and never one that
/// was signed.
///
/// # Panics
/// When it is not so.
pub fn reads(channel: &dyn Channel, content_type: &str, body: &[u8]) {
    let headers = BTreeMap::new();
    let request = WebhookRequest {
        url: "https://rumbo.example/webhook",
        content_type,
        headers: &headers,
        body,
        received_at: DateTime::UNIX_EPOCH,
    };
    assert!(channel.verify(&request).is_err(), "nobody signed it");
    let told = channel.read(&request);
    assert_eq!(told, channel.read(&request));
    let Ok(told) = told else { return };
    assert!(!told.key.is_empty());
    for event in &told.events {
        if let Event::Message(message) = event {
            assert!(!message.id.is_empty(), "{message:?}");
        }
    }
    // What is shown or kept of it can be written down.
    let shown: BTreeSet<String> = told
        .events
        .iter()
        .map(|event| format!("{event:?}"))
        .collect();
    assert!(shown.len() <= told.events.len());
}
