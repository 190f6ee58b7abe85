//! What Meta told of actions, and which of them are counted.

use chrono::{DateTime, Utc};
use rumbo_ads::action_map::{ActionMap, ActionTally, ToldEvent, ToldType};
use rumbo_ads::insights::each_actions;
use rumbo_base::{AdAccountId, DateRange, Result};
use rumbo_platform::Scope;

use crate::read::place::Place;

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
    let run = place.moment.map(|moment| moment.run);
    let mut tally = ActionTally::new(&map);
    let mut accounts = Vec::new();
    for account in &place.accounts {
        if !request.accounts.is_empty() && !request.accounts.contains(&account.id) {
            continue;
        }
        let (workspace, range) = (scope.workspace, request.range);
        each_actions(&mut tx, workspace, account.id, range, run, |told| {
            tally.add(account.id, told);
            Ok(())
        })
        .await?;
        accounts.push((account.id, account.name.clone()));
    }
    let (types, events) = tally.finish();
    Ok(ActionsReport {
        map,
        types,
        events,
        accounts,
    })
}
