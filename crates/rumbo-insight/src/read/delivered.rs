//! What Meta says it delivered: spend, impressions, clicks, and the results it claims.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, AdSetId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use crate::figures::{Figures, WithoutSpend};
use crate::path::{Grain, Key, Path};
use crate::read::directory::Directory;
use crate::read::place::Place;
use crate::roi::Filter;

/// Sums over rollup rows.
macro_rules! sums {
    () => {
        "CAST(SUM(ad_rows) AS BIGINT) AS ad_days, \
         CAST(SUM(impressions) AS BIGINT) AS impressions, \
         CAST(SUM(clicks) AS BIGINT) AS clicks, \
         CAST(SUM(link_clicks) AS BIGINT) AS link_clicks, \
         CAST(SUM(spend_micros) AS BIGINT) AS spend_micros, \
         CAST(SUM(meta_leads) AS BIGINT) AS meta_leads, \
         CAST(SUM(meta_purchases) AS BIGINT) AS meta_purchases, \
         CAST(SUM(meta_purchase_micros) AS BIGINT) AS meta_purchase_micros, \
         CAST(SUM(CASE WHEN spend_micros = 0 THEN meta_leads ELSE 0 END) AS BIGINT) AS idle_leads, \
         CAST(SUM(CASE WHEN spend_micros = 0 THEN meta_purchases ELSE 0 END) AS BIGINT) AS idle_purchases, \
         CAST(SUM(CASE WHEN spend_micros = 0 THEN meta_purchase_micros ELSE 0 END) AS BIGINT) AS idle_purchase_micros "
    };
}

/// Sums over ad-day rows, in which a figure may be missing.
macro_rules! ad_sums {
    () => {
        "COUNT(*) AS ad_days, \
         CAST(COALESCE(SUM(i.impressions), 0) AS BIGINT) AS impressions, \
         CAST(COALESCE(SUM(i.clicks), 0) AS BIGINT) AS clicks, \
         CAST(COALESCE(SUM(i.link_clicks), 0) AS BIGINT) AS link_clicks, \
         CAST(COALESCE(SUM(i.spend_micros), 0) AS BIGINT) AS spend_micros, \
         CAST(COALESCE(SUM(i.meta_leads), 0) AS BIGINT) AS meta_leads, \
         CAST(COALESCE(SUM(i.meta_purchases), 0) AS BIGINT) AS meta_purchases, \
         CAST(COALESCE(SUM(i.meta_purchase_micros), 0) AS BIGINT) AS meta_purchase_micros, \
         CAST(COALESCE(SUM(CASE WHEN COALESCE(i.spend_micros, 0) = 0 THEN i.meta_leads END), 0) AS BIGINT) AS idle_leads, \
         CAST(COALESCE(SUM(CASE WHEN COALESCE(i.spend_micros, 0) = 0 THEN i.meta_purchases END), 0) AS BIGINT) AS idle_purchases, \
         CAST(COALESCE(SUM(CASE WHEN COALESCE(i.spend_micros, 0) = 0 THEN i.meta_purchase_micros END), 0) AS BIGINT) AS idle_purchase_micros "
    };
}

