//! How long a search as you type takes among many contacts, against the plain scan of all of them
//! in the same run.
//!
//! `cargo run --release -p rumbo-crm --example contact_search_bench [CONTACTS] [POSTGRES_URL]` fills
//! a workspace with 1 million contacts, or as many as said, in an embedded database, or in an
//! empty schema of a server, and times the first page of each search.

#![expect(
    clippy::unwrap_used,
    reason = "a program of its own, to be read by a person"
)]

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Clock, ContactId, Entropy, PageRequest, WorkspaceId};
use rumbo_crm::contacts::{self, Filter};
use rumbo_db::{Db, DbResultExt as _, on_tx, sqlx};
use rumbo_platform::Scope;
use uuid::Uuid;

const WORKSPACE: u128 = 0xAAAA;
const BATCH: u32 = 1_000;
const FIRST: [&str; 24] = [
    "ana", "bruno", "carla", "diego", "elena", "fabio", "gabriela", "hugo", "ines", "joao",
    "karina", "lucas", "maria", "nicolas", "olga", "pedro", "quiteria", "rafael", "sofia", "tomas",
    "ursula", "valeria", "wanda", "ximena",
];
const LAST: [&str; 20] = [
    "silva",
    "souza",
    "gonzalez",
    "rodriguez",
    "pereira",
    "fernandez",
    "lopez",
    "costa",
    "gomez",
    "diaz",
    "oliveira",
    "santos",
    "romero",
    "alvarez",
    "torres",
    "ruiz",
    "ferreira",
    "benitez",
    "acosta",
    "medina",
];
const HOSTS: [&str; 4] = ["gmail.com", "hotmail.com", "outlook.com", "acme.com.br"];

/// What people type, and what it is like.
const SEARCHES: [(&str, &str); 12] = [
    ("a", "one letter"),
    ("an", "two letters"),
    ("zq", "two letters that begin no word"),
    ("gmail", "in a quarter of all"),
    ("ana", "a common name"),
    ("ana souza", "two common words"),
    ("wanda med", "two rarer words"),
    ("nzal", "the middle of a word"),
    ("+55 11 9 0004-2", "the beginning of a number"),
    ("0042137", "the end of a number"),
    ("ana.souza.4321@", "an address"),
    ("nobody here", "nothing"),
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
        "{count} contacts written and indexed in {took:.1?}, {:.0} a second",
        f64::from(count) / took.as_secs_f64()
    );
    println!(
        "{:<34} {:>6} {:>9} {:>9} {:>9} {:>10} {:>8}",
        "search", "found", "p50 ms", "p95 ms", "max ms", "scan ms", "ratio"
    );
    let mut all = Vec::new();
    for (search, what) in SEARCHES {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..20 {
            let started = Instant::now();
            found = first_page(&scope, search).await;
            times.push(started.elapsed());
        }
        let mut scans = Vec::new();
        for _ in 0..3 {
            let started = Instant::now();
            scan(&scope, search).await;
            scans.push(started.elapsed());
        }
        let (fast, slow) = (part(&mut times, 50), part(&mut scans, 50));
        println!(
            "{:<34} {found:>6} {:>9.2} {:>9.2} {:>9.2} {:>10.2} {:>8.1}",
            format!("{search} ({what})"),
            ms(fast),
            ms(part(&mut times, 95)),
            ms(part(&mut times, 100)),
            ms(slow),
            slow.as_secs_f64() / fast.as_secs_f64()
        );
        all.extend(times);
    }
    println!(
        "all searches: p50 {:.2} ms, p95 {:.2} ms, max {:.2} ms",
        ms(part(&mut all, 50)),
        ms(part(&mut all, 95)),
        ms(part(&mut all, 100))
    );
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

async fn first_page(scope: &Scope, search: &str) -> usize {
    let mut tx = scope.read().await.unwrap();
    let filter = Filter {
        search: Some(search.to_owned()),
        ..Filter::default()
    };
    let page = contacts::list(&mut tx, scope.workspace, &filter, &PageRequest::default())
        .await
        .unwrap();
    page.rows.len()
}

/// The same by comparing every contact: what a search without an index does.
async fn scan(scope: &Scope, search: &str) {
    let phone = search
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+- ".contains(&b));
    let words: Vec<String> = if phone {
        let digits = search.chars().filter(char::is_ascii_digit).collect();
        vec![digits]
    } else {
        search.split(' ').map(str::to_owned).collect()
    };
    let mut patterns = words.iter().map(|word| format!("%{word}%"));
    let (one, two) = (
        patterns.next().unwrap_or_default(),
        patterns.next().unwrap_or_else(|| "%".to_owned()),
    );
    let mut tx = scope.read().await.unwrap();
    let found: Vec<ContactId> = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT id FROM contacts WHERE workspace_id = $1 AND search LIKE $2 AND search LIKE $3 \
         ORDER BY updated_at DESC, id DESC LIMIT 101"
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
    tx.commit().await.unwrap();
    for hundred in 0..count.div_ceil(100 * BATCH) {
        let mut tx = scope.write().await.unwrap();
        let from = hundred * 100 * BATCH;
        for batch in 0..100 {
            let from = from + batch * BATCH;
            let until = (from + BATCH).min(count);
            if from < until {
                insert(scope, &mut tx, from..until, now).await;
            }
        }
        tx.commit().await.unwrap();
    }
    if let Db::Postgres(db) = &scope.db {
        sqlx::query("VACUUM ANALYZE contacts, _contact_search")
            .execute(&db.pool)
            .await
            .unwrap();
    }
}

async fn insert(
    scope: &Scope,
    tx: &mut rumbo_db::Tx,
    numbers: std::ops::Range<u32>,
    now: DateTime<Utc>,
) {
    on_tx!(tx, |c| {
        let mut insert = sqlx::QueryBuilder::<DB>::new(
            "INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, email, phone, custom, tags, \
             search, first_seen_at, created_at, updated_at) ",
        );
        insert.push_values(numbers, |mut row, number| {
            let pick = |of: &[&'static str], step: u32| {
                let place = usize::try_from(number / step).unwrap_or_default() % of.len();
                of.get(place).copied().unwrap_or_default()
            };
            // Wanda is rare, and every name comes with every other.
            let first = if number % 97 == 0 { "wanda" } else { pick(&FIRST, 1) };
            let last = pick(&LAST, 24);
            let email = format!("{first}.{last}.{number}@{}", pick(&HOSTS, 480));
            let phone = format!("+551190{number:07}");
            let search = format!("{first} {last} {email} {}", phone.trim_start_matches('+'));
            let changed = now - TimeDelta::seconds(i64::from(number % 1_000_003));
            row.push_bind(scope.workspace)
                .push_bind(scope.id::<ContactId>())
                .push_bind("prospect")
                .push_bind("lead")
                .push_bind("META_ADS")
                .push_bind(format!("{first} {last}"))
                .push_bind(email)
                .push_bind(phone)
                .push("'{}'")
                .push("'[]'")
                .push_bind(search)
                .push_bind(changed)
                .push_bind(changed)
                .push_bind(changed);
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
