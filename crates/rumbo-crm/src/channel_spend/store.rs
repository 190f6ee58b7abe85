//! SQL of what was spent.

use rumbo_base::{ChannelSpendId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use super::ChannelSpend;

macro_rules! columns {
    () => {
        "id, day, platform, campaign, note, amount_micros, currency, external_id, import_id, removed_at, \
         created_at, updated_at"
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM channel_spend WHERE workspace_id = $1 AND id = $2");
    UPDATE = "UPDATE channel_spend SET day = $3, platform = $4, campaign = $5, note = $6, amount_micros = $7, \
        currency = $8, import_id = $9, removed_at = $10, updated_at = $11, updated_by = $12 \
        WHERE workspace_id = $1 AND id = $2";
}

/// One row, if it exists.
pub(super) async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ChannelSpendId,
) -> Result<Option<ChannelSpend>> {
    on_tx!(tx, |c| sqlx::query_as::<_, ChannelSpend>(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

macro_rules! chosen {
    ($tx:expr, $workspace:expr, $wanted:expr, $among:literal) => {{
        let mut found: Vec<ChannelSpend> = Vec::new();
        for chunk in $wanted.chunks($tx.bind_limit() / 2) {
            let rows: Vec<ChannelSpend> = on_tx!($tx, |c| {
                let mut select = sqlx::QueryBuilder::<DB>::new(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM channel_spend WHERE workspace_id = "
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

/// The rows that have one of these external ids.
pub(crate) async fn with_external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[String],
) -> Result<Vec<ChannelSpend>> {
    chosen!(tx, workspace, wanted, " AND external_id IN (")
}

/// The rows with these ids.
pub(crate) async fn with_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[ChannelSpendId],
) -> Result<Vec<ChannelSpend>> {
    chosen!(tx, workspace, wanted, " AND id IN (")
}

/// Writes new rows.
pub(crate) async fn insert(tx: &mut Tx, scope: &Scope, rows: &[ChannelSpend]) -> Result<()> {
    const COLUMNS: usize = 15;
    let (workspace, actor) = (scope.workspace, scope.actor);
    for chunk in rows.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(concat!(
                "INSERT INTO channel_spend (workspace_id, ",
                columns!(),
                ", created_by, updated_by) "
            ));
            insert.push_values(chunk, |mut row, spend| {
                row.push_bind(workspace)
                    .push_bind(spend.id)
                    .push_bind(spend.day)
                    .push_bind(&spend.platform)
                    .push_bind(&spend.campaign)
                    .push_bind(&spend.note)
                    .push_bind(spend.amount_micros)
                    .push_bind(spend.currency.to_string())
                    .push_bind(&spend.external_id)
                    .push_bind(spend.import_id)
                    .push_bind(spend.removed_at)
                    .push_bind(spend.created_at)
                    .push_bind(spend.updated_at)
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

/// Writes a row over the stored one of the same id.
pub(crate) async fn write(tx: &mut Tx, scope: &Scope, spend: &ChannelSpend) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(scope.workspace)
        .bind(spend.id)
        .bind(spend.day)
        .bind(&spend.platform)
        .bind(&spend.campaign)
        .bind(&spend.note)
        .bind(spend.amount_micros)
        .bind(spend.currency.to_string())
        .bind(spend.import_id)
        .bind(spend.removed_at)
        .bind(spend.updated_at)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
