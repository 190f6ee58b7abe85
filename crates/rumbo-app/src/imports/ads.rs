//! Ads Manager files.

use std::path::Path;

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{ImportMapping, ImportPreview, ImportReport};

pub(super) async fn preview(
    _cx: &Context,
    _path: &Path,
    _mapping: Option<ImportMapping>,
) -> Result<ImportPreview> {
    Err(Error::new(Code::Internal, "not built"))
}

pub(super) async fn run(
    _cx: &Context,
    _path: &Path,
    _mapping: Option<ImportMapping>,
    _dry_run: bool,
    _rejected_to: &Path,
) -> Result<ImportReport> {
    Err(Error::new(Code::Internal, "not built"))
}
