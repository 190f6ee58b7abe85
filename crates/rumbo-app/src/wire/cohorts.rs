//! Cohorts, and what customers will bring in.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a row of a report on cohorts is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CohortsBy {
    /// Everybody who was acquired in one calendar month.
    #[default]
    Month,
    /// Everybody who was acquired by one campaign.
    Campaign,
}

/// What makes somebody one of a cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CohortStart {
    /// The first sale: cohorts of customers.
    #[default]
    Sale,
    /// Being seen for the first time: cohorts of leads.
    Lead,
}

/// Which touch acquired a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AcquiredBy {
    /// The last one before the first sale.
    #[default]
    LastTouch,
    /// The first one of the contact.
    FirstTouch,
}

/// Asks what became of the people who were acquired in the same month, or by the same campaign.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetCohorts {
    #[serde(default)]
    pub by: CohortsBy,
    /// People acquired in the calendar months that these days touch.
    pub from: NaiveDate,
    pub to: NaiveDate,
    #[serde(default)]
    pub start: CohortStart,
    #[serde(default)]
    pub acquired_by: AcquiredBy,
    /// Only people acquired by this ad campaign, by local id or Meta's.
    pub campaign: Option<String>,
    /// Looks no further than the end of this day: what was sold later is left out. Up to now, when
    /// absent.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    /// What was known at this moment, which is then "now"; what is known now when absent.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
    /// At how many months of age the value of a person is told, 1 to 60; 3 when absent.
    #[serde(default)]
    pub value_months: Option<u32>,
    /// Also predict what customers will still bring in. Takes longer.
    #[serde(default)]
    pub predict: Option<PredictValue>,
}

/// How far a prediction looks.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PredictValue {
    /// 1 to 60.
    pub months: u32,
    /// What money loses with each month, in percent, 0 to 100, such as `1`.
    pub monthly_discount_percent: String,
    /// How many customers are told one by one, those with the highest value first; 10 when absent.
    #[serde(default)]
    pub best: Option<u32>,
}

/// What became of them.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CohortReport {
    pub by: CohortsBy,
    /// The first day of the first month, and the last of the last.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The day it is, or was at that moment, or the day after `until`. A month of age is mature when it was over before for everybody in it.
    pub today: NaiveDate,
    pub start: CohortStart,
    pub acquired_by: AcquiredBy,
    pub value_months: u32,
    /// The workspace's own currency first. Currencies are never mixed.
    pub groups: Vec<CohortGroup>,
}

/// Everything in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CohortGroup {
    pub currency: String,
    /// By month: oldest first. By campaign: by people, largest first, and what no campaign acquired
    /// last.
    pub rows: Vec<CohortRow>,
    /// All cohorts; at each age those that are that old.
    pub average: CohortRow,
    /// Sales of these people in another currency. They are in no cell.
    pub other_currency_sales: u32,
    /// When asked for, and there is enough to go by.
    pub prediction: Option<CohortPrediction>,
    /// Why there is no prediction, when one was asked for.
    pub not_predicted: Option<NotPredicted>,
}

/// One month, one campaign, what no campaign acquired, or all.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CohortRow {
    /// Tells this row from all others of its currency, and stays the same from report to report:
    /// `2026-03`, a campaign's id, `unattributed` or `average`.
    pub key: String,
    /// The first day of the month, in a report by month.
    pub month: Option<NaiveDate>,
    /// In a report by campaign.
    pub campaign: Option<CohortCampaign>,
    /// Customers, or leads.
    pub people: u32,
    /// Spent in the months in which they were acquired; null when no ad figures tell it.
    pub spend: Option<String>,
    /// What a person cost: `spend` / `people`.
    pub cac: Option<String>,
    /// By month of age, from 0. A row of several months has only mature ones.
    pub cells: Vec<CohortCell>,
    /// How many of them are mature.
    pub mature_months: u32,
    /// All sales so far, mature or not.
    pub to_date: CohortSums,
    /// What a person brought in over `value_months` months: the margin; null while that age is
    /// not mature.
    pub value: Option<String>,
    /// `value` / what the same people cost.
    pub value_per_cac: Option<String>,
    pub payback: CohortPayback,
    /// What its customers will still bring in, when predicted.
    pub predicted: Option<PredictedValue>,
}

/// An ad campaign that acquired people.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CohortCampaign {
    /// Local id; null while it is not synced, and for people credited to an ad account alone.
    pub id: Option<String>,
    /// Meta's id.
    pub external_id: Option<String>,
    /// The name; Meta's id while it is not known; empty for people credited to an ad account alone.
    pub name: String,
    /// Meta's effective status in lower case; `deleted` when Meta no longer lists it.
    pub status: Option<String>,
}

