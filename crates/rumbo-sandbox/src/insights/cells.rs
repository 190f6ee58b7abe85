//! The value of one field in one row.

use serde_json::{Map, Value, json};

use super::actions::{self, Target};
use super::query::{Level, Query};
use crate::daily::Tally;
use crate::world::{Account, Day, Node, World, day_text, decimal};

/// What a row is about.
pub(super) struct Row<'a> {
    pub world: &'a World,
    pub query: &'a Query,
    pub account: &'a Account,
    pub node: Node,
    pub period: (Day, Day),
    pub tally: &'a Tally,
}

/// A quotient with six decimals; nothing over zero.
fn ratio(over: u64, under: u64, scale: u64) -> Option<Value> {
    let millionths = u128::from(over) * u128::from(scale) * 1_000_000;
    let value = millionths.checked_div(u128::from(under))?;
    Some(decimal(u64::try_from(value).ok()?, 1_000_000).into())
}

pub(super) fn name_of(world: &World, node: Node) -> String {
    match node {
        Node::Account(at) => world.accounts.get(at).map(|it| it.name.clone()),
        Node::Campaign(at) => world.campaigns.get(at).map(|it| it.name.clone()),
        Node::AdSet(at) => world.ad_sets.get(at).map(|it| it.name.clone()),
        Node::Ad(at) => world.ads.get(at).map(|it| it.name.clone()),
        _ => None,
    }
    .unwrap_or_default()
}

