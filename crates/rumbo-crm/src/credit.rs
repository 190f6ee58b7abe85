//! Which touchpoint a lead, an opportunity and a sale are credited to, in one place.
//!
//! - A lead is credited to its contact's first touchpoint and dated by it. A contact without any
//!   is dated by the earliest of its making, its opportunities and its sales.
//! - An opportunity is credited to the contact's last touchpoint at or before it opened.
//! - A sale is credited to the contact's last touchpoint at or before its completion, or while it
//!   is not completed, before it was agreed. Its attribution source is that of the touchpoint, or
//!   else the contact's lead source.
//!
//! Of two touchpoints at the same instant the one with the lower id came first. There is no
//! window: a touchpoint counts however long ago it was. Everything that changes touchpoints,
//! opportunities or sales calls [`recredit`] in the same transaction; [`check_credit`] proves it.

#[cfg(test)]
mod tests;

use rumbo_base::{ContactId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Statement, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;
use uuid::Uuid;

/// The contacts of a JSON list of ids in `$2`.
macro_rules! listed {
    (sqlite) => {
        "IN (SELECT unhex(value) FROM json_each($2))"
    };
    (postgres) => {
        "IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($2))"
    };
}

/// Contacts as they should be: id, tid, seen. The earliest dates are grouped and joined: looked
/// up one by one, PostgreSQL walks all sales by date to find the first of each contact.
macro_rules! due_contacts {
    ($only:expr, $of_them:expr) => {
        concat!(
            "SELECT c.id, ",
            "(SELECT t.id FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = c.id ",
            "ORDER BY t.occurred_at, t.id LIMIT 1) AS tid, ",
            "COALESCE((SELECT t.occurred_at FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = c.id ",
            "ORDER BY t.occurred_at, t.id LIMIT 1), ",
            "CASE WHEN known.first < c.created_at THEN known.first ELSE c.created_at END) AS seen ",
            "FROM contacts c LEFT JOIN (SELECT contact_id, MIN(d) AS first FROM (",
            "SELECT contact_id, opened_at AS d FROM opportunities WHERE workspace_id = $1 ",
            $of_them,
            " UNION ALL SELECT contact_id, occurred_at AS d FROM sales WHERE workspace_id = $1 ",
            $of_them,
            ") dates GROUP BY contact_id) known ON known.contact_id = c.id ",
            "WHERE c.workspace_id = $1 ",
            $only
        )
    };
}

/// Opportunities as they should be: id, tid.
macro_rules! due_opportunities {
    ($only:expr) => {
        concat!(
            "SELECT o.id, (SELECT t.id FROM touchpoints t WHERE t.workspace_id = $1 ",
            "AND t.contact_id = o.contact_id AND t.occurred_at <= o.opened_at ",
            "ORDER BY t.occurred_at DESC, t.id DESC LIMIT 1) AS tid ",
            "FROM opportunities o WHERE o.workspace_id = $1 ",
            $only
        )
    };
}

/// Sales as they should be: id, tid, source.
macro_rules! due_sales {
    ($only:expr) => {
        concat!(
            "SELECT x.id, x.tid, COALESCE((SELECT t.source FROM touchpoints t ",
            "WHERE t.workspace_id = $1 AND t.id = x.tid), x.lead_source) AS source FROM (",
            "SELECT s.id, c.lead_source, (SELECT t.id FROM touchpoints t WHERE t.workspace_id = $1 ",
            "AND t.contact_id = s.contact_id AND t.occurred_at <= COALESCE(s.completed_at, s.occurred_at) ",
            "ORDER BY t.occurred_at DESC, t.id DESC LIMIT 1) AS tid ",
            "FROM sales s JOIN contacts c ON c.workspace_id = $1 AND c.id = s.contact_id ",
            "WHERE s.workspace_id = $1 ", $only, ") x"
        )
    };
}

macro_rules! credit_contacts {
    ($dialect:ident) => {
        concat!(
            "UPDATE contacts SET first_touchpoint_id = due.tid, first_seen_at = due.seen, updated_at = $3 FROM (",
            due_contacts!(
                concat!("AND c.id ", listed!($dialect)),
                concat!("AND contact_id ", listed!($dialect))
            ), ") due ",
            "WHERE contacts.workspace_id = $1 AND contacts.id = due.id ",
            "AND (contacts.first_touchpoint_id IS DISTINCT FROM due.tid OR contacts.first_seen_at <> due.seen)"
        )
    };
}
macro_rules! credit_opportunities {
    ($dialect:ident) => {
        concat!(
            "UPDATE opportunities SET touchpoint_id = due.tid, updated_at = $3 FROM (",
            due_opportunities!(concat!("AND o.contact_id ", listed!($dialect))),
            ") due ",
            "WHERE opportunities.workspace_id = $1 AND opportunities.id = due.id ",
            "AND opportunities.touchpoint_id IS DISTINCT FROM due.tid"
        )
    };
}
macro_rules! credit_sales {
    ($dialect:ident) => {
        concat!(
            "UPDATE sales SET touchpoint_id = due.tid, attribution_source = due.source, updated_at = $3 FROM (",
            due_sales!(concat!("AND s.contact_id ", listed!($dialect))), ") due ",
            "WHERE sales.workspace_id = $1 AND sales.id = due.id ",
            "AND (sales.touchpoint_id IS DISTINCT FROM due.tid OR sales.attribution_source <> due.source)"
        )
    };
}

statements! {
    CHECK_CONTACTS = concat!("SELECT contacts.id FROM contacts JOIN (", due_contacts!("", ""), ") due ON due.id = contacts.id ",
        "WHERE contacts.workspace_id = $1 AND (contacts.first_touchpoint_id IS DISTINCT FROM due.tid ",
        "OR contacts.first_seen_at <> due.seen) ORDER BY 1");
    CHECK_OPPORTUNITIES = concat!("SELECT opportunities.id FROM opportunities JOIN (", due_opportunities!(""), ") due ",
        "ON due.id = opportunities.id WHERE opportunities.workspace_id = $1 ",
        "AND opportunities.touchpoint_id IS DISTINCT FROM due.tid ORDER BY 1");
    CHECK_SALES = concat!("SELECT sales.id FROM sales JOIN (", due_sales!(""), ") due ON due.id = sales.id ",
        "WHERE sales.workspace_id = $1 AND (sales.touchpoint_id IS DISTINCT FROM due.tid ",
        "OR sales.attribution_source <> due.source) ORDER BY 1");
}

const CONTACTS: Statement = Statement {
    name: "credit::CONTACTS",
    sqlite: credit_contacts!(sqlite),
    postgres: credit_contacts!(postgres),
};
const OPPORTUNITIES: Statement = Statement {
    name: "credit::OPPORTUNITIES",
    sqlite: credit_opportunities!(sqlite),
    postgres: credit_opportunities!(postgres),
};
const SALES: Statement = Statement {
    name: "credit::SALES",
    sqlite: credit_sales!(sqlite),
    postgres: credit_sales!(postgres),
};

/// The SQL texts that take a list of contacts, which the two databases read differently.
pub const DIALECT_STATEMENTS: &[Statement] = &[CONTACTS, OPPORTUNITIES, SALES];

/// Credits the leads, opportunities and sales of some contacts anew. Rows that are right already
/// are not touched. Returns how many rows changed.
///
/// # Errors
/// When the store cannot be written.
pub async fn recredit(tx: &mut Tx, scope: &Scope, contacts: &[ContactId]) -> Result<u64> {
    const AT_ONCE: usize = 10_000;
    let now = scope.now();
    if contacts.len() > 1_000 {
        count_anew(tx).await?;
    }
    let mut changed = 0;
    for chunk in contacts.chunks(AT_ONCE) {
        let ids: Vec<String> = chunk.iter().map(|id| id.0.simple().to_string()).collect();
        for statement in [CONTACTS, OPPORTUNITIES, SALES] {
            changed += run(tx, scope.workspace, statement, &ids, now).await?;
        }
    }
    Ok(changed)
}

/// After a bulk write PostgreSQL still believes that the tables are small, and joins them row by
/// row. SQLite plans by its indexes alone.
pub(crate) async fn count_anew(tx: &mut Tx) -> Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query("ANALYZE contacts, touchpoints, opportunities, sales")
            .execute(&mut **tx)
            .await
            .db()?;
    }
    Ok(())
}

async fn run(
    tx: &mut Tx,
    workspace: WorkspaceId,
    statement: Statement,
    ids: &[String],
    now: chrono::DateTime<chrono::Utc>,
) -> Result<u64> {
    let sql = tx.pick(statement);
    on_tx!(tx, |c| sqlx::query(sql)
        .bind(workspace)
        .bind(Json(ids))
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()
}

/// A row that is not credited as the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `contacts`, `opportunities` or `sales`.
    pub table: &'static str,
    pub id: Uuid,
}

/// Works the credit of a whole workspace out anew and gives the rows that differ: none, unless
/// something wrote past this crate.
///
/// # Errors
/// When the store cannot be read.
pub async fn check_credit(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    for (table, sql) in [
        ("contacts", CHECK_CONTACTS),
        ("opportunities", CHECK_OPPORTUNITIES),
        ("sales", CHECK_SALES),
    ] {
        let ids: Vec<Uuid> = on_tx!(tx, |c| sqlx::query_scalar(sql)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
        differences.extend(ids.into_iter().map(|id| Difference { table, id }));
    }
    Ok(differences)
}
