//! The way of one row of the CRM from one report to the other.

use chrono::{DateTime, Utc};
use rumbo_base::Micros;

use super::Cause;
use crate::read::outcome::{Kind, Row};

/// From what a row was to what it is, one cause after the other.
pub(super) fn steps(
    kind: Kind,
    old: Option<&Row>,
    new: Option<&Row>,
    since: DateTime<Utc>,
) -> Vec<(Cause, Option<Row>, Option<Row>)> {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => {
            let cause = match kind {
                Kind::Refund => Cause::Refunds,
                _ if new.happened > since => Cause::NewDays,
                _ => Cause::Late,
            };
            return vec![(cause, None, Some(new.clone()))];
        }
        // A contact that was merged into another is no lead of its own any more.
        (Some(old), None) if kind == Kind::Lead => {
            return vec![(Cause::Reattributed, Some(old.clone()), None)];
        }
        (Some(old), None) => return vec![(Cause::Corrected, Some(old.clone()), None)],
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
        dated: if kind == Kind::Lead {
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
