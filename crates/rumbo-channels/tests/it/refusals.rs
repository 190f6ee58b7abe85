//! What only WhatsApp has: templates, refusals by code, pace, user ids, history, pushed statuses.

use std::sync::Arc;
use std::time::Duration;

use rumbo_base::Clock;
use rumbo_channels::{
    Again, ButtonKind, ButtonParameter, Channel, Content, Fared, Found, MediaKind, MediaSource,
    NotSent, Outcome, Outgoing, Provider, Scope, TemplateParameters, TemplateSend, open,
};
use rumbo_http::HttpSettings;
use rumbo_sandbox::{Effect, Fault, FaultMatch, Sandbox, SandboxConfig, Switches};

use crate::meta::{ANA, after_a_message, followup};

/// A sandbox and a channel at it.
struct Bench {
    sandbox: Sandbox,
    channel: Arc<dyn Channel>,
}

impl Bench {
    async fn of(provider: Provider) -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let settings = after_a_message(&sandbox, provider, ANA);
        let channel = open(&settings, HttpSettings::default(), Clock::system()).unwrap();
        Self { sandbox, channel }
    }

    async fn send(&self, to: &str, content: &Content) -> Outcome {
        self.channel
            .send(&Outgoing {
                dispatch_id: "0199e2a4-7c1e-7aa1-8a55-1c2d3e4f5a6b",
                address: to,
                content,
                reply_to: None,
                at: Clock::system().now(),
            })
            .await
    }

    async fn refused(&self, to: &str, content: &Content) -> NotSent {
        match self.send(to, content).await {
            Outcome::NotSent(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn text(body: &str) -> Content {
    Content::Text {
        body: body.to_owned(),
        subject: None,
        html: None,
    }
}

fn template(name: &str, language: &str, parameters: TemplateParameters) -> Content {
    Content::Template(TemplateSend {
        name: name.to_owned(),
        language: language.to_owned(),
        parameters,
        rendered: String::new(),
    })
}

fn body(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const WHATSAPP: [Provider; 2] = [Provider::WhatsappCloud, Provider::Ycloud];

#[tokio::test]
async fn every_shape_of_template_is_taken_as_meta_wants_it() {
    for provider in WHATSAPP {
        let bench = Bench::of(provider).await;
        let named = template(
            "opportunity_reminder",
            "es",
            TemplateParameters {
                named: true,
                header: [("quote".to_owned(), "1042".to_owned())].into(),
                body: body(&[
                    ("first_name", "Ana"),
                    ("amount", "$ 120.000"),
                    ("due_date", "30 de noviembre"),
                ]),
                ..TemplateParameters::default()
            },
        );
        let picture = template(
            "abandoned_cart",
            "es",
            TemplateParameters {
                header_media: Some((
                    MediaKind::Image,
                    MediaSource::Link {
                        url: "https://casaalba.example/lampara.jpg".to_owned(),
                    },
                )),
                body: body(&[("1", "Ana"), ("2", "la lámpara Sol")]),
                buttons: vec![
                    ButtonParameter {
                        index: 0,
                        kind: ButtonKind::QuickReply,
                        value: "STOP_PROMO".to_owned(),
                    },
                    ButtonParameter {
                        index: 1,
                        kind: ButtonKind::Url,
                        value: "8c1f".to_owned(),
                    },
                ],
                ..TemplateParameters::default()
            },
        );
        let coupon = template(
            "spring_sale",
            "es",
            TemplateParameters {
                body: body(&[("1", "Ana")]),
                buttons: vec![ButtonParameter {
                    index: 0,
                    kind: ButtonKind::CopyCode,
                    value: "SOL25".to_owned(),
                }],
                ..TemplateParameters::default()
            },
        );
        let plain = template("hello_world", "en_US", TemplateParameters::default());
        for content in [named, picture, coupon, plain] {
            let outcome = bench.send("+5491133334444", &content).await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        }
        let sent = bench.sandbox.control().accepted_messages();
        assert_eq!(
            sent[0].text,
            "Hola Ana, tu presupuesto por $ 120.000 vence el 30 de noviembre. Escríbenos si tienes dudas."
        );
    }
}

#[tokio::test]
async fn refusals_say_what_stops() {
    for provider in WHATSAPP {
        let bench = Bench::of(provider).await;
        let followup = |values: &[(&str, &str)]| {
            template(
                "lead_followup",
                "es",
                TemplateParameters {
                    body: body(values),
                    ..TemplateParameters::default()
                },
            )
        };
        let both = [("1", "Ana"), ("2", "el sillón")];
        let plain =
            |name: &str, language: &str| template(name, language, TemplateParameters::default());
        let cases = [
            // One parameter too few, no such language, not approved yet, paused, disabled.
            (
                ANA,
                followup(&both[..1]),
                "132000",
                Again::Never,
                Scope::Template,
            ),
            (
                ANA,
                plain("hello_world", "es"),
                "132001",
                Again::Never,
                Scope::Template,
            ),
            (
                ANA,
                plain("opportunity_reminder", "en_US"),
                "132001",
                Again::Never,
                Scope::Template,
            ),
            (
                ANA,
                plain("post_sale_feedback", "pt_BR"),
                "132015",
                Again::Backoff,
                Scope::Template,
            ),
            (
                ANA,
                plain("winter_sale", "es"),
                "132016",
                Again::Never,
                Scope::Template,
            ),
            // Nobody there, enough for now, not wanted, part of an experiment, window closed.
            (
                "+5491100000026",
                followup(&both),
                "131026",
                Again::Never,
                Scope::Message,
            ),
            (
                "+5491100000049",
                followup(&both),
                "131049",
                Again::Never,
                Scope::Message,
            ),
            (
                "+5491100000050",
                followup(&both),
                "131050",
                Again::Never,
                Scope::Message,
            ),
            (
                "+5491100000472",
                followup(&both),
                "130472",
                Again::Never,
                Scope::Message,
            ),
            (
                "+5491166667777",
                text("Hola"),
                "131047",
                Again::Never,
                Scope::Message,
            ),
        ];
        for (to, content, code, again, scope) in cases {
            let refusal = bench.refused(to, &content).await;
            assert_eq!(
                (refusal.code.as_deref(), refusal.again, refusal.scope),
                (Some(code), again, scope),
                "{provider:?} {refusal:?}"
            );
            assert_eq!(refusal.bounced, code == "131026");
            assert_eq!(refusal.opted_out, code == "131050");
        }
        // A named template with numbers, and the other way round.
        let numbered = template(
            "opportunity_reminder",
            "es",
            TemplateParameters {
                header: [("1".to_owned(), "1042".to_owned())].into(),
                body: body(&[("1", "a"), ("2", "b"), ("3", "c")]),
                ..TemplateParameters::default()
            },
        );
        assert_eq!(
            bench.refused(ANA, &numbered).await.code.as_deref(),
            Some("132012")
        );
        assert_eq!(bench.sandbox.control().accepted_count().accepted, 0);
    }
}

#[tokio::test]
async fn a_pair_that_is_too_fast_waits_alone() {
    let bench = Bench::of(Provider::WhatsappCloud).await;
    for _ in 0..45 {
        let outcome = bench.send(ANA, &text("Hola")).await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    }
    let refusal = bench.refused(ANA, &text("Hola")).await;
    assert_eq!(
        (refusal.code.as_deref(), refusal.again, refusal.scope),
        (Some("131056"), Again::Backoff, Scope::Pair)
    );
    let other = Content::Template(followup());
    let outcome = bench.send("+5491133334444", &other).await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_number_that_is_too_fast_waits_as_a_whole() {
    let bench = Bench::of(Provider::WhatsappCloud).await;
    bench.sandbox.control().set_switches(Switches {
        messages_per_second: 1,
        ..bench.sandbox.control().switches()
    });
    let mut refused = None;
    for _ in 0..20 {
        if let Outcome::NotSent(refusal) = bench.send(ANA, &text("Hola")).await {
            refused = Some(refusal);
            break;
        }
    }
    let refusal = refused.expect("more than one in a second");
    assert_eq!(
        (refusal.code.as_deref(), refusal.scope),
        (Some("130429"), Scope::Sender)
    );
}

#[tokio::test]
async fn user_ids_have_a_field_of_their_own() {
    for provider in WHATSAPP {
        let bench = Bench::of(provider).await;
        let outcome = bench
            .send("US.13491208655302741918", &Content::Template(followup()))
            .await;
        let Outcome::Accepted(accepted) = outcome else {
            panic!("{outcome:?}")
        };
        let sent = bench.sandbox.control().accepted_messages();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].to, "US.13491208655302741918");
        // A user id in `to` would have been dropped without a status.
        let found = bench
            .channel
            .find(
                "0199e2a4-7c1e-7aa1-8a55-1c2d3e4f5a6b",
                Some(&accepted.id),
                "",
            )
            .await
            .unwrap();
        let Found::Here(report) = found else {
            panic!("{found:?}")
        };
        assert_eq!(report.status, Fared::Read);
        for address in ["1144445555", "+54 11 4444", "ana@example.com", ""] {
            let refusal = bench.refused(address, &text("Hola")).await;
            assert_eq!(refusal.again, Again::Never, "{address}");
        }
    }
}

#[tokio::test]
async fn the_address_that_whatsapp_makes_of_ours_is_told() {
    let bench = Bench::of(Provider::WhatsappCloud).await;
    let outcome = bench
        .send("+5541987654321", &Content::Template(followup()))
        .await;
    let Outcome::Accepted(accepted) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(accepted.address.as_deref(), Some("+554187654321"));
    let held = bench
        .send("+5491100000015", &Content::Template(followup()))
        .await;
    let Outcome::Accepted(held) = held else {
        panic!("{held:?}")
    };
    assert!(held.held && !accepted.held);
}

#[tokio::test]
async fn a_history_that_is_not_there_settles_nothing() {
    let bench = Bench::of(Provider::WhatsappCloud).await;
    let outcome = bench.send(ANA, &text("Hola")).await;
    let Outcome::Accepted(accepted) = outcome else {
        panic!("{outcome:?}")
    };
    let find = || bench.channel.find("d", Some(&accepted.id), ANA);
    let found = find().await.unwrap();
    assert!(matches!(found, Found::Here(_)), "{found:?}");
    let unknown = bench
        .channel
        .find("d", Some("wamid.nobody"), ANA)
        .await
        .unwrap();
    assert_eq!(unknown, Found::Cannot, "an empty history proves nothing");
    bench.sandbox.control().set_switches(Switches {
        message_history: false,
        ..bench.sandbox.control().switches()
    });
    assert_eq!(find().await.unwrap(), Found::Cannot);
}

#[tokio::test]
async fn what_answers_mean_when_they_are_not_what_they_should_be() {
    let bench = Bench::of(Provider::WhatsappCloud).await;
    let fault = |then: Effect| {
        bench
            .sandbox
            .control()
            .add_fault(Fault {
                when: FaultMatch {
                    path: Some("*/messages".to_owned()),
                    ..FaultMatch::default()
                },
                then,
            })
            .unwrap();
    };
    let error = |status: u16, code: i64, subcode: Option<i64>| Effect::Error {
        status,
        code,
        subcode,
        message: "Something".to_owned(),
        is_transient: None,
        error_data: None,
        http_ok: false,
    };
    // Nobody can say: the half of an answer, none, a proxy's page, a failure nobody wrote about, one of
    // which Meta says that the message was sent all the same.
    for effect in [
        Effect::Truncate,
        Effect::Empty,
        Effect::Html { status: 502 },
        Effect::Html { status: 403 },
        error(500, 999_999, None),
        error(500, 1, Some(1_357_046)),
    ] {
        fault(effect.clone());
        let outcome = bench.send(ANA, &text("Hola")).await;
        assert!(
            matches!(outcome, Outcome::Unknown { .. }),
            "{effect:?}: {outcome:?}"
        );
    }
    // Meta says that it failed: written about, whatever the status.
    for (effect, again, scope) in [
        (error(500, 131_000, None), Again::Backoff, Scope::Message),
        (error(503, 131_016, None), Again::Backoff, Scope::Sender),
        (error(400, 999_999, None), Again::Never, Scope::Message),
        (error(400, 368, None), Again::Backoff, Scope::Channel),
        (error(400, 100, Some(33)), Again::Backoff, Scope::Channel),
        (error(403, 230, None), Again::Backoff, Scope::Channel),
        (
            Effect::Error {
                status: 400,
                code: 131_042,
                subcode: None,
                message: "Payment".to_owned(),
                is_transient: None,
                error_data: None,
                http_ok: true,
            },
            Again::Backoff,
            Scope::Channel,
        ),
    ] {
        fault(effect.clone());
        let refusal = bench.refused(ANA, &text("Hola")).await;
        assert_eq!((refusal.again, refusal.scope), (again, scope), "{effect:?}");
    }
}

#[tokio::test]
async fn templates_come_from_whoever_keeps_them() {
    for provider in WHATSAPP {
        let bench = Bench::of(provider).await;
        let announced = bench.sandbox.announcement();
        let played = &announced.channels[provider.word()];
        let account = played["account"].as_str().unwrap().to_owned();
        let keeper = bench.channel.template_account().unwrap();
        let listed = keeper.list(&account).await.unwrap();
        assert_eq!(listed.unreadable, Vec::<String>::new(), "{provider:?}");
        assert_eq!(listed.templates.len(), 12, "{provider:?}");
        assert!(listed.templates.iter().any(|it| {
            it.template.name == "abandoned_cart" && it.status == "REJECTED" && !it.id.is_empty()
        }));
        // Another one's account is not shown.
        let others = keeper.list("104520000000000").await;
        assert!(
            others.map_or(true, |it| it.templates.is_empty()),
            "{provider:?}"
        );
    }
}

/// What the sandbox tells by itself reaches whoever registered: each status once, signed, though the
/// receiver fails at first.
#[tokio::test]
async fn statuses_are_pushed_until_somebody_takes_them() {
    use std::sync::Mutex;
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/crm/webhook/meta", listener.local_addr().unwrap());
    let kept = Arc::clone(&heard);
    let server = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut refuse = true;
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            let mut part = vec![0_u8; 65_536];
            loop {
                let read = stream.read(&mut part).await.unwrap_or(0);
                bytes.extend_from_slice(&part[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                    head.to_lowercase()
                        .contains(&format!("content-length: {}", body.len()))
                });
                if read == 0 || whole {
                    break;
                }
            }
            let answer = if refuse { "503 No" } else { "200 OK" };
            if !refuse {
                kept.lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&bytes).into_owned());
            }
            refuse = false;
            let answer =
                format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let bench = Bench::of(Provider::WhatsappCloud).await;
    let control = bench.sandbox.control();
    control.receive_at("whatsapp_cloud", &url);
    let outcome = bench.send(ANA, &text("Hola")).await;
    let Outcome::Accepted(accepted) = outcome else {
        panic!("{outcome:?}")
    };
    for _ in 0..200 {
        if control.accepted_count().webhooks_delivered > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let heard = heard.lock().unwrap().clone();
    let mut words = Vec::new();
    for call in &heard {
        let (head, body) = call.split_once("\r\n\r\n").unwrap();
        let headers = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let request = rumbo_channels::WebhookRequest {
            url: &url,
            content_type: "application/json",
            headers: &headers,
            body: body.as_bytes(),
            received_at: control.now(),
        };
        assert_eq!(bench.channel.verify(&request), Ok(()));
        for event in bench.channel.read(&request).unwrap().events {
            let rumbo_channels::Event::Status(report) = event else {
                panic!("{event:?}")
            };
            assert_eq!(report.id, accepted.id);
            words.push(report.word);
        }
    }
    assert_eq!(words, ["sent", "delivered", "read"]);
    server.abort();
}
