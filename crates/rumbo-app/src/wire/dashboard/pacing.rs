//! Where the month's spend will end.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What one row of a pacing report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaceBy {
    Account,
    #[default]
    Campaign,
    /// The ad sets of one campaign.
    #[serde(rename = "adset", alias = "ad_set")]
    AdSet,
}

/// Asks for the pace of this month.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct GetPacing {
    #[serde(default)]
    pub by: PaceBy,
    /// Only these ad accounts, by local id or Meta's; all when empty.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Whose ad sets, by local id or Meta's. For ad sets, and needed there.
    #[serde(default)]
    pub campaign: Option<String>,
}

/// The pace of everything that runs or spent anything this month.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PacingReport {
    pub by: PaceBy,
    /// The calendar month.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// How often the intervals held in the up to three months before, at the same day of the month.
    pub past: PastMonths,
    /// The same of series that others published, on five days of every month (docs/backtests.md).
    pub published: PastMonths,
    /// One for each currency, the workspace's first.
    pub groups: Vec<PacingGroup>,
}

/// Everything in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PacingGroup {
    pub currency: String,
    pub rows: Vec<PacingRow>,
    pub total: Pace,
}

/// An account, campaign or ad set.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PacingRow {
    pub id: String,
    /// Meta's id.
    pub external_id: String,
    pub name: String,
    /// Meta's effective status in lower case; `deleted` when Meta no longer lists it; null for an
    /// account.
    pub status: Option<String>,
    pub account_id: String,
    pub account_name: String,
    pub past: PastMonths,
    #[serde(flatten)]
    pub pace: Pace,
}

/// How far something is, and where it will end. Money is exact decimal text; estimates are rounded
/// to the currency's decimals.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Pace {
    /// The last day that is known whole; null when nothing is known yet. The figures go up to it.
    pub known_until: Option<NaiveDate>,
    pub spent: String,
    /// The mean of the last seven days.
    pub recent_per_day: String,
    /// Days after `known_until` on which it runs, up to the end of the month.
    pub days_left: u32,
    /// What the month may cost; null when `no_budget` says why not.
    pub budget: Option<String>,
    pub budget_source: Option<BudgetSource>,
    /// What is set at Meta: by day, or for the whole life; null for the budgets of several.
    pub budget_set: Option<String>,
    pub no_budget: Option<BudgetGap>,
    /// Spent, of what the budget and its own weekdays would have spent by then, in percent.
    pub pace_percent: Option<String>,
    /// What each day left may spend, for the month to land on the budget.
    pub needed_per_day: Option<String>,
    /// Where the month is expected to end; null when `no_forecast` says why not.
    pub expected: Option<String>,
    /// One month in ten ends below.
    pub low: Option<String>,
    /// One month in ten ends above.
    pub high: Option<String>,
    pub no_forecast: Option<ForecastGap>,
    /// For how many days it has run, when they are too few.
    pub days_known: Option<u32>,
    pub verdict: Option<PaceVerdict>,
}

/// Where a month's budget comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BudgetSource {
    /// A daily budget, times the days of the month on which it runs.
    Daily,
    /// What was left of a lifetime budget when the month began, by the days it had left.
    Lifetime,
    /// The budgets of what lies below.
    Sum,
}

/// Why there is no budget for the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BudgetGap {
    /// None is set, or none is synced.
    NotSet,
    /// The campaign has the budget, for all its ad sets.
    OfCampaign,
    /// A lifetime budget without a last day.
    NoEnd,
    /// It does not run now.
    NotRunning,
    /// Some of what lies below runs without one.
    Partly,
}

/// Why nothing is said of the end of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ForecastGap {
    /// It has run for fewer than 14 days.
    TooYoung,
    /// The days just before today are not known.
    NotSynced,
}

/// The expected end beside the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaceVerdict {
    /// Within 5 % of the budget.
    OnTrack,
    /// Below it, and so is the whole interval.
    Under,
    /// Above it, and so is the whole interval.
    Over,
    /// Off by more than 5 %, and the budget still lies within the interval.
    Open,
}

/// How often months before ended inside the interval that would have been shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PastMonths {
    pub tried: u32,
    pub inside: u32,
}
