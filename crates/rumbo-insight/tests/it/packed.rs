//! Days that are packed while others write.

use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use rumbo_base::{AdAccountId, Currency, DateRange, Micros};
use rumbo_crm::contacts::{self, ContactFields};
use rumbo_crm::sales::{self, NewSale};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Basis, Comparison, Filter, Grain, HomeRequest, Listed, Metric, Model,
    PassportRequest, Refunds, RoiReport, RoiRequest, RowOf, Shares, compare_models, home,
    pack_days, passport, roi,
};
use rumbo_platform::exchange_rates;

use crate::world::{AdDay, Sale, Touch, World, at, day, range};

const WRITERS: u32 = 4;
const ROUNDS: u32 = 20;

/// Contacts that buy, on days of their own and on those of the others, each in a transaction that
/// stays open for a while.
async fn write(world: &World, writer: u32) {
    for round in 0..ROUNDS {
        let mut tx = world.write().await;
        let fields = ContactFields {
            name: Some("Ana".to_owned()),
            ..ContactFields::default()
        };
        let made = contacts::create(&mut tx, &world.scope, fields)
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(u64::from(writer))).await;
        let days = chrono::Duration::days(i64::from((writer + round) % 3));
        let new = NewSale {
            contact_id: made.id,
            gross: Micros(i64::from(1 + round) * 1_000_000),
            currency: Currency::USD,
            pending: false,
            at: Some(world.scope.now() - days),
            opportunity_id: None,
            cost: (round % 2 == 0).then_some(Micros(i64::from(round) * 100_000)),
            quantity: None,
            reference: None,
            external_id: None,
        };
        sales::create(&mut tx, &world.scope, new).await.unwrap();
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
    }
}

async fn pack_again_and_again(world: &World) {
    for _ in 0..ROUNDS * 2 {
        pack_days(&world.scope).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn reports(world: &World) -> Vec<String> {
    let mut texts = Vec::new();
    for basis in Basis::ALL {
        let request = RoiRequest {
            attribution: Attribution {
                basis,
                ..Attribution::default()
            },
            new_customers: true,
            ..RoiRequest::new(Grain::Campaign, range("2026-10-01", "2026-12-31"))
        };
        let report = roi(&world.scope, request).await.unwrap();
        let all = i64::from(WRITERS * ROUNDS);
        let total = &report.groups[0].total.figures;
        assert_eq!((total.leads, total.sales), (all, Shares::whole(all)));
        assert_eq!(total.costed_sales, Shares::whole(all / 2));
        // 0 + 2 + … + 18 tenths of each writer.
        assert_eq!(total.cost, Micros(i64::from(WRITERS) * 9_000_000));
        texts.push(format!("{report:#?}"));
    }
    texts
}

#[tokio::test]
async fn what_is_written_while_days_are_packed_is_in_them_or_marked() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "America/Sao_Paulo").await;
        let writers = join_all((0..WRITERS).map(|writer| write(&world, writer)));
        tokio::join!(
            writers,
            pack_again_and_again(&world),
            pack_again_and_again(&world)
        );
        // Read from packed days and from those that changed since…
        let mixed = reports(&world).await;
        // …from packed days alone…
        pack_days(&world.scope).await.unwrap();
        let mut tx = world.scope.read().await.unwrap();
        let (days, marks): (i64, i64) = on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM outcome_days), (SELECT COUNT(*) FROM outcome_days_changed)"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        assert_eq!((days > 5, marks), (true, 0), "{days} days");
        drop(tx);
        let packed = reports(&world).await;
        // …and from the rows themselves.
        let mut tx = world.write().await;
        for sql in [
            "INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days",
            "DELETE FROM outcome_days",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        }
        tx.commit().await.unwrap();
        let rows = reports(&world).await;
        assert!(mixed == rows && packed == rows);
    })
    .await;
}

/// Rates to the Brazilian real, other ones each day.
async fn rates(world: &World) {
    for (nth, on) in (0..).zip(range("2026-08-01", "2026-12-31").iter()) {
        for (from, rate) in [(Currency::USD, 5_013_000), (euro(), 5_871_000)] {
            let rate = Micros(rate + nth * 1_237).to_string().parse().unwrap();
            let days = DateRange { from: on, to: on };
            exchange_rates::set(&world.scope, from, real(), days, rate)
                .await
                .unwrap();
        }
    }
}

