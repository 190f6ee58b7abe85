//! SQL of workspaces.

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Currency, Error, Reason, Result, RoleId, UserId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;

use super::{Settings, Workspace};

statements! {
    LIST = "SELECT id, slug, name, sample, locale, timezone, currency, phone_region, settings, archived_at, updated_at \
            FROM workspaces ORDER BY sample, created_at, id";
    FIND = "SELECT id, slug, name, sample, locale, timezone, currency, phone_region, settings, archived_at, updated_at \
            FROM workspaces WHERE id = $1";
    SLUG_TAKEN = "SELECT COUNT(*) FROM workspaces WHERE slug = $1";
    INSERT = "INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, phone_region, timezone, currency, \
              automation_on, bot_on, settings, created_at, created_by, updated_at, updated_by) \
              VALUES ($1, $2, $3, 'starter', TRUE, $4, $5, $6, $7, $8, FALSE, FALSE, $9, $10, $11, $10, $11)";
    UPDATE = "UPDATE workspaces SET name = $2, locale = $3, phone_region = $4, timezone = $5, currency = $6, \
              settings = $7, updated_at = $8, updated_by = $9 WHERE id = $1";
    SET_ARCHIVED = "UPDATE workspaces SET archived_at = $2, updated_at = $3, updated_by = $4 WHERE id = $1";
    SET_CURRENCY = "UPDATE workspaces SET currency = $2, updated_at = $3 WHERE id = $1 AND currency IS NULL";
    SAVE_SETTINGS = "UPDATE workspaces SET settings = $2, updated_at = $3, updated_by = $4 WHERE id = $1";
    OWNER = "SELECT id FROM users WHERE email IS NULL AND state = 'active' ORDER BY created_at LIMIT 1";
    USER_NAME = "SELECT name FROM users WHERE id = $1";
    RENAME_USER = "UPDATE users SET name = $2, updated_at = $3 WHERE id = $1 AND name <> $2";
    INSERT_USER = "INSERT INTO users (id, name, state, sign_in_count, created_at, updated_at) \
                   VALUES ($1, $2, 'active', 0, $3, $3)";
    INSERT_ROLE = "INSERT INTO roles (workspace_id, id, name, description, level, built_in, permissions, created_at, updated_at) \
                   VALUES ($1, $2, $3, '', $4, TRUE, $6, $5, $5)";
    INSERT_MEMBERSHIP = "INSERT INTO memberships (workspace_id, user_id, role_id, created_at, updated_at) \
                         VALUES ($1, $2, $3, $4, $4)";
    LOCAL_MEMBER = "SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id \
                    WHERE m.workspace_id = $1 AND u.email IS NULL AND u.state = 'active' \
                    ORDER BY m.created_at LIMIT 1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: WorkspaceId,
    slug: String,
    name: String,
    sample: bool,
    locale: String,
    timezone: String,
    currency: Option<String>,
    phone_region: Option<String>,
    settings: Json<Settings>,
    archived_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for Workspace {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let corrupt = |what: &str| {
            Error::new(
                Code::DataCorrupt,
                format!("The {what} of workspace {} cannot be read.", row.id),
            )
        };
        Ok(Self {
            timezone: row
                .timezone
                .parse()
                .map_err(|e: Error| corrupt("time zone").source(e))?,
            currency: row
                .currency
                .as_deref()
                .map(Currency::of_record)
                .transpose()
                .map_err(|e| corrupt("currency").source(e))?,
            id: row.id,
            slug: row.slug,
            name: row.name,
            sample: row.sample,
            locale: row.locale,
            phone_region: row.phone_region,
            settings: row.settings.0,
            archived_at: row.archived_at,
            updated_at: row.updated_at,
        })
    }
}

/// All workspaces, the sample one last.
///
/// # Errors
/// `DataCorrupt` when a stored value cannot be read.
pub async fn list(tx: &mut Tx) -> Result<Vec<Workspace>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(LIST).fetch_all(c).await)
        .db()?
        .into_iter()
        .map(Workspace::try_from)
        .collect()
}

/// One workspace, if it exists.
///
/// # Errors
/// `DataCorrupt` when a stored value cannot be read.
pub async fn find(tx: &mut Tx, id: WorkspaceId) -> Result<Option<Workspace>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(FIND)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .map(Workspace::try_from)
    .transpose()
}

