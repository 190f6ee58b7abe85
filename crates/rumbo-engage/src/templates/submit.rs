//! Bringing a template to the provider: submitted, edited within Meta's limits, deleted.
//!
//! The call itself stands between two transactions: what is asked is settled before it, what came of
//! it is written after. An answer that was lost leaves the template's state unknown until the next
//! pull; nothing is submitted again by itself.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, Error, Language, Reason, Result, TemplateId};
use rumbo_channels::{Provider, TemplateAccount, TemplateFailure, TemplateKey};
use rumbo_db::Tx;
use rumbo_meta::templates::{Created, Refusal, Template, TemplateEdit};
use rumbo_platform::Scope;

use super::deed;
use super::lint::lint;
use super::pull::{APPROVED, event};
use super::review::was_approved;
use super::rules::Severity;
use super::state::TemplateState;
use super::store::{self, StoredTemplate, TemplateHappening, TemplateVersion};
use super::usage::{Uses, uses};
use super::versions::{exists, get, newest, put};

/// How often Meta lets an approved template be edited.
const A_DAY: usize = 1;
const A_MONTH: usize = 10;

/// Whether an approved template can be edited, and how often more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditLimit {
    /// When it can be edited again; `None` when it can be now.
    pub possible_at: Option<DateTime<Utc>>,
    /// Edits left in these 30 days.
    pub left: u32,
}

/// What Meta's limits leave of edits, by what happened to a template. Edits that were made
/// elsewhere are known once they were pulled.
pub fn edit_limit(happened: &[TemplateHappening], now: DateTime<Utc>) -> EditLimit {
    let mut edits: Vec<DateTime<Utc>> = happened
        .iter()
        .filter(|one| one.kind == "components" && one.reason.as_deref() == Some(APPROVED))
        .map(|one| one.occurred_at)
        .filter(|at| *at > now - TimeDelta::days(30))
        .collect();
    edits.sort_unstable();
    let of_day = |at: &&DateTime<Utc>| **at > now - TimeDelta::hours(24);
    let day = edits.iter().filter(of_day).count();
    let mut possible_at = None;
    if day >= A_DAY {
        possible_at = edits.last().map(|at| *at + TimeDelta::hours(24));
    }
    if edits.len() >= A_MONTH {
        let free = edits
            .get(edits.len() - A_MONTH)
            .map(|at| *at + TimeDelta::days(30));
        possible_at = possible_at.max(free);
    }
    EditLimit {
        possible_at,
        left: u32::try_from(A_MONTH.saturating_sub(edits.len())).unwrap_or(0),
    }
}

/// A template that may be brought to the provider.
#[derive(Clone, Debug)]
pub struct Submission {
    row: StoredTemplate,
    version: TemplateVersion,
    template: Template,
}

/// Settles whether the newest version of a template may go to the provider.
///
/// # Errors
/// `InvalidInput` when Meta would refuse it; `Conflict` when its state, its category or Meta's
/// limits of edits do not allow it, with the time when they do, when Meta has this version, and when
/// somebody else has to look at it first.
pub async fn prepare(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<Submission> {
    let row = get(tx, scope, id).await?;
    let version = newest(tx, scope, id).await?;
    let template = version.template(&row);
    would_be_refused(&template)?;
    if row.external_id.is_some() {
        let happened = store::happenings(tx, scope.workspace, id).await?;
        may_be_edited(&row, &version, &edit_limit(&happened, scope.now()))?;
    }
    was_approved(tx, scope, id, version.version).await?;
    Ok(Submission {
        row,
        version,
        template,
    })
}

/// Whether Meta would take a template.
///
/// # Errors
/// `InvalidInput` with the first of what it would refuse.
pub fn would_be_refused(template: &Template) -> Result<()> {
    let findings = lint(template);
    let refused: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Refused)
        .collect();
    let Some(first) = refused.first() else {
        return Ok(());
    };
    let place = first.place.told(Language::English);
    let sentence = first.told(Language::English);
    Err(Error::new(
        Code::InvalidInput,
        format!(
            "Meta would refuse this template ({}). {place}: {sentence}",
            refused.len()
        ),
    )
    .reason(Reason::TemplateWouldBeRefused)
    .param("count", refused.len())
    .field("template"))
}

/// The failure of a version that the provider has already.
pub(super) fn is_at_provider() -> Error {
    Error::new(
        Code::Conflict,
        "Meta has this version already. Change something first.",
    )
    .reason(Reason::TemplateUnchanged)
}

