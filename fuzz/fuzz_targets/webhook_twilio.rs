//! Any bytes as what Twilio tells, in a form or in JSON.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rumbo_channels::{Channel, Provider};
use rumbo_fuzz::{channel, reads};

static CHANNEL: LazyLock<Arc<dyn Channel>> = LazyLock::new(|| channel(Provider::Twilio));

fuzz_target!(|bytes: &[u8]| {
    for content_type in ["application/x-www-form-urlencoded", "application/json"] {
        reads(CHANNEL.as_ref(), content_type, bytes);
    }
});
