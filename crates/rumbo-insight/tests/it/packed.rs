//! Days that are packed while others write.

use std::time::Duration;

use futures::future::join_all;
use rumbo_base::{AdAccountId, Currency, Micros};
use rumbo_crm::contacts::{self, ContactFields};
use rumbo_crm::sales::{self, NewSale};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{Attribution, Basis, Filter, Grain, RoiRequest, Shares, pack_days, roi};

use crate::world::{AdDay, World, day, range};

const WRITERS: u32 = 4;
const ROUNDS: u32 = 20;

/// Contacts that buy, on days of their own and on those of the others, each in a transaction that
/// stays open for a while.
async fn write(world: &World, writer: u32) {
    for round in 0..ROUNDS {
        let mut tx = world.write().await;
        let fields = ContactFields {
            name: Some("Ana".to_owned()),
            ..ContactFields::default()
        };
        let made = contacts::create(&mut tx, &world.scope, fields)
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(u64::from(writer))).await;
        let days = chrono::Duration::days(i64::from((writer + round) % 3));
        let new = NewSale {
            contact_id: made.id,
            gross: Micros(i64::from(1 + round) * 1_000_000),
            currency: Currency::USD,
            pending: false,
            at: Some(world.scope.now() - days),
            opportunity_id: None,
            cost: (round % 2 == 0).then_some(Micros(i64::from(round) * 100_000)),
            quantity: None,
            reference: None,
            external_id: None,
        };
        sales::create(&mut tx, &world.scope, new).await.unwrap();
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
    }
}

async fn pack_again_and_again(world: &World) {
    for _ in 0..ROUNDS * 2 {
        pack_days(&world.scope).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn reports(world: &World) -> Vec<String> {
    let mut texts = Vec::new();
    for basis in Basis::ALL {
        let request = RoiRequest {
            attribution: Attribution {
                basis,
                ..Attribution::default()
            },
            new_customers: true,
            ..RoiRequest::new(Grain::Campaign, range("2026-10-01", "2026-12-31"))
        };
        let report = roi(&world.scope, request).await.unwrap();
        let all = i64::from(WRITERS * ROUNDS);
        let total = &report.groups[0].total.figures;
        assert_eq!((total.leads, total.sales), (all, Shares::whole(all)));
        assert_eq!(total.costed_sales, Shares::whole(all / 2));
        // 0 + 2 + … + 18 tenths of each writer.
        assert_eq!(total.cost, Micros(i64::from(WRITERS) * 9_000_000));
        texts.push(format!("{report:#?}"));
    }
    texts
}

#[tokio::test]
async fn what_is_written_while_days_are_packed_is_in_them_or_marked() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "America/Sao_Paulo").await;
        let writers = join_all((0..WRITERS).map(|writer| write(&world, writer)));
        tokio::join!(
            writers,
            pack_again_and_again(&world),
            pack_again_and_again(&world)
        );
        // Read from packed days and from those that changed since…
        let mixed = reports(&world).await;
        // …from packed days alone…
        pack_days(&world.scope).await.unwrap();
        let mut tx = world.scope.read().await.unwrap();
        let (days, marks): (i64, i64) = on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM outcome_days), (SELECT COUNT(*) FROM outcome_days_changed)"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!((days > 5, marks), (true, 0), "{days} days");
        drop(tx);
        let packed = reports(&world).await;
        // …and from the rows themselves.
        let mut tx = world.write().await;
        for sql in [
            "INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days",
            "DELETE FROM outcome_days",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        }
        tx.commit().await.unwrap();
        let rows = reports(&world).await;
        assert!(mixed == rows && packed == rows);
    })
    .await;
}

/// What a table of ads says, with what fell on days without spend.
async fn ads(world: &World, accounts: &[AdAccountId]) -> Vec<String> {
    let mut texts = Vec::new();
    for (from, to) in [
        ("2026-11-01", "2026-11-30"),
        ("2026-11-09", "2026-11-10"),
        ("2026-11-12", "2026-11-12"),
    ] {
        for grain in [Grain::AdSet, Grain::Ad, Grain::Creative] {
            let request = RoiRequest {
                without_spend: true,
                filter: Filter {
                    accounts: accounts.to_vec(),
                    parent: None,
                },
                ..RoiRequest::new(grain, range(from, to))
            };
            let report = roi(&world.scope, request).await.unwrap();
            texts.push(format!("{:#?}", report.groups));
        }
    }
    texts
}

async fn days_and_marks(world: &World) -> (i64, i64) {
    let mut tx = world.scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM outcome_days WHERE kind LIKE 'ads %'), \
         (SELECT COUNT(*) FROM outcome_days_changed WHERE kind LIKE 'ads %')"
    )
    .fetch_one(c)
    .await)
    .unwrap()
}

#[tokio::test]
async fn ads_are_told_alike_from_rows_and_from_packed_days() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let mut lines = Vec::new();
        for (external, currency) in [("act_1", "USD"), ("act_2", "EUR")] {
            let account = world.account(&mut tx, external, currency, "UTC").await;
            let campaign = world.campaign(&mut tx, account, external).await;
            let ad_set = world.ad_set(&mut tx, account, campaign, external).await;
            for nth in 0..3_u32 {
                let name = format!("{external} {nth}");
                let ad = world
                    .ad(&mut tx, (account, campaign, ad_set), None, &name)
                    .await;
                lines.push((account, currency, ad, nth));
            }
        }
        for (account, currency, ad, nth) in &lines {
            // Not every ad has every day, and not every figure is told; some days nothing was spent.
            for on in (1..=28_u32).filter(|on| on % 3 != *nth) {
                let row = AdDay {
                    impressions: (on % 4 != 0).then_some(i64::from(on * 100 + nth)),
                    clicks: Some(i64::from(on)),
                    link_clicks: None,
                    spend: (on % 5 != 0).then(|| Micros(i64::from(on / 7 * nth) * 1_234_567)),
                    meta_leads: Some(i64::from(on % 2)),
                    meta_purchases: (*nth > 0).then(|| i64::from(*nth)),
                    meta_purchase_value: Some(Micros(i64::from(on) * 10_000)),
                };
                let on = day(&format!("2026-11-{on:02}"));
                world
                    .ad_day(&mut tx, *account, currency, *ad, on, row)
                    .await;
            }
        }
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let one = [lines[0].0];
        let rows = (ads(&world, &[]).await, ads(&world, &one).await);
        assert_eq!(days_and_marks(&world).await, (0, 56));
        pack_days(&world.scope).await.unwrap();
        assert_eq!(days_and_marks(&world).await, (56, 0));
        assert!((ads(&world, &[]).await, ads(&world, &one).await) == rows);

        // A day that is restated is read itself until it is packed again.
        let mut tx = world.write().await;
        for sql in [
            "UPDATE ad_insights SET spend_micros = 77000000 WHERE day = '2026-11-10'",
            "DELETE FROM ad_insights WHERE day = '2026-11-12'",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        }
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let restated = (ads(&world, &[]).await, ads(&world, &one).await);
        assert!(restated != rows);
        assert!(days_and_marks(&world).await.1 > 0);
        pack_days(&world.scope).await.unwrap();
        assert_eq!(days_and_marks(&world).await, (54, 0));
        assert!((ads(&world, &[]).await, ads(&world, &one).await) == restated);
    })
    .await;
}
