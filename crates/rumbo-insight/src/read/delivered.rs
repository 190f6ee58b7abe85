//! What Meta says it delivered: spend, impressions, clicks, and the results it claims.

mod earlier;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::{FxHashMap, FxHashSet};
use uuid::Uuid;

use crate::figures::Figures;
use crate::path::{Grain, Key, Path};
use crate::read::directory::Directory;
use crate::read::place::Place;
use crate::read::spread::InOrder;
use crate::roi::{Filter, Parent};
use ad_days::AccountMoney;
pub use earlier::STATEMENTS as EARLIER_STATEMENTS;
pub(crate) use earlier::{AdDayVersion, told, versions};
pub use months::STATEMENTS as MONTH_STATEMENTS;
use sums::CountedSums;

/// Sums over rollup rows. A sum of figures that no ad-day tells is NULL.
macro_rules! sums {
    () => {
        "CAST(SUM(d.ad_rows) AS BIGINT) AS ad_days, \
         CASE WHEN MAX(d.impressions_rows) > 0 THEN CAST(SUM(d.impressions) AS BIGINT) END AS impressions, \
         CASE WHEN MAX(d.clicks_rows) > 0 THEN CAST(SUM(d.clicks) AS BIGINT) END AS clicks, \
         CASE WHEN MAX(d.link_clicks_rows) > 0 THEN CAST(SUM(d.link_clicks) AS BIGINT) END AS link_clicks, \
         CASE WHEN MAX(d.spend_rows) > 0 THEN CAST(SUM(d.spend_micros) AS BIGINT) END AS spend_micros, \
         CAST(SUM(d.meta_leads) AS BIGINT) AS meta_leads, \
         CAST(SUM(d.meta_purchases) AS BIGINT) AS meta_purchases, \
         CAST(SUM(d.meta_purchase_micros) AS BIGINT) AS meta_purchase_micros "
    };
}

/// Rows of the period.
macro_rules! in_period {
    () => {
        "WHERE d.workspace_id = $1 AND d.day BETWEEN $2 AND $3 "
    };
}

/// The same over ad-day rows, in which a figure may be missing.
macro_rules! ad_sums {
    () => {
        "COUNT(*) AS ad_days, \
         CAST(SUM(d.impressions) AS BIGINT) AS impressions, \
         CAST(SUM(d.clicks) AS BIGINT) AS clicks, \
         CAST(SUM(d.link_clicks) AS BIGINT) AS link_clicks, \
         CAST(SUM(d.spend_micros) AS BIGINT) AS spend_micros, \
         CAST(COALESCE(SUM(d.meta_leads), 0) AS BIGINT) AS meta_leads, \
         CAST(COALESCE(SUM(d.meta_purchases), 0) AS BIGINT) AS meta_purchases, \
         CAST(COALESCE(SUM(d.meta_purchase_micros), 0) AS BIGINT) AS meta_purchase_micros "
    };
}

use in_period;

pub(crate) mod ad_days;
pub(crate) mod daily;
mod months;
pub(crate) mod parts;
mod sums;

