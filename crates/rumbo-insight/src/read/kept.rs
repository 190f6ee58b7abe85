//! What reports read again and again, kept in memory until something of it changes.
//!
//! The names of objects and where touches come from are some ten thousand rows in a large workspace,
//! and the same for every period that is asked for; what is out of the ordinary now takes as many days.
//! Triggers count the changes of the tables these are made of (migration 18), so that one number tells
//! whether what is in memory is what a transaction would read.

use std::collections::HashMap;
use std::sync::Arc;

use rumbo_base::{Result, WorkspaceId};
use rumbo_db::{DbResultExt, Memory, Tx, on_tx, statements};
use rumbo_platform::Scope;

statements! {
    REVISIONS = "SELECT r.topic, CAST(SUM(r.count) AS BIGINT) AS count FROM revisions r \
        WHERE r.workspace_id = $1 GROUP BY r.topic";
    /// The counts of transactions that are over are one count.
    REMOVE_COUNTS = "DELETE FROM revisions WHERE workspace_id = $1 AND topic = $2 AND writer <> 0";
    ADD_COUNTS = "INSERT INTO revisions (workspace_id, topic, writer, count) VALUES ($1, $2, 0, $3) \
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = revisions.count + excluded.count";
}

/// What changes are counted of, in the words of the triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Ad accounts, campaigns, ad sets, ads, creatives, and the origins of touches.
    Objects,
    /// These, and what the days of ad accounts come to, as often as it was read.
    Delivered,
}

const OBJECTS: &str = "objects";
const DELIVERED: &str = "delivered";

/// What is kept of a workspace, for one transaction that reads it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    memory: Memory,
    workspace: WorkspaceId,
    /// How often something of each topic changed.
    counts: Arc<HashMap<String, i64>>,
}

impl Kept {
    /// For a transaction that only reads: what one itself changed is counted when it ends.
    pub async fn read(tx: &mut Tx, scope: &Scope) -> Result<Self> {
        let counts: Vec<(String, i64)> = on_tx!(tx, |c| sqlx::query_as(REVISIONS)
            .bind(scope.workspace)
            .fetch_all(c)
            .await)
        .db()?;
        Ok(Self {
            memory: scope.db.memory().clone(),
            workspace: scope.workspace,
            counts: Arc::new(counts.into_iter().collect()),
        })
    }

    /// Where answers are kept of which there are many.
    pub fn answers(&self) -> Memory {
        self.memory.clone()
    }

    /// How often something of a topic changed.
    pub fn revision(&self, topic: &str) -> i64 {
        self.counts.get(topic).copied().unwrap_or(0)
    }

    /// The same of all topics that begin with a word.
    pub fn revision_of_kind(&self, kind: &str) -> i64 {
        let of_kind = self.counts.iter().filter(|(topic, _)| {
            let rest = topic.strip_prefix(kind);
            rest.is_some_and(|rest| rest.starts_with(' '))
        });
        of_kind.map(|(_, count)| count).sum()
    }

    /// The same of a topic that things are kept by.
    pub fn revision_of(&self, topic: Topic) -> i64 {
        match topic {
            Topic::Objects => self.revision(OBJECTS),
            // Counts only grow: as long as their sum is the same, so is each of them.
            Topic::Delivered => self
                .revision(OBJECTS)
                .saturating_add(self.revision(DELIVERED)),
        }
    }

    /// What was read for this question when nothing had changed since; else it is read now.
    /// Of each kind the last question is in memory, or so many of them.
    pub async fn or_read<Q, T>(
        &self,
        topic: Topic,
        (question, at_most): (Q, usize),
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>>
    where
        Q: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let revision = self.revision_of(topic);
        let recent = self.memory.get::<Recent<Q, T>>(self.workspace, revision);
        let recent = recent.iter().flat_map(|recent| recent.iter());
        if let Some(known) = recent.clone().find(|known| known.0 == question) {
            return Ok(Arc::clone(&known.1));
        }
        let others = recent.take(at_most.saturating_sub(1)).cloned();
        let others: Recent<Q, T> = others.collect();
        let value = Arc::new(read.await?);
        let mut recent = vec![Arc::new((question, Arc::clone(&value)))];
        recent.extend(others);
        self.memory.keep(self.workspace, revision, Arc::new(recent));
        Ok(value)
    }
}

/// What was asked and answered last, the newest first.
type Recent<Q, T> = Vec<Arc<(Q, Arc<T>)>>;

/// Makes one count of those of all transactions that are over: there is one for each.
pub(crate) async fn fold_counts(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    for topic in [OBJECTS, DELIVERED] {
        let removed = on_tx!(tx, |c| sqlx::query(REMOVE_COUNTS)
            .bind(workspace)
            .bind(topic)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .db()?;
        if removed == 0 {
            continue;
        }
        let removed = i64::try_from(removed).unwrap_or(i64::MAX);
        count(tx, workspace, topic, removed).await?;
    }
    Ok(())
}

/// Counts so many changes of a topic.
pub(crate) async fn count(
    tx: &mut Tx,
    workspace: WorkspaceId,
    topic: &str,
    changes: i64,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(ADD_COUNTS)
        .bind(workspace)
        .bind(topic)
        .bind(changes)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
