//! Every way to credit, against rules that were written down a second time, in plain floats.
#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the second opinion is in floats, on numbers that are small"
)]

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use chrono::{DateTime, Duration, Utc};
use rumbo_base::{AdCampaignId, DateRange, Entropy, Micros, TimeZone};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Basis, Grain, HomeRequest, Model, Refunds, RoiReport, RoiRequest, Window,
    compare_models, home, roi, window_advice,
};

use crate::world::{Sale, Touch, World, assert_adds_up, at, range, usd};

const ACCOUNT_ZONE: &str = "America/New_York";
const HOME_ZONE: &str = "Asia/Tokyo";
const SOURCES: [&str; 4] = ["META_ADS", "WEB", "REFERRAL", "UNKNOWN"];

struct Walked {
    at: DateTime<Utc>,
    campaign: Option<AdCampaignId>,
    source: &'static str,
    medium: Option<&'static str>,
}

struct Sold {
    at: DateTime<Utc>,
    gross: i64,
    /// In cents, where it is known.
    cost: Option<i64>,
    refunds: Vec<(DateTime<Utc>, i64)>,
}

/// One contact: touches in their order, then what came of it.
struct Person {
    seen: DateTime<Utc>,
    touches: Vec<Walked>,
    opened: Vec<DateTime<Utc>>,
    sold: Vec<Sold>,
}

fn ways() -> Vec<Attribution> {
    let decay = |days| Model::TimeDecay {
        half_life: NonZeroU32::new(days).unwrap(),
    };
    let window = |click_days, view_days| Window {
        click_days,
        view_days,
    };
    let windows = [
        window(None, None),
        window(Some(7), Some(1)),
        window(Some(30), Some(0)),
    ];
    let mut ways = Vec::new();
    // What the data-driven model learns needs more than a few people: data_driven.rs.
    let rules = Model::ALL
        .into_iter()
        .filter(|model| *model != Model::Markov);
    for model in rules.chain([decay(2)]) {
        for window in windows {
            for basis in [Basis::Sale, Basis::Lead] {
                for refunds in [Refunds::Accrual, Refunds::Cash] {
                    ways.push(Attribution {
                        model,
                        window,
                        basis,
                        refunds,
                    });
                }
            }
        }
    }
    ways
}

async fn written(world: &World, campaigns: &[AdCampaignId], dice: &Entropy) -> Vec<Person> {
    let roll = |sides: u64| u64::from_le_bytes(dice.bytes()) % sides;
    let start = at("2026-01-01T00:00:00Z");
    let minutes = |most: u64| Duration::minutes(i64::try_from(roll(most)).unwrap());
    let mut tx = world.write().await;
    let stage = world.stage(&mut tx).await;
    let mut people = Vec::new();
    for _ in 0..60 {
        let seen = start + minutes(60 * 24 * 50);
        let mut person = Person {
            seen,
            touches: Vec::new(),
            opened: Vec::new(),
            sold: Vec::new(),
        };
        let (contact, _) = world.contact(&mut tx, seen, "META_ADS", None).await;
        let mut ids = Vec::new();
        for nth in 0..roll(7) {
            let campaign = (roll(4) > 0).then(|| campaigns[usize::try_from(roll(3)).unwrap()]);
            let walked = Walked {
                at: if nth == 0 {
                    seen
                } else {
                    seen + minutes(60 * 24 * 40)
                },
                campaign,
                source: SOURCES[usize::try_from(roll(4)).unwrap()],
                medium: [None, None, Some("view"), Some("search")]
                    [usize::try_from(roll(4)).unwrap()],
            };
            let touch = Touch {
                campaign,
                source: Some(walked.source),
                medium: walked.medium,
                ..Touch::default()
            };
            let id = world.touch(&mut tx, contact, walked.at, touch).await;
            ids.push((walked.at, id));
            person.touches.push(walked);
        }
        person.touches.sort_by_key(|touch| touch.at);
        ids.sort();
        let last = |when: DateTime<Utc>| ids.iter().rfind(|(at, _)| *at <= when).map(|(_, id)| *id);
        for _ in 0..roll(3) {
            let opened = seen + minutes(60 * 24 * 30);
            world
                .opportunity(&mut tx, stage, contact, opened, last(opened))
                .await;
            person.opened.push(opened);
        }
        for _ in 0..roll(4) {
            let completed = seen + minutes(60 * 24 * 45);
            let gross = i64::try_from(1 + roll(100_000)).unwrap();
            let mut sold = Sold {
                at: completed,
                gross,
                cost: (roll(4) > 0).then(|| i64::try_from(roll(70_000)).unwrap()),
                refunds: Vec::new(),
            };
            let mut left = gross;
            for _ in 0..roll(3) {
                let back = 1 + i64::try_from(roll(u64::try_from(left).unwrap())).unwrap();
                if back < left {
                    left -= back;
                    sold.refunds.push((completed + minutes(60 * 24 * 40), back));
                }
            }
            sold.refunds.sort();
            let id = world
                .sale(
                    &mut tx,
                    contact,
                    Sale {
                        gross: Micros(gross * 10_000),
                        refunded: Micros((gross - left) * 10_000),
                        currency: "USD",
                        status: "completed",
                        completed,
                        touchpoint: last(completed),
                    },
                )
                .await;
            if let Some(cost) = sold.cost {
                world.cost(&mut tx, id, Micros(cost * 10_000)).await;
            }
            for (when, back) in &sold.refunds {
                world
                    .refund(&mut tx, id, Micros(back * 10_000), *when)
                    .await;
            }
            person.sold.push(sold);
        }
        people.push(person);
    }
    world.credit(&mut tx).await;
    tx.commit().await.unwrap();
    people
}