fn euro() -> Currency {
    "EUR".parse().unwrap()
}

fn real() -> Currency {
    "BRL".parse().unwrap()
}

/// What a table of ads says, with what fell on days without spend.
async fn ads(world: &World, accounts: &[AdAccountId]) -> Vec<String> {
    let mut texts = Vec::new();
    for (from, to) in [
        ("2026-11-01", "2026-11-30"),
        // Of a month the sums up to a day less those up to another, with the days between.
        ("2026-11-03", "2026-11-27"),
        ("2026-11-08", "2026-11-25"),
        ("2026-11-02", "2026-11-30"),
        ("2026-10-10", "2026-11-20"),
        ("2026-10-28", "2026-11-05"),
        ("2026-11-09", "2026-11-10"),
        ("2026-11-12", "2026-11-12"),
        ("1999-01-01", "2099-12-31"),
    ] {
        for grain in [Grain::AdSet, Grain::Ad, Grain::Creative] {
            let request = RoiRequest {
                without_spend: grain == Grain::Ad,
                filter: Filter {
                    accounts: accounts.to_vec(),
                    parent: None,
                },
                ..RoiRequest::new(grain, range(from, to))
            };
            let report = roi(&world.scope, request).await.unwrap();
            texts.push(format!("{:#?}", report.groups));
        }
        for (grain, listed) in [
            (Grain::Campaign, Listed::First),
            (Grain::Ad, Listed::AdDaysFrom(3)),
            (Grain::Account, Listed::AdDaysFrom(40)),
        ] {
            texts.extend(rows_behind(world, accounts, grain, range(from, to), listed).await);
        }
        let mut totals = Vec::new();
        for grain in [Grain::Account, Grain::Campaign, Grain::Ad] {
            let request = RoiRequest {
                without_spend: grain == Grain::Campaign,
                filter: Filter {
                    accounts: accounts.to_vec(),
                    parent: None,
                },
                convert_to: Some(real()),
                ..RoiRequest::new(grain, range(from, to))
            };
            let report = roi(&world.scope, request).await.unwrap();
            let exchanged = report.exchanged.as_ref().unwrap();
            assert!(exchanged.missing.is_empty(), "{:?}", exchanged.missing);
            texts.push(format!("{:#?} {exchanged:#?}", report.groups));
            totals.extend(report.groups.first().map(|group| group.total.figures));
        }
        // Accounts and campaigns come from memory, ads do not.
        assert!(totals.windows(2).all(|two| two[0] == two[1]), "{totals:#?}");
    }
    texts
}

/// The rows behind what was spent by all, and by the first row of a report, as it is and converted.
async fn rows_behind(
    world: &World,
    accounts: &[AdAccountId],
    grain: Grain,
    range: DateRange,
    listed: Listed,
) -> Vec<String> {
    let mut texts = Vec::new();
    for convert_to in [None, Some(real())] {
        let report = RoiRequest {
            filter: Filter {
                accounts: accounts.to_vec(),
                parent: None,
            },
            convert_to,
            ..RoiRequest::new(grain, range)
        };
        let told = roi(&world.scope, report.clone()).await.unwrap();
        let group = told.groups.first().unwrap();
        let mut asked = vec![(RowOf::Total, group.total.figures)];
        if let Some(row) = group.rows.first() {
            asked.push((RowOf::Key(row.key.clone()), row.figures));
        }
        for (row, figures) in asked {
            let request = PassportRequest {
                report: report.clone(),
                currency: group.currency,
                row,
                metric: Metric::Spend,
                limit: 5,
                listed,
            };
            let found = passport(&world.scope, request).await.unwrap();
            assert_eq!(found.figures.spend, figures.spend);
            texts.push(format!("{found:#?}"));
        }
    }
    texts
}

async fn days_and_marks(world: &World) -> (i64, i64) {
    let mut tx = world.scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM outcome_days WHERE kind LIKE 'ads %'), \
         (SELECT COUNT(*) FROM outcome_days_changed WHERE kind LIKE 'ads %')"
    )
    .fetch_one(c)
    .await)
    .unwrap()
}

