//! Every purchase and every lead, with the touch that acquired the person.
//!
//! Cohorts need the whole past: who bought before the first day of a report is no new customer in
//! it. So sales are read from the first one on, once and without an order; [`crate::cohort`] puts
//! them in order. As of an earlier moment they are what they were then, and of whom they were.

use chrono::{DateTime, Utc};
use futures::StreamExt;
use rumbo_base::{ContactId, Currency, Error, Micros, Result, SaleId};
use rumbo_db::{DbResultExt, ROWS_AT_ONCE, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use super::moment::{EVER, EitherRow, as_of};
use super::origin::Origins;
use super::outcome::packed::{Followed, with_people};
use super::outcome::{Own, Row, tokens};
use super::place::Place;
use crate::cohort::AcquiredBy;
use crate::path::Path;

/// Only the touches before a first sale acquire anybody.
macro_rules! purchase_columns {
    () => {
        "x.id, x.contact_id, x.completed_at, x.gross_micros, x.refunded_micros, x.cost_micros, \
         x.currency, CASE WHEN x.is_first THEN x.touches ELSE '' END AS touches"
    };
}
macro_rules! bought {
    () => {
        " AND x.completed_at >= $2 AND x.completed_at < $3 AND x.status IN ('completed', 'refunded')"
    };
}
macro_rules! lead_columns {
    () => {
        "x.id, x.first_seen_at, x.first_origin"
    };
}
macro_rules! seen {
    () => {
        " AND x.first_seen_at >= $2 AND x.first_seen_at < $3 AND x.kind <> 'internal'"
    };
}

statements! {
    PURCHASES = concat!("SELECT ", purchase_columns!(), " FROM sales x WHERE x.workspace_id = $1", bought!());
    PURCHASES_AS_OF = as_of!(purchase_columns!(), "sales", "sale_versions", bought!(), "", "$4");
    LEADS = concat!("SELECT ", lead_columns!(), " FROM contacts x WHERE x.workspace_id = $1", seen!());
    LEADS_AS_OF = as_of!(lead_columns!(), "contacts", "contact_versions", seen!(), " AND x.present", "$4");
}

/// The columns in the order of the question. By place and not by name: this is read once a sale.
type PurchaseColumns = (
    SaleId,
    ContactId,
    DateTime<Utc>,
    Micros,
    Micros,
    Option<Micros>,
    String,
    String,
);

type LeadColumns = (ContactId, DateTime<Utc>, Option<i64>);

/// A completed sale, refunded ones too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchased {
    pub sale: SaleId,
    pub contact: ContactId,
    pub at: DateTime<Utc>,
    pub gross: Micros,
    /// What was refunded of it so far.
    pub refunded: Micros,
    /// `None` where nobody entered one.
    pub cost: Option<Micros>,
    pub currency: Currency,
    /// Of the first sale of a contact: the place in [`Sources`] of the touch that acquired them.
    pub source: usize,
}

/// A contact when it was first seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lead {
    pub contact: ContactId,
    pub at: DateTime<Utc>,
    /// The place in [`Sources`] of its first touch.
    pub source: usize,
}

/// The places that people came from, each once: there are few of them and many people. The first
/// is that of nobody knows where.
#[derive(Debug)]
pub(crate) struct Sources {
    origins: Origins,
    known: FxHashMap<i64, usize>,
    paths: Vec<Path>,
}

impl Sources {
    pub fn new(origins: Origins) -> Self {
        Self {
            origins,
            known: FxHashMap::default(),
            paths: vec![Path::default()],
        }
    }

    /// All of them, in the order of their numbers.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    fn number(&mut self, origin: Option<i64>) -> Result<usize> {
        let Some(origin) = origin else {
            return Ok(0);
        };
        if let Some(number) = self.known.get(&origin) {
            return Ok(*number);
        }
        let found = self.origins.get(origin);
        let found = found.ok_or_else(|| Error::internal("a touch without an origin"))?;
        let number = self.paths.len();
        self.paths.push(found.1.path.clone());
        self.known.insert(origin, number);
        Ok(number)
    }
}

