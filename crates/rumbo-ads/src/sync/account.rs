//! One account: itself, its objects, its days.

use std::collections::VecDeque;
use std::time::Duration;

use rumbo_base::{Error, Result};
use rumbo_meta::marketing;

use super::engine::Shared;
use super::failure::{Failure, Stop, Verdict};
use super::progress::{StepState, Trouble};
use super::report::SyncIssue;
use super::slices::Kind;
use super::{days, listings, pictures};
use crate::insights::AccountKey;
use crate::objects::{self, AdAccountRow};

/// How often something that passes by itself goes back into the queue. Each time the client has
/// already tried it several times over.
pub(super) const REQUEUES: u32 = 2;

/// Waits for limits in one account's sync, beyond those of the client, before it is left for the
/// next run.
pub(super) const WAITS: u32 = 8;

/// What is being synced.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub place: usize,
    pub row: &'a AdAccountRow,
    pub key: AccountKey,
    /// `act:N`, as slices name it.
    pub scope: String,
    /// `act_N`, as Graph paths name it.
    pub act: String,
}

impl<'a> Account<'a> {
    fn of(place: usize, row: &'a AdAccountRow) -> Result<Self> {
        Ok(Self {
            place,
            row,
            key: AccountKey {
                id: row.id,
                currency: row.currency()?,
            },
            scope: format!("act:{}", row.external_id),
            act: row.act(),
        })
    }
}

/// Reads an account. Returns the last failure of a part of it, if there was any.
pub(super) async fn sync(
    shared: &Shared<'_>,
    place: usize,
    row: &AdAccountRow,
) -> Result<Option<Error>, Stop> {
    let account = Account::of(place, row)?;
    refresh(shared, &account).await?;
    // Meta has answered by now, with its time.
    shared.graph.check_clock(shared.options.clock_tolerance)?;
    let mut last = None;
    let mut queue: VecDeque<(Kind, u32)> =
        [Kind::Campaigns, Kind::AdSets, Kind::Ads, Kind::Creatives]
            .map(|kind| (kind, 0))
            .into();
    let mut waits = 0;
    let mut read_days = false;
    loop {
        // What failed and may pass waits until the days are read.
        let due = queue.front().is_some_and(|(_, tries)| *tries == 0) || read_days;
        let next = if due { queue.pop_front() } else { None };
        let Some((kind, tries)) = next else {
            if read_days {
                break;
            }
            read_days = true;
            last = days::sync(shared, &account).await?.or(last);
            continue;
        };
        let Err(failure) = listings::sync(shared, &account, kind).await else {
            continue;
        };
        let verdict = failure.verdict();
        if let Verdict::Later(_) = &verdict
            && tries < REQUEUES
        {
            queue.push_back((kind, tries + 1));
            continue;
        }
        if let Verdict::Wait(wait, _) = &verdict
            && waits < WAITS
        {
            waits += 1;
            shared.cx.scope.clock.sleep(*wait).await;
            queue.push_front((kind, tries));
            continue;
        }
        let error = give_up(verdict)?;
        listings::failed(shared, &account, kind, &error).await?;
        last = Some(error);
    }
    if let Some(folder) = &shared.options.pictures {
        pictures::fetch(shared, &account, folder).await?;
    }
    Ok(last)
}

/// Reads the parts of an account's ad-days. What of them cannot be read is said, and leaves the
/// account as fresh as its ad-days are.
pub(super) async fn sync_parts(
    shared: &Shared<'_>,
    place: usize,
    row: &AdAccountRow,
) -> Result<()> {
    let account = Account::of(place, row)?;
    let state = shared.board.state(place);
    // What Meta refused of the account itself it refuses of its parts.
    if state == StepState::Failed {
        return Ok(());
    }
    shared
        .board
        .account(place, |account| account.state = StepState::Running);
    for breakdown in &shared.options.breakdowns {
        match days::sync_parts(shared, &account, *breakdown).await {
            Ok(_) => {}
            Err(Stop::Account(error)) => {
                let kind = Kind::from(*breakdown);
                shared.board.kind(place, kind, |progress| {
                    progress.state = StepState::Failed;
                    progress.error = Some((&error).into());
                });
                shared.issue(SyncIssue::new(&account.scope, Some(kind), None, &error));
                break;
            }
            Err(Stop::Run(error)) => {
                shared.board.account(place, |account| {
                    account.state = StepState::Failed;
                    account.error = Some(Trouble::from(&error));
                });
                return Err(error);
            }
        }
    }
    shared.board.account(place, |account| account.state = state);
    Ok(())
}

/// The failure of a read that is not tried again in this run, unless it ends more than the read.
pub(super) fn give_up(verdict: Verdict) -> Result<Error, Stop> {
    match verdict {
        Verdict::StopRun(error) => Err(Stop::Run(error)),
        Verdict::StopAccount(error) => Err(Stop::Account(error)),
        Verdict::Wait(wait, error) => Ok(error.retry_after(wait)),
        Verdict::Later(error) | Verdict::Smaller(error) | Verdict::GiveUp(error) => Ok(error),
    }
}

/// Name, state, totals and zone of the account itself.
async fn refresh(shared: &Shared<'_>, account: &Account<'_>) -> Result<(), Stop> {
    let mut tries = 0;
    loop {
        let failure = match marketing::ad_account(&shared.graph, &account.act).await {
            Ok(found) => {
                let mut tx = shared.cx.scope.write().await?;
                let counts = objects::refresh_account(&mut tx, &shared.cx.scope, &found).await?;
                tx.commit().await?;
                shared.add_objects(counts);
                return Ok(());
            }
            Err(error) => Failure::from(error),
        };
        tries += 1;
        match failure.verdict() {
            Verdict::Wait(wait, _) if tries <= WAITS => shared.cx.scope.clock.sleep(wait).await,
            Verdict::Later(_) if tries <= REQUEUES => {
                shared.cx.scope.clock.sleep(Duration::from_secs(10)).await;
            }
            Verdict::StopRun(error) => return Err(Stop::Run(error)),
            // Only its name and totals stay as they were.
            Verdict::GiveUp(error) => {
                shared.issue(SyncIssue::new(&account.scope, None, None, &error));
                return Ok(());
            }
            verdict => return Err(Stop::Account(give_up(verdict)?)),
        }
    }
}

/// Marks the account with how its sync ended. Only what ends the whole run is returned.
pub(super) async fn conclude(
    shared: &Shared<'_>,
    place: usize,
    row: &AdAccountRow,
    ended: Result<Option<Error>, Stop>,
) -> Result<()> {
    let scope = &shared.cx.scope;
    let (error, stops) = match ended {
        Ok(last) => (last, false),
        Err(Stop::Account(error)) => {
            shared.issue(SyncIssue::new(
                &format!("act:{}", row.external_id),
                None,
                None,
                &error,
            ));
            (Some(error), false)
        }
        Err(Stop::Run(error)) => (Some(error), true),
    };
    shared.board.account(place, |account| {
        account.state = if error.is_some() {
            StepState::Failed
        } else {
            StepState::Done
        };
        account.error = error.as_ref().map(Trouble::from);
    });
    if stops {
        return Err(error.unwrap_or_else(|| Error::internal("a stop without a reason")));
    }
    let synced_at = error.is_none().then(|| scope.now());
    let mut tx = scope.write().await?;
    objects::mark_account(&mut tx, scope, row.id, synced_at, error.as_ref()).await?;
    tx.commit().await?;
    if error.is_none() {
        shared.account_done();
    }
    Ok(())
}
