//! Calls that were not taken: the last of each address, for whoever sets a provider up.

use chrono::{DateTime, Utc};
use rumbo_base::{Result, WorkspaceId};
use rumbo_channels::WebhookRefusal;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

statements! {
    NOTE = "INSERT INTO webhook_refusals (workspace_id, path, reason, refused_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (workspace_id, path) DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at";
    LAST = "SELECT path, reason, refused_at FROM webhook_refusals WHERE workspace_id = $1";
}

/// The last call at an address that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LastRefusal {
    pub path: String,
    /// `unsigned`, `bad_signature`, `stale` or `unreadable`.
    pub reason: String,
    pub refused_at: DateTime<Utc>,
}

/// The word of a refusal.
fn word(refusal: &WebhookRefusal) -> &'static str {
    match refusal {
        WebhookRefusal::Unsigned => "unsigned",
        WebhookRefusal::BadSignature => "bad_signature",
        WebhookRefusal::Stale => "stale",
        WebhookRefusal::Unreadable(_) => "unreadable",
    }
}

/// Notes that a call was not taken. Whoever can reach the address can bring this about: callers note
/// one in some seconds.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_refusal(scope: &Scope, path: &str, refusal: &WebhookRefusal) -> Result<()> {
    let mut tx = scope.write().await?;
    on_tx!(&mut tx, |c| sqlx::query(NOTE)
        .bind(scope.workspace)
        .bind(path)
        .bind(word(refusal))
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    tx.commit().await
}

/// The last call of each address that was not taken.
///
/// # Errors
/// When the store cannot be read.
pub async fn last_refusals(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<LastRefusal>> {
    on_tx!(tx, |c| sqlx::query_as(LAST)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}
