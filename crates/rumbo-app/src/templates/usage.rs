//! What became of what was sent with a template.

use chrono::NaiveDate;
use rumbo_base::{Currency, Page, Result, instant_cursor};
use rumbo_engage::templates::{self, SendFilter, VersionUsage};

use super::count;
use crate::Context;
use crate::wire::{
    GetTemplateUsage, ListTemplateSends, TemplateCost, TemplateSend, TemplateUsage,
    TemplateVersionUsage,
};

/// What came of a template's messages, by version, newest first.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a period that ends before it begins.
pub async fn get_template_usage(cx: &Context, req: GetTemplateUsage) -> Result<TemplateUsage> {
    let zone = cx.workspace().await?.timezone;
    let scope = cx.scope()?;
    let today = zone.day_of(scope.now());
    let last = req.to.unwrap_or(today);
    if let Some(from) = req.from {
        rumbo_base::DateRange::new(from, last)?;
    }
    let first = req
        .from
        .unwrap_or_else(|| NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default());
    let period = (
        zone.start_of(first),
        zone.start_of(last.succ_opt().unwrap_or(last)),
    );
    let mut tx = scope.read().await?;
    templates::get(&mut tx, scope, req.id).await?;
    let versions = templates::usage(&mut tx, scope.workspace, req.id, period).await?;
    Ok(TemplateUsage {
        versions: versions.into_iter().map(shown).collect(),
    })
}

fn shown(of: VersionUsage) -> TemplateVersionUsage {
    TemplateVersionUsage {
        version: count(of.version),
        waiting: count(of.waiting),
        skipped: count(of.skipped),
        sent: count(of.sent),
        delivered: count(of.delivered),
        read: count(of.read),
        failed: count(of.failed),
        unknown: count(of.unknown),
        cancelled: count(of.cancelled),
        replies: count(of.replies),
        costs: of
            .costs
            .into_iter()
            .filter_map(|(currency, amount)| {
                let code: Currency = currency.parse().ok()?;
                Some(TemplateCost {
                    amount: amount.to_text(code),
                    currency,
                })
            })
            .collect(),
    }
}

/// One page of messages that were planned with a template, newest first.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a cursor of another list.
pub async fn list_template_sends(
    cx: &Context,
    req: ListTemplateSends,
) -> Result<Page<TemplateSend>> {
    let scope = cx.scope()?;
    let (at, id) = req.page.before()?;
    let mut tx = scope.read().await?;
    templates::get(&mut tx, scope, req.id).await?;
    let rows = templates::sends(
        &mut tx,
        scope.workspace,
        req.id,
        &SendFilter {
            state: req.state.as_deref(),
            origin: req.origin.as_deref(),
            version: req.version.map(i64::from),
        },
        (at, id.into()),
        req.page.wanted(),
    )
    .await?;
    let page = req
        .page
        .cut(rows, |last| instant_cursor(last.created_at, last.id));
    Ok(page.map(|row| TemplateSend {
        id: row.id,
        version: row.version.map(count),
        state: row.state,
        reason: row.reason,
        error: row.error_text,
        origin: row.origin,
        address: row.address,
        contact: row.contact,
        created_at: row.created_at,
        sent_at: row.sent_at,
        delivered_at: row.delivered_at,
        read_at: row.read_at,
        failed_at: row.failed_at,
    }))
}
