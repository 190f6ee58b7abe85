//! Reports in one currency, with the ECB's own rates
//! (`crates/rumbo-platform/fixtures/ecb/README.md`).

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use chrono::{Days, NaiveDate};
use rumbo_base::{AdCampaignId, Currency, Entropy, Micros, TimeZone};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Basis, Comparison, CurrencyGroup, Figures, Grain, HomeRequest, Metric, Model,
    Refunds, RoiReport, RoiRequest, Shares, compare_models, home, roi,
};
use rumbo_platform::exchange_rates::{self, RateSource};

use crate::random::{self, CURRENCIES, Dice, Event, HOME_CURRENCY, HOME_ZONE, Story, ZONES};
use crate::world::{AdDay, GRAINS, Sale, Touch, World, assert_adds_up, at, day, range, usd};

const HISTORY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../rumbo-platform/fixtures/ecb/eurofxref-hist.csv"
);

pub fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

pub async fn with_rates(world: &World) {
    exchange_rates::import_ecb(&world.scope, Path::new(HISTORY))
        .await
        .unwrap();
}

async fn converted(world: &World, request: RoiRequest, to: &str) -> RoiReport {
    let request = RoiRequest {
        convert_to: Some(currency(to)),
        without_spend: true,
        ..request
    };
    let report = roi(&world.scope, request).await.unwrap();
    assert_adds_up(&report);
    report
}

/// A campaign with an ad that spent something on some days.
pub async fn campaign(
    world: &World,
    external: &str,
    (code, zone): (&str, &str),
    spent: &[(&str, &str)],
) -> AdCampaignId {
    let mut tx = world.write().await;
    let account = world.account(&mut tx, external, code, zone).await;
    let campaign = world.campaign(&mut tx, account, external).await;
    let set = world.ad_set(&mut tx, account, campaign, external).await;
    let line = (account, campaign, set);
    let ad = world.ad(&mut tx, line, None, external).await;
    for (on, amount) in spent {
        world
            .ad_day(&mut tx, account, code, ad, day(on), AdDay::spent(amount))
            .await;
    }
    world.roll_up(&mut tx).await;
    tx.commit().await.unwrap();
    campaign
}

/// Somebody who came by a campaign and bought.
pub async fn sold(
    world: &World,
    campaign: Option<AdCampaignId>,
    (amount, code): (&str, &str),
    when: &str,
) -> rumbo_base::SaleId {
    let mut tx = world.write().await;
    let touch = campaign.map(|campaign| Touch {
        campaign: Some(campaign),
        ..Touch::default()
    });
    let seen = at("2026-03-01T00:00:00Z");
    let (contact, touchpoint) = world.contact(&mut tx, seen, "META_ADS", touch).await;
    let sale = Sale {
        gross: usd(amount),
        refunded: Micros::ZERO,
        currency: code,
        status: "completed",
        completed: at(when),
        touchpoint,
    };
    let id = world.sale(&mut tx, contact, sale).await;
    tx.commit().await.unwrap();
    id
}

fn only(report: &RoiReport) -> &CurrencyGroup {
    let [group] = report.groups.as_slice() else {
        panic!("{:#?}", report.groups)
    };
    group
}

