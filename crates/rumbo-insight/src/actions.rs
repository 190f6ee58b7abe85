//! What Meta told of actions, and which of them are counted.

use chrono::{DateTime, Utc};
use rumbo_ads::action_map::{ActionMap, ActionTally, ToldEvent, ToldType};
use rumbo_ads::insights::ToldActions;
use rumbo_base::{AdAccountId, DateRange, Result};
use rumbo_platform::Scope;

use crate::read::delivered::ad_days;
use crate::read::place::{Account, Place};
use crate::read::spread::{Apart, Reader};

/// What is asked.
#[derive(Clone, Debug)]
pub struct ActionsRequest {
    pub range: DateRange,
    /// Only these ad accounts; all when empty.
    pub accounts: Vec<AdAccountId>,
    /// What was known at this moment; what is known now without one. It is counted by the present
    /// map either way, as all history is.
    pub as_of: Option<DateTime<Utc>>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct ActionsReport {
    pub map: ActionMap,
    /// By kind, the widest of each event first.
    pub types: Vec<ToldType>,
    /// Leads and purchases.
    pub events: [ToldEvent; 2],
    /// The ad accounts that were asked about: id and name.
    pub accounts: Vec<(AdAccountId, String)>,
}

/// Every action type of a period, what the map takes of it, and which types are the same events.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn told_actions(scope: &Scope, request: ActionsRequest) -> Result<ActionsReport> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: ActionsRequest) -> Result<ActionsReport> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, request.as_of).await?;
    let map = ActionMap::load(&mut tx, scope.workspace).await?;
    let asked =
        |account: &&Account| request.accounts.is_empty() || request.accounts.contains(&account.id);
    let accounts: Vec<&Account> = place.accounts.iter().filter(asked).collect();
    let tally = Tally(ActionTally::new(&map));
    let Tally(tally) = ad_days::actions(&mut tx, &place, &accounts, request.range, tally).await?;
    let (types, events) = tally.finish();
    Ok(ActionsReport {
        map,
        types,
        events,
        accounts: accounts
            .iter()
            .map(|account| (account.id, account.name.clone()))
            .collect(),
    })
}

/// Takes what Meta told of every ad-day.
struct Tally(ActionTally);

impl Reader<ToldActions<'_>> for Tally {
    fn row(&mut self, told: &ToldActions<'_>) -> Result<()> {
        self.0.add(told)
    }
}

impl Apart for Tally {
    fn apart(&self) -> Option<Self> {
        Some(Self(self.0.apart()))
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.0.join(other.0)
    }
}
