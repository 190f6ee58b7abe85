//! An ad account read from the seed files of `fivetran/dbt_facebook_ads`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::UTC;

use super::build::{AccountPlan, Builder};
use super::times::{Day, parse_day};
use super::{Ad, AdSet, Campaign, Kind, Node, Status, World};
use crate::config::SandboxError;
use crate::daily::Tally;

/// Figures read from files, by ad and day.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    days: HashMap<(usize, Day), RecordedDay>,
}

/// What the files say about one ad-day. The three parts come from three files; any may be absent.
#[derive(Debug, Default)]
pub(crate) struct RecordedDay {
    pub delivery: Option<Delivery>,
    /// Thousandths, by action type.
    pub actions: BTreeMap<String, u64>,
    /// Thousandths of a major unit, by action type.
    pub values: BTreeMap<String, u64>,
}

#[derive(Debug)]
pub(crate) struct Delivery {
    pub impressions: u64,
    pub link_clicks: u64,
    pub reach: u64,
    /// Minor units.
    pub spend: u64,
}

impl Recording {
    pub(crate) fn tally(&self, ad: usize, day: Day) -> Option<Tally> {
        let recorded = self.days.get(&(ad, day))?;
        let mut tally = Tally {
            recorded_actions: recorded.actions.clone(),
            recorded_values: recorded.values.clone(),
            ..Tally::default()
        };
        if let Some(delivery) = &recorded.delivery {
            tally.delivered = true;
            tally.impressions = delivery.impressions;
            tally.link_clicks = delivery.link_clicks;
            tally.clicks = delivery.link_clicks;
            tally.day_reach = delivery.reach;
            tally.spend = delivery.spend;
        }
        Some(tally)
    }

    /// The first and last day of the ad, if it has any.
    pub(crate) fn span(&self) -> Option<(Day, Day)> {
        let days = || self.days.keys().map(|(_, day)| *day);
        Some((days().min()?, days().max()?))
    }
}

type Row = HashMap<String, String>;

/// Reads one seed file; its columns by name.
fn rows(directory: &Path, name: &str) -> Result<Vec<Row>, SandboxError> {
    let file = directory.join(format!("facebook_ads_{name}.csv"));
    let failed = |reason: String| SandboxError::Load {
        file: file.clone(),
        reason,
    };
    let mut reader = csv::Reader::from_path(&file).map_err(|error| failed(error.to_string()))?;
    reader
        .deserialize()
        .collect::<Result<Vec<Row>, _>>()
        .map_err(|error| failed(error.to_string()))
}

fn text<'row>(row: &'row Row, column: &str) -> &'row str {
    row.get(column).map_or("", String::as_str)
}

fn number(row: &Row, column: &str) -> Option<u64> {
    text(row, column).parse().ok()
}

/// A decimal as a whole number of `1 / scale`, or nothing when it is not one.
fn scaled(text: &str, digits: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{fraction:0<digits$}");
    format!("{whole}{}", padded.get(..digits)?).parse().ok()
}

fn moment(text: &str) -> DateTime<Utc> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .unwrap_or_default()
        .and_utc()
}

/// The newest version of each id: histories hold one row per change.
fn latest(rows: Vec<Row>, by: &str) -> BTreeMap<u64, Row> {
    let mut newest: BTreeMap<u64, Row> = BTreeMap::new();
    for row in rows {
        let Some(id) = number(&row, "id") else {
            continue;
        };
        let older = newest
            .get(&id)
            .is_none_or(|known| moment(text(known, by)) <= moment(text(&row, by)));
        if older {
            newest.insert(id, row);
        }
    }
    newest
}

