//! Contacts that are the same person: found, merged, and taken apart again.
//!
//! Nothing is merged by itself: an import or a lead that names a known person is that person's,
//! and all else is for somebody to decide. A merge moves what the other contact has to the one
//! that is kept and remembers every row it touched, so that undoing it puts each of them back as
//! it was, save for what somebody changed in between. The number and the address that the kept
//! contact does not take over stay as its ids in the systems [`PHONE`] and [`EMAIL`]: who comes
//! back by them is still known.

mod duplicates;
mod record;
mod store;
#[cfg(test)]
mod tests;
mod undo;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{
    ContactId, ContactMergeId, Page, PageRequest, Reason, Result, WorkspaceId, instant_cursor,
};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::contacts::{self, Contact, ContactKind, ContactStatus, ExternalId};
use crate::credit;
use crate::input::invalid;
use record::{Record, Table};

pub use duplicates::{
    DuplicateGroup, DuplicateReason, STATEMENTS as DUPLICATE_STATEMENTS, duplicates,
};
pub use store::STATEMENTS;
pub use undo::{STATEMENTS as UNDO_STATEMENTS, undo};

/// The system of phone numbers that a contact had before it was merged.
pub const PHONE: &str = "phone";
/// The system of e-mail addresses that a contact had before it was merged.
pub const EMAIL: &str = "email";

/// One contact merged into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    pub id: ContactMergeId,
    pub kept_id: ContactId,
    /// As it was called at the merge.
    pub kept_name: String,
    pub other_id: ContactId,
    pub other_name: String,
    /// How many moved.
    pub touchpoints: usize,
    pub opportunities: usize,
    pub sales: usize,
    pub merged_at: DateTime<Utc>,
    /// `None` while it stands.
    pub undone_at: Option<DateTime<Utc>>,
}

/// Merges `other` into `keep`: touchpoints, opportunities, sales and ids move, what `keep` has not
/// is filled, tags and notes are joined, and the credit is worked out anew. `other` is gone then.
///
/// # Errors
/// `NotFound`; `InvalidInput` when both are the same contact.
pub async fn merge(tx: &mut Tx, scope: &Scope, keep: ContactId, other: ContactId) -> Result<Merge> {
    if keep == other {
        return Err(invalid(
            "other",
            Reason::MergeWithItself,
            "A contact cannot be merged with itself. Choose another one.",
        ));
    }
    let workspace = scope.workspace;
    let kept_before = contacts::get(tx, workspace, keep).await?;
    let gone = contacts::get(tx, workspace, other).await?;
    let kept_stamp = store::stamp(tx, workspace, keep).await?;
    let other_stamp = store::stamp(tx, workspace, other).await?;
    let rows = store::rows(tx, workspace, keep, other).await?;
    let kept_ids = contacts::external_ids(tx, workspace, keep).await?;
    let moved_ids = contacts::external_ids(tx, workspace, other).await?;

    store::move_all(tx, scope, other, keep).await?;
    store::remove_contact(tx, scope, other).await?;
    // It takes over an earlier time of making: what it was until now had its own.
    store::keep_version(tx, scope, keep, true).await?;
    let filled = fill(&kept_before, &gone, &kept_ids, scope.now());
    let mut aliases = Vec::new();
    for (platform, before, now) in [
        (PHONE, &gone.phone, &filled.phone),
        (EMAIL, &gone.email, &filled.email),
    ] {
        if let Some(alias) = before
            && Some(alias) != now.as_ref()
            && store::add_alias(tx, scope, platform, alias, keep).await?
        {
            aliases.push(ExternalId {
                platform: platform.to_owned(),
                external_id: alias.clone(),
            });
        }
    }
    contacts::write(tx, scope, &filled).await?;
    let stamp = record::Stamp {
        created_at: filled.created_at,
        updated_by: scope.actor,
        updated_at: filled.updated_at,
        ..kept_stamp.clone()
    };
    store::set_stamp(tx, workspace, keep, &stamp).await?;
    credit::recredit(tx, scope, &[keep]).await?;

    let after = store::rows(tx, workspace, keep, other).await?;
    let record = Record {
        kept_before,
        kept_stamp,
        kept_after: contacts::get(tx, workspace, keep).await?,
        rows: record::changes(rows, &after, other),
        other: gone,
        other_stamp,
        external_ids: moved_ids,
        aliases,
    };
    let id: ContactMergeId = scope.id();
    store::insert(tx, scope, id, &record).await?;
    get(tx, workspace, id).await
}

