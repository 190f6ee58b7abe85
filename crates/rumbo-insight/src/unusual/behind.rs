use std::collections::BTreeMap;

use rumbo_base::{AdCampaignId, DateRange, Result};
use rumbo_db::Tx;
use rumbo_forecast::{Part, Undone, undone};

use super::read::Day;
use super::watched::Watched;
use super::{Parts, Unusual};
use crate::metric::Metric;
use crate::path::{Grain, Key};
use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::place::Place;
use crate::roi::Filter;

/// A campaign is named when it stands behind at least so large a part of the change.
const NAMED: f64 = 0.4;

/// The campaign that most of a change came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub campaign: AdCampaignId,
    pub name: String,
    pub kind: BehindKind,
    /// How much of the change would not be, had it stayed as it was: in percent, without decimals.
    /// More than 100 when others moved the other way.
    pub share_percent: String,
}

/// How a campaign moved the figure of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BehindKind {
    /// Its own figure changed.
    Itself,
    /// It became a larger or smaller part of the account.
    Share,
}

/// Which campaign most of the change came from: the unusual days beside the days before.
pub(super) async fn find(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    unusual: &Unusual,
    before: DateRange,
) -> Result<Option<Behind>> {
    let watched = Watched::ALL
        .into_iter()
        .find(|watched| watched.metric() == unusual.metric);
    let Some(watched) = watched else {
        return Ok(None);
    };
    let was = campaigns(tx, place, directory, unusual, before).await?;
    let is = campaigns(tx, place, directory, unusual, unusual.days).await?;
    let mut both: BTreeMap<AdCampaignId, [Day; 2]> = BTreeMap::new();
    for (side, parts) in [was, is].into_iter().enumerate() {
        for (campaign, day) in parts {
            if let Some(of) = both.entry(campaign).or_default().get_mut(side) {
                *of = day;
            }
        }
    }
    let lengths =
        [before, unusual.days].map(|range| u32::try_from(range.days()).map_or(1.0, f64::from));
    Ok(
        largest(watched, &both, lengths).map(|(campaign, kind, share)| Behind {
            campaign,
            name: directory
                .campaigns
                .get(&campaign)
                .map_or_else(String::new, |known| known.name.clone()),
            kind,
            share_percent: format!("{:.0}", share * 100.0),
        }),
    )
}

/// The campaign that takes most of the change with it, and how much of it.
fn largest(
    watched: Watched,
    both: &BTreeMap<AdCampaignId, [Day; 2]>,
    lengths: [f64; 2],
) -> Option<(AdCampaignId, BehindKind, f64)> {
    let [before, days] = lengths;
    // Both sides over as many days.
    let parts: Vec<Part> = both
        .values()
        .map(|[was, is]| {
            let (of, each) = watched.of(was);
            let length = days / before;
            Part {
                was: (of * length, each * length),
                is: watched.of(is),
            }
        })
        .collect();
    let sums = parts.iter().fold(Part::default(), |sum, part| Part {
        was: (sum.was.0 + part.was.0, sum.was.1 + part.was.1),
        is: (sum.is.0 + part.is.0, sum.is.1 + part.is.1),
    });
    // A sum has no mix: what a campaign moved is what it spent more or less.
    let (change, moves): (f64, Vec<Undone>) = if watched.metric() == Metric::Spend {
        let by_itself = |part: &Part| {
            let all = part.is.0 - part.was.0;
            Undone { all, ratio: all }
        };
        (
            sums.is.0 - sums.was.0,
            parts.iter().map(by_itself).collect(),
        )
    } else {
        let change = sums.is.0 / sums.is.1 - sums.was.0 / sums.was.1;
        (change, undone(&parts)?)
    };
    if change == 0.0 || !change.is_finite() {
        return None;
    }
    let shares = both.keys().zip(&moves).map(|(campaign, undone)| {
        let (all, ratio) = (undone.all / change, undone.ratio / change);
        let kind = if ratio * 2.0 >= all {
            BehindKind::Itself
        } else {
            BehindKind::Share
        };
        (*campaign, kind, all)
    });
    shares
        .max_by(|a, b| a.2.total_cmp(&b.2))
        .filter(|(_, _, share)| *share >= NAMED)
}

/// What each campaign of the account had in these days.
async fn campaigns(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    unusual: &Unusual,
    range: DateRange,
) -> Result<Parts> {
    let filter = Filter::default();
    let grain = Grain::Campaign;
    let rows = delivered::read(tx, place, directory, range, grain, &filter).await?;
    let account = Some(Key::Known(unusual.account));
    Ok(rows
        .into_iter()
        .filter(|row| row.path.account == account)
        .filter_map(|row| {
            let campaign = row.path.campaign.as_ref().and_then(Key::known)?;
            Some((campaign, Day::of(&row.figures)?))
        })
        .collect())
}
