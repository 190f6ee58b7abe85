//! What was spent, in lists and sums.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{
    ChannelSpendId, Currency, DateRange, ImportId, Micros, Page, PageRequest, Result, WorkspaceId,
    two_parts,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use crate::input::not_found;

macro_rules! rows {
    ($only:literal) => {
        concat!(
            "SELECT s.id, s.day, s.platform, s.campaign, s.note, s.amount_micros, s.currency, s.import_id, ",
            "i.file_name, s.removed_at, s.created_at, s.updated_at, u.name AS changed_by FROM channel_spend s ",
            "LEFT JOIN users u ON u.id = s.updated_by ",
            "LEFT JOIN imports i ON i.workspace_id = $1 AND i.id = s.import_id ",
            "WHERE s.workspace_id = $1 AND ", $only
        )
    };
}

/// Which rows of a list: the days, the platform, the campaign, and whether also those taken away.
macro_rules! only {
    () => {
        "s.day BETWEEN $2 AND $3 AND ($4 = '' OR s.platform = $4) AND ($5 = '' OR s.campaign = $5) "
    };
}

statements! {
    ONE = rows!("s.id = $2");
    LIST = concat!(rows!(""), only!(), "AND ($6 = TRUE OR s.removed_at IS NULL) \
        AND (s.day, s.id) < ($7, $8) ORDER BY s.day DESC, s.id DESC LIMIT $9");
    HISTORY = "SELECT v.id, v.day, v.platform, v.campaign, v.note, v.amount_micros, v.currency, v.removed_at, \
        v.replaced_at, u.name AS replaced_by FROM channel_spend s \
        JOIN channel_spend_versions v ON v.workspace_id = $1 AND v.id = s.id \
        LEFT JOIN users u ON u.id = v.replaced_by \
        WHERE s.workspace_id = $1 AND s.day BETWEEN $2 AND $3 ORDER BY v.replaced_at DESC";
    SUMS = concat!("SELECT s.platform, s.campaign, s.currency, COUNT(*) AS entries, MIN(s.day) AS first_day, \
        MAX(s.day) AS last_day, CAST(COALESCE(SUM(s.amount_micros), 0) AS BIGINT) AS amount_micros \
        FROM channel_spend s WHERE s.workspace_id = $1 AND ", only!(), "AND s.removed_at IS NULL \
        GROUP BY s.platform, s.campaign, s.currency \
        ORDER BY s.platform, s.campaign, s.currency");
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SpendRow {
    pub id: ChannelSpendId,
    pub day: NaiveDate,
    pub platform: String,
    /// Empty for none.
    pub campaign: String,
    pub note: Option<String>,
    pub amount_micros: Micros,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    /// The import that brought it, or changed it last.
    pub import_id: Option<ImportId>,
    /// The file of that import.
    pub file_name: Option<String>,
    pub removed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Who entered or changed it last; `None` when nobody is known.
    pub changed_by: Option<String>,
    /// What it said before, newest first.
    #[sqlx(skip)]
    pub replaced: Vec<ReplacedSpend>,
}

/// What a row said until it was changed or taken away.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReplacedSpend {
    id: ChannelSpendId,
    pub day: NaiveDate,
    pub platform: String,
    pub campaign: String,
    pub note: Option<String>,
    pub amount_micros: Micros,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    /// It was taken away then, and came back.
    pub removed_at: Option<DateTime<Utc>>,
    pub replaced_at: DateTime<Utc>,
    pub replaced_by: Option<String>,
}

/// What was spent on a campaign of a platform.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SpendSum {
    pub platform: String,
    /// Empty for none.
    pub campaign: String,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    pub entries: i64,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub amount_micros: Micros,
}

/// Which rows.
#[derive(Clone, Debug, Default)]
pub struct SpendFilter {
    /// All days when absent.
    pub days: Option<DateRange>,
    /// As it is stored.
    pub platform: Option<String>,
    pub campaign: Option<String>,
    /// Also those that were taken away.
    pub removed: bool,
}

impl SpendFilter {
    fn days(&self) -> DateRange {
        self.days.unwrap_or_else(|| DateRange {
            from: NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default(),
            to: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default(),
        })
    }
}

/// One page of what was spent, newest day first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &SpendFilter,
    page: &PageRequest,
) -> Result<Page<SpendRow>> {
    let days = filter.days();
    let (before, before_id) = page.place((days.to, Uuid::max()), two_parts)?;
    let rows: Vec<SpendRow> = on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .bind(days.from)
        .bind(days.to)
        .bind(filter.platform.as_deref().unwrap_or_default())
        .bind(filter.campaign.as_deref().unwrap_or_default())
        .bind(filter.removed)
        .bind(before)
        .bind(before_id)
        .bind(page.wanted())
        .fetch_all(c)
        .await)
    .db()?;
    let mut page = page.cut(rows, |last| format!("{}|{}", last.day, last.id));
    with_history(tx, workspace, &mut page.rows).await?;
    Ok(page)
}

/// One row as in the list.
///
/// # Errors
/// `NotFound`.
pub async fn row(tx: &mut Tx, workspace: WorkspaceId, id: ChannelSpendId) -> Result<SpendRow> {
    let row: Option<SpendRow> = on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    let mut rows = vec![row.ok_or_else(|| not_found("spend"))?];
    with_history(tx, workspace, &mut rows).await?;
    rows.pop().ok_or_else(|| not_found("spend"))
}

/// What was spent on each campaign of each platform.
///
/// # Errors
/// When the store cannot be read.
pub async fn sums(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &SpendFilter,
) -> Result<Vec<SpendSum>> {
    let days = filter.days();
    on_tx!(tx, |c| sqlx::query_as(SUMS)
        .bind(workspace)
        .bind(days.from)
        .bind(days.to)
        .bind(filter.platform.as_deref().unwrap_or_default())
        .bind(filter.campaign.as_deref().unwrap_or_default())
        .fetch_all(c)
        .await)
    .db()
}

/// Puts beside each row what it said before.
async fn with_history(tx: &mut Tx, workspace: WorkspaceId, rows: &mut [SpendRow]) -> Result<()> {
    let days = rows.iter().map(|row| row.day);
    let Some((first, last)) = days.clone().min().zip(days.max()) else {
        return Ok(());
    };
    let history: Vec<ReplacedSpend> = on_tx!(tx, |c| sqlx::query_as(HISTORY)
        .bind(workspace)
        .bind(first)
        .bind(last)
        .fetch_all(c)
        .await)
    .db()?;
    for replaced in history {
        if let Some(row) = rows.iter_mut().find(|row| row.id == replaced.id) {
            row.replaced.push(replaced);
        }
    }
    Ok(())
}
