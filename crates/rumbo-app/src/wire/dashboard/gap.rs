//! What Meta claims beside what the CRM holds.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{GetRoi, RoiReport};

/// Asks for Meta's claims beside the CRM: a report, and why its two sides differ. Another period to
/// compare with, and days without spend, need not be asked for.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetGap {
    pub report: GetRoi,
}

/// Why the CRM says something else than Meta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// Leads by Instant Form that Meta counted, and of which no form arrived here.
    FormsNotArrived,
    /// Forms of people who were known here already, or who are no leads.
    AlreadyKnown,
    /// Leads that first came by a message from an ad: Meta counts these as conversations.
    Messages,
    /// Claimed after a view alone.
    ViewThrough,
    /// Of rows of which Meta claims nothing of the kind.
    WithoutClaim,
    /// Of rows of which the CRM has nothing of the kind.
    OnlyMeta,
    /// Sales that Meta's attribution setting does not reach, as the chosen window does.
    Window,
    /// Another model than the last touch.
    Model,
    /// Sales dated by their lead.
    Basis,
    /// Money given back.
    Refunds,
    /// Sales in another currency than the ad account's.
    OtherCurrency,
    /// What nothing of an ad is known of.
    NotAttributed,
    /// What rows do not tell.
    NotExplained,
}

/// Why there is no ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NoRatio {
    /// Meta claims none.
    MetaNone,
    /// There are no figures of Meta here.
    MetaUnknown,
}

/// A part of a gap.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GapPart {
    pub cause: GapCause,
    /// How much more the CRM has for it; below zero, how much less.
    pub amount: String,
}

/// The CRM's figure less Meta's, which is nothing where Meta tells nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GapOf {
    pub gap: String,
    /// They add up to `gap` exactly.
    pub parts: Vec<GapPart>,
    /// Why the ratio of the two is null; null where it is not.
    pub no_ratio: Option<NoRatio>,
}

/// The gap of a row, or of rows together.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GapLine {
    /// The `key` of the row; `attributed` (all rows), `unattributed` or `total`.
    pub key: String,
    pub leads: GapOf,
    /// Sales beside purchases.
    pub sales: GapOf,
    /// Revenue beside purchase value.
    pub revenue: GapOf,
}

/// Everything in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GapGroup {
    pub currency: String,
    /// In the order of the rows of the report.
    pub rows: Vec<GapLine>,
    pub attributed: GapLine,
    pub unattributed: GapLine,
    pub total: GapLine,
}

/// An attribution setting of ad sets.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MetaSetting {
    /// In Meta's words, such as `7d_click_1d_view`.
    pub setting: String,
    pub ad_days: u32,
    /// Days after a click; 0 where clicks do not count, null for words that are not understood.
    pub click_days: Option<u32>,
    /// Days after a view, likewise.
    pub view_days: Option<u32>,
}

/// Meta's claims beside the CRM.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GapReport {
    pub report: RoiReport,
    /// Of the report's own currency first, then of `other_currencies` in their order.
    pub groups: Vec<GapGroup>,
    /// How Meta credits in the period, the setting of most ad-days first.
    pub meta_settings: Vec<MetaSetting>,
    /// The one of these that the causes stand on: the most common one that is understood.
    pub meta_window: Option<MetaSetting>,
    /// Whether Meta told how much of its claims came after a view alone.
    pub tells_views: bool,
}
