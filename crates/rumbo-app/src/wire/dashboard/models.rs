//! All models of attribution side by side.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Attribution, AttributionModel, Learned, NamedRow, RoiBy, RoiFigures};

/// Asks what every model would say.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CompareModels {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Its window, basis, refunds and half-life hold for every model; as the workspace does when
    /// absent.
    #[serde(default)]
    pub attribution: Option<Attribution>,
    /// Bring everything to this currency, row by row at the rate of its day.
    #[serde(default)]
    pub convert_to: Option<String>,
    /// What was known at this moment; what is known now when absent. Takes longer.
    #[serde(default)]
    pub as_of: Option<DateTime<Utc>>,
}

/// Every model on the same touches. The first group is the workspace's own currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ModelComparison {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub attribution: Attribution,
    /// The order of all that follows. The data-driven model only where it has enough to learn from.
    pub models: Vec<AttributionModel>,
    /// What the data-driven model learned, or how much there is to learn from.
    pub learned: Learned,
    pub groups: Vec<ModelGroup>,
    pub windows: WindowAdvice,
    /// How it came into one currency, when that was asked for.
    #[serde(default)]
    pub exchanged: Option<crate::wire::Exchanged>,
}

/// Everything in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ModelGroup {
    pub currency: String,
    /// By spend, largest first.
    pub rows: Vec<ModelRow>,
    /// Under each model: what no touch stands behind, and what went to touches that name no ad.
    pub unattributed: Vec<RoiFigures>,
    /// Under the first model.
    pub total: RoiFigures,
    /// Under each model: the same, but that opportunities count in the currency of the account
    /// they are credited to, and everything on that account's days.
    pub totals: Vec<RoiFigures>,
    /// For each two models the part of the revenue that they give to different rows, 0 to 1; null
    /// without revenue.
    pub disagreement: Vec<Vec<Option<String>>>,
}

/// One row under every model.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ModelRow {
    #[serde(flatten)]
    pub row: NamedRow,
    /// Under each model.
    pub figures: Vec<RoiFigures>,
    /// How much its revenue depends on the model: (largest − smallest) / largest, in percent.
    pub spread: Option<String>,
}

/// What the sales of the period say of windows.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WindowAdvice {
    pub sales: u32,
    /// Of these, those with a touch before them, however long ago.
    pub with_touch: u32,
    /// Narrow to wide.
    pub windows: Vec<WindowShare>,
    /// The narrowest of them that keeps 95 % of the sales with a touch; null when none does, or
    /// when there are fewer than 30 such sales.
    pub suggested: Option<u32>,
}

/// What one window keeps.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WindowShare {
    pub days: u32,
    /// Sales whose last touch lies within it; the others would not be attributed.
    pub kept: u32,
    /// Of the sales with a touch, in percent.
    pub kept_percent: Option<String>,
    /// Sales all of whose touches lie within it.
    pub whole: u32,
    pub whole_percent: Option<String>,
}
