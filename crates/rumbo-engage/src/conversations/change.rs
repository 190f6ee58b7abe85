//! What a person does with a conversation.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, ConversationId, Error, Reason, Result, UserId};
use rumbo_crm::contacts;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use super::gone;

statements! {
    STORED = "SELECT state, assigned_to, read_at, last_received_at FROM conversations \
        WHERE workspace_id = $1 AND id = $2";
    SET_READ = "UPDATE conversations SET read_at = $3 WHERE workspace_id = $1 AND id = $2";
    SET_STATE = "UPDATE conversations SET state = $3, bulk_only = FALSE, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND id = $2";
    SET_ASSIGNED = "UPDATE conversations SET assigned_to = $3, bulk_only = FALSE, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND id = $2";
}

/// Whether a conversation goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ConversationState {
    Open,
    /// Ended, until the person writes again.
    Closed,
}

impl ConversationState {
    /// The word it is stored by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// To whom a conversation is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    Nobody,
    /// A member of the workspace.
    To(UserId),
}

#[derive(sqlx::FromRow)]
struct Stored {
    state: ConversationState,
    assigned_to: Option<UserId>,
    read_at: Option<DateTime<Utc>>,
    last_received_at: Option<DateTime<Utc>>,
}

/// Marks everything that is stored by now as read. Tells whether that changed anything.
///
/// # Errors
/// `NotFound`.
pub async fn mark_read(tx: &mut Tx, scope: &Scope, id: ConversationId) -> Result<bool> {
    let stored = stored(tx, scope, id).await?;
    let unread = stored
        .last_received_at
        .is_some_and(|last| stored.read_at.is_none_or(|read| read < last));
    if unread {
        set_read(tx, scope, id, Some(scope.now())).await?;
    }
    Ok(unread)
}

/// Marks the person's last message as unread. Where nobody wrote there is nothing to mark.
///
/// # Errors
/// `NotFound`.
pub async fn mark_unread(tx: &mut Tx, scope: &Scope, id: ConversationId) -> Result<bool> {
    let stored = stored(tx, scope, id).await?;
    let Some(last) = stored.last_received_at else {
        return Ok(false);
    };
    let before = last - TimeDelta::microseconds(1);
    if stored.read_at.is_none_or(|read| read <= before) {
        return Ok(false);
    }
    set_read(tx, scope, id, Some(before)).await?;
    Ok(true)
}

/// Ends a conversation, or lets it go on. Tells whether that changed anything.
///
/// # Errors
/// `NotFound`.
pub async fn set_state(
    tx: &mut Tx,
    scope: &Scope,
    id: ConversationId,
    state: ConversationState,
) -> Result<bool> {
    if stored(tx, scope, id).await?.state == state {
        return Ok(false);
    }
    on_tx!(tx, |c| sqlx::query(SET_STATE)
        .bind(scope.workspace)
        .bind(id)
        .bind(state.word())
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(true)
}

/// Gives a conversation to somebody, or to nobody. Tells whether that changed anything.
///
/// # Errors
/// `NotFound`; `InvalidInput` for who is no member of the workspace.
pub async fn assign(
    tx: &mut Tx,
    scope: &Scope,
    id: ConversationId,
    to: Assignment,
) -> Result<bool> {
    let to = match to {
        Assignment::Nobody => None,
        Assignment::To(user) => {
            let members = contacts::owners(tx, scope.workspace).await?;
            if !members.iter().any(|member| member.id == user) {
                return Err(Error::new(
                    Code::InvalidInput,
                    "A conversation can be given to a member of this workspace only.",
                )
                .reason(Reason::OwnerNotMember)
                .field("assigned_to"));
            }
            Some(user)
        }
    };
    if stored(tx, scope, id).await?.assigned_to == to {
        return Ok(false);
    }
    on_tx!(tx, |c| sqlx::query(SET_ASSIGNED)
        .bind(scope.workspace)
        .bind(id)
        .bind(to)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(true)
}

async fn stored(tx: &mut Tx, scope: &Scope, id: ConversationId) -> Result<Stored> {
    on_tx!(tx, |c| sqlx::query_as(STORED)
        .bind(scope.workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .ok_or_else(gone)
}

async fn set_read(
    tx: &mut Tx,
    scope: &Scope,
    id: ConversationId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_READ)
        .bind(scope.workspace)
        .bind(id)
        .bind(at)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
