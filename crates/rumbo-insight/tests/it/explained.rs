//! Numbers and changes of reports in one currency, row by row.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rumbo_base::{AdCampaignId, Currency, Micros};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Cause, Change, ChangesRequest, Figures, Filter, Grain, Listed, Metric, Passport,
    PassportRequest, RoiRequest, RowOf, Shares, changes, passport, roi,
};
use rumbo_platform::exchange_rates::{self, RateSource};

use crate::exchange::{campaign, currency, sold, with_rates};
use crate::world::{World, day, range, usd};

/// Each row of a converted number was what it says, and adds what the rate it names makes of that,
/// rounded to a millionth with the other parts of its day or sale. The rates told are those used, and
/// what has no rate is named.
pub fn assert_converted(request: &PassportRequest, found: &Passport) {
    let Some(exchanged) = &found.exchanged else {
        let rows = found.ad_days.iter().map(|entry| &entry.original);
        let rows = rows.chain(found.outcomes.iter().map(|entry| &entry.original));
        assert!(rows.flatten().next().is_none());
        return;
    };
    let mut used = BTreeSet::new();
    let mut money: HashMap<Currency, Figures> = HashMap::new();
    let rows = found.ad_days.iter().map(|e| (&e.figures, &e.original));
    let rows = rows.chain(found.outcomes.iter().map(|e| (&e.figures, &e.original)));
    for (figures, original) in rows {
        let Some(original) = original else { continue };
        assert_ne!(original.currency, request.currency);
        let factor = original.conversion.as_ref().unwrap().factor;
        for (own, was) in [
            (figures.spend, original.figures.spend),
            (Some(figures.revenue), Some(original.figures.revenue)),
        ] {
            let expected = was.map(|was| factor.apply(was).unwrap().0);
            let off = own.unwrap_or_default().0 - expected.unwrap_or_default();
            assert!(off.abs() <= 1, "{own:?} of {was:?}");
        }
        used.insert((original.currency, original.day));
        let sum = money.entry(original.currency).or_default();
        sum.add(&original.figures).unwrap();
    }
    let told: BTreeSet<_> = exchanged.rates.iter().map(|r| (r.from, r.day)).collect();
    assert_eq!(told, used);
    for from in &exchanged.from {
        let sum = money[&from.from];
        assert_eq!(
            (from.money.spend, from.money.revenue),
            (sum.spend, sum.revenue)
        );
    }
    // What lacks a rate is named by rows and days, of the same currencies.
    let without = &found.without_rate;
    let rows = without.ad_days.iter().map(|entry| &entry.original);
    let rows = rows.chain(without.outcomes.iter().map(|entry| &entry.original));
    let mut days: HashMap<Currency, BTreeSet<NaiveDate>> = HashMap::new();
    for original in rows.flatten() {
        assert!(original.conversion.is_none());
        days.entry(original.currency)
            .or_default()
            .insert(original.day);
    }
    assert_eq!(days.len(), exchanged.missing.len());
    for missing in &exchanged.missing {
        let days = &days[&missing.currency];
        assert_eq!(days.len(), missing.days);
        assert_eq!(days.first(), Some(&missing.first_day));
        assert_eq!(days.last(), Some(&missing.last_day));
    }
    assert!(!found.blank || !exchanged.missing.is_empty());
}

