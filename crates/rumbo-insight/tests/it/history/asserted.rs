//! What is asserted of a history: its changes are explained, its numbers made of their rows.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros};
use rumbo_insight::{
    Attribution, Basis, Cause, ChangeGroup, ChangedRowsRequest, ChangesRequest, Earlier, Figures,
    Filter, Grain, Listed, Metric, Model, Passport, PassportRequest, Refunds, RoiRequest, RoiRow,
    RowOf, Shares, changed_rows, changes, passport, roi,
};

use super::History;
use crate::contributions::{OF_EACH_KIND, assert_contributions};
use crate::explained::assert_converted;
use crate::world::range;

/// What changes had to explain.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// One for each cause.
    pub causes: [bool; 9],
    /// A currency without all its rates, rates that changed, and a total of several currencies.
    pub kept: bool,
    pub rates: bool,
    pub mixed: bool,
    /// How many quotients were moved by the weights of their rows.
    pub moved: usize,
}

/// Every difference between two moments is explained, in every row, to the last micro; and by the rows
/// behind it, where these are asked for too, which takes long.
pub(super) async fn assert_explained(
    history: &History,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    behind: bool,
) -> Seen {
    let scope = &history.world.scope;
    let days = range("2026-10-20", "2026-11-24");
    let cash = Attribution {
        model: Model::PositionBased,
        basis: Basis::Lead,
        refunds: Refunds::Cash,
        ..Attribution::default()
    };
    let learned = Attribution {
        model: Model::Markov,
        ..Attribution::default()
    };
    let mut seen = Seen::default();
    for (grain, attribution_then, attribution, convert_to) in [
        (
            Grain::Campaign,
            Attribution::default(),
            Attribution::default(),
            None,
        ),
        (Grain::Account, cash, cash, None),
        (Grain::Ad, Attribution::default(), cash, None),
        (
            Grain::Campaign,
            Attribution::default(),
            Attribution::default(),
            Some("BRL".parse().unwrap()),
        ),
        (Grain::Account, cash, cash, Some(Currency::USD)),
        (Grain::Ad, Attribution::default(), cash, Some(Currency::USD)),
        (Grain::Campaign, learned, learned, None),
        (Grain::Campaign, learned, cash, None),
    ] {
        let request = ChangesRequest {
            grain,
            range: days,
            filter: Filter::default(),
            attribution_then,
            attribution,
            since,
            until: Some(until),
            convert_to,
        };
        let told = changes(scope, request.clone()).await.unwrap();
        for (as_of, attribution, early) in
            [(since, attribution_then, true), (until, attribution, false)]
        {
            let request = RoiRequest {
                attribution,
                as_of: Some(as_of),
                new_customers: true,
                convert_to,
                ..RoiRequest::new(grain, days)
            };
            let report = roi(scope, request).await.unwrap();
            for group in report.groups {
                let of = told
                    .groups
                    .iter()
                    .find(|told| told.currency == group.currency);
                let total = of.map(|of| {
                    if early {
                        of.total.before
                    } else {
                        of.total.after
                    }
                });
                let mut total = total.unwrap_or_default();
                total.new_customers.get_or_insert(Shares::ZERO);
                assert_eq!(total, group.total.figures, "{grain:?} {as_of}");
            }
        }
        // A currency that lacked rates at one of the two moments cannot be compared.
        if grain == Grain::Campaign && attribution == attribution_then && convert_to.is_none() {
            let report = RoiRequest {
                attribution,
                as_of: Some(until),
                ..RoiRequest::new(grain, days)
            };
            let earlier = Earlier::Moment(since);
            seen.moved += assert_contributions(scope, &report, earlier, &OF_EACH_KIND).await;
        }
        if let Some(exchanged) = &told.exchanged {
            let whole = exchanged.missing.is_empty();
            seen.kept |= !whole;
            seen.rates |= !told.rates.is_empty();
            let in_one: Vec<_> = told
                .groups
                .iter()
                .filter(|group| !group.total.after.is_empty())
                .collect();
            // Where every row has a rate there is one total.
            if whole {
                assert!(in_one.len() <= 1, "{in_one:#?}");
            }
            seen.mixed |= whole && exchanged.from.len() > 1;
        }
        for group in &told.groups {
            if behind {
                assert_behind(history, &request, group).await;
            }
            let rows = group.rows.iter().map(|row| &row.change);
            for change in rows.chain([&group.unattributed, &group.total]) {
                let mut sum = change.before;
                for (nth, part) in change.parts.iter().enumerate() {
                    sum.add(part).unwrap();
                    seen.causes[nth] |= part.spend.is_some_and(|n| n != Micros::ZERO)
                        || part.revenue != Micros::ZERO
                        || part.cost != Micros::ZERO
                        || part.leads != 0;
                }
                let flat = |figures: &Figures| {
                    let n = |n: Option<i64>| n.unwrap_or(0);
                    let spend = figures.spend.map_or(0, |spend| spend.0);
                    let new = figures.new_customers.map_or(0, |share| share.0);
                    [
                        figures.ad_days,
                        n(figures.impressions),
                        n(figures.clicks),
                        n(figures.link_clicks),
                        spend,
                        figures.meta_leads,
                        figures.meta_purchase_value.0,
                        figures.leads,
                        figures.opportunities.0,
                        figures.sales.0,
                        figures.revenue.0,
                        figures.cost.0,
                        figures.costed_sales.0,
                        new,
                    ]
                };
                assert_eq!(flat(&sum), flat(&change.after), "{grain:?} {since} {until}");
                let unexplained = change.parts[Cause::ALL.len() - 1];
                assert_eq!(
                    flat(&unexplained),
                    [0; 14],
                    "{grain:?} {since} {until} {unexplained:#?}"
                );
            }
        }
    }
    seen
}

