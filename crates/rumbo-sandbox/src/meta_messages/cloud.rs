//! WhatsApp by Meta: sending, files, history, and which app gets an account's webhooks.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::check;
use super::fate::{self, About, refusal};
use super::{AcceptedMessage, Step, Way, digits, put};
use crate::app::App;
use crate::clock::machine_time;
use crate::graph::{Context, GraphError, Method, check_params, success};
use crate::world::{Phone, World};

/// A message as either way of sending hands it in.
pub(super) struct Order<'a> {
    pub way: Way,
    /// What the way calls the sender.
    pub sender: String,
    pub waba: u64,
    /// `to`, where it was given.
    pub to: Option<&'a str>,
    /// `recipient`, where it was given.
    pub recipient: Option<&'a str>,
    pub kind: &'a str,
    pub object: Option<&'a Value>,
    pub our_id: Option<&'a str>,
}

const KINDS: &[&str] = &[
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// `POST /<phone>/messages`
pub(crate) fn send(context: &Context<'_>, at: usize) -> Result<Value, GraphError> {
    context.session.need(&["whatsapp_business_messaging"])?;
    let body = context.call.json_body();
    let (phone, waba) = phone_and_account(context.world, at)
        .ok_or_else(|| GraphError::no_such_object("0", "post"))?;
    let kind = check::words(&body, "type").unwrap_or("text");
    if !KINDS.contains(&kind) {
        return Err(GraphError::parameter(format!(
            "Param type must be one of {{{}}} - got \"{kind}\".",
            KINDS.join(", ")
        )));
    }
    let known = [
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        kind,
    ];
    check::only(&body, &known, "messages")?;
    if check::words(&body, "messaging_product") != Some("whatsapp") {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    if !matches!(
        check::words(&body, "recipient_type"),
        None | Some("individual")
    ) {
        return Err(GraphError::parameter(
            "Param recipient_type must be individual here: groups are not played.",
        ));
    }
    check_context(&body)?;
    let ours = body.get("biz_opaque_callback_data");
    if ours.is_some_and(|ours| !ours.is_string()) {
        return Err(GraphError::parameter(
            "Param biz_opaque_callback_data must be a string.",
        ));
    }
    let message = take(
        context.app,
        context.world,
        &Order {
            way: Way::WhatsappCloud,
            sender: phone.id.to_string(),
            waba,
            to: check::words(&body, "to"),
            recipient: check::words(&body, "recipient"),
            kind,
            object: body.get(kind),
            our_id: check::words(&body, "biz_opaque_callback_data"),
        },
    )?;
    let mut contact = json!({ "input": message.to });
    if !message.wa_id.contains('.') {
        put(&mut contact, "wa_id", message.wa_id.clone());
    }
    let mut taken = json!({ "id": message.wamid });
    if message.kind == "template" {
        let held = fate::is_held(&About {
            person: &message.wa_id,
            is_template: true,
            is_marketing: false,
            is_american: false,
            window_is_open: true,
            unreachable: false,
            has_stopped: false,
            lost_file: false,
        });
        put(
            &mut taken,
            "message_status",
            if held {
                "held_for_quality_assessment"
            } else {
                "accepted"
            },
        );
    }
    Ok(json!({
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [taken],
    }))
}

pub(super) fn check_context(body: &Map<String, Value>) -> Result<(), GraphError> {
    match body.get("context") {
        None => Ok(()),
        Some(Value::Object(context)) if check::words(context, "message_id").is_some() => {
            check::only(context, &["message_id"], "context")
        }
        Some(_) => Err(GraphError::parameter(
            "Param context['message_id'] is required.",
        )),
    }
}

/// The phone at a place, and the account it belongs to.
pub(super) fn phone_and_account(world: &World, at: usize) -> Option<(&Phone, u64)> {
    let phone = world.phones.get(at)?;
    let waba = world.wabas.iter().find(|it| it.phones.contains(&at))?;
    Some((phone, waba.id))
}

/// Takes a message or refuses it as Meta would.
pub(super) fn take(
    app: &App,
    world: &World,
    order: &Order<'_>,
) -> Result<AcceptedMessage, GraphError> {
    // With both, the number wins.
    let (person, number) = match (order.to, order.recipient) {
        (Some(to), _) if to.contains('.') => (to.to_owned(), false),
        (Some(to), _) => (digits(to), true),
        (None, Some(id)) if id.contains('.') => (id.to_owned(), false),
        (None, Some(_)) => {
            return Err(GraphError::parameter("Param recipient is no user id."));
        }
        (None, None) => return Err(GraphError::parameter("The parameter to is required.")),
    };
    if number && !(7..=15).contains(&person.len()) {
        return Err(refusal(131_009, Some("(to) is not a valid phone number")));
    }
    let own = |phone: &Phone| {
        let is_sender = phone.id.to_string() == order.sender || phone.number == order.sender;
        is_sender && digits(phone.number) == person
    };
    if number && world.phones.iter().any(own) {
        return Err(refusal(131_021, None));
    }
    let now = app.clock.now();
    let switches = app.ledger().switches.clone();
    let template = template_of(world, order)?;
    let wa_id = wa_id(&person);
    let at_all = |asked: fn(&App, &str) -> bool| {
        [order.to.unwrap_or_default(), &format!("+{wa_id}"), &wa_id]
            .iter()
            .any(|address| asked(app, address))
    };
    let unreachable = at_all(App::is_unreachable);
    let has_stopped = at_all(App::has_stopped);
    let mut messages = app.meta_messages();
    let text = match &template {
        Some((template, given)) => {
            check::parameters(template, given, |id| messages.media.contains_key(id))?
        }
        None => check::content(order.kind, order.object, |id| {
            messages.media.contains_key(id)
        })?,
    };
    if !messages
        .pace
        .sender_may(&order.sender, switches.messages_per_second, machine_time())
    {
        return Err(refusal(130_429, None));
    }
    if switches.pair_limit && !messages.pace.pair_may(&order.sender, &person, now) {
        return Err(refusal(131_056, None));
    }
    let link = order
        .object
        .and_then(|object| object.get("link"))
        .and_then(Value::as_str);
    let about = About {
        person: &person,
        is_template: template.is_some(),
        is_marketing: template
            .as_ref()
            .is_some_and(|(template, _)| template.category == "MARKETING"),
        is_american: fate::is_american(&person),
        window_is_open: messages.window_is_open(&order.sender, &wa_id, now),
        unreachable,
        has_stopped: has_stopped || messages.stopped.contains(&(order.waba, wa_id.clone())),
        lost_file: link.is_some_and(|link| link.contains("missing")),
    };
    if let (true, Some(code)) = (switches.refuse_at_once, fate::failure(&about)) {
        return Err(refusal(code, None));
    }
    // A user id in `to` is taken and then dropped without a word.
    let dropped = order.to.is_some_and(|to| to.contains('.'));
    let steps = if dropped {
        Vec::new()
    } else {
        let delay = TimeDelta::seconds(switches.status_delay_seconds);
        fate::steps(&about, now, delay)
    };
    let serial = messages.next_serial();
    let wamid = format!("wamid.{}", app.dice.with(600).with(serial).text(28));
    let message = AcceptedMessage {
        id: match order.way {
            Way::Ycloud => format!("{:024x}", 0x6720_0000_0000_u64 + serial),
            _ => wamid.clone(),
        },
        wamid,
        way: order.way,
        our_id: order.our_id.map(str::to_owned),
        sender: order.sender.clone(),
        to: order.to.or(order.recipient).unwrap_or_default().to_owned(),
        kind: order.kind.to_owned(),
        template: template.as_ref().map(|(template, _)| template.name.clone()),
        text,
        at: now,
        waba: order.waba,
        wa_id,
        category: Some(template.map_or_else(
            || "service".to_owned(),
            |(template, _)| template.category.to_lowercase(),
        )),
        steps,
    };
    messages.take(message.clone());
    drop(messages);
    app.took(message.as_sent());
    Ok(message)
}

type Filled = (crate::world::message_templates::MessageTemplate, Vec<Value>);

/// The template a call names, and the components it comes with.
fn template_of(world: &World, order: &Order<'_>) -> Result<Option<Filled>, GraphError> {
    if order.kind != "template" {
        return Ok(None);
    }
    let required = || GraphError::parameter("The parameter template['name'] is required.");
    let object = order
        .object
        .and_then(Value::as_object)
        .ok_or_else(required)?;
    check::only(object, &["name", "language", "components"], "template")?;
    let name = check::words(object, "name").ok_or_else(required)?;
    let language = object
        .get("language")
        .and_then(Value::as_object)
        .ok_or_else(|| GraphError::parameter("The parameter template['language'] is required."))?;
    check::only(language, &["code", "policy"], "language")?;
    let language = check::words(language, "code")
        .ok_or_else(|| GraphError::parameter("The parameter language['code'] is required."))?;
    let templates = world.message_templates();
    let found = templates.named(order.waba, name, language);
    check::sendable(found, name, language)?;
    let given = object
        .get("components")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    Ok(found.cloned().map(|template| (template, given)))
}

/// What WhatsApp calls a number: numbers of Brazil outside the south-east lose the nine that they
/// were given later.
fn wa_id(person: &str) -> String {
    let rest = person.strip_prefix("55").filter(|rest| rest.len() == 11);
    match rest.and_then(|rest| rest.split_at_checked(2)) {
        Some((area, number)) if area >= "31" && number.starts_with('9') => {
            format!("55{area}{}", number.get(1..).unwrap_or_default())
        }
        _ => person.to_owned(),
    }
}

/// `POST /<phone>/media`
pub(crate) fn upload(context: &Context<'_>, at: usize) -> Result<Value, GraphError> {
    context.session.need(&["whatsapp_business_messaging"])?;
    let params = &context.call.params;
    if params.get("messaging_product") != Some("whatsapp") || params.get("file").is_none() {
        return Err(GraphError::parameter(
            "The parameters messaging_product and file are required.",
        ));
    }
    let phone = phone_and_account(context.world, at).map_or(0, |(phone, _)| phone.id);
    let mut messages = context.app.meta_messages();
    let id = (1_100_000_000_000_000 + messages.next_serial() * 101).to_string();
    messages.media.insert(id.clone(), phone.to_string());
    Ok(json!({ "id": id }))
}

/// `GET /<phone>/message_history`
pub(crate) fn history(context: &Context<'_>, at: usize) -> Result<Value, GraphError> {
    context.session.need(&["whatsapp_business_messaging"])?;
    check_params(context, &["message_id", "limit"])?;
    if !context.app.ledger().switches.message_history {
        return Err(GraphError::nonexisting_field(
            "message_history",
            "WhatsAppBusinessPhoneNumber",
        ));
    }
    let phone = phone_and_account(context.world, at).map_or(0, |(phone, _)| phone.id);
    let sender = phone.to_string();
    let messages = context.app.meta_messages();
    let most = context.call.params.whole("limit")?.unwrap_or(25).min(100);
    let wanted = context.call.params.get("message_id");
    let found: Vec<Value> = messages
        .accepted
        .iter()
        .rev()
        .filter(|it| it.sender == sender && wanted.is_none_or(|id| it.wamid == id))
        .take(usize::try_from(most).unwrap_or(25))
        .map(|it| entry(it, context.now))
        .collect();
    Ok(json!({ "data": found }))
}

fn entry(message: &AcceptedMessage, now: chrono::DateTime<chrono::Utc>) -> Value {
    let events: Vec<Value> = message
        .steps
        .iter()
        .filter(|(due, _)| *due <= now)
        .enumerate()
        .map(|(number, (due, step))| {
            let status = match step {
                Step::Sent => "SENT",
                Step::Delivered => "DELIVERED",
                Step::Read => "READ",
                Step::Failed(_) => "FAILED",
            };
            json!({
                "id": format!("{}{number}", digits(&message.wamid)),
                "delivery_status": status,
                "timestamp": due.timestamp(),
                "webhook_update_state": "DELIVERED",
            })
        })
        .collect();
    json!({
        "id": digits(&message.wamid),
        "message_id": message.wamid,
        "events": { "data": events },
    })
}

/// `/<waba>/subscribed_apps`: whether the app gets the account's webhooks.
pub(crate) fn subscription(context: &Context<'_>, at: usize) -> Result<Value, GraphError> {
    context.session.need(&["whatsapp_business_management"])?;
    let waba = context.world.wabas.get(at).map_or(0, |it| it.id);
    let mut messages = context.app.meta_messages();
    match context.call.method {
        Method::Get => {
            let app = json!({
                "whatsapp_business_api_data": {
                    "id": context.app.id,
                    "name": "Rumbo sandbox app",
                    "link": format!("https://www.facebook.com/games/?app_id={}", context.app.id),
                },
            });
            let apps: Vec<Value> = messages
                .subscribed
                .contains(&waba)
                .then_some(app)
                .into_iter()
                .collect();
            Ok(json!({ "data": apps }))
        }
        Method::Post => {
            messages.subscribed.insert(waba);
            Ok(success())
        }
        Method::Patch => Err(GraphError::no_such_object(&waba.to_string(), "patch")),
        Method::Delete => {
            messages.subscribed.remove(&waba);
            Ok(success())
        }
    }
}
