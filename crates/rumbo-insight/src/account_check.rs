//! What Meta says an ad account spent, beside what its stored days add up to.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use crate::path::{Grain, Key};
use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::moment::Moment;
use crate::read::place::Place;
use crate::roi::Filter;

statements! {
    STORED = "SELECT ad_account_id, CAST(SUM(spend_micros) AS BIGINT) AS spend, MIN(day) AS first_day, \
        MAX(day) AS last_day FROM account_days WHERE workspace_id = $1 GROUP BY ad_account_id";
    /// Of an account after the run `$3`.
    STORED_AS_OF = concat!("SELECT d.ad_account_id, CAST(SUM(d.spend_micros) AS BIGINT) AS spend, \
        MIN(d.day) AS first_day, MAX(d.day) AS last_day FROM (",
        "SELECT ad_account_id, day, spend_micros FROM ad_insights WHERE workspace_id = $1 AND ad_account_id = $2 \
        AND run <= $3 UNION ALL SELECT ad_account_id, day, spend_micros FROM ad_insight_journal \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND run <= $3 AND replaced_by_run > $3",
        ") d GROUP BY d.ad_account_id");
}

/// The spend of an account, its first and its last day.
type Stored = (
    AdAccountId,
    Option<Micros>,
    Option<NaiveDate>,
    Option<NaiveDate>,
);

/// One ad account. Where `residual` is not 0, the difference lies before the first stored day,
/// was deleted at Meta, or is not synced yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountCheck {
    pub id: AdAccountId,
    pub external_id: String,
    pub name: String,
    pub currency: Currency,
    /// Of its whole life, as Meta tells it.
    pub meta_total: Option<Micros>,
    /// The sum of its stored days.
    pub stored: Micros,
    /// The sum of its campaigns' stored days. The same as `stored`, or the rollups are wrong.
    pub campaigns: Micros,
    /// `meta_total` less `stored`.
    pub residual: Option<Micros>,
    /// The stored days.
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
}

/// Checks every ad account of the workspace against Meta's total and against its campaigns. As of an earlier
/// moment every stored ad-day is read.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn account_checks(
    scope: &Scope,
    as_of: Option<DateTime<Utc>>,
) -> Result<Vec<AccountCheck>> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, as_of).await?;
    let (stored, campaigns) = match place.moment {
        Some(moment) => {
            let mut stored: Vec<Stored> = Vec::new();
            for account in &place.accounts {
                stored.extend(stored_as_of(&mut tx, &place, moment, account.id).await?);
            }
            // Without rollups there is only one sum.
            let campaigns = stored.iter().map(|row| (row.0, row.1)).collect();
            (stored, campaigns)
        }
        None => {
            let stored = on_tx!(&mut tx, |c| sqlx::query_as(STORED)
                .bind(place.workspace)
                .fetch_all(c)
                .await)
            .db()?;
            let campaigns = by_campaign(&mut tx, &place, &stored).await?;
            (stored, campaigns)
        }
    };
    Ok(place
        .accounts
        .iter()
        .map(|account| {
            let days = stored.iter().find(|row| row.0 == account.id);
            let sum = days.and_then(|row| row.1).unwrap_or_default();
            AccountCheck {
                id: account.id,
                external_id: account.external_id.clone(),
                name: account.name.clone(),
                currency: account.currency,
                meta_total: account.amount_spent,
                stored: sum,
                campaigns: campaigns
                    .iter()
                    .find(|row| row.0 == account.id)
                    .and_then(|row| row.1)
                    .unwrap_or_default(),
                residual: account.amount_spent.map(|total| total - sum),
                first_day: days.and_then(|row| row.2),
                last_day: days.and_then(|row| row.3),
            }
        })
        .collect())
}

async fn stored_as_of(
    tx: &mut Tx,
    place: &Place,
    moment: Moment,
    account: AdAccountId,
) -> Result<Option<Stored>> {
    on_tx!(tx, |c| {
        sqlx::query_as(STORED_AS_OF)
            .bind(place.workspace)
            .bind(account)
            .bind(moment.run)
            .fetch_optional(c)
            .await
    })
    .db()
}

/// What the campaigns of each account came to.
async fn by_campaign(
    tx: &mut Tx,
    place: &Place,
    stored: &[Stored],
) -> Result<Vec<(AdAccountId, Option<Micros>)>> {
    let from = stored.iter().filter_map(|row| row.2).min();
    let to = stored.iter().filter_map(|row| row.3).max();
    let Some((from, to)) = from.zip(to) else {
        return Ok(Vec::new());
    };
    let directory = Directory::read(tx, place, Grain::Campaign).await?;
    let range = DateRange { from, to };
    let (grain, all) = (Grain::Campaign, Filter::default());
    let mut sums: BTreeMap<AdAccountId, Micros> = BTreeMap::new();
    for of in delivered::read(tx, place, &directory, range, grain, &all).await? {
        if let Some(account) = of.path.account.as_ref().and_then(Key::known) {
            let sum = sums.entry(account).or_default();
            *sum = sum.checked_add(of.figures.spend.unwrap_or_default())?;
        }
    }
    Ok(sums.into_iter().map(|(id, sum)| (id, Some(sum))).collect())
}
