//! Whatever bytes a webhook brings, reading it is an answer or a refusal.

use proptest::prelude::*;
use rumbo_base::Clock;
use rumbo_channels::{Channel, Provider, WebhookRequest, open};
use rumbo_http::HttpSettings;
use rumbo_sandbox::{InboundOrder, Sandbox, SandboxConfig, Webhook};
use std::sync::Arc;

use crate::providers::announced;

/// One webhook of each provider that is read by a parser of its own.
async fn webhooks() -> Vec<(Arc<dyn Channel>, Webhook)> {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    [
        (Provider::Twilio, "+5491144445555"),
        (Provider::Vonage, "+5491144445555"),
        (Provider::Telegram, "77112233"),
        (Provider::Evolution, "+5491144445555"),
    ]
    .into_iter()
    .map(|(provider, from)| {
        let settings = announced(&sandbox, provider, &["account"], &["token"]);
        let channel = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
        let order = InboundOrder {
            provider: provider.word().to_owned(),
            from: from.to_owned(),
            text: "¿Tienen stock? 100%".to_owned(),
            ..InboundOrder::default()
        };
        (channel, sandbox.control().write_in(&order).unwrap())
    })
    .collect()
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let webhooks = runtime.block_on(webhooks());
    let edits =
        proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12);
    proptest!(ProptestConfig::with_cases(2_000), |(edits in edits)| {
        for (channel, webhook) in &webhooks {
            let mut body = webhook.body.clone().into_bytes();
            for (at, byte, how) in &edits {
                if body.is_empty() {
                    break;
                }
                let at = at.index(body.len());
                match how {
                    0 => body[at] = *byte,
                    1 => body.insert(at, *byte),
                    2 => drop(body.remove(at)),
                    // A number where text was, or text where a number was.
                    _ => drop(body.splice(at..at, b"\"9\":[-1e999],".iter().copied())),
                }
            }
            let request = WebhookRequest {
                url: &webhook.url,
                content_type: webhook.content_type,
                headers: &webhook.headers,
                body: &body,
                received_at: Clock::system().now(),
            };
            let first = channel.read(&request);
            prop_assert_eq!(first.is_ok(), channel.read(&request).is_ok());
            let _ = channel.verify(&request);
        }
    });
}