/// Writes name, locale, phone region, zone, currency and settings; touches nothing when they are
/// as stored.
///
/// # Errors
/// `NotFound` when the workspace is gone.
pub async fn update(
    tx: &mut Tx,
    workspace: &Workspace,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let stored = find(tx, workspace.id).await?.ok_or_else(not_found)?;
    if stored
        == (Workspace {
            updated_at: stored.updated_at,
            ..workspace.clone()
        })
    {
        return Ok(());
    }
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(workspace.id)
        .bind(&workspace.name)
        .bind(&workspace.locale)
        .bind(&workspace.phone_region)
        .bind(workspace.timezone.to_string())
        .bind(workspace.currency.map(|c| c.to_string()))
        .bind(Json(&workspace.settings))
        .bind(now)
        .bind(actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Writes only the settings.
///
/// # Errors
/// When the store cannot be written.
pub async fn save_settings(
    tx: &mut Tx,
    id: WorkspaceId,
    settings: &Settings,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SAVE_SETTINGS)
        .bind(id)
        .bind(Json(settings))
        .bind(now)
        .bind(actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Chooses the reporting currency, unless one is chosen already.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_currency(
    tx: &mut Tx,
    id: WorkspaceId,
    currency: Currency,
    now: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_CURRENCY)
        .bind(id)
        .bind(currency.code())
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Archives a workspace or brings it back.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_archived(
    tx: &mut Tx,
    id: WorkspaceId,
    at: Option<DateTime<Utc>>,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_ARCHIVED)
        .bind(id)
        .bind(at)
        .bind(now)
        .bind(actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

fn not_found() -> Error {
    Error::new(Code::NotFound, "This workspace does not exist any more.")
        .reason(Reason::Gone)
        .param("what", "workspace")
}

pub(super) async fn slug_taken(tx: &mut Tx, slug: &str) -> Result<bool> {
    let count: i64 = on_tx!(tx, |c| sqlx::query_scalar(SLUG_TAKEN)
        .bind(slug)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(count > 0)
}

/// What a person is called who has told no name.
fn unnamed(locale: &str) -> &'static str {
    match locale.get(..2) {
        Some("es") => "Propietario",
        Some("pt") => "Proprietário",
        _ => "Owner",
    }
}

/// The person of this machine: a user without e-mail, made with the first workspace and called the owner
/// in its language, until they say what they are called.
pub(super) async fn owner(
    tx: &mut Tx,
    new: UserId,
    locale: &str,
    now: DateTime<Utc>,
) -> Result<UserId> {
    let found: Option<UserId> =
        on_tx!(tx, |c| sqlx::query_scalar(OWNER).fetch_optional(c).await).db()?;
    if let Some(owner) = found {
        return Ok(owner);
    }
    on_tx!(tx, |c| sqlx::query(INSERT_USER)
        .bind(new)
        .bind(unnamed(locale))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(new)
}

/// What somebody is called.
///
/// # Errors
/// When the store cannot be read.
pub async fn user_name(tx: &mut Tx, user: UserId) -> Result<Option<String>> {
    on_tx!(tx, |c| sqlx::query_scalar(USER_NAME)
        .bind(user)
        .fetch_optional(c)
        .await)
    .db()
}

/// Has somebody be called otherwise, in every workspace.
///
/// # Errors
/// `InvalidInput` for an empty or overlong name.
pub async fn rename_user(tx: &mut Tx, user: UserId, name: &str, now: DateTime<Utc>) -> Result<()> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::new(
            Code::InvalidInput,
            "A person needs a name of 1 to 120 characters.",
        )
        .reason(Reason::PersonNameLength)
        .param("longest", 120)
        .field("your_name"));
    }
    on_tx!(tx, |c| sqlx::query(RENAME_USER)
        .bind(user)
        .bind(name)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn insert(
    tx: &mut Tx,
    workspace: &Workspace,
    owner: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(workspace.id)
        .bind(&workspace.slug)
        .bind(&workspace.name)
        .bind(workspace.sample)
        .bind(&workspace.locale)
        .bind(&workspace.phone_region)
        .bind(workspace.timezone.to_string())
        .bind(workspace.currency.map(|c| c.to_string()))
        .bind(Json(&workspace.settings))
        .bind(now)
        .bind(owner)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn insert_role(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: RoleId,
    name: &str,
    level: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INSERT_ROLE)
        .bind(workspace)
        .bind(id)
        .bind(name)
        .bind(level)
        .bind(now)
        .bind(Json(Vec::<String>::new()))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn insert_membership(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    role: RoleId,
    now: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INSERT_MEMBERSHIP)
        .bind(workspace)
        .bind(user)
        .bind(role)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn local_member(tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<UserId>> {
    on_tx!(tx, |c| sqlx::query_scalar(LOCAL_MEMBER)
        .bind(workspace)
        .fetch_optional(c)
        .await)
    .db()
}
