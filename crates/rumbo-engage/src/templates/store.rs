//! SQL of templates, their versions and what happened to them.

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, Result, TemplateEventId, TemplateId, UserId, WorkspaceId};
use rumbo_channels::Provider;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_meta::templates::{Category, Component, ParameterFormat, Template};
use rumbo_platform::Scope;
use serde_json::Value;
use sqlx::types::Json;

use super::state::TemplateState;
use super::variables::TemplateVariable;

macro_rules! columns {
    () => {
        "id, provider, account, channel_id, external_id, name, language, category, previous_category, \
         parameter_format, components, variables, quality, state, provider_status, rejection_reason, ttl_seconds, \
         version, author_id, approver_id, submitted_at, decided_at, edited_at, provider_answer, synced_at, \
         vanished_at, deleted_at, created_at, updated_at"
    };
}

/// The values of [`columns`], in their order; the workspace is $1 and the actor $31.
macro_rules! values {
    () => {
        "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
         $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30"
    };
}

macro_rules! version_columns {
    () => {
        "v.version, v.category, v.parameter_format, v.components, v.variables, v.ttl_seconds, v.origin, v.note, \
         v.created_at, v.created_by AS author_id, u.name AS author"
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM templates WHERE workspace_id = $1 AND id = $2");
    NAMED = concat!("SELECT ", columns!(), " FROM templates WHERE workspace_id = $1 AND account = $2 AND name = $3 \
        AND language = $4 AND deleted_at IS NULL");
    ALL = concat!("SELECT ", columns!(), " FROM templates WHERE workspace_id = $1 AND deleted_at IS NULL \
        ORDER BY name, language, account, id");
    INSERT = concat!("INSERT INTO templates (workspace_id, ", columns!(), ", created_by, updated_by) \
        VALUES ($1, ", values!(), ", $31, $31)");
    UPDATE = concat!("UPDATE templates SET (", columns!(), ", updated_by) = (", values!(), ", $31) \
        WHERE workspace_id = $1 AND id = $2");
    LOOKED_AT = "UPDATE templates SET synced_at = $3 WHERE workspace_id = $1 AND account = $2 \
        AND external_id IS NOT NULL AND deleted_at IS NULL AND vanished_at IS NULL";
    LAST_LOOK = "SELECT MAX(synced_at) FROM templates WHERE workspace_id = $1 AND account = $2";
    INSERT_VERSION = "INSERT INTO template_versions (workspace_id, template_id, version, category, parameter_format, \
        components, variables, ttl_seconds, origin, note, created_at, created_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    VERSIONS = concat!("SELECT ", version_columns!(), " FROM template_versions v LEFT JOIN users u ON u.id = v.created_by \
        WHERE v.workspace_id = $1 AND v.template_id = $2 ORDER BY v.version DESC");
    NEWEST = "SELECT template_id, MAX(version) FROM template_versions WHERE workspace_id = $1 GROUP BY template_id";
    INSERT_EVENT = "INSERT INTO template_events (workspace_id, id, template_id, kind, before, after, reason, occurred_at, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    EVENTS = "SELECT e.id, e.template_id, t.name, t.language, e.kind, e.before, e.after, e.reason, e.occurred_at, e.seen_at \
        FROM template_events e JOIN templates t ON t.workspace_id = $1 AND t.id = e.template_id \
        WHERE e.workspace_id = $1 AND e.template_id = $2 ORDER BY e.occurred_at DESC, e.id DESC";
    UNSEEN = "SELECT e.id, e.template_id, t.name, t.language, e.kind, e.before, e.after, e.reason, e.occurred_at, e.seen_at \
        FROM templates t JOIN template_events e ON e.workspace_id = $1 AND e.template_id = t.id \
        WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND e.seen_at IS NULL AND e.before IS NOT NULL \
        ORDER BY e.occurred_at DESC, e.id DESC LIMIT 100";
    SEE = "UPDATE template_events SET seen_at = $3 WHERE workspace_id = $1 AND template_id = $2 AND seen_at IS NULL";
    AUTHOR = "SELECT name FROM users WHERE id = $1";
}

/// A template as stored. `components`, `category`, `variables` and `version` are what the provider
/// has, as soon as it has anything: they can be sent as they are while it is approved. An edit that
/// was not submitted yet is a version above.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct StoredTemplate {
    pub id: TemplateId,
    pub provider: Provider,
    /// The id of the WhatsApp business account.
    pub account: String,
    pub channel_id: Option<ChannelId>,
    /// The provider's id of it; `None` while it has none.
    pub external_id: Option<String>,
    pub name: String,
    /// Meta's code, such as `es_AR`.
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// What it was before the provider changed it.
    pub previous_category: Option<String>,
    /// `positional` or `named`.
    pub parameter_format: String,
    pub components: Json<Vec<Component>>,
    pub variables: Json<Vec<TemplateVariable>>,
    /// `GREEN`, `YELLOW` or `RED`; `None` while it is not known.
    pub quality: Option<String>,
    pub state: TemplateState,
    /// The word the provider gave, whatever it is.
    pub provider_status: Option<String>,
    pub rejection_reason: Option<String>,
    pub ttl_seconds: Option<i64>,
    pub version: i64,
    pub author_id: Option<UserId>,
    pub approver_id: Option<UserId>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    pub edited_at: Option<DateTime<Utc>>,
    /// What the provider answered last, as it came.
    pub provider_answer: Option<Json<Value>>,
    pub synced_at: Option<DateTime<Utc>>,
    /// Since when the provider's list has it no more.
    pub vanished_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl StoredTemplate {
    /// The template in Meta's form.
    pub fn template(&self) -> Template {
        in_metas_form(
            &self.name,
            &self.language,
            &self.category,
            &self.parameter_format,
            &self.components.0,
            self.ttl_seconds,
        )
    }
}

/// One version of a template.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct TemplateVersion {
    pub version: i64,
    pub category: String,
    pub parameter_format: String,
    pub components: Json<Vec<Component>>,
    pub variables: Json<Vec<TemplateVariable>>,
    pub ttl_seconds: Option<i64>,
    /// `written`, `pulled`, `restored` or `duplicated`.
    pub origin: String,
    /// Why it was changed.
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Who made it; `None` when nobody is known.
    pub author_id: Option<UserId>,
    pub author: Option<String>,
}

