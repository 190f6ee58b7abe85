//! Which rows moved a number of the whole.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::super::{DateRange, Exchanged};
use super::{Attribution, GetRoi, NamedRow, RoiBy};

/// Asks which rows moved a number of the whole.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetContributions {
    /// The later report. It is compared with another period, `compare_with`, whether `compare` is set or
    /// not, unless there is a `since`.
    pub report: GetRoi,
    /// The id of a metric.
    pub metric: String,
    /// Compare with the same days as they were known at this moment.
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
}

/// Which rows moved a number. The first group is the workspace's own currency, or the one converted to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Contributions {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The days of the earlier report.
    pub compared: DateRange,
    /// The moment of the earlier report, where that is what it is compared with.
    pub since: Option<DateTime<Utc>>,
    /// The moment of the later report; null for now.
    pub as_of: Option<DateTime<Utc>>,
    pub attribution: Attribution,
    pub metric: String,
    /// Where a currency could be converted in one report alone there is no group of it, and none of the
    /// one converted to: `exchanged` tells which.
    pub groups: Vec<ContributionGroup>,
    /// How the later report came into one currency, when that was asked for.
    pub exchanged: Option<Exchanged>,
}

/// Everything in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ContributionGroup {
    pub currency: String,
    /// The number itself; its `contribution` is what it moved by.
    pub whole: Contribution,
    /// Those that moved it most first.
    pub rows: Vec<ContributionRow>,
    /// What is not attributed; null where nothing is, and for quotients of `both`, which are of what is
    /// attributed.
    pub unattributed: Option<Contribution>,
}

/// A row of one report or both.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ContributionRow {
    #[serde(flatten)]
    pub row: NamedRow,
    #[serde(flatten)]
    pub moved: Contribution,
}

/// What was, what is, and by how much it moved the whole. `mix` and `rate` are `contribution`, and all
/// contributions are what the whole moved by.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Contribution {
    pub before: Option<String>,
    pub after: Option<String>,
    /// Its part of what the whole is divided by, in percent. Null of a sum.
    pub weight_before: Option<String>,
    pub weight_after: Option<String>,
    /// By how much another weight of it moved the whole. Null of a sum.
    pub mix: Option<String>,
    /// By how much being another quotient itself moved the whole. Null of a sum.
    pub rate: Option<String>,
    pub contribution: Option<String>,
}

impl From<rumbo_insight::Contribution> for Contribution {
    fn from(moved: rumbo_insight::Contribution) -> Self {
        Self {
            before: moved.before,
            after: moved.after,
            weight_before: moved.weight_before,
            weight_after: moved.weight_after,
            mix: moved.mix,
            rate: moved.rate,
            contribution: moved.contribution,
        }
    }
}
