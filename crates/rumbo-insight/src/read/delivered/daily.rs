//! The same day by day, for figures that are converted at the rate of their day.

use chrono::NaiveDate;
use futures::TryStreamExt;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::Sums;
use crate::figures::Figures;
use crate::path::Grain;
use crate::read::directory::Directory;
use crate::read::moment::Moment;
use crate::read::place::Place;
use crate::roi::{Filter, Parent};

statements! {
    ACCOUNTS = concat!("SELECT d.ad_account_id AS id, d.ad_account_id, d.currency, d.day, ", sums!(),
        "FROM account_days d ", in_period!(), "GROUP BY d.day, d.ad_account_id, d.currency \
         ORDER BY d.day, d.ad_account_id");
    CAMPAIGNS = concat!("SELECT d.ad_campaign_id AS id, d.ad_account_id, d.currency, d.day, ", sums!(),
        campaign_days!(), "GROUP BY d.ad_campaign_id, d.day, d.ad_account_id, d.currency \
         ORDER BY d.ad_campaign_id, d.day");
    ADS = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 \
         GROUP BY d.ad_account_id, d.day, d.ad_id, d.currency ORDER BY d.day, d.ad_id");
    ADS_OF_CAMPAIGN = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_campaign_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_id, d.day, d.ad_account_id, d.currency ORDER BY d.ad_id, d.day");
    ADS_OF_AD_SET = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_set_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_id, d.day, d.ad_account_id, d.currency ORDER BY d.ad_id, d.day");
    /// What Meta claims for ad-days without spend.
    IDLE_ADS = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 AND COALESCE(d.spend_micros, 0) = 0 \
         GROUP BY d.ad_account_id, d.day, d.ad_id, d.currency ORDER BY d.day, d.ad_id");
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: Uuid,
    ad_account_id: AdAccountId,
    currency: String,
    day: NaiveDate,
    #[sqlx(flatten)]
    sums: Sums,
}

/// What an account, a campaign or an ad delivered on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub id: Uuid,
    pub account: AdAccountId,
    pub currency: Currency,
    pub day: NaiveDate,
    pub figures: Figures,
}

/// Where an ad stands among those of its account's day: the ads of a campaign stand together, as
/// campaigns do, so that what is rounded one after the other is the same by ad and by campaign.
pub(crate) fn within_day(ad: AdId, directory: &Directory) -> (Option<AdCampaignId>, AdId) {
    (directory.ads.get(&ad).map(|known| known.campaign), ad)
}

/// Goes through everything delivered in the period, as deep as the grain needs.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    grain: Grain,
    filter: &Filter,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    if let Some(moment) = place.moment {
        return earlier(tx, place, directory, moment, range, filter, |mut row| {
            let ad = directory.ads.get(&AdId(row.id));
            let under = match filter.parent {
                None => true,
                Some(Parent::Campaign(id)) => ad.is_some_and(|ad| ad.campaign == id),
                Some(Parent::AdSet(id)) => ad.is_some_and(|ad| ad.ad_set == id),
            };
            if !under {
                return Ok(());
            }
            row.id = match grain {
                Grain::Channel | Grain::Account => row.account.0,
                Grain::Campaign => match ad {
                    Some(ad) => ad.campaign.0,
                    None => return Ok(()),
                },
                Grain::AdSet | Grain::Ad | Grain::Creative => row.id,
            };
            each(&row)
        })
        .await;
    }
    match (grain, filter.parent) {
        (Grain::Channel | Grain::Account, _) => {
            rows(tx, place, range, ACCOUNTS, None, &mut each).await
        }
        (Grain::Campaign, _) => rows(tx, place, range, CAMPAIGNS, None, &mut each).await,
        (_, Some(Parent::Campaign(id))) => {
            rows(tx, place, range, ADS_OF_CAMPAIGN, Some(id.0), &mut each).await
        }
        (_, Some(Parent::AdSet(id))) => {
            rows(tx, place, range, ADS_OF_AD_SET, Some(id.0), &mut each).await
        }
        (_, None) => by_account(tx, place, directory, range, filter, ADS, &mut each).await,
    }
}

/// What Meta claims for the ad-days on which nothing was spent.
pub(crate) async fn idle(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    if let Some(moment) = place.moment {
        return earlier(tx, place, directory, moment, range, filter, |row| match row
            .figures
            .spend
            .unwrap_or_default()
        {
            Micros::ZERO => each(&row),
            _ => Ok(()),
        })
        .await;
    }
    by_account(tx, place, directory, range, filter, IDLE_ADS, &mut each).await
}

/// The ad-days as of a moment.
async fn earlier(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    moment: Moment,
    range: DateRange,
    filter: &Filter,
    mut each: impl FnMut(Row) -> Result<()>,
) -> Result<()> {
    for account in place
        .accounts
        .iter()
        .filter(|a| filter.allows_account(Some(a.id)))
    {
        let versions = super::versions(tx, place, moment, range, account.id).await?;
        let mut in_order: Vec<_> = versions.into_iter().collect();
        in_order.sort_by_cached_key(|((day, ad), _)| (*day, within_day(*ad, directory)));
        for ((day, ad), version) in in_order {
            each(Row {
                id: ad.0,
                account: account.id,
                currency: version.currency,
                day,
                figures: version.figures,
            })?;
        }
    }
    Ok(())
}

/// One account after the other.
async fn by_account(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    text: &'static str,
    each: &mut impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    for account in place
        .accounts
        .iter()
        .filter(|a| filter.allows_account(Some(a.id)))
    {
        // The store has them by day and ad: each day is put in order once it is whole.
        let mut day: Vec<Row> = Vec::new();
        let mut flush = |day: &mut Vec<Row>| -> Result<()> {
            day.sort_by_cached_key(|row| within_day(AdId(row.id), directory));
            day.drain(..).try_for_each(|row| each(&row))
        };
        let account = Some(account.id.0);
        rows(tx, place, range, text, account, &mut |row: &Row| {
            if day.first().is_some_and(|first| first.day != row.day) {
                flush(&mut day)?;
            }
            day.push(*row);
            Ok(())
        })
        .await?;
        flush(&mut day)?;
    }
    Ok(())
}

async fn rows(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    text: &'static str,
    under: Option<Uuid>,
    each: &mut impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    on_tx!(tx, |c| {
        let query = sqlx::query_as::<_, Columns>(text)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to);
        let query = match under {
            Some(under) => query.bind(under),
            None => query,
        };
        let mut rows = query.fetch(c);
        while let Some(row) = rows.try_next().await.db()? {
            each(&Row {
                id: row.id,
                account: row.ad_account_id,
                currency: Currency::of_record(&row.currency)?,
                day: row.day,
                figures: row.sums.figures(),
            })?;
        }
    });
    Ok(())
}