impl TemplateVersion {
    /// The template in Meta's form, under the name and in the language that it has now.
    pub fn template(&self, of: &StoredTemplate) -> Template {
        in_metas_form(
            &of.name,
            &of.language,
            &self.category,
            &self.parameter_format,
            &self.components.0,
            self.ttl_seconds,
        )
    }
}

/// Something that happened to a template at the provider.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TemplateHappening {
    pub id: TemplateEventId,
    pub template_id: TemplateId,
    pub name: String,
    pub language: String,
    /// `status`, `quality`, `category`, `category_announced` or `components`.
    pub kind: String,
    /// `None` for the first that is known of it.
    pub before: Option<String>,
    pub after: String,
    pub reason: Option<String>,
    pub occurred_at: DateTime<Utc>,
    /// When somebody looked at it.
    pub seen_at: Option<DateTime<Utc>>,
}

/// What happened, to be written.
#[derive(Clone, Debug)]
pub(super) struct NewEvent {
    pub kind: &'static str,
    pub before: Option<String>,
    pub after: String,
    pub reason: Option<String>,
    pub occurred_at: DateTime<Utc>,
}

fn in_metas_form(
    name: &str,
    language: &str,
    category: &str,
    format: &str,
    components: &[Component],
    ttl_seconds: Option<i64>,
) -> Template {
    Template {
        name: name.to_owned(),
        language: language.to_owned(),
        category: Some(Category::of(category)),
        parameter_format: Some(ParameterFormat::of(format)),
        message_send_ttl_seconds: ttl_seconds,
        components: components.to_vec(),
        rest: serde_json::Map::new(),
    }
}

