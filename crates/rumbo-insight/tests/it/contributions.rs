//! Which rows moved a number.

use std::collections::BTreeMap;

use rumbo_base::{Currency, Micros};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Comparison, Contribution, ContributionGroup, ContributionsRequest, Earlier, Figures, Grain,
    Metric, RoiReport, RoiRequest, contributions, roi,
};
use rumbo_platform::Scope;

use crate::world::{AdDay, Sale, Touch, World, at, day, range, usd};

/// A number of text in units of its place `places`.
fn units(text: &str, places: usize) -> i128 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{rest:0<places$}").parse().unwrap()
}

/// What a few metrics divide, and by what, as written in docs/metrics.md.
fn division(metric: Metric, of: &Figures) -> Option<(f64, f64)> {
    let n = |n: i64| -> f64 { n.to_string().parse().unwrap() };
    let money = |amount: Micros| n(amount.0) / 1e6;
    let spend = money(of.spend.unwrap_or_default());
    let revenue = money(of.revenue);
    Some(match metric {
        Metric::Roas => (revenue, spend),
        Metric::Roi => ((revenue - spend) * 100.0, spend),
        Metric::Cpl => (spend, n(of.leads)),
        Metric::CostPerSale => (spend, n(of.sales.0) / 1e6),
        Metric::Cpm => (spend * 1000.0, n(of.impressions.unwrap_or(0))),
        Metric::Ctr => (
            n(of.clicks.unwrap_or(0)) * 100.0,
            n(of.impressions.unwrap_or(0)),
        ),
        Metric::SalesPerLead => (n(of.sales.0) / 1e4, n(of.leads)),
        Metric::LeadsPerMetaLead => (n(of.leads) * 100.0, n(of.meta_leads)),
        _ => return None,
    })
}

type Sides = BTreeMap<Option<String>, (Figures, Figures)>;

fn sides(before: &RoiReport, after: &RoiReport, currency: Currency) -> Sides {
    let mut sides = Sides::new();
    for (report, early) in [(before, true), (after, false)] {
        let Some(group) = report.groups.iter().find(|g| g.currency == currency) else {
            continue;
        };
        let rows = group
            .rows
            .iter()
            .map(|row| (Some(row.key.clone()), row.figures));
        for (key, figures) in rows.chain([(None, group.unattributed.figures)]) {
            let (then, now) = sides.entry(key).or_default();
            *(if early { then } else { now }) = figures;
        }
    }
    sides
}

