//! Any text as a file of message templates, held against the rules and mended.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rumbo_base::Language;
use rumbo_engage::templates::rules::Severity;
use rumbo_engage::templates::{Document, Finding, lint_all, mended};
use rumbo_meta::templates::Template;

fuzz_target!(|text: &str| {
    let Ok(document) = Document::read(text) else {
        return;
    };
    // What is read is written, and read again as the same.
    let written = document.to_json().to_string();
    assert_eq!(Document::read(&written).ok().as_ref(), Some(&document));

    let templates: Vec<Template> = document.templates().cloned().collect();
    let found = lint_all(&templates);
    for finding in found.iter().flatten() {
        for language in [Language::English, Language::Spanish, Language::Portuguese] {
            let _ = (finding.told(language), finding.place.told(language));
        }
        if let Some(characters) = &finding.place.characters {
            assert!(characters.start < characters.end, "{finding:?}");
        }
    }
    // Mending makes nothing worse, and leaves the shape of the file.
    for template in &templates {
        let (whole, _) = mended(template);
        let before = refused(&lint_all(std::slice::from_ref(template)));
        let after = refused(&lint_all(std::slice::from_ref(&whole)));
        assert!(after <= before, "{template:?}");
    }
    let _ = document.with(templates).to_json();
});

fn refused(found: &[Vec<Finding>]) -> usize {
    found
        .iter()
        .flatten()
        .filter(|finding| finding.severity() == Severity::Refused)
        .count()
}
