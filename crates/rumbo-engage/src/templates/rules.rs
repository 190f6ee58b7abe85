//! The one table of rules. A rule without a source does not exist.

mod authentication;
mod buttons;
mod carousel;
mod envelope;
mod policy;
mod source;
mod text;
mod variables;

pub use authentication::*;
pub use buttons::*;
pub use carousel::*;
pub use envelope::*;
pub use policy::*;
pub use source::{Source, sources};
pub use text::*;
pub use variables::*;

use rumbo_base::Language;

/// What comes of breaking a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Meta would refuse the template.
    Refused,
    /// Meta takes it, and something else comes of it: another category, another price, text that
    /// nobody sees. Or what is published about it is not certain.
    Warning,
}

impl Severity {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Warning => "warning",
        }
    }
}

/// A sentence in every language. Values stand in it as `<name>`. Spanish is written so that it is
/// the same with tú and vos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Says {
    pub en: &'static str,
    pub es: &'static str,
    pub pt: &'static str,
}

impl Says {
    /// The sentence with its values.
    pub fn told(&self, language: Language, values: &[(&'static str, String)]) -> String {
        let mut text = self.of(language).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("<{name}>"), value);
        }
        text
    }

    /// The sentence, with the names of its values.
    pub fn of(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Spanish => self.es,
            Language::Portuguese => self.pt,
        }
    }
}

/// One thing that Meta publishes about templates.
#[derive(Debug)]
pub struct Rule {
    /// Names it for ever, such as `body.too-long`.
    pub id: &'static str,
    pub severity: Severity,
    /// What it looks at, in words.
    pub looks_at: &'static str,
    pub source: &'static Source,
    /// Meta's code for a refusal by this rule, where it is known.
    pub meta_code: Option<u32>,
    /// What mending does, where that needs no thinking.
    pub mends: Option<Says>,
    pub says: Says,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// Every rule, in the order of docs/template-rules.md.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        envelope::TABLE,
        text::TABLE,
        variables::TABLE,
        buttons::TABLE,
        authentication::TABLE,
        carousel::TABLE,
        policy::TABLE,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule of an id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// Makes a constant of each rule, and the table of them.
macro_rules! rules {
    ($(
        $name:ident = $id:literal, $severity:ident, of $looks_at:literal, from $source:ident
        $(, code $code:literal)?
        { en: $en:literal, es: $es:literal, pt: $pt:literal $(,)? }
        $(mends { en: $fix_en:literal, es: $fix_es:literal, pt: $fix_pt:literal $(,)? })?;
    )+) => {
        $(
            #[doc = concat!("`", $id, "`")]
            pub static $name: $crate::templates::rules::Rule = $crate::templates::rules::Rule {
                id: $id,
                severity: $crate::templates::rules::Severity::$severity,
                looks_at: $looks_at,
                source: &$crate::templates::rules::source::$source,
                meta_code: rules!(@code $($code)?),
                mends: rules!(@mends $({ $fix_en, $fix_es, $fix_pt })?),
                says: $crate::templates::rules::Says { en: $en, es: $es, pt: $pt },
            };
        )+
        pub(super) static TABLE: &[&$crate::templates::rules::Rule] = &[$(&$name),+];
    };
    (@code) => { None };
    (@code $code:literal) => { Some($code) };
    (@mends) => { None };
    (@mends { $en:literal, $es:literal, $pt:literal }) => {
        Some($crate::templates::rules::Says { en: $en, es: $es, pt: $pt })
    };
}
use rules;
