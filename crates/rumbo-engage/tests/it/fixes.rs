//! What is mended is right afterwards, and nothing else is wrong that was not.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rumbo_engage::templates::rules::Severity;
use rumbo_engage::templates::{Finding, lint, mended};
use rumbo_meta::templates::Template;

use crate::corpus::{broken, good};

fn counted(findings: &[Finding]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule.id).or_default() += 1;
    }
    counts
}

/// Every fix of a template, each tried alone, and all of them together.
fn tried(template: &Template) -> Result<(), TestCaseError> {
    let findings = lint(template);
    let before = counted(&findings);
    for finding in &findings {
        let Some(fix) = &finding.fix else { continue };
        let after = counted(&lint(&fix.template));
        let rule = finding.rule.id;
        prop_assert!(
            after.get(rule).copied().unwrap_or(0) < before[rule],
            "{rule} is still there"
        );
        for (id, count) in &after {
            prop_assert!(
                before.get(id).is_some_and(|was| count <= was),
                "mending {rule} breaks {id}"
            );
        }
    }
    let (whole, done) = mended(template);
    let left = lint(&whole);
    prop_assert!(
        left.iter()
            .all(|finding| finding.fix.as_ref().is_none_or(|fix| !fix.unasked)),
        "something is left to mend"
    );
    prop_assert_eq!(left.len() < findings.len(), !done.is_empty());
    Ok(())
}

#[test]
fn each_broken_template_is_mended() {
    for case in broken() {
        for template in case.templates() {
            tried(&template).unwrap_or_else(|error| panic!("{}: {error}", case.rule));
        }
    }
}

#[test]
fn what_is_right_is_left_alone() {
    for case in good() {
        let refused = |template: &Template| {
            lint(template)
                .iter()
                .filter(|finding| finding.severity() == Severity::Refused)
                .count()
        };
        assert_eq!(refused(&case.template), 0);
        let (whole, _) = mended(&case.template);
        assert_eq!(refused(&whole), 0, "{}", case.about);
        tried(&case.template).unwrap_or_else(|error| panic!("{}: {error}", case.about));
    }
}

/// Something that people and programs write into templates.
fn scrap() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{{1}}".to_owned()),
        Just("{{2}}".to_owned()),
        Just("{{ 3 }}".to_owned()),
        Just("{{first_name}}".to_owned()),
        Just("{{First Name}}".to_owned()),
        Just("{{1}".to_owned()),
        Just("{{{1}}}".to_owned()),
        Just("}}".to_owned()),
        Just("\n\n\n".to_owned()),
        Just("\t".to_owned()),
        Just("      ".to_owned()),
        Just("🎉".to_owned()),
        Just("*bold*".to_owned()),
        Just("_it_ ~no~ ```x```".to_owned()),
        Just("https://bit.ly/x".to_owned()),
        Just("a discount of 20 %".to_owned()),
        Just("x".repeat(200)),
        "[a-zà-ü ]{1,12}",
        "\\PC{0,6}",
    ]
}

/// A place of a template to put something into.
fn spoil(template: &mut Template, at: usize, scrap: &str) {
    let scrap = scrap.to_owned();
    let components = template.components.len();
    match at % 7 {
        0 => template.name.push_str(&scrap),
        1 => template.language.push_str(&scrap),
        2 if components > 0 => {
            let component = &mut template.components[at / 7 % components];
            let text = component.text.get_or_insert_default();
            text.push_str(&scrap);
        }
        3 if components > 0 => {
            let component = &mut template.components[at / 7 % components];
            let text = component.text.get_or_insert_default();
            text.insert_str(0, &scrap);
        }
        4 => {
            for component in &mut template.components {
                for button in &mut component.buttons {
                    button.text.get_or_insert_default().push_str(&scrap);
                }
            }
        }
        5 => {
            for component in &mut template.components {
                for button in &mut component.buttons {
                    if let Some(url) = &mut button.url {
                        url.push_str(&scrap);
                    }
                }
                component.buttons.reverse();
            }
        }
        _ if components > 0 => {
            let again = template.components[at / 7 % components].clone();
            template.components.push(again);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Templates of both corpora, spoilt in several places at once.
    #[test]
    fn whatever_is_mended_breaks_nothing(
        which in any::<prop::sample::Index>(),
        spoilt in prop::collection::vec((0usize..70, scrap()), 0..5),
    ) {
        let mut all: Vec<Template> = good().into_iter().map(|case| case.template).collect();
        all.extend(broken().iter().flat_map(crate::corpus::Broken::templates));
        let mut template = which.get(&all).clone();
        for (at, scrap) in &spoilt {
            spoil(&mut template, *at, scrap);
        }
        tried(&template)?;
    }
}
