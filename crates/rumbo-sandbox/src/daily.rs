//! What one ad earned on one day, as known at one moment.
//!
//! The settled figure of an ad-day is a hash of the seed, the ad and the day. What is shown before
//! it has settled is less: conversions arrive for 28 days, spend and clicks are corrected for
//! three, and today has only happened so far. Meta restates in the same way ("do not change after
//! 28 days of being reported", Insights best practices).

use std::collections::BTreeMap;

use chrono::{DateTime, Timelike, Utc};

use crate::dice::Dice;
use crate::people::{Audience, People};
use crate::world::{Account, Ad, Campaign, Day, Kind, Status, World, local_day};

/// Counts and money of one or more ad-days. Money in Meta's minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The ad was shown or charged; false for days that have conversions alone.
    pub delivered: bool,
    pub spend: u64,
    pub impressions: u64,
    /// How many people saw one ad on one day; of more than that [`Tally::people`] tells.
    pub day_reach: u64,
    pub people: People,
    /// Of them those who clicked, and who clicked on the link.
    pub clickers: People,
    pub link_clickers: People,
    /// Whom the ad-day was shown to.
    pub audience: Audience,
    pub clicks: u64,
    pub link_clicks: u64,
    pub landing_page_views: u64,
    pub reactions: u64,
    pub video_views: u64,
    pub conversations: u64,
    pub form_leads: u64,
    pub pixel_leads: u64,
    pub custom: u64,
    pub onsite_purchases: u64,
    pub onsite_value: u64,
    pub pixel_purchases: u64,
    pub pixel_value: u64,
    pub carts: u64,
    /// Counts read from files, in thousandths.
    pub recorded_actions: BTreeMap<String, u64>,
    /// Values read from files, in thousandths of a major unit.
    pub recorded_values: BTreeMap<String, u64>,
}

impl Tally {
    /// Whether there is anything to answer at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.spend == 0
            && self.impressions == 0
            && self.form_leads + self.pixel_leads + self.conversations + self.custom == 0
            && self.onsite_purchases + self.pixel_purchases == 0
            && self.recorded_actions.is_empty()
            && self.recorded_values.is_empty()
            && !self.delivered
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.delivered |= other.delivered;
        self.people.add(&other.people);
        self.clickers.add(&other.clickers);
        self.link_clickers.add(&other.link_clickers);
        for (mine, theirs) in self.numbers_mut().into_iter().zip(other.numbers()) {
            *mine += theirs;
        }
        for (name, value) in &other.recorded_actions {
            *self.recorded_actions.entry(name.clone()).or_default() += value;
        }
        for (name, value) in &other.recorded_values {
            *self.recorded_values.entry(name.clone()).or_default() += value;
        }
    }

    /// Finds the people of one ad-day. Nobody clicks who did not see it.
    pub(crate) fn meet(&mut self, audience: Audience, dice: Dice) {
        let clicked = (self.clicks * 93).div_ceil(100).min(self.day_reach);
        let followed = (self.link_clicks * 95).div_ceil(100).min(clicked);
        self.audience = audience;
        self.people = audience.people(self.day_reach, dice);
        self.clickers = audience.people(clicked, dice);
        self.link_clickers = audience.people(followed, dice);
    }

    /// Every number that can simply be added up, in one fixed order.
    pub(crate) fn numbers(&self) -> [u64; 16] {
        [
            self.spend,
            self.impressions,
            self.clicks,
            self.link_clicks,
            self.landing_page_views,
            self.reactions,
            self.video_views,
            self.conversations,
            self.form_leads,
            self.pixel_leads,
            self.custom,
            self.onsite_purchases,
            self.onsite_value,
            self.pixel_purchases,
            self.pixel_value,
            self.carts,
        ]
    }

    /// The same numbers, to be changed; same order as [`Tally::numbers`].
    pub(crate) fn numbers_mut(&mut self) -> [&mut u64; 16] {
        [
            &mut self.spend,
            &mut self.impressions,
            &mut self.clicks,
            &mut self.link_clicks,
            &mut self.landing_page_views,
            &mut self.reactions,
            &mut self.video_views,
            &mut self.conversations,
            &mut self.form_leads,
            &mut self.pixel_leads,
            &mut self.custom,
            &mut self.onsite_purchases,
            &mut self.onsite_value,
            &mut self.pixel_purchases,
            &mut self.pixel_value,
            &mut self.carts,
        ]
    }
}

