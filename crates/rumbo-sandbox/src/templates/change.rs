//! Creating, editing and deleting templates, within Meta's limits.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::check::{self, Refused};
use super::settle;
use crate::app::App;
use crate::graph::{Context, GraphError, check_params, success};
use crate::world::World;
use crate::world::message_templates::MessageTemplate;

/// Templates that an account may make in an hour.
const CREATES_AN_HOUR: usize = 100;
/// Templates of a verified account.
const TEMPLATES: usize = 6_000;
/// Edits of an approved template.
const EDITS_A_DAY: usize = 1;
const EDITS_A_MONTH: usize = 10;
/// Days for which the name of a deleted approved template is not free.
const NAME_BLOCKED_DAYS: i64 = 30;

/// `POST /{waba}/message_templates`
pub(crate) fn create(context: &Context<'_>, waba: u64) -> Result<Value, GraphError> {
    settle(context.app, context.world, context.now);
    check_params(
        context,
        &[
            "name",
            "language",
            "category",
            "components",
            "parameter_format",
            "message_send_ttl_seconds",
            "allow_category_change",
            "cta_url_link_tracking_opted_out",
            "library_template_name",
        ],
    )?;
    let params = &context.call.params;
    let required = |name: &str| {
        params
            .get(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| {
                GraphError::parameter(format!("The parameter {name} is required"))
                    .with_subcode(2_388_043)
            })
    };
    let name = required("name")?.to_owned();
    let language = required("language")?.to_owned();
    let category = required("category")?.to_ascii_uppercase();
    let components = params.json("components")?.ok_or_else(|| {
        GraphError::parameter("The parameter components is required").with_subcode(2_388_043)
    })?;
    check::handles(&components)?;
    let named = match params.get("parameter_format").map(str::to_ascii_uppercase) {
        None => false,
        Some(word) if word == "POSITIONAL" => false,
        Some(word) if word == "NAMED" => true,
        Some(word) => {
            return Err(GraphError::parameter(format!(
                "Param parameter_format must be one of {{NAMED, POSITIONAL}}: {word}"
            )));
        }
    };
    let new = New {
        waba,
        name,
        language,
        category: category.clone(),
        components,
        named,
        life: params.get("message_send_ttl_seconds").map(str::to_owned),
    };
    let id = add(context.app, context.world, context.now, &new)?;
    Ok(json!({ "id": id.to_string(), "status": "PENDING", "category": category }))
}

/// A template that somebody wants to make.
pub(crate) struct New {
    pub waba: u64,
    pub name: String,
    pub language: String,
    pub category: String,
    pub components: Value,
    pub named: bool,
    /// For how many seconds delivery is tried, as it was written.
    pub life: Option<String>,
}

/// Makes a template, unless Meta would refuse it; gives its id.
pub(crate) fn add(
    app: &App,
    world: &World,
    now: DateTime<Utc>,
    new: &New,
) -> Result<u64, GraphError> {
    let (waba, name, language, category) = (new.waba, &new.name, &new.language, &new.category);
    check::name(name)?;
    check::language(language)?;
    check::category(category)?;
    let components = check::components(&new.components, category, new.named)?;
    let life = new
        .life
        .as_deref()
        .map(|text| check::life(text, category))
        .transpose()?;
    let mut templates = world.message_templates();
    let mut ledger = app.ledger();
    let hour = now - TimeDelta::hours(1);
    let lately = ledger
        .templates
        .creates
        .iter()
        .filter(|(of, at)| *of == waba && *at > hour)
        .count();
    if lately >= CREATES_AN_HOUR {
        return Err(GraphError::new(
            80_008,
            "(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try again.",
        ));
    }
    if templates.of(waba).count() >= TEMPLATES {
        return Err(Refused::Full.error());
    }
    if templates.named(waba, name, language).is_some() {
        return Err(Refused::Exists.error());
    }
    let blocked = now - TimeDelta::days(NAME_BLOCKED_DAYS);
    if ledger
        .templates
        .deleted
        .iter()
        .any(|(of, gone, at)| *of == waba && gone == name && *at > blocked)
    {
        return Err(Refused::Blocked.error());
    }
    let same = category != "AUTHENTICATION"
        && templates.of(waba).any(|it| {
            it.category != "AUTHENTICATION"
                && it.language == *language
                && check::wording(&it.components) == check::wording(&components)
        });
    if same {
        return Err(Refused::Exists.error());
    }
    let id = templates.add(MessageTemplate {
        id: 0,
        waba,
        name: name.clone(),
        language: language.clone(),
        category: category.clone(),
        previous_category: None,
        status: "PENDING".to_owned(),
        rejected_reason: "NONE".to_owned(),
        quality: "UNKNOWN".to_owned(),
        named: new.named,
        components,
        created: now,
        edits: Vec::new(),
    });
    ledger.templates.creates.push((waba, now));
    ledger.templates.reviews.insert(id, now);
    if let Some(seconds) = life {
        ledger.templates.lives.insert(id, seconds);
    }
    Ok(id)
}

