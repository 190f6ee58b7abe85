//! What the provider has, brought here: once or often, in any order, with the same result.

use std::collections::BTreeSet;

use rumbo_base::{Result, TemplateId};
use rumbo_channels::{Provider, TemplateChange, TemplateEvent};
use rumbo_db::Tx;
use rumbo_meta::templates::{Category, Listed, RemoteTemplate};
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::compare::is_same_message;
use super::state::TemplateState;
use super::store::{self, NewEvent, NewVersion, StoredTemplate};
use super::variables::variables;
use super::versions::{draft, newest, put};

/// The word of an event for a template that the provider's list has no more.
pub const NOT_LISTED: &str = "NOT_LISTED";

/// What a pull changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    /// No more in the provider's list.
    pub vanished: u32,
    /// Rows that could not be read, and why; nothing counts as vanished then.
    pub unreadable: Vec<String>,
}

/// Writes what an account's list says. A list that was read twice changes nothing the second time.
///
/// # Errors
/// When the store cannot be written.
pub async fn pull(
    tx: &mut Tx,
    scope: &Scope,
    provider: Provider,
    account: &str,
    listed: &Listed,
) -> Result<Pulled> {
    let mut pulled = Pulled {
        unreadable: listed.unreadable.clone(),
        ..Pulled::default()
    };
    let mut seen: BTreeSet<TemplateId> = BTreeSet::new();
    for remote in &listed.templates {
        let (id, what) = take(tx, scope, provider, account, remote).await?;
        seen.insert(id);
        match what {
            Taken::Added => pulled.added += 1,
            Taken::Changed => pulled.changed += 1,
            Taken::Unchanged => pulled.unchanged += 1,
        }
    }
    if listed.unreadable.is_empty() {
        for stored in store::all(tx, scope.workspace).await? {
            let missing = stored.account == account
                && stored.external_id.is_some()
                && stored.vanished_at.is_none()
                && !seen.contains(&stored.id);
            if missing {
                let mut row = stored.clone();
                row.vanished_at = Some(scope.now());
                row.state = TemplateState::Unknown;
                let before = stored.provider_status.clone().unwrap_or_default();
                event(tx, scope, &row, "status", Some(before), NOT_LISTED, None).await?;
                store::keep(tx, scope, &stored, &mut row).await?;
                pulled.vanished += 1;
            }
        }
    }
    store::looked_at(tx, scope, account).await?;
    Ok(pulled)
}

enum Taken {
    Added,
    Changed,
    Unchanged,
}

async fn take(
    tx: &mut Tx,
    scope: &Scope,
    provider: Provider,
    account: &str,
    remote: &RemoteTemplate,
) -> Result<(TemplateId, Taken)> {
    let template = &remote.template;
    let (name, language) = (template.name.as_str(), template.language.as_str());
    let Some(stored) = store::named(tx, scope.workspace, account, name, language).await? else {
        let known = variables(template, &[]);
        let mut row = StoredTemplate {
            variables: Json(known.clone()),
            author_id: None,
            ..draft(scope, scope.id(), provider, account, template)
        };
        told(&mut row, remote);
        row.synced_at = Some(scope.now());
        store::insert(tx, scope, &row).await?;
        let version = NewVersion {
            version: 1,
            template,
            variables: &known,
            origin: "pulled",
            note: None,
        };
        store::insert_version(tx, scope, row.id, &version).await?;
        let reason = remote.rejected_reason.clone();
        event(tx, scope, &row, "status", None, &remote.status, reason).await?;
        return Ok((row.id, Taken::Added));
    };
    let mut row = stored.clone();
    told(&mut row, remote);
    // The texts of an authentication template are the provider's, and come back as other buttons.
    let as_made =
        template.category == Some(Category::Authentication) && stored.external_id.is_some();
    let is_new = !as_made && !is_same_message(&stored.template(), template);
    if is_new {
        let number = newest(tx, scope, stored.id).await?.version + 1;
        let known = variables(template, &stored.variables.0);
        let version = NewVersion {
            version: number,
            template,
            variables: &known,
            origin: "pulled",
            note: None,
        };
        store::insert_version(tx, scope, stored.id, &version).await?;
        let before = stored.version.to_string();
        put(&mut row, template, known, number);
        // Of the first look it is not known who changed what.
        if stored.external_id.is_some() {
            let reason = (stored.state == TemplateState::Approved).then(|| APPROVED.to_owned());
            let after = number.to_string();
            event(tx, scope, &row, "components", Some(before), &after, reason).await?;
        }
    }
    happened(tx, scope, &stored, &mut row).await?;
    // The answer holds what changes at each look, such as the address of a picture.
    let same = StoredTemplate {
        provider_answer: stored.provider_answer.clone(),
        ..row.clone()
    };
    if same == stored {
        return Ok((stored.id, Taken::Unchanged));
    }
    store::keep(tx, scope, &stored, &mut row).await?;
    Ok((stored.id, Taken::Changed))
}

/// Why an edit counts against Meta's limit: the template was approved.
pub(super) const APPROVED: &str = "approved";

