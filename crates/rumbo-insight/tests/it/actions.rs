//! What Meta told of actions: read from rows, from packed days and as of every run, against a count that
//! goes through the very texts that were written, one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_ads::JsonText;
use rumbo_base::{AdAccountId, AdId, Entropy, Micros};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{
    ActionsReport, ActionsRequest, Attribution, Grain, RoiRequest, gap, pack_days, told_actions,
};
use serde_json::{Value, json};

use crate::random::Dice;
use crate::world::{AdDay, World, range};

const FROM: &str = "2026-10-20";
const TO: &str = "2026-11-25";
const RUNS: i64 = 5;
const UNLISTED: &str = "onsite_conversion.lead";
const SETTINGS: [&str; 2] = ["7d_click_1d_view", "1d_click"];

/// A version of an ad-day: the actions that Meta told in it, while it was known.
struct Version {
    account: AdAccountId,
    currency: &'static str,
    ad: AdId,
    on: NaiveDate,
    setting: Option<&'static str>,
    actions: Option<Value>,
    brought: i64,
    replaced: Option<i64>,
}

impl Version {
    fn held(&self, run: i64) -> bool {
        self.brought <= run && self.replaced.is_none_or(|by| by > run)
    }
}

/// Entries as they are stored: sorted, now and then with decimals, windows, or what is no figure.
fn actions(dice: &Dice) -> Option<Value> {
    // Leads that the map does not list, under two names.
    if dice.number(4) == 0 {
        let figure = || dice.number(50).to_string();
        let names = [UNLISTED, "onsite_web_lead"];
        return Some(json!({"a": names.map(|name| [name.to_owned(), figure()])}));
    }
    let list = |names: &[&str], cents: bool| -> Vec<Value> {
        let told = names.iter().filter(|_| dice.number(2) == 0);
        told.map(|name| {
            let figure = || match dice.number(9) {
                0 => String::new(),
                1 => format!("{}.25", dice.number(90)),
                2 => format!("{}.123456", dice.number(9)),
                3 if cents => format!("{}.{:02}", dice.number(900), dice.number(100)),
                _ => dice.number(70).to_string(),
            };
            let mut entry = vec![(*name).to_owned(), figure()];
            for window in ["1d_view", "7d_click"] {
                if dice.number(3) > 0 {
                    entry.extend([window.to_owned(), figure()]);
                }
            }
            json!(entry)
        })
        .collect()
    };
    let counts = list(
        &[
            "landing_page_view",
            "lead",
            "leadgen_grouped",
            "offsite_conversion.fb_pixel_lead",
            "offsite_conversion.custom.\"a\" \\ ñ",
            "omni_purchase",
            "onsite_conversion.lead_grouped",
            "purchase",
        ],
        false,
    );
    let values = list(&["omni_purchase", "purchase", "subscribe_total"], true);
    let mut told = serde_json::Map::new();
    for (key, entries) in [("a", counts), ("v", values)] {
        if !entries.is_empty() {
            told.insert(key.to_owned(), entries.into());
        }
    }
    (!told.is_empty()).then_some(told.into())
}

async fn store(world: &World, versions: &[Version]) {
    let mut tx = world.write().await;
    for of in versions {
        let row = AdDay {
            meta_leads: Some(3),
            ..AdDay::spent("10")
        };
        let actions = of
            .actions
            .as_ref()
            .map(|told| JsonText::from(told.to_string()));
        if let Some(by) = of.replaced {
            on_tx!(&mut tx, |c| sqlx::query(
                "INSERT INTO ad_insight_journal (workspace_id, ad_account_id, day, ad_id, replaced_by_run, currency, \
                 attribution_setting, actions, spend_micros, meta_leads, run) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 3, $10)"
            )
            .bind(world.scope.workspace)
            .bind(of.account)
            .bind(of.on)
            .bind(of.ad)
            .bind(by)
            .bind(of.currency)
            .bind(of.setting)
            .bind(actions)
            .bind(row.spend)
            .bind(of.brought)
            .execute(c)
            .await
            .map(|_| ()))
            .unwrap();
            continue;
        }
        world
            .ad_day(&mut tx, of.account, of.currency, of.ad, of.on, row)
            .await;
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE ad_insights SET actions = $3, attribution_setting = $4, run = $5, first_run = $5 \
             WHERE ad_id = $1 AND day = $2"
        )
        .bind(of.ad)
        .bind(of.on)
        .bind(actions)
        .bind(of.setting)
        .bind(of.brought)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
    }
    world.roll_up(&mut tx).await;
    tx.commit().await.unwrap();
}