/// `POST /{template}`
pub(super) fn edit(context: &Context<'_>, id: u64) -> Result<Value, GraphError> {
    check_params(
        context,
        &[
            "category",
            "components",
            "parameter_format",
            "message_send_ttl_seconds",
        ],
    )?;
    let params = &context.call.params;
    let edit = Edit {
        category: params.get("category").map(str::to_ascii_uppercase),
        components: params.json("components")?,
        named: params
            .get("parameter_format")
            .map(|word| word.eq_ignore_ascii_case("NAMED")),
        life: params.get("message_send_ttl_seconds").map(str::to_owned),
    };
    if let Some(components) = &edit.components {
        check::handles(components)?;
    }
    replace(context.app, context.world, context.now, id, &edit)?;
    Ok(success())
}

/// What an edit puts in place of what is there.
pub(crate) struct Edit {
    pub category: Option<String>,
    pub components: Option<Value>,
    pub named: Option<bool>,
    pub life: Option<String>,
}

/// Edits a template, unless Meta would refuse it.
pub(crate) fn replace(
    app: &App,
    world: &World,
    now: DateTime<Utc>,
    id: u64,
    edit: &Edit,
) -> Result<(), GraphError> {
    let mut templates = world.message_templates();
    let template = templates
        .by_id_mut(id)
        .ok_or_else(|| GraphError::no_such_object(&id.to_string(), "post"))?;
    let approved = template.status == "APPROVED";
    if !approved && !matches!(template.status.as_str(), "REJECTED" | "PAUSED") {
        return Err(Refused::State.error());
    }
    if let Some(category) = &edit.category {
        check::category(category)?;
        if approved && *category != template.category {
            return Err(Refused::State.error());
        }
    }
    if approved {
        let since = |back: TimeDelta| template.edits.iter().filter(|at| **at > now - back).count();
        if since(TimeDelta::hours(24)) >= EDITS_A_DAY || since(TimeDelta::days(30)) >= EDITS_A_MONTH
        {
            return Err(Refused::EditedTooOften.error());
        }
    }
    let category = edit
        .category
        .clone()
        .unwrap_or_else(|| template.category.clone());
    let named = edit.named.unwrap_or(template.named);
    let life = edit
        .life
        .as_deref()
        .map(|text| check::life(text, &category))
        .transpose()?;
    if let Some(components) = &edit.components {
        template.components = check::components(components, &category, named)?;
        template.named = named;
    }
    template.category = category;
    "PENDING".clone_into(&mut template.status);
    template.edits.push(now);
    let mut ledger = app.ledger();
    ledger.templates.reviews.insert(id, now);
    if let Some(seconds) = life {
        ledger.templates.lives.insert(id, seconds);
    }
    Ok(())
}

/// `POST /{template}/unpause`
pub(super) fn unpause(context: &Context<'_>, id: u64) -> Result<Value, GraphError> {
    check_params(context, &[])?;
    let mut templates = context.world.message_templates();
    match templates.by_id_mut(id) {
        Some(template) if template.status == "PAUSED" => {
            "APPROVED".clone_into(&mut template.status);
            Ok(success())
        }
        _ => Err(Refused::State.error()),
    }
}

/// `DELETE /{waba}/message_templates`
pub(crate) fn delete(context: &Context<'_>, waba: u64) -> Result<Value, GraphError> {
    settle(context.app, context.world, context.now);
    check_params(context, &["name", "hsm_id"])?;
    let params = &context.call.params;
    let name = params
        .get("name")
        .filter(|name| !name.is_empty())
        .ok_or_else(|| GraphError::parameter("The parameter name is required."))?
        .to_owned();
    let id = params.whole("hsm_id")?;
    let gone = take_away(context.app, context.world, context.now, waba, |it| {
        it.name == name && id.is_none_or(|id| it.id == id)
    })?;
    if gone.is_empty() {
        return Err(
            GraphError::parameter("Message Template does not exist").with_subcode(2_593_002)
        );
    }
    Ok(success())
}

/// Deletes the templates of an account that fit, unless Meta would refuse it; gives them.
pub(crate) fn take_away(
    app: &App,
    world: &World,
    now: DateTime<Utc>,
    waba: u64,
    fits: impl Fn(&MessageTemplate) -> bool,
) -> Result<Vec<MessageTemplate>, GraphError> {
    let mut templates = world.message_templates();
    let gone: Vec<MessageTemplate> = templates.of(waba).filter(|it| fits(it)).cloned().collect();
    if gone.iter().any(|it| it.status == "DISABLED") {
        return Err(Refused::State.error());
    }
    templates.remove(|it| it.waba == waba && gone.iter().any(|one| one.id == it.id));
    let mut ledger = app.ledger();
    for name in gone
        .iter()
        .filter(|it| it.status == "APPROVED")
        .map(|it| &it.name)
    {
        ledger.templates.deleted.push((waba, name.clone(), now));
    }
    Ok(gone)
}
