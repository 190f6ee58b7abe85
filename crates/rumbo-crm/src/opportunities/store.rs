//! SQL of opportunities.

use chrono::{DateTime, Utc};
use rumbo_base::{OpportunityId, Result, StageId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::Opportunity;

macro_rules! columns {
    () => {
        "id, contact_id, owner_id, name, value_micros, currency, stage_id, state, lost_reason, \
         deadline_at, expected_close, opened_at, closed_at, touchpoint_id, external_id, created_at, updated_at"
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM opportunities WHERE workspace_id = $1 AND id = $2");
    UPDATE = "UPDATE opportunities SET contact_id = $3, owner_id = $4, name = $5, value_micros = $6, \
        currency = $7, stage_id = $8, state = $9, lost_reason = $10, deadline_at = $11, \
        expected_close = $12, opened_at = $13, closed_at = $14, updated_at = $15, updated_by = $16 \
        WHERE workspace_id = $1 AND id = $2";
    SALES_OF = "SELECT COUNT(*) FROM sales WHERE workspace_id = $1 AND opportunity_id = $2";
}

/// One step of an opportunity's history.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    id: Uuid,
    opportunity_id: OpportunityId,
    stage_id: StageId,
    moved_at: DateTime<Utc>,
}

impl Move {
    /// The step into the stage that the opportunity is in.
    pub(crate) fn new(scope: &Scope, opportunity: &Opportunity, at: DateTime<Utc>) -> Self {
        Self::of(scope, opportunity.id, opportunity.stage_id, at)
    }

    /// The step of an opportunity into a stage.
    pub(crate) fn of(
        scope: &Scope,
        opportunity_id: OpportunityId,
        stage_id: StageId,
        moved_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: scope.id(),
            opportunity_id,
            stage_id,
            moved_at,
        }
    }
}

pub(super) async fn has_sale(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: OpportunityId,
) -> Result<bool> {
    let sales: i64 = on_tx!(tx, |c| sqlx::query_scalar(SALES_OF)
        .bind(workspace)
        .bind(id)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(sales > 0)
}

macro_rules! chosen {
    ($tx:expr, $workspace:expr, $wanted:expr, $among:literal) => {{
        let mut found: Vec<Opportunity> = Vec::new();
        for chunk in $wanted.chunks($tx.bind_limit() / 2) {
            let rows: Vec<Opportunity> = on_tx!($tx, |c| {
                let mut select = sqlx::QueryBuilder::<DB>::new(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM opportunities WHERE workspace_id = "
                ));
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

/// The opportunities that have one of these external ids.
pub(crate) async fn with_external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[String],
) -> Result<Vec<Opportunity>> {
    chosen!(tx, workspace, wanted, " AND external_id IN (")
}

/// The opportunities with these ids.
pub(crate) async fn with_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[OpportunityId],
) -> Result<Vec<Opportunity>> {
    chosen!(tx, workspace, wanted, " AND id IN (")
}

/// Writes new opportunities.
pub(crate) async fn insert(tx: &mut Tx, scope: &Scope, all: &[Opportunity]) -> Result<()> {
    const COLUMNS: usize = 20;
    let (workspace, actor) = (scope.workspace, scope.actor);
    for chunk in all.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(concat!(
                "INSERT INTO opportunities (workspace_id, ",
                columns!(),
                ", created_by, updated_by) "
            ));
            insert.push_values(chunk, |mut row, one| {
                row.push_bind(workspace)
                    .push_bind(one.id)
                    .push_bind(one.contact_id)
                    .push_bind(one.owner_id)
                    .push_bind(&one.name)
                    .push_bind(one.value_micros)
                    .push_bind(one.currency.to_string())
                    .push_bind(one.stage_id)
                    .push_bind(one.state.as_str())
                    .push_bind(&one.lost_reason)
                    .push_bind(one.deadline_at)
                    .push_bind(one.expected_close)
                    .push_bind(one.opened_at)
                    .push_bind(one.closed_at)
                    .push_bind(one.touchpoint_id)
                    .push_bind(&one.external_id)
                    .push_bind(one.created_at)
                    .push_bind(one.updated_at)
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

/// Writes steps of the history.
pub(crate) async fn insert_moves(tx: &mut Tx, scope: &Scope, moves: &[Move]) -> Result<()> {
    let (workspace, actor) = (scope.workspace, scope.actor);
    for chunk in moves.chunks(tx.bind_limit() / 6) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO opportunity_moves (workspace_id, id, opportunity_id, stage_id, moved_at, moved_by) ",
            );
            insert.push_values(chunk, |mut row, step| {
                row.push_bind(workspace)
                    .push_bind(step.id)
                    .push_bind(step.opportunity_id)
                    .push_bind(step.stage_id)
                    .push_bind(step.moved_at)
                    .push_bind(actor);
            });
            insert.build().persistent(false).execute(c).await.map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Writes an opportunity over the stored one of the same id.
pub(crate) async fn write(tx: &mut Tx, scope: &Scope, one: &Opportunity) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(scope.workspace)
        .bind(one.id)
        .bind(one.contact_id)
        .bind(one.owner_id)
        .bind(&one.name)
        .bind(one.value_micros)
        .bind(one.currency.to_string())
        .bind(one.stage_id)
        .bind(one.state.as_str())
        .bind(&one.lost_reason)
        .bind(one.deadline_at)
        .bind(one.expected_close)
        .bind(one.opened_at)
        .bind(one.closed_at)
        .bind(one.updated_at)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// One row, if it exists.
pub(super) async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: OpportunityId,
) -> Result<Option<Opportunity>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Opportunity>(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}
