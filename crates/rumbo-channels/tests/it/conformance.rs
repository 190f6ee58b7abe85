//! What every provider of messages keeps to, whoever it is. A provider is a [`Case`]; [`conforms`] is
//! the whole suite.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Clock, Secret};
use rumbo_channels::{
    Again, Channel, ChannelSettings, Content, Event, Fared, Found, InboundMessage, MediaKind,
    MediaSource, NotSent, Outcome, Outgoing, Provider, Scope, StatusReport, TemplateSend, Told,
    TroubleKind, WebhookRefusal, WebhookRequest, open,
};
use rumbo_http::HttpSettings;
use rumbo_sandbox::{
    Effect, Fault, FaultMatch, InboundOrder, Sandbox, SandboxConfig, StatusOrder, Webhook,
};

use crate::logs::Logs;

/// One provider under the suite.
pub struct Case {
    pub provider: Provider,
    /// What opens it at the sandbox.
    pub settings: fn(&Sandbox) -> ChannelSettings,
    /// Points the settings at a port where nothing listens.
    pub unplug: fn(&mut ChannelSettings, u16),
    /// Makes the credential a wrong one.
    pub spoil: fn(&mut ChannelSettings),
    /// Somebody who can be written to, and an address that nobody has.
    pub person: &'static str,
    pub nobody: &'static str,
    /// The path of the call that sends, as faults know it.
    pub path: &'static str,
    /// Our own id comes back with statuses.
    pub carries_dispatch: bool,
    /// A template of the sandbox's.
    pub template: TemplateSend,
    /// How the provider says that it is too much: status, code and words, and the wait it names.
    pub throttle: (u16, i64, &'static str, Option<u64>),
    /// An answer after which nobody knows, where the provider has one.
    pub failure: Option<u16>,
    pub webhooks: Option<Webhooks>,
}

/// What a provider's webhooks keep to.
pub struct Webhooks {
    pub signs: Signs,
    /// The secret the signature is made with.
    pub secret: &'static str,
    /// How old a signature may become, where it has a time in it.
    pub oldest: Option<TimeDelta>,
    /// Takes the signature off.
    pub unsign: fn(&mut Webhook),
    /// Words of statuses and what they mean; a failure with its code, and whether it says that the
    /// address can never be reached.
    pub words: &'static [(&'static str, Fared)],
    pub failed: Option<(&'static str, &'static str, bool)>,
    /// Another event of the provider, which no code here understands.
    pub unheard_of: &'static str,
}

/// What a signature is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Every byte of the body.
    Body,
    /// Nothing: a shared secret travels beside or in the body.
    Nothing,
}

/// A sandbox and one channel at it.
struct Bench {
    sandbox: Sandbox,
    settings: ChannelSettings,
    channel: Arc<dyn Channel>,
}

impl Bench {
    async fn of(case: &Case) -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let settings = (case.settings)(&sandbox);
        let channel = opened(&settings);
        Self {
            sandbox,
            settings,
            channel,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.sandbox.control().now()
    }

    fn taken(&self) -> usize {
        self.sandbox.control().sent_messages().len()
    }

    fn fault(&self, case: &Case, then: Effect) {
        self.sandbox
            .control()
            .add_fault(Fault {
                when: FaultMatch {
                    path: Some(case.path.to_owned()),
                    ..FaultMatch::default()
                },
                then,
            })
            .unwrap();
    }
}

fn http() -> HttpSettings {
    HttpSettings {
        connect_timeout: Duration::from_secs(5),
        call_timeout: Duration::from_secs(20),
        ..HttpSettings::default()
    }
}

fn opened(settings: &ChannelSettings) -> Arc<dyn Channel> {
    open(settings, http(), Clock::system()).unwrap()
}

fn hurried(settings: &ChannelSettings) -> Arc<dyn Channel> {
    let http = HttpSettings {
        call_timeout: Duration::from_millis(700),
        ..http()
    };
    open(settings, http, Clock::system()).unwrap()
}

