//! SQL of connections.

use chrono::{DateTime, Utc};
use rumbo_base::{ConnectionId, Error, Result, Told, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use serde_json::json;
use sqlx::types::Json;

use super::{Connection, Worth};
use crate::Scope;
use crate::audit::{self, Deed};

statements! {
    CURRENT = "SELECT id, meta_user_id, meta_user_name, token_kind, app_id, graph_url, graph_version, redirect_mode, \
               has_app_secret, issued_at, expires_at, data_access_expires_at, last_checked_at, last_error_code, last_error, \
               last_error_told, revoked_at, granted_scopes, missing_scopes, portfolio_external_id, portfolio_name, renewal_tried_at \
               FROM meta_connections WHERE workspace_id = $1 ORDER BY issued_at DESC, id DESC LIMIT 1";
    UPSERT = "INSERT INTO meta_connections (workspace_id, id, meta_user_id, meta_user_name, token_kind, app_id, graph_url, \
              graph_version, redirect_mode, has_app_secret, issued_at, expires_at, data_access_expires_at, last_checked_at, \
              granted_scopes, missing_scopes, created_at, created_by, updated_at, updated_by) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17, $18) \
              ON CONFLICT (workspace_id, meta_user_id) DO UPDATE SET meta_user_name = excluded.meta_user_name, \
              token_kind = excluded.token_kind, app_id = excluded.app_id, graph_url = excluded.graph_url, \
              graph_version = excluded.graph_version, redirect_mode = excluded.redirect_mode, \
              has_app_secret = excluded.has_app_secret, issued_at = excluded.issued_at, expires_at = excluded.expires_at, \
              data_access_expires_at = excluded.data_access_expires_at, last_checked_at = excluded.last_checked_at, \
              last_error_code = NULL, last_error = NULL, last_error_told = NULL, revoked_at = NULL, renewal_tried_at = NULL, granted_scopes = excluded.granted_scopes, \
              missing_scopes = excluded.missing_scopes, updated_at = excluded.updated_at, updated_by = excluded.updated_by \
              RETURNING id";
    DELETE_OTHERS = "DELETE FROM meta_connections WHERE workspace_id = $1 AND id <> $2";
    DELETE_ALL = "DELETE FROM meta_connections WHERE workspace_id = $1";
    CHOOSE_PORTFOLIO = "UPDATE meta_connections SET portfolio_external_id = $3, portfolio_name = $4, updated_at = $5, \
                        updated_by = $6 WHERE workspace_id = $1 AND id = $2";
    SET_CHECKED = "UPDATE meta_connections SET last_checked_at = $3, last_error_code = $4, last_error = $5, last_error_told = $6, \
                   revoked_at = CASE WHEN CAST($4 AS TEXT) IS NULL THEN NULL ELSE revoked_at END \
                   WHERE workspace_id = $1 AND id = $2";
    SET_WORTH = "UPDATE meta_connections SET expires_at = $4, data_access_expires_at = $5, granted_scopes = $6, \
                 missing_scopes = $7, last_checked_at = $3, last_error_code = NULL, last_error = NULL, last_error_told = NULL, revoked_at = NULL \
                 WHERE workspace_id = $1 AND id = $2";
    SET_MISSING_SCOPES = "UPDATE meta_connections SET missing_scopes = $3 WHERE workspace_id = $1 AND id = $2";
    SET_RENEWAL_TRIED = "UPDATE meta_connections SET renewal_tried_at = $3 WHERE workspace_id = $1 AND id = $2";
    SET_EXPIRED = "UPDATE meta_connections SET last_checked_at = $3, last_error_code = $4, last_error = $5, last_error_told = $6, \
                   expires_at = CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END \
                   WHERE workspace_id = $1 AND id = $2";
    SET_REVOKED = "UPDATE meta_connections SET revoked_at = $3, last_checked_at = $3, last_error_code = $4, last_error = $5, last_error_told = $6 \
                   WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ConnectionId,
    meta_user_id: String,
    meta_user_name: String,
    token_kind: String,
    app_id: String,
    graph_url: String,
    graph_version: String,
    redirect_mode: String,
    has_app_secret: bool,
    issued_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    data_access_expires_at: Option<DateTime<Utc>>,
    last_checked_at: Option<DateTime<Utc>>,
    last_error_code: Option<String>,
    last_error: Option<String>,
    last_error_told: Option<Json<Told>>,
    revoked_at: Option<DateTime<Utc>>,
    granted_scopes: Json<Vec<String>>,
    missing_scopes: Json<Vec<String>>,
    portfolio_external_id: Option<String>,
    portfolio_name: Option<String>,
    renewal_tried_at: Option<DateTime<Utc>>,
}

impl From<Row> for Connection {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            meta_user_id: row.meta_user_id,
            meta_user_name: row.meta_user_name,
            token_kind: row.token_kind,
            app_id: row.app_id,
            graph_url: row.graph_url,
            graph_version: row.graph_version,
            redirect_mode: row.redirect_mode,
            has_app_secret: row.has_app_secret,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            data_access_expires_at: row.data_access_expires_at,
            last_checked_at: row.last_checked_at,
            last_error_code: row.last_error_code,
            last_error: row.last_error,
            last_error_told: row.last_error_told.map(|told| told.0),
            revoked_at: row.revoked_at,
            granted_scopes: row.granted_scopes.0,
            missing_scopes: row.missing_scopes.0,
            portfolio_external_id: row.portfolio_external_id,
            portfolio_name: row.portfolio_name,
            renewal_tried_at: row.renewal_tried_at,
        }
    }
}

