//! Settings at Meta that were not the same at two syncs.

use chrono::{DateTime, Utc};
use rumbo_ads::setting_changes as inside;
use rumbo_base::SettingChangeId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a changed setting is about (docs/setting-changes.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// A creative enhancement of Meta's.
    Enhancement,
    /// Meta decides on people or places.
    Automation,
    Budget,
    Bidding,
    Status,
    Audience,
    Placement,
    /// What counts as a result, and what links tell the website.
    Measurement,
    Schedule,
    /// What an ad says and shows.
    Creative,
    Other,
}

macro_rules! same {
    ($wire:ident: $($name:ident),+) => {
        impl From<inside::$wire> for $wire {
            fn from(value: inside::$wire) -> Self {
                match value { $(inside::$wire::$name => Self::$name,)+ }
            }
        }

        impl From<$wire> for inside::$wire {
            fn from(value: $wire) -> Self {
                match value { $($wire::$name => Self::$name,)+ }
            }
        }
    };
}

same!(SettingKind: Enhancement, Automation, Budget, Bidding, Status, Audience, Placement, Measurement, Schedule, Creative, Other);

/// How much a changed setting may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Money, or Meta deciding.
    High,
    Medium,
    /// Something of Meta's turned off.
    Low,
}

same!(Severity: High, Medium, Low);

/// Which of Meta's objects a setting is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SettingLevel {
    Campaign,
    AdSet,
    Ad,
    Creative,
}

same!(SettingLevel: Campaign, AdSet, Ad, Creative);

/// Asks for a page of changed settings, the newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListSettingChanges {
    /// Only of this ad account, by local id or Meta's.
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub kind: Option<SettingKind>,
    /// Those that somebody marked as meant, too.
    #[serde(default)]
    pub expected_too: bool,
    /// Seen then or later.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
    pub page: super::PageRequest,
}

/// A setting that was not the same at two syncs.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SettingChange {
    pub id: SettingChangeId,
    /// The number of the sync that saw it.
    pub run: u32,
    pub seen_at: DateTime<Utc>,
    /// When it was last read as before.
    pub last_read_at: DateTime<Utc>,
    pub account_id: String,
    pub account_name: String,
    pub level: SettingLevel,
    /// The local id of the object, where it is still there.
    pub object_id: Option<String>,
    /// Meta's id of the object.
    pub external_id: String,
    /// What the object is called now.
    pub name: String,
    /// The campaign of an ad set or an ad.
    pub campaign_id: Option<String>,
    pub campaign_name: Option<String>,
    /// How many ads show a creative.
    pub shown_by: u32,
    /// Meta's name, deeper parts after dots, such as `targeting.age_max`.
    pub field: String,
    pub kind: SettingKind,
    pub severity: Severity,
    /// Whether the setting is a list: then `before` is what went and `after` what came.
    pub list: bool,
    /// What it was: one text, or one for each entry of a list. Empty where it was not set. Amounts
    /// are decimal text in `currency`; what is more than a text is JSON.
    pub before: Vec<String>,
    /// What it is now.
    pub after: Vec<String>,
    /// The currency of amounts.
    pub currency: Option<String>,
    /// When somebody marked it as meant.
    pub expected_at: Option<DateTime<Utc>>,
    pub expected_by: Option<String>,
}

/// Marks changed settings as meant, or takes the mark away.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct MarkSettingChange {
    /// At least one, 1,000 at most.
    pub ids: Vec<SettingChangeId>,
    pub expected: bool,
}

/// What marking did.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MarkedSettingChanges {
    /// How many are marked otherwise than before.
    pub changed: u32,
    /// The rows as they are now.
    pub rows: Vec<SettingChange>,
}
