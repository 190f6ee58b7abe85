//! Calls as the other providers make them, after their own documentation (`fuzz/seeds/webhook_*`), in
//! every order, twice and cut off. The folders are read, so that a call that is added is tested.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rumbo_base::{ChannelId, Clock, Result, Secret};
use rumbo_channels::{
    Channel, ChannelSettings, Provider, Told, WebhookRefusal, WebhookRequest, open,
};
use rumbo_db::Tx;
use rumbo_db::testing::TestDb;
use rumbo_http::HttpSettings;
use rumbo_platform::Scope;
use serde_json::{Map, Value};

use super::keep_now;
use crate::testing::{AllSigned, call, channel_of, in_both, scope, state};
use crate::webhooks::{Readers, fresh, process_due};

/// Each provider with its folder of calls, what it calls our sender, and whether its calls come to
/// the address of one channel.
const PROVIDERS: [(Provider, &str, &str, bool); 7] = [
    (Provider::Twilio, "webhook_twilio", "+5491152630190", true),
    (Provider::Vonage, "webhook_vonage", "5491152630190", true),
    (
        Provider::Telegram,
        "webhook_telegram",
        "casa_alba_bot",
        true,
    ),
    (Provider::Evolution, "webhook_evolution", "casa-alba", true),
    (Provider::Ycloud, "webhook_ycloud", "+5491152630190", false),
    (Provider::Messenger, "webhook_pages", "111", false),
    (Provider::Instagram, "webhook_pages", "178", false),
];

fn channel(provider: Provider, sender: &str) -> Arc<dyn Channel> {
    let settings = ChannelSettings {
        provider,
        base_url: (provider == Provider::Evolution).then(|| "http://127.0.0.1:9".to_owned()),
        sender: sender.to_owned(),
        sender_id: sender.to_owned(),
        settings: Map::from_iter([("account".to_owned(), Value::from("AC0123456789"))]),
        secrets: ["token", "webhook_secret", "app_secret"]
            .into_iter()
            .map(|name| (name.to_owned(), Secret::from("110201543:a-secret-of-tests")))
            .collect(),
    };
    open(&settings, HttpSettings::default(), Clock::system()).unwrap()
}

/// Reads with the provider's own reader.
struct Own(Arc<dyn Channel>);

#[async_trait]
impl Readers for Own {
    async fn read(
        &self,
        _: &Scope,
        _: Provider,
        _: Option<ChannelId>,
        request: &WebhookRequest<'_>,
    ) -> Result<Option<Result<Told, WebhookRefusal>>> {
        Ok(Some(self.0.read(request)))
    }
}

/// The bodies of a folder, with what they are said to be.
fn bodies(folder: &str) -> Vec<(String, &'static str, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let form = path.extension().is_some_and(|ending| ending == "txt");
            let content_type = if form {
                "application/x-www-form-urlencoded"
            } else {
                "application/json"
            };
            let body = std::fs::read(&path).unwrap().trim_ascii_end().to_vec();
            (path.display().to_string(), content_type, body)
        })
        .collect()
}

