//! Who wants to be written to.

use std::path::Path;

use rumbo_base::{CacheTag, Page, Result};
use rumbo_channels::ChannelKind;
use rumbo_engage::consent::{self, Wish};

use crate::Context;
use crate::dashboard::count;
use crate::outbox::dialect;
use crate::wire::{
    ConsentLine, ExportSuppressions, Exported, GetConsent, ImportSuppressions, ListSuppressions,
    RejectedAddress, SetConsent, SuppressionRow, SuppressionsImport,
};
use crate::{audit_trail, exports};

/// What a change of consent makes stale.
const STALE: [CacheTag; 2] = [CacheTag::Contacts, CacheTag::Outbox];

/// What a contact said about being written to, newest first.
///
/// # Errors
/// `NotFound`.
pub async fn get_consent(cx: &Context, req: GetConsent) -> Result<Vec<ConsentLine>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    rumbo_crm::contacts::get(&mut tx, scope.workspace, req.contact_id).await?;
    let told = consent::history(&mut tx, scope, req.contact_id).await?;
    Ok(told
        .into_iter()
        .map(|line| ConsentLine {
            kind: line.channel,
            consent: line.consent,
            source: line.source,
            note: line.note,
            at: line.occurred_at,
        })
        .collect())
}

/// Enters what a contact said, for their address on that kind of channel as well.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a kind that does not exist.
pub async fn set_consent(cx: &Context, req: SetConsent) -> Result<Vec<ConsentLine>> {
    let scope = cx.scope()?;
    let wish = if req.wants { Wish::Start } else { Wish::Stop };
    let note = req.note.as_deref().map(str::trim).filter(|n| !n.is_empty());
    let mut tx = scope.write().await?;
    let kind = ChannelKind::read(&req.kind)?;
    consent::set(&mut tx, scope, req.contact_id, kind, wish, note).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    let contact_id = req.contact_id;
    get_consent(cx, GetConsent { contact_id }).await
}

/// Addresses that are not written to, in the order of kind and address.
///
/// # Errors
/// `InvalidInput` for a kind that does not exist.
pub async fn list_suppressions(
    cx: &Context,
    req: ListSuppressions,
) -> Result<Page<SuppressionRow>> {
    let scope = cx.scope()?;
    let of = req.kind.as_deref().map(ChannelKind::read).transpose()?;
    let mut tx = scope.read().await?;
    let page = consent::suppressions(&mut tx, scope, of, req.search.as_deref(), &req.page).await?;
    Ok(page.map(|row| SuppressionRow {
        kind: row.kind.word().to_owned(),
        address: row.address,
        scope: row.scope,
        source: row.source,
        note: row.note,
        at: row.occurred_at,
    }))
}

/// Takes a file of addresses that are not to be written to. Taken again, it changes nothing.
///
/// # Errors
/// `NotFound` and `InvalidInput` for the file; what is wrong with a row is told in the answer.
pub async fn import_suppressions(
    cx: &Context,
    req: ImportSuppressions,
) -> Result<SuppressionsImport> {
    let scope = cx.scope()?;
    let of = req.kind.as_deref().map(ChannelKind::read).transpose()?;
    let done = consent::import_file(scope, Path::new(&req.path), of).await?;
    cx.changed(&STALE);
    Ok(SuppressionsImport {
        added: done.added,
        known: done.known,
        rejected: done
            .rejected
            .into_iter()
            .map(|rejected| RejectedAddress {
                row: count(i64::try_from(rejected.row).unwrap_or(i64::MAX)),
                value: rejected.value,
                why: rejected.why.message().to_owned(),
                reason: rejected.why.reason_id(),
                params: rejected.why.params().clone(),
            })
            .collect(),
    })
}

/// Writes the addresses that are not written to, in a form that can be imported.
///
/// # Errors
/// `InvalidInput` for a place that cannot be written; `DiskFull`.
pub async fn export_suppressions(cx: &Context, req: ExportSuppressions) -> Result<Exported> {
    let of = req.kind.as_deref().map(ChannelKind::read).transpose()?;
    let (bytes, rows) = consent::csv(cx.scope()?, of, dialect(req.semicolon)).await?;
    let done = exports::written(Path::new(&req.path), &bytes, rows)?;
    audit_trail::exported(
        cx,
        "export_suppressions",
        ("suppressions", String::new()),
        done,
    )
    .await
}
