//! Any bytes as what Chatwoot tells: the same bytes tell the same.
#![no_main]

use std::collections::BTreeMap;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use rumbo_channels::{WebhookRequest, read_chatwoot};

fuzz_target!(|bytes: &[u8]| {
    let headers = BTreeMap::new();
    let request = WebhookRequest {
        url: "https://rumbo.example/webhook",
        content_type: "application/json",
        headers: &headers,
        body: bytes,
        received_at: DateTime::UNIX_EPOCH,
    };
    assert_eq!(read_chatwoot(&request), read_chatwoot(&request));
});
