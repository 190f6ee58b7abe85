//! What is on screen, as files: tables as spreadsheets, charts as pictures and as text.
//!
//! It takes plain tables and series and knows nothing of where they come from, so that the window
//! and the command line make the same file of the same figures.

mod chart;
mod picture;
mod sheet;
mod xlsx;

pub use chart::{Chart, Series, Shape, chart_svg, chart_text};
pub use picture::chart_png;
pub use sheet::{Column, Fact, Kind, Row, Sheet};
pub use xlsx::xlsx;
