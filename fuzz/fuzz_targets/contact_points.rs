//! Any text as a phone number or an e-mail address.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rumbo_crm::phone::{e164, email};

fuzz_target!(|text: &str| {
    for region in [None, Some("AR"), Some("BR"), Some("US"), Some("ES")] {
        if let Ok(number) = e164(text, region) {
            // What was made out once stays as it is.
            assert_eq!(e164(&number, region).ok().as_deref(), Some(number.as_str()));
        }
    }
    if let Ok(address) = email(text) {
        assert_eq!(email(&address).ok(), Some(address));
    }
});
