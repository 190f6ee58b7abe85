//! Writing templates: every change of the whole is a version with its author and why.

use rumbo_base::{Code, Error, Reason, Result, TemplateId};
use rumbo_channels::Provider;
use rumbo_db::Tx;
use rumbo_meta::templates::Template;
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::deed;
use super::lint::formatted_as_written;
use super::review::withdraw;
use super::state::TemplateState;
use super::store::{self, NewVersion, StoredTemplate, TemplateVersion};
use super::variables::{TemplateVariable, variables};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 500;
/// The longest name that can be kept, in bytes: Meta's own limit.
const LONGEST_NAME: usize = 512;

/// A template to write.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    pub provider: Provider,
    /// The id of the WhatsApp business account.
    pub account: String,
    pub template: Template,
    /// What each variable is, as far as somebody said it.
    pub variables: Vec<TemplateVariable>,
    pub note: Option<String>,
}

pub(super) fn gone() -> Error {
    Error::new(
        Code::NotFound,
        "This template does not exist any more. Look again.",
    )
    .reason(Reason::Gone)
    .param("what", "template")
}

/// A template that is there.
///
/// # Errors
/// `NotFound`, also for one that was deleted.
pub async fn get(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<StoredTemplate> {
    store::find(tx, scope.workspace, id)
        .await?
        .filter(|row| row.deleted_at.is_none())
        .ok_or_else(gone)
}

/// One version of a template.
///
/// # Errors
/// `NotFound`.
pub async fn version(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    number: i64,
) -> Result<TemplateVersion> {
    store::versions(tx, scope.workspace, id)
        .await?
        .into_iter()
        .find(|one| one.version == number)
        .ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("This template has no version {number}. Look at the list again."),
            )
            .reason(Reason::IdUnknown)
            .param("id", number)
            .param("what", "version")
            .field("version")
        })
}

/// The newest version of a template: what is edited and submitted.
///
/// # Errors
/// `NotFound`.
pub async fn newest(tx: &mut Tx, scope: &Scope, id: TemplateId) -> Result<TemplateVersion> {
    store::versions(tx, scope.workspace, id)
        .await?
        .into_iter()
        .next()
        .ok_or_else(gone)
}

/// Writes a new template. Nothing of it is at the provider yet, so that the format of its variables is
/// the one that they are written in.
///
/// # Errors
/// `Conflict` when the account has one of this name in this language; `InvalidInput` for what cannot
/// be kept. What Meta would refuse is kept all the same: it is a draft.
pub async fn create(
    tx: &mut Tx,
    scope: &Scope,
    new: NewTemplate,
    origin: &'static str,
) -> Result<StoredTemplate> {
    let new = NewTemplate {
        template: formatted_as_written(&new.template),
        ..new
    };
    fits(&new.template)?;
    let note = note(new.note.as_deref())?;
    free(tx, scope, &new.account, &new.template, None).await?;
    let known = variables(&new.template, &new.variables);
    let row = StoredTemplate {
        variables: Json(known.clone()),
        ..draft(scope, scope.id(), new.provider, &new.account, &new.template)
    };
    store::insert(tx, scope, &row).await?;
    let version = NewVersion {
        version: 1,
        template: &new.template,
        variables: &known,
        origin,
        note: note.as_deref(),
    };
    store::insert_version(tx, scope, row.id, &version).await?;
    let action = match origin {
        "duplicated" => "duplicate_template",
        _ => "save_template",
    };
    deed::record(tx, scope, action, None, &row, 1).await?;
    Ok(row)
}

/// Writes what a template is to be. Saving what is there already writes nothing. While the provider
/// has it, what is sent stays what the provider has until the edit is submitted.
///
/// # Errors
/// `NotFound`; `Conflict` for a name that is taken; `InvalidInput` for a new name of a template that
/// the provider has, and for what cannot be kept.
pub async fn save(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    template: &Template,
    said: &[TemplateVariable],
    why: Option<&str>,
) -> Result<StoredTemplate> {
    write(tx, scope, id, template, said, why, "written").await
}

/// Makes an earlier version the newest again.
///
/// # Errors
/// `NotFound`.
pub async fn restore(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    number: i64,
    why: Option<&str>,
) -> Result<StoredTemplate> {
    let row = get(tx, scope, id).await?;
    let old = version(tx, scope, id, number).await?;
    let template = old.template(&row);
    write(tx, scope, id, &template, &old.variables.0, why, "restored").await
}

/// Copies the newest version under another name, in another language or to another account.
///
/// # Errors
/// As [`create`].
pub async fn duplicate(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    to: (Provider, &str),
    name: Option<&str>,
    language: Option<&str>,
) -> Result<StoredTemplate> {
    let row = get(tx, scope, id).await?;
    let newest = newest(tx, scope, id).await?;
    let mut template = newest.template(&row);
    if let Some(name) = name {
        name.clone_into(&mut template.name);
    }
    if let Some(language) = language {
        language.clone_into(&mut template.language);
    }
    let new = NewTemplate {
        provider: to.0,
        account: to.1.to_owned(),
        template,
        variables: newest.variables.0,
        note: None,
    };
    create(tx, scope, new, "duplicated").await
}

