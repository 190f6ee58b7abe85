//! Import of contacts, opportunities, sales and what was spent on other channels from files, and back
//! to files.
//!
//! An import is one transaction: all rows that can be kept are kept together, and the others are
//! rejected one by one, each with its reason. The same file again changes nothing. What makes a
//! row the same as one imported before is its own id where the file has one (`external_id`, for
//! sales also `reference`, for contacts `customer_id`, phone or e-mail); else the person, the date
//! and the amount or name as the file writes them, and how many rows before it say the same. Of what
//! was spent it is the day, platform, campaign and currency: an amount that is set right is the same row.

mod contacts;
mod fields;
mod mapping;
mod opportunities;
mod origin;
mod people;
mod reader;
mod rejected;
mod sales;
mod spend;
mod store;
mod tally;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;

use rumbo_base::{Error, ImportId, Result, Told};
use rumbo_db::Tx;
use rumbo_platform::table_file::{self, Format, ReadOptions, Table};
use rumbo_platform::{Scope, workspaces};

use crate::input::not_found;
use crate::opportunities::CurrencySum;
use reader::{Defaults, Reader};

pub use fields::{Field, FieldType, fields, suggest};
pub use mapping::Mapping;
pub use store::{
    ImportRecord, STATEMENTS, SavedMapping, get_mapping, history, list_mappings, save_mapping,
};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportKind {
    Contacts,
    Opportunities,
    Sales,
    /// What was spent outside the ad accounts.
    Spend,
}

impl ImportKind {
    /// The word that is stored and written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Opportunities => "opportunities",
            Self::Sales => "sales",
            Self::Spend => "spend",
        }
    }
}

impl std::fmt::Display for ImportKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a file looks like.
#[derive(Debug)]
pub struct Preview {
    pub format: Format,
    /// Rows without the header.
    pub rows: usize,
    /// The names of the columns; `#1`, `#2`… where the file has no header.
    pub columns: Vec<String>,
    /// The first 20 rows, as text.
    pub sample: Vec<Vec<String>>,
    /// The mapping given, or the one suggested.
    pub mapping: Mapping,
    /// What stands in the way of importing it so; each names the field or setting to choose.
    pub problems: Vec<Error>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportReport {
    pub kind: ImportKind,
    pub dry_run: bool,
    pub rows_read: u32,
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    pub rejected: u32,
    /// Contacts made, also those made along the way for opportunities and sales.
    pub contacts_added: u32,
    /// Rows of totals among those of what was spent, which are left out.
    pub totals_rows: u32,
    /// Sums over the rows that were not rejected, by currency: of amounts, or of values of
    /// opportunities.
    pub totals: Vec<CurrencySum>,
    /// The first 100 rejected rows.
    pub rejections: Vec<Rejection>,
    /// Whether the file of rejected rows was written.
    pub rejected_file: bool,
}

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Where it stands in the file, counted from 1, the header included.
    pub row: usize,
    pub reason: String,
    /// What tells it in another language.
    pub told: Told,
}

/// How to run an import.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions<'a> {
    /// The mapping; the suggested one when absent.
    pub mapping: Option<&'a Mapping>,
    /// Change nothing, and report what would be done.
    pub dry_run: bool,
    /// Where to write the rejected rows with their reasons. Nothing is written when there are
    /// none.
    pub rejected_to: Option<&'a Path>,
}

/// Looks at a file without importing it.
///
/// # Errors
/// `NotFound` or `InvalidInput` when it cannot be read as a table.
pub async fn preview(
    scope: &Scope,
    kind: ImportKind,
    path: &Path,
    mapping: Option<&Mapping>,
) -> Result<Preview> {
    let options = mapping.map_or(Ok(ReadOptions::default()), Mapping::read_options)?;
    let table = read_table(path, options).await?;
    let mapping = mapping.cloned().unwrap_or_else(|| suggest(kind, &table));
    let mut tx = scope.read().await?;
    let defaults = defaults(&mut tx, scope).await?;
    let problems = Reader::new(&table, kind, &mapping, &defaults)
        .err()
        .unwrap_or_default();
    let columns = match &table.header {
        Some(header) => header.clone(),
        None => (1..=table.width).map(|place| format!("#{place}")).collect(),
    };
    let sample = table
        .rows
        .iter()
        .take(20)
        .map(|row| {
            (0..columns.len())
                .map(|column| row.cell(column).raw())
                .collect()
        })
        .collect();
    Ok(Preview {
        format: table.format,
        rows: table.rows.len(),
        columns,
        sample,
        mapping,
        problems,
    })
}

/// Imports a file in one transaction, or says what importing it would do.
///
/// # Errors
/// `InvalidInput` when the file or the mapping cannot be used, with the field or
/// setting to choose; nothing is imported then. Rows that cannot be kept are no error: they are in
/// the report.
pub async fn run(
    scope: &Scope,
    kind: ImportKind,
    path: &Path,
    options: RunOptions<'_>,
) -> Result<ImportReport> {
    let started = scope.now();
    let read = options
        .mapping
        .map_or(Ok(ReadOptions::default()), Mapping::read_options)?;
    let table = read_table(path, read).await?;
    let mapping = options
        .mapping
        .cloned()
        .unwrap_or_else(|| suggest(kind, &table));
    let mut tx = scope.write().await?;
    let defaults = defaults(&mut tx, scope).await?;
    let reader = Reader::new(&table, kind, &mapping, &defaults).map_err(first)?;
    // Rows that name their import are written once it is noted.
    let mut spent: Option<(ImportId, spend::Staged)> = None;
    let tally = match kind {
        ImportKind::Contacts => contacts::import(&mut tx, scope, &reader, &defaults).await?,
        ImportKind::Opportunities => {
            opportunities::import(&mut tx, scope, &reader, &defaults).await?
        }
        ImportKind::Sales => sales::import(&mut tx, scope, &reader, &defaults).await?,
        ImportKind::Spend => {
            let id = scope.id();
            let (tally, staged) = spend::import(&mut tx, scope, &reader, &defaults, id).await?;
            spent = Some((id, staged));
            tally
        }
    };
    let mut report = tally.report(kind, options.dry_run, &table);
    if let Some(path) = options.rejected_to
        && report.rejected > 0
    {
        rejected::write(path, &table, &tally.rejected)?;
        report.rejected_file = true;
    }
    if options.dry_run {
        tx.rollback().await?;
        return Ok(report);
    }
    let file_name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    store::record(
        &mut tx,
        scope,
        spent.as_ref().map_or_else(|| scope.id(), |(id, _)| *id),
        &report,
        &mapping,
        file_name.as_deref(),
        &table.sha256,
        started,
    )
    .await?;
    if let Some((_, staged)) = spent {
        staged.write(&mut tx, scope).await?;
    }
    tx.commit().await?;
    Ok(report)
}

async fn read_table(path: &Path, options: ReadOptions) -> Result<Table> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || table_file::read(&path, &options))
        .await
        .map_err(Error::internal)?
}

async fn defaults(tx: &mut Tx, scope: &Scope) -> Result<Defaults> {
    let workspace = workspaces::find(tx, scope.workspace)
        .await?
        .ok_or_else(|| not_found("workspace"))?;
    Ok(Defaults {
        timezone: workspace.timezone,
        currency: workspace.currency,
        region: workspace.phone_region,
        now: scope.now(),
    })
}

/// The first problem, saying how many more there are.
fn first(problems: Vec<Error>) -> Error {
    let more = problems.len().saturating_sub(1);
    match problems.into_iter().next() {
        Some(problem) => problem.param("more", more),
        None => Error::internal("a mapping failed without a problem"),
    }
}
