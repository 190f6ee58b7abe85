//! A table as it stands on a screen.

/// A table, and what its figures stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// A short name, such as `Campaigns`.
    pub title: String,
    /// Period, way of crediting, filters and the like, in the order they are told.
    pub facts: Vec<Fact>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// Something that the figures depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub text: String,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// `YYYY-MM-DD`.
    Day,
    /// A number of things; parts of one where credit was shared.
    Count,
    /// Decimal text in the major unit.
    Money {
        decimals: u32,
    },
    /// `12.5` for 12.5 %.
    Percent {
        decimals: u32,
    },
    /// A plain number.
    Ratio {
        decimals: u32,
    },
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub head: String,
    /// A second line of the head: the unit, or where it comes from. Empty for none.
    pub unit: String,
    pub kind: Kind,
}

impl Column {
    /// The head in one line, for files that have one: `Spend (US$)`.
    pub fn line(&self) -> String {
        if self.unit.is_empty() {
            self.head.clone()
        } else {
            format!("{} ({})", self.head, self.unit)
        }
    }
}

/// A row, with a cell for each column; `None` where nothing is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub cells: Vec<Option<String>>,
    /// How far it lies under other rows.
    pub depth: u8,
    /// A sum of other rows.
    pub sum: bool,
}
