//! The providers under the suite.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rumbo_base::Secret;
use rumbo_channels::{ChannelSettings, Fared, Provider, TemplateParameters, TemplateSend};
use rumbo_sandbox::{InboundOrder, Sandbox, Webhook};
use serde_json::{Map, Value, json};

use crate::conformance::{Case, Signs, Webhooks, conforms};

/// Settings out of what the sandbox announces for a provider.
pub fn announced(
    sandbox: &Sandbox,
    provider: Provider,
    settings: &[&str],
    secrets: &[&str],
) -> ChannelSettings {
    let told = sandbox.announcement().channels[provider.word()].clone();
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    ChannelSettings {
        provider,
        base_url: told["base_url"].as_str().map(str::to_owned),
        sender: text("sender"),
        sender_id: text("sender_id"),
        settings: settings
            .iter()
            .map(|name| ((*name).to_owned(), told[*name].clone()))
            .collect::<Map<String, Value>>(),
        secrets: secrets
            .iter()
            .map(|name| ((*name).to_owned(), Secret::from(text(name))))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// A template as it is sent by channels that have none.
pub fn rendered() -> TemplateSend {
    TemplateSend {
        name: "lead_followup".to_owned(),
        language: "es_MX".to_owned(),
        parameters: TemplateParameters::default(),
        rendered: "Hola Ana, ¿seguimos con el sillón?".to_owned(),
    }
}

fn closed_port(settings: &mut ChannelSettings, port: u16) {
    settings.base_url = Some(format!("http://127.0.0.1:{port}"));
}

fn wrong_token(settings: &mut ChannelSettings) {
    settings.secrets.insert(
        "token".to_owned(),
        Secret::from("000000:wrong-0123456789abcdef"),
    );
}

fn without_headers(webhook: &mut Webhook) {
    webhook.headers.clear();
}

#[tokio::test]
async fn twilio_conforms() {
    conforms(Case {
        provider: Provider::Twilio,
        settings: |sandbox| {
            let mut settings = announced(sandbox, Provider::Twilio, &["account"], &["token"]);
            settings.settings.insert(
                "status_callback".to_owned(),
                json!("https://rumbo.example/webhook/twilio/1"),
            );
            settings
        },
        unplug: closed_port,
        spoil: wrong_token,
        person: "+5491144445555",
        nobody: "+5491100000000",
        path: "twilio/2010-04-01/Accounts/*/Messages.json",
        carries_dispatch: true,
        template: rendered(),
        throttle: (429, 20_429, "Too Many Requests", Some(7)),
        failure: Some(503),
        webhooks: Some(Webhooks {
            signs: Signs::Body,
            secret: "token",
            oldest: None,
            unsign: without_headers,
            words: &[
                ("sent", Fared::Sent),
                ("delivered", Fared::Delivered),
                ("undelivered", Fared::Failed),
                ("canceled", Fared::Cancelled),
            ],
            failed: Some(("undelivered", "30005", true)),
            unheard_of: "EventOfTomorrow=1&AccountSid=AC1",
        }),
    })
    .await;
}

#[tokio::test]
async fn vonage_conforms() {
    conforms(Case {
        provider: Provider::Vonage,
        settings: |sandbox| {
            announced(
                sandbox,
                Provider::Vonage,
                &["account"],
                &["token", "webhook_secret"],
            )
        },
        unplug: closed_port,
        spoil: wrong_token,
        person: "+5491144445555",
        nobody: "+5491100000000",
        path: "vonage/v1/messages",
        carries_dispatch: true,
        template: rendered(),
        throttle: (429, 1_000, "Throttled", Some(7)),
        failure: Some(500),
        webhooks: Some(Webhooks {
            signs: Signs::Body,
            secret: "webhook_secret",
            oldest: Some(TimeDelta::hours(24)),
            unsign: without_headers,
            words: &[
                ("submitted", Fared::Sent),
                ("delivered", Fared::Delivered),
                ("rejected", Fared::Failed),
                ("undeliverable", Fared::Failed),
            ],
            failed: Some(("rejected", "1190", true)),
            unheard_of: r#"{"event_of_tomorrow":true}"#,
        }),
    })
    .await;
}

#[tokio::test]
async fn telegram_conforms() {
    conforms(Case {
        provider: Provider::Telegram,
        settings: |sandbox| {
            let mut settings = announced(sandbox, Provider::Telegram, &[], &["token"]);
            settings.secrets.insert(
                "webhook_secret".to_owned(),
                Secret::from("el-secreto_del-bot"),
            );
            settings
                .settings
                .insert("hold_seconds".to_owned(), json!(0));
            // A bot writes to nobody first.
            for from in ["77112233", "77000000"] {
                sandbox
                    .control()
                    .write_in(&InboundOrder {
                        provider: "telegram".to_owned(),
                        from: from.to_owned(),
                        text: "/start".to_owned(),
                        ..InboundOrder::default()
                    })
                    .unwrap();
            }
            settings
        },
        unplug: closed_port,
        spoil: wrong_token,
        person: "77112233",
        nobody: "77000000",
        path: "telegram/bot/sendMessage",
        carries_dispatch: false,
        template: rendered(),
        throttle: (429, 429, "Too Many Requests: retry after 7", Some(7)),
        failure: Some(502),
        webhooks: None,
    })
    .await;
}

#[tokio::test]
async fn evolution_conforms() {
    conforms(Case {
        provider: Provider::Evolution,
        settings: |sandbox| announced(sandbox, Provider::Evolution, &[], &["token"]),
        unplug: closed_port,
        spoil: wrong_token,
        person: "+5491144445555",
        nobody: "+5491100000000",
        path: "evolution/message/sendText/casa-alba",
        carries_dispatch: false,
        template: rendered(),
        throttle: (429, 429, "Too Many Requests", Some(7)),
        failure: Some(500),
        webhooks: Some(Webhooks {
            signs: Signs::Nothing,
            secret: "token",
            oldest: None,
            unsign: |webhook| {
                let mut body: Value = serde_json::from_str(&webhook.body).unwrap();
                body.as_object_mut().unwrap().remove("apikey");
                webhook.body = body.to_string();
            },
            words: &[
                ("SERVER_ACK", Fared::Sent),
                ("DELIVERY_ACK", Fared::Delivered),
                ("READ", Fared::Read),
                ("ERROR", Fared::Failed),
            ],
            failed: Some(("ERROR", "ERROR", false)),
            unheard_of: r#"{"event":"labels.of.tomorrow","instance":"casa-alba","data":{"a":1}}"#,
        }),
    })
    .await;
}

#[tokio::test]
async fn smtp_conforms() {
    conforms(Case {
        provider: Provider::Smtp,
        settings: |sandbox| {
            let mut settings = announced(
                sandbox,
                Provider::Smtp,
                &["host", "port", "user"],
                &["password"],
            );
            settings
                .settings
                .insert("security".to_owned(), json!("none"));
            settings
        },
        unplug: |settings, port| {
            settings.settings.insert("port".to_owned(), json!(port));
        },
        spoil: |settings| {
            settings
                .secrets
                .insert("password".to_owned(), Secret::from("wrong-password"));
        },
        person: "ana@example.com",
        nobody: "nadie@example.com",
        path: "smtp/DATA",
        carries_dispatch: true,
        template: rendered(),
        throttle: (421, 421, "4.7.28 Too many messages", None),
        failure: None,
        webhooks: None,
    })
    .await;
}
