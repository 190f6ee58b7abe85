//! Any bytes as what Meta tells of pages and Instagram accounts: whole, and as one item of a call that
//! is otherwise right.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rumbo_channels::{Channel, Provider};
use rumbo_fuzz::{channel, reads};
use serde_json::{Value, json};

static MESSENGER: LazyLock<Arc<dyn Channel>> = LazyLock::new(|| channel(Provider::Messenger));
static INSTAGRAM: LazyLock<Arc<dyn Channel>> = LazyLock::new(|| channel(Provider::Instagram));

fuzz_target!(|bytes: &[u8]| {
    for (channel, object) in [(&MESSENGER, "page"), (&INSTAGRAM, "instagram")] {
        reads(channel.as_ref(), "application/json", bytes);
        if let Ok(item) = serde_json::from_slice::<Value>(bytes) {
            let entry = json!({ "id": "111", "time": 1_764_000_000, "messaging": [item] });
            let call = json!({ "object": object, "entry": [entry] }).to_string();
            reads(channel.as_ref(), "application/json", call.as_bytes());
        }
    }
});