fn words(body: &str) -> Content {
    Content::Text {
        body: body.to_owned(),
        subject: None,
        html: None,
    }
}

async fn send(channel: &dyn Channel, to: &str, dispatch: &str, content: &Content) -> Outcome {
    let message = Outgoing {
        dispatch_id: dispatch,
        address: to,
        content,
        reply_to: None,
        at: Utc::now_for_tests(),
    };
    channel.send(&message).await
}

/// The system's time, in tests that need no other.
trait NowForTests {
    fn now_for_tests() -> DateTime<Utc>;
}

impl NowForTests for Utc {
    fn now_for_tests() -> DateTime<Utc> {
        Clock::system().now()
    }
}

fn accepted(outcome: Outcome) -> String {
    match outcome {
        Outcome::Accepted(accepted) => {
            assert!(!accepted.id.is_empty(), "an accepted message has an id");
            accepted.id
        }
        other => panic!("not accepted: {other:?}"),
    }
}

fn not_sent(outcome: Outcome) -> NotSent {
    match outcome {
        Outcome::NotSent(refusal) => {
            assert!(!refusal.text.is_empty(), "a refusal has words");
            refusal
        }
        other => panic!("not a refusal: {other:?}"),
    }
}

/// The whole suite.
pub async fn conforms(case: Case) {
    let logs = Logs::keep();
    let mut shown = String::new();
    let bench = Bench::of(&case).await;
    sends(&case, &bench).await;
    shown += &refuses(&case, &bench).await;
    loses_nothing(&case, &bench).await;
    shown += &stands(&case, &bench).await;
    if let Some(webhooks) = &case.webhooks {
        shown += &verifies(&case, webhooks, &bench).await;
        shown += &tells(&case, webhooks, &bench).await;
    } else {
        calls_nobody(&bench);
    }
    polls(&case, &bench).await;
    write!(shown, "{:?}", bench.settings).unwrap();
    shown += &logs.text();
    for secret in bench.settings.secrets.values() {
        let secret = secret.expose();
        let at = shown.find(secret.as_str());
        assert!(
            at.is_none(),
            "a secret is shown: …{}",
            &shown[at.unwrap_or_default().saturating_sub(200)..at.unwrap_or_default()]
        );
    }
}

async fn sends(case: &Case, bench: &Bench) {
    let can = bench.channel.capabilities();
    assert_eq!(bench.channel.provider(), case.provider);
    assert!(can.per_second > 0, "a channel has a pace");
    let control = bench.sandbox.control();
    let text = "¡Hola, Ana! ¿Seguimos? 🙂";
    let id = accepted(send(&*bench.channel, case.person, "d-1", &words(text)).await);
    let sent = control.sent_messages();
    assert_eq!(sent.len(), 1, "one message: {sent:?}");
    assert_eq!(sent[0].id, id);
    assert_eq!(sent[0].address, case.person);
    assert_eq!(
        sent[0].dispatch_id.as_deref(),
        case.carries_dispatch.then_some("d-1")
    );
    assert!(can.text, "it sent text and says that it cannot");

    let file = Content::Media {
        kind: MediaKind::Image,
        source: MediaSource::Link {
            url: "https://casaalba.example/sillon.jpg".to_owned(),
        },
        // Pages have no captions: a file and its words are two messages there.
        caption: (!matches!(case.provider, Provider::Messenger | Provider::Instagram))
            .then(|| "El sillón".to_owned()),
        file_name: Some("sillon.jpg".to_owned()),
    };
    let before = bench.taken();
    let outcome = send(&*bench.channel, case.person, "d-2", &file).await;
    if can.media {
        accepted(outcome);
        assert_eq!(bench.taken(), before + 1);
    } else {
        let refusal = not_sent(outcome);
        assert_eq!(
            (refusal.again, refusal.scope),
            (Again::Never, Scope::Message)
        );
        assert_eq!(bench.taken(), before, "nothing was called");
    }

    let before = bench.taken();
    let template = Content::Template(case.template.clone());
    accepted(send(&*bench.channel, case.person, "d-3", &template).await);
    assert_eq!(bench.taken(), before + 1);
    assert_eq!(bench.channel.template_account().is_some(), can.templates);

    let answer = Outgoing {
        dispatch_id: "d-4",
        address: case.person,
        content: &words("De nada"),
        reply_to: Some(&id),
        at: Utc::now_for_tests(),
    };
    accepted(bench.channel.send(&answer).await);

    if let Some(longest) = can.longest_text {
        let too_long = words(&"a".repeat(usize::try_from(longest).unwrap() + 1));
        let refusal = not_sent(send(&*bench.channel, case.person, "d-5", &too_long).await);
        assert_eq!(
            (refusal.again, refusal.scope),
            (Again::Never, Scope::Message)
        );
        let just = words(&"a".repeat(usize::try_from(longest).unwrap()));
        accepted(send(&*bench.channel, case.person, "d-6", &just).await);
    }
}