#[tokio::test]
async fn each_row_is_converted_at_its_day_before_anything_is_summed() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        let spent = [
            ("2026-03-12", "100"),
            ("2026-03-13", "100"),
            ("2026-03-14", "100"),
        ];
        let brazil = campaign(&world, "br", ("BRL", "UTC"), &spent).await;
        let dollars = campaign(&world, "us", ("USD", "UTC"), &[("2026-03-13", "10")]).await;
        // Friday the 13th, and the Saturday after it, which has no rate of its own.
        let first = sold(&world, Some(brazil), ("600", "BRL"), "2026-03-13T10:00:00Z").await;
        sold(&world, Some(brazil), ("600", "BRL"), "2026-03-14T10:00:00Z").await;
        let mut tx = world.write().await;
        world.cost(&mut tx, first, usd("250")).await;
        tx.commit().await.unwrap();
        sold(&world, Some(dollars), ("50", "USD"), "2026-03-13T10:00:00Z").await;
        sold(&world, None, ("1000", "JPY"), "2026-03-12T10:00:00Z").await;
        let days = range("2026-03-12", "2026-03-14");
        for grain in GRAINS {
            let report = converted(&world, RoiRequest::new(grain, days), "USD").await;
            let group = only(&report);
            // 100 / 5.9607 × 1.1547 + 2 × 100 / 6.0172 × 1.1476 + 10, worked out with bc.
            assert_eq!(
                group.total.figures.spend,
                Some(Micros(67_515_874)),
                "{grain:?}"
            );
            // 1,200 / 6.0172 × 1.1476 + 50 + 1,000 / 183.43 × 1.1547.
            assert_eq!(
                group.total.figures.revenue,
                Micros(285_158_968),
                "{grain:?}"
            );
            // 250 / 6.0172 × 1.1476, at the day of its sale.
            assert_eq!(group.total.figures.cost, Micros(47_679_984), "{grain:?}");
            assert_eq!(group.total.figures.costed_sales, Shares::ONE);
            let exchanged = report.exchanged.unwrap();
            assert!(exchanged.missing.is_empty());
            let used: Vec<String> = exchanged
                .rates
                .iter()
                .map(|used| {
                    let Some(leg) = used.conversion.legs.first() else {
                        panic!("a rate without a leg")
                    };
                    format!(
                        "{} {} {} {}",
                        used.from, used.day, used.conversion.rate_day, leg.rate
                    )
                })
                .collect();
            let expected = [
                "BRL 2026-03-12 2026-03-12 5.9607",
                "BRL 2026-03-13 2026-03-13 6.0172",
                "BRL 2026-03-14 2026-03-13 6.0172",
                "JPY 2026-03-12 2026-03-12 183.43",
            ];
            assert_eq!(used, expected);
            let from: Vec<&str> = exchanged.from.iter().map(|c| c.from.code()).collect();
            assert_eq!(from, ["BRL", "JPY"]);
            assert_eq!(exchanged.from[0].money.spend, Some(usd("300")));
            assert_eq!(exchanged.from[0].money.revenue, usd("1200"));
            assert_eq!(exchanged.from[0].money.cost, usd("250"));
            assert_eq!(exchanged.from[0].source, RateSource::Ecb);
        }
        let report = converted(&world, RoiRequest::new(Grain::Campaign, days), "USD").await;
        let rows = &only(&report).rows;
        let row = |id: AdCampaignId| rows.iter().find(|row| row.id == Some(id.0)).unwrap();
        assert_eq!(row(brazil).converted[0].money.revenue, usd("1200"));
        assert!(row(dollars).converted.is_empty());
        assert!(rows.iter().all(|row| !row.other_currency));
        // A ratio is made of converted sums, not converted: 228.863924 / 57.515874.
        assert_eq!(
            Metric::Roas
                .text(&row(brazil).figures, Currency::USD)
                .as_deref(),
            Some("3.9791")
        );
    })
    .await;
}

