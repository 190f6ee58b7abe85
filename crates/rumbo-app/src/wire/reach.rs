//! How many people were reached: questions to Meta, and its answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{RoiBy, WireError};

/// Has Meta asked for the people of exactly these days: of each row, and of all of them together.
/// What is answered already, and no longer moves, is not asked again.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AskReach {
    /// Of what each row is. Creatives have no people of their own at Meta.
    pub by: RoiBy,
    /// Days of each ad account's own zone.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only these ad accounts, by local id or Meta's; all that are synced when empty.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Only what lies under this ad campaign, by local id or Meta's.
    pub campaign: Option<String>,
    /// Only what lies under this ad set, by local id or Meta's.
    pub ad_set: Option<String>,
    /// Only ad accounts in this currency; in all when absent.
    #[serde(default)]
    pub currency: Option<String>,
}

/// Asks for what Meta answered about the people of exactly these days.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetReach {
    #[serde(flatten)]
    pub of: AskReach,
    /// What was known at this moment; what is known now when absent.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// People, as Meta answered. Null where it left them out, which is not 0. Never to be added up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct PeopleFigures {
    /// How often it was shown.
    pub impressions: Option<u32>,
    /// How many people saw it at least once.
    pub reach: Option<u32>,
    /// Impressions / reach of this same answer, with four decimals.
    pub frequency: Option<String>,
    /// How many of them clicked, whatever on. Meta tells it of 13 months.
    pub unique_clicks: Option<u32>,
    /// How many of them clicked on the link. Meta tells it of 13 months.
    pub unique_link_clicks: Option<u32>,
}

/// The people of one object.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReachRow {
    /// Of what it is: of the rows, or of all of them together.
    pub by: RoiBy,
    /// Meta's id; of an account the bare number.
    pub external_id: String,
    /// Null while the object is not synced yet.
    pub name: Option<String>,
    pub account_id: String,
    pub account_name: String,
    #[serde(flatten)]
    pub people: PeopleFigures,
    /// When Meta answered.
    pub answered_at: DateTime<Utc>,
}

/// How the questions about an account stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReachState {
    NotAsked,
    /// Meta has not answered yet. Without a network it waits until there is one.
    Waiting,
    Answered,
    /// Meta does not answer: `error` says why. What it answered before stands.
    Refused,
}

/// The questions about one account: that of the rows, and that of all of them together.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReachAccount {
    pub id: String,
    pub external_id: String,
    pub name: String,
    pub state: ReachState,
    /// When the question was asked that waits or was refused.
    pub asked_at: Option<DateTime<Utc>>,
    /// When Meta answered, the earlier of the two answers; null until both are there.
    pub answered_at: Option<DateTime<Utc>>,
    /// Some of the days were younger than 28 when Meta answered: it may have moved them since.
    pub moving: bool,
    /// A sync after the answer found other figures for some of the days.
    pub restated: bool,
    /// Meta is not asked again before.
    pub not_before: Option<DateTime<Utc>>,
    /// Why it still waits, or why it was refused.
    pub error: Option<WireError>,
}

/// Why there are no people of everything together, or that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReachWholeState {
    Answered,
    /// Meta was not asked, or has not answered.
    Unknown,
    /// People of several ad accounts cannot be added up: some were reached by more than one.
    SeveralAccounts,
    /// Meta was asked, and nobody was reached.
    Nobody,
}

/// The people of everything together.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReachWhole {
    pub state: ReachWholeState,
    /// In how many accounts somebody was reached.
    pub accounts: u32,
    pub row: Option<ReachRow>,
}

/// What Meta answered about the people of exactly these days.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReachReport {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub as_of: Option<DateTime<Utc>>,
    /// One for each object that was shown, by account and name.
    pub rows: Vec<ReachRow>,
    pub whole: ReachWhole,
    /// By name.
    pub accounts: Vec<ReachAccount>,
}

/// Asks where one figure about people comes from.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ExplainReach {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Meta's id; of an account the bare number.
    pub external_id: String,
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// One answer of Meta's about an object.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReachVersion {
    pub answered_at: DateTime<Utc>,
    #[serde(flatten)]
    pub people: PeopleFigures,
    /// The row as it came, as JSON text.
    pub raw: String,
}

/// Every answer about one object and these days, the newest first: the first is the one shown.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReachPassport {
    pub answers: Vec<ReachVersion>,
}
