//! What home calls out of the ordinary, on days that are known.

use chrono::Datelike;
use rumbo_base::{AdCampaignId, Micros};
use rumbo_db::testing::on_both;
use rumbo_insight::{Alert, BehindKind, HomeRequest, Metric, Unusual, home};

use crate::world::{AdDay, World, day, range, usd};

/// Impressions, clicks and cents of a day.
type Delivery = (i64, i64, i64);

/// Two campaigns of one account from 1 August to 19 November 2026; today is the 20th. A hundred and
/// eleven days that move a little; `other` says what a day of a campaign, 0 or 1, was instead.
async fn campaigns(
    world: &World,
    part: i64,
    other: impl Fn(usize, chrono::NaiveDate) -> Option<Delivery>,
) -> [AdCampaignId; 2] {
    let mut tx = world.write().await;
    let account = world.account(&mut tx, "1", "USD", "UTC").await;
    let mut ids = Vec::new();
    for (nth, name) in ["one", "two"].into_iter().enumerate() {
        let campaign = world.campaign(&mut tx, account, name).await;
        let set = world.ad_set(&mut tx, account, campaign, name).await;
        let ad = world
            .ad(&mut tx, (account, campaign, set), None, name)
            .await;
        ids.push(campaign);
        for day in range("2026-08-01", "2026-11-19").iter() {
            let moved = 100 + i64::from((day.ordinal() * 7) % 5) - 2;
            let usual: Delivery = [(100, 2, 50), (50, 3, 30)][nth];
            let usual = (usual.0 * moved, usual.1 * moved / 2 * 2, usual.2 * moved);
            let (impressions, clicks, cents) = other(nth, day).unwrap_or(usual);
            let row = AdDay {
                impressions: Some(impressions / part),
                clicks: Some(clicks / part),
                spend: Some(Micros(cents * 10_000 / part)),
                ..AdDay::default()
            };
            world.ad_day(&mut tx, account, "USD", ad, day, row).await;
        }
    }
    world.roll_up(&mut tx).await;
    tx.commit().await.unwrap();
    [ids[0], ids[1]]
}

async fn told(world: &World) -> Vec<Unusual> {
    let request = HomeRequest::new(range("2026-10-24", "2026-11-20"));
    let alerts = home(&world.scope, request).await.unwrap().alerts;
    alerts
        .into_iter()
        .filter_map(|alert| match alert {
            Alert::Unusual(unusual) => Some(unusual),
            _ => None,
        })
        .collect()
}

/// The first campaign's clicks fall from 200 to 60 on two days: the account's CTR from 3.5 of 150
/// to 2.6 of 150 or so.
#[tokio::test]
async fn a_fall_of_the_ctr_is_told_once_with_its_cost_and_its_cause() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let [one, _] = campaigns(&world, 1, |nth, of| {
            let fell = nth == 0 && (day("2026-11-17")..=day("2026-11-18")).contains(&of);
            fell.then_some((10_000, 60, 5_000))
        })
        .await;
        let told = told(&world).await;
        let [unusual] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!((unusual.metric, unusual.up), (Metric::Ctr, false));
        assert_eq!(unusual.days, range("2026-11-17", "2026-11-18"));
        // 60 + 300 of 15,000, where 200 + 300 are usual.
        let value: f64 = unusual.value.parse().unwrap();
        let expected: f64 = unusual.expected.parse().unwrap();
        assert!((2.3..=2.5).contains(&value), "{value}");
        assert!((3.25..=3.45).contains(&expected), "{expected}");
        // A bit more than a quarter of two days' 80 dollars bought nothing.
        assert!(
            unusual.cost > usd("40") && unusual.cost < usd("52"),
            "{}",
            unusual.cost
        );
        let behind = unusual.behind.as_ref().unwrap();
        assert_eq!((behind.campaign, behind.kind), (one, BehindKind::Itself));
        let share: i64 = behind.share_percent.parse().unwrap();
        assert!((90..=110).contains(&share), "{share}");
    })
    .await;
}

/// A campaign that shows more often and is clicked less as ever: nothing changed but its part.
#[tokio::test]
async fn a_change_of_the_mix_is_told_as_one() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let [one, _] = campaigns(&world, 1, |nth, of| {
            (nth == 0 && of == day("2026-11-18")).then_some((60_000, 1_200, 30_000))
        })
        .await;
        let told = told(&world).await;
        let ctr = told
            .iter()
            .find(|unusual| unusual.metric == Metric::Ctr)
            .unwrap();
        let behind = ctr.behind.as_ref().unwrap();
        assert_eq!((behind.campaign, behind.kind), (one, BehindKind::Share));
        let spend = told
            .iter()
            .find(|unusual| unusual.metric == Metric::Spend)
            .unwrap();
        assert!(
            spend.up && spend.cost > usd("240") && spend.cost < usd("260"),
            "{spend:?}"
        );
        assert_eq!(spend.behind.as_ref().unwrap().campaign, one);
        // What moved most money first.
        assert_eq!(told[0].metric, Metric::Spend);
    })
    .await;
}

#[tokio::test]
async fn calm_days_young_days_and_few_events_tell_nothing() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        // The 19th is not settled: it may still be restated.
        campaigns(&world, 1, |_, of| {
            (of == day("2026-11-19")).then_some((10_000, 60, 5_000))
        })
        .await;
        assert_eq!(told(&world).await, []);
    })
    .await;
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        // A fiftieth of everything: four clicks of one day prove nothing.
        campaigns(&world, 50, |nth, of| {
            (nth == 0 && of == day("2026-11-18")).then_some((10_000, 60, 5_000))
        })
        .await;
        assert_eq!(told(&world).await, []);
    })
    .await;
}
