//! The stages of the pipeline: made, renamed, put in order and removed, so that one that means won
//! and one that means lost always remain.

#[cfg(test)]
mod tests;

use rumbo_base::{Code, Error, Language, OpportunityId, Reason, Result, StageId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use crate::input::{Change, invalid, not_found, short_text};
use crate::opportunities::{Move, OpportunityState, insert_moves};
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
            WHERE workspace_id = $1 AND removed_at IS NULL ORDER BY position, id";
    INSERT = "INSERT INTO pipeline_stages (workspace_id, id, name, position, probability, outcome, \
              created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)";
    NAMES = "SELECT id, name, removed_at IS NOT NULL FROM pipeline_stages WHERE workspace_id = $1";
    RENAME = "UPDATE pipeline_stages SET name = $3 WHERE workspace_id = $1 AND id = $2";
    /// A removed stage stays, since the history of opportunities names it.
    UPDATE = "UPDATE pipeline_stages SET name = $3, position = $4, probability = $5, outcome = $6, \
              removed_at = $7, updated_at = $8, updated_by = $9 WHERE workspace_id = $1 AND id = $2";
    /// The opportunities of a stage are in the state that it means.
    SET_STATE = "UPDATE opportunities SET state = $3, \
              closed_at = CASE WHEN $3 = 'open' THEN NULL ELSE COALESCE(closed_at, $4) END, \
              lost_reason = CASE WHEN $3 = 'lost' THEN lost_reason END, updated_at = $4, updated_by = $5 \
              WHERE workspace_id = $1 AND stage_id = $2 AND state <> $3";
    COUNT = "SELECT COUNT(*) FROM opportunities WHERE workspace_id = $1 AND stage_id = $2";
    IN_STAGE = "SELECT id FROM opportunities WHERE workspace_id = $1 AND stage_id = $2 ORDER BY id";
    EMPTY_INTO = "UPDATE opportunities SET stage_id = $3, updated_at = $4, updated_by = $5 \
              WHERE workspace_id = $1 AND stage_id = $2";
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
    let language = Language::of(locale);
    for (position, ([english, spanish, portuguese], probability, outcome)) in
        (1_i64..).zip(DEFAULTS)
    {
        let name = match language {
            Language::English => english,
            Language::Spanish => spanish,
            Language::Portuguese => portuguese,
        };
        let stage = Stage {
            id: scope.id(),
            name: name.to_owned(),
            position,
            probability,
            outcome,
        };
        insert(tx, scope, &stage).await?;
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

/// Values for a stage. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct StageFields {
    /// Unique in the workspace, without regard to case.
    pub name: Option<String>,
    /// Percent, 0 to 100. A stage that means won has 100 and one that means lost 0.
    pub probability: Option<i64>,
    pub outcome: Change<Outcome>,
}

/// Makes a stage, behind the others of its meaning, or changes one. The opportunities in it are
/// then in the state that it means.
///
/// # Errors
/// `InvalidInput` for a name or probability that cannot be kept, `Conflict` for a name that is
/// taken or when no open, won or lost stage would remain, `NotFound`.
pub async fn save(
    tx: &mut Tx,
    scope: &Scope,
    id: Option<StageId>,
    fields: StageFields,
) -> Result<Stage> {
    let mut stages = list(tx, scope.workspace).await?;
    let (mut stage, place) = match id {
        Some(id) => {
            let place = stages.iter().position(|stage| stage.id == id);
            let place = place.ok_or_else(|| not_found("stage"))?;
            (stages.remove(place), Some(place))
        }
        None => (
            Stage {
                id: scope.id(),
                name: String::new(),
                position: 0,
                probability: 50,
                outcome: None,
            },
            None,
        ),
    };
    let before = stage.clone();
    if let Some(name) = &fields.name {
        stage.name = short_text("name", name, 60)?.unwrap_or_default();
    }
    if stage.name.is_empty() {
        return Err(invalid(
            "name",
            Reason::ValueMissing,
            "A stage needs a name.",
        ));
    }
    let taken = |other: &&Stage| other.name.to_lowercase() == stage.name.to_lowercase();
    if let Some(other) = stages.iter().find(taken) {
        return Err(Error::new(
            Code::Conflict,
            format!(
                "There is a stage \"{}\" already. Enter another name.",
                other.name
            ),
        )
        .reason(Reason::NameTaken)
        .param("name", &other.name)
        .field("name"));
    }
    stage.outcome = fields.outcome.over(stage.outcome);
    stage.probability = match stage.outcome {
        Some(Outcome::Won) => 100,
        Some(Outcome::Lost) => 0,
        None => fields.probability.unwrap_or(stage.probability),
    };
    if !(0..=100).contains(&stage.probability) {
        return Err(invalid(
            "probability",
            Reason::NumberOutOfRange,
            "A probability goes from 0 to 100.",
        )
        .param("value", stage.probability)
        .param("least", 0)
        .param("most", 100));
    }
    if place.is_some() && stage == before {
        return Ok(before);
    }
    let place = place.unwrap_or_else(|| {
        let open = stages.iter().rposition(|other| other.outcome.is_none());
        match stage.outcome {
            None => open.map_or(0, |last| last + 1),
            Some(_) => stages.len(),
        }
    });
    stages.insert(place.min(stages.len()), stage.clone());
    every_meaning_remains(&stages)?;
    free_name(tx, scope, &stage.name).await?;
    if id.is_none() {
        insert(tx, scope, &stage).await?;
    } else {
        write(tx, scope, &stage, false).await?;
    }
    renumber(tx, scope, &stages).await?;
    if stage.outcome != before.outcome {
        set_state(tx, scope, &stage).await?;
    }
    find_or_first(tx, scope.workspace, Some(stage.id)).await
}

/// Puts the stages in this order.
///
/// # Errors
/// `InvalidInput` when the list does not name every stage once.
pub async fn order(tx: &mut Tx, scope: &Scope, ids: &[StageId]) -> Result<Vec<Stage>> {
    let mut left = list(tx, scope.workspace).await?;
    let mut ordered = Vec::with_capacity(left.len());
    for id in ids {
        let Some(place) = left.iter().position(|stage| stage.id == *id) else {
            return Err(incomplete_order());
        };
        ordered.push(left.remove(place));
    }
    if !left.is_empty() {
        return Err(incomplete_order());
    }
    renumber(tx, scope, &ordered).await?;
    list(tx, scope.workspace).await
}

fn incomplete_order() -> Error {
    invalid(
        "ids",
        Reason::StageOrderIncomplete,
        "The order has to name every stage once. Look again.",
    )
}

/// Removes a stage; its opportunities move to another one. Returns how many moved.
///
/// # Errors
/// `InvalidInput` when it has opportunities and nothing says where they go, `Conflict` when no
/// open, won or lost stage would remain, `NotFound`.
pub async fn remove(tx: &mut Tx, scope: &Scope, id: StageId, to: Option<StageId>) -> Result<u64> {
    let mut stages = list(tx, scope.workspace).await?;
    let place = stages.iter().position(|stage| stage.id == id);
    let gone = stages.remove(place.ok_or_else(|| not_found("stage"))?);
    every_meaning_remains(&stages)?;
    let held: i64 = on_tx!(tx, |c| sqlx::query_scalar(COUNT)
        .bind(scope.workspace)
        .bind(id)
        .fetch_one(c)
        .await)
    .db()?;
    let moved = if held == 0 {
        0
    } else {
        let Some(to) = to else {
            return Err(invalid(
                "move_to",
                Reason::StageNotEmpty,
                format!(
                    "\"{}\" has opportunities ({held}). Choose the stage that they move to.",
                    gone.name
                ),
            )
            .param("name", &gone.name)
            .param("held", held));
        };
        let to = stages.iter().find(|stage| stage.id == to);
        let to = to.ok_or_else(|| not_found("stage").field("move_to"))?;
        empty_into(tx, scope, &gone, to).await?
    };
    write(tx, scope, &gone, true).await?;
    renumber(tx, scope, &stages).await?;
    Ok(moved)
}

/// A new opportunity needs an open stage, and an end of either kind.
fn every_meaning_remains(stages: &[Stage]) -> Result<()> {
    for (outcome, word, meaning) in [
        (None, "open", "is open"),
        (Some(Outcome::Won), "won", "means won"),
        (Some(Outcome::Lost), "lost", "means lost"),
    ] {
        if !stages.iter().any(|stage| stage.outcome == outcome) {
            return Err(Error::new(
                Code::Conflict,
                format!("At least one stage that {meaning} has to remain."),
            )
            .reason(Reason::LastStage)
            .param("outcome", word)
            .field("outcome"));
        }
    }
    Ok(())
}

async fn insert(tx: &mut Tx, scope: &Scope, stage: &Stage) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace)
        .bind(stage.id)
        .bind(&stage.name)
        .bind(stage.position)
        .bind(stage.probability)
        .bind(stage.outcome.map(Outcome::as_str))
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

