//! SQL of bulk sends.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{
    BulkSendId, ChannelId, Code, ContactId, DispatchId, Error, Page, PageRequest, Reason, Result,
    TemplateId, WorkspaceId, instant_cursor,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::{Scope, workspaces};
use sqlx::types::Json;

use super::{BulkState, Draft, Stored, Whom};
use crate::outbox::{Purpose, State, gone};

macro_rules! bulk {
    ($rest:expr) => {
        concat!(
            "SELECT b.id, b.name, b.channel_id, h.name AS channel_name, b.template_id, t.name AS template_name, ",
            "b.template_version, b.audience AS whom, b.parameters AS stored, b.state, b.expected, b.not_before, ",
            "b.not_after, b.started_at, b.ended_at, b.created_at, u.name AS created_by ",
            "FROM bulk_sends b JOIN channels h ON h.workspace_id = $1 AND h.id = b.channel_id ",
            "LEFT JOIN templates t ON t.workspace_id = $1 AND t.id = b.template_id ",
            "LEFT JOIN users u ON u.id = b.created_by WHERE b.workspace_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = bulk!("AND b.id = $2");
    LIST = bulk!("AND (b.created_at, b.id) < ($2, $3) ORDER BY b.created_at DESC, b.id DESC LIMIT $4");
    RECENT = bulk!("AND b.channel_id = $2 AND b.created_at >= $3 ORDER BY b.created_at DESC, b.id DESC");
    LEFT_PLANNING = bulk!("AND b.state = 'planning' AND b.updated_at < $2 ORDER BY b.created_at, b.id");
    INSERT = "INSERT INTO bulk_sends (workspace_id, id, name, channel_id, template_id, template_version, audience, \
        parameters, state, expected, not_before, not_after, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'planning', $9, $10, $11, $12, $13, $12, $13)";
    SET_STATE = "UPDATE bulk_sends SET state = $4, started_at = CASE WHEN $4 = 'running' THEN COALESCE(started_at, $5) \
        ELSE started_at END, ended_at = CASE WHEN $4 IN ('cancelled', 'done') THEN $5 ELSE ended_at END, \
        updated_at = $5, updated_by = $6 WHERE workspace_id = $1 AND id = $2 AND state = $3 \
        AND state IN ('planning', 'running', 'paused')";
    FINISH = "UPDATE bulk_sends SET state = 'done', ended_at = $2, updated_at = $2, updated_by = NULL \
        WHERE workspace_id = $1 AND state = 'running' AND NOT EXISTS (SELECT 1 FROM dispatches d \
        WHERE d.workspace_id = $1 AND d.origin_id = bulk_sends.id \
        AND d.state IN ('planned', 'held', 'queued', 'claimed'))";
    HOLD = "UPDATE dispatches SET state = 'held', reason = 'paused', updated_at = $3, updated_by = $4 \
        WHERE workspace_id = $1 AND origin_id = $2 AND state = 'queued'";
    RELEASE = "UPDATE dispatches SET state = 'queued', reason = NULL, updated_at = $3, updated_by = $4 \
        WHERE workspace_id = $1 AND origin_id = $2 AND state = 'held' AND reason = 'paused'";
    /// Where some wait because their template is of another category, all that is left goes by the new one.
    AGREE = "UPDATE dispatches SET purpose = (SELECT t.category FROM templates t \
            WHERE t.workspace_id = $1 AND t.id = dispatches.template_id), updated_at = $3, updated_by = $4 \
        WHERE workspace_id = $1 AND origin_id = $2 AND state IN ('planned', 'held', 'queued') \
        AND EXISTS (SELECT 1 FROM templates t WHERE t.workspace_id = $1 AND t.id = dispatches.template_id \
            AND t.category IN ('marketing', 'utility', 'authentication')) \
        AND EXISTS (SELECT 1 FROM dispatches h WHERE h.workspace_id = $1 AND h.origin_id = $2 \
            AND h.state = 'held' AND h.reason = 'template_category')";
    AGREED = "UPDATE dispatches SET state = 'queued', reason = NULL, due_at = $3, updated_at = $3, updated_by = $4 \
        WHERE workspace_id = $1 AND origin_id = $2 AND state = 'held' AND reason = 'template_category'";
    /// What the rest of it is asked about: whether its template is of another category than when it was
    /// planned, and which.
    RECATEGORISED = "SELECT t.category FROM bulk_sends b \
        JOIN templates t ON t.workspace_id = $1 AND t.id = b.template_id WHERE b.workspace_id = $1 AND b.id = $2 \
        AND t.category IN ('marketing', 'utility', 'authentication') \
        AND EXISTS (SELECT 1 FROM dispatches h WHERE h.workspace_id = $1 AND h.origin_id = $2 \
            AND h.state = 'held' AND h.reason = 'template_category')";
    /// In the order in which it was planned and goes.
    SPENDING = "SELECT d.id, d.address, d.state, d.purpose, m.price_micros AS told, m.currency FROM dispatches d \
        LEFT JOIN messages m ON m.workspace_id = $1 AND m.dispatch_id = d.id \
        WHERE d.workspace_id = $1 AND d.origin_id = $2 \
        AND d.state IN ('planned', 'held', 'queued', 'claimed', 'sent', 'delivered', 'read', 'unknown') ORDER BY d.id";
    WITHDRAW = "UPDATE dispatches SET state = 'cancelled', reason = 'withdrawn', updated_at = $3, updated_by = $4 \
        WHERE workspace_id = $1 AND origin_id = $2 AND state IN ('planned', 'held', 'queued')";
    STANDING = "SELECT state, COALESCE(reason, '') AS reason, COUNT(*) AS count FROM dispatches \
        WHERE workspace_id = $1 AND origin_id = $2 GROUP BY state, COALESCE(reason, '') ORDER BY state, reason";
    BY_POINT = "SELECT id FROM contacts WHERE workspace_id = $1 AND (phone = $2 OR email = $3) \
        UNION SELECT contact_id FROM contact_external_ids WHERE workspace_id = $1 AND platform = 'phone' \
        AND external_id = $2 UNION SELECT contact_id FROM contact_external_ids WHERE workspace_id = $1 \
        AND platform = 'email' AND external_id = $3 ORDER BY 1 LIMIT 1";
    IS_CONTACT = "SELECT id FROM contacts WHERE workspace_id = $1 AND id = $2";
}

/// A bulk send as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct BulkSend {
    pub id: BulkSendId,
    pub name: String,
    pub channel_id: ChannelId,
    pub channel_name: String,
    pub template_id: Option<TemplateId>,
    pub template_name: Option<String>,
    pub template_version: Option<i64>,
    #[sqlx(json)]
    pub whom: Whom,
    #[sqlx(json)]
    pub(super) stored: Stored,
    #[sqlx(try_from = "String")]
    pub state: BulkState,
    /// What the person confirmed.
    pub expected: i64,
    pub not_before: Option<DateTime<Utc>>,
    pub not_after: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<String>,
}

/// How many messages stand where and why.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Empty where there is none.
    pub reason: String,
    pub count: i64,
}

