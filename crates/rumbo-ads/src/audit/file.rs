//! The rows of an export, with every figure as it is printed.

use std::collections::{BTreeMap, HashSet};

use rumbo_base::{Currency, DateRange, Error, Reason, Result, Told};
use rumbo_platform::table_file::{Row, Table};

use super::figure::{Figure, Precision, Printed};
use crate::import::AdsMapping;
use crate::import::columns::{Columns, find_all};
use crate::import::invalid;
use crate::import::rows::{Named, Problem, Reader, Summary, currency};

/// What a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Account,
    Campaign,
    AdSet,
    Ad,
}

impl Level {
    /// Its name in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Campaign => "campaign",
            Self::AdSet => "ad_set",
            Self::Ad => "ad",
        }
    }
}

/// A row of an export.
#[derive(Clone, Debug)]
pub(super) struct FileRow {
    /// Where it stands in the file, counted from 1, the header included.
    pub number: usize,
    pub days: DateRange,
    pub account: Named,
    pub campaign: Named,
    pub ad_set: Named,
    pub ad: Named,
    pub attribution_setting: Option<String>,
    /// The action type that the results are of, where the file says it.
    pub result_kind: Option<String>,
    pub cells: BTreeMap<Figure, Option<Printed>>,
}

impl FileRow {
    /// The deepest level that it names.
    pub fn level(&self) -> Level {
        [
            (&self.ad, Level::Ad),
            (&self.ad_set, Level::AdSet),
            (&self.campaign, Level::Campaign),
        ]
        .into_iter()
        .find(|(named, _)| !named.is_nothing())
        .map_or(Level::Account, |(_, level)| level)
    }

    /// What it names at a level.
    pub fn named(&self, level: Level) -> &Named {
        match level {
            Level::Account => &self.account,
            Level::Campaign => &self.campaign,
            Level::AdSet => &self.ad_set,
            Level::Ad => &self.ad,
        }
    }

    /// Whether it says that anything happened.
    pub fn is_nothing(&self) -> bool {
        self.cells
            .values()
            .flatten()
            .all(|printed| printed.micros == 0)
    }
}

/// A totals row: its number and its figures.
#[derive(Clone, Debug)]
pub(super) struct TotalsRow {
    pub number: usize,
    pub cells: BTreeMap<Figure, Option<Printed>>,
}

/// A row that cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub number: usize,
    pub reason: String,
    pub told: Told,
}

/// An export, read.
#[derive(Clone, Debug)]
pub(super) struct Export {
    pub rows: Vec<FileRow>,
    pub totals: Vec<TotalsRow>,
    /// Rows of totals and of means.
    pub totals_rows: u32,
    /// Rows that stand in the file twice, letter by letter.
    pub duplicates: u32,
    pub unread: Vec<Unread>,
    pub currency: Option<Currency>,
    /// The figures that the file has columns for.
    pub figures: Vec<Figure>,
    pub precision: Precision,
}

impl Export {
    /// The deepest level of its rows.
    pub fn level(&self) -> Level {
        self.rows
            .iter()
            .map(FileRow::level)
            .max()
            .unwrap_or(Level::Account)
    }

    /// Whether any of its figures counts actions by their type, so that those have to be read.
    pub fn counts_actions(&self) -> bool {
        self.figures.iter().any(|figure| {
            matches!(
                figure,
                Figure::Results
                    | Figure::CostPerResult
                    | Figure::MessagingStarted
                    | Figure::LandingPageViews
            )
        })
    }

    /// From the first day of its rows to the last.
    pub fn days(&self) -> Option<DateRange> {
        let from = self.rows.iter().map(|row| row.days.from).min()?;
        let to = self.rows.iter().map(|row| row.days.to).max()?;
        Some(DateRange { from, to })
    }
}

