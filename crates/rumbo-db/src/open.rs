//! Opening a database.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rumbo_base::{Clock, Code, Error, Reason, Result, WorkspaceId};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, SqlSafeStr as _, Sqlite, SqlitePool, Transaction};

use crate::failure::busy;
use crate::migrate::{self, Migrated};
use crate::{DbResultExt, Memory, Tx};

/// How long a write waits for another program's write to end.
const WRITER_WAITS: Duration = Duration::from_mins(1);

/// The store: which of the two it is, is decided when it is opened and nowhere else.
#[derive(Clone, Debug)]
pub enum Db {
    /// An embedded file.
    Sqlite(SqliteDb),
    /// A shared server.
    Postgres(PostgresDb),
}

/// One writer and several readers on one SQLite file: readers never wait for the writer (WAL).
#[derive(Clone, Debug)]
pub struct SqliteDb {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// The writer flushes what it commits to the disk, until the next write that need not.
    flushes: Arc<AtomicBool>,
    path: PathBuf,
    memory: Memory,
}

/// Connections to a shared server.
#[derive(Clone, Debug)]
pub struct PostgresDb {
    pub pool: PgPool,
    memory: Memory,
}

impl Db {
    /// Opens, and if need be creates and migrates, an embedded database. A backup of an older
    /// file is made beside it first.
    ///
    /// # Errors
    /// `SchemaTooNew` for a file of a newer Rumbo, `DataCorrupt`, `DiskFull`, `DataFolderBusy`.
    pub async fn open_sqlite(path: &Path, clock: &Clock) -> Result<(Self, Migrated)> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Commits outlive the program; those that must outlive a loss of power as well are written
            // with `write_lasting`.
            .synchronous(SqliteSynchronous::Normal)
            // On macOS a plain flush stays in the disk's own cache; elsewhere this does nothing.
            .pragma("fullfsync", "ON")
            .foreign_keys(true)
            .busy_timeout(WRITER_WAITS)
            // Pages of 4 KiB in the write-ahead log before they are written into the file and both flushed: with
            // the thousand that SQLite begins with, each transaction of a thousand rows does that.
            .pragma("wal_autocheckpoint", "8192")
            .pragma("temp_store", "MEMORY")
            // KiB: the pages that a transaction of many rows goes over again.
            .pragma("cache_size", "-16384")
            // Rows that may wait for the program: with few, the two threads wake each other up for
            // every handful, which takes longer than the rows.
            .row_buffer_size(1_024)
            .statement_cache_capacity(256);
        let alone = migrate::alone(path).await?;
        // More writers would only wait for one another and fail with "busy".
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // Writes of this program wait for one another, each of which may wait for another program.
            .acquire_timeout(WRITER_WAITS * 5)
            // When the disk is full SQLite undoes the transaction by itself, and the connection
            // would go on believing in it: such a one is closed and a new one opened.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
            .connect_with(options.clone())
            .await
            .db()?;
        let migrated = migrate::sqlite(&writer, path, clock).await?;
        drop(alone);
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_lazy_with(
                options
                    .read_only(true)
                    .create_if_missing(false)
                    // Of each of these: what is read again and again are the upper pages of indexes.
                    .pragma("cache_size", "-4096")
                    // Only the recovery of a write-ahead log holds readers up.
                    .busy_timeout(Duration::from_secs(5)),
            );
        Ok((
            Self::Sqlite(SqliteDb {
                writer,
                readers,
                flushes: Arc::default(),
                path: path.to_owned(),
                memory: Memory::default(),
            }),
            migrated,
        ))
    }

    /// Connects to, and if need be migrates, a shared database.
    ///
    /// # Errors
    /// `InvalidInput` for a malformed address, `Offline`, `SchemaTooNew`.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(|e| {
            Error::new(
                Code::InvalidInput,
                "This is not a PostgreSQL address. Write it like postgres://name@server/database.",
            )
            .reason(Reason::DatabaseAddressInvalid)
            .source(e)
        })?;
        let db = Self::postgres_with(options, 8).await?;
        Ok(db)
    }

    pub(crate) async fn postgres_with(options: PgConnectOptions, connections: u32) -> Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.options([("TimeZone", "UTC")]))
            .await
            .db()?;
        migrate::postgres(&pool).await?;
        Ok(Self::Postgres(PostgresDb {
            pool,
            memory: Memory::default(),
        }))
    }

    /// Begins a read in a workspace. It sees one moment, and never waits for a writer.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self, workspace: WorkspaceId) -> Result<Tx> {
        let mut tx = self.read_registry().await?;
        tx.enter(workspace).await?;
        Ok(tx)
    }

    /// Begins a write in a workspace.
    ///
    /// # Errors
    /// `DataFolderBusy` when another program writes for too long.
    pub async fn write(&self, workspace: WorkspaceId) -> Result<Tx> {
        let mut tx = self.write_registry().await?;
        tx.enter(workspace).await?;
        Ok(tx)
    }

    /// Begins a write in a workspace whose commit has reached the disk when it returns: it outlives a
    /// loss of power, and so does everything that was committed before it. For what somebody else is
    /// told, or asked to do, right after. It costs a flush of the disk.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_lasting(&self, workspace: WorkspaceId) -> Result<Tx> {
        let mut tx = match self {
            Self::Sqlite(db) => Tx::Sqlite(db.begin(true).await?),
            Self::Postgres(db) => {
                let mut tx = begun(&db.pool, "BEGIN").await?;
                // A server may be set to answer before it has flushed.
                sqlx::query(
                    "SELECT set_config('synchronous_commit', 'on', true) \
                     WHERE current_setting('synchronous_commit') = 'off'",
                )
                .execute(&mut *tx)
                .await
                .db()?;
                Tx::Postgres(tx)
            }
        };
        tx.enter(workspace).await?;
        Ok(tx)
    }

    /// Begins a read outside any workspace: only the list of workspaces can be seen.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_registry(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite(db) => Tx::Sqlite(db.readers.begin().await.db()?),
            Self::Postgres(db) => Tx::Postgres(
                begun(&db.pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        })
    }

    /// Begins a write outside any workspace, to the list of workspaces.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_registry(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite(db) => Tx::Sqlite(db.begin(false).await?),
            Self::Postgres(db) => Tx::Postgres(begun(&db.pool, "BEGIN").await?),
        })
    }

    /// What is kept in memory of this store.
    pub fn memory(&self) -> &Memory {
        match self {
            Self::Sqlite(db) => &db.memory,
            Self::Postgres(db) => &db.memory,
        }
    }

    /// Where an embedded database lies.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(db) => Some(&db.path),
            Self::Postgres(_) => None,
        }
    }

    /// Looks for damage. No sentence means that there is none.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub async fn check(&self) -> Result<Vec<String>> {
        let said: Vec<String> = match self {
            Self::Sqlite(db) => sqlx::query_scalar("PRAGMA quick_check")
                .fetch_all(&db.readers)
                .await
                .db()?,
            // PostgreSQL checks its pages by itself; that it answers is what can be asked here.
            Self::Postgres(db) => sqlx::query_scalar("SELECT 'ok'")
                .fetch_all(&db.pool)
                .await
                .db()?,
        };
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }

    /// Copies an embedded database, as it is at this moment, into a new file.
    ///
    /// # Errors
    /// `DiskFull`; `InvalidInput` for a shared database, which its server backs up.
    pub async fn copy_to(&self, target: &Path) -> Result<()> {
        let Self::Sqlite(db) = self else {
            return Err(Error::new(
                Code::InvalidInput,
                "A shared database is backed up on its server, with pg_dump.",
            )
            .reason(Reason::BackupOnServer));
        };
        sqlx::query("VACUUM INTO $1")
            .bind(target.to_string_lossy().into_owned())
            .execute(&db.writer)
            .await
            .db()?;
        Ok(())
    }

    /// Lets go of every connection. SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.readers.close().await;
                db.writer.close().await;
            }
            Self::Postgres(db) => db.pool.close().await,
        }
    }
}

