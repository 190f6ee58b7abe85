use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use rumbo_meta::leads;
use rumbo_meta::marketing::{self, Filter, InsightsQuery};
use rumbo_meta::objects::{
    Ad, AdAccount, AdCreative, AdSet, Campaign, InsightRow, JobStatus, Lead,
};

use super::meta;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every field and parameter that is asked for passes a server that refuses unknown ones.
#[tokio::test]
async fn every_list_can_be_read_with_the_fields_asked_for() {
    let meta = meta().await;
    let client = meta.signed_in();
    let businesses = marketing::businesses(&client).await.unwrap();
    let business = businesses[0].id.as_str();
    let mut owned: Vec<AdAccount> = marketing::owned_ad_accounts(&client, business)
        .collect()
        .await
        .unwrap();
    owned.append(
        &mut marketing::client_ad_accounts(&client, business)
            .collect()
            .await
            .unwrap(),
    );
    assert!(!owned.is_empty());
    let mine: Vec<AdAccount> = marketing::my_ad_accounts(&client).collect().await.unwrap();
    assert_eq!(mine.len(), meta.facts.ad_account_ids.len());
    for account in &mine {
        assert!(
            account.currency.is_some() && account.timezone_name.is_some(),
            "{account:?}"
        );
        let one = marketing::ad_account(&client, &account.id).await.unwrap();
        assert_eq!(one.account_id, account.account_id);
    }
    marketing::owned_pages(&client, business).await.unwrap();
    marketing::client_pages(&client, business).await.unwrap();
    let whatsapp = marketing::owned_whatsapp_accounts(&client, business)
        .await
        .unwrap();
    marketing::client_whatsapp_accounts(&client, business)
        .await
        .unwrap();
    for account in &whatsapp {
        assert!(
            !marketing::whatsapp_phones(&client, &account.id)
                .await
                .unwrap()
                .is_empty()
        );
    }
    let granted = marketing::permissions(&client).await.unwrap();
    assert!(granted.iter().any(|line| line.permission == "ads_read"));
    assert!(
        !client.usage().readings().is_empty(),
        "usage headers were read"
    );
}

#[tokio::test]
async fn objects_are_listed_with_the_deleted_ones_and_since_a_time() {
    let meta = meta().await;
    let client = meta.signed_in();
    let (mut states, mut campaigns, mut ads) = (Vec::new(), 0, Vec::new());
    for account in &meta.facts.ad_account_ids {
        let rows: Vec<Campaign> = marketing::campaigns(&client, account, None)
            .collect()
            .await
            .unwrap();
        campaigns += rows.len();
        states.extend(rows.into_iter().filter_map(|row| row.effective_status));
        let sets: Vec<AdSet> = marketing::ad_sets(&client, account, None)
            .collect()
            .await
            .unwrap();
        let mut rows: Vec<Ad> = marketing::ads(&client, account, None)
            .collect()
            .await
            .unwrap();
        assert!(rows.is_empty() || !sets.is_empty());
        ads.append(&mut rows);
        let creatives: Vec<AdCreative> = marketing::creatives(&client, account)
            .collect()
            .await
            .unwrap();
        if let Some(creative) = creatives.first() {
            let content = creative.content();
            assert!(
                content.headline.is_some() && content.body.is_some(),
                "{creative:?}"
            );
        }
        let later = meta.clock.now() + TimeDelta::days(1);
        let none: Vec<Ad> = marketing::ads(&client, account, Some(later))
            .collect()
            .await
            .unwrap();
        assert!(none.is_empty(), "nothing changed in the future");
    }
    assert!(
        campaigns >= 12 && ads.len() >= 80,
        "{campaigns} campaigns, {} ads",
        ads.len()
    );
    assert!(
        states
            .iter()
            .any(|state| state == "ARCHIVED" || state == "DELETED"),
        "hidden ones too: {states:?}"
    );
    let ids: Vec<String> = ads
        .iter()
        .filter_map(|ad| ad.creative.clone())
        .map(|c| c.id)
        .take(60)
        .collect();
    let account = &meta.facts.ad_account_ids[0];
    let creatives = marketing::creatives_by_id(&client, account, &ids, AdCreative::FIELDS)
        .await
        .unwrap();
    assert_eq!(creatives.len(), ids.len());
    for (creative, id) in creatives.into_iter().zip(&ids) {
        assert_eq!(creative.unwrap().id, *id);
    }
}

