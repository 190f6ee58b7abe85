//! A sync under way: one for each workspace, in this program and in any other on the same data.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{Days, Months};
use rumbo_ads::runs::RunState;
use rumbo_ads::sync::plan::{HISTORY_MONTHS, PART_MONTHS, RESTATEMENT_DAYS};
use rumbo_ads::sync::{PageAccess, RunReport, SyncContext, SyncOptions, SyncProgress as Inside};
use rumbo_base::{CacheTag, Code, Error, Reason, Result, WorkspaceId};
use rumbo_meta::graph::{CLOCK_TOLERANCE, GraphClient};
use rumbo_meta::scopes::Feature;
use rumbo_platform::connections;
use rumbo_platform::workspaces::Workspace;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::leads::IntoCrm;
use super::progress::{Frame, shown};
use crate::connection;
use crate::state::not_writable;
use crate::wire::{CoreEvent, PacePoint, StartSync, SyncProgress, SyncState, WireError};
use crate::{Context, dashboard};

/// Open views are told this often at most.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// Figures on screen follow a running sync this often.
const REFRESH_EVERY: Duration = Duration::from_secs(5);

/// The syncs of this program, by workspace.
#[derive(Debug, Default)]
pub(crate) struct Syncs(Mutex<HashMap<WorkspaceId, Slot>>);

#[derive(Debug)]
struct Slot {
    cancel: CancellationToken,
    progress: watch::Receiver<SyncProgress>,
}

impl Syncs {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, Slot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn cancel(&self, workspace: WorkspaceId) {
        if let Some(slot) = self.lock().get(&workspace) {
            slot.cancel.cancel();
        }
    }

    pub(super) fn progress(&self, workspace: WorkspaceId) -> Option<SyncProgress> {
        self.lock()
            .get(&workspace)
            .map(|slot| slot.progress.borrow().clone())
    }

    pub(crate) fn is_running(&self, workspace: WorkspaceId) -> bool {
        self.progress(workspace)
            .is_some_and(|progress| progress.finished_at.is_none())
    }

    pub(super) async fn wait(&self, workspace: WorkspaceId) -> Option<SyncProgress> {
        let mut progress = self
            .lock()
            .get(&workspace)
            .map(|slot| slot.progress.clone())?;
        loop {
            let now = progress.borrow_and_update().clone();
            if now.finished_at.is_some() || progress.changed().await.is_err() {
                return Some(now);
            }
        }
    }

    /// Stops every sync, and waits until each has let go.
    pub(crate) async fn stop_all(&self) {
        let running: Vec<WorkspaceId> = self.lock().keys().copied().collect();
        for workspace in running {
            self.cancel(workspace);
            self.wait(workspace).await;
        }
    }
}

/// The file that says who syncs a workspace.
pub(crate) fn lock_file(cx: &Context, workspace: WorkspaceId) -> PathBuf {
    let folder = &cx.app.0.config.data_dir;
    folder.join(format!("sync-{workspace}.lock"))
}

/// Holds the workspace against other programs on the same data. Let go when the file closes.
pub(crate) fn lock(cx: &Context, workspace: WorkspaceId) -> Result<File> {
    let path = lock_file(cx, workspace);
    let file = File::create(&path).map_err(|e| not_writable(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::new(
            Code::DataFolderBusy,
            "Another Rumbo is syncing this workspace. Wait until it has finished.",
        )
        .reason(Reason::SyncingElsewhere)),
        Err(std::fs::TryLockError::Error(error)) => Err(not_writable(&path, error)),
    }
}

/// How many months back a workspace's figures are read by parts. A sample that is shown for the
/// first time has to be there soon.
pub(crate) fn part_months(workspace: &Workspace) -> u32 {
    if workspace.sample { 3 } else { PART_MONTHS }
}

