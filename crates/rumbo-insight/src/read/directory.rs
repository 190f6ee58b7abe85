//! Names, states and parents of the objects a report shows.

use std::collections::HashMap;

use rumbo_base::{AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use crate::path::Grain;

statements! {
    CAMPAIGNS = "SELECT id, external_id, ad_account_id, name, objective, \
        COALESCE(effective_status, status) AS status, synced, deleted_at IS NOT NULL AS deleted FROM ad_campaigns WHERE workspace_id = $1";
    AD_SETS = "SELECT id, external_id, ad_account_id, ad_campaign_id, name, \
        COALESCE(effective_status, status) AS status, synced, deleted_at IS NOT NULL AS deleted \
        FROM ad_sets WHERE workspace_id = $1";
    ADS = "SELECT id, external_id, ad_account_id, ad_campaign_id, ad_set_id, ad_creative_id, name, \
        COALESCE(effective_status, status) AS status, synced, deleted_at IS NOT NULL AS deleted \
        FROM ads WHERE workspace_id = $1";
    CREATIVES = "SELECT id, external_id, ad_account_id, name, status, object_type, headline, body, \
        call_to_action, link_url, thumbnail_url, synced, deleted_at IS NOT NULL AS deleted \
        FROM ad_creatives WHERE workspace_id = $1";
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Campaign {
    id: AdCampaignId,
    pub external_id: String,
    #[sqlx(rename = "ad_account_id")]
    pub account: AdAccountId,
    pub name: String,
    pub objective: Option<String>,
    pub status: String,
    pub synced: bool,
    pub deleted: bool,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AdSet {
    id: AdSetId,
    pub external_id: String,
    #[sqlx(rename = "ad_account_id")]
    pub account: AdAccountId,
    #[sqlx(rename = "ad_campaign_id")]
    pub campaign: AdCampaignId,
    pub name: String,
    pub status: String,
    pub synced: bool,
    pub deleted: bool,
}

#[expect(
    clippy::struct_field_names,
    reason = "an ad set is a thing of its own, named so by Meta"
)]
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Ad {
    id: AdId,
    pub external_id: String,
    #[sqlx(rename = "ad_account_id")]
    pub account: AdAccountId,
    #[sqlx(rename = "ad_campaign_id")]
    pub campaign: AdCampaignId,
    #[sqlx(rename = "ad_set_id")]
    pub ad_set: AdSetId,
    #[sqlx(rename = "ad_creative_id")]
    pub creative: Option<AdCreativeId>,
    pub name: String,
    pub status: String,
    pub synced: bool,
    pub deleted: bool,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Creative {
    pub id: AdCreativeId,
    pub external_id: String,
    #[sqlx(rename = "ad_account_id")]
    pub account: AdAccountId,
    pub name: String,
    pub status: Option<String>,
    pub object_type: Option<String>,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub call_to_action: Option<String>,
    pub link_url: Option<String>,
    pub thumbnail_url: Option<String>,
    pub synced: bool,
    pub deleted: bool,
}

/// What is known of the objects, as deep as a grain needs, and at least of the campaigns: they
/// lead to the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub campaigns: HashMap<AdCampaignId, Campaign>,
    pub ad_sets: HashMap<AdSetId, AdSet>,
    pub ads: HashMap<AdId, Ad>,
    pub creatives: HashMap<AdCreativeId, Creative>,
}

impl Directory {
    pub async fn read(tx: &mut Tx, workspace: WorkspaceId, grain: Grain) -> Result<Self> {
        let rows: Vec<Campaign> = on_tx!(tx, |c| sqlx::query_as(CAMPAIGNS)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
        let mut directory = Self {
            campaigns: rows.into_iter().map(|row| (row.id, row)).collect(),
            ..Self::default()
        };
        if grain >= Grain::AdSet {
            let rows: Vec<AdSet> = on_tx!(tx, |c| sqlx::query_as(AD_SETS)
                .bind(workspace)
                .fetch_all(c)
                .await)
            .db()?;
            directory.ad_sets = rows.into_iter().map(|row| (row.id, row)).collect();
            let rows: Vec<Ad> = on_tx!(tx, |c| sqlx::query_as(ADS)
                .bind(workspace)
                .fetch_all(c)
                .await)
            .db()?;
            directory.ads = rows.into_iter().map(|row| (row.id, row)).collect();
        }
        if grain >= Grain::Ad {
            let rows: Vec<Creative> = on_tx!(tx, |c| sqlx::query_as(CREATIVES)
                .bind(workspace)
                .fetch_all(c)
                .await)
            .db()?;
            directory.creatives = rows.into_iter().map(|row| (row.id, row)).collect();
        }
        Ok(directory)
    }
}
