//! The creatives of the campaigns that spent most.

use std::collections::HashMap;
use std::sync::Arc;

use rumbo_base::{
    AdAccountId, AdCampaignId, AdCreativeId, AdId, Currency, DateRange, Micros, Result,
};
use rumbo_db::Tx;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::exchange::{Converted, ConvertedParts, Exchange};
use crate::figures::Figures;
use crate::path::{Grain, Key};
use crate::read::directory::{Ad, Creative, Directory};
use crate::read::place::Place;
use crate::roi::{CreativeFace, Filter, Sum};

/// A creative, with what all its ads earned, wherever they run: as the report by creative has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeCreative {
    pub face: Arc<CreativeFace>,
    pub name: String,
    /// How many ads that did anything show it.
    pub ads: usize,
    /// The campaign most was spent on it in.
    pub campaign_id: AdCampaignId,
    pub sum: Sum,
    /// What of it was converted, by the currency it was in.
    pub converted: Vec<Converted>,
}

/// What is gathered of a creative.
struct Gathered {
    creative: HomeCreative,
    origins: ConvertedParts,
    /// Whether an ad of these campaigns did anything with it.
    here: bool,
    /// What was spent on it, by campaign.
    spent: Vec<(AdCampaignId, Option<Micros>)>,
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
    let showing = ads_showing(directory, campaigns);
    let wanted: FxHashSet<AdId> = showing.iter().map(|(id, ..)| *id).collect();
    if let Some(filter) = accounts_of(&showing) {
        let rows = exchange.delivered(tx, place, directory, range, Grain::Ad, &filter);
        for (path, sum) in rows.await? {
            if let Some(ad) = path.ad.as_ref().and_then(Key::known)
                && wanted.contains(&ad)
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
    let mut found: HashMap<AdCreativeId, Gathered> = HashMap::new();
    for (id, ad, known) in showing {
        // An ad that did nothing in the period shows nothing.
        let Some((figures, of)) = by_ad.get(&id) else {
            continue;
        };
        let gathered = found.entry(known.face.id).or_insert_with(|| Gathered {
            creative: HomeCreative {
                face: Arc::clone(&known.face),
                name: if known.name.is_empty() {
                    ad.name.clone()
                } else {
                    known.name.clone()
                },
                ads: 0,
                campaign_id: ad.campaign,
                sum: Sum::default(),
                converted: Vec::new(),
            },
            origins: ConvertedParts::default(),
            here: false,
            spent: Vec::new(),
        });
        gathered.creative.ads += 1;
        gathered.creative.sum.figures.add(figures)?;
        gathered.origins.merge(of)?;
        gathered.here |= campaigns.contains(&ad.campaign);
        gathered.spend(ad.campaign, figures.spend)?;
    }
    let mut all: Vec<HomeCreative> = found
        .into_values()
        .filter(|gathered| gathered.here)
        .map(Gathered::finished)
        .collect();
    let weight = |c: &HomeCreative| (c.sum.figures.spend, c.sum.figures.revenue);
    all.sort_by(|a, b| {
        weight(b)
            .cmp(&weight(a))
            .then_with(|| a.face.id.cmp(&b.face.id))
    });
    Ok(all)
}

impl Gathered {
    fn spend(&mut self, campaign: AdCampaignId, spend: Option<Micros>) -> Result<()> {
        let known = self.spent.iter_mut().find(|(known, _)| *known == campaign);
        match (known, spend) {
            (None, _) => self.spent.push((campaign, spend)),
            (Some((_, sum)), Some(more)) => *sum = Some(sum.unwrap_or_default().checked_add(more)?),
            (Some(_), None) => {}
        }
        Ok(())
    }

    fn finished(self) -> HomeCreative {
        let mut most = self.creative.campaign_id;
        let mut spent = None;
        for (campaign, spend) in self.spent {
            // Of equals the first stays: campaigns come as they spent.
            if spend > spent {
                (most, spent) = (campaign, spend);
            }
        }
        HomeCreative {
            campaign_id: most,
            converted: self.origins.into_list(),
            ..self.creative
        }
    }
}

/// The campaigns in which any ad shows a creative of these, and these first.
pub(super) fn campaigns_showing(
    directory: &Directory,
    campaigns: Vec<AdCampaignId>,
) -> Vec<AdCampaignId> {
    let mut all = campaigns;
    let showing = ads_showing(directory, &all);
    // They come by campaign.
    let mut others: Vec<AdCampaignId> = showing.iter().map(|(_, ad, _)| ad.campaign).collect();
    others.dedup();
    others.retain(|campaign| !all.contains(campaign));
    all.extend(others);
    all
}

/// What has to be read: the whole accounts of the ads, whose days are packed; nothing where there are none,
/// for no account would be all of them.
fn accounts_of(showing: &[(AdId, &Ad, &Creative)]) -> Option<Filter> {
    let mut accounts: Vec<AdAccountId> = showing.iter().map(|(_, ad, _)| ad.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    (!accounts.is_empty()).then_some(Filter {
        accounts,
        ..Filter::default()
    })
}

/// The ads that show a creative of these campaigns, in whatever campaign they are: those of the
/// campaigns first, in their order; then by campaign and id.
fn ads_showing<'a>(
    directory: &'a Directory,
    campaigns: &[AdCampaignId],
) -> Vec<(AdId, &'a Ad, &'a Creative)> {
    if campaigns.is_empty() {
        return Vec::new();
    }
    let ads = directory.ads.values();
    let shown: FxHashSet<AdCreativeId> = ads
        .filter(|ad| campaigns.contains(&ad.campaign))
        .filter_map(|ad| ad.creative)
        .collect();
    let place = |ad: &Ad| {
        let nth = campaigns.iter().position(|known| *known == ad.campaign);
        nth.unwrap_or(campaigns.len())
    };
    let mut showing: Vec<(AdId, &Ad, &Creative)> = directory
        .ads
        .iter()
        .filter_map(|(id, ad)| {
            let creative = ad.creative.filter(|creative| shown.contains(creative))?;
            Some((*id, ad, directory.creatives.get(&creative)?))
        })
        .collect();
    showing.sort_by_key(|(id, ad, _)| (place(ad), ad.campaign, *id));
    showing
}