async fn refuses(case: &Case, bench: &Bench) -> String {
    let before = bench.taken();
    let hello = words("Hola");
    let control = bench.sandbox.control();

    control.never_reach(case.nobody);
    let nobody = not_sent(send(&*bench.channel, case.nobody, "r-1", &hello).await);
    assert!(nobody.bounced, "{nobody:?}");
    assert_eq!((nobody.again, nobody.scope), (Again::Never, Scope::Message));

    let mut wrong = bench.settings.clone();
    (case.spoil)(&mut wrong);
    let spoiled = not_sent(send(&*opened(&wrong), case.person, "r-2", &hello).await);
    assert_eq!(spoiled.scope, Scope::Channel, "{spoiled:?}");
    assert!(!spoiled.bounced);
    let standing = opened(&wrong).check().await.unwrap();
    let trouble = standing.trouble.as_ref().expect("why it cannot be used");
    assert!(!standing.connected);
    assert_eq!(trouble.kind, TroubleKind::CredentialRefused, "{trouble:?}");

    let (status, code, message, wait) = case.throttle;
    bench.fault(
        case,
        Effect::Error {
            status,
            code,
            subcode: None,
            message: message.to_owned(),
            is_transient: None,
            error_data: None,
            http_ok: false,
        },
    );
    let slow = not_sent(send(&*bench.channel, case.person, "r-3", &hello).await);
    assert_eq!(slow.scope, Scope::Sender, "{slow:?}");
    let expected = wait.map_or(Again::Backoff, |wait| {
        Again::After(Duration::from_secs(wait))
    });
    assert_eq!(slow.again, expected);

    let mut unplugged = bench.settings.clone();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    (case.unplug)(&mut unplugged, port);
    let nowhere = not_sent(send(&*opened(&unplugged), case.person, "r-4", &hello).await);
    assert_eq!((nowhere.again, nowhere.bounced), (Again::Backoff, false));
    assert_ne!(
        nowhere.scope,
        Scope::Channel,
        "the network is no fault of the channel's"
    );

    assert_eq!(bench.taken(), before, "nothing of that was taken");
    format!("{nobody:?}{spoiled:?}{standing:?}{slow:?}{nowhere:?}")
}

