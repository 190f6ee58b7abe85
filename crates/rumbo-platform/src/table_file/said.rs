//! What a mapping says of a file, in words. An absent or empty word says nothing: it is found out
//! from the file.

use rumbo_base::{Code, Error, Reason, Result};

use super::{DateOrder, DecimalMark, Delimiter};

impl Delimiter {
    /// `,`, `;`, `|`, `tab` or `whitespace`, as far as it is one of the choices.
    ///
    /// # Errors
    /// `InvalidInput` for any other.
    pub fn said(word: Option<&str>, choices: &[Self]) -> Result<Option<Self>> {
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            return Ok(None);
        };
        let named = |one: &Self| one.word() == word || (*one == Self::Tab && word == "\t");
        let words: Vec<&str> = choices.iter().map(|one| one.word()).collect();
        let words = words.join(" ");
        choices
            .iter()
            .copied()
            .find(named)
            .map(Some)
            .ok_or_else(|| {
                let message = format!("\"{word}\" is not a delimiter. Use one of: {words}.");
                unknown("delimiter", word, &words, message)
            })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::Semicolon => ";",
            Self::Tab => "tab",
            Self::Pipe => "|",
            Self::Whitespace => "whitespace",
        }
    }
}

impl DateOrder {
    /// `dmy`, `mdy` or `ymd`.
    ///
    /// # Errors
    /// `InvalidInput` for any other.
    pub fn said(word: Option<&str>) -> Result<Option<Self>> {
        match word {
            None | Some("") => Ok(None),
            Some("dmy") => Ok(Some(Self::DayMonth)),
            Some("mdy") => Ok(Some(Self::MonthDay)),
            Some("ymd" | "iso") => Ok(Some(Self::YearFirst)),
            Some(other) => {
                let message = format!("\"{other}\" is not a date format. Use dmy, mdy or ymd.");
                Err(unknown("date_format", other, "dmy, mdy, ymd", message))
            }
        }
    }
}

impl DecimalMark {
    /// `.` or `,`.
    ///
    /// # Errors
    /// `InvalidInput` for any other.
    pub fn said(word: Option<&str>) -> Result<Option<Self>> {
        match word {
            None | Some("") => Ok(None),
            Some(".") => Ok(Some(Self::Point)),
            Some(",") => Ok(Some(Self::Comma)),
            Some(other) => {
                let message = format!("\"{other}\" is not a decimal mark. Use . or ,");
                Err(unknown("decimal", other, ". ,", message))
            }
        }
    }
}

fn unknown(field: &str, word: &str, choices: &str, message: String) -> Error {
    Error::new(Code::InvalidInput, message)
        .reason(Reason::ValueUnknown)
        .field(field)
        .param("value", word)
        .param("choices", choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: [Delimiter; 4] = [
        Delimiter::Comma,
        Delimiter::Semicolon,
        Delimiter::Pipe,
        Delimiter::Tab,
    ];

    #[test]
    fn words_are_read_and_silence_says_nothing() {
        for silent in [None, Some("")] {
            assert_eq!(Delimiter::said(silent, &PLAIN).unwrap(), None);
            assert_eq!(DateOrder::said(silent).unwrap(), None);
            assert_eq!(DecimalMark::said(silent).unwrap(), None);
        }
        for tab in ["tab", "\t"] {
            let read = Delimiter::said(Some(tab), &PLAIN).unwrap();
            assert_eq!(read, Some(Delimiter::Tab));
        }
        assert_eq!(
            DateOrder::said(Some("iso")).unwrap(),
            Some(DateOrder::YearFirst)
        );
        assert_eq!(
            DecimalMark::said(Some(",")).unwrap(),
            Some(DecimalMark::Comma)
        );
    }

    #[test]
    fn another_word_is_refused_with_the_choices() {
        let refused = Delimiter::said(Some("whitespace"), &PLAIN).unwrap_err();
        assert_eq!(refused.field_name(), Some("delimiter"));
        assert!(
            refused.to_string().contains("Use one of: , ; | tab."),
            "{refused}"
        );
        let order = DateOrder::said(Some("dym")).unwrap_err();
        assert_eq!(order.reason_id(), Some(Reason::ValueUnknown));
        assert!(DecimalMark::said(Some("'")).is_err());
    }
}