statements! {
    BY_AD_OF_CAMPAIGN = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_campaign_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_id, d.ad_account_id, d.currency");
    BY_AD_OF_AD_SET = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_set_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_id, d.ad_account_id, d.currency");
    CAMPAIGN_BY_DAY = concat!("SELECT d.day, ", sums!(),
        "FROM campaign_days d ", in_period!(), "AND d.currency = $4 AND d.ad_campaign_id = $5 GROUP BY d.day");
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Sums {
    ad_days: i64,
    impressions: Option<i64>,
    clicks: Option<i64>,
    link_clicks: Option<i64>,
    spend_micros: Option<Micros>,
    meta_leads: i64,
    meta_purchases: i64,
    meta_purchase_micros: Micros,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SumRow {
    pub id: Uuid,
    ad_account_id: AdAccountId,
    pub currency: String,
    #[sqlx(flatten)]
    sums: Sums,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct DayRow {
    day: NaiveDate,
    #[sqlx(flatten)]
    sums: Sums,
}

/// What was delivered in one place, in the period.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    pub path: Path,
    pub currency: Currency,
    pub figures: Figures,
}

impl Sums {
    fn figures(&self) -> Figures {
        Figures {
            ad_days: self.ad_days,
            impressions: self.impressions,
            clicks: self.clicks,
            link_clicks: self.link_clicks,
            spend: self.spend_micros,
            meta_leads: self.meta_leads,
            meta_purchases: self.meta_purchases,
            meta_purchase_value: self.meta_purchase_micros,
            ..Figures::default()
        }
    }
}

impl SumRow {
    pub fn figures(&self) -> Figures {
        self.sums.figures()
    }

    /// Whether nothing was spent.
    fn is_idle(&self) -> bool {
        self.sums.spend_micros.unwrap_or_default() == Micros::ZERO
    }

    fn under(&self, path: impl FnOnce(Uuid, AdAccountId) -> Path) -> Result<Delivered> {
        Ok(Delivered {
            path: path(self.id, self.ad_account_id),
            currency: Currency::of_record(&self.currency)?,
            figures: self.sums.figures(),
        })
    }
}

fn account_path(_: Uuid, account: AdAccountId) -> Path {
    Path {
        account: Some(Key::Known(account)),
        ..Path::default()
    }
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
        channel: None,
    }
}

/// The line of an object that has figures.
pub(crate) fn object_path(
    grain: Grain,
    id: Uuid,
    account: AdAccountId,
    directory: &Directory,
) -> Path {
    match grain {
        Grain::Channel | Grain::Account => account_path(id, account),
        Grain::Campaign => campaign_path(id, account),
        Grain::AdSet | Grain::Ad | Grain::Creative => ad_path(id, account, directory),
    }
}

/// Where an ad's figures lie, as deep as the grain needs.
pub(crate) fn path(grain: Grain, ad: AdId, account: AdAccountId, directory: &Directory) -> Path {
    match grain {
        Grain::Channel | Grain::Account => account_path(ad.0, account),
        Grain::Campaign => ad_path(ad.0, account, directory).of_campaign(),
        Grain::AdSet | Grain::Ad | Grain::Creative => ad_path(ad.0, account, directory),
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
    if place.moment.is_some() {
        return match grain {
            Grain::Channel | Grain::Account => by_account_then(tx, place, range, filter).await,
            _ => {
                let ads = by_account(tx, place, directory, range, filter, false).await?;
                together(ads, grain)
            }
        };
    }
    let rows = match (grain, filter.parent) {
        (Grain::Channel | Grain::Account, _) => return months::by_account(tx, place, range).await,
        (Grain::Campaign, _) => return months::by_campaign(tx, place, directory, range).await,
        (_, Some(Parent::Campaign(id))) => {
            sums_under(tx, place, range, BY_AD_OF_CAMPAIGN, id.0).await?
        }
        (_, Some(Parent::AdSet(id))) => sums_under(tx, place, range, BY_AD_OF_AD_SET, id.0).await?,
        (_, None) => return by_account(tx, place, directory, range, filter, false).await,
    };
    rows.into_iter()
        .map(|row| row.under(|id, of| ad_path(id, of, directory)))
        .collect()
}

/// What Meta claims for the ad-days on which nothing was spent.
pub(crate) async fn idle(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
) -> Result<Vec<Delivered>> {
    by_account(tx, place, directory, range, filter, true).await
}

async fn sums(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    text: &'static str,
) -> Result<Vec<SumRow>> {
    on_tx!(tx, |c| {
        sqlx::query_as(text)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .fetch_all(c)
            .await
    })
    .db()
}

async fn sums_under(
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

/// Ad by ad.
async fn by_account(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    only_idle: bool,
) -> Result<Vec<Delivered>> {
    let accounts = daily::accounts_of(place, directory, filter);
    let Some(range) = daily::ever_within(tx, place, range).await? else {
        return Ok(Vec::new());
    };
    ad_days::read(
        tx,
        place,
        &accounts,
        range,
        only_idle,
        |account, ad, currency, figures| Delivered {
            path: ad_path(ad, account, directory),
            currency,
            figures,
        },
    )
    .await
}

/// What every account delivered as of a moment.
async fn by_account_then(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    filter: &Filter,
) -> Result<Vec<Delivered>> {
    let accounts = place.allowed(filter);
    let days = ad_days::by_account_day(tx, place, &accounts, range).await?;
    let mut sums: FxHashMap<(AdAccountId, Currency), CountedSums> = FxHashMap::default();
    for day in days {
        let sum = sums.entry((day.account, day.currency)).or_default();
        sum.add(&day.sums, 1)?;
    }
    let sums = sums.into_iter();
    Ok(sums
        .map(|((account, currency), sums)| Delivered {
            path: account_path(account.0, account),
            currency,
            figures: sums.figures(),
        })
        .collect())
}

/// What ads delivered, as deep as the grain needs.
fn together(ads: Vec<Delivered>, grain: Grain) -> Result<Vec<Delivered>> {
    if grain != Grain::Campaign {
        return Ok(ads);
    }
    let mut places: FxHashMap<(Path, Currency), usize> = FxHashMap::default();
    let mut campaigns: Vec<Delivered> = Vec::new();
    for ad in ads {
        let path = ad.path.of_campaign();
        let new = campaigns.len();
        let place = *places.entry((path.clone(), ad.currency)).or_insert(new);
        match campaigns.get_mut(place) {
            Some(campaign) => campaign.figures.add(&ad.figures)?,
            None => campaigns.push(Delivered { path, ..ad }),
        }
    }
    Ok(campaigns)
}

/// On which days each campaign spent anything.
pub(crate) async fn days_with_spend(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
) -> Result<FxHashSet<(NaiveDate, AdCampaignId)>> {
    let mut spent = FxHashSet::default();
    let of_day = InOrder(|day: &AccountMoney| {
        for ((campaign, _), (spend, _)) in day.objects.iter().zip(&day.money) {
            if spend.is_some_and(|spend| spend != Micros::ZERO) {
                spent.insert((day.day, AdCampaignId(*campaign)));
            }
        }
        Ok(())
    });
    let all = Filter::default();
    daily::campaign_money(tx, place, directory, range, &all, of_day).await?;
    Ok(spent)
}

/// All accounts of a currency, day by day.
pub(crate) async fn by_day(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    currency: Currency,
) -> Result<Vec<(NaiveDate, Figures)>> {
    if place.moment.is_some() {
        let accounts = place.allowed(&Filter::default());
        let days = ad_days::by_account_day(tx, place, &accounts, range).await?;
        let days = days.iter().filter(|day| day.currency == currency);
        return Ok(days.map(|day| (day.day, day.sums.figures())).collect());
    }
    months::by_day(tx, place, range, currency).await
}

/// One campaign in one currency, day by day.
pub(crate) async fn campaign_by_day(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    currency: Currency,
    campaign: AdCampaignId,
) -> Result<Vec<(NaiveDate, Figures)>> {
    if place.moment.is_some() {
        let mut days = Vec::new();
        let each = InOrder(|row: &daily::Row| {
            let ad = directory.ads.get(&AdId(row.id));
            if row.currency == currency && ad.is_some_and(|ad| ad.campaign == campaign) {
                days.push((row.day, row.figures));
            }
            Ok(())
        });
        let all = Filter::default();
        daily::read(tx, place, directory, range, Grain::Ad, &all, each).await?;
        return Ok(days);
    }
    let rows: Vec<DayRow> = on_tx!(tx, |c| {
        sqlx::query_as(CAMPAIGN_BY_DAY)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .bind(currency.code())
            .bind(campaign)
            .fetch_all(c)
            .await
    })
    .db()?;
    Ok(rows
        .into_iter()
        .map(|row| (row.day, row.sums.figures()))
        .collect())
}
