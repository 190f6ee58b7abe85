//! Any bytes as what Meta says went wrong, and as its usage headers.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use rumbo_meta::error::{ErrorBody, GraphError};
use rumbo_meta::usage::Usage;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(body) = serde_json::from_str::<ErrorBody>(text) {
        let error = GraphError::new(body, 400);
        let _ = (
            error.is_unknown_object(),
            error.suspects_size(),
            error.to_string(),
        );
    }
    Usage::default().observe(|_| Some(text), Some("act_1"), DateTime::UNIX_EPOCH);
});
