//! The value of one field of one object.

mod ads;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::Context;
use super::error::GraphError;
use crate::world::{Node, World, instant};

/// Fields Meta gives when none are asked for.
pub(super) fn given_unasked(node: Node) -> &'static [&'static str] {
    match node {
        Node::User | Node::Business(_) | Node::Waba(_) | Node::Pixel(_) => &["id", "name"],
        Node::Account(_) => &["account_id", "id"],
        Node::Page(_) => &[
            "access_token",
            "category",
            "category_list",
            "id",
            "name",
            "tasks",
        ],
        Node::Form(_) => &["id", "locale", "name", "status"],
        Node::Phone(_) => &[
            "code_verification_status",
            "display_phone_number",
            "id",
            "quality_rating",
            "verified_name",
        ],
        Node::Campaign(_) | Node::AdSet(_) | Node::Ad(_) | Node::Creative(_) => &["id"],
    }
}

/// Another object this field leads to.
pub(super) fn link(context: &Context<'_>, node: Node, field: &str) -> Option<Node> {
    let world = context.world;
    match (node, field) {
        (Node::Ad(at), "creative") => Some(Node::Creative(at)),
        (Node::Ad(at), "campaign") => world.ads.get(at).map(|it| Node::Campaign(it.campaign)),
        (Node::Ad(at), "adset") => world.ads.get(at).map(|it| Node::AdSet(it.set)),
        (Node::AdSet(at), "campaign") => {
            world.ad_sets.get(at).map(|it| Node::Campaign(it.campaign))
        }
        (Node::Account(at), "business") => {
            world.accounts.get(at).map(|it| Node::Business(it.business))
        }
        (Node::Page(at), "business") => world.pages.get(at).map(|it| Node::Business(it.business)),
        (Node::Form(at), "page") => world.forms.get(at).map(|it| Node::Page(it.page)),
        (Node::Waba(at), "owner_business_info") => {
            world.wabas.get(at).map(|it| Node::Business(it.business))
        }
        _ => None,
    }
}

/// How a linked object looks when none of its fields are asked for.
pub(super) fn short(context: &Context<'_>, target: Node) -> Value {
    let names: &[&str] = match target {
        Node::Business(_) | Node::Page(_) => &["id", "name"],
        _ => &["id"],
    };
    names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(context, target, name)?)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Fields that need more than reading the object needs.
pub(super) fn may_ask(context: &Context<'_>, node: Node, field: &str) -> Result<(), GraphError> {
    match (node, field) {
        (Node::Account(_), "owner") => context.session.need(&["business_management"]),
        _ => Ok(()),
    }
}

/// When an object was made.
pub(super) fn created(world: &World, node: Node) -> Option<DateTime<Utc>> {
    let campaign = match node {
        Node::Campaign(at) => world.campaigns.get(at),
        Node::AdSet(at) => world
            .ad_sets
            .get(at)
            .and_then(|it| world.campaigns.get(it.campaign)),
        Node::Ad(at) => world
            .ads
            .get(at)
            .and_then(|it| world.campaigns.get(it.campaign)),
        _ => None,
    }?;
    let tz = world.accounts.get(campaign.account)?.tz;
    Some(instant(campaign.start - 1, 52_200, tz))
}

/// `2026-11-20T09:30:00-0300`
pub(crate) fn time_text(time: DateTime<Utc>, tz: Tz) -> String {
    time.with_timezone(&tz)
        .format("%Y-%m-%dT%H:%M:%S%z")
        .to_string()
}

