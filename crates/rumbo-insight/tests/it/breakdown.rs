//! Parts, what was left out and what was not read are the whole, to the cent.

use std::sync::Arc;

use rumbo_ads::action_map::ActionMap;
use rumbo_ads::insights::{
    AccountKey, AdDay as Day, AdDayPart, AdIndex, Covers, Figures as Row, Slice, check_part_sums,
    write_parts,
};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdId, AdSetId, Breakdown, Currency, DateRange, Micros,
};
use rumbo_db::Tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Beside, BreakdownGroup, BreakdownReport, BreakdownRequest, Comparison, Figures, Filter, Grain,
    Metric, Within, breakdown,
};

use crate::world::{AdDay, World, day, range, usd};

struct Shop {
    account: AdAccountId,
    campaign: AdCampaignId,
    ad_set: AdSetId,
    ad: AdId,
    other: AdId,
}

/// One account with two campaigns of one ad each. Both ads spent 10.00 on each of the first four
/// days of November.
async fn shop(world: &World, tx: &mut Tx) -> Shop {
    let account = world.account(tx, "1", "USD", "UTC").await;
    let campaign = world.campaign(tx, account, "c").await;
    let ad_set = world.ad_set(tx, account, campaign, "s").await;
    let ad = world.ad(tx, (account, campaign, ad_set), None, "ad").await;
    let beside = world.campaign(tx, account, "d").await;
    let set = world.ad_set(tx, account, beside, "t").await;
    let other = world.ad(tx, (account, beside, set), None, "other").await;
    for day in range("2026-11-01", "2026-11-04").iter() {
        for ad in [ad, other] {
            let row = AdDay {
                impressions: Some(1_000),
                clicks: Some(20),
                meta_leads: Some(3),
                ..AdDay::spent("10.00")
            };
            world.ad_day(tx, account, "USD", ad, day, row).await;
        }
    }
    world.roll_up(tx).await;
    Shop {
        account,
        campaign,
        ad_set,
        ad,
        other,
    }
}

/// Reads one day by age: the parts of each ad, in cents.
async fn read_day(world: &World, tx: &mut Tx, shop: &Shop, at: &str, parts: &[(AdId, &str, &str)]) {
    let index = AdIndex::load(tx, world.scope.workspace, shop.account)
        .await
        .unwrap();
    let rows = parts
        .iter()
        .map(|(ad, value, spend)| AdDayPart {
            value: Arc::from(*value),
            of: Day {
                day: day(at),
                ad: index.place_of(*ad).unwrap(),
                figures: Row {
                    impressions: Some(400),
                    clicks: Some(9),
                    spend_micros: Some(usd(spend).0),
                    meta_leads: Some(1),
                    ..Row::default()
                },
            },
        })
        .collect();
    let slice = Slice {
        workspace: world.scope.workspace,
        map: &ActionMap::default(),
        run: 1,
        account: AccountKey {
            id: shop.account,
            currency: Currency::USD,
        },
        days: DateRange {
            from: day(at),
            to: day(at),
        },
        covers: Covers::Everything,
    };
    write_parts(tx, slice, Breakdown::Age, &index, rows)
        .await
        .unwrap();
    assert_eq!(check_part_sums(tx, world.scope.workspace).await.unwrap(), 0);
}

async fn told(world: &World, within: Within, days: DateRange) -> BreakdownReport {
    let request = BreakdownRequest {
        by: Breakdown::Age,
        range: days,
        comparison: Comparison::Previous,
        within,
    };
    let report = breakdown(&world.scope, request).await.unwrap();
    for group in &report.groups {
        adds_up(group);
    }
    report
}

/// In both periods.
fn adds_up(group: &BreakdownGroup) {
    let whole = |rest: fn(&Beside) -> Option<Figures>, parts: Vec<Option<Figures>>| {
        let mut sum = rest(&group.left_out).unwrap();
        sum.add(&rest(&group.unread).unwrap()).unwrap();
        for part in parts.into_iter().flatten() {
            // An ad-day has several parts.
            sum.add(&Figures { ad_days: 0, ..part }).unwrap();
        }
        assert_eq!(Some(sum), rest(&group.total));
    };
    let now = group.parts.iter().map(|part| Some(part.figures)).collect();
    whole(|beside| Some(beside.figures), now);
    let before = group.parts.iter().map(|part| part.previous).collect();
    whole(|beside| beside.previous, before);
}

