//! Databases for tests: a fresh SQLite file, and a fresh PostgreSQL schema on the private server
//! that `cargo xtask test` starts. PostgreSQL is not optional: without it these tests fail.

use std::future::Future;
use std::str::FromStr;

use chrono::{TimeZone as _, Utc};
use rumbo_base::{Clock, Entropy};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{Db, Statement};

/// An empty, migrated database that goes away with the value.
#[derive(Debug)]
pub struct TestDb {
    /// The database itself.
    pub db: Db,
    /// A clock that stands at 2026-11-20T12:00:00Z until it is wound.
    pub clock: Clock,
    /// Randomness that repeats.
    pub entropy: Entropy,
    _folder: Option<tempfile::TempDir>,
}

/// A clock for tests.
pub fn test_clock() -> Clock {
    Clock::manual(
        Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0)
            .single()
            .unwrap_or_default(),
    )
}

impl TestDb {
    /// On a SQLite file in a temporary folder.
    ///
    /// # Panics
    /// When it cannot be made.
    #[expect(clippy::expect_used, reason = "a test without its database must fail")]
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = test_clock();
        let (db, _) = Db::open_sqlite(&folder.path().join("rumbo.db"), &clock)
            .await
            .expect("an embedded database");
        Self {
            db,
            clock,
            entropy: Entropy::seeded(1),
            _folder: Some(folder),
        }
    }

    /// In a schema of its own on the test server named by `RUMBO_TEST_POSTGRES`.
    ///
    /// # Panics
    /// When there is no such server.
    #[expect(clippy::expect_used, reason = "a test without its database must fail")]
    pub async fn postgres() -> Self {
        let db = Db::postgres_with(empty_schema().await, 4)
            .await
            .expect("a migrated schema");
        Self {
            db,
            clock: test_clock(),
            entropy: Entropy::seeded(1),
            _folder: None,
        }
    }
}

/// How to reach a new schema on the test server.
#[expect(clippy::expect_used, reason = "a test without its database must fail")]
#[expect(
    clippy::disallowed_methods,
    reason = "a test is the edge of its own program"
)]
pub(crate) async fn empty_schema() -> PgConnectOptions {
    let url = std::env::var("RUMBO_TEST_POSTGRES")
        .expect("RUMBO_TEST_POSTGRES is not set: run the tests with `cargo xtask test`");
    let options = PgConnectOptions::from_str(&url).expect("RUMBO_TEST_POSTGRES is an address");
    let schema = format!(
        "t{}",
        uuid::Uuid::from_bytes(Entropy::system().bytes()).simple()
    );
    let admin = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await
        .expect("the test server answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .execute(&admin)
        .await
        .expect("a schema for the test");
    admin.close().await;
    options.options([("search_path", schema.as_str())])
}

/// Runs one test on both databases, SQLite first.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(TestDb) -> Fut,
    Fut: Future<Output = ()>,
{
    test(TestDb::sqlite().await).await;
    test(TestDb::postgres().await).await;
}

/// Prepares every statement on both databases.
///
/// # Panics
/// When one of them is not understood.
#[expect(clippy::panic, reason = "an assertion")]
pub async fn prepare_all(groups: &[&[Statement]]) {
    use sqlx::{Executor as _, SqlSafeStr as _};
    let (sqlite, postgres) = (TestDb::sqlite().await, TestDb::postgres().await);
    for statement in groups.iter().flat_map(|group| group.iter()) {
        let (Db::Sqlite(file), Db::Postgres(server)) = (&sqlite.db, &postgres.db) else {
            panic!("the test databases are not what they say");
        };
        if let Err(error) = (&file.writer)
            .prepare(statement.sqlite.into_sql_str())
            .await
        {
            panic!("{} on SQLite: {error}", statement.name);
        }
        if let Err(error) = (&server.pool)
            .prepare(statement.postgres.into_sql_str())
            .await
        {
            panic!("{} on PostgreSQL: {error}", statement.name);
        }
    }
}