/// A restatement somebody ordered: figures of these days are multiplied.
#[derive(Debug, Clone)]
pub(crate) struct Restatement {
    /// The account, campaign, ad set or ad concerned; all when empty.
    pub object: Option<u64>,
    pub since: Day,
    pub until: Day,
    /// Thousandths: 1000 changes nothing.
    pub spend: u64,
    pub conversions: u64,
}

/// The moment the figures are read at.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub now: DateTime<Utc>,
    pub restatements: Vec<Restatement>,
}

/// What the ad earned on that day as known at that moment, or nothing.
pub(crate) fn tally(world: &World, ad_at: usize, day: Day, moment: &Moment) -> Option<Tally> {
    let ad = world.ads.get(ad_at)?;
    let account = world.accounts.get(ad.account)?;
    let campaign = world.campaigns.get(ad.campaign)?;
    let audience = Audience::of(campaign, world.dice, day);
    if let Some(recording) = &world.recording {
        let mut tally = recording.tally(ad_at, day)?;
        tally.meet(audience, ad_day(world, ad, day));
        return Some(tally);
    }
    let today = local_day(moment.now, account.tz);
    if day < campaign.start || day > today {
        return None;
    }
    let dice = ad_day(world, ad, day);
    let mut tally = settled(world, account, campaign, ad, day, dice);
    if tally.is_empty() {
        return None;
    }
    settle_back(&mut tally, today - day, moment, account, dice);
    for restatement in &moment.restatements {
        let concerned = restatement.object.is_none_or(|id| {
            [ad.id, account.id, campaign.id].contains(&id)
                || world.ad_sets.get(ad.set).is_some_and(|set| set.id == id)
        });
        if concerned && (restatement.since..=restatement.until).contains(&day) {
            scale(&mut tally, restatement.spend, restatement.conversions, dice);
        }
    }
    tally.meet(audience, dice);
    (!tally.is_empty()).then_some(tally)
}

/// Leads that came in through the ad's Instant Form on that day, all told.
pub(crate) fn form_leads(world: &World, ad_at: usize, day: Day) -> u64 {
    let parts = world.ads.get(ad_at).and_then(|ad| {
        Some((
            world.accounts.get(ad.account)?,
            world.campaigns.get(ad.campaign)?,
            ad,
        ))
    });
    match parts {
        Some((account, campaign, ad)) if campaign.form.is_some() && day >= campaign.start => {
            settled(world, account, campaign, ad, day, ad_day(world, ad, day)).form_leads
        }
        _ => 0,
    }
}

fn ad_day(world: &World, ad: &Ad, day: Day) -> Dice {
    world.dice.with(ad.id).with(u64::try_from(day).unwrap_or(0))
}

