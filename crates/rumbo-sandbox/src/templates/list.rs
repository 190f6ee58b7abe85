//! Reading templates: one by its id, or an account's page by page.

use serde_json::{Map, Value, json};

use super::settle;
use crate::graph::fields::{Field, parse};
use crate::graph::{Context, GraphError, check_params, listing};
use crate::world::message_templates::MessageTemplate;

/// What is given unasked.
const UNASKED: &[&str] = &[
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "id",
];

const PARAMS: &[&str] = &[
    "after",
    "before",
    "category",
    "content",
    "language",
    "limit",
    "name",
    "name_or_content",
    "quality_score",
    "status",
];

/// `GET /{waba}/message_templates`
pub(crate) fn list(context: &Context<'_>, waba: u64) -> Result<Value, GraphError> {
    settle(context.app, context.world, context.now);
    check_params(context, PARAMS)?;
    let params = &context.call.params;
    let fields = parse(params.get("fields").unwrap_or(""))?;
    let asked = |name: &str| params.get(name).unwrap_or("").to_lowercase();
    let (name, content, either) = (asked("name"), asked("content"), asked("name_or_content"));
    let words = |name: &str| {
        params.list(name).map(|words| {
            words
                .iter()
                .map(|word| word.to_lowercase())
                .collect::<Vec<_>>()
        })
    };
    let (statuses, categories) = (words("status")?, words("category")?);
    let (languages, qualities) = (words("language")?, words("quality_score")?);
    let fits = |list: &[String], word: &str| {
        list.is_empty() || list.iter().any(|one| *one == word.to_lowercase())
    };
    let templates = context.world.message_templates();
    let found: Vec<&MessageTemplate> = templates
        .of(waba)
        .filter(|it| {
            let text = it.components.to_string().to_lowercase();
            fits(&statuses, &it.status)
                && fits(&categories, &it.category)
                && fits(&languages, &it.language)
                && fits(&qualities, &it.quality)
                && it.name.contains(&name)
                && text.contains(&content)
                && (it.name.contains(&either) || text.contains(&either))
        })
        .collect();
    let label = format!("{waba}/message_templates");
    let window = listing::window(&label, params, found.len())?;
    let rows = found
        .get(window.start..window.end)
        .unwrap_or_default()
        .iter()
        .map(|template| render(context, template, &fields))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(listing::page(
        context,
        &label,
        &label,
        params,
        rows,
        window,
        found.len(),
    ))
}

/// `GET /{template}`
pub(super) fn one(context: &Context<'_>, id: u64) -> Result<Value, GraphError> {
    check_params(context, &[])?;
    let fields = parse(context.call.params.get("fields").unwrap_or(""))?;
    let templates = context.world.message_templates();
    let template = templates
        .by_id(id)
        .ok_or_else(|| GraphError::no_such_object(&id.to_string(), "get"))?;
    render(context, template, &fields)
}

fn render(
    context: &Context<'_>,
    template: &MessageTemplate,
    fields: &[Field],
) -> Result<Value, GraphError> {
    let mut answer = Map::new();
    if fields.is_empty() {
        for name in UNASKED {
            if let Some(value) = value(context, template, name).filter(|value| !value.is_null()) {
                answer.insert((*name).to_owned(), value);
            }
        }
        return Ok(answer.into());
    }
    for field in fields {
        match value(context, template, &field.name) {
            Some(Value::Null) => {}
            Some(value) => {
                answer.insert(field.name.clone(), value);
            }
            None => {
                return Err(GraphError::nonexisting_field(
                    &field.name,
                    "WhatsAppMessageTemplate",
                ));
            }
        }
    }
    answer.insert("id".to_owned(), template.id.to_string().into());
    Ok(answer.into())
}

/// A field of a template, null where it is empty; `None` for a field that there is none of.
fn value(context: &Context<'_>, template: &MessageTemplate, field: &str) -> Option<Value> {
    Some(match field {
        "id" => template.id.to_string().into(),
        "name" => template.name.clone().into(),
        "language" => template.language.clone().into(),
        "status" => template.status.clone().into(),
        "category" => template.category.clone().into(),
        "previous_category" => template.previous_category.clone().into(),
        "parameter_format" if template.named => "NAMED".into(),
        "parameter_format" => "POSITIONAL".into(),
        "components" => template.components.clone(),
        "quality_score" => {
            json!({ "score": template.quality, "date": template.created.timestamp() })
        }
        "rejected_reason" => template.rejected_reason.clone().into(),
        "message_send_ttl_seconds" => {
            let ledger = context.app.ledger();
            ledger.templates.lives.get(&template.id).copied().into()
        }
        "sub_category"
        | "library_template_name"
        | "cta_url_link_tracking_opted_out"
        | "degrees_of_freedom_spec" => Value::Null,
        _ => return None,
    })
}
