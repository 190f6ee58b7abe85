//! Ads that are clicked less than they were.

use rumbo_base::Micros;
use rumbo_db::testing::on_both;
use rumbo_insight::{Alert, HomeRequest, Tired, home};

use crate::world::{AdDay, World, day, range};

/// One ad of 10,000 impressions a day until 19 November 2026; today is the 20th and the 19th is not
/// settled. `clicks` of each of the 28 days before, oldest first.
async fn told(world: &World, clicks: impl Fn(usize) -> i64) -> Vec<Tired> {
    let mut tx = world.write().await;
    let account = world.account(&mut tx, "1", "USD", "UTC").await;
    let campaign = world.campaign(&mut tx, account, "c").await;
    let set = world.ad_set(&mut tx, account, campaign, "s").await;
    let ad = world
        .ad(&mut tx, (account, campaign, set), None, "Sofas")
        .await;
    for (at, day) in range("2026-10-22", "2026-11-19").iter().enumerate() {
        let row = AdDay {
            impressions: Some(10_000),
            clicks: Some(clicks(at)),
            spend: Some(Micros(50_000_000)),
            ..AdDay::default()
        };
        world.ad_day(&mut tx, account, "USD", ad, day, row).await;
    }
    world.roll_up(&mut tx).await;
    tx.commit().await.unwrap();
    let request = HomeRequest::new(range("2026-10-24", "2026-11-20"));
    let alerts = home(&world.scope, request).await.unwrap().alerts;
    let tired = alerts.into_iter().filter_map(|alert| match alert {
        Alert::Tired(tired) => Some(tired),
        _ => None,
    });
    tired.collect()
}

/// 200 clicks a day, some more and some less; in the last week half of that.
fn halved(at: usize) -> i64 {
    let moved = i64::try_from(at * 7 % 5).unwrap() * 10 - 20;
    if at < 21 {
        200 + moved
    } else {
        100 + moved / 2
    }
}

#[tokio::test]
async fn an_ad_that_is_clicked_half_as_often_is_told_with_its_rates() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let told = told(&world, halved).await;
        let [tired] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(tired.name, "Sofas");
        assert_eq!(tired.days, range("2026-11-12", "2026-11-18"));
        assert_eq!(tired.days.to, day("2026-11-18"));
        assert_eq!(
            (tired.before.as_str(), tired.sure_percent.as_str()),
            ("1.99", "99")
        );
        let now: f64 = tired.now.parse().unwrap();
        assert!((0.95..=1.05).contains(&now), "{now}");
    })
    .await;
}

#[tokio::test]
async fn the_same_days_in_another_order_and_a_small_fall_are_no_alarm() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        // 28 and 11 have no divisor in common: every day comes once.
        let shuffled = |at: usize| halved((at * 11 + 3) % 28);
        assert_eq!(told(&world, shuffled).await, []);
    })
    .await;
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let less = |at: usize| if at < 21 { 200 } else { 180 };
        assert_eq!(told(&world, less).await, []);
    })
    .await;
}
