//! Home, ROI and creatives.

mod actions;
mod attribution;
mod breakdown;
mod budget_move;
mod changes;
mod contributions;
mod figures;
mod gap;
mod learned;
mod metrics;
mod models;
mod pacing;
mod passport;
mod settle;

pub use actions::{
    ActionEvent, ActionFallback, ActionMapReport, ActionTypeRow, ActionValue, ActionWindow,
    ActionsAddedTwice, CountedActions, GetActionMap,
};
pub use attribution::{
    Attribution, AttributionBasis, AttributionChoice, AttributionChoices, AttributionModel,
    RefundDating, attribution_choices, windows_of_setting,
};
pub use breakdown::{
    BreakdownFigures, BreakdownGroup, BreakdownReport, BreakdownRow, GetBreakdown,
};
pub use budget_move::{
    Beyond, BudgetMove, MoveCampaign, MoveCurvePoint, MoveEstimate, MoveMetric, MoveRefusal,
    MoveRefusalReason, MoveSeenDay, NoChange, PastWeeks, SimulateBudgetMove,
};
pub use changes::{
    ChangeCause, ChangeCauseName, ChangeGroup, ChangePassport, ChangeRow, Changes, ExplainChange,
    GetChanges, MetricChange, change_causes, is_something,
};
pub use contributions::{
    Contribution, ContributionGroup, ContributionRow, Contributions, GetContributions,
};
pub use figures::{MetaFigures, RoiFigures, Shares};
pub use gap::{
    GapCause, GapGroup, GapLine, GapOf, GapPart, GapReport, GetGap, MetaSetting, NoRatio,
};
pub use learned::{GetLearned, Learned, LearnedChannel};
pub use metrics::{MetricDefinition, MetricNames, MetricQuotient, metric, metrics};
pub(crate) use metrics::{source, unit};
pub use models::{CompareModels, ModelComparison, ModelGroup, ModelRow, WindowAdvice, WindowShare};
pub use pacing::{
    BudgetGap, BudgetSource, ForecastGap, GetPacing, Pace, PaceBy, PaceVerdict, PacingGroup,
    PacingReport, PacingRow, PastMonths,
};
pub(crate) use passport::no_number;
pub use passport::{
    ExplainNumber, KnownCosts, NumberPassport, PassportAdDay, PassportKind, PassportOriginal,
    PassportOutcome, PassportSpend, PassportSum, PassportWithoutRate,
};
pub use settle::{
    DayCompleteness, GetSettleCurve, SettleAge, SettleHeld, SettleMetric, SettleReport,
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// By what the rows of a report are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RoiBy {
    /// Where money was spent and people came from: Meta, and what was entered or imported of other
    /// platforms.
    Channel,
    Account,
    Campaign,
    #[serde(rename = "adset", alias = "ad_set")]
    AdSet,
    Ad,
    Creative,
}

/// What a period is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CompareWith {
    /// The period of the same length before.
    #[default]
    Previous,
    /// The same days of the year before.
    Year,
}

/// Asks what was earned.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetRoi {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only these ad accounts, by local id or Meta's; all when empty. What is not attributed belongs to no
    /// account and is then left out.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Only what lies under this ad campaign, by local id or Meta's. For ad sets, ads and creatives.
    pub campaign: Option<String>,
    /// Only what lies under this ad set, by local id or Meta's. For ads and creatives.
    pub ad_set: Option<String>,
    /// Also compute another period: `compare_with`.
    #[serde(default)]
    pub compare: bool,
    /// Which one.
    #[serde(default)]
    pub compare_with: CompareWith,
    /// Also tell what came on days without spend. Takes longer.
    #[serde(default)]
    pub without_spend: bool,
    /// Also tell new customers and what each cost. Takes longer.
    #[serde(default)]
    pub new_customers: bool,
    /// Also tell the people that Meta answered for exactly these days, as far as it was asked
    /// ([`super::AskReach`]).
    #[serde(default)]
    pub people: bool,
    /// How to credit; as the workspace does when absent.
    #[serde(default)]
    pub attribution: Option<Attribution>,
    /// Bring everything to this currency, row by row at the rate of its day.
    #[serde(default)]
    pub convert_to: Option<String>,
    /// What was known at this moment; what is known now when absent. Takes longer.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// One row of a ROI report.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RoiRow {
    /// Tells this row from all others of its currency, and stays the same from report to report.
    pub key: String,
    /// Local id; null for an object that is not synced yet, and for a remainder.
    pub id: Option<String>,
    /// Meta's id; null for a remainder.
    pub external_id: Option<String>,
    /// The name; Meta's id while the name is not known; empty for a remainder.
    pub name: String,
    /// Meta's effective status in lower case, such as `active` or `campaign_paused`; `deleted`
    /// when Meta no longer lists it.
    pub status: Option<String>,
    pub account_id: Option<String>,
    pub account_name: Option<String>,
    pub campaign_id: Option<String>,
    pub campaign_name: Option<String>,
    pub ad_set_id: Option<String>,
    pub ad_set_name: Option<String>,
    pub creative_id: Option<String>,
    /// What it looks like, when it is a creative.
    pub creative: Option<CreativeFace>,
    pub objective: Option<String>,
    /// Named by a lead or an insight, and not listed by Meta yet.
    pub waiting_for_sync: bool,
    /// Something came of it, and nothing was spent on it in the period.
    pub no_spend: bool,
    /// Its ad account is in another currency: this row holds the sales in this one.
    pub other_currency: bool,
    /// Credited to what lies above and to nothing of this kind: `no_account`, `no_campaign`,
    /// `no_ad_set`, `no_ad` or `no_creative`.
    pub remainder: Option<String>,
    /// The part that came on days without spend, when asked for. Contained in the figures, never
    /// added to them.
    pub without_spend: Option<WithoutSpend>,
    pub currency: String,
    #[serde(flatten)]
    pub figures: RoiFigures,
    /// The period before, when asked for.
    pub previous: Option<RoiFigures>,
    /// Revenue by day, oldest first, for a small line; empty where it is not asked for.
    pub spark: Vec<String>,
    /// What of it was converted, by the currency it was in; empty where nothing was.
    #[serde(default)]
    pub converted: Vec<super::ConvertedFrom>,
}