/// A bulk send that is begun.
pub(super) struct New<'a> {
    pub id: BulkSendId,
    pub name: &'a str,
    pub draft: &'a Draft,
    pub whom: &'a Whom,
    pub template: Option<(TemplateId, i64)>,
    pub stored: &'a Stored,
    pub expected: i64,
    pub begins: DateTime<Utc>,
    pub ends: DateTime<Utc>,
}

pub(super) async fn insert(tx: &mut Tx, scope: &Scope, new: &New<'_>) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace)
        .bind(new.id)
        .bind(new.name)
        .bind(new.draft.channel)
        .bind(new.template.map(|(id, _)| id))
        .bind(new.template.map(|(_, version)| version))
        .bind(Json(new.whom))
        .bind(Json(new.stored))
        .bind(new.expected)
        .bind(new.begins)
        .bind(new.ends)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// One bulk send.
///
/// # Errors
/// `NotFound`.
pub async fn get(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<BulkSend> {
    find(tx, scope, id).await?.ok_or_else(|| gone("bulk send"))
}

/// One bulk send, if there is one of this id.
pub(super) async fn find(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<Option<BulkSend>> {
    on_tx!(tx, |c| sqlx::query_as(GET)
        .bind(scope.workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// The bulk sends of a channel since a moment, newest first.
pub(super) async fn recent(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    since: DateTime<Utc>,
) -> Result<Vec<BulkSend>> {
    on_tx!(tx, |c| sqlx::query_as(RECENT)
        .bind(scope.workspace)
        .bind(channel)
        .bind(since)
        .fetch_all(c)
        .await)
    .db()
}

/// One page of bulk sends, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(tx: &mut Tx, scope: &Scope, page: &PageRequest) -> Result<Page<BulkSend>> {
    let (before, id) = page.before()?;
    let rows: Vec<BulkSend> = on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(scope.workspace)
        .bind(before)
        .bind(id)
        .bind(page.wanted())
        .fetch_all(c)
        .await)
    .db()?;
    Ok(page.cut(rows, |last| instant_cursor(last.created_at, last.id)))
}

/// How many messages of a bulk send stand where.
///
/// # Errors
/// When the store cannot be read.
pub async fn standing(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<Vec<Standing>> {
    on_tx!(tx, |c| sqlx::query_as(STANDING)
        .bind(scope.workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

/// Bulk sends that somebody was planning who has not been heard of since.
pub(super) async fn left_planning(
    tx: &mut Tx,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<Vec<BulkSend>> {
    on_tx!(tx, |c| sqlx::query_as(LEFT_PLANNING)
        .bind(workspace)
        .bind(now - TimeDelta::minutes(2))
        .fetch_all(c)
        .await)
    .db()
}

/// Moves a bulk send from one state to another.
pub(super) async fn set_state(
    tx: &mut Tx,
    scope: &Scope,
    id: BulkSendId,
    from: BulkState,
    to: BulkState,
) -> Result<()> {
    let rows = on_tx!(tx, |c| sqlx::query(SET_STATE)
        .bind(scope.workspace)
        .bind(id)
        .bind(from.word())
        .bind(to.word())
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    if rows > 0 {
        return Ok(());
    }
    let state = get(tx, scope, id).await?.state;
    // Two that plan the same one both come to its end.
    if state == to && to == BulkState::Running {
        return Ok(());
    }
    Err(Error::new(
        Code::Conflict,
        format!("This bulk send is {state}: that cannot be done to it any more."),
    )
    .reason(Reason::BulkSendState)
    .param("state", state)
    .field("id"))
}

pub(super) async fn finish(tx: &mut Tx, scope: &Scope) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(FINISH)
        .bind(scope.workspace)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

async fn move_all(tx: &mut Tx, scope: &Scope, id: BulkSendId, sql: &'static str) -> Result<u64> {
    on_tx!(tx, |c| sqlx::query(sql)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()
}

pub(super) async fn hold(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<()> {
    move_all(tx, scope, id, HOLD).await.map(|_| ())
}

pub(super) async fn release(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<()> {
    move_all(tx, scope, id, AGREE).await?;
    move_all(tx, scope, id, AGREED).await?;
    move_all(tx, scope, id, RELEASE).await.map(|_| ())
}

/// The category that what waits of a bulk send would go by if somebody agreed; `None` where nothing
/// waits for that.
pub(super) async fn recategorised(
    tx: &mut Tx,
    scope: &Scope,
    id: BulkSendId,
) -> Result<Option<Purpose>> {
    let category: Option<String> = on_tx!(tx, |c| sqlx::query_scalar(RECATEGORISED)
        .bind(scope.workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    category.map(Purpose::try_from).transpose()
}

/// A message of a bulk send that cost or will cost something.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Spending {
    pub id: DispatchId,
    pub address: String,
    #[sqlx(try_from = "String")]
    pub state: State,
    #[sqlx(try_from = "String")]
    pub purpose: Purpose,
    /// What the message came to, where it was sent.
    pub told: Option<i64>,
    pub currency: Option<String>,
}

pub(super) async fn spending(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<Vec<Spending>> {
    on_tx!(tx, |c| sqlx::query_as(SPENDING)
        .bind(scope.workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

/// Leaves out messages for which the budget does not suffice.
pub(super) async fn leave_out(tx: &mut Tx, scope: &Scope, ids: &[DispatchId]) -> Result<()> {
    for chunk in ids.chunks(tx.bind_limit() - 3) {
        on_tx!(tx, |c| {
            let mut update = sqlx::QueryBuilder::<DB>::new(
                "UPDATE dispatches SET state = 'skipped', reason = 'budget', updated_at = ",
            );
            update.push_bind(scope.now()).push(", updated_by = ");
            update.push_bind(scope.actor).push(" WHERE workspace_id = ");
            update.push_bind(scope.workspace).push(" AND id IN (");
            let mut list = update.separated(", ");
            for id in chunk {
                list.push_bind(*id);
            }
            update.push(")");
            update
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

pub(super) async fn withdraw(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<u64> {
    move_all(tx, scope, id, WITHDRAW).await
}

pub(super) async fn contacts_of(
    tx: &mut Tx,
    scope: &Scope,
    addresses: &[String],
) -> Result<(Vec<ContactId>, Vec<String>)> {
    let region = workspaces::find(tx, scope.workspace)
        .await?
        .and_then(|workspace| workspace.phone_region);
    let (mut found, mut strange) = (Vec::new(), Vec::new());
    for text in addresses {
        let text = text.trim();
        let id: Option<ContactId> = if let Ok(id) = text.parse::<ContactId>() {
            on_tx!(tx, |c| sqlx::query_scalar(IS_CONTACT)
                .bind(scope.workspace)
                .bind(id)
                .fetch_optional(c)
                .await)
            .db()?
        } else {
            let phone = rumbo_crm::phone::e164(text, region.as_deref()).ok();
            let email = rumbo_crm::phone::email(text).ok();
            on_tx!(tx, |c| sqlx::query_scalar(BY_POINT)
                .bind(scope.workspace)
                .bind(phone)
                .bind(email)
                .fetch_optional(c)
                .await)
            .db()?
        };
        match id {
            Some(id) => found.push(id),
            None => strange.push(text.to_owned()),
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok((found, strange))
}
