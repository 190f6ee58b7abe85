//! How much of each quota has been used, and when Meta would throttle.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::app::App;
use crate::control::Switches;
use crate::graph::{Call, GraphError};
use crate::world::{Node, World};

/// A quota that fills with calls and empties evenly within the hour.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Thousandths of a call.
    level: u64,
    at: DateTime<Utc>,
}

/// Which quota: the app's, or that of one kind of call on one ad account or page.
type Key = (u64, &'static str);

#[derive(Debug, Default)]
pub(crate) struct Usage {
    buckets: BTreeMap<Key, Bucket>,
}

impl Usage {
    /// What is used now, in percent.
    fn percent(&self, key: Key, capacity: u64, now: DateTime<Utc>) -> u64 {
        self.level(key, capacity, now) / 10 / capacity.max(1)
    }

    fn level(&self, key: Key, capacity: u64, now: DateTime<Utc>) -> u64 {
        let Some(bucket) = self.buckets.get(&key) else {
            return 0;
        };
        let seconds = u64::try_from((now - bucket.at).num_seconds()).unwrap_or(0);
        bucket
            .level
            .saturating_sub(seconds.saturating_mul(capacity) * 1000 / 3600)
    }

    fn charge(&mut self, key: Key, capacity: u64, cost: u64, now: DateTime<Utc>) {
        let level = self.level(key, capacity, now).saturating_add(cost * 1000);
        self.buckets.insert(key, Bucket { level, at: now });
    }

    /// Puts a quota at this many percent.
    pub(crate) fn fill(&mut self, key: Key, capacity: u64, percent: u64, now: DateTime<Utc>) {
        self.buckets.insert(
            key,
            Bucket {
                level: capacity * percent * 10,
                at: now,
            },
        );
    }
}

/// What a call counts towards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    /// The ad account or page, if there is one.
    pub object: Option<u64>,
    pub kind: &'static str,
    pub ads: u64,
    pub cost: u64,
}

impl Charge {
    /// Calls an hour, by Meta's formulas for the two tiers, unless a switch says otherwise.
    pub(crate) fn capacity(&self, switches: &Switches) -> u64 {
        if let Some(quota) = switches.calls_per_hour {
            return quota.max(1);
        }
        let limited = switches.api_tier == "development_access";
        match (self.kind, limited) {
            ("ads_insights", true) => 600 + 400 * self.ads,
            ("ads_insights", false) => 190_000 + 400 * self.ads,
            ("ads_management", true) => 300 + 40 * self.ads,
            ("ads_management", false) => 100_000 + 40 * self.ads,
            ("leadgen", _) => 4_800 * 90,
            _ => 100_000,
        }
    }
}

/// What this call is about.
pub(crate) fn charge(app: &App, world: &World, call: &Call) -> Charge {
    let id = call.path.first().map_or("", String::as_str);
    let edge = call.path.get(1).map_or("", String::as_str);
    let of_account = |at: usize, kind: &'static str| Charge {
        object: world.accounts.get(at).map(|it| it.id),
        kind,
        ads: world
            .accounts
            .get(at)
            .map_or(0, |it| u64::try_from(it.ads.len()).unwrap_or(0)),
        cost: if call.method == crate::graph::Method::Get {
            1
        } else {
            3
        },
    };
    if let Some(account) = id
        .parse()
        .ok()
        .and_then(|report: u64| app.ledger().jobs.get(&report).map(|job| job.account()))
    {
        return of_account(account, "ads_insights");
    }
    let kind = if edge == "insights" {
        "ads_insights"
    } else {
        "ads_management"
    };
    if edge == "messages" {
        // Sending has limits of its own, by the second and by the person.
        return Charge {
            object: None,
            kind: "messages",
            ads: 0,
            cost: 0,
        };
    }
    match world.find(id) {
        Some(Node::Account(at) | Node::Pixel(at)) => of_account(at, kind),
        Some(Node::Campaign(at)) => {
            of_account(world.campaigns.get(at).map_or(0, |it| it.account), kind)
        }
        Some(Node::AdSet(at)) => of_account(world.ad_sets.get(at).map_or(0, |it| it.account), kind),
        Some(Node::Ad(at) | Node::Creative(at)) => {
            let kind = if edge == "leads" { "leadgen" } else { kind };
            of_account(world.ads.get(at).map_or(0, |it| it.account), kind)
        }
        Some(Node::Page(at)) => Charge {
            object: world.pages.get(at).map(|it| it.id),
            kind: "pages",
            ads: 0,
            cost: 1,
        },
        Some(Node::Form(at)) => {
            let page = world.forms.get(at).and_then(|it| world.pages.get(it.page));
            Charge {
                object: page.map(|it| it.id),
                kind: "leadgen",
                ads: 0,
                cost: 1,
            }
        }
        _ => Charge {
            object: None,
            kind: "app",
            ads: 0,
            cost: 1,
        },
    }
}