/// Millionths of a decimal of at most six digits after the point.
fn micros(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    Some(whole.parse::<i64>().ok()? * 1_000_000 + format!("{rest:0<6}").parse::<i64>().unwrap())
}

fn entries(told: Option<&Value>, key: &str) -> Vec<(String, i64, BTreeMap<String, i64>)> {
    let list = told.and_then(|told| told[key].as_array());
    let entries = list.into_iter().flatten().filter_map(|entry| {
        let texts: Vec<&str> = entry
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect();
        let windows = texts[2..].chunks(2);
        let windows = windows.filter_map(|of| Some((of[0].to_owned(), micros(of[1])?)));
        Some((texts[0].to_owned(), micros(texts[1])?, windows.collect()))
    });
    entries.collect()
}

/// What is counted of one action type: in millionths, its value by currency, ad-days, ads, days, accounts, windows.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    count: i64,
    values: BTreeMap<String, i64>,
    ad_days: u64,
    ads: BTreeSet<AdId>,
    days: BTreeSet<NaiveDate>,
    accounts: BTreeSet<AdAccountId>,
    windows: BTreeMap<String, i64>,
    as_leads: i64,
    as_purchases: i64,
    purchase_values: BTreeMap<String, i64>,
}

const LEADS: [&[&str]; 3] = [
    &["lead"],
    &[
        "onsite_conversion.lead_grouped",
        "offsite_conversion.fb_pixel_lead",
    ],
    &["leadgen_grouped"],
];
const PURCHASES: [&[&str]; 2] = [&["omni_purchase"], &["purchase"]];

fn best<'a>(
    tiers: &[&'a [&'a str]],
    told: &[(String, i64, BTreeMap<String, i64>)],
) -> &'a [&'a str] {
    let has = |tier: &&&[&str]| told.iter().any(|(name, ..)| tier.contains(&name.as_str()));
    tiers.iter().find(has).copied().unwrap_or_default()
}

fn rounded(micros: i64) -> i64 {
    (micros + 500_000) / 1_000_000
}

/// By account: the ad-days that tell leads of which the map lists none, and the largest of each.
fn unlisted(versions: &[Version], run: i64) -> BTreeMap<AdAccountId, (u64, i64)> {
    let mut unlisted: BTreeMap<AdAccountId, (u64, i64)> = BTreeMap::new();
    for of in versions.iter().filter(|of| of.held(run)) {
        let counts = entries(of.actions.as_ref(), "a");
        if counts.iter().any(|(name, ..)| name == UNLISTED) {
            let (days, leads) = unlisted.entry(of.account).or_default();
            *days += 1;
            *leads += counts.iter().map(|(_, count, _)| count).max().unwrap();
        }
    }
    unlisted
}

