//! Ads.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{AdCampaignId, AdCreativeId, AdId, AdSetId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::Ad;
use rumbo_platform::Scope;
use sqlx::FromRow;

use super::creative::{add_bare, creatives_by_id};
use super::listing::{ObjectCounts, Settings, clean, instant, json_field, rest_without};
use crate::insights::AccountKey;
use crate::insights::{Stub, rebuild_sums};
use crate::setting_changes::{Of, Watch};
use crate::{JsonText, META};

rumbo_db::statements! {
    STORED = "SELECT id, external_id, ad_campaign_id, ad_set_id, ad_creative_id, name, status, configured_status, \
        effective_status, review_feedback, preview_url, meta_created_at, meta_updated_at, rest, synced, \
        last_seen_at, deleted_at FROM ads WHERE workspace_id = $1 AND ad_account_id = $2";
    ADD = "INSERT INTO ads (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, ad_set_id, \
        ad_creative_id, name, status, configured_status, effective_status, review_feedback, preview_url, \
        meta_created_at, meta_updated_at, rest, synced, deleted_at, first_seen_at, created_at, created_by, \
        updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
        $17, TRUE, $18, $19, $19, $20, $19, $20)";
    CHANGE = "UPDATE ads SET ad_campaign_id = $3, ad_set_id = $4, ad_creative_id = $5, name = $6, status = $7, \
        configured_status = $8, effective_status = $9, review_feedback = $10, preview_url = $11, meta_created_at \
        = $12, meta_updated_at = $13, rest = $14, synced = TRUE, deleted_at = $15, last_seen_at = NULL, \
        updated_at = $16, updated_by = $17 WHERE workspace_id = $1 AND id = $2";
    GONE = "UPDATE ads SET last_seen_at = $3, deleted_at = COALESCE(deleted_at, $3), updated_at = $3, updated_by = \
        $4 WHERE workspace_id = $1 AND id = $2";
}

#[derive(FromRow)]
struct Stored {
    id: AdId,
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
    ad_set_id: AdSetId,
    ad_creative_id: Option<AdCreativeId>,
    name: String,
    status: String,
    configured_status: Option<String>,
    effective_status: Option<String>,
    review_feedback: Option<JsonText>,
    preview_url: Option<String>,
    meta_created_at: Option<DateTime<Utc>>,
    meta_updated_at: Option<DateTime<Utc>>,
    rest: JsonText,
}

impl Fields {
    /// `creative`: Meta's id of the creative it shows.
    fn settings(
        &self,
        account: AccountKey,
        creative: Option<&str>,
    ) -> serde_json::Map<String, serde_json::Value> {
        Settings::of_rest(&self.rest, account.currency, &[])
            .text("status", Some(&self.status))
            .text("creative", creative)
            .done()
    }
}

/// Where an ad hangs.
struct Parents {
    campaign: AdCampaignId,
    ad_set: AdSetId,
    creative: Option<AdCreativeId>,
}

fn fields(ad: Ad, parents: &Parents) -> Fields {
    Fields {
        ad_campaign_id: parents.campaign,
        ad_set_id: parents.ad_set,
        ad_creative_id: parents.creative,
        review_feedback: json_field(&ad.rest, "ad_review_feedback"),
        rest: rest_without(&ad.rest, &["ad_review_feedback"]),
        name: clean(ad.name).unwrap_or_else(|| ad.id.clone()),
        status: ad.status.unwrap_or_else(|| "UNKNOWN".to_owned()),
        configured_status: ad.configured_status,
        effective_status: ad.effective_status,
        preview_url: ad.preview_shareable_link,
        meta_created_at: instant(ad.created_time),
        meta_updated_at: instant(ad.updated_time),
    }
}

/// Writes a listing of an account's ads. With `complete`, those it does not show are marked as
/// gone. A campaign, ad set or creative that is not stored is stored bare.
///
/// # Errors
/// As any write.
pub(crate) async fn store_ads(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    listing: Vec<Ad>,
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
    let mut ad_sets: HashMap<String, AdSetId> = HashMap::new();
    let mut creatives = creatives_by_id(tx, scope.workspace, account.id).await?;
    let mut moved = false;
    for ad in listing {
        let external_id = ad.id.clone();
        let named = ad
            .campaign_id
            .clone()
            .unwrap_or_else(|| external_id.clone());
        let campaign = if let Some(id) = campaigns.get(&named) {
            *id
        } else {
            let id = stub.campaign(tx, &named, &scope.entropy).await?;
            campaigns.insert(named, id);
            id
        };
        let named = ad.adset_id.clone().unwrap_or_else(|| external_id.clone());
        let ad_set = if let Some(id) = ad_sets.get(&named) {
            *id
        } else {
            let id = stub.ad_set(tx, &named, campaign, &scope.entropy).await?;
            ad_sets.insert(named, id);
            id
        };
        let creative = match &ad.creative {
            None => None,
            Some(creative) => {
                let known = creatives.get(&creative.id).copied();
                let id = match known {
                    Some(id) => id,
                    None => add_bare(tx, scope, account, &creative.id).await?,
                };
                creatives.insert(creative.id.clone(), id);
                Some(id)
            }
        };
        let new = fields(
            ad,
            &Parents {
                campaign,
                ad_set,
                creative,
            },
        );
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
        moved |= old.fields.ad_campaign_id != new.ad_campaign_id;
        if old.synced {
            // Meta's id of a creative, which few changes of an ad need.
            let shown = |local: Option<AdCreativeId>| {
                let named = creatives.iter().find(|(_, id)| Some(**id) == local);
                named.map(|(external_id, _)| external_id.as_str())
            };
            let before = old
                .fields
                .settings(account, shown(old.fields.ad_creative_id));
            let after = new.settings(account, shown(new.ad_creative_id));
            let of = Of::Ad(old.id);
            watch
                .record(tx, scope, account, of, &before, &after)
                .await?;
        }
        let deleted_at = deleted.then(|| old.deleted_at.unwrap_or(now));
        change(tx, scope, old.id, new, deleted_at).await?;
        counts.changed += 1;
    }
    if moved {
        // The days of an ad count for its campaign: a bare one may have been filed elsewhere.
        rebuild_sums(tx, scope.workspace, account.id).await?;
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
        .bind(scope.id::<AdId>())
        .bind(META)
        .bind(external_id)
        .bind(account.id)
        .bind(new.ad_campaign_id)
        .bind(new.ad_set_id)
        .bind(new.ad_creative_id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.configured_status)
        .bind(new.effective_status)
        .bind(new.review_feedback)
        .bind(new.preview_url)
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
    id: AdId,
    new: Fields,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(CHANGE)
        .bind(scope.workspace)
        .bind(id)
        .bind(new.ad_campaign_id)
        .bind(new.ad_set_id)
        .bind(new.ad_creative_id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.configured_status)
        .bind(new.effective_status)
        .bind(new.review_feedback)
        .bind(new.preview_url)
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