/// From one instant to before another.
pub(crate) type Between = (DateTime<Utc>, DateTime<Utc>);

/// Every sale that was completed before this moment, in no order.
pub(crate) async fn purchases(
    tx: &mut Tx,
    place: &Place,
    until: DateTime<Utc>,
    acquired_by: AcquiredBy,
    sources: &mut Sources,
) -> Result<Vec<Purchased>> {
    let mut found = Vec::new();
    let packed = |row: &Row, sale, contact| {
        let Own::Money(currency) = row.own else {
            return Err(Error::internal("a packed sale without a currency"));
        };
        let touches = row.touches.iter().filter(|_| row.first);
        found.push(Purchased {
            sale: SaleId(sale),
            contact: ContactId(contact),
            at: row.dated,
            gross: row.gross,
            refunded: row.refunded,
            cost: row.cost,
            currency,
            source: sources.number(acquired_by.touch(touches).map(|touch| touch.origin))?,
        });
        Ok(())
    };
    let others = with_people(tx, place, Followed::Sales, (EVER, until), packed).await?;
    for between in others {
        let texts = (PURCHASES, PURCHASES_AS_OF);
        each_between(tx, place, texts, between, |row: PurchaseColumns| {
            let (sale, contact, at, gross, refunded, cost, currency, touches) = row;
            let touch = acquired_by.touch(tokens(&touches));
            found.push(Purchased {
                sale,
                contact,
                at,
                gross,
                refunded,
                cost,
                currency: Currency::of_record(&currency)?,
                source: sources.number(touch.and_then(|(_, origin)| origin.parse().ok()))?,
            });
            Ok(())
        })
        .await?;
    }
    Ok(found)
}

impl AcquiredBy {
    /// Of touches, the oldest first.
    fn touch<T>(self, mut touches: impl DoubleEndedIterator<Item = T>) -> Option<T> {
        match self {
            Self::LastTouch => touches.next_back(),
            Self::FirstTouch => touches.next(),
        }
    }
}

/// Goes through the rows that one of two texts gives in between: that of now, or as of a moment.
async fn each_between<R: EitherRow>(
    tx: &mut Tx,
    place: &Place,
    (now, then): (&'static str, &'static str),
    (from, to): Between,
    mut each: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    on_tx!(tx, |c| {
        let text = place.moment.map_or(now, |_| then);
        let mut query = sqlx::query(text).bind(place.workspace).bind(from).bind(to);
        if let Some(moment) = place.moment {
            query = query.bind(moment.at);
        }
        let mut rows = query.fetch(c).ready_chunks(ROWS_AT_ONCE);
        while let Some(rows) = rows.next().await {
            for row in rows {
                each(R::from_row(&row.db()?).db()?)?;
            }
        }
    });
    Ok(())
}

/// Every lead that was first seen in between, in no order.
pub(crate) async fn leads(
    tx: &mut Tx,
    place: &Place,
    between: Between,
    sources: &mut Sources,
) -> Result<Vec<Lead>> {
    let mut found = Vec::new();
    let packed = |row: &Row, _, contact| {
        let touch = row.touches.first();
        found.push(Lead {
            contact: ContactId(contact),
            at: row.dated,
            source: sources.number(touch.map(|touch| touch.origin))?,
        });
        Ok(())
    };
    let others = with_people(tx, place, Followed::Leads, between, packed).await?;
    for between in others {
        let texts = (LEADS, LEADS_AS_OF);
        each_between(tx, place, texts, between, |row: LeadColumns| {
            let (contact, at, origin) = row;
            found.push(Lead {
                contact,
                at,
                source: sources.number(origin)?,
            });
            Ok(())
        })
        .await?;
    }
    Ok(found)
}
