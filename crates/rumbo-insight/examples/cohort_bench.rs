//! How long cohorts and predictions take.
//!
//! `cargo run --release -p rumbo-insight --example cohort_bench [FOLDER]` fills an embedded database with
//! a million contacts of 37 months, 200,000 sales of 90,000 of them, and the spend of 100 campaigns,
//! and times each report. With FOLDER the data stay there and are used again.

#![expect(
    clippy::unwrap_used,
    reason = "a program of its own, to be read by a person"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use rumbo_base::{Clock, Currency, DateRange, Entropy, WorkspaceId};
use rumbo_db::{Db, sqlx};
use rumbo_insight::cohort::{AcquiredBy, CohortRequest, CohortStart, CohortsBy, cohorts};
use rumbo_platform::Scope;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

const CONTACTS: i64 = 1_000_000;
const SALES: i64 = 200_000;
const CUSTOMERS: i64 = 90_000;
const CAMPAIGNS: i64 = 100;
const DAYS: i64 = 1_111;
const TIMES: usize = 15;
const WORKSPACE: u128 = 0xAAAA;

#[tokio::main]
async fn main() {
    let given = std::env::args().nth(1).map(PathBuf::from);
    let temporary = tempfile::tempdir().unwrap();
    let file = given
        .unwrap_or_else(|| temporary.path().to_owned())
        .join("cohorts.db");
    let clock = Clock::system();
    if !file.exists() {
        let (db, _) = Db::open_sqlite(&file, &clock).await.unwrap();
        db.close().await;
        fill(&file).await;
    }
    let (db, _) = Db::open_sqlite(&file, &clock).await.unwrap();
    let scope = Scope {
        db,
        clock,
        entropy: Entropy::seeded(1),
        workspace: WorkspaceId(uuid::Uuid::from_u128(WORKSPACE)),
        actor: None,
    };
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let request = |by, start, from| CohortRequest {
        by,
        range: DateRange::new(day(from), day("2026-11-19")).unwrap(),
        start,
        acquired_by: AcquiredBy::LastTouch,
        campaign: None,
        until: Some(day("2026-11-19")),
        value_months: 3,
        histories: false,
    };
    println!("{:<44} {:>9} {:>9}", "report", "p50 ms", "max ms");
    for (name, request) in [
        (
            "by month, 12 months",
            request(CohortsBy::Month, CohortStart::Sale, "2025-12-01"),
        ),
        (
            "by month, 37 months",
            request(CohortsBy::Month, CohortStart::Sale, "2023-11-01"),
        ),
        (
            "by campaign, 12 months",
            request(CohortsBy::Campaign, CohortStart::Sale, "2025-12-01"),
        ),
        (
            "by month, 12 months, first touch",
            CohortRequest {
                acquired_by: AcquiredBy::FirstTouch,
                ..request(CohortsBy::Month, CohortStart::Sale, "2025-12-01")
            },
        ),
        (
            "leads by month, 12 months",
            request(CohortsBy::Month, CohortStart::Lead, "2025-12-01"),
        ),
    ] {
        let mut taken: Vec<Duration> = Vec::new();
        // The first call opens connections and prepares statements.
        for _ in 0..=TIMES {
            let started = Instant::now();
            drop(cohorts(&scope, request).await.unwrap());
            taken.push(started.elapsed());
        }
        print(name, taken.split_off(1));
    }
    let kept = CohortRequest {
        histories: true,
        ..request(CohortsBy::Month, CohortStart::Sale, "2025-12-01")
    };
    let report = cohorts(&scope, kept).await.unwrap();
    let mut taken: Vec<Duration> = Vec::new();
    for _ in 0..3 {
        let started = Instant::now();
        let made = report.histories.predict(Currency::USD, 12, 0.01);
        taken.push(started.elapsed());
        if let Err(refused) = made {
            println!("not predicted: {refused:?}");
        }
    }
    print("prediction, on top", taken);
    scope.db.close().await;
}

fn print(name: &str, mut taken: Vec<Duration>) {
    taken.sort();
    let at = |place: usize| {
        let place = place.min(taken.len() - 1);
        taken.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    };
    println!(
        "{name:<44} {:>9.0} {:>9.0}",
        at(taken.len() / 2),
        at(taken.len())
    );
}

async fn run(c: &mut SqliteConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.unwrap();
}

