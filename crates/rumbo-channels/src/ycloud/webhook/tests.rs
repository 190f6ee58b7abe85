use std::collections::BTreeMap;

use serde_json::json;

use super::*;

fn request<'a>(
    body: &'a [u8],
    headers: &'a BTreeMap<String, String>,
    at: i64,
) -> WebhookRequest<'a> {
    WebhookRequest {
        url: "https://rumbo.example/webhook/ycloud",
        content_type: "application/json",
        headers,
        body,
        received_at: DateTime::from_timestamp(at, 0).unwrap(),
    }
}

fn header(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("ycloud-signature".to_owned(), text.to_owned())])
}

/// Worked out apart, by `printf '%s' '1654084800.{"id":"evt_1"}' | openssl dgst -sha256 -hmac …`.
const SIGNED: &str = "770e3e8ba3e6c15e66adfaf27c7bb6a29b1d53e2b029bd75d1197dbc206dd624";

#[test]
fn the_time_is_part_of_what_is_signed() {
    let secret = Secret::from("whsec_abc4147651944f02baf3be1eb45d33f1");
    let body = br#"{"id":"evt_1"}"#;
    let check = |text: &str, at: i64| verify(&secret, &request(body, &header(text), at));
    let good = format!("t=1654084800,s={SIGNED}");
    assert_eq!(check(&good, 1_654_084_800), Ok(()));
    assert_eq!(
        check(&format!("s={SIGNED}, t=1654084800"), 1_654_084_810),
        Ok(())
    );
    assert_eq!(check(&good, 1_654_085_101), Err(WebhookRefusal::Stale));
    assert_eq!(check(&good, 1_654_084_499), Err(WebhookRefusal::Stale));
    for bad in [
        format!("t=1654084801,s={SIGNED}"),
        format!("t=1654084800,s={}", SIGNED.replace('a', "b")),
        "t=1654084800".to_owned(),
        "s=00".to_owned(),
        "sha256=00".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            check(&bad, 1_654_084_800),
            Err(WebhookRefusal::BadSignature),
            "{bad}"
        );
    }
    let none = BTreeMap::new();
    assert_eq!(
        verify(&secret, &request(body, &none, 1_654_084_800)),
        Err(WebhookRefusal::Unsigned)
    );
}

fn told(body: &Value) -> Told {
    let none = BTreeMap::new();
    read_ycloud(&request(body.to_string().as_bytes(), &none, 1_654_084_800)).unwrap()
}

fn event(kind: &str, part: &str, value: Value) -> Event {
    let body = json!({
        "id": "evt_1", "type": kind, "apiVersion": "v2",
        "createTime": "2022-06-01T12:00:00.000Z", part: value,
    });
    let told = told(&body);
    assert_eq!(told.key, "evt_1");
    let [event] = told.events.as_slice() else {
        panic!("{told:?}")
    };
    event.clone()
}

#[test]
fn a_price_counts_once_it_is_final() {
    let message = |status: &str| {
        json!({
            "id": "63f5d602", "wamid": "wamid.1", "wabaId": "1", "from": "+5491152630190",
            "to": "+5491144445555", "status": status, "externalId": "d-1",
            "totalPrice": 0.0618, "currency": "USD", "pricingCategory": "marketing",
            "deliverTime": "2022-06-01 12:00:05+00:00",
        })
    };
    let status =
        |word: &str| match event("whatsapp.message.updated", "whatsappMessage", message(word)) {
            Event::Status(report) => report,
            other => panic!("{other:?}"),
        };
    let sent = status("sent");
    assert_eq!(sent.price.unwrap().amount, None);
    let delivered = status("delivered");
    let (amount, currency) = delivered.price.unwrap().amount.unwrap();
    assert_eq!(
        (amount.to_text(currency).as_str(), currency.code()),
        ("0.0618", "USD")
    );
    assert_eq!(delivered.at.timestamp(), 1_654_084_805);
    assert_eq!(delivered.dispatch_id.as_deref(), Some("d-1"));
}

#[test]
fn failures_have_metas_code_or_yclouds_own() {
    let failed = |extra: Value| {
        let mut message = json!({ "id": "1", "from": "+549", "status": "failed" });
        message
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        match event("whatsapp.message.updated", "whatsappMessage", message) {
            Event::Status(report) => report.failure.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert!(failed(json!({ "whatsappApiError": { "code": "131026", "message": "no" } })).bounced);
    assert!(failed(json!({ "errorCode": "131050" })).opted_out);
    assert!(failed(json!({ "errorCode": "RECIPIENT_UNSUBSCRIBED" })).opted_out);
    let unknown = failed(json!({ "errorCode": "INTERNAL_SERVER_ERROR", "errorMessage": "oops" }));
    assert_eq!((unknown.bounced, unknown.text.as_str()), (false, "oops"));
}

#[test]
fn messages_preferences_and_templates() {
    let Event::Message(message) = event(
        "whatsapp.inbound_message.received",
        "whatsappInboundMessage",
        json!({
            "id": "63f5", "wamid": "wamid.9", "from": "+5491144445555", "to": "+5491152630190",
            "customerProfile": { "name": "Ana" }, "type": "button",
            "button": { "payload": "STOP_PROMO", "text": "No me interesa" },
            "context": { "id": "wamid.8" },
        }),
    ) else {
        panic!()
    };
    assert_eq!(message.id, "wamid.9");
    assert_eq!(message.payload.as_deref(), Some("STOP_PROMO"));
    assert_eq!(message.reply_to.as_deref(), Some("wamid.8"));
    assert_eq!(message.sender, "+5491152630190");

    let preference = event(
        "whatsapp.user.preferences",
        "whatsappUserPreference",
        json!({
            "businessPhoneNumber": "+5491152630190", "contactPhoneNumber": "+5491144445555",
            "value": "stop", "timestamp": "1654084801",
        }),
    );
    assert!(matches!(
        preference,
        Event::Preference {
            marketing: false,
            ..
        }
    ));

    let Event::Template(template) = event(
        "whatsapp.template.reviewed",
        "whatsappTemplate",
        json!({ "wabaId": "109", "name": "spring_sale", "language": "en-US",
            "status": "REJECTED", "reason": "INVALID_FORMAT" }),
    ) else {
        panic!()
    };
    assert_eq!(
        (template.language.as_str(), template.account.as_str()),
        ("en_US", "109")
    );
}

#[test]
fn what_is_no_event_is_refused_or_kept() {
    let none = BTreeMap::new();
    for body in ["", "[]", "{}", r#"{"id":"1"}"#, "null", "{"] {
        let refused = read_ycloud(&request(body.as_bytes(), &none, 0));
        assert!(
            matches!(refused, Err(WebhookRefusal::Unreadable(_))),
            "{body}"
        );
    }
    let kept =
        told(&json!({ "id": "evt_2", "type": "whatsapp.message.updated", "whatsappMessage": 7 }));
    assert!(kept.events.is_empty());
    assert_eq!(kept.unknown.len(), 1);
}