/// The sign-in in force, if there is one.
///
/// # Errors
/// When the store cannot be read.
pub async fn current(tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<Connection>> {
    let row: Option<Row> = on_tx!(tx, |c| sqlx::query_as(CURRENT)
        .bind(workspace)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(row.map(Connection::from))
}

/// Keeps a sign-in: the same person's is renewed in place, another person's takes over.
///
/// # Errors
/// When the store cannot be written.
pub async fn save(tx: &mut Tx, scope: &Scope, connection: &Connection) -> Result<ConnectionId> {
    let id: ConnectionId = on_tx!(tx, |c| sqlx::query_scalar(UPSERT)
        .bind(scope.workspace)
        .bind(connection.id)
        .bind(&connection.meta_user_id)
        .bind(&connection.meta_user_name)
        .bind(&connection.token_kind)
        .bind(&connection.app_id)
        .bind(&connection.graph_url)
        .bind(&connection.graph_version)
        .bind(&connection.redirect_mode)
        .bind(connection.has_app_secret)
        .bind(connection.issued_at)
        .bind(connection.expires_at)
        .bind(connection.data_access_expires_at)
        .bind(connection.last_checked_at)
        .bind(Json(&connection.granted_scopes))
        .bind(Json(&connection.missing_scopes))
        .bind(scope.now())
        .bind(scope.actor)
        .fetch_one(c)
        .await)
    .db()?;
    on_tx!(tx, |c| sqlx::query(DELETE_OTHERS)
        .bind(scope.workspace)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    // One that renews itself is nobody's deed.
    if scope.actor.is_some() {
        let deed = Deed {
            action: "connect_meta_account",
            object_kind: "meta_connection",
            object_id: id.to_string(),
            after: json!({ "token_kind": connection.token_kind, "app_id": connection.app_id }),
            ..Deed::default()
        };
        audit::record(tx, scope, &deed).await?;
    }
    Ok(id)
}

/// Forgets who was signed in. What was synced stays.
///
/// # Errors
/// When the store cannot be written.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(DELETE_ALL)
        .bind(workspace)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Remembers which portfolio was chosen.
///
/// # Errors
/// When the store cannot be written.
pub async fn choose_portfolio(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    external_id: Option<&str>,
    name: Option<&str>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(CHOOSE_PORTFOLIO)
        .bind(scope.workspace)
        .bind(connection)
        .bind(external_id)
        .bind(name)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Remembers when the connection was last tried, and what went wrong, if anything did: its code
/// and its sentence.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_checked(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    error: Option<&Error>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_CHECKED)
        .bind(scope.workspace)
        .bind(connection)
        .bind(scope.now())
        .bind(error.map(|error| error.code().word()))
        .bind(error.map(Error::message))
        .bind(error.map(|error| Json(error.told())))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Keeps what Meta says that the token is worth, which also shows that Meta accepts it.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_worth(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    worth: &Worth,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_WORTH)
        .bind(scope.workspace)
        .bind(connection)
        .bind(scope.now())
        .bind(worth.expires_at)
        .bind(worth.data_access_expires_at)
        .bind(Json(&worth.granted_scopes))
        .bind(Json(&worth.missing_scopes))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Keeps which permissions are missing, when other features were switched on.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_missing_scopes(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    missing: &[String],
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_MISSING_SCOPES)
        .bind(scope.workspace)
        .bind(connection)
        .bind(Json(missing))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Remembers that it is being tried to make the token live longer.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_renewal_tried(tx: &mut Tx, scope: &Scope, connection: ConnectionId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_RENEWAL_TRIED)
        .bind(scope.workspace)
        .bind(connection)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Remembers that Meta says that the token has run out: it ended now, if not before.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_expired(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    error: &Error,
) -> Result<()> {
    set_ended(tx, scope, connection, error, SET_EXPIRED).await
}

/// Remembers that Meta no longer accepts the token.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_revoked(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    error: &Error,
) -> Result<()> {
    set_ended(tx, scope, connection, error, SET_REVOKED).await
}

/// Keeps why the token ended now, in the column that `sql` names.
async fn set_ended(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    error: &Error,
    sql: &'static str,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(sql)
        .bind(scope.workspace)
        .bind(connection)
        .bind(scope.now())
        .bind(error.code().word())
        .bind(error.message())
        .bind(Json(error.told()))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
