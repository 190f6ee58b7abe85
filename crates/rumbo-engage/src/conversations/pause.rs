//! Leaving a person alone: rules, sequences and the bot wait while somebody is writing with them.

use chrono::{DateTime, Utc};
use rumbo_base::{ConversationId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

macro_rules! of_the_person {
    () => {
        "workspace_id = $1 AND (id = $2 OR contact_id = (SELECT o.contact_id FROM conversations o \
         WHERE o.workspace_id = $1 AND o.id = $2)) "
    };
}

statements! {
    PAUSE = concat!("UPDATE conversations SET automation_paused_until = $3 WHERE ", of_the_person!(),
        "AND (automation_paused_until IS NULL OR automation_paused_until < $3)");
    RESUME = concat!("UPDATE conversations SET automation_paused_until = NULL WHERE ", of_the_person!(),
        "AND automation_paused_until IS NOT NULL");
    /// What waited for nothing else is looked at again at once.
    RELEASE = "UPDATE dispatches SET due_at = $3, updated_at = $3 WHERE workspace_id = $1 AND state = 'held' \
        AND reason = 'person_writes' AND due_at > $3 AND contact_id = (SELECT o.contact_id FROM conversations o \
        WHERE o.workspace_id = $1 AND o.id = $2)";
}

/// Leaves the person of a conversation alone until then, on every channel. A pause only grows.
///
/// # Errors
/// When the store cannot be written.
pub async fn pause_automation(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
    until: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(PAUSE)
        .bind(scope.workspace)
        .bind(conversation)
        .bind(until)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Ends the pause of the person of a conversation, on every channel. Tells whether there was one.
///
/// # Errors
/// When the store cannot be written.
pub async fn resume_automation(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
) -> Result<bool> {
    let resumed = on_tx!(tx, |c| sqlx::query(RESUME)
        .bind(scope.workspace)
        .bind(conversation)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    if resumed > 0 {
        on_tx!(tx, |c| sqlx::query(RELEASE)
            .bind(scope.workspace)
            .bind(conversation)
            .bind(scope.now())
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(resumed > 0)
}
