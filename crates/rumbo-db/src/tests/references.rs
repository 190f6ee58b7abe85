//! Every reference between rows of workspaces, tried one by one: it takes no row of another
//! workspace, and where the target may go, only the pointer is cleared (DETAILS W-4).
//!
//! The rows are made from PostgreSQL's own catalogue, so that a new table is tried without a word
//! here, and on both databases with the same values.

use std::collections::BTreeMap;

use rumbo_base::{Code, WorkspaceId};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use crate::testing::{TestDb, on_both};
use crate::{Db, DbResultExt, PostgresDb, Tx, on_tx};

#[derive(Debug)]
struct Column {
    name: String,
    kind: String,
    nullable: bool,
    /// The first of the words that a check allows.
    word: Option<String>,
}

/// `table.column` points at `target.target_column` in the same workspace.
#[derive(Clone, Debug)]
struct Reference {
    table: String,
    column: String,
    target: String,
    target_column: String,
    clears: bool,
}

#[derive(Debug)]
struct Catalogue {
    columns: BTreeMap<String, Vec<Column>>,
    keys: BTreeMap<String, Vec<String>>,
    references: Vec<Reference>,
}

impl Catalogue {
    async fn read() -> Self {
        let test = TestDb::postgres().await;
        let Db::Postgres(PostgresDb { pool, .. }) = &test.db else {
            panic!("not PostgreSQL")
        };
        let mut columns: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for row in sqlx::query(
            "SELECT c.table_name::text AS t, c.column_name::text AS c, c.data_type::text AS k, \
             c.is_nullable::text AS n, (SELECT pg_get_constraintdef(o.oid) FROM pg_constraint o \
              JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1] \
              WHERE o.contype = 'c' AND o.conrelid = to_regclass(c.table_name) \
              AND a.attname = c.column_name AND array_length(o.conkey, 1) = 1 \
              AND pg_get_constraintdef(o.oid) LIKE '%ARRAY[%' LIMIT 1) AS words \
             FROM information_schema.columns c WHERE c.table_schema = current_schema() \
             ORDER BY c.table_name, c.ordinal_position",
        )
        .fetch_all(pool)
        .await
        .unwrap()
        {
            let words: Option<String> = row.get("words");
            columns.entry(row.get("t")).or_default().push(Column {
                name: row.get("c"),
                kind: row.get("k"),
                nullable: row.get::<String, _>("n") == "YES",
                word: words.and_then(|text| Some(text.split('\'').nth(1)?.to_owned())),
            });
        }
        let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in sqlx::query(
            "SELECT o.conrelid::regclass::text AS t, a.attname::text AS c FROM pg_constraint o \
             JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = ANY (o.conkey) \
             WHERE o.contype = 'p' AND o.connamespace = current_schema()::regnamespace",
        )
        .fetch_all(pool)
        .await
        .unwrap()
        {
            keys.entry(row.get("t")).or_default().push(row.get("c"));
        }
        let references = sqlx::query(
            "SELECT o.conrelid::regclass::text AS t, a.attname::text AS c, \
             o.confrelid::regclass::text AS target, b.attname::text AS target_column, \
             o.confdeltype = 'n' AS clears FROM pg_constraint o \
             JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[2] \
             JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = o.confkey[2] \
             WHERE o.contype = 'f' AND o.connamespace = current_schema()::regnamespace \
             ORDER BY 1, 2",
        )
        .fetch_all(pool)
        .await
        .unwrap()
        .into_iter()
        .map(|row| Reference {
            table: row.get("t"),
            column: row.get("c"),
            target: row.get("target"),
            target_column: row.get("target_column"),
            clears: row.get("clears"),
        })
        .collect();
        Self {
            columns,
            keys,
            references,
        }
    }
}

/// A row as it was written: column → its value in SQL.
type Written = BTreeMap<String, String>;

/// Rows that differ in everything that may have to be unique.
struct Rows<'a> {
    catalogue: &'a Catalogue,
    sqlite: bool,
    made: u32,
}

