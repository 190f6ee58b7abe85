//! Names, states and parents of the objects a report shows.

use std::hash::Hash;
use std::sync::Arc;

use rumbo_base::{AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId, Result};
use rumbo_db::{Tx, statements};
use rustc_hash::FxHashMap;

use super::moment::{EitherRow, as_of, rows};
use super::place::Place;
use crate::path::Grain;
use crate::roi::CreativeFace;

/// Both texts of each table.
macro_rules! objects {
    ($($name:ident, $as_of:ident = $from:literal, $versions:literal, $columns:literal;)+) => {
        statements! {$(
            $name = concat!("SELECT ", $columns, " FROM ", $from, " x WHERE x.workspace_id = $1");
            $as_of = as_of!($columns, $from, $versions, "", "", "$2");
        )+}
    };
}

objects! {
    CAMPAIGNS, CAMPAIGNS_AS_OF = "ad_campaigns", "ad_campaign_versions",
        "x.id, x.external_id, x.ad_account_id, x.name, x.objective, COALESCE(x.effective_status, x.status) AS status, \
         x.synced, x.deleted_at IS NOT NULL AS deleted";
    AD_SETS, AD_SETS_AS_OF = "ad_sets", "ad_set_versions",
        "x.id, x.external_id, x.ad_account_id, x.ad_campaign_id, x.name, \
         COALESCE(x.effective_status, x.status) AS status, x.synced, x.deleted_at IS NOT NULL AS deleted";
    ADS, ADS_AS_OF = "ads", "ad_versions",
        "x.id, x.external_id, x.ad_account_id, x.ad_campaign_id, x.ad_set_id, x.ad_creative_id, x.name, \
         COALESCE(x.effective_status, x.status) AS status, x.synced, x.deleted_at IS NOT NULL AS deleted";
    CREATIVES, CREATIVES_AS_OF = "ad_creatives", "ad_creative_versions",
        "x.id, x.external_id, x.ad_account_id, x.name, x.status, x.object_type, x.headline, x.body, \
         x.call_to_action, x.link_url, x.thumbnail_url, x.synced, x.deleted_at IS NOT NULL AS deleted";
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
struct CreativeRow {
    #[sqlx(flatten)]
    face: CreativeFace,
    ad_account_id: AdAccountId,
    name: String,
    status: Option<String>,
    synced: bool,
    deleted: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Creative {
    pub account: AdAccountId,
    /// Thousands of rows show it.
    pub face: Arc<CreativeFace>,
    pub name: String,
    pub status: Option<String>,
    pub synced: bool,
    pub deleted: bool,
}

impl From<CreativeRow> for Creative {
    fn from(row: CreativeRow) -> Self {
        Self {
            account: row.ad_account_id,
            face: Arc::new(row.face),
            name: row.name,
            status: row.status,
            synced: row.synced,
            deleted: row.deleted,
        }
    }
}

/// What is known of the objects, as deep as a grain needs, and at least of the campaigns: they
/// lead to the account. As of an earlier moment at least of the ads: the figures are theirs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub campaigns: Arc<FxHashMap<AdCampaignId, Campaign>>,
    pub ad_sets: Arc<FxHashMap<AdSetId, AdSet>>,
    pub ads: Arc<FxHashMap<AdId, Ad>>,
    pub creatives: Arc<FxHashMap<AdCreativeId, Creative>>,
}

impl Directory {
    pub async fn read(tx: &mut Tx, place: &Place, grain: Grain) -> Result<Self> {
        let mut directory = Self {
            campaigns: objects(tx, place, CAMPAIGNS, CAMPAIGNS_AS_OF, |row: &Campaign| {
                row.id
            })
            .await?,
            ..Self::default()
        };
        if grain >= Grain::AdSet || place.moment.is_some() {
            directory.ad_sets =
                objects(tx, place, AD_SETS, AD_SETS_AS_OF, |row: &AdSet| row.id).await?;
            directory.ads = objects(tx, place, ADS, ADS_AS_OF, |row: &Ad| row.id).await?;
        }
        if grain >= Grain::Ad {
            let read = async {
                let found: Vec<CreativeRow> = rows(
                    tx,
                    place.workspace,
                    place.moment,
                    CREATIVES,
                    CREATIVES_AS_OF,
                )
                .await?;
                let found = found.into_iter().map(|row| (row.face.id, row.into()));
                Ok(found.collect())
            };
            directory.creatives = place.kept_objects((), read).await?;
        }
        Ok(directory)
    }
}

/// All objects of a kind, by id.
async fn objects<I, R>(
    tx: &mut Tx,
    place: &Place,
    now: &'static str,
    as_of: &'static str,
    id: fn(&R) -> I,
) -> Result<Arc<FxHashMap<I, R>>>
where
    I: Eq + Hash + Send + Sync + 'static,
    R: EitherRow + Sync + 'static,
{
    let read = async {
        let found: Vec<R> = rows(tx, place.workspace, place.moment, now, as_of).await?;
        Ok(found.into_iter().map(|row| (id(&row), row)).collect())
    };
    place.kept_objects((), read).await
}
