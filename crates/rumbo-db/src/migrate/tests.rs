use std::borrow::Cow;
use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::*;
use crate::Db;
use crate::testing::test_clock;

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