pub(super) fn load(directory: &Path, seed: u64) -> Result<World, SandboxError> {
    let accounts = latest(rows(directory, "account_history_data")?, "_fivetran_synced");
    let campaigns = latest(rows(directory, "campaign_history_data")?, "updated_time");
    let sets = latest(rows(directory, "ad_set_history_data")?, "updated_time");
    let ads = latest(rows(directory, "ad_history_data")?, "updated_time");
    let creatives = latest(
        rows(directory, "creative_history_data")
            .or_else(|_| rows(directory, "creative_history_data.first39rows"))?,
        "_fivetran_synced",
    );
    let delivery = rows(directory, "basic_ad_data")?;
    let actions = rows(directory, "basic_ad_actions_data")?;
    let values = rows(directory, "basic_ad_action_values_data")?;

    // Everything is as old as the oldest figure.
    let first = delivery
        .iter()
        .chain(&actions)
        .chain(&values)
        .filter_map(|row| parse_day(text(row, "date")))
        .min()
        .unwrap_or_default();
    let mut loader = Loader {
        builder: Builder::new(seed, first),
        recording: Recording::default(),
    };
    let business = loader
        .builder
        .business(620_000_000_000_001, "Loaded from files");
    let account_ids: BTreeSet<u64> = accounts.keys().copied().collect();
    // An ad that only the figures know belongs to the account its ad-days name, else to the first.
    let known: BTreeSet<u64> = ads.keys().copied().collect();
    let unknown: BTreeSet<u64> = delivery
        .iter()
        .chain(&actions)
        .chain(&values)
        .filter_map(|row| number(row, "ad_id"))
        .filter(|id| !known.contains(id))
        .collect();
    for (at, id) in account_ids.iter().enumerate() {
        let name = accounts.get(id).map_or("", |row| text(row, "name"));
        let account = loader.builder.account(AccountPlan {
            id: *id,
            name: name.to_owned(),
            currency: "USD",
            tz: UTC,
            country: "US",
            business,
            shared: false,
            status: 1,
            readable: true,
            page: None,
        });
        for (campaign, row) in &campaigns {
            if number(row, "account_id") == Some(*id) {
                let of_campaign: Vec<_> = sets
                    .iter()
                    .filter(|(_, set)| number(set, "campaign_id") == Some(*campaign))
                    .collect();
                loader.campaign(
                    account,
                    *campaign,
                    text(row, "name"),
                    text(row, "updated_time"),
                );
                for (set, set_row) in of_campaign {
                    loader.ad_set(*set, text(set_row, "name"), text(set_row, "updated_time"));
                    for (ad, ad_row) in &ads {
                        if number(ad_row, "ad_set_id") == Some(*set) {
                            let creative = number(ad_row, "creative_id").unwrap_or(0);
                            loader.ad(
                                *ad,
                                creative,
                                text(ad_row, "name"),
                                creatives.get(&creative),
                                text(ad_row, "updated_time"),
                            );
                        }
                    }
                }
            }
        }
        if at == 0 && !unknown.is_empty() {
            loader.strays(account, &unknown);
        }
    }
    for row in &delivery {
        let minor = scaled(text(row, "spend"), 2);
        let day = loader.day(directory, row)?;
        day.delivery = Some(Delivery {
            impressions: number(row, "impressions").unwrap_or(0),
            link_clicks: number(row, "inline_link_clicks").unwrap_or(0),
            reach: number(row, "reach").unwrap_or(0),
            spend: minor.unwrap_or(0),
        });
    }
    for (list, is_value) in [(&actions, false), (&values, true)] {
        for row in list {
            let amount = scaled(text(row, "value"), 3).unwrap_or(0);
            let day = loader.day(directory, row)?;
            let into = if is_value {
                &mut day.values
            } else {
                &mut day.actions
            };
            *into.entry(text(row, "action_type").to_owned()).or_default() += amount;
        }
    }
    let Loader { builder, recording } = loader;
    let mut world = builder.done();
    world.recording = Some(recording);
    Ok(world)
}

struct Loader {
    builder: Builder,
    recording: Recording,
}

