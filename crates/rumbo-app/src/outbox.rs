//! Messages to many, and the outbox.

mod limits;

use std::path::Path;

use rumbo_base::{CacheTag, Code, Error, Micros, Page, Reason, Result};
use rumbo_engage::address_list::{self, Wanted};
use rumbo_engage::bulk_sends::{self, BulkState, Draft, Once, Says, Whom};
use rumbo_engage::outbox::{self, Counts, Filter, State, Why};
use rumbo_platform::Scope;
use rumbo_platform::table_file::{self, CsvDialect, ReadOptions};

use crate::Context;
use crate::dashboard::count;
use crate::wire::{
    DispatchDetail, DispatchEvent, DispatchRow, ExportSend, Exported, GetOutbox, GetSendOptions,
    ListDispatches, ListSends, OneDispatch, OneSend, OutboxStanding, PreviewSend, ReasonCount,
    ResumeSend, SendAudience, SendChannel, SendCost, SendDraft, SendLine, SendOnce, SendOptions,
    SendPreview, SendRest, SendRow, SendStanding, SendTemplate, SendVariable, SettleDispatch,
    StartSend,
};
use crate::{audit_trail, exports};

pub use limits::{get_send_limits, save_send_limits};

/// What sending and changing dispatches makes stale.
pub(crate) const STALE: [CacheTag; 3] = [
    CacheTag::Outbox,
    CacheTag::Conversations,
    CacheTag::Contacts,
];

/// The channels and templates that a bulk send can be made of.
///
/// # Errors
/// When the store cannot be read.
pub async fn get_send_options(cx: &Context, _req: GetSendOptions) -> Result<SendOptions> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let channels = outbox::senders(&mut tx, scope.workspace).await?;
    let templates = outbox::templates(&mut tx, scope.workspace).await?;
    Ok(SendOptions {
        channels: channels
            .into_iter()
            .map(|sender| SendChannel {
                id: sender.id,
                kind: sender.kind().word().to_owned(),
                ready: sender.ready,
                sends_templates: sender.sends_templates(),
                account: sender.account.clone().filter(|_| sender.sends_templates()),
                state_reason: sender.state_reason,
                state_detail: sender.state_detail,
                name: sender.name,
            })
            .collect(),
        templates: templates
            .into_iter()
            .map(|template| SendTemplate {
                id: template.id,
                body: template.body().to_owned(),
                variables: template.needs().ok().map(|needs| {
                    needs
                        .into_iter()
                        .map(|need| SendVariable {
                            key: need.key,
                            sample: need.sample,
                            suggested: need.suggested,
                        })
                        .collect()
                }),
                account: template.account,
                name: template.name,
                language: template.language,
                category: template.category.word().to_owned(),
                state: template.state,
            })
            .collect(),
        fields: outbox::FIELDS
            .iter()
            .map(|field| (*field).to_owned())
            .collect(),
    })
}

/// The addresses of a file: its only column, or those whose headings name them.
async fn addresses(path: String) -> Result<Vec<String>> {
    let table = tokio::task::spawn_blocking(move || {
        table_file::read(Path::new(&path), &ReadOptions::default())
    })
    .await
    .map_err(Error::internal)??;
    let found = address_list::find(&table, Wanted::People, "audience")?;
    // A row without any address is somebody too, and is told by its number.
    let address = |row| found.of(row).unwrap_or_else(|| format!("#{}", row.number));
    let rest = table.rows.iter().map(address);
    let all: Vec<String> = found.first.iter().cloned().chain(rest).collect();
    if all.is_empty() {
        return Err(Error::new(
            Code::InvalidInput,
            "The file holds no addresses. Write one on each line below the heading.",
        )
        .reason(Reason::FileEmpty)
        .field("audience"));
    }
    Ok(all)
}

