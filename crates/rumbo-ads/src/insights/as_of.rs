//! The figures as an earlier run knew them.

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};

use super::ad_day::Figures;
use super::write::StoredRow;

rumbo_db::statements! {
    // A version holds from the run that brought it until the run that replaced it.
    AS_OF = "SELECT day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, rest, run \
        FROM ad_insights WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4 AND run <= $5 \
        UNION ALL \
        SELECT day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, rest, run \
        FROM ad_insight_journal WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4 \
        AND run <= $5 AND replaced_by_run > $5 ORDER BY 1, 2";
}

/// Every ad-day of the range as it stood right after `run`, by day and ad.
///
/// # Errors
/// As any read.
pub async fn as_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    range: DateRange,
    run: i64,
) -> Result<Vec<(NaiveDate, AdId, Figures)>> {
    let rows: Vec<StoredRow> = on_tx!(tx, |c| sqlx::query_as(AS_OF)
        .bind(workspace)
        .bind(account)
        .bind(range.from)
        .bind(range.to)
        .bind(run)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|row| (row.day, row.ad_id, row.into_figures()))
        .collect())
}