/// Fills the tables set by set, straight into the file: this measures reading, not writing.
async fn fill(file: &Path) {
    let mut c = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false)
        .pragma("synchronous", "OFF")
        .connect()
        .await
        .unwrap();
    let now = "2026-11-20T12:00:00+00:00";
    let ws = format!("unhex('{WORKSPACE:032x}')");
    let id = |kind: char, n: &str| format!("unhex(printf('{kind}%031x', {n}))");
    let count = |to: i64| {
        format!("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {to})")
    };
    // When the contact of a number was first seen, in minutes before now.
    let seen =
        |n: &str| format!("CAST(({CONTACTS} - {n}) * {DAYS} * 1440.0 / {CONTACTS} AS INTEGER)");
    let moment = |minutes: &str| {
        format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-11-20', '-' || {minutes} || ' minutes')")
    };
    let campaign = |n: &str| id('2', &format!("1 + {n} * 7919 % {CAMPAIGNS}"));
    run(&mut c, "BEGIN".to_owned()).await;
    run(&mut c, format!("INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, currency, automation_on, bot_on, settings, created_at, updated_at) VALUES ({ws}, 'bench', 'Bench', 'pro', 1, 0, 'en', 'America/Argentina/Buenos_Aires', 'USD', 0, 0, '{{}}', '{now}', '{now}')")).await;
    run(&mut c, format!("INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, status, selected, last_synced_at, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', '1', 'Account', 'USD', 'America/Sao_Paulo', 'active', 1, '{now}', '{{}}', '{now}', '{now}', '{now}'", id('1', "1"))).await;
    run(&mut c, format!("{} INSERT INTO ad_campaigns (workspace_id, id, platform, external_id, ad_account_id, name, status, synced, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', n, {}, 'Campaign ' || n, 'active', 1, '{{}}', '{now}', '{now}', '{now}' FROM t", count(CAMPAIGNS), id('2', "n"), id('1', "1"))).await;
    let figures = "ad_rows, impressions, clicks, link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, impressions_rows, clicks_rows, link_clicks_rows, spend_rows";
    run(&mut c, format!("{} INSERT INTO account_days (workspace_id, day, ad_account_id, currency, {figures}) SELECT {ws}, date('2026-11-20', '-' || n || ' days'), {}, 'USD', 9, 900, 90, 60, 90000000, 0, 0, 0, 9, 9, 9, 9 FROM t", count(DAYS), id('1', "1"))).await;
    run(&mut c, format!("{} INSERT INTO campaign_month_sums (workspace_id, ad_account_id, day, ad_campaign_id, {figures}) SELECT {ws}, {}, date('2026-11-20', '-' || t.n || ' days'), c.id, 9, 900, 90, 60, 900000, 0, 0, 0, 9, 9, 9, 9 FROM t CROSS JOIN ad_campaigns c", count(DAYS), id('1', "1"))).await;
    run(&mut c, format!("{} INSERT INTO touchpoints (workspace_id, id, contact_id, occurred_at, kind, source, ad_campaign_id, created_at, updated_at) SELECT {ws}, {}, {}, {}, 'lead_form', 'META_ADS', {}, '{now}', '{now}' FROM t WHERE n % 10 < 7", count(CONTACTS), id('6', "n"), id('7', "n"), moment(&seen("n")), campaign("n"))).await;
    run(&mut c, format!("{} INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, custom, tags, search, first_seen_at, first_touchpoint_id, created_at, updated_at) SELECT {ws}, {}, 'prospect', 'lead', 'META_ADS', 'Contact ' || n, '{{}}', '[]', 'contact', {}, CASE WHEN n % 10 < 7 THEN {} END, '{now}', '{now}' FROM t", count(CONTACTS), id('7', "n"), moment(&seen("n")), id('6', "n"))).await;
    // The contact of a sale: every eleventh contact buys, some of them again and again.
    let who = format!("(1 + (n * 31 % {CUSTOMERS}) * (n * 17 % 97) % {CUSTOMERS} * 11)");
    let when = format!("(ABS(RANDOM()) % ({} + 1))", seen("who"));
    run(&mut c, format!("{} INSERT INTO sales (workspace_id, id, reference, contact_id, gross_micros, refunded_micros, cost_micros, currency, status, occurred_at, completed_at, touchpoint_id, attribution_source, created_at, updated_at) SELECT {ws}, {}, 'S-' || n, {}, (100 + ABS(RANDOM()) % 9000) * 10000, 0, 200000, 'USD', 'completed', '{now}', {}, CASE WHEN who % 10 < 7 THEN {} END, 'last_touch', '{now}', '{now}' FROM (SELECT n, {who} AS who FROM t)", count(SALES), id('a', "n"), id('7', "who"), moment(&when), id('6', "who"))).await;
    run(
        &mut c,
        "COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
    )
    .await;
}
