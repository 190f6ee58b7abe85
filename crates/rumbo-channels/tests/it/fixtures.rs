//! What Meta really sends, as recorded by others: `fixtures/webhooks` are from `david-lev/pywa`
//! (tests/data/updates, MIT), `fixtures/meta_openapi_webhooks.json` the examples of a webhook in
//! `facebook/openapi` (business-messaging-api_v23.0.yaml, MIT).

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use rumbo_channels::{
    Event, Fared, InboundKind, InboundMessage, MediaKind, StatusReport, TemplateChange, Told,
    WebhookRequest, read_meta,
};
use serde_json::Value;

/// Every fixture by file and name. The folder is read, so that a file that is added is tested.
pub fn all() -> Vec<(String, String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/webhooks");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let text = std::fs::read(&path).unwrap();
        let calls: BTreeMap<String, Value> = serde_json::from_slice(&text).unwrap();
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        all.extend(
            calls
                .into_iter()
                .map(|(name, call)| (file.clone(), name, call)),
        );
    }
    all
}

/// The examples of Meta's own description.
pub fn described() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("fixtures/meta_openapi_webhooks.json")).unwrap()
}

pub fn told(body: &str) -> Told {
    read_meta(&request(body.as_bytes(), &BTreeMap::new())).unwrap()
}

