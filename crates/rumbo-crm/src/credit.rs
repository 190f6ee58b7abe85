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
//!
//! Beside the touchpoint stands what any other way of crediting needs, so that a report reads one
//! row for each opportunity, sale and refund: the path of all touchpoints at or before it, when
//! its contact was first seen, and whether the sale is the first ever of its contact. A contact
//! that has bought nothing keeps the path of all its touchpoints. What a touchpoint says of where a
//! person came from is its origin, kept once for all that say the same. Triggers keep the version
//! that a change replaced.

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

/// The path of a contact's touchpoints up to an instant, oldest first: `instant;origin|…`.
macro_rules! path_until {
    ($contact:literal, $instant:literal) => {
        path!($contact, concat!(" AND t.occurred_at <= ", $instant))
    };
}
/// The same of the touchpoints that `$only` leaves.
macro_rules! path {
    ($contact:literal, $only:expr) => {
        concat!(
            "COALESCE((SELECT string_agg(CAST(t.occurred_at AS TEXT) || ';' || CAST(t.origin AS TEXT), '|' ",
            "ORDER BY t.occurred_at, t.id) FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = ",
            $contact,
            $only,
            "), '')"
        )
    };
}

/// Contacts as they should be: id, tid, origin, unsold, unsold_at, seen. The earliest dates, and
/// whether anything was bought, are grouped and joined: looked up one by one, PostgreSQL walks all
/// sales by date to find those of each contact.
macro_rules! due_contacts {
    ($only:expr, $of_them:expr) => {
        concat!(
            "SELECT c.id, ",
            "(SELECT t.id FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = c.id ",
            "ORDER BY t.occurred_at, t.id LIMIT 1) AS tid, ",
            "(SELECT t.origin FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = c.id ",
            "ORDER BY t.occurred_at, t.id LIMIT 1) AS origin, ",
            "CASE WHEN known.bought = 1 THEN '' ELSE ",
            path!("c.id", ""),
            " END AS unsold, CASE WHEN known.bought = 1 THEN NULL ELSE ",
            "(SELECT t.occurred_at FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = c.id ",
            "ORDER BY t.occurred_at DESC, t.id DESC LIMIT 1) END AS unsold_at, ",
            "COALESCE((SELECT t.occurred_at FROM touchpoints t WHERE t.workspace_id = $1 AND t.contact_id = c.id ",
            "ORDER BY t.occurred_at, t.id LIMIT 1), ",
            "CASE WHEN known.first < c.created_at THEN known.first ELSE c.created_at END) AS seen ",
            "FROM contacts c LEFT JOIN (SELECT contact_id, MIN(d) AS first, MAX(bought) AS bought FROM (",
            "SELECT contact_id, opened_at AS d, 0 AS bought FROM opportunities WHERE workspace_id = $1 ",
            $of_them,
            " UNION ALL SELECT contact_id, occurred_at AS d, CASE WHEN completed_at IS NOT NULL ",
            "AND status IN ('completed', 'refunded') THEN 1 ELSE 0 END AS bought FROM sales WHERE workspace_id = $1 ",
            $of_them,
            ") dates GROUP BY contact_id) known ON known.contact_id = c.id ",
            "WHERE c.workspace_id = $1 ",
            $only
        )
    };
}

/// Opportunities as they should be: id, tid, touches, lead.
macro_rules! due_opportunities {
    ($only:expr) => {
        concat!(
            "SELECT o.id, (SELECT t.id FROM touchpoints t WHERE t.workspace_id = $1 ",
            "AND t.contact_id = o.contact_id AND t.occurred_at <= o.opened_at ",
            "ORDER BY t.occurred_at DESC, t.id DESC LIMIT 1) AS tid, ",
            path_until!("o.contact_id", "o.opened_at"),
            " AS touches, c.first_seen_at AS lead ",
            "FROM opportunities o JOIN contacts c ON c.workspace_id = $1 AND c.id = o.contact_id ",
            "WHERE o.workspace_id = $1 ",
            $only
        )
    };
}

