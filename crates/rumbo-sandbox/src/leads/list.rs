//! Reading leads: one, or those of a form or an ad, newest first.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::{ExtraLead, people};
use crate::daily::form_leads;
use crate::graph::filter::conditions;
use crate::graph::schema::has_field;
use crate::graph::{Context, GraphError, Method, Params, fields, listing, success, time_text};
use crate::tokens::Holder;
use crate::world::{Day, Node, World, instant, local_day};

/// One lead, wherever it comes from.
#[derive(Debug, Clone)]
struct Lead {
    id: u64,
    form: usize,
    ad: Option<usize>,
    created: DateTime<Utc>,
    extra: Option<ExtraLead>,
}

/// Added to a form's number where an ad's number stands, for leads no ad brought.
const ORGANIC: u64 = 90_000;
/// Days are counted from here inside lead ids, to keep them at 15 digits.
const FIRST_DAY: Day = 730_000;

/// A 15-digit id that says which ad (or form), which day, and the how manieth.
fn made_id(source: u64, day: Day, nth: u64) -> u64 {
    let day = u64::try_from(day - FIRST_DAY).unwrap_or(0);
    400_000_000_000_000 + source * 1_000_000_000 + day * 1_000 + nth
}

fn take_apart(id: u64) -> Option<(u64, Day, u64)> {
    let rest = id
        .checked_sub(400_000_000_000_000)
        .filter(|rest| *rest < 100_000_000_000_000)?;
    let day = Day::try_from(rest / 1_000 % 1_000_000).ok()? + FIRST_DAY;
    Some((rest / 1_000_000_000, day, rest % 1_000))
}

fn tz_of_form(world: &World, form: usize) -> Tz {
    let page = world.forms.get(form).map(|it| it.page);
    world
        .accounts
        .iter()
        .find(|it| it.page == page)
        .map_or(Tz::UTC, |it| it.tz)
}

fn country_of(world: &World, lead: &Lead) -> &'static str {
    let account = if let Some(ad) = lead.ad.and_then(|ad| world.ads.get(ad)) {
        world.accounts.get(ad.account)
    } else {
        let page = world.forms.get(lead.form).map(|it| it.page);
        world.accounts.iter().find(|it| it.page == page)
    };
    account.map_or("AR", |it| it.country)
}

fn second_of(world: &World, id: u64) -> u64 {
    // Nobody asks for a sofa at four in the morning.
    world.dice.with(id).between(27_000, 86_000)
}

/// How many people found the form without an ad on that day.
fn organic(world: &World, form: usize, day: Day) -> u64 {
    let Some(form) = world
        .forms
        .get(form)
        .filter(|it| it.active && day >= it.opened)
    else {
        return 0;
    };
    let dice = world
        .dice
        .with(form.id)
        .with(u64::try_from(day).unwrap_or(0));
    u64::from(dice.below(7) == 0)
}

fn of_ad(world: &World, ad: usize, day: Day) -> Vec<Lead> {
    let Some(parts) = world.ads.get(ad).and_then(|it| {
        Some((
            world.campaigns.get(it.campaign)?.form?,
            world.accounts.get(it.account)?.tz,
        ))
    }) else {
        return Vec::new();
    };
    let (form, tz) = parts;
    let source = u64::try_from(ad).unwrap_or(0);
    (0..form_leads(world, ad, day))
        .map(|nth| {
            let id = made_id(source, day, nth);
            let created = instant(day, second_of(world, id), tz);
            Lead {
                id,
                form,
                ad: Some(ad),
                created,
                extra: None,
            }
        })
        .collect()
}

fn of_form(world: &World, form: usize, day: Day) -> Vec<Lead> {
    let source = ORGANIC + u64::try_from(form).unwrap_or(0);
    (0..organic(world, form, day))
        .map(|nth| {
            let id = made_id(source, day, nth);
            let created = instant(day, second_of(world, id), tz_of_form(world, form));
            Lead {
                id,
                form,
                ad: None,
                created,
                extra: None,
            }
        })
        .collect()
}

fn of_extra(extra: &ExtraLead) -> Lead {
    Lead {
        id: extra.id,
        form: extra.form,
        ad: extra.ad,
        created: extra.created,
        extra: Some(extra.clone()),
    }
}

