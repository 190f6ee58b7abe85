//! The creatives of the campaigns that spent most.

use std::collections::HashMap;

use rumbo_base::{AdCampaignId, AdCreativeId, AdId, Currency, DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use crate::exchange::{Converted, ConvertedParts, Exchange, Turned};
use crate::figures::Figures;
use crate::path::{Grain, Key};
use crate::read::directory::{Creative, Directory};
use crate::read::place::Place;
use crate::roi::{CreativeFace, Filter, Parent, Sum};

statements! {
    /// The ads of a campaign, each with its creative.
    ADS = "SELECT a.id AS of_ad, a.name AS ad_name, c.id, c.external_id, c.ad_account_id, c.name, c.status, \
        c.object_type, c.headline, c.body, c.call_to_action, c.link_url, c.thumbnail_url, c.synced, \
        c.deleted_at IS NOT NULL AS deleted FROM ads a JOIN ad_creatives c \
        ON c.workspace_id = a.workspace_id AND c.id = a.ad_creative_id \
        WHERE a.workspace_id = $1 AND a.ad_campaign_id = $2 ORDER BY a.id";
}

/// A creative, with what its ads in these campaigns earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeCreative {
    pub face: CreativeFace,
    pub name: String,
    /// How many ads show it.
    pub ads: usize,
    /// The campaign most was spent on it in.
    pub campaign_id: AdCampaignId,
    pub sum: Sum,
    /// What of it was converted, by the currency it was in.
    pub converted: Vec<Converted>,
}

#[derive(sqlx::FromRow)]
struct Row {
    of_ad: AdId,
    ad_name: String,
    #[sqlx(flatten)]
    creative: Creative,
}

#[expect(
    clippy::too_many_arguments,
    reason = "what is read, of what, and what it is added to"
)]
pub(super) async fn read(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    currency: Currency,
    campaigns: &[AdCampaignId],
    mut by_ad: FxHashMap<AdId, (Figures, ConvertedParts)>,
    exchange: &mut Exchange,
) -> Result<Vec<HomeCreative>> {
    for campaign in campaigns {
        let filter = Filter {
            parent: Some(Parent::Campaign(*campaign)),
            ..Filter::default()
        };
        let rows = exchange.delivered(tx, place, directory, range, Grain::Ad, &filter);
        for (path, sum) in rows.await? {
            // As of a moment everything comes.
            let here = place.moment.is_none() || path.campaign == Some(Key::Known(*campaign));
            if let Some(ad) = path.ad.as_ref().and_then(Key::known)
                && here
                && sum.currency == currency
            {
                add(by_ad.entry(ad).or_default(), &sum)?;
            }
        }
    }
    let mut found: HashMap<AdCreativeId, (HomeCreative, ConvertedParts)> = HashMap::new();
    for campaign in campaigns {
        let rows = match place.moment {
            Some(_) => known_then(directory, *campaign),
            None => on_tx!(tx, |c| {
                sqlx::query_as(ADS)
                    .bind(place.workspace)
                    .bind(campaign)
                    .fetch_all(c)
                    .await
            })
            .db()?,
        };
        for row in rows {
            // An ad that did nothing in the period shows nothing.
            let Some((figures, of)) = by_ad.get(&row.of_ad) else {
                continue;
            };
            let name = if row.creative.name.is_empty() {
                row.ad_name
            } else {
                row.creative.name.clone()
            };
            let (entry, origins) = found.entry(row.creative.id).or_insert_with(|| {
                let creative = HomeCreative {
                    face: CreativeFace::of(&row.creative),
                    name,
                    ads: 0,
                    campaign_id: *campaign,
                    sum: Sum::default(),
                    converted: Vec::new(),
                };
                (creative, ConvertedParts::default())
            });
            entry.ads += 1;
            entry.sum.figures.add(figures)?;
            origins.merge(of)?;
        }
    }
    let mut all: Vec<HomeCreative> = found
        .into_values()
        .map(|(creative, origins)| HomeCreative {
            converted: origins.into_list(),
            ..creative
        })
        .collect();
    let weight = |c: &HomeCreative| (c.sum.figures.spend, c.sum.figures.revenue);
    all.sort_by(|a, b| {
        weight(b)
            .cmp(&weight(a))
            .then_with(|| a.face.id.cmp(&b.face.id))
    });
    Ok(all)
}

/// Adds to the figures of an ad.
pub(super) fn add(ad: &mut (Figures, ConvertedParts), sum: &Turned) -> Result<()> {
    ad.0.add(&sum.figures)?;
    sum.origin
        .as_ref()
        .map_or(Ok(()), |origin| ad.1.add(origin))
}

/// The same from a directory that was read as of a moment.
fn known_then(directory: &Directory, campaign: AdCampaignId) -> Vec<Row> {
    let mut rows: Vec<Row> = directory
        .ads
        .iter()
        .filter(|(_, ad)| ad.campaign == campaign)
        .filter_map(|(id, ad)| {
            Some(Row {
                of_ad: *id,
                ad_name: ad.name.clone(),
                creative: directory.creatives.get(&ad.creative?)?.clone(),
            })
        })
        .collect();
    rows.sort_by_key(|row| row.of_ad);
    rows
}