/// Opportunities and sales in millionths, revenue in cents; of these sales those with a cost, and it.
type Sums = BTreeMap<Option<AdCampaignId>, [i64; 5]>;

/// The parts of a number, from shares that add up to 1.
pub fn parts(number: i64, shares: &[f64]) -> Vec<i64> {
    let exact: Vec<f64> = shares.iter().map(|share| share * number as f64).collect();
    let mut parts: Vec<i64> = exact
        .iter()
        .map(|part| (part + 1e-9).floor() as i64)
        .collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let rest = |place: usize| ((exact[place] - (exact[place] + 1e-9).floor()) * 1e6).round() as i64;
    order.sort_by_key(|place| (-rest(*place), *place));
    let left = number - parts.iter().sum::<i64>();
    for place in order.into_iter().take(usize::try_from(left).unwrap()) {
        parts[place] += 1;
    }
    parts
}

fn shares(way: Attribution, touches: &[&Walked], happened: DateTime<Utc>) -> Vec<f64> {
    let n = touches.len();
    let one = |chosen: usize| {
        (0..n)
            .map(|place| f64::from(u8::from(place == chosen)))
            .collect()
    };
    match way.model {
        Model::LastTouch => one(n - 1),
        Model::FirstTouch => one(0),
        Model::LastNonDirect => {
            let tells = |touch: &&Walked| {
                touch.campaign.is_some()
                    || touch.medium.is_some()
                    || !["WEB", "UNKNOWN"].contains(&touch.source)
            };
            one(touches.iter().rposition(tells).unwrap_or(n - 1))
        }
        Model::Linear => vec![1.0 / n as f64; n],
        Model::PositionBased if n < 3 => vec![1.0 / n as f64; n],
        Model::PositionBased => (0..n)
            .map(|place| {
                if place == 0 || place == n - 1 {
                    0.4
                } else {
                    0.2 / (n - 2) as f64
                }
            })
            .collect(),
        Model::TimeDecay { half_life } => {
            let weigh = |touch: &&Walked| {
                let days = (happened - touch.at).num_microseconds().unwrap() as f64 / 86_400e6;
                2_f64.powf(-days / f64::from(half_life.get()))
            };
            let total: f64 = touches.iter().map(weigh).sum();
            touches.iter().map(|touch| weigh(touch) / total).collect()
        }
        Model::Markov => unreachable!("learned, not a rule"),
    }
}

