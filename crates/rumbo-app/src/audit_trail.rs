//! Who did what: the entries of the audit, as a list, as a file, and whether they are whole.

use std::path::Path;

use chrono::{DateTime, Utc};
use rumbo_base::{Page, PageRequest, Result};
use rumbo_platform::audit::{self, AuditEntry, AuditFilter, Deed};
use rumbo_platform::table_file::{CsvWriter, Field};
use serde_json::json;

use crate::Context;
use crate::exports;
use crate::outbox::dialect;
use crate::wire::{
    AuditRow, AuditStanding, AuditWanted, ExportAudit, Exported, ListAudit, VerifyAudit,
};

/// Writes down something that changed nothing in the store.
///
/// # Errors
/// When the store cannot be written.
pub(crate) async fn record(cx: &Context, deed: &Deed<'_>) -> Result<()> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    audit::record(&mut tx, scope, deed).await?;
    tx.commit().await
}

/// Writes down that a file was written, and how many rows it has.
///
/// # Errors
/// When the store cannot be written.
pub(crate) async fn exported(
    cx: &Context,
    action: &str,
    of: (&str, String),
    done: Exported,
) -> Result<Exported> {
    let deed = Deed {
        action,
        object_kind: of.0,
        object_id: of.1,
        after: json!({ "rows": done.rows }),
        ..Deed::default()
    };
    record(cx, &deed).await?;
    Ok(done)
}

fn filter(wanted: &AuditWanted) -> AuditFilter {
    let start = |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    AuditFilter {
        action: wanted.action.clone(),
        object_kind: wanted.object_kind.clone(),
        object_id: wanted.object_id.clone(),
        actor: wanted.actor,
        since: wanted.since.map(start),
        // The whole last day.
        until: wanted.until.and_then(|day| day.succ_opt()).map(start),
    }
}

fn row(entry: AuditEntry) -> AuditRow {
    AuditRow {
        seq: entry.seq.to_string(),
        at: entry.occurred_at,
        actor: entry.actor_name,
        action: entry.action,
        object_kind: entry.object_kind,
        object_id: entry.object_id,
        before: entry.before,
        after: entry.after,
        hash: entry.hash,
    }
}

/// What was done in the workspace, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list_audit(cx: &Context, req: ListAudit) -> Result<Page<AuditRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let page = audit::list(&mut tx, scope.workspace, &filter(&req.wanted), &req.page).await?;
    Ok(page.map(row))
}

/// Whether every entry is there, as it was written.
///
/// # Errors
/// When the store cannot be read.
pub async fn verify_audit(cx: &Context, _req: VerifyAudit) -> Result<AuditStanding> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let found = audit::verify(&mut tx, scope.workspace).await?;
    Ok(AuditStanding {
        entries: found.entries.to_string(),
        broken_at: found.broken_at.map(|at| at.to_string()),
    })
}

/// Writes entries into a file, newest first.
///
/// # Errors
/// `InvalidInput` for a place that cannot be written; `DiskFull`.
pub async fn export_audit(cx: &Context, req: ExportAudit) -> Result<Exported> {
    let scope = cx.scope()?;
    let wanted = filter(&req.wanted);
    let mut writer = CsvWriter::new(Vec::new(), dialect(req.semicolon))?;
    let headings = [
        "seq",
        "at",
        "actor",
        "action",
        "object_kind",
        "object_id",
        "before",
        "after",
        "previous_hash",
        "hash",
    ];
    writer.row(headings.map(Field::from))?;
    let mut tx = scope.read().await?;
    let (mut rows, mut page) = (0, PageRequest::largest());
    loop {
        let found = audit::list(&mut tx, scope.workspace, &wanted, &page).await?;
        for entry in found.rows {
            rows += 1;
            let at: DateTime<Utc> = entry.occurred_at;
            writer.row([
                Field::Number(entry.seq.to_string()),
                Field::from(at.to_rfc3339()),
                Field::from(entry.actor_name),
                Field::from(entry.action),
                Field::from(entry.object_kind),
                Field::from(entry.object_id),
                Field::from(entry.before),
                Field::from(entry.after),
                Field::from(entry.previous_hash),
                Field::from(entry.hash),
            ])?;
        }
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    drop(tx);
    let done = exports::written(Path::new(&req.path), &writer.finish()?, rows)?;
    exported(cx, "export_audit", ("audit", String::new()), done).await
}