pub fn request<'a>(body: &'a [u8], headers: &'a BTreeMap<String, String>) -> WebhookRequest<'a> {
    WebhookRequest {
        url: "https://rumbo.example/crm/webhook/meta",
        content_type: "application/json",
        headers,
        body,
        received_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn of(file: &str, name: &str) -> Event {
    let (_, _, call) = all()
        .into_iter()
        .find(|(of, called, _)| of == file && called == name)
        .unwrap();
    let told = told(&call.to_string());
    assert!(told.unknown.is_empty(), "{name}: {:?}", told.unknown);
    let [event] = told.events.as_slice() else {
        panic!("{name}: {:?}", told.events)
    };
    event.clone()
}

fn message(file: &str, name: &str) -> InboundMessage {
    match of(file, name) {
        Event::Message(message) => *message,
        other => panic!("{name}: {other:?}"),
    }
}

fn status(name: &str) -> StatusReport {
    match of("whatsapp_message_status", name) {
        Event::Status(status) => status,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_fixture_is_one_event_and_nothing_is_left_over() {
    let all = all();
    assert_eq!(all.len(), 36);
    for (file, name, _) in &all {
        of(file, name);
    }
}

/// Meta's own examples: a message each, and of groups what is kept for later.
#[test]
fn what_meta_describes_is_read_or_kept() {
    use InboundKind as Kind;
    let expected = BTreeMap::from([
        (
            "text_message",
            (Kind::Text, "Does it come in another color?"),
        ),
        (
            "text_message_with_context_product_inquiry",
            (Kind::Text, "Is this still available?"),
        ),
        (
            "text_message_from_click_to_whatsapp_ad",
            (Kind::Text, "Hello! Can I get more info on this?"),
        ),
        ("reaction_message", (Kind::Reaction, "👍")),
        ("image_message", (Kind::Image, "Taj Mahal")),
        (
            "location_message",
            (
                Kind::Location,
                "Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301",
            ),
        ),
        (
            "contact_sharing_message",
            (Kind::Contact, "Lucía Gómez (+1 (983) 555-2319)"),
        ),
        ("unsupported_message", (Kind::Unsupported, "")),
        ("button_message", (Kind::Interactive, "Unsubscribe")),
        (
            "interactive_list_reply_message",
            (Kind::Interactive, "Priority Mail Express"),
        ),
        (
            "interactive_button_reply_message",
            (Kind::Interactive, "Cancel"),
        ),
        (
            "system_message",
            (
                Kind::System,
                "User Sheena Nelson changed from 16505551234 to 12195555358",
            ),
        ),
        (
            "order_message",
            (Kind::Interactive, "2 × di9ozbzfi4, 1 × nqryix03ez"),
        ),
    ]);
    for (name, call) in described() {
        let told = told(&call.to_string());
        let Some((kind, body)) = expected.get(name.as_str()) else {
            assert!(told.events.is_empty(), "{name}: {:?}", told.events);
            assert_eq!(told.unknown.len(), 1, "{name}");
            continue;
        };
        let [Event::Message(message)] = told.events.as_slice() else {
            panic!("{name}: {told:?}")
        };
        assert_eq!(
            (message.kind, message.body.as_str()),
            (*kind, *body),
            "{name}"
        );
        assert_eq!(message.address, "+16505551234");
        assert!(told.unknown.is_empty(), "{name}: {:?}", told.unknown);
    }
    assert_eq!(described().len(), 16);
}

#[test]
fn messages_of_every_kind() {
    use InboundKind as Kind;
    let expected = [
        ("text", Kind::Text, "Body Text"),
        ("image", Kind::Image, ""),
        ("video", Kind::Video, "caption"),
        ("document", Kind::Document, "caption"),
        ("audio", Kind::Audio, ""),
        ("voice", Kind::Audio, ""),
        ("static_sticker", Kind::Sticker, ""),
        ("animated_sticker", Kind::Sticker, ""),
        ("reaction", Kind::Reaction, "😮"),
        ("unreaction_empty", Kind::Reaction, ""),
        ("unreaction_no_emoji", Kind::Reaction, ""),
        ("current_location", Kind::Location, "12.25089, 43.90539"),
        (
            "chosen_location",
            Kind::Location,
            "Facebook HQ, 1 Hacker Way, Menlo Park, CA 94025",
        ),
        (
            "contacts",
            Kind::Contact,
            "Chandler Bing (+1 555-555-5555), Monica (+1 666-666-6666), Rachel Green (+1 777-777-7777)",
        ),
        (
            "order",
            Kind::Interactive,
            "3 × HAMBURGER, 2 × FRENCH_FRIES, 2 × SODA",
        ),
        ("unsupported", Kind::Unsupported, ""),
        ("unsupported_with_type", Kind::Unsupported, ""),
        ("interactive_message_with_err", Kind::Interactive, ""),
        ("reply", Kind::Text, "replied text"),
        ("forwarded", Kind::Text, "forwarded text"),
    ];
    for (name, kind, body) in expected {
        let message = message("whatsapp_message", name);
        assert_eq!(
            (message.kind, message.body.as_str()),
            (kind, body),
            "{name}"
        );
        assert_eq!(message.sender, "1122334455667");
        assert_eq!(message.address, "+972987654321");
        assert_eq!(message.user_id.as_deref(), Some("US.13491208655302741918"));
        assert_eq!(message.name.as_deref(), Some("Test Name"));
        assert!(!message.echo && message.at.timestamp() > 1_697_000_000);
    }
    let document = message("whatsapp_message", "document").media.unwrap();
    assert_eq!(document.kind, MediaKind::Document);
    assert_eq!(document.id.as_deref(), Some("1234567890987654321"));
    assert_eq!(document.file_name.as_deref(), Some("filename.pdf"));
    assert_eq!(document.mime_type.as_deref(), Some("application/pdf"));
    assert_eq!(
        message("whatsapp_message", "reaction").reply_to.as_deref(),
        Some("wamid.yzxyzx=")
    );
    assert_eq!(
        message("whatsapp_message", "reply").reply_to.as_deref(),
        Some("wamid.xyzxyz==")
    );
}

#[test]
fn an_address_that_is_signed_for_us_is_not_kept() {
    let message = message("whatsapp_message", "media_with_url");
    let media = message.media.unwrap();
    assert_eq!((media.url, media.id.as_deref()), (None, Some("65463453")));
    assert!(!message.raw.to_string().contains("hash="));
}

#[test]
fn the_ad_somebody_came_from() {
    let referral = message("whatsapp_message", "referral").referral.unwrap();
    assert_eq!(referral.source_id.as_deref(), Some("ADID"));
    assert_eq!(referral.click_id.as_deref(), Some("CTWA_CLID"));
    assert_eq!(referral.headline.as_deref(), Some("AD_TITLE"));
}

#[test]
fn replies_by_button() {
    for name in ["button", "quick_reply", "quick_reply_without_context"] {
        let message = message("whatsapp_callback_button", name);
        assert_eq!(message.kind, InboundKind::Interactive);
        assert_eq!(message.body, "title");
        assert_eq!(message.payload.as_deref(), Some("callback_data"));
    }
}

#[test]
fn statuses() {
    let expected = [
        ("sent", Fared::Sent),
        ("delivered", Fared::Delivered),
        ("read", Fared::Read),
        ("played", Fared::Read),
        ("failed", Fared::Failed),
        ("with_tracker", Fared::Sent),
        ("group", Fared::Read),
    ];
    for (name, fared) in expected {
        assert_eq!(status(name).status, fared, "{name}");
    }
    let tracked = status("with_tracker");
    assert_eq!(tracked.dispatch_id.as_deref(), Some("some data"));
    let price = tracked.price.unwrap();
    assert_eq!(price.category.as_deref(), Some("service"));
    assert_eq!((price.amount, price.billable), (None, Some(true)));
    let failure = status("failed").failure.unwrap();
    assert_eq!(failure.code.as_deref(), Some("130472"));
    assert!(failure.text.contains("part of an experiment"));
}

#[test]
fn templates() {
    let Event::Template(approved) = of("whatsapp_template_status_update", "approved") else {
        panic!()
    };
    assert_eq!(approved.name, "order_confirmation");
    assert_eq!(
        approved.change,
        TemplateChange::Status {
            status: "APPROVED".to_owned(),
            reason: None
        }
    );
    let Event::Template(rejected) = of("whatsapp_template_status_update", "rejected") else {
        panic!()
    };
    assert_eq!(
        rejected.change,
        TemplateChange::Status {
            status: "REJECTED".to_owned(),
            reason: Some("INVALID_FORMAT".to_owned())
        }
    );
    let Event::Template(quality) = of("whatsapp_template_quality_update", "yellow") else {
        panic!()
    };
    assert_eq!(quality.at.timestamp(), 1_674_864_290);
    assert_eq!(
        quality.change,
        TemplateChange::Quality {
            before: Some("GREEN".to_owned()),
            after: "YELLOW".to_owned()
        }
    );
}

/// A change of a WhatsApp account as one call.
fn change(field: &str, value: &Value) -> Told {
    told(
        &serde_json::json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "109", "time": 1_764_000_000, "changes": [{ "field": field, "value": value }] }],
        })
        .to_string(),
    )
}

