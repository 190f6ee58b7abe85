//! Rates of exchange: exact decimals, and what an amount is multiplied by, exactly.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use crate::{Code, Error, Micros, Reason};

/// The most digits of a rate, and the most of them after the point.
const DIGITS: usize = 12;
const DECIMALS: usize = 10;

/// How many units of one currency are one unit of another: an exact decimal above zero, as it was
/// published or entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// Without the point.
    digits: u64,
    /// How many of the digits stand after the point.
    decimals: u32,
}

impl FromStr for Rate {
    type Err = Error;

    /// Reads a decimal such as `5.874`: above zero, up to 12 digits, up to 10 after the point.
    fn from_str(text: &str) -> Result<Self, Error> {
        let unreadable = || {
            Error::new(
                Code::InvalidInput,
                format!("\"{text}\" is not a rate. Write a number above zero with up to {DIGITS} digits, such as 5.874."),
            )
            .reason(Reason::RateUnreadable)
            .param("value", text)
            .param("digits", DIGITS)
            .field("rate")
        };
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) {
            return Err(unreadable());
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if whole.len() + fraction.len() > DIGITS || fraction.len() > DECIMALS {
            return Err(unreadable());
        }
        let digits = format!("{whole}{fraction}").parse().unwrap_or(0);
        match u32::try_from(fraction.len()) {
            Ok(decimals) if digits > 0 => Ok(Self { digits, decimals }),
            _ => Err(unreadable()),
        }
    }
}

/// The decimal text without zeros at its end.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&point(self.digits.into(), self.decimals))
    }
}