#[tokio::test]
async fn ads_are_told_alike_from_rows_and_from_packed_days() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let mut lines = Vec::new();
        for (external, currency) in [("act_1", "USD"), ("act_2", "EUR")] {
            let account = world.account(&mut tx, external, currency, "UTC").await;
            let campaign = world.campaign(&mut tx, account, external).await;
            let ad_set = world.ad_set(&mut tx, account, campaign, external).await;
            for nth in 0..3_u32 {
                let name = format!("{external} {nth}");
                let ad = world
                    .ad(&mut tx, (account, campaign, ad_set), None, &name)
                    .await;
                lines.push((account, currency, ad, nth));
            }
        }
        for (account, currency, ad, nth) in &lines {
            // Not every ad has every day, and not every figure is told; some days nothing was spent.
            let october = (25..=31).map(|on| (10, on));
            let november = (1..=28).map(|on| (11, on));
            for (month, on) in october.chain(november).filter(|(_, on)| on % 3 != *nth) {
                let row = AdDay {
                    impressions: (on % 4 != 0).then_some(i64::from(on * 100 + nth)),
                    clicks: Some(i64::from(on)),
                    link_clicks: None,
                    spend: (on % 5 != 0).then(|| Micros(i64::from(on / 7 * nth) * 1_234_567)),
                    meta_leads: Some(i64::from(on % 2)),
                    meta_purchases: (*nth > 0).then(|| i64::from(*nth)),
                    meta_purchase_value: Some(Micros(i64::from(on) * 10_000)),
                };
                let on = day(&format!("2026-{month}-{on:02}"));
                world
                    .ad_day(&mut tx, *account, currency, *ad, on, row)
                    .await;
            }
        }
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        rates(&world).await;
        let one = [lines[0].0];
        let rows = (ads(&world, &[]).await, ads(&world, &one).await);
        assert_eq!(days_and_marks(&world).await, (0, 70));
        pack_days(&world.scope).await.unwrap();
        assert_eq!(days_and_marks(&world).await, (70, 0));
        assert!((ads(&world, &[]).await, ads(&world, &one).await) == rows);

        // A day that is restated is read itself until it is packed again.
        let mut tx = world.write().await;
        for sql in [
            "UPDATE ad_insights SET spend_micros = 77000000 WHERE day = '2026-11-10'",
            "DELETE FROM ad_insights WHERE day = '2026-11-12'",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        }
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let restated = (ads(&world, &[]).await, ads(&world, &one).await);
        assert!(restated != rows);
        assert!(days_and_marks(&world).await.1 > 0);
        pack_days(&world.scope).await.unwrap();
        assert_eq!(days_and_marks(&world).await, (68, 0));
        assert!((ads(&world, &[]).await, ads(&world, &one).await) == restated);
        // Without the sums of two months of two accounts, or their money, the days themselves are read.
        for (kind, values) in [("ads-months %", 20), ("ads-money %", 4)] {
            let mut tx = world.write().await;
            let sql = "DELETE FROM outcome_days WHERE kind LIKE $1";
            let removed = on_tx!(&mut tx, |c| sqlx::query(sql)
                .bind(kind)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))
            .unwrap();
            tx.commit().await.unwrap();
            assert_eq!(removed, values, "{kind}");
            assert!((ads(&world, &[]).await, ads(&world, &one).await) == restated);
        }
    })
    .await;
}

/// The ads and campaigns of a period that holds a whole month, in another currency: twice, as what they came to
/// in the month is in memory the second time. Accounts are added up day by day.
async fn turned(world: &World) -> String {
    let by = async |grain| {
        let request = RoiRequest {
            comparison: Comparison::Previous,
            convert_to: Some(real()),
            ..RoiRequest::new(grain, range("2026-10-28", "2026-12-03"))
        };
        roi(&world.scope, request).await.unwrap()
    };
    let accounts = by(Grain::Account).await;
    let told = |report: &RoiReport| format!("{:#?} {:#?}", report.groups, report.exchanged);
    let totals = |report: &RoiReport| {
        let groups = report.groups.iter();
        let totals = groups.map(|group| (group.currency, group.total.figures));
        (totals.collect::<Vec<_>>(), report.exchanged.clone())
    };
    let both = async || {
        let (campaigns, ads) = (by(Grain::Campaign).await, by(Grain::Ad).await);
        assert_eq!(totals(&campaigns), totals(&accounts));
        assert_eq!(totals(&ads), totals(&accounts));
        told(&campaigns) + &told(&ads)
    };
    let first = both().await;
    assert_eq!(both().await, first);
    first
}