/// By type, with the leads and the purchases of reports.
fn by_hand(versions: &[Version], run: i64) -> (BTreeMap<String, Counted>, [i64; 2]) {
    let mut types: BTreeMap<String, Counted> = BTreeMap::new();
    let mut figures = [0, 0];
    for of in versions.iter().filter(|of| of.held(run)) {
        let (counts, values) = (
            entries(of.actions.as_ref(), "a"),
            entries(of.actions.as_ref(), "v"),
        );
        for (name, ..) in counts.iter().chain(&values) {
            let counted = types.entry(name.clone()).or_default();
            counted.ads.insert(of.ad);
            counted.days.insert(of.on);
            counted.accounts.insert(of.account);
        }
        let names: BTreeSet<&String> = counts
            .iter()
            .chain(&values)
            .map(|(name, ..)| name)
            .collect();
        for name in names {
            types.get_mut(name).unwrap().ad_days += 1;
        }
        let (leads, purchases) = (best(&LEADS, &counts), best(&PURCHASES, &counts));
        let (mut of_leads, mut of_purchases) = (0, 0);
        for (name, count, windows) in &counts {
            let counted = types.get_mut(name).unwrap();
            counted.count += count;
            for (window, count) in windows {
                *counted.windows.entry(window.clone()).or_default() += count;
            }
            if leads.contains(&name.as_str()) {
                counted.as_leads += count;
                of_leads += count;
            }
            if purchases.contains(&name.as_str()) {
                counted.as_purchases += count;
                of_purchases += count;
            }
        }
        figures[0] += rounded(of_leads);
        figures[1] += rounded(of_purchases);
        let of_value = best(&PURCHASES, &values);
        for (name, value, _) in &values {
            let counted = types.get_mut(name).unwrap();
            *counted.values.entry(of.currency.to_owned()).or_default() += value;
            if of_value.contains(&name.as_str()) {
                let values = &mut counted.purchase_values;
                *values.entry(of.currency.to_owned()).or_default() += value;
            }
        }
    }
    (types, figures)
}

fn assert_as_by_hand(report: &ActionsReport, versions: &[Version], run: i64) {
    let (by_hand, figures) = by_hand(versions, run);
    let told: BTreeSet<&String> = report.types.iter().map(|told| &told.name).collect();
    assert_eq!(told, by_hand.keys().collect());
    assert_eq!(report.events.each_ref().map(|event| event.figure), figures);
    let fallen_back = &report.events[0].fallen_back;
    let nothing_taken = fallen_back.iter().filter(|fallen| fallen.taken.is_empty());
    let nothing_taken = nothing_taken.map(|of| (of.account, (of.ad_days, of.count_micros)));
    assert_eq!(
        nothing_taken.collect::<BTreeMap<_, _>>(),
        unlisted(versions, run)
    );
    for of in &report.types {
        let own = &by_hand[&of.name];
        let values = |values: &BTreeMap<rumbo_base::Currency, Micros>| -> BTreeMap<String, i64> {
            values
                .iter()
                .map(|(currency, value)| (currency.code().to_owned(), value.0))
                .collect()
        };
        assert_eq!(of.told.count_micros, own.count, "{of:?}");
        assert_eq!(values(&of.told.values), own.values, "{of:?}");
        assert_eq!(of.told.ad_days, own.ad_days, "{of:?}");
        let sizes = (own.ads.len(), own.days.len(), own.accounts.len());
        assert_eq!((of.ads, of.days, of.accounts), sizes, "{of:?}");
        assert_eq!(of.windows, own.windows, "{of:?}");
        assert_eq!(of.as_leads.count_micros, own.as_leads, "{of:?}");
        assert_eq!(of.as_purchases.count_micros, own.as_purchases, "{of:?}");
        assert_eq!(
            values(&of.as_purchases.values),
            own.purchase_values,
            "{of:?}"
        );
    }
}

/// Everything that actions are asked for, in one text: as it is known now or at a moment.
async fn told(world: &World, as_of: Option<DateTime<Utc>>) -> (ActionsReport, String) {
    let range = range(FROM, TO);
    let request = ActionsRequest {
        range,
        accounts: Vec::new(),
        as_of,
    };
    let report = told_actions(&world.scope, request).await.unwrap();
    let mut text = format!("{:#?} {:#?}", report.types, report.events);
    for grain in [Grain::Account, Grain::Campaign, Grain::Ad] {
        let request = RoiRequest {
            attribution: Attribution::default(),
            as_of,
            ..RoiRequest::new(grain, range)
        };
        let found = gap(&world.scope, request).await.unwrap();
        write!(text, "{:#?} {:#?}", found.groups, found.settings).unwrap();
    }
    (report, text)
}

