//! What a part of an outcome counts for in a report.

use rumbo_base::{Currency, Micros, Result};

use super::{Converted, Exchange};
use crate::figures::Figures;
use crate::read::outcome::{Kind, Outcome};

/// A part as it is, or converted. Most often it is as it is, and there are millions of them: those are
/// not copied.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it does not move"
)]
pub(crate) enum Worth<'a> {
    /// In this currency. A part without money is in any.
    Own(&'a Outcome<'a>, Currency),
    /// With its money in another currency, and what that was.
    Turned(Outcome<'a>, Converted),
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

impl Through<'_> {
    fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Nothing => None,
            Self::Own(exchange) => Some(exchange),
            Self::Apart(exchange) => Some(exchange),
        }
    }

    fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        match self {
            Self::Nothing => None,
            Self::Own(exchange) => Some(exchange),
            Self::Apart(exchange) => Some(exchange),
        }
    }
}

impl<'e> Valuing<'e> {
    pub fn by(exchange: &'e mut Exchange) -> Self {
        Self(match exchange.to() {
            Some(_) => Through::Own(exchange),
            None => Through::Nothing,
        })
    }

    /// Whether sums of rows of a kind count for what they are, or can be made of converted rows: where a
    /// currency stays what it is, each row is asked.
    pub fn values_sums(&self, kind: Kind) -> bool {
        let exchange = self.0.exchange();
        !kind.has_money() || exchange.is_none_or(|exchange| exchange.kept.is_empty())
    }

    /// Whether rows of a kind are converted one by one.
    pub fn turns(&self, kind: Kind) -> bool {
        kind.has_money() && self.0.exchange().is_some()
    }

    /// One of its own for sums of rows of a kind that are kept: those without money are as they are.
    pub fn for_sums(&self, kind: Kind) -> Valuing<'static> {
        let exchange = self.0.exchange().filter(|_| self.turns(kind));
        Valuing(match exchange {
            Some(exchange) => Through::Apart(Box::new(exchange.for_others())),
            None => Through::Nothing,
        })
    }

    /// What it goes through, where anything is converted.
    pub fn exchange(&self) -> Option<&Exchange> {
        self.0.exchange()
    }

    pub fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        self.0.exchange_mut()
    }

    /// The currency that parts without money, or their sums, count in.
    pub fn currency_without_money(&self, own: Currency) -> Currency {
        let exchange = self.0.exchange().filter(|exchange| exchange.takes(own));
        exchange.and_then(Exchange::to).unwrap_or(own)
    }

    /// What a part counts for.
    pub fn worth<'a>(&mut self, outcome: &'a Outcome<'a>) -> Result<Worth<'a>> {
        let own = Worth::Own(outcome, outcome.currency);
        let Some(exchange) = self.0.exchange_mut() else {
            return Ok(own);
        };
        match exchange.to().filter(|_| exchange.takes(outcome.currency)) {
            None => Ok(own),
            Some(to) if !outcome.has_money() => Ok(Worth::Own(outcome, to)),
            Some(to) => Ok(match exchange.turn_earned(outcome)? {
                Some((earned, origin)) => Worth::Turned(outcome.in_currency(to, earned), origin),
                None => own,
            }),
        }
    }

    /// The same for other parts.
    pub fn apart(&self) -> Self {
        Self(match self.0.exchange() {
            Some(exchange) => Through::Apart(Box::new(exchange.for_others())),
            None => Through::Nothing,
        })
    }

    /// Notes in another exchange the rates that were used, and the days that had none.
    pub fn into_exchange(self, exchange: &mut Exchange) {
        if let Through::Apart(own) = self.0 {
            exchange.take_in(*own);
        }
    }

    /// Takes in the rates that were used for other parts, and the days that had none.
    pub fn join(&mut self, other: Self) {
        if let Some(exchange) = self.0.exchange_mut() {
            other.into_exchange(exchange);
        }
    }
}

impl Worth<'_> {
    fn outcome(&self) -> &Outcome<'_> {
        match self {
            Self::Own(outcome, _) => outcome,
            Self::Turned(outcome, _) => outcome,
        }
    }

    pub fn currency(&self) -> Currency {
        match self {
            Self::Own(_, currency) => *currency,
            Self::Turned(outcome, _) => outcome.currency,
        }
    }

    /// Adds it to a sum.
    pub fn add_to(&self, sum: &mut Figures) -> Result<()> {
        self.outcome().add_to(sum)
    }

    /// What it is by itself.
    pub fn figures(&self) -> Result<Figures> {
        self.outcome().figures()
    }

    pub fn revenue(&self) -> Micros {
        self.outcome().earned().revenue
    }

    /// What it was before it was converted.
    pub fn converted(&self) -> Option<&Converted> {
        match self {
            Self::Own(..) => None,
            Self::Turned(_, origin) => Some(origin),
        }
    }
}
