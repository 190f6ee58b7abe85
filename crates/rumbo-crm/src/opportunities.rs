//! Opportunities and their way through the pipeline.

mod board;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use rumbo_base::{
    ContactId, Currency, Micros, OpportunityId, Reason, Result, StageId, TouchpointId, UserId,
    WorkspaceId,
};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::contacts;
use crate::credit;
use crate::input::{Change, coins, happened, invalid, not_found, short_text};
use crate::stages::{self, Outcome, Stage};
use crate::words::words;

pub use board::{BoardColumn, Card, CurrencySum, STATEMENTS as BOARD_STATEMENTS, board, card};
pub use store::STATEMENTS;
pub(crate) use store::{Move, insert, insert_moves, with_external_ids, with_ids, write};

words! {
    /// Whether an opportunity is still open, apart from its stage.
    pub enum OpportunityState("state") {
        Open = "open",
        Won = "won",
        Lost = "lost",
    }
}

impl OpportunityState {
    /// The state that a stage puts an opportunity in.
    pub fn of(stage: &Stage) -> Self {
        match stage.outcome {
            None => Self::Open,
            Some(Outcome::Won) => Self::Won,
            Some(Outcome::Lost) => Self::Lost,
        }
    }
}

/// An opportunity as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Opportunity {
    pub id: OpportunityId,
    pub contact_id: ContactId,
    pub owner_id: Option<UserId>,
    pub name: String,
    /// `None` while it is not known.
    pub value_micros: Option<Micros>,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    pub stage_id: StageId,
    #[sqlx(try_from = "String")]
    pub state: OpportunityState,
    pub lost_reason: Option<String>,
    pub deadline_at: Option<DateTime<Utc>>,
    pub expected_close: Option<NaiveDate>,
    pub opened_at: DateTime<Utc>,
    /// When it was won or lost.
    pub closed_at: Option<DateTime<Utc>>,
    /// The credited touchpoint: see [`credit`].
    pub touchpoint_id: Option<TouchpointId>,
    pub external_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An opportunity to open.
#[derive(Clone, Debug)]
pub struct NewOpportunity {
    pub contact_id: ContactId,
    pub name: String,
    pub value: Option<Micros>,
    pub currency: Currency,
    /// The first stage when absent.
    pub stage_id: Option<StageId>,
    pub owner_id: Option<UserId>,
    pub deadline_at: Option<DateTime<Utc>>,
    pub expected_close: Option<NaiveDate>,
    /// Now when absent.
    pub opened_at: Option<DateTime<Utc>>,
    /// Unique in the workspace.
    pub external_id: Option<String>,
}

/// Values to change. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct OpportunityChange {
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    pub value: Change<Micros>,
    pub currency: Option<Currency>,
    pub owner_id: Change<UserId>,
    pub deadline_at: Change<DateTime<Utc>>,
    pub expected_close: Change<NaiveDate>,
    pub opened_at: Option<DateTime<Utc>>,
}

/// Opens an opportunity; its first move is into its stage.
///
/// # Errors
/// `InvalidInput` for a name or amount that cannot be kept, `NotFound` for the contact or stage,
/// `Conflict` for an external id that is taken.
pub async fn create(tx: &mut Tx, scope: &Scope, new: NewOpportunity) -> Result<Opportunity> {
    let contact = contacts::get(tx, scope.workspace, new.contact_id).await?;
    let stage = stages::find_or_first(tx, scope.workspace, new.stage_id).await?;
    contacts::refuse_strange_owner(tx, scope.workspace, new.owner_id).await?;
    let now = scope.now();
    let opened_at = new.opened_at.unwrap_or(now).trunc_subsecs(6);
    let state = OpportunityState::of(&stage);
    let opportunity = Opportunity {
        id: scope.id(),
        contact_id: contact.id,
        owner_id: new.owner_id,
        name: short_text("name", &new.name, 200)?.unwrap_or(contact.name),
        value_micros: new.value,
        currency: new.currency,
        stage_id: stage.id,
        state,
        lost_reason: None,
        deadline_at: new.deadline_at.map(|at| at.trunc_subsecs(6)),
        expected_close: new.expected_close,
        opened_at,
        closed_at: (state != OpportunityState::Open).then_some(now),
        touchpoint_id: None,
        external_id: new.external_id,
        created_at: now,
        updated_at: now,
    };
    opportunity.check(now)?;
    insert(tx, scope, std::slice::from_ref(&opportunity)).await?;
    let first = Move::new(scope, &opportunity, opened_at);
    insert_moves(tx, scope, std::slice::from_ref(&first)).await?;
    credit::recredit(tx, scope, &[contact.id]).await?;
    get(tx, scope.workspace, opportunity.id).await
}

