//! The lead sources of those whom no touch stands behind.
//!
//! A lead names its own. Of an opportunity, a sale and a refund it is that of its contact: of now it is
//! read and packed with the row, as of a moment it is that of whoever the contact was then.

use std::collections::HashMap;
use std::sync::Arc;

use rumbo_base::Result;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::row::{Kind, Row, Stored};
use super::{Question, Texts};
use crate::attribution::Basis;
use crate::channel::Channel;
use crate::path::Path;
use crate::read::moment::as_of;

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

/// Where those belong that no touch stands behind.
pub(super) fn path_of(source: &str) -> Option<Path> {
    Some(Path {
        channel: Some(Channel::of_source(source)?),
        ..Path::NOWHERE
    })
}

/// Who came through which channel as of a moment, of the rows of one kind that no touch stands behind. Of now
/// and of leads a row tells it itself.
#[derive(Debug, Default)]
pub(super) struct Sources(Option<HashMap<Uuid, Arc<str>>>);

impl Sources {
    /// Those of a period, for a report by channel.
    pub async fn read(tx: &mut Tx, question: Question<'_>, texts: &Texts) -> Result<Self> {
        let Question { place, range, .. } = question;
        let (Some(moment), true) = (place.moment, question.by_source) else {
            return Ok(Self::default());
        };
        let then = match (texts.kind, question.attribution.basis) {
            (Kind::Lead, _) => return Ok(Self::default()),
            (Kind::Opportunity, Basis::Sale) => OPPORTUNITIES_AS_OF,
            (Kind::Opportunity, Basis::Lead) => OPPORTUNITIES_BY_LEAD_AS_OF,
            (Kind::Sale, Basis::Sale) => SALES_AS_OF,
            (Kind::Sale, Basis::Lead) => SALES_BY_LEAD_AS_OF,
            (Kind::Refund, _) => REFUNDS_AS_OF,
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
        let rows = rows.into_iter().map(|(id, source)| (id, source.into()));
        Ok(Self(Some(rows.collect())))
    }

    /// Whether any row may need one of these.
    pub fn are_asked(&self) -> bool {
        self.0.is_some()
    }

    /// The row with the source that it had then.
    pub fn complete(&self, stored: &Stored, row: Row) -> Row {
        match self.0.as_ref().and_then(|known| known.get(&stored.id)) {
            Some(source) if row.touches.is_empty() => Row {
                source: Some(Arc::clone(source)),
                ..row
            },
            _ => row,
        }
    }
}