/// The moments leads may have been created between.
fn open_window(context: &Context<'_>) -> (DateTime<Utc>, DateTime<Utc>) {
    let kept = context.app.ledger().switches.lead_retention_days;
    let days = kept.unwrap_or(1_200).clamp(0, 3_650);
    (context.now - TimeDelta::days(days), context.now)
}

fn may_read(context: &Context<'_>) -> Result<(), GraphError> {
    context.session.need(&["leads_retrieval"])
}

/// Leads of a form or an ad that already exist and are still kept, newest first. Ads know no
/// organic leads.
fn visible(context: &Context<'_>, node: Node, params: &Params) -> Result<Vec<Lead>, GraphError> {
    let world = context.world;
    let (mut from, mut to) = open_window(context);
    let mut exact = Vec::new();
    for condition in conditions(params)? {
        if condition.field != "time_created" {
            return Err(condition.unsupported());
        }
        condition.takes_number(0, 1)?;
        let bound = condition
            .value
            .as_i64()
            .or_else(|| condition.value.as_str()?.parse().ok());
        if let Some(bound) = bound.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
            match condition.operator.as_str() {
                "GREATER_THAN" | "GREATER_THAN_OR_EQUAL" | "AFTER" => from = from.max(bound),
                "LESS_THAN" | "LESS_THAN_OR_EQUAL" | "BEFORE" => to = to.min(bound),
                _ => {}
            }
        }
        exact.push(condition);
    }
    // A day more on both sides: time zones.
    let days = local_day(from, Tz::UTC) - 1..=local_day(to, Tz::UTC) + 1;
    let (form, ads) = match node {
        Node::Form(form) => {
            let ads = world
                .campaigns
                .iter()
                .filter(|it| it.form == Some(form))
                .flat_map(|it| it.ads.clone())
                .collect::<Vec<_>>();
            (Some(form), ads)
        }
        Node::Ad(ad) => (None, vec![ad]),
        _ => (None, Vec::new()),
    };
    let mut leads: Vec<Lead> = Vec::new();
    for day in days {
        for &ad in &ads {
            leads.extend(of_ad(world, ad, day));
        }
        if let Some(form) = form {
            leads.extend(of_form(world, form, day));
        }
    }
    let extras = context.app.ledger().leads.clone();
    leads.extend(
        extras
            .iter()
            .filter(|extra| match node {
                Node::Form(form) => extra.form == form,
                Node::Ad(ad) => extra.ad == Some(ad),
                _ => false,
            })
            .map(of_extra),
    );
    let (oldest, newest) = open_window(context);
    leads.retain(|lead| {
        lead.created >= oldest
            && lead.created <= newest
            && exact.iter().all(|condition| {
                condition
                    .takes_number(i128::from(lead.created.timestamp()), 1)
                    .unwrap_or(false)
            })
    });
    leads.sort_by(|left, right| {
        right
            .created
            .cmp(&left.created)
            .then(right.id.cmp(&left.id))
    });
    Ok(leads)
}

/// `/<form>/leads`, `/<ad>/leads`, `/<form>/test_leads`.
pub(crate) fn list(
    context: &Context<'_>,
    node: Node,
    edge: &str,
    params: &Params,
) -> Result<Value, GraphError> {
    may_read(context)?;
    let mut leads = visible(context, node, params)?;
    if edge == "test_leads" {
        leads.retain(|lead| lead.extra.as_ref().is_some_and(|extra| extra.is_test));
    }
    let asked = fields::parse(params.get("fields").unwrap_or(""))?;
    let id = match node {
        Node::Form(at) => context.world.forms.get(at).map_or(0, |it| it.id),
        Node::Ad(at) => context.world.ads.get(at).map_or(0, |it| it.id),
        _ => 0,
    };
    let path = format!("{id}/{edge}");
    let window = listing::window(&path, params, leads.len())?;
    let rows = leads
        .get(window.start..window.end)
        .unwrap_or_default()
        .iter()
        .map(|lead| render(context, lead, &asked))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(listing::page(
        context,
        &path,
        &path,
        params,
        rows,
        window,
        leads.len(),
    ))
}

/// How many leads a form has: all, and those no ad brought.
pub(super) fn counts(context: &Context<'_>, form: usize) -> (usize, usize) {
    let leads = visible(context, Node::Form(form), &Params::default()).unwrap_or_default();
    let organic = leads.iter().filter(|lead| lead.ad.is_none()).count();
    (leads.len(), organic)
}

