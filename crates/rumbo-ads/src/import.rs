//! Import of Ads Manager exports, for those without an API: CSV and XLSX, with headers in English,
//! Spanish or Portuguese. `docs/decisions/0003-ads-imports.md` says how file rows and rows from the
//! API live together: an account day that a sync has read is compared and never touched, and what
//! a file says of a campaign on a day replaces what an earlier file said, so nothing is ever added
//! twice.

pub(crate) mod columns;
pub(crate) mod place;
mod rejected;
pub(crate) mod rows;
mod store;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Code, Currency, DateRange, Error, Micros, Reason, Result, Told};
use rumbo_platform::Scope;
use rumbo_platform::table_file::{
    self, DateOrder, DecimalMark, Delimiter, Format, ReadOptions, Table,
};
use serde::{Deserialize, Serialize};

use crate::insights::SliceCounts;

pub use columns::{FIELDS, suggest};

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![place::STATEMENTS, store::STATEMENTS]
}

/// Which column of the file fills which field: what a person writes as JSON for `--map FILE`. Every
/// key may be left out.
///
/// ```json
/// { "columns": { "day": "Fecha", "spend": "Gasto" }, "currency": "ARS", "decimal": ",",
///   "date_format": "dmy", "account": "act_418209377716" }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdsMapping {
    /// Field (see [`FIELDS`]) → name of the column, or its place counted from 1 written as `#1`.
    /// Columns of Ads Manager's own names are found without.
    pub columns: BTreeMap<String, String>,
    /// `,`, `;`, `tab` or `|`. Found out when absent.
    pub delimiter: Option<String>,
    /// `dmy`, `mdy`, or `ymd` (also `iso`). Found out from the column when absent.
    pub date_format: Option<String>,
    /// `.` or `,`. Found out from each column when absent.
    pub decimal: Option<String>,
    /// The currency of the money, where neither the spend header nor a column says it.
    pub currency: Option<String>,
    /// The ad account the file is of, `act_N`, its number, or its name. Needed only when the
    /// workspace has several and the file does not say.
    pub account: Option<String>,
}

/// What a file looks like.
#[derive(Debug)]
pub struct AdsPreview {
    /// How it is written.
    pub format: Format,
    /// Rows without the header.
    pub rows: usize,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The first 20 rows, as text.
    pub sample: Vec<Vec<String>>,
    /// The mapping given, with the columns that were found filled in.
    pub mapping: AdsMapping,
    /// What stands in the way of importing it; each names the field or setting to choose.
    pub problems: Vec<Error>,
}

/// How to run an import.
#[derive(Clone, Debug, Default)]
pub struct AdsImportOptions {
    /// The mapping; what is found in the file when absent.
    pub mapping: Option<AdsMapping>,
    /// Change nothing, and report what would be done.
    pub dry_run: bool,
    /// Where to write the rejected rows with their reasons. Nothing is written when there are
    /// none, and by a dry run.
    pub rejected_to: Option<PathBuf>,
}

/// What an import did, or would do.
#[derive(Clone, Debug)]
pub struct AdsImportReport {
    /// Nothing was changed.
    pub dry_run: bool,
    /// The run in the history; `None` for a dry run.
    pub run: Option<i64>,
    /// The account the rows went to; `None` for a dry run that would make one.
    pub account: Option<AdAccountId>,
    /// Its name.
    pub account_name: String,
    /// The account was not here before this import.
    pub account_made: bool,
    /// The currency of the money.
    pub currency: Currency,
    /// The days of the rows, where there are any.
    pub days: Option<DateRange>,
    /// Rows of the file, totals among them.
    pub rows_read: u32,
    /// Totals and mean rows, which were left out.
    pub totals_rows: u32,
    /// Rows that stand in the file twice, letter by letter, and count once.
    pub duplicates: u32,
    /// Rows of days that a sync has read: compared and not written.
    pub covered: u32,
    /// What was written.
    pub counts: SliceCounts,
    /// Rows that could not be read.
    pub rejected: u32,
    /// The first 100 of them.
    pub rejections: Vec<AdsRejection>,
    /// Whether the file of rejected rows was written.
    pub rejected_file: bool,
    /// The spend of all rows that were not rejected, covered ones too.
    pub spend: Micros,
    /// What does not agree: a totals row with the sum of the rows, or a covered day with what the
    /// sync has.
    pub differences: Vec<AdsDifference>,
}

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdsRejection {
    /// Where it stands in the file, counted from 1, the header included.
    pub row: usize,
    /// Why.
    pub reason: String,
    /// What tells it in another language.
    pub told: Told,
}

