use std::collections::BTreeMap;

use rumbo_base::{Code, WorkspaceId};
use sqlx::{AssertSqlSafe, Row};

use crate::testing::{TestDb, on_both, test_clock};
use crate::{Db, DbResultExt, PostgresDb, Tx, on_tx, schema_version};

mod references;

/// Table → column → (kind, nullable), in words that are the same for both databases.
type Schema = BTreeMap<String, BTreeMap<String, (String, bool)>>;

async fn sqlite_schema(db: &Db) -> Schema {
    let Db::Sqlite(file) = db else {
        panic!("not SQLite")
    };
    let rows = sqlx::query(
        "SELECT m.name AS t, c.name AS c, c.type AS k, c.\"notnull\" AS n, c.pk AS pk \
         FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlx%' AND m.name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(&file.readers)
    .await
    .unwrap();
    let mut schema = Schema::new();
    for row in rows {
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        let nullable = row.get::<i64, _>("n") == 0 && row.get::<i64, _>("pk") == 0;
        schema
            .entry(table)
            .or_default()
            .insert(column, (row.get("k"), nullable));
    }
    schema
}

async fn postgres_schema(db: &Db) -> Schema {
    let Db::Postgres(PostgresDb { pool, .. }) = db else {
        panic!("not PostgreSQL")
    };
    let rows = sqlx::query(
        "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS k, is_nullable::text AS n \
         FROM information_schema.columns WHERE table_schema = current_schema() \
         AND left(table_name, 1) <> '_'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut schema = Schema::new();
    for row in rows {
        let kind: String = row.get("k");
        // The only column types there are: docs/sql.md.
        let kind = match kind.as_str() {
            "uuid" | "bytea" => "BLOB",
            "bigint" | "boolean" => "INTEGER",
            "text" | "timestamp with time zone" | "date" | "jsonb" => "TEXT",
            "double precision" => "REAL",
            other => panic!("{other} is not one of the column types"),
        };
        let nullable = row.get::<String, _>("n") == "YES";
        schema
            .entry(row.get("t"))
            .or_default()
            .insert(row.get("c"), (kind.to_owned(), nullable));
    }
    schema
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let (sqlite, postgres) = (TestDb::sqlite().await, TestDb::postgres().await);
    let (left, right) = (
        sqlite_schema(&sqlite.db).await,
        postgres_schema(&postgres.db).await,
    );
    assert!(left.len() > 20, "{}", left.len());
    assert_eq!(left, right);
}

#[tokio::test]
async fn every_table_of_a_workspace_is_walled_off() {
    let test = TestDb::postgres().await;
    let Db::Postgres(PostgresDb { pool, .. }) = &test.db else {
        panic!()
    };
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' \
         WHERE n.nspname = current_schema() AND c.relkind = 'r' \
         AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(open, Vec::<String>::new());
    let bypass: bool = sqlx::query_scalar(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert!(
        !bypass,
        "the tests must run as a role that cannot see past the wall"
    );
}

async fn workspace(test: &TestDb, slug: &str) -> WorkspaceId {
    let id: WorkspaceId = test.entropy.id(test.clock.now());
    let mut tx = test.db.write_registry().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, \
         automation_on, bot_on, settings, created_at, updated_at) \
         VALUES ($1, $2, $2, 'starter', TRUE, FALSE, 'en', 'UTC', FALSE, FALSE, '{}', $3, $3)"
    )
    .bind(id)
    .bind(slug)
    .bind(test.clock.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn stage(test: &TestDb, workspace: WorkspaceId, name: &str) -> rumbo_base::StageId {
    let mut tx = test.db.write(workspace).await.unwrap();
    let id = test.entropy.id(test.clock.now());
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO pipeline_stages (workspace_id, id, name, position, probability, created_at, updated_at) \
         VALUES ($1, $2, $3, 1, 50, $4, $4)"
    )
    .bind(workspace)
    .bind(id)
    .bind(name)
    .bind(test.clock.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn on_postgres_a_workspace_sees_only_its_own_rows() {
    let test = TestDb::postgres().await;
    let (a, b) = (workspace(&test, "a").await, workspace(&test, "b").await);
    stage(&test, a, "New").await;
    stage(&test, b, "New").await;
    let mut tx = test.db.read(a).await.unwrap();
    let seen: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM pipeline_stages"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!(seen, 1);
    let mut tx = test.db.read_registry().await.unwrap();
    let seen: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM pipeline_stages"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn no_reference_crosses_workspaces_and_no_pointer_takes_the_workspace_with_it() {
    on_both(|test| async move {
        // Every reference between rows of workspaces carries the workspace id.
        let mut tx = test.db.read_registry().await.unwrap();
        let bare: Vec<String> = match &mut tx {
            Tx::Sqlite(c) => sqlx::query_scalar(
                "SELECT m.name || '.' || f.\"from\" FROM sqlite_schema m \
                 JOIN pragma_foreign_key_list(m.name) f \
                 WHERE m.type = 'table' AND f.\"table\" NOT IN ('users', 'workspaces') \
                 GROUP BY m.name, f.id HAVING COUNT(*) <> 2",
            )
            .fetch_all(&mut **c)
            .await
            .unwrap(),
            Tx::Postgres(c) => sqlx::query_scalar(
                "SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint \
                 WHERE contype = 'f' AND connamespace = current_schema()::regnamespace \
                 AND confrelid NOT IN ('users'::regclass, 'workspaces'::regclass) \
                 AND array_length(conkey, 1) <> 2",
            )
            .fetch_all(&mut **c)
            .await
            .unwrap(),
        };
        assert_eq!(bare, Vec::<String>::new());
        drop(tx);

        let (a, b) = (workspace(&test, "a").await, workspace(&test, "b").await);
        let foreign = stage(&test, b, "New").await;
        let mut tx = test.db.write(a).await.unwrap();
        let contact: rumbo_base::ContactId = test.entropy.id(test.clock.now());
        let insert_contact = "INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, \
             custom, tags, search, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'prospect', 'lead', 'MANUAL', 'Ana', '{}', '[]', 'ana', $3, $3, $3)";
        on_tx!(&mut tx, |c| sqlx::query(insert_contact)
            .bind(a)
            .bind(contact)
            .bind(test.clock.now())
            .execute(c)
            .await
            .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.write(a).await.unwrap();
        let refused = on_tx!(&mut tx, |c| sqlx::query(
            "INSERT INTO opportunities (workspace_id, id, contact_id, name, currency, stage_id, \
             state, opened_at, created_at, updated_at) \
             VALUES ($1, $2, $3, 'x', 'USD', $4, 'open', $5, $5, $5)"
        )
        .bind(a)
        .bind(test.entropy.uuid(test.clock.now()))
        .bind(contact)
        .bind(foreign)
        .bind(test.clock.now())
        .execute(c)
        .await
        .map(|_| ()));
        assert_eq!(refused.db().unwrap_err().code(), Code::Conflict);
        drop(tx);

        // Deleting a target clears the pointer only.
        let touch = test.entropy.uuid(test.clock.now());
        let mut tx = test.db.write(a).await.unwrap();
        for sql in [
            "INSERT INTO touchpoints (workspace_id, id, contact_id, occurred_at, kind, source, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, 'manual', 'MANUAL', $4, $4)",
            "UPDATE contacts SET first_touchpoint_id = $2, updated_at = $4 WHERE workspace_id = $1 AND id = $3",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql)
                .bind(a)
                .bind(touch)
                .bind(contact)
                .bind(test.clock.now())
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
        }
        on_tx!(&mut tx, |c| sqlx::query("DELETE FROM touchpoints WHERE workspace_id = $1 AND id = $2")
            .bind(a)
            .bind(touch)
            .execute(c)
            .await
            .map(|_| ()))
        .unwrap();
        let left: (WorkspaceId, Option<uuid::Uuid>) = on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT workspace_id, first_touchpoint_id FROM contacts WHERE id = $1"
        )
        .bind(contact)
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!(left, (a, None));
    })
    .await;
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_file_and_leaves_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rumbo.db");
    let (db, migrated) = Db::open_sqlite(&path, &test_clock()).await.unwrap();
    assert_eq!((migrated.from, migrated.to), (0, schema_version()));
    let Db::Sqlite(file) = &db else { panic!() };
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES ({}, 'from the future', TRUE, x'00', 0)",
        schema_version() + 1
    )))
    .execute(&file.writer)
    .await
    .unwrap();
    db.close().await;
    let error = Db::open_sqlite(&path, &test_clock()).await.unwrap_err();
    assert_eq!(error.code(), Code::SchemaTooNew);
}

