use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rumbo_base::{Currency, Micros};

use super::*;
use crate::contacts;
use crate::opportunities::{self, NewOpportunity};
use crate::sales::{self, NewSale};
use crate::stages;
use crate::testing::{at, contact, in_both};
use crate::touchpoints::{self, NewTouchpoint};

fn touch(when: &str, source: &str) -> NewTouchpoint {
    NewTouchpoint {
        occurred_at: Some(at(when)),
        source: source.into(),
        ..NewTouchpoint::default()
    }
}

fn sale(contact: ContactId, when: &str, pending: bool) -> NewSale {
    NewSale {
        contact_id: contact,
        opportunity_id: None,
        gross: Micros(100_000_000),
        currency: Currency::USD,
        cost: None,
        quantity: None,
        reference: None,
        pending,
        at: Some(at(when)),
        external_id: None,
    }
}

#[tokio::test]
async fn the_last_touch_at_or_before_takes_the_credit() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let sold = sales::create(&mut tx, &scope, sale(ana, "2026-03-10T12:00:00Z", false))
            .await
            .unwrap();
        assert_eq!(
            (sold.touchpoint_id, sold.attribution_source.as_str()),
            (None, "ORGANIC")
        );
        let known = contacts::get(&mut tx, scope.workspace, ana).await.unwrap();
        assert_eq!(known.first_seen_at, at("2026-03-10T12:00:00Z"));
        assert_eq!(known.status, contacts::ContactStatus::Customer);

        // Later touches and those after the sale come in any order.
        let mut ids = Vec::new();
        for (when, source) in [
            ("2026-03-10T12:00:01Z", "GOOGLE_ADS"),
            ("2026-03-01T00:00:00Z", "META_ADS"),
            ("2026-03-10T12:00:00Z", "REFERRAL"),
        ] {
            ids.push(
                touchpoints::add(&mut tx, &scope, ana, touch(when, source))
                    .await
                    .unwrap()
                    .0,
            );
        }
        let sold = sales::get(&mut tx, scope.workspace, sold.id).await.unwrap();
        assert_eq!(
            (sold.touchpoint_id, sold.attribution_source.as_str()),
            (Some(ids[2]), "REFERRAL")
        );
        let known = contacts::get(&mut tx, scope.workspace, ana).await.unwrap();
        assert_eq!(known.first_touchpoint_id, Some(ids[1]));
        assert_eq!(known.first_seen_at, at("2026-03-01T00:00:00Z"));

        let opened = opportunities::create(
            &mut tx,
            &scope,
            NewOpportunity {
                contact_id: ana,
                name: "Plan".into(),
                value: None,
                currency: Currency::USD,
                stage_id: None,
                owner_id: None,
                deadline_at: None,
                expected_close: None,
                opened_at: Some(at("2026-03-05T00:00:00Z")),
                external_id: None,
            },
        )
        .await
        .unwrap();
        assert_eq!(opened.touchpoint_id, Some(ids[1]));

        // A pending sale goes by the day it was agreed, then by the day it was paid.
        let pending = sales::create(&mut tx, &scope, sale(ana, "2026-03-02T00:00:00Z", true))
            .await
            .unwrap();
        assert_eq!(pending.touchpoint_id, Some(ids[1]));
        let paid = Some(at("2026-04-01T00:00:00Z"));
        let paid = sales::complete(&mut tx, &scope, pending.id, paid)
            .await
            .unwrap();
        assert_eq!(paid.touchpoint_id, Some(ids[0]));
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_check_finds_what_was_written_past_the_rules() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        touchpoints::add(
            &mut tx,
            &scope,
            ana,
            touch("2026-03-01T00:00:00Z", "META_ADS"),
        )
        .await
        .unwrap();
        let sold = sales::create(&mut tx, &scope, sale(ana, "2026-03-10T12:00:00Z", false))
            .await
            .unwrap();
        for sql in [
            "UPDATE sales SET touchpoint_id = NULL WHERE workspace_id = $1",
            "UPDATE contacts SET first_touchpoint_id = NULL WHERE workspace_id = $1",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql)
                .bind(scope.workspace)
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
        }
        let found = check_credit(&mut tx, scope.workspace).await.unwrap();
        assert_eq!(
            found,
            [
                Difference {
                    table: "contacts",
                    id: ana.0
                },
                Difference {
                    table: "sales",
                    id: sold.id.0
                }
            ]
        );
        assert_eq!(recredit(&mut tx, &scope, &[ana]).await.unwrap(), 2);
        assert_eq!(recredit(&mut tx, &scope, &[ana]).await.unwrap(), 0);
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

/// In minutes after some start: touches, then sales of two contacts.
type Plan = Vec<(bool, bool, u16)>;

#[tokio::test]
async fn any_order_of_entries_credits_as_the_rule_read_in_rust_does() {
    let plans: Vec<Plan> = {
        let mut runner = TestRunner::deterministic();
        let strategy = prop::collection::vec((any::<bool>(), any::<bool>(), 0_u16..20), 1..14);
        (0..12)
            .map(|_| strategy.new_tree(&mut runner).unwrap().current())
            .collect()
    };
    in_both(|scope| {
        let plans = plans.clone();
        async move {
            for plan in plans {
                let mut tx = scope.write().await.unwrap();
                let people = [
                    contact(&scope, &mut tx, "A").await,
                    contact(&scope, &mut tx, "B").await,
                ];
                let start = at("2026-01-01T00:00:00Z");
                let mut touches = Vec::new();
                let mut sold = Vec::new();
                for (is_touch, second, minute) in plan {
                    let person = people[usize::from(second)];
                    let when = start + Duration::from_secs(u64::from(minute) * 60);
                    if is_touch {
                        let new = NewTouchpoint {
                            occurred_at: Some(when),
                            ..touch("2026-01-01T00:00:00Z", "WEB")
                        };
                        let (id, _) = touchpoints::add(&mut tx, &scope, person, new)
                            .await
                            .unwrap();
                        touches.push((person, when, id));
                    } else {
                        let new = NewSale {
                            at: Some(when),
                            ..sale(person, "2026-01-01T00:00:00Z", false)
                        };
                        sold.push((
                            person,
                            when,
                            sales::create(&mut tx, &scope, new).await.unwrap().id,
                        ));
                    }
                }
                for (person, when, id) in sold {
                    let due = touches
                        .iter()
                        .filter(|(who, at, _)| *who == person && *at <= when)
                        .max_by_key(|(_, at, id)| (*at, *id))
                        .map(|(_, _, id)| *id);
                    let stored = sales::get(&mut tx, scope.workspace, id).await.unwrap();
                    assert_eq!(stored.touchpoint_id, due);
                }
                assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
                tx.rollback().await.unwrap();
            }
        }
    })
    .await;
}
