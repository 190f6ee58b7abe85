//! Opportunities and sales.

use rumbo_base::{CacheTag, Code, Currency, Error, Micros, Page, Reason, Result};
use rumbo_crm::Change;
use rumbo_crm::opportunities::{self, Card, NewOpportunity, OpportunityChange};
use rumbo_crm::sales::{self, NewSale, SaleFilter};
use rumbo_crm::stages::{self, Stage, StageFields};

use crate::Context;
use crate::contacts::change;
use crate::wire::{
    AddSale, Board, BoardColumn, CurrencyAmount, GetBoard, ListSales, ListStages, MoveOpportunity,
    OpportunityCard, OrderStages, Owner, RefundSale, RemoveStage, SaleRow, SaveOpportunity,
    SaveStage, SetSaleCost, SetSaleStatus, StageRow,
};

/// Cards of one column that are shown at once.
const CARDS: u32 = 200;

fn card(card: Card) -> OpportunityCard {
    OpportunityCard {
        id: card.id,
        name: card.name,
        contact_id: card.contact_id,
        contact_name: card.contact_name,
        value: card.value_micros.map(|v| v.to_text(card.currency)),
        currency: card.currency.to_string(),
        state: card.state.to_string(),
        deadline_at: card.deadline_at,
        expected_close: card.expected_close,
        opened_at: card.opened_at,
        owner: card
            .owner_id
            .zip(card.owner_name)
            .map(|(id, name)| Owner { id, name }),
        lost_reason: card.lost_reason,
        campaign: card.campaign,
    }
}

/// The pipeline by stage.
pub async fn get_board(cx: &Context, req: GetBoard) -> Result<Board> {
    let search = req.search.unwrap_or_default();
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let columns = opportunities::board(&mut tx, scope.workspace, &search, CARDS).await?;
    let columns = columns.into_iter().map(|column| BoardColumn {
        stage_id: column.stage.id,
        name: column.stage.name,
        probability: u32::try_from(column.stage.probability).unwrap_or_default(),
        outcome: column.stage.outcome.map(|o| o.to_string()),
        count: column.count,
        totals: column
            .totals
            .into_iter()
            .map(|sum| CurrencyAmount {
                currency: sum.currency.to_string(),
                amount: sum.amount.to_text(sum.currency),
            })
            .collect(),
        cards: column.cards.into_iter().map(card).collect(),
    });
    Ok(Board {
        columns: columns.collect(),
    })
}

/// Makes an opportunity, or changes one.
///
/// # Errors
/// `InvalidInput` naming the field, `NotFound`.
pub async fn save_opportunity(cx: &Context, req: SaveOpportunity) -> Result<OpportunityCard> {
    let scope = cx.scope()?;
    let value = match req.value.as_deref().map(str::trim) {
        None => Change::Keep,
        Some("") => Change::Clear,
        Some(text) => Change::To(amount("value", text)?),
    };
    let owner_id = change("owner_id", req.owner_id.as_deref())?;
    let expected_close = change("expected_close", req.expected_close.as_deref())?;
    let deadline_at = change("deadline_at", req.deadline_at.as_deref())?;
    let currency: Option<Currency> = req.currency.as_deref().map(str::parse).transpose()?;
    let reporting = cx.workspace().await?.reporting_currency();
    let mut tx = scope.write().await?;
    let id = match req.id {
        Some(id) => {
            let change = OpportunityChange {
                contact_id: req.contact_id,
                name: req.name,
                value,
                currency,
                owner_id,
                deadline_at,
                expected_close,
                opened_at: req.opened_at,
            };
            opportunities::update(&mut tx, scope, id, change).await?;
            if let Some(stage) = req.stage_id {
                opportunities::move_to(&mut tx, scope, id, stage, None).await?;
            }
            id
        }
        None => {
            let contact_id = req
                .contact_id
                .ok_or_else(|| needs_contact("An opportunity"))?;
            let new = NewOpportunity {
                contact_id,
                name: req.name.unwrap_or_default(),
                value: value.over(None),
                currency: currency.unwrap_or(reporting),
                stage_id: req.stage_id,
                owner_id: owner_id.over(scope.actor),
                deadline_at: deadline_at.over(None),
                expected_close: expected_close.over(None),
                opened_at: req.opened_at,
                external_id: None,
            };
            opportunities::create(&mut tx, scope, new).await?.id
        }
    };
    let saved = opportunities::card(&mut tx, scope.workspace, id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Opportunities]);
    Ok(card(saved))
}

