//! How long a search takes among many messages, against the plain scan of all of them in the same
//! run.
//!
//! `cargo run --release -p rumbo-engage --example message_search_bench [MESSAGES] [POSTGRES_URL]`
//! fills a workspace with 1 million messages, or as many as said, in an embedded database, or in an
//! empty schema of a server, and times each search.

#![expect(
    clippy::unwrap_used,
    reason = "a program of its own, to be read by a person"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, Clock, ConversationId, Entropy, MessageId, WorkspaceId};
use rumbo_db::{Db, DbResultExt as _, Tx, on_tx, sqlx};
use rumbo_engage::conversations;
use rumbo_platform::Scope;
use uuid::Uuid;

const WORKSPACE: u128 = 0xAAAA;
const BATCH: u32 = 500;
const PEOPLE: u32 = 20_000;
const WORDS: [&str; 40] = [
    "hola",
    "gracias",
    "turno",
    "precio",
    "envío",
    "mañana",
    "martes",
    "miércoles",
    "tarde",
    "factura",
    "pago",
    "transferencia",
    "dirección",
    "horario",
    "abierto",
    "consulta",
    "quiero",
    "reservar",
    "cancelar",
    "cambiar",
    "pedido",
    "llegó",
    "todavía",
    "cuándo",
    "cuánto",
    "dónde",
    "sucursal",
    "tarjeta",
    "cuotas",
    "descuento",
    "promoción",
    "stock",
    "talle",
    "color",
    "negro",
    "blanco",
    "zapatillas",
    "campera",
    "garantía",
    "ayuda",
];

/// What people look for, and what it is like.
const SEARCHES: [(&str, &str); 9] = [
    ("hola", "in a fifth of all"),
    ("ho", "the beginning of a common word"),
    ("hola turno", "two common words"),
    ("hola turno miercoles pago", "four common words"),
    ("zanahoria", "in one of a hundred thousand"),
    ("zana", "the beginning of a rare word"),
    ("hola zanahoria", "a common and a rare word"),
    ("pedido0042137", "one message"),
    ("nadie nunca", "nothing"),
];

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u32 = arguments
        .next()
        .map_or(1_000_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let db = match arguments.next() {
        Some(url) => Db::open_postgres(&url).await.unwrap(),
        None => {
            let path = folder.path().join("rumbo.db");
            Db::open_sqlite(&path, &clock).await.unwrap().0
        }
    };
    let scope = Scope {
        db,
        clock,
        entropy: Entropy::seeded(1),
        workspace: WorkspaceId(Uuid::from_u128(WORKSPACE)),
        actor: None,
    };
    let started = Instant::now();
    fill(&scope, count).await;
    let took = started.elapsed();
    println!(
        "{count} messages written and indexed in {took:.1?}, {:.0} a second",
        f64::from(count) / took.as_secs_f64()
    );
    println!(
        "{:<52} {:>6} {:>9} {:>9} {:>9} {:>10} {:>8}",
        "search", "found", "p50 ms", "p95 ms", "max ms", "scan ms", "ratio"
    );
    for (search, what) in SEARCHES {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..20 {
            let started = Instant::now();
            let mut tx = scope.read().await.unwrap();
            found = conversations::search(&mut tx, scope.workspace, search, 50)
                .await
                .unwrap()
                .len();
            times.push(started.elapsed());
        }
        let started = Instant::now();
        scan(&scope, search).await;
        let slow = started.elapsed();
        let fast = part(&mut times, 50);
        println!(
            "{:<52} {found:>6} {:>9.2} {:>9.2} {:>9.2} {:>10.2} {:>8.1}",
            format!("{search} ({what})"),
            ms(fast),
            ms(part(&mut times, 95)),
            ms(part(&mut times, 100)),
            ms(slow),
            slow.as_secs_f64() / fast.as_secs_f64()
        );
    }
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

/// The same by comparing every message: what a search without an index does.
async fn scan(scope: &Scope, search: &str) {
    let mut patterns = search.split(' ').map(|word| format!("%{word}%"));
    let (one, two) = (
        patterns.next().unwrap_or_default(),
        patterns.next().unwrap_or_else(|| "%".to_owned()),
    );
    let mut tx = scope.read().await.unwrap();
    let found: Vec<MessageId> = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT id FROM messages WHERE workspace_id = $1 AND body LIKE $2 AND body LIKE $3 LIMIT 1000000"
    )
    .bind(scope.workspace)
    .bind(&one)
    .bind(&two)
    .fetch_all(c)
    .await)
    .db()
    .unwrap();
    drop(found);
}

