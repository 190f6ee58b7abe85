//! YCloud's templates: the same as Meta's, found by name and language, with variables by number and
//! samples of headers by address. What Meta refuses comes back inside of YCloud's own error.

use serde_json::{Map, Value, json};

use super::super::check::{only, words};
use super::super::put;
use super::{invalid, not_found, page, refused, time};
use crate::app::App;
use crate::graph::{Call, GraphError, Method};
use crate::server::Reply;
use crate::templates::{Edit, New, add, replace, settle, take_away};
use crate::world::World;
use crate::world::message_templates::MessageTemplate;

const LIST: &[&str] = &[
    "page",
    "limit",
    "includeTotal",
    "filter.wabaId",
    "filter.name",
    "filter.language",
    "filter.status",
];

/// Answers a call below `/v2/whatsapp/templates`.
pub(super) fn answer(app: &App, call: &Call, method: Method, rest: &[&str]) -> Reply {
    let (world, now) = (app.world(), app.clock.now());
    settle(app, &world, now);
    match (method, rest) {
        (Method::Get, []) => match call.params.names().find(|name| !LIST.contains(name)) {
            Some(name) => invalid(&format!("{name} is not a parameter of this call")),
            None => page(call, &list(app, &world, call)),
        },
        (Method::Post, []) => create(app, &world, call),
        (_, [waba, name, language]) => {
            let Some(found) = find(&world, waba, name, language) else {
                return not_found();
            };
            match method {
                Method::Get => Reply::json(200, &shown(app, &found)),
                Method::Patch => edit(app, &world, call, &found),
                Method::Delete => delete(app, &world, found.waba, |it| it.id == found.id, false),
                Method::Post => not_found(),
            }
        }
        (Method::Delete, [waba, name]) => match waba.parse() {
            Ok(waba) => delete(app, &world, waba, |it| it.name == *name, true),
            Err(_) => not_found(),
        },
        _ => not_found(),
    }
}

fn find(world: &World, waba: &str, name: &str, language: &str) -> Option<MessageTemplate> {
    let waba: u64 = waba.parse().ok()?;
    let templates = world.message_templates();
    templates.named(waba, name, language).cloned()
}

fn list(app: &App, world: &World, call: &Call) -> Vec<Value> {
    let wanted = |name: &str, value: &str| call.params.get(name).is_none_or(|it| it == value);
    let statuses = call.params.get("filter.status");
    let held = world.message_templates();
    world
        .wabas
        .iter()
        .flat_map(|waba| held.of(waba.id))
        .filter(|it| {
            wanted("filter.wabaId", &it.waba.to_string())
                && wanted("filter.name", &it.name)
                && wanted("filter.language", &it.language)
                && statuses.is_none_or(|list| list.split(',').any(|one| one.trim() == it.status))
        })
        .map(|it| shown(app, it))
        .collect()
}

/// A template as YCloud answers with it.
fn shown(app: &App, of: &MessageTemplate) -> Value {
    let mut value = template(of);
    if let Some(seconds) = app.ledger().templates.lives.get(&of.id) {
        put(&mut value, "messageSendTtlSeconds", *seconds);
    }
    value
}

/// A template as YCloud tells of it.
pub(in super::super) fn template(template: &MessageTemplate) -> Value {
    let mut components = template.components.clone();
    for component in components.as_array_mut().into_iter().flatten() {
        rename(component, "header_handle", "header_url");
    }
    let mut value = json!({
        "officialTemplateId": template.id.to_string(),
        "wabaId": template.waba.to_string(),
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "components": components,
        "status": template.status,
        "qualityRating": template.quality,
        "createTime": time(template.created),
        "updateTime": time(template.edits.last().copied().unwrap_or(template.created)),
    });
    if let Some(before) = &template.previous_category {
        put(&mut value, "previousCategory", before.clone());
    }
    if template.rejected_reason != "NONE" {
        put(&mut value, "reason", template.rejected_reason.clone());
    }
    value
}

