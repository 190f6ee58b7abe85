//! Chatwoot's API and webhooks, against a sandbox that refuses what Chatwoot refuses.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use rumbo_base::{Clock, ConversationId, MessageId, Secret};
use rumbo_channels::{
    Chatwoot, ChatwootEvent, ChatwootFailure, ChatwootInbox, MessageTold, NewContact, NewMessage,
    WebhookRefusal, WebhookRequest, chatwoot_address, read_chatwoot, verify_chatwoot,
};
use rumbo_http::HttpSettings;
use rumbo_sandbox::{AgentOrder, Sandbox, SandboxConfig, Webhook};
use serde_json::Value;

use crate::logs::Logs;

const ACCOUNT: i64 = 1;

async fn world() -> (Sandbox, Chatwoot, Value) {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let told = sandbox.announcement().channels["chatwoot"].clone();
    let chatwoot = client(&told, told["token"].as_str().unwrap());
    (sandbox, chatwoot, told)
}

fn client(told: &Value, token: &str) -> Chatwoot {
    let base_url = told["base_url"].as_str().unwrap();
    let http = HttpSettings::default();
    Chatwoot::new(base_url, Secret::from(token), http, Clock::system()).unwrap()
}

fn person<'a>(identifier: &'a str, phone: Option<&'a str>) -> NewContact<'a> {
    NewContact {
        identifier,
        name: "Ana",
        phone,
        email: None,
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, ChatwootFailure>) -> String {
    match outcome.unwrap_err() {
        ChatwootFailure::Refused(text) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_chatwoot_refuses_is_told_apart() {
    let logs = Logs::keep();
    let (_sandbox, chatwoot, told) = world().await;
    let profile = chatwoot.profile().await.unwrap();
    assert_eq!(
        (profile.name.as_str(), profile.accounts[0].id),
        ("Marta", 1)
    );
    let inboxes = chatwoot.inboxes(ACCOUNT).await.unwrap();
    let usable: Vec<bool> = inboxes.iter().map(ChatwootInbox::takes_messages).collect();
    assert_eq!(usable, [false, true]);
    let (website, inbox) = (inboxes[0].id, inboxes[1].id);
    let wrong = client(&told, "wrong").profile().await.unwrap_err();
    assert_eq!(
        wrong,
        ChatwootFailure::Unauthorized("Invalid Access Token".to_owned())
    );
    assert!(wrong.is_everywhere());
    let elsewhere = chatwoot.inboxes(2).await.unwrap_err();
    assert!(
        matches!(elsewhere, ChatwootFailure::NotFound(_)),
        "{elsewhere:?}"
    );
    // A person once, by identifier and by number; a number that is none is no number.
    let ana = person("rumbo:1", Some("+5491155550101"));
    let made = chatwoot.create_contact(ACCOUNT, &ana).await.unwrap();
    for (other, what) in [
        (person("rumbo:1", None), "Identifier"),
        (person("rumbo:2", Some("+5491155550101")), "Phone number"),
        (person("rumbo:2", Some("91155550101")), "e164"),
    ] {
        let text = refused(chatwoot.create_contact(ACCOUNT, &other).await);
        assert!(text.contains(what), "{text}");
    }
    let found = chatwoot
        .search_contacts(ACCOUNT, "+5491155550101")
        .await
        .unwrap();
    assert_eq!(
        found,
        std::slice::from_ref(&made),
        "a plus in an address is a plus"
    );
    // A conversation, which is known again by its name.
    let ours: ConversationId = uuid(1).parse().unwrap();
    let begun = chatwoot
        .create_conversation(ACCOUNT, inbox, made.id, &ours.to_string())
        .await
        .unwrap();
    assert_eq!(begun.ours, Some(ours));
    let again = chatwoot.conversations_of(ACCOUNT, made.id).await.unwrap();
    assert_eq!(again, std::slice::from_ref(&begun));
    let message: MessageId = uuid(2).parse().unwrap();
    let name = MessageTold::source_id_of(message);
    let mut new = NewMessage {
        source_id: &name,
        content: "Hola",
        incoming: true,
        private: false,
        at: Clock::system().now(),
    };
    let written = chatwoot
        .create_message(ACCOUNT, begun.id, &new)
        .await
        .unwrap();
    assert_eq!((written.ours, &written.reply), (Some(message), &None));
    let listed = chatwoot.messages(ACCOUNT, begun.id, 0).await.unwrap();
    assert_eq!(listed.len(), 1);
    let after = chatwoot.messages(ACCOUNT, begun.id, written.id).await;
    assert_eq!(after.unwrap(), []);
    chatwoot
        .set_status(ACCOUNT, begun.id, written.id, "failed", Some("no"))
        .await
        .unwrap();
    let long = "x".repeat(150_001);
    new.content = &long;
    let text = refused(chatwoot.create_message(ACCOUNT, begun.id, &new).await);
    assert!(text.contains("too long"), "{text}");
    new.content = "Hola";
    let gone = chatwoot.create_message(ACCOUNT, 99, &new).await;
    assert!(
        matches!(gone, Err(ChatwootFailure::NotFound(_))),
        "{gone:?}"
    );
    // Only an API inbox takes what people write.
    let other = chatwoot
        .create_conversation(ACCOUNT, website, made.id, &uuid(3))
        .await
        .unwrap();
    let text = refused(chatwoot.create_message(ACCOUNT, other.id, &new).await);
    assert!(text.contains("Api inboxes"), "{text}");
    let page = chatwoot.conversations(ACCOUNT, inbox, 1).await.unwrap();
    assert_eq!(page.len(), 1);
    let token = told["token"].as_str().unwrap();
    assert!(logs.text().contains("contacts"), "calls are logged");
    assert!(!logs.text().contains(token), "and their token is not");
    assert!(!format!("{chatwoot:?}").contains(token));
}

fn uuid(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

#[test]
fn the_address_of_any_page_is_the_address() {
    for text in [
        "https://chat.example",
        " https://chat.example/ ",
        "https://chat.example/app/accounts/1/dashboard?a=b#c",
    ] {
        let url = chatwoot_address(text).unwrap();
        assert_eq!(url.as_str().trim_end_matches('/'), "https://chat.example");
    }
    for text in [
        "chat.example",
        "ftp://chat.example",
        "https://a:b@chat.example",
        "",
    ] {
        let error = chatwoot_address(text).unwrap_err();
        assert_eq!(error.field_name(), Some("base_url"), "{text}");
    }
}

/// A webhook of an answer.
async fn webhook(sandbox: &Sandbox, chatwoot: &Chatwoot) -> Webhook {
    let inboxes = chatwoot.inboxes(ACCOUNT).await.unwrap();
    let made = chatwoot
        .create_contact(ACCOUNT, &person("rumbo:1", None))
        .await
        .unwrap();
    let ours = uuid(7);
    let begun = chatwoot
        .create_conversation(ACCOUNT, inboxes[1].id, made.id, &ours)
        .await
        .unwrap();
    let order = AgentOrder {
        conversation: begun.id,
        text: "¿Hola? 100%".to_owned(),
        image: Some("https://chat.example/foto.png".to_owned()),
        ..AgentOrder::default()
    };
    sandbox.control().chatwoot_write(&order).unwrap().1
}

fn call<'a>(
    webhook: &'a Webhook,
    headers: &'a BTreeMap<String, String>,
    body: &'a [u8],
) -> WebhookRequest<'a> {
    WebhookRequest {
        url: &webhook.url,
        content_type: webhook.content_type,
        headers,
        body,
        received_at: Clock::system().now(),
    }
}

#[tokio::test]
async fn a_webhook_is_believed_by_its_signature_and_its_time() {
    let (sandbox, chatwoot, told) = world().await;
    let webhook = webhook(&sandbox, &chatwoot).await;
    let secret = Secret::from(told["webhook_secret"].as_str().unwrap());
    let body = webhook.body.as_bytes();
    let request = call(&webhook, &webhook.headers, body);
    assert_eq!(verify_chatwoot(&secret, &request), Ok(()));
    let other = Secret::from("another");
    let bad = Err(WebhookRefusal::BadSignature);
    assert_eq!(verify_chatwoot(&other, &request), bad);
    for name in ["x-chatwoot-signature", "x-chatwoot-timestamp"] {
        let mut headers = webhook.headers.clone();
        headers.remove(name);
        let request = call(&webhook, &headers, body);
        assert_eq!(
            verify_chatwoot(&secret, &request),
            Err(WebhookRefusal::Unsigned)
        );
    }
    // A fresh time is not the time that was signed.
    let mut headers = webhook.headers.clone();
    let time: i64 = headers["x-chatwoot-timestamp"].parse().unwrap();
    headers.insert("x-chatwoot-timestamp".to_owned(), (time + 1).to_string());
    assert_eq!(
        verify_chatwoot(&secret, &call(&webhook, &headers, body)),
        bad
    );
    let mut late = call(&webhook, &webhook.headers, body);
    late.received_at += TimeDelta::minutes(6);
    assert_eq!(verify_chatwoot(&secret, &late), Err(WebhookRefusal::Stale));
    let ChatwootEvent::Message(message) = read_chatwoot(&request).unwrap() else {
        panic!("a message was written");
    };
    assert_eq!(message.hint, uuid(7).parse().ok());
    let reply = message.reply.unwrap();
    assert_eq!(
        (reply.body.as_str(), reply.files.len(), reply.by_person),
        ("¿Hola? 100%", 1, true)
    );
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let webhook = runtime.block_on(async {
        let (sandbox, chatwoot, _) = world().await;
        webhook(&sandbox, &chatwoot).await
    });
    let edits =
        proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12);
    proptest!(ProptestConfig::with_cases(2_000), |(edits in edits)| {
        let mut body = webhook.body.clone().into_bytes();
        for (at, byte, how) in &edits {
            let at = at.index(body.len().max(1));
            match how {
                0 if at < body.len() => body[at] = *byte,
                1 if at < body.len() => drop(body.remove(at)),
                _ => drop(body.splice(at..at, b"\"9\":[-1e999],".iter().copied())),
            }
        }
        let request = call(&webhook, &webhook.headers, &body);
        prop_assert_eq!(read_chatwoot(&request), read_chatwoot(&request));
        prop_assert!(verify_chatwoot(&Secret::from("nobody's"), &request).is_err());
    });
}