const APP: Key = (0, "app");
const APP_CALLS: u64 = 200 * 500;

/// Counts the call, or refuses it when a quota is used up.
pub(crate) fn count(app: &App, charge: &Charge) -> Result<(), GraphError> {
    let now = app.clock.now();
    let mut ledger = app.ledger();
    if ledger.switches.unlimited || charge.kind == "messages" {
        return Ok(());
    }
    let capacity = charge.capacity(&ledger.switches);
    let score = (charge.object.unwrap_or(0), "score");
    let score_size = score_capacity(&ledger.switches);
    if let Some(object) = charge.object {
        if ledger.usage.percent((object, charge.kind), capacity, now) >= 100 {
            return Err(throttled(match charge.kind {
                "ads_insights" => 80_000,
                "leadgen" => 80_005,
                "pages" => 80_001,
                _ => 80_004,
            }));
        }
        if charge.kind == "ads_management" && ledger.usage.percent(score, score_size, now) >= 100 {
            return Err(throttled(17));
        }
    }
    if ledger.usage.percent(APP, APP_CALLS, now) >= 100 {
        return Err(throttled(4));
    }
    ledger.usage.charge(APP, APP_CALLS, 1, now);
    if let Some(object) = charge.object {
        ledger.usage.charge((object, charge.kind), capacity, 1, now);
        if charge.kind == "ads_management" {
            ledger.usage.charge(score, score_size, charge.cost, now);
        }
    }
    Ok(())
}

/// The score an ad account may collect. It empties within 300 s (limited) or 60 s (full), which
/// is written here as points an hour.
fn score_capacity(switches: &Switches) -> u64 {
    if let Some(quota) = switches.calls_per_hour {
        return quota.max(1) * 3;
    }
    if switches.api_tier == "development_access" {
        60 * 12
    } else {
        9_000 * 60
    }
}

/// Meta's throttling errors.
pub(crate) fn throttled(code: i64) -> GraphError {
    let (message, subcode): (&str, Option<i64>) = match code {
        4 => ("(#4) Application request limit reached", None),
        17 => ("User request limit reached", Some(2_446_079)),
        80_001 => (
            "There have been too many calls to this Page account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
            None,
        ),
        80_005 => (
            "There have been too many leadgen api calls to this Page account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
            None,
        ),
        80_000 => (
            "There have been too many calls from this ad-account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting#ads-insights.",
            Some(2_446_079),
        ),
        _ => (
            "There have been too many calls to this ad-account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting#ads-management.",
            Some(2_446_079),
        ),
    };
    let error = GraphError {
        // Meta says "not transient" of code 17, and it passes all the same.
        transient: Some(code != 17),
        ..GraphError::new(code, message)
    };
    match subcode {
        Some(subcode) => error.with_subcode(subcode),
        None => error,
    }
}

