//! Which row names the columns, and whether any does.

use super::{Cell, Row, fold};

/// Whether the first row reads like names: nothing in it is a number, a date, a phone number or
/// an e-mail address.
pub(super) fn present(rows: &[Row]) -> bool {
    let Some(first) = rows.first() else {
        return false;
    };
    let names: Vec<String> = first
        .cells
        .iter()
        .filter_map(Cell::text)
        .map(|text| fold(&text))
        .collect();
    let is_value = |cell: &Cell| match cell {
        Cell::Number(_) | Cell::Date(_) => true,
        Cell::Empty => false,
        Cell::Text(text) => {
            let text = text.trim();
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            text.contains('@') || (digits > 0 && digits >= letters)
        }
    };
    !names.is_empty() && !first.cells.iter().any(is_value)
}

/// How many rows stand above a table and tell what it is of, as a workbook of Rumbo has them: text
/// in the first column alone, an empty row, and then the names of several columns.
pub(super) fn titles(rows: &[Row]) -> usize {
    let filled = |row: &Row| {
        row.cells
            .iter()
            .filter(|cell| cell.text().is_some())
            .count()
    };
    let above = rows
        .iter()
        .take_while(|row| filled(row) == 1 && row.cell(0).text().is_some())
        .count();
    let (titles, table) = rows.split_at(above);
    let apart = titles
        .last()
        .zip(table.first())
        .is_some_and(|(title, head)| head.number > title.number + 1);
    if apart && present(table) { above } else { 0 }
}

/// The names, each once: a second "Amount" is called "Amount (2)".
pub(super) fn names(row: &Row) -> Vec<String> {
    let mut seen: Vec<String> = Vec::with_capacity(row.cells.len());
    for (index, cell) in row.cells.iter().enumerate() {
        let name = match cell.raw().trim() {
            "" => format!("#{}", index + 1),
            text => text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let mut unique = name.clone();
        let mut number = 2;
        while seen.contains(&unique) {
            unique = format!("{name} ({number})");
            number += 1;
        }
        seen.push(unique);
    }
    seen
}
