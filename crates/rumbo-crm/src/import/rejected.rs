//! The file of rejected rows: as they were, with the reason, ready to be mended and imported.
//!
//! With a header, row and reason come first: a row with too many cells keeps them behind the last
//! named column, and is told so again. Without a header they come last, so that every column keeps
//! its place and the same mapping reads the file.

use std::io::BufWriter;
use std::path::Path;

use rumbo_base::{Code, Error, Reason, Result};
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field, Table};

/// Writes the rejected rows and their reasons.
pub(super) fn write(path: &Path, table: &Table, rejected: &[(usize, Error)]) -> Result<()> {
    let file = std::fs::File::create(path).map_err(|e| {
        Error::new(
            Code::InvalidInput,
            format!(
                "The file of rejected rows cannot be written to {}: {e}.",
                path.display()
            ),
        )
        .reason(Reason::FileUnwritable)
        .param("path", path.display())
        .field("rejected_path")
        .source(e)
    })?;
    let mut writer = CsvWriter::new(BufWriter::new(file), CsvDialect::Point)?;
    if let Some(header) = &table.header {
        let names = header.iter().map(|name| Field::from(name.as_str()));
        writer.row(["row", "reason"].map(Field::from).into_iter().chain(names))?;
    }
    for (index, error) in rejected {
        let Some(row) = table.rows.get(*index) else {
            continue;
        };
        let cells = row.cells.iter().map(|cell| Field::from(cell.raw()));
        let why = [
            Field::Number(row.number.to_string()),
            Field::from(error.message()),
        ];
        if table.header.is_some() {
            writer.row(why.into_iter().chain(cells))?;
        } else {
            writer.row(cells.chain(why))?;
        }
    }
    let written = writer
        .finish()?
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error);
    written.and_then(|file| file.sync_all()).map_err(|e| {
        Error::new(
            Code::DiskFull,
            "The file of rejected rows cannot be written in full. Free some space and try again.",
        )
        .source(e)
    })
}
