//! The businesses, accounts and ads that are played: what exists, not what it earned.
//!
//! Everything is held as small plans in flat lists; children of one parent are neighbours, so a
//! parent holds a range. Figures are worked out from these plans on demand (`daily`).

mod build;
mod large;
pub(crate) mod message_templates;
mod money;
mod recorded;
mod small;
mod times;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use crate::config::{Profile, SandboxConfig, SandboxError};
use crate::dice::Dice;

pub(crate) use message_templates::MessageTemplates;
pub(crate) use money::{Currency, decimal};
pub(crate) use recorded::Recording;
pub(crate) use times::{Day, day_of, day_text, instant, local_day, parse_day};

/// What an id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    User,
    Business(usize),
    Account(usize),
    Campaign(usize),
    AdSet(usize),
    Ad(usize),
    /// By the ad that shows it.
    Creative(usize),
    Page(usize),
    Form(usize),
    /// By the ad account that owns it.
    Pixel(usize),
    Waba(usize),
    Phone(usize),
}

/// What a person or Meta has set an object to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Paused,
    Archived,
    Deleted,
}

impl Status {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Paused => "PAUSED",
            Self::Archived => "ARCHIVED",
            Self::Deleted => "DELETED",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Archived, Self::Deleted]
            .into_iter()
            .find(|status| status.text() == text)
    }
}

/// What a campaign is after; decides its objective and which actions its ads earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// Instant Forms: leads that can be read through Lead Ads.
    #[default]
    Form,
    /// Click to WhatsApp: conversations.
    WhatsApp,
    /// Pixel and shop purchases.
    Sales,
    /// Visits to the site.
    Traffic,
}

