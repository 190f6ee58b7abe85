mod meta;
mod others;

use std::collections::BTreeMap;
use std::time::Duration;

use rumbo_channels::{Channel as _, Provider, WebhookRefusal};
use rumbo_db::testing::TestDb;
use rumbo_db::{Tx, on_tx};
use rumbo_platform::Scope;
use serde_json::{Value, json};

use super::*;
use crate::testing::{
    AllSigned, Signed, at, call, channel, in_both, scope, sent, signature, state,
};

fn delivery(scope: &Scope, body: &Value) -> NewDelivery {
    let body = body.to_string();
    let headers = BTreeMap::from([("x-signature".to_owned(), signature(body.as_bytes()))]);
    let request = call(body.as_bytes(), &headers, scope.now());
    Signed.verify(&request).unwrap();
    let told = Signed.read(&request).unwrap();
    fresh(
        &scope.entropy,
        Provider::WhatsappCloud,
        None,
        &request,
        &told,
    )
    .unwrap()
}

async fn keep_now(scope: &Scope, deliveries: Vec<NewDelivery>) {
    let mut tx = scope.write().await.unwrap();
    store::keep(&mut tx, scope.workspace, deliveries)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn work_off(scope: &Scope) -> Processed {
    process_due(scope, &AllSigned, &AllSigned, 1_000)
        .await
        .unwrap()
}

fn message(number: usize) -> Value {
    json!({ "kind": "message", "id": format!("in-{number}"), "body": format!("Hola {number}"),
        "at": format!("2026-11-20T10:{:02}:00Z", number % 60), "address": format!("+55119876543{:02}", number % 7) })
}

fn told(key: &str, events: Vec<Value>) -> Value {
    json!({ "key": key, "events": events })
}

#[tokio::test]
async fn calls_again_are_counted_and_change_nothing() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        tx.commit().await.unwrap();
        let body = told("k1", vec![message(1), message(2)]);
        // Twice in one commit, and once more later.
        keep_now(
            &scope,
            vec![delivery(&scope, &body), delivery(&scope, &body)],
        )
        .await;
        assert_eq!(work_off(&scope).await.settled, 1);
        let before = state(&scope).await;
        keep_now(&scope, vec![delivery(&scope, &body)]).await;
        assert_eq!(work_off(&scope).await, Processed::default());
        assert_eq!(state(&scope).await, before);
        let mut tx = scope.read().await.unwrap();
        let repeats: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT repeats FROM webhook_deliveries"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!(repeats, 2);
        let last = last_deliveries(&mut tx, scope.workspace).await.unwrap();
        assert_eq!((last.len(), last[0].waiting, last[0].refused), (1, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_status_of_an_unknown_message_waits_and_holds_up_nothing() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        tx.commit().await.unwrap();
        let body = told(
            "k1",
            vec![
                json!({ "kind": "status", "id": "out-1", "status": "delivered" }),
                message(1),
                json!({ "kind": "news", "of": "tomorrow" }),
            ],
        );
        keep_now(&scope, vec![delivery(&scope, &body)]).await;
        let done = work_off(&scope).await;
        assert_eq!((done.settled, done.waiting), (0, 1));
        assert!(state(&scope).await[0].contains("Hola 1"));
        // Not again before its time.
        assert_eq!(work_off(&scope).await, Processed::default());
        let mut tx = scope.write().await.unwrap();
        let conversation: rumbo_base::ConversationId = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT id FROM conversations"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        sent(
            &mut tx,
            &scope,
            ours,
            conversation,
            Some("out-1"),
            scope.now(),
        )
        .await;
        tx.commit().await.unwrap();
        scope.clock.advance(Duration::from_secs(3));
        assert_eq!(work_off(&scope).await.settled, 1);
        assert!(
            state(&scope)
                .await
                .iter()
                .any(|line| line.contains("delivered"))
        );
        // One that never comes is given up after as long as providers repeat calls.
        let lost = told(
            "k2",
            vec![json!({ "kind": "status", "id": "out-2", "status": "read" })],
        );
        keep_now(&scope, vec![delivery(&scope, &lost)]).await;
        work_off(&scope).await;
        scope.clock.advance(Duration::from_hours(24 * 8));
        assert_eq!(work_off(&scope).await.refused, 1);
        let mut tx = scope.read().await.unwrap();
        let last = last_deliveries(&mut tx, scope.workspace).await.unwrap();
        assert_eq!(last[0].reason.as_deref(), Some("message_unknown"));
    })
    .await;
}

