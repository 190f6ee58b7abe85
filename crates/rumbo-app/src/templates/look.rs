//! Templates as lists and one by one.

use std::collections::BTreeMap;

use rumbo_base::{Page, Result, TemplateId};
use rumbo_db::Tx;
use rumbo_engage::templates::{
    self, EditLimit, StoredTemplate, TemplateHappening, TemplateReview, TemplateState,
    TemplateVersion, Uses,
};
use rumbo_meta::templates::{Component, ComponentKind, Template};
use rumbo_platform::connections::WhatsAppAccount;
use rumbo_platform::table_file::fold;
use rumbo_platform::{Scope, connections};

use super::remote::accounts;
use super::{STALE, count};
use crate::Context;
use crate::wire::{
    Done, GetTemplate, ListTemplateAccounts, ListTemplateEvents, ListTemplates, SeeTemplateEvents,
    TemplateAccount, TemplateDetail, TemplateEdits, TemplateEventRow, TemplateReviewRow,
    TemplateReviewStanding, TemplateRow, TemplateUse, TemplateVersionRow,
};

/// The WhatsApp accounts that templates belong to: those that can be asked, and those of which
/// templates are here.
///
/// # Errors
/// When the store cannot be read.
pub async fn list_template_accounts(
    cx: &Context,
    _req: ListTemplateAccounts,
) -> Result<Vec<TemplateAccount>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let mut of: BTreeMap<String, (String, u32)> = BTreeMap::new();
    for row in templates::all(&mut tx, scope.workspace).await? {
        let entry = of
            .entry(row.account)
            .or_insert_with(|| (row.provider.word().to_owned(), 0));
        entry.1 += 1;
    }
    let mut found = Vec::new();
    for account in accounts(&mut tx, scope.workspace).await? {
        let held = of.remove(&account.account);
        let pulled_at = templates::last_look(&mut tx, scope.workspace, &account.account).await?;
        found.push(TemplateAccount {
            provider: account.provider.word().to_owned(),
            numbers: account.numbers,
            name: account.name,
            templates: held.map_or(0, |(_, count)| count),
            pulled_at,
            connected: true,
            account: account.account,
        });
    }
    let names = names(&mut tx, scope).await?;
    for (account, (provider, templates)) in of {
        found.push(TemplateAccount {
            name: names.get(&account).unwrap_or(&account).clone(),
            numbers: Vec::new(),
            pulled_at: templates::last_look(&mut tx, scope.workspace, &account).await?,
            connected: false,
            account,
            provider,
            templates,
        });
    }
    Ok(found)
}

pub(super) fn numbers(account: &WhatsAppAccount) -> Vec<String> {
    account
        .phone_numbers
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|phone| phone.get("display")?.as_str().map(str::to_owned))
        .collect()
}

/// One page of templates, by name and language.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list_templates(cx: &Context, req: ListTemplates) -> Result<Page<TemplateRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let names = names(&mut tx, scope).await?;
    let newest = newest(&mut tx, scope).await?;
    let rows = templates::all(&mut tx, scope.workspace).await?;
    drop(tx);
    let wanted: Vec<String> = fold(req.search.as_deref().unwrap_or_default())
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let is = |asked: &Option<String>, word: &str| {
        asked
            .as_deref()
            .is_none_or(|asked| asked.is_empty() || asked.eq_ignore_ascii_case(word))
    };
    let fitting: Vec<StoredTemplate> = rows
        .into_iter()
        .filter(|row| {
            req.state.is_none_or(|state| state == row.state)
                && is(&req.category, &row.category)
                && is(&req.language, &row.language)
                && is(&req.account, &row.account)
                && is(&req.quality, row.quality.as_deref().unwrap_or("UNKNOWN"))
                && fits(row, &wanted)
        })
        .collect();
    let after: u32 = req.page.place(0, |cursor| cursor.parse().ok())?;
    let end = after.saturating_add(req.page.limit());
    let skipped = usize::try_from(after).unwrap_or(usize::MAX);
    let total = u32::try_from(fitting.len()).ok();
    let rows = fitting.into_iter().skip(skipped).collect();
    let page = req.page.cut(rows, |_| end.to_string()).map(|row| {
        let last = newest.get(&row.id).copied();
        shown(&row, &names, last)
    });
    Ok(Page { total, ..page })
}

/// Whether every word stands somewhere in the name or the texts.
fn fits(row: &StoredTemplate, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let mut text = row.name.clone();
    for component in texts(&row.components.0) {
        text.push(' ');
        text.push_str(component);
    }
    let text = fold(&text);
    wanted.iter().all(|word| text.contains(word.as_str()))
}

fn texts(components: &[Component]) -> Vec<&str> {
    let mut found = Vec::new();
    for component in components {
        found.extend(component.text.as_deref());
        found.extend(component.buttons.iter().filter_map(|it| it.text.as_deref()));
        for card in &component.cards {
            found.extend(texts(&card.components));
        }
    }
    found
}

/// Everything about one template.
///
/// # Errors
/// `NotFound`.
pub async fn get_template(cx: &Context, req: GetTemplate) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    detail(&mut tx, scope, req.id).await
}

