//! Ads whose rate of clicks fell: people have seen enough of them, or of what stands beside them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rumbo_base::{AdAccountId, AdCampaignId, AdId, DateRange, Result, percent};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_forecast::{Shown, Wear, wear};

use crate::read::directory::Directory;
use crate::read::known::Known;
use crate::read::place::Place;

/// Days that are read: the last seven that showed an ad, and 21 before.
const READ: u64 = 45;
/// So many are told at most.
const MOST: usize = 3;

statements! {
    /// The ads of a campaign that may be shown, day by day: each one's days lie side by side.
    AD_DAYS = "SELECT d.ad_id AS ad, a.name, d.day, d.impressions, d.clicks, d.frequency \
        FROM ads a CROSS JOIN ad_insights d WHERE a.workspace_id = $1 AND a.ad_campaign_id = $4 \
        AND a.deleted_at IS NULL AND UPPER(COALESCE(a.effective_status, a.status)) = 'ACTIVE' \
        AND d.workspace_id = $1 AND d.ad_id = a.id AND d.day BETWEEN $2 AND $3 \
        AND d.impressions IS NOT NULL AND d.clicks IS NOT NULL ORDER BY d.ad_id, d.day";
}

#[derive(sqlx::FromRow)]
struct Row {
    ad: AdId,
    name: String,
    day: NaiveDate,
    impressions: i64,
    clicks: i64,
    frequency: Option<f64>,
}

/// An ad whose rate of clicks fell by more than 15 %, as good as surely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tired {
    pub ad: AdId,
    pub name: String,
    pub campaign: AdCampaignId,
    pub campaign_name: String,
    /// The last seven days that showed it.
    pub days: DateRange,
    /// CTR in these days, and in up to 21 before: percent, 2 decimals.
    pub now: String,
    pub before: String,
    /// How probable it is that the CTR fell by more than 15 %: percent, without decimals.
    pub sure_percent: String,
    /// How often each person saw it on the last of these days, as Meta tells it: frequencies of
    /// several days cannot be put together. 2 decimals.
    pub frequency: Option<String>,
}

/// The tired ads of some campaigns: those shown most first. Of each account it takes the days before
/// the last that is known.
pub(crate) async fn find(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    campaigns: &[AdCampaignId],
    known: &BTreeMap<AdAccountId, NaiveDate>,
) -> Result<Vec<Tired>> {
    // Of each campaign it is found out once: which ones spend most depends on the period.
    let kept = Known::<(AdCampaignId, NaiveDate), Found>::of(place);
    let revision = place.delivered_revision();
    let mut found = Found::new();
    for campaign in campaigns {
        let Some(of) = directory.campaigns.get(campaign) else {
            continue;
        };
        let Some(until) = known.get(&of.account).and_then(NaiveDate::pred_opt) else {
            continue;
        };
        let ads = match kept.get(&(*campaign, until), revision) {
            Some(ads) => ads,
            None => {
                let ads = of_campaign(tx, place, *campaign, &of.name, until).await?;
                let ads = Arc::new(ads);
                kept.keep((*campaign, until), revision, &ads);
                ads
            }
        };
        found.extend(ads.iter().cloned());
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.ad.cmp(&b.1.ad)));
    Ok(found
        .into_iter()
        .take(MOST)
        .map(|(_, tired)| tired)
        .collect())
}

/// The tired ads of a campaign up to a day, and how often each was shown.
type Found = Vec<(i64, Tired)>;

async fn of_campaign(
    tx: &mut Tx,
    place: &Place,
    campaign: AdCampaignId,
    name: &str,
    until: NaiveDate,
) -> Result<Found> {
    let from = until.checked_sub_days(Days::new(READ)).unwrap_or(until);
    let rows: Vec<Row> = on_tx!(tx, |c| {
        sqlx::query_as(AD_DAYS)
            .bind(place.workspace)
            .bind(from)
            .bind(until)
            .bind(campaign)
            .fetch_all(c)
            .await
    })
    .db()?;
    let mut ads: BTreeMap<AdId, Vec<Row>> = BTreeMap::new();
    for row in rows {
        ads.entry(row.ad).or_default().push(row);
    }
    Ok(ads
        .into_values()
        .filter_map(|days| tired(campaign, name, &days))
        .collect())
}

/// The ad of these days, when it is tired, and how often it was shown in the last of them.
fn tired(campaign: AdCampaignId, campaign_name: &str, days: &[Row]) -> Option<(i64, Tired)> {
    let shown: Vec<&Row> = days.iter().filter(|day| day.impressions > 0).collect();
    let figures: Vec<Shown> = shown
        .iter()
        .map(|day| Shown {
            impressions: crate::amount::figure(day.impressions),
            clicks: crate::amount::figure(day.clicks),
        })
        .collect();
    let wear = wear(&figures).filter(Wear::is_tired)?;
    let (before, now) = shown.split_at(shown.len().checked_sub(7)?);
    let (first, last) = now.first().zip(now.last())?;
    let rate = |days: &[&Row]| {
        let clicks: i64 = days.iter().map(|day| day.clicks).sum();
        let impressions: i64 = days.iter().map(|day| day.impressions).sum();
        percent(clicks, impressions, 2)
    };
    let compared = before.get(before.len().saturating_sub(21)..)?;
    let tired = Tired {
        ad: last.ad,
        name: last.name.clone(),
        campaign,
        campaign_name: campaign_name.to_owned(),
        days: DateRange::new(first.day, last.day).ok()?,
        now: rate(now)?,
        before: rate(compared)?,
        // Never quite sure.
        sure_percent: format!("{:.0}", (wear.fell * 100.0).min(99.0)),
        frequency: last.frequency.map(|frequency| format!("{frequency:.2}")),
    };
    Some((now.iter().map(|day| day.impressions).sum(), tired))
}
