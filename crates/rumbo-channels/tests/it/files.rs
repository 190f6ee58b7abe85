//! Files that people send, from every provider that gives files: what its webhook tells, what opens the
//! file, and what does not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use rumbo_base::{Clock, Secret};
use rumbo_channels::{
    Channel, ChannelSettings, Event, FetchedMedia, InboundKind, InboundMessage, MediaFailure,
    MediaKind, Provider, WebhookRequest, largest_file, open,
};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Request};
use rumbo_sandbox::{FileOrder, InboundOrder, Sandbox, SandboxConfig, Webhook};
use tempfile::TempDir;

use crate::providers::announced;

const ANA: &str = "+5491144445555";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

/// Who gives files, and who writes there.
const PROVIDERS: [(Provider, &str); 8] = [
    (Provider::WhatsappCloud, ANA),
    (Provider::Ycloud, ANA),
    (Provider::Evolution, ANA),
    (Provider::Telegram, "77112233"),
    (Provider::Twilio, ANA),
    (Provider::Vonage, ANA),
    (Provider::Messenger, "6677001122334455"),
    (Provider::Instagram, "17841400000000011"),
];

struct Bench {
    sandbox: Sandbox,
    settings: ChannelSettings,
    channel: Arc<dyn Channel>,
    folder: TempDir,
}

fn opened(settings: &ChannelSettings) -> Arc<dyn Channel> {
    open(settings, HttpSettings::default(), Clock::system()).unwrap()
}

impl Bench {
    async fn of(provider: Provider) -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let secrets = match provider {
            Provider::Vonage | Provider::Ycloud => vec!["token", "webhook_secret"],
            Provider::WhatsappCloud | Provider::Messenger | Provider::Instagram => {
                vec!["token", "app_secret"]
            }
            _ => vec!["token"],
        };
        let settings = announced(&sandbox, provider, &["account"], &secrets);
        let channel = opened(&settings);
        let folder = TempDir::new().unwrap();
        Self {
            sandbox,
            settings,
            channel,
            folder,
        }
    }

    fn writes(&self, from: &str, files: Vec<FileOrder>) -> Webhook {
        self.sandbox
            .control()
            .write_in(&InboundOrder {
                provider: self.settings.provider.word().to_owned(),
                from: from.to_owned(),
                text: "Mirá".to_owned(),
                name: None,
                files,
            })
            .unwrap()
    }

    fn read(&self, webhook: &Webhook) -> Vec<InboundMessage> {
        messages(&self.channel.read(&request(webhook)).unwrap().events)
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("file")
    }

    async fn fetch(&self, message: &InboundMessage) -> Result<FetchedMedia, MediaFailure> {
        self.fetch_by(&*self.channel, message).await
    }

    async fn fetch_by(
        &self,
        channel: &dyn Channel,
        message: &InboundMessage,
    ) -> Result<FetchedMedia, MediaFailure> {
        let media = message.media.as_ref().unwrap();
        channel.fetch_media(&message.id, media, &self.place()).await
    }
}

fn messages(events: &[Event]) -> Vec<InboundMessage> {
    let only = events.iter().filter_map(|event| match event {
        Event::Message(message) => Some((**message).clone()),
        _ => None,
    });
    only.collect()
}

fn request(webhook: &Webhook) -> WebhookRequest<'_> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    WebhookRequest {
        url: &webhook.url,
        content_type: webhook.content_type,
        headers: &NONE,
        body: webhook.body.as_bytes(),
        received_at: Clock::system().now(),
    }
}

fn picture(content: &[u8]) -> FileOrder {
    FileOrder {
        kind: "image".to_owned(),
        mime_type: "image/png".to_owned(),
        file_name: None,
        content: STANDARD.encode(content),
    }
}

fn document(content: &[u8]) -> FileOrder {
    FileOrder {
        kind: "document".to_owned(),
        mime_type: "application/pdf".to_owned(),
        file_name: Some("Quote.pdf".to_owned()),
        content: STANDARD.encode(content),
    }
}

#[tokio::test]
async fn what_the_webhook_names_is_fetched() {
    for (provider, from) in PROVIDERS {
        let bench = Bench::of(provider).await;
        let webhook = bench.writes(from, vec![picture(PNG)]);
        let told = bench.read(&webhook);
        let [message] = told.as_slice() else {
            panic!("{provider:?}: {told:?}")
        };
        assert_eq!(message.kind, InboundKind::Image, "{provider:?}");
        assert_eq!(message.body, "Mirá", "{provider:?}");
        let fetched = bench.fetch(message).await.unwrap();
        assert_eq!(std::fs::read(bench.place()).unwrap(), PNG, "{provider:?}");
        assert_eq!(
            usize::try_from(fetched.bytes),
            Ok(PNG.len()),
            "{provider:?}"
        );
        let webhook = bench.writes(from, vec![document(b"%PDF-1.7\n")]);
        let told = bench.read(&webhook);
        let media = told[0].media.as_ref().unwrap();
        assert_eq!(media.kind, MediaKind::Document, "{provider:?}");
        bench.fetch(&told[0]).await.unwrap();
        assert_eq!(
            std::fs::read(bench.place()).unwrap(),
            b"%PDF-1.7\n",
            "{provider:?}"
        );
    }
}