/// Two figures that should be the same and are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdsDifference {
    /// The day; `None` for a totals row of the whole file.
    pub day: Option<NaiveDate>,
    /// What they are of.
    pub figure: Checked,
    /// What the rows of the file sum to. Money in millionths.
    pub file: i64,
    /// What the totals row, or the store, says.
    pub other: i64,
}

/// A figure that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// In millionths.
    Spend,
    Impressions,
}

/// Looks at a file without importing it.
///
/// # Errors
/// `NotFound` or `InvalidInput` when it cannot be read as a table.
pub async fn preview(
    scope: &Scope,
    path: &Path,
    mapping: Option<&AdsMapping>,
) -> Result<AdsPreview> {
    let mapping = mapping.cloned().unwrap_or_default();
    let table = read(path, &mapping).await?;
    let mut problems = Vec::new();
    let columns = match columns::find(&table, &mapping) {
        Ok(columns) => columns,
        Err(error) => {
            problems.push(error);
            columns::Columns::default()
        }
    };
    if problems.is_empty() {
        match rows::parse(&table, &columns, &mapping) {
            Ok(parsed) => {
                let mut tx = scope.read().await?;
                let chosen = place::choose_account(&mut tx, scope, &mapping, &parsed).await;
                problems.extend(chosen.err());
            }
            Err(error) => problems.push(error),
        }
    }
    Ok(AdsPreview {
        format: table.format.clone(),
        rows: table.rows.len(),
        columns: table.header.clone().unwrap_or_default(),
        sample: table
            .rows
            .iter()
            .take(20)
            .map(|row| row.cells.iter().map(table_file::Cell::raw).collect())
            .collect(),
        mapping: AdsMapping {
            columns: columns.names(&table),
            ..mapping
        },
        problems,
    })
}

/// Imports a file: all rows that can be kept together or, with `dry_run`, nothing.
///
/// # Errors
/// `NotFound` or `InvalidInput` that says which column, setting or row to mend, or that the
/// rejected rows cannot be written; then nothing was changed.
pub async fn run(
    scope: &Scope,
    path: &Path,
    options: &AdsImportOptions,
) -> Result<AdsImportReport> {
    let mapping = options.mapping.clone().unwrap_or_default();
    let table = read(path, &mapping).await?;
    let columns = columns::find(&table, &mapping)?;
    let parsed = rows::parse(&table, &columns, &mapping)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut tx = scope.write().await?;
    let mut report = store::store(&mut tx, scope, &mapping, &table, &parsed, &name).await?;
    report.dry_run = options.dry_run;
    // Before the commit: rows that were rejected and are nowhere to be found would be lost.
    if let Some(path) = options
        .rejected_to
        .as_deref()
        .filter(|_| !parsed.rejected.is_empty())
    {
        rejected::write(path, &table, &parsed.rejected)?;
        report.rejected_file = true;
    }
    if options.dry_run {
        tx.rollback().await?;
        report.run = None;
        return Ok(report);
    }
    tx.commit().await?;
    Ok(report)
}

/// Reads a file as the mapping says.
pub(crate) async fn read(path: &Path, mapping: &AdsMapping) -> Result<Table> {
    let options = mapping.read_options()?;
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || table_file::read(&path, &options))
        .await
        .map_err(Error::internal)?
}

impl AdsMapping {
    fn read_options(&self) -> Result<ReadOptions> {
        let choices = [
            Delimiter::Comma,
            Delimiter::Semicolon,
            Delimiter::Pipe,
            Delimiter::Tab,
        ];
        let delimiter = Delimiter::said(self.delimiter.as_deref(), &choices)?;
        Ok(ReadOptions {
            has_header: Some(true),
            delimiter,
            sheet: None,
        })
    }

    fn date_order(&self) -> Result<Option<DateOrder>> {
        DateOrder::said(self.date_format.as_deref())
    }

    fn decimal_mark(&self) -> Result<Option<DecimalMark>> {
        DecimalMark::said(self.decimal.as_deref())
    }
}

pub(crate) fn invalid(field: &str, reason: Reason, message: impl Into<String>) -> Error {
    Error::new(Code::InvalidInput, message)
        .reason(reason)
        .field(field)
}

#[cfg(test)]
mod tests;
