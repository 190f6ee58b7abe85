//! Why a report changed.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_insight::Cause;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::super::{ChangedRate, Exchanged, MissingRates};
use super::{
    Attribution, GetRoi, MetricNames, NamedRow, PassportAdDay, PassportOutcome, PassportSum, RoiBy,
};

/// Why a figure changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCause {
    /// The same rows by other rates of exchange: rates were corrected, entered or imported since.
    Currency,
    /// Days that had not ended then, with what was delivered and sold on them.
    NewDays,
    /// Meta says something else of a day that was known.
    Restated,
    /// Leads, opportunities and sales of earlier days that became known or were completed later.
    Late,
    /// Money given back since.
    Refunds,
    /// Amounts and days that were set right, sales that were cancelled.
    Corrected,
    /// The same leads, opportunities and sales, credited to something else or with another day.
    Reattributed,
    /// Another way of crediting, another time zone.
    Definition,
    /// What none of these explains: always nothing, or Rumbo is wrong.
    Unexplained,
}

impl From<Cause> for ChangeCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Currency => Self::Currency,
            Cause::NewDays => Self::NewDays,
            Cause::Restated => Self::Restated,
            Cause::Late => Self::Late,
            Cause::Refunds => Self::Refunds,
            Cause::Corrected => Self::Corrected,
            Cause::Reattributed => Self::Reattributed,
            Cause::Definition => Self::Definition,
            Cause::Unexplained => Self::Unexplained,
        }
    }
}

impl ChangeCause {
    /// The cause as the reports have it; `None` is never the answer, since every cause is listed.
    pub fn listed(self) -> Option<Cause> {
        Cause::ALL
            .into_iter()
            .find(|cause| Self::from(*cause) == self)
    }
}

/// A cause and its name, as the interface has it in its bindings.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeCauseName {
    pub id: &'static str,
    pub names: MetricNames,
}

/// Every cause, in the order of all lists of parts.
pub fn change_causes() -> Vec<ChangeCauseName> {
    Cause::ALL
        .into_iter()
        .map(|cause| ChangeCauseName {
            id: cause.id(),
            names: cause.names().into(),
        })
        .collect()
}

/// Asks why a report says something else than before.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetChanges {
    /// The later report; its `as_of` is the later moment, now when absent. Comparison, spend and new
    /// customers need not be asked for.
    pub report: GetRoi,
    /// The moment of the earlier report.
    pub since: DateTime<Utc>,
    /// How the earlier report credited; as the later one when absent.
    #[serde(default)]
    pub attribution_then: Option<Attribution>,
}

/// Asks which rows a cause's part of a figure is made of.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ExplainChange {
    /// The two reports.
    pub changes: GetChanges,
    pub cause: ChangeCause,
    pub currency: String,
    /// `total`, `unattributed`, or the key of a row, as in [`super::ExplainNumber`].
    pub row: String,
    /// The id of a metric.
    pub metric: String,
    /// How many rows of Meta's, and how many of the CRM's, are listed at most; 1,000 when absent.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// The rows behind a part of a change. Each is as the later report has it, or as the earlier one had it
/// where it is gone; `adds` is what it adds to the part, which what it took away makes negative.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChangePassport {
    pub cause: ChangeCause,
    pub currency: String,
    pub row: String,
    pub metric: String,
    /// What the cause added to each sum of the metric. Of a metric that is a sum, that is the part.
    pub sums: Vec<PassportSum>,
    pub ad_days: Vec<PassportAdDay>,
    pub ad_days_count: u32,
    pub outcomes: Vec<PassportOutcome>,
    pub outcomes_count: u32,
}

/// Why a report changed. The first group is the workspace's own currency, or the one converted to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Changes {
    pub by: RoiBy,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub since: DateTime<Utc>,
    /// Null for now.
    pub until: Option<DateTime<Utc>>,
    pub attribution_then: Attribution,
    pub attribution: Attribution,
    /// The order of all parts.
    pub causes: Vec<ChangeCause>,
    pub groups: Vec<ChangeGroup>,
    /// How the later report came into one currency, when that was asked for.
    pub exchanged: Option<Exchanged>,
    /// What could not be converted of the earlier one, and stood on its own there.
    pub missing_then: Vec<MissingRates>,
    /// The rates for rows of the earlier report that are others now, by currency and day.
    pub rates: Vec<ChangedRate>,
}

/// Everything in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChangeGroup {
    pub currency: String,
    /// The rows in which something changed.
    pub rows: Vec<ChangeRow>,
    pub unattributed: Vec<MetricChange>,
    pub total: Vec<MetricChange>,
}

/// A row of both reports.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChangeRow {
    #[serde(flatten)]
    pub row: NamedRow,
    /// The metrics that changed.
    pub metrics: Vec<MetricChange>,
}

/// One metric. `before` and all parts are `after`.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MetricChange {
    pub metric: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// What each cause added, in the order of `causes`. Of a quotient: what it moved by when the
    /// causes are laid on its sums in that order. Null where one of the two values is not known.
    pub parts: Vec<Option<String>>,
}

impl MetricChange {
    /// Whether it is another value, or some cause moved it even if another one moved it back.
    pub fn moved(&self) -> bool {
        self.before != self.after || self.parts.iter().flatten().any(|part| is_something(part))
    }
}

/// Whether a part is anything but 0.
pub fn is_something(part: &str) -> bool {
    part.bytes().any(|digit| (b'1'..=b'9').contains(&digit))
}
