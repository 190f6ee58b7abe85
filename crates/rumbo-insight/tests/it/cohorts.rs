//! Cohorts as both databases have them.

use std::fmt::Write as _;
use std::time::Duration;

use chrono::TimeDelta;
use rumbo_base::{AdCampaignId, Currency, Micros};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::cohort::{
    AcquiredBy, CohortKey, CohortReport, CohortRequest, CohortStart, CohortsBy, NotPredicted,
    cohorts, contact_name,
};
use rumbo_insight::pack_days;

use crate::world::{AdDay, Sale, Touch, World, at, day, range, usd};

fn sale(
    gross: &str,
    when: &str,
    currency: &'static str,
    touchpoint: Option<rumbo_base::TouchpointId>,
) -> Sale<'static> {
    Sale {
        gross: usd(gross),
        refunded: Micros::ZERO,
        currency,
        status: "completed",
        completed: at(when),
        touchpoint,
    }
}

fn asked(by: CohortsBy) -> CohortRequest {
    CohortRequest {
        by,
        range: range("2025-01-15", "2026-12-31"),
        start: CohortStart::Sale,
        acquired_by: AcquiredBy::LastTouch,
        campaign: None,
        until: None,
        as_of: None,
        value_months: 1,
        histories: false,
    }
}

/// What each row says of its people: key, people, spend, sales and margin so far.
fn told(report: &CohortReport) -> Vec<(String, i64, Option<Micros>, i64, Micros)> {
    report.groups[0]
        .rows
        .iter()
        .map(|row| {
            let name = match &row.key {
                CohortKey::Campaign(campaign) => campaign.name.clone(),
                key => key.text(),
            };
            (
                name,
                row.people,
                row.spend,
                row.to_date.orders,
                row.to_date.margin(),
            )
        })
        .collect()
}

fn line(
    name: &str,
    people: i64,
    spend: Option<&str>,
    orders: i64,
    margin: &str,
) -> (String, i64, Option<Micros>, i64, Micros) {
    (name.to_owned(), people, spend.map(usd), orders, usd(margin))
}

