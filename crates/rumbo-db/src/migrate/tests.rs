use std::borrow::Cow;
use std::path::PathBuf;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::*;
use crate::Db;
use crate::testing::{empty_schema, test_clock};

/// A file of the first Rumbo, with somebody in it.
async fn first_file(folder: &Path) -> PathBuf {
    let path = folder.join("rumbo.db");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = SqlitePoolOptions::new()
        .connect_with(options)
        .await
        .unwrap();
    let first: Vec<_> = SQLITE.iter().take(1).cloned().collect();
    let old = Migrator {
        migrations: Cow::Owned(first),
        ..Migrator::DEFAULT
    };
    old.run(&pool).await.unwrap();
    sqlx::query(
        "INSERT INTO users (id, name, state, sign_in_count, created_at, updated_at) \
         VALUES (x'01', 'Ana', 'active', 0, '2026-11-20T12:00:00+00:00', '2026-11-20T12:00:00+00:00')",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    path
}

async fn names(path: &Path) -> (i64, Vec<String>) {
    let options = SqliteConnectOptions::new().filename(path);
    let pool = SqlitePoolOptions::new()
        .connect_with(options)
        .await
        .unwrap();
    let version = stored_version(&pool).await.unwrap();
    let names = sqlx::query_scalar("SELECT name FROM users")
        .fetch_all(&pool)
        .await
        .unwrap();
    pool.close().await;
    (version, names)
}

#[tokio::test]
async fn an_older_file_is_copied_before_it_is_upgraded_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = first_file(folder.path()).await;
    let (db, migrated) = Db::open_sqlite(&path, &test_clock()).await.unwrap();
    db.close().await;
    assert_eq!((migrated.from, migrated.to), (1, schema_version()));
    let copy = migrated.backup.unwrap();
    let ana = vec!["Ana".to_owned()];
    assert_eq!(names(&copy).await, (1, ana.clone()));
    assert_eq!(names(&path).await, (schema_version(), ana));
    let (db, again) = Db::open_sqlite(&path, &test_clock()).await.unwrap();
    db.close().await;
    assert_eq!((again.from, again.backup), (schema_version(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_together_upgrade_once() {
    let folder = tempfile::tempdir().unwrap();
    let older = first_file(folder.path()).await;
    assert_eq!(opened_by_eight(&older).await, 1);
    let new = folder.path().join("new.db");
    assert_eq!(opened_by_eight(&new).await, 0);
}

/// How many of the programs that open a file at the same moment made a copy of it.
async fn opened_by_eight(path: &Path) -> usize {
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let path = path.to_owned();
            tokio::spawn(async move {
                let (db, migrated) = Db::open_sqlite(&path, &test_clock()).await.unwrap();
                db.close().await;
                migrated.backup
            })
        })
        .collect();
    let mut copies = 0;
    for one in opened {
        copies += usize::from(one.await.unwrap().is_some());
    }
    assert_eq!(names(path).await.0, schema_version());
    copies
}

/// A schema of an earlier Rumbo on the test server, with a day of an ad account in it.
async fn earlier_schema(until: i64) -> PgPool {
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .connect_with(empty_schema().await)
        .await
        .unwrap();
    let before = POSTGRES.iter().filter(|m| m.version <= until);
    let old = Migrator {
        migrations: Cow::Owned(before.cloned().collect()),
        ..Migrator::DEFAULT
    };
    old.run(&pool).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    for text in [
        "SELECT set_config('rumbo.workspace', '00000000-0000-0000-0000-00000000aaaa', true)",
        "INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, currency, automation_on, bot_on, \
         settings, created_at, updated_at) VALUES ('00000000-0000-0000-0000-00000000aaaa', 'shop', 'Shop', 'pro', TRUE, FALSE, \
         'en', 'UTC', 'USD', FALSE, FALSE, '{}', now(), now())",
        "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, status, selected, rest, \
         first_seen_at, created_at, updated_at) VALUES ('00000000-0000-0000-0000-00000000aaaa', \
         '00000000-0000-0000-0000-000000000001', 'meta', '1', 'Shop', 'USD', 'UTC', 'active', TRUE, '{}', now(), now(), now())",
        "INSERT INTO account_days (workspace_id, day, ad_account_id, currency, ad_rows, impressions, clicks, link_clicks, \
         spend_micros, meta_leads, meta_purchases, meta_purchase_micros, impressions_rows, clicks_rows, link_clicks_rows, \
         spend_rows) VALUES ('00000000-0000-0000-0000-00000000aaaa', '2026-01-01', '00000000-0000-0000-0000-000000000001', \
         'USD', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)",
    ] {
        sqlx::query(text).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    pool
}

#[tokio::test]
async fn a_server_with_rows_is_upgraded_and_guarded_as_before() {
    let pool = earlier_schema(18).await;
    postgres(&pool).await.unwrap();
    let unguarded: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = current_schema() AND c.relrowsecurity AND NOT c.relforcerowsecurity",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(unguarded, Vec::<String>::new());
    // What the upgrade has to pack, and nobody sees of another workspace.
    let marked = "SELECT COUNT(*) FROM outcome_days_changed";
    let seen: i64 = sqlx::query_scalar(marked).fetch_one(&pool).await.unwrap();
    assert_eq!(seen, 0);
    let mut tx = pool.begin().await.unwrap();
    sqlx::query(
        "SELECT set_config('rumbo.workspace', '00000000-0000-0000-0000-00000000aaaa', true)",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    let seen: i64 = sqlx::query_scalar(marked)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(seen, 3);
    let version: i64 = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(version, schema_version());
}
