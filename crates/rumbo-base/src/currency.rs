//! ISO 4217 currencies, and the two ways of counting their small coins.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Code, Error, Reason};

/// A currency by its ISO 4217 code, such as `USD`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");

    /// The euro, the base of the European Central Bank's rates.
    pub const EUR: Self = Self(*b"EUR");

    /// The three-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// No currency, as ISO 4217 writes it: for sums of nothing.
    pub const NONE: Self = Self(*b"XXX");

    /// Digits after the decimal point by ISO 4217: 2 for most, 0 for JPY and CLP, 3 for BHD.
    pub fn exponent(&self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(iso_currency::Currency::exponent)
            .map_or(2, u32::from)
    }

    /// A code that is stored already or that Meta gave: three letters, on the list or not. A
    /// currency that was withdrawn since must not make its old figures unreadable. What a person
    /// enters is parsed, which knows the list.
    ///
    /// # Errors
    /// `InvalidInput` for anything but three letters.
    pub fn of_record(text: &str) -> Result<Self, Error> {
        let upper = text.trim().to_ascii_uppercase();
        match <[u8; 3]>::try_from(upper.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(unknown(text)),
        }
    }

    /// How many of Meta's own minor units make one unit of this currency.
    ///
    /// Meta does not follow ISO 4217: budgets in CLP, COP, CRC, HUF, ISK, IDR, JPY, KRW, PYG, TWD
    /// and VND come in whole units, all others in hundredths, BHD and JOD too (Meta's
    /// "Currencies" page of the Marketing API).
    pub fn meta_offset(&self) -> i64 {
        match &self.0 {
            b"CLP" | b"COP" | b"CRC" | b"HUF" | b"ISK" | b"IDR" | b"JPY" | b"KRW" | b"PYG"
            | b"TWD" | b"VND" => 1,
            _ => 100,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = Error;

    /// Takes money of ISO 4217 only: no metals, funds of account or codes for testing.
    fn from_str(text: &str) -> Result<Self, Error> {
        let code = Self::of_record(text)?;
        let money = iso_currency::Currency::from_code(code.code())
            .is_some_and(|currency| !currency.is_special());
        if money { Ok(code) } else { Err(unknown(text)) }
    }
}

fn unknown(text: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("\"{text}\" is not a currency. Use its three-letter code, such as USD."),
    )
    .reason(Reason::CurrencyUnknown)
    .param("value", text)
    .field("currency")
}

impl TryFrom<String> for Currency {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_money_of_iso_4217_can_be_entered() {
        for (typed, code, digits) in [
            ("usd ", "USD", 2),
            ("JPY", "JPY", 0),
            ("CLP", "CLP", 0),
            ("BHD", "BHD", 3),
            ("CLF", "CLF", 4),
            ("XOF", "XOF", 0),
            ("VES", "VES", 2),
        ] {
            let currency: Currency = typed.parse().unwrap();
            assert_eq!((currency.code(), currency.exponent()), (code, digits));
        }
        for wrong in ["ZZZ", "UDS", "XXX", "XAU", "XTS", "US", "DOLLAR", "U$D", ""] {
            let error = wrong.parse::<Currency>().unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{wrong}");
            assert_eq!(error.field_name(), Some("currency"));
        }
    }

    #[test]
    fn what_is_stored_stays_readable() {
        assert_eq!(Currency::of_record("VEF").unwrap().exponent(), 2);
        assert_eq!(Currency::of_record("XXX").unwrap(), Currency::NONE);
        assert!(Currency::of_record("VE").is_err());
    }
}
