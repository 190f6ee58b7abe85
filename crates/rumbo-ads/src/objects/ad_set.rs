//! Ad sets.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{AdCampaignId, AdSetId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::AdSet;
use rumbo_platform::Scope;
use sqlx::FromRow;

use super::listing::{
    ObjectCounts, Settings, clean, instant, json_field, micros, micros_or_none, rest_without,
};
use crate::insights::AccountKey;
use crate::insights::Stub;
use crate::setting_changes::{MINOR_UNITS, Of, Watch};
use crate::{JsonText, META};

rumbo_db::statements! {
    STORED = "SELECT id, external_id, ad_campaign_id, name, status, configured_status, effective_status, \
        optimization_goal, billing_event, destination_type, attribution_spec, targeting, learning_state, \
        bid_strategy, bid_amount_micros, daily_budget_micros, lifetime_budget_micros, budget_remaining_micros, \
        start_at, end_at, meta_created_at, meta_updated_at, rest, synced, last_seen_at, deleted_at FROM ad_sets \
        WHERE workspace_id = $1 AND ad_account_id = $2";
    ADD = "INSERT INTO ad_sets (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, name, \
        status, configured_status, effective_status, optimization_goal, billing_event, destination_type, \
        attribution_spec, targeting, learning_state, bid_strategy, bid_amount_micros, daily_budget_micros, \
        lifetime_budget_micros, budget_remaining_micros, start_at, end_at, meta_created_at, meta_updated_at, \
        rest, synced, deleted_at, first_seen_at, created_at, created_by, updated_at, updated_by) VALUES ($1, $2, \
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
        $25, $26, TRUE, $27, $28, $28, $29, $28, $29)";
    CHANGE = "UPDATE ad_sets SET ad_campaign_id = $3, name = $4, status = $5, configured_status = $6, effective_status \
        = $7, optimization_goal = $8, billing_event = $9, destination_type = $10, attribution_spec = $11, \
        targeting = $12, learning_state = $13, bid_strategy = $14, bid_amount_micros = $15, daily_budget_micros \
        = $16, lifetime_budget_micros = $17, budget_remaining_micros = $18, start_at = $19, end_at = $20, \
        meta_created_at = $21, meta_updated_at = $22, rest = $23, synced = TRUE, deleted_at = $24, last_seen_at \
        = NULL, updated_at = $25, updated_by = $26 WHERE workspace_id = $1 AND id = $2";
    GONE = "UPDATE ad_sets SET last_seen_at = $3, deleted_at = COALESCE(deleted_at, $3), updated_at = $3, updated_by \
        = $4 WHERE workspace_id = $1 AND id = $2";
}

#[derive(FromRow)]
struct Stored {
    id: AdSetId,
    external_id: String,
    #[sqlx(flatten)]
    fields: Fields,
    synced: bool,
    last_seen_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(PartialEq, FromRow)]
struct Fields {
    ad_campaign_id: AdCampaignId,
    name: String,
    status: String,
    configured_status: Option<String>,
    effective_status: Option<String>,
    optimization_goal: Option<String>,
    billing_event: Option<String>,
    destination_type: Option<String>,
    attribution_spec: Option<JsonText>,
    targeting: Option<JsonText>,
    learning_state: Option<String>,
    bid_strategy: Option<String>,
    bid_amount_micros: Option<i64>,
    daily_budget_micros: Option<i64>,
    lifetime_budget_micros: Option<i64>,
    budget_remaining_micros: Option<i64>,
    start_at: Option<DateTime<Utc>>,
    end_at: Option<DateTime<Utc>>,
    meta_created_at: Option<DateTime<Utc>>,
    meta_updated_at: Option<DateTime<Utc>>,
    rest: JsonText,
}

impl Fields {
    fn settings(&self, account: AccountKey) -> serde_json::Map<String, serde_json::Value> {
        Settings::of_rest(&self.rest, account.currency, &MINOR_UNITS)
            .text("status", Some(&self.status))
            .money("daily_budget", self.daily_budget_micros)
            .money("lifetime_budget", self.lifetime_budget_micros)
            .text("bid_strategy", self.bid_strategy.as_deref())
            .money("bid_amount", self.bid_amount_micros)
            .text("billing_event", self.billing_event.as_deref())
            .text("optimization_goal", self.optimization_goal.as_deref())
            .text("destination_type", self.destination_type.as_deref())
            .json("attribution_spec", self.attribution_spec.as_ref())
            .json("targeting", self.targeting.as_ref())
            .instant("start_time", self.start_at)
            .instant("end_time", self.end_at)
            .done()
    }
}