/// One merge.
///
/// # Errors
/// `NotFound`.
pub async fn get(tx: &mut Tx, workspace: WorkspaceId, id: ContactMergeId) -> Result<Merge> {
    Ok(store::find(tx, workspace, id).await?.into())
}

/// The merges, the last one first; only those into or of a contact where one is given.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: Option<ContactId>,
    page: &PageRequest,
) -> Result<Page<Merge>> {
    let rows = store::list(tx, workspace, contact, page.before()?, page.wanted()).await?;
    let page = page.cut(rows, |last| instant_cursor(last.merged_at, last.id));
    Ok(page.map(Merge::from))
}

impl From<store::Row> for Merge {
    fn from(row: store::Row) -> Self {
        let moved = |table| row.record.moved(table).count();
        Self {
            touchpoints: moved(Table::Touchpoints),
            opportunities: moved(Table::Opportunities),
            sales: moved(Table::Sales),
            id: row.id,
            kept_id: row.kept_id,
            kept_name: row.kept_name,
            other_id: row.other_id,
            other_name: row.other_name,
            merged_at: row.merged_at,
            undone_at: row.undone_at,
        }
    }
}

/// Where merged contacts are now: the contact that each was merged into, through further merges.
pub(crate) async fn kept(
    tx: &mut Tx,
    workspace: WorkspaceId,
) -> Result<HashMap<ContactId, ContactId>> {
    let mut kept: HashMap<ContactId, ContactId> =
        store::standing(tx, workspace).await?.into_iter().collect();
    // A merge is later than those into the contact that it takes away, so this ends.
    let others: Vec<ContactId> = kept.keys().copied().collect();
    for other in others {
        let mut now = other;
        while let Some(next) = kept.get(&now) {
            now = *next;
        }
        kept.insert(other, now);
    }
    Ok(kept)
}

/// The kept contact with what it has not from the other.
fn fill(kept: &Contact, other: &Contact, ids: &[ExternalId], now: DateTime<Utc>) -> Contact {
    let mut filled = kept.clone();
    if kept.is_nameless(ids.iter().map(|id| &id.external_id)) && !other.is_nameless([]) {
        filled.name.clone_from(&other.name);
    }
    for (has, says) in [
        (&mut filled.email, &other.email),
        (&mut filled.phone, &other.phone),
        (&mut filled.language, &other.language),
        (&mut filled.timezone, &other.timezone),
        (&mut filled.preferred_channel, &other.preferred_channel),
        (&mut filled.country, &other.country),
        (&mut filled.region, &other.region),
        (&mut filled.city, &other.city),
    ] {
        if has.is_none() {
            has.clone_from(says);
        }
    }
    filled.owner_id = kept.owner_id.or(other.owner_id);
    filled.birth_date = kept.birth_date.or(other.birth_date);
    filled.birth_year = kept.birth_year.or(other.birth_year);
    if kept.kind == ContactKind::Prospect {
        filled.kind = other.kind;
    }
    // Whoever has written or bought once has; and a person who was called gone stays so.
    if matches!(kept.status, ContactStatus::Lead | ContactStatus::Contacted) {
        filled.status = kept.status.max(other.status);
    }
    if matches!(kept.lead_source.as_str(), "UNKNOWN" | "IMPORT") {
        filled.lead_source.clone_from(&other.lead_source);
    }
    for tag in &other.tags {
        if !filled.tags.contains(tag) {
            filled.tags.push(tag.clone());
        }
    }
    for (name, value) in &other.custom {
        filled
            .custom
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
    filled.notes = match (&kept.notes, &other.notes) {
        (Some(ours), Some(theirs)) if ours != theirs => Some(format!("{ours}\n\n{theirs}")),
        (ours, theirs) => ours.clone().or_else(|| theirs.clone()),
    };
    filled.created_at = kept.created_at.min(other.created_at);
    filled.updated_at = now;
    filled
}
