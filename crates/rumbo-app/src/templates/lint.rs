//! WhatsApp templates, held against what Meta publishes.

use rumbo_base::{Code, Error, Language, Reason, Result};
use rumbo_engage::templates::rules::Severity;
use rumbo_engage::templates::{Document, Finding, Unreadable, lint_all, mended, would_be_refused};
use rumbo_meta::templates::{Category, Template};

use crate::Context;
use crate::wire::{
    LintTemplates, LintedTemplate, LintedTemplates, TemplateFinding, TemplateFix, TemplatePlace,
    TemplateSeverity,
};

/// Tells what Meta would refuse.
///
/// # Errors
/// Those of [`linted`].
pub async fn lint_templates(_cx: &Context, req: LintTemplates) -> Result<LintedTemplates> {
    linted(&req)
}

/// Tells what Meta would refuse. Nothing stored is read for it, so a shell may ask without opening
/// a data folder.
///
/// # Errors
/// `InvalidInput` when the document holds no templates.
pub fn linted(req: &LintTemplates) -> Result<LintedTemplates> {
    let language = Language::of(req.language.as_deref().unwrap_or_default());
    let document = Document::read(&req.document).map_err(unreadable)?;
    let given: Vec<Template> = document.templates().cloned().collect();
    let (templates, done): (Vec<Template>, Vec<Vec<Finding>>) = if req.mend {
        given.iter().map(mended).unzip()
    } else {
        let none = vec![Vec::new(); given.len()];
        (given, none)
    };
    let found = lint_all(&templates);
    let count = |severity: Severity| {
        let count = found
            .iter()
            .flatten()
            .filter(|finding| finding.severity() == severity)
            .count();
        counted(count)
    };
    let (refused, warnings) = (count(Severity::Refused), count(Severity::Warning));
    let told = |findings: &[Finding]| -> Vec<TemplateFinding> {
        findings
            .iter()
            .map(|finding| wire(finding, language))
            .collect()
    };
    let rows = templates
        .iter()
        .zip(found.iter().zip(&done))
        .map(|(template, (findings, done))| LintedTemplate {
            name: template.name.clone(),
            language: template.language.clone(),
            category: template.category.as_ref().map(Category::to_string),
            findings: told(findings),
            mended: told(done),
        })
        .collect();
    let document = req
        .mend
        .then(|| pretty(&document.with(templates).to_json()));
    Ok(LintedTemplates {
        templates: rows,
        refused,
        warnings,
        document,
    })
}

fn wire(finding: &Finding, language: Language) -> TemplateFinding {
    let place = &finding.place;
    let characters = place.characters.as_ref();
    TemplateFinding {
        rule: finding.rule.id.to_owned(),
        severity: match finding.severity() {
            Severity::Refused => TemplateSeverity::Refused,
            Severity::Warning => TemplateSeverity::Warning,
        },
        place: TemplatePlace {
            part: place.part.word().to_owned(),
            card: place.card.map(counted),
            button: place.button.map(counted),
            field: place.field.to_owned(),
            pointer: place.pointer.clone(),
            from: characters.map(|range| counted(range.start)),
            to: characters.map(|range| counted(range.end)),
            told: place.told(language),
        },
        message: finding.told(language),
        fix: finding.fix.as_ref().map(|fix| TemplateFix {
            says: fix.told(language),
            template: serde_json::to_string(&fix.template).unwrap_or_default(),
            unasked: fix.unasked,
        }),
        source: finding.rule.source.url.to_owned(),
        meta_code: finding.rule.meta_code,
    }
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Whether Meta would take every template of a document.
///
/// # Errors
/// `InvalidInput` when the document holds none, or with the first of what Meta would refuse.
pub fn submittable(document: &str) -> Result<()> {
    let document = Document::read(document).map_err(unreadable)?;
    document.templates().try_for_each(would_be_refused)
}

pub(super) fn unreadable(why: Unreadable) -> Error {
    match why {
        Unreadable::NotJson { why, line, column } => Error::new(
            Code::InvalidInput,
            format!("This is not JSON: {why}, on line {line}, column {column}."),
        )
        .reason(Reason::TemplatesNotJson)
        .param("why", why)
        .param("line", line.to_string())
        .param("column", column.to_string()),
        Unreadable::NotTemplates => Error::new(
            Code::InvalidInput,
            "This holds no template. Give one as it is sent to Meta, a list of them, or what Meta \
             or YCloud answers.",
        )
        .reason(Reason::TemplatesNone),
        Unreadable::Field { pointer, why } => Error::new(
            Code::InvalidInput,
            format!("{pointer} holds something else than it should: {why}."),
        )
        .reason(Reason::TemplateFieldUnreadable)
        .param("pointer", pointer)
        .param("why", why),
    }
    .field("document")
}
