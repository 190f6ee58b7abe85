//! Writing templates here: nothing of this reaches the provider.

use rumbo_base::{Code, Error, Reason, Result};
use rumbo_engage::templates::{self, Document, NewTemplate};
use rumbo_meta::templates::Template;

use super::lint::unreadable;
use super::look::{detail, used};
use super::remote::account;
use super::{STALE, count};
use crate::Context;
use crate::wire::{
    AskTemplateReview, CompareTemplateVersions, DecideTemplateReview, DuplicateTemplate,
    RestoreTemplateVersion, SaveTemplate, TemplateComparison, TemplateDetail,
};

/// Writes a template, new or as a version of one that is there.
///
/// # Errors
/// `InvalidInput` for what is no template, or cannot be kept; `Conflict` for a name that is taken;
/// `NotFound`.
pub async fn save_template(cx: &Context, req: SaveTemplate) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let template = one(&req.template)?;
    let at = match req.id {
        Some(_) => None,
        None => Some(account(cx, req.account.as_deref()).await?),
    };
    let mut tx = scope.write().await?;
    let row = match (req.id, at) {
        (Some(id), _) => {
            let note = req.note.as_deref();
            templates::save(&mut tx, scope, id, &template, &req.variables, note).await?
        }
        (None, at) => {
            let at = at.unwrap_or_default();
            let new = NewTemplate {
                provider: at.provider,
                account: at.account,
                template,
                variables: req.variables,
                note: req.note,
            };
            templates::create(&mut tx, scope, new, "written").await?
        }
    };
    let detail = detail(&mut tx, scope, row.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(detail)
}

/// What is not the same in two versions, and what that breaks.
///
/// # Errors
/// `NotFound`.
pub async fn compare_template_versions(
    cx: &Context,
    req: CompareTemplateVersions,
) -> Result<TemplateComparison> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let row = templates::get(&mut tx, scope, req.id).await?;
    let before = templates::version(&mut tx, scope, req.id, req.before.into()).await?;
    let after = templates::version(&mut tx, scope, req.id, req.after.into()).await?;
    let breaks = templates::breaks(&before.variables.0, &after.variables.0);
    let uses = templates::uses(&mut tx, scope.workspace, req.id).await?;
    let affected = used(&uses)
        .into_iter()
        .filter(|one| one.version.is_none_or(|version| version != req.after))
        .filter(|_| !breaks.is_empty())
        .collect();
    Ok(TemplateComparison {
        before: count(before.version),
        after: count(after.version),
        parts: templates::compare(&before.template(&row), &after.template(&row)),
        breaks,
        affected,
    })
}

/// Makes an earlier version the newest again.
///
/// # Errors
/// `NotFound`.
pub async fn restore_template_version(
    cx: &Context,
    req: RestoreTemplateVersion,
) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let (id, version, note) = (req.id, i64::from(req.version), req.note.as_deref());
    templates::restore(&mut tx, scope, id, version, note).await?;
    let detail = detail(&mut tx, scope, id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(detail)
}

/// Copies a template under another name, in another language or to another account.
///
/// # Errors
/// `NotFound`; `Conflict` when there is one like it already.
pub async fn duplicate_template(cx: &Context, req: DuplicateTemplate) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let to = match req.account.as_deref() {
        Some(named) => Some(account(cx, Some(named)).await?),
        None => None,
    };
    let mut tx = scope.write().await?;
    let from = templates::get(&mut tx, scope, req.id).await?;
    let to = match &to {
        Some(to) => (to.provider, to.account.as_str()),
        None => (from.provider, from.account.as_str()),
    };
    let (name, language) = (req.name.as_deref(), req.language.as_deref());
    let row = templates::duplicate(&mut tx, scope, req.id, to, name, language).await?;
    let detail = detail(&mut tx, scope, row.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(detail)
}

/// Asks somebody else to look at the newest version before it is submitted.
///
/// # Errors
/// `NotFound`; `InvalidInput` when Meta would refuse it; `Conflict` when the provider has it already.
pub async fn ask_template_review(cx: &Context, req: AskTemplateReview) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    templates::ask_review(&mut tx, scope, req.id, req.note.as_deref()).await?;
    let detail = detail(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(detail)
}

/// Says whether the newest version is fit to be submitted.
///
/// # Errors
/// `NotFound`; `Conflict` when nobody asked, and for who wrote it or asked.
pub async fn decide_template_review(
    cx: &Context,
    req: DecideTemplateReview,
) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let why = req.reason.as_deref();
    templates::decide_review(&mut tx, scope, req.id, req.approve, why).await?;
    let detail = detail(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(detail)
}

/// The one template of a document.
fn one(text: &str) -> Result<Template> {
    let document = Document::read(text).map_err(|why| unreadable(why).field("template"))?;
    let mut templates = document.templates();
    match (templates.next(), templates.next()) {
        (Some(template), None) => Ok(template.clone()),
        _ => Err(Error::new(
            Code::InvalidInput,
            "This holds no template, or several. Give one as it is sent to Meta.",
        )
        .reason(Reason::TemplatesNone)
        .field("template")),
    }
}
