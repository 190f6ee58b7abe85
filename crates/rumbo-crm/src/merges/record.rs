//! What a merge remembers, so that it can be undone.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, TouchpointId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contacts::{Contact, ExternalId};

/// Everything that a merge changed, as it was before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub kept_before: Contact,
    pub kept_stamp: Stamp,
    /// What somebody changed since differs from this, and stays.
    pub kept_after: Contact,
    /// The contact that is gone.
    pub other: Contact,
    pub other_stamp: Stamp,
    /// The ids that moved.
    pub external_ids: Vec<ExternalId>,
    /// The number and address that were noted as ids of the kept contact.
    pub aliases: Vec<ExternalId>,
    /// The touchpoints, opportunities and sales that moved or are credited otherwise now.
    pub rows: Vec<RowChange>,
}

/// Who wrote a row and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub(super) struct Stamp {
    pub created_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
    pub updated_at: DateTime<Utc>,
    pub updated_by: Option<UserId>,
}

/// Whose rows a contact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Table {
    Touchpoints,
    Opportunities,
    Sales,
    Orders,
    Carts,
    Consents,
    Conversations,
    Dispatches,
}

/// A row of one of the tables, as far as a merge changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub(super) struct RowState {
    pub id: Uuid,
    pub contact_id: ContactId,
    /// Where an opportunity or sale is credited.
    pub touchpoint_id: Option<TouchpointId>,
    pub source: Option<String>,
    pub updated_at: DateTime<Utc>,
    pub updated_by: Option<UserId>,
}

/// A row that a merge changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RowChange {
    pub table: Table,
    pub before: RowState,
    /// Whether it was the other contact's.
    pub moved: bool,
    /// When the merge wrote it: at another time now, somebody changed it since.
    pub written_at: DateTime<Utc>,
}

impl Record {
    /// The rows of a table that moved.
    pub(super) fn moved(&self, table: Table) -> impl Iterator<Item = &RowChange> {
        self.rows
            .iter()
            .filter(move |row| row.moved && row.table == table)
    }
}

/// The rows that differ after the merge.
pub(super) fn changes(
    before: Vec<(Table, RowState)>,
    after: &[(Table, RowState)],
    other: ContactId,
) -> Vec<RowChange> {
    let after: HashMap<(Table, Uuid), &RowState> = after
        .iter()
        .map(|(table, row)| ((*table, row.id), row))
        .collect();
    before
        .into_iter()
        .filter_map(|(table, before)| {
            let now = after.get(&(table, before.id))?;
            (**now != before).then(|| RowChange {
                table,
                moved: before.contact_id == other,
                written_at: now.updated_at,
                before,
            })
        })
        .collect()
}