/// Changes an opportunity; nothing is touched when nothing differs. Its stage is changed by
/// [`move_to`].
///
/// # Errors
/// As [`create`].
pub async fn update(
    tx: &mut Tx,
    scope: &Scope,
    id: OpportunityId,
    change: OpportunityChange,
) -> Result<Opportunity> {
    let stored = get(tx, scope.workspace, id).await?;
    let mut changed = stored.clone();
    if let Some(contact) = change.contact_id {
        changed.contact_id = contacts::get(tx, scope.workspace, contact).await?.id;
    }
    if let Some(name) = &change.name {
        changed.name = short_text("name", name, 200)?
            .ok_or_else(|| invalid("name", Reason::ValueMissing, "An opportunity needs a name."))?;
    }
    changed.value_micros = change.value.over(stored.value_micros);
    changed.currency = change.currency.unwrap_or(stored.currency);
    changed.owner_id = change.owner_id.over(stored.owner_id);
    changed.deadline_at = change
        .deadline_at
        .over(stored.deadline_at)
        .map(|at| at.trunc_subsecs(6));
    changed.expected_close = change.expected_close.over(stored.expected_close);
    changed.opened_at = change
        .opened_at
        .map_or(stored.opened_at, |at| at.trunc_subsecs(6));
    if changed == stored {
        return Ok(stored);
    }
    changed.check(scope.now())?;
    if changed.owner_id != stored.owner_id {
        contacts::refuse_strange_owner(tx, scope.workspace, changed.owner_id).await?;
    }
    if changed.contact_id != stored.contact_id
        && store::has_sale(tx, scope.workspace, stored.id).await?
    {
        return Err(invalid(
            "contact_id",
            Reason::OpportunityHasSale,
            "This opportunity has a sale, so it stays with its contact.",
        ));
    }
    changed.updated_at = scope.now();
    write(tx, scope, &changed).await?;
    credit::recredit(tx, scope, &[stored.contact_id, changed.contact_id]).await?;
    get(tx, scope.workspace, id).await
}

/// Moves an opportunity to a stage, which decides whether it is open, won or lost. The move is
/// kept in its history; a move to where it is already is none.
///
/// # Errors
/// `NotFound`, or `InvalidInput` for a reason that is too long.
pub async fn move_to(
    tx: &mut Tx,
    scope: &Scope,
    id: OpportunityId,
    stage: StageId,
    lost_reason: Option<&str>,
) -> Result<Opportunity> {
    let stored = get(tx, scope.workspace, id).await?;
    let stage = stages::find_or_first(tx, scope.workspace, Some(stage)).await?;
    let now = scope.now();
    let mut moved = stored.clone();
    moved.enter(&stage, now);
    if moved.state == OpportunityState::Lost
        && let Some(reason) = lost_reason
    {
        moved.lost_reason = short_text("reason", reason, 500)?;
    }
    if moved == stored {
        return Ok(stored);
    }
    moved.updated_at = now;
    write(tx, scope, &moved).await?;
    if moved.stage_id != stored.stage_id {
        let step = Move::new(scope, &moved, now);
        insert_moves(tx, scope, std::slice::from_ref(&step)).await?;
    }
    Ok(moved)
}

/// One opportunity.
///
/// # Errors
/// `NotFound`.
pub async fn get(tx: &mut Tx, workspace: WorkspaceId, id: OpportunityId) -> Result<Opportunity> {
    store::find(tx, workspace, id)
        .await?
        .ok_or_else(|| not_found("opportunity"))
}

impl Opportunity {
    /// Puts it into a stage as of `now`, without writing.
    pub(crate) fn enter(&mut self, stage: &Stage, now: DateTime<Utc>) {
        let state = OpportunityState::of(stage);
        self.stage_id = stage.id;
        if state != self.state {
            self.closed_at = (state != OpportunityState::Open).then_some(now);
        }
        if state != OpportunityState::Lost {
            self.lost_reason = None;
        }
        self.state = state;
    }

    /// Refuses what no opportunity can be, as of `now`.
    pub(crate) fn check(&self, now: DateTime<Utc>) -> Result<()> {
        happened("opened_at", self.opened_at, now)?;
        self.closed_at
            .map_or(Ok(()), |at| happened("closed_at", at, now))?;
        self.value_micros
            .map_or(Ok(()), |value| coins("value", value, self.currency))
    }
}