#[tokio::test]
async fn what_money_became_in_a_month_is_kept_as_long_as_its_days_and_rates_are_the_same() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        for (external, currency) in [("act_1", "USD"), ("act_2", "EUR")] {
            let account = world.account(&mut tx, external, currency, "UTC").await;
            let campaign = world.campaign(&mut tx, account, external).await;
            let ad_set = world.ad_set(&mut tx, account, campaign, external).await;
            for nth in 0..3_i64 {
                let name = format!("{external} {nth}");
                let of = (account, campaign, ad_set);
                let ad = world.ad(&mut tx, of, None, &name).await;
                for (on, days) in range("2026-09-20", "2026-12-03").iter().zip(1..) {
                    let row = AdDay {
                        meta_purchase_value: Some(Micros(days * 770_001)),
                        spend: Some(Micros(days * (nth + 1) * 1_234_567)),
                        ..AdDay::spent("1")
                    };
                    world.ad_day(&mut tx, account, currency, ad, on, row).await;
                }
            }
        }
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        rates(&world).await;
        let first = turned(&world).await;
        pack_days(&world.scope).await.unwrap();
        assert_eq!(turned(&world).await, first);
        let on = |text: &str| range(text, text);
        // Another rate of one day of the month.
        let mut before = first;
        for rate in ["9.5", "9.75"] {
            let (from, day) = (Currency::USD, on("2026-11-17"));
            let rate = rate.parse().unwrap();
            exchange_rates::set(&world.scope, from, real(), day, rate)
                .await
                .unwrap();
            let turned = turned(&world).await;
            assert!(turned != before);
            before = turned;
        }
        // Restated, and packed after that.
        let mut tx = world.write().await;
        let sql =
            "UPDATE ad_insights SET spend_micros = spend_micros + 5000001 WHERE day = '2026-11-12'";
        on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let restated = turned(&world).await;
        assert!(restated != before);
        pack_days(&world.scope).await.unwrap();
        assert_eq!(turned(&world).await, restated);
    })
    .await;
}

/// What sales came to in another currency over whole months and their parts, twice: the second time it is in
/// memory. What all models give is credited row by row.
async fn sold(world: &World) -> String {
    let asked = range("2026-09-28", "2026-12-03");
    let first = told_sold(world, asked).await;
    assert_eq!(told_sold(world, asked).await, first);
    first
}

async fn told_sold(world: &World, asked: DateRange) -> String {
    let mut text = String::new();
    for basis in [Basis::Sale, Basis::Lead] {
        for refunds in [Refunds::Accrual, Refunds::Cash] {
            let attribution = Attribution {
                model: Model::Linear,
                basis,
                refunds,
                ..Attribution::default()
            };
            for grain in [Grain::Campaign, Grain::Channel] {
                let request = RoiRequest {
                    attribution,
                    comparison: Comparison::Previous,
                    convert_to: Some(real()),
                    ..RoiRequest::new(grain, asked)
                };
                let report = roi(&world.scope, request).await.unwrap();
                if grain == Grain::Campaign {
                    let models =
                        compare_models(&world.scope, asked, grain, attribution, None, Some(real()));
                    let models = models.await.unwrap();
                    let linear = models.models.iter().position(|of| *of == Model::Linear);
                    let by_rows = models.groups.iter().map(|group| {
                        let total = group.totals[linear.unwrap()];
                        (group.currency, total.revenue, total.cost, total.sales)
                    });
                    let by_sums = report.groups.iter().map(|group| {
                        let total = group.total.figures;
                        (group.currency, total.revenue, total.cost, total.sales)
                    });
                    assert_eq!(by_sums.collect::<Vec<_>>(), by_rows.collect::<Vec<_>>());
                }
                write!(text, "{:#?} {:#?}", report.groups, report.exchanged).unwrap();
            }
            let request = HomeRequest {
                attribution,
                convert_to: Some(real()),
                ..HomeRequest::new(range("2026-11-28", "2026-12-28"))
            };
            // The days before hold no whole month.
            let long = HomeRequest {
                range: range("2026-11-20", "2027-01-25"),
                ..request.clone()
            };
            for request in [request, long] {
                let home = home(&world.scope, request).await.unwrap();
                let days: Vec<_> = home.days.iter().map(|day| day.previous).collect();
                let sums = (home.total, home.previous_total, home.exchanged);
                write!(text, "{days:?} {sums:#?}").unwrap();
            }
        }
    }
    text
}

