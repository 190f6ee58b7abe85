//! Fields of ad accounts, campaigns, ad sets and ads.

use chrono::{Offset, TimeZone};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{created, time_text};
use crate::graph::Context;
use crate::world::{Account, Campaign, Kind, Node, Status, instant};

/// Thousandths of a campaign's usual day, rounded to a budget a person would type.
fn budget(campaign: &Campaign, share: u64) -> u64 {
    let raw = campaign.daily_spend * share / 1000 * 115 / 100;
    let step = 10_u64.pow(raw.max(10).ilog10().saturating_sub(1));
    raw.div_ceil(step) * step
}

pub(super) fn account(context: &Context<'_>, account: &Account, field: &str) -> Option<Value> {
    let business = context.world.businesses.get(account.business)?;
    let spent = || crate::insights::amount_spent(context, account);
    Some(match field {
        "id" => format!("act_{}", account.id).into(),
        "account_id" => account.id.to_string().into(),
        "name" => account.name.clone().into(),
        "account_status" => account.status.into(),
        "disable_reason" => account.disable_reason.into(),
        "currency" => account.currency.code.into(),
        "timezone_name" => account.tz.name().into(),
        "timezone_id" => (1 + context.world.dice.with_text(account.tz.name()).below(140)).into(),
        "timezone_offset_hours_utc" => {
            let seconds = account
                .tz
                .offset_from_utc_datetime(&context.now.naive_utc())
                .fix();
            serde_json::Number::from_f64(f64::from(seconds.local_minus_utc()) / 3600.0)?.into()
        }
        "owner" => business.id.to_string().into(),
        "business_name" => business.name.clone().into(),
        "amount_spent" => spent().to_string().into(),
        "balance" => (spent() % 250_000).to_string().into(),
        "spend_cap" => "0".into(),
        "min_daily_budget" => account.currency.of_cents(100).into(),
        "is_prepay_account" => false.into(),
        "is_personal" => 0.into(),
        "age" => 1200.into(),
        "created_time" => time_text(instant(account.opened, 36_000, account.tz), account.tz).into(),
        "user_tasks" => json!(["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"]),
        "attribution_spec" => attribution(),
        _ => return None,
    })
}

fn attribution() -> Value {
    json!([
        { "event_type": "CLICK_THROUGH", "window_days": 7 },
        { "event_type": "VIEW_THROUGH", "window_days": 1 },
    ])
}

fn tz(context: &Context<'_>, account: usize) -> Tz {
    context
        .world
        .accounts
        .get(account)
        .map_or(Tz::UTC, |it| it.tz)
}

fn account_id(context: &Context<'_>, account: usize) -> Value {
    context
        .world
        .accounts
        .get(account)
        .map_or(Value::Null, |it| it.id.to_string().into())
}

pub(super) fn campaign(
    context: &Context<'_>,
    node: Node,
    campaign: &Campaign,
    field: &str,
) -> Option<Value> {
    let tz = tz(context, campaign.account);
    Some(match field {
        "id" => campaign.id.to_string().into(),
        "account_id" => account_id(context, campaign.account),
        "name" => campaign.name.clone().into(),
        "objective" => campaign.kind.objective().into(),
        "status" | "configured_status" => campaign.status.text().into(),
        "effective_status" => context.world.effective_status(node).into(),
        // Traffic campaigns share one budget; the others budget by ad set.
        "daily_budget" if campaign.kind == Kind::Traffic => {
            budget(campaign, 1000).to_string().into()
        }
        "lifetime_budget" if campaign.kind == Kind::Traffic => "0".into(),
        "budget_remaining" => match campaign.kind {
            Kind::Traffic => (budget(campaign, 1000) / 3).to_string().into(),
            _ => "0".into(),
        },
        "bid_strategy" if campaign.kind == Kind::Traffic => "LOWEST_COST_WITHOUT_CAP".into(),
        "buying_type" => "AUCTION".into(),
        "special_ad_categories" => json!([]),
        "special_ad_category" => "NONE".into(),
        "pacing_type" => json!(["standard"]),
        "is_adset_budget_sharing_enabled" => false.into(),
        "start_time" => time_text(instant(campaign.start, 0, tz), tz).into(),
        "stop_time" => time_text(instant(campaign.end? + 1, 0, tz), tz).into(),
        "created_time" => time_text(created(context.world, node)?, tz).into(),
        "updated_time" => time_text(campaign.updated, tz).into(),
        _ => return None,
    })
}

