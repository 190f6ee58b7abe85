//! A lead, an opportunity, a sale or a refund, and the touches before it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Currency, Error, Micros, Result};
use uuid::Uuid;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Lead,
    Opportunity,
    Sale,
    /// Money given back, on its own day.
    Refund,
}

impl Kind {
    /// Whether it brings, takes or costs any.
    pub fn has_money(self) -> bool {
        match self {
            Self::Lead | Self::Opportunity => false,
            Self::Sale | Self::Refund => true,
        }
    }
}

/// What is read of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    /// Where it counts.
    pub dated: DateTime<Utc>,
    /// Up to where touches count.
    pub happened: DateTime<Utc>,
    /// The lead source of a lead, the currency of a sale or refund.
    pub own: Own,
    pub gross: Micros,
    pub refunded: Micros,
    /// What a sale cost the business; `None` while it is not known, and of all others.
    pub cost: Option<Micros>,
    /// The first sale ever of its contact.
    pub first: bool,
    /// Oldest first.
    pub touches: Vec<PathTouch>,
    /// The lead source of its contact, where no touch stands behind it.
    pub source: Option<Arc<str>>,
}

impl Row {
    /// So much memory it takes.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.touches.len() * size_of::<PathTouch>()
    }
}

/// What only some kinds of rows have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Own {
    #[default]
    Nothing,
    Lead(LeadClass),
    Money(Currency),
}

/// A touch of a path: when, and the number of its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PathTouch {
    pub at: DateTime<Utc>,
    pub origin: i64,
}

/// Where a lead came from, by its lead source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LeadClass {
    Meta,
    Other,
    Unknown,
}

impl LeadClass {
    fn of(lead_source: &str) -> Self {
        match lead_source {
            "META_ADS" | "CLICK_TO_WHATSAPP" => Self::Meta,
            "UNKNOWN" => Self::Unknown,
            _ => Self::Other,
        }
    }
}

impl Own {
    /// What a kind of row has of the text beside it.
    pub fn of(kind: Kind, text: &str) -> Result<Self> {
        Ok(match kind {
            Kind::Lead => Self::Lead(LeadClass::of(text)),
            Kind::Opportunity => Self::Nothing,
            Kind::Sale | Kind::Refund => Self::Money(text.parse()?),
        })
    }
}

/// A row as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub id: Uuid,
    pub dated: DateTime<Utc>,
    pub happened: DateTime<Utc>,
    /// The lead source, or the currency.
    pub own: String,
    pub gross: Micros,
    pub refunded: Micros,
    pub first: bool,
    /// `instant;origin|instant;origin`.
    pub touches: String,
    pub cost: Option<Micros>,
    pub source: Option<String>,
}

/// By place and not by name: this is read once a row.
impl<'r, R> sqlx::FromRow<'r, R> for Stored
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    Uuid: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    DateTime<Utc>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Micros: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    bool: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            dated: row.try_get(1)?,
            happened: row.try_get(2)?,
            own: row.try_get(3)?,
            gross: row.try_get(4)?,
            refunded: row.try_get(5)?,
            first: row.try_get(6)?,
            touches: row.try_get(7)?,
            cost: row.try_get(8)?,
            source: row.try_get(9)?,
        })
    }
}

impl Stored {
    pub fn row(&self, kind: Kind) -> Result<Row> {
        let source = self.source.as_deref().map(Arc::from);
        Ok(Row {
            dated: self.dated,
            happened: self.happened,
            own: Own::of(kind, &self.own)?,
            gross: self.gross,
            refunded: self.refunded,
            cost: self.cost,
            first: self.first,
            touches: touches(&self.touches).collect::<Result<_>>()?,
            source: source.filter(|_| self.touches.is_empty()),
        })
    }
}

/// The touches of a path.
fn touches(text: &str) -> impl Iterator<Item = Result<PathTouch>> {
    tokens(text).map(|(at, origin)| {
        let touch = instant(at).zip(origin.parse().ok());
        let (at, origin) = touch.ok_or_else(|| Error::internal("a path that cannot be read"))?;
        Ok(PathTouch { at, origin })
    })
}

/// The touches of a path: instant and origin, as they are written.
pub(crate) fn tokens(touches: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    touches.split('|').filter_map(|touch| touch.split_once(';'))
}

/// An instant as either database writes it into a path: `2026-11-20T12:00:00.5+00:00` or
/// `2026-11-20 12:00:00.5+00`, always in UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = text.get(..4)?.parse::<i32>().ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    let rest = text.get(19..)?;
    let nanos = match rest.strip_prefix('.') {
        None => 0,
        Some(rest) => {
            let digits = rest.find(['+', 'Z']).unwrap_or(rest.len());
            let digits = rest.get(..digits.min(9))?;
            let places = u32::try_from(9 - digits.len()).ok()?;
            digits.parse::<u32>().ok()? * 10_u32.pow(places)
        }
    };
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    Some(day.and_hms_nano_opt(hour, minute, second, nanos)?.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_either_database_writes_them() {
        let expected: DateTime<Utc> = "2026-11-20T12:03:04.05Z".parse().unwrap();
        for text in [
            "2026-11-20T12:03:04.050+00:00",
            "2026-11-20 12:03:04.05+00",
            "2026-11-20T12:03:04.050000000Z",
        ] {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
        let whole: DateTime<Utc> = "2026-11-20T12:03:04Z".parse().unwrap();
        assert_eq!(instant("2026-11-20 12:03:04+00"), Some(whole));
        assert_eq!(instant("2026-11-20"), None);
    }
}
