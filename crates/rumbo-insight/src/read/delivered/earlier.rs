//! Single ad-days as of an earlier moment, from their rows and what was replaced: where each is told, and
//! of days that are not packed as they are now.

use std::collections::HashMap;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Frequency, Reach, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::{SumRow, in_period};
use crate::figures::Figures;
use crate::read::moment::Moment;
use crate::read::place::Place;

/// The ad-days of an account after the run `$5`: a version holds from the run that brought it
/// until the run that replaced it.
macro_rules! ad_days_as_of {
    (@ $from:literal, $columns:expr, $of:literal) => {
        concat!("SELECT ", $columns, " FROM ", $from, " d ", in_period!(), "AND d.ad_account_id = $4 ", $of)
    };
    ($columns:expr, $of:literal) => {
        concat!(ad_days_as_of!(@ "ad_insights", $columns, $of), "AND d.run <= $5 UNION ALL ",
            ad_days_as_of!(@ "ad_insight_journal", $columns, $of), "AND d.run <= $5 AND d.replaced_by_run > $5")
    };
}

/// What is read of an ad-day.
macro_rules! columns {
    () => {
        "d.day, d.ad_id AS id, d.ad_account_id, d.currency, CAST(1 AS BIGINT) AS ad_days, \
         d.impressions, d.clicks, d.link_clicks, d.spend_micros, COALESCE(d.meta_leads, 0) AS meta_leads, \
         COALESCE(d.meta_purchases, 0) AS meta_purchases, \
         COALESCE(d.meta_purchase_micros, 0) AS meta_purchase_micros"
    };
}

statements! {
    AD_DAYS_AS_OF = ad_days_as_of!(columns!(), "");
    /// One of them whole, with where it comes from and Meta's own JSON.
    AD_DAY_AS_TOLD = ad_days_as_of!(concat!(columns!(), ", d.reach, d.frequency, d.attribution_setting, d.run, \
        CAST(d.actions AS TEXT) AS actions, CAST(d.rest AS TEXT) AS rest"), "AND d.ad_id = $6 ");
}

/// One ad on one day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AdDayRow {
    pub day: NaiveDate,
    #[sqlx(flatten)]
    pub of: SumRow,
}

/// An ad-day whole, and where it comes from.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ToldAdDay {
    #[sqlx(flatten)]
    pub of: SumRow,
    pub reach: Option<Reach>,
    pub frequency: Option<Frequency>,
    pub attribution_setting: Option<String>,
    /// The run that brought it.
    pub run: i64,
    /// Meta's own JSON.
    pub actions: Option<String>,
    pub rest: Option<String>,
}

/// The ad-days of an account as of a moment.
pub(crate) async fn ad_days(
    tx: &mut Tx,
    place: &Place,
    moment: Moment,
    range: DateRange,
    account: AdAccountId,
) -> Result<Vec<AdDayRow>> {
    on_tx!(tx, |c| {
        sqlx::query_as(AD_DAYS_AS_OF)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .bind(account)
            .bind(moment.run)
            .fetch_all(c)
            .await
    })
    .db()
}

/// Where one of these ad-days comes from.
pub(crate) async fn told(
    tx: &mut Tx,
    place: &Place,
    moment: Moment,
    day: NaiveDate,
    account: AdAccountId,
    ad: AdId,
) -> Result<ToldAdDay> {
    on_tx!(tx, |c| {
        sqlx::query_as(AD_DAY_AS_TOLD)
            .bind(place.workspace)
            .bind(day)
            .bind(day)
            .bind(account)
            .bind(moment.run)
            .bind(ad)
            .fetch_one(c)
            .await
    })
    .db()
}

/// What Meta said of one ad on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdDayVersion {
    pub currency: Currency,
    pub figures: Figures,
}

/// The ad-days of an account as of a moment, by day and ad.
pub(crate) async fn versions(
    tx: &mut Tx,
    place: &Place,
    moment: Moment,
    range: DateRange,
    account: AdAccountId,
) -> Result<HashMap<(NaiveDate, AdId), AdDayVersion>> {
    ad_days(tx, place, moment, range, account)
        .await?
        .into_iter()
        .map(|row| {
            let version = AdDayVersion {
                currency: Currency::of_record(&row.of.currency)?,
                figures: row.of.sums.figures(),
            };
            Ok(((row.day, AdId(row.of.id)), version))
        })
        .collect()
}
