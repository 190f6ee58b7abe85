//! The sync of a workspace: started by a person, by the clock, or after sleep.

mod leads;
mod progress;
mod running;

use std::time::Duration;

use chrono::{DateTime, Utc};
use rumbo_ads::runs;
use rumbo_ads::sync::{Decision, SyncClock, next_sync};
use rumbo_base::{CacheTag, Code, Error, Page, Reason, Result, Told};
use rumbo_platform::connections;

use crate::dashboard::count;
use crate::wire::{
    CancelSync, Done, GetSyncProgress, ListSyncRuns, StartSync, SyncProgress, SyncRunRow, SyncState,
};
use crate::{Context, connection};
pub(crate) use leads::IntoCrm;
pub(crate) use running::{Syncs, lock as hold, lock_file, part_months};

/// Starts a sync. One that runs already is shown as it is.
///
/// # Errors
/// `NeedsSignIn`, `NotFound` when no ad account is chosen, `DataFolderBusy` when another program
/// syncs this workspace, `InvalidInput` for a day in the future.
pub async fn start_sync(cx: &Context, req: StartSync) -> Result<SyncProgress> {
    running::start(cx, req, "manual").await
}

/// Stops the sync that runs. What is stored stays.
pub async fn cancel_sync(cx: &Context, _req: CancelSync) -> Result<Done> {
    cx.app.0.syncs.cancel(cx.scope()?.workspace);
    cx.changed(&[CacheTag::SyncRuns]);
    Ok(Done {})
}

/// The sync that runs, or the last one of this start.
pub async fn get_sync_progress(
    cx: &Context,
    _req: GetSyncProgress,
) -> Result<Option<SyncProgress>> {
    Ok(cx.app.0.syncs.progress(cx.scope()?.workspace))
}

/// Waits until the sync that runs is over, and gives its last progress.
///
/// # Errors
/// `NotFound` when none was started.
pub async fn wait_for_sync(cx: &Context) -> Result<SyncProgress> {
    let workspace = cx.scope()?.workspace;
    cx.app.0.syncs.wait(workspace).await.ok_or_else(|| {
        Error::new(Code::NotFound, "No sync was started. Start one first.").reason(Reason::NoSync)
    })
}

/// Stops the sync that runs, and waits until it has let go.
pub(crate) async fn stop(cx: &Context) {
    if let Ok(scope) = cx.scope() {
        cx.app.0.syncs.cancel(scope.workspace);
        cx.app.0.syncs.wait(scope.workspace).await;
    }
}

/// Past runs, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor that is none.
pub async fn list_sync_runs(cx: &Context, req: ListSyncRuns) -> Result<Page<SyncRunRow>> {
    let scope = cx.scope()?;
    let skip: u32 = req.page.place(0, |cursor| cursor.parse().ok())?;
    let end = skip.saturating_add(req.page.limit());
    let mut tx = scope.read().await?;
    let found = runs::runs(&mut tx, scope.workspace, end.saturating_add(1)).await?;
    let skipped = usize::try_from(skip).unwrap_or(usize::MAX);
    let rows = found.into_iter().skip(skipped).collect();
    Ok(req.page.cut(rows, |_| end.to_string()).map(run_row))
}