#[tokio::test]
async fn an_unfinished_transaction_leaves_nothing() {
    on_both(|test| async move {
        let a = workspace(&test, "a").await;
        let tx = test.db.write(a).await.unwrap();
        drop(tx);
        stage(&test, a, "kept").await;
        let mut tx = test.db.write(a).await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query(
            "DELETE FROM pipeline_stages WHERE workspace_id = $1"
        )
        .bind(a)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        tx.rollback().await.unwrap();
        let mut tx = test.db.read(a).await.unwrap();
        let left: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT COUNT(*) FROM pipeline_stages"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!(left, 1);
    })
    .await;
}

#[tokio::test]
async fn a_write_waits_for_another_programs_write() {
    let test = TestDb::sqlite().await;
    let path = test.db.path().unwrap().to_owned();
    let (other, _) = Db::open_sqlite(&path, &test.clock).await.unwrap();
    let held = other.write_registry().await.unwrap();
    let db = test.db.clone();
    let waiting = tokio::spawn(async move { db.write_registry().await?.commit().await });
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert!(!waiting.is_finished());
    held.rollback().await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_goes_away_while_beginning_leaves_no_transaction_behind() {
    on_both(|test| async move {
        for _ in 0..40 {
            for steps in 1..4 {
                let mut beginning = Box::pin(test.db.read_registry());
                for _ in 0..steps {
                    // One step, and gone.
                    let step = one_step(&mut beginning).await;
                    if step {
                        break;
                    }
                }
                drop(beginning);
            }
            let mut tx = test.db.write_registry().await.unwrap();
            on_tx!(&mut tx, |c| sqlx::query("CREATE TABLE t (a INTEGER)")
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
            tx.rollback().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_lasting_write_is_flushed_and_the_others_are_not() {
    async fn setting(tx: &mut Tx) -> String {
        match tx {
            Tx::Sqlite(c) => sqlx::query_scalar::<_, i64>("PRAGMA synchronous")
                .fetch_one(&mut **c)
                .await
                .unwrap()
                .to_string(),
            Tx::Postgres(c) => sqlx::query_scalar("SHOW synchronous_commit")
                .fetch_one(&mut **c)
                .await
                .unwrap(),
        }
    }
    on_both(|test| async move {
        // What other writes do on a server is the server's to say.
        let (full, normal) = match &test.db {
            Db::Sqlite(_) => ("2", Some("1")),
            Db::Postgres(_) => ("on", None),
        };
        let id = workspace(&test, "one").await;
        // Whichever follows which, and whether it was committed or given up.
        for (lasting, commit) in [
            (false, true),
            (true, true),
            (true, false),
            (false, false),
            (true, true),
            (false, true),
        ] {
            let mut tx = if lasting {
                test.db.write_lasting(id).await.unwrap()
            } else {
                test.db.write(id).await.unwrap()
            };
            if let Some(wanted) = if lasting { Some(full) } else { normal } {
                assert_eq!(setting(&mut tx).await, wanted, "{lasting} {commit}");
            }
            if commit {
                tx.commit().await.unwrap();
            }
        }
        // A server that answers before it has flushed does not here.
        if let Db::Postgres(PostgresDb { pool, .. }) = &test.db {
            sqlx::query("SET synchronous_commit = off")
                .execute(pool)
                .await
                .unwrap();
            for _ in 0..8 {
                let mut tx = test.db.write_lasting(id).await.unwrap();
                assert_eq!(setting(&mut tx).await, "on");
            }
        }
    })
    .await;
}

/// Polls a future once, lets others go on, and tells whether it is done.
async fn one_step<F: Future + Unpin>(future: &mut F) -> bool {
    let done = std::future::poll_fn(|cx| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_ready())
    })
    .await;
    tokio::task::yield_now().await;
    done
}
