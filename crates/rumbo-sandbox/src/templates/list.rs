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
            if let Some(Some(value)) = value(context, template, name) {
                answer.insert((*name).to_owned(), value);
            }
        }
        return Ok(answer.into());
    }
    for field in fields {
        match value(context, template, &field.name) {
            Some(Some(value)) => {
                answer.insert(field.name.clone(), value);
            }
            Some(None) => {}
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

/// A field of a template; `None` for a field that there is none of, `Some(None)` where it is empty.
fn value(context: &Context<'_>, template: &MessageTemplate, field: &str) -> Option<Option<Value>> {
    Some(match field {
        "id" => Some(template.id.to_string().into()),
        "name" => Some(template.name.clone().into()),
        "language" => Some(template.language.clone().into()),
        "status" => Some(template.status.clone().into()),
        "category" => Some(template.category.clone().into()),
        "previous_category" => template.previous_category.clone().map(Value::from),
        "parameter_format" => Some(
            if template.named {
                "NAMED"
            } else {
                "POSITIONAL"
            }
            .into(),
        ),
        "components" => Some(template.components.clone()),
        "quality_score" => {
            Some(json!({ "score": template.quality, "date": template.created.timestamp() }))
        }
        "rejected_reason" => Some(template.rejected_reason.clone().into()),
        "message_send_ttl_seconds" => context
            .app
            .ledger()
            .templates
            .lives
            .get(&template.id)
            .map(|seconds| (*seconds).into()),
        "sub_category"
        | "library_template_name"
        | "cta_url_link_tracking_opted_out"
        | "degrees_of_freedom_spec" => None,
        _ => return None,
    })
}