#[tokio::test]
async fn what_sales_became_in_a_month_is_kept_as_long_as_they_and_the_rates_are_the_same() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "America/Bogota").await;
        let mut tx = world.write().await;
        let mut ads = Vec::new();
        for (external, currency) in [("act_1", "USD"), ("act_2", "EUR")] {
            let account = world
                .account(&mut tx, external, currency, "America/Sao_Paulo")
                .await;
            let campaign = world.campaign(&mut tx, account, external).await;
            let ad_set = world.ad_set(&mut tx, account, campaign, external).await;
            let of = (account, campaign, ad_set);
            let ad = world.ad(&mut tx, of, None, external).await;
            let spent = AdDay::spent("12.5");
            world
                .ad_day(&mut tx, account, currency, ad, day("2026-11-03"), spent)
                .await;
            ads.push((campaign, ad_set, ad));
        }
        world.roll_up(&mut tx).await;
        let start = at("2026-09-25T01:00:00Z");
        for nth in 0..90_i64 {
            let seen = start + TimeDelta::hours(nth * 20);
            // Some of no ad, some of none at all.
            let touch = |of: i64| {
                let ad = ads.get(usize::try_from(of % 3).unwrap());
                ad.map(|(campaign, ad_set, ad)| Touch {
                    campaign: Some(*campaign),
                    ad_set: Some(*ad_set),
                    ad: Some(*ad),
                    ..Touch::default()
                })
            };
            let (contact, _) = world.contact(&mut tx, seen, "WEB", touch(nth)).await;
            for more in 1..(nth % 4) {
                let when = seen + TimeDelta::hours(more * 3);
                world
                    .touch(&mut tx, contact, when, touch(nth + more).unwrap_or_default())
                    .await;
            }
            let sale = Sale {
                gross: Micros(if nth % 7 == 0 { 0 } else { nth * 12_345_678 }),
                refunded: Micros::ZERO,
                currency: ["USD", "EUR", "BRL"][usize::try_from(nth % 3).unwrap()],
                status: "completed",
                completed: seen + TimeDelta::days(2),
                touchpoint: None,
            };
            let sale = world.sale(&mut tx, contact, sale).await;
            if nth % 5 == 0 {
                world.cost(&mut tx, sale, Micros(nth * 1_000_001)).await;
            }
            if nth % 11 == 1 {
                let when = seen + TimeDelta::days(20);
                world.refund(&mut tx, sale, Micros(nth * 2_000_003), when).await;
            }
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        rates(&world).await;
        let by_rows = sold(&world).await;
        pack_days(&world.scope).await.unwrap();
        assert_eq!(sold(&world).await, by_rows);
        // Another rate of some days of a month.
        let days = range("2026-11-14", "2026-11-17");
        let rate = "9.5".parse().unwrap();
        exchange_rates::set(&world.scope, Currency::USD, real(), days, rate)
            .await
            .unwrap();
        let rated = sold(&world).await;
        assert!(rated != by_rows);
        world
            .execute("UPDATE sales SET gross_micros = gross_micros + 7000001 WHERE completed_at < '2026-10-20'")
            .await;
        let changed = sold(&world).await;
        assert!(changed != rated);
        pack_days(&world.scope).await.unwrap();
        assert_eq!(sold(&world).await, changed);
        // A currency that has no rate stays what it is.
        world
            .execute("UPDATE sales SET currency = 'GBP' WHERE currency = 'BRL' AND completed_at > '2026-11-10'")
            .await;
        let kept = sold(&world).await;
        assert!(kept.contains("missing: [\n            MissingRates"), "{kept}");
        pack_days(&world.scope).await.unwrap();
        assert_eq!(sold(&world).await, kept);
    })
    .await;
}

