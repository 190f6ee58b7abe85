//! Opportunities and sales.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ContactId, OpportunityId, SaleId, StageId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for the pipeline board.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetBoard {
    /// Part of an opportunity's or contact's name.
    pub search: Option<String>,
}

/// The pipeline by stage.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Board {
    pub columns: Vec<BoardColumn>,
}

/// One stage with its opportunities.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct BoardColumn {
    pub stage_id: StageId,
    pub name: String,
    /// 0 to 100.
    pub probability: u32,
    /// `won`, `lost` or null.
    pub outcome: Option<String>,
    pub count: u32,
    pub totals: Vec<CurrencyAmount>,
    /// The newest 200.
    pub cards: Vec<OpportunityCard>,
}

/// An amount in a currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CurrencyAmount {
    pub currency: String,
    pub amount: String,
}

/// One opportunity on the board.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OpportunityCard {
    pub id: OpportunityId,
    pub name: String,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub value: Option<String>,
    pub currency: String,
    pub state: String,
    pub deadline_at: Option<DateTime<Utc>>,
    pub expected_close: Option<NaiveDate>,
    pub opened_at: DateTime<Utc>,
    pub owner: Option<super::Owner>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// The campaign it is credited to.
    pub campaign: Option<String>,
}

/// Makes a stage, or changes one when `id` is given. Absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct SaveStage {
    pub id: Option<StageId>,
    /// Unique in the workspace.
    pub name: Option<String>,
    /// 0 to 100. A stage that means won has 100 and one that means lost 0.
    pub probability: Option<u32>,
    /// `won`, `lost` or `open`.
    pub outcome: Option<String>,
}

/// Puts the stages in order.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct OrderStages {
    /// Every stage once.
    pub ids: Vec<StageId>,
}

/// Removes a stage.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveStage {
    pub id: StageId,
    /// The stage that its opportunities move to. Needed when it has any.
    pub move_to: Option<StageId>,
}

/// Asks for the stages.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListStages {}

/// A stage of the pipeline.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct StageRow {
    pub id: StageId,
    pub name: String,
    /// 0 to 100.
    pub probability: u32,
    /// `won`, `lost` or null.
    pub outcome: Option<String>,
}

/// Makes an opportunity, or changes one when `id` is given. Absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct SaveOpportunity {
    pub id: Option<OpportunityId>,
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    /// An empty text takes it away: what it is worth is then not known.
    pub value: Option<String>,
    pub currency: Option<String>,
    pub stage_id: Option<StageId>,
    /// Who looks after it: the id of a member. An empty text takes the owner away. A new one
    /// belongs to whoever makes it when absent.
    pub owner_id: Option<String>,
    /// `YYYY-MM-DD`. An empty text takes it away.
    pub expected_close: Option<String>,
    /// An instant. An empty text takes it away.
    pub deadline_at: Option<String>,
    pub opened_at: Option<DateTime<Utc>>,
}

/// Moves an opportunity to another stage.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct MoveOpportunity {
    pub id: OpportunityId,
    pub stage_id: StageId,
    /// Why, when the stage means lost.
    pub lost_reason: Option<String>,
}

/// Enters a sale by hand.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AddSale {
    pub contact_id: Option<ContactId>,
    pub opportunity_id: Option<OpportunityId>,
    pub amount: String,
    pub currency: Option<String>,
    /// Made up when absent.
    pub reference: Option<String>,
    /// Now when absent.
    pub completed_at: Option<DateTime<Utc>>,
    /// A sale that is agreed and not paid yet.
    pub pending: bool,
    /// What it cost the business, in the same currency.
    #[serde(default)]
    pub cost: Option<String>,
    #[serde(default)]
    pub quantity: Option<u32>,
}

/// Completes or cancels a pending sale.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SetSaleStatus {
    pub id: SaleId,
    /// `completed` or `cancelled`.
    pub status: String,
}

/// Says what a sale cost the business.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SetSaleCost {
    pub id: SaleId,
    /// In the sale's currency. An empty text takes it away: what it cost is then not known.
    pub cost: String,
}

/// Gives money back, all or a part.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RefundSale {
    pub id: SaleId,
    pub amount: String,
    pub refunded_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

/// Asks for sales, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListSales {
    pub contact_id: Option<ContactId>,
    /// `pending`, `completed`, `refunded` or `cancelled`; any when absent.
    pub status: Option<String>,
    /// Only sales of which it is not known what they cost; none that were cancelled.
    #[serde(default)]
    pub without_cost: bool,
    pub page: super::PageRequest,
}

/// One sale.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SaleRow {
    pub id: SaleId,
    pub reference: String,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub gross: String,
    pub refunded: String,
    pub net: String,
    /// What it cost the business; null while it is not known.
    pub cost: Option<String>,
    pub currency: String,
    pub quantity: Option<u32>,
    /// `pending`, `completed`, `refunded` or `cancelled`.
    pub status: String,
    /// When it was agreed.
    pub occurred_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    /// The campaign it is credited to.
    pub campaign: Option<String>,
}
