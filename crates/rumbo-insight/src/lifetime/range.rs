use std::fmt;

/// A number that no model here can take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfRange {
    /// What the number is of.
    pub what: &'static str,
    pub value: f64,
    /// The least and the most it may be, both allowed.
    pub least: f64,
    pub most: f64,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            value,
            least,
            most,
        } = self;
        write!(f, "{what} is {value}. It must be from {least} to {most}.")
    }
}

impl std::error::Error for OutOfRange {}

/// # Errors
/// When the value is not from `least` to `most`, or is not a number.
pub(super) fn within(
    what: &'static str,
    value: f64,
    least: f64,
    most: f64,
) -> Result<f64, OutOfRange> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(OutOfRange {
            what,
            value,
            least,
            most,
        })
    }
}