#[tokio::test]
async fn a_converted_number_tells_of_each_row_what_it_was_and_by_which_rate() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        let spent = [("2026-03-13", "100"), ("2026-03-14", "50")];
        let brazil = campaign(&world, "br", ("BRL", "UTC"), &spent).await;
        let dollars = campaign(&world, "us", ("USD", "UTC"), &[("2026-03-13", "10")]).await;
        let peru = campaign(&world, "pe", ("PEN", "UTC"), &[("2026-03-12", "70")]).await;
        sold(&world, Some(brazil), ("600", "BRL"), "2026-03-14T10:00:00Z").await;
        sold(&world, Some(dollars), ("90", "PEN"), "2026-03-13T10:00:00Z").await;
        let explained = async |row: RowOf, metric| {
            let report = RoiRequest {
                convert_to: Some(Currency::USD),
                ..RoiRequest::new(Grain::Campaign, range("2026-03-10", "2026-03-20"))
            };
            let request = PassportRequest {
                report,
                currency: Currency::USD,
                row,
                metric,
                limit: 10,
                listed: Listed::First,
            };
            passport(&world.scope, request).await.unwrap()
        };
        let of = |id: AdCampaignId| RowOf::Key(id.0.to_string());

        let spend = explained(of(brazil), Metric::Spend).await;
        // 100 / 6.0172 × 1.1476 and the same of 50: the Saturday takes Friday's rate.
        let adds: Vec<_> = spend
            .ad_days
            .iter()
            .map(|e| e.figures.spend.unwrap().0)
            .collect();
        assert_eq!(adds, [19_071_994, 9_535_997]);
        assert_eq!(spend.figures.spend, Some(Micros(28_607_991)));
        let saturday = spend.ad_days[1].original.clone().unwrap();
        assert_eq!(saturday.figures.spend, Some(usd("50")));
        assert_eq!(
            (saturday.currency.code(), saturday.day),
            ("BRL", day("2026-03-14"))
        );
        let rate = saturday.conversion.unwrap();
        assert_eq!(
            (rate.rate_day, rate.source()),
            (day("2026-03-13"), RateSource::Ecb)
        );
        assert!(spend.exchanged.unwrap().missing.is_empty());

        let revenue = explained(of(brazil), Metric::Revenue).await;
        assert_eq!(revenue.outcomes[0].figures.revenue, Micros(114_431_962));
        assert_eq!(
            revenue.outcomes[0]
                .original
                .as_ref()
                .unwrap()
                .figures
                .revenue,
            usd("600")
        );
        assert_eq!(
            (
                revenue.outcomes[0].gross,
                revenue.outcomes[0].currency.code()
            ),
            (usd("600"), "BRL")
        );

        // What has no rate at all is blank, and named.
        let blank = explained(of(peru), Metric::Spend).await;
        assert!(blank.blank && blank.ad_days.is_empty());
        let missing = &blank.exchanged.as_ref().unwrap().missing;
        assert_eq!((missing[0].currency.code(), missing[0].days), ("PEN", 2));
        let named: Vec<_> = blank.without_rate.ad_days.iter().map(|e| e.day).collect();
        assert_eq!(named, [day("2026-03-12")]);
        let kept = blank.without_rate.ad_days[0].original.clone().unwrap();
        assert_eq!(
            (kept.figures.spend, kept.conversion),
            (Some(usd("70")), None)
        );
        // The total is what the report shows in dollars, and says what is not in it.
        let total = explained(RowOf::Total, Metric::Spend).await;
        assert!(!total.blank);
        assert_eq!(total.figures.spend, Some(Micros(38_607_991)));
        assert_eq!(total.without_rate.ad_days_count, 1);
        // Nothing of Peru would be in the spend of this row.
        let own = explained(of(dollars), Metric::Spend).await;
        assert!(own.exchanged.unwrap().missing.is_empty());
        assert_eq!(own.without_rate.ad_days_count, 0);
        let own = explained(of(dollars), Metric::Roas).await;
        assert_eq!(own.without_rate.outcomes_count, 1);

        // With a rate by hand for both days it is a number.
        let rate = "3.5".parse().unwrap();
        let days = range("2026-03-12", "2026-03-13");
        exchange_rates::set(&world.scope, Currency::USD, currency("PEN"), days, rate)
            .await
            .unwrap();
        let known = explained(of(peru), Metric::Spend).await;
        assert!(!known.blank);
        assert_eq!(known.figures.spend, Some(usd("20")));
        let rate = known.ad_days[0]
            .original
            .clone()
            .unwrap()
            .conversion
            .unwrap();
        assert_eq!(rate.source(), RateSource::Hand);
    })
    .await;
}

