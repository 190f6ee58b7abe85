use super::*;
use crate::testing::{at, contact, in_both, synced_ad};
use crate::touchpoints::{self, NewTouchpoint};

#[tokio::test]
async fn a_touch_shows_where_it_came_from_and_whether_it_waits() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        synced_ad(&scope, &mut tx, 1).await;
        let ana = contact(&scope, &mut tx, "Ana").await;
        for (ad, day) in [
            ("d1", "2026-01-01T00:00:00Z"),
            ("d9", "2026-01-02T00:00:00Z"),
        ] {
            let new = NewTouchpoint {
                occurred_at: Some(at(day)),
                source: "META_ADS".into(),
                ad_external_id: Some(ad.into()),
                ..NewTouchpoint::default()
            };
            touchpoints::add(&mut tx, &scope, ana, new).await.unwrap();
        }
        let entries = timeline(&mut tx, scope.workspace, ana).await.unwrap();
        let seen: Vec<_> = entries
            .iter()
            .map(|e| {
                let touch = e.touch.as_ref().unwrap();
                (
                    touch.ad.as_deref(),
                    touch.campaign.as_deref(),
                    touch.waiting_for_sync,
                    e.detail.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (Some("d9"), None, true, None),
                (Some("Ad 1"), Some("Campaign 1"), false, Some("Headline 1")),
            ]
        );
    })
    .await;
}