/// What the rules say, person by person.
fn expected(people: &[Person], way: Attribution, days: DateRange) -> Sums {
    let (account, here): (TimeZone, TimeZone) =
        (ACCOUNT_ZONE.parse().unwrap(), HOME_ZONE.parse().unwrap());
    let mut sums = Sums::new();
    let mut add = |campaign: Option<AdCampaignId>, dated: DateTime<Utc>, more: [i64; 5]| {
        let zone = if campaign.is_some() { account } else { here };
        if days.contains(zone.day_of(dated)) && more != [0; 5] {
            let sum = sums.entry(campaign).or_default();
            for (sum, more) in sum.iter_mut().zip(more) {
                *sum += more;
            }
        }
    };
    for person in people {
        let counting = |happened: DateTime<Utc>| -> Vec<&Walked> {
            let holds = |touch: &&Walked| {
                let back = happened - touch.at;
                let days = if touch.medium == Some("view") {
                    way.window.view_days
                } else {
                    way.window.click_days
                };
                back >= Duration::zero()
                    && days.is_none_or(|days| back <= Duration::days(days.into()))
            };
            person.touches.iter().filter(holds).collect()
        };
        let dated = |own: DateTime<Utc>| match way.basis {
            Basis::Sale => own,
            Basis::Lead => person.seen,
        };
        for opened in &person.opened {
            let touches = counting(*opened);
            if touches.is_empty() {
                add(None, dated(*opened), [1_000_000, 0, 0, 0, 0]);
                continue;
            }
            let parts = parts(1_000_000, &shares(way, &touches, *opened));
            for (touch, part) in touches.iter().zip(parts) {
                add(touch.campaign, dated(*opened), [part, 0, 0, 0, 0]);
            }
        }
        for sold in &person.sold {
            let touches = counting(sold.at);
            // Amounts after each refund; the first is the sale itself.
            let mut amounts = vec![(dated(sold.at), sold.gross)];
            for (when, back) in &sold.refunds {
                let left = amounts.last().unwrap().1 - back;
                match way.refunds {
                    Refunds::Accrual => amounts[0].1 = left,
                    Refunds::Cash => amounts.push((*when, left)),
                }
            }
            let mut had = vec![0; touches.len()];
            let mut before = 0;
            for (nth, (when, amount)) in amounts.into_iter().enumerate() {
                let one = if nth == 0 { 1_000_000 } else { 0 };
                // Money given back leaves the cost where it is.
                let cost = sold.cost.filter(|_| nth == 0);
                if touches.is_empty() {
                    let costed = cost.map_or(0, |_| one);
                    let more = [0, one, amount - before, costed, cost.unwrap_or(0)];
                    add(None, when, more);
                    before = amount;
                    continue;
                }
                let shares = shares(way, &touches, sold.at);
                let counts = parts(one, &shares);
                let has = parts(amount, &shares);
                let costs = cost.map(|cost| parts(cost, &shares));
                for (place, touch) in touches.iter().enumerate() {
                    let count = counts[place];
                    let (costed, cost) =
                        costs.as_ref().map_or((0, 0), |costs| (count, costs[place]));
                    let more = [0, count, has[place] - had[place], costed, cost];
                    add(touch.campaign, when, more);
                }
                had = has;
            }
        }
    }
    sums
}

fn found(report: &RoiReport) -> Sums {
    let mut sums = Sums::new();
    for group in &report.groups {
        let rows = group
            .rows
            .iter()
            .map(|row| (row.id.map(AdCampaignId), row.figures));
        for (campaign, figures) in rows.chain([(None, group.unattributed.figures)]) {
            let more = [
                figures.opportunities.0,
                figures.sales.0,
                figures.revenue.0 / 10_000,
                figures.costed_sales.0,
                figures.cost.0 / 10_000,
            ];
            let rest = [figures.revenue.0 % 10_000, figures.cost.0 % 10_000];
            assert_eq!(rest, [0; 2], "a part is of whole cents");
            if more != [0; 5] {
                assert!(sums.insert(campaign, more).is_none());
            }
        }
    }
    sums
}

