//! What a part of an outcome counts for in a report.

use rumbo_base::{Currency, Micros, Result};

use super::{Converted, Exchange, Turned};
use crate::figures::Figures;
use crate::read::outcome::Outcome;

/// A part as it is, or converted. Most often it is as it is, and there are millions of them: those are
/// not copied.
#[derive(Debug)]
pub(crate) enum Worth<'a> {
    /// In this currency. A part without money is in any.
    Own(&'a Outcome<'a>, Currency),
    Turned(Box<Turned>),
}

/// Values parts: through an exchange, or as they are where nothing is to be converted.
#[derive(Debug)]
pub(crate) struct Valuing<'e>(Through<'e>);

#[derive(Debug)]
enum Through<'e> {
    Nothing,
    /// The report's own.
    Own(&'e mut Exchange),
    /// One of the same for other parts.
    Apart(Box<Exchange>),
}

impl<'e> Valuing<'e> {
    pub fn by(exchange: &'e mut Exchange) -> Self {
        Self(match exchange.to() {
            Some(_) => Through::Own(exchange),
            None => Through::Nothing,
        })
    }

    /// Whether everything counts for what it is.
    pub fn keeps_all(&self) -> bool {
        matches!(self.0, Through::Nothing)
    }

    /// What a part counts for.
    pub fn worth<'a>(&mut self, outcome: &'a Outcome<'a>) -> Result<Worth<'a>> {
        let exchange = match &mut self.0 {
            Through::Nothing => return Ok(Worth::Own(outcome, outcome.currency)),
            Through::Own(exchange) => &mut **exchange,
            Through::Apart(exchange) => &mut **exchange,
        };
        match exchange.to() {
            Some(to) if exchange.takes(outcome.currency) => {
                if outcome.has_money() {
                    let turned = exchange.turn_outcome(outcome)?;
                    Ok(Worth::Turned(Box::new(turned)))
                } else {
                    Ok(Worth::Own(outcome, to))
                }
            }
            _ => Ok(Worth::Own(outcome, outcome.currency)),
        }
    }

    /// The same for other parts.
    pub fn apart(&self) -> Self {
        Self(match &self.0 {
            Through::Nothing => Through::Nothing,
            Through::Own(exchange) => Through::Apart(Box::new(exchange.for_others())),
            Through::Apart(exchange) => Through::Apart(Box::new(exchange.for_others())),
        })
    }

    /// Takes in the rates that were used for other parts, and the days that had none.
    pub fn join(&mut self, other: Self) {
        if let Through::Apart(other) = other.0 {
            match &mut self.0 {
                Through::Nothing => {}
                Through::Own(exchange) => exchange.take_in(*other),
                Through::Apart(exchange) => exchange.take_in(*other),
            }
        }
    }
}

impl Worth<'_> {
    pub fn currency(&self) -> Currency {
        match self {
            Self::Own(_, currency) => *currency,
            Self::Turned(turned) => turned.currency,
        }
    }

    /// Adds it to a sum.
    pub fn add_to(&self, sum: &mut Figures) -> Result<()> {
        match self {
            Self::Own(outcome, _) => outcome.add_to(sum),
            Self::Turned(turned) => sum.add_outcome(&turned.figures),
        }
    }

    /// What it is by itself.
    pub fn figures(&self) -> Result<Figures> {
        match self {
            Self::Own(outcome, _) => outcome.figures(),
            Self::Turned(turned) => Ok(turned.figures),
        }
    }

    pub fn revenue(&self) -> Micros {
        match self {
            Self::Own(outcome, _) => outcome.revenue(),
            Self::Turned(turned) => turned.figures.revenue,
        }
    }

    /// What it was before it was converted.
    pub fn converted(&self) -> Option<&Converted> {
        match self {
            Self::Own(..) => None,
            Self::Turned(turned) => turned.origin.as_ref(),
        }
    }
}