fn spends(group: &BreakdownGroup) -> Vec<(&str, Option<Micros>)> {
    let mut rows: Vec<_> = group
        .parts
        .iter()
        .map(|part| (part.value.as_str(), part.figures.spend))
        .collect();
    rows.push(("left out", group.left_out.figures.spend));
    rows.push(("unread", group.unread.figures.spend));
    rows
}

#[tokio::test]
async fn the_parts_of_a_period_and_the_rest_are_its_total() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let shop = shop(&world, &mut tx).await;
        let Shop { ad, other, .. } = shop;
        // Whole; with half a dollar missing; with a cent too much; not read at all.
        read_day(
            &world,
            &mut tx,
            &shop,
            "2026-11-01",
            &[
                (ad, "25-34", "6.01"),
                (ad, "18-24", "3.99"),
                (other, "25-34", "10.00"),
            ],
        )
        .await;
        read_day(
            &world,
            &mut tx,
            &shop,
            "2026-11-02",
            &[(ad, "25-34", "9.50"), (other, "unknown", "10.00")],
        )
        .await;
        read_day(
            &world,
            &mut tx,
            &shop,
            "2026-11-03",
            &[(ad, "18-24", "10.01")],
        )
        .await;
        tx.commit().await.unwrap();
        let all = range("2026-11-01", "2026-11-04");

        let report = told(&world, Within::Accounts(Vec::new()), all).await;
        assert_eq!(report.unread_days, [day("2026-11-04")]);
        let group = &report.groups[0];
        assert_eq!(
            spends(group),
            [
                ("18-24", Some(usd("14.00"))),
                ("25-34", Some(usd("25.51"))),
                ("unknown", Some(usd("10.00"))),
                ("left out", Some(usd("10.49"))),
                ("unread", Some(usd("20.00"))),
            ]
        );
        // The total is that of the other reports.
        let roi = world.roi(Grain::Campaign, all).await;
        assert_eq!(group.total.figures, roi.groups[0].total.figures);
        let ratio = Metric::Cpc.text(&group.parts[0].figures, Currency::USD);
        assert_eq!(ratio.as_deref(), Some("0.7778"));

        for within in [
            Within::Campaign(shop.campaign),
            Within::AdSet(shop.ad_set),
            Within::Ad(ad),
        ] {
            let report = told(&world, within.clone(), all).await;
            assert_eq!(
                spends(&report.groups[0]),
                [
                    ("18-24", Some(usd("14.00"))),
                    ("25-34", Some(usd("15.51"))),
                    // Half a dollar less what is a cent too much.
                    ("left out", Some(usd("0.49"))),
                    ("unread", Some(usd("10.00"))),
                ],
                "{within:?}"
            );
        }
        let filter = Filter {
            accounts: vec![shop.account],
            parent: None,
        };
        let one = world.ask(Grain::Campaign, all, filter).await;
        let of_account = told(&world, Within::Accounts(vec![shop.account]), all).await;
        assert_eq!(
            of_account.groups[0].total.figures,
            one.groups[0].total.figures
        );

        // Beside the days before: what was there then and is not now has its row.
        let report = told(&world, Within::Ad(ad), range("2026-11-02", "2026-11-02")).await;
        let group = &report.groups[0];
        let beside: Vec<_> = group
            .parts
            .iter()
            .map(|part| {
                (
                    part.value.as_str(),
                    part.figures.spend,
                    part.previous.and_then(|p| p.spend),
                )
            })
            .collect();
        assert_eq!(
            beside,
            [
                ("18-24", None, Some(usd("3.99"))),
                ("25-34", Some(usd("9.50")), Some(usd("6.01"))),
            ]
        );
        assert_eq!(group.total.previous.unwrap().spend, Some(usd("10.00")));
    })
    .await;
}

#[tokio::test]
async fn days_that_were_never_read_are_not_called_left_out() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let shop = shop(&world, &mut tx).await;
        tx.commit().await.unwrap();
        let all = range("2026-11-01", "2026-11-04");
        let report = told(&world, Within::Campaign(shop.campaign), all).await;
        let [group] = report.groups.as_slice() else {
            panic!("{report:?}");
        };
        assert_eq!(group.parts, vec![]);
        assert_eq!(group.left_out.figures, Figures::default());
        assert_eq!(group.unread, group.total);
        assert_eq!(report.unread_days.len(), 4);
        // Without figures there is nothing to read.
        let before = told(
            &world,
            Within::Accounts(Vec::new()),
            range("2026-09-01", "2026-09-02"),
        )
        .await;
        assert!(before.groups.is_empty() && before.unread_days.is_empty());
    })
    .await;
}
