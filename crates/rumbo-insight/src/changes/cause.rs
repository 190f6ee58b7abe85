//! What makes a figure another one.

use crate::metric::Names;

/// Why a figure changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The same rows by other rates of exchange: rates were corrected, entered or imported since.
    Currency,
    /// Days that had not ended then, with what was delivered and sold on them.
    NewDays,
    /// Meta says something else of a day that was known.
    Restated,
    /// Leads, opportunities and sales of earlier days that became known or were completed later.
    Late,
    /// Money given back since.
    Refunds,
    /// Amounts, costs and days that were set right, sales that were cancelled, people of the house
    /// who were taken for leads or the other way round.
    Corrected,
    /// The same leads, opportunities and sales, credited to something else or with another day:
    /// touches became known, contacts were merged or parted again, the data-driven model learned more.
    Reattributed,
    /// Another way of crediting, another time zone.
    Definition,
    /// What none of these explains: always nothing, or Rumbo is wrong.
    Unexplained,
}

impl Cause {
    /// In the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::Currency,
        Self::NewDays,
        Self::Restated,
        Self::Late,
        Self::Refunds,
        Self::Corrected,
        Self::Reattributed,
        Self::Definition,
        Self::Unexplained,
    ];

    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::NewDays => "new_days",
            Self::Restated => "restated",
            Self::Late => "late",
            Self::Refunds => "refunds",
            Self::Corrected => "corrected",
            Self::Reattributed => "reattributed",
            Self::Definition => "definition",
            Self::Unexplained => "unexplained",
        }
    }

    /// Its name for people.
    pub const fn names(self) -> Names {
        let (en, es, pt) = match self {
            Self::Currency => ("Exchange rates", "Tipo de cambio", "Taxa de câmbio"),
            Self::NewDays => ("New days", "Días nuevos", "Dias novos"),
            Self::Restated => (
                "Restated by Meta",
                "Corregido por Meta",
                "Corrigido pela Meta",
            ),
            Self::Late => ("Known later", "Conocido después", "Conhecido depois"),
            Self::Refunds => ("Refunds", "Devoluciones", "Devoluções"),
            Self::Corrected => ("Set right", "Corregido en el CRM", "Corrigido no CRM"),
            Self::Reattributed => ("Re-attributed", "Reatribuido", "Reatribuído"),
            Self::Definition => ("Definition", "Definición", "Definição"),
            Self::Unexplained => ("Unexplained", "Sin explicar", "Sem explicação"),
        };
        Names { en, es, pt }
    }
}