/// Gives the sample of a header, and of the headers of its cards, another name.
fn rename(component: &mut Value, from: &str, to: &str) {
    if let Some(example) = component.get_mut("example").and_then(Value::as_object_mut)
        && let Some(sample) = example.remove(from)
    {
        example.insert(to.to_owned(), sample);
    }
    let cards = component.get_mut("cards").and_then(Value::as_array_mut);
    for card in cards.into_iter().flatten() {
        let inner = card.get_mut("components").and_then(Value::as_array_mut);
        for component in inner.into_iter().flatten() {
            rename(component, from, to);
        }
    }
}

fn of_meta_refusal(error: &GraphError) -> Reply {
    let code = if error.status == 404 {
        "NOT_FOUND"
    } else {
        "WHATSAPP_API_ERROR"
    };
    refused(error.status.max(400), code, &error.message, Some(error))
}

fn create(app: &App, world: &World, call: &Call) -> Reply {
    let body = call.json_body();
    let known = [
        "wabaId",
        "name",
        "language",
        "category",
        "subCategory",
        "messageSendTtlSeconds",
        "components",
        "ctaUrlLinkTrackingOptedOut",
    ];
    if let Err(error) = only(&body, &known, "body") {
        return invalid(&error.message);
    }
    let text = |name: &str| words(&body, name).unwrap_or_default().to_owned();
    let waba = text("wabaId").parse::<u64>().ok();
    let Some(waba) = waba.filter(|waba| world.wabas.iter().any(|it| it.id == *waba)) else {
        return invalid("wabaId is not a WhatsApp Business account of this account");
    };
    let (name, language) = (text("name"), text("language"));
    let category = text("category");
    if !matches!(
        category.as_str(),
        "MARKETING" | "UTILITY" | "AUTHENTICATION"
    ) {
        return invalid("category must be one of MARKETING, UTILITY, AUTHENTICATION");
    }
    let components = match components(&body) {
        Ok(components) => components,
        Err(why) => return invalid(&why),
    };
    if world
        .message_templates()
        .named(waba, &name, &language)
        .is_some()
    {
        return refused(409, "ALREADY_EXISTS", "The template already exists.", None);
    }
    let new = New {
        waba,
        name: name.clone(),
        language: language.clone(),
        category,
        components,
        named: false,
        life: life(&body),
    };
    if let Err(error) = add(app, world, app.clock.now(), &new) {
        return of_meta_refusal(&error);
    }
    match find(world, &waba.to_string(), &name, &language) {
        Some(made) => Reply::json(200, &shown(app, &made)),
        None => not_found(),
    }
}

fn edit(app: &App, world: &World, call: &Call, found: &MessageTemplate) -> Reply {
    let body = call.json_body();
    let known = [
        "components",
        "messageSendTtlSeconds",
        "ctaUrlLinkTrackingOptedOut",
    ];
    if let Err(error) = only(&body, &known, "body") {
        return invalid(&error.message);
    }
    let components = match components(&body) {
        Ok(components) => components,
        Err(why) => return invalid(&why),
    };
    let edit = Edit {
        category: None,
        components: Some(components),
        named: Some(false),
        life: life(&body),
    };
    if let Err(error) = replace(app, world, app.clock.now(), found.id, &edit) {
        return of_meta_refusal(&error);
    }
    match world.message_templates().by_id(found.id) {
        Some(edited) => Reply::json(200, &shown(app, edited)),
        None => not_found(),
    }
}

fn delete(
    app: &App,
    world: &World,
    waba: u64,
    fits: impl Fn(&MessageTemplate) -> bool,
    as_list: bool,
) -> Reply {
    match take_away(app, world, app.clock.now(), waba, fits) {
        Err(error) => of_meta_refusal(&error),
        Ok(gone) => {
            let mut gone: Vec<Value> = gone
                .iter()
                .map(|it| {
                    let mut value = template(it);
                    put(&mut value, "status", "DELETED");
                    value
                })
                .collect();
            match (as_list, gone.len()) {
                (_, 0) => not_found(),
                (true, _) => Reply::json(200, &gone.into()),
                (false, _) => Reply::json(200, &gone.remove(0)),
            }
        }
    }
}

