//! Sales in lists.

use chrono::{DateTime, Utc};
use rumbo_base::{
    ContactId, Currency, Micros, Page, PageRequest, Result, SaleId, WorkspaceId, instant_cursor,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::SaleStatus;
use crate::input::not_found;

macro_rules! rows {
    ($only:literal) => {
        concat!(
            "SELECT s.id, s.reference, s.contact_id, k.name AS contact_name, s.gross_micros, ",
            "s.refunded_micros, s.cost_micros, s.quantity, s.currency, s.status, s.occurred_at, s.completed_at, s.attribution_source, ",
            "COALESCE(a.name, t.campaign_external_id) AS campaign FROM sales s ",
            "JOIN contacts k ON k.workspace_id = $1 AND k.id = s.contact_id ",
            "LEFT JOIN touchpoints t ON t.workspace_id = $1 AND t.id = s.touchpoint_id ",
            "LEFT JOIN ad_campaigns a ON a.workspace_id = $1 AND a.id = t.ad_campaign_id ",
            "WHERE s.workspace_id = $1 AND ", $only
        )
    };
}

statements! {
    ONE = rows!("s.id = $2");
    ALL = rows!("(s.occurred_at, s.id) < ($2, $3) AND ($5 = '' OR s.status = $5) \
        AND ($6 = FALSE OR (s.cost_micros IS NULL AND s.status <> 'cancelled')) \
        ORDER BY s.occurred_at DESC, s.id DESC LIMIT $4");
    OF_CONTACT = rows!("(s.occurred_at, s.id) < ($2, $3) AND ($5 = '' OR s.status = $5) \
        AND ($6 = FALSE OR (s.cost_micros IS NULL AND s.status <> 'cancelled')) AND s.contact_id = $7 \
        ORDER BY s.occurred_at DESC, s.id DESC LIMIT $4");
}

/// One sale in a list. Net is gross less refunded.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct SaleRow {
    pub id: SaleId,
    pub reference: String,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub gross_micros: Micros,
    pub refunded_micros: Micros,
    /// What it cost the business; `None` while it is not known.
    pub cost_micros: Option<Micros>,
    pub quantity: Option<i64>,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    #[sqlx(try_from = "String")]
    pub status: SaleStatus,
    pub occurred_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub attribution_source: String,
    /// The campaign it is credited to: its name, or its id while it waits for sync.
    pub campaign: Option<String>,
}

/// Which sales.
#[derive(Clone, Debug, Default)]
pub struct SaleFilter {
    pub contact: Option<ContactId>,
    pub status: Option<SaleStatus>,
    /// Only those of which it is not known what they cost; cancelled ones cost nothing.
    pub without_cost: bool,
}

/// One page of sales, agreed last first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &SaleFilter,
    page: &PageRequest,
) -> Result<Page<SaleRow>> {
    let (before, before_id) = page.before()?;
    let status = filter.status.map_or("", SaleStatus::as_str);
    let rows: Vec<SaleRow> = on_tx!(tx, |c| {
        let query = sqlx::query_as(if filter.contact.is_some() {
            OF_CONTACT
        } else {
            ALL
        })
        .bind(workspace)
        .bind(before)
        .bind(before_id)
        .bind(page.wanted())
        .bind(status)
        .bind(filter.without_cost);
        match filter.contact {
            Some(contact) => query.bind(contact).fetch_all(c).await,
            None => query.fetch_all(c).await,
        }
    })
    .db()?;
    Ok(page.cut(rows, |last| instant_cursor(last.occurred_at, last.id)))
}

/// One sale as in the list.
///
/// # Errors
/// `NotFound`.
pub async fn row(tx: &mut Tx, workspace: WorkspaceId, id: SaleId) -> Result<SaleRow> {
    on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .ok_or_else(|| not_found("sale"))
}
