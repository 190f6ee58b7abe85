//! What Meta says it delivered by age, gender, country, placement or device, beside what it says
//! it delivered in all on the same days.

use std::collections::HashSet;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Breakdown, Currency, DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::Sums;
use crate::breakdown::Within;
use crate::figures::Figures;
use crate::read::place::Place;

statements! {
    PARTS_OF_ACCOUNT = concat!("SELECT d.value, d.currency, ", sums!(), "FROM account_breakdown_days d ", in_period!(),
        "AND d.ad_account_id = $4 AND d.breakdown = $5 GROUP BY d.value, d.currency");
    PARTS_OF_CAMPAIGN = concat!("SELECT d.value, d.currency, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insight_breakdowns d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_campaign_id = $4 AND d.ad_id = a.id AND d.breakdown = $5 \
         GROUP BY d.value, d.currency");
    PARTS_OF_AD_SET = concat!("SELECT d.value, d.currency, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insight_breakdowns d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_set_id = $4 AND d.ad_id = a.id AND d.breakdown = $5 \
         GROUP BY d.value, d.currency");
    PARTS_OF_AD = concat!("SELECT d.value, d.currency, ", ad_sums!(), "FROM ad_insight_breakdowns d ", in_period!(),
        "AND d.ad_id = $4 AND d.breakdown = $5 GROUP BY d.value, d.currency");
    WHOLE_OF_ACCOUNT = concat!("SELECT d.ad_account_id, d.currency, d.day, ", sums!(), "FROM account_days d ",
        in_period!(), "AND d.ad_account_id = $4 GROUP BY d.ad_account_id, d.currency, d.day");
    WHOLE_OF_CAMPAIGN = concat!("SELECT d.ad_account_id, d.currency, d.day, ", sums!(), "FROM campaign_days d ",
        in_period!(), "AND d.ad_campaign_id = $4 GROUP BY d.ad_account_id, d.currency, d.day");
    WHOLE_OF_AD_SET = concat!("SELECT d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_set_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_account_id, d.currency, d.day");
    WHOLE_OF_AD = concat!("SELECT d.ad_account_id, d.currency, d.day, ", ad_sums!(), "FROM ad_insights d ",
        in_period!(), "AND d.ad_id = $4 GROUP BY d.ad_account_id, d.currency, d.day");
    /// The days of an account that were read by the breakdown.
    READ_DAYS = concat!("SELECT d.day FROM breakdown_days d ", in_period!(),
        "AND d.ad_account_id = $4 AND d.breakdown = $5");
}

#[derive(sqlx::FromRow)]
struct PartColumns {
    value: String,
    currency: String,
    #[sqlx(flatten)]
    sums: Sums,
}

#[derive(sqlx::FromRow)]
struct DayColumns {
    ad_account_id: AdAccountId,
    currency: String,
    day: NaiveDate,
    #[sqlx(flatten)]
    sums: Sums,
}

/// What was delivered in one part, over the period.
#[derive(Clone, Debug)]
pub(crate) struct DeliveredPart {
    pub value: String,
    pub currency: Currency,
    pub figures: Figures,
}

/// What was delivered in all on one day.
#[derive(Clone, Debug)]
pub(crate) struct WholeDay {
    pub account: AdAccountId,
    pub currency: Currency,
    pub day: NaiveDate,
    pub figures: Figures,
}

/// What both are asked of, one after the other: accounts one by one, because their days lie side
/// by side.
fn objects(place: &Place, within: &Within) -> Vec<Uuid> {
    match within {
        Within::Accounts(only) => place
            .accounts
            .iter()
            .filter(|account| only.is_empty() || only.contains(&account.id))
            .map(|account| account.id.0)
            .collect(),
        Within::Campaign(id) => vec![id.0],
        Within::AdSet(id) => vec![id.0],
        Within::Ad(id) => vec![id.0],
    }
}

/// The parts of the period; one may come several times.
pub(crate) async fn parts(
    tx: &mut Tx,
    place: &Place,
    within: &Within,
    range: DateRange,
    by: Breakdown,
) -> Result<Vec<DeliveredPart>> {
    let text = match within {
        Within::Accounts(_) => PARTS_OF_ACCOUNT,
        Within::Campaign(_) => PARTS_OF_CAMPAIGN,
        Within::AdSet(_) => PARTS_OF_AD_SET,
        Within::Ad(_) => PARTS_OF_AD,
    };
    let mut found = Vec::new();
    for object in objects(place, within) {
        let rows: Vec<PartColumns> = on_tx!(tx, |c| {
            sqlx::query_as(text)
                .bind(place.workspace)
                .bind(range.from)
                .bind(range.to)
                .bind(object)
                .bind(by.word())
                .fetch_all(c)
                .await
        })
        .db()?;
        for row in rows {
            found.push(DeliveredPart {
                currency: Currency::of_record(&row.currency)?,
                figures: row.sums.figures(),
                value: row.value,
            });
        }
    }
    Ok(found)
}

/// The whole of the same, day by day.
pub(crate) async fn whole(
    tx: &mut Tx,
    place: &Place,
    within: &Within,
    range: DateRange,
) -> Result<Vec<WholeDay>> {
    let text = match within {
        Within::Accounts(_) => WHOLE_OF_ACCOUNT,
        Within::Campaign(_) => WHOLE_OF_CAMPAIGN,
        Within::AdSet(_) => WHOLE_OF_AD_SET,
        Within::Ad(_) => WHOLE_OF_AD,
    };
    let mut found = Vec::new();
    for object in objects(place, within) {
        let rows: Vec<DayColumns> = on_tx!(tx, |c| {
            sqlx::query_as(text)
                .bind(place.workspace)
                .bind(range.from)
                .bind(range.to)
                .bind(object)
                .fetch_all(c)
                .await
        })
        .db()?;
        for row in rows {
            found.push(WholeDay {
                account: row.ad_account_id,
                currency: Currency::of_record(&row.currency)?,
                day: row.day,
                figures: row.sums.figures(),
            });
        }
    }
    Ok(found)
}

/// The days of these accounts that were read by the breakdown.
pub(crate) async fn read_days(
    tx: &mut Tx,
    place: &Place,
    accounts: &HashSet<AdAccountId>,
    range: DateRange,
    by: Breakdown,
) -> Result<HashSet<(AdAccountId, NaiveDate)>> {
    let mut read = HashSet::new();
    for account in accounts {
        let days: Vec<NaiveDate> = on_tx!(tx, |c| {
            sqlx::query_scalar(READ_DAYS)
                .bind(place.workspace)
                .bind(range.from)
                .bind(range.to)
                .bind(*account)
                .bind(by.word())
                .fetch_all(c)
                .await
        })
        .db()?;
        read.extend(days.into_iter().map(|day| (*account, day)));
    }
    Ok(read)
}