#[test]
fn templates_told_under_other_fields_and_with_hyphens() {
    let names = |mut value: Value| {
        value["message_template_id"] = 16.into();
        value["message_template_name"] = "spring_sale".into();
        value["message_template_language"] = "en-US".into();
        value
    };
    // Meta's sample of a quality change comes under the field of status changes.
    let quality = names(serde_json::json!({
        "previous_quality_score": "YELLOW", "new_quality_score": "RED",
    }));
    let soon = names(serde_json::json!({
        "new_category": "UTILITY", "correct_category": "MARKETING",
        "category_update_timestamp": 1_764_086_400,
    }));
    let done = names(serde_json::json!({
        "previous_category": "UTILITY", "new_category": "MARKETING",
    }));
    let paused = names(serde_json::json!({
        "event": "PAUSED", "reason": null,
        "other_info": { "title": "FIRST_PAUSE", "description": "…" },
    }));
    let components = names(serde_json::json!({ "message_template_element": "…" }));
    for (field, value, expected) in [
        (
            "message_template_status_update",
            quality,
            TemplateChange::Quality {
                before: Some("YELLOW".to_owned()),
                after: "RED".to_owned(),
            },
        ),
        (
            "template_category_update",
            soon,
            TemplateChange::CategoryAnnounced {
                after: "MARKETING".to_owned(),
                from: DateTime::from_timestamp(1_764_086_400, 0),
            },
        ),
        (
            "template_category_update",
            done,
            TemplateChange::Category {
                before: Some("UTILITY".to_owned()),
                after: "MARKETING".to_owned(),
            },
        ),
        (
            "message_template_status_update",
            paused,
            TemplateChange::Status {
                status: "PAUSED".to_owned(),
                reason: Some("FIRST_PAUSE".to_owned()),
            },
        ),
        (
            "message_template_components_update",
            components,
            TemplateChange::Components,
        ),
    ] {
        let told = change(field, &value);
        let [Event::Template(event)] = told.events.as_slice() else {
            panic!("{told:?}")
        };
        assert_eq!(
            (event.language.as_str(), &event.change),
            ("en_US", &expected)
        );
        assert_eq!(event.account, "109");
    }
}

