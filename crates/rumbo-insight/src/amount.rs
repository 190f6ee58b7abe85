//! Money and counts as the floats that estimates are made of, and back.

use rumbo_base::{Currency, Micros};

/// In millionths. Exact up to 2⁵³, which is nine billion.
pub(crate) fn float(amount: Micros) -> f64 {
    let high = i32::try_from(amount.0 >> 32).unwrap_or(i32::MAX);
    let low = u32::try_from(amount.0 & 0xffff_ffff).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// A count. As exact as money.
pub(crate) fn figure(count: i64) -> f64 {
    float(Micros(count))
}

/// Rounded to the coins of the currency: an estimate has no parts of a cent.
pub(crate) fn money(millionths: f64, currency: Currency) -> Micros {
    let coin = 10_i64.pow(6_u32.saturating_sub(currency.exponent()));
    let Micros(coins) = whole(millionths / float(Micros(coin)));
    Micros(coins.saturating_mul(coin))
}

/// Rounded to a whole number of millionths.
pub(crate) fn whole(millionths: f64) -> Micros {
    // The only exact way from a float to a whole number that is not a cast: through its digits.
    Micros(
        format!("{:.0}", millionths.round())
            .parse()
            .unwrap_or_default(),
    )
}

/// A part of an amount, rounded to the coins of the currency.
pub(crate) fn part(amount: Micros, numerator: i64, denominator: i64, currency: Currency) -> Micros {
    if denominator == 0 {
        return Micros::ZERO;
    }
    let coin = 10_i128.pow(6_u32.saturating_sub(currency.exponent()));
    let top = i128::from(amount.0) * i128::from(numerator);
    let bottom = i128::from(denominator) * coin;
    let coins = (top + bottom / 2).div_euclid(bottom);
    Micros(i64::try_from(coins * coin).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_goes_to_floats_and_back() {
        let dollars: Currency = "USD".parse().unwrap_or(Currency::NONE);
        for amount in [0, 1_842_610_000, -5_000_000, 9_007_199_254_730_000] {
            assert_eq!(money(float(Micros(amount)), dollars), Micros(amount));
        }
        assert_eq!(money(12_345_678.9, dollars), Micros(12_350_000));
        assert_eq!(money(f64::NAN, dollars), Micros::ZERO);
        assert_eq!(part(Micros(100_000_000), 1, 3, dollars), Micros(33_330_000));
        assert_eq!(part(Micros(100_000_000), 2, 3, dollars), Micros(66_670_000));
    }
}
