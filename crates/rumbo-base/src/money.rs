//! Money is a whole number of millionths of the currency's major unit: exact for every currency,
//! for Meta's text amounts and for Meta's minor units alike (docs/decisions/0001).

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use crate::{Code, Currency, Error, Reason};

const SCALE: i64 = 1_000_000;

/// An amount in millionths of a major unit. The currency stands beside it, in the row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// No money at all. Not the same as an unknown amount, which is `None`.
    pub const ZERO: Self = Self(0);

    /// The most that one sale, opportunity, refund or spend may be: a hundred thousand million.
    /// Sums of many still fit, and a phone number in the column of amounts does not pass for one.
    pub const MOST: Self = Self(100_000_000_000 * SCALE);

    /// Reads an exact decimal such as `"1842.61"` or `"-0.5"`.
    ///
    /// # Errors
    /// `InvalidInput` for anything that is not a plain decimal, has more than six decimals that
    /// count, or does not fit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse_decimal_micros(text).map(Self)
    }

    /// From Meta's own minor unit, in which budgets and caps arrive.
    ///
    /// # Errors
    /// `InvalidInput` when the amount does not fit.
    pub fn from_meta_minor(minor: i64, currency: Currency) -> Result<Self, Error> {
        minor
            .checked_mul(SCALE / currency.meta_offset())
            .map(Self)
            .ok_or_else(Error::too_large)
    }

    /// The decimal text, with at least the digits the currency has and never rounded.
    pub fn to_text(self, currency: Currency) -> String {
        let digits = usize::try_from(currency.exponent()).unwrap_or(2);
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let scale = SCALE.unsigned_abs();
        let whole = magnitude / scale;
        let fraction = format!("{:06}", magnitude % scale);
        let significant = fraction.trim_end_matches('0').len().max(digits);
        if significant == 0 {
            format!("{sign}{whole}")
        } else {
            let shown: String = fraction.chars().take(significant).collect();
            format!("{sign}{whole}.{shown}")
        }
    }

    /// Adds, or says that the sum does not fit.
    ///
    /// # Errors
    /// `InvalidInput` on overflow.
    pub fn checked_add(self, other: Self) -> Result<Self, Error> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or_else(Error::too_large)
    }

    /// Refuses what is more than one amount may be.
    ///
    /// # Errors
    /// `InvalidInput` beyond [`Self::MOST`].
    pub fn of_one(self) -> Result<(), Error> {
        if self.0.unsigned_abs() > Self::MOST.0.unsigned_abs() {
            return Err(Error::too_large());
        }
        Ok(())
    }

    /// Whether the amount has no more decimals than the currency has coins for.
    pub fn fits(self, currency: Currency) -> bool {
        let unit = 10_i64.pow(6_u32.saturating_sub(currency.exponent()));
        self.0 % unit == 0
    }
}

impl Error {
    /// An amount, or a sum of amounts, that does not fit.
    pub fn too_large() -> Self {
        Self::new(
            Code::InvalidInput,
            "This amount is larger than Rumbo can keep.",
        )
        .reason(Reason::AmountTooLarge)
    }
}

/// Reads an exact decimal into millionths.
///
/// # Errors
/// As [`Micros::parse`].
pub fn parse_decimal_micros(text: &str) -> Result<i64, Error> {
    let invalid = || {
        Error::new(
            Code::InvalidInput,
            format!("\"{text}\" is not an amount. Write it like 1842.61."),
        )
        .reason(Reason::AmountUnreadable)
        .param("value", text)
    };
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty())
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return Err(invalid());
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 6 {
        return Err(invalid());
    }
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().map_err(|_| Error::too_large())?
    };
    let fraction: i64 = format!("{fraction:0<6}").parse().map_err(|_| invalid())?;
    let micros = whole
        .checked_mul(SCALE)
        .and_then(|w| w.checked_add(fraction))
        .ok_or_else(Error::too_large)?;
    Ok(if negative { -micros } else { micros })
}

/// What there are mostly few of: up to eight lie where they are used.
pub type Few<T> = SmallVec<[T; 8]>;

