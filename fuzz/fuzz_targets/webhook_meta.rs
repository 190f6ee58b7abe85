//! Any bytes as what Meta tells of WhatsApp numbers, templates and lead forms.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rumbo_channels::{Channel, Provider};
use rumbo_fuzz::{channel, reads};

static CHANNEL: LazyLock<Arc<dyn Channel>> = LazyLock::new(|| channel(Provider::WhatsappCloud));

fuzz_target!(|bytes: &[u8]| reads(CHANNEL.as_ref(), "application/json", bytes));
