//! How much of a day is there while Meta still restates it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks how figures settle.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct GetSettleCurve {
    /// Of all ad accounts in this currency; the workspace's own when absent.
    #[serde(default)]
    pub currency: Option<String>,
    /// Of one ad account instead, by local id or Meta's.
    #[serde(default)]
    pub account: Option<String>,
    /// What was known at this moment; what is known now when absent.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// How figures settle, learned from the workspace's own history of restatements.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SettleReport {
    pub currency: String,
    /// The names of the ad accounts it is learned from.
    pub accounts: Vec<String>,
    /// The day of the last sync, of which the day before is one day old; null without any.
    pub known_on: Option<NaiveDate>,
    /// So many day-figures of a hundred should lie inside an interval.
    pub nominal_percent: String,
    /// What lies so near to all of it has settled, in percent.
    pub tolerance_percent: String,
    /// So many settled days tell something.
    pub least_days: u32,
    /// At this age Meta no longer changes a day.
    pub settled_at: u32,
    pub metrics: Vec<SettleMetric>,
}

/// How one figure settles.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SettleMetric {
    /// `spend`, `meta_leads`, `meta_purchases` or `meta_purchase_value`.
    pub metric: String,
    /// Whether there was any of it in the days looked at.
    pub happened: bool,
    /// The age in days from which on it has settled; null where that is not known.
    pub settled_from: Option<u32>,
    /// How often intervals held on the last weeks that have settled, made without knowing them.
    pub held: SettleHeld,
    /// By age, youngest first; empty where there is not enough history yet.
    pub ages: Vec<SettleAge>,
}

/// How often intervals held.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct SettleHeld {
    pub inside: u32,
    /// Day-figures of ages at which something was to come.
    pub tried: u32,
    /// Whether that was often enough, of enough of them, for intervals to be shown.
    pub shown: bool,
}

/// What is there of a day at an age, in percent of what it comes to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SettleAge {
    /// Days from the day to the sync.
    pub age: u32,
    /// The middle one.
    pub percent: String,
    /// Eight times in ten it lies between these; null where intervals have not held, or could not
    /// be tried yet.
    pub low: Option<String>,
    pub high: Option<String>,
    /// From how many days of its own that is known; with few of them, days of the workspace's other
    /// accounts are mixed in.
    pub days: u32,
    /// Whether nothing more is to come, within the tolerance.
    pub settled: bool,
}

/// How much of what Meta tells of a day is there.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DayCompleteness {
    /// `spend`, `meta_leads`, `meta_purchases` or `meta_purchase_value`.
    pub metric: String,
    /// In percent of what it will come to, without decimals.
    pub percent: String,
    /// Eight times in ten it lies between these; null where intervals have not held, or could not
    /// be tried yet.
    pub low: Option<String>,
    pub high: Option<String>,
}
