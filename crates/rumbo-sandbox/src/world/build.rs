//! Puts a world together account by account, handing out ids.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::money::Currency;
use super::times::{Day, instant};
use super::{
    Account, Ad, AdSet, Business, Campaign, Form, Kind, Node, Page, Phone, Status, Waba, World,
};
use crate::dice::Dice;

/// How one ad account is to be made.
pub(super) struct AccountPlan {
    pub id: u64,
    pub name: String,
    pub currency: &'static str,
    pub tz: Tz,
    pub country: &'static str,
    pub business: usize,
    pub shared: bool,
    pub status: u32,
    pub readable: bool,
    pub page: Option<usize>,
}

/// How one campaign is to be made. Money in US cents; days before the anchor.
pub(super) struct CampaignPlan<'a> {
    pub name: String,
    pub kind: Kind,
    pub status: Status,
    pub daily_spend: u64,
    pub cpm: u64,
    pub cost_per_result: u64,
    pub start_ago: i32,
    pub end_ago: Option<i32>,
    pub trailing: bool,
    pub form: Option<usize>,
    pub ad_sets: &'a [String],
    pub ads_per_set: usize,
    /// (headline, body) of the ads, used in turn.
    pub texts: &'a [(&'a str, &'a str)],
    /// Names of the ads, used in turn.
    pub ad_names: &'a [&'a str],
}

pub(super) struct Builder {
    pub world: World,
    pub anchor: Day,
    next: u64,
}

impl Builder {
    pub(super) fn new(seed: u64, anchor: Day) -> Self {
        let world = World {
            dice: Dice::new(seed),
            user_id: 10_229_417_733_058_214,
            user_name: "Lucía Ferrari",
            app_id: 714_820_933_615_402,
            businesses: Vec::new(),
            accounts: Vec::new(),
            campaigns: Vec::new(),
            ad_sets: Vec::new(),
            ads: Vec::new(),
            pages: Vec::new(),
            forms: Vec::new(),
            wabas: Vec::new(),
            phones: Vec::new(),
            message_templates: Mutex::default(),
            recording: None,
            nodes: HashMap::new(),
            set: HashMap::new(),
            looks: HashMap::new(),
        };
        let mut builder = Self {
            world,
            anchor,
            next: 1,
        };
        let user = builder.world.user_id;
        builder.world.nodes.insert(user, Node::User);
        builder
    }

    pub(super) fn done(self) -> World {
        self.world
    }

    /// An 18-digit id; the seed shows in the middle digits. Every id is used once.
    pub(super) fn fresh_id(&mut self) -> u64 {
        let middle = self.world.dice.with(7).below(100_000);
        let id = 120_200_000_000_000_000 + middle * 1_000_000_000 + self.next * 10;
        self.next += 1;
        id
    }

    /// Names `id` as `node`.
    pub(super) fn register(&mut self, id: u64, node: Node) {
        self.world.nodes.insert(id, node);
    }

    pub(super) fn business(&mut self, id: u64, name: &str) -> usize {
        let at = self.world.businesses.len();
        self.register(id, Node::Business(at));
        let opened = self.anchor - 1500;
        self.world.businesses.push(Business {
            id,
            name: name.to_owned(),
            opened,
        });
        at
    }

    pub(super) fn page(&mut self, id: u64, name: &str, business: usize, shared: bool) -> usize {
        let at = self.world.pages.len();
        self.register(id, Node::Page(at));
        let forms = self.world.forms.len()..self.world.forms.len();
        self.world.pages.push(Page {
            id,
            name: name.to_owned(),
            business,
            shared,
            forms,
        });
        at
    }

