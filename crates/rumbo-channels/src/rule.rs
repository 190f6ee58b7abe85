//! A provider's codes as data: what each means for the message, the address and the sender.

use crate::{Again, NotSent, Scope};

/// What one code of a provider means. Every provider has one table of them, and nothing else decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub code: &'static str,
    /// In our words, for people who read the table.
    pub means: &'static str,
    pub again: Again,
    pub scope: Scope,
    pub mark: Mark,
}

/// What a refusal says about the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    /// It can never be reached.
    Bounced,
    /// The person does not want to be written to.
    OptedOut,
}

impl Rule {
    /// A refusal of this message alone that trying again does not change.
    pub const fn never(code: &'static str, means: &'static str) -> Self {
        Self::new(code, means, Again::Never, Scope::Message, Mark::None)
    }

    /// An address that can never be reached.
    pub const fn bounced(code: &'static str, means: &'static str) -> Self {
        Self::new(code, means, Again::Never, Scope::Message, Mark::Bounced)
    }

    /// A person who does not want to be written to.
    pub const fn opted_out(code: &'static str, means: &'static str) -> Self {
        Self::new(code, means, Again::Never, Scope::Message, Mark::OptedOut)
    }

    /// The sender must slow down.
    pub const fn throttled(code: &'static str, means: &'static str) -> Self {
        Self::new(code, means, Again::Backoff, Scope::Sender, Mark::None)
    }

    /// This message alone may be tried later.
    pub const fn later(code: &'static str, means: &'static str) -> Self {
        Self::new(code, means, Again::Backoff, Scope::Message, Mark::None)
    }

    /// Nothing can be sent until somebody acts; then this message may be tried again.
    pub const fn stops(code: &'static str, means: &'static str) -> Self {
        Self::new(code, means, Again::Backoff, Scope::Channel, Mark::None)
    }

    const fn new(
        code: &'static str,
        means: &'static str,
        again: Again,
        scope: Scope,
        mark: Mark,
    ) -> Self {
        Self {
            code,
            means,
            again,
            scope,
            mark,
        }
    }

    /// The refusal with the provider's words.
    pub fn refusal(&self, text: String) -> NotSent {
        NotSent {
            code: Some(self.code.to_owned()),
            text: if text.is_empty() {
                self.means.to_owned()
            } else {
                text
            },
            again: self.again,
            scope: self.scope,
            bounced: self.mark == Mark::Bounced,
            opted_out: self.mark == Mark::OptedOut,
        }
    }
}

/// The rule of a code.
pub(crate) fn find(rules: &'static [Rule], code: &str) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.code == code)
}

/// The refusal of a code in or outside the table: an unknown one concerns the message alone and is not
/// tried again, for nobody knows what trying would do.
pub(crate) fn refusal(rules: &'static [Rule], code: &str, text: String) -> NotSent {
    match find(rules, code) {
        Some(rule) => rule.refusal(text),
        None => NotSent {
            code: Some(code.to_owned()),
            text,
            again: Again::Never,
            scope: Scope::Message,
            bounced: false,
            opted_out: false,
        },
    }
}
