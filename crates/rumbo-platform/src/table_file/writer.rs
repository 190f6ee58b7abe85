//! CSV as Rumbo writes it.

use std::io::Write;

use rumbo_base::{Code, Error, Reason, Result};
use serde::{Deserialize, Serialize};

/// How a CSV is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsvDialect {
    /// Comma between cells, decimal point, no byte order mark: for other programs.
    #[default]
    Plain,
    /// Semicolon between cells, decimal comma, byte order mark: what a spreadsheet in Spanish or
    /// Portuguese opens with a double click.
    Comma,
    /// Comma between cells, decimal point, byte order mark: what a spreadsheet in English opens
    /// with a double click.
    Point,
}

/// A cell to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Words. Kept from being run as a formula.
    Text(String),
    /// A plain decimal such as `-1842.61`, written with the mark of the dialect.
    Number(String),
    /// Nothing.
    Empty,
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Field>> From<Option<T>> for Field {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Writes a CSV row by row.
pub struct CsvWriter<W: Write> {
    inner: csv::Writer<W>,
    dialect: CsvDialect,
}

impl<W: Write> std::fmt::Debug for CsvWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CsvWriter({:?})", self.dialect)
    }
}

impl<W: Write> CsvWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// `DiskFull` or `InvalidInput` when it cannot be written.
    pub fn new(mut output: W, dialect: CsvDialect) -> Result<Self> {
        if dialect != CsvDialect::Plain {
            output
                .write_all("\u{feff}".as_bytes())
                .map_err(|e| unwritable(e.into()))?;
        }
        let delimiter = if dialect == CsvDialect::Comma {
            b';'
        } else {
            b','
        };
        let inner = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .terminator(csv::Terminator::CRLF)
            .from_writer(output);
        Ok(Self { inner, dialect })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// As [`CsvWriter::new`].
    pub fn row(&mut self, fields: impl IntoIterator<Item = Field>) -> Result<()> {
        let cells = fields.into_iter().map(|field| match field {
            Field::Empty => String::new(),
            Field::Text(text) => escape_formula(text),
            Field::Number(number) if self.dialect == CsvDialect::Comma => number.replace('.', ","),
            Field::Number(number) => number,
        });
        self.inner
            .write_record(cells.collect::<Vec<_>>())
            .map_err(unwritable)
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// As [`CsvWriter::new`].
    pub fn finish(self) -> Result<W> {
        self.inner
            .into_inner()
            .map_err(|e| unwritable(e.into_error().into()))
    }
}

fn unwritable(error: csv::Error) -> Error {
    let full = match error.kind() {
        csv::ErrorKind::Io(e) => e.kind() == std::io::ErrorKind::StorageFull,
        _ => false,
    };
    if full {
        Error::new(
            Code::DiskFull,
            "The disk is full. Free some space and try again.",
        )
        .source(error)
    } else {
        Error::new(
            Code::InvalidInput,
            format!("The file cannot be written: {error}."),
        )
        .reason(Reason::WriteFailed)
        .field("file")
        .source(error)
    }
}

/// Whether a spreadsheet would run the text, looking behind the apostrophes that keep it from it.
fn runs_as_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Puts an apostrophe before what a spreadsheet would run as a formula.
fn escape_formula(text: String) -> String {
    if runs_as_formula(&text) {
        format!("'{text}")
    } else {
        text
    }
}

/// Takes off what [`escape_formula`] put on, so that an exported file imports as it was.
pub(super) fn unescape_formula(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if runs_as_formula(rest) => rest,
        _ => text,
    }
}
