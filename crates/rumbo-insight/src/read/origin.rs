//! Where touches come from: each origin once, led to the objects it names.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rumbo_base::{AdAccountId, AdCampaignId, AdId, AdSetId, Currency, Result, TimeZone};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use super::directory::Directory;
use super::place::Place;
use crate::attribution::Touch;
use crate::channel;
use crate::path::{Grain, Key, Path};

statements! {
    ORIGINS = "SELECT o.origin, o.source, o.medium, o.clicked, o.ad_account_external_id, \
        o.campaign_external_id, o.ad_set_external_id, o.ad_external_id, \
        COALESCE(o.ad_campaign_id, \
        (SELECT a.ad_campaign_id FROM ads a WHERE a.workspace_id = o.workspace_id AND a.id = o.ad_id), \
        (SELECT s.ad_campaign_id FROM ad_sets s WHERE s.workspace_id = o.workspace_id AND s.id = o.ad_set_id)\
        ) AS ad_campaign_id, \
        COALESCE(o.ad_set_id, \
        (SELECT a.ad_set_id FROM ads a WHERE a.workspace_id = o.workspace_id AND a.id = o.ad_id)\
        ) AS ad_set_id, o.ad_id FROM touch_origins o WHERE o.workspace_id = $1";
}

/// The columns in the order of the question. By place and not by name: there may be one for each ad.
type Row = (
    i64,
    String,
    Option<String>,
    bool,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<AdCampaignId>,
    Option<AdSetId>,
    Option<AdId>,
);

/// What touches of one origin have in common.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub path: Path,
    /// Those of its ad account, or else the workspace's: on whose days and in which money it counts.
    pub zone: TimeZone,
    pub currency: Currency,
    /// Without an instant.
    touch: Touch,
}

impl Origin {
    /// Whether a touch of it takes the same part, in the same money and on the same day.
    fn credits_as(&self, other: &Self) -> bool {
        let touch = Touch {
            channel: other.touch.channel,
            effect: other.touch.effect,
            ..self.touch
        };
        touch == other.touch
            && (self.zone, self.currency) == (other.zone, other.currency)
            && self.path.is_empty() == other.path.is_empty()
    }

    /// A touch of this origin.
    pub fn at(&self, at: DateTime<Utc>) -> Touch {
        Touch { at, ..self.touch }
    }
}

/// What the data-driven model takes for one: a campaign, or without one the lead source. An ad set
/// and an ad go with their campaign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Campaign(Key<AdCampaignId>),
    Source(String),
}

/// All origins of a workspace.
#[derive(Clone, Debug)]
pub(crate) struct Origins(Arc<Known>);

/// Whether rows are credited as of a moment as they are now, with the same origins at the same places.
#[derive(PartialEq)]
struct AsNow;

/// By a directory that goes no deeper than campaigns.
#[derive(PartialEq)]
struct WithoutAds;

#[derive(Clone, Debug)]
struct Known {
    all: Vec<Origin>,
    places: FxHashMap<i64, usize>,
    /// In their order: touches have the places.
    channels: Vec<Channel>,
}

impl Origins {
    pub async fn read(tx: &mut Tx, place: &Place, directory: &Directory) -> Result<Self> {
        // A directory without ads leads to no creative: the two are kept beside each other.
        let read = Known::read(tx, place, directory);
        let known = if directory.ads.is_empty() {
            place.kept_objects(WithoutAds, read).await
        } else {
            place.kept_objects((), read).await
        };
        known.map(Self)
    }

    /// Whether the same rows come to the same sums, by the places of origins, with the origins as they are
    /// now: what an origin was led to may be another campaign. The data-driven model is not asked here.
    pub async fn credit_as_now(&self, tx: &mut Tx, place: &Place) -> Result<bool> {
        let read = async {
            let now = place.with_accounts_of_now(tx).await?;
            let directory = Directory::read(tx, &now, Grain::Campaign).await?;
            let now = Self::read(tx, &now, &directory).await?;
            Ok(self.0.credits_as(&now.0))
        };
        place.kept_objects(AsNow, read).await.map(|as_now| *as_now)
    }

    /// The origin of a number, and its place among all.
    pub fn get(&self, origin: i64) -> Option<(usize, &Origin)> {
        let place = *self.0.places.get(&origin)?;
        Some((place, self.0.all.get(place)?))
    }