#[tokio::test]
async fn every_way_to_credit_is_what_its_rule_says() {
    on_both(|test| async move {
        let dice = Entropy::seeded(7);
        let world = World::new(test, Some("USD"), HOME_ZONE).await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", ACCOUNT_ZONE).await;
        let mut campaigns = Vec::new();
        for name in ["c1", "c2", "c3"] {
            campaigns.push(world.campaign(&mut tx, account, name).await);
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let people = written(&world, &campaigns, &dice).await;
        let all = range("2025-12-01", "2026-06-30");
        let mut whole: BTreeMap<Refunds, Vec<(i64, i64, i64)>> = BTreeMap::new();
        for way in ways() {
            for days in [all, range("2026-01-20", "2026-02-18")] {
                let request = RoiRequest {
                    attribution: way,
                    without_spend: true,
                    new_customers: true,
                    ..RoiRequest::new(Grain::Campaign, days)
                };
                let report = roi(&world.scope, request).await.unwrap();
                assert_adds_up(&report);
                assert_eq!(
                    found(&report),
                    expected(&people, way, days),
                    "{way:?} {days:?}"
                );
                let total = report.groups[0].total.figures;
                assert_eq!(
                    total.new_customers.unwrap().0 % 1_000_000,
                    0,
                    "{way:?} {days:?}"
                );
                if days == all {
                    whole.entry(way.refunds).or_default().push((
                        total.sales.0,
                        total.revenue.0,
                        total.cost.0,
                    ));
                }
                let mut request = HomeRequest::new(days);
                request.attribution = way;
                request.creatives = 0;
                let home = home(&world.scope, request).await.unwrap();
                let (mut mine, mut theirs) = (home.total.figures, total);
                (mine.new_customers, theirs.new_customers) = (None, None);
                assert_eq!(mine, theirs, "{way:?} {days:?}");
            }
        }
        side_by_side(&world, all).await;
        // Over all time every way has the same sales, revenue and cost.
        let gross: i64 = people.iter().flat_map(|p| &p.sold).map(|s| s.gross).sum();
        let back: i64 = people
            .iter()
            .flat_map(|p| &p.sold)
            .flat_map(|s| &s.refunds)
            .map(|r| r.1)
            .sum();
        let costs = people.iter().flat_map(|p| &p.sold).map(|s| s.cost);
        let cost: i64 = costs.flatten().sum();
        let sales = people.iter().map(|p| p.sold.len()).sum::<usize>();
        let sums = (
            i64::try_from(sales).unwrap() * 1_000_000,
            (gross - back) * 10_000,
            cost * 10_000,
        );
        for found in whole.into_values().flatten() {
            assert_eq!(found, sums);
        }
    })
    .await;
}

/// All models at once are each model alone, and the indexes are made of what they show.
async fn side_by_side(world: &World, days: DateRange) {
    let base = Attribution {
        window: Window {
            click_days: Some(30),
            view_days: Some(2),
        },
        refunds: Refunds::Cash,
        ..Attribution::default()
    };
    let compared = compare_models(&world.scope, days, Grain::Campaign, base, None, None)
        .await
        .unwrap();
    // These people are too few to learn from.
    assert_eq!(compared.models, Model::ALL[..6]);
    let group = &compared.groups[0];
    for (nth, model) in compared.models.iter().enumerate() {
        let request = RoiRequest {
            attribution: Attribution {
                model: *model,
                ..base
            },
            ..RoiRequest::new(Grain::Campaign, days)
        };
        let report = roi(&world.scope, request).await.unwrap();
        let alone = &report.groups[0];
        assert_eq!(alone.rows.len(), group.rows.len(), "{model:?}");
        for row in &group.rows {
            let same = alone
                .rows
                .iter()
                .find(|one| one.key == row.row.key)
                .unwrap();
            assert_eq!(row.figures[nth], same.figures, "{model:?}");
        }
        assert_eq!(alone.total.figures, group.totals[nth], "{model:?}");
        assert_eq!(
            alone.unattributed.figures, group.unattributed[nth],
            "{model:?}"
        );
    }
    let revenue = |model: usize| -> Vec<i64> {
        let rows = group.rows.iter().map(|row| row.figures[model].revenue.0);
        rows.chain([group.unattributed[model].revenue.0]).collect()
    };
    for a in 0..compared.models.len() {
        for b in 0..compared.models.len() {
            let apart: i64 = revenue(a)
                .iter()
                .zip(revenue(b))
                .map(|(a, b)| (a - b).abs())
                .sum();
            let index = apart as f64 / 2.0 / revenue(a).iter().sum::<i64>() as f64;
            let told: f64 = group.disagreement[a][b].as_ref().unwrap().parse().unwrap();
            assert!((told - index).abs() <= 0.000_051, "{told} {index}");
            assert!(
                (0.0..=1.0).contains(&told) && (a == b) == (told == 0.0),
                "{a} {b} {told}"
            );
        }
    }
}

/// Lags that are known: what a window keeps is counted from them.
#[tokio::test]
async fn the_advice_on_windows_reads_the_lags_of_the_sales() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), HOME_ZONE).await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", HOME_ZONE).await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let completed = at("2026-06-15T12:00:00Z");
        // 40 sales: the last touch 0, 1, 2 … 39 days before, and another 100 days before that.
        for days in 0..40 {
            let last = completed - Duration::days(days);
            let touch = || Touch {
                campaign: Some(campaign),
                ..Touch::default()
            };
            let (contact, _) = world
                .contact(
                    &mut tx,
                    last - Duration::days(100),
                    "META_ADS",
                    Some(touch()),
                )
                .await;
            world.touch(&mut tx, contact, last, touch()).await;
            let sale = Sale {
                gross: usd("1"),
                refunded: usd("0"),
                currency: "USD",
                status: "completed",
                completed,
                touchpoint: None,
            };
            world.sale(&mut tx, contact, sale).await;
        }
        let (nobody, _) = world.contact(&mut tx, completed, "WEB", None).await;
        let sale = Sale {
            gross: usd("1"),
            refunded: usd("0"),
            currency: "USD",
            status: "completed",
            completed,
            touchpoint: None,
        };
        world.sale(&mut tx, nobody, sale).await;
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let june = range("2026-06-01", "2026-06-30");
        let advice = window_advice(&world.scope, june, None).await.unwrap();
        assert_eq!((advice.sales, advice.with_touch), (41, 40));
        let of = |days: u32| {
            let window = advice
                .windows
                .iter()
                .find(|window| window.days == days)
                .unwrap();
            (window.kept, window.kept_percent.as_deref(), window.whole)
        };
        assert_eq!(of(7), (8, Some("20.00"), 0));
        assert_eq!(of(28), (29, Some("72.50"), 0));
        assert_eq!(of(60), (40, Some("100.00"), 0));
        assert_eq!(of(180), (40, Some("100.00"), 40));
        assert_eq!(advice.suggested, Some(60));
        let may = window_advice(&world.scope, range("2026-05-01", "2026-05-31"), None)
            .await
            .unwrap();
        assert_eq!((may.sales, may.suggested), (0, None));
        assert_eq!(may.windows[0].kept_percent, None);
    })
    .await;
}