fn fields(ad_set: AdSet, campaign: AdCampaignId, account: AccountKey) -> Fields {
    let currency = account.currency;
    Fields {
        ad_campaign_id: campaign,
        learning_state: ad_set.learning_status(),
        attribution_spec: json_field(&ad_set.rest, "attribution_spec"),
        targeting: json_field(&ad_set.rest, "targeting"),
        rest: rest_without(
            &ad_set.rest,
            &["attribution_spec", "targeting", "learning_stage_info"],
        ),
        name: clean(ad_set.name).unwrap_or_else(|| ad_set.id.clone()),
        status: ad_set.status.unwrap_or_else(|| "UNKNOWN".to_owned()),
        configured_status: ad_set.configured_status,
        effective_status: ad_set.effective_status,
        optimization_goal: ad_set.optimization_goal,
        billing_event: ad_set.billing_event,
        destination_type: ad_set.destination_type,
        bid_strategy: ad_set.bid_strategy,
        bid_amount_micros: micros_or_none(ad_set.bid_amount, currency),
        daily_budget_micros: micros_or_none(ad_set.daily_budget, currency),
        lifetime_budget_micros: micros_or_none(ad_set.lifetime_budget, currency),
        budget_remaining_micros: micros(ad_set.budget_remaining, currency),
        start_at: instant(ad_set.start_time),
        end_at: instant(ad_set.end_time),
        meta_created_at: instant(ad_set.created_time),
        meta_updated_at: instant(ad_set.updated_time),
    }
}

/// Writes a listing of an account's ad sets. With `complete`, those it does not show are marked as
/// gone. A campaign that is not stored is stored bare.
///
/// # Errors
/// As any write.
pub(crate) async fn store_ad_sets(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    listing: Vec<AdSet>,
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
    let stub = Stub::new(scope, account.id);
    let mut campaigns: HashMap<String, AdCampaignId> = HashMap::new();
    for ad_set in listing {
        let external_id = ad_set.id.clone();
        let parent = ad_set
            .campaign_id
            .clone()
            .unwrap_or_else(|| external_id.clone());
        let campaign = if let Some(id) = campaigns.get(&parent) {
            *id
        } else {
            let id = stub.campaign(tx, &parent, &scope.entropy).await?;
            campaigns.insert(parent, id);
            id
        };
        let new = fields(ad_set, campaign, account);
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
            let of = Of::AdSet(old.id);
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
        .bind(scope.id::<AdSetId>())
        .bind(META)
        .bind(external_id)
        .bind(account.id)
        .bind(new.ad_campaign_id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.configured_status)
        .bind(new.effective_status)
        .bind(new.optimization_goal)
        .bind(new.billing_event)
        .bind(new.destination_type)
        .bind(new.attribution_spec)
        .bind(new.targeting)
        .bind(new.learning_state)
        .bind(new.bid_strategy)
        .bind(new.bid_amount_micros)
        .bind(new.daily_budget_micros)
        .bind(new.lifetime_budget_micros)
        .bind(new.budget_remaining_micros)
        .bind(new.start_at)
        .bind(new.end_at)
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
    id: AdSetId,
    new: Fields,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(CHANGE)
        .bind(scope.workspace)
        .bind(id)
        .bind(new.ad_campaign_id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.configured_status)
        .bind(new.effective_status)
        .bind(new.optimization_goal)
        .bind(new.billing_event)
        .bind(new.destination_type)
        .bind(new.attribution_spec)
        .bind(new.targeting)
        .bind(new.learning_state)
        .bind(new.bid_strategy)
        .bind(new.bid_amount_micros)
        .bind(new.daily_budget_micros)
        .bind(new.lifetime_budget_micros)
        .bind(new.budget_remaining_micros)
        .bind(new.start_at)
        .bind(new.end_at)
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
