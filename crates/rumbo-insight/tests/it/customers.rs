//! Who bought for the first time, who is no lead, and the year before.

use rumbo_base::Micros;
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{Comparison, Grain, Metric, RoiRequest, Shares, lookup};

use crate::world::{AdDay, GRAINS, Sale, Touch, World, assert_adds_up, at, day, range, text, usd};

fn sale(
    gross: &str,
    when: &str,
    status: &'static str,
    touchpoint: Option<rumbo_base::TouchpointId>,
) -> Sale<'static> {
    Sale {
        gross: usd(gross),
        refunded: Micros::ZERO,
        currency: "USD",
        status,
        completed: at(when),
        touchpoint,
    }
}

#[tokio::test]
async fn a_customer_is_new_once_and_people_of_the_house_are_no_leads() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let set = world.ad_set(&mut tx, account, campaign, "s1").await;
        let ad = world
            .ad(&mut tx, (account, campaign, set), None, "a1")
            .await;
        for (on, spend) in [("2025-02-10", "9"), ("2026-02-10", "30")] {
            world
                .ad_day(&mut tx, account, "USD", ad, day(on), AdDay::spent(spend))
                .await;
        }
        world.roll_up(&mut tx).await;
        let touch = || {
            Some(Touch {
                campaign: Some(campaign),
                ad: Some(ad),
                ..Touch::default()
            })
        };
        let february = "2026-02-03T10:00:00Z";
        // Bought in January already: no new customer, and his two sales of February count.
        let (old, old_touch) = world
            .contact(&mut tx, at("2026-01-02T10:00:00Z"), "META_ADS", touch())
            .await;
        for when in ["2026-01-05T10:00:00Z", february, "2026-02-04T10:00:00Z"] {
            world
                .sale(&mut tx, old, sale("100", when, "completed", old_touch))
                .await;
        }
        // Two at one instant are one new customer; a cancelled one before them is none.
        let (new, new_touch) = world
            .contact(&mut tx, at(february), "META_ADS", touch())
            .await;
        world
            .sale(
                &mut tx,
                new,
                sale("7", "2026-01-06T10:00:00Z", "cancelled", new_touch),
            )
            .await;
        for _ in 0..2 {
            world
                .sale(&mut tx, new, sale("50", february, "completed", new_touch))
                .await;
        }
        // New, and of no campaign; refunded whole, he has bought all the same.
        let (walked_in, _) = world.contact(&mut tx, at(february), "ORGANIC", None).await;
        world
            .sale(&mut tx, walked_in, sale("5", february, "refunded", None))
            .await;
        let (clerk, _) = world
            .contact(&mut tx, at(february), "META_ADS", touch())
            .await;
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE contacts SET kind = 'internal' WHERE id = $1"
        )
        .bind(clerk)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();

        let month = range("2026-02-01", "2026-02-28");
        for grain in GRAINS {
            let request = RoiRequest {
                new_customers: true,
                without_spend: true,
                comparison: Comparison::LastYear,
                ..RoiRequest::new(grain, month)
            };
            let report = rumbo_insight::roi(&world.scope, request).await.unwrap();
            assert_adds_up(&report);
            let group = &report.groups[0];
            let total = &group.total;
            assert_eq!(
                (
                    total.figures.leads,
                    total.figures.sales,
                    total.figures.new_customers
                ),
                (2, Shares::whole(5), Some(Shares::whole(2))),
                "{grain:?}"
            );
            assert_eq!(
                text(total, Metric::Cac).as_deref(),
                Some("15.00"),
                "{grain:?}"
            );
            assert_eq!(group.unattributed.figures.new_customers, Some(Shares::ONE));
            assert_eq!(text(&group.unattributed, Metric::Cac), None);
            assert_eq!(report.previous, Some(range("2025-02-01", "2025-02-28")));
            let before = &group.previous.as_ref().unwrap().total;
            assert_eq!(before.figures.spend, Some(usd("9")), "{grain:?}");
            assert_eq!(
                before.figures.new_customers,
                Some(Shares::ZERO),
                "{grain:?}"
            );
        }
        // Not asked, not known.
        let report = world.roi(Grain::Campaign, month).await;
        assert_eq!(report.groups[0].total.figures.new_customers, None);
        assert_eq!(text(&report.groups[0].total, Metric::Cac), None);

        let mut tx = world.scope.read().await.unwrap();
        let workspace = world.scope.workspace;
        let found = lookup::campaign_of(&mut tx, workspace, "c1").await.unwrap();
        assert_eq!(found, Some(campaign));
        let found = lookup::ad_set_of(&mut tx, workspace, "c1").await.unwrap();
        assert_eq!(found, None);
        let found = lookup::account_of(&mut tx, workspace, "1").await.unwrap();
        assert_eq!(found, Some(account));
    })
    .await;
}