#[tokio::test]
async fn a_late_sale_counts_with_its_lead_and_a_refund_on_its_own_day() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), HOME_ZONE).await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", HOME_ZONE).await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let touch = Touch {
            campaign: Some(campaign),
            ..Touch::default()
        };
        let (contact, touchpoint) = world
            .contact(&mut tx, at("2026-01-10T00:00:00Z"), "META_ADS", Some(touch))
            .await;
        let sale = Sale {
            gross: usd("100"),
            refunded: usd("30"),
            currency: "USD",
            status: "completed",
            completed: at("2026-02-10T00:00:00Z"),
            touchpoint,
        };
        let sale = world.sale(&mut tx, contact, sale).await;
        world
            .refund(&mut tx, sale, usd("30"), at("2026-03-10T00:00:00Z"))
            .await;
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let months = [
            range("2026-01-01", "2026-01-31"),
            range("2026-02-01", "2026-02-28"),
            range("2026-03-01", "2026-03-31"),
        ];
        for (basis, refunds, revenue, sales) in [
            (Basis::Sale, Refunds::Accrual, ["0", "70", "0"], [0, 1, 0]),
            (Basis::Sale, Refunds::Cash, ["0", "100", "-30"], [0, 1, 0]),
            (Basis::Lead, Refunds::Accrual, ["70", "0", "0"], [1, 0, 0]),
            (Basis::Lead, Refunds::Cash, ["100", "0", "-30"], [1, 0, 0]),
        ] {
            for (nth, days) in months.into_iter().enumerate() {
                let request = RoiRequest {
                    attribution: Attribution {
                        basis,
                        refunds,
                        ..Attribution::default()
                    },
                    ..RoiRequest::new(Grain::Ad, days)
                };
                let report = roi(&world.scope, request).await.unwrap();
                let total = report
                    .groups
                    .first()
                    .map(|group| group.total.figures)
                    .unwrap_or_default();
                assert_eq!(
                    total.revenue,
                    usd(revenue[nth]),
                    "{basis:?} {refunds:?} {days:?}"
                );
                assert_eq!(
                    total.sales.0,
                    sales[nth] * 1_000_000,
                    "{basis:?} {refunds:?} {days:?}"
                );
            }
        }
    })
    .await;
}

