//! Any text as a signature: none is right that was not made with the secret.
#![no_main]

use std::collections::BTreeMap;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use rumbo_base::Secret;
use rumbo_channels::{WebhookRequest, verify_chatwoot, verify_meta};

fuzz_target!(|text: &str| {
    let headers = BTreeMap::from([
        ("x-hub-signature-256".to_owned(), text.to_owned()),
        ("x-chatwoot-signature".to_owned(), text.to_owned()),
        ("x-chatwoot-timestamp".to_owned(), "0".to_owned()),
    ]);
    let request = WebhookRequest {
        url: "https://rumbo.example/webhook",
        content_type: "application/json",
        headers: &headers,
        body: b"{}",
        received_at: DateTime::UNIX_EPOCH,
    };
    let secret = Secret::from("a-secret-nobody-knows");
    assert!(verify_meta(&secret, &request).is_err());
    assert!(verify_chatwoot(&secret, &request).is_err());
});
