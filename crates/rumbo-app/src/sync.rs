//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{
    CancelSync, Done, GetSyncProgress, ListSyncRuns, Page, StartSync, SyncProgress, SyncRunRow,
};

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

pub(crate) async fn next_sync_at(_cx: &Context) -> Result<Option<chrono::DateTime<chrono::Utc>>> {
    Ok(None)
}