async fn fill(scope: &Scope, count: u32) {
    let mut tx = scope.db.write_registry().await.unwrap();
    tx.enter(scope.workspace).await.unwrap();
    let now = scope.now();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, automation_on, bot_on, \
         settings, created_at, updated_at) \
         VALUES ($1, 'bench', 'Bench', 'starter', TRUE, FALSE, 'en', 'UTC', FALSE, FALSE, '{}', $2, $2)"
    )
    .bind(scope.workspace)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    let channel: ChannelId = scope.id();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, active, \
         state, state_since, created_at, updated_at) VALUES ($1, $2, 'Bench', 'whatsapp', 'whatsapp_cloud', '+1', '1', \
         '{}', '', TRUE, 'connected', $3, $3, $3)"
    )
    .bind(scope.workspace)
    .bind(channel)
    .bind(now)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    let people: Vec<ConversationId> = (0..PEOPLE).map(|_| scope.id()).collect();
    for (number, person) in people.iter().enumerate() {
        on_tx!(&mut tx, |c| sqlx::query(
            "INSERT INTO conversations (workspace_id, id, channel_id, address, state, last_message_at, created_at, \
             updated_at) VALUES ($1, $2, $3, $4, 'open', $5, $5, $5)"
        )
        .bind(scope.workspace)
        .bind(person)
        .bind(channel)
        .bind(format!("+54911{number:08}"))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
    }
    tx.commit().await.unwrap();
    for hundred in 0..count.div_ceil(100 * BATCH) {
        let mut tx = scope.write().await.unwrap();
        let from = hundred * 100 * BATCH;
        for batch in 0..100 {
            let from = from + batch * BATCH;
            let until = (from + BATCH).min(count);
            if from < until {
                insert(scope, &mut tx, channel, &people, from..until, now).await;
            }
        }
        tx.commit().await.unwrap();
    }
    if let Db::Postgres(db) = &scope.db {
        sqlx::query("VACUUM ANALYZE messages, _message_search")
            .execute(&db.pool)
            .await
            .unwrap();
    }
}

async fn insert(
    scope: &Scope,
    tx: &mut Tx,
    channel: ChannelId,
    people: &[ConversationId],
    numbers: std::ops::Range<u32>,
    now: DateTime<Utc>,
) {
    on_tx!(tx, |c| {
        let mut insert = sqlx::QueryBuilder::<DB>::new(
            "INSERT INTO messages (workspace_id, id, conversation_id, channel_id, direction, kind, body, address, \
             automatic, origin, status, occurred_at, created_at, updated_at) ",
        );
        insert.push_values(numbers, |mut row, number| {
            let place = |of: u32, most: usize| usize::try_from(of).unwrap_or_default() % most;
            let mut body = String::new();
            // Eight words, each from a place of its own, so that every one comes with every other.
            let mut seed = number.wrapping_mul(2_654_435_761);
            for _ in 0..8 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                body.push_str(WORDS.get(place(seed >> 16, WORDS.len())).copied().unwrap_or_default());
                body.push(' ');
            }
            if number % 100_000 == 17 {
                body.push_str("zanahoria ");
            }
            write!(body, "pedido{number:07}").unwrap();
            let at = now - TimeDelta::seconds(i64::from(3_000_000_u32.saturating_sub(number)));
            row.push_bind(scope.workspace)
                .push_bind(scope.id::<MessageId>())
                .push_bind(people.get(place(number, people.len())).copied())
                .push_bind(channel)
                .push_bind("inbound")
                .push_bind("text")
                .push_bind(body)
                .push_bind("+1")
                .push("FALSE")
                .push_bind("contact")
                .push_bind("received")
                .push_bind(at)
                .push_bind(at)
                .push_bind(at);
        });
        insert
            .build()
            .persistent(false)
            .execute(c)
            .await
            .map(|_| ())
    })
    .unwrap();
}
