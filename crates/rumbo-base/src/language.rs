//! The languages that Rumbo speaks to people.

/// A language of the interface, the terminal and the pages of the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    Spanish,
    Portuguese,
}

impl Language {
    /// The language of a locale such as `es-AR`; English for any other.
    pub fn of(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().map(str::to_ascii_lowercase);
        match language.as_deref() {
            Some("es") => Self::Spanish,
            Some("pt") => Self::Portuguese,
            _ => Self::English,
        }
    }

    /// The code of ISO 639.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language_and_what_is_not_spoken_is_english() {
        for (locale, language) in [
            ("pt-BR", Language::Portuguese),
            ("es_AR", Language::Spanish),
            ("ES", Language::Spanish),
            ("en-GB", Language::English),
            ("est", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(locale), language, "{locale}");
        }
        for language in [Language::English, Language::Spanish, Language::Portuguese] {
            assert_eq!(Language::of(language.code()), language);
        }
    }
}
