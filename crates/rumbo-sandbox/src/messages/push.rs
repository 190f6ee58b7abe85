//! Taking webhooks to whoever registered for them, in order, three times at most.

use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::Webhook;

/// Tries of one webhook.
const TRIES: u32 = 3;

/// Where webhooks are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Courier(UnboundedSender<Webhook>);

impl Courier {
    pub(crate) fn send(&self, webhook: Webhook) {
        // Nobody takes them any more when the sandbox stops.
        self.0.send(webhook).unwrap_or_default();
    }
}

/// A courier and what it was handed.
pub(crate) fn courier() -> (Courier, UnboundedReceiver<Webhook>) {
    let (give, take) = unbounded_channel();
    (Courier(give), take)
}

/// Carries webhooks until the sandbox stops.
pub(crate) fn carry(mut webhooks: UnboundedReceiver<Webhook>) -> JoinHandle<()> {
    tokio::spawn(async move {
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox is a program of its own and depends on no other crate"
        )]
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build();
        let Ok(client) = client else {
            tracing::warn!("webhooks cannot be sent: no HTTP client");
            return;
        };
        while let Some(webhook) = webhooks.recv().await {
            for attempt in 1..=TRIES {
                let mut call = client
                    .post(&webhook.url)
                    .header("content-type", webhook.content_type)
                    .body(webhook.body.clone());
                for (name, value) in &webhook.headers {
                    call = call.header(name, value);
                }
                match call.send().await {
                    Ok(answer) if answer.status().is_success() => break,
                    // What is refused is not made right by coming again.
                    Ok(answer) if answer.status().is_client_error() => break,
                    _ => tokio::time::sleep(Duration::from_millis(200 * u64::from(attempt))).await,
                }
            }
        }
    })
}
