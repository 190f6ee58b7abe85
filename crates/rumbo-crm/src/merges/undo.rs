//! Taking merged contacts apart.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rumbo_base::{
    Code, ContactId, ContactMergeId, Error, Reason, Result, SaleId, UserId, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::record::{Record, RowState, Stamp, Table};
use super::{Merge, store};
use crate::contacts::{self, Contact};
use crate::credit;
use crate::sales;

macro_rules! give {
    ($table:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET contact_id = $4, updated_at = $5, updated_by = $6 ",
            "WHERE workspace_id = $1 AND id = $2 AND contact_id = $3"
        )
    };
}
macro_rules! set_time {
    ($table:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET updated_at = $3, updated_by = $4 WHERE workspace_id = $1 AND id = $2"
        )
    };
}

statements! {
    GIVE_TOUCHPOINT = give!("touchpoints");
    GIVE_OPPORTUNITY = give!("opportunities");
    GIVE_SALE = give!("sales");
    GIVE_ORDER = give!("orders");
    GIVE_CART = give!("carts");
    GIVE_CONSENT = give!("contact_consents");
    GIVE_CONVERSATION = give!("conversations");
    GIVE_DISPATCH = give!("dispatches");
    SET_TOUCHPOINT = set_time!("touchpoints");
    SET_OPPORTUNITY = set_time!("opportunities");
    SET_SALE = set_time!("sales");
    SET_ORDER = set_time!("orders");
    SET_CART = set_time!("carts");
    SET_CONSENT = set_time!("contact_consents");
    SET_CONVERSATION = set_time!("conversations");
    SET_DISPATCH = set_time!("dispatches");
    GIVE_ID = "UPDATE contact_external_ids SET contact_id = $5 \
        WHERE workspace_id = $1 AND platform = $2 AND external_id = $3 AND contact_id = $4";
    REMOVE_ALIAS = "DELETE FROM contact_external_ids \
        WHERE workspace_id = $1 AND platform = $2 AND external_id = $3 AND contact_id = $4";
    /// Sales of one of two contacts whose opportunity is the other's.
    TORN = "SELECT s.id, s.reference, s.contact_id, o.contact_id AS owner FROM sales s \
        JOIN opportunities o ON o.workspace_id = $1 AND o.id = s.opportunity_id \
        WHERE s.workspace_id = $1 AND s.contact_id IN ($2, $3) AND o.contact_id IN ($2, $3) \
        AND o.contact_id <> s.contact_id ORDER BY s.id";
}

#[derive(sqlx::FromRow)]
struct Torn {
    id: SaleId,
    reference: String,
    contact_id: ContactId,
    owner: ContactId,
}

