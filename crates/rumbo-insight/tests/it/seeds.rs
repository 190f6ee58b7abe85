//! Public seeds in which conversions lie on days, and belong to ads, without a row of spend
//! (fixtures/README.md). The joins of the package they come from lose a third of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rumbo_base::{AdId, Currency, Micros};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{Grain, Metric};

use crate::world::{AdDay, GRAINS, World, assert_adds_up, day, range, usd};

/// The types that package counts; they do not overlap.
const FIVE: [&str; 5] = [
    "onsite_conversion.purchase",
    "onsite_conversion.lead_grouped",
    "offsite_conversion.fb_pixel_purchase",
    "offsite_conversion.fb_pixel_lead",
    "offsite_conversion.fb_pixel_custom",
];

/// Ad and day.
type Place = (String, String);

fn rows(file: &str) -> Vec<HashMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/dbt_facebook_ads")
        .join(file);
    csv::Reader::from_path(path)
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

fn place(row: &HashMap<String, String>) -> Place {
    (row["ad_id"].clone(), row["date"].clone())
}

/// The five types, summed by ad and day.
fn counted(file: &str) -> BTreeMap<Place, Micros> {
    let mut sums = BTreeMap::new();
    for row in rows(file)
        .iter()
        .filter(|row| FIVE.contains(&row["action_type"].as_str()))
    {
        *sums.entry(place(row)).or_insert(Micros::ZERO) += usd(&row["value"]);
    }
    sums
}

#[tokio::test]
async fn conversions_without_spend_are_kept_and_named() {
    let spend: BTreeMap<Place, HashMap<String, String>> = rows("facebook_ads_basic_ad_data.csv")
        .into_iter()
        .map(|row| (place(&row), row))
        .collect();
    let counts = counted("facebook_ads_basic_ad_actions_data.csv");
    let values = counted("facebook_ads_basic_ad_action_values_data.csv");

    // What is left when spend drives the join, and counts drive the values.
    let kept = counts.iter().filter(|(place, _)| spend.contains_key(place));
    assert_eq!(kept.map(|(_, n)| *n).sum::<Micros>(), usd("12"));
    let kept = values
        .iter()
        .filter(|(p, _)| spend.contains_key(p) && counts.contains_key(p));
    assert_eq!(kept.map(|(_, n)| *n).sum::<Micros>(), usd("58649.68"));

    let places: BTreeSet<Place> = spend
        .keys()
        .chain(counts.keys())
        .chain(values.keys())
        .cloned()
        .collect();
    let history: HashMap<String, HashMap<String, String>> =
        rows("facebook_ads_ad_history_data.csv")
            .into_iter()
            .map(|r| (r["id"].clone(), r))
            .collect();

    on_both(|test| {
        let (spend, counts, values) = (spend.clone(), counts.clone(), values.clone());
        let (places, history) = (places.clone(), history.clone());
        async move {
            let world = World::new(test, Some("USD"), "UTC").await;
            let mut tx = world.write().await;
            let account = world
                .account(&mut tx, "1700252260223815", "USD", "UTC")
                .await;
            let mut ads: HashMap<String, AdId> = HashMap::new();
            for (ad, on) in &places {
                if !ads.contains_key(ad) {
                    // What no listing shows hangs under a campaign that is not synced.
                    let known = history.get(ad);
                    let name = |of: &str| {
                        known.map_or_else(|| format!("{of}-of-{ad}"), |row| row[of].clone())
                    };
                    let campaign = world.campaign(&mut tx, account, &name("campaign_id")).await;
                    let set = world
                        .ad_set(&mut tx, account, campaign, &name("ad_set_id"))
                        .await;
                    let id = world.ad(&mut tx, (account, campaign, set), None, ad).await;
                    if known.is_none() {
                        on_tx!(&mut tx, |c| sqlx::query(
                            "UPDATE ad_campaigns SET synced = FALSE WHERE id = $1"
                        )
                        .bind(campaign)
                        .execute(c)
                        .await
                        .map(|_| ()))
                        .unwrap();
                    }
                    ads.insert(ad.clone(), id);
                }
                let key = (ad.clone(), on.clone());
                let told = spend.get(&key);
                let number = |name: &str| told.map(|row| row[name].parse().unwrap());
                let row = AdDay {
                    impressions: number("impressions"),
                    link_clicks: number("inline_link_clicks"),
                    spend: told.map(|row| usd(&row["spend"])),
                    meta_leads: counts.get(&key).map(|n| n.0 / 1_000_000),
                    meta_purchase_value: values.get(&key).copied(),
                    ..AdDay::default()
                };
                world
                    .ad_day(&mut tx, account, "USD", ads[ad], day(on), row)
                    .await;
            }
            world.roll_up(&mut tx).await;
            tx.commit().await.unwrap();
            for grain in GRAINS {
                let report = world.roi(grain, range("2020-12-01", "2020-12-31")).await;
                assert_adds_up(&report);
                let total = &report.groups[0].total;
                assert_eq!(total.figures.meta_leads, 19, "{grain:?}");
                assert_eq!(
                    total.figures.meta_purchase_value,
                    usd("152225.32"),
                    "{grain:?}"
                );
                assert_eq!(total.figures.spend, Some(usd("643.63")), "{grain:?}");
                let idle = total.without_spend.unwrap();
                assert_eq!(idle.meta_leads, 7, "{grain:?}");
                assert_eq!(idle.meta_purchase_value, usd("93575.64"), "{grain:?}");
            }
            let report = world
                .roi(Grain::Campaign, range("2020-12-01", "2020-12-31"))
                .await;
            let orphans: Vec<_> = report.groups[0]
                .rows
                .iter()
                .filter(|row| row.waiting)
                .collect();
            assert_eq!(orphans.len(), 2);
            assert!(
                orphans.iter().all(|row| row.no_spend
                    && Metric::MetaRoas.text(&row.figures, Currency::USD).is_none())
            );
        }
    })
    .await;
}
