//! What the cells of a column say about how they are written.

use rumbo_base::{Code, Error, Reason, Result};

/// Why a cell cannot be read: the part of a sentence that comes after the row and the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    reason: Reason,
    value: String,
    why: &'static str,
    param: Option<(&'static str, char)>,
}

impl Unreadable {
    /// `why` follows the cell's text. The sentence of the reason names a `column` and a `value`.
    pub(super) fn new(reason: Reason, value: &str, why: &'static str) -> Self {
        Self {
            reason,
            value: value.to_owned(),
            why,
            param: None,
        }
    }

    /// Adds a value that the sentence of the reason names.
    pub(super) fn param(self, name: &'static str, value: char) -> Self {
        Self {
            param: Some((name, value)),
            ..self
        }
    }

    /// The failure of the row, which has the cell in the column of this name.
    pub fn in_column(&self, column: &str) -> Error {
        let error = Error::new(Code::InvalidInput, format!("{column}: {self}"))
            .reason(self.reason)
            .param("column", column)
            .param("value", &self.value);
        match self.param {
            Some((name, value)) => error.param(name, value),
            None => error,
        }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\" {}", self.value, self.why)
    }
}

/// A cell that bears witness: its row and its text.
pub type Witness = (usize, String);

/// What a column says about a way of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// Its cells can be read in this way only.
    Sure(T),
    /// No cell depends on it.
    Either,
    /// This cell can be read in two ways, and no other cell tells which.
    Unclear(Witness),
    /// These two cells contradict each other.
    Mixed(Witness, Witness),
}

impl<T: PartialEq + Copy> Reading<T> {
    /// Sums up what the cells say, in their order: `Ok` for a cell with one reading, `Err` for
    /// one with two.
    pub(super) fn of(cells: impl Iterator<Item = (Witness, Result<T, ()>)>) -> Self {
        let mut sure: Option<(T, Witness)> = None;
        let mut unclear: Option<Witness> = None;
        for (witness, says) in cells {
            match (says, &sure) {
                (Ok(now), Some((before, first))) if now != *before => {
                    return Self::Mixed(first.clone(), witness);
                }
                (Ok(now), None) => sure = Some((now, witness)),
                (Err(()), _) if unclear.is_none() => unclear = Some(witness),
                _ => {}
            }
        }
        match (sure, unclear) {
            (Some((way, _)), _) => Self::Sure(way),
            (None, Some(witness)) => Self::Unclear(witness),
            (None, None) => Self::Either,
        }
    }

    /// The way to read the column: the one chosen by a person, or the one the cells show, or
    /// `default` when it makes no difference.
    ///
    /// # Errors
    /// `InvalidInput` that asks for a choice: `field` is the `setting` to choose, `column`, `row`
    /// and `example` say where the question comes from, `other_row` and `other` what contradicts
    /// it.
    pub fn or_ask(
        self,
        chosen: Option<T>,
        default: T,
        column: &str,
        setting: &str,
        choices: &str,
    ) -> Result<T> {
        if let Some(chosen) = chosen {
            return Ok(chosen);
        }
        let error = |reason: Reason, message: String, (row, text): Witness| {
            Error::new(Code::InvalidInput, message)
                .reason(reason)
                .field(setting)
                .param("column", column)
                .param("row", row)
                .param("example", text)
        };
        Err(match self {
            Self::Sure(way) => return Ok(way),
            Self::Either => return Ok(default),
            Self::Unclear((row, text)) => {
                let message = format!(
                    "\"{text}\" in row {row} of \"{column}\" can be read in two ways, and no other row tells which. Choose {choices}."
                );
                error(Reason::ColumnUnclear, message, (row, text))
            }
            Self::Mixed((row, text), (other_row, other)) => {
                let message = format!(
                    "\"{column}\" is written in two ways: \"{text}\" in row {row} and \"{other}\" in row {other_row}. Choose {choices}; rows that do not fit are then rejected."
                );
                error(Reason::ColumnMixed, message, (row, text))
                    .param("other_row", other_row)
                    .param("other", other)
            }
        })
    }
}