impl Loader {
    fn campaign(&mut self, account: usize, id: u64, name: &str, updated: &str) {
        let start = self.builder.anchor;
        let world = &mut self.builder.world;
        let at = world.campaigns.len();
        let (sets, ads) = (world.ad_sets.len(), world.ads.len());
        world.campaigns.push(Campaign {
            id,
            account,
            name: name.to_owned(),
            kind: Kind::Sales,
            status: Status::Active,
            daily_spend: 5_000,
            cpm: 1_000,
            cost_per_result: 1_000,
            start,
            end: None,
            trailing: false,
            form: None,
            ad_sets: sets..sets,
            ads: ads..ads,
            updated: moment(updated),
        });
        if let Some(account) = world.accounts.get_mut(account) {
            account.campaigns.end = at + 1;
        }
        self.builder.register(id, Node::Campaign(at));
    }

    fn ad_set(&mut self, id: u64, name: &str, updated: &str) {
        let world = &mut self.builder.world;
        let (at, campaign) = (world.ad_sets.len(), world.campaigns.len().saturating_sub(1));
        let ads = world.ads.len();
        let account = world.campaigns.get(campaign).map_or(0, |it| it.account);
        world.ad_sets.push(AdSet {
            id,
            account,
            campaign,
            name: name.to_owned(),
            status: Status::Active,
            share: 1000,
            ads: ads..ads,
            updated: moment(updated),
        });
        if let Some(campaign) = world.campaigns.get_mut(campaign) {
            campaign.ad_sets.end = at + 1;
        }
        if let Some(account) = world.accounts.get_mut(account) {
            account.ad_sets.end = at + 1;
        }
        self.builder.register(id, Node::AdSet(at));
    }

    fn ad(&mut self, id: u64, creative: u64, name: &str, row: Option<&Row>, updated: &str) {
        let world = &mut self.builder.world;
        let (at, ad_set) = (world.ads.len(), world.ad_sets.len().saturating_sub(1));
        let campaign = world.campaigns.len().saturating_sub(1);
        let account = world.campaigns.get(campaign).map_or(0, |it| it.account);
        world.ads.push(Ad {
            id,
            account,
            campaign,
            set: ad_set,
            name: name.to_owned(),
            status: Status::Active,
            share: 1000,
            creative,
            headline: row.map_or("", |row| text(row, "name")).to_owned(),
            body: row
                .map_or("", |row| text(row, "object_story_link_data_message"))
                .to_owned(),
            updated: moment(updated),
        });
        if let Some(set) = world.ad_sets.get_mut(ad_set) {
            set.ads.end = at + 1;
        }
        if let Some(campaign) = world.campaigns.get_mut(campaign) {
            campaign.ads.end = at + 1;
        }
        if let Some(account) = world.accounts.get_mut(account) {
            account.ads.end = at + 1;
        }
        self.builder.register(id, Node::Ad(at));
        self.builder.register(creative, Node::Creative(at));
    }

    /// Ads that have figures and no history: Meta names a campaign for every ad, so they get one.
    fn strays(&mut self, account: usize, ids: &BTreeSet<u64>) {
        let (campaign, set) = (self.builder.fresh_id(), self.builder.fresh_id());
        self.campaign(account, campaign, "Ads missing from the history files", "");
        self.ad_set(set, "Ads missing from the history files", "");
        for id in ids {
            let creative = self.builder.fresh_id();
            self.ad(*id, creative, &format!("Ad {id}"), None, "");
        }
    }

    fn day(&mut self, directory: &Path, row: &Row) -> Result<&mut RecordedDay, SandboxError> {
        let bad = |reason: &str| SandboxError::Load {
            file: directory.to_owned(),
            reason: format!("{reason} in a row of ad figures: {row:?}"),
        };
        let id = text(row, "ad_id");
        let Some(Node::Ad(ad)) = self.builder.world.find(id) else {
            return Err(bad("no ad_id"));
        };
        let day = parse_day(text(row, "date")).ok_or_else(|| bad("no date"))?;
        Ok(self.recording.days.entry((ad, day)).or_default())
    }
}