/// What each cause made of a figure is what the rows behind it add up to: of the total, and of the row
/// that it moved.
async fn assert_behind(history: &History, changes: &ChangesRequest, group: &ChangeGroup) {
    let scope = &history.world.scope;
    let own = |metric: Metric, figures: &Figures| match metric {
        Metric::Spend => figures.spend.map_or(0, |spend| spend.0),
        Metric::Leads => figures.leads,
        _ => figures.revenue.0,
    };
    for (nth, cause) in Cause::ALL.into_iter().enumerate() {
        let part = group.total.parts[nth];
        let moved = |metric: &Metric| own(*metric, &part) != 0;
        let metrics = [Metric::Revenue, Metric::Spend, Metric::Leads];
        let Some(metric) = metrics.into_iter().find(moved) else {
            continue;
        };
        let one = group
            .rows
            .iter()
            .find(|row| own(metric, &row.change.parts[nth]) != 0);
        let one = one.map(|row| (RowOf::Key(row.row.key.clone()), row.change.parts[nth]));
        for (row, part) in [(RowOf::Total, part)].into_iter().chain(one) {
            let request = ChangedRowsRequest {
                changes: changes.clone(),
                cause,
                currency: group.currency,
                row,
                metric,
                limit: usize::MAX,
            };
            let found = changed_rows(scope, request.clone()).await.unwrap();
            assert_eq!(
                own(metric, &found.figures),
                own(metric, &part),
                "{request:?}"
            );
            let rows = found.ad_days.iter().map(|entry| &entry.figures);
            let rows = rows.chain(found.outcomes.iter().map(|entry| &entry.figures));
            let sum: i64 = rows.map(|figures| own(metric, figures)).sum();
            assert_eq!(sum, own(metric, &part), "{request:?}");
            assert_eq!(found.ad_days.len(), found.ad_days_count);
            assert_eq!(found.outcomes.len(), found.outcomes_count);
        }
    }
}