/// One template, deleted or not.
///
/// # Errors
/// When the store cannot be read; so for all reads here.
pub async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
) -> Result<Option<StoredTemplate>> {
    on_tx!(tx, |c| sqlx::query_as(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// The template of an account with this name and language.
pub async fn named(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: &str,
    name: &str,
    language: &str,
) -> Result<Option<StoredTemplate>> {
    on_tx!(tx, |c| sqlx::query_as(NAMED)
        .bind(workspace)
        .bind(account)
        .bind(name)
        .bind(language)
        .fetch_optional(c)
        .await)
    .db()
}

/// Every template that was not deleted, by name and language. An account has 6,000 at most.
pub async fn all(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<StoredTemplate>> {
    on_tx!(tx, |c| sqlx::query_as(ALL)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// The number of the newest version of each template.
pub async fn newest(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<(TemplateId, i64)>> {
    on_tx!(tx, |c| sqlx::query_as(NEWEST)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// When an account's templates were last looked at; `None` before the first time.
pub async fn last_look(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: &str,
) -> Result<Option<DateTime<Utc>>> {
    on_tx!(tx, |c| sqlx::query_scalar(LAST_LOOK)
        .bind(workspace)
        .bind(account)
        .fetch_one(c)
        .await)
    .db()
}

/// Every version of a template, newest first.
pub async fn versions(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
) -> Result<Vec<TemplateVersion>> {
    on_tx!(tx, |c| sqlx::query_as(VERSIONS)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

/// What happened to a template, newest first.
pub async fn happenings(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
) -> Result<Vec<TemplateHappening>> {
    on_tx!(tx, |c| sqlx::query_as(EVENTS)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

/// What happened to any template that nobody looked at since, newest first, at most 100.
pub async fn unseen(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<TemplateHappening>> {
    on_tx!(tx, |c| sqlx::query_as(UNSEEN)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// Marks what happened to a template as seen.
///
/// # Errors
/// When the store cannot be written; so for all writes here.
pub async fn see(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SEE)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// A person's name.
pub async fn name_of(tx: &mut Tx, user: Option<UserId>) -> Result<Option<String>> {
    let Some(user) = user else { return Ok(None) };
    on_tx!(tx, |c| sqlx::query_scalar(AUTHOR)
        .bind(user)
        .fetch_optional(c)
        .await)
    .db()
}

pub(super) async fn insert(tx: &mut Tx, scope: &Scope, row: &StoredTemplate) -> Result<()> {
    write(tx, scope, row, INSERT).await
}

/// Writes a template over the stored one, if anything of it is not the same.
pub(super) async fn keep(
    tx: &mut Tx,
    scope: &Scope,
    stored: &StoredTemplate,
    row: &mut StoredTemplate,
) -> Result<bool> {
    if stored == row {
        return Ok(false);
    }
    row.updated_at = scope.now();
    write(tx, scope, row, UPDATE).await?;
    Ok(true)
}

/// Every column of a template, in the order of [`columns`].
async fn write(
    tx: &mut Tx,
    scope: &Scope,
    row: &StoredTemplate,
    statement: &'static str,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(statement)
        .bind(scope.workspace)
        .bind(row.id)
        .bind(row.provider)
        .bind(&row.account)
        .bind(row.channel_id)
        .bind(&row.external_id)
        .bind(&row.name)
        .bind(&row.language)
        .bind(&row.category)
        .bind(&row.previous_category)
        .bind(&row.parameter_format)
        .bind(&row.components)
        .bind(&row.variables)
        .bind(&row.quality)
        .bind(row.state)
        .bind(&row.provider_status)
        .bind(&row.rejection_reason)
        .bind(row.ttl_seconds)
        .bind(row.version)
        .bind(row.author_id)
        .bind(row.approver_id)
        .bind(row.submitted_at)
        .bind(row.decided_at)
        .bind(row.edited_at)
        .bind(&row.provider_answer)
        .bind(row.synced_at)
        .bind(row.vanished_at)
        .bind(row.deleted_at)
        .bind(row.created_at)
        .bind(row.updated_at)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes when an account's templates were looked at. No row counts as changed by it.
pub(super) async fn looked_at(tx: &mut Tx, scope: &Scope, account: &str) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(LOOKED_AT)
        .bind(scope.workspace)
        .bind(account)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// What a version is made of.
pub(super) struct NewVersion<'a> {
    pub version: i64,
    pub template: &'a Template,
    pub variables: &'a [TemplateVariable],
    pub origin: &'static str,
    pub note: Option<&'a str>,
}

pub(super) async fn insert_version(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    new: &NewVersion<'_>,
) -> Result<()> {
    let (category, format) = (category_word(new.template), format_word(new.template));
    // Whoever pulls did not write it.
    let author = scope.actor.filter(|_| new.origin != "pulled");
    on_tx!(tx, |c| sqlx::query(INSERT_VERSION)
        .bind(scope.workspace)
        .bind(id)
        .bind(new.version)
        .bind(category)
        .bind(format)
        .bind(Json(&new.template.components))
        .bind(Json(new.variables))
        .bind(new.template.message_send_ttl_seconds)
        .bind(new.origin)
        .bind(new.note)
        .bind(scope.now())
        .bind(author)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn insert_event(
    tx: &mut Tx,
    scope: &Scope,
    template: TemplateId,
    event: &NewEvent,
) -> Result<()> {
    let id: TemplateEventId = scope.id();
    on_tx!(tx, |c| sqlx::query(INSERT_EVENT)
        .bind(scope.workspace)
        .bind(id)
        .bind(template)
        .bind(event.kind)
        .bind(&event.before)
        .bind(&event.after)
        .bind(&event.reason)
        .bind(event.occurred_at)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// The category as it is stored. What is none of Meta's three counts as marketing, the dearest.
pub(super) fn category_word(template: &Template) -> &'static str {
    match &template.category {
        Some(Category::Utility) => "utility",
        Some(Category::Authentication) => "authentication",
        Some(Category::Marketing | Category::Other(_)) | None => "marketing",
    }
}

pub(super) fn format_word(template: &Template) -> &'static str {
    if template.variables_are_named() {
        "named"
    } else {
        "positional"
    }
}
