//! Any text as the address that a sign-in ended at.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rumbo_meta::oauth::{Landing, read_landing};
use url::Url;

fuzz_target!(|text: &str| {
    let redirect = Url::parse("http://localhost:8765/oauth/meta").expect("an address");
    let Ok(landed) = Url::parse(text) else { return };
    if let Landing::Answer(_) = read_landing(&landed, &redirect) {
        assert_eq!(landed.host_str(), Some("localhost"));
        assert_eq!(landed.port(), Some(8765));
        assert_eq!(landed.path(), "/oauth/meta");
    }
});
