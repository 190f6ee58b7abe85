//! Holding a template against the rules.

mod authentication;
mod buttons;
mod carousel;
mod envelope;
mod links;
mod policy;
mod samples;
mod texts;
mod variables;

pub(super) use variables::formatted_as_written;

use rumbo_base::Language;
use std::collections::{BTreeMap, BTreeSet};

use rumbo_meta::templates::{Button, ButtonKind, Category, Component, ComponentKind, Template};

use super::place::{Place, Spot};
use super::rules::{self, Rule, Severity};

/// How many findings of one template come with a fix: mending is tried out, and a file that is
/// wrong in more places is wrong altogether.
const FIXES: usize = 64;

/// Characters of all texts beyond which nothing is mended: a template has a tenth of it.
const MENDED: usize = 32_768;

/// Rules whose fix is for a person to choose: it adds words, or changes the price.
const ASKED: [&str; 4] = [
    rules::OPT_OUT_MISSING.id,
    rules::OFFER_CATEGORY.id,
    rules::CAROUSEL_CATEGORY.id,
    rules::PRODUCT_CATEGORY.id,
];

/// How often a template is mended before it is given up.
const ROUNDS: usize = 256;

/// A rule that a template breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub rule: &'static Rule,
    pub place: Place,
    values: Vec<(&'static str, String)>,
    /// What mends it, where that needs no thinking.
    pub fix: Option<Fix>,
}

impl Finding {
    /// What is wrong and what to do, in a sentence.
    pub fn told(&self, language: Language) -> String {
        self.rule.says.told(language, &self.values)
    }
}

/// The template as it would be without the finding. Offered only where it was tried: the rule is
/// broken in one place fewer and no other in more.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    pub template: Template,
    values: Vec<(&'static str, String)>,
    says: rules::Says,
    /// Whether it may be done without asking. A fix that adds words or changes the price is for a
    /// person to choose.
    pub unasked: bool,
}

impl Fix {
    /// What it does, in a few words.
    pub fn told(&self, language: Language) -> String {
        self.says.told(language, &self.values)
    }
}

/// Everything that is wrong with a template, in the order of its parts.
pub fn lint(template: &Template) -> Vec<Finding> {
    let fixes = if length(&template.components) > MENDED {
        0
    } else {
        FIXES
    };
    let mut findings = Lint::over(template, fixes);
    let before = counted(&findings);
    for finding in &mut findings {
        let helps = finding.fix.as_ref().is_some_and(|fix| {
            let after = counted(&Lint::over(&fix.template, 0));
            let now = |id: &str| after.get(id).copied().unwrap_or(0);
            after
                .iter()
                .all(|(id, count)| before.get(id).is_some_and(|was| count <= was))
                && before
                    .get(finding.rule.id)
                    .is_some_and(|was| now(finding.rule.id) < *was)
        });
        if !helps {
            finding.fix = None;
        }
    }
    findings
}

/// The findings of several templates of one account, each for itself and beside the others.
pub fn lint_all(templates: &[Template]) -> Vec<Vec<Finding>> {
    let mut findings: Vec<Vec<Finding>> = templates.iter().map(lint).collect();
    let mut names = BTreeSet::new();
    let mut texts = BTreeMap::new();
    for (template, findings) in templates.iter().zip(&mut findings) {
        let named = (template.name.as_str(), template.language.as_str());
        if !template.name.is_empty() && !names.insert(named) {
            findings.push(Finding {
                rule: &rules::SAME_NAME,
                place: Place::template("name"),
                values: vec![
                    ("name", template.name.clone()),
                    ("language", template.language.clone()),
                ],
                fix: None,
            });
            continue;
        }
        if let Some(wording) = wording(template) {
            if let Some(other) = texts.get(&wording) {
                findings.push(Finding {
                    rule: &rules::SAME_TEXT,
                    place: Place::template("components"),
                    values: vec![("name", String::clone(other))],
                    fix: None,
                });
            } else {
                texts.insert(wording, template.name.clone());
            }
        }
    }
    findings
}

/// A template with everything mended that may be without asking, and what was done.
pub fn mended(template: &Template) -> (Template, Vec<Finding>) {
    let mut template = template.clone();
    let mut done = Vec::new();
    for _ in 0..ROUNDS {
        let fixable = lint(&template)
            .into_iter()
            .find(|finding| finding.fix.as_ref().is_some_and(|fix| fix.unasked));
        let Some(finding) = fixable else { break };
        if let Some(fix) = &finding.fix {
            template = fix.template.clone();
        }
        done.push(finding);
    }
    (template, done)
}