fn assert_group(metric: Metric, group: &ContributionGroup, sides: &Sides) {
    let currency = group.currency;
    let of_attributed = metric.is_of_attributed();
    let counted = |key: &Option<String>| key.is_some() || !of_attributed;
    let mut whole = (Figures::default(), Figures::default());
    for (_, (before, after)) in sides.iter().filter(|(key, _)| counted(key)) {
        whole.0.add(before).unwrap();
        whole.1.add(after).unwrap();
    }
    let text = |figures: &Figures| metric.text(figures, currency);
    let about = format!("{metric:?} {currency} {group:#?}");
    assert_eq!(group.whole.before, text(&whole.0), "{about}");
    assert_eq!(group.whole.after, text(&whole.1), "{about}");
    let told: Vec<(Option<String>, &Contribution)> = group
        .rows
        .iter()
        .map(|row| (Some(row.row.key.clone()), &row.contribution))
        .chain(group.unattributed.iter().map(|told| (None, told)))
        .collect();
    for (key, told) in &told {
        let (before, after) = &sides[key];
        assert_eq!(told.before, text(before), "{about}");
        assert_eq!(told.after, text(after), "{about}");
    }
    let Some(moved) = &group.whole.contribution else {
        assert!(told.iter().all(|(_, one)| one.contribution.is_none()));
        return;
    };
    let places = moved.split_once('.').map_or(0, |(_, rest)| rest.len());
    let places = places.max(6);
    let number = |text: &Option<String>| text.as_deref().map_or(0, |text| units(text, places));
    assert_eq!(
        number(&group.whole.after) - number(&group.whole.before),
        number(&group.whole.contribution),
        "{about}"
    );
    let sum = |of: fn(&Contribution) -> &Option<String>| -> i128 {
        told.iter().map(|(_, one)| number(of(one))).sum()
    };
    assert_eq!(
        sum(|one| &one.contribution),
        units(moved, places),
        "{about}"
    );
    if metric.is_sum() {
        assert!(
            told.iter()
                .all(|(_, one)| one.mix.is_none() && one.rate.is_none())
        );
        return;
    }
    assert_eq!(sum(|one| &one.mix), number(&group.whole.mix), "{about}");
    assert_eq!(sum(|one| &one.rate), number(&group.whole.rate), "{about}");
    for (_, one) in &told {
        assert_eq!(
            number(&one.mix) + number(&one.rate),
            number(&one.contribution),
            "{about}"
        );
    }
    let (Some((n, d)), Some((n_after, d_after))) =
        (division(metric, &whole.0), division(metric, &whole.1))
    else {
        return;
    };
    // Two units of the last place that is shown: a row is rounded, and so is what it is rounded to.
    let shown = moved.split_once('.').map_or(0, |(_, rest)| rest.len());
    let near = |text: &Option<String>, number: f64| {
        let told: f64 = text.as_deref().unwrap().parse().unwrap();
        let least = 2.0 / 10_f64.powi(i32::try_from(shown).unwrap());
        assert!(
            (told - number).abs() <= least + number.abs() * 1e-9,
            "{told} {number} {about}"
        );
    };
    for (key, one) in &told {
        let (before, after) = &sides[key];
        let (then, now) = (
            division(metric, before).unwrap(),
            division(metric, after).unwrap(),
        );
        let kept = if then.1 != 0.0 {
            then.0 / then.1 * now.1
        } else if now.1 != 0.0 {
            now.0
        } else {
            then.0
        };
        near(&one.rate, (now.0 - kept) / d_after);
        let gained = n / d * (now.1 / d_after - then.1 / d);
        near(&one.mix, kept / d_after - then.0 / d - gained);
    }
    assert!((n_after / d_after).is_finite());
}

/// One metric of each kind: sums that are credited, told, or lacking; quotients of both sides or one.
pub const OF_EACH_KIND: [Metric; 9] = [
    Metric::Spend,
    Metric::Revenue,
    Metric::Margin,
    Metric::NewCustomers,
    Metric::Cac,
    Metric::Roas,
    Metric::Cpl,
    Metric::SalesPerLead,
    Metric::Ctr,
];

