use std::time::Duration;

use rumbo_base::PageRequest;

use super::*;
use crate::credit::check_credit;
use crate::opportunities::NewOpportunity;
use crate::stages;
use crate::testing::{at, contact, in_both};

fn new(contact: ContactId, reais: i64) -> NewSale {
    NewSale {
        contact_id: contact,
        opportunity_id: None,
        gross: Micros(reais * 1_000_000),
        currency: "BRL".parse().unwrap(),
        cost: None,
        quantity: None,
        reference: None,
        pending: false,
        at: None,
        external_id: None,
    }
}

#[tokio::test]
async fn a_sale_goes_only_where_it_can() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let pending = create(
            &mut tx,
            &scope,
            NewSale {
                pending: true,
                ..new(ana, 10)
            },
        )
        .await
        .unwrap();
        assert_eq!(
            (pending.status, pending.completed_at),
            (SaleStatus::Pending, None)
        );
        let lead = contacts::get(&mut tx, scope.workspace, ana).await.unwrap();
        assert_eq!(lead.status, contacts::ContactStatus::Lead);
        let error = refund(&mut tx, &scope, pending.id, Micros(1_000_000), None, None)
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::Conflict);
        let done = complete(&mut tx, &scope, pending.id, None).await.unwrap();
        assert_eq!(
            (done.status, done.completed_at),
            (SaleStatus::Completed, Some(scope.now()))
        );
        let customer = contacts::get(&mut tx, scope.workspace, ana).await.unwrap();
        assert_eq!(customer.status, contacts::ContactStatus::Customer);
        for wrong in [
            complete(&mut tx, &scope, pending.id, None)
                .await
                .unwrap_err(),
            cancel(&mut tx, &scope, pending.id).await.unwrap_err(),
        ] {
            assert_eq!(
                (wrong.code(), wrong.field_name()),
                (Code::Conflict, Some("status"))
            );
        }
        let other = create(
            &mut tx,
            &scope,
            NewSale {
                pending: true,
                ..new(ana, 10)
            },
        )
        .await
        .unwrap();
        assert_eq!(
            cancel(&mut tx, &scope, other.id).await.unwrap().status,
            SaleStatus::Cancelled
        );
        assert_eq!(
            complete(&mut tx, &scope, other.id, None)
                .await
                .unwrap_err()
                .code(),
            Code::Conflict
        );
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn refunds_add_up_to_the_sale_and_no_further() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        // A phone number in place of an amount would make every sum of sales fail.
        let huge = create(&mut tx, &scope, new(ana, 549_115_263_019)).await;
        let error = huge.unwrap_err();
        assert_eq!(
            (error.reason_id(), error.field_name()),
            (Some(rumbo_base::Reason::AmountTooLarge), Some("amount"))
        );
        let sale = create(&mut tx, &scope, new(ana, 10)).await.unwrap();
        for bad in [0, -1_000_000, 10_010_000, 5_000] {
            let error = refund(&mut tx, &scope, sale.id, Micros(bad), None, None)
                .await
                .unwrap_err();
            assert_eq!(
                (error.code(), error.field_name()),
                (Code::InvalidInput, Some("amount")),
                "{bad}"
            );
        }
        let part = refund(
            &mut tx,
            &scope,
            sale.id,
            Micros(4_000_000),
            None,
            Some("late"),
        )
        .await
        .unwrap();
        assert_eq!(
            (part.status, part.refunded_micros.0),
            (SaleStatus::Completed, 4_000_000)
        );
        let error = refund(&mut tx, &scope, sale.id, Micros(6_010_000), None, None)
            .await
            .unwrap_err();
        assert!(error.message().contains("6.00 BRL"), "{error}");
        scope.clock.advance(Duration::from_mins(1));
        let all = refund(&mut tx, &scope, sale.id, Micros(6_000_000), None, None)
            .await
            .unwrap();
        assert_eq!(
            (all.status, all.refunded_micros),
            (SaleStatus::Refunded, all.gross_micros)
        );
        assert_eq!(
            (all.refunded_at, all.completed_at),
            (Some(scope.now()), sale.completed_at)
        );
        assert_eq!(
            refund(&mut tx, &scope, sale.id, Micros(1), None, None)
                .await
                .unwrap_err()
                .code(),
            Code::Conflict
        );
        let entries = crate::timeline::timeline(&mut tx, scope.workspace, ana)
            .await
            .unwrap();
        let amounts: Vec<_> = entries
            .iter()
            .map(|e| (e.kind.as_str(), e.amount.unwrap().0.0))
            .collect();
        assert_eq!(
            amounts,
            [
                ("refund", 6_000_000),
                ("refund", 4_000_000),
                ("sale", 10_000_000)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn references_count_on_and_are_not_given_twice() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        let (ana, bob) = (
            contact(&scope, &mut tx, "Ana").await,
            contact(&scope, &mut tx, "Bob").await,
        );
        let named = |reference: &str| NewSale {
            reference: Some(reference.into()),
            ..new(ana, 10)
        };
        assert_eq!(
            create(&mut tx, &scope, new(ana, 1))
                .await
                .unwrap()
                .reference,
            "S-000001"
        );
        for odd in [
            "S-000041",
            "S-x",
            "S-",
            "S-99a",
            "S-99999999999999999999",
            "INV 7",
        ] {
            create(&mut tx, &scope, named(odd)).await.unwrap();
        }
        assert_eq!(
            create(&mut tx, &scope, new(ana, 1))
                .await
                .unwrap()
                .reference,
            "S-000042"
        );
        let error = create(&mut tx, &scope, named("INV 7")).await.unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (Code::Conflict, Some("reference"))
        );

        let theirs = opportunities::create(
            &mut tx,
            &scope,
            NewOpportunity {
                contact_id: bob,
                name: "Plan".into(),
                value: None,
                currency: Currency::USD,
                stage_id: None,
                owner_id: None,
                deadline_at: None,
                expected_close: None,
                opened_at: None,
                external_id: None,
            },
        )
        .await
        .unwrap();
        let error = create(
            &mut tx,
            &scope,
            NewSale {
                opportunity_id: Some(theirs.id),
                ..new(ana, 1)
            },
        )
        .await
        .unwrap_err();
        assert_eq!(error.field_name(), Some("opportunity_id"));
        for bad in [
            NewSale {
                gross: Micros(-1),
                ..new(ana, 1)
            },
            NewSale {
                gross: Micros(1),
                ..new(ana, 1)
            },
        ] {
            assert_eq!(
                create(&mut tx, &scope, bad).await.unwrap_err().field_name(),
                Some("amount")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_list_gives_every_sale_once_newest_first() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let (ana, bob) = (
            contact(&scope, &mut tx, "Ana").await,
            contact(&scope, &mut tx, "Bob").await,
        );
        for n in 0..9_u32 {
            let when = at("2026-01-01T00:00:00Z") + Duration::from_secs(u64::from(n / 2) * 60);
            let who = if n % 3 == 0 { bob } else { ana };
            create(
                &mut tx,
                &scope,
                NewSale {
                    at: Some(when),
                    cost: (n % 2 == 1).then_some(Micros(1_000_000)),
                    ..new(who, i64::from(n))
                },
            )
            .await
            .unwrap();
        }
        for (filter, total) in [
            (SaleFilter::default(), 9),
            (
                SaleFilter {
                    contact: Some(bob),
                    ..SaleFilter::default()
                },
                3,
            ),
            (
                SaleFilter {
                    without_cost: true,
                    ..SaleFilter::default()
                },
                5,
            ),
            (
                SaleFilter {
                    contact: Some(bob),
                    without_cost: true,
                    ..SaleFilter::default()
                },
                2,
            ),
            (
                SaleFilter {
                    status: Some(SaleStatus::Pending),
                    ..SaleFilter::default()
                },
                0,
            ),
        ] {
            let mut page = PageRequest {
                limit: Some(2),
                cursor: None,
            };
            let mut seen = Vec::new();
            loop {
                let rows = list(&mut tx, scope.workspace, &filter, &page)
                    .await
                    .unwrap();
                seen.extend(rows.rows);
                match rows.next {
                    Some(next) => page.cursor = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen.len(), total);
            assert!(
                seen.windows(2)
                    .all(|pair| (pair[0].occurred_at, pair[0].id)
                        > (pair[1].occurred_at, pair[1].id))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_sale_cost_is_said_later_and_the_version_before_is_kept() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let sale = create(&mut tx, &scope, new(ana, 10)).await.unwrap();
        scope.clock.advance(Duration::from_mins(1));
        let known = set_cost(&mut tx, &scope, sale.id, Some(Micros(4_000_000)))
            .await
            .unwrap();
        assert_eq!(known.cost_micros, Some(Micros(4_000_000)));
        assert_eq!(known.updated_at, scope.now());
        // The same once more changes nothing.
        scope.clock.advance(Duration::from_mins(1));
        let same = set_cost(&mut tx, &scope, sale.id, known.cost_micros)
            .await
            .unwrap();
        assert_eq!(same, known);
        let unknown = set_cost(&mut tx, &scope, sale.id, None).await.unwrap();
        assert_eq!(unknown.cost_micros, None);
        for wrong in [Micros(-1_000_000), Micros(1)] {
            let error = set_cost(&mut tx, &scope, sale.id, Some(wrong))
                .await
                .unwrap_err();
            assert_eq!(
                (error.code(), error.field_name()),
                (Code::InvalidInput, Some("cost"))
            );
        }
        let versions: Vec<(Option<i64>, ContactId)> = rumbo_db::on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT cost_micros, contact_id FROM sale_versions WHERE workspace_id = $1 ORDER BY replaced_at"
        )
        .bind(scope.workspace)
        .fetch_all(c)
        .await)
        .unwrap();
        assert_eq!(versions, [(None, ana), (Some(4_000_000), ana)]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sold_or_given_back_before_its_time() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let now = scope.now();
        let (hour, day) = (Duration::from_hours(1), Duration::from_hours(24));
        let sold_at = |at| NewSale {
            at: Some(at),
            ..new(ana, 10)
        };
        let ahead = create(&mut tx, &scope, sold_at(now + day + hour))
            .await
            .unwrap_err();
        assert_eq!(
            (ahead.code(), ahead.reason_id(), ahead.field_name()),
            (
                Code::InvalidInput,
                Some(Reason::DayInFuture),
                Some("occurred_at")
            )
        );
        // Another clock may be ahead of ours.
        create(&mut tx, &scope, sold_at(now + hour)).await.unwrap();

        let pending = NewSale {
            pending: true,
            ..new(ana, 10)
        };
        let pending = create(&mut tx, &scope, pending).await.unwrap();
        let paid = complete(&mut tx, &scope, pending.id, Some(now + 2 * day)).await;
        assert_eq!(paid.unwrap_err().reason_id(), Some(Reason::DayInFuture));

        // The workspace's days are those of São Paulo: 12:00 there.
        let noon = at("2026-03-10T15:00:00Z");
        let sale = create(&mut tx, &scope, sold_at(noon)).await.unwrap();
        let mut give_back = async |at| {
            let refunded = refund(&mut tx, &scope, sale.id, Micros(1_000_000), Some(at), None);
            refunded.await.map(|sale| sale.refunded_micros)
        };
        for (wrong, reason) in [
            (now + 2 * day, Reason::DayInFuture),
            (at("2026-03-10T02:59:59Z"), Reason::RefundBeforeSale),
        ] {
            let error = give_back(wrong).await.unwrap_err();
            assert_eq!(
                (error.reason_id(), error.field_name()),
                (Some(reason), Some("refunded_at"))
            );
        }
        // Of the day alone it is known that it is the sale's.
        let given = give_back(at("2026-03-10T03:00:00Z")).await.unwrap();
        assert_eq!(given, Micros(1_000_000));
    })
    .await;
}