/// Sales as they should be: id, tid, source, touches, lead, first. All sales of a contact are numbered
/// together: asked for one by one, SQLite would walk all sales by date to find the first of each.
macro_rules! due_sales {
    ($only:expr) => {
        concat!(
            "SELECT x.id, x.tid, COALESCE((SELECT t.source FROM touchpoints t ",
            "WHERE t.workspace_id = $1 AND t.id = x.tid), x.lead_source) AS source, x.touches, x.lead, x.first FROM (",
            "SELECT s.id, c.lead_source, (SELECT t.id FROM touchpoints t WHERE t.workspace_id = $1 ",
            "AND t.contact_id = s.contact_id AND t.occurred_at <= COALESCE(s.completed_at, s.occurred_at) ",
            "ORDER BY t.occurred_at DESC, t.id DESC LIMIT 1) AS tid, ",
            path_until!("s.contact_id", "COALESCE(s.completed_at, s.occurred_at)"),
            " AS touches, c.first_seen_at AS lead, ",
            "s.completed_at IS NOT NULL AND s.status IN ('completed', 'refunded') AND ROW_NUMBER() OVER (",
            "PARTITION BY s.contact_id ORDER BY CASE WHEN s.completed_at IS NOT NULL ",
            "AND s.status IN ('completed', 'refunded') THEN 0 ELSE 1 END, s.completed_at, s.id) = 1 AS first ",
            "FROM sales s JOIN contacts c ON c.workspace_id = $1 AND c.id = s.contact_id ",
            "WHERE s.workspace_id = $1 ", $only, ") x"
        )
    };
}

/// What refunds know of their sale, as it should be: id, sold, currency, left, counts, touches.
macro_rules! due_refunds {
    ($only:expr) => {
        concat!(
            "SELECT r.id, s.completed_at AS sold, s.currency, ",
            "s.gross_micros - CAST((SELECT COALESCE(SUM(e.amount_micros), 0) FROM sale_refunds e ",
            "WHERE e.workspace_id = $1 AND e.sale_id = r.sale_id AND (e.refunded_at < r.refunded_at ",
            "OR (e.refunded_at = r.refunded_at AND e.id < r.id))) AS BIGINT) AS left_micros, ",
            "s.completed_at IS NOT NULL AND s.status IN ('completed', 'refunded') AS counts, s.touches ",
            "FROM sale_refunds r JOIN sales s ON s.workspace_id = $1 AND s.id = r.sale_id ",
            "WHERE r.workspace_id = $1 ",
            $only
        )
    };
}

macro_rules! contacts_differ {
    () => {
        "(contacts.first_touchpoint_id IS DISTINCT FROM due.tid OR contacts.first_seen_at <> due.seen \
         OR contacts.first_origin IS DISTINCT FROM due.origin OR contacts.unsold_touches <> due.unsold \
         OR contacts.unsold_touched_at IS DISTINCT FROM due.unsold_at)"
    };
}
macro_rules! opportunities_differ {
    () => {
        "(opportunities.touchpoint_id IS DISTINCT FROM due.tid OR opportunities.touches <> due.touches \
         OR opportunities.lead_at IS DISTINCT FROM due.lead)"
    };
}
macro_rules! sales_differ {
    () => {
        "(sales.touchpoint_id IS DISTINCT FROM due.tid OR sales.attribution_source <> due.source \
         OR sales.touches <> due.touches OR sales.lead_at IS DISTINCT FROM due.lead OR sales.is_first <> due.first)"
    };
}
macro_rules! refunds_differ {
    () => {
        "(sale_refunds.sale_at IS DISTINCT FROM due.sold OR sale_refunds.currency <> due.currency \
         OR sale_refunds.before_micros <> due.left_micros OR sale_refunds.counts <> due.counts \
         OR sale_refunds.touches <> due.touches)"
    };
}

