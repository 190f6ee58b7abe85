//! SQL of sales and refunds.

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Micros, RefundId, Result, SaleId, WorkspaceId};
use rumbo_db::{DbResultExt, Statement, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::Sale;
use crate::credit;

macro_rules! columns {
    () => {
        "id, reference, contact_id, opportunity_id, gross_micros, refunded_micros, cost_micros, currency, \
         status, quantity, occurred_at, completed_at, refunded_at, touchpoint_id, attribution_source, \
         external_id, created_at, updated_at"
    };
}
macro_rules! make_customers {
    ($listed:literal) => {
        concat!(
            "UPDATE contacts SET status = 'customer', ",
            "kind = CASE WHEN kind = 'prospect' THEN 'client' ELSE kind END, updated_at = $3, updated_by = $4 ",
            "WHERE workspace_id = $1 AND status IN ('lead', 'contacted') AND id IN (",
            "SELECT s.contact_id FROM sales s WHERE s.workspace_id = $1 AND s.status = 'completed' ",
            "AND s.contact_id ",
            $listed,
            ")"
        )
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM sales WHERE workspace_id = $1 AND id = $2");
    UPDATE = "UPDATE sales SET reference = $3, contact_id = $4, opportunity_id = $5, gross_micros = $6, \
        refunded_micros = $7, cost_micros = $8, currency = $9, status = $10, quantity = $11, \
        occurred_at = $12, completed_at = $13, refunded_at = $14, updated_at = $15, updated_by = $16 \
        WHERE workspace_id = $1 AND id = $2";
    REFERENCE_TAKEN = "SELECT COUNT(*) FROM sales WHERE workspace_id = $1 AND reference = $2";
    UPDATE_REFUND = "UPDATE sale_refunds SET amount_micros = $3, refunded_at = $4, updated_at = $5, \
        updated_by = $6 WHERE workspace_id = $1 AND id = $2";
}

/// The highest number given so far: of references that are `S-` and digits only.
const LAST_REFERENCE: Statement = Statement {
    name: "sales::LAST_REFERENCE",
    sqlite: "SELECT MAX(CAST(SUBSTR(reference, 3) AS BIGINT)) FROM sales \
        WHERE workspace_id = $1 AND reference GLOB 'S-[0-9]*' \
        AND SUBSTR(reference, 3) NOT GLOB '*[^0-9]*' AND LENGTH(reference) <= 17",
    postgres: "SELECT MAX(CASE WHEN reference ~ '^S-[0-9]{1,15}$' \
        THEN CAST(SUBSTR(reference, 3) AS BIGINT) END) FROM sales WHERE workspace_id = $1",
};
const MAKE_CUSTOMERS: Statement = Statement {
    name: "sales::MAKE_CUSTOMERS",
    sqlite: make_customers!("IN (SELECT unhex(value) FROM json_each($2))"),
    postgres: make_customers!("IN (SELECT CAST(value AS UUID) FROM jsonb_array_elements_text($2))"),
};

/// The SQL texts that the two databases need in different words.
pub const DIALECT_STATEMENTS: &[Statement] = &[LAST_REFERENCE, MAKE_CUSTOMERS];

/// Money given back.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub(crate) struct Refund {
    pub id: RefundId,
    pub sale_id: SaleId,
    pub amount_micros: Micros,
    pub refunded_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub external_id: Option<String>,
}

pub(super) async fn reference_taken(
    tx: &mut Tx,
    workspace: WorkspaceId,
    reference: &str,
) -> Result<bool> {
    let taken: i64 = on_tx!(tx, |c| sqlx::query_scalar(REFERENCE_TAKEN)
        .bind(workspace)
        .bind(reference)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(taken > 0)
}

/// The next free number of an `S-` reference.
pub(crate) async fn next_reference(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64> {
    let sql = tx.pick(LAST_REFERENCE);
    let last: Option<i64> = on_tx!(tx, |c| sqlx::query_scalar(sql)
        .bind(workspace)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(last.unwrap_or(0) + 1)
}

/// Those of the contacts who have a completed sale, and were leads, become customers.
pub(crate) async fn make_customers(
    tx: &mut Tx,
    scope: &Scope,
    contacts: &[ContactId],
) -> Result<()> {
    if contacts.len() > 1_000 {
        credit::count_anew(tx).await?;
    }
    let sql = tx.pick(MAKE_CUSTOMERS);
    for chunk in contacts.chunks(10_000) {
        let ids: Vec<String> = chunk.iter().map(|id| id.0.simple().to_string()).collect();
        on_tx!(tx, |c| sqlx::query(sql)
            .bind(scope.workspace)
            .bind(Json(ids))
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

macro_rules! chosen {
    ($tx:expr, $workspace:expr, $wanted:expr, $row:ty, $select:expr) => {
        chosen!(
            $tx,
            $workspace,
            $wanted,
            $row,
            $select,
            " AND external_id IN ("
        )
    };
    ($tx:expr, $workspace:expr, $wanted:expr, $row:ty, $select:expr, $among:literal) => {{
        let mut found: Vec<$row> = Vec::new();
        for chunk in $wanted.chunks($tx.bind_limit() / 2) {
            let rows: Vec<$row> = on_tx!($tx, |c| {
                let mut select = sqlx::QueryBuilder::<DB>::new($select);
                select.push_bind($workspace).push($among);
                let mut list = select.separated(", ");
                for id in chunk {
                    list.push_bind(id);
                }
                select.push(")");
                select.build_query_as().persistent(false).fetch_all(c).await
            })
            .db()?;
            found.extend(rows);
        }
        Ok(found)
    }};
}

/// The sales that have one of these external ids.
pub(crate) async fn with_external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[String],
) -> Result<Vec<Sale>> {
    chosen!(
        tx,
        workspace,
        wanted,
        Sale,
        concat!("SELECT ", columns!(), " FROM sales WHERE workspace_id = ")
    )
}

/// The sales with these ids.
pub(crate) async fn with_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[SaleId],
) -> Result<Vec<Sale>> {
    chosen!(
        tx,
        workspace,
        wanted,
        Sale,
        concat!("SELECT ", columns!(), " FROM sales WHERE workspace_id = "),
        " AND id IN ("
    )
}

/// The refunds of these sales.
pub(crate) async fn refunds_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[SaleId],
) -> Result<Vec<Refund>> {
    chosen!(
        tx,
        workspace,
        wanted,
        Refund,
        "SELECT id, sale_id, amount_micros, refunded_at, reason, external_id FROM sale_refunds WHERE workspace_id = ",
        " AND sale_id IN ("
    )
}

/// Writes new sales.
pub(crate) async fn insert(tx: &mut Tx, scope: &Scope, sales: &[Sale]) -> Result<()> {
    const COLUMNS: usize = 21;
    let (workspace, actor) = (scope.workspace, scope.actor);
    for chunk in sales.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(concat!(
                "INSERT INTO sales (workspace_id, ",
                columns!(),
                ", created_by, updated_by) "
            ));
            insert.push_values(chunk, |mut row, sale| {
                row.push_bind(workspace)
                    .push_bind(sale.id)
                    .push_bind(&sale.reference)
                    .push_bind(sale.contact_id)
                    .push_bind(sale.opportunity_id)
                    .push_bind(sale.gross_micros)
                    .push_bind(sale.refunded_micros)
                    .push_bind(sale.cost_micros)
                    .push_bind(sale.currency.to_string())
                    .push_bind(sale.status.as_str())
                    .push_bind(sale.quantity)
                    .push_bind(sale.occurred_at)
                    .push_bind(sale.completed_at)
                    .push_bind(sale.refunded_at)
                    .push_bind(sale.touchpoint_id)
                    .push_bind(&sale.attribution_source)
                    .push_bind(&sale.external_id)
                    .push_bind(sale.created_at)
                    .push_bind(sale.updated_at)
                    .push_bind(actor)
                    .push_bind(actor);
            });
            insert
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Writes a sale over the stored one of the same id.
pub(crate) async fn write(tx: &mut Tx, scope: &Scope, sale: &Sale) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(scope.workspace)
        .bind(sale.id)
        .bind(&sale.reference)
        .bind(sale.contact_id)
        .bind(sale.opportunity_id)
        .bind(sale.gross_micros)
        .bind(sale.refunded_micros)
        .bind(sale.cost_micros)
        .bind(sale.currency.to_string())
        .bind(sale.status.as_str())
        .bind(sale.quantity)
        .bind(sale.occurred_at)
        .bind(sale.completed_at)
        .bind(sale.refunded_at)
        .bind(sale.updated_at)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Writes new refunds.
pub(crate) async fn insert_refunds(tx: &mut Tx, scope: &Scope, refunds: &[Refund]) -> Result<()> {
    let (workspace, actor, now) = (scope.workspace, scope.actor, scope.now());
    for chunk in refunds.chunks(tx.bind_limit() / 11) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO sale_refunds (workspace_id, id, sale_id, amount_micros, refunded_at, reason, \
                 external_id, created_at, created_by, updated_at, updated_by) ",
            );
            insert.push_values(chunk, |mut row, refund| {
                row.push_bind(workspace)
                    .push_bind(refund.id)
                    .push_bind(refund.sale_id)
                    .push_bind(refund.amount_micros)
                    .push_bind(refund.refunded_at)
                    .push_bind(&refund.reason)
                    .push_bind(&refund.external_id)
                    .push_bind(now)
                    .push_bind(actor)
                    .push_bind(now)
                    .push_bind(actor);
            });
            insert.build().persistent(false).execute(c).await.map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Writes the amount and time of a refund that is stored.
pub(crate) async fn write_refund(tx: &mut Tx, scope: &Scope, refund: &Refund) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UPDATE_REFUND)
        .bind(scope.workspace)
        .bind(refund.id)
        .bind(refund.amount_micros)
        .bind(refund.refunded_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// One row, if it exists.
pub(super) async fn find(tx: &mut Tx, workspace: WorkspaceId, id: SaleId) -> Result<Option<Sale>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Sale>(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}