impl Rows<'_> {
    fn id(&self, id: Uuid) -> String {
        if self.sqlite {
            format!("x'{}'", id.simple())
        } else {
            format!("'{id}'")
        }
    }

    fn value(&mut self, column: &Column, in_key: bool) -> String {
        self.made += 1;
        match (column.kind.as_str(), &column.word) {
            (_, Some(word)) => format!("'{word}'"),
            ("uuid", _) => self.id(Uuid::from_u128(u128::from(self.made))),
            ("boolean", _) if self.sqlite => "0".to_owned(),
            ("boolean", _) => "FALSE".to_owned(),
            // Ages are few; what else is in their keys differs.
            ("bigint", _) if column.name == "age" => (1 + self.made % 29).to_string(),
            ("bigint", _) if in_key => self.made.to_string(),
            ("bigint", _) => "1".to_owned(),
            ("double precision", _) => "1.0".to_owned(),
            ("bytea", _) if self.sqlite => "x'00'".to_owned(),
            ("bytea", _) => "'\\x00'".to_owned(),
            ("timestamp with time zone", _) => "'2026-11-20T12:00:00+00:00'".to_owned(),
            ("date", _) => "'2026-11-20'".to_owned(),
            ("jsonb", _) => "'{}'".to_owned(),
            _ => format!("'x{}'", self.made),
        }
    }

    /// Writes a row with nothing in it that may be missing, and the rows that it must point at.
    async fn write(&mut self, db: &Db, workspace: WorkspaceId, table: &str) -> Written {
        let mut row = Written::from([("workspace_id".to_owned(), self.id(workspace.0))]);
        for column in &self.catalogue.columns[table] {
            if column.nullable || column.name == "workspace_id" {
                continue;
            }
            let reference = self
                .catalogue
                .references
                .iter()
                .find(|r| r.table == table && r.column == column.name);
            let value = match reference {
                Some(r) => {
                    let target = Box::pin(self.write(db, workspace, &r.target)).await;
                    target[&r.target_column].clone()
                }
                None if column.kind == "uuid"
                    && ["created_by", "user_id"].contains(&column.name.as_str()) =>
                {
                    self.user(db).await
                }
                None => {
                    let in_key = self.catalogue.keys[table].contains(&column.name);
                    self.value(column, in_key)
                }
            };
            row.insert(column.name.clone(), value);
        }
        let (names, values): (Vec<_>, Vec<_>) = row.iter().unzip();
        let sql = format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            names.into_iter().cloned().collect::<Vec<_>>().join(", "),
            values.into_iter().cloned().collect::<Vec<_>>().join(", ")
        );
        let mut tx = db.write(workspace).await.unwrap();
        run(&mut tx, &sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {}", e.chain()));
        tx.commit().await.unwrap();
        row
    }

    async fn user(&mut self, db: &Db) -> String {
        self.made += 1;
        let id = self.id(Uuid::from_u128(u128::from(self.made)));
        let mut tx = db.write_registry().await.unwrap();
        let sql = format!(
            "INSERT INTO users (id, name, state, sign_in_count, created_at, updated_at) VALUES \
             ({id}, 'x', 'active', 0, '2026-11-20T12:00:00+00:00', '2026-11-20T12:00:00+00:00')"
        );
        run(&mut tx, &sql).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    fn at(&self, table: &str, row: &Written) -> String {
        self.catalogue.keys[table]
            .iter()
            .map(|column| format!("{column} = {}", row[column]))
            .collect::<Vec<_>>()
            .join(" AND ")
    }
}

async fn run(tx: &mut Tx, sql: &str) -> rumbo_base::Result<u64> {
    on_tx!(tx, |c| sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()
}

async fn count(tx: &mut Tx, sql: &str) -> i64 {
    on_tx!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(c)
        .await)
    .unwrap()
}

#[tokio::test]
async fn each_reference_stays_in_its_workspace_and_loses_only_its_pointer() {
    let catalogue = Catalogue::read().await;
    assert!(
        catalogue.references.len() > 30,
        "{}",
        catalogue.references.len()
    );
    assert!(catalogue.references.iter().any(|r| r.clears));
    on_both(|test| {
        let catalogue = &catalogue;
        async move {
            let (a, b) = (
                super::workspace(&test, "a").await,
                super::workspace(&test, "b").await,
            );
            let mut rows = Rows {
                catalogue,
                sqlite: matches!(test.db, Db::Sqlite(_)),
                made: 1000,
            };
            for r in &catalogue.references {
                let name = format!("{}.{} → {}", r.table, r.column, r.target);
                let row = rows.write(&test.db, a, &r.table).await;
                let foreign = rows.write(&test.db, b, &r.target).await;
                let here = rows.at(&r.table, &row);
                let point = |value: &str| {
                    format!("UPDATE {} SET {} = {value} WHERE {here}", r.table, r.column)
                };
                let mut tx = test.db.write(a).await.unwrap();
                let refused = run(&mut tx, &point(&foreign[&r.target_column])).await;
                assert_eq!(
                    refused.map_err(|e| e.code()),
                    Err(Code::Conflict),
                    "{name} takes a row of another workspace"
                );
                drop(tx);
                if !r.clears {
                    continue;
                }
                let target = rows.write(&test.db, a, &r.target).await;
                let mut tx = test.db.write(a).await.unwrap();
                assert_eq!(
                    run(&mut tx, &point(&target[&r.target_column]))
                        .await
                        .unwrap(),
                    1
                );
                let gone = format!(
                    "DELETE FROM {} WHERE {}",
                    r.target,
                    rows.at(&r.target, &target)
                );
                assert_eq!(run(&mut tx, &gone).await.unwrap(), 1, "{name}: {gone}");
                let left = format!(
                    "SELECT COUNT(*) FROM {} WHERE {here} AND {} IS NULL",
                    r.table, r.column
                );
                assert_eq!(
                    count(&mut tx, &left).await,
                    1,
                    "{name} is not cleared alone"
                );
                tx.rollback().await.unwrap();
            }
        }
    })
    .await;
}
