//! The creatives of the campaigns that spent most.

use std::collections::HashMap;

use rumbo_base::{AdAccountId, AdCampaignId, AdCreativeId, AdId, Currency, DateRange, Result};
use rumbo_db::Tx;
use rustc_hash::FxHashMap;

use crate::exchange::{Converted, ConvertedParts, Exchange};
use crate::figures::Figures;
use crate::path::{Grain, Key};
use crate::read::directory::{Ad, Directory};
use crate::read::place::Place;
use crate::roi::{CreativeFace, Filter, Parent, Sum};

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
    for filter in filters(directory, campaigns, exchange) {
        let rows = exchange.delivered(tx, place, directory, range, Grain::Ad, &filter);
        for (path, sum) in rows.await? {
            let campaign = path.campaign.as_ref().and_then(Key::known);
            if let Some(ad) = path.ad.as_ref().and_then(Key::known)
                && campaign.is_some_and(|campaign| campaigns.contains(&campaign))
                && sum.currency == currency
            {
                let (figures, converted) = by_ad.entry(ad).or_default();
                figures.add(&sum.figures)?;
                if let Some(origin) = &sum.origin {
                    converted.add(origin)?;
                }
            }
        }
    }
    let mut found: HashMap<AdCreativeId, (HomeCreative, ConvertedParts)> = HashMap::new();
    for campaign in campaigns {
        for (id, ad) in ads_of(directory, *campaign) {
            // An ad that did nothing in the period shows nothing.
            let Some((figures, of)) = by_ad.get(&id) else {
                continue;
            };
            let known = ad.creative.and_then(|id| directory.creatives.get(&id));
            let Some(known) = known else {
                continue;
            };
            let name = if known.name.is_empty() {
                &ad.name
            } else {
                &known.name
            };
            let (entry, origins) = found.entry(known.id).or_insert_with(|| {
                let creative = HomeCreative {
                    face: CreativeFace::of(known),
                    name: name.clone(),
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

/// What has to be read: the whole accounts of the campaigns, whose days are packed; or the campaigns
/// alone where every day of every ad is converted by itself.
fn filters(directory: &Directory, campaigns: &[AdCampaignId], exchange: &Exchange) -> Vec<Filter> {
    if exchange.to().is_some() {
        let campaigns = campaigns.iter();
        return campaigns
            .map(|campaign| Filter {
                parent: Some(Parent::Campaign(*campaign)),
                ..Filter::default()
            })
            .collect();
    }
    let mut accounts: Vec<AdAccountId> = campaigns
        .iter()
        .filter_map(|campaign| Some(directory.campaigns.get(campaign)?.account))
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    // No account would be all of them.
    if accounts.is_empty() {
        return Vec::new();
    }
    vec![Filter {
        accounts,
        ..Filter::default()
    }]
}

/// The ads of a campaign, by id.
fn ads_of(directory: &Directory, campaign: AdCampaignId) -> Vec<(AdId, &Ad)> {
    let ads = directory.ads.iter();
    let mut ads: Vec<(AdId, &Ad)> = ads
        .filter(|(_, ad)| ad.campaign == campaign)
        .map(|(id, ad)| (*id, ad))
        .collect();
    ads.sort_by_key(|(id, _)| *id);
    ads
}
