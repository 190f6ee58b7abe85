//! The ads of one account by Meta's id, so that a row finds its ad without asking the database.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use rumbo_base::{AdAccountId, AdCampaignId, AdId, AdSetId, Entropy, Result, UserId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;

use crate::META;

rumbo_db::statements! {
    ADS = "SELECT external_id, id, ad_campaign_id, status, deleted_at FROM ads \
        WHERE workspace_id = $1 AND ad_account_id = $2";
    BY_CAMPAIGN = "SELECT c.external_id, a.external_id FROM ads a \
        JOIN ad_campaigns c ON c.workspace_id = a.workspace_id AND c.id = a.ad_campaign_id \
        WHERE a.workspace_id = $1 AND a.ad_account_id = $2 ORDER BY 1, 2";
    CAMPAIGN = "SELECT id FROM ad_campaigns WHERE workspace_id = $1 AND platform = $2 AND external_id = $3";
    AD_SET = "SELECT id FROM ad_sets WHERE workspace_id = $1 AND platform = $2 AND external_id = $3";
    AD = "SELECT id, ad_campaign_id FROM ads WHERE workspace_id = $1 AND platform = $2 AND external_id = $3";
    ADD_CAMPAIGN = "INSERT INTO ad_campaigns (workspace_id, id, platform, external_id, ad_account_id, name, \
        status, synced, rest, first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $4, 'UNKNOWN', FALSE, $6, $7, $7, $8, $7, $8)";
    ADD_AD_SET = "INSERT INTO ad_sets (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, name, \
        status, synced, rest, first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $4, 'UNKNOWN', FALSE, $7, $8, $8, $9, $8, $9)";
    ADD_AD = "INSERT INTO ads (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, ad_set_id, name, \
        status, synced, rest, first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $4, 'UNKNOWN', FALSE, $8, $9, $9, $10, $9, $10)";
}

/// Where an ad belongs in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdKey {
    /// The ad.
    pub ad: AdId,
    /// Its campaign.
    pub campaign: AdCampaignId,
    /// Meta no longer lists it, so that its days may be missing from a read and still be true.
    pub gone: bool,
}

/// The ads of one account. A place in it, once given, stays.
#[derive(Debug)]
pub struct AdIndex {
    account: AdAccountId,
    places: HashMap<Box<str>, usize>,
    by_id: HashMap<AdId, usize>,
    entries: Vec<Entry>,
    unknown: Vec<usize>,
}

#[derive(Debug)]
struct Entry {
    key: Option<AdKey>,
    /// Meta's ids of ad, ad set and campaign, kept only until the ad is stored.
    named: Option<[Box<str>; 3]>,
}

impl AdIndex {
    /// Reads the ads of an account.
    ///
    /// # Errors
    /// As any read.
    pub async fn load(tx: &mut Tx, workspace: WorkspaceId, account: AdAccountId) -> Result<Self> {
        type Row = (String, AdId, AdCampaignId, String, Option<DateTime<Utc>>);
        let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(ADS)
            .bind(workspace)
            .bind(account)
            .fetch_all(c)
            .await)
        .db()?;
        let mut index = Self {
            account,
            places: HashMap::with_capacity(rows.len()),
            by_id: HashMap::with_capacity(rows.len()),
            entries: Vec::with_capacity(rows.len()),
            unknown: Vec::new(),
        };
        for (external, ad, campaign, status, deleted_at) in rows {
            let gone = deleted_at.is_some() || matches!(status.as_str(), "DELETED" | "ARCHIVED");
            let place = index.entries.len();
            index.places.insert(external.into(), place);
            index.by_id.insert(ad, place);
            index.entries.push(Entry {
                key: Some(AdKey { ad, campaign, gone }),
                named: None,
            });
        }
        Ok(index)
    }

    /// The account it is of.
    pub fn account(&self) -> AdAccountId {
        self.account
    }

    /// How many ads it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The place of an ad, made now if it is new.
    pub fn place(&mut self, ad: &str, ad_set: &str, campaign: &str) -> usize {
        if let Some(place) = self.places.get(ad) {
            return *place;
        }
        let place = self.entries.len();
        self.places.insert(ad.into(), place);
        self.entries.push(Entry {
            key: None,
            named: Some([ad.into(), ad_set.into(), campaign.into()]),
        });
        self.unknown.push(place);
        place
    }

    /// The stored ad at a place; `None` while it is not stored yet.
    pub fn key(&self, place: usize) -> Option<AdKey> {
        self.entries.get(place).and_then(|entry| entry.key)
    }

    /// The place of a stored ad.
    pub fn place_of(&self, ad: AdId) -> Option<usize> {
        self.by_id.get(&ad).copied()
    }

    /// Stores a bare campaign, ad set and ad for every ad that only rows have named: `synced` is
    /// false and the name is the id until a listing shows them. If the transaction is not
    /// committed the index must be loaded again.
    ///
    /// # Errors
    /// As any write.
    pub async fn store_unknown(
        &mut self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        entropy: &Entropy,
        now: DateTime<Utc>,
        actor: Option<UserId>,
    ) -> Result<usize> {
        let unknown = std::mem::take(&mut self.unknown);
        let stub = Stub {
            workspace,
            account: self.account,
            now,
            actor,
        };
        for place in &unknown {
            let Some(entry) = self.entries.get_mut(*place) else {
                continue;
            };
            let Some([ad, ad_set, campaign]) = entry.named.take() else {
                continue;
            };
            // Another account may hold it already: an ad that moved keeps its row.
            let held: Option<(AdId, AdCampaignId)> = on_tx!(tx, |c| sqlx::query_as(AD)
                .bind(workspace)
                .bind(META)
                .bind(&*ad)
                .fetch_optional(c)
                .await)
            .db()?;
            let key = if let Some((ad, campaign)) = held {
                AdKey {
                    ad,
                    campaign,
                    gone: false,
                }
            } else {
                let campaign = stub.campaign(tx, &campaign, entropy).await?;
                let ad_set = stub.ad_set(tx, &ad_set, campaign, entropy).await?;
                let id = stub.ad(tx, &ad, campaign, ad_set, entropy).await?;
                AdKey {
                    ad: id,
                    campaign,
                    gone: false,
                }
            };
            entry.key = Some(key);
            self.by_id.insert(key.ad, *place);
        }
        Ok(unknown.len())
    }
}

