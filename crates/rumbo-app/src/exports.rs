//! What is on screen, as files: tables as CSV and XLSX, charts as SVG and PNG.

use std::path::Path;

use rumbo_base::{Code, Error, Micros, Reason, Result, parse_decimal_micros};
use rumbo_export::{Chart, Column, Fact, Kind, Row, Series, Shape, Sheet};
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field};

use crate::Context;
use crate::audit_trail;
use crate::state::not_writable;
use crate::wire::{
    ExportChart, ExportScreen, Exported, PictureFormat, ScreenCellKind, ScreenChart, ScreenFormat,
    ScreenTable, SeriesShape,
};

/// Sizes of pictures, in pixels.
const SIZES: std::ops::RangeInclusive<u32> = 200..=4_000;

/// Writes a table: first beside the place asked for, then in it, so that nothing half-written is
/// left there.
///
/// # Errors
/// `InvalidInput` for a place that cannot be written; `DiskFull`.
pub async fn export_screen(cx: &Context, req: ExportScreen) -> Result<Exported> {
    let title = req.table.title.clone();
    let sheet = sheet(req.table);
    let rows = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    let bytes = match req.format {
        ScreenFormat::Csv => csv(&sheet, req.semicolon)?,
        ScreenFormat::Xlsx => rumbo_export::xlsx(&sheet)?,
    };
    let done = written(Path::new(&req.path), &bytes, rows)?;
    audit_trail::exported(cx, "export_screen", ("screen", title), done).await
}

/// Draws a chart into a file, as [`export_screen`] writes. The rows of the answer are its places.
///
/// # Errors
/// `InvalidInput` for a place that cannot be written, a size that cannot be drawn or a value that
/// is no amount; `DiskFull`.
pub async fn export_chart(cx: &Context, req: ExportChart) -> Result<Exported> {
    for (field, size) in [("width", req.width), ("height", req.height)] {
        if !SIZES.contains(&size) {
            return Err(Error::new(
                Code::InvalidInput,
                format!(
                    "A picture cannot have {size} pixels. Use {} to {}.",
                    SIZES.start(),
                    SIZES.end()
                ),
            )
            .reason(Reason::NumberOutOfRange)
            .param("value", size)
            .param("least", SIZES.start())
            .param("most", SIZES.end())
            .field(field));
        }
    }
    let title = req.chart.title.clone();
    let chart = chart(req.chart)?;
    let bytes = match req.format {
        PictureFormat::Svg => rumbo_export::chart_svg(&chart, req.width, req.height)?.into_bytes(),
        PictureFormat::Png => rumbo_export::chart_png(&chart, req.width, req.height)?,
    };
    let places = u32::try_from(chart.places.len()).unwrap_or(u32::MAX);
    let done = written(Path::new(&req.path), &bytes, places)?;
    audit_trail::exported(cx, "export_chart", ("chart", title), done).await
}

pub(crate) fn written(path: &Path, bytes: &[u8], rows: u32) -> Result<Exported> {
    whole(path, rows, |beside| std::fs::write(beside, bytes))
}

/// Copies a file, whole or not at all.
///
/// # Errors
/// `InvalidInput` for a place that cannot be written.
pub(crate) fn copied(from: &Path, path: &Path) -> Result<Exported> {
    whole(path, 1, |beside| std::fs::copy(from, beside).map(|_| ()))
}

fn whole(
    path: &Path,
    rows: u32,
    write: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<Exported> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let done = write(beside).and_then(|()| std::fs::rename(beside, path));
    match done {
        Ok(()) => Ok(Exported {
            path: path.display().to_string(),
            rows,
        }),
        Err(error) => {
            drop(std::fs::remove_file(beside));
            Err(not_writable(path, error))
        }
    }
}

pub(crate) fn sheet(table: ScreenTable) -> Sheet {
    Sheet {
        title: table.title,
        facts: table
            .facts
            .into_iter()
            .map(|fact| Fact {
                label: fact.label,
                text: fact.text,
            })
            .collect(),
        columns: table
            .columns
            .into_iter()
            .map(|column| {
                let decimals = column.decimals.min(6);
                Column {
                    head: column.head,
                    unit: column.unit,
                    kind: match column.kind {
                        ScreenCellKind::Text => Kind::Text,
                        ScreenCellKind::Day => Kind::Day,
                        ScreenCellKind::Count => Kind::Count,
                        ScreenCellKind::Money => Kind::Money { decimals },
                        ScreenCellKind::Percent => Kind::Percent { decimals },
                        ScreenCellKind::Ratio => Kind::Ratio { decimals },
                    },
                }
            })
            .collect(),
        rows: table
            .rows
            .into_iter()
            .map(|row| Row {
                cells: row.cells,
                depth: u8::try_from(row.depth).unwrap_or(u8::MAX),
                sum: row.sum,
            })
            .collect(),
    }
}

/// One head, then the rows; what the figures stand on is told in columns of its own, so that a
/// row says it wherever it goes.
fn csv(sheet: &Sheet, semicolon: bool) -> Result<Vec<u8>> {
    let dialect = if semicolon {
        CsvDialect::Comma
    } else {
        CsvDialect::Plain
    };
    let mut bytes = Vec::new();
    let mut file = CsvWriter::new(&mut bytes, dialect)?;
    let heads = sheet
        .columns
        .iter()
        .map(|column| Field::Text(column.line()));
    let labels = || sheet.facts.iter();
    file.row(heads.chain(labels().map(|fact| Field::Text(fact.label.clone()))))?;
    for row in &sheet.rows {
        let cells = sheet
            .columns
            .iter()
            .zip(&row.cells)
            .map(|(column, cell)| field(column.kind, cell.as_deref()));
        file.row(cells.chain(labels().map(|fact| Field::Text(fact.text.clone()))))?;
    }
    file.finish()?;
    Ok(bytes)
}

fn field(kind: Kind, cell: Option<&str>) -> Field {
    match cell {
        None => Field::Empty,
        Some(text) if matches!(kind, Kind::Text | Kind::Day) => Field::from(text),
        // Only what is a number is written as one.
        Some(text) if parse_decimal_micros(text).is_ok() => Field::Number(text.to_owned()),
        Some(text) => Field::from(text),
    }
}

/// A chart drawn with characters for a terminal.
///
/// # Errors
/// `InvalidInput` for a value that is no amount.
pub fn chart_text(shown: ScreenChart, columns: u32, lines: u32) -> Result<String> {
    rumbo_export::chart_text(&chart(shown)?, columns, lines)
}

/// The chart as it is drawn.
///
/// # Errors
/// `InvalidInput` for a value that is no amount.
fn chart(chart: ScreenChart) -> Result<Chart> {
    let series = chart.series.into_iter().map(|series| {
        let values = series
            .values
            .iter()
            .map(|value| value.as_deref().map(Micros::parse).transpose())
            .collect::<Result<Vec<_>>>()?;
        Ok(Series {
            name: series.name,
            shape: match series.shape {
                SeriesShape::Bars => Shape::Bars,
                SeriesShape::Line => Shape::Line,
                SeriesShape::Dashes => Shape::Dashes,
            },
            values,
            total: series.total,
        })
    });
    Ok(Chart {
        title: chart.title,
        subtitle: chart.subtitle,
        series: series.collect::<Result<_>>()?,
        places: chart.places,
        open: usize::try_from(chart.open).unwrap_or(0),
        decimal: if chart.decimal_comma { ',' } else { '.' },
        decimals: chart.decimals,
    })
}