fn may_be_edited(row: &StoredTemplate, version: &TemplateVersion, limit: &EditLimit) -> Result<()> {
    if version.version == row.version {
        return Err(is_at_provider());
    }
    if !row.state.can_be_edited() {
        let state = row.state.word();
        return Err(Error::new(
            Code::Conflict,
            format!("Meta lets a template be edited only while it is approved, rejected or paused; this one is {state}. Pull the templates, and try again when that has changed."),
        )
        .reason(Reason::TemplateNotEditable)
        .param("state", state));
    }
    let approved = row.state == TemplateState::Approved;
    // YCloud passes no category on with an edit, whatever the state.
    let category_is_fixed = approved || row.provider == Provider::Ycloud;
    if category_is_fixed && version.category != row.category {
        return Err(Error::new(
            Code::Conflict,
            "The category of this template cannot be changed any more. Duplicate it under another name.",
        )
        .reason(Reason::TemplateCategoryFixed)
        .field("category"));
    }
    if !approved {
        return Ok(());
    }
    if let Some(at) = limit.possible_at {
        return Err(Error::new(
            Code::Conflict,
            format!("Meta lets an approved template be edited once in 24 hours and ten times in 30 days. This one can be edited again at {}.", at.format("%Y-%m-%d %H:%M UTC")),
        )
        .reason(Reason::TemplateEditLimit)
        .param("at", at.to_rfc3339()));
    }
    Ok(())
}

/// What came of asking the provider.
#[derive(Debug)]
pub enum Answered {
    Created(Created),
    Edited,
    Failed(TemplateFailure),
}

impl Submission {
    /// Asks whoever keeps the account's templates.
    pub async fn ask(&self, at: &dyn TemplateAccount) -> Answered {
        let Some(id) = &self.row.external_id else {
            return at
                .create(&self.row.account, &self.template)
                .await
                .map_or_else(Answered::Failed, Answered::Created);
        };
        let approved = self.row.state == TemplateState::Approved;
        let edit = TemplateEdit {
            category: self.template.category.clone().filter(|_| !approved),
            components: Some(self.template.components.clone()),
            parameter_format: self.template.parameter_format.clone(),
            ttl_seconds: self.template.message_send_ttl_seconds,
        };
        match at.edit(key(&self.row, id), &edit).await {
            Ok(()) => Answered::Edited,
            Err(failure) => Answered::Failed(failure),
        }
    }

    /// The account that the template belongs to, and who keeps it.
    pub fn account(&self) -> (Provider, &str) {
        (self.row.provider, &self.row.account)
    }

    /// Writes what came of it, and gives the template as it is then.
    ///
    /// # Errors
    /// What the provider refused, in words of ours; when an answer was lost, that it is not known
    /// what the provider has. What is known was written in both cases.
    pub async fn settle(
        self,
        tx: &mut Tx,
        scope: &Scope,
        answered: Answered,
    ) -> Result<(StoredTemplate, Option<Error>)> {
        let stored = get(tx, scope, self.row.id).await?;
        let mut row = stored.clone();
        let error = match answered {
            Answered::Created(created) => {
                row.external_id = Some(created.id);
                self.taken(&mut row, scope, &created.status);
                if let Some(category) = created.category {
                    row.category = category.to_ascii_lowercase();
                }
                event(tx, scope, &row, "status", None, &created.status, None).await?;
                if row.category != self.version.category {
                    row.previous_category = Some(self.version.category.clone());
                    let before = Some(self.version.category.clone());
                    let after = row.category.clone();
                    event(tx, scope, &row, "category", before, &after, None).await?;
                }
                None
            }
            Answered::Edited => {
                let before = Some(stored.version.to_string());
                let after = self.version.version.to_string();
                let counts = stored.state == TemplateState::Approved;
                let reason = counts.then(|| APPROVED.to_owned());
                event(tx, scope, &row, "components", before, &after, reason).await?;
                // Meta does not say so, but looks at it again: the next pull tells.
                self.taken(&mut row, scope, "PENDING");
                let before = stored.provider_status.clone();
                event(tx, scope, &row, "status", before, "PENDING", None).await?;
                row.edited_at = Some(scope.now());
                None
            }
            Answered::Failed(TemplateFailure::Lost(error)) => {
                row.state = TemplateState::Unknown;
                row.submitted_at = Some(scope.now());
                Some(
                    Error::new(
                        Code::MetaUnavailable,
                        "Meta's answer was lost on the way, so it is not known whether it has the template. It is not submitted again by itself: pull the templates, which tells.",
                    )
                    .reason(Reason::TemplateUnsure)
                    .source(error),
                )
            }
            Answered::Failed(failure) => Some(refused(failure, &self.template)),
        };
        store::keep(tx, scope, &stored, &mut row).await?;
        let version = self.version.version;
        deed::record(tx, scope, "submit_template", Some(&stored), &row, version).await?;
        Ok((row, error))
    }