/// [I9] Nothing but the day's rate stands between two display currencies.
#[tokio::test]
async fn roas_is_the_same_in_any_currency_when_cost_and_value_share_currency_and_day() {
    on_both(async |test| {
        let world = World::new(test, Some("BRL"), "UTC").await;
        with_rates(&world).await;
        let dice = Dice(Entropy::seeded(9));
        for nth in 0..8 {
            let on = day("2026-03-02") + Days::new(nth * 3);
            let amount = |least: i64, most: i64| (Micros(least + dice.number(most))).to_string();
            let spent = amount(1_000_000, 900_000_000);
            let name = format!("c{nth}");
            let one = (on.to_string(), spent);
            let own = campaign(
                &world,
                &name,
                ("BRL", "UTC"),
                &[(one.0.as_str(), one.1.as_str())],
            )
            .await;
            for _ in 0..3 {
                let value = amount(0, 2_000_000_000);
                sold(
                    &world,
                    Some(own),
                    (&value, "BRL"),
                    &format!("{on}T12:00:00Z"),
                )
                .await;
            }
        }
        for nth in 0..8 {
            let on = day("2026-03-02") + Days::new(nth * 3);
            let days = rumbo_base::DateRange::new(on, on).unwrap();
            let native = roi(&world.scope, RoiRequest::new(Grain::Campaign, days))
                .await
                .unwrap();
            let ratios = |report: &RoiReport| {
                let figures = &only(report).rows[0].figures;
                let money = report.groups[0].currency;
                [Metric::Roas, Metric::Roi].map(|metric| metric.text(figures, money).unwrap())
            };
            let own = ratios(&native);
            for to in ["BRL", "USD", "EUR", "MXN", "GBP", "JPY", "CAD", "CHF"] {
                let report = converted(&world, RoiRequest::new(Grain::Campaign, days), to).await;
                assert_eq!(report.groups[0].currency.code(), to);
                assert_eq!(ratios(&report), own, "{on} in {to}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_has_no_rate_stays_what_it_is_and_is_never_zero() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        let peru = [("2026-03-12", "100"), ("2026-03-20", "40")];
        let peru = campaign(&world, "pe", ("PEN", "UTC"), &peru).await;
        sold(&world, Some(peru), ("500", "PEN"), "2026-03-12T10:00:00Z").await;
        let days = range("2026-03-10", "2026-03-20");
        let request = || RoiRequest::new(Grain::Campaign, days);
        let report = converted(&world, request(), "USD").await;
        // No group of dollars with nothing in it: there is no amount in dollars.
        let group = only(&report);
        assert_eq!(group.currency.code(), "PEN");
        assert_eq!(group.total.figures.spend, Some(usd("140")));
        let exchanged = report.exchanged.clone().unwrap();
        let missing = &exchanged.missing[0];
        assert_eq!((missing.currency.code(), missing.days), ("PEN", 2));
        assert_eq!(missing.first_day, day("2026-03-12"));
        assert_eq!(missing.last_day, day("2026-03-20"));
        assert!(exchanged.rates.is_empty() && exchanged.from.is_empty());
        let mut asked = HomeRequest::new(days);
        asked.convert_to = Some(Currency::USD);
        let shown = home(&world.scope, asked.clone()).await.unwrap();
        assert_eq!(shown.currency.code(), "PEN");
        assert_eq!(shown.exchanged.unwrap().missing[0].days, 2);

        // One of the two days is not enough: part of an amount is a wrong amount.
        let rate = "3.7".parse().unwrap();
        let set =
            |days| exchange_rates::set(&world.scope, Currency::USD, currency("PEN"), days, rate);
        set(range("2026-03-12", "2026-03-12")).await.unwrap();
        let dollars = campaign(&world, "us", ("USD", "UTC"), &[("2026-03-13", "10")]).await;
        let report = converted(&world, request(), "USD").await;
        let groups: Vec<&str> = report.groups.iter().map(|g| g.currency.code()).collect();
        assert_eq!(groups, ["USD", "PEN"]);
        assert_eq!(report.groups[0].total.figures.spend, Some(usd("10")));
        assert_eq!(report.groups[1].total.figures.spend, Some(usd("140")));
        let missing = report.exchanged.unwrap().missing;
        assert_eq!(
            (missing[0].days, missing[0].first_day),
            (1, day("2026-03-20"))
        );

        set(range("2026-03-20", "2026-03-20")).await.unwrap();
        let report = converted(&world, request(), "USD").await;
        let group = only(&report);
        // 140 / 3.7 + 10
        assert_eq!(group.total.figures.spend, Some(Micros(47_837_838)));
        assert_eq!(group.converted[0].source, RateSource::Hand);
        let other = |id: AdCampaignId| group.rows.iter().find(|row| row.id == Some(id.0));
        assert!(other(peru).is_some() && other(dollars).is_some());
        let shown = home(&world.scope, asked).await.unwrap();
        assert_eq!(shown.currency, Currency::USD);
        assert_eq!(shown.total.figures, group.total.figures);
    })
    .await;
}

#[tokio::test]
async fn a_period_before_without_rates_is_blank_and_named() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        // The file begins on 16 February.
        let spent = [("2026-02-05", "70"), ("2026-02-20", "100")];
        let brazil = campaign(&world, "br", ("BRL", "UTC"), &spent).await;
        sold(&world, Some(brazil), ("500", "BRL"), "2026-02-20T10:00:00Z").await;
        let request = || RoiRequest {
            comparison: Comparison::Previous,
            ..RoiRequest::new(Grain::Campaign, range("2026-02-16", "2026-02-28"))
        };
        let report = converted(&world, request(), "USD").await;
        let group = only(&report);
        assert_eq!(group.currency, Currency::USD);
        assert!(group.total.figures.spend.is_some());
        assert_eq!((&group.previous, &group.rows[0].previous), (&None, &None));
        let exchanged = report.exchanged.unwrap();
        assert!(exchanged.missing.is_empty());
        assert_eq!(exchanged.missing_before[0].first_day, day("2026-02-05"));
        let mut asked = HomeRequest::new(range("2026-02-16", "2026-02-28"));
        asked.convert_to = Some(Currency::USD);
        let shown = home(&world.scope, asked).await.unwrap();
        assert!(shown.previous_total.is_none());
        assert!(
            shown
                .kpis
                .iter()
                .all(|kpi| kpi.previous.is_none() && kpi.delta.is_none())
        );
        assert_eq!(shown.exchanged.unwrap().missing_before.len(), 1);

        let rate = "5.2".parse().unwrap();
        let days = range("2026-02-05", "2026-02-05");
        exchange_rates::set(&world.scope, Currency::USD, currency("BRL"), days, rate)
            .await
            .unwrap();
        let report = converted(&world, request(), "USD").await;
        let previous = only(&report).previous.clone().unwrap();
        assert_eq!(previous.total.figures.spend, Some(Micros(13_461_538)));
    })
    .await;
}

