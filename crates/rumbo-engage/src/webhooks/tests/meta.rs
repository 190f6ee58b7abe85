//! Calls as Meta makes them (the fixtures of pywa, MIT, which `rumbo-channels` has), in every order,
//! cut off, and signed by somebody else.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rumbo_base::{ChannelId, ConversationId, Result, Secret};
use rumbo_channels::{Provider, Told, WebhookRefusal, WebhookRequest, read_meta, verify_meta};
use rumbo_db::testing::TestDb;
use rumbo_db::{Tx, on_tx};
use rumbo_platform::Scope;
use serde_json::Value;
use sha2::Sha256;

use super::keep_now;
use crate::testing::{AllSigned, at, call, channel_of, scope, sent, state};
use crate::webhooks::{Readers, fresh, process_due};

const SECRET: &str = "an app secret of tests";

/// Reads with Meta's own reader.
struct Meta;

#[async_trait]
impl Readers for Meta {
    async fn read(
        &self,
        _: &Scope,
        _: Provider,
        _: Option<ChannelId>,
        request: &WebhookRequest<'_>,
    ) -> Result<Option<Result<Told, WebhookRefusal>>> {
        Ok(Some(read_meta(request)))
    }
}

/// The bodies of all fixtures. Their authors gave every message the same id: each gets one of its
/// own, so that none is taken for another.
fn bodies() -> Vec<Vec<u8>> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../rumbo-channels/tests/it/fixtures/webhooks");
    let mut bodies = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let all: BTreeMap<String, Value> =
            serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for (name, mut body) in all {
            let messages = body.pointer_mut("/entry/0/changes/0/value/messages");
            for message in messages.and_then(Value::as_array_mut).into_iter().flatten() {
                message["id"] = format!("wamid.{name}").into();
            }
            bodies.push(serde_json::to_vec(&body).unwrap());
        }
    }
    bodies
}

fn signed(body: &[u8]) -> BTreeMap<String, String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    BTreeMap::from([("x-hub-signature-256".to_owned(), signature)])
}

async fn hand_in(scope: &Scope, body: &[u8]) {
    let headers = signed(body);
    let request = call(body, &headers, scope.now());
    verify_meta(&Secret::new(SECRET.to_owned()), &request).unwrap();
    let told = read_meta(&request).unwrap();
    let new = fresh(
        &scope.entropy,
        Provider::WhatsappCloud,
        None,
        &request,
        &told,
    );
    keep_now(scope, vec![new.unwrap()]).await;
}

#[tokio::test]
async fn every_order_of_what_meta_tells_leads_to_the_same_state() {
    let all = bodies();
    assert!(all.len() > 30, "{}", all.len());
    let mut expected: BTreeMap<bool, Vec<String>> = BTreeMap::new();
    for round in 0..4_usize {
        for db in [TestDb::sqlite().await, TestDb::postgres().await] {
            let scope = scope(&db).await;
            let mut tx = scope.write().await.unwrap();
            let ours = channel_of(
                &mut tx,
                &scope,
                Provider::WhatsappCloud,
                "Reception",
                "1122334455667",
            )
            .await;
            tx.commit().await.unwrap();
            // Somebody whom we wrote to: the statuses are of that message.
            hand_in(&scope, &all[all.len() / 2]).await;
            process_due(&scope, &Meta, &AllSigned, 10).await.unwrap();
            let mut tx = scope.write().await.unwrap();
            let conversation: Option<ConversationId> = on_tx!(&mut tx, |c| sqlx::query_scalar(
                "SELECT id FROM conversations"
            )
            .fetch_optional(c)
            .await)
            .unwrap();
            if let Some(conversation) = conversation {
                let when = at("2023-10-25T00:00:00Z");
                sent(
                    &mut tx,
                    &scope,
                    ours,
                    conversation,
                    Some("wamid.xyzxyz"),
                    when,
                )
                .await;
            }
            tx.commit().await.unwrap();
            let mut order: Vec<&Vec<u8>> = all.iter().collect();
            order.sort_by_key(|body| {
                body.iter().fold(round * 977 + 1, |hash, byte| {
                    hash.wrapping_mul(31).wrapping_add(usize::from(*byte))
                })
            });
            for (number, body) in order.into_iter().enumerate() {
                hand_in(&scope, body).await;
                if number % (round + 2) == 0 {
                    hand_in(&scope, body).await;
                    process_due(&scope, &Meta, &AllSigned, 3).await.unwrap();
                }
            }
            for _ in 0..3 {
                process_due(&scope, &Meta, &AllSigned, 1_000).await.unwrap();
                scope.clock.advance(Duration::from_secs(60));
            }
            let found = state(&scope).await;
            let sqlite = matches!(scope.read().await.unwrap(), Tx::Sqlite(_));
            let first = expected.entry(sqlite).or_insert_with(|| found.clone());
            assert_eq!(*first, found, "round {round}");
            assert!(found.len() > 20, "{found:#?}");
            assert!(found.iter().any(|line| line.contains("read")), "{found:#?}");
        }
    }
}

#[test]
fn a_call_that_was_cut_off_or_signed_by_another_is_refused() {
    for body in bodies() {
        let headers = signed(&body);
        let secret = Secret::new(SECRET.to_owned());
        let now = at("2026-11-20T12:00:00Z");
        verify_meta(&secret, &call(&body, &headers, now)).unwrap();
        let stranger = Secret::new("another secret".to_owned());
        assert_eq!(
            verify_meta(&stranger, &call(&body, &headers, now)),
            Err(WebhookRefusal::BadSignature)
        );
        let none = BTreeMap::new();
        assert_eq!(
            verify_meta(&secret, &call(&body, &none, now)),
            Err(WebhookRefusal::Unsigned)
        );
        for cut in (0..body.len()).step_by(37) {
            let part = call(&body[..cut], &headers, now);
            assert_eq!(
                verify_meta(&secret, &part),
                Err(WebhookRefusal::BadSignature)
            );
            assert!(read_meta(&part).is_err());
        }
    }
}