async fn loses_nothing(case: &Case, bench: &Bench) {
    let hello = words("Hola");
    // Taken, and the answer comes too late.
    let before = bench.taken();
    bench.fault(
        case,
        Effect::Slow {
            milliseconds: 2_500,
        },
    );
    let late = send(&*hurried(&bench.settings), case.person, "u-1", &hello).await;
    assert!(matches!(late, Outcome::Unknown { .. }), "{late:?}");
    assert_eq!(bench.taken(), before + 1, "it was taken, once");
    // Taken, and the connection ends.
    bench.fault(case, Effect::Drop);
    let cut = send(&*bench.channel, case.person, "u-2", &hello).await;
    assert!(matches!(cut, Outcome::Unknown { .. }), "{cut:?}");
    assert_eq!(bench.taken(), before + 2, "it was taken, once");
    // An answer that says nothing of the message.
    if let Some(status) = case.failure {
        bench.fault(
            case,
            Effect::Error {
                status,
                code: 0,
                subcode: None,
                message: "Internal error".to_owned(),
                is_transient: None,
                error_data: None,
                http_ok: false,
            },
        );
        let unclear = send(&*bench.channel, case.person, "u-3", &hello).await;
        assert!(matches!(unclear, Outcome::Unknown { .. }), "{unclear:?}");
    }
    // The channel works on after all that.
    accepted(send(&*bench.channel, case.person, "u-4", &hello).await);
}

async fn stands(case: &Case, bench: &Bench) -> String {
    let standing = bench.channel.check().await.unwrap();
    assert!(standing.connected, "{standing:?}");
    let id = accepted(send(&*bench.channel, case.person, "s-1", &words("Hola")).await);
    let found = bench
        .channel
        .find("s-1", Some(&id), case.person)
        .await
        .unwrap();
    match &found {
        Found::Here(report) => assert_eq!(report.id, id),
        Found::Cannot => {}
        Found::NeverArrived => panic!("it did arrive"),
    }
    // What nobody sent is never said to be there.
    let never = bench
        .channel
        .find("never", None, case.person)
        .await
        .unwrap();
    assert!(!matches!(never, Found::Here(_)), "{never:?}");
    format!("{standing:?}{found:?}")
}

fn request<'a>(webhook: &'a Webhook, body: &'a [u8], at: DateTime<Utc>) -> WebhookRequest<'a> {
    WebhookRequest {
        url: &webhook.url,
        content_type: webhook.content_type,
        headers: &webhook.headers,
        body,
        received_at: at,
    }
}

fn written(case: &Case, bench: &Bench, text: &str) -> Webhook {
    bench
        .sandbox
        .control()
        .write_in(&InboundOrder {
            provider: case.provider.word().to_owned(),
            from: case.person.to_owned(),
            text: text.to_owned(),
            name: Some("Ana Pérez".to_owned()),
            files: Vec::new(),
        })
        .unwrap()
}

async fn verifies(case: &Case, rules: &Webhooks, bench: &Bench) -> String {
    let channel = &bench.channel;
    let now = bench.now();
    let webhook = written(case, bench, "¿Tienen stock?");
    let body = webhook.body.as_bytes();
    assert_eq!(channel.verify(&request(&webhook, body, now)), Ok(()));

    let mut bare = webhook.clone();
    (rules.unsign)(&mut bare);
    assert_eq!(
        channel.verify(&request(&bare, bare.body.as_bytes(), now)),
        Err(WebhookRefusal::Unsigned)
    );

    let mut other = bench.settings.clone();
    other.secrets.insert(
        rules.secret.to_owned(),
        Secret::from("another-secret-of-0123456789"),
    );
    let other = open(&other, http(), Clock::system()).unwrap();
    assert_eq!(
        other.verify(&request(&webhook, body, now)),
        Err(WebhookRefusal::BadSignature)
    );

    if rules.signs == Signs::Body {
        // Every single byte counts.
        for at in (0..body.len()).step_by(7) {
            let mut changed = body.to_vec();
            changed[at] ^= 1;
            let refused = channel.verify(&request(&webhook, &changed, now));
            assert_eq!(refused, Err(WebhookRefusal::BadSignature), "byte {at}");
        }
        let refused = channel.verify(&request(&webhook, &body[..body.len() - 1], now));
        assert_eq!(refused, Err(WebhookRefusal::BadSignature));
    }
    if let Some(oldest) = rules.oldest {
        let late = now + oldest + TimeDelta::minutes(5);
        assert_eq!(
            channel.verify(&request(&webhook, body, late)),
            Err(WebhookRefusal::Stale)
        );
    }
    // A header that is no signature at all is refused, not a fault of ours.
    let mut nonsense = webhook.clone();
    for value in nonsense.headers.values_mut() {
        "\u{fffd}%%%".clone_into(value);
    }
    if !nonsense.headers.is_empty() {
        assert!(channel.verify(&request(&nonsense, body, now)).is_err());
    }
    format!("{:?}", channel.read(&request(&webhook, body, now)))
}