/// Page by page the same rows are listed, in the same order, under the same sums.
async fn assert_listed_by_pages(history: &History, request: &PassportRequest, whole: &Passport) {
    let page = async |listed| {
        let request = PassportRequest {
            limit: 7,
            listed,
            ..request.clone()
        };
        passport(&history.world.scope, request).await.unwrap()
    };
    let (mut ad_days, mut outcomes) = (Vec::new(), Vec::new());
    while ad_days.len() < whole.ad_days.len() {
        let found = page(Listed::AdDaysFrom(ad_days.len())).await;
        assert_eq!(
            (found.figures, found.outcomes.len()),
            (whole.figures, 0),
            "{request:?}"
        );
        assert!(!found.ad_days.is_empty());
        ad_days.extend(found.ad_days);
    }
    while outcomes.len() < whole.outcomes.len() {
        let found = page(Listed::OutcomesFrom(outcomes.len())).await;
        assert_eq!(
            (found.outcomes_count, found.ad_days.len()),
            (whole.outcomes_count, 0)
        );
        assert!(!found.outcomes.is_empty());
        outcomes.extend(found.outcomes);
    }
    assert_eq!(format!("{ad_days:?}"), format!("{:?}", whole.ad_days));
    assert_eq!(format!("{outcomes:?}"), format!("{:?}", whole.outcomes));
}

/// What is listed under a number adds up to it, for every row of a report.
pub(super) async fn assert_made_of(
    history: &History,
    as_of: Option<DateTime<Utc>>,
    convert_to: Option<Currency>,
) {
    let scope = &history.world.scope;
    let cash = Attribution {
        model: Model::Linear,
        refunds: Refunds::Cash,
        ..Attribution::default()
    };
    // A metric of both sources has the rows of both.
    let metrics: &[Metric] = match convert_to {
        Some(_) => &[Metric::Roas, Metric::Margin],
        None => &[
            Metric::Roas,
            Metric::Poas,
            Metric::MetaCpl,
            Metric::Sales,
            Metric::Leads,
            Metric::Roi,
        ],
    };
    for (grain, attribution) in [(Grain::Campaign, cash), (Grain::Ad, Attribution::default())] {
        let report = RoiRequest {
            attribution,
            as_of,
            new_customers: true,
            convert_to,
            ..RoiRequest::new(grain, range("2026-10-20", "2026-11-24"))
        };
        let told = roi(scope, report.clone()).await.unwrap();
        for group in &told.groups {
            let keys = || group.rows.iter().map(|row| row.key.clone());
            let sum_of = |rows: &[RoiRow]| {
                let mut sum = Figures::default();
                for row in rows {
                    sum.add(&row.figures).unwrap();
                }
                sum
            };
            let (some, others) = group.rows.split_at(group.rows.len() / 2);
            let rows = group
                .rows
                .iter()
                .map(|row| (RowOf::Key(row.key.clone()), row.figures))
                .chain([
                    (RowOf::Total, group.total.figures),
                    (RowOf::Unattributed, group.unattributed.figures),
                    (RowOf::AllBut(BTreeSet::new()), sum_of(&group.rows)),
                    (RowOf::Keys(keys().take(some.len()).collect()), sum_of(some)),
                    (
                        RowOf::AllBut(keys().take(some.len()).collect()),
                        sum_of(others),
                    ),
                ]);
            for (row, figures) in rows {
                for metric in metrics.iter().copied() {
                    let request = PassportRequest {
                        report: report.clone(),
                        currency: group.currency,
                        row: row.clone(),
                        metric,
                        limit: usize::MAX,
                        listed: Listed::First,
                    };
                    let found = passport(scope, request.clone()).await.unwrap();
                    if convert_to.is_none() {
                        assert_listed_by_pages(history, &request, &found).await;
                    }
                    assert_converted(&request, &found);
                    let mut sum = Figures::default();
                    for part in found
                        .ad_days
                        .iter()
                        .map(|entry| &entry.figures)
                        .chain(found.outcomes.iter().map(|entry| &entry.figures))
                    {
                        sum.add(part).unwrap();
                    }
                    assert_eq!(sum, found.figures);
                    if metric == Metric::Roas {
                        let money = |of: &Figures| (of.spend, of.revenue);
                        assert_eq!(money(&sum), money(&figures), "{grain:?} {row:?}");
                    }
                    let text = |figures| metric.text(figures, group.currency);
                    assert_eq!(text(&sum), text(&figures), "{grain:?} {row:?} {metric:?}");
                }
            }
        }
    }
}
