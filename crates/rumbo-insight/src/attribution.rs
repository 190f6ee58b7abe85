//! How what came of it is credited to the touches before it.
//!
//! A touch counts when it lies at or before the opportunity or sale and, with a window, no
//! further back than the window reaches. A [`Model`] gives each touch that counts a weight; an
//! amount is then split by these weights so that the parts are the amount exactly
//! ([`rumbo_base::allocate`]). What no touch stands behind is not attributed: it is never dropped and
//! never spread. A lead goes to the touch that made it, whatever the model.

use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};

use crate::metric::Names;

pub(crate) mod chain;
pub(crate) mod credit;

/// Which touches take the credit, and in what parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Model {
    /// The last one takes all of it.
    #[default]
    LastTouch,
    /// The first one takes all of it.
    FirstTouch,
    /// The last one that says where the person came from; the last one when none does.
    LastNonDirect,
    /// All the same.
    Linear,
    /// 40 % to the first, 40 % to the last, the rest to those between; of two touches half each.
    PositionBased,
    /// A touch that lies one half-life further back takes half as much.
    TimeDecay {
        /// Days.
        half_life: NonZeroU32,
    },
    /// In proportion to what the removal of each touch's channel would cost, as a Markov chain
    /// learned it from the paths of those who bought and those who did not.
    Markov,
}

/// The half-life of time decay when nobody says, in days: the one that Google Analytics had.
pub const HALF_LIFE: NonZeroU32 = NonZeroU32::MIN.saturating_add(6);

/// How far back a touch may lie, in days of 24 hours; without a limit where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    /// For touches in which the person did something: clicked, filled in a form, wrote.
    pub click_days: Option<u32>,
    /// For touches in which an ad was only seen: those with the medium `view`.
    pub view_days: Option<u32>,
}

/// On which day an opportunity or a sale counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// On its own: opened, completed.
    #[default]
    Sale,
    /// On the day the contact was first seen: what came of the leads of a period, however late.
    Lead,
}

/// On which day a refund counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refunds {
    /// Accrual: on the day of its sale, whose revenue it lowers.
    #[default]
    Accrual,
    /// Cash: on its own day, as revenue below zero.
    Cash,
}

/// How a report credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attribution {
    pub model: Model,
    pub window: Window,
    pub basis: Basis,
    pub refunds: Refunds,
}

/// What a model needs to know of a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touch {
    pub at: DateTime<Utc>,
    /// Only seen, not clicked.
    pub view: bool,
    /// Says nothing of where the person came from.
    pub direct: bool,
    /// Touches of the same campaign, or of the same source without one, have the same.
    pub channel: u32,
    /// What the removal of its channel would cost, for the data-driven model; 0 while nothing was
    /// learned of it.
    pub effect: u64,
}

/// Lead sources that say nothing of where a person came from.
const DIRECT_SOURCES: [&str; 5] = ["ORGANIC", "WEB", "MANUAL", "IMPORT", "UNKNOWN"];

/// The medium of an ad that was only seen.
const VIEW: &str = "view";

impl Touch {
    /// A touch names an ad object, a medium or a click, or comes from a source that tells; else
    /// the person came directly.
    pub fn of(at: DateTime<Utc>, source: &str, medium: Option<&str>, named: bool) -> Self {
        Self {
            at,
            view: medium.is_some_and(|medium| medium.eq_ignore_ascii_case(VIEW)),
            direct: !named && medium.is_none() && DIRECT_SOURCES.contains(&source),
            channel: 0,
            effect: 0,
        }
    }
}

impl Window {
    /// Whether a touch still counts for something that happened at `at`.
    pub(crate) fn holds(self, touch: &Touch, at: DateTime<Utc>) -> bool {
        let days = if touch.view {
            self.view_days
        } else {
            self.click_days
        };
        touch.at <= at && days.is_none_or(|days| at - touch.at <= TimeDelta::days(days.into()))
    }
}

