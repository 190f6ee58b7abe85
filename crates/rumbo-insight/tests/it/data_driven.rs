//! The data-driven model: what it learns and how it credits, read a second time in plain floats.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "an independent reading in plain floats"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveTime, Utc};
use rumbo_base::{AdCampaignId, DateRange, Micros, Reason, TimeZone};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Figures, Grain, Listed, Metric, Model, PassportRequest, RoiRequest, RowOf, Window,
    compare_models, data_driven, pack_days, passport, roi,
};

use crate::attribution::parts;
use crate::past::Walk;
use crate::world::{World, range};

/// A campaign, or the source.
type Channel = (Option<AdCampaignId>, &'static str);

fn channel(touch: &(DateTime<Utc>, Option<AdCampaignId>, &'static str)) -> Channel {
    let (_, campaign, source) = *touch;
    (campaign, if campaign.is_some() { "" } else { source })
}

/// The channels of the touches within the window before an instant.
fn within(walk: &Walk, window: Window, end: DateTime<Utc>) -> Vec<Channel> {
    let held = |(at, ..): &&(DateTime<Utc>, Option<AdCampaignId>, &'static str)| {
        let days = window.click_days.map(|days| Duration::days(days.into()));
        *at <= end && days.is_none_or(|days| end - *at <= days)
    };
    walk.touches.iter().filter(held).map(channel).collect()
}

/// The chance of a sale, when everyone who comes to `without` is lost: one step after the other,
/// until nobody is on the way.
fn chance(paths: &[(Vec<Channel>, bool)], without: Option<Channel>) -> f64 {
    // From nowhere, or a channel, on to a channel, or to the end with a sale or without.
    type Step = (Option<Channel>, Option<Channel>, bool);
    let mut steps: BTreeMap<Step, f64> = BTreeMap::new();
    let mut left: BTreeMap<Option<Channel>, f64> = BTreeMap::new();
    for (path, sold) in paths {
        let stops = path.iter().map(|channel| Some(*channel));
        let from: Vec<_> = std::iter::once(None).chain(stops.clone()).collect();
        for (from, to) in from.into_iter().zip(stops.chain([None])) {
            *steps.entry((from, to, *sold && to.is_none())).or_default() += 1.0;
            *left.entry(from).or_default() += 1.0;
        }
    }
    let mut here = BTreeMap::from([(None, 1.0)]);
    let mut sales = 0.0;
    while here.values().sum::<f64>() > 1e-15 {
        let mut next: BTreeMap<Option<Channel>, f64> = BTreeMap::new();
        for ((from, to, sold), count) in &steps {
            let people = here.get(from).unwrap_or(&0.0) * count / left[from];
            match to {
                None if *sold => sales += people,
                Some(_) if *to != without => *next.entry(*to).or_default() += people,
                _ => {}
            }
        }
        here = next;
    }
    sales
}

struct Expected {
    sold: usize,
    unsold: usize,
    effects: BTreeMap<Channel, f64>,
    /// Cents.
    revenue: BTreeMap<Option<AdCampaignId>, i64>,
}

fn expected(walks: &[Walk], window: Window, days: DateRange, now: DateTime<Utc>) -> Expected {
    let zone: TimeZone = "UTC".parse().unwrap();
    let (from, to) = zone.bounds(days);
    let learns_from = from.min(to - Duration::days(365));
    // Whole days.
    let given_up = to.min(now) - Duration::days(window.click_days.unwrap_or(90).into());
    let given_up = given_up.date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut paths = Vec::new();
    for walk in walks {
        let (end, last) = match walk.sold {
            Some((at, _)) => (at, to),
            None => (walk.touches.last().unwrap().0, given_up),
        };
        let path = within(walk, window, end);
        if end >= learns_from && end < last && !path.is_empty() {
            paths.push((path, walk.sold.is_some()));
        }
    }
    let channels: BTreeSet<Channel> = paths.iter().flat_map(|(path, _)| path.clone()).collect();
    let whole = chance(&paths, None);
    let effects: BTreeMap<Channel, f64> = channels
        .into_iter()
        .map(|channel| (channel, 1.0 - chance(&paths, Some(channel)) / whole))
        .collect();
    let mut revenue: BTreeMap<Option<AdCampaignId>, i64> = BTreeMap::new();
    for walk in walks {
        let Some((at, gross)) = walk.sold.filter(|(at, _)| *at >= from && *at < to) else {
            continue;
        };
        let path = within(walk, window, at);
        let weights: Vec<f64> = path
            .iter()
            .map(|channel| {
                let same = path.iter().filter(|other| *other == channel).count();
                effects[channel] / same as f64
            })
            .collect();
        let all: f64 = weights.iter().sum();
        let shares: Vec<f64> = weights.iter().map(|weight| weight / all).collect();
        let cents = gross.0 / 10_000;
        for ((campaign, _), part) in path.iter().zip(parts(cents, &shares)) {
            *revenue.entry(*campaign).or_default() += part;
        }
    }
    Expected {
        sold: paths.iter().filter(|(_, sold)| *sold).count(),
        unsold: paths.iter().filter(|(_, sold)| !*sold).count(),
        effects,
        revenue,
    }
}

fn markov(window: Window) -> Attribution {
    Attribution {
        model: Model::Markov,
        window,
        ..Attribution::default()
    }
}

async fn world_with_a_past(test: rumbo_db::testing::TestDb) -> (World, Vec<Walk>) {
    let world = World::new(test, Some("USD"), "UTC").await;
    let mut tx = world.write().await;
    let account = world.account(&mut tx, "1", "USD", "UTC").await;
    let mut campaigns = Vec::new();
    for n in 0..3 {
        campaigns.push(world.campaign(&mut tx, account, &format!("c{n}")).await);
    }
    let walks = world.past(&mut tx, &campaigns).await;
    tx.commit().await.unwrap();
    (world, walks)
}

#[tokio::test]
async fn a_sale_goes_to_what_its_removal_would_cost() {
    on_both(|test| async move {
        let (world, walks) = world_with_a_past(test).await;
        let now = world.scope.now();
        let today = now.date_naive();
        let days = |from: i64, to: i64| {
            DateRange::new(today - Duration::days(from), today - Duration::days(to)).unwrap()
        };
        let windows = [None, Some(2), Some(30)].map(|click_days| Window {
            click_days,
            view_days: Some(1),
        });
        for window in windows {
            for range in [days(45, 0), days(60, 20), days(500, 0)] {
                let expected = expected(&walks, window, range, now);
                let request = RoiRequest {
                    attribution: markov(window),
                    ..RoiRequest::new(Grain::Campaign, range)
                };
                let report = roi(&world.scope, request).await.unwrap();
                let learned = report.learned.unwrap();
                assert_eq!(
                    (learned.sold, learned.unsold),
                    (
                        u32::try_from(expected.sold).unwrap(),
                        u32::try_from(expected.unsold).unwrap()
                    ),
                    "{window:?} {range:?}"
                );
                assert_eq!(learned.channels.len(), expected.effects.len());
                for channel in &learned.channels {
                    let of = |(campaign, source): &Channel| match channel.campaign {
                        Some(id) => *campaign == Some(id),
                        None => *source == channel.name,
                    };
                    let (_, effect) = expected
                        .effects
                        .iter()
                        .find(|(known, _)| of(known))
                        .unwrap();
                    let percent: f64 = channel.effect_percent.parse().unwrap();
                    assert!(
                        (percent - 100.0 * effect).abs() < 0.006,
                        "{channel:?} {effect}"
                    );
                }
                let group = &report.groups[0];
                let mut found: BTreeMap<Option<AdCampaignId>, i64> = group
                    .rows
                    .iter()
                    .map(|row| (row.campaign_id, row.figures.revenue.0 / 10_000))
                    .collect();
                found.insert(None, group.unattributed.figures.revenue.0 / 10_000);
                found.retain(|_, cents| *cents != 0);
                assert_eq!(found, expected.revenue, "{window:?} {range:?}");
            }
        }
    })
    .await;
}

/// What was learned is kept in memory: by the same question until what it is learned from is another.
#[tokio::test]
async fn what_was_learned_is_learned_anew_when_a_sale_changes() {
    on_both(|test| async move {
        let (world, _) = world_with_a_past(test).await;
        let today = world.scope.now().date_naive();
        let range = DateRange::new(today - Duration::days(45), today).unwrap();
        let learned = async |window| {
            let learned = data_driven(&world.scope, range, window, None).await;
            let learned = learned.unwrap();
            // As of a moment nothing is kept.
            let then = Some(world.scope.now() + Duration::days(1));
            let read = data_driven(&world.scope, range, window, then).await;
            assert_eq!(learned, read.unwrap());
            learned
        };
        let short = Window {
            click_days: Some(2),
            view_days: Some(1),
        };
        pack_days(&world.scope).await.unwrap();
        let first = learned(Window::default()).await;
        assert_eq!(learned(Window::default()).await, first);
        assert_ne!(learned(short).await, first);
        for sql in [
            "UPDATE sales SET status = 'cancelled' WHERE id IN (SELECT MIN(id) FROM sales WHERE touches <> '')",
            "UPDATE contacts SET kind = 'internal' WHERE id IN (SELECT MIN(id) FROM contacts WHERE unsold_touches <> '')",
        ] {
            let before = learned(Window::default()).await;
            let sql = if world.scope.db.path().is_none() {
                // PostgreSQL has no MIN of ids.
                sql.replace("MIN(id)", "MIN(id::TEXT)::UUID")
            } else {
                sql.to_owned()
            };
            let mut tx = world.write().await;
            on_tx!(&mut tx, |c| sqlx::query(sqlx::AssertSqlSafe(sql.as_str()))
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
            tx.commit().await.unwrap();
            let changed = learned(Window::default()).await;
            assert_ne!(changed, before, "{sql}");
            pack_days(&world.scope).await.unwrap();
            assert_eq!(learned(Window::default()).await, changed, "{sql}");
        }
        // A new name of a campaign is told as well.
        let mut tx = world.write().await;
        let sql = "UPDATE ad_campaigns SET name = 'Spring'";
        on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        let named = learned(Window::default()).await;
        assert!(named.channels.iter().any(|channel| channel.name == "Spring"));
    })
    .await;
}

#[tokio::test]
async fn with_too_little_to_learn_from_it_is_refused_and_left_out() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let days = range("2026-10-01", "2026-10-31");
        let request = RoiRequest {
            attribution: markov(Window::default()),
            ..RoiRequest::new(Grain::Campaign, days)
        };
        let error = roi(&world.scope, request).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::LearnsFromTooLittle));
        let text = error.to_string();
        assert!(text.contains("300 sales and 1000 contacts"), "{text}");
        assert!(text.contains("from 2025-11-01 to 2026-10-31"), "{text}");
        let compared = compare_models(
            &world.scope,
            days,
            Grain::Campaign,
            Attribution::default(),
            None,
            None,
        );
        let compared = compared.await.unwrap();
        assert!(!compared.models.contains(&Model::Markov));
        assert!(!compared.learned.is_enough());
    })
    .await;
}

