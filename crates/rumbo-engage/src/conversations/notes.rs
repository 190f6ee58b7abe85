//! What people write down about a conversation for one another. Never sent.

use chrono::{DateTime, Utc};
use rumbo_base::{Code, ConversationId, Error, Reason, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::one;

statements! {
    OF_CONVERSATION = "SELECT n.id, n.body, n.created_at, u.name AS author FROM conversation_notes n \
        LEFT JOIN users u ON u.id = n.created_by \
        WHERE n.workspace_id = $1 AND n.conversation_id = $2 ORDER BY n.created_at, n.id";
    ADD = "INSERT INTO conversation_notes (workspace_id, id, conversation_id, body, created_at, created_by, \
        updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $5, $6)";
    /// Somebody of ours looks after it.
    LOOKED_AFTER = "UPDATE conversations SET bulk_only = FALSE WHERE workspace_id = $1 AND id = $2 AND bulk_only";
    REMOVE = "DELETE FROM conversation_notes WHERE workspace_id = $1 AND id = $2";
}

/// Characters of a note at most.
const LONGEST: usize = 4_000;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Note {
    pub id: Uuid,
    pub body: String,
    pub created_at: DateTime<Utc>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// The notes of a conversation, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn notes(
    tx: &mut Tx,
    workspace: WorkspaceId,
    conversation: ConversationId,
) -> Result<Vec<Note>> {
    on_tx!(tx, |c| sqlx::query_as(OF_CONVERSATION)
        .bind(workspace)
        .bind(conversation)
        .fetch_all(c)
        .await)
    .db()
}

/// Writes a note.
///
/// # Errors
/// `NotFound`; `InvalidInput` for an empty or a very long one.
pub async fn add_note(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
    body: &str,
) -> Result<Uuid> {
    let body = body.trim().replace('\0', "");
    if body.is_empty() {
        return Err(
            Error::new(Code::InvalidInput, "The note is empty. Write something.")
                .reason(Reason::ValueMissing)
                .field("body"),
        );
    }
    if body.chars().count() > LONGEST {
        return Err(Error::new(
            Code::InvalidInput,
            format!("The note is longer than {LONGEST} characters. Shorten it."),
        )
        .reason(Reason::ValueTooLong)
        .field("body")
        .param("longest", LONGEST));
    }
    one(tx, scope.workspace, conversation).await?;
    let id: Uuid = scope.id();
    on_tx!(tx, |c| sqlx::query(ADD)
        .bind(scope.workspace)
        .bind(id)
        .bind(conversation)
        .bind(&body)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(LOOKED_AFTER)
        .bind(scope.workspace)
        .bind(conversation)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(id)
}

/// Takes a note away. Tells whether it was there.
///
/// # Errors
/// When the store cannot be written.
pub async fn remove_note(tx: &mut Tx, scope: &Scope, id: Uuid) -> Result<bool> {
    on_tx!(tx, |c| sqlx::query(REMOVE)
        .bind(scope.workspace)
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .db()
}