    /// The path of the origin at a place.
    pub fn path(&self, place: usize) -> Option<&Path> {
        self.0.all.get(place).map(|origin| &origin.path)
    }

    /// Whether any touch is one in which an ad was only seen.
    pub fn see_views(&self) -> bool {
        self.0.all.iter().any(|origin| origin.touch.view)
    }

    /// The channels and their places.
    pub fn channels(&self) -> impl Iterator<Item = (u32, &Channel)> {
        (0..).zip(&self.0.channels)
    }

    /// Gives each origin the effect of its channel, by the channel's place; none where there is
    /// none.
    pub fn weigh(&mut self, effects: &HashMap<u32, u64>) {
        for origin in &mut Arc::make_mut(&mut self.0).all {
            let effect = effects.get(&origin.touch.channel).copied();
            origin.touch.effect = effect.unwrap_or_default();
        }
    }

    /// Gives each origin the effect that its channel has in other origins of the workspace.
    pub fn weigh_as(&mut self, other: &Self) {
        let known = self.0.places.keys().filter_map(|number| {
            let (_, own) = self.get(*number)?;
            let (_, same) = other.get(*number)?;
            Some((own.touch.channel, same.touch.effect))
        });
        let effects: HashMap<u32, u64> = known.collect();
        self.weigh(&effects);
    }
}

impl Known {
    fn credits_as(&self, other: &Self) -> bool {
        let pairs = self.all.iter().zip(&other.all);
        self.all.len() == other.all.len()
            && self.places == other.places
            && pairs.into_iter().all(|(own, other)| own.credits_as(other))
    }

    async fn read(tx: &mut Tx, place: &Place, directory: &Directory) -> Result<Self> {
        let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(ORIGINS)
            .bind(place.workspace)
            .fetch_all(c)
            .await)
        .db()?;
        let places = rows.iter().enumerate();
        let places = places.map(|(at, row)| (row.0, at)).collect();
        let (mut all, of): (Vec<Origin>, Vec<Channel>) = rows
            .into_iter()
            .map(|row| {
                let source = row.1.clone();
                let origin = led(row, place, directory);
                let campaign = origin.path.campaign.clone();
                let channel = campaign.map_or(Channel::Source(source), Channel::Campaign);
                (origin, channel)
            })
            .unzip();
        let channels: BTreeSet<&Channel> = of.iter().collect();
        let channels: Vec<Channel> = channels.into_iter().cloned().collect();
        for (origin, channel) in all.iter_mut().zip(&of) {
            let at = channels.binary_search(channel).unwrap_or_default();
            origin.touch.channel = u32::try_from(at).unwrap_or(u32::MAX);
        }
        Ok(Self {
            all,
            places,
            channels,
        })
    }
}

fn led(row: Row, place: &Place, directory: &Directory) -> Origin {
    let (_, source, medium, clicked, account, campaign, ad_set, ad, campaign_id, ad_set_id, ad_id) =
        row;
    let named = clicked
        || ad_id.is_some()
        || ad_set_id.is_some()
        || campaign_id.is_some()
        || account.is_some()
        || campaign.is_some()
        || ad_set.is_some()
        || ad.is_some();
    let of_campaign: Option<AdAccountId> = campaign_id
        .and_then(|id| directory.campaigns.get(&id))
        .map(|c| c.account);
    let known = of_campaign.or_else(|| {
        place
            .account_named(account.as_deref()?)
            .map(|account| account.id)
    });
    let account_key = Key::of(known, account);
    let counts = known.and_then(|id| place.account(id));
    // An ad account tells its platform; else what the touch says of itself.
    let channel = counts
        .map(|account| account.channel.clone())
        .or_else(|| channel::Channel::of_source(&source));
    Origin {
        zone: counts.map_or(place.zone, |account| account.zone),
        currency: counts.map_or(place.main, |account| account.currency),
        path: Path {
            account: account_key,
            campaign: Key::of(campaign_id, campaign),
            ad_set: Key::of(ad_set_id, ad_set),
            creative: ad_id.and_then(|id| directory.ads.get(&id)?.creative),
            ad: Key::of(ad_id, ad),
            channel,
        },
        touch: Touch::of(DateTime::UNIX_EPOCH, &source, medium.as_deref(), named),
    }
}
