//! How long the outbox takes: the dry run of many contacts, planning them, and sending at the pace of
//! a provider on loopback.
//!
//! `cargo run --release -p rumbo-engage --example outbox_bench [CONTACTS] [POSTGRES_URL]` fills a
//! workspace with 100,000 contacts, or as many as said, in an embedded database, or in an empty schema
//! of a server; then it sends 10,000 messages at 1,000 a second.

#![expect(
    clippy::unwrap_used,
    reason = "a program of its own, to be read by a person"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use rumbo_base::{ChannelId, Clock, Entropy, Error, Result};
use rumbo_channels::{
    Accepted, Capabilities, Channel, Found, Outcome, Outgoing, Polled, Provider, Standing, Told,
    WebhookRefusal, WebhookRequest,
};
use rumbo_db::{Db, on_tx, sqlx};
use rumbo_engage::outbox::{
    Audience, Message, OpenChannels, Origin, Plan, Timing, dry_run, plan, run_once, sender,
};
use rumbo_platform::{Scope, testing};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// Messages that are sent, and a second.
const SENT: u32 = 10_000;
const PER_SECOND: u32 = 1_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u32 = arguments
        .next()
        .map_or(100_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let db = match arguments.next() {
        Some(url) => Db::open_postgres(&url).await.unwrap(),
        None => {
            let path = folder.path().join("rumbo.db");
            Db::open_sqlite(&path, &clock).await.unwrap().0
        }
    };
    let scope = testing::make(db, clock, Entropy::system(), testing::named("Bench")).await;
    fill(&scope, count).await;
    let channel = channel(&scope).await;
    let everybody = Audience::Filter {
        status: String::new(),
        source: String::new(),
    };

    let text = text(
        &scope,
        channel,
        "Hi {first_name}, your order is on its way.",
    )
    .await;
    let mut best = [f64::MAX; 2];
    for _ in 0..5 {
        let began = Instant::now();
        let mut tx = scope.read().await.unwrap();
        let counts = dry_run(&mut tx, &scope, &text, &everybody, |_| {})
            .await
            .unwrap();
        assert_eq!(counts.go, i64::from(count));
        best[0] = best[0].min(began.elapsed().as_secs_f64());
    }
    println!("dry run of {count} contacts: {:.2} s (best of 5)", best[0]);
    let began = Instant::now();
    plan(&scope, &text, &everybody).await.unwrap();
    best[1] = began.elapsed().as_secs_f64();
    println!("planning {count} dispatches: {:.2} s", best[1]);

    // What was planned before stands aside, and the few that are sent are the others' neighbours.
    let mut tx = scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "DELETE FROM dispatches WHERE workspace_id = $1 AND id NOT IN \
         (SELECT id FROM dispatches WHERE workspace_id = $1 ORDER BY id LIMIT $2)"
    )
    .bind(scope.workspace)
    .bind(i64::from(SENT))
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let taken = Arc::new(AtomicU64::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&count)));
        }
    });
    let began = Instant::now();
    let opens = Opens(Arc::new(Wire { address }));
    let stop = CancellationToken::new();
    let report = run_once(&scope, &opens, &Timing::default(), &stop)
        .await
        .unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let ideal = f64::from(report.sent) / f64::from(PER_SECOND);
    println!(
        "sending {} messages at {PER_SECOND} a second: {seconds:.2} s, {:+.1} % of the provider's pace; {} taken",
        report.sent,
        (seconds / ideal - 1.0) * 100.0,
        taken.load(Ordering::SeqCst),
    );
}

async fn fill(scope: &Scope, count: u32) {
    let now = scope.now();
    let numbers: Vec<u32> = (0..count).collect();
    for chunk in numbers.chunks(2_000) {
        let mut tx = scope.write().await.unwrap();
        on_tx!(&mut tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, phone, custom, tags, search, \
                 first_seen_at, created_at, updated_at) ",
            );
            insert.push_values(chunk, |mut row, number| {
                row.push_bind(scope.workspace)
                    .push_bind(scope.entropy.uuid(now))
                    .push("'prospect', 'lead', 'MANUAL'")
                    .push_bind(format!("Ana {number}"))
                    .push_bind(format!("+55119{:08}", 10_000_000 + number))
                    .push("'{}', '[]'")
                    .push_bind(format!("ana {number}"))
                    .push_bind(now)
                    .push_bind(now)
                    .push_bind(now);
            });
            insert
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .unwrap();
        tx.commit().await.unwrap();
    }
}

async fn channel(scope: &Scope) -> ChannelId {
    let id: ChannelId = scope.id();
    let mut tx = scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, \
         active, state, state_since, created_at, updated_at) \
         VALUES ($1, $2, 'SMS', 'sms', 'twilio', '+5511900000000', '', '{}', '', TRUE, 'connected', $3, $3, $3)"
    )
    .bind(scope.workspace)
    .bind(id)
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn text(scope: &Scope, channel: ChannelId, body: &str) -> Plan {
    let mut tx = scope.read().await.unwrap();
    Plan {
        origin: Origin::BulkSend,
        origin_id: scope.entropy.uuid(scope.now()),
        step: String::new(),
        occurrence: String::new(),
        sender: sender(&mut tx, scope.workspace, channel).await.unwrap(),
        message: Message::text(None, body).unwrap(),
        due_at: scope.now(),
        expires_at: None,
        budget: None,
        waits: false,
    }
}

async fn serve(stream: TcpStream, taken: Arc<AtomicU64>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    while let Ok(Some(id)) = lines.next_line().await {
        taken.fetch_add(1, Ordering::SeqCst);
        if write
            .write_all(format!("m-{id}\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
    }
}

struct Opens(Arc<dyn Channel>);

#[async_trait]
impl OpenChannels for Opens {
    async fn open(&self, _: &Scope, _: ChannelId) -> Result<Arc<dyn Channel>> {
        Ok(Arc::clone(&self.0))
    }
}

/// Speaks to the provider: one connection for each message.
struct Wire {
    address: String,
}

#[async_trait]
impl Channel for Wire {
    fn provider(&self) -> Provider {
        Provider::Twilio
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: false,
            templates: false,
            longest_text: None,
            window_hours: None,
            per_second: PER_SECOND,
            per_pair_minute: None,
            statuses: false,
            reads: false,
            polls: false,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let asked = async {
            let mut stream = TcpStream::connect(&self.address).await?;
            stream
                .write_all(format!("{}\n", message.dispatch_id).as_bytes())
                .await?;
            BufReader::new(stream).lines().next_line().await
        };
        match asked.await {
            Ok(Some(id)) => Outcome::Accepted(Accepted {
                id,
                address: None,
                held: false,
            }),
            other => Outcome::Unknown {
                text: format!("{other:?}"),
                code: None,
            },
        }
    }

    async fn find(&self, _: &str, _: Option<&str>, _: &str) -> Result<Found, Error> {
        Ok(Found::Cannot)
    }

    async fn check(&self) -> Result<Standing, Error> {
        Err(Error::internal("not asked"))
    }

    fn verify(&self, _: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        Err(WebhookRefusal::Unsigned)
    }

    fn read(&self, _: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        Ok(Told::default())
    }

    async fn poll(&self, _: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}