/// Where a key opens the file, another one does not, and that is not taken for a file that is gone.
#[tokio::test]
async fn another_key_opens_nothing() {
    for (provider, from) in PROVIDERS {
        let opens = matches!(
            provider,
            Provider::Vonage | Provider::Messenger | Provider::Instagram
        );
        let bench = Bench::of(provider).await;
        let webhook = bench.writes(from, vec![picture(PNG)]);
        let message = bench.read(&webhook).remove(0);
        let mut wrong = bench.settings.clone();
        let token = Secret::from("110201543:AAwrong0wrong0wrong0wrong0wrong0wrong");
        wrong.secrets.insert("token".to_owned(), token);
        let fetched = bench.fetch_by(&*opened(&wrong), &message).await;
        match fetched {
            Ok(_) => assert!(opens, "{provider:?}"),
            Err(MediaFailure::Failed(error)) => {
                assert!(!opens, "{provider:?}");
                assert!(!error.chain().contains("AAwrong"), "{provider:?}: {error}");
            }
            Err(other) => panic!("{provider:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_kept_no_more_is_gone() {
    for (provider, from) in PROVIDERS {
        let bench = Bench::of(provider).await;
        let webhook = bench.writes(from, vec![picture(PNG)]);
        let message = bench.read(&webhook).remove(0);
        bench.sandbox.control().advance(TimeDelta::days(40));
        let late = bench.fetch(&message).await;
        match provider {
            // Telegram gives a new path each time, and Twilio keeps what nobody deletes.
            Provider::Telegram | Provider::Twilio => {
                assert!(late.is_ok(), "{provider:?}: {late:?}");
            }
            _ => assert!(
                matches!(late, Err(MediaFailure::Gone)),
                "{provider:?}: {late:?}"
            ),
        }
    }
}

/// An instance that lost its session cannot ask WhatsApp: that says nothing of the file.
#[tokio::test]
async fn an_instance_that_is_not_paired_gives_its_files_later() {
    let bench = Bench::of(Provider::Evolution).await;
    let webhook = bench.writes(ANA, vec![picture(PNG)]);
    let message = bench.read(&webhook).remove(0);
    bench.sandbox.control().pair(false);
    let early = bench.fetch(&message).await;
    assert!(matches!(early, Err(MediaFailure::Failed(_))), "{early:?}");
    bench.sandbox.control().pair(true);
    bench.fetch(&message).await.unwrap();
    assert_eq!(std::fs::read(bench.place()).unwrap(), PNG);
}

/// Each is a message of its own; the words belong to the first.
#[tokio::test]
async fn several_files_of_one_message_all_come() {
    let files = || {
        vec![
            picture(PNG),
            document(b"%PDF-1.7\n"),
            picture(b"\x89PNG\r\n\x1a\nz"),
        ]
    };
    let contents: [&[u8]; 3] = [PNG, b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\nz"];
    for (provider, from) in PROVIDERS {
        let several = matches!(
            provider,
            Provider::Twilio | Provider::Messenger | Provider::Instagram
        );
        if !several {
            continue;
        }
        let bench = Bench::of(provider).await;
        let webhook = bench.writes(from, files());
        let told = bench.read(&webhook);
        assert_eq!(told.len(), 3, "{provider:?}");
        let bodies: Vec<&str> = told.iter().map(|it| it.body.as_str()).collect();
        assert_eq!(bodies, ["Mirá", "", ""], "{provider:?}");
        let mut ids: Vec<&str> = told.iter().map(|it| it.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3, "{provider:?}");
        for (message, content) in told.iter().zip(contents) {
            bench.fetch(message).await.unwrap();
            assert_eq!(std::fs::read(bench.place()).unwrap(), content);
        }
        let again = bench.read(&webhook);
        assert!(
            again
                .iter()
                .map(|it| &it.id)
                .eq(told.iter().map(|it| &it.id))
        );
    }
}

/// Twilio's list of messages does not name files: they are asked for, and are the same as by webhook.
#[tokio::test]
async fn files_of_messages_that_are_polled_are_asked_for() {
    let bench = Bench::of(Provider::Twilio).await;
    let begun = bench.channel.poll(None).await.unwrap().unwrap();
    bench.sandbox.control().advance(TimeDelta::seconds(2));
    let webhook = bench.writes(ANA, vec![picture(PNG), document(b"%PDF-1.7\n")]);
    let pushed = bench.read(&webhook);
    let polled = bench
        .channel
        .poll(Some(&begun.cursor))
        .await
        .unwrap()
        .unwrap();
    let came = messages(&polled.told.events);
    let known = |all: &[InboundMessage]| -> Vec<(String, String, Option<_>)> {
        all.iter()
            .map(|it| (it.id.clone(), it.body.clone(), it.media.clone()))
            .collect()
    };
    assert_eq!(known(&came), known(&pushed));
    bench.fetch(&came[1]).await.unwrap();
    assert_eq!(std::fs::read(bench.place()).unwrap(), b"%PDF-1.7\n");
    let again = bench
        .channel
        .poll(Some(&polled.cursor))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(messages(&again.told.events), []);
}

#[tokio::test]
async fn an_address_that_is_not_the_providers_is_not_called_without_encryption() {
    for (provider, from) in PROVIDERS {
        let by_address = !matches!(provider, Provider::WhatsappCloud | Provider::Telegram);
        if !by_address {
            continue;
        }
        let bench = Bench::of(provider).await;
        let webhook = bench.writes(from, vec![picture(PNG)]);
        let mut message = bench.read(&webhook).remove(0);
        if let Some(media) = &mut message.media {
            media.url = Some("http://192.0.2.1/file".to_owned());
        }
        let refused = bench.fetch(&message).await;
        assert!(
            matches!(refused, Err(MediaFailure::Cannot)),
            "{provider:?}: {refused:?}"
        );
    }
}

/// The host of files is somebody else's: whoever shows it a key is refused, and so is an address that
/// somebody made up.
#[tokio::test]
async fn the_host_of_files_takes_no_key_and_no_other_address() {
    let bench = Bench::of(Provider::Messenger).await;
    let webhook = bench.writes("6677001122334455", vec![picture(PNG)]);
    let message = bench.read(&webhook).remove(0);
    let url: url::Url = message.media.unwrap().url.unwrap().parse().unwrap();
    let mut base = url.clone();
    base.set_path("/");
    base.set_query(None);
    let client = HttpClient::new(base, HttpSettings::default(), Clock::system()).unwrap();
    let pairs = || url.query_pairs().into_owned().collect::<Vec<_>>();
    let plain = Request::get(url.path()).queries(pairs());
    assert_eq!(client.send(plain.clone()).await.unwrap().status, 200);
    let key = HeaderValue::from_static("Bearer EAA");
    let shown = plain.header(HeaderName::from_static("authorization"), key);
    assert_eq!(client.send(shown).await.unwrap().status, 400);
    let mut longer = pairs();
    longer[0].1 = "ffffffff".to_owned();
    let longer = Request::get(url.path()).queries(longer);
    assert_eq!(client.send(longer).await.unwrap().status, 403);
}

/// More than was ever held in memory: it goes to the disk as it comes.
#[tokio::test]
async fn a_document_of_seventy_megabytes_is_fetched_and_a_larger_one_than_the_provider_carries_is_not()
 {
    let large = vec![b'a'; 70 << 20];
    for provider in [Provider::Ycloud, Provider::Evolution] {
        let bench = Bench::of(provider).await;
        let webhook = bench.writes(ANA, vec![document(&large)]);
        let message = bench.read(&webhook).remove(0);
        let fetched = bench.fetch(&message).await.unwrap();
        assert_eq!(fetched.bytes, 70 << 20, "{provider:?}");
        let kept = std::fs::metadata(bench.place()).unwrap();
        assert_eq!(kept.len(), 70 << 20, "{provider:?}");
    }
    drop(large);
    for (provider, from) in [
        (Provider::Telegram, "77112233"),
        (Provider::Messenger, "6677001122334455"),
    ] {
        let bench = Bench::of(provider).await;
        let most = usize::try_from(largest_file(provider)).unwrap();
        let webhook = bench.writes(from, vec![document(&vec![b'a'; most + 1])]);
        let message = bench.read(&webhook).remove(0);
        let refused = bench.fetch(&message).await;
        assert!(
            matches!(refused, Err(MediaFailure::TooLarge)),
            "{provider:?}: {refused:?}"
        );
        let webhook = bench.writes(from, vec![document(&vec![b'a'; most])]);
        let message = bench.read(&webhook).remove(0);
        let fetched = bench.fetch(&message).await.unwrap();
        assert_eq!(fetched.bytes, largest_file(provider), "{provider:?}");
    }
}
