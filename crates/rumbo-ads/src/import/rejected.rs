//! The file of rejected rows.

use std::io::BufWriter;
use std::path::Path;

use rumbo_base::{Code, Error, Reason, Result};
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field, Table};

use super::AdsRejection;

/// Writes the rejected rows as they were, with row number and reason in front.
pub(super) fn write(path: &Path, table: &Table, rejected: &[(usize, AdsRejection)]) -> Result<()> {
    let failed = |e: std::io::Error| {
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
    };
    let file = std::fs::File::create(path).map_err(failed)?;
    let mut writer = CsvWriter::new(BufWriter::new(file), CsvDialect::Point)?;
    let names = table
        .header
        .iter()
        .flatten()
        .map(|name| Field::from(name.as_str()));
    writer.row(["row", "reason"].map(Field::from).into_iter().chain(names))?;
    for (place, rejection) in rejected {
        let cells = table
            .rows
            .get(*place)
            .into_iter()
            .flat_map(|row| &row.cells);
        let why = [
            Field::Number(rejection.row.to_string()),
            Field::from(rejection.reason.as_str()),
        ];
        writer.row(
            why.into_iter()
                .chain(cells.map(|cell| Field::from(cell.raw()))),
        )?;
    }
    writer
        .finish()?
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .map_err(failed)?;
    Ok(())
}
