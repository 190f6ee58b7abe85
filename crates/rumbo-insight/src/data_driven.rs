//! The data-driven model: what it learns from, and whether that is enough.
//!
//! It learns once a report, from the paths of the year up to the end of its period, as they were
//! known at the moment of the report: so the same report as of the same moment is the same to the
//! last byte. A period that is longer than a year is learned from whole.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, DateRange, Error, Reason, Result, TimeZone, percent};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::attribution::chain::{Counted, Counts};
use crate::attribution::credit::effect_weight;
use crate::attribution::{Attribution, Model, Window};
use crate::path::{Grain, Key as Object};
use crate::read::directory::Directory;
use crate::read::known::{Known, Weighed};
use crate::read::origin::{Channel, Origins};
use crate::read::outcome;
use crate::read::paths;
use crate::read::place::Place;

/// So many days it learns from, up to the end of the period of the report.
const LEARNS_FROM: u64 = 365;
/// The fewest sales with touches that it learns from: with so many, a channel that has a fifth of
/// the credit has it within a tenth nine times of ten (attribution/chain/tests.rs).
pub const LEAST_SOLD: u32 = 300;
/// The fewest contacts that bought nothing. Without those no channel could be told from another by
/// how many it loses.
pub const LEAST_UNSOLD: u32 = 1_000;
/// With one channel there is nothing to share out.
pub const LEAST_CHANNELS: usize = 2;
/// Who was not touched for so many days and bought nothing will not any more, where the window has
/// no limit that says so.
const GIVEN_UP: u32 = 90;

/// What the data-driven model learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The days it learned from, of the workspace's time zone.
    pub days: DateRange,
    /// Sales with at least one touch that counts.
    pub sold: u32,
    /// Contacts that bought nothing, and whose last touch lies so far back that they will not.
    pub unsold: u32,
    /// By effect, largest first; then by name. Those on these paths only.
    pub channels: Vec<LearnedChannel>,
}

/// What was learned of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnedChannel {
    /// The campaign's local id; `None` for one that is not synced and for a source.
    pub campaign: Option<rumbo_base::AdCampaignId>,
    /// The campaign's name, the platform's id while there is none; a lead source where no campaign
    /// is named.
    pub name: String,
    /// No campaign, but a lead source.
    pub is_source: bool,
    /// The part of all sales that the chain would lose without it, in percent, 2 decimals.
    pub effect_percent: String,
    /// Its effect of the sum of all effects, in percent, 2 decimals.
    pub share_percent: Option<String>,
}

impl Learned {
    /// Whether it is enough to credit by.
    pub fn is_enough(&self) -> bool {
        self.sold >= LEAST_SOLD
            && self.unsold >= LEAST_UNSOLD
            && self.channels.len() >= LEAST_CHANNELS
    }

    fn checked(self) -> Result<Self> {
        if self.is_enough() {
            return Ok(self);
        }
        Err(Error::new(
            Code::InvalidInput,
            format!(
                "The data-driven model needs {LEAST_SOLD} sales and {LEAST_UNSOLD} contacts without \
                 one, with touches of {LEAST_CHANNELS} campaigns or sources; from {} to {} there are \
                 {}, {} and {}. Choose another model.",
                self.days.from,
                self.days.to,
                self.sold,
                self.unsold,
                self.channels.len()
            ),
        )
        .reason(Reason::LearnsFromTooLittle)
        .param("least_sold", LEAST_SOLD)
        .param("least_unsold", LEAST_UNSOLD)
        .param("least_channels", LEAST_CHANNELS)
        .param("from", self.days.from)
        .param("to", self.days.to)
        .param("sold", self.sold)
        .param("unsold", self.unsold)
        .param("channels", self.channels.len())
        .field("model"))
    }
}

/// What there is to learn from for a report on these days with this window.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn data_driven(
    scope: &Scope,
    range: DateRange,
    window: Window,
    as_of: Option<DateTime<Utc>>,
) -> Result<Learned> {
    let made = async {
        let mut tx = scope.read().await?;
        let place = Place::read(&mut tx, scope, as_of).await?;
        let directory = Directory::read(&mut tx, &place, Grain::Campaign).await?;
        let mut origins = Origins::read(&mut tx, &place, &directory).await?;
        let lesson = Lesson::of(scope, &place, &directory, range, window);
        lesson.learn(&mut tx, &mut origins).await
    };
    scope.db.attentively(Box::pin(made)).await
}

/// Whether reports on these days can credit so.
///
/// # Errors
/// `InvalidInput` when the data-driven model has too little to learn from; `NotFound` for a workspace
/// that is gone.
pub async fn can_credit(scope: &Scope, range: DateRange, attribution: Attribution) -> Result<()> {
    if attribution.model != Model::Markov {
        return Ok(());
    }
    let learned = data_driven(scope, range, attribution.window, None).await?;
    learned.checked().map(drop)
}

/// What was learned, kept in memory until a sale or somebody who bought nothing is another one.
#[derive(Debug)]
struct Effects {
    learned: Learned,
    /// Of each channel, by its place.
    weights: HashMap<u32, u64>,
}

/// From which days in which zone, with which window, and before when somebody was touched last who will not
/// buy.
type Key = (DateRange, TimeZone, Window, DateTime<Utc>);

