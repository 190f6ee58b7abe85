//! Ad-days with the names of what they are of, for a file.

use chrono::NaiveDate;
use rumbo_base::{
    AdAccountId, AdCampaignId, AdSetId, DateRange, Frequency, Micros, Reach, Result, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use sqlx::FromRow;

rumbo_db::statements! {
    NAMED = "SELECT i.day, i.currency, i.attribution_setting, i.impressions, i.reach, i.frequency, i.clicks, \
        i.link_clicks, i.spend_micros, i.meta_leads, i.meta_purchases, i.meta_purchase_micros, \
        a.external_id AS ad_external_id, a.name AS ad_name, \
        s.id AS ad_set_id, s.external_id AS ad_set_external_id, s.name AS ad_set_name, \
        c.id AS campaign_id, c.external_id AS campaign_external_id, c.name AS campaign_name \
        FROM ad_insights i \
        JOIN ads a ON a.workspace_id = i.workspace_id AND a.id = i.ad_id \
        JOIN ad_sets s ON s.workspace_id = a.workspace_id AND s.id = a.ad_set_id \
        JOIN ad_campaigns c ON c.workspace_id = a.workspace_id AND c.id = a.ad_campaign_id \
        WHERE i.workspace_id = $1 AND i.ad_account_id = $2 AND i.day BETWEEN $3 AND $4 \
        ORDER BY i.day, c.name, c.id, s.name, s.id, a.name, i.ad_id";
}

/// What Meta says of one ad on one day, with names. `None` is a figure Meta did not give.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct NamedAdDay {
    /// In the ad account's zone.
    pub day: NaiveDate,
    /// Of the money, an ISO 4217 code.
    pub currency: String,
    /// Which attribution the leads and purchases follow, in Meta's words.
    pub attribution_setting: Option<String>,
    pub impressions: Option<i64>,
    /// Not to be added up, as `frequency`.
    pub reach: Option<Reach>,
    pub frequency: Option<Frequency>,
    pub clicks: Option<i64>,
    pub link_clicks: Option<i64>,
    #[sqlx(rename = "spend_micros")]
    pub spend: Option<Micros>,
    /// By the action map, as the two that follow.
    pub meta_leads: Option<i64>,
    pub meta_purchases: Option<i64>,
    #[sqlx(rename = "meta_purchase_micros")]
    pub meta_purchase_value: Option<Micros>,
    pub ad_external_id: String,
    pub ad_name: String,
    pub ad_set_id: AdSetId,
    pub ad_set_external_id: String,
    pub ad_set_name: String,
    pub campaign_id: AdCampaignId,
    pub campaign_external_id: String,
    pub campaign_name: String,
}

/// Every ad-day of the range, by day and name.
///
/// # Errors
/// As any read.
pub async fn named(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    range: DateRange,
) -> Result<Vec<NamedAdDay>> {
    on_tx!(tx, |c| sqlx::query_as(NAMED)
        .bind(workspace)
        .bind(account)
        .bind(range.from)
        .bind(range.to)
        .fetch_all(c)
        .await)
    .db()
}
