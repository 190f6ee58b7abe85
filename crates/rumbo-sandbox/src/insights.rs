//! The Insights edge: figures of an object over time, at once or as a job.

mod actions;
mod breakdown;
mod cells;
mod filtering;
pub(crate) mod job;
mod periods;
pub(crate) mod query;
mod rows;

use serde_json::{Map, Value};

use crate::daily::{Moment, tally};
use crate::graph::{Context, GraphError, Params, listing};
use crate::world::{Account, Node, Recording, local_day};

use query::Query;
use rows::Page;

/// Rows a call that is answered at once may have to look at, and rows a job may.
pub(crate) const MOST_AT_ONCE: u64 = 40_000;
pub(crate) const MOST_IN_A_JOB: u64 = 250_000;
/// Rows in one page when nothing is asked.
const USUAL: u64 = 25;

/// Answers a synchronous Insights call.
pub(crate) fn answer(
    context: &Context<'_>,
    node: Node,
    params: &Params,
) -> Result<Value, GraphError> {
    let query = Query::read(context, node, params)?;
    if query.cells(context.world) > MOST_AT_ONCE {
        return Err(too_much_data());
    }
    let id = query.root_id(context.world);
    if query.needs_opt_in() {
        // Since 2026-08-03 these breakdowns come back empty when asked for at once.
        return Ok(Value::from(Map::from_iter([(
            "data".to_owned(),
            Value::Array(Vec::new()),
        )])));
    }
    let moment = context.app.moment(context.now);
    page(context, &query, &moment, &format!("{id}/insights"), params)
}

/// 100/1487534: too many rows or data points.
pub(crate) fn too_much_data() -> GraphError {
    GraphError {
        for_person: Some(&(
            "Cannot make the API call",
            "The call you have made cannot be completed because there is too much data to return. Please make a smaller call and try again.",
        )),
        ..GraphError::parameter("There is too much data to return. Please make a smaller call.")
    }
    .with_subcode(1_487_534)
}

/// One page of a query's rows as of a moment, under the path it was asked at.
pub(crate) fn page(
    context: &Context<'_>,
    query: &Query,
    moment: &Moment,
    path: &str,
    params: &Params,
) -> Result<Value, GraphError> {
    let size = listing::page_size(params, USUAL)?;
    let label = path;
    let place = |name: &str| {
        params
            .get(name)
            .map(|cursor| listing::place(label, cursor))
            .transpose()
    };
    let (after, before) = (place("after")?, place("before")?);
    let Page {
        rows,
        first,
        last,
        more,
        earlier,
    } = rows::page(context.world, query, moment, after, before, size)?;
    let mut answer = Map::new();
    let is_empty = rows.is_empty();
    answer.insert("data".to_owned(), rows.into());
    if !is_empty {
        let mut paging = Map::new();
        let (first, last) = (listing::cursor(label, first), listing::cursor(label, last));
        if more {
            let next = listing::url(context, path, params, "after", &last);
            paging.insert("next".to_owned(), next.into());
        }
        if earlier {
            let previous = listing::url(context, path, params, "before", &first);
            paging.insert("previous".to_owned(), previous.into());
        }
        paging.insert(
            "cursors".to_owned(),
            serde_json::json!({ "before": first, "after": last }),
        );
        answer.insert("paging".to_owned(), paging.into());
    }
    if let Some(summary) = rows::summary(context.world, query, moment, params)? {
        answer.insert("summary".to_owned(), summary);
    }
    Ok(answer.into())
}

/// Meta's own figure of what an account has spent, in minor units. For large accounts it is the
/// sum of what its campaigns usually spend.
pub(crate) fn amount_spent(context: &Context<'_>, account: &Account) -> u64 {
    let world = context.world;
    let today = local_day(context.now, account.tz);
    let campaigns = || {
        account
            .campaigns
            .clone()
            .filter_map(|at| world.campaigns.get(at))
    };
    if account.ads.len() > 120 && world.recording.is_none() {
        return campaigns()
            .map(|campaign| {
                let days = campaign.end.unwrap_or(today).min(today) - campaign.start;
                campaign.daily_spend * u64::try_from(days).unwrap_or(0)
            })
            .sum();
    }
    let moment = context.app.moment(context.now);
    let span = world.recording.as_ref().and_then(Recording::span);
    campaigns()
        .flat_map(|campaign| {
            let (first, last) = span.unwrap_or((campaign.start, today));
            campaign
                .ads
                .clone()
                .flat_map(move |ad| (first..=last).map(move |day| (ad, day)))
        })
        .filter_map(|(ad, day)| tally(world, ad, day, &moment))
        .map(|tally| tally.spend)
        .sum()
}
