//! Home's creatives beside the report by creative, and what that is made of.

use rumbo_base::{Currency, DateRange, Micros};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Filter, Grain, HomeRequest, Listed, Metric, PassportRequest, RoiRequest, RowOf,
    home, passport,
};

use crate::world::{AdDay, Sale, Touch, World, at, day, range, usd};

async fn made_of(
    world: &World,
    key: &str,
    days: DateRange,
    metric: Metric,
) -> rumbo_insight::Figures {
    let request = PassportRequest {
        report: RoiRequest {
            attribution: Attribution::default(),
            filter: Filter::default(),
            ..RoiRequest::new(Grain::Creative, days)
        },
        currency: Currency::USD,
        row: RowOf::Key(key.to_owned()),
        metric,
        limit: 100,
        listed: Listed::First,
    };
    passport(&world.scope, request).await.unwrap().figures
}

#[tokio::test]
async fn a_creative_of_home_has_what_all_its_ads_earned_also_those_outside_the_campaigns_shown() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let shared = world.creative(&mut tx, account, "shared").await;
        let elsewhere = world.creative(&mut tx, account, "elsewhere").await;
        let mut campaigns = Vec::new();
        let mut last = None;
        // The last of the seven is not among those home looks into.
        for (nth, spend) in [700, 600, 500, 400, 300, 20, 10].into_iter().enumerate() {
            let campaign = world.campaign(&mut tx, account, &format!("c{nth}")).await;
            let set = world
                .ad_set(&mut tx, account, campaign, &format!("s{nth}"))
                .await;
            let line = (account, campaign, set);
            let own = world.creative(&mut tx, account, &format!("own{nth}")).await;
            let creative = if nth == 6 { elsewhere } else { own };
            let mut shows = vec![(creative, spend.to_string())];
            match nth {
                0 => shows.push((shared, "1".to_owned())),
                4 => shows.push((shared, "90".to_owned())),
                6 => shows.push((shared, "9".to_owned())),
                _ => {}
            }
            for (place, (creative, spend)) in shows.into_iter().enumerate() {
                let name = format!("a{nth}-{place}");
                let ad = world.ad(&mut tx, line, Some(creative), &name).await;
                world
                    .ad_day(
                        &mut tx,
                        account,
                        "USD",
                        ad,
                        day("2026-02-02"),
                        AdDay::spent(&spend),
                    )
                    .await;
                last = Some((campaign, ad));
            }
            campaigns.push(campaign);
        }
        world.roll_up(&mut tx).await;
        let (campaign, ad) = last.unwrap();
        let touch = Touch {
            campaign: Some(campaign),
            ad: Some(ad),
            ..Touch::default()
        };
        let (contact, touchpoint) = world
            .contact(&mut tx, at("2026-02-02T10:00:00Z"), "META_ADS", Some(touch))
            .await;
        let sale = Sale {
            gross: usd("250"),
            refunded: Micros::ZERO,
            currency: "USD",
            status: "completed",
            completed: at("2026-02-02T12:00:00Z"),
            touchpoint,
        };
        world.sale(&mut tx, contact, sale).await;
        tx.commit().await.unwrap();

        let days = range("2026-02-01", "2026-02-03");
        let told = home(&world.scope, HomeRequest::new(days)).await.unwrap();
        let found = |id| told.creatives.iter().find(|one| one.face.id == id);
        let one = found(shared).unwrap();
        assert_eq!(one.ads, 3);
        assert_eq!(one.campaign_id, campaigns[4]);
        assert_eq!(one.sum.figures.spend, Some(usd("100")));
        assert_eq!(one.sum.figures.revenue, usd("250"));
        // What runs nowhere else is not looked for.
        assert!(found(elsewhere).is_none());

        let report = world.roi(Grain::Creative, days).await;
        for creative in &told.creatives {
            let key = creative.face.id.to_string();
            let row = report.groups[0]
                .rows
                .iter()
                .find(|row| row.id == Some(creative.face.id.0))
                .unwrap();
            assert_eq!(creative.sum.figures.spend, row.figures.spend, "{key}");
            assert_eq!(creative.sum.figures.revenue, row.figures.revenue, "{key}");
            let spend = made_of(&world, &row.key, days, Metric::Spend).await;
            assert_eq!(spend.spend, creative.sum.figures.spend, "{key}");
            let revenue = made_of(&world, &row.key, days, Metric::Revenue).await;
            assert_eq!(revenue.revenue, creative.sum.figures.revenue, "{key}");
        }
    })
    .await;
}