    fn taken(&self, row: &mut StoredTemplate, scope: &Scope, status: &str) {
        put(
            row,
            &self.template,
            self.version.variables.0.clone(),
            self.version.version,
        );
        row.provider_status = Some(status.to_ascii_uppercase());
        row.state = TemplateState::of(status);
        row.rejection_reason = None;
        row.submitted_at = Some(scope.now());
        row.decided_at = None;
        row.author_id = row.author_id.or(scope.actor);
    }
}

/// A template by what its provider may ask for.
fn key<'a>(row: &'a StoredTemplate, id: &'a str) -> TemplateKey<'a> {
    TemplateKey {
        account: &row.account,
        external_id: id,
        name: &row.name,
        language: &row.language,
    }
}

/// What the provider did not do, in words of ours.
fn refused(failure: TemplateFailure, template: &Template) -> Error {
    let (refusal, said, error) = match failure {
        TemplateFailure::Lost(error) | TemplateFailure::Failed(error) => return error,
        TemplateFailure::Refused {
            refusal,
            said,
            source,
        } => (refusal, said, source),
    };
    let (name, language) = (template.name.as_str(), template.language.as_str());
    let told = match refusal {
        Some(Refusal::Exists) => exists(name, language),
        Some(Refusal::NameBlocked) => Error::new(
            Code::Conflict,
            format!("A template {name} was deleted, and Meta keeps its name for 30 days. Choose another name."),
        )
        .reason(Reason::TemplateNameBlocked)
        .param("name", name)
        .field("name"),
        Some(Refusal::AccountFull) => Error::new(
            Code::Conflict,
            "The WhatsApp account has as many templates as Meta lets it have. Delete some, then try again.",
        )
        .reason(Reason::TemplateAccountFull),
        Some(Refusal::Gone) => Error::new(
            Code::NotFound,
            "Meta does not have this template, or does not show it. Pull the templates.",
        )
        .reason(Reason::TemplateNotAtMeta),
        Some(Refusal::State | Refusal::Content(_)) | None => {
            Error::new(Code::MetaRefused, format!("Meta refused the template: {said}"))
                .reason(Reason::TemplateRefused)
                .param("said", &said)
        }
    };
    told.source(error)
}

/// Whether a template may be deleted: what uses it, unless it is meant all the same.
///
/// # Errors
/// `NotFound`; `Conflict` naming what would break, and for a disabled one, which Meta keeps.
pub async fn prepare_deletion(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    although_used: bool,
) -> Result<StoredTemplate> {
    let row = get(tx, scope, id).await?;
    if row.external_id.is_some()
        && row.vanished_at.is_none()
        && row.state == TemplateState::Disabled
    {
        return Err(Error::new(
            Code::Conflict,
            "Meta does not let a disabled template be deleted.",
        )
        .reason(Reason::TemplateDisabledStays));
    }
    let found = uses(tx, scope.workspace, id).await?;
    if !although_used && found.is_used() {
        return Err(in_use(&found));
    }
    Ok(row)
}

fn in_use(uses: &Uses) -> Error {
    let names: Vec<String> = uses
        .bulk_sends
        .iter()
        .map(|one| format!("\"{}\"", one.name))
        .collect();
    Error::new(
        Code::Conflict,
        format!(
            "This template is in use: bulk sends {} ({}), messages that wait {}. Stop them first, or delete it although they will fail.",
            uses.bulk_sends.len(),
            names.join(", "),
            uses.waiting
        ),
    )
    .reason(Reason::TemplateInUse)
    .param("bulk_sends", uses.bulk_sends.len())
    .param("names", names.join(", "))
    .param("waiting", uses.waiting)
}

/// Deletes a template where its account's templates are kept, in its language alone.
///
/// # Errors
/// What the provider refused, in words of ours. One that is not there any more counts as deleted.
pub async fn delete_at_provider(at: &dyn TemplateAccount, row: &StoredTemplate) -> Result<()> {
    let Some(id) = row
        .external_id
        .as_deref()
        .filter(|_| row.vanished_at.is_none())
    else {
        return Ok(());
    };
    at.delete(key(row, id))
        .await
        .map_err(|failure| refused(failure, &row.template()))
}

/// Marks a template as deleted. Its versions, what happened to it and what was sent with it stay.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<StoredTemplate> {
    let stored = get(tx, scope, id).await?;
    let mut row = stored.clone();
    row.deleted_at = Some(scope.now());
    store::keep(tx, scope, &stored, &mut row).await?;
    deed::record(
        tx,
        scope,
        "delete_template",
        Some(&stored),
        &row,
        row.version,
    )
    .await?;
    Ok(row)
}