/// A draft as the core takes it, and the addresses that belong to nobody.
async fn draft(cx: &Context, draft: SendDraft) -> Result<(Draft, Vec<String>)> {
    let scope = cx.scope()?;
    let mut strange = Vec::new();
    let whom = match draft.audience {
        SendAudience::Contacts { ids } => Whom::Contacts { ids },
        SendAudience::Addresses { addresses } => {
            let mut tx = scope.read().await?;
            let (ids, unknown) = bulk_sends::contacts_of(&mut tx, scope, &addresses).await?;
            strange = unknown;
            Whom::Contacts { ids }
        }
        SendAudience::File { path } => {
            let addresses = addresses(path).await?;
            let mut tx = scope.read().await?;
            let (ids, unknown) = bulk_sends::contacts_of(&mut tx, scope, &addresses).await?;
            strange = unknown;
            Whom::Contacts { ids }
        }
        SendAudience::Filter {
            search,
            status,
            source,
        } => Whom::Filter {
            search,
            status,
            source,
        },
    };
    let says = match (draft.template_id, draft.text) {
        (Some(id), None) => Says::Template {
            id,
            values: draft.values,
        },
        (None, Some(body)) => Says::Text {
            subject: draft.subject,
            body,
        },
        _ => {
            return Err(Error::new(
                Code::InvalidInput,
                "A bulk send has either a template or a text. Choose one.",
            )
            .reason(Reason::ValueMissing)
            .field("template_id"));
        }
    };
    let budget = draft
        .budget
        .as_deref()
        .map(Micros::parse)
        .transpose()
        .map_err(|error| error.field("budget"))?;
    let made = Draft {
        channel: draft.channel_id,
        says,
        whom,
        not_before: draft.not_before,
        not_after: draft.not_after,
        budget,
    };
    Ok((made, strange))
}

fn by_reason<'a>(counts: impl Iterator<Item = (&'a Why, &'a i64)>) -> Vec<ReasonCount> {
    let mut all: Vec<ReasonCount> = counts
        .map(|(why, found)| ReasonCount {
            reason: why.word().to_owned(),
            count: count(*found),
        })
        .collect();
    all.sort_by_key(|line| std::cmp::Reverse(line.count));
    all
}

/// Who would get what, who would wait and who would be left out. Writes nothing.
///
/// # Errors
/// `InvalidInput` naming what cannot be used; `NotFound`.
pub async fn preview_send(cx: &Context, req: PreviewSend) -> Result<SendPreview> {
    let (draft, unknown) = draft(cx, req.draft).await?;
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let seen = bulk_sends::preview(&mut tx, scope, &draft).await?;
    let counts: &Counts = &seen.counts;
    Ok(SendPreview {
        people: count(counts.people()),
        go: count(counts.go),
        reached: count(counts.reached()),
        waiting: by_reason(counts.held.iter()),
        left_out: by_reason(counts.skipped.iter()),
        lines: seen
            .lines
            .into_iter()
            .map(|line| SendLine {
                contact_id: line.contact_id,
                contact: line.name,
                address: line.address,
                text: line.rendered,
                state: line.state.word().to_owned(),
                reason: line.why.map(|why| why.word().to_owned()),
                detail: line.detail,
                due_at: line.due_at,
            })
            .collect(),
        unknown,
        cost: seen.cost.map(|cost| SendCost {
            all: cost.all.to_text(cost.currency),
            currency: cost.currency.to_string(),
        }),
        ends_at: seen.ends_at,
    })
}

/// Starts a bulk send, and begins to send.
///
/// # Errors
/// As [`preview_send`]; `InvalidInput` where it would reach another number than was confirmed;
/// `Conflict` where the channel cannot send, or the key is of another bulk send.
pub async fn start_send(cx: &Context, req: StartSend) -> Result<SendRow> {
    let (draft, _) = draft(cx, req.draft).await?;
    let scope = cx.scope()?;
    let once = req.once.map(|once| match once {
        SendOnce::Key { key } => Once::Key(key),
        SendOnce::Same => Once::Same,
    });
    let (name, confirmed) = (req.name.as_deref(), i64::from(req.confirm));
    let id = bulk_sends::start(scope, name, &draft, confirmed, once.as_ref()).await?;
    cx.changed(&STALE);
    cx.app().send_soon(scope.workspace);
    row_of(scope, id).await
}

