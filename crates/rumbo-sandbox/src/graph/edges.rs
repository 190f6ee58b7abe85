//! Lists that hang from an object.

use serde_json::Value;

use super::call::{Method, Params};
use super::error::GraphError;
use super::fields::parse;
use super::schema::node_type;
use super::{Context, filter, listing, node, people};
use crate::tokens::Holder;
use crate::world::Node;

/// Parameters of lists.
const LIST: &[&str] = &["limit", "after", "before", "offset"];
/// Parameters of lists of campaigns, ad sets and ads.
const AD_LIST: &[&str] = &[
    "limit",
    "after",
    "before",
    "offset",
    "filtering",
    "effective_status",
    "date_preset",
    "time_range",
];

/// Whether objects of this type have this list.
pub(super) fn exists(node: Node, edge: &str) -> bool {
    let edges: &[&str] = match node {
        Node::User => &[
            "businesses",
            "adaccounts",
            "accounts",
            "assigned_ad_accounts",
        ],
        Node::Business(_) => &[
            "owned_ad_accounts",
            "client_ad_accounts",
            "owned_pages",
            "client_pages",
            "owned_pixels",
            "owned_whatsapp_business_accounts",
            "client_whatsapp_business_accounts",
        ],
        Node::Account(_) => &[
            "campaigns",
            "adsets",
            "ads",
            "adcreatives",
            "insights",
            "adspixels",
            // Accounts here have none of these: the lists are empty.
            "activities",
            "adimages",
            "advideos",
            "customaudiences",
            "customconversions",
        ],
        Node::Campaign(_) => &["adsets", "ads", "insights"],
        Node::AdSet(_) => &["ads", "adcreatives", "insights"],
        Node::Ad(_) => &["adcreatives", "leads", "insights"],
        Node::Page(_) => &["leadgen_forms"],
        Node::Form(_) => &["leads", "test_leads"],
        Node::Waba(_) => &["phone_numbers"],
        Node::Creative(_) | Node::Pixel(_) | Node::Phone(_) => &[],
    };
    edges.contains(&edge)
}

/// Answers `/<id>/<edge>` for every method.
pub(super) fn answer(context: &Context<'_>, id: &str, edge: &str) -> Result<Value, GraphError> {
    if let Some(answer) = crate::insights::job::results(context, id, edge) {
        return answer;
    }
    if let Some(answer) = crate::templates::node(context, id, Some(edge)) {
        return answer;
    }
    let is_app = id == context.app.id || id == "app";
    if edge == "uploads" && is_app && context.call.method == Method::Post {
        return crate::templates::upload::start(context);
    }
    let node = node::resolve(context, id)?;
    match (node, edge, context.call.method) {
        (Node::User, "permissions", _) => return crate::oauth::permissions::answer(context),
        (Node::User, "business_users", Method::Get) => return people::memberships(context),
        (Node::Account(at), "assigned_users", Method::Get) => {
            node::may_read(context, node)?;
            return people::assigned(context, at);
        }
        (Node::Page(at), "subscribed_apps", _) => return crate::leads::subscription(context, at),
        (Node::Waba(at), "message_templates", method) => {
            node::may_read(context, node)?;
            let waba = context.world.wabas.get(at).map_or(0, |it| it.id);
            return match method {
                Method::Get => crate::templates::list(context, waba),
                Method::Post => crate::templates::create(context, waba),
                Method::Delete => crate::templates::delete(context, waba),
                Method::Patch => Err(GraphError::no_such_object(&waba.to_string(), "patch")),
            };
        }
        (Node::Page(at), "messages", Method::Post) => {
            return crate::meta_messages::pages::send(context, at);
        }
        (Node::Phone(at), "messages", Method::Post) => {
            return crate::meta_messages::cloud::send(context, at);
        }
        (Node::Phone(at), "media", Method::Post) => {
            return crate::meta_messages::cloud::upload(context, at);
        }
        (Node::Phone(at), "message_history", Method::Get) => {
            return crate::meta_messages::cloud::history(context, at);
        }
        (Node::Waba(at), "subscribed_apps", _) => {
            return crate::meta_messages::cloud::subscription(context, at);
        }
        (Node::Form(at), "test_leads", Method::Post) => {
            return crate::leads::add_test_lead(context, at);
        }
        _ => {}
    }
    if !exists(node, edge) {
        return Err(GraphError::nonexisting_field(edge, node_type(node)));
    }
    node::may_read(context, node)?;
    node::check_params(context, own_params(edge))?;
    match (edge, context.call.method) {
        (_, Method::Get) => run(context, node, edge, &context.call.params),
        ("insights", Method::Post) => crate::insights::job::start(context, node),
        _ => Err(GraphError::no_such_object(
            id,
            &context.call.method.text().to_ascii_lowercase(),
        )),
    }
}