/// Which row of a report it is.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct NamedRow {
    /// As in the report itself.
    pub key: String,
    /// Local id; null for an object that is not synced yet, and for a remainder.
    pub id: Option<String>,
    /// Meta's id; null for a remainder.
    pub external_id: Option<String>,
    /// The name; Meta's id while the name is not known; empty for a remainder.
    pub name: String,
    /// Meta's effective status in lower case; `deleted` when Meta no longer lists it.
    pub status: Option<String>,
    /// `no_account`, `no_campaign`, `no_ad_set`, `no_ad` or `no_creative`.
    pub remainder: Option<String>,
}

/// What a creative looks like.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CreativeFace {
    pub headline: Option<String>,
    pub body: Option<String>,
    pub call_to_action: Option<String>,
    pub link_url: Option<String>,
    /// Whether [`GetThumbnail`] has a picture.
    pub has_thumbnail: bool,
}

/// What came on days without spend: delivered on ad-days without spend, or credited to a campaign
/// that spent nothing on the day.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct WithoutSpend {
    pub meta_leads: u32,
    pub meta_purchases: u32,
    pub meta_purchase_value: String,
    pub leads: u32,
    pub opportunities: Shares,
    pub sales: Shares,
    pub revenue: String,
}

/// The rows in one currency. Currencies are never mixed and never guessed.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RoiGroup {
    pub currency: String,
    pub rows: Vec<RoiRow>,
    /// All rows together: what ratios of the whole stand on.
    pub attributed: RoiFigures,
    /// What belongs to no row.
    pub unattributed: RoiFigures,
    /// Exactly the rows plus what is not attributed.
    pub total: RoiFigures,
    pub previous_unattributed: Option<RoiFigures>,
    pub previous_total: Option<RoiFigures>,
}

/// A ROI report. The first group is the workspace's own currency, or the one converted to; where
/// nothing could be converted, the first that there is.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RoiReport {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The period compared with, when asked for.
    #[serde(default)]
    pub previous_period: Option<super::DateRange>,
    pub attribution: Attribution,
    /// What the data-driven model learned, where that credits.
    #[serde(default)]
    pub learned: Option<Learned>,
    pub currency: String,
    pub rows: Vec<RoiRow>,
    /// All rows together: what ratios of the whole stand on.
    pub attributed: RoiFigures,
    pub unattributed: RoiFigures,
    pub total: RoiFigures,
    pub previous_unattributed: Option<RoiFigures>,
    pub previous_total: Option<RoiFigures>,
    /// The same again for every other currency in the data.
    pub other_currencies: Vec<RoiGroup>,
    /// How it came into one currency, when that was asked for.
    #[serde(default)]
    pub exchanged: Option<super::Exchanged>,
    /// On whose days it is counted: the time zones of its ad accounts. With more than one, a day is
    /// not the same hours everywhere.
    #[serde(default)]
    pub zones: Vec<super::AccountZone>,
}

/// Asks for the home screen.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetHome {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Which currency to show; the workspace's own, or the one converted to, when absent.
    pub currency: Option<String>,
    /// What `previous` is.
    #[serde(default)]
    pub compare_with: CompareWith,
    /// How to credit; as the workspace does when absent.
    #[serde(default)]
    pub attribution: Option<Attribution>,
    /// Bring everything to this currency, row by row at the rate of its day.
    #[serde(default)]
    pub convert_to: Option<String>,
    /// What was known at this moment; what is known now when absent. Takes longer.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// One headline figure. One of `both` is of what is attributed.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Kpi {
    /// `revenue`, `spend`, `roas`, `roi_percent`, `leads`, `opportunities`, `cpa` or `sales`.
    pub metric: String,
    /// `money`, `ratio`, `percent` or `count`.
    pub unit: String,
    pub value: Option<String>,
    pub previous: Option<String>,
    /// Change against the period before, in percent; in points for a percentage.
    pub delta: Option<String>,
    /// By day, oldest first; null where there is nothing to divide by.
    pub spark: Vec<Option<String>>,
    /// Where it comes from: `meta`, `crm` or `both`.
    pub source: String,
    /// When its data were last read.
    pub as_of: Option<DateTime<Utc>>,
}