impl Row<'_> {
    /// The object at this level above the row's own, if the row is that deep.
    fn above(&self, level: Level) -> Option<Node> {
        let (campaign, set) = match self.node {
            Node::Campaign(at) => (Some(at), None),
            Node::AdSet(at) => (self.world.ad_sets.get(at).map(|it| it.campaign), Some(at)),
            Node::Ad(at) => {
                let ad = self.world.ads.get(at)?;
                (Some(ad.campaign), Some(ad.set))
            }
            _ => (None, None),
        };
        match level {
            Level::Account => Some(Node::Account(self.query.account)),
            Level::Campaign => campaign.map(Node::Campaign),
            Level::AdSet => set.map(Node::AdSet),
            Level::Ad => matches!(self.node, Node::Ad(_)).then_some(self.node),
        }
    }

    fn id(&self, level: Level) -> Option<Value> {
        let node = self.above(level)?;
        let id = super::query::id_of(self.world, node);
        Some(id.strip_prefix("act_").unwrap_or(&id).to_owned().into())
    }

    fn name(&self, level: Level) -> Option<Value> {
        Some(name_of(self.world, self.above(level)?).into())
    }

    /// Money per something, in major units.
    fn cost(&self, spend_times: u64, under: u64) -> Option<Value> {
        ratio(
            self.tally.spend * spend_times,
            under * self.account.currency.offset,
            1,
        )
    }

    fn target(&self) -> Target {
        Target {
            page: self
                .account
                .page
                .and_then(|at| self.world.pages.get(at))
                .map_or_else(String::new, |page| page.id.to_string()),
            pixel: self.account.pixel.to_string(),
        }
    }

    fn objective(&self) -> Option<Value> {
        match self.above(Level::Campaign)? {
            Node::Campaign(at) => Some(self.world.campaigns.get(at)?.kind.objective().into()),
            _ => None,
        }
    }

    /// Whether people reached are known: with breakdowns only for 13 months.
    fn knows_reach(&self) -> bool {
        self.query.breakdowns.is_empty() || self.period.0 >= self.query.today - 395
    }

    /// Whether people who did something are known: for 13 months only, since 12 January 2026.
    fn knows_unique(&self) -> bool {
        self.world.recording.is_some() || self.period.0 >= self.query.today - 395
    }

    pub(super) fn cell(&self, field: &str) -> Option<Value> {
        let tally = self.tally;
        let delivered = tally.delivered || self.world.recording.is_none();
        let whole = |number: u64| delivered.then(|| number.to_string().into());
        match field {
            "account_id" => self.id(Level::Account),
            "account_name" => self.name(Level::Account),
            "account_currency" => Some(self.account.currency.code.into()),
            "campaign_id" => self.id(Level::Campaign),
            "campaign_name" => self.name(Level::Campaign),
            "adset_id" => self.id(Level::AdSet),
            "adset_name" => self.name(Level::AdSet),
            "ad_id" => self.id(Level::Ad),
            "ad_name" => self.name(Level::Ad),
            "date_start" => Some(day_text(self.period.0).into()),
            "date_stop" => Some(day_text(self.period.1).into()),
            "objective" => self.objective(),
            "buying_type" => self.above(Level::Campaign).map(|_| "AUCTION".into()),
            "attribution_setting" => self.above(Level::AdSet).map(|_| "7d_click_1d_view".into()),
            "spend" => delivered.then(|| self.account.currency.major(tally.spend).into()),
            "social_spend" => delivered.then(|| "0".into()),
            "impressions" => whole(tally.impressions),
            "clicks" => whole(tally.clicks),
            "unique_clicks" if self.knows_unique() => whole(tally.clickers.count()),
            "unique_inline_link_clicks" if self.knows_unique() && tally.link_clicks > 0 => {
                whole(tally.link_clickers.count())
            }
            "unique_ctr" if self.knows_unique() && self.knows_reach() => {
                ratio(tally.clickers.count(), tally.people.count(), 100)
            }
            "cost_per_unique_click" if self.knows_unique() => self.cost(1, tally.clickers.count()),
            "inline_link_clicks" if tally.link_clicks > 0 => whole(tally.link_clicks),
            "inline_post_engagement" if tally.link_clicks + tally.video_views > 0 => {
                whole(tally.link_clicks + tally.reactions + tally.video_views)
            }
            "reach" if self.knows_reach() => whole(tally.people.count()),
            "frequency" if self.knows_reach() => ratio(tally.impressions, tally.people.count(), 1),
            "ctr" => ratio(tally.clicks, tally.impressions, 100),
            "inline_link_click_ctr" if tally.link_clicks > 0 => {
                ratio(tally.link_clicks, tally.impressions, 100)
            }
            "cpc" => self.cost(1, tally.clicks),
            "cpm" => self.cost(1000, tally.impressions),
            "cpp" if self.knows_reach() => self.cost(1000, tally.people.count()),
            "cost_per_inline_link_click" => self.cost(1, tally.link_clicks),
            "actions" => actions::list(
                self.query,
                actions::counts(tally, self.world.recording.is_some()),
                1000,
                &self.target(),
            ),
            "action_values" => {
                let offset = self.account.currency.offset;
                actions::list(
                    self.query,
                    actions::values(tally, offset),
                    1,
                    &self.target(),
                )
            }
            "outbound_clicks" if tally.landing_page_views > 0 => Some(json!([
                { "action_type": "outbound_click", "value": tally.landing_page_views.to_string() }
            ])),
            "cost_per_action_type" => self.cost_per_action(),
            "purchase_roas" | "website_purchase_roas" => {
                let (value, kind) = match field {
                    "purchase_roas" => (tally.onsite_value + tally.pixel_value, "omni_purchase"),
                    _ => (tally.pixel_value, "offsite_conversion.fb_pixel_purchase"),
                };
                let roas = ratio(value, tally.spend, 1).filter(|_| value > 0)?;
                Some(json!([{ "action_type": kind, "value": roas }]))
            }
            _ => None,
        }
    }

    fn cost_per_action(&self) -> Option<Value> {
        let costs: Vec<Value> = actions::counts(self.tally, self.world.recording.is_some())
            .into_iter()
            .filter_map(|(name, figure)| {
                let cost = self.cost(1000, figure)?;
                Some(json!({ "action_type": name, "value": cost }))
            })
            .collect();
        (self.tally.spend > 0 && !costs.is_empty()).then(|| costs.into())
    }

    /// The fields asked for, the dates and the breakdown values.
    pub(super) fn render(&self, slice: &[(String, String)]) -> Value {
        let mut row = Map::new();
        for field in &self.query.fields {
            if let Some(value) = self.cell(field) {
                row.insert(field.clone(), value);
            }
        }
        for field in ["date_start", "date_stop"] {
            if let Some(value) = self.cell(field) {
                row.insert(field.to_owned(), value);
            }
        }
        for (name, value) in slice {
            row.insert(name.clone(), value.clone().into());
        }
        row.into()
    }
}
