//! What an Insights call asks for, read and checked.

use std::ops::Range;

use serde_json::Value;

use super::breakdown::Breakdowns;
use super::filtering::{self, Filters};
use super::periods::{self, Increment};
use crate::graph::schema::{check_enum, has_field};
use crate::graph::{Context, GraphError, Params, fields};
use crate::world::{Day, Node, World, local_day};

/// Parameters the edge takes.
pub(crate) const PARAMS: &[&str] = &[
    "limit",
    "after",
    "before",
    "level",
    "time_range",
    "time_ranges",
    "date_preset",
    "time_increment",
    "breakdowns",
    "action_breakdowns",
    "action_attribution_windows",
    "action_report_time",
    "filtering",
    "sort",
    "default_summary",
    "summary_action_breakdowns",
    "product_id_limit",
    "use_account_attribution_setting",
    "use_unified_attribution_setting",
    "export_format",
    "export_columns",
    "export_name",
    "is_async",
    "graph_cache",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Account,
    Campaign,
    AdSet,
    Ad,
}

#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub root: Node,
    pub account: usize,
    pub level: Level,
    pub fields: Vec<String>,
    /// First and last day of every row's time.
    pub periods: Vec<(Day, Day)>,
    pub breakdowns: Breakdowns,
    pub action_breakdowns: Vec<String>,
    pub windows: Vec<String>,
    pub filters: Filters,
    /// A field and whether the largest comes first.
    pub sort: Option<(String, bool)>,
    pub today: Day,
}

impl Query {
    pub(crate) fn read(
        context: &Context<'_>,
        root: Node,
        params: &Params,
    ) -> Result<Self, GraphError> {
        let world = context.world;
        let account = match root {
            Node::Account(at) => Some(at),
            Node::Campaign(at) => world.campaigns.get(at).map(|it| it.account),
            Node::AdSet(at) => world.ad_sets.get(at).map(|it| it.account),
            Node::Ad(at) => world.ads.get(at).map(|it| it.account),
            _ => None,
        };
        let (Some(account), own) = (account, own_level(root)) else {
            return Err(GraphError::parameter(
                "Insights are not supported on this object.",
            ));
        };
        let level = match params.get("level") {
            None => own,
            Some(text) => {
                check_enum("level", "level", text)?;
                match text {
                    "account" => Level::Account,
                    "campaign" => Level::Campaign,
                    "adset" => Level::AdSet,
                    _ => Level::Ad,
                }
            }
        };
        let tz = world
            .accounts
            .get(account)
            .map_or(chrono_tz::UTC, |it| it.tz);
        let today = local_day(context.now, tz);
        let mut ranges = periods::ranges(params, today)?;
        if world.recording.is_none() {
            periods::check_age(&ranges, today)?;
        }
        if let Some((first, last)) = span(world, account, today) {
            ranges = periods::clip(ranges, first, last);
        }
        let increment = Increment::read(params)?;
        let periods = ranges
            .iter()
            .flat_map(|&range| increment.cut(range))
            .collect();
        for (at, name) in params.list("action_breakdowns")?.iter().enumerate() {
            check_enum(
                "action_breakdowns",
                &format!("action_breakdowns[{at}]"),
                name,
            )?;
        }
        if let Some(time) = params.get("action_report_time") {
            check_enum("action_report_time", "action_report_time", time)?;
        }
        let windows = params.list("action_attribution_windows")?;
        for (at, name) in windows.iter().enumerate() {
            check_enum(
                "action_attribution_windows",
                &format!("action_attribution_windows[{at}]"),
                name,
            )?;
        }
        Ok(Self {
            root,
            account,
            level,
            fields: asked_fields(params)?,
            periods,
            breakdowns: Breakdowns::read(params)?,
            action_breakdowns: params.list("action_breakdowns")?,
            windows,
            filters: Filters::read(params)?,
            sort: sort(params)?,
            today,
        })
    }

    /// How many rows there could be: objects, times and breakdown values multiplied.
    pub(crate) fn cells(&self, world: &World) -> u64 {
        let whole = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        whole(self.entities(world).len())
            .saturating_mul(whole(self.periods.len()))
            .saturating_mul(self.breakdowns.fan())
    }

