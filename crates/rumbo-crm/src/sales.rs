//! Sales, their refunds, and what may become of them.

mod list;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, SubsecRound as _, Utc};
use rumbo_base::{
    Code, ContactId, Currency, Error, Micros, OpportunityId, Reason, Result, SaleId, TimeZone,
    TouchpointId, WorkspaceId,
};
use rumbo_db::Tx;
use rumbo_platform::{Scope, workspaces};

use crate::contacts;
use crate::credit;
use crate::input::{coins, happened, invalid, not_found, short_text};
use crate::opportunities;
use crate::words::words;

pub use list::{STATEMENTS as LIST_STATEMENTS, SaleFilter, SaleRow, list, row};
pub use store::{DIALECT_STATEMENTS, STATEMENTS};
pub(crate) use store::{
    Refund, insert, insert_refunds, make_customers, next_reference, refunds_of, with_external_ids,
    with_ids, write, write_refund,
};

words! {
    /// What became of a sale.
    pub enum SaleStatus("status") {
        /// Agreed, and not paid yet.
        Pending = "pending",
        /// Paid; a part may have been given back.
        Completed = "completed",
        /// Paid and all given back.
        Refunded = "refunded",
        /// Never came about.
        Cancelled = "cancelled",
    }
}

/// A sale as stored. Net is gross less refunded.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Sale {
    pub id: SaleId,
    /// The number it goes by, such as `S-000123`.
    pub reference: String,
    pub contact_id: ContactId,
    pub opportunity_id: Option<OpportunityId>,
    pub gross_micros: Micros,
    pub refunded_micros: Micros,
    /// `None` while it is not known.
    pub cost_micros: Option<Micros>,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    #[sqlx(try_from = "String")]
    pub status: SaleStatus,
    pub quantity: Option<i64>,
    /// When it was agreed.
    pub occurred_at: DateTime<Utc>,
    /// When it was paid; set while it is completed or refunded.
    pub completed_at: Option<DateTime<Utc>>,
    /// When money was last given back.
    pub refunded_at: Option<DateTime<Utc>>,
    /// The credited touchpoint: see [`credit`].
    pub touchpoint_id: Option<TouchpointId>,
    /// Where the credit goes, such as `META_ADS`.
    pub attribution_source: String,
    pub external_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A sale to enter.
#[derive(Clone, Debug)]
pub struct NewSale {
    pub contact_id: ContactId,
    /// Of the same contact.
    pub opportunity_id: Option<OpportunityId>,
    pub gross: Micros,
    pub currency: Currency,
    pub cost: Option<Micros>,
    pub quantity: Option<i64>,
    /// The next `S-` number when absent; unique otherwise.
    pub reference: Option<String>,
    /// Agreed, and not paid yet.
    pub pending: bool,
    /// When it was agreed, and paid unless pending; now when absent.
    pub at: Option<DateTime<Utc>>,
    /// Unique in the workspace.
    pub external_id: Option<String>,
}