fn life(body: &Map<String, Value>) -> Option<String> {
    body.get("messageSendTtlSeconds").map(Value::to_string)
}

/// The fields that YCloud documents of a component, of a button and of samples.
const COMPONENT: &[&str] = &[
    "type",
    "format",
    "text",
    "buttons",
    "add_security_recommendation",
    "code_expiration_minutes",
    "limited_time_offer",
    "example",
    "cards",
];
const BUTTON: &[&str] = &[
    "type",
    "text",
    "url",
    "phone_number",
    "otp_type",
    "autofill_text",
    "package_name",
    "signature_hash",
    "supported_apps",
    "zero_tap_terms_accepted",
    "example",
    "flow_id",
    "flow_name",
    "flow_json",
    "flow_action",
    "navigate_screen",
    "app_deep_link",
];
const SAMPLES: &[&str] = &["body_text", "header_text", "header_url"];

/// The components of a body in Meta's form, or what is not as YCloud documents it.
fn components(body: &Map<String, Value>) -> Result<Value, String> {
    let Some(list) = body.get("components").and_then(Value::as_array) else {
        return Err("components is required and must be an array".to_owned());
    };
    list.iter()
        .map(in_metas_form)
        .collect::<Result<Vec<Value>, _>>()
        .map(Value::from)
}

fn in_metas_form(component: &Value) -> Result<Value, String> {
    let fields = component
        .as_object()
        .ok_or("components must be an array of objects")?;
    only(fields, COMPONENT, "components").map_err(|error| error.message)?;
    for button in list_of(component, "buttons") {
        let button_fields = button
            .as_object()
            .ok_or("buttons must be an array of objects")?;
        only(button_fields, BUTTON, "buttons").map_err(|error| error.message)?;
        if button.get("example").is_some_and(|it| !is_texts(it)) {
            return Err("example of a button must be an array of strings".to_owned());
        }
    }
    if let Some(example) = component.get("example") {
        let samples = example.as_object().ok_or("example must be an object")?;
        only(samples, SAMPLES, "example").map_err(|error| error.message)?;
        let rows = |it: &Value| it.as_array().is_some_and(|rows| rows.iter().all(is_texts));
        if samples.get("body_text").is_some_and(|it| !rows(it)) {
            return Err("body_text must be an array of arrays of strings".to_owned());
        }
        if samples.get("header_text").is_some_and(|it| !is_texts(it)) {
            return Err("header_text must be an array of strings".to_owned());
        }
        if let Some(address) = samples.get("header_url") {
            let format = component
                .get("format")
                .and_then(Value::as_str)
                .unwrap_or("");
            let fits = is_texts(address)
                && address
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .all(|url| is_sample(url, format));
            if !fits {
                return Err(
                    "header_url must be an array of addresses that end as their format does"
                        .to_owned(),
                );
            }
        }
    }
    let mut meta = component.clone();
    let cards = meta.get_mut("cards").and_then(Value::as_array_mut);
    for card in cards.into_iter().flatten() {
        let inner = list_of(card, "components")
            .iter()
            .map(in_metas_form)
            .collect::<Result<Vec<Value>, _>>()?;
        put(card, "components", inner);
    }
    rename(&mut meta, "header_url", "header_handle");
    Ok(meta)
}

fn list_of<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_texts(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string))
}

/// Whether an address can be the sample of a header: YCloud looks at how it ends.
fn is_sample(url: &str, format: &str) -> bool {
    let endings: &[&str] = match format {
        "IMAGE" => &[".jpg", ".jpeg", ".png"],
        "VIDEO" | "GIF" => &[".mp4"],
        "DOCUMENT" => &[".pdf"],
        _ => &[],
    };
    let lower = url.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://"))
        && endings.iter().any(|end| lower.ends_with(end))
}
