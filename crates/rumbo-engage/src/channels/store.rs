//! Channels in the database.

use rumbo_base::{ChannelId, Code, Error, Reason, Result, WorkspaceId};
use rumbo_channels::Trouble;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::{ChannelFields, ChannelState, LONGEST_NAME, StoredChannel, prices, secret_name};

statements! {
    LIST = "SELECT id, name, kind, provider, description, base_url, sender, sender_id, settings, credential, \
            connection_id, whatsapp_account_id, active, state, state_reason, state_detail, state_since, \
            per_second, poll_cursor, updated_at FROM channels WHERE workspace_id = $1 ORDER BY active DESC, name, id";
    BY_ID = "SELECT id, name, kind, provider, description, base_url, sender, sender_id, settings, credential, \
             connection_id, whatsapp_account_id, active, state, state_reason, state_detail, state_since, \
             per_second, poll_cursor, updated_at FROM channels WHERE workspace_id = $1 AND id = $2";
    NAMED = "SELECT id FROM channels WHERE workspace_id = $1 AND name = $2";
    INSERT = "INSERT INTO channels (workspace_id, id, name, kind, provider, description, base_url, sender, \
              sender_id, settings, credential, connection_id, whatsapp_account_id, active, state, state_reason, \
              state_since, per_second, poll_cursor, created_at, created_by, updated_at, updated_by) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'connecting', NULL, $15, $16, \
              NULL, $15, $17, $15, $17)";
    UPDATE = "UPDATE channels SET name = $3, description = $4, base_url = $5, sender = $6, sender_id = $7, \
              settings = $8, credential = $9, connection_id = $10, whatsapp_account_id = $11, active = $12, \
              per_second = $13, updated_at = $14, updated_by = $15 WHERE workspace_id = $1 AND id = $2";
    SET_STATE = "UPDATE channels SET state = $3, state_reason = $4, state_detail = $6, \
                 state_since = CASE WHEN state = $3 THEN state_since ELSE $5 END \
                 WHERE workspace_id = $1 AND id = $2 \
                 AND (state <> $3 OR COALESCE(state_reason, '') <> COALESCE($4, '') \
                 OR COALESCE(state_detail, '') <> COALESCE($6, ''))";
    SET_CURSOR = "UPDATE channels SET poll_cursor = $3 WHERE workspace_id = $1 AND id = $2";
    USED = "SELECT EXISTS (SELECT 1 FROM conversations WHERE workspace_id = $1 AND channel_id = $2) \
            OR EXISTS (SELECT 1 FROM dispatches WHERE workspace_id = $1 AND channel_id = $2) \
            OR EXISTS (SELECT 1 FROM bulk_sends WHERE workspace_id = $1 AND channel_id = $2) \
            OR EXISTS (SELECT 1 FROM templates WHERE workspace_id = $1 AND channel_id = $2) \
            OR EXISTS (SELECT 1 FROM webhook_deliveries WHERE workspace_id = $1 AND channel_id = $2)";
    ARCHIVE = "UPDATE channels SET active = FALSE, credential = '', state = 'disconnected', state_reason = NULL, \
               state_detail = NULL, state_since = $3, updated_at = $3, updated_by = $4 WHERE workspace_id = $1 AND id = $2";
    DELETE_PACE = "DELETE FROM channel_paces WHERE workspace_id = $1 AND channel_id = $2";
    DELETE = "DELETE FROM channels WHERE workspace_id = $1 AND id = $2";
    CREDENTIALS = "SELECT credential FROM channels WHERE workspace_id = $1 AND credential <> ''";
}

/// What became of a channel that was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Nothing was ever sent or received by it: it is gone.
    Deleted,
    /// It has a history, which stays; it cannot be used any more.
    Archived,
}

/// Every channel of the workspace, those in use first.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<StoredChannel>> {
    on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// One channel.
///
/// # Errors
/// `NotFound`.
pub async fn by_id(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId) -> Result<StoredChannel> {
    let found: Option<StoredChannel> = on_tx!(tx, |c| sqlx::query_as(BY_ID)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    found.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This channel does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "messaging_channel")
    })
}