/// Undoes a merge: both contacts are again as they were, with their touchpoints, opportunities,
/// sales and ids. What somebody changed since stays changed, and what came since stays with the
/// kept contact; a new sale of an opportunity goes with it.
///
/// # Errors
/// `NotFound`; `Conflict` when it is undone already, when the kept contact was merged since, when
/// somebody has the other's phone number now, or when a sale was given an opportunity of the
/// other contact.
pub async fn undo(tx: &mut Tx, scope: &Scope, id: ContactMergeId) -> Result<Merge> {
    let workspace = scope.workspace;
    let row = store::find(tx, workspace, id).await?;
    if row.undone_at.is_some() {
        return Err(conflict(
            Reason::MergeUndone,
            "This merge was undone already.",
        ));
    }
    let (kept_id, other_id) = (row.kept_id, row.other_id);
    let now_kept = kept(tx, workspace, kept_id, &row.kept_name).await?;
    let record = row.record;
    let now_stamp = store::stamp(tx, workspace, kept_id).await?;
    let written: HashMap<(Table, Uuid), DateTime<Utc>> = record
        .rows
        .iter()
        .map(|change| ((change.table, change.before.id), change.written_at))
        .collect();
    let untouched: HashSet<(Table, Uuid)> = store::rows(tx, workspace, kept_id, kept_id)
        .await?
        .into_iter()
        .filter(|(table, row)| written.get(&(*table, row.id)) == Some(&row.updated_at))
        .map(|(table, row)| (table, row.id))
        .collect();
    let reverted = revert(&now_kept, &record, scope.now());
    refuse_taken_phone(tx, workspace, &record.other, &reverted).await?;

    for alias in &record.aliases {
        id_of(tx, workspace, REMOVE_ALIAS, alias, &[kept_id]).await?;
    }
    store::keep_version(tx, scope, kept_id, true).await?;
    contacts::write(tx, scope, &reverted).await?;
    let other = Contact {
        // Worked out anew below, when the touchpoint is the contact's again.
        first_touchpoint_id: None,
        ..record.other.clone()
    };
    contacts::insert(tx, scope, std::slice::from_ref(&other)).await?;
    store::keep_version(tx, scope, other_id, false).await?;
    for change in record.rows.iter().filter(|change| change.moved) {
        let sql = match change.table {
            Table::Touchpoints => GIVE_TOUCHPOINT,
            Table::Opportunities => GIVE_OPPORTUNITY,
            Table::Sales => GIVE_SALE,
            Table::Orders => GIVE_ORDER,
            Table::Carts => GIVE_CART,
            Table::Consents => GIVE_CONSENT,
            Table::Conversations => GIVE_CONVERSATION,
            Table::Dispatches => GIVE_DISPATCH,
        };
        give(tx, scope, sql, change.before.id, kept_id, other_id).await?;
    }
    store::unmark(tx, scope, other_id).await?;
    for moved in &record.external_ids {
        id_of(tx, workspace, GIVE_ID, moved, &[kept_id, other_id]).await?;
    }
    mend(tx, scope, &record, &untouched).await?;
    sales::make_customers(tx, scope, &[kept_id, other_id]).await?;
    credit::recredit(tx, scope, &[kept_id, other_id]).await?;

    // What nobody touched in between is as it was to the last column.
    for (table, row) in store::rows(tx, workspace, kept_id, other_id).await? {
        let change = record
            .rows
            .iter()
            .find(|change| change.table == table && change.before.id == row.id);
        if let Some(change) = change
            && untouched.contains(&(table, row.id))
            && same_but_time(&row, &change.before)
        {
            let sql = match table {
                Table::Touchpoints => SET_TOUCHPOINT,
                Table::Opportunities => SET_OPPORTUNITY,
                Table::Sales => SET_SALE,
                Table::Orders => SET_ORDER,
                Table::Carts => SET_CART,
                Table::Consents => SET_CONSENT,
                Table::Conversations => SET_CONVERSATION,
                Table::Dispatches => SET_DISPATCH,
            };
            set_time(tx, workspace, sql, &change.before).await?;
        }
    }
    restore_stamp(tx, workspace, &record.other, &record.other_stamp).await?;
    let stamp = if now_kept == record.kept_after {
        record.kept_stamp.clone()
    } else {
        Stamp {
            created_at: reverted.created_at,
            updated_at: scope.now(),
            updated_by: scope.actor,
            ..now_stamp
        }
    };
    let was = Contact {
        updated_at: stamp.updated_at,
        ..record.kept_before.clone()
    };
    if now_kept == record.kept_after {
        restore_stamp(tx, workspace, &was, &stamp).await?;
    } else {
        store::set_stamp(tx, workspace, kept_id, &stamp).await?;
    }
    store::mark_undone(tx, scope, id).await?;
    super::get(tx, workspace, id).await
}

fn conflict(reason: Reason, message: impl Into<String>) -> Error {
    Error::new(Code::Conflict, message).reason(reason)
}

/// The kept contact as it is now.
async fn kept(tx: &mut Tx, workspace: WorkspaceId, id: ContactId, name: &str) -> Result<Contact> {
    match contacts::get(tx, workspace, id).await {
        Err(error) if error.code() == Code::NotFound => {
            Err(match store::gone_by(tx, workspace, id).await? {
                Some(later) => conflict(
                    Reason::MergedSince,
                    format!(
                        "{name} was merged into {} since. Undo that merge first.",
                        later.kept_name
                    ),
                )
                .param("name", name)
                .param("kept", &later.kept_name)
                .param("merge", later.id),
                None => error,
            })
        }
        found => found,
    }
}

/// The kept contact without what the merge put into it, save for what somebody changed since.
fn revert(now: &Contact, record: &Record, at: DateTime<Utc>) -> Contact {
    let (before, after) = (&record.kept_before, &record.kept_after);
    let mut reverted = now.clone();
    macro_rules! put_back {
        ($($field:ident),+) => {
            $(if now.$field == after.$field {
                reverted.$field.clone_from(&before.$field);
            })+
        };
    }
    put_back!(
        kind,
        status,
        lead_source,
        name,
        email,
        phone,
        owner_id,
        language,
        timezone,
        preferred_channel,
        country,
        region,
        city,
        birth_date,
        birth_year,
        notes,
        created_at
    );
    let joined = |tag: &String| after.tags.contains(tag) && !before.tags.contains(tag);
    reverted.tags.retain(|tag| !joined(tag));
    reverted.custom.retain(|name, value| {
        before.custom.contains_key(name) || after.custom.get(name) != Some(value)
    });
    reverted.updated_at = at;
    reverted
}

