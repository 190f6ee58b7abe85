//! A second pair of eyes: where the workspace asks for it, somebody else approves a version before it
//! is submitted (DETAILS T-2).

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Error, Reason, Result, TemplateId, TemplateReviewId, UserId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::{Scope, workspaces};

use super::deed;
use super::state::TemplateState;
use super::store::{self, StoredTemplate, TemplateVersion};
use super::submit::{is_at_provider, would_be_refused};
use super::versions::{get, newest, note};

statements! {
    OF_TEMPLATE = "SELECT r.id, r.version, r.note, r.asked_at, r.asked_by, a.name AS asker, r.outcome, r.reason, \
        r.decided_at, d.name AS decider FROM template_reviews r LEFT JOIN users a ON a.id = r.asked_by \
        LEFT JOIN users d ON d.id = r.decided_by WHERE r.workspace_id = $1 AND r.template_id = $2 \
        ORDER BY r.asked_at DESC, r.id DESC";
    ASK = "INSERT INTO template_reviews (workspace_id, id, template_id, version, note, asked_at, asked_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    DECIDE = "UPDATE template_reviews SET outcome = $3, reason = $4, decided_at = $5, decided_by = $6 \
        WHERE workspace_id = $1 AND id = $2 AND outcome IS NULL";
    /// Another version needs another look.
    WITHDRAW = "UPDATE template_reviews SET outcome = 'withdrawn', decided_at = $3, decided_by = $4 \
        WHERE workspace_id = $1 AND template_id = $2 AND outcome IS NULL";
}

/// A look at a version, asked for and perhaps decided.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TemplateReview {
    pub id: TemplateReviewId,
    pub version: i64,
    /// What the person who asked wants looked at.
    pub note: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub asked_by: Option<UserId>,
    pub asker: Option<String>,
    /// `approved`, `declined` or `withdrawn`; `None` while nobody decided.
    pub outcome: Option<String>,
    /// Why it was declined.
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decider: Option<String>,
}

impl TemplateReview {
    /// Nobody decided yet.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// Somebody else found it fit.
    pub fn is_approved(&self) -> bool {
        self.outcome.as_deref() == Some("approved")
    }
}

/// Whether the workspace asks for a second pair of eyes.
///
/// # Errors
/// When the store cannot be read.
pub async fn is_asked_for(tx: &mut Tx, workspace: WorkspaceId) -> Result<bool> {
    let found = workspaces::find(tx, workspace).await?;
    Ok(found.is_some_and(|workspace| workspace.settings.template_review))
}

/// Every look at a template, newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn reviews(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
) -> Result<Vec<TemplateReview>> {
    on_tx!(tx, |c| sqlx::query_as(OF_TEMPLATE)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

/// Whether somebody may decide: neither who wrote the version nor who asked.
pub fn may_decide(
    review: &TemplateReview,
    version: &TemplateVersion,
    actor: Option<UserId>,
) -> bool {
    actor.is_some() && version.author_id != actor && review.asked_by != actor
}

/// Refuses to submit a version that nobody else found fit, where the workspace asks for that.
pub(super) async fn was_approved(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    version: i64,
) -> Result<()> {
    if !is_asked_for(tx, scope.workspace).await? {
        return Ok(());
    }
    let known = reviews(tx, scope.workspace, id).await?;
    let of_version = |review: &&TemplateReview| review.version == version;
    if known
        .iter()
        .filter(of_version)
        .any(TemplateReview::is_approved)
    {
        return Ok(());
    }
    Err(Error::new(
        Code::Conflict,
        "Somebody else has to look at this template before it is submitted. Ask for a review, and have it approved.",
    )
    .reason(Reason::TemplateReviewNeeded))
}

/// Asks for a look at the newest version. Asked again, nothing changes.
///
/// # Errors
/// `NotFound`; `InvalidInput` when Meta would refuse it; `Conflict` when the provider has this version
/// already.
pub async fn ask_review(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    why: Option<&str>,
) -> Result<StoredTemplate> {
    let why = note(why)?;
    let stored = get(tx, scope, id).await?;
    let version = newest(tx, scope, id).await?;
    would_be_refused(&version.template(&stored))?;
    if stored.external_id.is_some() && version.version == stored.version {
        return Err(is_at_provider());
    }
    let known = reviews(tx, scope.workspace, id).await?;
    let settled = known
        .iter()
        .find(|review| review.version == version.version)
        .is_some_and(|review| review.is_open() || review.is_approved());
    if settled {
        return Ok(stored);
    }
    let review: TemplateReviewId = scope.id();
    on_tx!(tx, |c| sqlx::query(ASK)
        .bind(scope.workspace)
        .bind(review)
        .bind(id)
        .bind(version.version)
        .bind(why)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    let mut row = stored.clone();
    if row.external_id.is_none() && row.state == TemplateState::Draft {
        row.state = TemplateState::InReview;
    }
    row.approver_id = None;
    store::keep(tx, scope, &stored, &mut row).await?;
    let (action, number) = ("ask_template_review", version.version);
    deed::record(tx, scope, action, Some(&stored), &row, number).await?;
    Ok(row)
}

/// Says whether a version is fit to be submitted. Declined, it is a draft again.
///
/// # Errors
/// `NotFound`; `Conflict` when no review of the newest version is open, and for who wrote it or asked.
pub async fn decide_review(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    approve: bool,
    why: Option<&str>,
) -> Result<StoredTemplate> {
    let why = note(why)?;
    let stored = get(tx, scope, id).await?;
    let version = newest(tx, scope, id).await?;
    let known = reviews(tx, scope.workspace, id).await?;
    let open = known
        .iter()
        .find(|review| review.is_open() && review.version == version.version);
    let Some(open) = open else {
        return Err(Error::new(
            Code::Conflict,
            "Nobody asked for a review of this version, or it was decided. Look at the template again.",
        )
        .reason(Reason::TemplateNotInReview));
    };
    if !may_decide(open, &version, scope.actor) {
        return Err(Error::new(
            Code::Conflict,
            "Who wrote a template or asked for its review cannot decide it. Somebody else of the workspace has to.",
        )
        .reason(Reason::TemplateReviewOwn));
    }
    let outcome = if approve { "approved" } else { "declined" };
    on_tx!(tx, |c| sqlx::query(DECIDE)
        .bind(scope.workspace)
        .bind(open.id)
        .bind(outcome)
        .bind(why)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    let mut row = stored.clone();
    row.approver_id = scope.actor.filter(|_| approve);
    if !approve && row.state == TemplateState::InReview {
        row.state = TemplateState::Draft;
    }
    store::keep(tx, scope, &stored, &mut row).await?;
    let action = if approve {
        "approve_template"
    } else {
        "decline_template"
    };
    deed::record(tx, scope, action, Some(&stored), &row, version.version).await?;
    Ok(row)
}

/// What was asked about an earlier version is not asked any more.
pub(super) async fn withdraw(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(WITHDRAW)
        .bind(scope.workspace)
        .bind(id)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
