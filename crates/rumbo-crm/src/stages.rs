//! The stages of the pipeline.

use rumbo_base::{Result, StageId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use crate::input::not_found;
use crate::words::words;

words! {
    /// What it means to be in a last stage.
    pub enum Outcome("outcome") {
        Won = "won",
        Lost = "lost",
    }
}

statements! {
    LIST = "SELECT id, name, position, probability, outcome FROM pipeline_stages \
            WHERE workspace_id = $1 ORDER BY position, id";
    INSERT = "INSERT INTO pipeline_stages (workspace_id, id, name, position, probability, outcome, \
              created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)";
}

/// A stage as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub id: StageId,
    /// Unique in the workspace.
    pub name: String,
    pub position: i64,
    /// Percent, 0 to 100.
    pub probability: i64,
    /// Set for a stage that ends an opportunity.
    pub outcome: Option<Outcome>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: StageId,
    name: String,
    position: i64,
    probability: i64,
    outcome: Option<String>,
}

/// English, Spanish and Portuguese names, probability, outcome.
const DEFAULTS: [([&str; 3], i64, Option<Outcome>); 6] = [
    (["New", "Nuevo", "Novo"], 10, None),
    (["Contacted", "Contactado", "Contatado"], 20, None),
    (["Proposal", "Propuesta", "Proposta"], 40, None),
    (["Negotiation", "Negociación", "Negociação"], 60, None),
    (["Won", "Ganado", "Ganho"], 100, Some(Outcome::Won)),
    (["Lost", "Perdido", "Perdido"], 0, Some(Outcome::Lost)),
];

/// Makes the six default stages in the language of a locale such as `pt-BR`, unless the workspace
/// has stages already.
///
/// # Errors
/// When the store cannot be written.
pub async fn seed_stages(tx: &mut Tx, scope: &Scope, locale: &str) -> Result<()> {
    if !list(tx, scope.workspace).await?.is_empty() {
        return Ok(());
    }
    let now = scope.now();
    for (position, ([english, spanish, portuguese], probability, outcome)) in
        (1_i64..).zip(DEFAULTS)
    {
        let name = match locale.get(..2) {
            Some("es") => spanish,
            Some("pt") => portuguese,
            _ => english,
        };
        let id: StageId = scope.id();
        on_tx!(tx, |c| sqlx::query(INSERT)
            .bind(scope.workspace)
            .bind(id)
            .bind(name)
            .bind(position)
            .bind(probability)
            .bind(outcome.map(Outcome::as_str))
            .bind(now)
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// The stages in their order.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Stage>> {
    let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    rows.into_iter()
        .map(|row| {
            Ok(Stage {
                id: row.id,
                name: row.name,
                position: row.position,
                probability: row.probability,
                outcome: row.outcome.map(Outcome::try_from).transpose()?,
            })
        })
        .collect()
}

/// The stage asked for, or the first one.
pub(crate) async fn find_or_first(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: Option<StageId>,
) -> Result<Stage> {
    let stages = list(tx, workspace).await?;
    let mut stages = stages.into_iter();
    match id {
        Some(id) => stages.find(|stage| stage.id == id),
        None => stages.next(),
    }
    .ok_or_else(|| not_found("stage"))
}