/// Reads every row. What holds for the whole file is an error; what is wrong with one row leaves
/// that row out.
pub(super) fn parse(table: &Table, mapping: &AdsMapping) -> Result<Export> {
    let columns = find_all(table, mapping)?;
    let figures: Vec<Figure> = Figure::ALL
        .into_iter()
        .filter(|figure| columns.get(figure.field()).is_some())
        .collect();
    if figures.is_empty() {
        return Err(invalid(
            "spend",
            Reason::FiguresNeeded,
            "No column of the file is a figure of Ads Manager, such as the amount spent or the impressions. Name the columns in the mapping, or export again with them.",
        ));
    }
    if columns.get("day").is_none()
        && (columns.get("period_start").is_none() || columns.get("period_end").is_none())
    {
        return Err(invalid(
            "day",
            Reason::PeriodNeeded,
            "The file does not say which days its figures are of. Export it again with the columns Reporting starts and Reporting ends, or with the breakdown by day.",
        ));
    }
    let currency = currency(table, &columns, mapping)?;
    let reader = Reader::new(table, &columns, mapping, currency)?;
    let mut export = Export {
        rows: Vec::new(),
        totals: Vec::new(),
        totals_rows: 0,
        duplicates: 0,
        unread: Vec::new(),
        currency,
        figures,
        precision: Precision::default(),
    };
    let mut seen: HashSet<u128> = HashSet::new();
    for row in &table.rows {
        let read = match reader.summary(row) {
            Some(Summary::Mean) => {
                export.totals_rows += 1;
                continue;
            }
            Some(Summary::Total) => {
                export.totals_rows += 1;
                export.cells(&reader, row).map(|cells| {
                    export.totals.push(TotalsRow {
                        number: row.number,
                        cells,
                    });
                })
            }
            None if !seen.insert(digest(row)) => {
                export.duplicates += 1;
                continue;
            }
            None => {
                file_row(&mut export, &reader, &columns, row).map(|read| export.rows.push(read))
            }
        };
        match read {
            Ok(()) => {}
            Err(Problem::Row(error)) => export.unread.push(unread(row, &error)),
            Err(Problem::File(error)) => return Err(error),
        }
    }
    Ok(export)
}

/// The same for rows that are the same letter by letter, and for no others that anybody will meet.
fn digest(row: &Row) -> u128 {
    let mut hash = xxhash_rust::xxh3::Xxh3Default::new();
    for cell in &row.cells {
        hash.update(cell.raw().as_bytes());
        hash.update(b"\x1f");
    }
    hash.digest128()
}

fn unread(row: &Row, error: &Error) -> Unread {
    Unread {
        number: row.number,
        reason: error.message().to_owned(),
        told: error.told(),
    }
}

fn file_row(
    export: &mut Export,
    reader: &Reader<'_>,
    columns: &Columns,
    row: &Row,
) -> std::result::Result<FileRow, Problem> {
    let result_kind = columns
        .get("result_indicator")
        .and_then(|_| reader.text(row, "result_indicator"))
        .and_then(|text| text.strip_prefix("actions:").map(str::to_owned));
    Ok(FileRow {
        number: row.number,
        days: reader.period(row)?,
        account: reader.named(row, "account")?,
        campaign: reader.named(row, "campaign")?,
        ad_set: reader.named(row, "adset")?,
        ad: reader.named(row, "ad")?,
        attribution_setting: reader.text(row, "attribution_setting"),
        result_kind,
        cells: export.cells(reader, row)?,
    })
}

impl Export {
    fn cells(
        &mut self,
        reader: &Reader<'_>,
        row: &Row,
    ) -> std::result::Result<BTreeMap<Figure, Option<Printed>>, Problem> {
        let mut cells = BTreeMap::new();
        for figure in &self.figures {
            let printed = match reader.decimal(row, figure.field())? {
                None => None,
                Some(text) => {
                    let (printed, decimals) = Printed::read(&text)
                        .ok_or_else(|| reader.too_large(figure.field(), &text))?;
                    self.precision.widen(*figure, decimals);
                    Some(printed)
                }
            };
            cells.insert(*figure, printed);
        }
        Ok(cells)
    }
}