async fn write(
    tx: &mut Tx,
    scope: &Scope,
    id: TemplateId,
    template: &Template,
    said: &[TemplateVariable],
    why: Option<&str>,
    origin: &'static str,
) -> Result<StoredTemplate> {
    fits(template)?;
    let note = note(why)?;
    let stored = get(tx, scope, id).await?;
    let last = newest(tx, scope, id).await?;
    let as_written = stored
        .external_id
        .is_none()
        .then(|| formatted_as_written(template));
    let template = as_written.as_ref().unwrap_or(template);
    let moved = (&template.name, &template.language) != (&stored.name, &stored.language);
    if moved && stored.external_id.is_some() {
        return Err(Error::new(
            Code::InvalidInput,
            "Name and language of a template that Meta has cannot be changed. Duplicate it instead.",
        )
        .reason(Reason::TemplateNameFixed)
        .field("name"));
    }
    if moved {
        free(tx, scope, &stored.account, template, Some(id)).await?;
    }
    let known = variables(template, said);
    let mut row = stored.clone();
    let changed = last.template(&stored) != normal(template) || last.variables.0 != known;
    let number = if changed {
        last.version + 1
    } else {
        last.version
    };
    if changed {
        let version = NewVersion {
            version: number,
            template,
            variables: &known,
            origin,
            note: note.as_deref(),
        };
        store::insert_version(tx, scope, id, &version).await?;
        withdraw(tx, scope, id).await?;
    }
    if stored.external_id.is_none() {
        template.name.clone_into(&mut row.name);
        template.language.clone_into(&mut row.language);
        put(&mut row, template, known, number);
        // What somebody looks at, or approved, was another text.
        if changed && row.state == TemplateState::InReview {
            row.state = TemplateState::Draft;
            row.approver_id = None;
        }
    }
    store::keep(tx, scope, &stored, &mut row).await?;
    if changed {
        let action = match origin {
            "restored" => "restore_template_version",
            _ => "save_template",
        };
        deed::record(tx, scope, action, Some(&stored), &row, number).await?;
    }
    Ok(row)
}

/// Makes a row say what a template says.
pub(super) fn put(
    row: &mut StoredTemplate,
    template: &Template,
    known: Vec<TemplateVariable>,
    number: i64,
) {
    store::category_word(template).clone_into(&mut row.category);
    store::format_word(template).clone_into(&mut row.parameter_format);
    row.components = Json(template.components.clone());
    row.ttl_seconds = template.message_send_ttl_seconds;
    row.variables = Json(known);
    row.version = number;
}

/// A row of which nothing is at the provider.
pub(super) fn draft(
    scope: &Scope,
    id: TemplateId,
    provider: Provider,
    account: &str,
    template: &Template,
) -> StoredTemplate {
    let now = scope.now();
    StoredTemplate {
        id,
        provider,
        account: account.to_owned(),
        channel_id: None,
        external_id: None,
        name: template.name.clone(),
        language: template.language.clone(),
        category: store::category_word(template).to_owned(),
        previous_category: None,
        parameter_format: store::format_word(template).to_owned(),
        components: Json(template.components.clone()),
        variables: Json(Vec::new()),
        quality: None,
        state: TemplateState::Draft,
        provider_status: None,
        rejection_reason: None,
        ttl_seconds: template.message_send_ttl_seconds,
        version: 1,
        author_id: scope.actor,
        approver_id: None,
        submitted_at: None,
        decided_at: None,
        edited_at: None,
        provider_answer: None,
        synced_at: None,
        vanished_at: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// A template with everything that a version keeps, and nothing else.
fn normal(template: &Template) -> Template {
    let mut template = template.clone();
    let named = template.variables_are_named();
    template.rest = serde_json::Map::new();
    template.category = Some(rumbo_meta::templates::Category::of(store::category_word(
        &template,
    )));
    template.parameter_format = Some(rumbo_meta::templates::ParameterFormat::of(if named {
        "named"
    } else {
        "positional"
    }));
    template
}

fn fits(template: &Template) -> Result<()> {
    if template.name.trim().is_empty() {
        return Err(missing("name", "Give the template a name."));
    }
    if template.language.trim().is_empty() {
        return Err(missing("language", "Choose the language of the template."));
    }
    if template.name.len() > LONGEST_NAME {
        return Err(too_long("name", LONGEST_NAME));
    }
    let text = serde_json::to_string(&template.components).unwrap_or_default();
    if template.name.contains('\0') || text.contains("\\u0000") {
        return Err(Error::new(
            Code::InvalidInput,
            "The template holds a character that cannot be kept.",
        )
        .reason(Reason::ValueNotKept)
        .field("template"));
    }
    Ok(())
}

fn missing(field: &'static str, message: &str) -> Error {
    Error::new(Code::InvalidInput, message)
        .reason(Reason::ValueMissing)
        .field(field)
}

fn too_long(field: &'static str, longest: usize) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("The {field} is longer than {longest} characters."),
    )
    .reason(Reason::ValueTooLong)
    .param("longest", longest)
    .field(field)
}

pub(super) fn note(text: Option<&str>) -> Result<Option<String>> {
    let text = text.unwrap_or_default().trim();
    if text.chars().count() > LONGEST_NOTE {
        return Err(too_long("note", LONGEST_NOTE));
    }
    Ok((!text.is_empty()).then(|| text.replace('\0', "")))
}

/// # Errors
/// `Conflict` when the account has a template of this name in this language.
async fn free(
    tx: &mut Tx,
    scope: &Scope,
    account: &str,
    template: &Template,
    but: Option<TemplateId>,
) -> Result<()> {
    let (name, language) = (template.name.as_str(), template.language.as_str());
    let taken = store::named(tx, scope.workspace, account, name, language)
        .await?
        .filter(|row| Some(row.id) != but);
    match taken {
        None => Ok(()),
        Some(_) => Err(exists(name, language)),
    }
}

pub(super) fn exists(name: &str, language: &str) -> Error {
    Error::new(
        Code::Conflict,
        format!(
            "There is a template {name} in {language} already. Open it, or choose another name."
        ),
    )
    .reason(Reason::TemplateExists)
    .param("name", name)
    .param("language", language)
    .field("name")
}
