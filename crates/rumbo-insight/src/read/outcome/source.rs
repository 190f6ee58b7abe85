//! The lead sources of those whom no touch stands behind.
//!
//! A lead names its own. Of an opportunity, a sale and a refund it is that of its contact, as of a
//! moment of whoever the contact was then.

use std::collections::HashMap;

use rumbo_base::{DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::row::{Kind, Stored};
use crate::attribution::Basis;
use crate::channel::Channel;
use crate::path::Path;
use crate::read::moment::as_of;
use crate::read::place::Place;

/// The rows of a period without a touch, with the contact's lead source.
macro_rules! now {
    ($from:literal, $dated:literal) => {
        concat!(
            "SELECT x.id, c.lead_source FROM ",
            $from,
            " x JOIN contacts c ON c.workspace_id = x.workspace_id AND c.id = x.contact_id \
             WHERE x.workspace_id = $1",
            untouched!($dated)
        )
    };
}

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
    OPPORTUNITIES = now!("opportunities", "opened_at");
    OPPORTUNITIES_AS_OF = then!("opportunities", "opportunity_versions", "opened_at");
    OPPORTUNITIES_BY_LEAD = now!("opportunities", "lead_at");
    OPPORTUNITIES_BY_LEAD_AS_OF = then!("opportunities", "opportunity_versions", "lead_at");
    SALES = now!("sales", "completed_at");
    SALES_AS_OF = then!("sales", "sale_versions", "completed_at");
    SALES_BY_LEAD = now!("sales", "lead_at");
    SALES_BY_LEAD_AS_OF = then!("sales", "sale_versions", "lead_at");
    REFUNDS = concat!("SELECT x.id, c.lead_source FROM sale_refunds x \
        JOIN sales b ON b.workspace_id = x.workspace_id AND b.id = x.sale_id \
        JOIN contacts c ON c.workspace_id = x.workspace_id AND c.id = b.contact_id \
        WHERE x.workspace_id = $1", untouched!("refunded_at"));
    /// A refund stays with its sale, whose contact may be another one.
    REFUNDS_AS_OF = concat!("SELECT s.id, ", source_then!(), " AS lead_source FROM (SELECT r.id, \
        COALESCE((SELECT w.contact_id FROM sale_versions w WHERE w.workspace_id = $1 AND w.id = f.sale_id \
        AND w.replaced_at > $4 ORDER BY w.replaced_at LIMIT 1), (SELECT b.contact_id FROM sales b \
        WHERE b.workspace_id = $1 AND b.id = f.sale_id)) AS contact_id FROM (",
        as_of!("x.id", "sale_refunds", "refund_versions", untouched!("refunded_at"), "", "$4"),
        ") r JOIN sale_refunds f ON f.workspace_id = $1 AND f.id = r.id) s");
}

/// Who came through which channel, of the rows of one kind that no touch stands behind.
#[derive(Debug, Default)]
pub(super) struct Sources(HashMap<Uuid, String>);

impl Sources {
    /// Those of a period; of leads nothing, which name theirs themselves.
    pub async fn read(
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
        kind: Kind,
        basis: Basis,
    ) -> Result<Self> {
        let (now, then) = match (kind, basis) {
            (Kind::Lead, _) => return Ok(Self::default()),
            (Kind::Opportunity, Basis::Sale) => (OPPORTUNITIES, OPPORTUNITIES_AS_OF),
            (Kind::Opportunity, Basis::Lead) => {
                (OPPORTUNITIES_BY_LEAD, OPPORTUNITIES_BY_LEAD_AS_OF)
            }
            (Kind::Sale, Basis::Sale) => (SALES, SALES_AS_OF),
            (Kind::Sale, Basis::Lead) => (SALES_BY_LEAD, SALES_BY_LEAD_AS_OF),
            (Kind::Refund, _) => (REFUNDS, REFUNDS_AS_OF),
        };
        let (from, to) = place.instants(range);
        let text = place.moment.map_or(now, |_| then);
        let found: Vec<(Uuid, String)> = on_tx!(tx, |c| {
            let mut query = sqlx::query_as(text)
                .bind(place.workspace)
                .bind(from)
                .bind(to);
            if let Some(moment) = place.moment {
                query = query.bind(moment.at);
            }
            query.fetch_all(c).await
        })
        .db()?;
        Ok(Self(found.into_iter().collect()))
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
        let channel = Channel::of_source(source?)?;
        Some(Path {
            channel: Some(channel),
            ..Path::NOWHERE
        })
    }
}