/// Ad-days as `(ad, day, spend)` from the pages.
async fn ad_days(mut pages: rumbo_meta::graph::Pages) -> Vec<(String, NaiveDate, Option<i64>)> {
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        for row in page.rows::<InsightRow<'_>>().unwrap() {
            assert_eq!(row.date_start, row.date_stop);
            let spend = row.spend_micros().unwrap().map(|micros| micros.0);
            rows.push((row.ad_id.unwrap().into_owned(), row.date_start, spend));
            if let Some(actions) = row.actions {
                assert!(!actions.entries().unwrap().is_empty());
            }
        }
    }
    rows.sort();
    rows
}

#[tokio::test]
async fn insights_at_once_and_by_job_are_the_same() {
    let meta = meta().await;
    let client = meta.signed_in();
    let account = &meta.facts.ad_account_ids[0];
    let query = InsightsQuery::ad_days(day("2026-10-01"), day("2026-10-14"));
    let at_once = ad_days(marketing::insights(&client, account, &query)).await;
    assert!(at_once.len() > 50, "{}", at_once.len());

    let jobs: Vec<_> = marketing::start_jobs(&client, account, std::slice::from_ref(&query))
        .await
        .unwrap();
    let jobs: Vec<_> = jobs.into_iter().map(Result::unwrap).collect();
    for _ in 0..100 {
        let runs = marketing::poll_jobs(&client, account, &jobs).await.unwrap();
        if runs[0].as_ref().unwrap().async_status == JobStatus::Completed {
            let by_job = ad_days(marketing::read_job(&client, account, &jobs[0])).await;
            assert_eq!(by_job, at_once);
            return;
        }
        meta.clock.sleep(Duration::from_secs(5)).await;
        meta.sandbox.control().advance(TimeDelta::seconds(5));
    }
    panic!("the job did not finish");
}

#[tokio::test]
async fn insights_can_be_split_and_broken_down() {
    let meta = meta().await;
    let client = meta.signed_in();
    let account = &meta.facts.ad_account_ids[0];
    let whole = InsightsQuery::ad_days(day("2026-10-01"), day("2026-10-03"));
    let all = ad_days(marketing::insights(&client, account, &whole)).await;
    let campaigns: Vec<Campaign> = marketing::campaigns(&client, account, None)
        .collect()
        .await
        .unwrap();
    let mut parts = Vec::new();
    for campaign in campaigns {
        let filters = vec![Filter::any_of("campaign.id", &[campaign.id])];
        let part = InsightsQuery {
            filters,
            ..whole.clone()
        };
        parts.append(&mut ad_days(marketing::insights(&client, account, &part)).await);
    }
    parts.sort();
    assert_eq!(parts, all, "the parts are the whole");

    let breakdowns = vec!["age".to_owned(), "gender".to_owned()];
    let query = InsightsQuery {
        breakdowns,
        ..whole
    };
    let page = marketing::insights(&client, account, &query)
        .next()
        .await
        .unwrap()
        .unwrap();
    let rows = page.rows::<InsightRow<'_>>().unwrap();
    assert!(rows.iter().all(|row| row.breakdown("age").is_some()));
}

#[tokio::test]
async fn leads_are_read_by_form_and_by_ad_with_the_pages_token() {
    let meta = meta().await;
    let client = meta.signed_in();
    let since = meta.clock.now() - TimeDelta::days(60);
    let mut found: Vec<Lead> = Vec::new();
    for page in marketing::my_pages(&client).await.unwrap() {
        let speaking = client.with_other_token(page.access_token.clone().unwrap());
        for form in leads::forms(&speaking, &page.id).await.unwrap() {
            assert!(form.questions.as_ref().is_some_and(|q| !q.is_empty()));
            let pages = leads::leads_of_form(&speaking, &page.id, &form.id, Some(since));
            found.append(&mut pages.collect().await.unwrap());
        }
    }
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|lead| lead.created_time.unwrap().0 > since)
    );
    let lead = found.iter().find(|lead| lead.ad_id.is_some()).unwrap();
    assert!(
        lead.answer(&["email", "full_name", "phone_number"])
            .is_some(),
        "{lead:?}"
    );
    let ad = lead.ad_id.as_deref().unwrap();
    let account = &meta.facts.ad_account_ids[0];
    let by_ad: Vec<Lead> = leads::leads_of_ad(&client, account, ad, Some(since))
        .collect()
        .await
        .unwrap();
    assert!(by_ad.iter().any(|other| other.id == lead.id));
    let one = leads::lead(&client, account, &lead.id).await.unwrap();
    assert_eq!(one.field_data, lead.field_data);
}