fn point(digits: u128, decimals: u32) -> String {
    let decimals = usize::try_from(decimals).unwrap_or(0);
    let text = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = text.split_at(text.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// What amounts of one currency are multiplied by to be in another: a quotient of whole numbers,
/// so that a rate, its inverse and a cross of two rates are all exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Factor {
    times: u128,
    over: u128,
}

impl From<Rate> for Factor {
    fn from(rate: Rate) -> Self {
        Self::of(rate.digits.into(), 10_u128.pow(rate.decimals))
    }
}

impl Factor {
    /// Of a currency to itself.
    pub const ONE: Self = Self { times: 1, over: 1 };

    fn of(times: u128, over: u128) -> Self {
        let (mut a, mut b) = (times, over);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = a.max(1);
        Self {
            times: times / common,
            over: over / common,
        }
    }

    /// The way back.
    pub fn inverse(self) -> Self {
        Self {
            times: self.over,
            over: self.times,
        }
    }

    /// First this one, then another: a cross rate.
    pub fn then(self, other: Self) -> Self {
        // Two rates have up to 12 digits and 10 decimals each: both products stay below 10^24.
        Self::of(
            self.times.saturating_mul(other.times),
            self.over.saturating_mul(other.over),
        )
    }

    /// The amount in the other currency, rounded once, half away from zero, to a millionth.
    ///
    /// # Errors
    /// `InvalidInput` when it does not fit.
    pub fn apply(self, amount: Micros) -> Result<Micros, Error> {
        self.ready().apply(amount)
    }

    /// The same, made ready for many amounts.
    pub fn ready(self) -> ReadyFactor {
        let small = || {
            let times = u64::try_from(self.times).ok()?;
            let over = u64::try_from(self.over).ok()?;
            Some(SmallFactor {
                times,
                over,
                doubled: NonZeroU64::new(over.checked_mul(2)?)?,
            })
        };
        ReadyFactor {
            factor: self,
            small: small(),
        }
    }

    fn apply_any(self, amount: Micros) -> Option<i64> {
        let product = u128::from(amount.0.unsigned_abs()).checked_mul(self.times)?;
        let doubled = product.checked_mul(2)?.checked_add(self.over)?;
        i64::try_from(doubled / self.over.checked_mul(2)?).ok()
    }

    /// The factor as a decimal: exact where it ends within 12 decimals, else rounded there half
    /// away from zero, and in any case with at least 7 digits that count.
    pub fn to_text(self) -> String {
        let small = (0..12).find(|more| self.times.saturating_mul(10_u128.pow(*more)) >= self.over);
        let decimals = 12 + small.unwrap_or(12);
        let scaled = self
            .times
            .checked_mul(10_u128.pow(decimals))
            .and_then(|n| n.checked_mul(2)?.checked_add(self.over))
            .zip(self.over.checked_mul(2))
            .map(|(n, d)| n / d);
        match scaled {
            Some(scaled) => point(scaled, decimals),
            None => (self.times / self.over).to_string(),
        }
    }
}

/// A [`Factor`] that many amounts are multiplied by: a report converts millions.
#[derive(Clone, Copy, Debug)]
pub struct ReadyFactor {
    factor: Factor,
    small: Option<SmallFactor>,
}

/// The same in words that a processor divides at once.
#[derive(Clone, Copy, Debug)]
struct SmallFactor {
    times: u64,
    over: u64,
    doubled: NonZeroU64,
}

impl SmallFactor {
    fn apply(self, size: u64) -> Option<i64> {
        let product = size.checked_mul(self.times)?;
        let doubled = product.checked_mul(2)?.checked_add(self.over)?;
        i64::try_from(doubled / self.doubled).ok()
    }
}

impl ReadyFactor {
    /// As [`Factor::apply`].
    ///
    /// # Errors
    /// `InvalidInput` when it does not fit.
    pub fn apply(&self, amount: Micros) -> Result<Micros, Error> {
        let small = self.small;
        let size = small.and_then(|small| small.apply(amount.0.unsigned_abs()));
        let size = size.or_else(|| self.factor.apply_any(amount));
        let size = size.ok_or_else(|| {
            Error::new(
                Code::InvalidInput,
                "This amount is larger than Rumbo can keep.",
            )
            .reason(Reason::AmountTooLarge)
        })?;
        Ok(Micros(if amount.0 < 0 { -size } else { size }))
    }
}

/// Which is more.
impl PartialOrd for Factor {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Factor {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let small = |of: &Self| Some((u64::try_from(of.times).ok()?, u64::try_from(of.over).ok()?));
        if let (Some(own), Some(other)) = (small(self), small(other)) {
            let across = |times: u64, over: u64| u128::from(times) * u128::from(over);
            return across(own.0, other.1).cmp(&across(other.0, own.1));
        }
        let across = (
            self.times.checked_mul(other.over),
            other.times.checked_mul(self.over),
        );
        if let (Some(own), Some(other)) = across {
            return own.cmp(&other);
        }
        // By whole parts, and then by what is left over: nothing is multiplied that does not fit.
        let whole = (self.times / self.over).cmp(&(other.times / other.over));
        let (left, right) = (self.times % self.over, other.times % other.over);
        whole.then_with(|| match (left, right) {
            (0, _) | (_, 0) => left.min(1).cmp(&right.min(1)),
            _ => {
                let turned = |times, over| Self { times, over };
                turned(other.over, right).cmp(&turned(self.over, left))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_is_the_decimal_that_was_written() {
        for (typed, kept) in [
            ("5.874", "5.874"),
            (" 186.7500 ", "186.75"),
            ("007", "7"),
            ("0.0000528", "0.0000528"),
            ("1100000", "1100000"),
            ("0.0000000001", "0.0000000001"),
        ] {
            assert_eq!(rate(typed).to_string(), kept);
        }
        for wrong in [
            "",
            "0",
            "0.000",
            "-1",
            "+1",
            "1,5",
            "1e3",
            "N/A",
            ".5",
            "1.2.3",
            "0.00000000001",
            "1234567890123",
            "NaN",
        ] {
            let error = wrong.parse::<Rate>().unwrap_err();
            assert_eq!(error.reason_id(), Some(Reason::RateUnreadable), "{wrong}");
        }
    }

    #[test]
    fn conversion_is_exact_and_rounded_once() {
        // 2026-04-13: 1 EUR = 1.1684 USD = 5.874 BRL.
        let (usd, brl) = (Factor::from(rate("1.1684")), Factor::from(rate("5.874")));
        let to_usd = brl.inverse().then(usd);
        // 1000 / 5.874 * 1.1684 = 198.910452843036…
        assert_eq!(
            to_usd.apply(Micros(1_000_000_000)).unwrap(),
            Micros(198_910_453)
        );
        assert_eq!(
            to_usd.apply(Micros(-1_000_000_000)).unwrap(),
            Micros(-198_910_453)
        );
        assert_eq!(to_usd.to_text(), "0.198910452843");
        assert_eq!(brl.then(brl.inverse()), Factor::ONE);
        // Half a millionth goes away from zero.
        let half = Factor::from(rate("0.5"));
        assert_eq!(half.apply(Micros(1)).unwrap(), Micros(1));
        assert_eq!(half.apply(Micros(-1)).unwrap(), Micros(-1));
        assert_eq!(half.apply(Micros(3)).unwrap(), Micros(2));
        assert_eq!(
            Factor::ONE.apply(Micros(i64::MAX)).unwrap(),
            Micros(i64::MAX)
        );
        assert!(brl.apply(Micros(i64::MAX)).is_err());
    }

    #[test]
    fn small_words_give_what_large_ones_give() {
        let factors = ["1.1684", "0.0000528", "999999999999", "0.5", "3.0000000001"];
        let factors = factors.map(|text| Factor::from(rate(text)));
        let mut both = 0;
        for one in factors {
            for factor in [one, one.inverse(), one.then(factors[0]).inverse()] {
                for amount in [
                    0_i64,
                    1,
                    -1,
                    7_777,
                    -123_456_789_012,
                    9_007_199_254_740_993,
                    i64::MIN,
                ] {
                    let small = factor.ready().small;
                    let size = amount.unsigned_abs();
                    let small = small.and_then(|small| small.apply(size));
                    both += usize::from(small.is_some());
                    if small.is_some() {
                        assert_eq!(
                            small,
                            factor.apply_any(Micros(amount)),
                            "{factor:?} {amount}"
                        );
                    }
                }
            }
        }
        assert!(both > 40, "{both}");
    }

    #[test]
    fn factors_are_shown_exactly_where_they_end_and_compare() {
        assert_eq!(Factor::from(rate("5.874")).to_text(), "5.874");
        assert_eq!(Factor::ONE.to_text(), "1");
        assert_eq!(Factor::from(rate("0.0000528")).to_text(), "0.0000528");
        let ordered = [
            "0.3333333333",
            "0.5",
            "1",
            "1.1",
            "1.11",
            "99999.9999999",
            "100000",
        ];
        for pair in ordered.windows(2) {
            let (less, more) = (Factor::from(rate(pair[0])), Factor::from(rate(pair[1])));
            assert!(less < more && less.inverse() > more.inverse(), "{pair:?}");
            assert_eq!(less.cmp(&less), std::cmp::Ordering::Equal);
        }
    }
}
