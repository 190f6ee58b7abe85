//! JSON that holds a table: a list of values, of rows or of objects, such as other programs and
//! Rumbo itself write.

use rumbo_base::{Error, Reason, Result};
use serde_json::{Map, Value};

use super::{Cell, MAX_COLUMNS, MAX_ROWS, Row, too_many_columns, too_many_rows, unusable};

/// What a JSON file says.
pub(super) struct Found {
    /// The names of the columns, where its entries have names.
    pub header: Option<Vec<String>>,
    pub rows: Vec<Row>,
    /// Whether the first row may name the columns.
    pub may_have_header: bool,
}

/// Whether a text is meant as JSON. A delimited file hardly begins so.
pub(super) fn is_json(text: &str) -> bool {
    let mut begins = text.chars().filter(|c| !c.is_whitespace());
    match begins.next() {
        Some('{') => matches!(begins.next(), Some('"' | '}')),
        Some('[') => matches!(
            begins.next(),
            Some('{' | '[' | ']' | '"' | '-' | '0'..='9' | 'n')
        ),
        _ => false,
    }
}

/// Reads a list of values, of lists or of objects; an object around the one list that it holds; or
/// one value on each line.
///
/// # Errors
/// `InvalidInput` for what is not JSON, and for JSON that is no table.
pub(super) fn rows(text: &str) -> Result<Found> {
    let values: Vec<Value> = serde_json::Deserializer::from_str(text)
        .into_iter()
        .collect::<std::result::Result<_, _>>()
        .map_err(not_json)?;
    let items = match <[Value; 1]>::try_from(values) {
        Ok([one]) => items(one),
        Err(several) => several,
    };
    if items.len() > MAX_ROWS {
        return Err(too_many_rows());
    }
    if items.iter().all(Value::is_object) {
        return objects(items);
    }
    let may_have_header = items.iter().all(Value::is_array);
    let mut rows = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let number = index + 1;
        let cells = match item {
            Value::Object(_) => return Err(no_table(number)),
            Value::Array(cells) if cells.len() > MAX_COLUMNS => {
                return Err(too_many_columns(number));
            }
            Value::Array(cells) => cells.into_iter().map(cell).collect(),
            value => vec![cell(value)],
        };
        rows.push(Row { number, cells });
    }
    Ok(Found {
        header: None,
        rows,
        may_have_header,
    })
}

/// The list that a document is, or the one of objects that it holds beside other things, such as
/// how many there are.
fn items(document: Value) -> Vec<Value> {
    let mut members = match document {
        Value::Array(items) => return items,
        Value::Object(members) => members,
        value => return vec![value],
    };
    let alone = members.len() == 1;
    let mut lists = members.iter().filter_map(|(name, value)| {
        let list = value.as_array()?;
        (alone || list.iter().all(Value::is_object)).then(|| name.clone())
    });
    match (lists.next(), lists.next()) {
        (Some(only), None) => members.remove(&only).map(items).unwrap_or_default(),
        _ => vec![Value::Object(members)],
    }
}

/// Objects: each name is a column.
fn objects(items: Vec<Value>) -> Result<Found> {
    let items: Vec<Map<String, Value>> = items
        .into_iter()
        .filter_map(|item| match item {
            Value::Object(members) => Some(members),
            _ => None,
        })
        .collect();
    let mut header: Vec<String> = Vec::new();
    for (index, members) in items.iter().enumerate() {
        for name in members.keys() {
            if !header.contains(name) {
                header.push(name.clone());
            }
        }
        if header.len() > MAX_COLUMNS {
            return Err(too_many_columns(index + 1));
        }
    }
    let rows = items
        .into_iter()
        .enumerate()
        .map(|(index, mut members)| Row {
            number: index + 1,
            cells: header
                .iter()
                .map(|name| members.remove(name).map_or(Cell::Empty, cell))
                .collect(),
        })
        .collect();
    Ok(Found {
        header: (!header.is_empty()).then_some(header),
        rows,
        may_have_header: false,
    })
}

/// A value as the file has it. What is no single value stays as it is written.
fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::String(text) => Cell::Text(text),
        other => Cell::Text(other.to_string()),
    }
}

fn not_json(error: serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    unusable(
        Reason::FileNotJson,
        format!(
            "The file begins like JSON and is none from line {line}, column {column} on. Mend it, or bring the table as CSV."
        ),
    )
    .param("line", line)
    .param("column", column)
    .source(error)
}

fn no_table(number: usize) -> Error {
    unusable(
        Reason::FileNotATable,
        format!(
            "Entry {number} of the list is not of the same kind as the others. Make all of them values, or all of them objects with the same names."
        ),
    )
}
