//! The table of rules itself.

use rumbo_base::Language;
use std::collections::BTreeSet;

use rumbo_engage::templates::rules::{Says, all, by_id, sources};
use rumbo_engage::templates::{LANGUAGES, META_CODES, lint_all};

use crate::corpus::broken;

const EVERY_LANGUAGE: [Language; 3] = [Language::English, Language::Spanish, Language::Portuguese];

/// The names in `<…>` of a sentence.
fn values(sentence: &str) -> BTreeSet<&str> {
    sentence
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn an_id_names_one_rule() {
    let ids: BTreeSet<_> = all().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), all().count());
    for id in ids {
        assert_eq!(by_id(id).map(|rule| rule.id), Some(id));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
        assert!(
            id.chars().all(plain) && id.matches('.').count() == 1,
            "{id}"
        );
    }
    assert_eq!(by_id("nothing"), None);
}

#[test]
fn every_sentence_is_in_every_language_with_the_same_values() {
    for rule in all() {
        let sentences = [Some(rule.says), rule.mends];
        for says in sentences.iter().flatten() {
            let Says { en, es, pt } = *says;
            assert_eq!(values(en), values(es), "{}", rule.id);
            assert_eq!(values(en), values(pt), "{}", rule.id);
            assert!(en != es && es != pt && en != pt, "{}", rule.id);
        }
        for text in [rule.says.en, rule.says.es, rule.says.pt] {
            assert!(text.ends_with('.'), "{}: {text}", rule.id);
        }
    }
}

/// What a finding says has all of its values put in, and says what it is about.
#[test]
fn findings_are_told_whole() {
    for case in broken() {
        for finding in lint_all(&case.templates()).concat() {
            for language in EVERY_LANGUAGE {
                let told = finding.told(language);
                for name in values(finding.rule.says.of(language)) {
                    assert!(!told.contains(&format!("<{name}>")), "{told}");
                }
                assert!(!finding.place.told(language).is_empty());
                if let Some(fix) = &finding.fix {
                    assert!(
                        values(&fix.told(language)).is_empty(),
                        "{}",
                        fix.told(language)
                    );
                }
            }
        }
    }
}

/// A rule that says how it is mended is mended in at least one of its cases, and no other is.
#[test]
fn rules_are_mended_as_the_table_says() {
    let mut mended = BTreeSet::new();
    for case in broken() {
        for finding in lint_all(&case.templates()).concat() {
            if finding.fix.is_some() {
                mended.insert(finding.rule.id);
            }
        }
    }
    let promised: BTreeSet<_> = all()
        .filter(|rule| rule.mends.is_some())
        .map(|rule| rule.id)
        .collect();
    assert_eq!(mended, promised);
}

/// The place of a finding is a place of the template's JSON, and its characters are of the text.
#[test]
fn places_point_into_the_template() {
    for case in broken() {
        let templates = case.templates();
        for (template, findings) in templates.iter().zip(lint_all(&templates)) {
            let json = serde_json::to_value(template).unwrap();
            for finding in findings {
                let place = &finding.place;
                let parent = place
                    .pointer
                    .rsplit_once('/')
                    .map_or("", |(parent, _)| parent);
                let there = json.pointer(&place.pointer);
                // What is missing is missing from something that is there.
                let grandparent = parent.rsplit_once('/').map_or("", |(parent, _)| parent);
                assert!(
                    there
                        .or(json.pointer(parent))
                        .or(json.pointer(grandparent))
                        .is_some(),
                    "{}: {}",
                    finding.rule.id,
                    place.pointer
                );
                if let Some(characters) = &place.characters {
                    let text = there.and_then(serde_json::Value::as_str).unwrap();
                    assert!(
                        characters.end <= text.chars().count(),
                        "{}",
                        finding.rule.id
                    );
                    assert!(!characters.is_empty(), "{}", finding.rule.id);
                }
            }
        }
    }
}

#[test]
fn every_source_is_used_and_is_an_address() {
    for source in sources() {
        assert!(source.url.starts_with("https://"), "{}", source.title);
        assert!(
            all().any(|rule| rule.source == source),
            "nothing comes from {}",
            source.title
        );
    }
}

#[test]
fn codes_of_meta_are_told_by_rules_or_say_why_not() {
    for code in META_CODES {
        assert_eq!(
            code.rules().next().is_none(),
            code.outside.is_some(),
            "{}",
            code.code
        );
    }
    for rule in all() {
        if let Some(code) = rule.meta_code {
            assert!(META_CODES.iter().any(|known| known.code == code), "{code}");
        }
    }
}

#[test]
fn languages_are_told_once() {
    let codes: BTreeSet<_> = LANGUAGES.iter().collect();
    assert_eq!(codes.len(), LANGUAGES.len());
    assert_eq!(LANGUAGES.len(), 113);
}
