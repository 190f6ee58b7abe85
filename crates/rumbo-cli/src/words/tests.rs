use super::*;

#[test]
fn every_word_has_a_text_in_every_language() {
    for word in Word::ALL {
        for language in [Language::English, Language::Spanish, Language::Portuguese] {
            assert!(!word.text(language).is_empty(), "{word:?} {language:?}");
        }
    }
}

#[test]
fn a_locale_chooses_its_language() {
    assert_eq!(Word::Spend.text(Language::of("en")), "Spend");
    assert_eq!(Word::Spend.text(Language::of("es-AR")), "Inversión");
    assert_eq!(Word::Spend.text(Language::of("pt_BR")), "Investimento");
    assert_eq!(Language::of("fr"), Language::English);
}