/// Keeps a channel: in place of the one with the id, or as a new one. What is the same already stays
/// untouched; the provider of a channel never changes.
///
/// # Errors
/// `InvalidInput` for a value that cannot be used, `Conflict` for a name that is taken, `NotFound`.
pub async fn save(
    tx: &mut Tx,
    scope: &Scope,
    id: Option<ChannelId>,
    fields: &ChannelFields,
) -> Result<StoredChannel> {
    let name = checked_name(&fields.name)?;
    let sender = fields.sender.trim();
    if sender.is_empty() {
        return Err(missing("sender"));
    }
    if fields
        .per_second
        .is_some_and(|pace| !(1..=1000).contains(&pace))
    {
        let given = fields.per_second.unwrap_or_default();
        return Err(Error::new(
            Code::InvalidInput,
            format!("{given} is not possible here. Use 1 to 1000."),
        )
        .field("per_second")
        .reason(Reason::NumberOutOfRange)
        .param("value", given)
        .param("least", 1)
        .param("most", 1000));
    }
    let stored = match id {
        Some(id) => Some(by_id(tx, scope.workspace, id).await?),
        None => None,
    };
    if let Some(stored) = &stored
        && stored.provider != fields.provider
    {
        return Err(Error::new(
            Code::InvalidInput,
            "A channel stays with its provider. Add another channel for the other one.",
        )
        .field("provider")
        .reason(Reason::ValueUnknown)
        .param("value", fields.provider.word())
        .param("choices", stored.provider.word()));
    }
    let named: Option<ChannelId> = on_tx!(tx, |c| sqlx::query_scalar(NAMED)
        .bind(scope.workspace)
        .bind(name)
        .fetch_optional(c)
        .await)
    .db()?;
    if named.is_some() && named != id {
        return Err(Error::new(
            Code::Conflict,
            format!("There is a channel \"{name}\" already. Enter another name."),
        )
        .reason(Reason::NameTaken)
        .param("name", name)
        .field("name"));
    }
    let now = scope.now();
    let id = match stored {
        Some(stored) => {
            let credential = credential(fields, stored.id);
            let same = stored.name == name
                && stored.description == fields.description
                && stored.base_url == fields.base_url
                && stored.sender == sender
                && stored.sender_id == fields.sender_id
                && stored.settings == fields.settings
                && stored.credential == credential
                && stored.connection_id == fields.connection_id
                && stored.whatsapp_account_id == fields.whatsapp_account_id
                && stored.active == fields.active
                && stored.per_second == fields.per_second;
            if same {
                return Ok(stored);
            }
            on_tx!(tx, |c| sqlx::query(UPDATE)
                .bind(scope.workspace)
                .bind(stored.id)
                .bind(name)
                .bind(&fields.description)
                .bind(&fields.base_url)
                .bind(sender)
                .bind(&fields.sender_id)
                .bind(Json(&fields.settings))
                .bind(&credential)
                .bind(fields.connection_id)
                .bind(fields.whatsapp_account_id)
                .bind(fields.active)
                .bind(fields.per_second)
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            stored.id
        }
        None => {
            let id: ChannelId = scope.id();
            on_tx!(tx, |c| sqlx::query(INSERT)
                .bind(scope.workspace)
                .bind(id)
                .bind(name)
                .bind(fields.provider.kind())
                .bind(fields.provider)
                .bind(&fields.description)
                .bind(&fields.base_url)
                .bind(sender)
                .bind(&fields.sender_id)
                .bind(Json(&fields.settings))
                .bind(credential(fields, id))
                .bind(fields.connection_id)
                .bind(fields.whatsapp_account_id)
                .bind(fields.active)
                .bind(now)
                .bind(fields.per_second)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            id
        }
    };
    by_id(tx, scope.workspace, id).await
}

/// Where the secrets of a channel lie; nowhere when the connection's token opens it.
fn credential(fields: &ChannelFields, id: ChannelId) -> String {
    if fields.connection_id.is_some() {
        String::new()
    } else {
        secret_name(id)
    }
}

fn missing(field: &str) -> Error {
    Error::new(Code::InvalidInput, format!("{field} is missing. Enter it."))
        .reason(Reason::ValueMissing)
        .field(field)
}

fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() {
        return Err(missing("name"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::new(
            Code::InvalidInput,
            format!("The name is longer than {LONGEST_NAME} characters."),
        )
        .reason(Reason::ValueTooLong)
        .param("longest", LONGEST_NAME)
        .field("name"));
    }
    Ok(name)
}

/// Notes what a channel's state is found to be; `state_since` moves only when the state changes.
/// Returns whether anything changed.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_state(
    tx: &mut Tx,
    scope: &Scope,
    id: ChannelId,
    state: ChannelState,
    trouble: Option<&Trouble>,
) -> Result<bool> {
    on_tx!(tx, |c| sqlx::query(SET_STATE)
        .bind(scope.workspace)
        .bind(id)
        .bind(state)
        .bind(trouble.map(|trouble| trouble.kind))
        .bind(scope.now())
        .bind(trouble.and_then(|trouble| trouble.detail.as_deref()))
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .db()
}

/// Notes how far messages were fetched: in the transaction that stores them.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_poll_cursor(
    tx: &mut Tx,
    scope: &Scope,
    id: ChannelId,
    cursor: &str,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_CURSOR)
        .bind(scope.workspace)
        .bind(id)
        .bind(cursor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Removes a channel. One by which anything was sent or received is kept for its history and cannot be
/// used any more. Its secrets are the caller's to forget ([`super::forget_secrets`]).
///
/// # Errors
/// `NotFound`.
pub async fn remove(tx: &mut Tx, scope: &Scope, id: ChannelId) -> Result<Removed> {
    by_id(tx, scope.workspace, id).await?;
    let used: bool = on_tx!(tx, |c| sqlx::query_scalar(USED)
        .bind(scope.workspace)
        .bind(id)
        .fetch_one(c)
        .await)
    .db()?;
    crate::chatwoot::forget_channel(tx, scope.workspace, id).await?;
    if used {
        on_tx!(tx, |c| sqlx::query(ARCHIVE)
            .bind(scope.workspace)
            .bind(id)
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
        return Ok(Removed::Archived);
    }
    prices::forget(tx, scope, id).await?;
    for sql in [DELETE_PACE, DELETE] {
        on_tx!(tx, |c| sqlx::query(sql)
            .bind(scope.workspace)
            .bind(id)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(Removed::Deleted)
}

/// The names of every channel's secrets: a keyring cannot be asked what it holds of a workspace that
/// is deleted.
///
/// # Errors
/// When the store cannot be read.
pub async fn credentials(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<String>> {
    on_tx!(tx, |c| sqlx::query_scalar(CREDENTIALS)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}
