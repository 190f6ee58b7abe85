//! A table as an Excel workbook: numbers are numbers with a format, and what they stand on is told
//! above them.

use rumbo_base::{Error, Result};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use crate::sheet::{Column, Kind, Row, Sheet};

/// What Excel allows in the name of a worksheet.
const LONGEST_NAME: usize = 31;
/// Widths of columns, in characters.
const LEAST: usize = 10;
const MOST: usize = 60;

const INK: Color = Color::RGB(0x1D_21_28);
const QUIET: Color = Color::RGB(0x64_6A_74);
const LINE: Color = Color::RGB(0xD9_D6_CF);
const GROUND: Color = Color::RGB(0xF4_F2_EE);

/// The workbook, as the bytes of its file. The same table gives the same bytes.
///
/// # Errors
/// When the table is larger than a worksheet: 1,048,576 rows, 16,384 columns.
pub fn xlsx(sheet: &Sheet) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    // Not the clock's: a report that is asked for again as of the same moment is the same file.
    let made = ExcelDateTime::from_ymd(1980, 1, 1).map_err(failed)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(&sheet.title)
            .set_creation_datetime(&made),
    );
    let page = book.add_worksheet();
    write(page, sheet).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

fn write(page: &mut Worksheet, sheet: &Sheet) -> std::result::Result<(), XlsxError> {
    page.set_name(sheet_name(&sheet.title))?;
    let base = Format::new().set_font_name("Calibri").set_font_color(INK);
    let quiet = base.clone().set_font_color(QUIET);
    page.write_string_with_format(
        0,
        0,
        &sheet.title,
        &base.clone().set_bold().set_font_size(14),
    )?;
    let mut line = 1;
    for fact in &sheet.facts {
        // In one cell: the first column is as wide as the names in it.
        page.write_string_with_format(line, 0, format!("{}: {}", fact.label, fact.text), &quiet)?;
        line += 1;
    }
    let head = line + 1;
    let heads = base
        .clone()
        .set_bold()
        .set_text_wrap()
        .set_background_color(GROUND)
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(LINE)
        .set_align(FormatAlign::Bottom);
    for (at, column) in (0_u16..).zip(&sheet.columns) {
        let text = if column.unit.is_empty() {
            column.head.clone()
        } else {
            format!("{}\n{}", column.head, column.unit)
        };
        let align = if column.kind == Kind::Text {
            FormatAlign::Left
        } else {
            FormatAlign::Right
        };
        page.write_string_with_format(head, at, text, &heads.clone().set_align(align))?;
        page.set_column_width(at, width(sheet, usize::from(at), column))?;
    }
    let formats: Vec<Format> = sheet
        .columns
        .iter()
        .map(|column| match number_format(column.kind) {
            Some(text) => base.clone().set_num_format(text),
            None => base.clone(),
        })
        .collect();
    let mut last = head;
    for (at, row) in (head + 1..).zip(&sheet.rows) {
        write_row(page, at, row, &sheet.columns, &formats)?;
        last = at;
    }
    // Sums stay in place when Excel sorts or filters.
    let sums = sheet.rows.iter().rev().take_while(|row| row.sum).count();
    let filtered = last.saturating_sub(u32::try_from(sums).unwrap_or(0));
    if let Some(right) = u16::try_from(sheet.columns.len())
        .ok()
        .and_then(|count| count.checked_sub(1))
        && filtered > head
    {
        page.autofilter(head, 0, filtered, right)?;
    }
    page.set_freeze_panes(head + 1, 1)?;
    page.set_landscape();
    page.set_print_fit_to_pages(1, 0);
    page.set_repeat_rows(head, head)?;
    Ok(())
}

fn write_row(
    page: &mut Worksheet,
    at: u32,
    row: &Row,
    columns: &[Column],
    formats: &[Format],
) -> std::result::Result<(), XlsxError> {
    for (place, ((cell, column), format)) in
        (0_u16..).zip(row.cells.iter().zip(columns).zip(formats))
    {
        let mut format = format.clone();
        if row.sum {
            format = format.set_bold().set_background_color(GROUND);
        }
        if place == 0 && row.depth > 0 {
            format = format.set_indent(row.depth);
        }
        let Some(text) = cell else {
            page.write_blank(at, place, &format)?;
            continue;
        };
        match (column.kind, number(column.kind, text)) {
            (Kind::Day, _) => match ExcelDateTime::parse_from_str(text) {
                Ok(day) => page.write_datetime_with_format(at, place, &day, &format)?,
                Err(_) => page.write_string_with_format(at, place, text, &format)?,
            },
            (Kind::Text, _) | (_, None) => {
                page.write_string_with_format(at, place, text, &format)?
            }
            (_, Some(number)) => page.write_number_with_format(at, place, number, &format)?,
        };
    }
    Ok(())
}

/// The number a decimal text is; a percentage becomes its part of one, which Excel writes as a
/// percentage again.
fn number(kind: Kind, text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if !plain {
        return None;
    }
    // By its exponent: dividing would round twice.
    let shifted = match kind {
        Kind::Percent { .. } => format!("{text}e-2"),
        _ => text.to_owned(),
    };
    shifted
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

fn number_format(kind: Kind) -> Option<String> {
    let decimals = |count: u32| match usize::try_from(count).unwrap_or(0) {
        0 => String::new(),
        count => format!(".{}", "0".repeat(count)),
    };
    match kind {
        Kind::Text => None,
        Kind::Day => Some("yyyy-mm-dd".to_owned()),
        // A part of a sale shows its decimals; a whole number has none.
        Kind::Count => Some("General".to_owned()),
        Kind::Money { decimals: count } => Some(format!("#,##0{}", decimals(count))),
        Kind::Percent { decimals: count } => Some(format!("0{}%", decimals(count))),
        Kind::Ratio { decimals: count } => Some(format!("0{}", decimals(count))),
    }
}

/// Wide enough for the head and what is under it, within bounds.
fn width(sheet: &Sheet, at: usize, column: &Column) -> f64 {
    let head = column.head.chars().count().max(column.unit.chars().count());
    let cells = sheet.rows.iter().filter_map(|row| {
        let text = row.cells.get(at)?.as_ref()?;
        let (whole, _) = text.split_once('.').unwrap_or((text, ""));
        // Thousands are parted, and decimals stand behind.
        Some(match column.kind {
            Kind::Text => text.chars().count() + 2 * usize::from(row.depth),
            _ => whole.len() + whole.len() / 3 + 4,
        })
    });
    let widest = cells.fold(head, usize::max).clamp(LEAST, MOST) + 2;
    f64::from(u32::try_from(widest).unwrap_or(12))
}

/// Without what Excel refuses in the name of a worksheet.
fn sheet_name(title: &str) -> String {
    let name: String = title
        .chars()
        .map(|letter| {
            if matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\') {
                ' '
            } else {
                letter
            }
        })
        .take(LONGEST_NAME)
        .collect();
    let name = name.trim().trim_matches('\'').to_owned();
    if name.is_empty() {
        "Rumbo".to_owned()
    } else {
        name
    }
}

fn failed(error: XlsxError) -> Error {
    Error::internal(error)
}

#[cfg(test)]
mod tests;
