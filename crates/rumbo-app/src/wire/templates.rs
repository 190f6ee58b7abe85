//! WhatsApp templates, held against what Meta publishes.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks what Meta would refuse in WhatsApp templates. Needs no workspace and no network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LintTemplates {
    /// JSON: one template as it is sent to Meta, a list of them, or what Meta or YCloud answers.
    pub document: String,
    /// The language of the sentences, such as `es-AR`; English when absent.
    pub language: Option<String>,
    /// Whether everything is mended that may be without asking.
    #[serde(default)]
    pub mend: bool,
}

/// Templates with what is wrong with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LintedTemplates {
    pub templates: Vec<LintedTemplate>,
    /// How many findings Meta would refuse for, in all of them.
    pub refused: u32,
    pub warnings: u32,
    /// The document with what was mended, as JSON, where that was asked for.
    pub document: Option<String>,
}

/// A template with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LintedTemplate {
    /// Empty where it has none.
    pub name: String,
    pub language: String,
    /// Meta's word, such as `UTILITY`.
    pub category: Option<String>,
    /// What is wrong; after mending what is left.
    pub findings: Vec<TemplateFinding>,
    /// What was mended.
    pub mended: Vec<TemplateFinding>,
}

/// What comes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSeverity {
    /// Meta would refuse the template.
    Refused,
    /// Meta takes it and something else comes of it, or what is published is not certain.
    Warning,
}

/// A rule that a template breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TemplateFinding {
    /// The rule's id in docs/template-rules.md, such as `body.too-long`.
    pub rule: String,
    pub severity: TemplateSeverity,
    pub place: TemplatePlace,
    /// What is wrong and what to do.
    pub message: String,
    /// What mends it, where that needs no thinking.
    pub fix: Option<TemplateFix>,
    /// Where the rule is published.
    pub source: String,
    /// Meta's code for a refusal by it, where it is known.
    pub meta_code: Option<u32>,
}

/// Where in a template a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TemplatePlace {
    /// `template`, `header`, `body`, `footer`, `buttons`, `limited_time_offer`, `carousel` or
    /// `component`.
    pub part: String,
    /// Which card of the carousel, from 0.
    pub card: Option<u32>,
    /// Which button, from 0.
    pub button: Option<u32>,
    /// Meta's field; empty for the part as a whole.
    pub field: String,
    /// The field in the template's JSON (RFC 6901).
    pub pointer: String,
    /// The first character of the field it is about, counted as Unicode counts them.
    pub from: Option<u32>,
    /// The character behind the last.
    pub to: Option<u32>,
    /// The place in words, such as `card 2, button 1`.
    pub told: String,
}

/// A template without a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TemplateFix {
    /// What it does.
    pub says: String,
    /// The template as it would be, as JSON in Meta's form.
    pub template: String,
    /// Whether it may be done without asking: it adds no words and does not change the price.
    pub unasked: bool,
}
