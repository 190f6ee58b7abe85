//! Views of figures, kept under a name.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::SavedViewId;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Attribution, RoiBy};

/// Which screen a view is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ViewScreen {
    Campaigns,
    Creatives,
}

impl ViewScreen {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns",
            Self::Creatives => "creatives",
        }
    }
}

/// The days of a view: the last so many, which move on with the calendar, or always the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum ViewPeriod {
    #[serde(rename = "7")]
    Seven,
    #[serde(rename = "30")]
    Thirty,
    #[serde(rename = "90")]
    Ninety,
    #[serde(rename = "month")]
    Month,
    #[serde(rename = "custom")]
    Custom { from: NaiveDate, to: NaiveDate },
}

/// What a view is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ViewComparison {
    Previous,
    Year,
    None,
}

/// The columns of a view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ViewColumns {
    /// Ids of metrics, `account_name` and `campaign_name`, in order.
    pub shown: Vec<String>,
    /// Those that stay beside the name.
    pub pinned: Vec<String>,
    /// In pixels, of those that were made wider or narrower.
    pub widths: BTreeMap<String, u32>,
}

/// What the rows are ordered by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ViewSort {
    /// The id of a column, or `name`.
    pub id: String,
    /// Largest first.
    pub down: bool,
}

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ViewFilterOp {
    Any,
    Least,
    Most,
}

/// A filter of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ViewFilter {
    /// `status`, `account`, `campaign`, or the id of a metric.
    pub field: String,
    pub op: ViewFilterOp,
    /// For `any` the values that pass; else one decimal text.
    pub values: Vec<String>,
}

/// Everything a view is made of: opening it shows the same again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ViewState {
    /// What a row is.
    pub by: RoiBy,
    pub period: ViewPeriod,
    pub comparison: ViewComparison,
    /// How to credit; as the workspace does when null.
    pub attribution: Option<Attribution>,
    pub columns: ViewColumns,
    pub sort: ViewSort,
    pub filters: Vec<ViewFilter>,
    /// Whether each figure shows how it moved.
    pub changes: bool,
    /// Keys of the rows that stand first.
    pub pinned_rows: Vec<String>,
}

/// Asks for the saved views.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListSavedViews {
    /// Only those of this screen.
    #[serde(default)]
    pub screen: Option<ViewScreen>,
}

/// Keeps a view.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SaveView {
    /// In place of this one; a new one when null.
    pub id: Option<SavedViewId>,
    pub screen: ViewScreen,
    pub name: String,
    pub state: ViewState,
}

/// Removes a view.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveView {
    pub id: SavedViewId,
}

/// A view under its name.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SavedView {
    pub id: SavedViewId,
    pub screen: ViewScreen,
    /// Unique on its screen.
    pub name: String,
    pub state: ViewState,
    pub updated_at: DateTime<Utc>,
}