#[tokio::test]
async fn a_refund_is_valued_on_its_own_day_by_cash_and_on_its_sales_by_accrual() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        let brazil = campaign(&world, "br", ("BRL", "UTC"), &[("2026-03-02", "10")]).await;
        let sale = sold(&world, Some(brazil), ("600", "BRL"), "2026-03-02T10:00:00Z").await;
        let mut tx = world.write().await;
        rumbo_db::on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE sales SET refunded_micros = 600000000, status = 'refunded' WHERE id = $1"
        )
        .bind(sale)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        world
            .refund(&mut tx, sale, usd("600"), at("2026-04-13T10:00:00Z"))
            .await;
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        // 600 BRL: 600 / 6.0908 × 1.1698 on the day of the sale, 600 / 5.874 × 1.1684 on that of
        // the refund.
        let (gross, back) = (115_236_094, 119_346_272);
        let (march, april) = (
            range("2026-03-01", "2026-03-31"),
            range("2026-04-01", "2026-04-30"),
        );
        for (basis, refunds, days, revenue) in [
            (Basis::Sale, Refunds::Accrual, march, 0),
            (Basis::Sale, Refunds::Accrual, april, 0),
            (Basis::Sale, Refunds::Cash, march, gross),
            (Basis::Sale, Refunds::Cash, april, -back),
            // By lead date the sale counts on 1 March, and is valued on its own day all the same.
            (
                Basis::Lead,
                Refunds::Cash,
                range("2026-03-01", "2026-03-01"),
                gross,
            ),
        ] {
            let request = RoiRequest {
                attribution: Attribution {
                    basis,
                    refunds,
                    ..Attribution::default()
                },
                ..RoiRequest::new(Grain::Campaign, days)
            };
            let report = converted(&world, request, "USD").await;
            let total = report.groups[0].total.figures;
            assert_eq!(
                total.revenue,
                Micros(revenue),
                "{basis:?} {refunds:?} {days:?}"
            );
        }
    })
    .await;
}