/// What moved metrics between two reports adds up, and is what an oracle says. Tells how many were moved
/// by the weights of their rows.
pub async fn assert_contributions(
    scope: &Scope,
    report: &RoiRequest,
    earlier: Earlier,
    metrics: &[Metric],
) -> usize {
    let mut later = RoiRequest {
        new_customers: true,
        ..report.clone()
    };
    let after = roi(scope, later.clone()).await.unwrap();
    match earlier {
        Earlier::Period(comparison) => later.range = comparison.range(report.range).unwrap(),
        Earlier::Moment(at) => later.as_of = Some(at),
    }
    let before = roi(scope, later).await.unwrap();
    let mut told = 0;
    for metric in metrics.iter().copied().filter(|metric| !metric.is_asked()) {
        let request = ContributionsRequest {
            report: report.clone(),
            earlier,
            metric,
        };
        for group in contributions(scope, request).await.unwrap().groups {
            let mut sides = sides(&before, &after, group.currency);
            // New customers are only counted where they are asked for.
            if !metric.needs_new_customers() {
                for (before, after) in sides.values_mut() {
                    (before.new_customers, after.new_customers) = (None, None);
                }
            }
            assert_group(metric, &group, &sides);
            told +=
                usize::from(group.whole.mix.as_deref().is_some_and(|mix| {
                    mix.contains(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
                }));
        }
    }
    told
}

fn texts(one: &Contribution) -> [&str; 7] {
    [
        &one.before,
        &one.after,
        &one.weight_before,
        &one.weight_after,
        &one.mix,
        &one.rate,
        &one.contribution,
    ]
    .map(|text| text.as_deref().unwrap_or("-"))
}

/// Two campaigns: one keeps its cost of a lead and loses leads, the other one is dearer than it was.
#[tokio::test]
async fn a_quotient_moves_by_the_weight_of_its_rows_and_by_the_rows_themselves() {
    on_both(|test| async move {
        let world = World::new(test, None, "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let mut campaigns = Vec::new();
        for (name, spent) in [("a", ["100", "50"]), ("b", ["100", "250"])] {
            let campaign = world.campaign(&mut tx, account, name).await;
            let set = world.ad_set(&mut tx, account, campaign, name).await;
            let ad = world
                .ad(&mut tx, (account, campaign, set), None, name)
                .await;
            for (when, spent) in ["2026-03-01", "2026-03-02"].into_iter().zip(spent) {
                world
                    .ad_day(&mut tx, account, "USD", ad, day(when), AdDay::spent(spent))
                    .await;
            }
            campaigns.push(campaign);
        }
        for (campaign, leads) in campaigns.iter().zip([[10, 5], [5, 10]]) {
            for (day, count) in ["01", "02"].into_iter().zip(leads) {
                for _ in 0..count {
                    let touch = Touch {
                        campaign: Some(*campaign),
                        ..Touch::default()
                    };
                    let when = at(&format!("2026-03-{day}T10:00:00Z"));
                    world.contact(&mut tx, when, "META_ADS", Some(touch)).await;
                }
            }
        }
        // A sale of nothing: not a part of what sets the CRM against Meta.
        let (contact, _) = world
            .contact(&mut tx, at("2026-03-02T10:00:00Z"), "ORGANIC", None)
            .await;
        let sale = Sale {
            gross: usd("700"),
            refunded: Micros::ZERO,
            currency: "USD",
            status: "completed",
            completed: at("2026-03-02T12:00:00Z"),
            touchpoint: None,
        };
        world.sale(&mut tx, contact, sale).await;
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let asked = async |metric| {
            let request = ContributionsRequest {
                report: RoiRequest::new(Grain::Campaign, range("2026-03-02", "2026-03-02")),
                earlier: Earlier::Period(Comparison::Previous),
                metric,
            };
            contributions(&world.scope, request)
                .await
                .unwrap()
                .groups
                .remove(0)
        };
        let cpl = asked(Metric::Cpl).await;
        assert_eq!(
            texts(&cpl.whole),
            ["13.33", "20.00", "-", "-", "3.34", "3.33", "6.67"]
        );
        assert_eq!(cpl.rows[0].row.name, "Campaign b");
        // (20 − 13.33) × (10/15 − 5/15) = 2.22, and 5 dearer with two thirds of the leads. The hundredth
        // that rounding leaves over goes to the one that lost more of it.
        assert_eq!(
            texts(&cpl.rows[0].contribution),
            ["20.00", "25.00", "33.33", "66.67", "2.23", "3.33", "5.56"]
        );
        // (10 − 13.33) × (5/15 − 10/15) = 1.11.
        assert_eq!(
            texts(&cpl.rows[1].contribution),
            ["10.00", "10.00", "66.67", "33.33", "1.11", "0.00", "1.11"]
        );
        assert_eq!(cpl.unattributed, None);
        let leads = asked(Metric::Leads).await;
        assert_eq!(texts(&leads.whole), ["15", "16", "-", "-", "-", "-", "1"]);
        let rest = leads.unattributed.unwrap();
        assert_eq!(texts(&rest), ["0", "1", "-", "-", "-", "-", "1"]);
        let roas = asked(Metric::Roas).await;
        assert_eq!(roas.whole.after.as_deref(), Some("0.0000"));
        assert_eq!(roas.unattributed, None);
        let ctr = asked(Metric::Ctr).await;
        assert_eq!(ctr.unattributed, None);
    })
    .await;
}
