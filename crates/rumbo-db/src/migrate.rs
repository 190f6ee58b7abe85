//! Migrations: additive, never edited, the same numbers and names on both databases.

use std::path::{Path, PathBuf};

use rumbo_base::{Clock, Code, Error, Result};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, SqlitePool};

use crate::DbResultExt;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// What opening a database did to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The schema found, 0 for a new file.
    pub from: i64,
    /// The schema now.
    pub to: i64,
    /// Where the copy made before migrating lies.
    pub backup: Option<PathBuf>,
}

/// The schema this program writes.
pub fn schema_version() -> i64 {
    SQLITE.iter().map(|m| m.version).max().unwrap_or(0)
}

/// Brings a file up to this program's schema. The caller is [`alone`] with it.
pub(crate) async fn sqlite(pool: &SqlitePool, path: &Path, clock: &Clock) -> Result<Migrated> {
    let to = schema_version();
    let from = stored_version(pool).await?;
    refuse_newer(from, to)?;
    let backup = if from > 0 && from < to {
        Some(back_up(pool, path, from, clock).await?)
    } else {
        None
    };
    SQLITE.run(pool).await.map_err(failed)?;
    Ok(Migrated { from, to, backup })
}

async fn stored_version(pool: &SqlitePool) -> Result<i64> {
    let known: Option<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_optional(pool)
    .await
    .db()?;
    match known {
        Some(_) => sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
            .fetch_one(pool)
            .await
            .db(),
        None => Ok(0),
    }
}

/// Waits until no other program opens or upgrades this file. The lock ends with the value.
///
/// Programs that find a new or an older file at the same moment open it one after the other, and
/// the second finds nothing left to do. SQLite alone would not let the second wait: two that turn
/// one file into a write-ahead one are both told at once that it is locked.
pub(crate) async fn alone(path: &Path) -> Result<std::fs::File> {
    let mut lock = path.as_os_str().to_owned();
    lock.push("-lock");
    let path = PathBuf::from(lock);
    tokio::task::spawn_blocking(move || {
        let file = std::fs::File::create(&path)?;
        file.lock()?;
        Ok(file)
    })
    .await
    .map_err(Error::internal)?
    .map_err(|e: std::io::Error| {
        Error::new(
            Code::DiskFull,
            "The data could not be locked while it is opened, so it was left as it is. Check the disk.",
        )
        .source(e)
    })
}

/// Brings a server up to this program's schema, in one transaction: all of it or nothing.
///
/// Migrations fill tables from the rows of all workspaces, which the owner of the tables may not see or
/// write while row-level security is forced on it too. It is lifted for the owner before and forced again
/// after, and until then nobody else gets at these tables.
pub(crate) async fn postgres(pool: &PgPool) -> Result<()> {
    let known: Option<i64> = if pg_has_migrations(pool).await? {
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
            .fetch_one(pool)
            .await
            .db()?
    } else {
        None
    };
    if known.is_none_or(|known| known >= schema_version()) {
        return POSTGRES.run(pool).await.map_err(failed);
    }
    let mut tx = pool.begin().await.db()?;
    let forced: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I', c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relforcerowsecurity ORDER BY c.relname",
    )
    .fetch_all(&mut *tx)
    .await
    .db()?;
    force(&mut tx, &forced, "NO FORCE").await?;
    POSTGRES.run(&mut *tx).await.map_err(failed)?;
    force(&mut tx, &forced, "FORCE").await?;
    tx.commit().await.db()
}

async fn pg_has_migrations(pool: &PgPool) -> Result<bool> {
    sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(pool)
        .await
        .db()
}

/// Forces row-level security on the owner of tables, or no more. One that is gone is passed over.
async fn force(tx: &mut PgConnection, tables: &[String], word: &str) -> Result<()> {
    for table in tables {
        let text = format!("ALTER TABLE IF EXISTS {table} {word} ROW LEVEL SECURITY");
        sqlx::query(AssertSqlSafe(text))
            .execute(&mut *tx)
            .await
            .db()?;
    }
    Ok(())
}

async fn back_up(pool: &SqlitePool, path: &Path, from: i64, clock: &Clock) -> Result<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(".")).join("backups");
    std::fs::create_dir_all(&folder).map_err(|e| {
        Error::new(
            Code::DiskFull,
            "The backups folder cannot be made, so the data was not upgraded. Check the disk.",
        )
        .source(e)
    })?;
    let stamp = clock.now().format("%Y%m%dT%H%M%SZ");
    let copy = folder.join(format!("before-upgrade-from-{from}-{stamp}.db"));
    sqlx::query("VACUUM INTO $1")
        .bind(copy.to_string_lossy().into_owned())
        .execute(pool)
        .await
        .db()?;
    Ok(copy)
}

fn refuse_newer(from: i64, to: i64) -> Result<()> {
    if from > to {
        return Err(too_new());
    }
    Ok(())
}

fn too_new() -> Error {
    Error::new(
        Code::SchemaTooNew,
        "This data was written by a newer Rumbo. Install that version or a later one; nothing was changed.",
    )
}

fn failed(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            too_new().source(error)
        }
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => {
            match Err::<(), _>(e).db() {
                Err(error) => error,
                Ok(()) => Error::internal("migration failed without a reason"),
            }
        }
        other => Error::internal(other),
    }
}

#[cfg(test)]
mod tests;