pub(super) fn value(context: &Context<'_>, node: Node, field: &str) -> Option<Value> {
    let world = context.world;
    if let Some(set) = world.set_value(node, field) {
        return (!set.is_null()).then(|| set.clone());
    }
    match node {
        Node::User => user(context, field),
        Node::Business(at) => {
            let business = world.businesses.get(at)?;
            Some(match field {
                "id" => business.id.to_string().into(),
                "name" => business.name.clone().into(),
                "created_time" => {
                    time_text(instant(business.opened, 40_000, Tz::UTC), Tz::UTC).into()
                }
                "verification_status" => "verified".into(),
                "timezone_id" => 1.into(),
                _ => return None,
            })
        }
        Node::Account(at) => ads::account(context, world.accounts.get(at)?, field),
        Node::Campaign(at) => ads::campaign(context, node, world.campaigns.get(at)?, field),
        Node::AdSet(at) => ads::ad_set(context, at, field),
        Node::Ad(at) => ads::ad(context, at, field),
        Node::Creative(at) => crate::picture::creative_field(context, at, field),
        Node::Page(at) => page(context, at, field),
        Node::Form(at) => crate::leads::form_field(context, at, field),
        Node::Pixel(at) => {
            let account = world.accounts.get(at)?;
            Some(match field {
                "id" => account.pixel.to_string().into(),
                "name" => format!("Pixel {}", account.name).into(),
                "is_crm" | "is_unavailable" => false.into(),
                "creation_time" => {
                    time_text(instant(account.opened, 50_000, account.tz), account.tz).into()
                }
                "last_fired_time" => time_text(context.now, account.tz).into(),
                _ => return None,
            })
        }
        Node::Waba(at) => {
            let waba = world.wabas.get(at)?;
            Some(match field {
                "id" => waba.id.to_string().into(),
                "name" => waba.name.clone().into(),
                "currency" => waba.currency.into(),
                "timezone_id" => "1".into(),
                "account_review_status" => "APPROVED".into(),
                "business_verification_status" => "verified".into(),
                "message_template_namespace" => {
                    format!("{:016x}", world.dice.with(waba.id).bits()).into()
                }
                _ => return None,
            })
        }
        Node::Phone(at) => {
            let phone = world.phones.get(at)?;
            Some(match field {
                "id" => phone.id.to_string().into(),
                "display_phone_number" => phone.number.into(),
                "verified_name" => phone.verified_name.into(),
                "quality_rating" => phone.quality.into(),
                "code_verification_status" => phone.verification.into(),
                "status" => "CONNECTED".into(),
                "messaging_limit_tier" => "TIER_10K".into(),
                "platform_type" => "CLOUD_API".into(),
                "throughput" => json!({ "level": "STANDARD" }),
                _ => return None,
            })
        }
    }
}

fn user(context: &Context<'_>, field: &str) -> Option<Value> {
    let name = context.world.user_name;
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    Some(match field {
        "id" => context.world.user_id.to_string().into(),
        "name" => name.into(),
        "first_name" => first.into(),
        "last_name" => last.into(),
        "email" if context.session.has("email") => "lucia.ferrari@casaalba.example".into(),
        "locale" => "es_LA".into(),
        _ => return None,
    })
}

fn page(context: &Context<'_>, at: usize, field: &str) -> Option<Value> {
    let page = context.world.pages.get(at)?;
    Some(match field {
        "id" => page.id.to_string().into(),
        "name" => page.name.clone().into(),
        "category" => "Furniture store".into(),
        "category_list" => json!([{ "id": "187724204585934", "name": "Furniture store" }]),
        "tasks" => json!([
            "ADVERTISE",
            "ANALYZE",
            "CREATE_CONTENT",
            "MESSAGING",
            "MODERATE",
            "MANAGE"
        ]),
        "link" => format!("https://www.facebook.com/{}", page.id).into(),
        "fan_count" | "followers_count" => context
            .world
            .dice
            .with(page.id)
            .between(2_000, 90_000)
            .into(),
        "is_published" => true.into(),
        "instagram_business_account" => json!({
            "id": crate::meta_messages::pages::instagram_of(page.id).to_string(),
            "username": page.name.to_lowercase().replace(' ', ""),
        }),
        "access_token" => context.app.page_token(context.session, at)?.into(),
        _ => return None,
    })
}
