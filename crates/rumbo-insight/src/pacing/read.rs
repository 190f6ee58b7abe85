use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdSetId, Currency, DateRange, Micros, Result, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use crate::read::place::Place;

/// How many days back the last day of an account that came by file may lie.
const OLDEST: u64 = 62;

macro_rules! ad_sets {
    () => {
        "SELECT id, external_id, ad_account_id AS account, ad_campaign_id AS campaign, name, \
         COALESCE(effective_status, status) AS status, deleted_at IS NOT NULL AS deleted, \
         daily_budget_micros AS daily_budget, lifetime_budget_micros AS lifetime_budget, start_at, \
         end_at AS stop_at FROM ad_sets WHERE workspace_id = $1 "
    };
}

statements! {
    CAMPAIGNS = "SELECT id, external_id, ad_account_id AS account, NULL AS campaign, name, \
        COALESCE(effective_status, status) AS status, deleted_at IS NOT NULL AS deleted, \
        daily_budget_micros AS daily_budget, lifetime_budget_micros AS lifetime_budget, start_at, \
        stop_at FROM ad_campaigns WHERE workspace_id = $1";
    AD_SETS_WITH_BUDGET = concat!(ad_sets!(),
        "AND (daily_budget_micros IS NOT NULL OR lifetime_budget_micros IS NOT NULL)");
    AD_SETS_OF = concat!(ad_sets!(), "AND ad_campaign_id = $2");
    /// One ad set: its ads' days lie side by side.
    AD_SET_BY_DAY = "SELECT d.day, CAST(SUM(d.spend_micros) AS BIGINT) AS spend \
        FROM ads a CROSS JOIN ad_insights d WHERE a.workspace_id = $1 AND a.ad_set_id = $4 \
        AND d.workspace_id = $1 AND d.ad_id = a.id AND d.day BETWEEN $2 AND $3 AND d.currency = $5 \
        GROUP BY d.day";
    /// Of an account that came by file the last day is the last one the file had.
    LAST_DAY = "SELECT MAX(d.day) FROM account_days d WHERE d.workspace_id = $1 \
        AND d.ad_account_id = $2 AND d.day BETWEEN $3 AND $4";
}

/// A campaign or an ad set, as far as its pace depends on how it is set.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Spender {
    pub id: Uuid,
    pub external_id: String,
    pub account: AdAccountId,
    /// Of an ad set.
    pub campaign: Option<AdCampaignId>,
    pub name: String,
    pub status: String,
    pub deleted: bool,
    pub daily_budget: Option<Micros>,
    pub lifetime_budget: Option<Micros>,
    pub start_at: Option<DateTime<Utc>>,
    pub stop_at: Option<DateTime<Utc>>,
}

impl Spender {
    /// Whether Meta may spend on it: it is on, and so is everything above it.
    pub fn runs(&self) -> bool {
        let on = ["active", "with_issues", "in_process"];
        !self.deleted
            && on
                .iter()
                .any(|status| self.status.eq_ignore_ascii_case(status))
    }
}

pub(super) async fn campaigns(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Spender>> {
    on_tx!(tx, |c| sqlx::query_as(CAMPAIGNS)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

pub(super) async fn ad_sets_with_budget(
    tx: &mut Tx,
    workspace: WorkspaceId,
) -> Result<Vec<Spender>> {
    on_tx!(tx, |c| sqlx::query_as(AD_SETS_WITH_BUDGET)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

pub(super) async fn ad_sets_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    campaign: AdCampaignId,
) -> Result<Vec<Spender>> {
    on_tx!(tx, |c| sqlx::query_as(AD_SETS_OF)
        .bind(workspace)
        .bind(campaign)
        .fetch_all(c)
        .await)
    .db()
}

pub(super) async fn ad_set_by_day(
    tx: &mut Tx,
    workspace: WorkspaceId,
    range: DateRange,
    currency: Currency,
    set: AdSetId,
) -> Result<Vec<(NaiveDate, Option<Micros>)>> {
    on_tx!(tx, |c| sqlx::query_as(AD_SET_BY_DAY)
        .bind(workspace)
        .bind(range.from)
        .bind(range.to)
        .bind(set)
        .bind(currency.code())
        .fetch_all(c)
        .await)
    .db()
}

/// The last day of each account that is known whole: the one before the day of its last sync. An
/// account that is not known at all has none.
pub(crate) async fn known_until(
    tx: &mut Tx,
    place: &Place,
    now: DateTime<Utc>,
) -> Result<BTreeMap<AdAccountId, NaiveDate>> {
    let mut known = BTreeMap::new();
    for account in &place.accounts {
        let Some(yesterday) = account.zone.day_of(now).pred_opt() else {
            continue;
        };
        // What ended before the month before says nothing of this one.
        let oldest = yesterday.checked_sub_days(Days::new(OLDEST));
        let day: Option<NaiveDate> = match account.last_synced_at {
            Some(at) => account.zone.day_of(at).pred_opt(),
            None => on_tx!(tx, |c| sqlx::query_scalar(LAST_DAY)
                .bind(place.workspace)
                .bind(account.id)
                .bind(oldest)
                .bind(yesterday)
                .fetch_one(c)
                .await)
            .db()?,
        };
        if let Some(day) = day {
            known.insert(account.id, day.min(yesterday));
        }
    }
    Ok(known)
}