/// Makes a row say what the provider says of its state.
fn told(row: &mut StoredTemplate, remote: &RemoteTemplate) {
    if !remote.id.is_empty() {
        row.external_id = Some(remote.id.clone());
    }
    row.provider_status = Some(remote.status.clone()).filter(|word| !word.is_empty());
    row.state = TemplateState::of(&remote.status);
    row.rejection_reason.clone_from(&remote.rejected_reason);
    row.quality.clone_from(&remote.quality);
    store::category_word(&remote.template).clone_into(&mut row.category);
    if let Some(was) = &remote.previous_category {
        row.previous_category = Some(was.to_ascii_lowercase());
    }
    row.ttl_seconds = remote.template.message_send_ttl_seconds;
    row.vanished_at = None;
    row.provider_answer = Some(Json(remote.raw.clone()));
}

/// Writes what changed between two looks, and what follows from it.
async fn happened(
    tx: &mut Tx,
    scope: &Scope,
    stored: &StoredTemplate,
    row: &mut StoredTemplate,
) -> Result<()> {
    if stored.provider_status != row.provider_status || stored.vanished_at != row.vanished_at {
        let before = match stored.vanished_at {
            Some(_) => Some(NOT_LISTED.to_owned()),
            None => stored.provider_status.clone(),
        };
        let after = row.provider_status.clone().unwrap_or_default();
        let reason = row.rejection_reason.clone();
        event(tx, scope, row, "status", before, &after, reason).await?;
        if stored.state != row.state
            && matches!(row.state, TemplateState::Approved | TemplateState::Rejected)
        {
            row.decided_at = Some(scope.now());
        }
    }
    if stored.quality != row.quality {
        let after = row.quality.clone().unwrap_or_else(|| "UNKNOWN".to_owned());
        let before = stored
            .quality
            .clone()
            .or_else(|| Some("UNKNOWN".to_owned()));
        event(tx, scope, row, "quality", before, &after, None).await?;
    }
    if stored.category != row.category && stored.external_id.is_some() {
        row.previous_category = Some(stored.category.clone());
        let (before, after) = (stored.category.clone(), row.category.clone());
        event(tx, scope, row, "category", Some(before), &after, None).await?;
    }
    Ok(())
}

pub(super) async fn event(
    tx: &mut Tx,
    scope: &Scope,
    row: &StoredTemplate,
    kind: &'static str,
    before: Option<String>,
    after: &str,
    reason: Option<String>,
) -> Result<()> {
    let event = NewEvent {
        kind,
        before,
        after: after.to_owned(),
        reason,
        occurred_at: scope.now(),
    };
    store::insert_event(tx, scope, row.id, &event).await
}

/// What came of something that a provider told of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Changed,
    /// It was known, or something later is.
    Nothing,
    /// The template is not here: a pull brings it.
    NotHere,
}

/// Writes what a provider's webhook tells of a template. Told twice, or older than what is known, it
/// changes nothing.
///
/// # Errors
/// When the store cannot be written.
pub async fn hear(tx: &mut Tx, scope: &Scope, told: &TemplateEvent) -> Result<Heard> {
    let language = told.language.replace('-', "_");
    let found = store::named(tx, scope.workspace, &told.account, &told.name, &language).await?;
    let Some(stored) = found else {
        return Ok(Heard::NotHere);
    };
    let kind = match &told.change {
        TemplateChange::Status { .. } => "status",
        TemplateChange::Quality { .. } => "quality",
        TemplateChange::Category { .. } => "category",
        TemplateChange::CategoryAnnounced { .. } => "category_announced",
        // What is in it is read by a pull.
        TemplateChange::Components => return Ok(Heard::Nothing),
    };
    let known = store::happenings(tx, scope.workspace, stored.id).await?;
    let late = known
        .iter()
        .any(|one| one.kind == kind && one.occurred_at >= told.at);
    if late {
        return Ok(Heard::Nothing);
    }
    let mut row = stored.clone();
    let (before, after, reason) = match &told.change {
        TemplateChange::Status { status, reason } => {
            row.provider_status = Some(status.to_ascii_uppercase());
            row.state = TemplateState::of(status);
            row.rejection_reason.clone_from(reason);
            if matches!(row.state, TemplateState::Approved | TemplateState::Rejected) {
                row.decided_at = Some(told.at);
            }
            let before = stored.provider_status.clone();
            (before, status.to_ascii_uppercase(), reason.clone())
        }
        TemplateChange::Quality { before, after } => {
            let after = after.to_ascii_uppercase();
            row.quality = Some(after.clone()).filter(|word| word != "UNKNOWN");
            let before = before.clone().or_else(|| stored.quality.clone());
            (before.or_else(|| Some("UNKNOWN".to_owned())), after, None)
        }
        TemplateChange::Category { after, .. } => {
            let after = Category::of(after).word().to_ascii_lowercase();
            row.previous_category = Some(stored.category.clone());
            row.category.clone_from(&after);
            (Some(stored.category.clone()), after, None)
        }
        TemplateChange::CategoryAnnounced { after, from } => {
            let after = Category::of(after).word().to_ascii_lowercase();
            let from = from.map(|at| at.to_rfc3339());
            (Some(stored.category.clone()), after, from)
        }
        TemplateChange::Components => return Ok(Heard::Nothing),
    };
    if stored == row && kind != "category_announced" {
        return Ok(Heard::Nothing);
    }
    let event = NewEvent {
        kind,
        before,
        after,
        reason,
        occurred_at: told.at,
    };
    store::insert_event(tx, scope, stored.id, &event).await?;
    store::keep(tx, scope, &stored, &mut row).await?;
    Ok(Heard::Changed)
}
