//! WhatsApp by Meta and by YCloud, Messenger and Instagram under the suite.

use chrono::TimeDelta;
use rumbo_base::Secret;
use rumbo_channels::{ChannelSettings, Fared, Provider, TemplateParameters, TemplateSend};
use rumbo_sandbox::{IncomingOrder, Sandbox, Switches, Webhook};

use crate::conformance::{Case, Signs, Webhooks, conforms};
use crate::providers::announced;

pub const ANA: &str = "+5491144445555";

fn closed_port(settings: &mut ChannelSettings, port: u16) {
    settings.base_url = Some(format!("http://127.0.0.1:{port}"));
}

fn wrong_token(settings: &mut ChannelSettings) {
    settings
        .secrets
        .insert("token".to_owned(), Secret::from("EAAwrong0123456789abcdef"));
}

fn without_headers(webhook: &mut Webhook) {
    webhook.headers.clear();
}

/// The channel's settings, once the person has written in; what will fail is refused at once.
pub fn after_a_message(sandbox: &Sandbox, provider: Provider, person: &str) -> ChannelSettings {
    sandbox.control().set_switches(Switches {
        refuse_at_once: true,
        ..sandbox.control().switches()
    });
    sandbox
        .control()
        .person_writes(&IncomingOrder {
            way: provider.word().to_owned(),
            from: person.to_owned(),
            text: "Hola".to_owned(),
            ..IncomingOrder::default()
        })
        .unwrap();
    let (settings, secret): (&[&str], &str) = match provider {
        Provider::WhatsappCloud => (&["account"], "app_secret"),
        Provider::Ycloud => (&["account"], "webhook_secret"),
        _ => (&[], "app_secret"),
    };
    announced(sandbox, provider, settings, &["token", secret])
}

/// A template of the sandbox's, with its parameters.
pub fn followup() -> TemplateSend {
    TemplateSend {
        name: "lead_followup".to_owned(),
        language: "es".to_owned(),
        parameters: TemplateParameters {
            body: vec![
                ("1".to_owned(), "Ana".to_owned()),
                ("2".to_owned(), "el sillón".to_owned()),
            ],
            ..TemplateParameters::default()
        },
        rendered: "Hola Ana, gracias por tu interés en el sillón. ¿Te ayudamos a elegir?"
            .to_owned(),
    }
}

const UNHEARD_OF: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","time":1764000000,
    "changes":[{"field":"of_tomorrow","value":{"a":1}}]}]}"#;

#[tokio::test]
async fn whatsapp_cloud_conforms() {
    conforms(Case {
        provider: Provider::WhatsappCloud,
        settings: |sandbox| after_a_message(sandbox, Provider::WhatsappCloud, ANA),
        unplug: closed_port,
        spoil: wrong_token,
        person: ANA,
        nobody: "+5491100000000",
        path: "*/messages",
        carries_dispatch: true,
        template: followup(),
        throttle: (429, 130_429, "(#130429) Rate limit hit", None),
        failure: Some(503),
        webhooks: Some(Webhooks {
            signs: Signs::Body,
            secret: "app_secret",
            oldest: None,
            unsign: without_headers,
            words: &[
                ("sent", Fared::Sent),
                ("delivered", Fared::Delivered),
                ("read", Fared::Read),
                ("failed", Fared::Failed),
            ],
            failed: Some(("failed", "131026", true)),
            unheard_of: UNHEARD_OF,
        }),
    })
    .await;
}

#[tokio::test]
async fn ycloud_conforms() {
    conforms(Case {
        provider: Provider::Ycloud,
        settings: |sandbox| after_a_message(sandbox, Provider::Ycloud, ANA),
        unplug: closed_port,
        spoil: wrong_token,
        person: ANA,
        nobody: "+5491100000000",
        path: "v2/whatsapp/messages/sendDirectly",
        carries_dispatch: true,
        template: followup(),
        throttle: (429, 0, "Too many requests", Some(2)),
        failure: Some(500),
        webhooks: Some(Webhooks {
            signs: Signs::Body,
            secret: "webhook_secret",
            oldest: Some(TimeDelta::minutes(5)),
            unsign: without_headers,
            words: &[
                ("sent", Fared::Sent),
                ("delivered", Fared::Delivered),
                ("read", Fared::Read),
                ("failed", Fared::Failed),
            ],
            failed: Some(("failed", "131026", true)),
            unheard_of: r#"{"id":"evt_1","type":"whatsapp.of.tomorrow","apiVersion":"v2"}"#,
        }),
    })
    .await;
}

#[tokio::test]
async fn messenger_conforms() {
    conforms(Case {
        provider: Provider::Messenger,
        settings: |sandbox| after_a_message(sandbox, Provider::Messenger, "7011223344556677"),
        unplug: closed_port,
        spoil: wrong_token,
        person: "7011223344556677",
        nobody: "7099999999999999",
        path: "*/messages",
        carries_dispatch: false,
        template: followup(),
        throttle: (
            400,
            613,
            "(#613) Calls to this api have exceeded the rate limit.",
            None,
        ),
        failure: Some(500),
        webhooks: Some(Webhooks {
            signs: Signs::Body,
            secret: "app_secret",
            oldest: None,
            unsign: without_headers,
            words: &[("delivered", Fared::Delivered), ("read", Fared::Read)],
            failed: None,
            unheard_of: r#"{"object":"page","entry":[{"id":"1","time":1764000000000,
                "messaging":[{"of_tomorrow":{"a":1}}]}]}"#,
        }),
    })
    .await;
}

#[tokio::test]
async fn instagram_conforms() {
    conforms(Case {
        provider: Provider::Instagram,
        settings: |sandbox| after_a_message(sandbox, Provider::Instagram, "5522334455667788"),
        unplug: closed_port,
        spoil: wrong_token,
        person: "5522334455667788",
        nobody: "5599999999999999",
        path: "me/messages",
        carries_dispatch: false,
        template: followup(),
        throttle: (400, 4, "(#4) Application request limit reached", None),
        failure: Some(500),
        webhooks: Some(Webhooks {
            signs: Signs::Body,
            secret: "app_secret",
            oldest: None,
            unsign: without_headers,
            words: &[("read", Fared::Read)],
            failed: None,
            unheard_of: r#"{"object":"instagram","entry":[{"id":"1","time":1764000000000,
                "changes":[{"field":"of_tomorrow","value":{"a":1}}]}]}"#,
        }),
    })
    .await;
}