/// The usage headers of one answer.
pub(crate) fn headers(app: &App, charge: &Charge) -> Vec<(String, String)> {
    let now = app.clock.now();
    let ledger = app.ledger();
    let (usage, switches) = (&ledger.usage, &ledger.switches);
    let tier = switches.api_tier.as_str();
    let of_app = usage.percent(APP, APP_CALLS, now).min(100);
    let mut headers = vec![(
        "x-app-usage".to_owned(),
        json!({ "call_count": of_app, "total_cputime": of_app / 2, "total_time": of_app * 2 / 3 })
            .to_string(),
    )];
    let Some(object) = charge.object else {
        return headers;
    };
    // Every kind of call this account has seen lately has its own entry.
    let mut kinds: Vec<&'static str> = usage
        .buckets
        .keys()
        .filter(|(id, kind)| *id == object && *kind != "score" && *kind != charge.kind)
        .map(|(_, kind)| *kind)
        .collect();
    kinds.push(charge.kind);
    let entries: Vec<Value> = kinds
        .into_iter()
        .map(|kind| {
            let capacity = Charge { kind, ..*charge }.capacity(switches);
            let level = usage.level((object, kind), capacity, now);
            let percent = level / 10 / capacity.max(1);
            let over = level.saturating_sub(capacity * 1000 - capacity.min(capacity * 1000));
            let minutes = if percent >= 100 {
                over * 60 / 1000 / capacity.max(1) + 1
            } else {
                0
            };
            let mut entry = json!({
                "type": kind,
                "call_count": percent.min(100),
                "total_cputime": (percent / 2).min(100),
                "total_time": (percent * 2 / 3).min(100),
                "estimated_time_to_regain_access": minutes,
            });
            if kind.starts_with("ads_")
                && let Some(fields) = entry.as_object_mut()
            {
                fields.insert("ads_api_access_tier".to_owned(), tier.into());
            }
            entry
        })
        .collect();
    let by_object = json!({ object.to_string(): entries });
    headers.push((
        "x-business-use-case-usage".to_owned(),
        by_object.to_string(),
    ));
    match charge.kind {
        "ads_management" => {
            let percent = usage.percent((object, "score"), score_capacity(switches), now);
            let wait = if percent >= 100 { 300 } else { 0 };
            let value = json!({
                "acc_id_util_pct": percent.min(100),
                "reset_time_duration": wait,
                "ads_api_access_tier": tier,
            });
            headers.push(("x-ad-account-usage".to_owned(), value.to_string()));
        }
        "ads_insights" => {
            let capacity = charge.capacity(switches);
            let percent = usage
                .percent((object, "ads_insights"), capacity, now)
                .min(100);
            let value = json!({
                "app_id_util_pct": of_app,
                "acc_id_util_pct": percent,
                "ads_api_access_tier": tier,
            });
            headers.push(("x-fb-ads-insights-throttle".to_owned(), value.to_string()));
        }
        _ => {}
    }
    headers
}

/// Puts one quota of an ad account at this many percent; false for an unknown account or kind.
pub(crate) fn fill(app: &App, account_id: &str, kind: &str, percent: u64) -> bool {
    let world = app.world();
    let Some(Node::Account(at)) = world.find(account_id) else {
        return false;
    };
    let Some(account) = world.accounts.get(at) else {
        return false;
    };
    let known = ["ads_insights", "ads_management", "leadgen", "score"];
    let Some(kind) = known.into_iter().find(|known| *known == kind) else {
        return false;
    };
    let now = app.clock.now();
    let mut ledger = app.ledger();
    let ads = u64::try_from(account.ads.len()).unwrap_or(0);
    let capacity = match kind {
        "score" => score_capacity(&ledger.switches),
        kind => Charge {
            object: Some(account.id),
            kind,
            ads,
            cost: 1,
        }
        .capacity(&ledger.switches),
    };
    ledger
        .usage
        .fill((account.id, kind), capacity, percent, now);
    true
}