pub(super) async fn start(cx: &Context, req: StartSync, trigger: &str) -> Result<SyncProgress> {
    let scope = cx.scope()?.clone();
    let workspace = scope.workspace;
    if let Some(progress) = cx.app.0.syncs.progress(workspace)
        && progress.finished_at.is_none()
    {
        return Ok(progress);
    }
    let stored = cx.workspace().await?;
    let today = stored.timezone.day_of(scope.now());
    if let Some(since) = req.since.filter(|since| *since > today) {
        return Err(
            Error::new(Code::InvalidInput, "The sync cannot begin in the future.")
                .reason(Reason::DayInFuture)
                .param("day", since)
                .field("since"),
        );
    }
    let mut tx = scope.read().await?;
    let accounts = rumbo_ads::objects::accounts(&mut tx, workspace).await?;
    let first = rumbo_ads::runs::runs(&mut tx, workspace, 1)
        .await?
        .is_empty();
    let pages = connections::pages(&mut tx, workspace).await?;
    drop(tx);
    let leads = connection::is_on(cx, Feature::Leads).await?;
    // Without a sign-in there is nothing to choose: that comes first.
    connection::required(cx).await?;
    let mut currencies = BTreeMap::new();
    for account in accounts.iter().filter(|account| account.selected) {
        currencies.insert(account.external_id.clone(), account.currency()?.to_string());
    }
    if currencies.is_empty() {
        return Err(Error::new(
            Code::NotFound,
            "No ad account is selected. Choose the accounts to sync, then sync again.",
        )
        .reason(Reason::NoAccountSelected));
    }
    // A token that ends soon may end in the middle of the run.
    if let Err(error) = connection::renew_if_due(cx).await {
        tracing::warn!(error = error.chain(), "renewal before a sync");
    }
    let graph = connection::background_client(cx).await?;
    let held = lock(cx, workspace)?;
    let cancel = CancellationToken::new();
    let (tell, hear) = watch::channel(Inside::default());
    let frame = Frame {
        first,
        since: req.since.unwrap_or_else(|| {
            let back = if first || req.full {
                today.checked_sub_months(Months::new(HISTORY_MONTHS))
            } else {
                today.checked_sub_days(Days::new(RESTATEMENT_DAYS))
            };
            back.unwrap_or(today)
        }),
        until: today,
        started_at: scope.now(),
        finished_at: None,
        end: None,
        error: None,
        pace: Vec::new(),
        currencies,
    };
    let begun = shown(&Inside::default(), &frame, &graph, scope.now());
    let (publish, progress) = watch::channel(begun.clone());
    {
        let mut slots = cx.app.0.syncs.lock();
        if slots
            .get(&workspace)
            .is_some_and(|s| s.progress.borrow().finished_at.is_none())
        {
            return Ok(begun);
        }
        slots.insert(
            workspace,
            Slot {
                cancel: cancel.clone(),
                progress,
            },
        );
    }
    let options = SyncOptions {
        since: req.since,
        full: req.full,
        leads,
        breakdowns: stored.settings.breakdowns.clone(),
        part_months: part_months(&stored),
        trigger: trigger.to_owned(),
        pictures: Some(dashboard::pictures_folder(cx)?),
        // The sample's sandbox runs on this machine's own clock.
        clock_tolerance: (!stored.sample).then_some(CLOCK_TOLERANCE),
        ..SyncOptions::default()
    };
    let sync = SyncContext {
        scope: scope.clone(),
        graph: graph.clone(),
        pages: pages
            .into_iter()
            .filter(|page| page.selected && leads)
            .map(|page| PageAccess {
                id: page.id,
                external_id: page.external_id,
                name: page.name,
            })
            .collect(),
        leads: Arc::new(IntoCrm { scope }),
        progress: Some(tell),
        cancel,
    };
    let cx = cx.clone();
    tokio::spawn(async move {
        let last = hear.clone();
        let report = tokio::select! {
            biased;
            report = rumbo_ads::sync::run(&sync, &options) => report,
            never = follow(&cx, hear, frame.clone(), &graph, &publish) => match never {},
        };
        let pace = publish.borrow().pace.clone();
        let inside = last.borrow().clone();
        finish(
            &cx,
            report,
            &inside,
            Frame { pace, ..frame },
            &graph,
            &publish,
        )
        .await;
        drop(held);
    });
    Ok(begun)
}