    /// The objects that make the rows, with the ads that count for each.
    pub(crate) fn entities(&self, world: &World) -> Vec<Entity> {
        let (campaigns, sets, ads) = children(world, self.root);
        let nodes: Vec<(Node, Range<usize>)> = match self.level {
            Level::Account => vec![(Node::Account(self.account), ads)],
            Level::Campaign => campaigns
                .filter_map(|at| Some((Node::Campaign(at), world.campaigns.get(at)?.ads.clone())))
                .collect(),
            Level::AdSet => sets
                .filter_map(|at| Some((Node::AdSet(at), world.ad_sets.get(at)?.ads.clone())))
                .collect(),
            Level::Ad => ads.map(|at| (Node::Ad(at), at..at + 1)).collect(),
        };
        nodes
            .into_iter()
            .filter(|(node, _)| {
                // Deleted and archived objects count in their parents and are not listed below
                // them unless their status is asked for.
                *node == self.root
                    || self.filters.asks_status
                    || !matches!(world.effective_status(*node), "DELETED" | "ARCHIVED")
            })
            .map(|(node, ads)| Entity {
                node,
                ads: ads.filter(|&ad| self.filters.takes_ad(world, ad)).collect(),
            })
            .filter(|entity| !entity.ads.is_empty())
            .collect()
    }

    pub(crate) fn root_id(&self, world: &World) -> String {
        id_of(world, self.root)
    }

    /// Breakdowns that need an opt-in per ad account since 2026-08-03.
    pub(crate) fn needs_opt_in(&self) -> bool {
        self.breakdowns.names().iter().any(|name| {
            matches!(
                name.as_str(),
                "impression_device"
                    | "hourly_stats_aggregated_by_audience_time_zone"
                    | "frequency_value"
            )
        })
    }
}

/// One object of the rows.
#[derive(Debug)]
pub(crate) struct Entity {
    pub node: Node,
    pub ads: Vec<usize>,
}

pub(crate) fn id_of(world: &World, node: Node) -> String {
    match node {
        Node::Account(at) => world.accounts.get(at).map(|it| format!("act_{}", it.id)),
        Node::Campaign(at) => world.campaigns.get(at).map(|it| it.id.to_string()),
        Node::AdSet(at) => world.ad_sets.get(at).map(|it| it.id.to_string()),
        Node::Ad(at) => world.ads.get(at).map(|it| it.id.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

fn own_level(node: Node) -> Level {
    match node {
        Node::Campaign(_) => Level::Campaign,
        Node::AdSet(_) => Level::AdSet,
        Node::Ad(_) => Level::Ad,
        _ => Level::Account,
    }
}

fn children(world: &World, root: Node) -> (Range<usize>, Range<usize>, Range<usize>) {
    match root {
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
            .map(|it| (it.campaign..it.campaign + 1, at..at + 1, it.ads.clone())),
        Node::Ad(at) => world
            .ads
            .get(at)
            .map(|it| (it.campaign..it.campaign + 1, it.set..it.set + 1, at..at + 1)),
        _ => None,
    }
    .unwrap_or((0..0, 0..0, 0..0))
}

/// Days the account can have figures for.
fn span(world: &World, account: usize, today: Day) -> Option<(Day, Day)> {
    if let Some(recording) = &world.recording {
        return recording.span();
    }
    let account = world.accounts.get(account)?;
    let first = account
        .campaigns
        .clone()
        .filter_map(|at| world.campaigns.get(at))
        .map(|campaign| campaign.start)
        .min()?;
    Some((first, today))
}

fn asked_fields(params: &Params) -> Result<Vec<String>, GraphError> {
    let asked = fields::parse(params.get("fields").unwrap_or(""))?;
    if asked.is_empty() {
        let usual = [
            "account_id",
            "campaign_id",
            "adset_id",
            "ad_id",
            "impressions",
            "spend",
        ];
        return Ok(usual.map(str::to_owned).to_vec());
    }
    for field in &asked {
        // wish_bid is in Meta's list and fails every call that asks for it.
        if !has_field("AdsInsights", &field.name) || field.name == "wish_bid" {
            return Err(GraphError::parameter(format!(
                "{} is not valid for fields param. please check https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values",
                field.name
            )));
        }
    }
    Ok(asked.into_iter().map(|field| field.name).collect())
}

fn sort(params: &Params) -> Result<Option<(String, bool)>, GraphError> {
    let keys = match params.json("sort") {
        Ok(Some(Value::String(key))) => vec![key],
        Ok(Some(Value::Array(_)) | None) | Err(_) => params.list("sort")?,
        Ok(Some(_)) => return Err(GraphError::parameter("Param sort must be an array.")),
    };
    let Some(key) = keys.first() else {
        return Ok(None);
    };
    let parts = [("_descending", true), ("_ascending", false)]
        .into_iter()
        .find_map(|(ending, descending)| {
            key.strip_suffix(ending)
                .map(|field| (field.to_owned(), descending))
        });
    match parts {
        Some((field, descending))
            if has_field("AdsInsights", &field) || filtering::is_metric(&field) =>
        {
            Ok(Some((field, descending)))
        }
        _ => Err(GraphError::parameter(format!(
            "sort[0] must be a field followed by _ascending or _descending: {key}"
        ))),
    }
}
