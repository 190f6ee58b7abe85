//! How many webhook calls are verified, read and kept a second, how long each waits for its answer,
//! and how fast what was kept is worked on.
//!
//! `cargo run --release -p rumbo-engage --example webhook_bench [CALLS] [A_SECOND] [POSTGRES_URL]`
//! hands in 40,000 calls of one message each at 2,500 a second, or as said, as an open stream: a
//! call is handed in when its time has come, whether or not those before it were answered.

#![expect(
    clippy::unwrap_used,
    reason = "a program of its own, to be read by a person"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rumbo_base::{ChannelId, Clock, Entropy, Result, Secret};
use rumbo_channels::{Provider, Told, WebhookRefusal, WebhookRequest, read_meta, verify_meta};
use rumbo_db::{Db, on_tx, sqlx};
use rumbo_engage::webhooks::{Intake, LeadDesk, Readers, fresh, process_due};
use rumbo_platform::{Scope, testing};
use serde_json::json;

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

#[async_trait]
impl LeadDesk for Meta {
    async fn fetch(&self, _: &Scope, _: &str, _: &str) -> Result<()> {
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u32 = arguments
        .next()
        .map_or(40_000, |text| text.parse().unwrap());
    let rate: u32 = arguments.next().map_or(2_500, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let db = match arguments.next() {
        Some(url) => Db::open_postgres(&url).await.unwrap(),
        None => {
            let path = folder.path().join("rumbo.db");
            Db::open_sqlite(&path, &clock).await.unwrap().0
        }
    };
    let scope = workspace(db, clock).await;
    let secret = Secret::new("an app secret of tests".to_owned());
    let calls: Vec<(String, BTreeMap<String, String>)> = (0..count).map(call).collect();
    let intake = Intake::start(scope.db.clone());
    let mut answers = tokio::task::JoinSet::new();
    let began = Instant::now();
    for (number, (body, headers)) in calls.into_iter().enumerate() {
        let due =
            Duration::from_secs_f64(f64::from(u32::try_from(number).unwrap()) / f64::from(rate));
        if let Some(wait) = due.checked_sub(began.elapsed()) {
            if wait > Duration::from_micros(500) {
                tokio::time::sleep(wait).await;
            } else {
                tokio::task::yield_now().await;
            }
        }
        let (scope, secret, intake) = (scope.clone(), secret.clone(), intake.clone());
        answers.spawn(async move {
            // From when it was due, so that a call that could not even begin counts too.
            let request = WebhookRequest {
                url: "",
                content_type: "application/json",
                headers: &headers,
                body: body.as_bytes(),
                received_at: scope.now(),
            };
            verify_meta(&secret, &request).unwrap();
            let told = read_meta(&request).unwrap();
            let new = fresh(
                &scope.entropy,
                Provider::WhatsappCloud,
                None,
                &request,
                &told,
            )
            .unwrap();
            intake.keep(scope.workspace, new).await.unwrap();
            began.elapsed().saturating_sub(due)
        });
    }
    let mut waits = Vec::new();
    while let Some(wait) = answers.join_next().await {
        waits.push(wait.unwrap());
    }
    let took = began.elapsed();
    println!(
        "{count} calls kept in {took:.2?}, {:.0} a second; answered p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms",
        f64::from(count) / took.as_secs_f64(),
        ms(part(&mut waits, 50)),
        ms(part(&mut waits, 99)),
        ms(part(&mut waits, 100))
    );
    let began = Instant::now();
    let mut settled = 0;
    loop {
        let done = process_due(&scope, &Meta, &Meta, 1_000).await.unwrap();
        if done.settled == 0 {
            break;
        }
        settled += done.settled;
    }
    let took = began.elapsed();
    println!(
        "{settled} worked on in {took:.2?}, {:.0} a second",
        f64::from(settled) / took.as_secs_f64()
    );
    assert_eq!(settled, count, "nothing is lost");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The time that this part of a hundred stays under.
fn part(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}

async fn workspace(db: Db, clock: Clock) -> Scope {
    let scope = testing::make(db, clock, Entropy::system(), testing::named("Bench")).await;
    let mut tx = scope.write().await.unwrap();
    let channel: ChannelId = scope.id();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, active, \
         state, state_since, created_at, updated_at) VALUES ($1, $2, 'Bench', 'whatsapp', 'whatsapp_cloud', '+1', \
         '1122334455667', '{}', '', TRUE, 'connected', $3, $3, $3)"
    )
    .bind(scope.workspace)
    .bind(channel)
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    scope
}

/// A message of one of a thousand people, as Meta tells it, with its signature.
fn call(number: u32) -> (String, BTreeMap<String, String>) {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let from = format!("54911{:08}", number % 1_000);
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550001111", "phone_number_id": "1122334455667" },
            "contacts": [{ "profile": { "name": "Ana" }, "wa_id": from }],
            "messages": [{ "from": from, "id": format!("wamid.{number}"), "timestamp": "1764000000",
                "type": "text", "text": { "body": format!("Hola, quiero un turno para el martes {number}") } }],
        } }] }],
    })
    .to_string();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"an app secret of tests").unwrap();
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let headers = BTreeMap::from([("x-hub-signature-256".to_owned(), signature)]);
    (body, headers)
}
