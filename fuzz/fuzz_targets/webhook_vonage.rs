//! Any bytes as what Vonage tells.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rumbo_channels::{Channel, Provider};
use rumbo_fuzz::{channel, reads};

static CHANNEL: LazyLock<Arc<dyn Channel>> = LazyLock::new(|| channel(Provider::Vonage));

fuzz_target!(|bytes: &[u8]| reads(CHANNEL.as_ref(), "application/json", bytes));
