//! Who did what, and when: written down in the transaction of the change itself, and never changed after.
//!
//! Each entry carries the hash of the one before, so that one that is missing or other than it was is
//! found ([`verify`]). People who are written to are named by ids alone, never by a name or an address, so
//! that erasing somebody leaves the entries as they are; nothing of a secret is in any of them.

use chrono::{DateTime, SubsecRound as _, Utc};
use rumbo_base::{Page, PageRequest, Result, UserId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::Scope;

statements! {
    /// Whoever moves the head on writes next; nobody else does until the transaction ends.
    NEXT = "INSERT INTO audit_heads (workspace_id, seq, hash) VALUES ($1, 1, '') \
        ON CONFLICT (workspace_id) DO UPDATE SET seq = audit_heads.seq + 1 RETURNING seq, hash";
    MOVE = "UPDATE audit_heads SET hash = $2 WHERE workspace_id = $1";
    ADD = "INSERT INTO audit_entries (workspace_id, seq, id, occurred_at, actor, action, object_kind, object_id, before, \
        after, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    PAGE = "SELECT e.seq, e.id, e.occurred_at, e.actor, u.name AS actor_name, e.action, e.object_kind, e.object_id, \
        e.before, e.after, e.previous_hash, e.hash FROM audit_entries e LEFT JOIN users u ON u.id = e.actor \
        WHERE e.workspace_id = $1 AND e.seq < $2 AND ($3 = '' OR e.action = $3) AND ($4 = '' OR e.object_kind = $4) \
        AND ($5 = '' OR e.object_id = $5) AND (e.actor = $6 OR $6 IS NULL) AND e.occurred_at >= $7 AND e.occurred_at < $8 \
        ORDER BY e.seq DESC LIMIT $9";
    AFTER = "SELECT e.seq, e.id, e.occurred_at, e.actor, NULL AS actor_name, e.action, e.object_kind, e.object_id, \
        e.before, e.after, e.previous_hash, e.hash FROM audit_entries e \
        WHERE e.workspace_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT 1000";
    HEAD = "SELECT seq, hash FROM audit_heads WHERE workspace_id = $1";
}

/// Something that was done.
#[derive(Clone, Debug, Default)]
pub struct Deed<'a> {
    /// The command's own name, such as `submit_template`.
    pub action: &'a str,
    /// What it was done to: a kind, and its id.
    pub object_kind: &'a str,
    pub object_id: String,
    /// What was otherwise before, and how it is after; `Null` where there is nothing to tell.
    pub before: Value,
    pub after: Value,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditEntry {
    /// Its place; places have no gaps.
    pub seq: i64,
    pub id: Uuid,
    pub occurred_at: DateTime<Utc>,
    /// `None` where Rumbo did it by itself.
    pub actor: Option<UserId>,
    pub actor_name: Option<String>,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// JSON in text, as it was written.
    pub before: Option<String>,
    pub after: Option<String>,
    pub previous_hash: String,
    pub hash: String,
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub action: Option<String>,
    pub object_kind: Option<String>,
    pub object_id: Option<String>,
    pub actor: Option<UserId>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// What became of a check of all entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    pub entries: i64,
    /// The first place at which an entry is missing or other than it was.
    pub broken_at: Option<i64>,
}

/// Writes down what was done. It holds only where the transaction does.
///
/// # Errors
/// When the store cannot be written.
pub async fn record(tx: &mut Tx, scope: &Scope, deed: &Deed<'_>) -> Result<()> {
    let (seq, previous_hash): (i64, String) = on_tx!(tx, |c| sqlx::query_as(NEXT)
        .bind(scope.workspace)
        .fetch_one(c)
        .await)
    .db()?;
    let told = |value: &Value| (!value.is_null()).then(|| value.to_string());
    let mut entry = AuditEntry {
        seq,
        id: scope.id(),
        occurred_at: scope.now().trunc_subsecs(6),
        actor: scope.actor,
        actor_name: None,
        action: deed.action.to_owned(),
        object_kind: deed.object_kind.to_owned(),
        object_id: deed.object_id.clone(),
        before: told(&deed.before),
        after: told(&deed.after),
        previous_hash,
        hash: String::new(),
    };
    entry.hash = entry.digest();
    on_tx!(tx, |c| sqlx::query(ADD)
        .bind(scope.workspace)
        .bind(entry.seq)
        .bind(entry.id)
        .bind(entry.occurred_at)
        .bind(entry.actor)
        .bind(&entry.action)
        .bind(&entry.object_kind)
        .bind(&entry.object_id)
        .bind(&entry.before)
        .bind(&entry.after)
        .bind(&entry.previous_hash)
        .bind(&entry.hash)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(MOVE)
        .bind(scope.workspace)
        .bind(&entry.hash)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

impl AuditEntry {
    /// SHA-256, in hex, of the entry with the hash of the one before.
    fn digest(&self) -> String {
        let told = json!([
            self.previous_hash,
            self.seq,
            self.id,
            self.occurred_at.timestamp_micros(),
            self.actor.map(|actor| actor.to_string()),
            self.action,
            self.object_kind,
            self.object_id,
            self.before,
            self.after,
        ]);
        hex::encode(Sha256::digest(told.to_string().as_bytes()))
    }
}

/// One page of entries, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditEntry>> {
    let before = page.place(i64::MAX, |cursor| cursor.parse().ok())?;
    let rows: Vec<AuditEntry> = on_tx!(tx, |c| sqlx::query_as(PAGE)
        .bind(workspace)
        .bind(before)
        .bind(filter.action.as_deref().unwrap_or_default())
        .bind(filter.object_kind.as_deref().unwrap_or_default())
        .bind(filter.object_id.as_deref().unwrap_or_default())
        .bind(filter.actor)
        .bind(filter.since.unwrap_or(DateTime::UNIX_EPOCH))
        .bind(
            filter
                .until
                .unwrap_or_else(|| DateTime::from_timestamp_nanos(i64::MAX)),
        )
        .bind(page.wanted())
        .fetch_all(c)
        .await)
    .db()?;
    Ok(page.cut(rows, |last| last.seq.to_string()))
}

/// Goes through every entry: whether one is missing, or other than it was.
///
/// # Errors
/// When the store cannot be read.
pub async fn verify(tx: &mut Tx, workspace: WorkspaceId) -> Result<Verified> {
    let head: Option<(i64, String)> = on_tx!(tx, |c| sqlx::query_as(HEAD)
        .bind(workspace)
        .fetch_optional(c)
        .await)
    .db()?;
    let (mut entries, mut previous) = (0, String::new());
    let broken = |entries, at| Verified {
        entries,
        broken_at: Some(at),
    };
    loop {
        let rows: Vec<AuditEntry> = on_tx!(tx, |c| sqlx::query_as(AFTER)
            .bind(workspace)
            .bind(entries)
            .fetch_all(c)
            .await)
        .db()?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let follows = row.seq == entries + 1 && row.previous_hash == previous;
            if !follows || row.hash != row.digest() {
                return Ok(broken(entries, entries + 1));
            }
            entries = row.seq;
            previous = row.hash;
        }
    }
    // What was cut off at the end is known by the head.
    Ok(match head {
        Some((seq, hash)) if (seq, hash.as_str()) != (entries, previous.as_str()) => {
            broken(entries, entries + 1)
        }
        _ => Verified {
            entries,
            broken_at: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use rumbo_db::testing::{TestDb, prepare_all};

    use super::*;
    use crate::testing::scope;

    fn deed(action: &str, id: &str) -> Deed<'static> {
        Deed {
            action: match action {
                "save" => "save_template",
                _ => "submit_template",
            },
            object_kind: "template",
            object_id: id.to_owned(),
            before: Value::Null,
            after: json!({ "version": 1, "name": "Ñandú" }),
        }
    }

    #[tokio::test]
    async fn every_statement_is_understood_by_both_databases() {
        prepare_all(&[STATEMENTS]).await;
    }

    #[tokio::test]
    async fn entries_follow_one_another_and_what_was_changed_is_found() {
        for test in [TestDb::sqlite().await, TestDb::postgres().await] {
            let scope = scope(&test).await;
            for (action, id) in [("save", "a"), ("submit", "a"), ("save", "b")] {
                let mut tx = scope.write().await.unwrap();
                record(&mut tx, &scope, &deed(action, id)).await.unwrap();
                tx.commit().await.unwrap();
            }
            // What is not done is not told.
            let mut tx = scope.write().await.unwrap();
            record(&mut tx, &scope, &deed("save", "c")).await.unwrap();
            tx.rollback().await.unwrap();
            let mut tx = scope.read().await.unwrap();
            let filter = AuditFilter {
                object_id: Some("a".to_owned()),
                ..AuditFilter::default()
            };
            let page = PageRequest::default();
            let found = list(&mut tx, scope.workspace, &filter, &page)
                .await
                .unwrap();
            let actions: Vec<&str> = found.rows.iter().map(|row| row.action.as_str()).collect();
            assert_eq!(actions, ["submit_template", "save_template"]);
            let whole = verify(&mut tx, scope.workspace).await.unwrap();
            assert_eq!((whole.entries, whole.broken_at), (3, None));
            drop(tx);
            // Nobody changes or takes away what was written.
            for sql in [
                "UPDATE audit_entries SET object_id = 'x' WHERE workspace_id = $1",
                "DELETE FROM audit_entries WHERE workspace_id = $1",
            ] {
                let mut tx = scope.write().await.unwrap();
                let refused = on_tx!(&mut tx, |c| sqlx::query(sql)
                    .bind(scope.workspace)
                    .execute(c)
                    .await
                    .map(|_| ()));
                assert!(refused.is_err(), "{sql}");
            }
        }
    }
}
