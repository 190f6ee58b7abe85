//! Imports from files, audits of them, and exports to them.

mod ads;
mod audit;
mod export;
mod insights;

use std::path::{Path, PathBuf};

use rumbo_base::{CacheTag, Result};
use rumbo_crm::import::{self, Mapping, RunOptions};
use rumbo_platform::table_file::{Delimiter, Encoding, Format};

use crate::Context;
use crate::wire::{
    CurrencyAmount, ImportField, ImportKind, ImportMapping, ImportPreview, ImportReport,
    ListMappings, PreviewImport, RejectedRow, RunImport, SaveMapping, SavedMapping, WireError,
};

pub use audit::audit_csv;
pub use export::export_table;

/// The kind as the CRM knows it; ad figures are another crate's.
fn crm_kind(kind: ImportKind) -> Option<import::ImportKind> {
    match kind {
        ImportKind::Ads => None,
        ImportKind::Contacts => Some(import::ImportKind::Contacts),
        ImportKind::Opportunities => Some(import::ImportKind::Opportunities),
        ImportKind::Sales => Some(import::ImportKind::Sales),
        ImportKind::Spend => Some(import::ImportKind::Spend),
    }
}

fn inside(mapping: ImportMapping) -> Mapping {
    Mapping {
        header: mapping.header,
        delimiter: mapping.delimiter,
        columns: mapping.columns,
        constants: mapping.constants,
        date_format: mapping.date_format,
        decimal: mapping.decimal,
        timezone: mapping.timezone,
        currency: mapping.currency,
    }
}

fn outside(mapping: Mapping) -> ImportMapping {
    ImportMapping {
        header: mapping.header,
        delimiter: mapping.delimiter,
        columns: mapping.columns,
        constants: mapping.constants,
        date_format: mapping.date_format,
        decimal: mapping.decimal,
        timezone: mapping.timezone,
        currency: mapping.currency,
    }
}

/// What a file is, in words: encoding, delimiter, sheet.
fn format_words(format: &Format) -> (String, Option<String>, Option<String>) {
    match format {
        Format::Text {
            encoding,
            delimiter,
        } => {
            let delimiter = match delimiter {
                Delimiter::Comma => ",",
                Delimiter::Semicolon => ";",
                Delimiter::Tab => "tab",
                Delimiter::Pipe => "|",
                Delimiter::Whitespace => "whitespace",
            };
            (encoding_word(*encoding), Some(delimiter.to_owned()), None)
        }
        Format::Sheet { name } => ("workbook".to_owned(), None, Some(name.clone())),
        Format::Json { .. } => ("json".to_owned(), None, None),
    }
}