/// One month of age.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct CohortCell {
    /// Whether it is over for everybody in it. What is not is in no mean.
    pub mature: bool,
    /// The people behind it.
    pub people: u32,
    /// Of these, those who bought in this month of age.
    pub active: u32,
    /// `active` / `people`, in percent.
    pub retention_percent: Option<String>,
    #[serde(flatten)]
    pub sums: CohortSums,
    /// Revenue of a person up to and with this month of age.
    pub cumulative_revenue_per_person: Option<String>,
    /// Margin of a person up to and with this month of age.
    pub cumulative_margin_per_person: Option<String>,
}

/// Sums over sales.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct CohortSums {
    /// Completed and refunded sales.
    pub orders: u32,
    /// Gross less what was refunded so far.
    pub revenue: String,
    /// What was refunded so far of these sales.
    pub refunds: String,
    /// What they cost, where somebody entered it.
    pub cost: String,
    /// Revenue less cost.
    pub margin: String,
    /// Sales without a cost: their margin is their revenue.
    pub orders_without_cost: u32,
}

/// When people had brought in what they cost. Days after the acquisition; 0 is its own day.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CohortPayback {
    /// The first day on which their margin so far reached what was spent on them; null when it did
    /// not within `observed_days`, or the spend is not known.
    pub day: Option<u32>,
    /// Where it lies in 95 of 100 such cohorts; null for fewer than 30 people and where an end was
    /// not reached.
    pub earliest: Option<u32>,
    pub latest: Option<u32>,
    /// How many days are over for everybody: nothing beyond them is told.
    pub observed_days: u32,
}

/// What the customers of a row will still bring in.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PredictedValue {
    pub customers: u32,
    /// Days with a purchase that are expected of them.
    pub purchases: String,
    pub value: String,
    /// The margin of a person so far, and what is predicted.
    pub lifetime_value_per_person: Option<String>,
}

/// What the customers of a currency will still bring in. A prediction: no amount of it belongs into
/// a ledger.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CohortPrediction {
    pub months: u32,
    pub monthly_discount_percent: String,
    /// Everybody who ever bought first in this currency.
    pub customers: u32,
    /// Days with a purchase that are expected.
    pub purchases: String,
    pub value: String,
    pub value_per_customer: Option<String>,
    /// Those with the highest value, highest first.
    pub best: Vec<BestCustomer>,
    pub backtest: ValueBacktest,
    /// BG/NBD (`r`, `alpha`, `a`, `b`, time in weeks) and Gamma-Gamma (`p`, `q`, `v`).
    pub parameters: BTreeMap<String, String>,
}

/// A customer who stands out.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BestCustomer {
    pub contact_id: String,
    /// Null for who may not see contacts, and of one that was merged into another since.
    pub name: Option<String>,
    /// Days with a purchase so far.
    pub bought: u32,
    pub last_bought: NaiveDate,
    /// The probability that they have not left for good, in percent.
    pub alive_percent: String,
    /// Days with a purchase that are expected.
    pub purchases: String,
    pub value: String,
}

/// How the model would have done: fitted to what was bought up to and with `split`, asked for what
/// was bought from then to `end`.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ValueBacktest {
    pub split: NaiveDate,
    pub end: NaiveDate,
    /// Who had bought by the split.
    pub customers: u32,
    /// Days with a purchase.
    pub predicted: String,
    pub real: u32,
    /// How far `predicted` lies above `real`, in percent of it.
    pub error_percent: String,
    /// By days with a purchase after the first, up to the split: 0, 1, …, 6, and 7 or more.
    pub classes: Vec<BacktestClass>,
}

/// Customers who had bought equally often.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BacktestClass {
    pub customers: u32,
    pub predicted: String,
    pub real: u32,
}

/// Why nothing can be predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NotPredictedReason {
    /// Nobody has bought in the currency.
    NoCustomers,
    /// Too few customers bought again: `found` of `needed`.
    TooFewRepeatBuyers,
    /// `found` of the `of` customers who bought again brought in nothing.
    TooManyUnpaid,
    /// How often and how much people buy goes together: `correlation`, of which `allowed` may be.
    Correlated,
    /// The model does not fit these purchases.
    NoFit,
    /// A number is beyond what the model can reckon with.
    OutOfRange,
    /// The past is too short to check a prediction on it.
    NoBacktest,
    /// On the past it would have been off by `error_percent`, of which `allowed` may be; without it,
    /// nothing was bought in the time that the check looks at.
    BacktestOff,
}

/// Why nothing is predicted.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct NotPredicted {
    pub reason: NotPredictedReason,
    /// The numbers of the sentence, by name: `found`, `needed`, `of`, `correlation`, `allowed`,
    /// `error_percent`.
    pub params: BTreeMap<String, String>,
    /// The sentence in English.
    pub message: String,
}
