use rumbo_base::Currency;
use rumbo_db::testing::{TestDb, on_both};
use rumbo_db::{Tx, on_tx};
use rumbo_meta::objects::{Ad, AdCreative, AdSet, Campaign, MinorUnits, NodeRef};
use rumbo_platform::Scope;

use super::{
    ObjectCounts, bare_creatives, store_ad_sets, store_ads, store_campaigns, store_creatives,
};
use crate::insights::AccountKey;
use crate::setting_changes::Watch;
use crate::testing::{account, workspace};

async fn world(test: &TestDb) -> (Scope, AccountKey) {
    let workspace = workspace(test).await;
    let scope = Scope {
        db: test.db.clone(),
        clock: test.clock.clone(),
        entropy: test.entropy.clone(),
        workspace,
        actor: None,
    };
    let mut tx = scope.write().await.unwrap();
    let key = account(test, &mut tx, workspace, "1").await;
    tx.commit().await.unwrap();
    (scope, key)
}

fn campaign(id: &str, name: &str) -> Campaign {
    Campaign {
        id: id.to_owned(),
        name: Some(name.to_owned()),
        status: Some("ACTIVE".to_owned()),
        daily_budget: Some(MinorUnits(5_000)),
        lifetime_budget: Some(MinorUnits(0)),
        ..Campaign::default()
    }
}

fn counts(added: u64, changed: u64, unchanged: u64, gone: u64) -> ObjectCounts {
    ObjectCounts {
        added,
        changed,
        unchanged,
        gone,
    }
}

async fn marks(tx: &mut Tx) -> Vec<String> {
    on_tx!(tx, |c| sqlx::query_scalar(
        "SELECT external_id || ' ' || name || CASE WHEN deleted_at IS NULL THEN '' ELSE ' deleted' END \
         || CASE WHEN last_seen_at IS NULL THEN '' ELSE ' not seen' END FROM ad_campaigns ORDER BY external_id"
    )
    .fetch_all(c)
    .await)
    .unwrap()
}

#[tokio::test]
async fn a_listing_touches_only_what_changed_and_marks_what_is_gone() {
    on_both(|test| async move {
        let (scope, key) = world(&test).await;
        let mut tx = scope.write().await.unwrap();
        let both = || vec![campaign("10", "Sofas"), campaign("11", "Tables")];
        assert_eq!(
            store_campaigns(&mut tx, &scope, key, both(), true, &Watch::nothing())
                .await
                .unwrap(),
            counts(2, 0, 0, 0)
        );
        scope.clock.advance(std::time::Duration::from_hours(1));
        assert_eq!(
            store_campaigns(&mut tx, &scope, key, both(), true, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 0, 2, 0)
        );
        let one = || vec![campaign("10", "Sillones")];
        assert_eq!(
            store_campaigns(&mut tx, &scope, key, one(), true, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 1, 0, 1)
        );
        assert_eq!(
            marks(&mut tx).await,
            ["10 Sillones", "11 Tables deleted not seen"]
        );
        // Still gone is no news; a listing that is not complete marks nothing.
        assert_eq!(
            store_campaigns(&mut tx, &scope, key, one(), true, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 0, 1, 0)
        );
        assert_eq!(
            store_campaigns(&mut tx, &scope, key, vec![], false, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 0, 0, 0)
        );
        // It comes back; another one is deleted at Meta and still listed.
        let mut listing = both();
        listing[0].status = Some("DELETED".to_owned());
        assert_eq!(
            store_campaigns(
                &mut tx,
                &scope,
                key,
                listing.clone(),
                true,
                &Watch::nothing()
            )
            .await
            .unwrap(),
            counts(0, 2, 0, 0)
        );
        assert_eq!(marks(&mut tx).await, ["10 Sofas deleted", "11 Tables"]);
        assert_eq!(
            store_campaigns(&mut tx, &scope, key, listing, true, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 0, 2, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn money_arrives_in_metas_own_minor_unit() {
    let (scope, key) = world(&TestDb::sqlite().await).await;
    for (code, micros) in [
        ("USD", 50_000_000_i64),
        ("JPY", 5_000_000_000),
        ("CLP", 5_000_000_000),
        ("BHD", 50_000_000),
    ] {
        let mut tx = scope.write().await.unwrap();
        let key = AccountKey {
            currency: code.parse::<Currency>().unwrap(),
            ..key
        };
        store_campaigns(
            &mut tx,
            &scope,
            key,
            vec![campaign(code, code)],
            false,
            &Watch::nothing(),
        )
        .await
        .unwrap();
        let (daily, lifetime): (i64, Option<i64>) = on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT daily_budget_micros, lifetime_budget_micros FROM ad_campaigns WHERE external_id = $1"
        )
        .bind(code)
        .fetch_one(c)
        .await)
        .unwrap();
        // 0 is Meta's way of writing that there is no such budget.
        assert_eq!((daily, lifetime), (micros, None), "{code}");
    }
}

#[tokio::test]
async fn children_may_come_before_their_parents() {
    on_both(|test| async move {
        let (scope, key) = world(&test).await;
        let mut tx = scope.write().await.unwrap();
        let ad = Ad {
            id: "30".to_owned(),
            name: Some("Foto".to_owned()),
            status: Some("ACTIVE".to_owned()),
            campaign_id: Some("10".to_owned()),
            adset_id: Some("20".to_owned()),
            creative: Some(NodeRef {
                id: "40".to_owned(),
                name: None,
            }),
            ..Ad::default()
        };
        assert_eq!(
            store_ads(
                &mut tx,
                &scope,
                key,
                vec![ad.clone()],
                true,
                &Watch::nothing()
            )
            .await
            .unwrap(),
            counts(1, 0, 0, 0)
        );
        assert_eq!(marks(&mut tx).await, ["10 10"]);
        assert_eq!(
            bare_creatives(&mut tx, scope.workspace, key.id)
                .await
                .unwrap(),
            ["40"]
        );
        let ad_set = AdSet {
            id: "20".to_owned(),
            campaign_id: Some("10".to_owned()),
            ..AdSet::default()
        };
        assert_eq!(
            store_ad_sets(&mut tx, &scope, key, vec![ad_set], true, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 1, 0, 0)
        );
        assert_eq!(
            store_campaigns(
                &mut tx,
                &scope,
                key,
                vec![campaign("10", "Sofas")],
                true,
                &Watch::nothing()
            )
            .await
            .unwrap(),
            counts(0, 1, 0, 0)
        );
        let creative = AdCreative {
            id: "40".to_owned(),
            title: Some("Tu sillón".to_owned()),
            ..AdCreative::default()
        };
        assert_eq!(
            store_creatives(&mut tx, &scope, key, vec![creative], &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 1, 0, 0)
        );
        assert!(
            bare_creatives(&mut tx, scope.workspace, key.id)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(marks(&mut tx).await, ["10 Sofas"]);
        assert_eq!(
            store_ads(&mut tx, &scope, key, vec![ad], true, &Watch::nothing())
                .await
                .unwrap(),
            counts(0, 0, 1, 0)
        );
    })
    .await;
}