fn stage(stage: Stage) -> StageRow {
    StageRow {
        id: stage.id,
        name: stage.name,
        probability: u32::try_from(stage.probability).unwrap_or_default(),
        outcome: stage.outcome.map(|o| o.to_string()),
    }
}

/// The stages of the pipeline in their order.
pub async fn list_stages(cx: &Context, _req: ListStages) -> Result<Vec<StageRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let stages = stages::list(&mut tx, scope.workspace).await?;
    Ok(stages.into_iter().map(stage).collect())
}

/// Makes a stage, or changes one.
///
/// # Errors
/// `InvalidInput` naming the field, `Conflict` for a name that is taken or when no open, won or
/// lost stage would remain, `NotFound`.
pub async fn save_stage(cx: &Context, req: SaveStage) -> Result<StageRow> {
    let scope = cx.scope()?;
    let fields = StageFields {
        name: req.name,
        probability: req.probability.map(i64::from),
        outcome: match req.outcome.as_deref() {
            None => Change::Keep,
            Some("" | "open") => Change::Clear,
            Some(word) => Change::To(word.parse()?),
        },
    };
    let mut tx = scope.write().await?;
    let saved = stages::save(&mut tx, scope, req.id, fields).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Opportunities]);
    Ok(stage(saved))
}

/// Puts the stages in order.
///
/// # Errors
/// `InvalidInput` when the list does not name every stage once.
pub async fn order_stages(cx: &Context, req: OrderStages) -> Result<Vec<StageRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let ordered = stages::order(&mut tx, scope, &req.ids).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Opportunities]);
    Ok(ordered.into_iter().map(stage).collect())
}

/// Removes a stage; its opportunities move to another one.
///
/// # Errors
/// `InvalidInput` when it has opportunities and nothing says where they go, `Conflict` when no
/// open, won or lost stage would remain, `NotFound`.
pub async fn remove_stage(cx: &Context, req: RemoveStage) -> Result<Vec<StageRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    stages::remove(&mut tx, scope, req.id, req.move_to).await?;
    let left = stages::list(&mut tx, scope.workspace).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Opportunities]);
    Ok(left.into_iter().map(stage).collect())
}

/// Moves an opportunity to another stage.
///
/// # Errors
/// `NotFound`.
pub async fn move_opportunity(cx: &Context, req: MoveOpportunity) -> Result<OpportunityCard> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let reason = req.lost_reason.as_deref();
    opportunities::move_to(&mut tx, scope, req.id, req.stage_id, reason).await?;
    let moved = opportunities::card(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Opportunities]);
    Ok(card(moved))
}

fn sale(row: sales::SaleRow) -> SaleRow {
    SaleRow {
        id: row.id,
        reference: row.reference,
        contact_id: row.contact_id,
        contact_name: row.contact_name,
        gross: row.gross_micros.to_text(row.currency),
        refunded: row.refunded_micros.to_text(row.currency),
        net: (row.gross_micros - row.refunded_micros).to_text(row.currency),
        cost: row.cost_micros.map(|cost| cost.to_text(row.currency)),
        currency: row.currency.to_string(),
        quantity: row.quantity.and_then(|n| u32::try_from(n).ok()),
        status: row.status.to_string(),
        occurred_at: row.occurred_at,
        completed_at: row.completed_at,
        campaign: row.campaign,
    }
}