/// The other contact gets its phone number back, so nobody else may have it.
async fn refuse_taken_phone(
    tx: &mut Tx,
    workspace: WorkspaceId,
    other: &Contact,
    kept: &Contact,
) -> Result<()> {
    let Some(phone) = &other.phone else {
        return Ok(());
    };
    let holder = if kept.phone.as_ref() == Some(phone) {
        Some(kept.clone())
    } else {
        contacts::with_phones(tx, workspace, std::slice::from_ref(phone))
            .await?
            .into_iter()
            .find(|holder| holder.id != kept.id)
    };
    match holder {
        None => Ok(()),
        Some(holder) => Err(conflict(
            Reason::PhoneMoved,
            format!(
                "{phone} was {}'s and is {}'s now. Give {} another number first.",
                other.name, holder.name, holder.name
            ),
        )
        .param("name", &other.name)
        .param("holder", &holder.name)
        .field("phone")
        .param("phone", phone)
        .param("contact_id", holder.id)),
    }
}

/// A sale and its opportunity are of one contact: a sale that came since goes where its
/// opportunity went.
async fn mend(
    tx: &mut Tx,
    scope: &Scope,
    record: &Record,
    untouched: &HashSet<(Table, Uuid)>,
) -> Result<()> {
    let (kept, other) = (record.kept_after.id, record.other.id);
    let torn: Vec<Torn> = on_tx!(tx, |c| sqlx::query_as(TORN)
        .bind(scope.workspace)
        .bind(kept)
        .bind(other)
        .fetch_all(c)
        .await)
    .db()?;
    for sale in torn {
        if sale.owner == other && sale.contact_id == kept {
            give(tx, scope, GIVE_SALE, sale.id.0, kept, other).await?;
        } else if !untouched.contains(&(Table::Sales, sale.id.0)) {
            return Err(conflict(
                Reason::SaleMoved,
                format!(
                    "Sale {} is of an opportunity of {} now. Take it off that opportunity first.",
                    sale.reference, record.kept_after.name
                ),
            )
            .param("reference", &sale.reference)
            .param("name", &record.kept_after.name)
            .param("sale", sale.id));
        }
    }
    Ok(())
}

async fn give(
    tx: &mut Tx,
    scope: &Scope,
    sql: &'static str,
    id: Uuid,
    from: ContactId,
    to: ContactId,
) -> Result<()> {
    let actor: Option<UserId> = scope.actor;
    on_tx!(tx, |c| sqlx::query(sql)
        .bind(scope.workspace)
        .bind(id)
        .bind(from)
        .bind(to)
        .bind(scope.now())
        .bind(actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Runs one of the texts about an id in another system, with the contacts it takes.
async fn id_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    sql: &'static str,
    id: &contacts::ExternalId,
    contacts: &[ContactId],
) -> Result<()> {
    on_tx!(tx, |c| {
        let mut query = sqlx::query(sql)
            .bind(workspace)
            .bind(&id.platform)
            .bind(&id.external_id);
        for contact in contacts {
            query = query.bind(*contact);
        }
        query.execute(c).await.map(|_| ())
    })
    .db()
}

fn same_but_time(now: &RowState, before: &RowState) -> bool {
    RowState {
        updated_at: before.updated_at,
        updated_by: before.updated_by,
        ..now.clone()
    } == *before
}

async fn set_time(
    tx: &mut Tx,
    workspace: WorkspaceId,
    sql: &'static str,
    before: &RowState,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(sql)
        .bind(workspace)
        .bind(before.id)
        .bind(before.updated_at)
        .bind(before.updated_by)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Puts the times of a contact back where it is as it was otherwise.
async fn restore_stamp(
    tx: &mut Tx,
    workspace: WorkspaceId,
    was: &Contact,
    stamp: &Stamp,
) -> Result<()> {
    let now = contacts::get(tx, workspace, was.id).await?;
    let updated_at = now.updated_at;
    let same = Contact {
        updated_at: was.updated_at,
        created_at: was.created_at,
        ..now
    } == *was;
    let stamp = if same {
        stamp.clone()
    } else {
        Stamp {
            updated_at,
            ..stamp.clone()
        }
    };
    store::set_stamp(tx, workspace, was.id, &stamp).await
}