/// What everyone did on these days, in one text: as it is known now or at a moment.
async fn told(world: &World, as_of: Option<DateTime<Utc>>) -> String {
    let all = range("2026-10-01", "2026-11-30");
    let mut text = String::new();
    // There are too few for the model that learns.
    for model in Model::ALL
        .into_iter()
        .filter(|model| *model != Model::Markov)
    {
        let attribution = Attribution {
            model,
            ..Attribution::default()
        };
        let request = RoiRequest {
            attribution,
            without_spend: true,
            comparison: Comparison::Previous,
            as_of,
            ..RoiRequest::new(Grain::Ad, all)
        };
        let report = roi(&world.scope, request).await.unwrap();
        // Longer than some months, whose sums are kept.
        let long = range("2026-09-15", "2026-12-02");
        let grains: &[Grain] = match model {
            Model::LastTouch => &[Grain::Ad, Grain::Campaign, Grain::Channel],
            Model::Linear => &[Grain::Channel],
            _ => &[],
        };
        for grain in grains {
            for basis in [Basis::Sale, Basis::Lead] {
                for convert_to in [None, Some(real())] {
                    let request = RoiRequest {
                        attribution: Attribution {
                            basis,
                            ..attribution
                        },
                        new_customers: true,
                        convert_to,
                        as_of,
                        ..RoiRequest::new(*grain, long)
                    };
                    let report = roi(&world.scope, request).await.unwrap();
                    let missing = report.exchanged.iter().flat_map(|of| &of.missing);
                    assert_eq!(missing.count(), 0);
                    let told = (report.groups, report.exchanged);
                    write!(text, "{told:#?}").unwrap();
                }
            }
        }
        write!(text, "{:#?}", report.groups).unwrap();
        let mut homes = vec![(all, None)];
        if model == Model::LastTouch {
            homes.extend([(long, None), (long, Some(real()))]);
        }
        for (range, convert_to) in homes {
            let request = HomeRequest {
                attribution,
                convert_to,
                as_of,
                ..HomeRequest::new(range)
            };
            let home = home(&world.scope, request).await.unwrap();
            let figures: Vec<_> = home.days.iter().map(|day| day.figures).collect();
            let parts = (home.leads, home.campaigns, home.creatives, home.others);
            write!(text, "{figures:?} {parts:#?}").unwrap();
        }
        // Of the period before each day is kept.
        let later = range("2026-11-21", "2026-12-20");
        let request = HomeRequest {
            attribution,
            as_of,
            ..HomeRequest::new(later)
        };
        let home = rumbo_insight::home(&world.scope, request).await.unwrap();
        let before: Vec<_> = home.days.iter().map(|day| day.previous).collect();
        writeln!(text, "{before:?}").unwrap();
    }
    let attribution = Attribution::default();
    let grain = Grain::Campaign;
    let models = compare_models(&world.scope, all, grain, attribution, as_of, None);
    write!(text, "{:#?}", models.await.unwrap().groups).unwrap();
    text
}