#[tokio::test]
async fn a_number_tells_by_what_it_was_split() {
    on_both(|test| async move {
        let (world, _) = world_with_a_past(test).await;
        let today = world.scope.now().date_naive();
        let days = DateRange::new(today - Duration::days(30), today).unwrap();
        let report = RoiRequest {
            attribution: markov(Window::default()),
            new_customers: true,
            ..RoiRequest::new(Grain::Campaign, days)
        };
        let told = roi(&world.scope, report.clone()).await.unwrap();
        let asked = data_driven(&world.scope, days, Window::default(), None)
            .await
            .unwrap();
        let group = &told.groups[0];
        assert!(!group.rows.is_empty());
        for row in &group.rows {
            let request = PassportRequest {
                report: report.clone(),
                currency: group.currency,
                row: RowOf::Key(row.key.clone()),
                metric: Metric::Revenue,
                limit: usize::MAX,
                listed: Listed::First,
            };
            let found = passport(&world.scope, request).await.unwrap();
            let mut sum = Figures::default();
            for part in &found.outcomes {
                sum.add(&part.figures).unwrap();
            }
            assert_eq!(sum.revenue, row.figures.revenue);
            assert_ne!(sum.revenue, Micros::ZERO);
            assert_eq!(found.learned.as_ref(), Some(&asked));
        }
        let compared = compare_models(
            &world.scope,
            days,
            Grain::Campaign,
            Attribution::default(),
            None,
            None,
        );
        let compared = compared.await.unwrap();
        assert_eq!(compared.models.last(), Some(&Model::Markov));
        let apart = compared.groups[0].disagreement[0].last().unwrap().clone();
        assert_ne!(apart.as_deref(), Some("0.0000"));
    })
    .await;
}