/// Enters a sale. A completed one makes its contact a customer.
///
/// # Errors
/// `InvalidInput` for an amount that cannot be kept, a time to come or an opportunity of another
/// contact, `NotFound`, `Conflict` for a reference or external id that is taken.
pub async fn create(tx: &mut Tx, scope: &Scope, new: NewSale) -> Result<Sale> {
    let contact = contacts::get(tx, scope.workspace, new.contact_id).await?;
    if let Some(id) = new.opportunity_id {
        let opportunity = opportunities::get(tx, scope.workspace, id).await?;
        if opportunity.contact_id != contact.id {
            return Err(invalid(
                "opportunity_id",
                Reason::OpportunityOfAnother,
                format!(
                    "\"{}\" is an opportunity of another contact.",
                    opportunity.name
                ),
            )
            .param("name", &opportunity.name));
        }
    }
    let reference = match new.reference.as_deref() {
        Some(text) => short_text("reference", text, 100)?,
        None => None,
    };
    let reference = match reference {
        Some(reference) => {
            if store::reference_taken(tx, scope.workspace, &reference).await? {
                return Err(Error::new(
                    Code::Conflict,
                    format!("There is a sale {reference} already. Enter another reference."),
                )
                .reason(Reason::ReferenceTaken)
                .param("reference", reference)
                .field("reference"));
            }
            reference
        }
        None => reference_text(next_reference(tx, scope.workspace).await?),
    };
    let now = scope.now();
    let at = new.at.unwrap_or(now).trunc_subsecs(6);
    let sale = Sale {
        id: scope.id(),
        reference,
        contact_id: contact.id,
        opportunity_id: new.opportunity_id,
        gross_micros: new.gross,
        refunded_micros: Micros::ZERO,
        cost_micros: new.cost,
        currency: new.currency,
        status: if new.pending {
            SaleStatus::Pending
        } else {
            SaleStatus::Completed
        },
        quantity: new.quantity,
        occurred_at: at,
        completed_at: (!new.pending).then_some(at),
        refunded_at: None,
        touchpoint_id: None,
        attribution_source: contact.lead_source,
        external_id: new.external_id,
        created_at: now,
        updated_at: now,
    };
    sale.check(now)?;
    insert(tx, scope, std::slice::from_ref(&sale)).await?;
    settle(tx, scope, &sale).await
}

/// Marks a pending sale as paid, now or at a time given.
///
/// # Errors
/// `Conflict` when it is not pending, `InvalidInput` for a time to come, `NotFound`.
pub async fn complete(
    tx: &mut Tx,
    scope: &Scope,
    id: SaleId,
    at: Option<DateTime<Utc>>,
) -> Result<Sale> {
    let mut sale = get(tx, scope.workspace, id).await?;
    sale.must_be(SaleStatus::Pending, "completed")?;
    sale.status = SaleStatus::Completed;
    sale.completed_at = Some(at.unwrap_or_else(|| scope.now()).trunc_subsecs(6));
    sale.check(scope.now())?;
    sale.updated_at = scope.now();
    write(tx, scope, &sale).await?;
    settle(tx, scope, &sale).await
}

/// Marks a pending sale as never come about.
///
/// # Errors
/// `Conflict` when it is not pending, `NotFound`.
pub async fn cancel(tx: &mut Tx, scope: &Scope, id: SaleId) -> Result<Sale> {
    let mut sale = get(tx, scope.workspace, id).await?;
    sale.must_be(SaleStatus::Pending, "cancelled")?;
    sale.status = SaleStatus::Cancelled;
    sale.updated_at = scope.now();
    write(tx, scope, &sale).await?;
    settle(tx, scope, &sale).await
}

/// Gives money back, all or a part, once or several times. When all is given back the sale is
/// refunded.
///
/// # Errors
/// `Conflict` when the sale is not completed, `InvalidInput` when the amount is zero or more than
/// is left, and for a time to come or a day before the sale's, `NotFound`.
pub async fn refund(
    tx: &mut Tx,
    scope: &Scope,
    id: SaleId,
    amount: Micros,
    at: Option<DateTime<Utc>>,
    reason: Option<&str>,
) -> Result<Sale> {
    let mut sale = get(tx, scope.workspace, id).await?;
    sale.must_be(SaleStatus::Completed, "refunded")?;
    coins("amount", amount, sale.currency)?;
    let left = sale.gross_micros - sale.refunded_micros;
    if amount <= Micros::ZERO || amount > left {
        return Err(invalid(
            "amount",
            Reason::RefundTooLarge,
            format!(
                "Up to {} {} of this sale can be given back.",
                left.to_text(sale.currency),
                sale.currency
            ),
        )
        .param("amount", left.to_text(sale.currency))
        .param("currency", sale.currency));
    }
    let at = at.unwrap_or_else(|| scope.now()).trunc_subsecs(6);
    let workspace = workspaces::find(tx, scope.workspace)
        .await?
        .ok_or_else(|| not_found("workspace"))?;
    sale.check_refund("refunded_at", at, scope.now(), workspace.timezone)?;
    let refund = Refund {
        id: scope.id(),
        sale_id: id,
        amount_micros: amount,
        refunded_at: at,
        reason: reason.map_or(Ok(None), |reason| short_text("reason", reason, 500))?,
        external_id: None,
    };
    insert_refunds(tx, scope, std::slice::from_ref(&refund)).await?;
    sale.refunded_micros = sale.refunded_micros.checked_add(amount)?;
    sale.refunded_at = sale.refunded_at.max(Some(at));
    if sale.refunded_micros == sale.gross_micros {
        sale.status = SaleStatus::Refunded;
    }
    sale.updated_at = scope.now();
    write(tx, scope, &sale).await?;
    settle(tx, scope, &sale).await
}

