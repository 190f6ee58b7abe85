use std::time::Duration;

use rumbo_base::Code;

use super::*;
use crate::credit::check_credit;
use crate::testing::{at, contact, dump, in_both, synced_ad};

fn from_ad(ad: &str, id: &str) -> NewTouchpoint {
    NewTouchpoint {
        occurred_at: Some(at("2026-11-01T10:00:00Z")),
        source: "META_ADS".into(),
        ad_external_id: Some(ad.into()),
        external_id: Some(id.into()),
        ..NewTouchpoint::default()
    }
}

#[tokio::test]
async fn a_touchpoint_waits_for_its_ad_and_is_linked_when_it_comes() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let (waiting, written) = add(&mut tx, &scope, ana, from_ad("d1", "x")).await.unwrap();
        assert_eq!(written, Written::Added);
        let by_set = NewTouchpoint {
            ad_external_id: None,
            ad_set_external_id: Some("s1".into()),
            ..from_ad("", "y")
        };
        let (by_set, _) = add(&mut tx, &scope, ana, by_set).await.unwrap();
        let stranger = NewTouchpoint {
            ad_external_id: None,
            campaign_external_id: Some("c1".into()),
            ..from_ad("", "z")
        };
        let (by_campaign, _) = add(&mut tx, &scope, ana, stranger).await.unwrap();
        assert_eq!(link_waiting(&mut tx, &scope).await.unwrap(), 0);
        let touch = get(&mut tx, scope.workspace, waiting).await.unwrap();
        assert_eq!(
            (touch.ad_external_id.as_deref(), touch.ad_id),
            (Some("d1"), None)
        );

        synced_ad(&scope, &mut tx, 1).await;
        synced_ad(&scope, &mut tx, 2).await;
        scope.clock.advance(Duration::from_secs(1));
        assert_eq!(link_waiting(&mut tx, &scope).await.unwrap(), 3);
        let touch = get(&mut tx, scope.workspace, waiting).await.unwrap();
        assert!(
            touch.ad_id.is_some() && touch.ad_set_id.is_some() && touch.ad_campaign_id.is_some()
        );
        assert_eq!(touch.ad_headline.as_deref(), Some("Headline 1"));
        assert_eq!(touch.updated_at, scope.now());
        let set = get(&mut tx, scope.workspace, by_set).await.unwrap();
        assert_eq!(
            (set.ad_set_id, set.ad_campaign_id, set.ad_id),
            (touch.ad_set_id, touch.ad_campaign_id, None)
        );
        let campaign = get(&mut tx, scope.workspace, by_campaign).await.unwrap();
        assert_eq!(
            (campaign.ad_campaign_id, campaign.ad_set_id),
            (touch.ad_campaign_id, None)
        );
        assert_eq!(link_waiting(&mut tx, &scope).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_ad_overrules_the_campaign_that_a_lead_names() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        synced_ad(&scope, &mut tx, 1).await;
        synced_ad(&scope, &mut tx, 2).await;
        let ana = contact(&scope, &mut tx, "Ana").await;
        let new = NewTouchpoint {
            campaign_external_id: Some("c2".into()),
            ..from_ad("d1", "x")
        };
        let (id, _) = add(&mut tx, &scope, ana, new).await.unwrap();
        let (other, _) = add(&mut tx, &scope, ana, from_ad("d1", "y")).await.unwrap();
        let campaign = get(&mut tx, scope.workspace, id)
            .await
            .unwrap()
            .ad_campaign_id;
        assert!(campaign.is_some());
        assert_eq!(
            campaign,
            get(&mut tx, scope.workspace, other)
                .await
                .unwrap()
                .ad_campaign_id
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_touchpoint_again_touches_nothing_and_a_new_ad_links_anew() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        synced_ad(&scope, &mut tx, 1).await;
        synced_ad(&scope, &mut tx, 2).await;
        let ana = contact(&scope, &mut tx, "Ana").await;
        let (id, _) = add(&mut tx, &scope, ana, from_ad("d1", "x")).await.unwrap();
        tx.commit().await.unwrap();
        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_mins(1));
        let mut tx = scope.write().await.unwrap();
        let again = add(&mut tx, &scope, ana, from_ad("d1", "x")).await.unwrap();
        assert_eq!(again, (id, Written::Unchanged));
        tx.commit().await.unwrap();
        assert_eq!(dump(&scope).await, before);

        let mut tx = scope.write().await.unwrap();
        let first = get(&mut tx, scope.workspace, id).await.unwrap();
        let eva = contact(&scope, &mut tx, "Eva").await;
        let moved = add(&mut tx, &scope, eva, from_ad("d2", "x")).await.unwrap();
        assert_eq!(moved, (id, Written::Changed));
        let second = get(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!(second.contact_id, eva);
        assert!(second.ad_campaign_id.is_some() && second.ad_campaign_id != first.ad_campaign_id);
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
        let ana = contacts::get(&mut tx, scope.workspace, ana).await.unwrap();
        assert_eq!(ana.first_touchpoint_id, None);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let future = NewTouchpoint {
            occurred_at: Some(at("2027-11-01T10:00:00Z")),
            ..from_ad("d", "x")
        };
        let error = add(&mut tx, &scope, ana, future).await.unwrap_err();
        assert_eq!(error.field_name(), Some("occurred_at"));
        let error = add(&mut tx, &scope, scope.id(), from_ad("d", "x"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::NotFound);
    })
    .await;
}
