//! Delimited text, into rows.

use std::fmt;

use rumbo_base::{Reason, Result};
use serde::{Deserialize, Serialize};

use super::writer::unescape_formula;
use super::{Cell, MAX_COLUMNS, MAX_ROWS, Row, too_many_columns, too_many_rows, unusable};

/// What stands between two cells of a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "tab", alias = "\t")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Pipe,
    /// Any run of spaces and tabs, as in columns padded with spaces. Nothing is quoted then.
    #[serde(rename = "whitespace")]
    Whitespace,
}

impl Delimiter {
    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
            Self::Whitespace => b' ',
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comma => ",",
            Self::Semicolon => ";",
            Self::Tab => "tab",
            Self::Pipe => "|",
            Self::Whitespace => "whitespace",
        })
    }
}

/// How many rows are looked at to find the delimiter.
const SAMPLE: usize = 200;

/// Reads every record, with the line it begins on.
pub(super) fn rows(text: &str, chosen: Option<Delimiter>) -> Result<(Delimiter, Vec<Row>)> {
    // Excel writes the delimiter as "sep=;" on a line of its own, before everything else.
    let (declared, body) = declared_delimiter(text);
    let skipped = text.len() - body.len();
    let delimiter = chosen.or(declared).unwrap_or_else(|| detect(body));
    let first_line = 1 + count_lines(text.get(..skipped).unwrap_or_default());
    let rows = if delimiter == Delimiter::Whitespace {
        by_whitespace(body, first_line)?
    } else {
        by_delimiter(body, delimiter, first_line, usize::MAX)?
    };
    Ok((delimiter, rows))
}

fn declared_delimiter(text: &str) -> (Option<Delimiter>, &str) {
    let Some(rest) = text.strip_prefix("sep=") else {
        return (None, text);
    };
    let Some((line, body)) = rest.split_once('\n') else {
        return (None, text);
    };
    let delimiter = match line.trim_end_matches('\r') {
        "," => Delimiter::Comma,
        ";" => Delimiter::Semicolon,
        "\t" => Delimiter::Tab,
        "|" => Delimiter::Pipe,
        _ => return (None, text),
    };
    (Some(delimiter), body)
}

fn count_lines(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

fn by_delimiter(
    text: &str,
    delimiter: Delimiter,
    first_line: usize,
    limit: usize,
) -> Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.byte())
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut last_start = 0;
    while rows.len() < limit
        && reader.read_record(&mut record).map_err(|e| {
            unusable(
                Reason::FileNotATable,
                format!("The file cannot be read as a table: {e}."),
            )
        })?
    {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = record.position().map_or(1, csv::Position::line);
        last_start = usize::try_from(start).unwrap_or(usize::MAX);
        // The position is the one before any empty lines: an editor's line number skips them.
        let empty_lines = text
            .get(last_start..)
            .unwrap_or_default()
            .bytes()
            .take_while(|b| matches!(b, b'\r' | b'\n'))
            .filter(|b| *b == b'\n')
            .count();
        let number = usize::try_from(line).unwrap_or(usize::MAX) + empty_lines + first_line - 1;
        if record.len() > MAX_COLUMNS {
            return Err(too_many_columns(number));
        }
        if rows.len() >= MAX_ROWS {
            return Err(too_many_rows());
        }
        rows.push(Row {
            number,
            cells: record.iter().map(cell).collect(),
        });
    }
    if limit == usize::MAX {
        refuse_open_quote(text, last_start, rows.last())?;
    }
    Ok(rows)
}

/// A quote that nobody closes swallows the rest of the file into one cell.
fn refuse_open_quote(text: &str, last_start: usize, last: Option<&Row>) -> Result<()> {
    let tail = text.get(last_start..).unwrap_or_default().trim();
    let open = tail.contains('\n') && tail.bytes().filter(|b| *b == b'"').count() % 2 == 1;
    match last {
        Some(row) if open => Err(unusable(
            Reason::QuoteOpen,
            format!(
                "A quotation mark that opens in row {} is never closed. Close it or take it out.",
                row.number
            ),
        )
        .param("row", row.number)),
        _ => Ok(()),
    }
}

fn by_whitespace(text: &str, first_line: usize) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let cells: Vec<Cell> = line.split_whitespace().map(cell).collect();
        if cells.is_empty() {
            continue;
        }
        if cells.len() > MAX_COLUMNS {
            return Err(too_many_columns(index + first_line));
        }
        if rows.len() >= MAX_ROWS {
            return Err(too_many_rows());
        }
        rows.push(Row {
            number: index + first_line,
            cells,
        });
    }
    Ok(rows)
}

fn cell(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(unescape_formula(text).to_owned())
    }
}

/// The delimiter that cuts most rows into as many cells as the first one.
fn detect(text: &str) -> Delimiter {
    // In this order where two do equally well: a comma is also a decimal mark.
    let candidates = [
        Delimiter::Tab,
        Delimiter::Semicolon,
        Delimiter::Pipe,
        Delimiter::Comma,
    ];
    let mut best = (0, Delimiter::Comma);
    for delimiter in candidates {
        let Ok(rows) = by_delimiter(text, delimiter, 1, SAMPLE) else {
            continue;
        };
        let width = rows.first().map_or(0, |r| r.cells.len());
        if width < 2 {
            continue;
        }
        let alike = rows.iter().filter(|r| r.cells.len() == width).count() * 1_000 / rows.len();
        if alike > best.0 {
            best = (alike, delimiter);
        }
    }
    if best.0 == 0 && padded_columns(text) {
        Delimiter::Whitespace
    } else {
        best.1
    }
}

/// Whether every line has the same number of words, and one column holds only numbers: a list of
/// names has no such column.
fn padded_columns(text: &str) -> bool {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
        .take(SAMPLE)
        .collect();
    let Some(width) = rows.first().map(Vec::len) else {
        return false;
    };
    let numeric = |word: &str| {
        word.bytes().any(|b| b.is_ascii_digit())
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'))
    };
    width >= 2
        && rows.iter().all(|words| words.len() == width)
        && (0..width).any(|column| {
            rows.iter()
                .skip(1)
                .all(|words| words.get(column).is_some_and(|word| numeric(word)))
        })
}