/// What a touchpoint says of where a person came from, in one text: no two texts for one origin.
macro_rules! origin_key {
    (sqlite) => {
        origin_key!(@ "COALESCE(hex(", "), '-')")
    };
    (postgres) => {
        origin_key!(@ "COALESCE(upper(replace(CAST(", " AS TEXT), '-', '')), '-')")
    };
    (@ $id:literal, $id_end:literal) => {
        concat!(
            "t.source || ' ' || COALESCE(length(t.medium) || ':' || t.medium, '-') ",
            "|| ' ' || CASE WHEN t.click_id IS NULL THEN '0' ELSE '1' END ",
            "|| ' ' || COALESCE(length(t.ad_account_external_id) || ':' || t.ad_account_external_id, '-') ",
            "|| ' ' || COALESCE(length(t.campaign_external_id) || ':' || t.campaign_external_id, '-') ",
            "|| ' ' || COALESCE(length(t.ad_set_external_id) || ':' || t.ad_set_external_id, '-') ",
            "|| ' ' || COALESCE(length(t.ad_external_id) || ':' || t.ad_external_id, '-') ",
            "|| ' ' || ", $id, "t.ad_campaign_id", $id_end, " || ' ' || ", $id, "t.ad_set_id", $id_end,
            " || ' ' || ", $id, "t.ad_id", $id_end
        )
    };
}
macro_rules! without_origin {
    ($dialect:ident) => {
        concat!(
            "touchpoints t WHERE t.workspace_id = $1 AND t.origin IS NULL AND t.contact_id ",
            listed!($dialect)
        )
    };
}
macro_rules! keep_origins {
    ($dialect:ident) => {
        concat!(
            "INSERT INTO touch_origins (workspace_id, key, source, medium, clicked, ad_account_external_id, ",
            "campaign_external_id, ad_set_external_id, ad_external_id, ad_campaign_id, ad_set_id, ad_id) ",
            "SELECT DISTINCT t.workspace_id, ", origin_key!($dialect), ", t.source, t.medium, ",
            "t.click_id IS NOT NULL, t.ad_account_external_id, t.campaign_external_id, t.ad_set_external_id, ",
            "t.ad_external_id, t.ad_campaign_id, t.ad_set_id, t.ad_id FROM ", without_origin!($dialect),
            " ON CONFLICT DO NOTHING"
        )
    };
}
macro_rules! give_origins {
    ($dialect:ident) => {
        concat!(
            "UPDATE touchpoints SET origin = due.origin FROM (SELECT k.id, o.origin FROM (",
            "SELECT t.id, ",
            origin_key!($dialect),
            " AS key FROM ",
            without_origin!($dialect),
            ") k ",
            "JOIN touch_origins o ON o.workspace_id = $1 AND o.key = k.key) due ",
            "WHERE touchpoints.workspace_id = $1 AND touchpoints.id = due.id"
        )
    };
}
macro_rules! credit_contacts {
    ($dialect:ident) => {
        concat!(
            "UPDATE contacts SET first_touchpoint_id = due.tid, first_origin = due.origin, ",
            "first_seen_at = due.seen, unsold_touches = due.unsold, unsold_touched_at = due.unsold_at, ",
            "updated_at = $3 FROM (",
            due_contacts!(
                concat!("AND c.id ", listed!($dialect)),
                concat!("AND contact_id ", listed!($dialect))
            ),
            ") due WHERE contacts.workspace_id = $1 AND contacts.id = due.id AND ",
            contacts_differ!()
        )
    };
}
macro_rules! credit_opportunities {
    ($dialect:ident) => {
        concat!(
            "UPDATE opportunities SET touchpoint_id = due.tid, touches = due.touches, lead_at = due.lead, ",
            "updated_at = $3 FROM (",
            due_opportunities!(concat!("AND o.contact_id ", listed!($dialect))),
            ") due WHERE opportunities.workspace_id = $1 AND opportunities.id = due.id AND ",
            opportunities_differ!()
        )
    };
}
macro_rules! credit_sales {
    ($dialect:ident) => {
        concat!(
            "UPDATE sales SET touchpoint_id = due.tid, attribution_source = due.source, touches = due.touches, ",
            "lead_at = due.lead, is_first = due.first, updated_at = $3 FROM (",
            due_sales!(concat!("AND s.contact_id ", listed!($dialect))),
            ") due WHERE sales.workspace_id = $1 AND sales.id = due.id AND ",
            sales_differ!()
        )
    };
}
macro_rules! credit_refunds {
    ($dialect:ident) => {
        concat!(
            "UPDATE sale_refunds SET sale_at = due.sold, currency = due.currency, ",
            "before_micros = due.left_micros, counts = due.counts, touches = due.touches, updated_at = $3 FROM (",
            due_refunds!(concat!("AND s.contact_id ", listed!($dialect))),
            ") due WHERE sale_refunds.workspace_id = $1 AND sale_refunds.id = due.id AND ",
            refunds_differ!()
        )
    };
}

