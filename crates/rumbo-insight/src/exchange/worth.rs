//! What a part of an outcome counts for in a report.

use rumbo_base::{Currency, Result};

use super::{Converted, Exchange, Turned};
use crate::figures::Figures;
use crate::read::outcome::Outcome;

/// A part as it is, or converted. Most often it is as it is, and there are millions of them: those are
/// not copied.
#[derive(Debug)]
pub(crate) enum Worth<'a> {
    Own(&'a Outcome<'a>),
    Turned(Box<Turned>),
}

impl Exchange {
    /// What a part counts for.
    pub fn worth<'a>(&mut self, outcome: &'a Outcome<'a>) -> Result<Worth<'a>> {
        if self.takes(outcome.currency) {
            self.turn_outcome(outcome).map(Box::new).map(Worth::Turned)
        } else {
            Ok(Worth::Own(outcome))
        }
    }
}

impl Worth<'_> {
    pub fn currency(&self) -> Currency {
        match self {
            Self::Own(outcome) => outcome.currency,
            Self::Turned(turned) => turned.currency,
        }
    }

    pub fn figures(&self) -> &Figures {
        match self {
            Self::Own(outcome) => &outcome.figures,
            Self::Turned(turned) => &turned.figures,
        }
    }

    /// What it was before it was converted.
    pub fn converted(&self) -> Option<&Converted> {
        match self {
            Self::Own(_) => None,
            Self::Turned(turned) => turned.origin.as_ref(),
        }
    }
}