#[test]
fn one_bad_item_does_not_lose_the_others() {
    let told = change(
        "messages",
        &serde_json::json!({
            "metadata": { "phone_number_id": "112" },
            "contacts": [{ "user_id": "US.1349", "profile": { "name": "Ana" } }],
            "messages": [
                { "id": "wamid.1" },
                { "from_user_id": "US.1349", "id": "wamid.2", "timestamp": "1764000000",
                  "type": "text", "text": { "body": "Hola" } },
                null,
                7,
                { "from": "549111", "id": "wamid.3", "timestamp": "soon", "type": "text" },
            ],
            "statuses": [
                { "id": "wamid.4", "status": "vanished", "timestamp": "1764000000" },
                { "id": "wamid.5", "status": "delivered", "timestamp": 1_764_000_001,
                  "recipient_id": "5491144445555", "pricing": "free" },
            ],
        }),
    );
    assert_eq!(told.events.len(), 2, "{:?}", told.events);
    assert_eq!(told.unknown.len(), 5);
    let Event::Message(message) = &told.events[0] else {
        panic!()
    };
    // A person without a number is known by Meta's id.
    assert_eq!(message.address, "US.1349");
}

#[test]
fn preferences_echoes_and_what_is_kept() {
    let told = change(
        "user_preferences",
        &serde_json::json!({
            "metadata": { "phone_number_id": "112" },
            "user_preferences": [
                { "wa_id": "5491144445555", "category": "marketing_messages", "value": "stop", "timestamp": 1_764_000_000 },
                { "wa_id": "5491144445556", "category": "marketing_messages", "value": "resume", "timestamp": 1_764_000_000 },
                { "wa_id": "5491144445557", "category": "of_tomorrow", "value": "stop", "timestamp": 1_764_000_000 },
            ],
        }),
    );
    let marketing: Vec<bool> = told
        .events
        .iter()
        .map(|event| {
            matches!(
                event,
                Event::Preference {
                    marketing: true,
                    ..
                }
            )
        })
        .collect();
    assert_eq!((marketing, told.unknown.len()), (vec![false, true], 1));

    let told = change(
        "smb_message_echoes",
        &serde_json::json!({
            "metadata": { "phone_number_id": "112" },
            "message_echoes": [{ "from": "5491152630190", "to": "5491144445555", "id": "wamid.9",
                "timestamp": "1764000000", "type": "text", "text": { "body": "Desde el teléfono" } }],
        }),
    );
    let [Event::Message(echo)] = told.events.as_slice() else {
        panic!("{told:?}")
    };
    assert!(echo.echo);
    assert_eq!(echo.address, "+5491144445555");

    let told = change(
        "account_update",
        &serde_json::json!({ "event": "DISABLED_UPDATE" }),
    );
    assert!(told.events.is_empty());
    assert_eq!(told.unknown[0]["field"], "account_update");
}

/// A call about a page.
fn page(entry: &Value) -> Told {
    told(&serde_json::json!({ "object": "page", "entry": [entry] }).to_string())
}

