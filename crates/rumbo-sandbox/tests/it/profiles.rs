//! The larger businesses.

use std::collections::BTreeSet;

use rumbo_sandbox::Profile;

use crate::client::Meta;

#[tokio::test]
async fn the_small_shop_is_what_the_screens_show() {
    let meta = Meta::small().await;
    let (mut campaigns, mut sets, mut ads) = (0, 0, 0);
    let all = [
        (
            "effective_status",
            r#"["ACTIVE","PAUSED","ARCHIVED","DELETED"]"#,
        ),
        ("limit", "500"),
    ];
    for account in &meta.at.ad_account_ids {
        campaigns += meta.all(&format!("{account}/campaigns"), &all).await.len();
        sets += meta
            .all(&format!("{account}/adsets"), &[("limit", "500")])
            .await
            .len();
        ads += meta
            .all(&format!("{account}/ads"), &[("limit", "500")])
            .await
            .len();
    }
    assert_eq!(campaigns, 12);
    assert!((26..=32).contains(&sets), "{sets}");
    assert!((75..=95).contains(&ads), "{ads}");
}

#[tokio::test]
async fn the_agency_has_eight_currencies() {
    let meta = Meta::profile(Profile::Agency).await;
    let accounts = meta
        .all(
            "me/adaccounts",
            &[("fields", "id,currency,min_daily_budget"), ("limit", "50")],
        )
        .await;
    assert_eq!(accounts.len(), 20);
    assert_eq!(meta.at.business_ids.len(), 4);
    let currencies: BTreeSet<&str> = accounts
        .iter()
        .map(|account| account["currency"].as_str().unwrap())
        .collect();
    assert_eq!(
        currencies,
        BTreeSet::from(["ARS", "BHD", "BRL", "CLP", "COP", "EUR", "JPY", "USD"])
    );
    let mut closed = 0;
    for account in &accounts {
        let answer = meta
            .get(
                &format!("{}/insights", account["id"].as_str().unwrap()),
                &[("fields", "spend,account_currency")],
            )
            .await;
        if answer.status == 403 {
            assert_eq!(answer.error().0, 200);
            closed += 1;
            continue;
        }
        let spend = answer.rows()[0]["spend"].as_str().unwrap();
        let decimals = spend
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        let most = if ["CLP", "COP", "JPY"].contains(&account["currency"].as_str().unwrap()) {
            0
        } else {
            2
        };
        assert!(decimals <= most, "{account}: {spend}");
    }
    assert_eq!(closed, 1);
    assert_eq!(meta.all("me/assigned_ad_accounts", &[]).await.len(), 19);
    let client: usize = futures_sum(&meta).await;
    assert_eq!(client, 5);
}

async fn futures_sum(meta: &Meta) -> usize {
    let mut total = 0;
    for business in &meta.at.business_ids {
        total += meta
            .all(&format!("{business}/client_ad_accounts"), &[])
            .await
            .len();
    }
    total
}

#[tokio::test]
async fn the_huge_business_is_worked_out_on_demand() {
    let started = std::time::Instant::now();
    let meta = Meta::profile(Profile::Huge).await;
    assert!(
        started.elapsed().as_secs() < 5,
        "nothing is worked out beforehand"
    );
    assert_eq!(meta.at.ad_account_ids.len(), 50);
    let account = meta.account(7).to_owned();
    let ads = meta
        .all(&format!("{account}/ads"), &[("limit", "500")])
        .await;
    assert_eq!(ads.len(), 200);
    let range = r#"{"since":"2024-03-01","until":"2024-03-30"}"#;
    let rows = meta
        .all(
            &format!("{account}/insights"),
            &[
                ("fields", "ad_id,spend"),
                ("level", "ad"),
                ("time_increment", "1"),
                ("time_range", range),
                ("limit", "2000"),
            ],
        )
        .await;
    assert!((5_400..=6_000).contains(&rows.len()), "{}", rows.len());
}
