//! Broken templates, each for one rule; good ones; and those that Meta publishes.

use rumbo_engage::templates::rules::{Severity, all};
use rumbo_engage::templates::{Document, Finding, lint_all};
use rumbo_meta::templates::Template;
use serde::Deserialize;

/// A line of `corpus/broken.jsonl`.
#[derive(Deserialize)]
pub struct Broken {
    /// The rule it breaks.
    pub rule: String,
    /// In which way, where there are several.
    #[serde(default)]
    pub about: String,
    /// Other rules that cannot but be broken with it.
    #[serde(default)]
    pub also: Vec<String>,
    template: Option<Template>,
    /// For rules that hold a template beside others.
    templates: Option<Vec<Template>>,
}

impl Broken {
    pub fn templates(&self) -> Vec<Template> {
        match (&self.template, &self.templates) {
            (Some(template), _) => vec![template.clone()],
            (None, Some(templates)) => templates.clone(),
            (None, None) => panic!("{} has no template", self.rule),
        }
    }
}

/// A line of `corpus/good.jsonl`.
#[derive(Deserialize)]
pub struct Good {
    pub about: String,
    pub template: Template,
}

fn lines<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

pub fn broken() -> Vec<Broken> {
    lines(include_str!("../corpus/broken.jsonl"))
}

pub fn good() -> Vec<Good> {
    lines(include_str!("../corpus/good.jsonl"))
}

/// The ids of the rules that are broken, each once.
fn ids(findings: &[Vec<Finding>]) -> Vec<&'static str> {
    let mut ids: Vec<_> = findings
        .iter()
        .flatten()
        .map(|finding| finding.rule.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[test]
fn every_broken_template_is_caught_by_its_rule_and_no_other() {
    let mut wrong = Vec::new();
    let corpus = broken();
    for case in &corpus {
        let mut expected: Vec<&str> = case.also.iter().map(String::as_str).collect();
        expected.push(&case.rule);
        expected.sort_unstable();
        let found = ids(&lint_all(&case.templates()));
        if found != expected {
            wrong.push(format!("{} ({}): found {found:?}", case.rule, case.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(corpus.len() >= 150, "{}", corpus.len());
    let alone = corpus.iter().filter(|case| case.also.is_empty()).count();
    assert!(alone >= 150, "{alone}");
}

#[test]
fn every_rule_has_a_broken_template() {
    let corpus = broken();
    let missed: Vec<_> = all()
        .filter(|rule| !corpus.iter().any(|case| case.rule == rule.id))
        .map(|rule| rule.id)
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    for case in &corpus {
        assert!(all().any(|rule| rule.id == case.rule), "{}", case.rule);
    }
}

#[test]
fn what_is_good_is_not_refused() {
    let corpus = good();
    let mut wrong = Vec::new();
    for case in &corpus {
        for finding in lint_all(std::slice::from_ref(&case.template)).concat() {
            if finding.severity() == Severity::Refused {
                wrong.push(format!("{}: {}", case.about, finding.rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(corpus.len() >= 50, "{}", corpus.len());
}

/// The templates of Meta's own pages.
#[test]
fn what_meta_publishes_is_not_refused() {
    let mut seen = 0;
    for text in [
        include_str!("../fixtures/authentication.json"),
        include_str!("../fixtures/buttons.json"),
        include_str!("../fixtures/pages.json"),
    ] {
        let document = Document::read(text).unwrap();
        for template in document.templates() {
            seen += 1;
            for finding in lint_all(std::slice::from_ref(template)).concat() {
                assert_eq!(
                    finding.severity(),
                    Severity::Warning,
                    "{}: {}",
                    template.name,
                    finding.rule.id
                );
            }
        }
    }
    assert_eq!(seen, 20);
}
