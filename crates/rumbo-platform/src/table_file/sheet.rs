//! Worksheets, into rows.

use std::io::Cursor;

use calamine::{Data, DataRef, DataType, ExcelDateTime, Reader as _, Sheets};
use chrono::{NaiveDate, NaiveDateTime};
use rumbo_base::{Error, Reason, Result};

use super::{Cell, Format, MAX_COLUMNS, MAX_ROWS, Row, too_many_columns, too_many_rows, unusable};

/// Whether the bytes begin like a workbook: a ZIP archive (XLSX, ODS) or an OLE file (XLS).
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// Reads one worksheet: the one named, or the first that is not empty.
pub(super) fn rows(bytes: &[u8], wanted: Option<&str>) -> Result<(Format, Vec<Row>)> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let names = book.sheet_names();
    if let Some(wanted) = wanted
        && !names.iter().any(|name| name == wanted)
    {
        let sheets = names.join(", ");
        return Err(unusable(
            Reason::SheetMissing,
            format!("There is no worksheet \"{wanted}\". The file has: {sheets}."),
        )
        .param("sheet", wanted)
        .param("sheets", sheets));
    }
    for name in names {
        if wanted.is_some_and(|wanted| wanted != name) {
            continue;
        }
        let rows = sheet_rows(&mut book, &name)?;
        if !rows.is_empty() || wanted.is_some() {
            return Ok((Format::Sheet { name }, rows));
        }
    }
    Err(unusable(
        Reason::WorkbookEmpty,
        "The workbook has no worksheet with anything in it.",
    ))
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    unusable(
        Reason::WorkbookUnreadable,
        "The workbook cannot be opened. It may be damaged or protected by a password. Save it again as XLSX or CSV without a password.",
    )
    .source(error)
}

fn sheet_rows(book: &mut Sheets<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>> {
    let mut rows = SparseRows::default();
    if let Sheets::Xlsx(book) = book {
        // Cell by cell: a stray cell far out would make a dense table of the whole sheet.
        let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
        while let Some(found) = cells.next_cell().map_err(unreadable)? {
            let (row, column) = found.get_position();
            rows.put(row, column, cell(found.get_value()))?;
        }
    } else {
        let range = book.worksheet_range(name).map_err(unreadable)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column)) else {
                return Err(too_many_rows());
            };
            rows.put(first_row + row, first_column + column, cell_of(value))?;
        }
    }
    Ok(rows.0)
}

#[derive(Default)]
struct SparseRows(Vec<Row>);

impl SparseRows {
    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<()> {
        if cell == Cell::Empty {
            return Ok(());
        }
        let number = usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(too_many_columns(number));
        }
        if self.0.last().is_none_or(|last| last.number != number) {
            if self.0.len() >= MAX_ROWS {
                return Err(too_many_rows());
            }
            self.0.push(Row {
                number,
                cells: Vec::new(),
            });
        }
        if let Some(last) = self.0.last_mut() {
            if last.cells.len() <= column {
                last.cells.resize(column + 1, Cell::Empty);
            }
            if let Some(place) = last.cells.get_mut(column) {
                *place = cell;
            }
        }
        Ok(())
    }
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::SharedString(text) => text_cell(text),
        other => cell_of(&Data::from(other.clone())),
    }
}

fn cell_of(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(n) => Cell::Number(n.to_string()),
        Data::Float(n) => plain_decimal(*n).map_or(Cell::Empty, Cell::Number),
        Data::DateTime(at) if at.is_datetime() => date(*at).map_or_else(
            || plain_decimal(at.as_f64()).map_or(Cell::Empty, Cell::Number),
            Cell::Date,
        ),
        Data::DateTime(at) => plain_decimal(at.as_f64()).map_or(Cell::Empty, Cell::Number),
        Data::DateTimeIso(text) => iso(text).map_or_else(|| text_cell(text), Cell::Date),
        other => text_cell(&other.as_string().unwrap_or_else(|| other.to_string())),
    }
}

fn text_cell(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.to_owned())
    }
}

fn iso(text: &str) -> Option<NaiveDateTime> {
    text.parse::<NaiveDateTime>().ok().or_else(|| {
        text.parse::<NaiveDate>()
            .ok()
            .and_then(|day| day.and_hms_opt(0, 0, 0))
    })
}

fn date(at: ExcelDateTime) -> Option<NaiveDateTime> {
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))?.and_hms_milli_opt(
        u32::from(hour),
        u32::from(minute),
        u32::from(second),
        u32::from(milli),
    )
}

/// The number as a spreadsheet shows it: 15 digits that count, never in powers of ten.
fn plain_decimal(number: f64) -> Option<String> {
    let shown: f64 = format!("{number:.14e}").parse().ok()?;
    shown.is_finite().then(|| {
        if shown == 0.0 {
            "0".to_owned()
        } else {
            shown.to_string()
        }
    })
}