/// A rate that is corrected moves what it is worth, and nothing else; one that is entered brings in
/// what had a group of its own.
#[tokio::test]
async fn what_rates_moved_is_told_apart_from_what_was_sold() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        let set = async |rate: &str, days| {
            let rate = rate.parse().unwrap();
            exchange_rates::set(&world.scope, Currency::USD, currency("BRL"), days, rate)
                .await
                .unwrap();
        };
        let brazil = campaign(&world, "br", ("BRL", "UTC"), &[("2026-03-12", "100")]).await;
        let dollars = campaign(&world, "us", ("USD", "UTC"), &[("2026-03-12", "10")]).await;
        sold(&world, Some(brazil), ("400", "BRL"), "2026-03-12T10:00:00Z").await;
        let mut tx = world.write().await;
        // The run that brought the ad-days: what it brought is known as of any moment after it.
        world.sync_run(&mut tx, 1).await;
        tx.commit().await.unwrap();
        let days = range("2026-03-10", "2026-03-20");
        let later = || world.scope.clock.advance(std::time::Duration::from_mins(1));
        let told = async |since, until| {
            let request = ChangesRequest {
                grain: Grain::Campaign,
                range: days,
                filter: Filter::default(),
                attribution_then: Attribution::default(),
                attribution: Attribution::default(),
                since,
                until,
                convert_to: Some(Currency::USD),
            };
            changes(&world.scope, request).await.unwrap()
        };
        let part = |of: &Change, cause| {
            let at = Cause::ALL.iter().position(|known| *known == cause).unwrap();
            (of.parts[at].spend.unwrap_or_default(), of.parts[at].revenue)
        };
        let without = world.scope.now();
        later();
        set("5", days).await;
        let entered = world.scope.now();
        later();
        sold(&world, Some(brazil), ("50", "BRL"), "2026-03-12T11:00:00Z").await;
        set("4", days).await;

        let first = told(without, Some(entered)).await;
        let codes: Vec<&str> = first.groups.iter().map(|g| g.currency.code()).collect();
        assert_eq!(codes, ["USD", "BRL"]);
        let total = &first.groups[0].total;
        assert_eq!(
            (total.before.spend, total.before.revenue),
            (Some(usd("10")), Micros::ZERO)
        );
        assert_eq!(
            (total.after.spend, total.after.revenue),
            (Some(usd("30")), usd("80"))
        );
        assert_eq!(part(total, Cause::Currency), (usd("20"), usd("80")));
        // What it was in reals is gone, for the same reason.
        let reals = &first.groups[1].total;
        assert_eq!(
            part(reals, Cause::Currency),
            (Micros(-100_000_000), Micros(-400_000_000))
        );
        assert!(reals.after.spend.is_none_or(|spend| spend == Micros::ZERO));
        assert_eq!(first.missing_then[0].currency.code(), "BRL");
        assert!(first.exchanged.unwrap().missing.is_empty());
        assert_eq!(first.rates.len(), 1);
        assert!(first.rates[0].before.is_none() && first.rates[0].after.is_some());

        // The old sale by the new rate is 100 instead of 80, and the new one is worth 12.50.
        let second = told(entered, None).await;
        let [group] = second.groups.as_slice() else {
            panic!("{:#?}", second.groups)
        };
        assert_eq!(part(&group.total, Cause::Currency), (usd("5"), usd("20")));
        assert_eq!(part(&group.total, Cause::Late), (Micros::ZERO, usd("12.5")));
        assert_eq!(group.total.after.revenue, usd("112.5"));
        let row = |id: AdCampaignId| group.rows.iter().find(|row| row.row.id == Some(id.0));
        assert_eq!(
            part(&row(brazil).unwrap().change, Cause::Currency),
            (usd("5"), usd("20"))
        );
        assert!(row(dollars).is_none());
        let [rate] = second.rates.as_slice() else {
            panic!("{:#?}", second.rates)
        };
        let factor =
            |of: &Option<exchange_rates::Conversion>| of.as_ref().unwrap().factor.to_text();
        assert_eq!(
            (factor(&rate.before), factor(&rate.after)),
            ("0.2".to_owned(), "0.25".to_owned())
        );
    })
    .await;
}

/// The number is the report's: a row without new customers has 0 of them, which is known.
#[tokio::test]
async fn no_new_customers_are_0_and_not_unknown() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        let spent = [("2026-03-13", "10")];
        let sells = campaign(&world, "sells", ("USD", "UTC"), &spent).await;
        let idle = campaign(&world, "idle", ("USD", "UTC"), &spent).await;
        sold(&world, Some(sells), ("90", "USD"), "2026-03-13T10:00:00Z").await;
        let mut tx = world.write().await;
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let report = RoiRequest {
            new_customers: true,
            ..RoiRequest::new(Grain::Campaign, range("2026-03-10", "2026-03-20"))
        };
        let told = roi(&world.scope, report.clone()).await.unwrap();
        for (campaign, expected) in [(sells, Shares::ONE), (idle, Shares::ZERO)] {
            let row = told.groups[0]
                .rows
                .iter()
                .find(|row| row.id == Some(campaign.0))
                .unwrap();
            assert_eq!(row.figures.new_customers, Some(expected));
            let request = PassportRequest {
                report: report.clone(),
                currency: Currency::USD,
                row: RowOf::Key(campaign.0.to_string()),
                metric: Metric::NewCustomers,
                limit: 10,
                listed: Listed::First,
            };
            let found = passport(&world.scope, request).await.unwrap();
            assert_eq!(found.figures.new_customers, Some(expected));
        }
    })
    .await;
}