/// What the events of a random workspace come to, in plain floats and with rates read again.
fn in_floats(story: &Story, to: &str, days: rumbo_base::DateRange) -> (f64, f64) {
    let text = std::fs::read_to_string(HISTORY).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut euros: HashMap<(NaiveDate, &str), f64> = HashMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        for (name, cell) in header.iter().zip(&cells).skip(1) {
            euros.insert((day(cells[0]), name), cell.parse().unwrap());
        }
    }
    let rate = |code: &str, on: NaiveDate| -> f64 {
        let (own, other) = (0..8)
            .find_map(|back| {
                let on = on - Days::new(back);
                let euro = |code: &str| match code {
                    "EUR" => Some(1.0),
                    // What the test enters by hand.
                    "ARS" => Some(1_600.0).filter(|_| euros.contains_key(&(on, "USD"))),
                    _ => euros.get(&(on, code)).copied(),
                };
                Some((euro(code)?, euro(to)?))
            })
            .unwrap();
        other / own
    };
    let home: TimeZone = HOME_ZONE.parse().unwrap();
    let (mut spend, mut revenue) = (0.0, 0.0);
    let float = |amount: Micros| amount.to_string().parse::<f64>().unwrap();
    for event in &story.events {
        match event {
            Event::Delivered { ad, day, row } if days.contains(*day) => {
                let code = CURRENCIES[story.ads[*ad].account];
                spend += float(row.spend.unwrap_or_default()) * rate(code, *day);
            }
            Event::Sale {
                at,
                credit,
                currency,
                net,
            } => {
                let zone = credit
                    .account
                    .map_or(home, |nth| ZONES[nth].parse().unwrap());
                let on = zone.day_of(*at);
                if days.contains(on) {
                    revenue += float(*net) * rate(currency, on);
                }
            }
            _ => {}
        }
    }
    (spend, revenue)
}

