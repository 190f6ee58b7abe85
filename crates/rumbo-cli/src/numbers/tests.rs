use super::*;

#[test]
fn amounts_are_regrouped_by_locale_and_their_coins_never_rounded() {
    let cases = [
        ("en", "1842.61", "1,842.61"),
        ("es-AR", "1842.61", "1.842,61"),
        ("es-MX", "1842.61", "1,842.61"),
        ("es-419", "1234567", "1,234,567"),
        ("pt-BR", "-1234567.890001", "\u{2212}1.234.567,890001"),
        ("en", "999", "999"),
        ("en", "-1000", "\u{2212}1,000"),
        ("en", "0.5", "0.5"),
    ];
    for (locale, text, shown) in cases {
        assert_eq!(
            NumberStyle::of(locale).decimal(text),
            shown,
            "{locale} {text}"
        );
    }
}

#[test]
fn what_is_unknown_is_a_dash_and_zero_is_zero() {
    let style = NumberStyle::of("en");
    assert_eq!(style.money_or_nothing(None, "USD"), "—");
    assert_eq!(style.money_or_nothing(Some("0.00"), "USD"), "0.00 USD");
    assert_eq!(style.ratio(None), "—");
    assert_eq!(style.percent(Some("-100.0")), "\u{2212}100.00 %");
    assert_eq!(style.count_or_nothing(None), "—");
    assert_eq!(style.count(0), "0");
}

#[test]
fn ratios_have_two_decimals() {
    let style = NumberStyle::of("es-AR");
    for (ratio, shown) in [
        ("3.4166", "3,42"),
        ("1234.5", "1.234,50"),
        ("-0.005", "\u{2212}0,01"),
        ("0.0049", "0,00"),
        (
            "99999999999999999999.1234",
            "99.999.999.999.999.999.999,1234",
        ),
    ] {
        assert_eq!(style.ratio(Some(ratio)), shown);
        assert_eq!(style.percent(Some(ratio)), format!("{shown} %"));
    }
}

#[test]
fn an_amount_finer_than_its_coins_is_rounded() {
    let style = NumberStyle::of("en");
    for (exact, currency, shown) in [
        ("164.431967", "USD", "164.43 USD"),
        ("-0.005", "USD", "\u{2212}0.01 USD"),
        ("1234.5", "JPY", "1,235 JPY"),
        ("1.23", "USD", "1.23 USD"),
        ("1.2345", "BHD", "1.235 BHD"),
    ] {
        assert_eq!(style.money(exact, currency), shown);
    }
}