statements! {
    BY_ACCOUNT = concat!("SELECT ad_account_id AS id, ad_account_id, currency, ", sums!(),
        "FROM account_days WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 \
         GROUP BY ad_account_id, currency");
    BY_CAMPAIGN = concat!("SELECT ad_campaign_id AS id, ad_account_id, currency, ", sums!(),
        "FROM campaign_days WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 \
         GROUP BY ad_campaign_id, ad_account_id, currency");
    /// One account at a time: its days lie side by side.
    BY_AD = concat!("SELECT i.ad_id AS id, i.ad_account_id, i.currency, ", ad_sums!(),
        "FROM ad_insights i WHERE i.workspace_id = $1 AND i.day BETWEEN $2 AND $3 \
         AND i.ad_account_id = $4 GROUP BY i.ad_id, i.ad_account_id, i.currency");
    BY_AD_OF_CAMPAIGN = concat!("SELECT i.ad_id AS id, i.ad_account_id, i.currency, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights i WHERE a.workspace_id = $1 AND a.ad_campaign_id = $4 \
         AND i.workspace_id = a.workspace_id AND i.ad_id = a.id AND i.day BETWEEN $2 AND $3 \
         GROUP BY i.ad_id, i.ad_account_id, i.currency");
    BY_AD_OF_AD_SET = concat!("SELECT i.ad_id AS id, i.ad_account_id, i.currency, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights i WHERE a.workspace_id = $1 AND a.ad_set_id = $4 \
         AND i.workspace_id = a.workspace_id AND i.ad_id = a.id AND i.day BETWEEN $2 AND $3 \
         GROUP BY i.ad_id, i.ad_account_id, i.currency");
    DAYS_WITH_SPEND = "SELECT day, ad_campaign_id FROM campaign_days \
        WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 AND spend_micros <> 0";
    ACCOUNT_BY_DAY = concat!("SELECT ad_account_id AS id, ad_account_id, currency, day, ", sums!(),
        "FROM account_days WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 \
         GROUP BY day, ad_account_id, currency");
    CAMPAIGN_BY_DAY = concat!("SELECT ad_campaign_id AS id, ad_account_id, currency, day, ", sums!(),
        "FROM campaign_days WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 AND ad_campaign_id = $4 \
         GROUP BY day, ad_campaign_id, ad_account_id, currency");
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct SumRow {
    id: Uuid,
    ad_account_id: AdAccountId,
    currency: String,
    ad_days: i64,
    impressions: i64,
    clicks: i64,
    link_clicks: i64,
    spend_micros: Micros,
    meta_leads: i64,
    meta_purchases: i64,
    meta_purchase_micros: Micros,
    idle_leads: i64,
    idle_purchases: i64,
    idle_purchase_micros: Micros,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct DayRow {
    day: NaiveDate,
    #[sqlx(flatten)]
    sums: SumRow,
}

/// What was delivered in one place, in the period.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    pub path: Path,
    pub currency: Currency,
    pub figures: Figures,
    pub without_spend: WithoutSpend,
}

/// What was delivered in one place on one day.
#[derive(Clone, Debug)]
pub(crate) struct DeliveredDay {
    pub day: NaiveDate,
    pub delivered: Delivered,
}

impl SumRow {
    fn into_delivered(self, path: impl FnOnce(Uuid, AdAccountId) -> Path) -> Result<Delivered> {
        Ok(Delivered {
            path: path(self.id, self.ad_account_id),
            currency: self.currency.parse()?,
            figures: Figures {
                ad_days: self.ad_days,
                impressions: self.impressions,
                clicks: self.clicks,
                link_clicks: self.link_clicks,
                spend: Some(self.spend_micros),
                meta_leads: self.meta_leads,
                meta_purchases: self.meta_purchases,
                meta_purchase_value: self.meta_purchase_micros,
                ..Figures::default()
            },
            without_spend: WithoutSpend {
                meta_leads: self.idle_leads,
                meta_purchases: self.idle_purchases,
                meta_purchase_value: self.idle_purchase_micros,
                ..WithoutSpend::default()
            },
        })
    }
}

fn account_path(_: Uuid, account: AdAccountId) -> Path {
    Path { account: Some(Key::Known(account)), ..Path::default() }
}

fn campaign_path(campaign: Uuid, account: AdAccountId) -> Path {
    Path {
        account: Some(Key::Known(account)),
        campaign: Some(Key::Known(AdCampaignId(campaign))),
        ..Path::default()
    }
}

fn ad_path(ad: Uuid, account: AdAccountId, directory: &Directory) -> Path {
    let ad = AdId(ad);
    let known = directory.ads.get(&ad);
    Path {
        account: Some(Key::Known(account)),
        campaign: known.map(|a| Key::Known(a.campaign)),
        ad_set: known.map(|a| Key::Known(a.ad_set)),
        creative: known.and_then(|a| a.creative),
        ad: Some(Key::Known(ad)),
    }
}

/// Everything delivered in the period, as deep as the grain needs: from the rollups where they
/// answer, else from the ad-days.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    grain: Grain,
    filter: &Filter,
) -> Result<Vec<Delivered>> {
    let workspace = place.workspace;
    let mut rows: Vec<SumRow> = Vec::new();
    match (grain, filter.parent) {
        (Grain::Account | Grain::Campaign, _) => {
            let text = if grain == Grain::Account { BY_ACCOUNT } else { BY_CAMPAIGN };
            rows = on_tx!(tx, |c| {
                sqlx::query_as(text).bind(workspace).bind(range.from).bind(range.to).fetch_all(c).await
            })
            .db()?;
        }
        (_, Some(parent)) => {
            let (text, id) = match parent {
                crate::roi::Parent::Campaign(AdCampaignId(id)) => (BY_AD_OF_CAMPAIGN, id),
                crate::roi::Parent::AdSet(AdSetId(id)) => (BY_AD_OF_AD_SET, id),
            };
            rows.extend(ads_under(tx, place, range, text, id).await?);
        }
        (_, None) => {
            for account in &place.accounts {
                if filter.allows_account(Some(account.id)) {
                    rows.extend(ads_under(tx, place, range, BY_AD, account.id.0).await?);
                }
            }
        }
    }
    rows.into_iter()
        .map(|row| {
            row.into_delivered(|id, account| match grain {
                Grain::Account => account_path(id, account),
                Grain::Campaign => campaign_path(id, account),
                Grain::AdSet | Grain::Ad | Grain::Creative => ad_path(id, account, directory),
            })
        })
        .collect()
}