impl Weighed for Effects {
    fn bytes(&self) -> usize {
        let names = self.learned.channels.iter();
        let names: usize = names.map(|channel| channel.name.len()).sum();
        names
            + self.learned.channels.len() * size_of::<LearnedChannel>()
            + self.weights.len() * size_of::<(u32, u64)>()
    }
}

/// What is learned from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lesson<'a> {
    place: &'a Place,
    directory: &'a Directory,
    days: DateRange,
    window: Window,
    /// What is known: the moment of the report, or now.
    known: DateTime<Utc>,
}

impl<'a> Lesson<'a> {
    pub fn of(
        scope: &Scope,
        place: &'a Place,
        directory: &'a Directory,
        range: DateRange,
        window: Window,
    ) -> Self {
        let year = chrono::Days::new(LEARNS_FROM - 1);
        let from = range.to.checked_sub_days(year).unwrap_or(range.from);
        let now = scope.now();
        Self {
            place,
            directory,
            days: DateRange {
                from: from.min(range.from),
                to: range.to,
            },
            window,
            known: place.moment.map_or(now, |moment| moment.at.min(now)),
        }
    }

    /// Learns where a report credits by it: nothing under any other model.
    ///
    /// # Errors
    /// `InvalidInput` when there is too little to learn from.
    pub async fn for_report(
        self,
        tx: &mut Tx,
        origins: &mut Origins,
        attribution: Attribution,
    ) -> Result<Option<Learned>> {
        if attribution.model != Model::Markov {
            return Ok(None);
        }
        self.learn(tx, origins).await?.checked().map(Some)
    }

    /// Learns, and gives every origin the effect of its channel.
    pub async fn learn(self, tx: &mut Tx, origins: &mut Origins) -> Result<Learned> {
        let known = Known::<Key, Effects>::of(self.place);
        let given_up = self.given_up();
        let key = (self.days, self.place.zone, self.window, given_up);
        let revision = outcome::paths_revision(tx, self.place, self.days).await?;
        let effects = match revision.and_then(|revision| known.get(&key, revision)) {
            Some(effects) => effects,
            None => {
                let effects = Arc::new(self.effects(tx, origins, given_up).await?);
                if let Some(revision) = revision {
                    known.keep(key, revision, &effects);
                }
                effects
            }
        };
        origins.weigh(&effects.weights);
        Ok(effects.learned.clone())
    }

    /// Before when somebody was touched last who will not buy any more. Whole days: what is learned is the
    /// same all day long, unless something comes in.
    fn given_up(self) -> DateTime<Utc> {
        let (_, end) = self.place.zone.bounds(self.days);
        let day = self
            .place
            .zone
            .day_of(end.min(self.known) - self.patience());
        let (begins, _) = self.place.zone.bounds(DateRange { from: day, to: day });
        begins
    }

    async fn effects(
        self,
        tx: &mut Tx,
        origins: &Origins,
        given_up: DateTime<Utc>,
    ) -> Result<Effects> {
        let paths = paths::read(tx, self.place, origins, self.window, self.days, given_up).await?;
        let counts: Vec<&Counts> = paths.iter().map(|part| &part.counts).collect();
        let chain = Counted::of(&counts);
        let weights: HashMap<u32, u64> = (0..)
            .zip(chain.effects())
            .filter(|(channel, _)| chain.knows(*channel))
            .map(|(channel, effect)| (channel, effect_weight(effect)))
            .collect();
        Ok(Effects {
            learned: Learned {
                days: self.days,
                sold: paths.iter().map(|part| part.sold).sum(),
                unsold: paths.iter().map(|part| part.unsold).sum(),
                channels: self.channels(origins, &weights),
            },
            weights,
        })
    }

    /// How long after the last touch somebody may still buy.
    fn patience(self) -> TimeDelta {
        let Window {
            click_days,
            view_days,
        } = self.window;
        let days = click_days.zip(view_days).map(|(a, b)| a.max(b));
        let days = days.or(click_days).unwrap_or(GIVEN_UP);
        TimeDelta::days(days.into())
    }

    fn channels(self, origins: &Origins, weights: &HashMap<u32, u64>) -> Vec<LearnedChannel> {
        let whole = |weight: u64| i64::try_from(weight).unwrap_or(i64::MAX);
        let all = weights.values().copied().map(whole);
        let all = all.fold(0_i64, i64::saturating_add);
        let mut channels: Vec<(u64, LearnedChannel)> = origins
            .channels()
            .filter_map(|(at, channel)| {
                let weight = *weights.get(&at)?;
                let (campaign, name) = self.named(channel);
                let channel = LearnedChannel {
                    campaign,
                    name,
                    is_source: matches!(channel, Channel::Source(_)),
                    effect_percent: percent(whole(weight), whole(effect_weight(1.0)), 2)
                        .unwrap_or_default(),
                    share_percent: percent(whole(weight), all, 2),
                };
                Some((weight, channel))
            })
            .collect();
        channels.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.name.cmp(&y.name)));
        channels.into_iter().map(|(_, channel)| channel).collect()
    }

    fn named(self, channel: &Channel) -> (Option<rumbo_base::AdCampaignId>, String) {
        match channel {
            Channel::Campaign(Object::Known(id)) => {
                let known = self.directory.campaigns.get(id);
                (Some(*id), known.map(|c| c.name.clone()).unwrap_or_default())
            }
            Channel::Campaign(Object::Waiting(external)) => (None, external.clone()),
            Channel::Source(source) => (None, source.clone()),
        }
    }
}
