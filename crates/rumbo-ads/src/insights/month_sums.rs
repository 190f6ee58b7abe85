//! The sums of each campaign from the first of a month up to and with its days.
//!
//! With them a report on any period reads a few days of an account and not all of them: the last day
//! of each month, less the day before the first.

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};

use super::sum_columns::sum_columns;

rumbo_db::statements! {
    /// The days from $3 to $4, the last of a month.
    CLEAR = "DELETE FROM campaign_month_sums \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4";
    /// The same days, of the month that begins on $5: every campaign that has a figure in it, on
    /// every day on which the account has one, from the campaign's first on.
    FILL = concat!("INSERT INTO campaign_month_sums (workspace_id, ad_account_id, day, ad_campaign_id, ", sum_columns!(), ") \
        SELECT z.workspace_id, z.ad_account_id, z.day, z.ad_campaign_id, \
        z.ad_rows, z.impressions, z.clicks, z.link_clicks, z.spend_micros, z.meta_leads, z.meta_purchases, \
        z.meta_purchase_micros, z.impressions_rows, z.clicks_rows, z.link_clicks_rows, z.spend_rows \
        FROM (SELECT a.workspace_id, a.ad_account_id, a.day, c.id AS ad_campaign_id, \
        CAST(SUM(d.ad_rows) OVER w AS BIGINT) AS ad_rows, CAST(SUM(d.impressions) OVER w AS BIGINT) AS impressions, \
        CAST(SUM(d.clicks) OVER w AS BIGINT) AS clicks, CAST(SUM(d.link_clicks) OVER w AS BIGINT) AS link_clicks, \
        CAST(SUM(d.spend_micros) OVER w AS BIGINT) AS spend_micros, \
        CAST(SUM(d.meta_leads) OVER w AS BIGINT) AS meta_leads, \
        CAST(SUM(d.meta_purchases) OVER w AS BIGINT) AS meta_purchases, \
        CAST(SUM(d.meta_purchase_micros) OVER w AS BIGINT) AS meta_purchase_micros, \
        CAST(SUM(d.impressions_rows) OVER w AS BIGINT) AS impressions_rows, \
        CAST(SUM(d.clicks_rows) OVER w AS BIGINT) AS clicks_rows, \
        CAST(SUM(d.link_clicks_rows) OVER w AS BIGINT) AS link_clicks_rows, \
        CAST(SUM(d.spend_rows) OVER w AS BIGINT) AS spend_rows \
        FROM account_days a CROSS JOIN ad_campaigns c LEFT JOIN campaign_days d \
        ON d.workspace_id = $1 AND d.ad_campaign_id = c.id AND d.day = a.day \
        WHERE a.workspace_id = $1 AND a.ad_account_id = $2 AND a.day BETWEEN $5 AND $4 \
        AND c.workspace_id = $1 AND c.ad_account_id = $2 AND EXISTS (SELECT 1 FROM campaign_days e \
        WHERE e.workspace_id = $1 AND e.ad_campaign_id = c.id AND e.day BETWEEN $5 AND $4) \
        WINDOW w AS (PARTITION BY c.id ORDER BY a.day)) z WHERE z.day >= $3 AND z.ad_rows > 0");
    DAYS = "SELECT MIN(day), MAX(day) FROM account_days WHERE workspace_id = $1 AND ad_account_id = $2";
}

/// Brings the sums of the months up to date after the days `changed` of an account were written.
pub(super) async fn fill(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    changed: DateRange,
) -> Result<()> {
    for part in changed.by_month() {
        let month = DateRange::month_of(part.from);
        on_tx!(tx, |c| sqlx::query(CLEAR)
            .bind(workspace)
            .bind(account)
            .bind(part.from)
            .bind(month.to)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
        on_tx!(tx, |c| sqlx::query(FILL)
            .bind(workspace)
            .bind(account)
            .bind(part.from)
            .bind(month.to)
            .bind(month.from)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// Fills all days of an account, of which none may be stored.
pub(super) async fn fill_all(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<()> {
    let (first, last): (Option<NaiveDate>, Option<NaiveDate>) =
        on_tx!(tx, |c| sqlx::query_as(DAYS)
            .bind(workspace)
            .bind(account)
            .fetch_one(c)
            .await)
        .db()?;
    match first.zip(last) {
        Some((from, to)) => fill(tx, workspace, account, DateRange { from, to }).await,
        None => Ok(()),
    }
}
