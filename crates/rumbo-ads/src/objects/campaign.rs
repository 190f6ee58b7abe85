//! Campaigns.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{AdCampaignId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::Campaign;
use rumbo_platform::Scope;
use sqlx::FromRow;

use super::listing::{
    ObjectCounts, Settings, clean, instant, micros, micros_or_none, rest_without,
};
use crate::insights::AccountKey;
use crate::setting_changes::{Of, Watch};
use crate::{JsonText, META};

rumbo_db::statements! {
    STORED = "SELECT id, external_id, name, status, configured_status, effective_status, objective, buying_type, \
        daily_budget_micros, lifetime_budget_micros, budget_remaining_micros, spend_cap_micros, bid_strategy, \
        start_at, stop_at, meta_created_at, meta_updated_at, synced, rest, last_seen_at, deleted_at \
        FROM ad_campaigns WHERE workspace_id = $1 AND ad_account_id = $2";
    ADD = "INSERT INTO ad_campaigns (workspace_id, id, platform, external_id, ad_account_id, name, status, \
        configured_status, effective_status, objective, buying_type, daily_budget_micros, lifetime_budget_micros, \
        budget_remaining_micros, spend_cap_micros, bid_strategy, start_at, stop_at, meta_created_at, \
        meta_updated_at, synced, rest, deleted_at, first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, TRUE, \
        $21, $22, $23, $23, $24, $23, $24)";
    CHANGE = "UPDATE ad_campaigns SET name = $3, status = $4, configured_status = $5, effective_status = $6, \
        objective = $7, buying_type = $8, daily_budget_micros = $9, lifetime_budget_micros = $10, \
        budget_remaining_micros = $11, spend_cap_micros = $12, bid_strategy = $13, start_at = $14, stop_at = $15, \
        meta_created_at = $16, meta_updated_at = $17, synced = TRUE, rest = $18, deleted_at = $19, \
        last_seen_at = NULL, updated_at = $20, updated_by = $21 WHERE workspace_id = $1 AND id = $2";
    GONE = "UPDATE ad_campaigns SET last_seen_at = $3, deleted_at = COALESCE(deleted_at, $3), updated_at = $3, \
        updated_by = $4 WHERE workspace_id = $1 AND id = $2";
}

#[derive(FromRow)]
struct Stored {
    id: AdCampaignId,
    external_id: String,
    #[sqlx(flatten)]
    fields: Fields,
    synced: bool,
    last_seen_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(PartialEq, FromRow)]
struct Fields {
    name: String,
    status: String,
    configured_status: Option<String>,
    effective_status: Option<String>,
    objective: Option<String>,
    buying_type: Option<String>,
    daily_budget_micros: Option<i64>,
    lifetime_budget_micros: Option<i64>,
    budget_remaining_micros: Option<i64>,
    spend_cap_micros: Option<i64>,
    bid_strategy: Option<String>,
    start_at: Option<DateTime<Utc>>,
    stop_at: Option<DateTime<Utc>>,
    meta_created_at: Option<DateTime<Utc>>,
    meta_updated_at: Option<DateTime<Utc>>,
    rest: JsonText,
}

impl Fields {
    fn settings(&self, account: AccountKey) -> serde_json::Map<String, serde_json::Value> {
        Settings::of_rest(&self.rest, account.currency, &[])
            .text("status", Some(&self.status))
            .text("objective", self.objective.as_deref())
            .text("buying_type", self.buying_type.as_deref())
            .money("daily_budget", self.daily_budget_micros)
            .money("lifetime_budget", self.lifetime_budget_micros)
            .money("spend_cap", self.spend_cap_micros)
            .text("bid_strategy", self.bid_strategy.as_deref())
            .instant("start_time", self.start_at)
            .instant("stop_time", self.stop_at)
            .done()
    }
}

