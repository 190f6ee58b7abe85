//! A copy of one workspace, made before it is deleted: its rows and nobody else's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rumbo_base::{Clock, Code, Error, Reason, Result, WorkspaceId};
use rumbo_db::{Db, DbResultExt, Tx, on_tx};
use sqlx::AssertSqlSafe;

/// Copies a workspace of an embedded database into a new file, which opens like any other.
///
/// # Errors
/// `DiskFull`; `InvalidInput` for a shared database, which its server backs up; `DataCorrupt` when
/// the copy does not hold exactly the workspace's rows. No file is left then.
pub async fn back_up(db: &Db, clock: &Clock, workspace: WorkspaceId, target: &Path) -> Result<()> {
    let part = target.with_extension("part");
    remove(&part);
    let made = async {
        db.copy_to(&part).await?;
        keep_only(&part, clock, workspace).await?;
        std::fs::rename(&part, target).map_err(|error| {
            Error::new(
                Code::DiskFull,
                format!(
                    "The copy {} cannot be written. Check the disk.",
                    target.display()
                ),
            )
            .source(error)
        })
    };
    let made = made.await;
    remove(&part);
    made
}

/// Removes a copy that was not finished, and what was laid beside it while it was made.
fn remove(part: &Path) {
    for ending in ["", "-wal", "-shm", "-journal", "-lock"] {
        let mut path = part.as_os_str().to_owned();
        path.push(ending);
        // One that is not there is as good as removed.
        drop(std::fs::remove_file(PathBuf::from(path)));
    }
}

async fn keep_only(part: &Path, clock: &Clock, workspace: WorkspaceId) -> Result<()> {
    let (copy, _) = Db::open_sqlite(part, clock).await?;
    let trimmed = trim(&copy, workspace).await;
    copy.close().await;
    trimmed
}

async fn trim(copy: &Db, workspace: WorkspaceId) -> Result<()> {
    let mut tx = copy.read_registry().await?;
    let all = super::list(&mut tx).await?;
    let before = counts(&mut tx, Some(workspace)).await?;
    drop(tx);
    for other in all.iter().filter(|other| other.id != workspace) {
        let mut tx = copy.write(other.id).await?;
        super::delete(&mut tx, other.id).await?;
        tx.commit().await?;
    }
    let mut tx = copy.write(workspace).await?;
    // Users belong to no workspace; those of the others are none of this one's.
    on_tx!(&mut tx, |c| sqlx::query(
        "DELETE FROM users WHERE id NOT IN (SELECT user_id FROM memberships)"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .db()?;
    tx.commit().await?;
    copy.compact().await?;
    let mut tx = copy.read_registry().await?;
    let after = counts(&mut tx, None).await?;
    let kept: Vec<WorkspaceId> = super::list(&mut tx)
        .await?
        .iter()
        .map(|kept| kept.id)
        .collect();
    drop(tx);
    if before != after || kept != [workspace] || !copy.check().await?.is_empty() {
        return Err(Error::new(
            Code::DataCorrupt,
            "The copy of the workspace does not hold what it should, so nothing was deleted. Run \
             the examination (rumbo doctor).",
        )
        .reason(Reason::CopyIncomplete));
    }
    Ok(())
}

/// How many rows each table has: of one workspace, or of all.
async fn counts(tx: &mut Tx, of: Option<WorkspaceId>) -> Result<BTreeMap<String, i64>> {
    let tables: Vec<String> = on_tx!(tx, |c| sqlx::query_scalar(
        "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name = 'workspace_id'"
    )
    .fetch_all(c)
    .await)
    .db()?;
    let mut found = BTreeMap::new();
    for table in tables {
        let wanted = of.map_or("", |_| " WHERE workspace_id = $1");
        // The names come from the schema itself.
        let sql = format!("SELECT COUNT(*) FROM \"{table}\"{wanted}");
        let count: i64 = match of {
            Some(workspace) => on_tx!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql.clone()))
                .bind(workspace)
                .fetch_one(c)
                .await),
            None => on_tx!(tx, |c| sqlx::query_scalar(AssertSqlSafe(sql.clone()))
                .fetch_one(c)
                .await),
        }
        .db()?;
        found.insert(table, count);
    }
    Ok(found)
}