#[tokio::test]
async fn people_are_in_the_cohort_of_what_acquired_them() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "America/New_York").await;
        let mut ads = Vec::new();
        for name in ["c1", "c2"] {
            let campaign = world.campaign(&mut tx, account, name).await;
            let set = world.ad_set(&mut tx, account, campaign, name).await;
            let line = (account, campaign, set);
            ads.push((campaign, world.ad(&mut tx, line, None, name).await));
        }
        let touch = |nth: usize| Touch {
            ad: Some(ads[nth].1),
            ..Touch::default()
        };
        for (nth, on, spend) in [
            (0, "2025-02-10", "30"),
            (1, "2025-03-10", "8"),
            (0, "2025-01-02", "5"),
        ] {
            world
                .ad_day(
                    &mut tx,
                    account,
                    "USD",
                    ads[nth].1,
                    day(on),
                    AdDay::spent(spend),
                )
                .await;
        }
        world.roll_up(&mut tx).await;
        // Came by the first campaign and was brought back by the second.
        let (ana, _) = world
            .contact(
                &mut tx,
                at("2025-02-01T12:00:00Z"),
                "META_ADS",
                Some(touch(0)),
            )
            .await;
        let back = world
            .touch(&mut tx, ana, at("2025-03-03T12:00:00Z"), touch(1))
            .await;
        let first = world
            .sale(
                &mut tx,
                ana,
                sale("100", "2025-03-05T12:00:00Z", "USD", Some(back)),
            )
            .await;
        world.cost(&mut tx, first, usd("25")).await;
        world
            .sale(
                &mut tx,
                ana,
                sale("10", "2025-05-05T12:00:00Z", "USD", None),
            )
            .await;
        world
            .sale(&mut tx, ana, sale("9", "2025-05-06T12:00:00Z", "EUR", None))
            .await;
        // Still February in New York, where the campaign's days are.
        let (ben, came) = world
            .contact(
                &mut tx,
                at("2025-03-01T03:00:00Z"),
                "META_ADS",
                Some(touch(0)),
            )
            .await;
        world
            .sale(
                &mut tx,
                ben,
                sale("40", "2025-03-01T04:00:00Z", "USD", came),
            )
            .await;
        let (walked, _) = world
            .contact(&mut tx, at("2025-03-01T04:00:00Z"), "ORGANIC", None)
            .await;
        world
            .sale(
                &mut tx,
                walked,
                sale("7", "2025-03-01T04:00:00Z", "USD", None),
            )
            .await;
        // Neither is a sale.
        for status in ["pending", "cancelled"] {
            let no = Sale {
                status,
                ..sale("1", "2025-03-02T12:00:00Z", "USD", None)
            };
            world.sale(&mut tx, walked, no).await;
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();

        let report = cohorts(&world.scope, asked(CohortsBy::Month))
            .await
            .unwrap();
        assert_eq!(
            told(&report),
            [
                line("2025-02", 1, Some("30"), 1, "40"),
                line("2025-03", 2, Some("8"), 3, "92"),
            ]
        );
        assert_eq!(report.groups[0].other_currency, 1);
        assert_eq!(report.groups[0].rows[1].to_date.without_cost, 2);
        assert_eq!(report.groups[0].average.people, 3);

        let by_campaign = cohorts(&world.scope, asked(CohortsBy::Campaign))
            .await
            .unwrap();
        assert_eq!(
            told(&by_campaign),
            [
                line("Campaign c1", 1, Some("30"), 1, "40"),
                line("Campaign c2", 1, Some("8"), 2, "85"),
                line("unattributed", 1, None, 1, "7"),
            ]
        );

        let by_first = CohortRequest {
            acquired_by: AcquiredBy::FirstTouch,
            ..asked(CohortsBy::Campaign)
        };
        let report = cohorts(&world.scope, by_first).await.unwrap();
        assert_eq!(
            told(&report),
            [
                line("Campaign c1", 2, Some("30"), 3, "125"),
                line("Campaign c2", 0, Some("8"), 0, "0"),
                line("unattributed", 1, None, 1, "7"),
            ]
        );

        let only: AdCampaignId = ads[1].0;
        let of_one = CohortRequest {
            campaign: Some(only),
            ..asked(CohortsBy::Month)
        };
        let report = cohorts(&world.scope, of_one).await.unwrap();
        assert_eq!(told(&report), [line("2025-03", 1, Some("8"), 2, "85")]);

        let leads = CohortRequest {
            start: CohortStart::Lead,
            ..asked(CohortsBy::Month)
        };
        let report = cohorts(&world.scope, leads).await.unwrap();
        // The day of the walk-in is the workspace's, that of Ben his account's.
        assert_eq!(
            told(&report),
            [
                line("2025-02", 2, Some("30"), 3, "125"),
                line("2025-03", 1, Some("8"), 1, "7"),
            ]
        );

        let kept = CohortRequest {
            histories: true,
            ..asked(CohortsBy::Month)
        };
        let report = cohorts(&world.scope, kept).await.unwrap();
        let refused = report
            .histories
            .predict(Currency::USD, 12, 0.01, 10)
            .unwrap_err();
        assert!(matches!(refused, NotPredicted::Purchases(_)), "{refused:?}");
        let mut tx = world.scope.read().await.unwrap();
        let name = contact_name(&mut tx, &world.scope, ana).await.unwrap();
        assert_eq!(name.as_deref(), Some("Ana"));
    })
    .await;
}

#[tokio::test]
async fn a_workspace_without_sales_has_an_empty_triangle() {
    on_both(|test| async move {
        let world = World::new(test, None, "UTC").await;
        let report = cohorts(&world.scope, asked(CohortsBy::Month))
            .await
            .unwrap();
        assert_eq!(report.groups.len(), 1);
        assert!(report.groups[0].rows.is_empty());
        assert_eq!(report.groups[0].average.people, 0);
    })
    .await;
}

/// Every way of asking, in one text: now, and as of a moment at which everything was as it is now.
async fn every_cohort(world: &World) -> String {
    let mut text = String::new();
    let now = world.scope.now();
    for by in [CohortsBy::Month, CohortsBy::Campaign] {
        for start in [CohortStart::Sale, CohortStart::Lead] {
            for acquired_by in [AcquiredBy::LastTouch, AcquiredBy::FirstTouch] {
                for until in [None, Some(day("2026-10-21"))] {
                    let request = CohortRequest {
                        start,
                        acquired_by,
                        until,
                        ..asked(by)
                    };
                    let then = CohortRequest {
                        as_of: Some(now),
                        ..request
                    };
                    let report = cohorts(&world.scope, request).await.unwrap();
                    // Those are read row by row.
                    let by_rows = cohorts(&world.scope, then).await.unwrap();
                    assert_eq!(format!("{report:?}"), format!("{by_rows:?}"));
                    write!(text, "{report:#?}").unwrap();
                }
            }
        }
    }
    text
}