#[test]
fn leads_and_conversations_of_pages() {
    let told = page(&serde_json::json!({
        "id": "111", "time": 1_764_000_000,
        "changes": [{ "field": "leadgen", "value": {
            "leadgen_id": 444, "page_id": 111, "form_id": 222, "ad_id": 333, "adgroup_id": 333,
            "created_time": 1_764_000_000 } }],
    }));
    let [
        Event::Lead {
            leadgen_id,
            page_id,
            ad_id,
            form_id,
            ..
        },
    ] = told.events.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!((leadgen_id.as_str(), page_id.as_str()), ("444", "111"));
    assert_eq!(
        (ad_id.as_deref(), form_id.as_deref()),
        (Some("333"), Some("222"))
    );

    let at = 1_764_000_000_123_i64;
    let item = |part: Value| {
        let mut item = serde_json::json!({
            "sender": { "id": "7011" }, "recipient": { "id": "111" }, "timestamp": at,
        });
        item.as_object_mut()
            .unwrap()
            .extend(part.as_object().unwrap().clone());
        item
    };
    let told = page(&serde_json::json!({
        "id": "111", "time": at,
        "messaging": [
            item(serde_json::json!({ "message": { "mid": "m_1", "text": "Hola",
                "quick_reply": { "payload": "SI" }, "reply_to": { "mid": "m_0" } } })),
            item(serde_json::json!({ "message": { "mid": "m_2",
                "attachments": [{ "type": "image", "payload": { "url": "https://scontent.example/a.jpg" } }] } })),
            item(serde_json::json!({ "postback": { "mid": "m_3", "title": "Empezar", "payload": "START",
                "referral": { "source": "ADS", "ad_id": "333", "ref": "abc" } } })),
            item(serde_json::json!({ "delivery": { "mids": ["m_8", "m_9"], "watermark": at } })),
            item(serde_json::json!({ "read": { "watermark": at } })),
            item(serde_json::json!({ "optin": { "type": "notification_messages" } })),
        ],
    }));
    assert_eq!(told.events.len(), 6);
    assert_eq!(told.unknown.len(), 1);
    let Event::Message(first) = &told.events[0] else {
        panic!()
    };
    assert_eq!(first.payload.as_deref(), Some("SI"));
    assert_eq!(
        (first.sender.as_str(), first.address.as_str()),
        ("111", "7011")
    );
    let Event::Message(picture) = &told.events[1] else {
        panic!()
    };
    assert_eq!(picture.kind, InboundKind::Image);
    let Event::Message(click) = &told.events[2] else {
        panic!()
    };
    assert_eq!(click.payload.as_deref(), Some("START"));
    assert_eq!(
        click.referral.as_ref().unwrap().source_id.as_deref(),
        Some("333")
    );
    assert!(matches!(&told.events[3], Event::Status(report) if report.id == "m_8"));
    assert!(
        matches!(&told.events[5], Event::UpTo { status: Fared::Read, until, .. }
        if until.timestamp_millis() == at)
    );
}

#[test]
fn an_echo_with_our_id_settles_a_lost_answer() {
    let echo = |metadata: &str| {
        page(
            &serde_json::json!({ "id": "111", "time": 1_764_000_000_123_i64, "messaging": [{
            "sender": { "id": "111" }, "recipient": { "id": "7011" },
            "timestamp": 1_764_000_000_123_i64,
            "message": { "mid": "m_7", "is_echo": true, "text": "Hola", "metadata": metadata } }] }),
        )
    };
    let told = echo("0199e2a4-7c1e-7aa1-8a55-1c2d3e4f5a6b");
    let [Event::Status(report)] = told.events.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(
        report.dispatch_id.as_deref(),
        Some("0199e2a4-7c1e-7aa1-8a55-1c2d3e4f5a6b")
    );
    assert_eq!((report.id.as_str(), report.status), ("m_7", Fared::Sent));
    // Another program's message is a message of ours that was written elsewhere.
    let told = echo("of another program");
    assert!(
        matches!(told.events.as_slice(), [Event::Message(message)] if message.echo
        && message.address == "7011")
    );
}