#[tokio::test]
async fn a_random_workspace_is_the_same_at_every_grain_and_under_every_model_in_any_currency() {
    on_both(async |test| {
        let world = World::new(test, Some(HOME_CURRENCY), HOME_ZONE).await;
        with_rates(&world).await;
        let days = range("2026-02-17", "2026-04-10");
        // The ECB has no rate of the Argentine peso: 1 EUR is 1,600 on each of its days.
        for on in days.iter() {
            let closed = exchange_rates::list(
                &world.scope,
                &exchange_rates::RateFilter {
                    days: Some(rumbo_base::DateRange { from: on, to: on }),
                    ..exchange_rates::RateFilter::default()
                },
                &rumbo_base::PageRequest::default(),
            )
            .await
            .unwrap()
            .rows
            .is_empty();
            if !closed {
                let one = rumbo_base::DateRange { from: on, to: on };
                let rate = "1600".parse().unwrap();
                exchange_rates::set(&world.scope, Currency::EUR, currency("ARS"), one, rate)
                    .await
                    .unwrap();
            }
        }
        let story = random::write(&world, &Dice(Entropy::seeded(77)), 120).await;
        let days = range("2026-02-25", "2026-03-20");
        for to in ["USD", "EUR", "ARS"] {
            let mut totals = BTreeSet::new();
            for grain in GRAINS {
                let report = converted(&world, RoiRequest::new(grain, days), to).await;
                let total = only(&report).total.figures;
                totals.insert(format!("{total:?}"));
                let (spend, revenue) = in_floats(&story, to, days);
                let near = |ours: Micros, theirs: f64| {
                    let ours: f64 = ours.to_string().parse().unwrap();
                    (ours - theirs).abs() <= theirs.abs() * 1e-9 + 0.01
                };
                assert!(near(total.spend.unwrap(), spend), "{grain:?} {to} {spend}");
                assert!(near(total.revenue, revenue), "{grain:?} {to} {revenue}");
            }
            assert_eq!(
                totals.len(),
                1,
                "every grain has the same total: {totals:#?}"
            );
            random::home_agrees(&world, days, Some(currency(to))).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_parts_of_a_sale_are_the_converted_sale_under_every_model() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        let mut campaigns = Vec::new();
        for nth in 0..3 {
            let name = format!("c{nth}");
            campaigns.push(campaign(&world, &name, ("BRL", "UTC"), &[("2026-03-02", "7")]).await);
        }
        let mut tx = world.write().await;
        let touch = |campaign| Touch {
            campaign: Some(campaign),
            ..Touch::default()
        };
        let seen = at("2026-03-02T00:00:00Z");
        let (contact, touchpoint) = world
            .contact(&mut tx, seen, "META_ADS", Some(touch(campaigns[0])))
            .await;
        for (nth, campaign) in campaigns.iter().enumerate().skip(1) {
            let when = seen + chrono::Duration::days(i64::try_from(nth).unwrap());
            world.touch(&mut tx, contact, when, touch(*campaign)).await;
        }
        let sale = Sale {
            gross: usd("100.01"),
            refunded: Micros::ZERO,
            currency: "BRL",
            status: "completed",
            completed: at("2026-03-12T10:00:00Z"),
            touchpoint,
        };
        world.sale(&mut tx, contact, sale).await;
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let days = range("2026-03-01", "2026-03-31");
        // 100.01 / 5.9607 × 1.1547
        let whole = Micros(19_373_823);
        // There is too little to learn from.
        for model in Model::ALL
            .into_iter()
            .filter(|model| *model != Model::Markov)
        {
            let request = RoiRequest {
                attribution: Attribution {
                    model,
                    ..Attribution::default()
                },
                ..RoiRequest::new(Grain::Campaign, days)
            };
            let report = converted(&world, request, "USD").await;
            assert_eq!(only(&report).total.figures.revenue, whole, "{model:?}");
        }
        let usual = Attribution::default();
        let to = Some(Currency::USD);
        let compared = compare_models(&world.scope, days, Grain::Campaign, usual, None, to)
            .await
            .unwrap();
        let group = &compared.groups[0];
        assert_eq!((compared.groups.len(), group.currency), (1, Currency::USD));
        for nth in 0..compared.models.len() {
            let mut sum = group.unattributed[nth];
            for row in &group.rows {
                sum.add(&row.figures[nth]).unwrap();
            }
            assert_eq!(sum.revenue, whole);
        }
        assert_eq!(
            compared.exchanged.unwrap().from[0].money.revenue,
            usd("100.01")
        );
    })
    .await;
}

/// [I10] A lead and a sale in every hour of a year's two odd days and their neighbours.
#[tokio::test]
async fn days_of_23_and_25_hours_lose_nothing_and_count_nothing_twice() {
    on_both(async |test| {
        // London changes on 29 March and 25 October 2026, New York on 8 March and 1 November.
        for (zone, odd) in [
            ("Europe/London", [("2026-03-29", 23), ("2026-10-25", 25)]),
            ("America/New_York", [("2026-03-08", 23), ("2026-11-01", 25)]),
        ] {
            for (on, hours) in odd {
                let world = World::new(
                    rumbo_db::testing::TestDb::sqlite().await,
                    Some("USD"),
                    "Asia/Tokyo",
                )
                .await;
                let own = campaign(&world, "c", ("USD", zone), &[(on, "10")]).await;
                let clock: TimeZone = zone.parse().unwrap();
                let around = range(
                    &(day(on) - Days::new(1)).to_string(),
                    &(day(on) + Days::new(1)).to_string(),
                );
                let (start, end) = clock.bounds(around);
                let mut instant = start;
                while instant < end {
                    sold(&world, Some(own), ("1", "USD"), &instant.to_rfc3339()).await;
                    instant += chrono::Duration::hours(1);
                }
                let mut sum = Figures::default();
                for one in around.iter() {
                    let days = rumbo_base::DateRange { from: one, to: one };
                    let report = world.roi(Grain::Campaign, days).await;
                    assert_adds_up(&report);
                    let figures = report.groups[0].rows.first().map(|row| row.figures);
                    let sales = figures.unwrap_or_default().sales.0 / 1_000_000;
                    assert_eq!(
                        sales,
                        if one == day(on) { hours } else { 24 },
                        "{zone} {one}"
                    );
                    sum.add(&report.groups[0].total.figures).unwrap();
                }
                let all = world.roi(Grain::Campaign, around).await;
                assert_eq!(all.groups[0].total.figures.sales, sum.sales);
                assert_eq!(sum.revenue, usd(&(48 + hours).to_string()));
            }
        }
        drop(test);
    })
    .await;
}

#[tokio::test]
async fn a_report_says_whose_days_it_is_made_of() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        campaign(&world, "tokyo", ("JPY", "Asia/Tokyo"), &[]).await;
        campaign(&world, "lima", ("PEN", "America/Lima"), &[]).await;
        campaign(&world, "cusco", ("PEN", "America/Lima"), &[]).await;
        let report = world
            .roi(Grain::Account, range("2026-03-01", "2026-03-02"))
            .await;
        let zones: Vec<(String, usize)> = report
            .zones
            .iter()
            .map(|zone| (zone.zone.to_string(), zone.accounts.len()))
            .collect();
        let expected = [("America/Lima".to_owned(), 2), ("Asia/Tokyo".to_owned(), 1)];
        assert_eq!(zones, expected);
    })
    .await;
}
