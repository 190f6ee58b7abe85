//! The sync of a workspace: started by a person, by the clock, or after sleep.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Error, Page, Result, WorkspaceId};
use tokio_util::sync::CancellationToken;

use crate::Context;
use crate::wire::{
    CancelSync, Done, GetSyncProgress, ListSyncRuns, StartSync, SyncProgress, SyncRunRow,
};

/// The syncs that run.
#[derive(Debug, Default)]
pub(crate) struct Syncs(Mutex<HashMap<WorkspaceId, CancellationToken>>);

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn start_sync(_cx: &Context, _req: StartSync) -> Result<SyncProgress> {
    unfinished()
}

pub async fn cancel_sync(_cx: &Context, _req: CancelSync) -> Result<Done> {
    unfinished()
}

pub async fn get_sync_progress(
    _cx: &Context,
    _req: GetSyncProgress,
) -> Result<Option<SyncProgress>> {
    unfinished()
}

pub async fn list_sync_runs(_cx: &Context, _req: ListSyncRuns) -> Result<Page<SyncRunRow>> {
    unfinished()
}

pub(crate) async fn stop(_cx: &Context) {}

pub(crate) async fn next_sync_at(_cx: &Context) -> Result<Option<DateTime<Utc>>> {
    Ok(None)
}

pub(crate) async fn start_if_due(_cx: &Context) -> Result<()> {
    Ok(())
}
