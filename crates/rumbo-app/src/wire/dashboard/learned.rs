//! What the data-driven model learned.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Attribution;

/// Asks what the data-driven model would learn for a report.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetLearned {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Its window holds, whatever the model; the workspace's when absent.
    #[serde(default)]
    pub attribution: Option<Attribution>,
    /// What was known at this moment; what is known now when absent.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// What the data-driven model learned, and from how much.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Learned {
    /// The days it learned from, of the workspace's time zone: 365 up to the end of the period of the
    /// report, more only where that is longer.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Sales with a touch that counts.
    pub sold: u32,
    /// Contacts without a sale, whose last touch lies so far back that there will be none.
    pub unsold: u32,
    /// Whether it is enough to credit by.
    pub enough: bool,
    /// The fewest of each that are.
    pub least_sold: u32,
    pub least_unsold: u32,
    pub least_channels: u32,
    /// The campaigns and sources on these paths, by effect.
    pub channels: Vec<LearnedChannel>,
}

/// What was learned of a campaign, or of a lead source without one.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct LearnedChannel {
    /// Local id of the campaign; null for a source, and while the campaign is not synced.
    pub campaign_id: Option<String>,
    /// The campaign's name, Meta's id while it is not synced; the lead source.
    pub name: String,
    /// No campaign, but a lead source.
    pub is_source: bool,
    /// The part of all sales that would be lost without it, in percent.
    pub effect_percent: String,
    /// Its effect of the sum of all effects, in percent.
    pub share_percent: Option<String>,
}

impl From<rumbo_insight::Learned> for Learned {
    fn from(learned: rumbo_insight::Learned) -> Self {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            from: learned.days.from,
            to: learned.days.to,
            sold: learned.sold,
            unsold: learned.unsold,
            enough: learned.is_enough(),
            least_sold: rumbo_insight::LEAST_SOLD,
            least_unsold: rumbo_insight::LEAST_UNSOLD,
            least_channels: count(rumbo_insight::LEAST_CHANNELS),
            channels: learned
                .channels
                .into_iter()
                .map(|channel| LearnedChannel {
                    campaign_id: channel.campaign.map(|id| id.to_string()),
                    name: channel.name,
                    is_source: channel.is_source,
                    effect_percent: channel.effect_percent,
                    share_percent: channel.share_percent,
                })
                .collect(),
        }
    }
}