/// The last day the ad spends on: the end of its campaign, or when it or a parent was switched off.
fn last_day(world: &World, account: &Account, campaign: &Campaign, ad: &Ad) -> Option<Day> {
    let off = |status: Status, updated: DateTime<Utc>| {
        (status != Status::Active).then(|| local_day(updated, account.tz))
    };
    let set = world.ad_sets.get(ad.set);
    [
        campaign
            .end
            .or_else(|| off(campaign.status, campaign.updated)),
        set.and_then(|set| off(set.status, set.updated)),
        off(ad.status, ad.updated),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// The figure that will stand once nothing is corrected any more.
fn settled(
    world: &World,
    account: &Account,
    campaign: &Campaign,
    ad: &Ad,
    day: Day,
    dice: Dice,
) -> Tally {
    let mut tally = Tally::default();
    let running = last_day(world, account, campaign, ad).is_none_or(|last| day <= last);
    if !running {
        // People keep opening an old form: about one lead a week over a whole campaign.
        if campaign.trailing && dice.with(30).below(10_000) < ad.share * 2 {
            tally.form_leads = 1;
        }
        return tally;
    }
    if dice.with(1).below(100) < 4 {
        return tally;
    }
    // Mondays are slow, Sundays good: sofas are bought by couples.
    let weekday = match day.rem_euclid(7) {
        1 => 92,
        2 => 96,
        3 => 98,
        4 => 101,
        5 => 104,
        6 => 112,
        _ => 118,
    };
    let week = u64::try_from(day / 7).unwrap_or(0);
    let season = world.dice.with(campaign.id).with(week).between(88, 114);
    let wobble = dice.with(2).between(72, 128);
    let mut spend = campaign.daily_spend * ad.share / 1000 * weekday / 100 * season / 100;
    spend = spend * wobble / 100;
    tally.delivered = true;
    tally.spend = spend;
    tally.impressions = (spend * 1000 / campaign.cpm.max(1)) * dice.with(3).between(86, 116) / 100;
    tally.day_reach = tally.impressions * dice.with(4).between(72, 94) / 100;
    tally.clicks = part(tally.impressions, 21 + dice.with(5).below(14), dice.with(6));
    tally.link_clicks = part(tally.clicks, 620 + dice.with(7).below(200), dice.with(8));
    tally.landing_page_views = part(tally.link_clicks, 700, dice.with(9));
    tally.reactions = part(tally.impressions, 3, dice.with(10));
    tally.video_views = part(tally.impressions, 180, dice.with(11));
    let results = chance(spend, campaign.cost_per_result, dice.with(12));
    match campaign.kind {
        Kind::Form => {
            tally.form_leads = results;
            tally.pixel_leads = part(results, 90, dice.with(13));
        }
        Kind::WhatsApp => {
            tally.conversations = results;
            tally.form_leads = part(results, 450, dice.with(14));
        }
        Kind::Sales => {
            tally.pixel_purchases = results;
            tally.onsite_purchases = part(results, 150, dice.with(15));
            let basket = account.currency.of_cents(38_000);
            tally.pixel_value = results * basket * dice.with(16).between(55, 190) / 100;
            tally.onsite_value =
                tally.onsite_purchases * basket * dice.with(17).between(40, 120) / 100;
            tally.pixel_leads = part(tally.link_clicks, 8, dice.with(18));
            tally.carts = results * 3 + dice.with(19).below(3);
        }
        Kind::Traffic => {
            tally.pixel_leads = results;
            tally.custom = part(tally.link_clicks, 40, dice.with(20));
        }
    }
    tally
}

/// `whole * thousandths / 1000`, the remainder decided by the dice.
fn part(whole: u64, thousandths: u64, dice: Dice) -> u64 {
    (whole * thousandths + dice.below(1000)) / 1000
}

/// How many results this spend buys at this price, with luck.
fn chance(spend: u64, price: u64, dice: Dice) -> u64 {
    let thousandths = spend * 1000 / price.max(1);
    let lucky = thousandths * dice.with(1).between(40, 160) / 100;
    (lucky + dice.with(2).below(1000)) / 1000
}

/// Thousandths of the conversions known when the day is `age` days old.
fn known_conversions(age: i32) -> u64 {
    const KNOWN: &[(i32, u64)] = &[
        (0, 640),
        (1, 790),
        (2, 860),
        (3, 900),
        (7, 955),
        (14, 982),
        (28, 1000),
    ];
    let mut before = (0, 640);
    for &(day, value) in KNOWN {
        if age <= day {
            let (low_day, low) = before;
            let (Ok(span), Ok(along)) =
                (u64::try_from(day - low_day), u64::try_from(age - low_day))
            else {
                return value;
            };
            return (value - low)
                .checked_mul(along)
                .map_or(low, |rise| low + rise / span.max(1));
        }
        before = (day, value);
    }
    1000
}

/// Takes a settled figure back to what is known of it when it is `age` days old.
fn settle_back(tally: &mut Tally, age: i32, moment: &Moment, account: &Account, dice: Dice) {
    if age >= 28 {
        return;
    }
    let mut delivery = match age {
        0 | 1 => 991,
        2 => 997,
        _ => 1000,
    };
    let mut conversions = known_conversions(age);
    if age <= 0 {
        let time = moment.now.with_timezone(&account.tz).time();
        // Insights refresh every quarter of an hour.
        let quarters = u64::from(time.num_seconds_from_midnight() / 900);
        delivery = delivery * quarters / 96;
        conversions = conversions * quarters / 96;
    }
    scale(tally, delivery, conversions, dice);
}

/// Multiplies delivery and conversions by thousandths; 1000 gives the number back exactly.
fn scale(tally: &mut Tally, delivery: u64, conversions: u64, dice: Dice) {
    for (at, number) in tally.numbers_mut().into_iter().enumerate() {
        let factor = if at < 7 { delivery } else { conversions };
        if factor != 1000 {
            let salt = u64::try_from(at).unwrap_or(0) + 40;
            *number = (*number * factor + dice.with(salt).below(1000)) / 1000;
        }
    }
    if delivery != 1000 {
        tally.day_reach = tally.day_reach * delivery / 1000;
    }
    tally.day_reach = tally.day_reach.min(tally.impressions);
    if tally.onsite_purchases == 0 {
        tally.onsite_value = 0;
    }
    if tally.pixel_purchases == 0 {
        tally.pixel_value = 0;
    }
}

#[cfg(test)]
mod tests;
