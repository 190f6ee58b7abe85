//! What changed is told by its right name.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, SaleId};
use rumbo_crm::contacts::{self, Contact, ContactFields, ContactKind};
use rumbo_crm::merges;
use rumbo_crm::sales::{self, NewSale};
use rumbo_crm::touchpoints::{self, NewTouchpoint};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Basis, Cause, Change, ChangesRequest, Filter, Grain, Refunds, changes,
};

use crate::world::{World, at, range, usd};

struct Told {
    world: World,
    attribution: Attribution,
}

impl Told {
    async fn touched(&self, id: rumbo_base::ContactId, when: &str) {
        let touch = NewTouchpoint {
            occurred_at: Some(at(when)),
            source: "META_ADS".to_owned(),
            campaign_external_id: Some("c1".to_owned()),
            ..NewTouchpoint::default()
        };
        let mut tx = self.world.write().await;
        touchpoints::add(&mut tx, &self.world.scope, id, touch)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn came(&self, name: &str, when: &str) -> Contact {
        let fields = ContactFields {
            name: Some(name.to_owned()),
            ..ContactFields::default()
        };
        let mut tx = self.world.write().await;
        let made = contacts::create(&mut tx, &self.world.scope, fields)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.touched(made.id, when).await;
        made
    }

    async fn sold(&self, contact: &Contact, when: &str) -> SaleId {
        let new = NewSale {
            contact_id: contact.id,
            gross: usd("100"),
            currency: Currency::USD,
            pending: false,
            at: Some(at(when)),
            opportunity_id: None,
            cost: None,
            quantity: None,
            reference: None,
            external_id: None,
        };
        let mut tx = self.world.write().await;
        let sale = sales::create(&mut tx, &self.world.scope, new)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        sale.id
    }

    fn moment(&self) -> DateTime<Utc> {
        let now = self.world.scope.now();
        self.world.scope.clock.advance(Duration::from_mins(1));
        now
    }

    /// Which causes moved the leads, the sales and the revenue of March since a moment.
    async fn since(&self, since: DateTime<Utc>) -> Vec<(Cause, i64, i64, i64)> {
        let request = ChangesRequest {
            grain: Grain::Campaign,
            range: range("2026-03-01", "2026-03-31"),
            filter: Filter::default(),
            attribution_then: self.attribution,
            attribution: self.attribution,
            since,
            until: None,
            convert_to: None,
        };
        let told = changes(&self.world.scope, request).await.unwrap();
        let Change { parts, .. } = &told.groups[0].total;
        let moved = Cause::ALL.iter().zip(parts).map(|(cause, part)| {
            let sales = part.sales.0 / 1_000_000;
            (*cause, part.leads, sales, part.revenue.0 / 1_000_000)
        });
        moved
            .filter(|(_, leads, sales, revenue)| (*leads, *sales, *revenue) != (0, 0, 0))
            .collect()
    }
}

#[tokio::test]
async fn what_people_turned_out_to_be_is_no_late_row() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        world.campaign(&mut tx, account, "c1").await;
        tx.commit().await.unwrap();
        let told = Told {
            world,
            attribution: Attribution {
                basis: Basis::Lead,
                refunds: Refunds::Cash,
                ..Attribution::default()
            },
        };
        let scope = &told.world.scope;
        let ana = told.came("Ana", "2026-03-02T10:00:00Z").await;
        let bea = told.came("Bea", "2026-03-05T10:00:00Z").await;
        told.sold(&ana, "2026-03-10T10:00:00Z").await;

        // Two turn out to be one, and then two again: nobody came late.
        let apart = told.moment();
        let mut tx = told.world.write().await;
        let merge = merges::merge(&mut tx, scope, ana.id, bea.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told.since(apart).await, [(Cause::Reattributed, -1, 0, 0)]);
        let one = told.moment();
        let mut tx = told.world.write().await;
        merges::undo(&mut tx, scope, merge.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told.since(one).await, [(Cause::Reattributed, 1, 0, 0)]);
        assert_eq!(told.since(apart).await, []);

        // Somebody of the house was taken for a lead.
        for (kind, leads) in [(ContactKind::Internal, -1), (ContactKind::Prospect, 1)] {
            let before = told.moment();
            let fields = ContactFields {
                kind: Some(kind),
                ..ContactFields::default()
            };
            let mut tx = told.world.write().await;
            contacts::update(&mut tx, scope, bea.id, fields)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            assert_eq!(told.since(before).await, [(Cause::Corrected, leads, 0, 0)]);
        }

        // By lead date, a touch before March that became known takes the lead out of the month, and
        // its sale with it: the sale itself was not set right.
        let before = told.moment();
        told.touched(ana.id, "2026-02-20T10:00:00Z").await;
        assert_eq!(
            told.since(before).await,
            [(Cause::Reattributed, -1, -1, -100)]
        );

        // Who comes now and is entered with an earlier day is late.
        let before = told.moment();
        told.came("Cid", "2026-03-09T10:00:00Z").await;
        assert_eq!(told.since(before).await, [(Cause::Late, 1, 0, 0)]);
    })
    .await;
}
