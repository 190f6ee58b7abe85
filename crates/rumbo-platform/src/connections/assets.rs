//! Pages and WhatsApp accounts that were chosen for a workspace.

use rumbo_base::{ConnectionId, Error, PageId, Result, WhatsAppAccountId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;
use sqlx::types::JsonValue;

use crate::Scope;

statements! {
    PAGES = "SELECT id, external_id, name, selected, last_error FROM pages WHERE workspace_id = $1 ORDER BY name, external_id";
    UNSELECT_PAGES = "UPDATE pages SET selected = FALSE, updated_at = $2, updated_by = $3 \
                      WHERE workspace_id = $1 AND selected";
    UPSERT_PAGE = "INSERT INTO pages (workspace_id, id, platform, external_id, connection_id, name, selected, subscribed, \
                   created_at, created_by, updated_at, updated_by) \
                   VALUES ($1, $2, 'meta', $3, $4, $5, TRUE, FALSE, $6, $7, $6, $7) \
                   ON CONFLICT (workspace_id, platform, external_id) DO UPDATE SET connection_id = excluded.connection_id, \
                   name = excluded.name, selected = TRUE, updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    SET_PAGE_ERROR = "UPDATE pages SET last_error_code = $3, last_error = $4, last_error_told = $5 WHERE workspace_id = $1 AND id = $2";
    WHATSAPP = "SELECT id, external_id, name, phone_numbers, selected FROM whatsapp_accounts WHERE workspace_id = $1 \
                ORDER BY name, external_id";
    UNSELECT_WHATSAPP = "UPDATE whatsapp_accounts SET selected = FALSE, updated_at = $2, updated_by = $3 \
                         WHERE workspace_id = $1 AND selected";
    UPSERT_WHATSAPP = "INSERT INTO whatsapp_accounts (workspace_id, id, external_id, connection_id, name, phone_numbers, \
                       selected, created_at, created_by, updated_at, updated_by) \
                       VALUES ($1, $2, $3, $4, $5, $6, TRUE, $7, $8, $7, $8) \
                       ON CONFLICT (workspace_id, external_id) DO UPDATE SET connection_id = excluded.connection_id, \
                       name = excluded.name, phone_numbers = excluded.phone_numbers, selected = TRUE, \
                       updated_at = excluded.updated_at, updated_by = excluded.updated_by";
}

/// A page whose Instant Forms are read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Page {
    pub id: PageId,
    pub external_id: String,
    pub name: String,
    pub selected: bool,
    pub last_error: Option<String>,
}

/// A WhatsApp business account.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct WhatsAppAccount {
    pub id: WhatsAppAccountId,
    pub external_id: String,
    pub name: String,
    /// As Meta gave them.
    pub phone_numbers: Json<JsonValue>,
    pub selected: bool,
}

/// Every page ever chosen.
///
/// # Errors
/// When the store cannot be read.
pub async fn pages(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Page>> {
    on_tx!(tx, |c| sqlx::query_as(PAGES)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// Every WhatsApp account ever chosen.
///
/// # Errors
/// When the store cannot be read.
pub async fn whatsapp_accounts(
    tx: &mut Tx,
    workspace: WorkspaceId,
) -> Result<Vec<WhatsAppAccount>> {
    on_tx!(tx, |c| sqlx::query_as(WHATSAPP)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// Chooses exactly these pages (external id and name); what others brought stays.
///
/// # Errors
/// When the store cannot be written.
pub async fn select_pages(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    chosen: &[(String, String)],
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UNSELECT_PAGES)
        .bind(scope.workspace)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    for (external_id, name) in chosen {
        on_tx!(tx, |c| sqlx::query(UPSERT_PAGE)
            .bind(scope.workspace)
            .bind(scope.id::<PageId>())
            .bind(external_id)
            .bind(connection)
            .bind(name)
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// Keeps or clears what went wrong when a page was last read.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_page_error(
    tx: &mut Tx,
    workspace: WorkspaceId,
    page: PageId,
    error: Option<&Error>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_PAGE_ERROR)
        .bind(workspace)
        .bind(page)
        .bind(error.map(|error| error.code().word()))
        .bind(error.map(Error::message))
        .bind(error.map(|error| Json(error.told())))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Chooses exactly these WhatsApp accounts (external id, name, phone numbers).
///
/// # Errors
/// When the store cannot be written.
pub async fn select_whatsapp_accounts(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    chosen: &[(String, String, JsonValue)],
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UNSELECT_WHATSAPP)
        .bind(scope.workspace)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    for (external_id, name, numbers) in chosen {
        on_tx!(tx, |c| sqlx::query(UPSERT_WHATSAPP)
            .bind(scope.workspace)
            .bind(scope.id::<WhatsAppAccountId>())
            .bind(external_id)
            .bind(connection)
            .bind(name)
            .bind(Json(numbers))
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}
