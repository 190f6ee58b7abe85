//! What the rest of a bulk send comes to once its template is of another category.

use rumbo_base::{BulkSendId, Code, Currency, DispatchId, Error, Micros, Reason, Result};
use rumbo_db::Tx;
use rumbo_platform::{Scope, workspaces};

use super::store;
use crate::outbox::{self, Purpose, State};

/// What is left of a bulk send, by the category that its template has now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    pub category: Purpose,
    /// Whom it has not left to.
    pub people: i64,
    /// What these come to, as far as prices are known.
    pub cost: Option<Micros>,
    pub currency: Option<Currency>,
    /// What is left of the budget; `None` without one.
    pub budget_left: Option<Micros>,
    /// For how many of them the budget suffices.
    pub fits: i64,
}

impl Rest {
    /// The budget does not suffice for all of it.
    pub(super) fn short(&self) -> Error {
        let amount = |of: Option<Micros>| match (of, self.currency) {
            (Some(of), Some(currency)) => of.to_text(currency),
            _ => String::new(),
        };
        let currency = self.currency.map(|it| it.to_string()).unwrap_or_default();
        let (cost, left) = (amount(self.cost), amount(self.budget_left));
        Error::new(
            Code::Conflict,
            format!(
                "The template is of the category {} now: what is left costs {cost} {currency}, and {left} {currency} is \
                 left of the budget, enough for {} of {} people. Go on within the budget, or withdraw the rest.",
                self.category.word(),
                self.fits,
                self.people
            ),
        )
        .reason(Reason::BudgetShort)
        .param("category", self.category.word())
        .param("cost", cost)
        .param("left", left)
        .param("currency", currency)
        .param("fits", self.fits)
        .param("people", self.people)
    }
}

/// What is left of a bulk send that waits because its template is of another category; `None` where
/// nothing waits for that.
///
/// # Errors
/// `NotFound`.
pub async fn rest(tx: &mut Tx, scope: &Scope, id: BulkSendId) -> Result<Option<Rest>> {
    Ok(work_out(tx, scope, id).await?.map(|(rest, _)| rest))
}

/// The same, and the messages for which the budget does not suffice, the first planned going first.
pub(super) async fn work_out(
    tx: &mut Tx,
    scope: &Scope,
    id: BulkSendId,
) -> Result<Option<(Rest, Vec<DispatchId>)>> {
    let bulk = store::get(tx, scope, id).await?;
    let Some(category) = store::recategorised(tx, scope, id).await? else {
        return Ok(None);
    };
    let prices = outbox::sender(tx, scope.workspace, bulk.channel_id)
        .await?
        .prices;
    let zone = workspaces::find(tx, scope.workspace)
        .await?
        .ok_or_else(|| outbox::gone("workspace"))?
        .timezone;
    let today = zone.day_of(scope.now());
    let listed =
        |purpose, address: &str| prices.of(purpose, address, today).map(|(price, _)| price.0);
    let currency = prices.currency();
    let mut left = bulk.stored.budget_micros;
    let mut waiting = Vec::new();
    for one in store::spending(tx, scope, id).await? {
        if matches!(one.state, State::Planned | State::Held | State::Queued) {
            waiting.push(one);
            continue;
        }
        let same = one.currency == currency.map(|it| it.to_string());
        let spent = one
            .told
            .filter(|_| same)
            .or_else(|| listed(one.purpose, &one.address));
        if let (Some(left), Some(spent)) = (left.as_mut(), spent) {
            *left = left.saturating_sub(spent);
        }
    }
    let mut rest = Rest {
        category,
        people: i64::try_from(waiting.len()).unwrap_or(i64::MAX),
        cost: None,
        currency,
        budget_left: left.map(|left| Micros(left.max(0))),
        fits: 0,
    };
    let mut beyond = Vec::new();
    for one in &waiting {
        let price = listed(category, &one.address);
        if let Some(price) = price {
            let cost = rest.cost.map_or(0, |cost| cost.0).saturating_add(price);
            rest.cost = Some(Micros(cost));
        }
        match (left.as_mut(), price) {
            (Some(left), Some(price)) if price > *left => beyond.push(one.id),
            (Some(left), Some(price)) => {
                *left -= price;
                rest.fits += 1;
            }
            _ => rest.fits += 1,
        }
    }
    Ok(Some((rest, beyond)))
}