pub(super) fn ad_set(context: &Context<'_>, at: usize, field: &str) -> Option<Value> {
    let world = context.world;
    let set = world.ad_sets.get(at)?;
    let campaign = world.campaigns.get(set.campaign)?;
    let account = world.accounts.get(set.account)?;
    let own_budget = campaign.kind != Kind::Traffic;
    Some(match field {
        "id" => set.id.to_string().into(),
        "account_id" => account_id(context, set.account),
        "campaign_id" => campaign.id.to_string().into(),
        "name" => set.name.clone().into(),
        "status" | "configured_status" => set.status.text().into(),
        "effective_status" => world.effective_status(Node::AdSet(at)).into(),
        "daily_budget" => (if own_budget {
            budget(campaign, set.share)
        } else {
            0
        })
        .to_string()
        .into(),
        "lifetime_budget" => "0".into(),
        "budget_remaining" => (if own_budget {
            budget(campaign, set.share) / 4
        } else {
            0
        })
        .to_string()
        .into(),
        "bid_strategy" if own_budget => "LOWEST_COST_WITHOUT_CAP".into(),
        "billing_event" => "IMPRESSIONS".into(),
        "optimization_goal" => match campaign.kind {
            Kind::Form => "LEAD_GENERATION",
            Kind::WhatsApp => "CONVERSATIONS",
            Kind::Sales => "OFFSITE_CONVERSIONS",
            Kind::Traffic => "LANDING_PAGE_VIEWS",
        }
        .into(),
        "destination_type" => match campaign.kind {
            Kind::Form => "ON_AD",
            Kind::WhatsApp => "WHATSAPP",
            Kind::Sales | Kind::Traffic => "WEBSITE",
        }
        .into(),
        "attribution_spec" => attribution(),
        "promoted_object" => match account.page.and_then(|page| world.pages.get(page)) {
            Some(page) if campaign.kind != Kind::Sales => json!({ "page_id": page.id.to_string() }),
            _ => json!({ "pixel_id": account.pixel.to_string(), "custom_event_type": "PURCHASE" }),
        },
        "targeting" => json!({
            "age_min": 25,
            "age_max": 65,
            "geo_locations": { "countries": [account.country], "location_types": ["home", "recent"] },
            "targeting_automation": { "advantage_audience": 1 },
        }),
        "learning_stage_info" => match set.status {
            Status::Active => {
                json!({ "status": "SUCCESS", "conversions": 50, "last_sig_edit_ts": set.updated.timestamp() })
            }
            _ => return None,
        },
        "pacing_type" => json!(["standard"]),
        "is_dynamic_creative" | "is_incremental_attribution_enabled" => false.into(),
        "start_time" => time_text(instant(campaign.start, 0, account.tz), account.tz).into(),
        "end_time" => time_text(instant(campaign.end? + 1, 0, account.tz), account.tz).into(),
        "created_time" => time_text(created(world, Node::AdSet(at))?, account.tz).into(),
        "updated_time" => time_text(set.updated, account.tz).into(),
        _ => return None,
    })
}

pub(super) fn ad(context: &Context<'_>, at: usize, field: &str) -> Option<Value> {
    let world = context.world;
    let ad = world.ads.get(at)?;
    let account = world.accounts.get(ad.account)?;
    Some(match field {
        "id" => ad.id.to_string().into(),
        "account_id" => account_id(context, ad.account),
        "campaign_id" => world.campaigns.get(ad.campaign)?.id.to_string().into(),
        "adset_id" => world.ad_sets.get(ad.set)?.id.to_string().into(),
        "name" => ad.name.clone().into(),
        "status" | "configured_status" => ad.status.text().into(),
        "effective_status" => world.effective_status(Node::Ad(at)).into(),
        "bid_type" => "ABSOLUTE_OCPM".into(),
        "tracking_specs" => {
            json!([{ "action.type": ["offsite_conversion"], "fb_pixel": [account.pixel.to_string()] }])
        }
        "conversion_specs" => {
            json!([{ "action.type": ["offsite_conversion"], "conversion_id": [account.pixel.to_string()] }])
        }
        "preview_shareable_link" => {
            format!("{}/images/{}_1080.svg", context.app.origin, ad.creative).into()
        }
        "last_updated_by_app_id" => world.app_id.to_string().into(),
        "created_time" => time_text(created(world, Node::Ad(at))?, account.tz).into(),
        "updated_time" => time_text(ad.updated, account.tz).into(),
        _ => return None,
    })
}