/// Body and footer, by which Meta tells duplicates; none of authentication templates, whose text is
/// Meta's.
fn wording(template: &Template) -> Option<(String, String)> {
    if template.category == Some(Category::Authentication) {
        return None;
    }
    let text = |kind: &ComponentKind| {
        template
            .components
            .iter()
            .find(|component| component.kind == *kind)
            .and_then(|component| component.text.as_deref())
            .map(str::trim)
            .unwrap_or_default()
            .to_owned()
    };
    let body = text(&ComponentKind::Body);
    (!body.is_empty()).then(|| (body, text(&ComponentKind::Footer)))
}

/// How long the texts are, cards and all.
fn length(components: &[Component]) -> usize {
    let of = |component: &Component| {
        let cards = component.cards.iter().map(|card| length(&card.components));
        component.text.as_ref().map_or(0, String::len) + cards.sum::<usize>()
    };
    components.iter().map(of).sum()
}

fn counted(findings: &[Finding]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule.id).or_default() += 1;
    }
    counts
}

/// A template under the rules, and what was found so far.
struct Lint<'a> {
    template: &'a Template,
    findings: Vec<Finding>,
    /// How many findings may still come with a fix.
    fixes: usize,
    /// Whether the texts have numbered and named variables: then little else can be said of them.
    mixed: bool,
}

impl<'a> Lint<'a> {
    fn of(template: &'a Template, fixes: usize) -> Self {
        Self {
            template,
            findings: Vec::new(),
            fixes,
            mixed: false,
        }
    }

    fn over(template: &'a Template, fixes: usize) -> Vec<Finding> {
        let mut lint = Self::of(template, fixes);
        lint.envelope();
        lint.variable_formats();
        for (index, component) in template.components.iter().enumerate() {
            lint.component(Spot::top(index), component);
        }
        lint.offer();
        lint.products();
        lint.authentication();
        lint.policy();
        lint.findings
    }

    fn component(&mut self, spot: Spot, component: &'a Component) {
        match component.kind {
            ComponentKind::Header => self.header(spot, component),
            ComponentKind::Body => self.body(spot, component),
            ComponentKind::Footer => self.footer(spot, component),
            ComponentKind::Buttons => self.buttons(spot, component),
            ComponentKind::Carousel => self.carousel(spot, component),
            _ => {}
        }
    }

    /// A broken rule.
    fn found(&mut self, rule: &'static Rule, place: Place, values: Vec<(&'static str, String)>) {
        self.findings.push(Finding {
            rule,
            place,
            values,
            fix: None,
        });
    }

    /// A broken rule that can be mended.
    fn mendable(
        &mut self,
        rule: &'static Rule,
        place: Place,
        values: Vec<(&'static str, String)>,
        mend: impl FnOnce(&mut Template),
    ) {
        let mut fix = None;
        if self.fixes > 0
            && let Some(says) = rule.mends
        {
            self.fixes -= 1;
            let mut template = self.template.clone();
            mend(&mut template);
            fix = Some(Fix {
                template,
                values: values.clone(),
                says,
                unasked: !ASKED.contains(&rule.id),
            });
        }
        self.findings.push(Finding {
            rule,
            place,
            values,
            fix,
        });
    }

    fn is_authentication(&self) -> bool {
        self.template.category == Some(Category::Authentication)
    }

    fn is_marketing(&self) -> bool {
        self.template.category == Some(Category::Marketing)
    }

    /// The first component of a kind.
    fn first(&self, kind: &ComponentKind) -> Option<(Spot, &'a Component)> {
        let template = self.template;
        template
            .components
            .iter()
            .enumerate()
            .find(|(_, component)| component.kind == *kind)
            .map(|(index, component)| (Spot::top(index), component))
    }

    /// The buttons of the template itself, with their component.
    fn top_buttons(&self) -> Option<(Spot, &'a [Button])> {
        let (spot, component) = self.first(&ComponentKind::Buttons)?;
        Some((spot, component.buttons.as_slice()))
    }

    /// Whether the template itself has a button of a kind.
    fn has_button(&self, kind: &ButtonKind) -> bool {
        self.top_buttons()
            .is_some_and(|(_, buttons)| buttons.iter().any(|button| button.kind == *kind))
    }
}

impl Finding {
    /// What comes of it.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }
}

/// A count as a value of a sentence.
fn number(count: usize) -> String {
    count.to_string()
}