/// With accounts of two currencies and zones an opportunity counts in another currency, and a sale
/// on another day, as the model credits it: every model has its own totals, those of its report.
#[tokio::test]
async fn every_model_has_the_totals_of_its_own_report() {
    on_both(async |test| {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let mut campaigns = Vec::new();
        for (id, currency, zone) in [("1", "USD", "UTC"), ("2", "EUR", "Asia/Tokyo")] {
            let account = world.account(&mut tx, id, currency, zone).await;
            campaigns.push(world.campaign(&mut tx, account, id).await);
        }
        let touch = |campaign| Touch {
            campaign: Some(campaign),
            ..Touch::default()
        };
        let seen = at("2026-03-01T10:00:00Z");
        let (contact, _) = world
            .contact(&mut tx, seen, "META_ADS", Some(touch(campaigns[0])))
            .await;
        let last = at("2026-03-05T10:00:00Z");
        let touchpoint = world
            .touch(&mut tx, contact, last, touch(campaigns[1]))
            .await;
        let stage = world.stage(&mut tx).await;
        let opened = at("2026-03-06T10:00:00Z");
        world
            .opportunity(&mut tx, stage, contact, opened, Some(touchpoint))
            .await;
        // April in Tokyo, March where the first touch counts.
        for completed in ["2026-03-20T10:00:00Z", "2026-03-31T20:00:00Z"] {
            let sale = Sale {
                gross: usd("100"),
                refunded: Micros::ZERO,
                currency: "USD",
                status: "completed",
                completed: at(completed),
                touchpoint: Some(touchpoint),
            };
            world.sale(&mut tx, contact, sale).await;
        }
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let days = range("2026-03-01", "2026-03-31");
        let usual = Attribution::default();
        let compared = compare_models(&world.scope, days, Grain::Campaign, usual, None, None)
            .await
            .unwrap();
        let mut seen = Vec::new();
        for (nth, model) in compared.models.iter().enumerate() {
            let attribution = Attribution {
                model: *model,
                ..usual
            };
            let request = RoiRequest {
                attribution,
                ..RoiRequest::new(Grain::Campaign, days)
            };
            let report = roi(&world.scope, request).await.unwrap();
            for group in &compared.groups {
                let alone = report.groups.iter().find(|g| g.currency == group.currency);
                let total = alone.map(|alone| alone.total.figures).unwrap_or_default();
                assert_eq!(group.totals[nth], total, "{model:?}");
                let mut sum = group.unattributed[nth];
                for row in &group.rows {
                    sum.add(&row.figures[nth]).unwrap();
                }
                assert_eq!(sum, total, "{model:?}");
            }
            let dollars = &compared.groups[0];
            let of = dollars.totals[nth];
            seen.push((of.opportunities.0, of.revenue.0 / 1_000_000));
            // Half of what both give lies apart at most: never more than all of it.
            for index in dollars.disagreement[nth].iter().flatten() {
                assert!(index.as_str() <= "1.0000", "{index}");
            }
        }
        // Last and first touch, the last that is not direct, and those that give both a half.
        assert_eq!(
            seen[..5],
            [
                (0, 100),
                (1_000_000, 200),
                (0, 100),
                (500_000, 150),
                (500_000, 150)
            ]
        );
    })
    .await;
}