pub(super) async fn detail(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<TemplateDetail> {
    let row = templates::get(tx, scope, id).await?;
    let versions = templates::versions(tx, scope.workspace, id).await?;
    let happened = templates::happenings(tx, scope.workspace, id).await?;
    let uses = templates::uses(tx, scope.workspace, id).await?;
    let author = templates::name_of(tx, row.author_id).await?;
    let names = names(tx, scope).await?;
    let newest = versions.first();
    let limit = templates::edit_limit(&happened, scope.now());
    let reviews = templates::reviews(tx, scope.workspace, id).await?;
    let needed = templates::is_asked_for(tx, scope.workspace).await?;
    let current = newest.and_then(|version| {
        let of_version = reviews.iter().find(|it| it.version == version.version)?;
        Some((of_version, version))
    });
    Ok(TemplateDetail {
        review: TemplateReviewStanding {
            needed,
            open: current.is_some_and(|(review, _)| review.is_open()),
            approved: current.is_some_and(|(review, _)| review.is_approved()),
            may_decide: current.is_some_and(|(review, version)| {
                review.is_open() && templates::may_decide(review, version, scope.actor)
            }),
        },
        template: json(&newest.map_or_else(|| row.template(), |it| it.template(&row))),
        at_provider: row.external_id.as_ref().map(|_| json(&row.template())),
        variables: newest.map_or_else(|| row.variables.0.clone(), |it| it.variables.0.clone()),
        author,
        edits: edits(&row, &limit),
        waiting: count(uses.waiting),
        used_by: used(&uses),
        events: happened.into_iter().map(event).collect(),
        row: shown(&row, &names, newest.map(|it| it.version)),
        versions: versions.into_iter().map(|it| version(&row, it)).collect(),
        reviews: reviews.into_iter().map(review).collect(),
    })
}

fn edits(row: &StoredTemplate, limit: &EditLimit) -> TemplateEdits {
    let approved = row.state == TemplateState::Approved;
    TemplateEdits {
        possible: row.external_id.is_none() || row.state.can_be_edited(),
        possible_at: limit.possible_at.filter(|_| approved),
        left: limit.left,
    }
}

pub(super) fn used(uses: &Uses) -> Vec<TemplateUse> {
    uses.bulk_sends
        .iter()
        .map(|one| TemplateUse {
            id: one.id,
            name: one.name.clone(),
            state: one.state.clone(),
            version: one.template_version.map(count),
        })
        .collect()
}

fn version(of: &StoredTemplate, version: TemplateVersion) -> TemplateVersionRow {
    TemplateVersionRow {
        version: count(version.version),
        origin: version.origin,
        note: version.note,
        author: version.author,
        created_at: version.created_at,
        at_provider: of.external_id.is_some() && of.version == version.version,
    }
}

fn review(review: TemplateReview) -> TemplateReviewRow {
    TemplateReviewRow {
        version: count(review.version),
        note: review.note,
        asked_at: review.asked_at,
        asker: review.asker,
        outcome: review.outcome,
        reason: review.reason,
        decided_at: review.decided_at,
        decider: review.decider,
    }
}

fn event(event: TemplateHappening) -> TemplateEventRow {
    TemplateEventRow {
        id: event.id,
        template_id: event.template_id,
        name: event.name,
        language: event.language,
        kind: event.kind,
        before: event.before,
        after: event.after,
        reason: event.reason,
        occurred_at: event.occurred_at,
        seen_at: event.seen_at,
    }
}

/// What happened to templates that nobody looked at since.
///
/// # Errors
/// When the store cannot be read.
pub async fn list_template_events(
    cx: &Context,
    _req: ListTemplateEvents,
) -> Result<Vec<TemplateEventRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let found = templates::unseen(&mut tx, scope.workspace).await?;
    Ok(found.into_iter().map(event).collect())
}

/// Marks what happened as seen.
///
/// # Errors
/// When the store cannot be written.
pub async fn see_template_events(cx: &Context, req: SeeTemplateEvents) -> Result<Done> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let ids: Vec<TemplateId> = match req.id {
        Some(id) => vec![id],
        None => templates::unseen(&mut tx, scope.workspace)
            .await?
            .into_iter()
            .map(|event| event.template_id)
            .collect(),
    };
    for id in ids {
        templates::see(&mut tx, scope, id).await?;
    }
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(Done {})
}

/// The names of accounts, by their ids.
pub(super) async fn names(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<String, String>> {
    let channels = accounts(tx, scope.workspace).await?;
    let known = connections::whatsapp_accounts(tx, scope.workspace).await?;
    Ok(channels
        .into_iter()
        .map(|account| (account.account, account.name))
        .chain(
            known
                .into_iter()
                .map(|account| (account.external_id, account.name)),
        )
        .collect())
}

async fn newest(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<TemplateId, i64>> {
    let found = templates::newest_versions(tx, scope.workspace).await?;
    Ok(found.into_iter().collect())
}

pub(super) fn shown(
    row: &StoredTemplate,
    names: &BTreeMap<String, String>,
    newest: Option<i64>,
) -> TemplateRow {
    let body = row
        .components
        .iter()
        .find(|component| component.kind == ComponentKind::Body)
        .and_then(|component| component.text.clone());
    TemplateRow {
        id: row.id,
        provider: row.provider.word().to_owned(),
        account_name: names.get(&row.account).unwrap_or(&row.account).clone(),
        account: row.account.clone(),
        name: row.name.clone(),
        language: row.language.clone(),
        category: row.category.clone(),
        previous_category: row
            .previous_category
            .clone()
            .filter(|was| *was != row.category),
        state: row.state,
        provider_status: row.provider_status.clone(),
        rejection_reason: row.rejection_reason.clone(),
        quality: row.quality.clone(),
        version: count(row.version),
        unsent_version: newest.filter(|last| *last > row.version).map(count),
        body: body.unwrap_or_default(),
        submitted_at: row.submitted_at,
        decided_at: row.decided_at,
        synced_at: row.synced_at,
        vanished_at: row.vanished_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

pub(super) fn json(template: &Template) -> String {
    serde_json::to_string(template).unwrap_or_default()
}