/// The encoding's name, as it is written everywhere else.
fn encoding_word(encoding: Encoding) -> String {
    serde_json::to_value(encoding)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Looks at a file without importing it.
///
/// # Errors
/// `NotFound` or `InvalidInput` when it cannot be read as a table.
pub async fn preview_import(cx: &Context, req: PreviewImport) -> Result<ImportPreview> {
    let path = Path::new(&req.path);
    let Some(kind) = crm_kind(req.kind) else {
        return ads::preview(cx, path, req.mapping).await;
    };
    let mapping = req.mapping.map(inside);
    let found = import::preview(cx.scope()?, kind, path, mapping.as_ref()).await?;
    let (encoding, delimiter, sheet) = format_words(&found.format);
    Ok(ImportPreview {
        encoding,
        delimiter,
        sheet,
        rows: whole(found.rows),
        columns: found.columns,
        sample: found.sample,
        fields: import::fields(kind)
            .map(|field| ImportField {
                field: field.name.to_owned(),
                required: field.required,
            })
            .collect(),
        mapping: outside(found.mapping),
        problems: found.problems.iter().map(WireError::from).collect(),
    })
}

/// Where rejected rows go: beside the file, unless somebody says otherwise.
fn rejected_path(path: &Path, asked: Option<&str>) -> PathBuf {
    asked.map_or_else(
        || {
            let name = path
                .file_stem()
                .map(|s| s.to_string_lossy())
                .unwrap_or_default();
            path.with_file_name(format!("{name}.rejected.csv"))
        },
        PathBuf::from,
    )
}

/// Imports a file, or says what importing it would do.
///
/// # Errors
/// `InvalidInput` when the file or the mapping cannot be used; nothing is imported
/// then.
pub async fn run_import(cx: &Context, req: RunImport) -> Result<ImportReport> {
    let path = Path::new(&req.path);
    // A dry run leaves no file that nobody asked for.
    let rejected_to = (!req.dry_run || req.rejected_path.is_some())
        .then(|| rejected_path(path, req.rejected_path.as_deref()));
    let Some(kind) = crm_kind(req.kind) else {
        return ads::run(cx, path, req.mapping, req.dry_run, rejected_to).await;
    };
    let mapping = req.mapping.map(inside);
    let options = RunOptions {
        mapping: mapping.as_ref(),
        dry_run: req.dry_run,
        rejected_to: rejected_to.as_deref(),
    };
    let report = import::run(cx.scope()?, kind, path, options).await?;
    if !req.dry_run {
        // What came in is there, packed or not.
        if kind != import::ImportKind::Spend
            && let Err(error) = rumbo_insight::pack_days(cx.scope()?).await
        {
            tracing::warn!(error = error.chain(), "packing what was imported");
        }
        cx.changed(match kind {
            import::ImportKind::Spend => &[CacheTag::Imports, CacheTag::ChannelSpend],
            _ => &[
                CacheTag::Imports,
                CacheTag::Contacts,
                CacheTag::Opportunities,
                CacheTag::Sales,
            ],
        });
    }
    Ok(ImportReport {
        kind: req.kind,
        dry_run: report.dry_run,
        rows_read: report.rows_read,
        added: report.added,
        changed: report.changed,
        unchanged: report.unchanged,
        rejected: report.rejected,
        contacts_added: report.contacts_added,
        totals_rows: report.totals_rows,
        totals: report
            .totals
            .iter()
            .map(|sum| CurrencyAmount {
                currency: sum.currency.to_string(),
                amount: sum.amount.to_text(sum.currency),
            })
            .collect(),
        rejections: report
            .rejections
            .into_iter()
            .map(|r| RejectedRow {
                line: whole(r.row),
                reason: r.reason,
                reason_id: r.told.reason,
                params: r.told.params,
            })
            .collect(),
        rejected_file: rejected_to
            .filter(|_| report.rejected_file)
            .map(|path| path.display().to_string()),
        ads: None,
    })
}

/// The word that mappings of this kind are kept under.
fn word(kind: ImportKind) -> &'static str {
    crm_kind(kind).map_or("ads", import::ImportKind::as_str)
}

/// Saved mappings for a kind of file.
pub async fn list_mappings(cx: &Context, req: ListMappings) -> Result<Vec<SavedMapping>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let kept = import::list_mappings(&mut tx, scope.workspace, word(req.kind)).await?;
    Ok(kept.into_iter().map(saved).collect())
}

fn saved(kept: import::SavedMapping) -> SavedMapping {
    SavedMapping {
        name: kept.name,
        mapping: outside(kept.mapping),
        updated_at: kept.updated_at,
    }
}

/// Keeps a mapping under a name, replacing one of the same name.
///
/// # Errors
/// `InvalidInput` for a name that cannot be used, or a mapping that a file of this kind does not
/// take.
pub async fn save_mapping(cx: &Context, req: SaveMapping) -> Result<SavedMapping> {
    let scope = cx.scope()?;
    if req.kind == ImportKind::Ads {
        ads::inside(req.mapping.clone())?;
    }
    let mapping = inside(req.mapping);
    let mut tx = scope.write().await?;
    let kept = import::save_mapping(&mut tx, scope, word(req.kind), &req.name, &mapping).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Imports]);
    Ok(saved(kept))
}
