//! Any bytes as what Meta, YCloud and Chatwoot tell. Reading is pure: the same bytes tell the same.
#![no_main]

use std::collections::BTreeMap;

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use rumbo_channels::{WebhookRequest, read_chatwoot, read_meta, read_ycloud};

fuzz_target!(|bytes: &[u8]| {
    let headers = BTreeMap::new();
    let request = WebhookRequest {
        url: "https://rumbo.example/webhook",
        content_type: "application/json",
        headers: &headers,
        body: bytes,
        received_at: DateTime::UNIX_EPOCH,
    };
    for read in [read_meta, read_ycloud] {
        assert_eq!(read(&request), read(&request));
    }
    assert_eq!(read_chatwoot(&request), read_chatwoot(&request));
});