fn own_params(edge: &str) -> &'static [&'static str] {
    match edge {
        "campaigns" => &[
            "limit",
            "after",
            "before",
            "offset",
            "filtering",
            "effective_status",
            "date_preset",
            "time_range",
            "is_completed",
        ],
        "adsets" => &[
            "limit",
            "after",
            "before",
            "offset",
            "filtering",
            "effective_status",
            "date_preset",
            "time_range",
            "is_completed",
            "updated_since",
        ],
        "ads" => &[
            "limit",
            "after",
            "before",
            "offset",
            "filtering",
            "effective_status",
            "date_preset",
            "time_range",
            "updated_since",
        ],
        "adcreatives" => AD_LIST,
        "insights" => crate::insights::query::PARAMS,
        "leads" | "test_leads" => &["limit", "after", "before", "filtering"],
        "owned_ad_accounts" | "client_ad_accounts" => &[
            "limit",
            "after",
            "before",
            "offset",
            "search_query",
            "include_shared_ad_accounts",
        ],
        "accounts" => &[
            "limit",
            "after",
            "before",
            "offset",
            "ad_id",
            "is_place",
            "is_promotable",
        ],
        _ => LIST,
    }
}

/// One page of the list, for a call or inside a field list.
pub(super) fn run(
    context: &Context<'_>,
    node: Node,
    edge: &str,
    params: &Params,
) -> Result<Value, GraphError> {
    match (node, edge) {
        (_, "insights") => return crate::insights::answer(context, node, params),
        (Node::Form(_) | Node::Ad(_), "leads") | (Node::Form(_), "test_leads") => {
            return crate::leads::list(context, node, edge, params);
        }
        _ => {}
    }
    if edge.contains("whatsapp") || edge == "phone_numbers" {
        context.session.need(&["whatsapp_business_management"])?;
    }
    let nodes = members(context, node, edge, params)?;
    let nodes = match edge {
        "campaigns" | "adsets" | "ads" | "adcreatives" => filter::narrow(context, params, nodes)?,
        _ => nodes,
    };
    let fields = parse(params.get("fields").unwrap_or(""))?;
    let id = path_id(context, node);
    let label = format!("{id}/{edge}");
    let window = listing::window(&label, params, nodes.len())?;
    check_weight(&fields, window)?;
    let rows = nodes
        .get(window.start..window.end)
        .unwrap_or_default()
        .iter()
        .map(|&member| node::render(context, member, &fields))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(listing::page(
        context,
        &label,
        &label,
        params,
        rows,
        window,
        nodes.len(),
    ))
}

/// The id as it stands in a path.
fn path_id(context: &Context<'_>, node: Node) -> String {
    match super::scalars::value(context, node, "id") {
        Some(Value::String(id)) => id,
        _ => "me".to_owned(),
    }
}

/// Heavy fields on long pages make Meta give up with code 1 and HTTP 500; a smaller page works.
fn check_weight(
    fields: &[super::fields::Field],
    window: listing::Window,
) -> Result<(), GraphError> {
    const BUDGET: usize = 6_000;
    let weight: usize = fields
        .iter()
        .map(|field| match field.name.as_str() {
            "object_story_spec" | "asset_feed_spec" | "insights" => 25,
            "targeting" | "creative" | "ads" | "adsets" | "adcreatives" => 8,
            _ => 1,
        })
        .sum();
    if weight * (window.end - window.start) > BUDGET {
        return Err(too_much());
    }
    Ok(())
}

/// "Please reduce the amount of data": code 1 with HTTP 500 and no subcode.
pub(crate) fn too_much() -> GraphError {
    GraphError {
        status: 500,
        ..GraphError::new(
            1,
            "Please reduce the amount of data you're asking for, then retry your request",
        )
    }
}