/// Meta's ids of an account's ads, by Meta's id of their campaign.
pub(crate) async fn ads_by_campaign(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<BTreeMap<String, Vec<String>>> {
    let rows: Vec<(String, String)> = on_tx!(tx, |c| sqlx::query_as(BY_CAMPAIGN)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()?;
    let mut ads: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (campaign, ad) in rows {
        ads.entry(campaign).or_default().push(ad);
    }
    Ok(ads)
}

/// What every bare object has in common.
pub(crate) struct Stub {
    pub workspace: WorkspaceId,
    pub account: AdAccountId,
    pub now: DateTime<Utc>,
    pub actor: Option<UserId>,
}

impl Stub {
    /// For objects that a listing of the account names.
    pub fn new(scope: &Scope, account: AdAccountId) -> Self {
        Self {
            workspace: scope.workspace,
            account,
            now: scope.now(),
            actor: scope.actor,
        }
    }

    /// The campaign with Meta's id, made bare if there is none.
    pub async fn campaign(
        &self,
        tx: &mut Tx,
        external: &str,
        entropy: &Entropy,
    ) -> Result<AdCampaignId> {
        let found: Option<AdCampaignId> = on_tx!(tx, |c| sqlx::query_scalar(CAMPAIGN)
            .bind(self.workspace)
            .bind(META)
            .bind(external)
            .fetch_optional(c)
            .await)
        .db()?;
        if let Some(id) = found {
            return Ok(id);
        }
        let id: AdCampaignId = entropy.id(self.now);
        on_tx!(tx, |c| sqlx::query(ADD_CAMPAIGN)
            .bind(self.workspace)
            .bind(id)
            .bind(META)
            .bind(external)
            .bind(self.account)
            .bind(empty())
            .bind(self.now)
            .bind(self.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
        Ok(id)
    }

    /// The ad set with Meta's id, made bare if there is none.
    pub async fn ad_set(
        &self,
        tx: &mut Tx,
        external: &str,
        campaign: AdCampaignId,
        entropy: &Entropy,
    ) -> Result<AdSetId> {
        let found: Option<AdSetId> = on_tx!(tx, |c| sqlx::query_scalar(AD_SET)
            .bind(self.workspace)
            .bind(META)
            .bind(external)
            .fetch_optional(c)
            .await)
        .db()?;
        if let Some(id) = found {
            return Ok(id);
        }
        let id: AdSetId = entropy.id(self.now);
        on_tx!(tx, |c| sqlx::query(ADD_AD_SET)
            .bind(self.workspace)
            .bind(id)
            .bind(META)
            .bind(external)
            .bind(self.account)
            .bind(campaign)
            .bind(empty())
            .bind(self.now)
            .bind(self.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
        Ok(id)
    }

    async fn ad(
        &self,
        tx: &mut Tx,
        external: &str,
        campaign: AdCampaignId,
        ad_set: AdSetId,
        entropy: &Entropy,
    ) -> Result<AdId> {
        let id: AdId = entropy.id(self.now);
        on_tx!(tx, |c| sqlx::query(ADD_AD)
            .bind(self.workspace)
            .bind(id)
            .bind(META)
            .bind(external)
            .bind(self.account)
            .bind(campaign)
            .bind(ad_set)
            .bind(empty())
            .bind(self.now)
            .bind(self.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
        Ok(id)
    }
}

fn empty() -> crate::JsonText {
    crate::JsonText("{}".into())
}