async fn row_of(scope: &Scope, id: rumbo_base::BulkSendId) -> Result<SendRow> {
    let mut tx = scope.read().await?;
    let bulk = bulk_sends::get(&mut tx, scope, id).await?;
    row(&mut tx, scope, bulk).await
}

async fn row(tx: &mut rumbo_db::Tx, scope: &Scope, bulk: bulk_sends::BulkSend) -> Result<SendRow> {
    let standing = bulk_sends::standing(tx, scope, bulk.id).await?;
    let waits = standing
        .iter()
        .any(|line| line.reason == Why::TemplateCategory.word());
    let rest = match bulk.state {
        BulkState::Running | BulkState::Paused if waits => {
            bulk_sends::rest(tx, scope, bulk.id).await?
        }
        _ => None,
    };
    Ok(SendRow {
        id: bulk.id,
        name: bulk.name,
        channel_id: bulk.channel_id,
        channel: bulk.channel_name,
        template: bulk.template_name,
        state: bulk.state.word().to_owned(),
        expected: count(bulk.expected),
        standing: standing
            .into_iter()
            .map(|line| SendStanding {
                state: line.state.word().to_owned(),
                reason: Some(line.reason).filter(|reason| !reason.is_empty()),
                count: count(line.count),
            })
            .collect(),
        rest: rest.map(|rest| SendRest {
            category: rest.category.word().to_owned(),
            people: count(rest.people),
            fits: count(rest.fits),
            cost: rest
                .cost
                .zip(rest.currency)
                .map(|(cost, currency)| SendCost {
                    all: cost.to_text(currency),
                    currency: currency.to_string(),
                }),
            budget_left: rest
                .budget_left
                .zip(rest.currency)
                .map(|(left, currency)| left.to_text(currency)),
        }),
        not_before: bulk.not_before,
        not_after: bulk.not_after,
        started_at: bulk.started_at,
        ended_at: bulk.ended_at,
        created_at: bulk.created_at,
        created_by: bulk.created_by,
    })
}

/// Bulk sends with how far they have come, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list_sends(cx: &Context, req: ListSends) -> Result<Page<SendRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let page = bulk_sends::list(&mut tx, scope, &req.page).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for bulk in page.rows {
        rows.push(row(&mut tx, scope, bulk).await?);
    }
    Ok(Page {
        rows,
        next: page.next,
        total: page.total,
    })
}

/// One bulk send.
///
/// # Errors
/// `NotFound`.
pub async fn get_send(cx: &Context, req: OneSend) -> Result<SendRow> {
    row_of(cx.scope()?, req.id).await
}

/// Stops a bulk send where it is.
///
/// # Errors
/// `NotFound`; `Conflict` where it does not run.
pub async fn pause_send(cx: &Context, req: OneSend) -> Result<SendRow> {
    let scope = cx.scope()?;
    bulk_sends::pause(scope, req.id).await?;
    cx.changed(&STALE);
    row_of(scope, req.id).await
}

/// Goes on with a paused bulk send where it was, and agrees to the category its template has by now.
///
/// # Errors
/// `NotFound`; `Conflict` where it is not paused, or the budget does not suffice for that category.
pub async fn resume_send(cx: &Context, req: ResumeSend) -> Result<SendRow> {
    let scope = cx.scope()?;
    bulk_sends::resume(scope, req.id, req.within_budget).await?;
    cx.changed(&STALE);
    cx.app().send_soon(scope.workspace);
    row_of(scope, req.id).await
}

/// Withdraws what was not sent yet of a bulk send.
///
/// # Errors
/// `NotFound`; `Conflict` where it is over.
pub async fn cancel_send(cx: &Context, req: OneSend) -> Result<SendRow> {
    let scope = cx.scope()?;
    bulk_sends::cancel(scope, req.id).await?;
    cx.changed(&STALE);
    row_of(scope, req.id).await
}

/// How a CSV is written.
pub(crate) fn dialect(semicolon: bool) -> CsvDialect {
    if semicolon {
        CsvDialect::Comma
    } else {
        CsvDialect::Plain
    }
}