/// Sales, newest first.
///
/// # Errors
/// `InvalidInput` for a status that does not exist or a cursor of another list.
pub async fn list_sales(cx: &Context, req: ListSales) -> Result<Page<SaleRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let filter = SaleFilter {
        contact: req.contact_id,
        status: req.status.as_deref().map(str::parse).transpose()?,
        without_cost: req.without_cost,
    };
    let page = sales::list(&mut tx, scope.workspace, &filter, &req.page).await?;
    Ok(page.map(sale))
}

/// Enters a sale by hand.
///
/// # Errors
/// `InvalidInput` naming the field, `NotFound`, `Conflict` for a reference that is taken.
pub async fn add_sale(cx: &Context, req: AddSale) -> Result<SaleRow> {
    let scope = cx.scope()?;
    let reporting = cx.workspace().await?.reporting_currency();
    let mut tx = scope.write().await?;
    let contact_id = match (req.contact_id, req.opportunity_id) {
        (Some(contact), _) => contact,
        (None, Some(opportunity)) => {
            opportunities::get(&mut tx, scope.workspace, opportunity)
                .await?
                .contact_id
        }
        (None, None) => return Err(needs_contact("A sale")),
    };
    let new = NewSale {
        contact_id,
        opportunity_id: req.opportunity_id,
        gross: amount("amount", &req.amount)?,
        currency: req.currency.as_deref().map_or(Ok(reporting), str::parse)?,
        cost: cost(req.cost.as_deref().unwrap_or_default())?,
        quantity: req.quantity.map(i64::from),
        reference: req.reference,
        pending: req.pending,
        at: req.completed_at,
        external_id: None,
    };
    let made = sales::create(&mut tx, scope, new).await?;
    let row = sales::row(&mut tx, scope.workspace, made.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Sales, CacheTag::Contacts]);
    Ok(sale(row))
}

/// Completes or cancels a pending sale.
///
/// # Errors
/// `Conflict` when it is not pending, `InvalidInput` for another status, `NotFound`.
pub async fn set_sale_status(cx: &Context, req: SetSaleStatus) -> Result<SaleRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    match req.status.as_str() {
        "completed" => sales::complete(&mut tx, scope, req.id, None).await?,
        "cancelled" => sales::cancel(&mut tx, scope, req.id).await?,
        other => {
            return Err(Error::new(
                Code::InvalidInput,
                format!("A sale cannot be set to \"{other}\". Use completed or cancelled."),
            )
            .reason(Reason::ValueUnknown)
            .param("value", other)
            .param("choices", "completed, cancelled")
            .field("status"));
        }
    };
    let row = sales::row(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Sales, CacheTag::Contacts]);
    Ok(sale(row))
}

/// Says what a sale cost the business, or that it is not known.
///
/// # Errors
/// `InvalidInput` for an amount that cannot be kept, `NotFound`.
pub async fn set_sale_cost(cx: &Context, req: SetSaleCost) -> Result<SaleRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    sales::set_cost(&mut tx, scope, req.id, cost(&req.cost)?).await?;
    let row = sales::row(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Sales]);
    Ok(sale(row))
}

/// Gives money back, all or a part.
///
/// # Errors
/// `Conflict` when the sale is not completed, `InvalidInput` when more is given back than is left.
pub async fn refund_sale(cx: &Context, req: RefundSale) -> Result<SaleRow> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let back = amount("amount", &req.amount)?;
    let reason = req.reason.as_deref();
    sales::refund(&mut tx, scope, req.id, back, req.refunded_at, reason).await?;
    let row = sales::row(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Sales, CacheTag::Contacts]);
    Ok(sale(row))
}

fn amount(field: &str, text: &str) -> Result<Micros> {
    Micros::parse(text).map_err(|e| e.field(field))
}

/// What a sale cost; of an empty text it is not known.
fn cost(text: &str) -> Result<Option<Micros>> {
    match text.trim() {
        "" => Ok(None),
        text => amount("cost", text).map(Some),
    }
}

fn needs_contact(what: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("{what} belongs to a contact. Say which."),
    )
    .reason(Reason::ContactNeeded)
    .field("contact_id")
}
