//! What a part of an outcome counts for in a report.

use rumbo_base::{Currency, Micros, Result};

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

/// Values parts: through an exchange, or as they are where nothing is to be converted.
#[derive(Debug)]
pub(crate) struct Valuing<'e>(Option<&'e mut Exchange>);

impl<'e> Valuing<'e> {
    pub fn by(exchange: &'e mut Exchange) -> Self {
        Self(exchange.to().is_some().then_some(exchange))
    }

    /// Whether everything counts for what it is.
    pub fn keeps_all(&self) -> bool {
        self.0.is_none()
    }

    /// What a part counts for.
    pub fn worth<'a>(&mut self, outcome: &'a Outcome<'a>) -> Result<Worth<'a>> {
        match &mut self.0 {
            Some(exchange) if exchange.takes(outcome.currency) => {
                let turned = exchange.turn_outcome(outcome)?;
                Ok(Worth::Turned(Box::new(turned)))
            }
            _ => Ok(Worth::Own(outcome)),
        }
    }

    /// The same for other parts; `None` where all have to go through the one exchange, which
    /// keeps the rates that were used.
    pub fn apart(&self) -> Option<Self> {
        self.0.is_none().then_some(Self(None))
    }
}

impl Worth<'_> {
    pub fn currency(&self) -> Currency {
        match self {
            Self::Own(outcome) => outcome.currency,
            Self::Turned(turned) => turned.currency,
        }
    }

    /// Adds it to a sum.
    pub fn add_to(&self, sum: &mut Figures) -> Result<()> {
        match self {
            Self::Own(outcome) => outcome.add_to(sum),
            Self::Turned(turned) => sum.add_outcome(&turned.figures),
        }
    }

    /// What it is by itself.
    pub fn figures(&self) -> Result<Figures> {
        match self {
            Self::Own(outcome) => outcome.figures(),
            Self::Turned(turned) => Ok(turned.figures),
        }
    }

    pub fn revenue(&self) -> Micros {
        match self {
            Self::Own(outcome) => outcome.revenue(),
            Self::Turned(turned) => turned.figures.revenue,
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
