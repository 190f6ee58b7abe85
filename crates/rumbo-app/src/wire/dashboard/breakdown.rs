//! Figures by age, gender, country, placement or device.

use chrono::NaiveDate;
use rumbo_base::Breakdown;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CompareWith, MetaFigures};

/// Asks for Meta's figures by parts: of everything, of an ad campaign, of an ad set or of an ad.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetBreakdown {
    pub by: Breakdown,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only these ad accounts, by local id or Meta's; all when empty.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Only this ad campaign, by local id or Meta's.
    pub campaign: Option<String>,
    /// Only this ad set, likewise.
    pub ad_set: Option<String>,
    /// Only this ad, likewise.
    pub ad: Option<String>,
    /// Also compute another period: `compare_with`.
    #[serde(default)]
    pub compare: bool,
    /// Which one.
    #[serde(default)]
    pub compare_with: CompareWith,
}

/// Figures beside those of the period compared with.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct BreakdownFigures {
    #[serde(flatten)]
    pub figures: MetaFigures,
    /// When asked for; of a part also null where there was nothing of it.
    pub previous: Option<MetaFigures>,
}

/// One age, gender, country, placement or device.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BreakdownRow {
    /// As Meta writes it: `25-34`, `female`, `AR`, `instagram/instagram_reels`, `mobile_app`;
    /// `unknown` where Meta does not know.
    pub value: String,
    #[serde(flatten)]
    pub figures: BreakdownFigures,
}

/// Everything in one currency. `rows`, `left_out` and `unread` are `total`, in every sum.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BreakdownGroup {
    pub currency: String,
    pub rows: Vec<BreakdownRow>,
    /// What Meta counts in the whole and in none of its parts.
    pub left_out: BreakdownFigures,
    /// What lies on days that were not read by this breakdown.
    pub unread: BreakdownFigures,
    pub total: BreakdownFigures,
}

/// Meta's figures by parts. Leads, opportunities and sales of the CRM are not known by them.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BreakdownReport {
    pub by: Breakdown,
    /// What the campaign, the ad set or the ad is called, where one was asked for.
    pub name: Option<String>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The period compared with, when asked for.
    pub previous_period: Option<super::super::DateRange>,
    /// Whether the sync reads figures by these parts.
    pub synced: bool,
    /// The first day whose figures the sync reads by parts.
    pub read_from: NaiveDate,
    /// The workspace's currency first.
    pub groups: Vec<BreakdownGroup>,
    /// Days with figures that were not read by this breakdown, in order.
    pub unread_days: Vec<NaiveDate>,
    /// On whose days it is counted: with more than one, a day is not the same hours everywhere.
    pub zones: Vec<super::super::AccountZone>,
}