impl Kind {
    pub(crate) fn objective(self) -> &'static str {
        match self {
            Self::Form => "OUTCOME_LEADS",
            Self::WhatsApp => "OUTCOME_ENGAGEMENT",
            Self::Sales => "OUTCOME_SALES",
            Self::Traffic => "OUTCOME_TRAFFIC",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Business {
    pub id: u64,
    pub name: String,
    pub opened: Day,
}

#[derive(Debug)]
pub(crate) struct Account {
    pub id: u64,
    pub name: String,
    pub currency: Currency,
    pub tz: Tz,
    /// ISO 3166-1 alpha-2 code of the country most of its people live in.
    pub country: &'static str,
    pub business: usize,
    /// Owned by another business and shared with this one.
    pub shared: bool,
    /// Meta's number: 1 active, 2 disabled.
    pub status: u32,
    pub disable_reason: u32,
    /// The person may read what is in it.
    pub readable: bool,
    pub opened: Day,
    pub page: Option<usize>,
    pub pixel: u64,
    pub campaigns: Range<usize>,
    pub ad_sets: Range<usize>,
    pub ads: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Campaign {
    pub id: u64,
    pub account: usize,
    pub name: String,
    pub kind: Kind,
    pub status: Status,
    /// Usual spend of a day over all its ads, in the currency's Meta minor unit.
    pub daily_spend: u64,
    /// Cost of 1,000 impressions, minor units.
    pub cpm: u64,
    /// Cost of one lead, conversation or purchase, minor units.
    pub cost_per_result: u64,
    pub start: Day,
    /// The last day with spend.
    pub end: Option<Day>,
    /// Leads keep trickling in after the last day with spend.
    pub trailing: bool,
    pub form: Option<usize>,
    pub ad_sets: Range<usize>,
    pub ads: Range<usize>,
    pub updated: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct AdSet {
    pub id: u64,
    pub account: usize,
    pub campaign: usize,
    pub name: String,
    pub status: Status,
    /// Its part of the campaign's spend, in thousandths.
    pub share: u64,
    pub ads: Range<usize>,
    pub updated: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Ad {
    pub id: u64,
    pub account: usize,
    pub campaign: usize,
    /// Its ad set.
    pub set: usize,
    pub name: String,
    pub status: Status,
    /// Its part of the campaign's spend, in thousandths.
    pub share: u64,
    pub creative: u64,
    pub headline: String,
    pub body: String,
    pub updated: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Page {
    pub id: u64,
    pub name: String,
    pub business: usize,
    pub shared: bool,
    pub forms: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Form {
    pub id: u64,
    pub page: usize,
    pub name: String,
    pub locale: &'static str,
    pub active: bool,
    pub opened: Day,
    /// (key, Meta's question type, label)
    pub questions: Vec<(&'static str, &'static str, &'static str)>,
}

#[derive(Debug)]
pub(crate) struct Waba {
    pub id: u64,
    pub name: String,
    pub business: usize,
    pub shared: bool,
    pub currency: &'static str,
    pub phones: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Phone {
    pub id: u64,
    pub number: &'static str,
    pub verified_name: &'static str,
    pub quality: &'static str,
    pub verification: &'static str,
}

/// Everything that exists.
#[derive(Debug)]
pub(crate) struct World {
    pub dice: Dice,
    pub user_id: u64,
    pub user_name: &'static str,
    pub app_id: u64,
    pub businesses: Vec<Business>,
    pub accounts: Vec<Account>,
    pub campaigns: Vec<Campaign>,
    pub ad_sets: Vec<AdSet>,
    pub ads: Vec<Ad>,
    pub pages: Vec<Page>,
    pub forms: Vec<Form>,
    pub wabas: Vec<Waba>,
    pub phones: Vec<Phone>,
    /// Behind a lock of its own: a call that makes a template only reads the rest of the world.
    message_templates: Mutex<MessageTemplates>,
    /// Figures read from files instead of made up.
    pub recording: Option<Recording>,
    nodes: HashMap<u64, Node>,
    /// What somebody set otherwise than the plans have it: by object and field, `Null` where
    /// nothing is set any more.
    set: HashMap<u64, BTreeMap<String, Value>>,
    /// Creatives that look like another one, which they took the place of.
    looks: HashMap<u64, u64>,
}

impl World {
    /// Builds the business the configuration asks for. `now` is where the clock starts.
    pub(crate) fn build(config: &SandboxConfig, now: DateTime<Utc>) -> Result<Self, SandboxError> {
        if let Some(directory) = &config.load {
            return recorded::load(directory, config.seed);
        }
        let builder = build::Builder::new(config.seed, times::anchor(now));
        Ok(match config.profile {
            Profile::Small => small::build(builder),
            Profile::Agency => large::agency(builder),
            Profile::Huge => large::huge(builder),
        })
    }

    /// The WhatsApp message templates of all accounts. Take the ledger, if needed, after this.
    pub(crate) fn message_templates(&self) -> MutexGuard<'_, MessageTemplates> {
        self.message_templates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The object with this id, written as Meta writes it (`act_…` for ad accounts).
    pub(crate) fn find(&self, id: &str) -> Option<Node> {
        if id == "me" {
            return Some(Node::User);
        }
        match id.strip_prefix("act_") {
            Some(number) => match self.nodes.get(&number.parse().ok()?) {
                Some(node @ Node::Account(_)) => Some(*node),
                _ => None,
            },
            None => match self.nodes.get(&id.parse().ok()?) {
                Some(Node::Account(_)) | None => None,
                Some(node) => Some(*node),
            },
        }
    }

    /// The status Meta shows: the object's own, or that of the parent that stops it.
    pub(crate) fn effective_status(&self, node: Node) -> &'static str {
        let (own, parents) = match node {
            Node::Campaign(at) => (self.campaigns.get(at).map(|it| it.status), [None, None]),
            Node::AdSet(at) => {
                let Some(set) = self.ad_sets.get(at) else {
                    return "DELETED";
                };
                let campaign = self.campaigns.get(set.campaign).map(|it| it.status);
                (Some(set.status), [campaign, None])
            }
            Node::Ad(at) => {
                let Some(ad) = self.ads.get(at) else {
                    return "DELETED";
                };
                let campaign = self.campaigns.get(ad.campaign).map(|it| it.status);
                let set = self.ad_sets.get(ad.set).map(|it| it.status);
                (Some(ad.status), [campaign, set])
            }
            _ => return "ACTIVE",
        };
        let chain = || own.into_iter().chain(parents.into_iter().flatten());
        if chain().any(|status| status == Status::Deleted) {
            return "DELETED";
        }
        if chain().any(|status| status == Status::Archived) {
            return "ARCHIVED";
        }
        match (own, parents) {
            (Some(Status::Paused), _) => "PAUSED",
            (_, [Some(Status::Paused), _]) => "CAMPAIGN_PAUSED",
            (_, [_, Some(Status::Paused)]) => "ADSET_PAUSED",
            _ => "ACTIVE",
        }
    }

    /// The number behind an object with settings.
    fn number(&self, node: Node) -> Option<u64> {
        match node {
            Node::Campaign(at) => self.campaigns.get(at).map(|it| it.id),
            Node::AdSet(at) => self.ad_sets.get(at).map(|it| it.id),
            Node::Ad(at) => self.ads.get(at).map(|it| it.id),
            Node::Creative(at) => self.ads.get(at).map(|it| it.creative),
            _ => None,
        }
    }

    /// What somebody set a field to; `None` where it is as planned.
    pub(crate) fn set_value(&self, node: Node, field: &str) -> Option<&Value> {
        if self.set.is_empty() {
            return None;
        }
        self.set.get(&self.number(node)?)?.get(field)
    }

    /// Sets a field of an object.
    pub(crate) fn set(&mut self, node: Node, field: &str, value: Value, now: DateTime<Utc>) {
        let Some(number) = self.number(node) else {
            return;
        };
        let fields = self.set.entry(number).or_default();
        fields.insert(field.to_owned(), value);
        // A creative has no time of change of its own: its ad has.
        let touched = match node {
            Node::Creative(at) => Node::Ad(at),
            node => node,
        };
        self.edit(touched, None, None, now);
    }

    /// By which a creative's look is drawn.
    pub(crate) fn look(&self, creative: u64) -> u64 {
        self.looks.get(&creative).copied().unwrap_or(creative)
    }

    /// Gives an ad a creative of its own that looks and is set like the one it shows, as editing
    /// it does, and gives the new one's id. The old one is gone.
    pub(crate) fn replace_creative(&mut self, ad: usize, now: DateTime<Utc>) -> Option<u64> {
        let old = self.ads.get(ad)?.creative;
        let mut new = old + 1;
        while self.nodes.contains_key(&new) {
            new += 1;
        }
        self.looks.insert(new, self.look(old));
        if let Some(fields) = self.set.get(&old).cloned() {
            self.set.insert(new, fields);
        }
        self.nodes.remove(&old);
        self.nodes.insert(new, Node::Creative(ad));
        self.ads.get_mut(ad)?.creative = new;
        self.edit(Node::Ad(ad), None, None, now);
        Some(new)
    }

    /// Changes an object as a person in Ads Manager would.
    pub(crate) fn edit(
        &mut self,
        node: Node,
        status: Option<Status>,
        name: Option<String>,
        now: DateTime<Utc>,
    ) -> bool {
        let parts = match node {
            Node::Campaign(at) => self
                .campaigns
                .get_mut(at)
                .map(|it| (&mut it.status, &mut it.name, &mut it.updated)),
            Node::AdSet(at) => self
                .ad_sets
                .get_mut(at)
                .map(|it| (&mut it.status, &mut it.name, &mut it.updated)),
            Node::Ad(at) => self
                .ads
                .get_mut(at)
                .map(|it| (&mut it.status, &mut it.name, &mut it.updated)),
            _ => None,
        };
        let Some((its_status, its_name, updated)) = parts else {
            return false;
        };
        if let Some(status) = status {
            *its_status = status;
        }
        if let Some(name) = name {
            *its_name = name;
        }
        *updated = now;
        true
    }
}