async fn hand_in(
    scope: &Scope,
    (provider, id): (Provider, Option<ChannelId>),
    reader: &dyn Channel,
    (_, content_type, body): &(String, &'static str, Vec<u8>),
) {
    let headers = BTreeMap::from([("content-type".to_owned(), (*content_type).to_owned())]);
    let request = WebhookRequest {
        content_type,
        ..call(body, &headers, scope.now())
    };
    // One item of a call is for the fuzzer alone.
    let Ok(told) = reader.read(&request) else {
        return;
    };
    let new = fresh(&scope.entropy, provider, id, &request, &told);
    keep_now(scope, new.into_iter().collect()).await;
}

#[test]
fn every_call_of_the_providers_is_read_or_refused_and_never_taken_unsigned() {
    for (provider, folder, sender, _) in PROVIDERS {
        let channel = channel(provider, sender);
        let mut read = 0;
        for (path, content_type, body) in bodies(folder) {
            let headers = BTreeMap::new();
            let now = "2026-11-20T14:00:10Z".parse().unwrap();
            let request = |body| WebhookRequest {
                content_type,
                ..call(body, &headers, now)
            };
            assert!(channel.verify(&request(&body)).is_err(), "{path}");
            if let Ok(told) = channel.read(&request(&body)) {
                read += 1;
                assert!(
                    !told.events.is_empty() || !told.unknown.is_empty(),
                    "{path}"
                );
            }
            for cut in (0..body.len()).step_by(11) {
                let part = request(body.get(..cut).unwrap());
                assert!(channel.verify(&part).is_err(), "{path}");
                // What is cut off is refused, or of a form as much as came.
                if content_type == "application/json" {
                    assert!(channel.read(&part).is_err(), "{path} at {cut}");
                }
            }
        }
        assert!(read >= 3, "{provider:?}: {read}");
    }
}

#[tokio::test]
async fn every_order_of_what_the_providers_tell_leads_to_the_same_state() {
    for (provider, folder, sender, addressed) in PROVIDERS {
        let all = bodies(folder);
        let mut expected: BTreeMap<bool, Vec<String>> = BTreeMap::new();
        for round in 0..3_usize {
            for db in [TestDb::sqlite().await, TestDb::postgres().await] {
                let scope = scope(&db).await;
                let mut tx = scope.write().await.unwrap();
                let ours = channel_of(&mut tx, &scope, provider, "ours", sender).await;
                tx.commit().await.unwrap();
                let reader = channel(provider, sender);
                let own = Own(reader.clone());
                let whose = (provider, addressed.then_some(ours.id));
                let mut order: Vec<_> = all.iter().collect();
                order.sort_by_key(|(_, _, body)| {
                    body.iter().fold(round * 977 + 1, |hash, byte| {
                        hash.wrapping_mul(31).wrapping_add(usize::from(*byte))
                    })
                });
                for (number, body) in order.into_iter().enumerate() {
                    hand_in(&scope, whose, reader.as_ref(), body).await;
                    if number % (round + 1) == 0 {
                        hand_in(&scope, whose, reader.as_ref(), body).await;
                        process_due(&scope, &own, &AllSigned, 2).await.unwrap();
                    }
                }
                for _ in 0..3 {
                    process_due(&scope, &own, &AllSigned, 1_000).await.unwrap();
                    scope.clock.advance(Duration::from_mins(1));
                }
                let found = state(&scope).await;
                let sqlite = matches!(scope.read().await.unwrap(), Tx::Sqlite(_));
                let first = expected.entry(sqlite).or_insert_with(|| found.clone());
                assert_eq!(*first, found, "{provider:?} in round {round}");
                assert!(found.len() >= 2, "{provider:?}: {found:#?}");
            }
        }
    }
}

/// Evolution writes the key of its instance into every call. It is checked, and kept in the vault alone.
#[tokio::test]
async fn no_key_is_kept_with_a_call() {
    const KEY: &str = "110201543:a-secret-of-tests";
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ours = channel_of(&mut tx, &scope, Provider::Evolution, "ours", "casa-alba").await;
        tx.commit().await.unwrap();
        let body = serde_json::json!({
            "event": "messages.upsert", "instance": "casa-alba", "apikey": KEY, "more": [1, null],
            "data": { "key": { "remoteJid": "5491155551004@s.whatsapp.net", "fromMe": false, "id": "3EB1" },
                      "pushName": "Ana", "message": { "conversation": "Hola" },
                      "messageType": "conversation", "messageTimestamp": 1_795_000_000 },
        })
        .to_string();
        let reader = channel(Provider::Evolution, "casa-alba");
        let headers = BTreeMap::new();
        let request = call(body.as_bytes(), &headers, scope.now());
        let told = reader.read(&request).unwrap();
        let new = fresh(
            &scope.entropy,
            Provider::Evolution,
            Some(ours.id),
            &request,
            &told,
        )
        .unwrap();
        assert_eq!(new.body, body.replace(KEY, ""), "all else as it came");
        let again = fresh(&scope.entropy, Provider::Evolution, Some(ours.id), &request, &told);
        assert_eq!(again.unwrap().key, new.key, "told twice it is one");
        keep_now(&scope, vec![new]).await;
        let done = process_due(&scope, &Own(reader), &AllSigned, 10)
            .await
            .unwrap();
        assert_eq!(done.settled, 1, "{done:?}");
    })
    .await;
}

/// What a person does on YCloud's own list counts for every number of the account.
#[tokio::test]
async fn who_is_on_the_list_of_the_provider_is_not_written_to() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        channel_of(&mut tx, &scope, Provider::Ycloud, "ours", "+5491152630190").await;
        tx.commit().await.unwrap();
        let reader = channel(Provider::Ycloud, "+5491152630190");
        let body = bodies("webhook_ycloud")
            .into_iter()
            .find(|(path, _, _)| path.ends_with("stopped.json"))
            .unwrap();
        hand_in(&scope, (Provider::Ycloud, None), reader.as_ref(), &body).await;
        let done = process_due(&scope, &Own(reader), &AllSigned, 10)
            .await
            .unwrap();
        assert_eq!(done.settled, 1, "{done:?}");
        let mut tx = scope.read().await.unwrap();
        let page = rumbo_base::PageRequest::default();
        let listed = crate::consent::suppressions(&mut tx, &scope, None, None, &page)
            .await
            .unwrap();
        assert_eq!(listed.rows[0].address, "+5491144445555");
        assert_eq!(listed.rows[0].scope, "marketing");
    })
    .await;
}