fn one_message(told: &Told) -> &InboundMessage {
    match told.events.as_slice() {
        [Event::Message(message)] => message,
        other => panic!("one message was sent: {other:?}"),
    }
}

fn one_status(told: &Told) -> &StatusReport {
    match told.events.as_slice() {
        [Event::Status(status)] => status,
        other => panic!("one status was sent: {other:?}"),
    }
}

async fn tells(case: &Case, rules: &Webhooks, bench: &Bench) -> String {
    let channel = &bench.channel;
    let now = bench.now();
    let text = "¿Tienen stock? 100% = \"sí\" & más\nGracias";
    let first = written(case, bench, text);
    let told = channel
        .read(&request(&first, first.body.as_bytes(), now))
        .unwrap();
    let message = one_message(&told);
    assert_eq!(message.body, text);
    assert_eq!(message.address, case.person);
    assert!(!message.echo && message.group.is_none());
    assert!(!message.id.is_empty() && !message.sender.is_empty());
    assert!((message.at - now).abs() < TimeDelta::minutes(1));
    // The same call tells the same and is known to be the same; another one is not.
    let again = channel
        .read(&request(&first, first.body.as_bytes(), now))
        .unwrap();
    assert_eq!(again, told);
    let second = written(case, bench, text);
    let other = channel
        .read(&request(&second, second.body.as_bytes(), now))
        .unwrap();
    assert_ne!(other.key, told.key);
    assert_ne!(one_message(&other).id, message.id);

    // A field of tomorrow changes nothing and is kept.
    let with_more = more(&first);
    let kept = channel
        .read(&request(&first, with_more.as_bytes(), now))
        .unwrap();
    let kept = one_message(&kept);
    assert_eq!(kept.body, text);
    assert!(kept.raw.to_string().contains("of_tomorrow"), "{}", kept.raw);
    // An event of tomorrow is kept whole.
    let unheard = channel
        .read(&request(&first, rules.unheard_of.as_bytes(), now))
        .unwrap();
    assert!(
        unheard.events.is_empty() && !unheard.unknown.is_empty(),
        "{unheard:?}"
    );
    // A body cut anywhere is an event or a refusal, never a panic.
    for end in 0..first.body.len() {
        let _ = channel.read(&request(&first, &first.body.as_bytes()[..end], now));
    }
    if first.content_type == "application/json" {
        let half = &first.body.as_bytes()[..first.body.len() / 2];
        assert!(matches!(
            channel.read(&request(&first, half, now)),
            Err(WebhookRefusal::Unreadable(_))
        ));
    }

    let can = channel.capabilities();
    assert_eq!(
        can.statuses,
        !rules.words.is_empty(),
        "a channel that tells statuses says so"
    );
    assert_eq!(
        can.reads,
        rules.words.iter().any(|(_, fared)| *fared == Fared::Read)
    );
    let mut shown = format!("{told:?}");
    for (at, (word, fared)) in rules.words.iter().enumerate() {
        let dispatch = format!("t-{at}");
        let id = accepted(send(&**channel, case.person, &dispatch, &words("Hola")).await);
        let webhook = reported(bench, &id, word, None);
        let body = webhook.body.as_bytes();
        assert_eq!(channel.verify(&request(&webhook, body, now)), Ok(()));
        let told = channel.read(&request(&webhook, body, now)).unwrap();
        if let [
            Event::UpTo {
                address,
                status,
                until,
                ..
            },
        ] = told.events.as_slice()
        {
            // Told by a time and not by ids.
            assert_eq!((address.as_str(), status), (case.person, fared), "{word}");
            assert!((*until - now).abs() < TimeDelta::minutes(1));
            continue;
        }
        let status = one_status(&told);
        assert_eq!((&status.id, status.status), (&id, *fared), "{word}");
        assert_eq!(status.word, *word);
        assert_eq!(
            status.dispatch_id.as_deref(),
            case.carries_dispatch.then_some(dispatch.as_str())
        );
        assert_eq!(status.failure.is_some(), *fared == Fared::Failed);
        if let Some(address) = &status.address {
            assert_eq!(address, case.person);
        }
        write!(shown, "{told:?}").unwrap();
    }
    if let Some((word, code, bounced)) = rules.failed {
        let id = accepted(send(&**channel, case.person, "t-f", &words("Hola")).await);
        let webhook = reported(bench, &id, word, Some(code));
        let told = channel
            .read(&request(&webhook, webhook.body.as_bytes(), now))
            .unwrap();
        let status = one_status(&told);
        assert_eq!(status.status, Fared::Failed);
        let failure = status.failure.as_ref().expect("a failure has a reason");
        assert_eq!(failure.code.as_deref(), Some(code));
        assert_eq!(failure.bounced, bounced);
    }
    shown
}