#[tokio::test]
async fn actions_are_told_alike_from_rows_and_from_packed_days_now_and_then() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let dice = Dice(Entropy::seeded(2026));
        let mut tx = world.write().await;
        let mut ads = Vec::new();
        for (external, currency) in [("act_1", "USD"), ("act_2", "EUR")] {
            let account = world.account(&mut tx, external, currency, "UTC").await;
            for nth in 0..3 {
                let name = format!("{external} {nth}");
                let campaign = world.campaign(&mut tx, account, &name).await;
                let ad_set = world.ad_set(&mut tx, account, campaign, &name).await;
                let of = (account, campaign, ad_set);
                let ad = world.ad(&mut tx, of, None, &name).await;
                ads.push((account, currency, ad));
            }
        }
        let mut moments = Vec::new();
        for run in 1..=RUNS {
            world.sync_run(&mut tx, run).await;
            moments.push(world.scope.now());
            world.scope.clock.advance(Duration::from_hours(1));
        }
        tx.commit().await.unwrap();
        let mut versions = Vec::new();
        for (account, currency, ad) in ads {
            for on in range(FROM, TO).iter().filter(|_| dice.number(4) > 0) {
                let runs: Vec<i64> = (1..=RUNS).filter(|_| dice.number(3) == 0).collect();
                // Meta may have taken the last one back.
                let gone = dice.number(6) == 0;
                for (nth, run) in runs.iter().enumerate() {
                    let replaced = runs.get(nth + 1).copied();
                    versions.push(Version {
                        account,
                        currency,
                        ad,
                        on,
                        setting: SETTINGS.get(usize::try_from(dice.number(3)).unwrap()).copied(),
                        actions: actions(&dice),
                        brought: *run,
                        replaced: replaced.or(gone.then_some(RUNS + 1)),
                    });
                }
            }
        }
        let mut tx = world.write().await;
        world.sync_run(&mut tx, RUNS + 1).await;
        tx.commit().await.unwrap();
        store(&world, &versions).await;
        let all = async |versions: &[Version]| {
            let mut texts = Vec::new();
            let (report, text) = told(&world, None).await;
            assert_as_by_hand(&report, versions, RUNS + 1);
            texts.push(text);
            for (run, moment) in (1..).zip(&moments) {
                let (report, text) = told(&world, Some(*moment)).await;
                assert_as_by_hand(&report, versions, run);
                texts.push(text);
            }
            texts
        };
        let from_rows = all(&versions).await;
        assert!(from_rows.windows(2).all(|two| two[0] != two[1]));
        pack_days(&world.scope).await.unwrap();
        assert!(all(&versions).await == from_rows);
        // An ad-day that is told anew is read itself until it is packed again.
        let now = versions.iter_mut().filter(|of| of.replaced.is_none());
        let of = now.max_by_key(|of| of.on).unwrap();
        of.actions = Some(json!({"a": [["lead", "77", "1d_view", "7"]]}));
        let mut tx = world.write().await;
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE ad_insights SET actions = $3 WHERE ad_id = $1 AND day = $2"
        )
        .bind(of.ad)
        .bind(of.on)
        .bind(JsonText::from(of.actions.as_ref().unwrap().to_string()))
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let told_anew = all(&versions).await;
        assert!(told_anew != from_rows);
        pack_days(&world.scope).await.unwrap();
        assert!(all(&versions).await == told_anew);
        // Of what is packed otherwise, or is not packed yet, the rows are read.
        for sql in [
            "UPDATE outcome_days SET format = 0, packed = substr(packed, 1, 1) WHERE kind LIKE 'ads-actions %' AND day < '2026-11-03'",
            "DELETE FROM outcome_days WHERE kind LIKE 'ads-actions-replaced %' AND day > '2026-11-20'",
        ] {
            world.execute(sql).await;
            assert!(all(&versions).await == told_anew, "{sql}");
        }
        // As the program before left it: the figures of days are packed, their actions are marked.
        world.execute("DELETE FROM outcome_days WHERE kind LIKE 'ads-actions%'").await;
        world.execute("INSERT INTO outcome_days_changed (workspace_id, kind, day) \
             SELECT workspace_id, 'ads-actions ' || substr(kind, 5), day FROM outcome_days WHERE kind LIKE 'ads %'",
        )
        .await;
        assert!(all(&versions).await == told_anew);
        assert!(pack_days(&world.scope).await.unwrap() > 60);
        assert!(all(&versions).await == told_anew);
    })
    .await;
}