async fn ads_under(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    text: &'static str,
    under: Uuid,
) -> Result<Vec<SumRow>> {
    on_tx!(tx, |c| {
        sqlx::query_as(text)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .bind(under)
            .fetch_all(c)
            .await
    })
    .db()
}

/// The ads of some campaigns, by ad.
pub(crate) async fn ads_of_campaigns(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    campaigns: &[AdCampaignId],
) -> Result<HashMap<AdId, Delivered>> {
    let mut found = HashMap::new();
    for campaign in campaigns {
        for row in ads_under(tx, place, range, BY_AD_OF_CAMPAIGN, campaign.0).await? {
            let ad = AdId(row.id);
            found.insert(ad, row.into_delivered(|_, account| campaign_path(campaign.0, account))?);
        }
    }
    Ok(found)
}

/// On which days each campaign spent anything.
pub(crate) async fn days_with_spend(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<HashSet<(NaiveDate, AdCampaignId)>> {
    let rows: Vec<(NaiveDate, AdCampaignId)> = on_tx!(tx, |c| {
        sqlx::query_as(DAYS_WITH_SPEND)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .fetch_all(c)
            .await
    })
    .db()?;
    Ok(rows.into_iter().collect())
}

/// Each account's days.
pub(crate) async fn account_days(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<Vec<DeliveredDay>> {
    let rows: Vec<DayRow> = on_tx!(tx, |c| {
        sqlx::query_as(ACCOUNT_BY_DAY)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .fetch_all(c)
            .await
    })
    .db()?;
    days(rows, account_path)
}

/// One campaign's days.
pub(crate) async fn campaign_days(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    campaign: AdCampaignId,
) -> Result<Vec<DeliveredDay>> {
    let rows: Vec<DayRow> = on_tx!(tx, |c| {
        sqlx::query_as(CAMPAIGN_BY_DAY)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .bind(campaign)
            .fetch_all(c)
            .await
    })
    .db()?;
    days(rows, campaign_path)
}

fn days(rows: Vec<DayRow>, path: fn(Uuid, AdAccountId) -> Path) -> Result<Vec<DeliveredDay>> {
    rows.into_iter()
        .map(|row| Ok(DeliveredDay { day: row.day, delivered: row.sums.into_delivered(path)? }))
        .collect()
}
