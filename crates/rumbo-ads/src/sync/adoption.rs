//! Accounts that came by file, and turn out to be ones that Meta shows.
//!
//! An export is often imported before anybody signs in, and does not say the number of its ad
//! account. Left apart, the account of the file and Meta's would hold the same campaigns: twice
//! where the file names them, and not at all where it has their ids, of which each is one object.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rumbo_base::{AdAccountId, Result};
use rumbo_meta::marketing;
use rumbo_meta::objects::Campaign;
use rumbo_platform::table_file::fold;

use super::account::{REQUEUES, WAITS};
use super::engine::Shared;
use super::failure::Verdict;
use super::fields::{Asked, List};
use super::slices::Kind;
use crate::import::place::campaigns_of;
use crate::objects::{self, AdAccountRow};

/// The campaigns that Meta lists of an account.
struct Listed {
    ids: BTreeSet<String>,
    names: BTreeSet<String>,
}

/// Makes each account of files the selected one that it is, if nothing was read of that yet: the
/// one with its name, else the only one with its campaigns. Gives the accounts as they are then.
pub(super) async fn settle(
    shared: &Shared<'_>,
    accounts: &[AdAccountRow],
) -> Result<Vec<AdAccountRow>> {
    let scope = &shared.cx.scope;
    let mut tx = scope.read().await?;
    let stored = objects::accounts(&mut tx, scope.workspace).await?;
    let files: Vec<&AdAccountRow> = stored.iter().filter(|row| row.of_file()).collect();
    if files.is_empty() {
        return Ok(accounts.to_vec());
    }
    let mut bare: BTreeSet<AdAccountId> = objects::bare_accounts(&mut tx, scope.workspace)
        .await?
        .into_iter()
        .collect();
    let mut held: Vec<Vec<(String, String)>> = Vec::with_capacity(files.len());
    for file in &files {
        held.push(campaigns_of(&mut tx, scope.workspace, file.id).await?);
    }
    drop(tx);
    let mut listings: BTreeMap<AdAccountId, Listed> = BTreeMap::new();
    for (file, held) in files.into_iter().zip(held) {
        let mut fitting: Vec<&AdAccountRow> = Vec::new();
        for row in accounts.iter().filter(|row| bare.contains(&row.id)) {
            if row.currency()? == file.currency()? {
                fitting.push(row);
            }
        }
        let namesake = only(
            fitting
                .iter()
                .filter(|row| fold(&row.name) == fold(&file.name)),
        );
        let own = match namesake {
            Some(own) => Some(*own),
            None => by_campaigns(shared, &held, &fitting, &mut listings).await?,
        };
        let Some(own) = own else { continue };
        let mut tx = scope.write().await?;
        objects::adopt(&mut tx, scope, file, own).await?;
        tx.commit().await?;
        bare.remove(&own.id);
    }
    let mut tx = scope.read().await?;
    let mut now: BTreeMap<String, AdAccountRow> = objects::accounts(&mut tx, scope.workspace)
        .await?
        .into_iter()
        .map(|row| (row.external_id.clone(), row))
        .collect();
    // In the order that progress shows them in.
    Ok(accounts
        .iter()
        .filter_map(|row| now.remove(&row.external_id))
        .collect())
}

/// The only account that lists one of these campaigns by its id at Meta; else the only one that
/// has campaigns of all their names.
async fn by_campaigns<'a>(
    shared: &Shared<'_>,
    held: &[(String, String)],
    fitting: &[&'a AdAccountRow],
    listings: &mut BTreeMap<AdAccountId, Listed>,
) -> Result<Option<&'a AdAccountRow>> {
    if held.is_empty() {
        return Ok(None);
    }
    for row in fitting {
        if !listings.contains_key(&row.id)
            && let Some(listed) = list(shared, row).await?
        {
            listings.insert(row.id, listed);
        }
    }
    let which = |fits: &dyn Fn(&Listed) -> bool| {
        only(
            fitting
                .iter()
                .filter(|row| listings.get(&row.id).is_some_and(fits)),
        )
        .copied()
    };
    let by_id = which(&|listed| held.iter().any(|(id, _)| listed.ids.contains(id)));
    let by_name = || {
        which(&|listed| {
            held.iter()
                .all(|(_, name)| listed.names.contains(&fold(name)))
        })
    };
    Ok(by_id.or_else(by_name))
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Asks Meta for the campaigns of an account. `None` where it does not tell them: what becomes of
/// that account is said when it is read.
async fn list(shared: &Shared<'_>, row: &AdAccountRow) -> Result<Option<Listed>> {
    let (scope, act) = (format!("act:{}", row.external_id), row.act());
    let mut tries = 0;
    loop {
        let make = || marketing::campaigns(&shared.graph, &act, None);
        let mut pages = List::new(shared, Asked::Of(Kind::Campaigns), &scope, make);
        let failure = match pages.collect::<Campaign>().await {
            Ok(campaigns) => {
                return Ok(Some(Listed {
                    names: campaigns
                        .iter()
                        .filter_map(|campaign| campaign.name.as_deref().map(fold))
                        .collect(),
                    ids: campaigns.into_iter().map(|campaign| campaign.id).collect(),
                }));
            }
            Err(failure) => failure,
        };
        tries += 1;
        match failure.verdict() {
            Verdict::Wait(wait, _) if tries <= WAITS => shared.cx.scope.clock.sleep(wait).await,
            Verdict::Later(_) if tries <= REQUEUES => {
                shared.cx.scope.clock.sleep(Duration::from_secs(10)).await;
            }
            Verdict::StopAccount(_) | Verdict::GiveUp(_) => return Ok(None),
            verdict => return Err(verdict.error()),
        }
    }
}
