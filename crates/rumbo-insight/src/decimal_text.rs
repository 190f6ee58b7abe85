//! Decimal text as whole numbers of its last place, to add and subtract it without losing a digit.

/// How many digits stand after the point.
pub(crate) fn places(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, rest)| rest.len())
}

/// The text in units of its place `places`, which it does not go beyond.
pub(crate) fn scaled(text: &str, places: usize) -> Option<i128> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{rest:0<places$}").parse().ok()
}

/// So many units of the place `places` as text.
pub(crate) fn written(number: i128, places: usize) -> String {
    let digits = format!("{:0>1$}", number.unsigned_abs(), places + 1);
    let (whole, rest) = digits.split_at(digits.len() - places);
    let sign = if number < 0 { "-" } else { "" };
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

/// `a − b`, with the decimals of the finer one.
pub(crate) fn difference(a: &str, b: &str) -> Option<String> {
    let finer = places(a).max(places(b));
    let number = scaled(a, finer)?.checked_sub(scaled(b, finer)?)?;
    Some(written(number, finer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_keep_every_digit() {
        for (a, b, expected) in [
            ("1.2345", "2.0000", "-0.7655"),
            ("10.00", "9.5", "0.50"),
            ("-0.10", "0.10", "-0.20"),
            ("7", "7", "0"),
        ] {
            assert_eq!(difference(a, b).as_deref(), Some(expected));
        }
    }
}