/// Tells open views how the sync of this workspace stands.
fn tell(cx: &Context, progress: SyncProgress) {
    if let Ok(scope) = cx.scope() {
        cx.app.emit(CoreEvent::Sync {
            workspace: scope.workspace,
            progress: Box::new(progress),
        });
    }
}

/// Passes the engine's progress on for as long as it is polled, and lets open views refresh now and then.
async fn follow(
    cx: &Context,
    mut hear: watch::Receiver<Inside>,
    mut frame: Frame,
    graph: &GraphClient,
    publish: &watch::Sender<SyncProgress>,
) -> std::convert::Infallible {
    let clock = &cx.app.0.config.clock;
    let mut refreshed = clock.now();
    while hear.changed().await.is_ok() {
        let inside = hear.borrow_and_update().clone();
        let now = clock.now();
        let progress = shown(&inside, &frame, graph, now);
        let due = frame
            .pace
            .last()
            .is_none_or(|last| now - last.at >= chrono::TimeDelta::seconds(10));
        if due && progress.rows_per_minute > 0 {
            frame.pace.push(PacePoint {
                at: now,
                rows_per_minute: progress.rows_per_minute,
            });
            if frame.pace.len() > 360 {
                frame.pace.remove(0);
            }
        }
        publish.send_replace(progress.clone());
        tell(cx, progress);
        if (now - refreshed)
            .to_std()
            .is_ok_and(|gone| gone >= REFRESH_EVERY)
        {
            refreshed = now;
            cx.changed(&[CacheTag::Insights, CacheTag::AdObjects, CacheTag::Contacts]);
        }
        clock.sleep(TELL_EVERY).await;
    }
    // The engine has told its last; the run ends on its own.
    std::future::pending().await
}

async fn finish(
    cx: &Context,
    report: Result<RunReport>,
    inside: &Inside,
    mut frame: Frame,
    graph: &GraphClient,
    publish: &watch::Sender<SyncProgress>,
) {
    // What is settled afterwards is not the run's own time, which its history has too.
    let ended = cx.app.0.config.clock.now();
    let outcome = match report {
        Ok(report) => {
            frame.end = Some(match report.state {
                RunState::Done => SyncState::Done,
                RunState::Partly => SyncState::Partly,
                RunState::Failed => SyncState::Failed,
                RunState::Cancelled => SyncState::Cancelled,
            });
            match (report.code, report.message) {
                (Some(code), message) => {
                    let mut error =
                        Error::new(code, message.unwrap_or_default()).reason(report.reason);
                    for (name, value) in report.params {
                        error = error.param(name, value);
                    }
                    Err(match report.retry_after {
                        Some(wait) => error.retry_after(wait),
                        None => error,
                    })
                }
                (None, _) => Ok(()),
            }
        }
        Err(error) => {
            frame.end = Some(SyncState::Failed);
            Err(error)
        }
    };
    cx.app.heard(&outcome);
    if let Err(error) = &outcome {
        tracing::warn!(error = error.chain(), "sync");
        frame.error = Some(WireError::from(error));
    }
    let settled = async {
        connection::after_sync(cx, &outcome).await?;
        crate::sample::fill_crm(cx).await?;
        rumbo_insight::pack_days(cx.scope()?).await
    };
    if let Err(error) = settled.await {
        tracing::warn!(error = error.chain(), "after the sync");
    }
    frame.finished_at = Some(ended);
    let finished = Inside {
        waiting_until: None,
        time_left: None,
        finished: true,
        ..inside.clone()
    };
    let progress = shown(&finished, &frame, graph, cx.app.0.config.clock.now());
    publish.send_replace(progress.clone());
    tell(cx, progress);
    cx.changed(&[
        CacheTag::Insights,
        CacheTag::AdObjects,
        CacheTag::AdAccounts,
        CacheTag::Contacts,
        CacheTag::Opportunities,
        CacheTag::Sales,
        CacheTag::SyncRuns,
        CacheTag::Reach,
        CacheTag::Connection,
    ]);
    // What was asked while the sync ran.
    if outcome.is_ok()
        && let Err(error) = crate::reach::ask_if_due(cx).await
    {
        tracing::warn!(error = error.chain(), "questions after the sync");
    }
}