fn find(context: &Context<'_>, id: &str) -> Option<Lead> {
    let id: u64 = id.parse().ok()?;
    let ledger = context.app.ledger();
    if let Some(extra) = ledger.leads.iter().find(|extra| extra.id == id) {
        return Some(of_extra(extra));
    }
    drop(ledger);
    let (source, day, _) = take_apart(id)?;
    let world = context.world;
    let number = |source: u64| usize::try_from(source).ok();
    let leads = match source.checked_sub(ORGANIC) {
        Some(form) => of_form(world, number(form)?, day),
        None => of_ad(world, number(source)?, day),
    };
    let (oldest, newest) = open_window(context);
    leads
        .into_iter()
        .find(|lead| lead.id == id && (oldest..=newest).contains(&lead.created))
}

/// `GET` or `DELETE /<lead>`; nothing when the id is no lead's.
pub(crate) fn node(context: &Context<'_>, id: &str) -> Option<Result<Value, GraphError>> {
    let lead = find(context, id)?;
    if let Err(error) = may_read(context) {
        return Some(Err(error));
    }
    Some(match context.call.method {
        Method::Get => fields::parse(context.call.params.get("fields").unwrap_or(""))
            .and_then(|asked| render(context, &lead, &asked)),
        Method::Delete if lead.extra.as_ref().is_some_and(|extra| extra.is_test) => {
            context
                .app
                .ledger()
                .leads
                .retain(|extra| extra.id != lead.id);
            Ok(success())
        }
        Method::Delete => Err(GraphError::parameter("Only test leads can be deleted")),
        Method::Post | Method::Patch => Err(GraphError::no_such_object(id, "post")),
    })
}

fn render(
    context: &Context<'_>,
    lead: &Lead,
    asked: &[fields::Field],
) -> Result<Value, GraphError> {
    let names: Vec<&str> = if asked.is_empty() {
        vec!["created_time", "id", "field_data"]
    } else {
        asked
            .iter()
            .map(|field| field.name.as_str())
            .chain(["id"])
            .collect()
    };
    let mut answer = Map::new();
    for name in names {
        if !has_field("Lead", name) {
            return Err(GraphError::nonexisting_field(name, "Lead"));
        }
        if let Some(value) = field(context, lead, name) {
            answer.insert(name.to_owned(), value);
        }
    }
    Ok(answer.into())
}

fn field(context: &Context<'_>, lead: &Lead, name: &str) -> Option<Value> {
    let world = context.world;
    let ad = lead.ad.and_then(|ad| world.ads.get(ad));
    let set = ad.and_then(|ad| world.ad_sets.get(ad.set));
    let campaign = ad.and_then(|ad| world.campaigns.get(ad.campaign));
    // With a page token alone a person does not see the ad account's side.
    let shows_ads = context.session.has("ads_read")
        || context.session.has("ads_management")
        || matches!(context.session.holder, Holder::Page(_));
    Some(match name {
        "id" => lead.id.to_string().into(),
        "created_time" => time_text(lead.created, Tz::UTC).into(),
        "form_id" => world.forms.get(lead.form)?.id.to_string().into(),
        "ad_id" if shows_ads => ad?.id.to_string().into(),
        "ad_name" if shows_ads => ad?.name.clone().into(),
        "adset_id" if shows_ads => set?.id.to_string().into(),
        "adset_name" if shows_ads => set?.name.clone().into(),
        "campaign_id" if shows_ads => campaign?.id.to_string().into(),
        "campaign_name" if shows_ads => campaign?.name.clone().into(),
        "is_organic" => lead.ad.is_none().into(),
        "platform" => if world.dice.with(lead.id).with(5).below(2) == 0 {
            "fb"
        } else {
            "ig"
        }
        .into(),
        "field_data" => {
            let answers = lead.extra.as_ref().map_or_else(
                || {
                    let questions = world
                        .forms
                        .get(lead.form)
                        .map_or(&[][..], |form| form.questions.as_slice());
                    let dice = world.dice.with(lead.id);
                    people::answers(questions, country_of(world, lead), dice)
                },
                |extra| extra.answers.clone(),
            );
            answers
                .into_iter()
                .map(|(name, values)| json!({ "name": name, "values": values }))
                .collect::<Vec<_>>()
                .into()
        }
        _ => return None,
    })
}
