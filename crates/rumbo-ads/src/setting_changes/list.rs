//! Differences, told and marked.

use chrono::{DateTime, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, Code, Currency, Error, Page, PageRequest, Reason, Result,
    SettingChangeId, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::watched::is_money;
use super::{SettingKind, SettingLevel, Severity};

/// One text for a list and for single rows.
macro_rules! rows {
    ($only:literal, $end:literal) => {
        concat!(
            "SELECT s.id, s.run, s.seen_at, s.last_read_at, s.ad_account_id, a.name AS account_name, a.currency, \
             s.ad_campaign_id, s.ad_set_id, s.ad_id, s.ad_creative_id, \
             COALESCE(c.name, t.name, d.name, k.name, '') AS name, \
             COALESCE(c.external_id, t.external_id, d.external_id, k.external_id, '') AS external_id, \
             p.id AS parent_id, p.name AS parent_name, \
             CAST((SELECT COUNT(*) FROM ads x WHERE x.workspace_id = s.workspace_id \
                AND x.ad_creative_id = s.ad_creative_id) AS BIGINT) AS shown_by, \
             s.field, s.kind, s.severity, s.before, s.after, s.expected_at, u.name AS expected_by \
             FROM setting_changes s \
             JOIN ad_accounts a ON a.workspace_id = s.workspace_id AND a.id = s.ad_account_id \
             LEFT JOIN ad_campaigns c ON c.workspace_id = s.workspace_id AND c.id = s.ad_campaign_id \
             LEFT JOIN ad_sets t ON t.workspace_id = s.workspace_id AND t.id = s.ad_set_id \
             LEFT JOIN ads d ON d.workspace_id = s.workspace_id AND d.id = s.ad_id \
             LEFT JOIN ad_creatives k ON k.workspace_id = s.workspace_id AND k.id = s.ad_creative_id \
             LEFT JOIN ad_campaigns p ON p.workspace_id = s.workspace_id \
                AND p.id = COALESCE(t.ad_campaign_id, d.ad_campaign_id) \
             LEFT JOIN users u ON u.id = s.expected_by \
             WHERE s.workspace_id = $1 AND ",
            $only,
            $end
        )
    };
}

rumbo_db::statements! {
    LIST = rows!("s.id < $2 AND s.seen_at >= $3 AND ($4 = '' OR s.kind = $4) \
        AND ($5 OR s.ad_account_id = $6) AND ($7 OR s.expected_at IS NULL)", " ORDER BY s.id DESC LIMIT $8");
    ONE = rows!("s.id = $2", "");
    MARK = "UPDATE setting_changes SET expected_at = $3, expected_by = $4 \
        WHERE workspace_id = $1 AND id = $2 AND expected_at IS NULL";
    UNMARK = "UPDATE setting_changes SET expected_at = NULL, expected_by = NULL \
        WHERE workspace_id = $1 AND id = $2 AND expected_at IS NOT NULL";
    COUNT = "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(CASE WHEN severity = 'high' THEN 1 ELSE 0 END), 0) AS BIGINT) AS high, \
        CAST(COALESCE(SUM(CASE WHEN kind = 'enhancement' AND severity = 'high' THEN 1 ELSE 0 END), 0) AS BIGINT) AS enhancements, \
        MAX(seen_at) AS latest FROM setting_changes WHERE workspace_id = $1 AND expected_at IS NULL";
}

/// So many are marked at once at most.
const MOST_MARKED: usize = 1_000;

/// Which differences are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingChangeFilter {
    pub account: Option<AdAccountId>,
    pub kind: Option<SettingKind>,
    /// Those that somebody marked as meant, too.
    pub expected_too: bool,
    /// Seen then or later.
    pub since: Option<DateTime<Utc>>,
}

/// A setting that was not the same at two syncs.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingChange {
    pub id: SettingChangeId,
    /// The run that saw it.
    pub run: i64,
    pub seen_at: DateTime<Utc>,
    /// When it was read the time before, and as before.
    pub last_read_at: DateTime<Utc>,
    pub account: AdAccountId,
    pub account_name: String,
    pub level: SettingLevel,
    /// The local id of the object; none where it is gone.
    pub object: Option<Uuid>,
    /// Meta's id of the object.
    pub external_id: String,
    /// What the object is called now.
    pub name: String,
    /// The campaign of an ad set or an ad.
    pub campaign: Option<(AdCampaignId, String)>,
    /// How many ads show a creative.
    pub shown_by: u32,
    /// Meta's name, deeper parts after dots, such as `targeting.age_max`.
    pub field: String,
    pub kind: SettingKind,
    pub severity: Severity,
    /// What it was, and what it is; of a list what went and what came. Amounts are decimal text.
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// The currency of the values, where they are amounts.
    pub currency: Option<Currency>,
    /// When somebody marked it as meant.
    pub expected_at: Option<DateTime<Utc>>,
    pub expected_by: Option<String>,
}

/// What nobody has marked as meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Unexpected {
    pub count: i64,
    /// Those of [`Severity::High`].
    pub high: i64,
    /// Enhancements that were turned on.
    pub enhancements: i64,
    pub latest: Option<DateTime<Utc>>,
}

