use proptest::prelude::*;

use super::*;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

#[test]
fn text_keeps_every_digit_and_shows_the_coins_of_the_currency() {
    let cases = [
        ("1842.61", "USD", "1842.61"),
        ("0.71", "USD", "0.71"),
        ("5339.5", "USD", "5339.50"),
        ("5339.5", "JPY", "5339.5"),
        ("5339", "JPY", "5339"),
        ("1.234", "BHD", "1.234"),
        ("1.2", "BHD", "1.200"),
        ("-0.05", "USD", "-0.05"),
        ("152225.32", "USD", "152225.32"),
        ("0", "CLP", "0"),
        ("9223372036854.775807", "USD", "9223372036854.775807"),
    ];
    for (text, code, shown) in cases {
        assert_eq!(
            Micros::parse(text).unwrap().to_text(currency(code)),
            shown,
            "{text} {code}"
        );
    }
}

#[test]
fn what_is_not_a_plain_decimal_is_refused() {
    for text in [
        "",
        ".",
        "-",
        "1,5",
        "1e3",
        "NaN",
        "1.2345678",
        "9223372036854.775808",
        "١٢",
    ] {
        assert!(Micros::parse(text).is_err(), "{text}");
    }
}

#[test]
fn meta_counts_its_own_minor_units() {
    // Offsets of Meta's currency table: BHD has 3 decimals by ISO and 100 at Meta.
    for (minor, code, text) in [
        (15_000, "USD", "150.00"),
        (15_000, "JPY", "15000"),
        (15_000, "CLP", "15000"),
        (150_000_000, "COP", "150000000.00"),
        (15_000, "BHD", "150.000"),
    ] {
        let amount = Micros::from_meta_minor(minor, currency(code)).unwrap();
        assert_eq!(amount.to_text(currency(code)), text);
    }
}

#[test]
fn a_ratio_without_a_denominator_is_nothing() {
    assert_eq!(ratio(5, 0, 2), None);
    assert_eq!(ratio(1, 3, 4).unwrap(), "0.3333");
    assert_eq!(ratio(-2, 3, 2).unwrap(), "-0.67");
    assert_eq!(ratio(-1, 1_000, 2).unwrap(), "0.00");
}

proptest! {
    #[test]
    fn a_ratio_is_the_nearest_decimal(n in any::<i64>(), d in any::<i64>(), decimals in 0_u32..9) {
        for (factor, text) in [(1, ratio(n, d, decimals)), (100, percent(n, d, decimals))] {
            let Some(text) = text else {
                prop_assert_eq!(d, 0);
                continue;
            };
            let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(places, usize::try_from(decimals).unwrap(), "{}", text);
            let value: i128 = text.replace('.', "").parse().unwrap();
            prop_assert!(value != 0 || !text.starts_with('-'), "{}", text);
            let off = value * i128::from(d) - factor * i128::from(n) * 10_i128.pow(decimals);
            prop_assert!(off.abs() * 2 <= i128::from(d).abs(), "{}", text);
        }
    }

    #[test]
    fn parse_reads_what_to_text_writes(micros in any::<i64>().prop_filter("range", |m| *m != i64::MIN), code in "(USD|JPY|BHD|CLF)") {
        let c = currency(&code);
        prop_assert_eq!(Micros::parse(&Micros(micros).to_text(c)).unwrap(), Micros(micros));
    }

    #[test]
    fn parts_sum_to_the_whole(amount in -1_000_000_000_000_i64..1_000_000_000_000, weights in prop::collection::vec(0_u64..1_000, 1..12)) {
        let parts = allocate(Micros(amount), &weights, Currency::USD);
        if weights.iter().all(|w| *w == 0) {
            prop_assert!(parts.is_empty());
        } else {
            prop_assert_eq!(parts.iter().copied().sum::<Micros>(), Micros(amount));
            prop_assert_eq!(parts.len(), weights.len());
        }
    }
}