/// Writes what became of everybody of a bulk send.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a place that cannot be written; `DiskFull`.
pub async fn export_send(cx: &Context, req: ExportSend) -> Result<Exported> {
    let scope = cx.scope()?;
    let (bytes, rows) = bulk_sends::csv(scope, req.id, dialect(req.semicolon)).await?;
    let done = exports::written(Path::new(&req.path), &bytes, rows)?;
    audit_trail::exported(cx, "export_send", ("bulk_send", req.id.to_string()), done).await
}

fn dispatch_row(listed: outbox::Listed) -> DispatchRow {
    DispatchRow {
        id: listed.id,
        origin: listed.origin,
        origin_name: listed.origin_name,
        contact_id: listed.contact_id,
        contact: listed.contact_name,
        channel_id: listed.channel_id,
        channel: listed.channel_name,
        address: listed.address,
        template: listed.template_name,
        text: listed.rendered,
        state: listed.state.word().to_owned(),
        reason: listed.reason,
        error_code: listed.error_code,
        error_text: listed.error_text,
        attempts: count(listed.attempts),
        due_at: listed.due_at,
        created_at: listed.created_at,
        sent_at: listed.sent_at,
        delivered_at: listed.delivered_at,
        read_at: listed.read_at,
        failed_at: listed.failed_at,
        updated_at: listed.updated_at,
    }
}

/// Dispatches, newest first.
///
/// # Errors
/// `InvalidInput` for a state, reason or cursor that does not exist.
pub async fn list_dispatches(cx: &Context, req: ListDispatches) -> Result<Page<DispatchRow>> {
    let scope = cx.scope()?;
    let filter = Filter {
        state: req.state.as_deref().map(str::parse::<State>).transpose()?,
        why: req.reason.as_deref().map(str::parse::<Why>).transpose()?,
        origin_id: req.send_id.map(|id| id.0),
    };
    let mut tx = scope.read().await?;
    let page = outbox::list(&mut tx, scope, &filter, &req.page).await?;
    Ok(page.map(dispatch_row))
}

/// One dispatch with what it went through.
///
/// # Errors
/// `NotFound`.
pub async fn get_dispatch(cx: &Context, req: OneDispatch) -> Result<DispatchDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let (listed, history) = outbox::show(&mut tx, scope, req.id).await?;
    Ok(DispatchDetail {
        dispatch: dispatch_row(listed),
        history: history
            .into_iter()
            .map(|line| DispatchEvent {
                state: line.state,
                reason: line.reason,
                error_code: line.error_code,
                source: line.source,
                at: line.occurred_at,
            })
            .collect(),
    })
}

/// Withdraws a dispatch that no sender has in hand.
///
/// # Errors
/// `NotFound`; `Conflict` where it is too late.
pub async fn cancel_dispatch(cx: &Context, req: OneDispatch) -> Result<DispatchDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    outbox::cancel(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    get_dispatch(cx, req).await
}

/// Says what became of a dispatch of which nobody knows whether it was sent.
///
/// # Errors
/// `NotFound`; `Conflict` where it is known.
pub async fn settle_dispatch(cx: &Context, req: SettleDispatch) -> Result<DispatchDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    outbox::settle(&mut tx, scope, req.id, req.was_sent).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    get_dispatch(cx, OneDispatch { id: req.id }).await
}

/// How many dispatches stand where.
///
/// # Errors
/// When the store cannot be read.
pub async fn get_outbox(cx: &Context, _req: GetOutbox) -> Result<OutboxStanding> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let standing = outbox::standing(&mut tx, scope).await?;
    Ok(OutboxStanding {
        standing: standing
            .into_iter()
            .map(|(state, found)| SendStanding {
                state: state.word().to_owned(),
                reason: None,
                count: count(found),
            })
            .collect(),
    })
}

/// Every state that a dispatch or a bulk send can be in, for shells that have words for them.
pub fn states() -> impl Iterator<Item = &'static str> {
    let of_sends = bulk_sends::BulkState::ALL.iter().map(|state| state.word());
    State::ALL.iter().map(|state| state.word()).chain(of_sends)
}

/// Every reason, for shells that have words for them.
pub fn reasons() -> impl Iterator<Item = &'static str> {
    Why::ALL.iter().map(|why| why.word())
}
