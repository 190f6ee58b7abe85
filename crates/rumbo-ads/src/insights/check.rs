//! The sums, recomputed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use sqlx::FromRow;
use uuid::Uuid;

use super::bulk::Sums;
use super::sum_columns::{sum_columns, summed};

rumbo_db::statements! {
    STORED = concat!("SELECT 'campaign_day' AS what, day, ad_campaign_id AS of_id, ad_account_id, ", sum_columns!(), " \
        FROM campaign_days WHERE workspace_id = $1 \
        UNION ALL \
        SELECT 'account_day' AS what, day, ad_account_id AS of_id, ad_account_id, ", sum_columns!(), " \
        FROM account_days WHERE workspace_id = $1");
    RECOMPUTED = concat!("SELECT 'campaign_day' AS what, i.day, a.ad_campaign_id AS of_id, i.ad_account_id, ", summed!(), " \
        FROM ad_insights i JOIN ads a ON a.workspace_id = i.workspace_id AND a.id = i.ad_id \
        WHERE i.workspace_id = $1 GROUP BY i.day, a.ad_campaign_id, i.ad_account_id \
        UNION ALL \
        SELECT 'account_day' AS what, i.day, i.ad_account_id AS of_id, i.ad_account_id, ", summed!(), " \
        FROM ad_insights i WHERE i.workspace_id = $1 GROUP BY i.day, i.ad_account_id");
    CLEAR_CAMPAIGN_DAYS = "DELETE FROM campaign_days WHERE workspace_id = $1 AND ad_account_id = $2";
    FILL_CAMPAIGN_DAYS = concat!("INSERT INTO campaign_days (workspace_id, day, ad_campaign_id, ad_account_id, currency, ", sum_columns!(), ") \
        SELECT i.workspace_id, i.day, a.ad_campaign_id, i.ad_account_id, MAX(i.currency), ", summed!(), " \
        FROM ad_insights i JOIN ads a ON a.workspace_id = i.workspace_id AND a.id = i.ad_id \
        WHERE i.workspace_id = $1 AND i.ad_account_id = $2 \
        GROUP BY i.workspace_id, i.day, a.ad_campaign_id, i.ad_account_id");
    CLEAR_ACCOUNT_DAYS = "DELETE FROM account_days WHERE workspace_id = $1 AND ad_account_id = $2 \
        AND NOT EXISTS (SELECT 1 FROM ad_insights i WHERE i.workspace_id = account_days.workspace_id \
        AND i.ad_account_id = account_days.ad_account_id AND i.day = account_days.day)";
    // The digest is of what Meta said, not of the sums: it stays.
    FILL_ACCOUNT_DAYS = concat!("INSERT INTO account_days (workspace_id, day, ad_account_id, currency, ", sum_columns!(), ") \
        SELECT i.workspace_id, i.day, i.ad_account_id, MAX(i.currency), ", summed!(), " \
        FROM ad_insights i WHERE i.workspace_id = $1 AND i.ad_account_id = $2 \
        GROUP BY i.workspace_id, i.day, i.ad_account_id \
        ON CONFLICT (workspace_id, day, ad_account_id) DO UPDATE SET ad_rows = excluded.ad_rows, \
        impressions = excluded.impressions, clicks = excluded.clicks, link_clicks = excluded.link_clicks, \
        spend_micros = excluded.spend_micros, meta_leads = excluded.meta_leads, \
        meta_purchases = excluded.meta_purchases, meta_purchase_micros = excluded.meta_purchase_micros, \
        impressions_rows = excluded.impressions_rows, clicks_rows = excluded.clicks_rows, \
        link_clicks_rows = excluded.link_clicks_rows, spend_rows = excluded.spend_rows");
}

/// What a stored sum is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SumOf {
    /// A campaign, on the day.
    CampaignDay,
    /// An ad account, on the day.
    AccountDay,
}

/// A sum that is not the sum of its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumDifference {
    /// What it is of.
    pub what: SumOf,
    /// The day.
    pub day: NaiveDate,
    /// The campaign or the account.
    pub of: Uuid,
    /// What is stored: ad rows, impressions, clicks, link clicks, spend, leads, purchases,
    /// purchase value, and how many rows tell impressions, clicks, link clicks and spend. All
    /// zero when the sum is missing.
    pub stored: [i64; 12],
    /// What the rows sum to, in the same order.
    pub recomputed: [i64; 12],
}

#[derive(FromRow)]
struct SumRow {
    what: String,
    day: NaiveDate,
    of_id: Uuid,
    ad_account_id: Uuid,
    #[sqlx(flatten)]
    sums: Sums,
}

type Place = (SumOf, NaiveDate, Uuid);
/// Of which account, and the figures.
type OfAccount = (Uuid, [i64; 12]);

async fn sums(
    tx: &mut Tx,
    workspace: WorkspaceId,
    statement: &'static str,
) -> Result<BTreeMap<Place, OfAccount>> {
    let rows: Vec<SumRow> = on_tx!(tx, |c| sqlx::query_as(statement)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let what = match row.what.as_str() {
                "campaign_day" => SumOf::CampaignDay,
                _ => SumOf::AccountDay,
            };
            let figures = row.sums.figures();
            ((what, row.day, row.of_id), (row.ad_account_id, figures))
        })
        .collect())
}

/// Recomputes every sum of the workspace from its rows and returns those that differ: none, unless
/// something other than this crate wrote to the tables.
///
/// # Errors
/// As any read.
pub async fn check_sums(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<SumDifference>> {
    let stored = sums(tx, workspace, STORED).await?;
    let recomputed = sums(tx, workspace, RECOMPUTED).await?;
    let mut places: Vec<_> = stored.keys().chain(recomputed.keys()).copied().collect();
    places.sort_unstable();
    places.dedup();
    Ok(places
        .into_iter()
        .filter_map(|place| {
            let (stored, recomputed) = (stored.get(&place), recomputed.get(&place));
            let figures = |of: Option<&OfAccount>| of.map_or([0; 12], |(_, figures)| *figures);
            (stored != recomputed).then(|| SumDifference {
                what: place.0,
                day: place.1,
                of: place.2,
                stored: figures(stored),
                recomputed: figures(recomputed),
            })
        })
        .collect())
}

/// Writes the sums of one account anew from its rows.
///
/// # Errors
/// As any write.
pub async fn rebuild_sums(tx: &mut Tx, workspace: WorkspaceId, account: AdAccountId) -> Result<()> {
    for statement in [
        CLEAR_CAMPAIGN_DAYS,
        FILL_CAMPAIGN_DAYS,
        CLEAR_ACCOUNT_DAYS,
        FILL_ACCOUNT_DAYS,
    ] {
        on_tx!(tx, |c| sqlx::query(statement)
            .bind(workspace)
            .bind(account)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}