statements! {
    CHECK_CONTACTS = concat!("SELECT contacts.id FROM contacts JOIN (", due_contacts!("", ""), ") due ON due.id = contacts.id ",
        "WHERE contacts.workspace_id = $1 AND ", contacts_differ!(), " ORDER BY 1");
    CHECK_OPPORTUNITIES = concat!("SELECT opportunities.id FROM opportunities JOIN (", due_opportunities!(""), ") due ",
        "ON due.id = opportunities.id WHERE opportunities.workspace_id = $1 AND ", opportunities_differ!(), " ORDER BY 1");
    CHECK_SALES = concat!("SELECT sales.id FROM sales JOIN (", due_sales!(""), ") due ON due.id = sales.id ",
        "WHERE sales.workspace_id = $1 AND ", sales_differ!(), " ORDER BY 1");
    CHECK_REFUNDS = concat!("SELECT sale_refunds.id FROM sale_refunds JOIN (", due_refunds!(""), ") due ON due.id = sale_refunds.id ",
        "WHERE sale_refunds.workspace_id = $1 AND ", refunds_differ!(), " ORDER BY 1");
    WITHOUT_ORIGIN = "SELECT DISTINCT contact_id FROM touchpoints WHERE workspace_id = $1 AND origin IS NULL";
}

macro_rules! dialects {
    ($($name:ident = $text:ident;)+) => {$(
        const $name: Statement = Statement {
            name: concat!("credit::", stringify!($name)),
            sqlite: $text!(sqlite),
            postgres: $text!(postgres),
        };
    )+};
}
dialects! {
    KEEP_ORIGINS = keep_origins;
    GIVE_ORIGINS = give_origins;
    CONTACTS = credit_contacts;
    OPPORTUNITIES = credit_opportunities;
    SALES = credit_sales;
    REFUNDS = credit_refunds;
}

/// In the order in which one needs what another wrote.
const STEPS: [Statement; 6] = [
    KEEP_ORIGINS,
    GIVE_ORIGINS,
    CONTACTS,
    OPPORTUNITIES,
    SALES,
    REFUNDS,
];

/// The SQL texts that take a list of contacts, which the two databases read differently.
pub const DIALECT_STATEMENTS: &[Statement] = &STEPS;

/// Credits the leads, opportunities and sales of some contacts anew. Rows that are right already
/// are not touched. Returns how many leads, opportunities, sales and refunds changed.
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
        for statement in [KEEP_ORIGINS, GIVE_ORIGINS] {
            run(tx, scope.workspace, statement, &ids, None).await?;
        }
        for statement in [CONTACTS, OPPORTUNITIES, SALES, REFUNDS] {
            changed += run(tx, scope.workspace, statement, &ids, Some(now)).await?;
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
    now: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<u64> {
    let sql = tx.pick(statement);
    on_tx!(tx, |c| {
        let mut query = sqlx::query(sql).bind(workspace).bind(Json(ids));
        if let Some(now) = now {
            query = query.bind(now);
        }
        query.execute(c).await.map(|done| done.rows_affected())
    })
    .db()
}

/// The contacts with a touchpoint that is new or says something else than before, which is not
/// credited yet.
pub(crate) async fn due(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<ContactId>> {
    on_tx!(tx, |c| sqlx::query_scalar(WITHOUT_ORIGIN)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// A row that is not credited as the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `contacts`, `opportunities`, `sales` or `sale_refunds`.
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
        ("sale_refunds", CHECK_REFUNDS),
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