/// What marking did.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkedChanges {
    /// How many are marked otherwise than before.
    pub changed: usize,
    /// The rows as they are now.
    pub rows: Vec<SettingChange>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: SettingChangeId,
    run: i64,
    seen_at: DateTime<Utc>,
    last_read_at: DateTime<Utc>,
    ad_account_id: AdAccountId,
    account_name: String,
    #[sqlx(try_from = "String")]
    currency: Currency,
    ad_campaign_id: Option<Uuid>,
    ad_set_id: Option<Uuid>,
    ad_id: Option<Uuid>,
    ad_creative_id: Option<Uuid>,
    name: String,
    external_id: String,
    parent_id: Option<AdCampaignId>,
    parent_name: Option<String>,
    shown_by: i64,
    field: String,
    kind: String,
    severity: String,
    before: Option<Json<Value>>,
    after: Option<Json<Value>>,
    expected_at: Option<DateTime<Utc>>,
    expected_by: Option<String>,
}

impl From<Row> for SettingChange {
    fn from(row: Row) -> Self {
        let objects = [
            (SettingLevel::Campaign, row.ad_campaign_id),
            (SettingLevel::AdSet, row.ad_set_id),
            (SettingLevel::Ad, row.ad_id),
            (SettingLevel::Creative, row.ad_creative_id),
        ];
        let object = objects.into_iter().find(|(_, id)| id.is_some());
        Self {
            currency: is_money(&row.field).then_some(row.currency),
            id: row.id,
            run: row.run,
            seen_at: row.seen_at,
            last_read_at: row.last_read_at,
            account: row.ad_account_id,
            account_name: row.account_name,
            level: object.map_or(SettingLevel::Ad, |(level, _)| level),
            object: object.and_then(|(_, id)| id),
            external_id: row.external_id,
            name: row.name,
            campaign: row.parent_id.zip(row.parent_name),
            shown_by: u32::try_from(row.shown_by).unwrap_or(0),
            field: row.field,
            kind: SettingKind::of(&row.kind),
            severity: Severity::of(&row.severity),
            before: row.before.map(|Json(value)| value),
            after: row.after.map(|Json(value)| value),
            expected_at: row.expected_at,
            expected_by: row.expected_by,
        }
    }
}

/// One page of differences, the newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &SettingChangeFilter,
    page: &PageRequest,
) -> Result<Page<SettingChange>> {
    let before = page.place(SettingChangeId(Uuid::max()), |cursor| cursor.parse().ok())?;
    let rows: Vec<Row> = on_tx!(tx, |c| {
        sqlx::query_as(LIST)
            .bind(workspace)
            .bind(before)
            .bind(filter.since.unwrap_or(DateTime::UNIX_EPOCH))
            .bind(filter.kind.map_or("", SettingKind::word))
            .bind(filter.account.is_none())
            .bind(filter.account.unwrap_or(AdAccountId(Uuid::nil())))
            .bind(filter.expected_too)
            .bind(page.wanted())
            .fetch_all(c)
            .await
    })
    .db()?;
    Ok(page.cut(rows, |last| last.id.to_string()).map(Into::into))
}

/// How many nobody has marked as meant.
///
/// # Errors
/// As any read.
pub async fn unexpected(tx: &mut Tx, workspace: WorkspaceId) -> Result<Unexpected> {
    on_tx!(tx, |c| sqlx::query_as(COUNT)
        .bind(workspace)
        .fetch_one(c)
        .await)
    .db()
}

/// Marks differences as meant, or takes the mark away.
///
/// # Errors
/// `NotFound` for an id that nothing here has, `InvalidInput` for none or too many; nothing is
/// marked then, as long as the transaction is not committed.
pub async fn mark(
    tx: &mut Tx,
    scope: &Scope,
    ids: &[SettingChangeId],
    expected: bool,
) -> Result<MarkedChanges> {
    if ids.is_empty() || ids.len() > MOST_MARKED {
        return Err(Error::new(
            Code::InvalidInput,
            format!(
                "Name 1 to {MOST_MARKED} changed settings; these are {}.",
                ids.len()
            ),
        )
        .reason(Reason::NumberOutOfRange)
        .param("value", ids.len())
        .param("least", 1)
        .param("most", MOST_MARKED)
        .field("ids"));
    }
    let mut marked = MarkedChanges {
        changed: 0,
        rows: Vec::new(),
    };
    for id in ids {
        let done = if expected {
            on_tx!(tx, |c| sqlx::query(MARK)
                .bind(scope.workspace)
                .bind(*id)
                .bind(scope.now())
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))
            .db()?
        } else {
            on_tx!(tx, |c| sqlx::query(UNMARK)
                .bind(scope.workspace)
                .bind(*id)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))
            .db()?
        };
        let row: Option<Row> = on_tx!(tx, |c| sqlx::query_as(ONE)
            .bind(scope.workspace)
            .bind(*id)
            .fetch_optional(c)
            .await)
        .db()?;
        let row = row.ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "This changed setting does not exist any more. Look again.",
            )
            .reason(Reason::Gone)
            .param("what", "setting_change")
            .field("ids")
        })?;
        marked.changed += usize::from(done > 0);
        marked.rows.push(row.into());
    }
    Ok(marked)
}
