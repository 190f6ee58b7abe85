//! Aligned columns for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};

/// Longest name shown in a column; the rest is cut with an ellipsis. JSON has it whole.
const LONGEST_NAME: usize = 44;

/// Columns of a terminal that wrapped tables fill at most.
const WRAPPED_WIDTH: u16 = 100;

/// A table with a heading. Text stands left, figures right.
#[derive(Debug)]
pub struct Grid {
    table: Table,
    empty: bool,
}

impl Grid {
    /// A table with text columns followed by figure columns.
    pub fn new(text: &[&str], figures: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_style(TableComponent::HeaderLines, '─');
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(text.iter().chain(figures));
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if place >= text.len() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table, empty: true }
    }

    /// Two columns without a heading: what a thing is called, and what it is. Long texts are
    /// wrapped.
    pub fn pairs() -> Self {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        Self { table, empty: true }.wrapped()
    }

    /// Wraps long texts instead of letting the lines grow.
    pub fn wrapped(mut self) -> Self {
        self.table
            .set_content_arrangement(ContentArrangement::Dynamic);
        self.table.set_width(WRAPPED_WIDTH);
        self
    }

    /// Adds a row.
    pub fn row<I>(&mut self, cells: I)
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let first = std::mem::take(&mut self.empty);
        self.table
            .add_row(cells.into_iter().map(|cell| plain(&cell.into())));
        if first {
            for column in self.table.column_iter_mut() {
                column.set_padding((0, 2));
            }
        }
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// The table as text, without blanks at the end of lines.
    pub fn text(&self) -> String {
        self.table
            .lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }
}

/// A name short enough for a column.
pub fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(LONGEST_NAME - 1).collect();
    cut.push('…');
    cut
}

/// Text from outside may hold control characters; a terminal would obey them.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests;