fn fields(campaign: Campaign, account: AccountKey) -> Fields {
    let currency = account.currency;
    Fields {
        name: clean(campaign.name).unwrap_or_else(|| campaign.id.clone()),
        status: campaign.status.unwrap_or_else(|| "UNKNOWN".to_owned()),
        configured_status: campaign.configured_status,
        effective_status: campaign.effective_status,
        objective: campaign.objective,
        buying_type: campaign.buying_type,
        daily_budget_micros: micros_or_none(campaign.daily_budget, currency),
        lifetime_budget_micros: micros_or_none(campaign.lifetime_budget, currency),
        budget_remaining_micros: micros(campaign.budget_remaining, currency),
        spend_cap_micros: micros_or_none(campaign.spend_cap, currency),
        bid_strategy: campaign.bid_strategy,
        start_at: instant(campaign.start_time),
        stop_at: instant(campaign.stop_time),
        meta_created_at: instant(campaign.created_time),
        meta_updated_at: instant(campaign.updated_time),
        rest: rest_without(&campaign.rest, &[]),
    }
}

/// Writes a listing of an account's campaigns. With `complete`, those it does not show are marked
/// as gone.
///
/// # Errors
/// As any write.
pub(crate) async fn store_campaigns(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    listing: Vec<Campaign>,
    complete: bool,
    watch: &Watch,
) -> Result<ObjectCounts> {
    let now = scope.now();
    let stored: Vec<Stored> = on_tx!(tx, |c| sqlx::query_as(STORED)
        .bind(scope.workspace)
        .bind(account.id)
        .fetch_all(c)
        .await)
    .db()?;
    let mut known: HashMap<String, Stored> = stored
        .into_iter()
        .map(|row| (row.external_id.clone(), row))
        .collect();
    let mut counts = ObjectCounts::default();
    for campaign in listing {
        let external_id = campaign.id.clone();
        let new = fields(campaign, account);
        let deleted = new.status == "DELETED";
        let Some(old) = known.remove(&external_id) else {
            add(
                tx,
                scope,
                account,
                &external_id,
                new,
                deleted.then_some(now),
            )
            .await?;
            counts.added += 1;
            continue;
        };
        if old.synced
            && old.fields == new
            && old.last_seen_at.is_none()
            && old.deleted_at.is_some() == deleted
        {
            counts.unchanged += 1;
            continue;
        }
        if old.synced {
            let (before, after) = (old.fields.settings(account), new.settings(account));
            let of = Of::Campaign(old.id);
            watch
                .record(tx, scope, account, of, &before, &after)
                .await?;
        }
        let deleted_at = deleted.then(|| old.deleted_at.unwrap_or(now));
        change(tx, scope, old.id, new, deleted_at).await?;
        counts.changed += 1;
    }
    if complete {
        let mut left: Vec<Stored> = known
            .into_values()
            .filter(|old| old.synced && old.last_seen_at.is_none())
            .collect();
        left.sort_by_key(|old| old.id);
        for old in left {
            on_tx!(tx, |c| sqlx::query(GONE)
                .bind(scope.workspace)
                .bind(old.id)
                .bind(now)
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            counts.gone += 1;
        }
    }
    Ok(counts)
}

async fn add(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    external_id: &str,
    new: Fields,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(ADD)
        .bind(scope.workspace)
        .bind(scope.id::<AdCampaignId>())
        .bind(META)
        .bind(external_id)
        .bind(account.id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.configured_status)
        .bind(new.effective_status)
        .bind(new.objective)
        .bind(new.buying_type)
        .bind(new.daily_budget_micros)
        .bind(new.lifetime_budget_micros)
        .bind(new.budget_remaining_micros)
        .bind(new.spend_cap_micros)
        .bind(new.bid_strategy)
        .bind(new.start_at)
        .bind(new.stop_at)
        .bind(new.meta_created_at)
        .bind(new.meta_updated_at)
        .bind(new.rest)
        .bind(deleted_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

async fn change(
    tx: &mut Tx,
    scope: &Scope,
    id: AdCampaignId,
    new: Fields,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(CHANGE)
        .bind(scope.workspace)
        .bind(id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.configured_status)
        .bind(new.effective_status)
        .bind(new.objective)
        .bind(new.buying_type)
        .bind(new.daily_budget_micros)
        .bind(new.lifetime_budget_micros)
        .bind(new.budget_remaining_micros)
        .bind(new.spend_cap_micros)
        .bind(new.bid_strategy)
        .bind(new.start_at)
        .bind(new.stop_at)
        .bind(new.meta_created_at)
        .bind(new.meta_updated_at)
        .bind(new.rest)
        .bind(deleted_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