/// Says what a sale cost the business, in its own currency; `None` that it is not known.
///
/// # Errors
/// `InvalidInput` for an amount that cannot be kept, `NotFound`.
pub async fn set_cost(
    tx: &mut Tx,
    scope: &Scope,
    id: SaleId,
    cost: Option<Micros>,
) -> Result<Sale> {
    let mut sale = get(tx, scope.workspace, id).await?;
    if sale.cost_micros == cost {
        return Ok(sale);
    }
    sale.cost_micros = cost;
    sale.check_amounts()?;
    sale.updated_at = scope.now();
    write(tx, scope, &sale).await?;
    get(tx, scope.workspace, id).await
}

/// One sale.
///
/// # Errors
/// `NotFound`.
pub async fn get(tx: &mut Tx, workspace: WorkspaceId, id: SaleId) -> Result<Sale> {
    store::find(tx, workspace, id)
        .await?
        .ok_or_else(|| not_found("sale"))
}

/// After a write: the customer, the credit, and the sale as it now is.
async fn settle(tx: &mut Tx, scope: &Scope, sale: &Sale) -> Result<Sale> {
    make_customers(tx, scope, &[sale.contact_id]).await?;
    credit::recredit(tx, scope, &[sale.contact_id]).await?;
    get(tx, scope.workspace, sale.id).await
}

pub(crate) fn reference_text(number: i64) -> String {
    format!("S-{number:06}")
}

impl Sale {
    /// Refuses what no sale can be, as of `now`.
    pub(crate) fn check(&self, now: DateTime<Utc>) -> Result<()> {
        happened("occurred_at", self.occurred_at, now)?;
        self.completed_at
            .map_or(Ok(()), |at| happened("completed_at", at, now))?;
        self.check_amounts()
    }

    /// Refuses to give money back at a time to come, or on a day before that of the sale. Both are
    /// days of `zone`: where only a day is known, a refund of the same day stands at its beginning.
    pub(crate) fn check_refund(
        &self,
        field: &str,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
        zone: TimeZone,
    ) -> Result<()> {
        happened(field, at, now)?;
        let (day, sold) = (zone.day_of(at), zone.day_of(self.occurred_at));
        if day >= sold {
            return Ok(());
        }
        Err(invalid(
            field,
            Reason::RefundBeforeSale,
            format!("A refund of {day} would come before its sale of {sold}. Choose a later day."),
        )
        .param("day", day)
        .param("sold", sold))
    }

    fn check_amounts(&self) -> Result<()> {
        coins("amount", self.gross_micros, self.currency)?;
        if let Some(cost) = self.cost_micros {
            coins("cost", cost, self.currency)?;
        }
        if self.quantity.is_some_and(|quantity| quantity < 0) {
            return Err(invalid(
                "quantity",
                Reason::QuantityNegative,
                "A quantity cannot be negative.",
            ));
        }
        Ok(())
    }

    fn must_be(&self, needed: SaleStatus, wanted: &str) -> Result<()> {
        if self.status == needed {
            return Ok(());
        }
        Err(Error::new(
            Code::Conflict,
            format!(
                "Sale {} is {}. Only a {needed} sale can be {wanted}.",
                self.reference, self.status
            ),
        )
        .reason(Reason::SaleStatusUnfit)
        .param("reference", &self.reference)
        .param("status", self.status)
        .param("needed", needed)
        .field("status"))
    }
}