/// The same events in whatever order, parts and number of times.
#[tokio::test]
async fn any_order_of_the_same_calls_leads_to_the_same_state() {
    let mut expected = None;
    for round in 0..6_usize {
        for db in [TestDb::sqlite().await, TestDb::postgres().await] {
            let scope = scope(&db).await;
            let mut tx = scope.write().await.unwrap();
            let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
            tx.commit().await.unwrap();
            keep_now(
                &scope,
                vec![delivery(&scope, &told("first", vec![message(0)]))],
            )
            .await;
            work_off(&scope).await;
            let mut tx = scope.write().await.unwrap();
            let conversation: rumbo_base::ConversationId = on_tx!(&mut tx, |c| sqlx::query_scalar(
                "SELECT id FROM conversations"
            )
            .fetch_one(c)
            .await)
            .unwrap();
            sent(
                &mut tx,
                &scope,
                ours,
                conversation,
                Some("out-1"),
                at("2026-11-20T09:00:00Z"),
            )
            .await;
            tx.commit().await.unwrap();
            let mut events: Vec<Value> = (1..20).map(message).collect();
            for (number, word) in ["sent", "delivered", "read"].iter().enumerate() {
                events.push(json!({ "kind": "status", "id": "out-1", "status": word,
                    "at": format!("2026-11-20T09:00:{:02}Z", number + 1) }));
            }
            // A shuffle that repeats, another one each round.
            events.sort_by_key(|event| {
                let text = format!("{round}{event}");
                text.bytes().fold(round * 7 + 1, |hash, byte| {
                    hash.wrapping_mul(31).wrapping_add(usize::from(byte))
                })
            });
            let parts = events.chunks(round + 1).chain(events.chunks(5).take(2));
            for (number, part) in parts.enumerate() {
                let body = told(&format!("k{number}"), part.to_vec());
                keep_now(&scope, vec![delivery(&scope, &body); round % 2 + 1]).await;
                if number % 3 == 0 {
                    work_off(&scope).await;
                }
            }
            for _ in 0..3 {
                work_off(&scope).await;
                scope.clock.advance(Duration::from_mins(2));
            }
            let sqlite = matches!(scope.read().await.unwrap(), Tx::Sqlite(_));
            let found = state(&scope).await;
            // The two databases write instants each in its own way.
            let all = expected.get_or_insert_with(BTreeMap::new);
            let first = all.entry(sqlite).or_insert_with(|| found.clone());
            assert_eq!(*first, found, "round {round}");
        }
    }
}

#[test]
fn what_is_not_signed_or_cut_off_is_refused() {
    let body = told("k1", vec![message(1)]).to_string();
    let signed = BTreeMap::from([("x-signature".to_owned(), signature(body.as_bytes()))]);
    let now = at("2026-11-20T12:00:00Z");
    let none = BTreeMap::new();
    let unsigned = call(body.as_bytes(), &none, now);
    assert_eq!(Signed.verify(&unsigned), Err(WebhookRefusal::Unsigned));
    for cut in 0..body.len() {
        let part = &body.as_bytes()[..cut];
        let request = call(part, &signed, now);
        assert_eq!(Signed.verify(&request), Err(WebhookRefusal::BadSignature));
        assert!(Signed.read(&request).is_err());
    }
}

#[tokio::test]
async fn two_that_work_at_once_do_each_delivery_once() {
    let db = TestDb::postgres().await;
    let scope = scope(&db).await;
    let mut tx = scope.write().await.unwrap();
    channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
    tx.commit().await.unwrap();
    let deliveries = (0..60)
        .map(|n| delivery(&scope, &told(&format!("k{n}"), vec![message(n)])))
        .collect();
    keep_now(&scope, deliveries).await;
    let (one, two) = tokio::join!(
        process_due(&scope, &AllSigned, &AllSigned, 1_000),
        process_due(&scope, &AllSigned, &AllSigned, 1_000)
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    // What one could not do for the other's sake is done at the next turn.
    let mut settled = one.settled + two.settled;
    scope.clock.advance(Duration::from_secs(10));
    settled += work_off(&scope).await.settled;
    assert_eq!(settled, 60, "{one:?} {two:?}");
    let messages = state(&scope)
        .await
        .iter()
        .filter(|line| line.contains("Hola"))
        .count();
    assert_eq!(messages, 60);
}

#[tokio::test]
async fn what_the_intake_answered_is_kept() {
    in_both(async |scope| {
        let intake = Intake::start(scope.db.clone());
        let mut answers = tokio::task::JoinSet::new();
        for n in 0..200 {
            let (intake, workspace) = (intake.clone(), scope.workspace);
            // Every tenth is the one before again.
            let key = if n % 10 == 9 { n - 1 } else { n };
            let new = delivery(&scope, &told(&format!("k{key}"), vec![message(n)]));
            answers.spawn(async move { intake.keep(workspace, new).await });
        }
        while let Some(answer) = answers.join_next().await {
            answer.unwrap().unwrap();
        }
        let mut tx = scope.read().await.unwrap();
        let (rows, repeats): (i64, i64) = on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT COUNT(*), CAST(SUM(repeats) AS BIGINT) FROM webhook_deliveries"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!((rows, repeats), (180, 20));
    })
    .await;
}
