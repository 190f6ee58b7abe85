//! The way of one row of the CRM from one report to the other.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rumbo_base::{Micros, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::Cause;
use crate::attribution::Basis;
use crate::read::outcome::{Kind, Row, first_id};

statements! {
    MERGED = "SELECT DISTINCT other_id FROM contact_merges WHERE workspace_id = $1 \
        AND (merged_at > $2 OR undone_at > $2)";
}

/// What tells apart the ways that rows went since a moment.
pub(super) struct Since {
    at: DateTime<Utc>,
    /// Ids from this one on were made since.
    first_id: Uuid,
    /// The contacts that were merged into another, or parted from it again.
    merged: HashSet<Uuid>,
    /// By what the earlier report dates.
    basis: Basis,
}

impl Since {
    pub async fn read(
        tx: &mut Tx,
        workspace: WorkspaceId,
        at: DateTime<Utc>,
        basis: Basis,
    ) -> Result<Self> {
        let merged: Vec<Uuid> = on_tx!(tx, |c| sqlx::query_scalar(MERGED)
            .bind(workspace)
            .bind(at)
            .fetch_all(c)
            .await)
        .db()?;
        Ok(Self {
            at,
            first_id: first_id(at),
            merged: merged.into_iter().collect(),
            basis,
        })
    }

    /// Why there is a row that was none.
    fn came(&self, kind: Kind, id: Uuid, new: &Row) -> Cause {
        match kind {
            Kind::Refund => Cause::Refunds,
            Kind::Lead if id < self.first_id => self.turned(id),
            _ if new.happened > self.at => Cause::NewDays,
            _ => Cause::Late,
        }
    }

    /// Why a row is none any more.
    fn went(&self, kind: Kind, id: Uuid) -> Cause {
        match kind {
            Kind::Lead => self.turned(id),
            _ => Cause::Corrected,
        }
    }

    /// Why a contact is a lead, or none, that was known all the time: being merged, or being
    /// of the house.
    fn turned(&self, id: Uuid) -> Cause {
        if self.merged.contains(&id) {
            Cause::Reattributed
        } else {
            Cause::Corrected
        }
    }

    /// Whether a row of this kind counts on the day its contact was first seen, which moves with
    /// the contact's touches and not with the row.
    fn dates_by_contact(&self, kind: Kind) -> bool {
        match kind {
            Kind::Lead => true,
            Kind::Opportunity | Kind::Sale => self.basis == Basis::Lead,
            Kind::Refund => false,
        }
    }
}

/// From what a row was to what it is, one cause after the other.
pub(super) fn steps(
    (kind, id): (Kind, Uuid),
    old: Option<&Row>,
    new: Option<&Row>,
    since: &Since,
) -> Vec<(Cause, Option<Row>, Option<Row>)> {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => return vec![(since.came(kind, id, new), None, Some(new.clone()))],
        (Some(old), None) => return vec![(since.went(kind, id), Some(old.clone()), None)],
        (None, None) => return Vec::new(),
    };
    // A refund keeps what was left before it: earlier refunds that became known move it.
    let money_back = if kind == Kind::Refund {
        Micros(old.gross.0.min(new.gross.0)).min(new.refunded)
    } else {
        new.refunded.min(old.gross)
    };
    let refunded = Row {
        refunded: money_back,
        ..old.clone()
    };
    let corrected = Row {
        dated: if since.dates_by_contact(kind) {
            old.dated
        } else {
            new.dated
        },
        happened: if kind == Kind::Lead {
            old.happened
        } else {
            new.happened
        },
        own: new.own,
        gross: new.gross,
        refunded: new.refunded,
        cost: new.cost,
        ..old.clone()
    };
    let mut steps = vec![
        (Cause::Refunds, old.clone(), refunded.clone()),
        (Cause::Corrected, refunded, corrected.clone()),
        (Cause::Reattributed, corrected, new.clone()),
    ];
    steps.retain(|(_, from, to)| from != to);
    steps
        .into_iter()
        .map(|(cause, from, to)| (cause, Some(from), Some(to)))
        .collect()
}
