//! What became of what was sent with a template.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Code, Currency, Error, Page, Reason, Result};
use rumbo_engage::templates::{self, SendFilter, VersionUsage};
use uuid::Uuid;

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
    let before = match req.page.cursor.as_deref() {
        None => (scope.now() + chrono::TimeDelta::days(1), Uuid::max()),
        Some(cursor) => place(cursor)?,
    };
    let limit = req.page.limit();
    let mut tx = scope.read().await?;
    templates::get(&mut tx, scope, req.id).await?;
    let mut rows = templates::sends(
        &mut tx,
        scope.workspace,
        req.id,
        &SendFilter {
            state: req.state.as_deref(),
            origin: req.origin.as_deref(),
            version: req.version.map(i64::from),
        },
        (before.0, before.1.into()),
        limit + 1,
    )
    .await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows
        .last()
        .filter(|_| more)
        .map(|last| format!("{}|{}", last.created_at.to_rfc3339(), last.id));
    let rows = rows
        .into_iter()
        .map(|row| TemplateSend {
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
        })
        .collect();
    Ok(Page {
        rows,
        next,
        total: None,
    })
}

fn place(cursor: &str) -> Result<(DateTime<Utc>, Uuid)> {
    let place = cursor
        .split_once('|')
        .and_then(|(at, id)| at.parse().ok().zip(id.parse().ok()));
    place.ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "This page does not exist any more. Start the list again.",
        )
        .reason(Reason::PageGone)
        .field("cursor")
    })
}
