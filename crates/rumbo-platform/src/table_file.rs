//! Tables that people bring as files: CSV and its relatives, JSON, XLSX, XLS and ODS, read into rows
//! of cells without guessing what a cell means; and the CSV that Rumbo writes.
//!
//! Reading goes in two steps. [`read`] finds the encoding, the delimiter and the header.
//! [`decimal_mark`] and [`date_order`] then decide for a whole column how its numbers and dates
//! are written, because a single cell such as `1.234` or `03/04/2026` cannot tell.

mod amount;
mod date;
mod delimited;
mod encoding;
mod fold;
mod header;
mod json;
mod reading;
mod said;
mod sheet;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;

use chrono::NaiveDateTime;
use rumbo_base::{Code, Error, Reason, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use amount::{DecimalMark, decimal_mark, parse_amount, parse_count, parse_decimal};
pub use date::{DateOrder, date_order, parse_date, parse_instant};
pub use delimited::Delimiter;
pub use encoding::Encoding;
pub use fold::fold;
pub use reading::{Reading, Unreadable};
pub use writer::{CsvDialect, CsvWriter, Field};

/// The largest file read, in bytes.
pub const MAX_BYTES: u64 = 200 * 1024 * 1024;
/// The most rows read; a worksheet holds no more.
pub const MAX_ROWS: usize = 1_048_576;
/// The most columns of a row.
pub const MAX_COLUMNS: usize = 1_000;

/// One cell, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, which may be a number or a date in someone's way of writing it.
    Text(String),
    /// A number of a spreadsheet, as a plain decimal such as `-1842.61`.
    Number(String),
    /// A date of a spreadsheet: local time, in no zone.
    Date(NaiveDateTime),
}

impl Cell {
    /// The text without outer spaces; `None` when the cell is missing: empty or only a dash.
    pub fn text(&self) -> Option<String> {
        let text = self.raw();
        let trimmed = text.trim();
        (!matches!(trimmed, "" | "-" | "–" | "—")).then(|| trimmed.to_owned())
    }

    /// The text as it would be written to a file again.
    pub fn raw(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Date(at) if at.time() == chrono::NaiveTime::MIN => at.date().to_string(),
            Self::Date(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        }
    }

    /// The text of an identifier.
    ///
    /// # Errors
    /// When a spreadsheet has rounded it: one keeps 15 digits, and an id of Meta has up to 18.
    pub fn id(&self) -> Result<Option<String>, Unreadable> {
        let Some(text) = self.text() else {
            return Ok(None);
        };
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let rounded = match self {
            Self::Number(_) => digits > 15,
            _ => looks_scientific(&text),
        };
        if rounded {
            return Err(Unreadable::new(
                Reason::CellIdRounded,
                &text,
                "is an id that a spreadsheet has rounded. Format the column as text and export it again",
            ));
        }
        Ok(Some(text))
    }
}

fn looks_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    !mantissa.is_empty()
        && mantissa
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        && exponent
            .strip_prefix('+')
            .is_some_and(|e| !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit()))
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file, as an editor or a spreadsheet counts: from 1, header included.
    pub number: usize,
    /// Its cells. Empty ones at the end may be absent.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell of a column; empty where the row is too short.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// How the file was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Format {
    /// Delimited text.
    Text {
        /// How its characters are stored.
        encoding: Encoding,
        /// What stands between two cells.
        delimiter: Delimiter,
    },
    /// A worksheet.
    Sheet {
        /// Its name.
        name: String,
    },
    /// JSON.
    Json {
        /// How its characters are stored.
        encoding: Encoding,
    },
}

/// A file, read.
#[derive(Clone, Debug)]
pub struct Table {
    /// How it was written.
    pub format: Format,
    /// The names of the columns, each once; `None` when the file has no header.
    pub header: Option<Vec<String>>,
    /// The rows after the header, without the empty ones.
    pub rows: Vec<Row>,
    /// How many columns the widest row has.
    pub width: usize,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

impl Table {
    /// The place of a column by its name. Exact names first, then without regard to case,
    /// accents and spaces around.
    pub fn column(&self, name: &str) -> Option<usize> {
        let header = self.header.as_ref()?;
        header.iter().position(|h| h == name).or_else(|| {
            let wanted = fold(name);
            header.iter().position(|h| fold(h) == wanted)
        })
    }

