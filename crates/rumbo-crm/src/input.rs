//! Checks that several slices share.

use chrono::{DateTime, Duration, Utc};
use rumbo_base::{Code, Currency, Error, Micros, Reason, Result};

/// What to do with a value that may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Take it away.
    Clear,
    /// Put this in its place.
    To(T),
}

impl<T> Change<T> {
    /// The value after the change.
    pub fn over(self, stored: Option<T>) -> Option<T> {
        match self {
            Self::Keep => stored,
            Self::Clear => None,
            Self::To(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Change<T> {
    /// An absent value leaves things as they are.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::To)
    }
}

pub(crate) fn invalid(field: &str, reason: Reason, message: impl Into<String>) -> Error {
    Error::new(Code::InvalidInput, message)
        .reason(reason)
        .field(field)
}

/// A row that does not say what every row has to.
pub(crate) fn row_without(field: &str, message: &str) -> Error {
    invalid(field, Reason::RowWithout, message)
}

pub(crate) fn not_found(what: &str) -> Error {
    Error::new(
        Code::NotFound,
        format!("This {what} does not exist any more. Look again."),
    )
    .reason(Reason::Gone)
    .param("what", what)
}

/// Text without outer spaces, of at most `longest` characters; `None` when nothing is left.
pub(crate) fn short_text(field: &str, text: &str, longest: usize) -> Result<Option<String>> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(invalid(
            field,
            Reason::ValueTooLong,
            format!("The {field} is longer than {longest} characters."),
        )
        .param("longest", longest));
    }
    if text.contains('\0') {
        return Err(invalid(
            field,
            Reason::ValueNotKept,
            format!("The {field} holds a character that cannot be kept."),
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// An amount that is not negative, not too large, and has no more decimals than the currency has
/// coins for.
pub(crate) fn coins(field: &str, amount: Micros, currency: Currency) -> Result<()> {
    if amount < Micros::ZERO {
        return Err(invalid(
            field,
            Reason::AmountNegative,
            "An amount cannot be negative. Enter money given back as a refund.",
        ));
    }
    amount.of_one().map_err(|error| error.field(field))?;
    if !amount.fits(currency) {
        return Err(invalid(
            field,
            Reason::AmountTooFine,
            format!(
                "{} has more decimals than {currency} has coins for ({}).",
                amount.to_text(currency),
                currency.exponent()
            ),
        )
        .param("amount", amount.to_text(currency))
        .param("currency", currency)
        .param("decimals", currency.exponent()));
    }
    Ok(())
}

/// Refuses what is said to have happened more than a day from `now`. Another clock than ours may be
/// that far ahead, or have another day already.
pub(crate) fn happened(field: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if at <= now + Duration::days(1) {
        return Ok(());
    }
    Err(rumbo_base::day_in_future(at.date_naive()).field(field))
}