/// Splits an amount by weights so that the parts sum to it exactly, by largest remainder in the
/// currency's own coins; ties go to the earlier part. All weights zero, or none: no parts.
pub fn allocate(amount: Micros, weights: &[u64], currency: Currency) -> Few<Micros> {
    let unit = 10_i64.pow(6_u32.saturating_sub(currency.exponent()));
    // An amount finer than the currency's coins is split in millionths: nothing may be lost.
    let unit = if amount.0 % unit == 0 { unit } else { 1 };
    split(amount.0 / unit, weights)
        .into_iter()
        .map(|coins| Micros(unit * coins))
        .collect()
}

/// Splits a whole number in the same way.
pub fn split(number: i64, weights: &[u64]) -> Few<i64> {
    let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    if total == 0 {
        return Few::new();
    }
    let size = number.unsigned_abs();
    let small = u64::try_from(total).ok();
    let mut parts: Few<(usize, u64, u128)> = weights
        .iter()
        .enumerate()
        .map(
            |(index, weight)| match small.zip(size.checked_mul(*weight)) {
                // As nearly always: dividing numbers of 128 bits takes many times as long.
                Some((total, share)) => (index, share / total, u128::from(share % total)),
                None => {
                    let share = u128::from(size) * u128::from(*weight);
                    // A part is no larger than the whole.
                    let whole = u64::try_from(share / total).unwrap_or(size);
                    (index, whole, share % total)
                }
            },
        )
        .collect();
    let given: u64 = parts.iter().map(|(_, whole, _)| whole).sum();
    let mut left = size - given;
    if left > 0 {
        parts.sort_unstable_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
        for part in &mut parts {
            if left == 0 {
                break;
            }
            part.1 += 1;
            left -= 1;
        }
        parts.sort_unstable_by_key(|(index, _, _)| *index);
    }
    parts
        .into_iter()
        .map(|(_, whole, _)| {
            let whole = i64::try_from(whole).unwrap_or(i64::MAX);
            if number < 0 { -whole } else { whole }
        })
        .collect()
}

/// `numerator / denominator` to `decimals` places, rounded half away from zero; `None` when the
/// denominator is zero. Both may be counts or micros.
pub fn ratio(numerator: i64, denominator: i64, decimals: u32) -> Option<String> {
    quotient(i128::from(numerator), denominator, decimals)
}

/// The same per hundred.
pub fn percent(numerator: i64, denominator: i64, decimals: u32) -> Option<String> {
    quotient(100 * i128::from(numerator), denominator, decimals)
}

fn quotient(numerator: i128, denominator: i64, decimals: u32) -> Option<String> {
    if denominator == 0 {
        return None;
    }
    let n = numerator.unsigned_abs() * 10_u128.pow(decimals) * 2;
    let d = denominator.unsigned_abs();
    let (n, twice) = (n + u128::from(d), u128::from(d) * 2);
    // A table has thousands of these, and long division takes its time.
    let magnitude = match (u64::try_from(n), u64::try_from(twice)) {
        (Ok(n), Ok(twice)) => u128::from(n / twice),
        _ => n / twice,
    };
    let negative = (numerator < 0) != (denominator < 0) && magnitude != 0;
    Some(decimal(negative, magnitude, decimals))
}

/// `magnitude` with the point before its last `decimals` digits.
fn decimal(negative: bool, magnitude: u128, decimals: u32) -> String {
    let digits = u64::try_from(magnitude).map_or_else(|_| magnitude.to_string(), |m| m.to_string());
    let decimals = usize::try_from(decimals).unwrap_or(0);
    let whole = digits.len().saturating_sub(decimals);
    let mut text = String::with_capacity(digits.len() + decimals + 3);
    if negative {
        text.push('-');
    }
    if whole == 0 {
        text.push('0');
    }
    text.push_str(digits.get(..whole).unwrap_or_default());
    if decimals > 0 {
        text.push('.');
        text.extend(std::iter::repeat_n(
            '0',
            decimals.saturating_sub(digits.len()),
        ));
        text.push_str(digits.get(whole..).unwrap_or_default());
    }
    text
}

impl Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Micros {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Micros {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|m| m.0).sum())
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(Currency::USD))
    }
}

/// On the wire and in stored JSON an amount is always decimal text, never a number.
impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
