//! What was spent outside the ad accounts.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::ChannelSpendId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for a page of what was spent on other channels, newest day first.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListSpend {
    /// Only of this day and later.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Only of this day and earlier.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Only on this platform.
    #[serde(default)]
    pub platform: Option<String>,
    /// Only on the campaign of exactly this name.
    #[serde(default)]
    pub campaign: Option<String>,
    /// Also what was taken away.
    #[serde(default)]
    pub removed: bool,
    pub page: super::PageRequest,
}

/// Asks what was spent on each campaign of each platform.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SumSpend {
    /// Only of this day and later.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Only of this day and earlier.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Only on this platform.
    #[serde(default)]
    pub platform: Option<String>,
}

/// What was spent on a campaign of a platform on a day of the workspace.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SpendRow {
    pub id: ChannelSpendId,
    pub day: NaiveDate,
    /// `google_ads`, `tiktok_ads`, `sms`, `email`, `agency`, `fee`, `other`, or a word of the
    /// business's own.
    pub platform: String,
    /// Null for none.
    pub campaign: Option<String>,
    pub note: Option<String>,
    pub amount: String,
    pub currency: String,
    /// The file that brought it, or changed it last; null where it was entered by hand.
    pub file_name: Option<String>,
    /// When it was taken away; null while it counts.
    pub removed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Who entered or changed it last; null when nobody is known.
    pub changed_by: Option<String>,
    /// What it said before, newest first.
    pub replaced: Vec<ReplacedSpend>,
}

/// What a row said until it was changed or taken away.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReplacedSpend {
    pub day: NaiveDate,
    pub platform: String,
    pub campaign: Option<String>,
    pub note: Option<String>,
    pub amount: String,
    pub currency: String,
    /// It had been taken away, and came back.
    pub removed_at: Option<DateTime<Utc>>,
    pub replaced_at: DateTime<Utc>,
    pub replaced_by: Option<String>,
}

/// What was spent on a campaign of a platform, in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SpendSum {
    pub platform: String,
    /// Null for none.
    pub campaign: Option<String>,
    pub currency: String,
    pub amount: String,
    /// How many rows there are, and their first and last day.
    pub entries: u32,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// Enters what was spent: on one day, or spread evenly over several, one row for each.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AddSpend {
    pub from: NaiveDate,
    /// The last day; `from` alone when absent.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    pub platform: String,
    #[serde(default)]
    pub campaign: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// Of all days together.
    pub amount: String,
    /// The workspace's when absent.
    #[serde(default)]
    pub currency: Option<String>,
}

/// Corrects a row. What is absent stays; an empty campaign or note is taken away.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ChangeSpend {
    pub id: ChannelSpendId,
    #[serde(default)]
    pub day: Option<NaiveDate>,
    #[serde(default)]
    pub platform: Option<String>,
    #[serde(default)]
    pub campaign: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub amount: Option<String>,
    #[serde(default)]
    pub currency: Option<String>,
}

/// Takes a row away.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveSpend {
    pub id: ChannelSpendId,
}

/// Brings a row back that was taken away.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RestoreSpend {
    pub id: ChannelSpendId,
}
