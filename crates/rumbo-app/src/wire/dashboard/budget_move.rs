//! What moving a daily budget would change.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Attribution;

/// What is counted of a move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MoveMetric {
    #[default]
    Leads,
    Sales,
    Revenue,
}

/// Asks what would change: either `amount` a day goes `from` one campaign `to` another, or `campaign`
/// spends `daily`. Without the amount it is told how they answer to their spend. Campaigns are named
/// by local id or Meta's. Nothing is written to Meta.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct SimulateBudgetMove {
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// Decimal text in the currency of both ad accounts.
    #[serde(default)]
    pub amount: Option<String>,
    #[serde(default)]
    pub campaign: Option<String>,
    /// Decimal text in the currency of its ad account.
    #[serde(default)]
    pub daily: Option<String>,
    #[serde(default)]
    pub metric: MoveMetric,
    /// From tomorrow on, 1 to 28; 14 when absent.
    #[serde(default)]
    pub days: Option<u32>,
    /// How outcomes are credited; the workspace's way when absent. Refunds count with their sale.
    #[serde(default)]
    pub attribution: Option<Attribution>,
}

/// What it would change.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BudgetMove {
    pub metric: MoveMetric,
    pub days: u32,
    /// Of the first campaign's ad account.
    pub currency: String,
    /// The one that loses and the one that gains, or the only one.
    pub campaigns: Vec<MoveCampaign>,
    /// Over all days asked about; null while no amount is asked about, or when `no_change` says why
    /// not.
    pub change: Option<MoveEstimate>,
    /// How probable it is that more comes in than without it, in percent.
    pub better_percent: Option<String>,
    pub no_change: Option<NoChange>,
    /// How often the weekly intervals held on channels that others published (docs/backtests.md).
    pub published: PastWeeks,
}

/// A campaign that money goes to or comes from. Amounts are exact decimal text; estimates of counts
/// have one decimal, of money the currency's.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MoveCampaign {
    pub id: String,
    /// Meta's id.
    pub external_id: String,
    pub name: String,
    pub account_id: String,
    pub account_name: String,
    pub currency: String,
    /// The last day that is looked at; later ones still settle.
    pub settled_until: Option<NaiveDate>,
    /// The mean spend of the last seven days that are looked at.
    pub now_daily: String,
    pub new_daily: Option<String>,
    /// What it spent on nine days of ten: outside of it nothing is said.
    pub least_daily: Option<String>,
    pub most_daily: Option<String>,
    /// By how many per cent more comes in for one per cent more spend, at its middle day.
    pub elasticity: Option<String>,
    /// Of its own past weeks.
    pub past: PastWeeks,
    /// Over all days asked about, with what is spent now and with the new spend.
    pub stays: Option<MoveEstimate>,
    pub becomes: Option<MoveEstimate>,
    /// The spend of now, or the new one, lies outside of what was observed.
    pub now_beyond: Option<Beyond>,
    pub new_beyond: Option<Beyond>,
    /// What a day brings in on average over the days asked about; counts with three decimals.
    pub curve: Vec<MoveCurvePoint>,
    /// The days that it is learned from.
    pub seen: Vec<MoveSeenDay>,
    /// Why nothing is said of it.
    pub refused: Option<MoveRefusal>,
}

/// A place on the curve of a campaign.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MoveCurvePoint {
    pub daily: String,
    #[serde(flatten)]
    pub brings: MoveEstimate,
}

/// A day of the past of a campaign.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MoveSeenDay {
    pub day: NaiveDate,
    pub spend: String,
    pub outcome: String,
}

/// What is expected, and what is exceeded nine times and once in ten.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MoveEstimate {
    pub expected: String,
    pub low: String,
    pub high: String,
}

/// How often past weeks ended inside the interval that would have been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PastWeeks {
    pub tried: u32,
    pub held: u32,
}

/// On which side of what was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    Less,
    More,
}

/// Why nothing is said of a campaign.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MoveRefusal {
    pub reason: MoveRefusalReason,
    /// How many days, leads, sales or weeks there are.
    pub has: Option<u32>,
    /// How many it would take.
    pub needs: Option<u32>,
    /// Between what nearly all its days spent.
    pub least_daily: Option<String>,
    pub most_daily: Option<String>,
}

/// The kinds of reasons why nothing is said of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MoveRefusalReason {
    /// Nothing of its last two weeks is known.
    NotSynced,
    /// It spent on too few days.
    FewDays,
    /// It spent about the same on nearly all days.
    HardlyVaried,
    /// Too few leads or sales.
    FewOutcomes,
    /// It has sales in other currencies than its ad account's.
    OtherCurrency,
    /// Too few weeks of its past can be tried.
    Untried,
    /// Fewer than 65 % of its past weeks ended inside the interval.
    Missed,
}

/// Why nothing is said of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NoChange {
    SameCampaign,
    /// The ad accounts are in different currencies.
    CurrenciesDiffer,
    /// Of one of the campaigns nothing is said.
    Refused,
    /// A spend of now, or a new one, was not observed.
    Beyond,
}