impl Model {
    /// Every model, time decay with its usual half-life.
    pub const ALL: [Self; 7] = [
        Self::LastTouch,
        Self::FirstTouch,
        Self::LastNonDirect,
        Self::Linear,
        Self::PositionBased,
        Self::TimeDecay {
            half_life: HALF_LIFE,
        },
        Self::Markov,
    ];

    /// Whether it asks how far apart the touches are, and not only for their order.
    pub(crate) fn needs_instants(self) -> bool {
        matches!(self, Self::TimeDecay { .. })
    }

    /// The touch that takes all of it, for the models that give all to one.
    pub(crate) fn only(self, touches: &[Touch]) -> Option<usize> {
        let last = touches.len().checked_sub(1)?;
        match self {
            Self::LastTouch => Some(last),
            Self::FirstTouch => Some(0),
            Self::LastNonDirect => {
                let telling = touches.iter().rposition(|touch| !touch.direct);
                Some(telling.unwrap_or(last))
            }
            Self::Linear | Self::PositionBased | Self::TimeDecay { .. } | Self::Markov => None,
        }
    }

    /// The touch at the end of a path that has all, whatever the touches are; none under a model that
    /// looks at them.
    pub(crate) fn end<T>(self, path: &[T]) -> Option<&T> {
        match self {
            Self::LastTouch => path.last(),
            Self::FirstTouch => path.first(),
            Self::LastNonDirect
            | Self::Linear
            | Self::PositionBased
            | Self::TimeDecay { .. }
            | Self::Markov => None,
        }
    }

    /// Its name in JSON and settings.
    pub const fn id(self) -> &'static str {
        match self {
            Self::LastTouch => "last_touch",
            Self::FirstTouch => "first_touch",
            Self::LastNonDirect => "last_non_direct",
            Self::Linear => "linear",
            Self::PositionBased => "position_based",
            Self::TimeDecay { .. } => "time_decay",
            Self::Markov => "markov",
        }
    }

    /// The model of a name; time decay with its usual half-life.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.id() == id)
    }

    /// Its name for people.
    pub const fn names(self) -> Names {
        let (en, es, pt) = match self {
            Self::LastTouch => ("Last touch", "Último toque", "Último toque"),
            Self::FirstTouch => ("First touch", "Primer toque", "Primeiro toque"),
            Self::LastNonDirect => (
                "Last non-direct touch",
                "Último toque no directo",
                "Último toque não direto",
            ),
            Self::Linear => ("Linear", "Lineal", "Linear"),
            Self::PositionBased => ("Position 40/20/40", "Posición 40/20/40", "Posição 40/20/40"),
            Self::TimeDecay { .. } => ("Time decay", "Decaimiento temporal", "Decaimento temporal"),
            Self::Markov => ("Data-driven", "Basado en datos", "Baseado em dados"),
        };
        Names { en, es, pt }
    }
}

impl Basis {
    pub const ALL: [Self; 2] = [Self::Sale, Self::Lead];

    /// Its name for people.
    pub const fn names(self) -> Names {
        let (en, es, pt) = match self {
            Self::Sale => ("by sale date", "por fecha de venta", "por data da venda"),
            Self::Lead => ("by lead date", "por fecha del lead", "por data do lead"),
        };
        Names { en, es, pt }
    }

    /// Its name in JSON and settings.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Sale => "sale_date",
            Self::Lead => "lead_date",
        }
    }
}

impl Refunds {
    pub const ALL: [Self; 2] = [Self::Accrual, Self::Cash];

    /// Its name for people.
    pub const fn names(self) -> Names {
        let (en, es, pt) = match self {
            Self::Accrual => (
                "refunds with their sale",
                "devoluciones con su venta",
                "devoluções com a venda",
            ),
            Self::Cash => (
                "refunds on their day",
                "devoluciones en su día",
                "devoluções no seu dia",
            ),
        };
        Names { en, es, pt }
    }

    /// Its name in JSON and settings.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Accrual => "accrual",
            Self::Cash => "cash",
        }
    }
}

#[cfg(test)]
mod tests;