/// Begins a transaction on PostgreSQL, in a task of its own. A caller that goes away in the middle, such
/// as whoever called a webhook and hung up, would otherwise leave it open in the pool: the driver counts
/// a transaction only once it has begun, and the next caller would find itself inside of it.
async fn begun(
    pool: &PgPool,
    statement: &'static str,
) -> Result<sqlx::Transaction<'static, sqlx::Postgres>> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.begin_with(statement).await })
        .await
        .map_err(Error::internal)?
        .db()
}

impl SqliteDb {
    /// Begins a write; `lasting` flushes its commit to the disk.
    async fn begin(&self, lasting: bool) -> Result<Transaction<'static, Sqlite>> {
        let mut writer = match self.writer.acquire().await {
            Err(error @ sqlx::Error::PoolTimedOut) => return Err(busy().source(error)),
            writer => writer.db()?,
        };
        // Outside of a transaction, where alone it can be changed. There is one writer, so that
        // nobody changes it in between; one that was opened anew does not flush.
        if self.flushes.swap(lasting, Ordering::Relaxed) || lasting {
            let pragma = if lasting {
                "PRAGMA synchronous = FULL"
            } else {
                "PRAGMA synchronous = NORMAL"
            };
            sqlx::query(pragma).execute(&mut *writer).await.db()?;
        }
        // Taking the write lock at once: a read that becomes a write cannot wait for it.
        Transaction::begin(writer, Some("BEGIN IMMEDIATE".into_sql_str()))
            .await
            .db()
    }

    /// Whether the last write that was begun flushes its commit.
    #[cfg(any(test, feature = "testing"))]
    pub fn flushes(&self) -> bool {
        self.flushes.load(Ordering::Relaxed)
    }
}
