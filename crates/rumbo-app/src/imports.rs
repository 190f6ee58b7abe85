//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{
    ExportTable, Exported, ImportPreview, ImportReport, ListMappings, PreviewImport, RunImport,
    SaveMapping, SavedMapping,
};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn preview_import(_cx: &Context, _req: PreviewImport) -> Result<ImportPreview> {
    unfinished()
}

pub async fn run_import(_cx: &Context, _req: RunImport) -> Result<ImportReport> {
    unfinished()
}

pub async fn list_mappings(_cx: &Context, _req: ListMappings) -> Result<Vec<SavedMapping>> {
    unfinished()
}

pub async fn save_mapping(_cx: &Context, _req: SaveMapping) -> Result<SavedMapping> {
    unfinished()
}

pub async fn export_table(_cx: &Context, _req: ExportTable) -> Result<Exported> {
    unfinished()
}