#[tokio::test]
async fn cohorts_are_told_alike_from_rows_and_from_packed_days() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "America/Sao_Paulo").await;
        let mut ads = Vec::new();
        for name in ["a", "b"] {
            let campaign = world.campaign(&mut tx, account, name).await;
            let ad_set = world.ad_set(&mut tx, account, campaign, name).await;
            let of = (account, campaign, ad_set);
            ads.push(world.ad(&mut tx, of, None, name).await);
        }
        let mut contacts = Vec::new();
        for nth in 0..40_i64 {
            let seen = at("2026-09-20T21:00:00Z") + TimeDelta::hours(nth * 17);
            let touch = |of: i64| {
                let ad = ads.get(usize::try_from(of % 3).unwrap()).copied();
                ad.map(|ad| Touch {
                    ad: Some(ad),
                    ..Touch::default()
                })
            };
            let (contact, _) = world.contact(&mut tx, seen, "META_ADS", touch(nth)).await;
            contacts.push(contact);
            let back = seen + TimeDelta::hours(30);
            let again = touch(nth + 1).unwrap_or_default();
            world.touch(&mut tx, contact, back, again).await;
            for purchase in 0..nth % 4 {
                let sold = Sale {
                    gross: Micros((1 + nth) * 12_340_000),
                    refunded: Micros((nth % 3) * 1_000_000),
                    currency: if nth % 7 == 0 { "EUR" } else { "USD" },
                    status: if nth % 3 > 0 { "refunded" } else { "completed" },
                    completed: back + TimeDelta::days(2 + purchase * 11),
                    touchpoint: None,
                };
                let sale = world.sale(&mut tx, contact, sold).await;
                if purchase == 1 {
                    world.cost(&mut tx, sale, usd("4.5")).await;
                }
            }
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        world.scope.clock.advance(Duration::from_hours(1));
        let from_rows = every_cohort(&world).await;
        pack_days(&world.scope).await.unwrap();
        assert!(every_cohort(&world).await == from_rows);
        // Of days whose people are not packed, or not as they are now, the rows are read.
        for sql in [
            "UPDATE outcome_days SET format = 0, packed = substr(packed, 1, 1) WHERE kind LIKE '%-people' AND day < '2026-10-01'",
            "DELETE FROM outcome_days WHERE kind LIKE '%-people' AND day > '2026-10-15'",
            "INSERT INTO outcome_days_changed (workspace_id, kind, day) \
             SELECT workspace_id, kind || '-people', day FROM outcome_days WHERE kind IN ('lead', 'sale')",
        ] {
            world.execute(sql).await;
            assert!(every_cohort(&world).await == from_rows, "{sql}");
        }
        pack_days(&world.scope).await.unwrap();
        assert!(every_cohort(&world).await == from_rows);
        // Whose a sale is, and what it was, can change.
        let mut tx = world.write().await;
        let updated = world.scope.now();
        let sql = "UPDATE sales SET contact_id = $2, updated_at = $3 WHERE contact_id = $1";
        on_tx!(&mut tx, |c| sqlx::query(sql)
            .bind(contacts[3])
            .bind(contacts[6])
            .bind(updated)
            .execute(c)
            .await
            .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        world.scope.clock.advance(Duration::from_hours(1));
        let merged = every_cohort(&world).await;
        assert!(merged != from_rows);
        pack_days(&world.scope).await.unwrap();
        assert!(every_cohort(&world).await == merged);
        world.execute("UPDATE sales SET gross_micros = gross_micros + 5000000 WHERE completed_at > '2026-10-20'",
        )
        .await;
        let dearer = every_cohort(&world).await;
        assert!(dearer != merged);
        pack_days(&world.scope).await.unwrap();
        assert!(every_cohort(&world).await == dearer);
    })
    .await;
}
