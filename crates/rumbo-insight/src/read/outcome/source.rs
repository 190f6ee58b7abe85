//! The lead sources of those whom no touch stands behind.
//!
//! A lead names its own. Of an opportunity, a sale and a refund it is that of its contact, as of a
//! moment of whoever the contact was then.

use std::collections::HashMap;

use futures::TryStreamExt;
use rumbo_base::{DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::row::{Kind, Stored};
use super::{Question, Texts};
use crate::attribution::Basis;
use crate::channel::Channel;
use crate::path::Path;
use crate::read::moment::as_of;
use crate::read::place::Place;

macro_rules! untouched {
    ($dated:literal) => {
        concat!(
            " AND x.",
            $dated,
            " >= $2 AND x.",
            $dated,
            " < $3 AND x.touches = ''"
        )
    };
}

/// The lead source that the contact `s.contact_id` had at `$4`.
macro_rules! source_then {
    () => {
        "COALESCE((SELECT v.lead_source FROM contact_versions v WHERE v.workspace_id = $1 \
         AND v.id = s.contact_id AND v.replaced_at > $4 ORDER BY v.replaced_at LIMIT 1), \
         (SELECT c.lead_source FROM contacts c WHERE c.workspace_id = $1 AND c.id = s.contact_id), 'UNKNOWN')"
    };
}

macro_rules! then {
    ($from:literal, $versions:literal, $dated:literal) => {
        concat!(
            "SELECT s.id, ",
            source_then!(),
            " AS lead_source FROM (",
            as_of!(
                "x.id, x.contact_id",
                $from,
                $versions,
                untouched!($dated),
                "",
                "$4"
            ),
            ") s"
        )
    };
}

statements! {
    OPPORTUNITIES_AS_OF = then!("opportunities", "opportunity_versions", "opened_at");
    OPPORTUNITIES_BY_LEAD_AS_OF = then!("opportunities", "opportunity_versions", "lead_at");
    SALES_AS_OF = then!("sales", "sale_versions", "completed_at");
    SALES_BY_LEAD_AS_OF = then!("sales", "sale_versions", "lead_at");
    /// A refund stays with its sale, whose contact may be another one.
    REFUNDS_AS_OF = concat!("SELECT s.id, ", source_then!(), " AS lead_source FROM (SELECT r.id, \
        COALESCE((SELECT w.contact_id FROM sale_versions w WHERE w.workspace_id = $1 AND w.id = f.sale_id \
        AND w.replaced_at > $4 ORDER BY w.replaced_at LIMIT 1), (SELECT b.contact_id FROM sales b \
        WHERE b.workspace_id = $1 AND b.id = f.sale_id)) AS contact_id FROM (",
        as_of!("x.id", "sale_refunds", "refund_versions", untouched!("refunded_at"), "", "$4"),
        ") r JOIN sale_refunds f ON f.workspace_id = $1 AND f.id = r.id) s");
}

/// Goes through the rows of a period, as they are now, that no touch stands behind, each with its lead
/// source.
pub(super) async fn untouched(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    texts: &Texts,
    mut each: impl FnMut(&Stored, &str) -> Result<()>,
) -> Result<()> {
    let Some(text) = texts.untouched else {
        return Ok(());
    };
    let (from, to) = place.instants(range);
    on_tx!(tx, |c| {
        let mut rows = sqlx::query_as::<_, Untouched>(text)
            .bind(place.workspace)
            .bind(from)
            .bind(to)
            .fetch(c);
        while let Some(Untouched { stored, source }) = rows.try_next().await.db()? {
            each(&stored, &source)?;
        }
    });
    Ok(())
}

/// A row that no touch stands behind.
struct Untouched {
    stored: Stored,
    source: String,
}

impl<'r, R> sqlx::FromRow<'r, R> for Untouched
where
    R: sqlx::Row,
    Stored: sqlx::FromRow<'r, R>,
    usize: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self {
            stored: Stored::from_row(row)?,
            // Behind the columns of a row.
            source: row.try_get(9)?,
        })
    }
}

/// Where those belong that no touch stands behind.
pub(super) fn path_of(source: &str) -> Option<Path> {
    Some(Path {
        channel: Some(Channel::of_source(source)?),
        ..Path::NOWHERE
    })
}

/// Who came through which channel, of the rows of one kind that no touch stands behind.
#[derive(Debug, Default)]
pub(super) struct Sources(HashMap<Uuid, String>);

impl Sources {
    /// Those of a period; of leads nothing, which name theirs themselves.
    pub async fn read(tx: &mut Tx, question: Question<'_>, texts: &Texts) -> Result<Self> {
        let Question { place, range, .. } = question;
        let basis = question.attribution.basis;
        let mut found = HashMap::new();
        let then = match (texts.kind, basis) {
            (Kind::Lead, _) => return Ok(Self::default()),
            (Kind::Opportunity, Basis::Sale) => OPPORTUNITIES_AS_OF,
            (Kind::Opportunity, Basis::Lead) => OPPORTUNITIES_BY_LEAD_AS_OF,
            (Kind::Sale, Basis::Sale) => SALES_AS_OF,
            (Kind::Sale, Basis::Lead) => SALES_BY_LEAD_AS_OF,
            (Kind::Refund, _) => REFUNDS_AS_OF,
        };
        let Some(moment) = place.moment else {
            untouched(tx, place, range, texts, |stored, source| {
                found.insert(stored.id, source.to_owned());
                Ok(())
            })
            .await?;
            return Ok(Self(found));
        };
        let (from, to) = place.instants(range);
        let rows: Vec<(Uuid, String)> = on_tx!(tx, |c| sqlx::query_as(then)
            .bind(place.workspace)
            .bind(from)
            .bind(to)
            .bind(moment.at)
            .fetch_all(c)
            .await)
        .db()?;
        found.extend(rows);
        Ok(Self(found))
    }

    /// Where a row belongs when no touch stands behind it.
    pub fn path_of(&self, kind: Kind, stored: &Stored) -> Option<Path> {
        if !stored.touches.is_empty() {
            return None;
        }
        let source = match kind {
            Kind::Lead => Some(&stored.own),
            _ => self.0.get(&stored.id),
        };
        path_of(source?)
    }
}
