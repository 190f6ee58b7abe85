//! Imports from files, and exports.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::Reason;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// An Ads Manager export.
    Ads,
    Contacts,
    Opportunities,
    Sales,
    /// What was spent outside the ad accounts.
    Spend,
}

/// Which column of the file fills which field. Written by hand for `--map`, or made on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct ImportMapping {
    /// Whether the first row names the columns. True when absent.
    pub header: Option<bool>,
    /// `,` `;` a tab, `|`, or `whitespace`. Found out when absent.
    pub delimiter: Option<String>,
    /// Field → name of the column, or its place counted from 1 written as `#1`.
    pub columns: std::collections::BTreeMap<String, String>,
    /// Field → a value used for every row.
    pub constants: std::collections::BTreeMap<String, String>,
    /// `iso`, `dmy`, `mdy` or `ymd`. Found out from the column when absent.
    pub date_format: Option<String>,
    /// `.` or `,`. Found out from the column when absent.
    pub decimal: Option<String>,
    /// IANA zone of times without one; the workspace's when absent.
    pub timezone: Option<String>,
    /// Currency of amounts without one; the workspace's when absent.
    pub currency: Option<String>,
}

/// Looks at a file without importing it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct PreviewImport {
    pub kind: ImportKind,
    pub path: String,
    /// A suggestion is made when absent.
    pub mapping: Option<ImportMapping>,
}

/// A field that a file can fill.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportField {
    pub field: String,
    pub required: bool,
}

/// What a file looks like.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportPreview {
    pub encoding: String,
    pub delimiter: Option<String>,
    pub sheet: Option<String>,
    pub rows: u32,
    pub columns: Vec<String>,
    /// The first 20 rows, as text.
    pub sample: Vec<Vec<String>>,
    pub fields: Vec<ImportField>,
    /// The mapping given, or the one suggested.
    pub mapping: ImportMapping,
    /// What stands in the way, in sentences.
    pub problems: Vec<super::WireError>,
}

/// Imports a file, or says what importing it would do.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RunImport {
    pub kind: ImportKind,
    pub path: String,
    pub mapping: Option<ImportMapping>,
    /// Change nothing; only report.
    pub dry_run: bool,
    /// Where to write rejected rows; beside the file when absent.
    pub rejected_path: Option<String>,
}

/// A row that was not imported.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RejectedRow {
    /// Counted from 1, the header included.
    pub line: u32,
    /// Why, in English.
    pub reason: String,
    /// Why, as docs/errors.md lists it: what the interface translates by.
    pub reason_id: Option<Reason>,
    /// The values of the sentence.
    pub params: BTreeMap<String, String>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportReport {
    pub kind: ImportKind,
    pub dry_run: bool,
    pub rows_read: u32,
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub rejected: u32,
    /// Contacts made along the way.
    pub contacts_added: u32,
    /// Rows of totals, which are left out; in files of ad figures and of what was spent.
    #[serde(default)]
    pub totals_rows: u32,
    /// Sums of what the file holds, by currency.
    pub totals: Vec<super::CurrencyAmount>,
    /// The first 100.
    pub rejections: Vec<RejectedRow>,
    /// Where all of them are, with their reasons.
    pub rejected_file: Option<String>,
    /// Of an Ads Manager file: where it went and what was checked.
    pub ads: Option<AdsImportChecks>,
}

/// Where an Ads Manager file went, and what was checked on the way.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AdsImportChecks {
    /// The name of the ad account.
    pub account: String,
    /// The account was not here before.
    pub account_made: bool,
    /// The first and the last day of the rows.
    pub days: Option<super::DateRange>,
    /// Ad-days of an earlier file that this one replaces and does not have.
    pub removed: u32,
    /// Rows of totals and means, which are left out.
    pub totals_rows: u32,
    /// Rows that stand in the file twice, letter by letter, and count once.
    pub duplicates: u32,
    /// Rows of days that a sync has read: compared and not written.
    pub covered: u32,
    /// What should be the same and is not. Empty when everything agrees.
    pub differences: Vec<AdsImportDifference>,
}

/// Two figures that should be the same and are not.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AdsImportDifference {
    /// The day that a sync has read otherwise; null for a totals row of the whole file.
    pub day: Option<NaiveDate>,
    /// `spend` or `impressions`.
    pub figure: String,
    /// What the rows of the file sum to.
    pub file: String,
    /// What the totals row, or the sync, says.
    pub other: String,
}

/// Asks for saved mappings.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListMappings {
    pub kind: ImportKind,
}

/// Keeps a mapping under a name, replacing one of the same name.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SaveMapping {
    pub kind: ImportKind,
    pub name: String,
    pub mapping: ImportMapping,
}

/// A saved mapping.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SavedMapping {
    pub name: String,
    pub mapping: ImportMapping,
    pub updated_at: DateTime<Utc>,
}

/// What an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    Roi,
    Creatives,
    Contacts,
    Opportunities,
    Sales,
    Spend,
    Insights,
}

/// Writes a file with a table.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ExportTable {
    pub kind: ExportKind,
    pub path: String,
    /// For `roi`, `creatives` and `insights`.
    pub roi: Option<super::GetRoi>,
    /// Columns in the order of the screen; all of them when empty.
    pub columns: Vec<String>,
    /// Local ids of the rows in the order of the screen; all rows when empty.
    pub row_ids: Vec<String>,
    /// Of CSV: `;` and a decimal comma, as spreadsheets in Spanish and Portuguese expect.
    pub semicolon: bool,
    /// CSV when absent.
    #[serde(default)]
    pub format: super::ScreenFormat,
}

/// What was written.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Exported {
    pub path: String,
    pub rows: u32,
}
