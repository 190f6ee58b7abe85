//! Reading one object.

use serde_json::{Map, Value, json};

use super::call::Method;
use super::error::GraphError;
use super::fields::{Field, parse};
use super::schema::{has_field, node_type};
use super::{Context, edges, listing, scalars};
use crate::tokens::Holder;
use crate::world::Node;

/// Parameters any read takes.
const COMMON: &[&str] = &[
    "access_token",
    "appsecret_proof",
    "fields",
    "format",
    // Meta's Node SDK repeats the id of the path.
    "id",
    "locale",
    "metadata",
    "method",
    "suppress_http_code",
    "summary",
];

pub(super) fn answer(context: &Context<'_>, id: &str) -> Result<Value, GraphError> {
    let call = context.call;
    if let Some(answer) = crate::leads::node(context, id) {
        return answer;
    }
    if let Some(answer) = crate::insights::job::node(context, id) {
        return answer;
    }
    if let Some(answer) = crate::meta_messages::files::node(context, id) {
        return answer;
    }
    if let Some(answer) = crate::templates::node(context, id, None) {
        return answer;
    }
    let node = resolve(context, id)?;
    if call.method != Method::Get {
        return Err(GraphError::no_such_object(
            id,
            &call.method.text().to_ascii_lowercase(),
        ));
    }
    check_params(context, &[])?;
    let fields = parse(call.params.get("fields").unwrap_or(""))?;
    may_read(context, node)?;
    render(context, node, &fields)
}

/// The object an id in a path stands for; `me` is the token's own.
pub(super) fn resolve(context: &Context<'_>, id: &str) -> Result<Node, GraphError> {
    let missing =
        || GraphError::no_such_object(id, &context.call.method.text().to_ascii_lowercase());
    if id == "me" {
        return match context.session.holder {
            Holder::Page(at) => Ok(Node::Page(at)),
            Holder::App => Err(GraphError::new(
                2500,
                "An active access token must be used to query information about the current user.",
            )),
            Holder::User | Holder::SystemUser => Ok(Node::User),
        };
    }
    let plausible = id
        .strip_prefix("act_")
        .unwrap_or(id)
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    if !plausible {
        return Err(GraphError {
            kind: "OAuthException",
            ..GraphError::new(
                803,
                format!("(#803) Some of the aliases you requested do not exist: {id}"),
            )
        });
    }
    context.world.find(id).ok_or_else(missing)
}

/// Refuses parameters the path does not take. Meta lets many of these pass unread; a client that
/// relies on one would not notice that it does nothing.
pub(crate) fn check_params(context: &Context<'_>, own: &[&str]) -> Result<(), GraphError> {
    let unknown = context
        .call
        .params
        .names()
        .find(|name| !COMMON.contains(name) && !own.contains(name));
    unknown.map_or(Ok(()), |name| {
        Err(GraphError::parameter(format!(
            "Unexpected parameter: {name}"
        )))
    })
}

/// Permissions a node read needs.
pub(super) fn may_read(context: &Context<'_>, node: Node) -> Result<(), GraphError> {
    let world = context.world;
    let account = match node {
        Node::User => return Ok(()),
        Node::Business(_) => return context.session.need(&["business_management"]),
        Node::Page(_) | Node::Form(_) => {
            return context
                .session
                .need(&["pages_show_list", "pages_read_engagement"]);
        }
        Node::Waba(_) | Node::Phone(_) => {
            return context.session.need(&["whatsapp_business_management"]);
        }
        Node::Account(at) | Node::Pixel(at) => Some(at),
        Node::Campaign(at) => world.campaigns.get(at).map(|it| it.account),
        Node::AdSet(at) => world.ad_sets.get(at).map(|it| it.account),
        Node::Ad(at) | Node::Creative(at) => world.ads.get(at).map(|it| it.account),
    };
    context.session.need(&["ads_read", "ads_management"])?;
    match account.and_then(|at| world.accounts.get(at)) {
        Some(account) if !account.readable => Err(GraphError::permission(
            "Ad account owner has NOT grant ads_management or ads_read permission",
        )),
        _ => Ok(()),
    }
}

/// The object with the fields asked for, or with those Meta gives unasked.
pub(super) fn render(
    context: &Context<'_>,
    node: Node,
    fields: &[Field],
) -> Result<Value, GraphError> {
    let kind = node_type(node);
    let mut answer = Map::new();
    if fields.is_empty() {
        for name in scalars::given_unasked(node) {
            if let Some(value) = scalars::value(context, node, name) {
                answer.insert((*name).to_owned(), value);
            }
        }
        return Ok(answer.into());
    }
    for field in fields {
        let name = field.name.as_str();
        if let Some(target) = scalars::link(context, node, name) {
            if matches!(target, Node::Business(_)) && !context.session.has("business_management") {
                continue;
            }
            let inner = field.fields.as_deref().unwrap_or_default();
            let value = if inner.is_empty() {
                scalars::short(context, target)
            } else {
                render(context, target, inner)?
            };
            answer.insert(name.to_owned(), value);
        } else if edges::exists(node, name) {
            let params = listing::params_of(field);
            let value = edges::run(context, node, name, &params)?;
            let empty = value
                .get("data")
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty);
            if !empty {
                answer.insert(name.to_owned(), value);
            }
        } else if has_field(kind, name) || is_of_the_list(context, node, name) {
            if name == "wish_bid" {
                continue;
            }
            scalars::may_ask(context, node, name)?;
            if let Some(value) = scalars::value(context, node, name) {
                answer.insert(name.to_owned(), value);
            }
        } else {
            return Err(GraphError::nonexisting_field(name, kind));
        }
    }
    // The id always comes along.
    if let Some(id) = scalars::value(context, node, "id") {
        answer.insert("id".to_owned(), id);
    }
    Ok(answer.into())
}

/// What only a list of pages tells of a page: the tasks of the person who asks.
fn is_of_the_list(context: &Context<'_>, node: Node, field: &str) -> bool {
    let itself = scalars::value(context, node, "id");
    let asked = context.call.path.first().map(String::as_str);
    matches!(node, Node::Page(_))
        && field == "tasks"
        && itself.as_ref().and_then(Value::as_str) != asked
}

/// `{"success": true}`
pub(crate) fn success() -> Value {
    json!({ "success": true })
}
