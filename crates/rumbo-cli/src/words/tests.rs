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
    assert_eq!(Word::Sample.text(Language::of("en")), "sample");
    assert_eq!(Word::Sample.text(Language::of("es-AR")), "ejemplo");
    assert_eq!(Word::Sample.text(Language::of("pt_BR")), "exemplo");
    assert_eq!(Language::of("fr"), Language::English);
}
