//! The codes with which Meta refuses a template, and the rules that tell of them before.

use super::rules::{self, Rule};

/// A subcode of Meta's error 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetaCode {
    pub code: u32,
    /// Meta's title of it.
    pub title: &'static str,
    /// Why no rule can tell of it, where none does.
    pub outside: Option<&'static str>,
}

impl MetaCode {
    /// The rules that tell of it.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        rules::all().filter(move |rule| rule.meta_code == Some(self.code))
    }
}

const fn told(code: u32, title: &'static str) -> MetaCode {
    MetaCode {
        code,
        title,
        outside: None,
    }
}

const fn outside(code: u32, title: &'static str, why: &'static str) -> MetaCode {
    MetaCode {
        code,
        title,
        outside: Some(why),
    }
}

/// Every code that is known for refusing a template.
pub const META_CODES: &[MetaCode] = &[
    outside(
        2_388_019,
        "Message template limit exceeded",
        "depends on how many templates the account has",
    ),
    told(2_388_024, "Content in this language already exists"),
    outside(
        2_388_039,
        "Message template status can't be changed",
        "depends on the state of the template",
    ),
    told(2_388_040, "Character limit exceeded"),
    told(2_388_043, "Expected fields are missing"),
    told(2_388_047, "Message header format is incorrect"),
    told(2_388_060, "Button format is incorrect"),
    told(2_388_072, "Message body format is incorrect"),
    told(2_388_073, "Message footer format is incorrect"),
    told(2_388_081, "Error while adding button URL"),
    told(2_388_293, "Parameters words ratio exceeds limit"),
    told(2_388_299, "Leading or trailing parameters not allowed"),
];