/// Spend and revenue of one day.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DayPoint {
    pub day: NaiveDate,
    /// Null where no ad figures cover the day.
    pub spend: Option<String>,
    pub revenue: String,
    /// Of the day at the same place in the period before.
    pub previous_revenue: Option<String>,
    /// Whether Meta may still restate it: one of the last 28 days, and not known to have settled.
    pub settling: bool,
    /// How much of what Meta tells of it is there, where that is known and something is to come.
    pub complete: Vec<DayCompleteness>,
}

/// Something that wants attention, with its evidence.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Attention {
    /// `spend_without_sales`, `waiting_for_sync`, `account_failing`, `account_stale`, `unusual_up`,
    /// `unusual_down`, `ad_tired` or `settings_changed`.
    pub kind: String,
    /// The local id of the campaign or ad account it is about.
    pub about: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The numbers of the sentence, by name.
    pub params: std::collections::BTreeMap<String, String>,
    pub at: Option<DateTime<Utc>>,
}

/// A creative with what its ads earned.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CreativeRow {
    pub id: String,
    pub external_id: String,
    pub name: String,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub call_to_action: Option<String>,
    pub link_url: Option<String>,
    pub campaign_name: Option<String>,
    /// Whether [`GetThumbnail`] has a picture.
    pub has_thumbnail: bool,
    pub currency: String,
    #[serde(flatten)]
    pub figures: RoiFigures,
    /// What of it was converted, by the currency it was in; empty where nothing was.
    #[serde(default)]
    pub converted: Vec<super::ConvertedFrom>,
}

/// CRM leads by where they came from. They add up to the leads of `total`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
pub struct LeadSplit {
    /// From Meta's ads: the lead sources `META_ADS` and `CLICK_TO_WHATSAPP`.
    pub meta: u32,
    /// From every other source that is known.
    pub other: u32,
    /// Where nobody knows where they came from.
    pub unknown: u32,
}

/// The home screen.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Home {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub previous: super::DateRange,
    pub attribution: Attribution,
    pub currency: String,
    /// Every currency in the data.
    pub currencies: Vec<String>,
    pub kpis: Vec<Kpi>,
    pub days: Vec<DayPoint>,
    pub total_spend: Option<String>,
    pub total_revenue: String,
    pub previous_revenue: String,
    /// Of the period, in the currency shown.
    pub leads: LeadSplit,
    pub campaigns: Vec<RoiRow>,
    pub campaign_count: u32,
    /// The campaigns that are not among `campaigns`.
    pub others: RoiFigures,
    pub unattributed: RoiFigures,
    /// All campaigns together: what ratios stand on.
    pub attributed: RoiFigures,
    pub total: RoiFigures,
    pub creatives: Vec<CreativeRow>,
    pub creative_count: u32,
    pub attention: Vec<Attention>,
    /// How it came into one currency, when that was asked for.
    #[serde(default)]
    pub exchanged: Option<super::Exchanged>,
    /// On whose days it is counted: the time zones of its ad accounts. With more than one, a day is
    /// not the same hours everywhere.
    #[serde(default)]
    pub zones: Vec<super::AccountZone>,
}

/// Asks for creatives and what they earned.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ListCreatives {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub currency: Option<String>,
    /// How to credit; as the workspace does when absent.
    #[serde(default)]
    pub attribution: Option<Attribution>,
    /// Bring everything to this currency, row by row at the rate of its day.
    #[serde(default)]
    pub convert_to: Option<String>,
    /// What was known at this moment; what is known now when absent. Takes longer.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// Asks for a creative's picture, kept for offline use.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetThumbnail {
    pub creative_id: String,
}

/// A picture.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Thumbnail {
    /// As a `data:` address; null when there is none.
    pub data_url: Option<String>,
}

/// Asks what Meta says each ad account spent in its whole life, beside the sum of its campaigns.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct CheckAccounts {
    /// What was known at this moment; what is known now when absent. Takes longer.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// What Meta says an ad account spent in its whole life, beside the sum of its campaigns.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AccountCheck {
    pub id: String,
    pub external_id: String,
    pub name: String,
    pub currency: String,
    /// Meta's own figure; null where Meta was not asked, as for an account that came by file.
    pub meta_total: Option<String>,
    /// The sum of the stored days of its campaigns.
    pub campaigns_total: String,
    /// `meta_total` less `campaigns_total`: what lies before `first_day`, was deleted at Meta, or
    /// is not synced yet.
    pub residual: Option<String>,
    /// The first and the last stored day.
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
}

/// Asks how old each source of data is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct GetDataAges {}

/// How old a source of data is.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DataAge {
    /// `meta_ads`, `lead_forms`, `contacts` or `sales`.
    pub source: String,
    pub as_of: Option<DateTime<Utc>>,
    /// Whether the last attempt failed.
    pub failing: bool,
}
