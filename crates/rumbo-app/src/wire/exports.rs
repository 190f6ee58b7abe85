//! What is on screen, on its way into a file.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The kind of file for a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ScreenFormat {
    #[default]
    Csv,
    Xlsx,
}

/// The kind of file for a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    Svg,
    Png,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ScreenCellKind {
    Text,
    /// `YYYY-MM-DD`.
    Day,
    Count,
    /// Decimal text in the major unit.
    Money,
    /// `12.5` for 12.5 percent.
    Percent,
    Ratio,
}

/// Something that the figures depend on, such as their days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ScreenFact {
    pub label: String,
    pub text: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ScreenColumn {
    pub head: String,
    /// The second line of the head; empty for none.
    pub unit: String,
    pub kind: ScreenCellKind,
    /// How many decimals a spreadsheet shows.
    pub decimals: u32,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ScreenRow {
    /// One for each column: text, or a number as decimal text; null where nothing is known.
    pub cells: Vec<Option<String>>,
    /// How far it lies under other rows.
    pub depth: u32,
    /// A sum of other rows.
    pub sum: bool,
}

/// A table as it stands on screen, in its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ScreenTable {
    pub title: String,
    pub facts: Vec<ScreenFact>,
    pub columns: Vec<ScreenColumn>,
    pub rows: Vec<ScreenRow>,
}

/// Writes a table to a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ExportScreen {
    pub path: String,
    pub format: ScreenFormat,
    /// Of CSV: `;` and a decimal comma, as spreadsheets in Spanish and Portuguese expect.
    pub semicolon: bool,
    pub table: ScreenTable,
}

/// How a series of a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SeriesShape {
    Bars,
    Line,
    /// What the rest is compared with.
    Dashes,
}

/// Values of one kind, one for each place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ScreenSeries {
    pub name: String,
    pub shape: SeriesShape,
    /// Decimal text; null is a gap, not a zero.
    pub values: Vec<Option<String>>,
    /// What they come to, in words.
    pub total: Option<String>,
}

/// A chart, in the words of the screen. One axis, one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ScreenChart {
    pub title: String,
    /// What the figures stand on.
    pub subtitle: String,
    /// What each place is called, such as a day.
    pub places: Vec<String>,
    pub series: Vec<ScreenSeries>,
    /// How many of the last places are not over yet.
    pub open: u32,
    /// Whether a comma parts whole and fraction.
    pub decimal_comma: bool,
    /// Decimals of the unit.
    pub decimals: u32,
}

/// Writes a chart to a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ExportChart {
    pub path: String,
    pub format: PictureFormat,
    /// Of the SVG, in pixels; a PNG has twice as many dots each way.
    pub width: u32,
    pub height: u32,
    pub chart: ScreenChart,
}
