//! Numbers as a person reads them. They arrive as exact decimal text. Amounts are rounded to the
//! coins of their currency, ratios to two decimals.

use chrono::{DateTime, Utc};
use rumbo_app::wire::Shares;
use rumbo_base::{Currency, parse_decimal_micros, ratio};

/// Shown for what is not known or has nothing to divide by.
pub const NOTHING: &str = "—";

/// A moment, as tables show it.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The separators of a locale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberStyle {
    group: char,
    decimal: char,
}

/// Spanish-speaking regions that write a decimal point (CLDR 46).
const SPANISH_WITH_POINT: [&str; 12] = [
    "419", "MX", "US", "PR", "GT", "HN", "NI", "PA", "DO", "SV", "PE", "CU",
];

impl NumberStyle {
    /// The style of a locale such as `en`, `es-AR` or `pt-BR`.
    pub fn of(locale: &str) -> Self {
        let mut parts = locale.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let region = parts.next_back().unwrap_or_default().to_ascii_uppercase();
        let comma = match language.as_str() {
            "es" => !SPANISH_WITH_POINT.contains(&region.as_str()),
            "pt" => true,
            _ => false,
        };
        if comma {
            Self {
                group: '.',
                decimal: ',',
            }
        } else {
            Self {
                group: ',',
                decimal: '.',
            }
        }
    }

    /// Regroups exact decimal text: `-1842.61` becomes `−1,842.61`.
    pub fn decimal(self, text: &str) -> String {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => ("\u{2212}", rest),
            None => ("", text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = String::with_capacity(text.len() + 8);
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(self.group);
            }
            grouped.push(digit);
        }
        if fraction.is_empty() {
            format!("{sign}{grouped}")
        } else {
            format!("{sign}{grouped}{}{fraction}", self.decimal)
        }
    }

    /// A count.
    pub fn count(self, count: u32) -> String {
        self.decimal(&count.to_string())
    }

    /// A count of which only a part may be credited, with at most two decimals.
    pub fn shares(self, shares: Shares) -> String {
        self.number(&shares.to_string())
    }

    /// The value of a metric of this unit, that may be unknown.
    pub fn figure(self, unit: &str, value: Option<&str>, currency: &str) -> String {
        match unit {
            "money" => self.money_or_nothing(value, currency),
            "percent" => self.percent(value),
            "count" => value.map_or_else(|| NOTHING.to_owned(), |text| self.number(text)),
            _ => self.ratio(value),
        }
    }

    /// A count that may be unknown.
    pub fn count_or_nothing(self, count: Option<u32>) -> String {
        count.map_or_else(|| NOTHING.to_owned(), |n| self.count(n))
    }

    /// A number that may have decimals, at most two of them.
    pub fn number(self, number: &str) -> String {
        if number.contains('.') {
            self.decimal(&two_decimals(number))
        } else {
            self.decimal(number)
        }
    }

    /// An amount. What is finer than the coins of its currency, as after a conversion, is rounded
    /// half away from zero. JSON has it whole.
    pub fn amount(self, amount: &str, currency: &str) -> String {
        let coins = Currency::of_record(currency).map_or(2, |currency| currency.exponent());
        let decimals = amount.split_once('.').map_or(0, |(_, after)| after.len());
        if decimals <= usize::try_from(coins).unwrap_or(2) {
            return self.decimal(amount);
        }
        let rounded = parse_decimal_micros(amount)
            .ok()
            .and_then(|micros| ratio(micros, 1_000_000, coins));
        self.decimal(rounded.as_deref().unwrap_or(amount))
    }

    /// An amount with its currency.
    pub fn money(self, amount: &str, currency: &str) -> String {
        format!("{} {currency}", self.amount(amount, currency))
    }

    /// An amount that may be unknown.
    pub fn money_or_nothing(self, amount: Option<&str>, currency: &str) -> String {
        amount.map_or_else(|| NOTHING.to_owned(), |a| self.money(a, currency))
    }

    /// A ratio that may have nothing to divide by, with two decimals. JSON has it whole.
    pub fn ratio(self, ratio: Option<&str>) -> String {
        ratio.map_or_else(|| NOTHING.to_owned(), |r| self.decimal(&two_decimals(r)))
    }

    /// A percentage that may have nothing to divide by, with two decimals.
    pub fn percent(self, percent: Option<&str>) -> String {
        percent.map_or_else(
            || NOTHING.to_owned(),
            |p| format!("{} %", self.decimal(&two_decimals(p))),
        )
    }
}

/// A number as it is read, with a plus where it is above zero.
pub fn signed(number: &str) -> String {
    let something = number.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    if something && !number.starts_with('\u{2212}') {
        format!("+{number}")
    } else {
        number.to_owned()
    }
}

/// Rounds exact decimal text half away from zero. What is too large for that stays as it is.
fn two_decimals(text: &str) -> String {
    parse_decimal_micros(text)
        .ok()
        .and_then(|micros| ratio(micros, 1_000_000, 2))
        .unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests;
