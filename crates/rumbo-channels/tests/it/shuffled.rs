//! Webhooks as the network delivers them: shuffled, twice, cut, changed. The same events or a clear
//! refusal, and never a fault of ours.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use proptest::sample::Index;
use rumbo_base::Secret;
use rumbo_channels::{Event, WebhookRefusal, read_meta, read_ycloud, verify_meta};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::fixtures::{all, described, request, told};

const SECRET: &str = "a-secret-of-the-app";

fn signed(body: &[u8]) -> BTreeMap<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let signature = hex::encode(mac.finalize().into_bytes());
    BTreeMap::from([(
        "x-hub-signature-256".to_owned(),
        format!("sha256={signature}"),
    )])
}

/// What a set of events is, whatever their order.
fn sorted(events: &[Event]) -> Vec<String> {
    let mut shown: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
    shown.sort();
    shown
}

/// The entries of all fixtures.
fn entries() -> Vec<Value> {
    all()
        .into_iter()
        .map(|(_, _, call)| call)
        .chain(described().into_values())
        .flat_map(|call| call["entry"].as_array().unwrap().clone())
        .collect()
}

fn call(entries: &[Value]) -> String {
    json!({ "object": "whatsapp_business_account", "entry": entries }).to_string()
}

proptest! {
    #[test]
    fn the_order_and_the_cutting_into_calls_change_nothing(
        order in Just(entries()).prop_shuffle(),
        cuts in prop::collection::vec(any::<Index>(), 0..6),
    ) {
        let whole = told(&call(&entries()));
        let mut events = Vec::new();
        let mut rest = order.as_slice();
        for cut in cuts {
            let (first, second) = rest.split_at(cut.index(rest.len() + 1));
            events.extend(told(&call(first)).events);
            rest = second;
        }
        events.extend(told(&call(rest)).events);
        prop_assert_eq!(sorted(&events), sorted(&whole.events));
    }

    #[test]
    fn junk_between_good_entries_is_kept_and_the_good_ones_are_read(
        junk in prop::collection::vec(any_json(), 1..5),
        at in any::<Index>(),
    ) {
        let whole = told(&call(&entries()));
        let mut mixed = entries();
        let place = at.index(mixed.len());
        let count = junk.len();
        mixed.splice(place..place, junk);
        let read = told(&call(&mixed));
        prop_assert_eq!(sorted(&read.events), sorted(&whole.events));
        prop_assert!(read.unknown.len() >= count);
    }

    #[test]
    fn a_changed_or_cut_body_does_not_pass(
        which in any::<Index>(),
        at in any::<Index>(),
        with in 1_u8..,
        cut in any::<bool>(),
    ) {
        let all = all();
        let body = all[which.index(all.len())].2.to_string().into_bytes();
        let headers = signed(&body);
        let secret = Secret::from(SECRET);
        prop_assert_eq!(verify_meta(&secret, &request(&body, &headers)), Ok(()));
        let place = at.index(body.len());
        let mut other = body.clone();
        if cut {
            other.truncate(place);
        } else {
            other[place] ^= with;
        }
        prop_assert_eq!(
            verify_meta(&secret, &request(&other, &headers)),
            Err(WebhookRefusal::BadSignature)
        );
        // Whoever reads it all the same gets events or a refusal.
        let _ = read_meta(&request(&other, &headers));
    }

    #[test]
    fn any_bytes_and_any_json_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), value in any_json()) {
        let headers = BTreeMap::new();
        let text = value.to_string();
        for body in [bytes.as_slice(), text.as_bytes()] {
            let _ = read_meta(&request(body, &headers));
            let _ = read_ycloud(&request(body, &headers));
        }
        let _ = told(&json!({ "object": "page", "entry": [{ "messaging": [value.clone()], "changes": [value.clone()] }] }).to_string());
        let _ = told(&json!({ "object": "whatsapp_business_account", "entry": [{ "changes": [{ "field": "messages", "value": value }] }] }).to_string());
    }
}

/// Any JSON, with the words that readers look for among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9. +]{0,12}".prop_map(Value::from),
        Just(Value::from("text")),
        Just(Value::from("1764000000")),
    ];
    let key = prop_oneof![
        "[a-z_]{1,10}",
        Just("messages".to_owned()),
        Just("statuses".to_owned()),
        Just("message".to_owned()),
        Just("value".to_owned()),
        Just("type".to_owned()),
        Just("id".to_owned()),
        Just("timestamp".to_owned()),
        Just("from".to_owned()),
        Just("text".to_owned()),
        Just("contacts".to_owned()),
        Just("errors".to_owned()),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

#[test]
fn the_same_bytes_have_the_same_key_and_others_another() {
    let bodies: Vec<String> = all()
        .into_iter()
        .map(|(_, _, call)| call.to_string())
        .collect();
    let mut keys: Vec<String> = bodies.iter().map(|body| told(body).key).collect();
    assert_eq!(keys[0], told(&bodies[0]).key);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), bodies.len());
}
