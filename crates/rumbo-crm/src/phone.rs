//! Phone numbers and e-mail addresses, in one form each.

use phonenumber::country::Id;
use rumbo_base::{Reason, Result};

use crate::input::invalid;

/// Reads a phone number in any form and gives it as E.164, such as `+5511987654321`. A number
/// without a prefix is read as one of `region`, an ISO 3166 country code.
///
/// # Errors
/// `InvalidInput` for what is not a number of its country.
pub fn e164(text: &str, region: Option<&str>) -> Result<String> {
    let bad = || {
        match region {
            Some(region) => invalid(
                "phone",
                Reason::PhoneInvalidIn,
                format!(
                    "\"{text}\" is not a phone number in {region}. Write it with its country prefix, such as +5511987654321."
                ),
            )
            .param("region", region)
            .param("value", text),
            None => invalid(
                "phone",
                Reason::PhoneInvalid,
                format!(
                    "\"{text}\" is not a phone number. Write it with its country prefix, such as +5511987654321."
                ),
            )
            .param("value", text),
        }
    };
    // What people put between digits; the parser trips over some of it after a prefix.
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.' | '/' | '‑' | '–'))
        .collect();
    // A sign that spreadsheets and messaging links leave behind.
    let compact = compact.trim_start_matches(['\'', '\u{202a}', '\u{200e}']);
    let compact = compact.strip_prefix("p:").unwrap_or(compact);
    // With digits hidden it is nobody's number.
    let masked = compact.contains(['*', '#', '•']);
    if masked || compact.len() > 40 || !compact.bytes().any(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let country = region.and_then(|r| r.trim().to_ascii_uppercase().parse::<Id>().ok());
    let international = compact.strip_prefix("00").map(|rest| format!("+{rest}"));
    // What is kept must read as itself whenever it is read again.
    let lasting = |number: &String| valid(country, number).as_ref() == Some(number);
    if let Some(number) = valid(country, compact).filter(lasting) {
        return Ok(number);
    }
    if let Some(number) = international
        .as_deref()
        .and_then(|n| valid(None, n))
        .filter(lasting)
    {
        return Ok(number);
    }
    // Files often drop the plus of a whole number: 5511987654321.
    let digits = compact.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 11
        && !compact.starts_with(['+', '0'])
        && let Some(number) = valid(None, &format!("+{compact}")).filter(lasting)
    {
        return Ok(number);
    }
    Err(bad())
}

/// The country of a number in E.164, as ISO 3166; `None` for what is no number or of no one country.
pub fn country(number: &str) -> Option<String> {
    let number = phonenumber::parse(None, number).ok()?;
    number.country().id().map(|id| id.as_ref().to_owned())
}

/// Whether a number in E.164 is one of the United States: `+1` and one of their own area codes. Canada
/// and much of the Caribbean, Puerto Rico among it, share the prefix and are not.
pub fn is_in_united_states(number: &str) -> bool {
    number.starts_with("+1") && country(number).as_deref() == Some("US")
}

/// Whether there is a country with these two letters.
pub fn is_country(code: &str) -> bool {
    code.parse::<Id>().is_ok_and(|id| id.as_ref() == code)
}

/// SQL that brings a stored number to one form: a mobile number in Argentina is written with and
/// without a 9 after the prefix, and both are valid.
macro_rules! one_form {
    ($phone:literal) => {
        concat!(
            "CASE WHEN ",
            $phone,
            " LIKE '+549%' AND LENGTH(",
            $phone,
            ") = 14 THEN '+54' || SUBSTR(",
            $phone,
            ", 5) ELSE ",
            $phone,
            " END"
        )
    };
}
pub(crate) use one_form;

fn valid(country: Option<Id>, text: &str) -> Option<String> {
    let number = phonenumber::parse(country, text).ok()?;
    let written = number.format().mode(phonenumber::Mode::E164).to_string();
    if phonenumber::is_valid(&number) {
        return Some(written);
    }
    let number = phonenumber::parse(None, renewed(&written)?).ok()?;
    phonenumber::is_valid(&number)
        .then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

/// Today's form of a mobile number in a form of the past, which messengers still use: Brazil's
/// without the 9 before eight digits, Mexico's with a 1 after the prefix.
fn renewed(number: &str) -> Option<String> {
    if number.len() == 13
        && let Some((area, local)) = number
            .strip_prefix("+55")
            .and_then(|n| n.split_at_checked(2))
        && local.starts_with(['6', '7', '8', '9'])
    {
        return Some(format!("+55{area}9{local}"));
    }
    let local = number.strip_prefix("+521").filter(|n| n.len() == 10)?;
    Some(format!("+52{local}"))
}

/// Reads an e-mail address and gives it in lower case.
///
/// # Errors
/// `InvalidInput` for what is plainly none.
pub fn email(text: &str) -> Result<String> {
    let address = text.trim().to_lowercase();
    let fine = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !domain.contains(['@', ','])
    });
    if !fine
        || address.len() > 254
        || address.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err(invalid(
            "email",
            Reason::EmailInvalid,
            format!("\"{text}\" is not an e-mail address."),
        )
        .param("value", text));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_number_is_none() {
        for region in [None, Some("AR"), Some("BR"), Some("US"), Some("ES")] {
            assert!(e164("9 11 3-4****326-4567", region).is_err(), "{region:?}");
        }
    }

    #[test]
    fn numbers_become_e164() {
        for (text, region, number) in [
            ("+55 (11) 98765-4321", None, "+5511987654321"),
            ("(11) 98765-4321", Some("BR"), "+5511987654321"),
            ("011 98765-4321", Some("br"), "+5511987654321"),
            ("5511987654321", Some("BR"), "+5511987654321"),
            ("5511987654321", None, "+5511987654321"),
            ("0055 11 98765 4321", None, "+5511987654321"),
            ("p:+5511987654321", None, "+5511987654321"),
            ("612 34 56 78", Some("ES"), "+34612345678"),
            ("11 2345-6789", Some("AR"), "+541123456789"),
            ("+1 (212) 555-0123", Some("BR"), "+12125550123"),
            ("+55 11 98765-4321", Some("BR"), "+5511987654321"),
            ("+5511987654321", Some("AR"), "+5511987654321"),
            ("+55 11 8765-4321", None, "+5511987654321"),
            ("551187654321", Some("AR"), "+5511987654321"),
            ("+521 55 1234 5678", None, "+525512345678"),
            ("+55 11 2345-6789", None, "+551123456789"),
        ] {
            assert_eq!(e164(text, region).unwrap(), number, "{text} {region:?}");
        }
        for (text, region) in [
            ("", None),
            ("no", Some("BR")),
            ("98765-4321", None),
            ("123", Some("BR")),
            ("+5511", None),
            ("612345678", None),
            ("+999999999999", None),
        ] {
            assert!(e164(text, region).is_err(), "{text} {region:?}");
        }
    }

    #[test]
    fn the_united_states_are_told_from_the_rest_of_their_prefix() {
        for number in [
            "+12125550123",
            "+13055550123",
            "+14155552671",
            "+18085550123",
        ] {
            assert!(is_in_united_states(number), "{number}");
        }
        for number in [
            // Toronto, Montreal, Santo Domingo, San Juan, Nassau, Kingston, Port of Spain, Guam.
            "+14165550123",
            "+15145550123",
            "+18095550123",
            "+17875550123",
            "+12423221234",
            "+18769221234",
            "+18686221234",
            "+16714721234",
            "+5511987654321",
            "US.1349",
            "",
        ] {
            assert!(!is_in_united_states(number), "{number}");
        }
    }

    #[test]
    fn addresses_are_lower_case() {
        assert_eq!(email(" Ana@Example.COM ").unwrap(), "ana@example.com");
        for text in [
            "",
            "ana",
            "ana@",
            "@x.com",
            "a b@x.com",
            "a@x",
            "a@x.com,b@x.com",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
    }
}
