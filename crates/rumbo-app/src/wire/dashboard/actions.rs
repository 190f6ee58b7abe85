//! What Meta told of actions, and which of them are counted.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ActionKind, ActionPlace};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Shares;

/// Asks for every action type that Meta told in a period.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetActionMap {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only these ad accounts, by local id or Meta's; all when empty.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// What was known at this moment; what is known now when absent. It is counted by the present
    /// lists either way.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// An amount in a currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionValue {
    pub currency: String,
    pub amount: String,
}

/// Actions added up.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CountedActions {
    /// A number with decimals where Meta models it.
    pub count: Shares,
    /// By currency.
    pub values: Vec<ActionValue>,
    /// On how many ad-days.
    pub ad_days: u32,
}

/// A count by attribution window.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionWindow {
    /// In Meta's words, such as `7d_click`.
    pub window: String,
    pub count: Shares,
}

/// An action type that Meta told.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionTypeRow {
    /// Meta's name.
    pub action_type: String,
    pub kind: ActionKind,
    /// What all types of the same event have in common.
    pub event: String,
    /// Where it looks for the event; empty for what has no place, such as a click.
    pub places: Vec<ActionPlace>,
    #[serde(flatten)]
    pub told: CountedActions,
    pub ads: u32,
    pub days: u32,
    pub accounts: u32,
    /// By attribution window; empty where Meta was not asked for windows.
    pub windows: Vec<ActionWindow>,
    /// What of it counts as leads; null where nothing does.
    pub as_leads: Option<CountedActions>,
    /// What of it counts as purchases; null where nothing does.
    pub as_purchases: Option<CountedActions>,
    /// Others that count the same events, at least in part: never to be added to this one.
    pub overlaps: Vec<String>,
    /// The narrowest other one that counts everything this one does.
    pub within: Option<String>,
}

/// Where the first entry of a list was missing on some ad-days of an ad account.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionFallback {
    pub account_id: String,
    pub account_name: String,
    /// The types that were taken instead; empty when the list has none of what Meta told.
    pub taken: Vec<String>,
    pub ad_days: u32,
    /// What was taken; where nothing was, the most that one type told.
    pub count: Shares,
}

/// Types of one entry of a list that count the same events.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionsAddedTwice {
    pub one: String,
    pub other: String,
}

/// What Meta told of leads, or of purchases.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionEvent {
    /// The list: entries, most wanted first; types joined by `+` are summed.
    pub list: Vec<String>,
    /// Whether that is the default list.
    pub is_default: bool,
    /// The figure of reports (`meta_leads`, `meta_purchases`): each ad-day a whole number.
    pub figure: i32,
    /// The same before it is rounded, and its value.
    pub counted: CountedActions,
    /// Every type of the event added up, which counts the same events more than once.
    pub summed: CountedActions,
    /// How many types tell it.
    pub types: u32,
    pub fallbacks: Vec<ActionFallback>,
    pub added_twice: Vec<ActionsAddedTwice>,
}

/// Every action type of a period, and what is counted of it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ActionMapReport {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub leads: ActionEvent,
    pub purchases: ActionEvent,
    /// By kind, the widest of each event first.
    pub types: Vec<ActionTypeRow>,
}