/// So many that several threads take part. As of a moment other days and months are read than now.
#[tokio::test]
async fn what_is_tallied_by_several_is_what_one_tallies() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        world.sync_run(&mut tx, 1).await;
        let zone = "America/Sao_Paulo";
        let account = world.account(&mut tx, "act_1", "USD", zone).await;
        let mut ads = Vec::new();
        for name in ["a", "b", "c"] {
            let campaign = world.campaign(&mut tx, account, name).await;
            let ad_set = world.ad_set(&mut tx, account, campaign, name).await;
            let creative = world.creative(&mut tx, account, name).await;
            let of = (account, campaign, ad_set);
            let ad = world.ad(&mut tx, of, Some(creative), name).await;
            let on = day("2026-11-03");
            let spent = AdDay::spent("12.5");
            world.ad_day(&mut tx, account, "USD", ad, on, spent).await;
            ads.push((campaign, ad_set, ad));
        }
        world.roll_up(&mut tx).await;
        let start = at("2026-10-05T03:00:00Z");
        let mut contacts = Vec::new();
        for nth in 0..500_i64 {
            let seen = start + TimeDelta::minutes(nth * 130);
            // Every fourth touch is of no ad.
            let touch = |of: i64| {
                let ad = ads.get(usize::try_from(of % 4).unwrap());
                ad.map(|(campaign, ad_set, ad)| Touch {
                    campaign: Some(*campaign),
                    ad_set: Some(*ad_set),
                    ad: Some(*ad),
                    ..Touch::default()
                })
            };
            let source = if nth % 3 == 0 { "ORGANIC" } else { "META_ADS" };
            let first = touch(nth);
            let (contact, _) = world.contact(&mut tx, seen, source, first).await;
            contacts.push(contact);
            for more in 1..6 {
                let when = seen + TimeDelta::hours(more * 7);
                let touch = touch(nth + more).unwrap_or_default();
                world.touch(&mut tx, contact, when, touch).await;
            }
            let sale = Sale {
                gross: Micros((1 + nth) * 12_340_000),
                refunded: Micros::ZERO,
                currency: "USD",
                status: "completed",
                completed: seen + TimeDelta::days(2),
                touchpoint: None,
            };
            world.sale(&mut tx, contact, sale).await;
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        pack_days(&world.scope).await.unwrap();
        rates(&world).await;
        let now = world.scope.now() + TimeDelta::days(1);
        let same = async |when: &str| {
            let (by_several, by_one) = (told(&world, None).await, told(&world, Some(now)).await);
            for (several, one) in by_several.lines().zip(by_one.lines()) {
                assert_eq!(several, one, "{when}");
            }
            assert_eq!(by_several.len(), by_one.len());
            by_one
        };
        let first = same("at first").await;
        assert!(same("from memory").await == first);
        // What is changed is read until it is packed again, and what was kept is no longer.
        let mut tx = world.write().await;
        let sql = "UPDATE sales SET gross_micros = gross_micros + 1000000 \
                   WHERE completed_at < '2026-10-20T00:00:00Z'";
        on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        let changed = same("changed").await;
        assert!(changed != first);
        pack_days(&world.scope).await.unwrap();
        assert!(same("packed again").await == changed);
        // What is kept of a moment is of then, whatever is written and packed after it. November is over.
        world
            .scope
            .clock
            .advance(std::time::Duration::from_hours(24 * 40));
        let moment = world.scope.now();
        let then = told(&world, Some(moment)).await;
        for sql in [
            "UPDATE sales SET gross_micros = gross_micros + 1000000, updated_at = $1 \
             WHERE completed_at < '2026-10-20T00:00:00Z'",
            "UPDATE contacts SET kind = 'internal', updated_at = $1 \
             WHERE first_seen_at < '2026-10-12T00:00:00Z'",
            "UPDATE sales SET completed_at = '2026-10-30T10:00:00+00:00', updated_at = $1 \
             WHERE completed_at < '2026-10-09T00:00:00Z'",
            // Everything is of other days now.
            "UPDATE ad_accounts SET timezone = 'Asia/Tokyo', updated_at = $1",
        ] {
            world
                .scope
                .clock
                .advance(std::time::Duration::from_hours(1));
            let mut tx = world.write().await;
            let at = world.scope.now();
            on_tx!(&mut tx, |c| sqlx::query(sql)
                .bind(at)
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
            tx.commit().await.unwrap();
            // What is in memory of now serves then where nothing is otherwise.
            let now = told(&world, None).await;
            assert!(told(&world, Some(moment)).await == then, "marked: {sql}");
            pack_days(&world.scope).await.unwrap();
            assert!(told(&world, None).await == now, "now: {sql}");
            assert!(told(&world, Some(moment)).await == then, "packed: {sql}");
        }
        // One that is brought in later, and is of before.
        let mut tx = world.write().await;
        let sale = Sale {
            gross: Micros(77_000_000),
            refunded: Micros::ZERO,
            currency: "USD",
            status: "completed",
            completed: at("2026-10-15T12:00:00Z"),
            touchpoint: None,
        };
        world.sale(&mut tx, contacts[0], sale).await;
        tx.commit().await.unwrap();
        pack_days(&world.scope).await.unwrap();
        assert!(told(&world, Some(moment)).await == then);
        assert!(told(&world, None).await != then);
    })
    .await;
}
