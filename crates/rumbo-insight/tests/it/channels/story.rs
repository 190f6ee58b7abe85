//! A random business, by the rule as docs/metrics.md has it.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use rumbo_base::{Currency, DateRange, Entropy, Micros, TimeZone};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Basis, Figures, Grain, Metric, Model, RoiRequest, RowOf, Shares, Window,
};

use super::{by_channel, explained, sale, spend, told};
use crate::random::Dice;
use crate::world::{AdDay, Sale, Touch, World, at, day, range};

/// Somebody of the random story.
struct Person {
    source: &'static str,
    seen: DateTime<Utc>,
    /// When, the source, whether an ad is named.
    touches: Vec<(DateTime<Utc>, &'static str, bool)>,
    deals: Vec<DateTime<Utc>>,
    sales: Vec<(DateTime<Utc>, Micros)>,
}

const SOURCES: [&str; 9] = [
    "META_ADS",
    "CLICK_TO_WHATSAPP",
    "GOOGLE_ADS",
    "TIKTOK_ADS",
    "ORGANIC",
    "RADIO_790",
    "IMPORT",
    "MANUAL",
    "UNKNOWN",
];

/// The rule read from docs/metrics.md alone.
fn channel_of(source: &str, ad: bool) -> Option<String> {
    if ad || source == "META_ADS" || source == "CLICK_TO_WHATSAPP" {
        return Some("meta".to_owned());
    }
    let says_nothing = ["IMPORT", "MANUAL", "UNKNOWN"].contains(&source);
    (!says_nothing).then(|| source.to_lowercase())
}

/// The account's days and the workspace's.
const ZONES: (&str, &str) = ("Asia/Tokyo", "America/Sao_Paulo");

impl Person {
    fn figures(&self, days: DateRange, how: &Attribution) -> Vec<(Option<String>, Figures)> {
        let mut found = Vec::new();
        let mut count = |at: DateTime<Utc>, credit: (Option<String>, bool), figures: Figures| {
            let zone: TimeZone = if credit.1 { ZONES.0 } else { ZONES.1 }.parse().unwrap();
            if days.contains(zone.day_of(at)) {
                found.push((credit.0, figures));
            }
        };
        let by_source = (channel_of(self.source, false), false);
        let of_touch = |touch: Option<&(DateTime<Utc>, &'static str, bool)>| {
            touch.map_or((None, false), |(_, source, ad)| {
                (channel_of(source, *ad), *ad)
            })
        };
        let first = self.touches.first();
        let lead = if first.is_some() {
            of_touch(first)
        } else {
            by_source.clone()
        };
        let none = Figures::default();
        count(self.seen, lead, Figures { leads: 1, ..none });
        let credit = |happened: DateTime<Utc>| {
            let before: Vec<_> = self
                .touches
                .iter()
                .filter(|touch| touch.0 <= happened)
                .collect();
            if before.is_empty() {
                return by_source.clone();
            }
            let counting: Vec<_> = before
                .into_iter()
                .filter(|touch| {
                    how.window
                        .click_days
                        .is_none_or(|most| happened - touch.0 <= Duration::days(i64::from(most)))
                })
                .collect();
            of_touch(match how.model {
                Model::FirstTouch => counting.first().copied(),
                _ => counting.last().copied(),
            })
        };
        let dated = |happened| match how.basis {
            Basis::Sale => happened,
            Basis::Lead => self.seen,
        };
        for deal in &self.deals {
            let one = Figures {
                opportunities: Shares::ONE,
                ..none
            };
            count(dated(*deal), credit(*deal), one);
        }
        for (sold, revenue) in &self.sales {
            let one = Figures {
                sales: Shares::ONE,
                revenue: *revenue,
                ..none
            };
            count(dated(*sold), credit(*sold), one);
        }
        found
    }
}

#[tokio::test]
async fn a_random_business_adds_up_by_channel_as_the_rule_says() {
    on_both(|test| async move {
        let dice = Dice(Entropy::seeded(76));
        let world = World::new(test, Some("USD"), ZONES.1).await;
        let mut tx = world.write().await;
        world.sync_run(&mut tx, 1).await;
        let account = world.account(&mut tx, "1", "USD", ZONES.0).await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let set = world.ad_set(&mut tx, account, campaign, "s1").await;
        let ad = world
            .ad(&mut tx, (account, campaign, set), None, "a1")
            .await;
        for on in range("2026-02-01", "2026-02-28").iter() {
            let spent = AdDay {
                spend: Some(Micros(dice.number(90_000_000))),
                ..AdDay::default()
            };
            world.ad_day(&mut tx, account, "USD", ad, on, spent).await;
        }
        world.roll_up(&mut tx).await;
        let stage = world.stage(&mut tx).await;
        let moment = || at("2026-01-25T00:00:00Z") + Duration::seconds(dice.number(40 * 86_400));
        let source = || SOURCES[usize::try_from(dice.number(9)).unwrap()];
        let mut people = Vec::new();
        for _ in 0..150 {
            let mut touches: Vec<(DateTime<Utc>, &'static str, bool)> = (0..dice.number(4))
                .map(|_| (moment(), source(), dice.number(3) == 0))
                .collect();
            touches.sort_unstable();
            let own = source();
            let made = touches.first().map_or_else(&moment, |touch| touch.0);
            let (contact, _) = world.contact(&mut tx, made, own, None).await;
            for (when, source, named) in &touches {
                let touch = Touch {
                    source: Some(source),
                    campaign: named.then_some(campaign),
                    ad: named.then_some(ad),
                    ..Touch::default()
                };
                world.touch(&mut tx, contact, *when, touch).await;
            }
            let deals: Vec<_> = (0..dice.number(3)).map(|_| moment()).collect();
            for deal in &deals {
                world
                    .opportunity(&mut tx, stage, contact, *deal, None)
                    .await;
            }
            let sales: Vec<_> = (0..dice.number(3))
                .map(|_| (moment(), Micros(dice.number(900) * 1_000_000)))
                .collect();
            for (sold, gross) in &sales {
                let sale = Sale {
                    gross: *gross,
                    completed: *sold,
                    ..sale("0", "2026-01-01T00:00:00Z", None)
                };
                world.sale(&mut tx, contact, sale).await;
            }
            // Nobody is first seen after their first sale.
            let known = deals
                .iter()
                .chain(sales.iter().map(|(sold, _)| sold))
                .copied();
            let seen = match touches.first() {
                Some(touch) => touch.0,
                None => known.chain([made]).min().unwrap(),
            };
            people.push(Person {
                source: own,
                seen,
                touches,
                deals,
                sales,
            });
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let mut spent: Vec<(String, chrono::NaiveDate, Micros)> = Vec::new();
        for _ in 0..60 {
            let platform = ["google_ads", "tiktok_ads", "radio_790", "fee"]
                [usize::try_from(dice.number(4)).unwrap()];
            let on = day("2026-01-25") + chrono::Days::new(u64::try_from(dice.number(40)).unwrap());
            let amount = Micros(dice.number(50_000_000));
            let text = amount.to_text(Currency::USD);
            spend(&world, platform, "x", &on.to_string(), (&text, "USD")).await;
            spent.push((platform.to_owned(), on, amount));
        }
        for days in [
            range("2026-02-01", "2026-02-28"),
            range("2026-02-10", "2026-02-10"),
        ] {
            for (model, basis, window) in [
                (Model::LastTouch, Basis::Sale, None),
                (Model::FirstTouch, Basis::Sale, Some(7)),
                (Model::LastTouch, Basis::Lead, Some(3)),
                (Model::Linear, Basis::Sale, None),
                (Model::PositionBased, Basis::Lead, Some(7)),
            ] {
                let attribution = Attribution {
                    model,
                    basis,
                    window: Window {
                        click_days: window,
                        view_days: None,
                    },
                    ..Attribution::default()
                };
                let request = RoiRequest {
                    attribution,
                    ..by_channel(days)
                };
                let report = told(&world, request.clone()).await;
                let group = &report.groups[0];
                // Nothing but the spend is another one than by campaign.
                let other = told(
                    &world,
                    RoiRequest {
                        grain: Grain::Campaign,
                        ..request.clone()
                    },
                )
                .await;
                let here: Micros = spent
                    .iter()
                    .filter(|row| days.contains(row.1))
                    .map(|row| row.2)
                    .sum();
                let mut total = other.groups[0].total.figures;
                let more = Figures {
                    spend: (here != Micros::ZERO).then_some(here),
                    ..Figures::default()
                };
                total.add(&more).unwrap();
                assert_eq!(group.total.figures, total, "{model:?} {basis:?}");
                // As of the moment it is the same.
                let moment = RoiRequest {
                    as_of: Some(world.scope.now()),
                    ..request.clone()
                };
                let as_of = told(&world, moment).await;
                assert_eq!(as_of.groups[0].rows, group.rows, "{model:?} {basis:?}");
                // Every number is what is listed under it.
                let mut keys: Vec<RowOf> = group
                    .rows
                    .iter()
                    .map(|row| RowOf::Key(row.key.clone()))
                    .collect();
                keys.push(RowOf::Unattributed);
                for row in keys {
                    let figures = match &row {
                        RowOf::Key(key) => {
                            &group
                                .rows
                                .iter()
                                .find(|row| row.key == *key)
                                .unwrap()
                                .figures
                        }
                        _ => &group.unattributed.figures,
                    };
                    let number =
                        explained(&world, request.clone(), row, Metric::Roi, Currency::USD).await;
                    let mut sum = Figures::default();
                    for part in number.ad_days.iter().map(|entry| &entry.figures) {
                        sum.add(part).unwrap();
                    }
                    for part in number.spend.iter().map(|entry| &entry.figures) {
                        sum.add(part).unwrap();
                    }
                    for part in number.outcomes.iter().map(|entry| &entry.figures) {
                        sum.add(part).unwrap();
                    }
                    assert_eq!(
                        (sum.spend, sum.revenue),
                        (figures.spend, figures.revenue),
                        "{model:?}"
                    );
                }
                if !matches!(model, Model::LastTouch | Model::FirstTouch) {
                    continue;
                }
                let mut expected: BTreeMap<Option<String>, Figures> = BTreeMap::new();
                for person in &people {
                    for (channel, figures) in person.figures(days, &attribution) {
                        expected.entry(channel).or_default().add(&figures).unwrap();
                    }
                }
                let outcome = |figures: &Figures| {
                    (
                        figures.leads,
                        figures.opportunities,
                        figures.sales,
                        figures.revenue,
                    )
                };
                let none = Figures::default();
                let unattributed = expected.get(&None).unwrap_or(&none);
                assert_eq!(
                    outcome(&group.unattributed.figures),
                    outcome(unattributed),
                    "{model:?} {basis:?}"
                );
                for row in &group.rows {
                    let wanted = expected.remove(&Some(row.name.clone())).unwrap_or_default();
                    assert_eq!(
                        outcome(&row.figures),
                        outcome(&wanted),
                        "{} {model:?} {basis:?}",
                        row.name
                    );
                }
                expected.remove(&None);
                assert!(expected.is_empty(), "{expected:?}");
            }
        }
    })
    .await;
}