    /// What to call a column in a message: its name, or its place counted from 1.
    pub fn column_name(&self, column: usize) -> String {
        self.header
            .as_ref()
            .and_then(|h| h.get(column))
            .cloned()
            .unwrap_or_else(|| format!("#{}", column + 1))
    }

    /// The cells of one column with their row numbers.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = (usize, &Cell)> {
        self.rows
            .iter()
            .map(move |row| (row.number, row.cell(column)))
    }
}

/// What the reader need not find out by itself.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Whether the first row names the columns; found out when absent.
    pub has_header: Option<bool>,
    /// What stands between two cells; found out when absent.
    pub delimiter: Option<Delimiter>,
    /// Which worksheet; the first one that is not empty when absent.
    pub sheet: Option<String>,
}

/// Reads a file.
///
/// # Errors
/// `InvalidInput`, with the row where there is one and what to do.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Table> {
    read_bytes(&bytes(path)?, options)
}

/// What is in a file, of up to [`MAX_BYTES`].
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let failed = |e: std::io::Error| {
        let reason = if e.kind() == std::io::ErrorKind::NotFound {
            Reason::FileMissing
        } else {
            Reason::FileUnreadable
        };
        Error::new(
            Code::InvalidInput,
            format!("{} cannot be read: {e}.", path.display()),
        )
        .reason(reason)
        .param("path", path.display())
        .field("file")
        .source(e)
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MAX_BYTES {
        let (megabytes, most) = (size / 1024 / 1024, MAX_BYTES / 1024 / 1024);
        return Err(unusable(
            Reason::FileTooLarge,
            format!(
                "{} has {megabytes} MB; {most} MB is the most. Split it into smaller files.",
                path.display()
            ),
        )
        .param("path", path.display())
        .param("megabytes", megabytes)
        .param("most", most));
    }
    std::fs::read(path).map_err(failed)
}

/// Reads a file that is in memory already.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Table> {
    let sha256 = hex::encode(Sha256::digest(bytes));
    let (mut named, mut may_have_header) = (None, true);
    let (format, rows) = if sheet::is_workbook(bytes) {
        sheet::rows(bytes, options.sheet.as_deref())?
    } else {
        let (encoding, text) = encoding::decode(bytes)?;
        if options.delimiter.is_none() && json::is_json(&text) {
            let read = json::rows(&text)?;
            (named, may_have_header) = (read.header, read.may_have_header);
            (Format::Json { encoding }, read.rows)
        } else {
            let (delimiter, rows) = delimited::rows(&text, options.delimiter)?;
            (
                Format::Text {
                    encoding,
                    delimiter,
                },
                rows,
            )
        }
    };
    let mut rows: Vec<Row> = rows
        .into_iter()
        .filter(|r| r.cells.iter().any(|c| !c.raw().trim().is_empty()))
        .collect();
    if may_have_header && options.has_header != Some(false) {
        rows.drain(..header::titles(&rows));
    }
    let has_header =
        may_have_header && options.has_header.unwrap_or_else(|| header::present(&rows));
    let header = if named.is_some() {
        named
    } else if has_header && !rows.is_empty() {
        Some(header::names(&rows.remove(0)))
    } else {
        None
    };
    let width = rows
        .iter()
        .map(|r| r.cells.len())
        .chain(header.as_ref().map(Vec::len))
        .max()
        .unwrap_or(0);
    if header.is_none() && rows.is_empty() {
        return Err(unusable(Reason::FileEmpty, "The file is empty."));
    }
    Ok(Table {
        format,
        header,
        rows,
        width,
        sha256,
    })
}

fn unusable(reason: Reason, message: impl Into<String>) -> Error {
    Error::new(Code::InvalidInput, message)
        .reason(reason)
        .field("file")
}

fn too_many_rows() -> Error {
    unusable(
        Reason::TooManyRows,
        format!("The file has more than {MAX_ROWS} rows. Split it into smaller files."),
    )
    .param("most", MAX_ROWS)
}

fn too_many_columns(row: usize) -> Error {
    unusable(
        Reason::TooManyColumns,
        format!(
            "Row {row} has more than {MAX_COLUMNS} columns. Check that the file is a table and that its delimiter is right."
        ),
    )
    .param("row", row)
    .param("most", MAX_COLUMNS)
}
