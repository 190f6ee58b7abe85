//! An Ads Manager export against what is stored.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::Reason;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Compares an Ads Manager export with what is stored, cell by cell. Changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AuditCsv {
    pub path: String,
    /// As for an import of ads; what is found in the file when absent. The account of a file that
    /// does not name it is the constant `account`.
    #[serde(default)]
    pub mapping: Option<super::ImportMapping>,
}

/// What a row of an export is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditLevel {
    Account,
    Campaign,
    AdSet,
    Ad,
}

/// Why a cell differs; docs/csv-audit.md says what stands in the evidence of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditCause {
    OtherCurrency,
    DaysNotRead,
    Restated,
    ReplacedByFile,
    DayShift,
    ActionType,
    AttributionWindow,
    AttributionSetting,
    Follows,
    Rounding,
    NotSettled,
    FromFile,
    ObjectDeleted,
    RowsNotRead,
    Unknown,
}

/// Why a row of the file was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditUnmatchedWhy {
    UnknownId,
    UnknownName,
    SharedName,
    Twice,
    NotStored,
    Unreadable,
}

/// Why a cell was not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuditNotComparedWhy {
    /// Reach and frequency cannot be added up: ask Meta for this period.
    OneAnswer,
    /// The file does not say what its results are of.
    ResultKindUnknown,
    /// A quotient of a totals row without the columns it is made of.
    PartsMissing,
}

/// Names of a campaign, an ad set and an ad, as far as they apply.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditNames {
    pub campaign: Option<String>,
    pub ad_set: Option<String>,
    pub ad: Option<String>,
}

/// A cell that differs.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditDifference {
    /// Of the file, counted from 1, the header included.
    pub line: u32,
    /// Null for a totals row, which is compared with the rows of the file.
    pub level: Option<AuditLevel>,
    pub names: AuditNames,
    pub external_id: Option<String>,
    pub days: super::DateRange,
    /// The id of a metric, or `reach`, `frequency`, `results`, `cost_per_result`,
    /// `messaging_started`, `landing_page_views`.
    pub figure: String,
    /// `money`, `count`, `percent` or `ratio`.
    pub unit: String,
    /// Decimal text; null for an empty cell.
    pub file: Option<String>,
    /// What Rumbo has, or for a totals row the sum of the rows; null where there is nothing.
    pub stored: Option<String>,
    /// The first less the second; null between two currencies.
    pub difference: Option<String>,
    pub cause: AuditCause,
    pub evidence: BTreeMap<String, String>,
}

/// How many cells differ for a cause.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditCauseCount {
    pub cause: AuditCause,
    pub cells: u32,
}

/// Cells that were not compared.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditNotCompared {
    pub figure: String,
    pub why: AuditNotComparedWhy,
    pub cells: u32,
}

/// A row of the file that has nothing to be compared with.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditUnmatched {
    pub line: u32,
    pub level: Option<AuditLevel>,
    /// As the file has them.
    pub names: AuditNames,
    pub days: Option<super::DateRange>,
    pub spend: Option<String>,
    pub why: AuditUnmatchedWhy,
    /// `count` of a shared name, `line` of the other row of one day.
    pub evidence: BTreeMap<String, String>,
    /// Of a row that is not stored, with its evidence above.
    pub cause: Option<AuditCause>,
    /// Of an unreadable row: the sentence in English, and what it is told by in other languages.
    pub reason: Option<String>,
    pub reason_id: Option<Reason>,
    pub params: BTreeMap<String, String>,
}

/// What is stored of the file's days and has no row in the file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditNotInFile {
    pub level: AuditLevel,
    pub names: AuditNames,
    pub external_id: Option<String>,
    /// From the first such day to the last.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub days: u32,
    /// In the account's currency.
    pub spend: Option<String>,
    pub impressions: Option<String>,
}

/// What an audit found.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CsvAudit {
    /// The name of the ad account.
    pub account: String,
    /// Meta's number of it.
    pub account_id: String,
    /// Of its days.
    pub timezone: String,
    /// Of the stored money.
    pub currency: String,
    /// Of the money of the file, where it says one.
    pub file_currency: Option<String>,
    pub level: AuditLevel,
    pub days: Option<super::DateRange>,
    /// When any of these days was last read from Meta.
    pub read_at: Option<DateTime<Utc>>,
    pub rows_read: u32,
    pub rows_compared: u32,
    pub totals_rows: u32,
    pub duplicates: u32,
    pub cells_compared: u32,
    pub cells_equal: u32,
    pub cells_different: u32,
    /// The most frequent first.
    pub causes: Vec<AuditCauseCount>,
    pub not_compared: Vec<AuditNotCompared>,
    /// In the order of the file, the first 5,000.
    pub differences: Vec<AuditDifference>,
    /// The first 1,000.
    pub unmatched: Vec<AuditUnmatched>,
    pub unmatched_rows: u32,
    /// The first 1,000.
    pub not_in_file: Vec<AuditNotInFile>,
    pub not_in_file_objects: u32,
}