    /// Adds a form to the page added last.
    pub(super) fn form(
        &mut self,
        name: &str,
        locale: &'static str,
        active: bool,
        questions: Vec<(&'static str, &'static str, &'static str)>,
    ) -> usize {
        let at = self.world.forms.len();
        let id = 2_000_000_000_000_000 + self.fresh_id() % 1_000_000_000_000_000;
        self.register(id, Node::Form(at));
        let page = self.world.pages.len().saturating_sub(1);
        let opened = self.anchor - 400;
        let name = name.to_owned();
        self.world.forms.push(Form {
            id,
            page,
            name,
            locale,
            active,
            opened,
            questions,
        });
        if let Some(page) = self.world.pages.get_mut(page) {
            page.forms.end = at + 1;
        }
        at
    }

    pub(super) fn waba(&mut self, id: u64, name: &str, business: usize, currency: &'static str) {
        let at = self.world.wabas.len();
        self.register(id, Node::Waba(at));
        let phones = self.world.phones.len()..self.world.phones.len();
        let name = name.to_owned();
        self.world
            .message_templates()
            .seed(id, instant(self.anchor, 43_200, Tz::UTC));
        self.world.wabas.push(Waba {
            id,
            name,
            business,
            shared: false,
            currency,
            phones,
        });
    }

    /// Adds a phone number to the WhatsApp account added last.
    pub(super) fn phone(
        &mut self,
        number: &'static str,
        verified_name: &'static str,
        quality: &'static str,
        verification: &'static str,
    ) {
        let at = self.world.phones.len();
        let id = 1_000_000_000_000_000 + self.fresh_id() % 1_000_000_000_000_000;
        self.register(id, Node::Phone(at));
        let waba = self.world.wabas.len().saturating_sub(1);
        self.world.phones.push(Phone {
            id,
            number,
            verified_name,
            quality,
            verification,
        });
        if let Some(waba) = self.world.wabas.get_mut(waba) {
            waba.phones.end = at + 1;
        }
    }

    pub(super) fn account(&mut self, plan: AccountPlan) -> usize {
        let at = self.world.accounts.len();
        self.register(plan.id, Node::Account(at));
        let pixel = 3_000_000_000_000_000 + self.fresh_id() % 1_000_000_000_000_000;
        self.register(pixel, Node::Pixel(at));
        let (campaigns, sets, ads) = (
            self.world.campaigns.len(),
            self.world.ad_sets.len(),
            self.world.ads.len(),
        );
        self.world.accounts.push(Account {
            id: plan.id,
            name: plan.name,
            currency: Currency::of(plan.currency),
            tz: plan.tz,
            country: plan.country,
            business: plan.business,
            shared: plan.shared,
            status: plan.status,
            disable_reason: if plan.status == 2 { 3 } else { 0 },
            readable: plan.readable,
            opened: self.anchor - 1200,
            page: plan.page,
            pixel,
            campaigns: campaigns..campaigns,
            ad_sets: sets..sets,
            ads: ads..ads,
        });
        at
    }

    /// Adds a campaign with its ad sets and ads to the account added last.
    pub(super) fn campaign(&mut self, plan: CampaignPlan<'_>) {
        let account = self.world.accounts.len().saturating_sub(1);
        let Some((currency, tz)) = self
            .world
            .accounts
            .get(account)
            .map(|it| (it.currency, it.tz))
        else {
            return;
        };
        let campaign = self.world.campaigns.len();
        let id = self.fresh_id();
        self.register(id, Node::Campaign(campaign));
        let (first_set, first_ad) = (self.world.ad_sets.len(), self.world.ads.len());
        let start = self.anchor - plan.start_ago;
        let end = plan.end_ago.map(|ago| self.anchor - ago);
        let dice = self.world.dice.with(id);
        let latest = end.unwrap_or(self.anchor);
        let updated = |dice: Dice| last_edit(dice, start, latest, tz);
        let set_shares = shares(dice.with(1), plan.ad_sets.len(), 1000);
        for (set_name, set_share) in plan.ad_sets.iter().zip(set_shares) {
            let ad_set = self.world.ad_sets.len();
            let set_id = self.fresh_id();
            self.register(set_id, Node::AdSet(ad_set));
            let set_dice = self.world.dice.with(set_id);
            let first = self.world.ads.len();
            for (number, share) in shares(set_dice.with(1), plan.ads_per_set, set_share)
                .into_iter()
                .enumerate()
            {
                let ad = self.world.ads.len();
                let ad_id = self.fresh_id();
                self.register(ad_id, Node::Ad(ad));
                let creative = self.fresh_id();
                self.register(creative, Node::Creative(ad));
                let turn = |length: usize| (number + ad_set).checked_rem(length).unwrap_or(0);
                let (headline, body) = plan
                    .texts
                    .get(turn(plan.texts.len()))
                    .copied()
                    .unwrap_or_default();
                let name = plan
                    .ad_names
                    .get(turn(plan.ad_names.len()))
                    .copied()
                    .unwrap_or("v");
                self.world.ads.push(Ad {
                    id: ad_id,
                    account,
                    campaign,
                    set: ad_set,
                    name: format!("{name} · v{}", number + 1),
                    status: Status::Active,
                    share,
                    creative,
                    headline: headline.to_owned(),
                    body: body.to_owned(),
                    updated: updated(self.world.dice.with(ad_id)),
                });
            }
            self.world.ad_sets.push(AdSet {
                id: set_id,
                account,
                campaign,
                name: set_name.clone(),
                status: Status::Active,
                share: set_share,
                ads: first..self.world.ads.len(),
                updated: updated(set_dice),
            });
        }
        self.world.campaigns.push(Campaign {
            id,
            account,
            name: plan.name,
            kind: plan.kind,
            status: plan.status,
            daily_spend: currency.of_cents(plan.daily_spend),
            cpm: currency.of_cents(plan.cpm),
            cost_per_result: currency.of_cents(plan.cost_per_result),
            start,
            end,
            trailing: plan.trailing,
            form: plan.form,
            ad_sets: first_set..self.world.ad_sets.len(),
            ads: first_ad..self.world.ads.len(),
            updated: updated(dice),
        });
        let (campaigns, sets, ads) = (
            self.world.campaigns.len(),
            self.world.ad_sets.len(),
            self.world.ads.len(),
        );
        if let Some(account) = self.world.accounts.get_mut(account) {
            account.campaigns.end = campaigns;
            account.ad_sets.end = sets;
            account.ads.end = ads;
        }
    }
}

/// When an object was last changed: some hour between its first and its last day.
fn last_edit(dice: Dice, start: Day, latest: Day, tz: Tz) -> DateTime<Utc> {
    let days = u64::try_from(latest - start).unwrap_or(0);
    let day = start + i32::try_from(dice.with(2).below(days.max(1))).unwrap_or(0);
    instant(day, dice.with(3).between(28_800, 64_800), tz) + TimeDelta::zero()
}

/// Splits `total` thousandths into `count` uneven parts that add up to it.
fn shares(dice: Dice, count: usize, total: u64) -> Vec<u64> {
    let weights: Vec<u64> = (0..count)
        .map(|at| dice.with(u64::try_from(at).unwrap_or(0)).between(40, 100))
        .collect();
    let sum: u64 = weights.iter().sum::<u64>().max(1);
    let mut parts: Vec<u64> = weights.iter().map(|weight| total * weight / sum).collect();
    let rest = total.saturating_sub(parts.iter().sum());
    if let Some(first) = parts.first_mut() {
        *first += rest;
    }
    parts
}