fn run_row(run: runs::RunRow) -> SyncRunRow {
    let issues = run
        .report
        .get("issues")
        .and_then(|issues| issues.as_array())
        .map_or(&[][..], Vec::as_slice);
    // What ended the run early comes after what could not be read until then, and says more.
    let issue = issues
        .iter()
        .find(|issue| issue.get("scope").is_some_and(|scope| scope == "run"))
        .or(issues.first());
    let part = |part: &str| Some(issue?.get(part)?.as_str()?.to_owned());
    let error = part("message");
    let error_code = connection::code_of(part("code").as_deref());
    let told = issue
        .and_then(|issue| serde_json::from_value::<Told>(issue.clone()).ok())
        .unwrap_or_default();
    SyncRunRow {
        run: count(run.seq),
        kind: run.kind,
        trigger: run.trigger,
        state: match run.state.as_str() {
            "running" => SyncState::Running,
            "done" => SyncState::Done,
            "partly" => SyncState::Partly,
            "cancelled" => SyncState::Cancelled,
            "interrupted" => SyncState::Interrupted,
            _ => SyncState::Failed,
        },
        started_at: run.started_at,
        finished_at: run.finished_at,
        rows_added: count(run.rows_added),
        rows_changed: count(run.rows_changed),
        rows_unchanged: count(run.rows_unchanged),
        calls: count(run.calls),
        waits: count(run.waits),
        errors: count(run.errors),
        error,
        error_code,
        error_reason: told.reason,
        error_params: told.params,
    }
}

/// What the scheduler decides from. `None` where nothing is to be synced: nobody is signed in, or
/// no account is chosen.
async fn clock(cx: &Context) -> Result<Option<SyncClock>> {
    let Ok(scope) = cx.scope() else {
        return Ok(None);
    };
    let workspace = cx.workspace().await?;
    let mut tx = scope.read().await?;
    let usable = connections::current(&mut tx, scope.workspace)
        .await?
        .is_some_and(|c| {
            c.revoked_at.is_none() && c.expires_at.is_none_or(|end| end > scope.now())
        });
    let chosen = rumbo_ads::objects::accounts(&mut tx, scope.workspace)
        .await?
        .iter()
        .any(|account| account.selected);
    if !usable || !chosen || !connection::vault_may_be_read(cx) {
        return Ok(None);
    }
    let last = runs::runs(&mut tx, scope.workspace, 20)
        .await?
        .into_iter()
        .find(|run| run.kind == "sync" && run.state != "cancelled");
    let minutes = u64::from(workspace.settings.sync_interval_minutes);
    Ok(Some(SyncClock {
        now: scope.now(),
        last_look: None,
        last_run: last
            .as_ref()
            .map(|run| run.finished_at.unwrap_or(run.started_at)),
        last_failed: last.is_some_and(|run| run.state == "failed" || run.state == "interrupted"),
        asked: false,
        interval: Duration::from_secs(minutes * 60),
    }))
}

/// Whether Meta may be asked anything in the background: somebody is signed in, an account is
/// chosen, and the vault can be read without a person.
pub(crate) async fn may_ask_meta(cx: &Context) -> Result<bool> {
    Ok(clock(cx).await?.is_some())
}

/// When the next sync is due, as things stand.
pub(crate) async fn next_sync_at(cx: &Context) -> Result<Option<DateTime<Utc>>> {
    Ok(clock(cx).await?.map(|clock| match clock.last_run {
        Some(last) => last + clock.interval,
        None => clock.now,
    }))
}

/// Starts a sync when the last one failed and none runs: what stopped it may be over.
pub(crate) async fn start_if_failed(cx: &Context) -> Result<()> {
    let failed = clock(cx).await?.is_some_and(|clock| clock.last_failed);
    if failed && !cx.app.0.syncs.is_running(cx.scope()?.workspace) {
        running::start(cx, StartSync::default(), "schedule").await?;
    }
    Ok(())
}

/// Starts a sync when one is due and none runs. `last_look` is the wall clock then and how long the
/// pause since was meant to be, for noticing that the machine slept.
pub(crate) async fn start_if_due(
    cx: &Context,
    last_look: Option<(DateTime<Utc>, Duration)>,
) -> Result<()> {
    let Some(clock) = clock(cx).await? else {
        return Ok(());
    };
    if cx.app.0.syncs.is_running(cx.scope()?.workspace) {
        return Ok(());
    }
    if let Decision::Now(trigger) = next_sync(SyncClock { last_look, ..clock }) {
        running::start(cx, StartSync::default(), trigger).await?;
    }
    Ok(())
}
