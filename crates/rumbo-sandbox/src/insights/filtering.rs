//! Which ads count and which rows are shown.

use crate::graph::filter::{Condition, conditions, delivery};
use crate::graph::{GraphError, Params};
use crate::world::{Node, World};

/// The `filtering` of one query, sorted by what it applies to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    /// Conditions on the objects: `(level, name, condition)`.
    objects: Vec<(String, String, Condition)>,
    /// Conditions on the figures of a row: `(field, condition)`.
    metrics: Vec<(String, Condition)>,
    /// Conditions on single actions.
    actions: Vec<Condition>,
    /// A status was asked for, so archived and deleted objects are shown.
    pub asks_status: bool,
}

/// Fields of a row that can be compared.
pub(super) fn is_metric(field: &str) -> bool {
    matches!(
        field,
        "spend"
            | "impressions"
            | "clicks"
            | "reach"
            | "frequency"
            | "ctr"
            | "cpc"
            | "cpm"
            | "inline_link_clicks"
            | "date_start"
    )
}

impl Filters {
    pub(super) fn read(params: &Params) -> Result<Self, GraphError> {
        let mut filters = Self::default();
        for condition in conditions(params)? {
            let (level, name) = condition
                .field
                .split_once('.')
                .map_or(("", condition.field.as_str()), |parts| parts);
            let (level, name) = (level.to_owned(), name.to_owned());
            if matches!(level.as_str(), "campaign" | "adset" | "ad")
                && matches!(
                    name.as_str(),
                    "id" | "name" | "effective_status" | "delivery_info" | "objective"
                )
            {
                filters.asks_status |=
                    matches!(name.as_str(), "effective_status" | "delivery_info");
                filters.objects.push((level, name, condition));
            } else if is_metric(&name) && matches!(level.as_str(), "" | "campaign" | "adset" | "ad")
            {
                filters.metrics.push((name, condition));
            } else if name == "action_type" {
                filters.actions.push(condition);
            } else {
                return Err(condition.unsupported());
            }
        }
        // Operators are checked once, so that reading rows cannot fail later.
        for (_, _, condition) in &filters.objects {
            condition.takes_text("")?;
        }
        for (_, condition) in &filters.metrics {
            condition.takes_number(0, 1)?;
        }
        for condition in &filters.actions {
            condition.takes_text("")?;
        }
        Ok(filters)
    }

    /// Whether an ad's figures count.
    pub(super) fn takes_ad(&self, world: &World, ad_at: usize) -> bool {
        let Some(ad) = world.ads.get(ad_at) else {
            return false;
        };
        self.objects.iter().all(|(level, name, condition)| {
            let node = match level.as_str() {
                "campaign" => Node::Campaign(ad.campaign),
                "adset" => Node::AdSet(ad.set),
                _ => Node::Ad(ad_at),
            };
            let text = match name.as_str() {
                "id" => super::query::id_of(world, node),
                "effective_status" => world.effective_status(node).to_owned(),
                "delivery_info" => delivery(world, node).to_owned(),
                "objective" => world
                    .campaigns
                    .get(ad.campaign)
                    .map(|it| it.kind.objective().to_owned())
                    .unwrap_or_default(),
                _ => super::cells::name_of(world, node),
            };
            condition.takes_text(&text).unwrap_or(false)
        })
    }

    /// Whether a row is shown, given a way to read its figures.
    pub(super) fn takes_row(&self, figure: impl Fn(&str) -> Option<String>) -> bool {
        self.metrics.iter().all(|(field, condition)| {
            let millionths = figure(field)
                .and_then(|text| millionths(&text))
                .unwrap_or(0);
            condition
                .takes_number(millionths, 1_000_000)
                .unwrap_or(false)
        })
    }

    pub(super) fn takes_action(&self, action_type: &str) -> bool {
        self.actions
            .iter()
            .all(|condition| condition.takes_text(action_type).unwrap_or(false))
    }
}

fn millionths(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(whole.parse::<i128>().ok()? * 1_000_000 + fraction.parse::<i128>().ok()?)
}