fn reported(bench: &Bench, id: &str, word: &str, code: Option<&str>) -> Webhook {
    bench
        .sandbox
        .control()
        .report(&StatusOrder {
            id: id.to_owned(),
            status: word.to_owned(),
            code: code.map(str::to_owned),
        })
        .unwrap()
}

/// The same body with a field that no code here knows, beside the message's own.
fn more(webhook: &Webhook) -> String {
    if webhook.content_type != "application/json" {
        return format!("{}&Field_of_tomorrow=1", webhook.body);
    }
    let mut body: serde_json::Value = serde_json::from_str(&webhook.body).unwrap();
    add_everywhere(&mut body);
    body.to_string()
}

fn add_everywhere(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(add_everywhere);
            fields.insert(
                "field_of_tomorrow".to_owned(),
                serde_json::json!({ "a": [1] }),
            );
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(add_everywhere),
        _ => {}
    }
}

fn calls_nobody(bench: &Bench) {
    let headers = BTreeMap::new();
    let request = WebhookRequest {
        url: "https://rumbo.example/webhook",
        content_type: "application/json",
        headers: &headers,
        body: b"{}",
        received_at: bench.now(),
    };
    assert_eq!(
        bench.channel.verify(&request),
        Err(WebhookRefusal::Unsigned)
    );
    assert!(bench.channel.read(&request).is_err());
    let can = bench.channel.capabilities();
    assert!(!can.statuses && !can.reads);
}

async fn polls(case: &Case, bench: &Bench) {
    let can = bench.channel.capabilities();
    let first = bench.channel.poll(None).await.unwrap();
    assert_eq!(first.is_some(), can.polls, "a channel that polls says so");
    let Some(first) = first else { return };
    written(case, bench, "Por consulta");
    let cursor = Some(first.cursor.as_str()).filter(|cursor| !cursor.is_empty());
    let news = bench.channel.poll(cursor).await.unwrap().unwrap();
    let told = |told: &Told| {
        told.events
            .iter()
            .filter(
                |event| matches!(event, Event::Message(message) if message.body == "Por consulta"),
            )
            .count()
    };
    assert_eq!(told(&news.told), 1);
    // Until it is asked from later on it is kept: nothing is lost by a crash before it is stored.
    let same = bench.channel.poll(cursor).await.unwrap().unwrap();
    assert_eq!(told(&same.told), 1);
    assert_eq!(same.told.key, news.told.key);
    let after = bench
        .channel
        .poll(Some(&news.cursor))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told(&after.told), 0);
}