async fn write(tx: &mut Tx, scope: &Scope, stage: &Stage, removed: bool) -> Result<()> {
    let now = scope.now();
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(scope.workspace)
        .bind(stage.id)
        .bind(&stage.name)
        .bind(stage.position)
        .bind(stage.probability)
        .bind(stage.outcome.map(Outcome::as_str))
        .bind(removed.then_some(now))
        .bind(now)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// A removed stage gives its name up: in the history it goes on under that name and a number.
async fn free_name(tx: &mut Tx, scope: &Scope, name: &str) -> Result<()> {
    let all: Vec<(StageId, String, bool)> = on_tx!(tx, |c| sqlx::query_as(NAMES)
        .bind(scope.workspace)
        .fetch_all(c)
        .await)
    .db()?;
    let removed = all.iter().find(|(_, other, gone)| *gone && other == name);
    let Some((id, _, _)) = removed else {
        return Ok(());
    };
    // As many names more than there are stages: one of them is free.
    let free = (2..=all.len().saturating_add(2))
        .map(|number| format!("{name} ({number})"))
        .find(|free| !all.iter().any(|(_, other, _)| other == free));
    on_tx!(tx, |c| sqlx::query(RENAME)
        .bind(scope.workspace)
        .bind(*id)
        .bind(free)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

async fn renumber(tx: &mut Tx, scope: &Scope, stages: &[Stage]) -> Result<()> {
    for (position, stage) in (1_i64..).zip(stages) {
        if stage.position != position {
            let moved = Stage {
                position,
                ..stage.clone()
            };
            write(tx, scope, &moved, false).await?;
        }
    }
    Ok(())
}

/// Puts the opportunities of a stage in the state that it means.
async fn set_state(tx: &mut Tx, scope: &Scope, stage: &Stage) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_STATE)
        .bind(scope.workspace)
        .bind(stage.id)
        .bind(OpportunityState::of(stage).as_str())
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Moves the opportunities of one stage to another; each move is kept in their history.
async fn empty_into(tx: &mut Tx, scope: &Scope, from: &Stage, to: &Stage) -> Result<u64> {
    let now = scope.now();
    let moving: Vec<OpportunityId> = on_tx!(tx, |c| sqlx::query_scalar(IN_STAGE)
        .bind(scope.workspace)
        .bind(from.id)
        .fetch_all(c)
        .await)
    .db()?;
    on_tx!(tx, |c| sqlx::query(EMPTY_INTO)
        .bind(scope.workspace)
        .bind(from.id)
        .bind(to.id)
        .bind(now)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    set_state(tx, scope, to).await?;
    let moves: Vec<Move> = moving
        .iter()
        .map(|id| Move::of(scope, *id, to.id, now))
        .collect();
    insert_moves(tx, scope, &moves).await?;
    Ok(u64::try_from(moving.len()).unwrap_or(u64::MAX))
}

/// The stage asked for, or the first open one.
pub(crate) async fn find_or_first(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: Option<StageId>,
) -> Result<Stage> {
    let stages = list(tx, workspace).await?;
    let mut stages = stages.into_iter();
    match id {
        Some(id) => stages.find(|stage| stage.id == id),
        None => stages.find(|stage| stage.outcome.is_none()),
    }
    .ok_or_else(|| not_found("stage"))
}
