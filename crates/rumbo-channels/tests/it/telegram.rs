//! What only Telegram has: the token in every address, a secret beside webhooks, long polling.

use std::collections::BTreeMap;

use rumbo_base::{Clock, Code, Secret};
use rumbo_channels::{
    Again, Content, Event, InboundKind, Outcome, Outgoing, Provider, Scope, WebhookRefusal,
    WebhookRequest, open,
};
use rumbo_http::HttpSettings;
use rumbo_sandbox::{InboundOrder, Sandbox, SandboxConfig};

use crate::logs::Logs;
use crate::providers::announced;

fn order(text: &str) -> InboundOrder {
    InboundOrder {
        provider: "telegram".to_owned(),
        from: "77112233".to_owned(),
        text: text.to_owned(),
        ..InboundOrder::default()
    }
}

#[tokio::test]
async fn a_held_poll_ends_as_soon_as_somebody_writes() {
    let logs = Logs::keep();
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let settings = announced(&sandbox, Provider::Telegram, &[], &["token"]);
    let channel = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
    let started = std::time::Instant::now();
    let control = sandbox.control().clone();
    let (polled, ()) = tokio::join!(channel.poll(None), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        control.write_in(&order("Hola")).unwrap();
    });
    let polled = polled.unwrap().unwrap();
    assert_eq!(polled.told.events.len(), 1);
    assert!(started.elapsed().as_secs() < 10, "it waited to the end");
    let token = settings.secrets["token"].expose();
    let text = logs.text();
    assert!(text.contains("getUpdates"), "the call is logged");
    assert!(!text.contains(token.as_str()) && !text.contains(&token[token.len() - 20..]));
}

#[tokio::test]
async fn a_poll_beside_a_webhook_is_refused_with_what_to_do() {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    sandbox
        .control()
        .receive_at("telegram", "https://rumbo.example/webhook/telegram/1");
    let settings = announced(&sandbox, Provider::Telegram, &[], &["token"]);
    let channel = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
    let error = channel.poll(None).await.unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
}

#[tokio::test]
async fn a_bot_writes_to_nobody_first_and_to_nobody_who_blocked_it() {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let settings = announced(&sandbox, Provider::Telegram, &[], &["token"]);
    let channel = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
    let content = Content::Text {
        body: "Hola".to_owned(),
        subject: None,
        html: None,
    };
    let send = async || {
        let message = Outgoing {
            dispatch_id: "d-1",
            address: "77112233",
            content: &content,
            reply_to: None,
            at: sandbox.control().now(),
        };
        channel.send(&message).await
    };
    let refused = |outcome: Outcome, code: &str, words: &str| {
        let Outcome::NotSent(refusal) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(refusal.code.as_deref(), Some(code));
        assert!(refusal.text.contains(words), "{}", refusal.text);
        assert_eq!(
            (refusal.again, refusal.scope),
            (Again::Never, Scope::Message)
        );
        assert!(refusal.bounced && !refusal.opted_out);
    };
    refused(send().await, "400:chat_not_found", "chat not found");
    sandbox.control().write_in(&order("/start")).unwrap();
    assert!(matches!(send().await, Outcome::Accepted(_)));
    sandbox.control().stop_writing_to("77112233");
    refused(send().await, "403:blocked", "bot was blocked by the user");
    assert_eq!(sandbox.control().sent_messages().len(), 1);
    // Who writes again has let it in again.
    sandbox.control().write_in(&order("Hola")).unwrap();
    assert!(matches!(send().await, Outcome::Accepted(_)));
}

#[tokio::test]
async fn a_webhook_is_known_by_its_secret_alone() {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let mut settings = announced(&sandbox, Provider::Telegram, &[], &["token"]);
    let headers = BTreeMap::from([(
        "x-telegram-bot-api-secret-token".to_owned(),
        "un-secreto".to_owned(),
    )]);
    let body = br#"{"update_id":5,"callback_query":{"id":"9","from":{"id":77,"first_name":"Ana"},"data":"SI","message":{"message_id":3,"chat":{"id":77}}}}"#;
    let request = WebhookRequest {
        url: "https://rumbo.example/webhook/telegram/1",
        content_type: "application/json",
        headers: &headers,
        body,
        received_at: sandbox.control().now(),
    };
    let without = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
    assert_eq!(without.verify(&request), Err(WebhookRefusal::Unsigned));
    for (secret, expected) in [
        ("un-secreto", Ok(())),
        ("otro", Err(WebhookRefusal::BadSignature)),
    ] {
        settings
            .secrets
            .insert("webhook_secret".to_owned(), Secret::from(secret));
        let channel = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
        assert_eq!(channel.verify(&request), expected);
        let told = channel.read(&request).unwrap();
        assert_eq!(told.key, "update:5");
        let [Event::Message(message)] = told.events.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(message.kind, InboundKind::Interactive);
        assert_eq!(message.payload.as_deref(), Some("SI"));
        assert_eq!(message.reply_to.as_deref(), Some("77:3"));
    }
}