fn members(
    context: &Context<'_>,
    node: Node,
    edge: &str,
    params: &Params,
) -> Result<Vec<Node>, GraphError> {
    let world = context.world;
    let session = context.session;
    let none = || Ok(Vec::new());
    match (node, edge) {
        (Node::User, "businesses") => {
            session.need(&["business_management"])?;
            Ok((0..world.businesses.len()).map(Node::Business).collect())
        }
        (Node::User, "adaccounts") => {
            session.need(&["ads_read", "ads_management"])?;
            Ok((0..world.accounts.len()).map(Node::Account).collect())
        }
        (Node::User, "assigned_ad_accounts") => {
            session.need(&["ads_read", "ads_management"])?;
            let readable = world
                .accounts
                .iter()
                .enumerate()
                .filter(|(_, it)| it.readable);
            Ok(readable.map(|(at, _)| Node::Account(at)).collect())
        }
        // Meta answers an empty list, not an error, when pages_show_list is missing.
        (Node::User, "accounts") if !session.has("pages_show_list") => none(),
        (Node::User, "accounts") => Ok((0..world.pages.len()).map(Node::Page).collect()),
        (Node::Business(business), "owned_ad_accounts" | "client_ad_accounts") => {
            session.need(&["ads_read", "ads_management"])?;
            let shared = edge.starts_with("client");
            let search = params.get("search_query").unwrap_or("").to_lowercase();
            let found = world.accounts.iter().enumerate().filter(|(_, it)| {
                it.business == business
                    && it.shared == shared
                    && it.name.to_lowercase().contains(&search)
            });
            Ok(found.map(|(at, _)| Node::Account(at)).collect())
        }
        (Node::Business(business), "owned_pages" | "client_pages") => {
            session.need(&["pages_show_list"])?;
            let shared = edge.starts_with("client");
            let found = world
                .pages
                .iter()
                .enumerate()
                .filter(|(_, it)| it.business == business && it.shared == shared);
            Ok(found.map(|(at, _)| Node::Page(at)).collect())
        }
        (Node::Business(business), "owned_pixels") => {
            let found = world
                .accounts
                .iter()
                .enumerate()
                .filter(|(_, it)| it.business == business);
            Ok(found.map(|(at, _)| Node::Pixel(at)).collect())
        }
        (
            Node::Business(business),
            "owned_whatsapp_business_accounts" | "client_whatsapp_business_accounts",
        ) => {
            let shared = edge.starts_with("client");
            let found = world
                .wabas
                .iter()
                .enumerate()
                .filter(|(_, it)| it.business == business && it.shared == shared);
            Ok(found.map(|(at, _)| Node::Waba(at)).collect())
        }
        (Node::Waba(at), "phone_numbers") => Ok(world
            .wabas
            .get(at)
            .map_or(0..0, |it| it.phones.clone())
            .map(Node::Phone)
            .collect()),
        (Node::Account(at), "adspixels") => Ok(vec![Node::Pixel(at)]),
        (Node::Page(at), "leadgen_forms") => {
            if !matches!(session.holder, Holder::Page(_)) {
                return Err(GraphError::new(
                    190,
                    "(#190) This method must be called with a Page Access Token",
                ));
            }
            session.need(&["leads_retrieval", "pages_manage_ads"])?;
            Ok(world
                .pages
                .get(at)
                .map_or(0..0, |it| it.forms.clone())
                .map(Node::Form)
                .collect())
        }
        _ => {
            let (campaigns, sets, ads) = match node {
                Node::Account(at) => world
                    .accounts
                    .get(at)
                    .map(|it| (it.campaigns.clone(), it.ad_sets.clone(), it.ads.clone())),
                Node::Campaign(at) => world
                    .campaigns
                    .get(at)
                    .map(|it| (at..at + 1, it.ad_sets.clone(), it.ads.clone())),
                Node::AdSet(at) => world
                    .ad_sets
                    .get(at)
                    .map(|it| (0..0, at..at + 1, it.ads.clone())),
                Node::Ad(at) => Some((0..0, 0..0, at..at + 1)),
                _ => None,
            }
            .unwrap_or((0..0, 0..0, 0..0));
            Ok(match edge {
                "campaigns" => campaigns.map(Node::Campaign).collect(),
                "adsets" => sets.map(Node::AdSet).collect(),
                "ads" => ads.map(Node::Ad).collect(),
                "adcreatives" => ads.map(Node::Creative).collect(),
                _ => Vec::new(),
            })
        }
    }
}
